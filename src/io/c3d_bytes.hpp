// SPDX-License-Identifier: BSD-3-Clause
#pragma once

// The bytes of a C3D file, and the only places where they become numbers.

#include <bit>
#include <cstddef>
#include <cstdint>
#include <string>

#include "runmech/core/errors.hpp"
#include "runmech/io/file.hpp"

namespace runmech::c3d {

inline constexpr std::size_t kBlock = 512;

/// Which machine's numbers the file holds: the processor code of the parameter section.
enum class Processor : std::uint8_t { intel = 84, dec = 85, mips = 86 };

inline std::uint16_t load_u16(const unsigned char* at, Processor processor) {
  return processor == Processor::mips ? static_cast<std::uint16_t>(at[0] << 8 | at[1])
                                      : static_cast<std::uint16_t>(at[1] << 8 | at[0]);
}

inline std::int16_t load_i16(const unsigned char* at, Processor processor) {
  return static_cast<std::int16_t>(load_u16(at, processor));
}

/// A DEC float is 0.1m x 2^(e-128) with its two words exchanged; IEEE is 1.m x 2^(e-127). So the
/// bits agree once 2 is taken from the exponent.
inline float load_f32(const unsigned char* at, Processor processor) {
  std::uint32_t bits = 0;
  switch (processor) {
    case Processor::intel:
      bits = std::uint32_t{at[3]} << 24 | std::uint32_t{at[2]} << 16 | std::uint32_t{at[1]} << 8 |
             at[0];
      break;
    case Processor::mips:
      bits = std::uint32_t{at[0]} << 24 | std::uint32_t{at[1]} << 16 | std::uint32_t{at[2]} << 8 |
             at[3];
      break;
    case Processor::dec: {
      bits = std::uint32_t{at[1]} << 24 | std::uint32_t{at[0]} << 16 | std::uint32_t{at[3]} << 8 |
             at[2];
      const std::uint32_t exponent = bits >> 23 & 0xffU;
      bits = exponent > 2 ? bits - (2U << 23) : 0U;
      break;
    }
  }
  return std::bit_cast<float>(bits);
}

/// Reads at checked places; anything outside the file is an IoError with the byte offset.
class Bytes {
 public:
  explicit Bytes(const FileBytes& file) : file_(file) {}

  Processor processor = Processor::intel;

  [[nodiscard]] std::size_t size() const { return file_.bytes.size(); }
  [[nodiscard]] const std::string& path() const { return file_.path; }

  [[nodiscard]] const unsigned char* at(std::size_t offset, std::size_t count) const {
    if (offset > size() || count > size() - offset) {
      fail(offset, "the file ends at byte " + std::to_string(size()) + ", " +
                       std::to_string(count) + " more bytes are needed here");
    }
    return file_.bytes.data() + offset;
  }
  [[nodiscard]] std::uint8_t u8(std::size_t offset) const { return *at(offset, 1); }
  [[nodiscard]] std::int8_t i8(std::size_t offset) const {
    return static_cast<std::int8_t>(*at(offset, 1));
  }
  [[nodiscard]] std::uint16_t u16(std::size_t offset) const {
    return load_u16(at(offset, 2), processor);
  }
  [[nodiscard]] float f32(std::size_t offset) const { return load_f32(at(offset, 4), processor); }
  [[nodiscard]] std::string text(std::size_t offset, std::size_t count) const {
    return {reinterpret_cast<const char*>(at(offset, count)), count};
  }

  [[noreturn]] void fail(std::size_t offset, const std::string& reason) const {
    throw IoError(file_.path, "byte " + std::to_string(offset), reason);
  }

 private:
  const FileBytes& file_;
};

}  // namespace runmech::c3d
