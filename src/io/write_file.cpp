// SPDX-License-Identifier: BSD-3-Clause
#include <unistd.h>

#include <atomic>
#include <cerrno>
#include <cstdio>
#include <memory>
#include <string>
#include <system_error>

#include "runmech/core/errors.hpp"
#include "runmech/core/printed.hpp"
#include "runmech/io/file.hpp"

namespace runmech {

void write_whole(const std::filesystem::path& path, std::string_view text) {
  static std::atomic<unsigned> count{0};
  const std::string shown = path_text(path);
  std::filesystem::path aside = path;
  aside += printed(".%ld.%u.part", static_cast<long>(::getpid()), count++);
  const auto fail = [&](const std::string& why) {
    std::error_code ignored;
    std::filesystem::remove(aside, ignored);
    throw IoError(shown, "", why);
  };
  const auto reason = [] { return std::generic_category().message(errno); };
  std::error_code code;
  if (std::filesystem::is_directory(path, code)) fail("this is a folder");
  {
    std::unique_ptr<std::FILE, int (*)(std::FILE*)> file(std::fopen(aside.string().c_str(), "wb"),
                                                         &std::fclose);
    if (!file) fail("cannot be written: " + reason());
    if (std::fwrite(text.data(), 1, text.size(), file.get()) != text.size()) {
      fail("cannot be written: " + reason());
    }
    // Closing is where a full disk shows.
    if (std::fclose(file.release()) != 0) fail("cannot be written: " + reason());
  }
  std::filesystem::rename(aside, path, code);
  if (code) fail("cannot be written: " + code.message());
}

}  // namespace runmech
