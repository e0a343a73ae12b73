// SPDX-License-Identifier: BSD-3-Clause
#include "runmech/assess/session.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <cstdio>
#include <cstdlib>
#include <ctime>
#include <fstream>
#include <nlohmann/json.hpp>

#include "runmech/core/errors.hpp"
#include "runner_table.hpp"

namespace runmech {
namespace {

// Published complaint: dates that move with the machine's zone (C32).
TEST(SessionDate, IsAPropertyOfTheSession) {
  for (const char* zone : {"UTC", "Europe/Berlin", "Pacific/Auckland"}) {
    setenv("TZ", zone, 1);
    tzset();
    const auto a = parse_session_date("2025-07-06T01:44:02+02:00");
    const auto b = parse_session_date("2025-07-05T23:44:02Z");
    const auto c = parse_session_date("2025-07-06 01:44:02");
    EXPECT_EQ(a.day, "2025-07-06");
    EXPECT_EQ(b.day, "2025-07-05");
    ASSERT_TRUE(a.instant_s && b.instant_s);
    EXPECT_EQ(*a.instant_s, *b.instant_s);
    EXPECT_EQ(*a.instant_s, 1751759042);
    EXPECT_EQ(order_of(a, b), 0);
    EXPECT_EQ(c.note, "no zone");
    EXPECT_EQ(c.day, "2025-07-06");
    EXPECT_FALSE(c.instant_s);
    const auto night = parse_session_date("2025-10-26T02:30 Europe/Berlin");
    EXPECT_EQ(night.day, "2025-10-26");
    EXPECT_EQ(order_of(night, parse_session_date("2025-10-27T10:00:00+01:00")), -1);
  }
  unsetenv("TZ");
  tzset();
}

TEST(SessionDate, OrdersByInstantAcrossZones) {
  // The wall clocks say the opposite.
  EXPECT_EQ(order_of(parse_session_date("2025-07-06T10:00+12:00"),
                     parse_session_date("2025-07-06T08:00+02:00")),
            -1);
  EXPECT_EQ(order_of(parse_session_date("2025-07-06"), parse_session_date("2025-07-20")), -1);
  EXPECT_FALSE(order_of(parse_session_date("2025-07-06"), parse_session_date("2025-07-06T10:00Z")));
  EXPECT_FALSE(order_of(parse_session_date(""), parse_session_date("2025-07-06")));
  EXPECT_EQ(
      order_of(parse_session_date("2025-07-06 08:00"), parse_session_date("2025-07-06 09:00")), -1);
}

TEST(SessionDate, WhatIsNoDateIsNoError) {
  for (const char* text : {"yesterday", "2025-13-01", "2025-02-30", "06.07.2025",
                           "2025-07-06T25:00", "2025-07-06T10:61"}) {
    EXPECT_TRUE(parse_session_date(text).day.empty()) << text;
    EXPECT_EQ(parse_session_date(text).note, "not an ISO 8601 date") << text;
  }
  EXPECT_EQ(parse_session_date("2024-02-29T10:00:00.250+0530").day, "2024-02-29");
  EXPECT_EQ(parse_session_date("").note, "no date stated");
}

Session session() {
  Session s;
  s.date = "2025-07-06T01:44:02+02:00";
  s.subject = test::of_mass(60);
  s.subject.name = "<script>alert(1)</script> & M\xc3\xbcller";
  s.sources = {"L\xc3\xa4ufer 1.c3d"};
  MetricTable table = test::table_of(test::miss_x());
  table.notes.push_back({"speed", "stated", true});
  s.strength = test::strength_trials(26, 17.5);
  const auto profile = strength_profile(s.strength, s.subject);
  s.assessment = assess(table, &profile);
  return s;
}

TEST(SessionJson, RoundTripKeepsEverything) {
  const Session s = session();
  const std::string json = session_to_json(s);
  const Session back = session_from_json(json);
  EXPECT_EQ(session_to_json(back), json);
  EXPECT_EQ(back.date, s.date);
  EXPECT_EQ(back.subject.name, s.subject.name);
  ASSERT_EQ(back.assessment.table.rows.size(), s.assessment.table.rows.size());
  for (std::size_t i = 0; i < s.assessment.table.rows.size(); ++i) {
    EXPECT_EQ(back.assessment.table.rows[i].value, s.assessment.table.rows[i].value);
    EXPECT_EQ(back.assessment.table.rows[i].stride, s.assessment.table.rows[i].stride);
  }
  EXPECT_EQ(back.assessment.plan.items.size(), s.assessment.plan.items.size());
  EXPECT_EQ(back.assessment.readings.size(), s.assessment.readings.size());
  EXPECT_FALSE(back.library_version.empty());
}

// Bare NaN makes other readers stop (C16).
TEST(SessionJson, IsStrictJson) {
  Session s = session();
  s.assessment.table.rows[0].value = NAN;
  s.assessment.table.rows[0].sd = INFINITY;
  s.sources.push_back("\xff\xfe no utf8");
  const std::string json = session_to_json(s);
  EXPECT_EQ(json.find("NaN"), std::string::npos);
  EXPECT_EQ(json.find("nan"), std::string::npos);
  EXPECT_EQ(json.find("inf,"), std::string::npos);
  EXPECT_TRUE(nlohmann::json::accept(json));
  EXPECT_TRUE(std::isnan(session_from_json(json).assessment.table.rows[0].value));
}

TEST(SessionJson, DamagedFilesAreRefusedByName) {
  const std::string path = ::testing::TempDir() + "runmech_session.json";
  write_session(session(), path);
  EXPECT_EQ(session_to_json(read_session(path)), session_to_json(session()));
  std::string text = session_to_json(session());
  const auto refuse = [&](const std::string& content, const char* word) {
    std::ofstream(path, std::ios::binary) << content;
    try {
      static_cast<void>(read_session(path));
      ADD_FAILURE() << word << " accepted";
    } catch (const IoError& error) {
      EXPECT_EQ(error.path(), path);
      EXPECT_NE(std::string(error.what()).find(word), std::string::npos) << error.what();
    }
  };
  refuse(text.substr(0, text.size() / 2), "cut short");
  refuse("", "the file is empty");
  refuse("[]", "not a runmech session");
  refuse("{\"format\": 3}", "");
  refuse(R"({"format":"runmech session","version":99})", "format 99");
  refuse(R"({"format":"runmech session","version":1})", "library_version");
  std::string wrong = text;
  wrong.replace(wrong.find("\"treadmill\""), 11, "\"moon\"");
  refuse(wrong, "moon");
  std::remove(path.c_str());
  EXPECT_THROW(static_cast<void>(read_session(path)), IoError);
  EXPECT_THROW(write_session(session(), "/nowhere/at/all/session.json"), IoError);
}

}  // namespace
}  // namespace runmech
