// SPDX-License-Identifier: BSD-3-Clause
// One run, its force measured by a belt, by two named plates, by a runway of plates: the same
// steps.
#include "runmech/gait/force_events.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <functional>

#include "runmech/core/errors.hpp"
#include "runmech/synth/synthesise.hpp"

namespace runmech {
namespace {

const SyntheticRun& run() {
  static const SyntheticRun made = [] {
    SyntheticOptions options;
    options.duration_s = 8.0;
    options.with_force = true;
    return synthesise(options);
  }();
  return made;
}

/// Number of the contact at time t and its side; -1 in flight. Contacts count from the first
/// strike.
struct Down {
  int contact = -1;
  Side side = Side::left;
};
Down down_at(double t) {
  struct Stretch {
    double from, to;
    Side side;
  };
  static const std::vector<Stretch> stretches = [] {
    std::vector<Stretch> out;
    for (const Side side : kSides) {
      const auto strikes = run().truth.events.times(side, EventType::foot_strike);
      const auto lifts = run().truth.events.times(side, EventType::toe_off);
      for (const double strike : strikes) {
        const auto lift = std::upper_bound(lifts.begin(), lifts.end(), strike);
        out.push_back({strike, lift == lifts.end() ? 1e9 : *lift, side});
      }
      if (!lifts.empty() && (strikes.empty() || lifts.front() < strikes.front())) {
        out.push_back({-1e9, lifts.front(), side});
      }
    }
    std::sort(out.begin(), out.end(), [](auto& a, auto& b) { return a.from < b.from; });
    return out;
  }();
  for (std::size_t i = 0; i < stretches.size(); ++i) {
    if (t >= stretches[i].from - 0.02 && t <= stretches[i].to + 0.02) {
      return {static_cast<int>(i), stretches[i].side};
    }
  }
  return {};
}

/// A plate that carries `share(contact, side)` of the belt's force.
ForcePlate part(const std::string& name, const std::function<double(const Down&)>& share) {
  ForcePlate plate = run().recording.plates.front();
  plate.name = name;
  for (Eigen::Index i = 0; i < plate.n_samples(); ++i) {
    const Down down = down_at(plate.time_s[static_cast<std::size_t>(i)]);
    plate.force_n.row(i) *= down.contact < 0 ? 0.0 : share(down);
    if (plate.force_n.row(i).norm() < 20.0 && plate.cop_m.rows() > i) {
      plate.cop_m.row(i).setConstant(NAN);
    }
  }
  return plate;
}

ForcePlate foot(const std::string& name, Side side) {
  return part(name, [side](const Down& d) { return d.side == side ? 1.0 : 0.0; });
}

GaitEvents events_with(std::vector<ForcePlate> plates, bool markers = true) {
  Recording recording = run().recording;
  recording.plates = std::move(plates);
  if (!markers) {
    recording.labels.clear();
    recording.positions_m.resize(recording.n_frames(), 0);
    recording.confidence.resize(0, 0);
  }
  return force_events(recording);
}

/// Every true event is found on its own side within 8 ms, and nothing else.
void expect_truth(const GaitEvents& found, const char* what) {
  EXPECT_TRUE(found.running()) << what << ": " << found.reason;
  for (const Side side : kSides) {
    for (const EventType type : {EventType::foot_strike, EventType::toe_off}) {
      const auto truth = run().truth.events.times(side, type);
      const auto times = found.times(side, type);
      ASSERT_EQ(times.size(), truth.size())
          << what << " " << to_string(side) << " " << to_string(type);
      for (std::size_t i = 0; i < truth.size(); ++i) {
        EXPECT_NEAR(times[i], truth[i], 0.008) << what << " " << to_string(side);
      }
    }
  }
}

std::size_t flagged(const GaitEvents& found, std::string_view flag) {
  return static_cast<std::size_t>(std::count_if(found.events.begin(), found.events.end(),
                                                [&](auto& e) { return e.flag == flag; }));
}

}  // namespace

TEST(ForceEvents, ABeltTakesItsSidesFromTheFeet) {
  const GaitEvents found = events_with({run().recording.plates.front()});
  expect_truth(found, "belt");
  EXPECT_EQ(flagged(found, ""), found.events.size());
}

TEST(ForceEvents, PlatesNamedForAFootNeedNoMarkers) {
  for (const auto& [left, right] :
       {std::pair{"left plate", "right plate"}, std::pair{"ground_force_l", "ground_force_r"},
        std::pair{"L_ground_force", "FP2 (R)"}}) {
    for (const bool markers : {true, false}) {
      const GaitEvents found =
          events_with({foot(right, Side::right), foot(left, Side::left)}, markers);
      expect_truth(found, left);
      EXPECT_EQ(flagged(found, ""), found.events.size()) << left;
    }
  }
}

TEST(ForceEvents, PlatesAloneTellFlightAndDoubleSupport) {
  const std::vector<ForcePlate> apart{foot("left", Side::left), foot("right", Side::right)};
  const GaitEvents run = events_with(apart, false);
  ASSERT_FALSE(run.events.empty());
  for (const GaitEvent& e : run.events) EXPECT_EQ(e.state, StepState::running) << e.time_s;

  // The same contacts 0.2 s of 0.72 later on one side: that foot lands while the other one stands.
  std::vector<ForcePlate> together = apart;
  for (double& t : together[1].time_s) t += 0.2;
  const GaitEvents overlapping = events_with(together, false);
  std::size_t running = 0;
  for (const GaitEvent& e : overlapping.events) running += e.state == StepState::running ? 1 : 0;
  EXPECT_LE(running, 2U);  // at the ends of the record a contact has one neighbour
}

TEST(ForceEvents, BothFeetAreToldAtOneThreshold) {
  const ForcePlate right = foot("right", Side::right);
  ForcePlate left = foot("left", Side::left);
  for (Eigen::Index i = 0; i < left.n_samples(); ++i) {
    if (left.force_n(i, 1) < 30.0) left.force_n.row(i).setZero();
  }
  ForcePlate alike = right;
  for (Eigen::Index i = 0; i < alike.n_samples(); ++i) {
    if (alike.force_n(i, 1) < 30.0) alike.force_n.row(i).setZero();
  }
  const GaitEvents mixed = events_with({left, right});
  const GaitEvents both = events_with({left, alike});
  const GaitEvents clean = events_with({foot("left", Side::left), right});
  EXPECT_EQ(mixed.threshold_n, 50.0);
  EXPECT_EQ(clean.threshold_n, 20.0);
  EXPECT_GT(mixed.events.front().sd_s, clean.events.front().sd_s);
  for (const EventType type : {EventType::foot_strike, EventType::toe_off}) {
    const auto there = both.times(Side::right, type), here = mixed.times(Side::right, type);
    ASSERT_EQ(there.size(), here.size());
    for (std::size_t i = 0; i < there.size(); ++i) EXPECT_NEAR(here[i], there[i], 0.001);
  }
}

TEST(ForceEvents, WrongNamesAreFollowedAndFlaggedByTheFeet) {
  const GaitEvents found = events_with({foot("left", Side::right), foot("right", Side::left)});
  ASSERT_FALSE(found.events.empty());
  EXPECT_EQ(found.times(Side::left, EventType::foot_strike).size(),
            run().truth.events.times(Side::right, EventType::foot_strike).size());
  EXPECT_GT(flagged(found, "side_by_name"), 9 * found.events.size() / 10);
  ASSERT_FALSE(found.notes.empty());
  EXPECT_NE(found.notes.back().text.find("are flagged"), std::string::npos);
}

TEST(ForceEvents, ARunwayOfPlatesIsOneGround) {
  const auto every_third = [](int rest) {
    return part("plate " + std::to_string(rest + 1), [rest](const Down& d) {
      if (d.contact % 3 == rest) return d.contact == 7 ? 0.6 : 1.0;
      return d.contact == 7 && rest == 2 ? 0.4 : 0.0;  // this step lies on two plates
    });
  };
  std::vector<ForcePlate> plates{every_third(0), every_third(1), every_third(2)};
  expect_truth(events_with(plates), "runway");

  // One plate with a clock of its own: half the rate, half a sample later.
  ForcePlate& slow = plates[1];
  const ForcePlate full = slow;
  const Eigen::Index n = full.n_samples() / 2;
  slow.time_s.clear();
  slow.force_n.resize(n, 3);
  slow.cop_m.resize(n, 3);
  slow.free_moment_nm.resize(0);
  for (Eigen::Index i = 0; i < n; ++i) {
    const auto k = static_cast<std::size_t>(2 * i);
    slow.time_s.push_back(0.5 * (full.time_s[k] + full.time_s[k + 1]));
    slow.force_n.row(i) = 0.5 * (full.force_n.row(2 * i) + full.force_n.row(2 * i + 1));
    slow.cop_m.row(i) = full.cop_m.row(2 * i);
  }
  expect_truth(events_with(plates), "runway, one slower plate");

  // A plate that lost its signal for a while takes nothing from the others.
  plates[2].force_n.middleRows(plates[2].n_samples() / 2, 40).setConstant(NAN);
  plates[2].force_n.bottomRows(3).setConstant(NAN);
  const GaitEvents found = events_with(plates);
  for (const GaitEvent& e : found.events) EXPECT_EQ(e.side, down_at(e.time_s).side) << e.time_s;
  EXPECT_GE(found.events.size() + 2, run().truth.events.events.size());
}

TEST(ForceEvents, AStepBesideThePlatesDoesNotTurnTheOthersRound) {
  const GaitEvents found =
      events_with({part("belt", [](const Down& d) { return d.contact == 8 ? 0.0 : 1.0; })});
  for (const GaitEvent& e : found.events) {
    const Down down = down_at(e.time_s);
    ASSERT_GE(down.contact, 0) << e.time_s;
    EXPECT_EQ(e.side, down.side) << e.time_s;
    EXPECT_NE(down.contact, 8);
  }
  EXPECT_EQ(found.spans.size(), 2u);
}

TEST(ForceEvents, AStepHalfOnThePlateIsFlagged) {
  const GaitEvents found =
      events_with({part("belt", [](const Down& d) { return d.contact == 8 ? 0.6 : 1.0; })});
  EXPECT_EQ(flagged(found, "plate_edge"), 2u);  // its strike and its toe-off
  for (const GaitEvent& e : found.events) {
    if (e.flag == "plate_edge") {
      EXPECT_EQ(down_at(e.time_s).contact, 8);
    }
  }
}

TEST(ForceEvents, PressureUnderTheOtherFootIsFlagged) {
  ForcePlate belt = run().recording.plates.front();
  ASSERT_EQ(belt.cop_m.rows(), belt.n_samples());
  // Mirrored across the runner's middle: under the foot that is in the air.
  const double middle = [&] {
    double sum = 0.0;
    int n = 0;
    for (Eigen::Index i = 0; i < belt.n_samples(); ++i) {
      if (!std::isfinite(belt.cop_m(i, 2))) continue;
      sum += belt.cop_m(i, 2);
      ++n;
    }
    return sum / n;
  }();
  for (Eigen::Index i = 0; i < belt.n_samples(); ++i) {
    belt.cop_m(i, 0) -= 0.6;  // far behind the standing foot, where the other one swings
    belt.cop_m(i, 2) = 2.0 * middle - belt.cop_m(i, 2);
  }
  const GaitEvents found = events_with({belt});
  EXPECT_GT(flagged(found, "cop"), found.events.size() / 2);
  EXPECT_EQ(flagged(found, "side_by_alternation"), 0u);
}

TEST(ForceEvents, NothingTellsTheSides) {
  EXPECT_THROW((void)events_with({}), InvalidArgument);
  EXPECT_THROW((void)events_with({run().recording.plates.front()}, false), NotAnalysable);
  // One of two plates named is not enough: the other one may bear either foot.
  EXPECT_THROW((void)events_with({foot("left", Side::left), foot("plate 2", Side::right)}, false),
               NotAnalysable);
  expect_truth(events_with({foot("left", Side::left), foot("plate 2", Side::right)}), "half named");
}

}  // namespace runmech
