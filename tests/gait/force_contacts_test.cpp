// SPDX-License-Identifier: BSD-3-Clause
#include "runmech/gait/force_contacts.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <fstream>
#include <numbers>
#include <random>

#include "runmech/core/errors.hpp"
#include "runmech/core/options.hpp"
#include "runmech/io/read.hpp"
#include "runmech/signal/filter.hpp"
#include "support/data.hpp"

namespace runmech {
namespace {

static_assert(lists_all_fields<ForceEventOptions>());

struct Record {
  std::vector<double> time_s;
  Eigen::VectorXd force_n;
};

/// Steps every 0.36 s, contact 0.25 s, as sin^2 (smooth at its ends), peak 1700 N, from 0.1 s on.
double clean_force(double t) {
  const double u = std::fmod(t - 0.1 + 36.0, 0.36);
  return u < 0.25 ? 1700.0 * std::pow(std::sin(std::numbers::pi * u / 0.25), 2) : 0.0;
}

Record record(double rate, double duration, double noise = 0.0, double drift = 0.0,
              double force_sign = 1.0) {
  std::mt19937 random(3);
  std::normal_distribution<double> gauss(0.0, 1.0);
  Record out;
  const auto n = static_cast<Eigen::Index>(duration * rate);
  out.force_n.resize(n);
  for (Eigen::Index i = 0; i < n; ++i) {
    const double t = static_cast<double>(i) / rate;
    out.time_s.push_back(t);
    out.force_n[i] = force_sign * (clean_force(t) + drift * t + noise * gauss(random));
  }
  return out;
}

/// Half sines: they begin and end with a corner, as contacts with a transient do.
Record corners(double rate, double duration, double noise) {
  Record out = record(rate, duration, noise);
  for (Eigen::Index i = 0; i < out.force_n.size(); ++i) {
    const double t = out.time_s[static_cast<std::size_t>(i)];
    const double u = std::fmod(t - 0.1 + 36.0, 0.36);
    out.force_n[i] +=
        (u < 0.25 ? 1700.0 * std::sin(std::numbers::pi * u / 0.25) : 0.0) - clean_force(t);
  }
  return out;
}

/// Where the clean force passes a threshold, after the step's begin.
double rise_after(double threshold) {
  return 0.25 / std::numbers::pi * std::asin(std::sqrt(threshold / 1700.0));
}

TEST(ForceContacts, TimesFallBetweenSamples) {
  for (const double rate : {300.0, 1000.0}) {
    const Record r = record(rate, 10.0);
    const ForceContacts c = force_contacts(r.time_s, r.force_n, {.cutoff_hz = 100.0});
    ASSERT_EQ(c.contacts.size(), 28u);
    for (std::size_t k = 1; k + 1 < c.contacts.size(); ++k) {
      const double begin = 0.1 + 0.36 * static_cast<double>(k);
      EXPECT_NEAR(c.contacts[k].start_s, begin + rise_after(20.0), 0.0006) << rate << " " << k;
      EXPECT_NEAR(c.contacts[k].end_s, begin + 0.25 - rise_after(20.0), 0.0006) << rate;
    }
    EXPECT_EQ(c.threshold_n, 20.0);
    EXPECT_EQ(c.dropped_short, 0);
  }
}

TEST(ForceContacts, RecordEndsInsideAContact) {
  const Record r = record(1000.0, 0.36 * 5 + 0.2);
  const ForceContacts c = force_contacts(r.time_s, r.force_n);
  ASSERT_EQ(c.contacts.size(), 6u);
  EXPECT_FALSE(std::isnan(c.contacts.front().start_s));
  EXPECT_TRUE(std::isnan(c.contacts.back().end_s));
}

TEST(ForceContacts, DriftNoiseAndDirectionDoNotMatter) {
  const Record clean = record(300.0, 30.0);
  const Record bad = record(300.0, 30.0, 10.0, 4.0, -1.0);  // 120 N of drift, upside down
  const ForceContacts a = force_contacts(clean.time_s, clean.force_n);
  const ForceContacts b = force_contacts(bad.time_s, bad.force_n);
  EXPECT_TRUE(b.upside_down);
  EXPECT_NEAR(b.drift_n, 120.0, 10.0);
  EXPECT_FALSE(a.upside_down);
  ASSERT_EQ(a.contacts.size(), b.contacts.size());
  for (std::size_t k = 1; k + 1 < a.contacts.size(); ++k) {
    EXPECT_NEAR(a.contacts[k].start_s, b.contacts[k].start_s, 0.006);
    EXPECT_NEAR(a.contacts[k].end_s, b.contacts[k].end_s, 0.006);
  }
}

TEST(ForceContacts, NoiseRaisesTheThreshold) {
  const Record r = record(300.0, 30.0, 40.0);
  const ForceContacts c = force_contacts(r.time_s, r.force_n);
  EXPECT_GT(c.threshold_n, 60.0);
  EXPECT_NEAR(c.threshold_n, 5.0 * c.aerial_sd_n, 1e-9);
  EXPECT_EQ(c.contacts.size(), 83u);
}

TEST(ForceContacts, DeadBandIsSeenAndSaid) {
  Record r = record(1000.0, 10.0);
  for (double& f : r.force_n) f = f < 30.0 ? 0.0 : f;
  const ForceContacts c = force_contacts(r.time_s, r.force_n);
  EXPECT_EQ(c.threshold_n, 50.0);
  EXPECT_GT(c.dead_band_n, 29.0);
  ASSERT_FALSE(c.notes.empty());
  EXPECT_NE(c.notes.front().text.find("50"), std::string::npos);
}

TEST(ForceContacts, ACutBelowTheThresholdIsSaidAndAnOffsetIsNoZero) {
  for (const double held : {0.0, 12.0}) {
    Record r = record(1000.0, 10.0);
    for (double& f : r.force_n) f = f < 14.0 ? held : f + held;
    const ForceContacts c = force_contacts(r.time_s, r.force_n);
    EXPECT_EQ(c.threshold_n, 20.0);
    EXPECT_NEAR(c.dead_band_n, 15.5, 2.0) << held;  // the smallest force that is there
    ASSERT_FALSE(c.notes.empty());
    EXPECT_NE(c.notes.front().text.find("stored as zero"), std::string::npos);
    EXPECT_TRUE(c.notes.front().warning);
  }
  const Record drawn = corners(1000.0, 10.0, 0.0);
  EXPECT_FALSE(force_contacts(drawn.time_s, drawn.force_n).low_passed);
  const Record whole = record(1000.0, 10.0, 1.0);
  EXPECT_EQ(force_contacts(whole.time_s, whole.force_n).dead_band_n, 0.0);
}

TEST(ForceContacts, NoiseThatHidesTheEndsMakesThemExtrapolated) {
  const Record clean = corners(300.0, 60.0, 0.0);
  const Record noisy = corners(300.0, 60.0, 30.0);
  const ForceContacts a = force_contacts(clean.time_s, clean.force_n);
  const ForceContacts b = force_contacts(noisy.time_s, noisy.force_n);
  EXPECT_FALSE(a.extrapolated);
  EXPECT_TRUE(b.extrapolated);
  EXPECT_GT(5.0 * b.aerial_sd_n, 60.0);
  ASSERT_EQ(a.contacts.size(), b.contacts.size());
  double strike = 0.0, toe_off = 0.0, late = 0.0;
  for (std::size_t k = 1; k + 1 < b.contacts.size(); ++k) {
    strike += b.contacts[k].start_s - (0.1 + 0.36 * static_cast<double>(k));
    toe_off += b.contacts[k].end_s - (0.35 + 0.36 * static_cast<double>(k));
    late += 5.0 * b.aerial_sd_n / (1700.0 * std::numbers::pi / 0.25);
  }
  const auto n = static_cast<double>(b.contacts.size() - 2);
  EXPECT_NEAR(strike / n, 0.0, 0.0012);  // the threshold alone would be 4 ms late
  EXPECT_NEAR(toe_off / n, 0.0, 0.0012);
  EXPECT_GT(late / n, 0.0035);
}

TEST(ForceContacts, ExtrapolatedEndsKeepTheirOrder) {
  for (const double noise : {60.0, 150.0, 300.0}) {
    const Record r = corners(300.0, 20.0, noise);
    const ForceContacts c = force_contacts(r.time_s, r.force_n);
    double last = 0.0;
    for (const ForceContact& k : c.contacts) {
      for (const double t : {k.start_s, k.end_s}) {
        if (std::isnan(t)) continue;
        EXPECT_GT(t, last) << noise;
        last = t;
      }
    }
  }
}

TEST(ForceContacts, AForceThatWasLowPassedBeforeItWasStoredIsSaid) {
  RUNMECH_NEEDS_DATA("rbds/RBDS003runT25.c3d.gz");
  for (const char* name : {"RBDS003runT25", "RBDS003runT45", "RBDS016runT25"}) {
    const Recording run = read(test::data_folder() / ("rbds/" + std::string(name) + ".c3d.gz"));
    const ForcePlate& plate = run.plates.front();
    const Eigen::VectorXd force =
        plate.force_n.col(1).array().isFinite().select(plate.force_n.col(1), 0.0);
    const auto told = [&](const Eigen::VectorXd& f, Eigen::Index n) {
      return force_contacts(std::span(plate.time_s).first(static_cast<std::size_t>(n)), f.head(n))
          .low_passed;
    };
    const Eigen::Index all = force.size();
    EXPECT_FALSE(told(force, all)) << name;
    EXPECT_FALSE(told(force, 300)) << name;  // two or three contacts
    for (const double hz : {10.0, 12.0, 15.0}) {
      const Eigen::VectorXd smooth = low_pass(force, 300.0, hz);
      EXPECT_TRUE(told(smooth, all)) << name << " " << hz;
      EXPECT_TRUE(told(smooth, 300)) << name << " " << hz;
    }
  }
}

TEST(ForceContacts, ATouchIsNoStepAndAMissingFlightIsLong) {
  Record r = record(1000.0, 6.0);
  for (Eigen::Index i = 0; i < r.force_n.size(); ++i) {
    const double t = r.time_s[static_cast<std::size_t>(i)];
    if (t > 2.20 && t < 2.24) r.force_n[i] += 120.0;                         // a scuff in flight
    if (t > 3.90 && t < 4.10) r.force_n[i] = std::max(r.force_n[i], 400.0);  // no flight here
  }
  const ForceContacts c = force_contacts(r.time_s, r.force_n);
  int long_ones = 0;
  for (const ForceContact& k : c.contacts) long_ones += k.long_contact;
  EXPECT_EQ(long_ones, 1);
  EXPECT_EQ(c.contacts.size(), 16u);
}

TEST(ForceContacts, NothingThereAndBadInput) {
  const std::vector<double> t{0.0, 0.1, 0.2};
  EXPECT_TRUE(force_contacts(t, Eigen::VectorXd::Zero(3)).contacts.empty());
  EXPECT_TRUE(force_contacts({}, Eigen::VectorXd()).contacts.empty());
  Record standing = record(300.0, 10.0);
  standing.force_n.setConstant(650.0);
  EXPECT_TRUE(force_contacts(standing.time_s, standing.force_n).contacts.empty());
  EXPECT_THROW((void)force_contacts(t, Eigen::VectorXd::Zero(4)), InvalidArgument);
  EXPECT_THROW((void)force_contacts(t, Eigen::VectorXd::Zero(3), {.threshold_n = -1.0}),
               InvalidArgument);
  EXPECT_THROW((void)force_contacts(t, Eigen::VectorXd::Zero(3), {.min_contact_s = 1.0}),
               InvalidArgument);
  EXPECT_THROW((void)force_contacts(std::vector<double>{0, 1, 1}, Eigen::VectorXd::Zero(3)),
               InvalidArgument);
}

// cases.md: 77 contacts of 0.25-0.29 s; the flight level climbs from 2 to 112 N.
TEST(ForceContacts, DriftingTreadmill) {
  RUNMECH_NEEDS_DATA("cases/drifting_force.csv");
  std::ifstream file(test::data_folder() / "cases/drifting_force.csv");
  std::vector<double> force, time;
  for (double f = 0.0; file >> f;) {
    time.push_back(static_cast<double>(force.size()) / 300.0);
    force.push_back(f);
  }
  const ForceContacts c = force_contacts(
      time, Eigen::Map<Eigen::VectorXd>(force.data(), static_cast<Eigen::Index>(force.size())),
      {.threshold_n = 50.0});
  int whole = 0;
  for (const ForceContact& k : c.contacts) {
    if (std::isnan(k.duration_s())) continue;
    ++whole;
    EXPECT_GT(k.duration_s(), 0.25);
    EXPECT_LT(k.duration_s(), 0.295);
  }
  EXPECT_EQ(whole, 77);
  EXPECT_NEAR(c.drift_n, 110.0, 5.0);
}

}  // namespace
}  // namespace runmech
