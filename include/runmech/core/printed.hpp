// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <cstdio>
#include <string>

namespace runmech {

/// While it lives, this thread prints numbers with a point, whatever locale the host program set.
class PointAsDecimalSign {
 public:
  PointAsDecimalSign();
  ~PointAsDecimalSign();
  PointAsDecimalSign(const PointAsDecimalSign&) = delete;
  PointAsDecimalSign& operator=(const PointAsDecimalSign&) = delete;

 private:
  void* before_ = nullptr;
};

/// printf into a string, with a point as decimal sign in every locale. All text with numbers that
/// are not whole goes through here: std::to_string and snprintf follow the locale.
template <class... Args>
[[nodiscard]] std::string printed(const char* format, Args... args) {
  const PointAsDecimalSign point;
  const int length = std::snprintf(nullptr, 0, format, args...);
  if (length < 0) return {};
  std::string out(static_cast<std::size_t>(length), '\0');
  std::snprintf(out.data(), out.size() + 1, format, args...);
  return out;
}

/// A number for a message, up to 6 digits.
[[nodiscard]] inline std::string printed(double value) {
  return printed("%g", value);
}

}  // namespace runmech
