// SPDX-License-Identifier: BSD-3-Clause
// Do the error bars hold what they say? Closed-form runners with noise in points and events.
#include <gtest/gtest.h>

#include <map>

#include "closed_form.hpp"
#include "runmech/metrics/metrics.hpp"

namespace runmech {
namespace {

using test::Sines;

TEST(Coverage, TwoSdHoldTheTruthOverRandomTrials) {
  std::map<std::string, int> inside;
  std::map<std::string, double> sum_z2;
  constexpr int kTrials = 60;
  const Sines s;
  const auto truth = metrics(test::signals_of(s), test::events_of(s));
  for (int trial = 0; trial < kTrials; ++trial) {
    std::mt19937 random(static_cast<unsigned>(100 + trial));
    std::normal_distribution<double> normal;
    auto signals = test::signals_of(s);
    auto events = test::events_of(s, 0.008);
    // A detector errs by a constant and by scatter, 8 ms together; points shake by 1 mm and sit
    // 6 mm off, on the pelvis 2 mm off their place in the standing trial.
    const double strike_bias = 0.006 * normal(random);
    const double toe_off_bias = 0.006 * normal(random);
    for (auto& e : events.events) {
      e.time_s +=
          (e.type == EventType::foot_strike ? strike_bias : toe_off_bias) + 0.0053 * normal(random);
    }
    for (const Side side : kSides) {
      for (Points* p : {&signals.leg[side].hip, &signals.leg[side].knee, &signals.leg[side].ankle,
                        &signals.pelvis_side[side]}) {
        const double up = p == &signals.pelvis_side[side] ? 0.002 : 0.003;
        const Eigen::RowVector3d offset(0.006 * normal(random), up * normal(random), 0.0);
        for (Eigen::Index i = 0; i < p->rows(); ++i) {
          p->row(i) +=
              offset + Eigen::RowVector3d(0.001 * normal(random), 0.001 * normal(random), 0.0);
        }
      }
    }
    const auto table = metrics(signals, events);
    for (const auto& about : metric_definitions()) {
      const auto* expected = truth.summary(about.id, RowSide::right);
      const auto* got = table.summary(about.id, RowSide::right);
      ASSERT_NE(got, nullptr);
      const double z = (got->value - expected->value) / got->sd;
      inside[about.id] += std::abs(z) < 1.96;
      sum_z2[about.id] += z * z / kTrials;
    }
  }
  for (const auto& [id, n] : inside) {
    RecordProperty(id + "_rms_z", std::to_string(std::sqrt(sum_z2[id])));
    EXPECT_GE(n, static_cast<int>(0.90 * kTrials)) << id << ", rms z " << std::sqrt(sum_z2[id]);
  }
  // Error bars that hold everything would say nothing: timing, where this trial has all its errors,
  // is tight.
  for (const char* id : {"contact_time", "flight_time", "duty_factor"}) {
    EXPECT_GT(std::sqrt(sum_z2[id]), 0.5) << id;
  }
}

}  // namespace
}  // namespace runmech
