// SPDX-License-Identifier: BSD-3-Clause
#include "c3d_section.hpp"

#include <algorithm>
#include <bit>
#include <cstdint>

#include "c3d_bytes.hpp"
#include "runmech/core/errors.hpp"

namespace runmech::c3d {
namespace {

constexpr std::size_t kListLength = 255;  // entries of one parameter

std::string start(int type, const std::vector<std::size_t>& dims) {
  std::string body{static_cast<char>(type), static_cast<char>(dims.size())};
  for (const std::size_t dim : dims) body += static_cast<char>(dim);
  return body;
}

}  // namespace

void put_u16(std::string& out, std::size_t value) {
  out += static_cast<char>(value & 0xffU);
  out += static_cast<char>(value >> 8 & 0xffU);
}

void put_f32(std::string& out, double value) {
  const auto bits = std::bit_cast<std::uint32_t>(static_cast<float>(value));
  put_u16(out, bits & 0xffffU);
  put_u16(out, bits >> 16);
}

void pad_to_block(std::string& out) {
  out.resize((out.size() + kBlock - 1) / kBlock * kBlock, '\0');
}

void Section::group(const std::string& name) {
  ++id_;
  record(name, -id_, std::string(1, '\0'));
}

void Section::integers(const std::string& name, const std::vector<std::size_t>& values,
                       std::vector<std::size_t> dims) {
  std::string body = start(2, dims.empty() ? std::vector{values.size()} : dims);
  for (const std::size_t value : values) put_u16(body, value);
  record(name, id_, body + '\0');
}

void Section::floats(const std::string& name, const std::vector<double>& values,
                     std::vector<std::size_t> dims) {
  std::string body = start(4, dims.empty() ? std::vector{values.size()} : dims);
  for (const double value : values) put_f32(body, value);
  record(name, id_, body + '\0');
}

void Section::strings(const std::string& name, const std::vector<std::string>& values) {
  for (std::size_t from = 0, part = 1; part == 1 || from < values.size();
       from += kListLength, ++part) {
    const std::size_t count = std::min(kListLength, values.size() - from);
    std::size_t length = 1;
    for (std::size_t i = 0; i < count; ++i) length = std::max(length, values[from + i].size());
    std::string body = start(-1, {length, count});
    for (std::size_t i = 0; i < count; ++i) {
      body += values[from + i] + std::string(length - values[from + i].size(), ' ');
    }
    record(name + (part == 1 ? "" : std::to_string(part)), id_, body + '\0');
  }
}

void Section::times(const std::string& name, const std::vector<double>& pairs) {
  for (std::size_t from = 0, part = 1; from < pairs.size(); from += 2 * kListLength, ++part) {
    const std::size_t count = std::min(2 * kListLength, pairs.size() - from);
    const auto first = pairs.begin() + static_cast<std::ptrdiff_t>(from);
    floats(name + (part == 1 ? "" : std::to_string(part)),
           {first, first + static_cast<std::ptrdiff_t>(count)}, {2, count / 2});
  }
}

std::string Section::finish() const {
  std::string out{1, 'P', 0, 84};
  out += records_ + std::string(2, '\0');
  pad_to_block(out);
  if (out.size() / kBlock > 255) {
    throw InvalidArgument("the labels take " + std::to_string(out.size()) +
                          " bytes; a C3D file has room for 130560");
  }
  out[2] = static_cast<char>(out.size() / kBlock);
  return out;
}

void Section::record(const std::string& name, int id, const std::string& body) {
  records_ += static_cast<char>(name.size());
  records_ += static_cast<char>(id);
  records_ += name;
  put_u16(records_, body.size() + 2);
  records_ += body;
}

}  // namespace runmech::c3d
