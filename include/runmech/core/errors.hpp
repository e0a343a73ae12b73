// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <stdexcept>
#include <string>
#include <utility>

namespace runmech {

/// The caller's mistake: a shape, a value or a name that cannot be right.
/// The message names the thing, its value and what is allowed. Python: ValueError.
class InvalidArgument : public std::invalid_argument {
 public:
  using std::invalid_argument::invalid_argument;
};

/// A file that cannot be read or written. Python: runmech.IoError, an OSError.
class IoError : public std::runtime_error {
 public:
  /// `place` is where in the file, for people: "line 12", "byte 512", or empty.
  IoError(std::string path, std::string place, std::string reason)
      : std::runtime_error(path + (place.empty() ? "" : ", " + place) + ": " + reason),
        path_(std::move(path)),
        place_(std::move(place)),
        reason_(std::move(reason)) {}

  [[nodiscard]] const std::string& path() const noexcept { return path_; }
  [[nodiscard]] const std::string& place() const noexcept { return place_; }
  [[nodiscard]] const std::string& reason() const noexcept { return reason_; }

 private:
  std::string path_;
  std::string place_;
  std::string reason_;
};

/// Input that was understood but is not running that can be analysed: walking, no steps, too short,
/// no body points. Python: runmech.NotAnalysable; the command line ends with exit code 3.
class NotAnalysable : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};

/// A long call that the caller's progress callback asked to stop.
class Cancelled : public std::runtime_error {
 public:
  Cancelled() : std::runtime_error("cancelled") {}
};

}  // namespace runmech
