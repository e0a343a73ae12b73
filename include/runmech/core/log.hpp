// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <cstdint>
#include <functional>
#include <string_view>

namespace runmech {

enum class LogLevel : std::uint8_t { debug, info, warning, error };

/// Receives every message at or above `level`. The library is silent until this is called; an empty
/// function makes it silent again. May be called from any thread; the callback must be thread-safe.
void set_log_callback(LogLevel level, std::function<void(LogLevel, std::string_view)> callback);

/// For runmech's own rooms: hands one message to the callback.
void log(LogLevel level, std::string_view message);

}  // namespace runmech
