// SPDX-License-Identifier: BSD-3-Clause
#include "runmech/gait/detectors/runmech.hpp"

#include <gtest/gtest.h>

#include <chrono>
#include <cmath>
#include <filesystem>
#include <fstream>
#include <numbers>

#include "runmech/core/errors.hpp"
#include "runmech/core/resources.hpp"
#include "runmech/gait/event_windows.hpp"
#include "runmech/gait/force_events.hpp"
#include "runmech/gait/laboratory_offset.hpp"
#include "runmech/io/read.hpp"
#include "runmech/signal/robust.hpp"
#include "support/data.hpp"
#include "support/detector_laws.hpp"

namespace runmech {
namespace {

using test::clean_running;

/// Errors of one event type against force, ms, 50 ms away from the ends, and how many were missed
/// (none within 50 ms) or invented.
struct Errors {
  std::vector<double> ms;
  int missed = 0, invented = 0, covered = 0;

  [[nodiscard]] double rms() const {
    double sum = 0.0;
    for (const double e : ms) sum += e * e;
    return std::sqrt(sum / static_cast<double>(ms.size()));
  }
};

Errors errors(const GaitEvents& force, const GaitEvents& found, EventType type) {
  Errors out;
  const double from = force.events.front().time_s + 0.05;
  const double to = force.events.back().time_s - 0.05;
  for (const Side side : kSides) {
    int seen = 0;
    for (const double t : force.times(side, type)) {
      if (t <= from || t >= to) continue;
      const GaitEvent* nearest = nullptr;
      for (const GaitEvent& e : found.events) {
        if (e.side != side || e.type != type) continue;
        if (nearest == nullptr || std::abs(e.time_s - t) < std::abs(nearest->time_s - t))
          nearest = &e;
      }
      if (nearest == nullptr || std::abs(nearest->time_s - t) > 0.05) {
        ++out.missed;
        continue;
      }
      ++seen;
      out.ms.push_back(1e3 * (nearest->time_s - t));
      out.covered += std::abs(nearest->time_s - t) <= 1.96 * nearest->sd_s ? 1 : 0;
    }
    for (const double t : found.times(side, type)) out.invented += t > from && t < to ? 1 : 0;
    out.invented -= seen;
  }
  return out;
}

Recording rbds(const char* stem) {
  return read(test::data_folder() / "rbds" / (std::string(stem) + ".c3d.gz"));
}

// At every second force event of a trial that the weights were learnt on: what a slip in reading
// windows or weights would spoil at once. Errors on other runners: benchmarks/accuracy/events.py.
TEST(Runmech, ReachesTheForcePlateOnRunnersItKnows) {
  RUNMECH_NEEDS_DATA("rbds/RBDS009runT45.c3d.gz");
  for (const char* runner : {"RBDS002", "RBDS009"}) {
    for (const char* speed : {"25", "45"}) {
      const Recording trial = rbds((std::string(runner) + "runT" + speed).c_str());
      const Recording stand = rbds((std::string(runner) + "static").c_str());
      const GaitEvents force = force_events(trial);
      const GaitEvents found = detect_events(gait_signals(trial, &stand), Runmech{});
      EXPECT_EQ(found.detector, "runmech");
      EXPECT_EQ(found.threshold_n, 20.0);
      for (const EventType type : {EventType::foot_strike, EventType::toe_off}) {
        const Errors e = errors(force, found, type);
        EXPECT_EQ(e.missed, 0);
        EXPECT_EQ(e.invented, 0);
        EXPECT_LT(e.rms(), 2.0) << runner << speed;
        EXPECT_GT(e.covered, 0.92 * static_cast<double>(e.ms.size()));
      }
    }
  }
}

// Without a standing trial the shank is not seen there, and nothing else changes.
TEST(Runmech, NeedsNoStandingTrial) {
  RUNMECH_NEEDS_DATA("rbds/RBDS007runT35.c3d.gz");
  const Recording trial = rbds("RBDS007runT35");
  const GaitEvents force = force_events(trial);
  const GaitEvents found = detect_events(gait_signals(trial), Runmech{});
  EXPECT_LT(errors(force, found, EventType::foot_strike).rms(), 2.0);
  EXPECT_LT(errors(force, found, EventType::toe_off).rms(), 2.5);
}

// Other laboratories: a constant between force and marker clocks is theirs, the scatter is ours.
TEST(Runmech, ScattersLittleInAnotherLaboratory) {
  RUNMECH_NEEDS_DATA("dorn/JA1Gait21.c3d");
  const Recording trial = read(test::data_folder() / "dorn/JA1Gait21.c3d");
  const GaitEvents force = force_events(trial);
  const GaitEvents found = detect_events(gait_signals(trial), Runmech{});
  for (const EventType type : {EventType::foot_strike, EventType::toe_off}) {
    const Errors e = errors(force, found, type);
    EXPECT_EQ(e.missed, 0);
    EXPECT_EQ(e.invented, 0);
    EXPECT_LT(standard_deviation(e.ms), type == EventType::foot_strike ? 3.0 : 4.0);
  }
}

GaitSignals scaled(GaitSignals signals, double length) {
  test::for_each_path(signals, [&](Points& p) { p *= length; });
  for (double& t : signals.time_s) t *= std::sqrt(length);
  signals.standing.leg_length_m *= length;
  signals.noise_m = {length * signals.noise_m.left, length * signals.noise_m.right};
  return signals;
}

// C20: the same gait on a smaller body and the clock that goes with it.
TEST(Runmech, SmallAndTallRunnersAreTheSameGait) {
  RUNMECH_NEEDS_DATA("rbds/RBDS003runT35.c3d.gz");
  const Recording trial = rbds("RBDS003runT35");
  const Recording stand = rbds("RBDS003static");
  const GaitSignals adult = gait_signals(trial, &stand);
  const GaitEvents expected = detect_events(adult, Runmech{});
  for (const double length : {0.55, 0.62, 0.75, 1.15, 1.25}) {
    const GaitEvents found = detect_events(scaled(adult, length), Runmech{});
    const double clock = std::sqrt(length);
    test::expect_same(expected, found, 1e-7, clock);
  }
}

// A forward axis that is two degrees off, and a foot that was not recorded, leave the events of a
// foot where they are.
TEST(Runmech, NeitherTheHeadingNorTheOtherFootCounts) {
  RUNMECH_NEEDS_DATA("rbds/RBDS003runT35.c3d.gz");
  const GaitSignals signals = gait_signals(rbds("RBDS003runT35"));
  const GaitEvents expected = detect_events(signals, Runmech{});
  GaitSignals turned = signals;
  const double angle = 2.0 * std::numbers::pi / 180.0;
  test::for_each_path(turned, [&](Points& p) {
    if (p.rows() == 0) return;
    const Eigen::VectorXd x = p.col(0);
    p.col(0) = std::cos(angle) * x + std::sin(angle) * p.col(2);
    p.col(2) = std::cos(angle) * p.col(2) - std::sin(angle) * x;
  });
  test::expect_same(expected, detect_events(turned, Runmech{}), 1e-4);
  GaitSignals alone = signals;
  alone.leg.left = LegSignals{};
  const GaitEvents found = detect_events(alone, Runmech{});
  for (const EventType type : {EventType::foot_strike, EventType::toe_off}) {
    const std::vector<double> there = expected.times(Side::right, type);
    const std::vector<double> here = found.times(Side::right, type);
    ASSERT_EQ(here.size(), there.size());
    for (std::size_t i = 0; i < here.size(); ++i) EXPECT_NEAR(here[i], there[i], 0.001);
  }
}

TEST(Runmech, TheSpreadGrowsWithNoiseAndFewerFrames) {
  RUNMECH_NEEDS_DATA("rbds/RBDS004runT35.c3d.gz");
  const GaitSignals clean = gait_signals(rbds("RBDS004runT35"));
  const auto mean_sd_ms = [](const GaitEvents& events, EventType type) {
    std::vector<double> sd;
    for (const GaitEvent& e : events.events)
      if (e.type == type) sd.push_back(1e3 * e.sd_s);
    return mean(sd);
  };
  GaitSignals noisy = clean;
  noisy.noise_m = {0.003, 0.003};
  GaitSignals slow = clean;
  slow.time_s.clear();
  for (std::size_t i = 0; i < clean.time_s.size(); i += 5) slow.time_s.push_back(clean.time_s[i]);
  test::for_each_path(slow, [&](Points& p) {
    if (p.rows() == 0) return;
    Points few(static_cast<Eigen::Index>(slow.time_s.size()), 3);
    for (Eigen::Index i = 0; i < few.rows(); ++i) few.row(i) = p.row(5 * i);
    p = few;
  });
  for (const EventType type : {EventType::foot_strike, EventType::toe_off}) {
    const double at_best = mean_sd_ms(detect_events(clean, Runmech{}), type);
    EXPECT_GT(at_best, 1.2);
    EXPECT_LT(at_best, 4.5);
    EXPECT_GT(mean_sd_ms(detect_events(noisy, Runmech{}), type), 1.1 * at_best);
    EXPECT_GT(mean_sd_ms(detect_events(slow, Runmech{}), type), at_best);
  }
}

TEST(Runmech, TheSyntheticRunnerLandsAndLeavesAsRunnersDo) {
  const GaitEvents found = detect_events(clean_running(), Runmech{});
  EXPECT_TRUE(found.told_by.empty());
  EXPECT_TRUE(std::none_of(found.notes.begin(), found.notes.end(),
                           [](const Note& note) { return note.code == "unlike"; }));
}

// Feet that rise three times as high are nothing that people have: said, and left to the simpler
// rule.
TEST(Runmech, FeetUnlikeThoseLearntFromAreSaid) {
  GaitSignals high = clean_running();
  for (const Side side : kSides) {
    for (Points* p : {&high.leg[side].heel, &high.leg[side].toe}) p->col(1) *= 3.0;
  }
  const GaitEvents found = detect_events(high, Runmech{});
  EXPECT_TRUE(std::any_of(found.notes.begin(), found.notes.end(),
                          [](const Note& note) { return note.code == "unlike"; }));
  EXPECT_EQ(found.told_by, "foot_anchor");
  const GaitEvents anchors = detect_events(high, "foot_anchor");
  test::expect_same(anchors, found, 0.010);
  for (const GaitEvent& e : found.events) EXPECT_GT(e.sd_s, 0.003);
}

TEST(Runmech, ALaboratorysConstantIsAdded) {
  Runmech late;
  late.laboratory_offset_s = 0.0045;
  test::expect_same(detect_events(clean_running(), Runmech{}), detect_events(clean_running(), late),
                    1e-9, 1.0, 0.0045);
}

TEST(Runmech, ALaboratorysConstantIsLearntFromPlates) {
  const GaitEvents found = detect_events(clean_running(), Runmech{});
  GaitEvents force;
  // Every third event hits a plate: strikes 8 ms, toe-offs 2 ms later than found.
  for (std::size_t i = 0; i < found.events.size(); i += 3) {
    GaitEvent hit = found.events[i];
    hit.time_s += hit.type == EventType::foot_strike ? 0.008 : 0.002;
    force.events.push_back(hit);
  }
  const LaboratoryOffset offset = laboratory_offset(found, force);
  EXPECT_EQ(offset.n, static_cast<int>(force.events.size()));
  EXPECT_NEAR(offset.offset_s, 0.005, 1e-9);
  EXPECT_LT(offset.sd_s, 1e-6);
  EXPECT_TRUE(std::isnan(laboratory_offset(found, GaitEvents{}).offset_s));
}

TEST(Runmech, WeightsFromAFile) {
  const auto path = std::filesystem::temp_directory_path() / "runmech_event_models_test.json";
  const auto with = [&](const std::string& text) {
    std::ofstream(path) << text;
    return detect_events(clean_running(), Runmech{path.string()});
  };
  const std::string shipped(resource("gait/event_models.json"));
  test::expect_same(detect_events(clean_running(), Runmech{}), with(shipped), 1e-12);
  const auto why = [&](const std::string& text) {
    try {
      (void)with(text);
    } catch (const IoError& error) {
      EXPECT_EQ(error.path(), path.string());
      return error.place() + ": " + error.reason();
    }
    return std::string("read");
  };
  const auto changed = [&](const std::string& from, const std::string& to) {
    std::string text = shipped;
    const auto at = text.find(from);
    EXPECT_NE(at, std::string::npos) << from;
    return at == std::string::npos ? text : text.replace(at, from.size(), to);
  };
  const auto told = [&](const std::string& text, const std::string& part) {
    const std::string said = why(text);
    EXPECT_NE(said.find(part), std::string::npos) << said << "\nis expected to hold: " << part;
  };
  const std::string weights = "\"weights\": [";
  told("{}", "has no 'version'");
  told("[1, 2]", "must be an object");
  told("", "byte 1: not JSON");
  told("not json", "byte 2: not JSON");
  told(shipped.substr(0, shipped.size() / 2), "not JSON, or cut short");
  told(changed("\"version\": 1", "\"version\": 9"), "version: must be 1");
  told(changed("\"fitted\": {", "\"tilted\": {"), "banks: has no 'fitted'");
  told(changed("\"heel_vx\"", "\"heel_x\""), "banks.clean.foot_strike[0].channels[0]: no channel");
  told(changed(weights, weights + "1.0, "), "banks.clean.foot_strike[0].wide.weights: has ");
  told(changed(weights, weights + "NaN, "), "not JSON");
  told(changed(weights, weights + "null, "), "wide.weights[0]: must be a finite number");
  told(changed("\"scale\": [", "\"scale\": [-"), "scale: all numbers must be above 0");
  told(changed("\"step\": 1", "\"step\": 0"), "lags must go upward");
  told(changed("\"first\": -8", "\"first\": -8000000000"), "first: must be a whole number");
  told(changed("\"noises_mm\": [", "\"noises_mm\": [7.0, "), "increasing numbers");
  told(changed("\"sd_ms\": [", "\"sd_ms\": [[1.0], "), "needs a row per rate");
  // A broken file is told whatever the recording holds.
  std::ofstream(path) << "{}";
  EXPECT_THROW((void)detect_events(GaitSignals{}, Runmech{path.string()}), IoError);
  std::filesystem::remove(path);
  EXPECT_THROW((void)detect_events(clean_running(), Runmech{path.string()}), IoError);
}

TEST(EventChannels, WindowsAreTheChannels) {
  const GaitPhases phases = find_phases(clean_running());
  const EventChannels channels = event_channels(clean_running(), phases, 30.0);
  ASSERT_GT(channels.values.left.rows(), 1000);
  const double t = channels.start_s + 300.0 * channels.step_s;
  const WindowShape shape{{2, 8, 14}, -4, 4, 2};
  const Eigen::VectorXd window = event_window(channels, Side::left, t, shape);
  ASSERT_EQ(window.size(), 15);
  Eigen::Index k = 0;
  for (int lag = -4; lag <= 4; lag += 2)
    for (const int c : shape.channels)
      EXPECT_NEAR(window[k++], channels.values.left(300 + lag, c), 1e-6);
  // Between two samples: the polynomial through three on either side.
  const Eigen::VectorXd between =
      event_window(channels, Side::left, t + 0.5 * channels.step_s, {{2}, 0, 0, 1});
  const auto& v = channels.values.left;
  EXPECT_NEAR(between[0],
              (150.0 * (v(300, 2) + v(301, 2)) - 25.0 * (v(299, 2) + v(302, 2)) +
               3.0 * (v(298, 2) + v(303, 2))) /
                  256.0,
              1e-9);
}

// Velocities of the toe over the belt are 0 in mid-stance, and those of the pelvis are its bounce.
TEST(EventChannels, StandOnTheGround) {
  const GaitPhases phases = find_phases(clean_running());
  const EventChannels channels = event_channels(clean_running(), phases, 30.0);
  int looked = 0;
  for (const FootSwing& s : phases.steps) {
    if (std::isnan(s.strike_s) || std::isnan(s.toe_off_s)) continue;
    const double t = s.strike_s + 0.4 * (s.toe_off_s - s.strike_s);
    const Eigen::VectorXd w = event_window(channels, s.side, t, {{2, 3, 8}, 0, 0, 1});
    EXPECT_NEAR(w[0], 0.0, 0.25);
    EXPECT_NEAR(w[1], 0.0, 0.25);
    EXPECT_NEAR(w[2], 0.0, 0.03);  // pitch is 0 there by definition
    ++looked;
  }
  EXPECT_GT(looked, 15);
}

TEST(Runmech, TakesLittleTime) {
  RUNMECH_NEEDS_DATA("rbds/RBDS001runT35.c3d.gz");
  const Recording stand = rbds("RBDS001static");
  const GaitSignals signals = gait_signals(rbds("RBDS001runT35"), &stand);
  (void)detect_events(signals, Runmech{});  // reads the weights
  double best_ms = 1e9;
  for (int i = 0; i < 5; ++i) {
    const auto start = std::chrono::steady_clock::now();
    (void)detect_events(signals, Runmech{});
    const std::chrono::duration<double, std::milli> spent =
        std::chrono::steady_clock::now() - start;
    best_ms = std::min(best_ms, spent.count());
  }
  RecordProperty("ms_per_30s_trial", std::to_string(best_ms));
  EXPECT_LT(best_ms, 100.0);  // 20 on an idle core; here others may be busy
}

}  // namespace

namespace test {
INSTANTIATE_TYPED_TEST_SUITE_P(Runmech, DetectorLaws, Runmech);
}  // namespace test

}  // namespace runmech
