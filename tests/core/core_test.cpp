// SPDX-License-Identifier: BSD-3-Clause
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "runmech/core/errors.hpp"
#include "runmech/core/log.hpp"
#include "runmech/core/names.hpp"
#include "runmech/core/options.hpp"
#include "runmech/core/resources.hpp"
#include "runmech/data/subject.hpp"

namespace runmech {

static_assert(lists_all_fields<Subject>());

TEST(Names, ParseWhatTheyPrint) {
  for (const Side side : kSides) EXPECT_EQ(parse_side(to_string(side)), side);
  for (const View view : {View::spatial, View::side, View::rear, View::front}) {
    EXPECT_EQ(parse_view(to_string(view)), view);
  }
}

TEST(Names, UnknownWordIsRefusedWithTheAllowedOnes) {
  try {
    static_cast<void>(parse_surface("trail"));
    FAIL() << "accepted";
  } catch (const InvalidArgument& error) {
    EXPECT_STREQ(error.what(), "surface is 'trail'; allowed: unknown, treadmill, overground");
  }
}

TEST(Errors, IoErrorNamesFilePlaceAndReason) {
  const IoError error("run.trc", "line 7", "no numbers");
  EXPECT_STREQ(error.what(), "run.trc, line 7: no numbers");
  EXPECT_STREQ(IoError("run.trc", "", "not found").what(), "run.trc: not found");
}

TEST(Log, SilentUntilAskedAndFilteredByLevel) {
  std::vector<std::string> seen;
  log(LogLevel::error, "nobody listens");
  set_log_callback(LogLevel::warning, [&](LogLevel, std::string_view m) { seen.emplace_back(m); });
  log(LogLevel::info, "too quiet");
  log(LogLevel::warning, "heard {} as it is");
  set_log_callback(LogLevel::warning, {});
  log(LogLevel::error, "silent again");
  EXPECT_EQ(seen, std::vector<std::string>{"heard {} as it is"});
}

TEST(Resources, UnknownNameIsRefused) {
  EXPECT_THROW(static_cast<void>(resource("no/such.json")), InvalidArgument);
}

}  // namespace runmech
