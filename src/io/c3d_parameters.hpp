// SPDX-License-Identifier: BSD-3-Clause
#pragma once

// Header block and parameter section of a C3D file.

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "c3d_bytes.hpp"

namespace runmech::c3d {

/// The header block as it stands in the file; nothing in it is trusted yet.
struct Header {
  std::uint16_t points = 0;
  std::uint16_t analog_per_frame = 0;  ///< channels x samples
  std::uint16_t first_frame = 0;
  std::uint16_t last_frame = 0;
  float scale = 0.0F;            ///< negative: float data
  std::uint16_t data_block = 0;  ///< 1-based
  std::uint16_t samples_per_frame = 0;
  float rate_hz = 0.0F;

  struct Event {
    double time_s = 0.0;  ///< after the first stored frame
    std::string label;
  };
  std::vector<Event> events;
};

/// Where one parameter's values lie.
struct Parameter {
  std::string group;  ///< upper case
  std::string name;   ///< upper case
  int type = 0;       ///< -1 characters, 1 bytes, 2 16-bit integers, 4 floats
  std::vector<std::uint8_t> dims;
  std::size_t offset = 0;  ///< of the first value
  std::size_t count = 0;   ///< of values: the product of the dimensions
};

/// The parameter section: names and places; values are converted when asked for.
class Parameters {
 public:
  /// Reads the section. Throws IoError where a record leaves it.
  static Parameters read(const Bytes& bytes, const Header& header);

  /// First parameter of that name in a group of that name (upper case), or null.
  [[nodiscard]] const Parameter* find(std::string_view group, std::string_view name) const;

  /// All values as numbers, 16-bit integers signed; empty where absent or characters.
  [[nodiscard]] std::vector<double> numbers(std::string_view group, std::string_view name) const;
  /// As numbers, 16-bit integers unsigned.
  [[nodiscard]] std::vector<double> counts(std::string_view group, std::string_view name) const;
  /// First value, or nothing.
  [[nodiscard]] std::optional<double> number(std::string_view group, std::string_view name) const;
  [[nodiscard]] std::optional<double> count(std::string_view group, std::string_view name) const;
  /// Values as UTF-8 strings without trailing blanks and NULs; NAME2, NAME3, ... continue the list.
  [[nodiscard]] std::vector<std::string> strings(std::string_view group,
                                                 std::string_view name) const;
  [[nodiscard]] std::string string(std::string_view group, std::string_view name) const;
  /// As numbers, continued in NAME2, NAME3, ...
  [[nodiscard]] std::vector<double> all_numbers(std::string_view group,
                                                std::string_view name) const;

  [[nodiscard]] std::size_t size() const { return parameters_.size(); }
  [[nodiscard]] std::size_t end_offset() const { return end_; }  ///< after the last record

 private:
  explicit Parameters(const Bytes& bytes) : bytes_(&bytes) {}
  [[nodiscard]] std::vector<double> values(const Parameter* parameter, bool is_signed) const;

  const Bytes* bytes_;
  std::vector<Parameter> parameters_;
  std::size_t end_ = 0;
};

/// Sets the processor of `bytes` from the parameter section, then reads the header block.
[[nodiscard]] Header read_header(Bytes& bytes);

}  // namespace runmech::c3d
