// SPDX-License-Identifier: BSD-3-Clause
#include "runmech/io/strength_csv.hpp"

#include <array>
#include <cmath>
#include <map>
#include <optional>
#include <utility>

#include "named_rows.hpp"
#include "runmech/core/errors.hpp"

namespace runmech {
namespace {

using text::lower;
using text::trim;

enum Column : std::size_t { kTest, kSide, kValue, kUnit, kTrial };
constexpr std::array<std::string_view, 5> kColumns{"test", "side", "value", "unit", "trial"};

std::optional<Side> side_of(std::string_view cell) {
  const std::string word = lower(trim(cell));
  if (word == "left" || word == "l" || word == "links" || word == "gauche") return Side::left;
  if (word == "right" || word == "r" || word == "rechts" || word == "droite") return Side::right;
  return std::nullopt;
}

}  // namespace

bool is_strength_csv(std::string_view content) {
  return text::names_columns(content, std::span(kColumns).first(kUnit));
}

StrengthTrials read_strength(const FileBytes& file) {
  text::NamedRows row(file, kColumns);
  if (!row.has(kTest) || !row.has(kSide) || !row.has(kValue) || !row.has(kUnit)) {
    row.fail("a strength csv needs the columns test, side, value, unit (and trial)");
  }
  StrengthTrials out;
  std::map<std::pair<std::string, Side>, int> count;
  while (row.next()) {
    StrengthTrial trial;
    trial.test = lower(to_utf8(row.cell(kTest)));
    if (trial.test.empty()) row.fail(kTest, "the test has no name");
    const auto side = side_of(row.cell(kSide));
    if (!side) row.fail(kSide, text::quoted(row.cell(kSide)) + " is neither left nor right");
    trial.side = *side;
    trial.value = row.value(kValue);
    trial.unit = to_utf8(row.cell(kUnit));
    int& counted = count[{trial.test, trial.side}];
    trial.trial = ++counted;
    if (!row.cell(kTrial).empty()) {
      const double number = row.value(kTrial);
      if (number != std::floor(number) || number < 0.0 || number > 1000.0) {
        row.fail(kTrial, text::quoted(row.cell(kTrial)) + " is not a trial number");
      }
      trial.trial = static_cast<int>(number);
    }
    out.push_back(std::move(trial));
  }
  // A list of trials has no place for a note: a trial is not dropped in silence.
  if (row.cut()) row.fail("the file ends inside this row: cut file");
  if (out.empty()) row.fail("the file has a header but no trials");
  return out;
}

StrengthTrials read_strength(const std::filesystem::path& path) {
  return read_strength(load_file(path));
}

}  // namespace runmech
