// SPDX-License-Identifier: BSD-3-Clause
#pragma once

// The parameter section of a C3D file as it is written: Intel numbers, whole blocks.

#include <cstddef>
#include <string>
#include <vector>

namespace runmech::c3d {

void put_u16(std::string& out, std::size_t value);
void put_f32(std::string& out, double value);
void pad_to_block(std::string& out);

/// Groups and parameters in the order they are added.
class Section {
 public:
  void group(const std::string& name);
  /// `dims` empty: one dimension, the number of values.
  void integers(const std::string& name, const std::vector<std::size_t>& values,
                std::vector<std::size_t> dims = {});
  void floats(const std::string& name, const std::vector<double>& values,
              std::vector<std::size_t> dims = {});
  /// In parts of 255: NAME, NAME2, ...
  void strings(const std::string& name, const std::vector<std::string>& values);
  /// Minutes and seconds, in parts of 255 events.
  void times(const std::string& name, const std::vector<double>& pairs);

  /// The section of whole blocks; throws InvalidArgument where their number does not fit its byte.
  [[nodiscard]] std::string finish() const;

 private:
  void record(const std::string& name, int id, const std::string& body);

  std::string records_;
  int id_ = 0;
};

}  // namespace runmech::c3d
