// SPDX-License-Identifier: BSD-3-Clause
// What hands and programs do to text files: cut, lines lost or doubled, columns exchanged, cells
// replaced, counts changed. Each damaged file is read, or refused with a typed error that names it.
#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <filesystem>
#include <random>

#include "runmech/core/errors.hpp"
#include "runmech/io/forces.hpp"
#include "runmech/io/import.hpp"
#include "runmech/io/kinds.hpp"
#include "runmech/io/rbds.hpp"
#include "runmech/io/read.hpp"
#include "runmech/io/strength_csv.hpp"

namespace runmech {
namespace {

using Lines = std::vector<std::string>;
using Random = std::mt19937;

std::size_t below(Random& random, std::size_t n) {
  return n == 0 ? 0 : std::uniform_int_distribution<std::size_t>(0, n - 1)(random);
}

Lines lines_of(const std::string& text) {
  Lines out(1);
  for (const char c : text) {
    if (c == '\n') {
      out.emplace_back();
    } else {
      out.back() += c;
    }
  }
  return out;
}

std::string joined(const std::vector<std::string>& parts, char by) {
  std::string out;
  for (std::size_t i = 0; i < parts.size(); ++i)
    out += (i > 0 ? std::string(1, by) : "") + parts[i];
  return out;
}

char separator_in(const std::string& line) {
  for (const char c : {'\t', ';', ','}) {
    if (line.find(c) != std::string::npos) return c;
  }
  return ' ';
}

Lines cells_of(const std::string& line) {
  std::string text = line;
  std::replace(text.begin(), text.end(), separator_in(line), '\n');
  return lines_of(text);
}

void replace_cell(std::string& line, std::size_t column, const std::string& by) {
  Lines cells = cells_of(line);
  if (column < cells.size()) cells[column] = by;
  line = joined(cells, separator_in(line));
}

constexpr std::array<const char*, 14> kOdd{"NaN",    "Inf",   "-inf",     "1e308", "-1e308",
                                           "1e-320", "1e400", "",         "1,5",   "abc",
                                           "--1",    "1.2.3", "\xFF\xFE", "-1"};

std::string damaged(const std::string& text, Random& random) {
  Lines lines = lines_of(text);
  const std::size_t line = below(random, lines.size());
  const std::string odd = kOdd[below(random, kOdd.size())];
  switch (below(random, 10)) {
    case 0:
      return text.substr(0, below(random, text.size() + 1));
    case 1:
      lines.erase(lines.begin() + static_cast<std::ptrdiff_t>(line));
      break;
    case 2:
      lines.insert(lines.begin() + static_cast<std::ptrdiff_t>(line),
                   below(random, 2) == 0 ? 1 : 500, lines[line]);
      break;
    case 3: {  // two columns exchanged, with or without their names
      const std::size_t a = below(random, 8);
      const std::size_t b = below(random, 8);
      for (std::size_t i = below(random, 2) == 0 ? 0 : 5; i < lines.size(); ++i) {
        Lines cells = cells_of(lines[i]);
        if (std::max(a, b) < cells.size()) std::swap(cells[a], cells[b]);
        lines[i] = joined(cells, separator_in(lines[i]));
      }
      break;
    }
    case 4:
      replace_cell(lines[line], below(random, 12), odd);
      break;
    case 5: {  // one column all through
      const std::size_t column = below(random, 6);
      for (std::size_t i = 1; i < lines.size(); ++i) replace_cell(lines[i], column, odd);
      break;
    }
    case 6:  // counts and rates of the header
      replace_cell(lines[std::min<std::size_t>(lines.size() - 1, 2)], below(random, 8),
                   std::array{"0", "999999999", "1e300", "65535"}[below(random, 4)]);
      break;
    case 7:
      std::swap(lines[line], lines[below(random, lines.size())]);
      break;
    case 8:
      lines[line] += joined(Lines(3000, "A"), separator_in(lines[line]));
      break;
    default:
      lines[line] = std::string(20000, separator_in(lines[line]));
  }
  return joined(lines, '\n');
}

/// Reads in every way that the content calls for; returns what was refused, "" where it was read.
std::string outcome(const FileBytes& file) {
  ReadOptions options;
  options.mass_kg = 70.0;
  options.rate_hz = 0.0;
  try {
    switch (identify(file).kind) {
      case FileKind::mot:
        static_cast<void>(plates_of(read_table(file)));
        return "";
      case FileKind::rbds_forces:
        static_cast<void>(read_rbds_forces(file));
        return "";
      case FileKind::strength_csv:
        static_cast<void>(read_strength(file));
        return "";
      default:
        break;
    }
    const Recording r = import_recording(read_raw(file, options), options);
    EXPECT_FALSE((r.positions_m.array().abs() > 1e7).any());
    EXPECT_TRUE(std::is_sorted(r.time_s.begin(), r.time_s.end()));
    EXPECT_EQ(r.positions_m.rows(), static_cast<Eigen::Index>(r.time_s.size()));
    return "";
  } catch (const IoError& error) {
    EXPECT_EQ(error.path(), file.path);
    EXPECT_FALSE(error.reason().empty());
    return error.what();
  } catch (const InvalidArgument& error) {
    return error.what();
  } catch (const NotAnalysable& error) {
    return error.what();
  }
}

}  // namespace

TEST(Damage, NeverFatalAndTheFileIsNamed) {
  Random random(11);
  std::size_t files = 0;
  std::size_t refused = 0;
  for (const char* kind :
       {"trc", "mot", "rbds", "biomac", "keypoint_csv", "openpose_json", "read"}) {
    std::vector<std::filesystem::path> seeds;
    for (const auto& entry :
         std::filesystem::directory_iterator(std::filesystem::path("tests/fuzz/corpus") / kind)) {
      seeds.push_back(entry.path());
    }
    std::sort(seeds.begin(), seeds.end());
    for (const auto& seed : seeds) {
      const std::string text(load_file(seed).text());
      if (text.size() < 30) continue;
      for (int k = 0; k < 12; ++k) {
        std::string content = damaged(text, random);
        if (below(random, 3) == 0) content = damaged(content, random);
        if (content.empty()) continue;
        SCOPED_TRACE(seed.string() + ", damage " + std::to_string(k));
        const std::string message =
            outcome({"folder/damaged.txt", {content.begin(), content.end()}});
        ++files;
        refused += message.empty() ? 0 : 1;
        if (!message.empty()) {
          EXPECT_TRUE(message.find("damaged.txt") != std::string::npos ||
                      message.find("give") != std::string::npos)
              << message;
        }
      }
    }
  }
  EXPECT_GT(files, 300u);
  EXPECT_GT(refused, files / 10);  // and the damage is damage
  EXPECT_LT(refused, files);
}

}  // namespace runmech
