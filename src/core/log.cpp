// SPDX-License-Identifier: BSD-3-Clause
#include "runmech/core/log.hpp"

#include <spdlog/details/null_mutex.h>
#include <spdlog/sinks/base_sink.h>
#include <spdlog/spdlog.h>

#include <memory>
#include <mutex>
#include <utility>

namespace runmech {
namespace {

using Callback = std::function<void(LogLevel, std::string_view)>;

spdlog::level::level_enum spdlog_level(LogLevel level) {
  switch (level) {
    case LogLevel::debug:
      return spdlog::level::debug;
    case LogLevel::info:
      return spdlog::level::info;
    case LogLevel::warning:
      return spdlog::level::warn;
    case LogLevel::error:
      return spdlog::level::err;
  }
  return spdlog::level::off;
}

// Without a mutex of its own: held while the callback waits for an interpreter lock, it could
// deadlock with a thread that holds that lock and logs. The callback is thread-safe by contract.
class CallbackSink final : public spdlog::sinks::base_sink<spdlog::details::null_mutex> {
 public:
  explicit CallbackSink(Callback callback) : callback_(std::move(callback)) {}

 private:
  void sink_it_(const spdlog::details::log_msg& message) override {
    LogLevel level = LogLevel::debug;
    if (message.level >= spdlog::level::err) {
      level = LogLevel::error;
    } else if (message.level == spdlog::level::warn) {
      level = LogLevel::warning;
    } else if (message.level == spdlog::level::info) {
      level = LogLevel::info;
    }
    callback_(level, {message.payload.data(), message.payload.size()});
  }
  void flush_() override {}

  Callback callback_;
};

// Own logger, outside spdlog's global registry: a host program's spdlog set-up stays untouched.
std::shared_ptr<spdlog::logger>& logger() {
  static std::shared_ptr<spdlog::logger> instance;
  return instance;
}
std::mutex& logger_mutex() {
  static std::mutex mutex;
  return mutex;
}

}  // namespace

void set_log_callback(LogLevel level, Callback callback) {
  std::shared_ptr<spdlog::logger> next;
  if (callback) {
    next = std::make_shared<spdlog::logger>("runmech",
                                            std::make_shared<CallbackSink>(std::move(callback)));
    next->set_level(spdlog_level(level));
  }
  const std::lock_guard lock(logger_mutex());
  logger() = std::move(next);
}

void log(LogLevel level, std::string_view message) {
  std::shared_ptr<spdlog::logger> current;
  {
    const std::lock_guard lock(logger_mutex());
    current = logger();
  }
  if (current) current->log(spdlog_level(level), "{}", message);
}

}  // namespace runmech
