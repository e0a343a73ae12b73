// SPDX-License-Identifier: BSD-3-Clause
#include "c3d_parameters.hpp"

#include <algorithm>
#include <cmath>
#include <map>

namespace runmech::c3d {
namespace {

constexpr std::size_t kSmallestFile = 2 * kBlock;
constexpr int kMaxDimensions = 7;
constexpr std::uint16_t kEventKey = 12345;
constexpr std::size_t kMaxHeaderEvents = 18;

constexpr std::size_t word(std::size_t number) {
  return 2 * (number - 1);
}

std::string upper(std::string text) {
  for (char& c : text) {
    if (c >= 'a' && c <= 'z') c = static_cast<char>(c - 'a' + 'A');
  }
  return text;
}

// Blanks and NULs pad names and strings on either side.
std::string trimmed_text(std::string_view text) {
  constexpr std::string_view padding(" \0\t\r\n", 5);
  const auto first = text.find_first_not_of(padding);
  if (first == std::string_view::npos) return {};
  const auto last = text.find_last_not_of(padding);
  return std::string(text.substr(first, last - first + 1));
}

std::size_t parameter_start(const Bytes& bytes) {
  return (std::size_t{bytes.u8(0)} - 1) * kBlock;
}

std::vector<Header::Event> header_events(const Bytes& bytes) {
  std::vector<Header::Event> events;
  const std::size_t count = bytes.u16(word(151));
  if (bytes.u16(word(150)) != kEventKey || count > kMaxHeaderEvents) return events;
  for (std::size_t i = 0; i < count; ++i) {
    const double time_s = bytes.f32(word(153) + 4 * i);
    if (!std::isfinite(time_s)) continue;
    events.push_back({time_s, to_utf8(trimmed_text(bytes.text(word(199) + 4 * i, 4)))});
  }
  return events;
}

}  // namespace

Header read_header(Bytes& bytes) {
  if (bytes.size() < kSmallestFile) {
    bytes.fail(bytes.size(), "the file ends here; a C3D file has at least " +
                                 std::to_string(kSmallestFile) + " bytes");
  }
  if (bytes.u8(1) != 0x50) bytes.fail(1, "not a C3D file: the second byte is not 0x50");
  if (bytes.u8(0) < 2)
    bytes.fail(0, "the header points to a parameter section in block " +
                      std::to_string(bytes.u8(0)) + "; 2 or more expected");
  // The processor first: every header float depends on it.
  const std::size_t start = parameter_start(bytes);
  const std::uint8_t code = bytes.u8(start + 3);
  if (code < 84 || code > 86) {
    bytes.fail(start + 3, "processor code is " + std::to_string(code) +
                              "; 84 (Intel), 85 (DEC) or 86 (MIPS) expected");
  }
  bytes.processor = static_cast<Processor>(code);

  Header header;
  header.points = bytes.u16(word(2));
  header.analog_per_frame = bytes.u16(word(3));
  header.first_frame = bytes.u16(word(4));
  header.last_frame = bytes.u16(word(5));
  header.scale = bytes.f32(word(7));
  header.data_block = bytes.u16(word(9));
  header.samples_per_frame = bytes.u16(word(10));
  header.rate_hz = bytes.f32(word(11));
  header.events = header_events(bytes);
  return header;
}

Parameters Parameters::read(const Bytes& bytes, const Header& header) {
  Parameters out(bytes);
  const std::size_t start = parameter_start(bytes);
  // The count of blocks is one byte and wraps in large sections; the start of the data also bounds
  // them.
  std::size_t end = start + kBlock * std::max<std::size_t>(bytes.u8(start + 2), 1);
  const std::size_t data =
      header.data_block == 0 ? 0 : (header.data_block - std::size_t{1}) * kBlock;
  if (data > start) end = std::max(end, data);
  end = std::min(end, bytes.size());

  std::map<int, std::string> groups;
  std::vector<int> group_of;
  std::size_t at = start + 4;
  while (at + 2 <= end) {
    const std::size_t record = at;
    const int name_length = std::abs(bytes.i8(at));
    if (name_length == 0) break;
    const int id = bytes.i8(at + 1);
    const auto need = [&](std::size_t from, std::size_t count, const char* what) {
      if (from > end || count > end - from) {
        bytes.fail(record, std::string("parameter record: its ") + what +
                               " leaves the parameter section, which ends at byte " +
                               std::to_string(end));
      }
    };
    at += 2;
    need(at, static_cast<std::size_t>(name_length) + 2, "name");
    const std::string name =
        upper(trimmed_text(bytes.text(at, static_cast<std::size_t>(name_length))));
    at += static_cast<std::size_t>(name_length);
    const std::size_t jump = bytes.u16(at);
    const std::size_t next = jump == 0 ? end : at + jump;
    at += 2;
    if (jump != 0 && (next < at || next > end)) {
      bytes.fail(at - 2, "parameter record '" + to_utf8(name) +
                             "': the offset to the next record, " + std::to_string(jump) +
                             ", leaves the parameter section, which ends at byte " +
                             std::to_string(end));
    }
    if (id < 0) {
      groups.emplace(-id, name);
    } else if (id > 0) {
      Parameter parameter;
      parameter.name = name;
      need(at, 2, "type");
      parameter.type = bytes.i8(at);
      const int dimensions = bytes.u8(at + 1);
      if (parameter.type != -1 && parameter.type != 1 && parameter.type != 2 &&
          parameter.type != 4) {
        bytes.fail(at, "parameter '" + to_utf8(name) + "' has type " +
                           std::to_string(parameter.type) + "; -1, 1, 2 or 4 expected");
      }
      if (dimensions > kMaxDimensions) {
        bytes.fail(at + 1, "parameter '" + to_utf8(name) + "' has " + std::to_string(dimensions) +
                               " dimensions; at most 7 expected");
      }
      at += 2;
      need(at, static_cast<std::size_t>(dimensions), "dimensions");
      parameter.count = 1;
      for (int d = 0; d < dimensions; ++d) {
        parameter.dims.push_back(bytes.u8(at + static_cast<std::size_t>(d)));
        parameter.count *= parameter.dims.back();  // at most 255^7, fits 64 bits
      }
      at += static_cast<std::size_t>(dimensions);
      parameter.offset = at;
      const std::size_t width = static_cast<std::size_t>(std::abs(parameter.type));
      const std::size_t room = next > at ? next - at : 0;
      if (parameter.count > room / width) {
        bytes.fail(at, "parameter '" + to_utf8(name) + "' needs " +
                           std::to_string(parameter.count) + " values of " + std::to_string(width) +
                           " bytes, but its record has only " + std::to_string(room) +
                           " bytes left");
      }
      out.parameters_.push_back(std::move(parameter));
      group_of.push_back(id);
    }
    // id 0 occurs as a filler record in old files: skipped.
    at = next;
    if (jump == 0) break;
  }
  out.end_ = at;
  for (std::size_t i = 0; i < out.parameters_.size(); ++i) {
    const auto found = groups.find(group_of[i]);
    if (found != groups.end()) out.parameters_[i].group = found->second;
  }
  return out;
}

const Parameter* Parameters::find(std::string_view group, std::string_view name) const {
  const auto found =
      std::find_if(parameters_.begin(), parameters_.end(), [&](const Parameter& parameter) {
        return parameter.name == name && parameter.group == group;
      });
  return found == parameters_.end() ? nullptr : &*found;
}

std::vector<double> Parameters::values(const Parameter* parameter, bool is_signed) const {
  std::vector<double> out;
  if (parameter == nullptr || parameter->type == -1) return out;
  out.reserve(parameter->count);
  const std::size_t width = static_cast<std::size_t>(parameter->type);
  for (std::size_t i = 0; i < parameter->count; ++i) {
    const std::size_t at = parameter->offset + i * width;
    if (width == 4) {
      out.push_back(bytes_->f32(at));
    } else if (width == 2) {
      const std::uint16_t value = bytes_->u16(at);
      out.push_back(is_signed ? static_cast<double>(static_cast<std::int16_t>(value)) : value);
    } else {
      out.push_back(is_signed ? static_cast<double>(bytes_->i8(at)) : bytes_->u8(at));
    }
  }
  return out;
}

std::vector<double> Parameters::numbers(std::string_view group, std::string_view name) const {
  return values(find(group, name), true);
}

std::vector<double> Parameters::counts(std::string_view group, std::string_view name) const {
  return values(find(group, name), false);
}

std::optional<double> Parameters::number(std::string_view group, std::string_view name) const {
  const auto all = numbers(group, name);
  if (all.empty()) return std::nullopt;
  return all.front();
}

std::optional<double> Parameters::count(std::string_view group, std::string_view name) const {
  const auto all = counts(group, name);
  if (all.empty()) return std::nullopt;
  return all.front();
}

std::vector<double> Parameters::all_numbers(std::string_view group, std::string_view name) const {
  std::vector<double> out = numbers(group, name);
  for (int part = 2;; ++part) {
    const Parameter* more = find(group, std::string(name) + std::to_string(part));
    if (more == nullptr || more->type == -1) return out;
    const auto tail = values(more, true);
    out.insert(out.end(), tail.begin(), tail.end());
  }
}

std::vector<std::string> Parameters::strings(std::string_view group, std::string_view name) const {
  std::vector<std::string> out;
  for (int part = 1;; ++part) {
    const Parameter* parameter =
        find(group, part == 1 ? std::string(name) : std::string(name) + std::to_string(part));
    if (parameter == nullptr || parameter->type != -1) return out;
    if (parameter->count == 0)
      continue;  // a length or a number of 0: no strings, whatever the other says
    const std::size_t length = parameter->dims.empty() ? 1 : parameter->dims.front();
    for (std::size_t at = 0; at < parameter->count; at += length) {
      out.push_back(to_utf8(trimmed_text(bytes_->text(parameter->offset + at, length))));
    }
  }
}

std::string Parameters::string(std::string_view group, std::string_view name) const {
  const auto all = strings(group, name);
  return all.empty() ? std::string() : all.front();
}

}  // namespace runmech::c3d
