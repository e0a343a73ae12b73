// SPDX-License-Identifier: BSD-3-Clause
#pragma once

// Builds C3D files in memory, any processor and number format, right or deliberately wrong.

#include <array>
#include <bit>
#include <cmath>
#include <cstdint>
#include <functional>
#include <string>
#include <utility>
#include <vector>

#include "runmech/io/file.hpp"

namespace runmech::test {

struct C3dBuilder {
  int processor = 84;  ///< 84 Intel, 85 DEC, 86 MIPS
  bool is_float = true;
  double scale = 0.1;  ///< positive; integer data are value / scale
  double rate_hz = 100.0;
  int frames = 3;
  int first_frame = 1;
  int last_frame = -1;  ///< -1: what fits `frames`
  std::vector<std::string> labels{"A", "B"};
  int channels = 0;
  int samples = 0;
  bool standard_parameters = true;  ///< POINT and ANALOG groups
  std::string units = "mm";         ///< empty: no POINT:UNITS

  /// x y z in file units and the fourth word, as stored.
  std::function<std::array<double, 4>(int frame, int point)> point = [](int frame, int index) {
    return std::array<double, 4>{100.0 + frame, 200.0 + 10.0 * index, 1000.0, 0.0};
  };
  /// The raw value as stored.
  std::function<double(int frame, int sample, int channel)> analog = [](int, int, int) {
    return 0.0;
  };

  struct Item {
    std::string group, name;
    int type;
    std::vector<int> dims;
    std::vector<double> values;
    std::string text;
  };
  std::vector<Item> items;

  void floats(std::string group, std::string name, std::vector<double> values,
              std::vector<int> dims = {}) {
    if (dims.empty()) dims = {static_cast<int>(values.size())};
    items.push_back({std::move(group), std::move(name), 4, std::move(dims), std::move(values), {}});
  }
  void integers(std::string group, std::string name, std::vector<double> values,
                std::vector<int> dims = {}) {
    if (dims.empty()) dims = {static_cast<int>(values.size())};
    items.push_back({std::move(group), std::move(name), 2, std::move(dims), std::move(values), {}});
  }
  void strings(std::string group, std::string name, const std::vector<std::string>& values) {
    std::size_t length = 1;
    for (const auto& value : values) length = std::max(length, value.size());
    std::string text;
    for (const auto& value : values) text += value + std::string(length - value.size(), ' ');
    items.push_back({std::move(group),
                     std::move(name),
                     -1,
                     {static_cast<int>(length), static_cast<int>(values.size())},
                     {},
                     std::move(text)});
  }
  /// As strings, in parts of 255: NAME, NAME2, ...
  void long_strings(const std::string& group, const std::string& name,
                    const std::vector<std::string>& all) {
    for (std::size_t from = 0, part = 1; from < all.size(); from += 255, ++part) {
      const auto to = std::min(all.size(), from + 255);
      strings(group, part == 1 ? name : name + std::to_string(part),
              {all.begin() + static_cast<std::ptrdiff_t>(from),
               all.begin() + static_cast<std::ptrdiff_t>(to)});
    }
  }

  void put_u16(std::vector<unsigned char>& out, std::uint16_t value) const {
    const auto low = static_cast<unsigned char>(value & 0xff);
    const auto high = static_cast<unsigned char>(value >> 8);
    out.push_back(processor == 86 ? high : low);
    out.push_back(processor == 86 ? low : high);
  }
  void put_f32(std::vector<unsigned char>& out, double value) const {
    auto bits = std::bit_cast<std::uint32_t>(static_cast<float>(value));
    const std::array<unsigned char, 4> b{
        static_cast<unsigned char>(bits), static_cast<unsigned char>(bits >> 8),
        static_cast<unsigned char>(bits >> 16), static_cast<unsigned char>(bits >> 24)};
    if (processor == 84) {
      out.insert(out.end(), {b[0], b[1], b[2], b[3]});
    } else if (processor == 86) {
      out.insert(out.end(), {b[3], b[2], b[1], b[0]});
    } else {
      if (value != 0.0) bits += 2U << 23;
      out.insert(out.end(),
                 {static_cast<unsigned char>(bits >> 16), static_cast<unsigned char>(bits >> 24),
                  static_cast<unsigned char>(bits), static_cast<unsigned char>(bits >> 8)});
    }
  }
  void put_value(std::vector<unsigned char>& out, double value) const {
    if (is_float) {
      put_f32(out, value);
    } else {
      put_u16(out, static_cast<std::uint16_t>(static_cast<std::int32_t>(std::lround(value))));
    }
  }

  [[nodiscard]] FileBytes build(const std::string& path = "made.c3d") const {
    auto all = items;
    const auto present = [&](const std::string& group, const std::string& name) {
      for (const auto& item : items) {
        if (item.group == group && item.name == name) return true;
      }
      return false;
    };
    C3dBuilder extra;
    const auto n_points = static_cast<int>(labels.size());
    if (standard_parameters) {
      extra.integers("POINT", "USED", {double(n_points)}, {1});
      extra.floats("POINT", "SCALE", {is_float ? -scale : scale}, {1});
      extra.floats("POINT", "RATE", {rate_hz}, {1});
      extra.integers("POINT", "FRAMES", {double(std::min(frames, 65535))}, {1});
      if (!units.empty()) extra.strings("POINT", "UNITS", {units});
      if (!labels.empty()) extra.long_strings("POINT", "LABELS", labels);
      extra.integers("ANALOG", "USED", {double(channels)}, {1});
      extra.floats("ANALOG", "RATE", {rate_hz * samples}, {1});
    }
    for (auto& item : extra.items) {
      if (!present(item.group, item.name)) all.push_back(std::move(item));
    }
    std::vector<std::string> groups;
    std::vector<unsigned char> section{1, 80, 0, static_cast<unsigned char>(processor)};
    const auto name_record = [&](const std::string& name, int id) {
      section.push_back(static_cast<unsigned char>(name.size()));
      section.push_back(static_cast<unsigned char>(static_cast<signed char>(id)));
      section.insert(section.end(), name.begin(), name.end());
    };
    for (const auto& item : all) {
      std::size_t id = 0;
      while (id < groups.size() && groups[id] != item.group) ++id;
      if (id == groups.size()) {
        groups.push_back(item.group);
        name_record(item.group, -static_cast<int>(id) - 1);
        put_u16(section, 3);
        section.push_back(0);
      }
      name_record(item.name, static_cast<int>(id) + 1);
      std::vector<unsigned char> body{
          static_cast<unsigned char>(static_cast<signed char>(item.type)),
          static_cast<unsigned char>(item.dims.size())};
      for (const int dim : item.dims) body.push_back(static_cast<unsigned char>(dim));
      body.insert(body.end(), item.text.begin(), item.text.end());
      for (const double value : item.values) {
        if (item.type == 4) {
          put_f32(body, value);
        } else if (item.type == 2) {
          put_u16(body, static_cast<std::uint16_t>(static_cast<std::int32_t>(value)));
        } else {
          body.push_back(static_cast<unsigned char>(static_cast<std::int32_t>(value)));
        }
      }
      body.push_back(0);
      put_u16(section, static_cast<std::uint16_t>(body.size() + 2));
      section.insert(section.end(), body.begin(), body.end());
    }
    section.insert(section.end(), 2, 0);
    section.resize((section.size() + 511) / 512 * 512, 0);
    section[2] = static_cast<unsigned char>(section.size() / 512);

    FileBytes file{path, {}};
    auto& out = file.bytes;
    out = {2, 0x50};
    put_u16(out, static_cast<std::uint16_t>(n_points));
    put_u16(out, static_cast<std::uint16_t>(channels * samples));
    put_u16(out, static_cast<std::uint16_t>(first_frame));
    put_u16(out, static_cast<std::uint16_t>(
                     last_frame >= 0 ? last_frame : std::min(first_frame + frames - 1, 65535)));
    put_u16(out, 0);
    put_f32(out, is_float ? -scale : scale);
    put_u16(out, static_cast<std::uint16_t>(2 + section.size() / 512));
    put_u16(out, static_cast<std::uint16_t>(samples));
    put_f32(out, rate_hz);
    out.resize(512, 0);
    out.insert(out.end(), section.begin(), section.end());
    for (int f = 0; f < frames; ++f) {
      for (int p = 0; p < n_points; ++p) {
        const auto xyzw = point(f, p);
        for (std::size_t i = 0; i < 4; ++i) {
          put_value(out, is_float || i == 3 ? xyzw[i] : xyzw[i] / scale);
        }
      }
      for (int s = 0; s < samples; ++s) {
        for (int c = 0; c < channels; ++c) put_value(out, analog(f, s, c));
      }
    }
    out.resize((out.size() + 511) / 512 * 512, 0);
    return file;
  }
};

}  // namespace runmech::test
