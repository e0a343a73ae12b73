// SPDX-License-Identifier: BSD-3-Clause
#include <gtest/gtest.h>

#include <cmath>

#include "runmech/core/errors.hpp"
#include "runmech/core/options.hpp"
#include "runmech/gait/belt.hpp"
#include "runmech/gait/detectors/foot_anchor.hpp"
#include "runmech/gait/force_events.hpp"
#include "runmech/gait/strides.hpp"
#include "runmech/io/read.hpp"
#include "runmech/signal/robust.hpp"
#include "support/data.hpp"
#include "support/running_signals.hpp"

namespace runmech {
namespace {

using test::clean_running;
static_assert(lists_all_fields<StrideOptions>());

/// Differences found - expected of one type, matched within 60 ms; misses and extras counted.
struct Match {
  std::vector<double> errors_s;
  int missed = 0, extra = 0;
};

Match match(const GaitEvents& truth, const GaitEvents& found, EventType type, double from_s,
            double to_s) {
  Match out;
  for (const Side side : kSides) {
    const auto expected = truth.times(side, type);
    auto times = found.times(side, type);
    for (const double t : expected) {
      if (t < from_s || t > to_s) continue;
      const auto nearest = std::min_element(times.begin(), times.end(), [t](double a, double b) {
        return std::abs(a - t) < std::abs(b - t);
      });
      if (nearest == times.end() || std::abs(*nearest - t) > 0.06) {
        ++out.missed;
      } else {
        out.errors_s.push_back(*nearest - t);
        times.erase(nearest);
      }
    }
    for (const double t : times) out.extra += t >= from_s && t <= to_s;
  }
  return out;
}

double rms_ms(const std::vector<double>& x) {
  double sum = 0.0;
  for (const double e : x) sum += e * e;
  return 1e3 * std::sqrt(sum / static_cast<double>(x.size()));
}

bool alternate(const GaitEvents& events) {
  std::vector<Side> sides;
  for (const auto& e : events.events) {
    if (e.type == EventType::foot_strike) sides.push_back(e.side);
  }
  for (std::size_t i = 1; i < sides.size(); ++i) {
    if (sides[i] == sides[i - 1]) return false;
  }
  return true;
}

TEST(Detectors, NamesAndUnknownOnes) {
  for (const auto& name : detector_names())
    EXPECT_NO_THROW((void)detect_events(clean_running(), name));
  EXPECT_THROW((void)detect_events(clean_running(), "zeni"), InvalidArgument);
}

// C20: a smaller runner on the matching clock is the same gait.
TEST(Detectors, FootAnchorHasNoAdultThresholds) {
  GaitSignals child = clean_running();
  const double clock = std::sqrt(0.62);
  test::for_each_path(child, [](Points& p) { p *= 0.62; });
  for (double& t : child.time_s) t *= clock;
  child.standing.leg_length_m *= 0.62;
  const GaitEvents adult = detect_events(clean_running());
  test::expect_same(adult, detect_events(child), 0.001, clock);
}

// C13: on a slope and in the other direction of the lab the same steps.
TEST(Detectors, SlopeDoesNotMoveEvents) {
  for (const double grade : {0.10, -0.10}) {
    GaitSignals sloped = clean_running();
    test::for_each_path(sloped, [&](Points& p) {
      if (p.rows() > 0) p.col(1) += grade * p.col(0);
    });
    test::expect_same(detect_events(clean_running()), detect_events(sloped), 0.004);
    EXPECT_NEAR(running_speed(sloped, detect_events(sloped)).slope, grade, 0.02);
  }
}

TEST(Detectors, SyntheticTruthIsMet) {
  SyntheticOptions options;
  options.duration_s = 12.0;
  const SyntheticRun run = synthesise(options);
  const GaitSignals signals = gait_signals(run.recording, &run.standing);
  const GaitEvents events = detect_events(signals);
  for (const EventType type : {EventType::foot_strike, EventType::toe_off}) {
    const Match m = match(run.truth.events, events, type, 0.1, 11.9);
    EXPECT_EQ(m.missed, 0);
    EXPECT_EQ(m.extra, 0);
    std::vector<double> scatter = m.errors_s;
    const double bias = mean(scatter);
    for (double& e : scatter) e -= bias;
    EXPECT_LT(rms_ms(scatter), 3.0);
    // The constants are those of real shoes, the synthetic one is much like them.
    EXPECT_LT(std::abs(bias), type == EventType::foot_strike ? 0.004 : 0.006);
  }
  EXPECT_TRUE(alternate(events));
  EXPECT_NEAR(running_speed(signals, events).speed_m_s, options.speed_m_s,
              0.03 * options.speed_m_s);
}

TEST(Detectors, SlowFramesAndNoiseKeepEveryStep) {
  SyntheticOptions options;
  options.duration_s = 12.0;
  options.view = View::side;
  options.points = "body_25";
  options.rate_hz = 30.0;
  const SyntheticRun run = synthesise(options);
  const GaitEvents events = detect_events(gait_signals(run.recording));
  EXPECT_TRUE(events.running()) << events.reason;
  for (const EventType type : {EventType::foot_strike, EventType::toe_off}) {
    const Match m = match(run.truth.events, events, type, 0.2, 11.8);
    EXPECT_LE(m.missed, 1);
    EXPECT_LE(m.extra, 1);
  }
}

// C16: nothing, too little, a few frames.
TEST(Recognition, StandingAndShortRecords) {
  GaitSignals still = clean_running();
  test::for_each_path(still, [](Points& p) {
    for (Eigen::Index i = 1; i < p.rows(); ++i) {
      p.row(i) = p.row(0);
      p(i, 0) += 0.0005 * std::sin(12.9898 * static_cast<double>(i));
    }
  });
  const GaitEvents standing = detect_events(still);
  EXPECT_EQ(standing.kind, GaitKind::no_steps);
  EXPECT_TRUE(standing.events.empty());
  GaitSignals few = clean_running();
  few.time_s.resize(12);
  test::for_each_path(few, [](Points& p) {
    if (p.rows() > 0) p = Points(p.topRows(12));
  });
  const GaitEvents short_one = detect_events(few);
  EXPECT_EQ(short_one.kind, GaitKind::too_short);
  EXPECT_NE(short_one.reason.find("12 frames"), std::string::npos);
  EXPECT_NE(short_one.reason.find("15"), std::string::npos);
}

GaitSignals clip(const GaitSignals& whole, Eigen::Index first, Eigen::Index n) {
  GaitSignals out = whole;
  out.time_s.assign(whole.time_s.begin() + first, whole.time_s.begin() + first + n);
  test::for_each_path(out, [&](Points& p) {
    if (p.rows() > 0) p = Points(p.middleRows(first, n));
  });
  return out;
}

struct Contact {
  Side side;
  double strike_s, toe_off_s;
};

std::vector<Contact> contacts(const GaitEvents& events) {
  std::vector<Contact> out;
  for (const Side side : kSides) {
    for (const double strike : events.times(side, EventType::foot_strike)) {
      for (const double off : events.times(side, EventType::toe_off)) {
        if (off > strike && off < strike + 0.5) out.push_back({side, strike, off});
      }
    }
  }
  return out;
}

// C16 (b): half a second that holds one whole contact, wherever it begins.
TEST(Recognition, OneContactAtEveryOffset) {
  const GaitSignals& whole = clean_running();
  const std::vector<Contact> all = contacts(detect_events(whole));
  const Eigen::Index n = 50;
  int clips = 0;
  for (Eigen::Index first = 20; first < 320; ++first) {
    const GaitSignals half = clip(whole, first, n);
    std::vector<Contact> inside;
    for (const Contact& c : all) {
      if (c.strike_s > half.time_s.front() + 0.02 && c.toe_off_s < half.time_s.back() - 0.02)
        inside.push_back(c);
    }
    if (inside.size() != 1) continue;
    ++clips;
    const GaitEvents events = detect_events(half);
    ASSERT_TRUE(events.running()) << first << ": " << events.reason;
    const std::vector<Contact> found = contacts(events);
    ASSERT_EQ(found.size(), 1u) << first;
    EXPECT_EQ(found[0].side, inside[0].side);
    EXPECT_NEAR(found[0].strike_s, inside[0].strike_s, 0.010) << first;
    EXPECT_NEAR(found[0].toe_off_s, inside[0].toe_off_s, 0.025) << first;
  }
  EXPECT_GT(clips, 100);
}

// A runner who turns round and comes back: the way back is left out, and said.
TEST(Recognition, TheWayBackIsLeftOut) {
  SyntheticOptions options;
  options.surface = Surface::overground;
  options.duration_s = 5.0;
  GaitSignals there = gait_signals(synthesise(options).recording);
  const auto n = there.n_frames();
  for (Eigen::Index i = 0; i < n; ++i) there.time_s.push_back(there.time_s[i] + 5.0);
  const double end = there.pelvis(n - 1, 0);
  test::for_each_path(there, [&](Points& p) {
    if (p.rows() == 0) return;
    Points both(2 * n, 3);
    both.topRows(n) = p;
    both.bottomRows(n) = p;
    both.bottomRows(n).col(0) = 2.0 * end - (p.col(0).array() + end - there.pelvis(0, 0));
    p = both;
  });
  const GaitEvents events = detect_events(there);
  EXPECT_TRUE(events.running()) << events.reason;
  ASSERT_FALSE(events.events.empty());
  EXPECT_LT(events.events.back().time_s, 5.3);
  EXPECT_TRUE(std::any_of(events.notes.begin(), events.notes.end(), [](const Note& note) {
    return note.text.find("turned round") != std::string::npos;
  }));
}

TEST(Recognition, ApparentCadenceOfSlowMotion) {
  GaitSignals slow = clean_running();
  for (double& t : slow.time_s) t *= 1.5;
  const GaitRecognition told = recognise_gait(slow);
  EXPECT_EQ(told.kind, GaitKind::unclear);
  EXPECT_NE(told.reason.find("slow motion"), std::string::npos);
}

TEST(Strides, OnlyStepsThatCount) {
  GaitEvents events = detect_events(clean_running());
  const std::size_t all = strides(events).size();
  ASSERT_GT(all, 12u);
  // From 4 s on it is walked; a step set by hand has no state and counts inside a span.
  for (GaitEvent& e : events.events) {
    if (e.time_s > 4.0) e.state = StepState::walking;
  }
  events.events[4].state = StepState::unknown;
  const GaitEvents counted = steps_that_count(events);
  EXPECT_TRUE(std::all_of(counted.events.begin(), counted.events.end(),
                          [](const GaitEvent& e) { return e.time_s <= 4.0; }));
  EXPECT_EQ(counted.events[4].time_s, events.events[4].time_s);
  for (const Stride& s : strides(events)) EXPECT_LE(s.next_foot_strike_s, 4.0);
  EXPECT_LT(strides(events).size(), all);
  events.spans = {{0.0, 1.0}};
  EXPECT_EQ(steps_that_count(events).events.size(),
            counted.events.size() - (events.events[4].time_s > 1.0 ? 1 : 0));
  // Where the kind is not told, nothing is left out.
  events.kind = GaitKind::unclear;
  EXPECT_EQ(steps_that_count(events).events.size(), events.events.size());
}

// C18: standing, running, a stop, running.
TEST(Recognition, SpansOfRunningAreListed) {
  const GaitSignals& run = clean_running();
  const Eigen::Index n = run.n_frames();
  GaitSignals all = run;
  all.time_s.clear();
  for (Eigen::Index i = 0; i < 4 * n; ++i) all.time_s.push_back(0.01 * static_cast<double>(i));
  test::for_each_path(all, [&](Points& p) {
    if (p.rows() == 0) return;
    Points longer(4 * n, 3);
    longer.middleRows(0, n).rowwise() = p.row(0).eval();
    longer.middleRows(n, n) = p;
    longer.middleRows(2 * n, n).rowwise() = p.row(n - 1).eval();
    longer.middleRows(3 * n, n) = p;
    p = longer;
  });
  // A foot held up while standing is no contact and no step.
  for (Points* p : {&all.leg.right.heel, &all.leg.right.toe, &all.leg.right.ankle}) {
    p->middleRows(200, 300).col(1).array() += 0.30;
  }
  const GaitEvents events = detect_events(all);
  ASSERT_TRUE(events.running()) << events.reason;
  ASSERT_EQ(events.spans.size(), 2u);
  const double length = 0.01 * static_cast<double>(n);
  EXPECT_NEAR(events.spans[0].start_s, length, 0.3);
  EXPECT_NEAR(events.spans[0].end_s, 2.0 * length, 0.3);
  EXPECT_NEAR(events.spans[1].start_s, 3.0 * length, 0.3);
  EXPECT_NEAR(events.spans[1].end_s, 4.0 * length, 0.3);
  for (const GaitEvent& e : events.events) {
    EXPECT_GT(e.time_s, length - 0.3);
    EXPECT_EQ(e.state, StepState::running);
  }
  const GaitRecognition told = recognise_gait(all);
  EXPECT_TRUE(std::any_of(told.notes.begin(), told.notes.end(), [](const Note& note) {
    return note.text.find("no steps in") != std::string::npos;
  }));
}

// C24: one lost frame costs at most the stride it lies in.
TEST(Strides, OneLostFrameCostsNothing) {
  const GaitEvents clean = detect_events(clean_running());
  const auto expected = strides(clean, &clean_running());
  ASSERT_GT(used_count(expected), 15);
  const double strike = clean.times(Side::right, EventType::foot_strike)[1];
  GaitSignals holed = clean_running();
  const auto frame = static_cast<Eigen::Index>((strike - holed.time_s[0]) * 100.0);
  for (const Eigen::Index f : {frame - 1, frame, frame + 12}) {
    holed = clean_running();
    holed.leg.right.toe.row(f).setConstant(std::numeric_limits<double>::quiet_NaN());
    const auto found = strides(detect_events(holed), &holed);
    ASSERT_EQ(found.size(), expected.size());
    EXPECT_GE(used_count(found), used_count(expected) - 1);
    for (std::size_t i = 0; i < found.size(); ++i) {
      EXPECT_NEAR(found[i].duration_s(), expected[i].duration_s(),
                  0.005 * expected[i].duration_s());
    }
  }
}

TEST(Strides, SayWhyTheyAreNotUsed) {
  GaitEvents events;
  for (int i = 0; i < 12; ++i) {
    const Side side = i % 2 == 0 ? Side::left : Side::right;
    const double t = 0.36 * i + (i == 7 ? 0.1 : 0.0);
    events.events.push_back({side, EventType::foot_strike, t, 0.0, ""});
    if (i != 4) events.events.push_back({side, EventType::toe_off, t + 0.25, 0.0, ""});
  }
  events.spans = {{0.0, 10.0}};
  const auto found = strides(events);
  ASSERT_EQ(found.size(), 10u);
  int outliers = 0, no_toe_off = 0;
  for (const Stride& s : found) {
    outliers += s.reason.find("median") != std::string::npos;
    no_toe_off += s.reason.find("toe-off") != std::string::npos;
    EXPECT_EQ(s.used, s.reason.empty());
  }
  EXPECT_EQ(outliers, 2);
  EXPECT_EQ(no_toe_off, 1);
  EXPECT_TRUE(strides(GaitEvents{}).empty());
  EXPECT_THROW((void)strides(events, nullptr, {.max_missing = 2.0}), InvalidArgument);
}

TEST(ForceEvents, RbdsSidesAlternateAndContactsAgree) {
  RUNMECH_NEEDS_DATA("rbds/RBDS001runT35.c3d.gz");
  const Recording trial = read(test::data_folder() / "rbds/RBDS001runT35.c3d.gz");
  const GaitEvents truth = force_events(trial);
  EXPECT_TRUE(truth.running());
  EXPECT_TRUE(alternate(truth));
  EXPECT_EQ(truth.threshold_n, 20.0);
  ASSERT_GT(truth.events.size(), 150u);
  const GaitSignals signals = gait_signals(trial);
  EXPECT_EQ(signals.toe_definition, "mt5");
  const GaitEvents found = detect_events(signals);
  EXPECT_TRUE(alternate(found));
  for (const EventType type : {EventType::foot_strike, EventType::toe_off}) {
    const Match m = match(truth, found, type, 0.06, 29.9);
    EXPECT_EQ(m.missed, 0);
    EXPECT_EQ(m.extra, 0);
    EXPECT_LT(rms_ms(m.errors_s), 20.0);
  }
  EXPECT_NEAR(running_speed(signals, found).speed_m_s, 3.55, 0.05);  // belt = 1.013 x nominal
  EXPECT_THROW((void)force_events(Recording{}), InvalidArgument);
}

TEST(Recognition, WalkingIsWalking) {
  RUNMECH_NEEDS_DATA("walking/motion_capture_walk.trc");
  const GaitEvents events =
      detect_events(gait_signals(read(test::data_folder() / "walking/motion_capture_walk.trc")));
  EXPECT_EQ(events.kind, GaitKind::walking) << events.reason;
  for (const GaitEvent& e : events.events) EXPECT_EQ(e.state, StepState::walking);
}

TEST(Recognition, GarageKeypoints) {
  RUNMECH_NEEDS_DATA("keypoints/side_treadmill_garage30/keypoints/mediapipe_full.csv");
  const GaitSignals signals = gait_signals(
      read(test::data_folder() / "keypoints/side_treadmill_garage30/keypoints/mediapipe_full.csv"));
  const GaitEvents events = detect_events(signals);
  ASSERT_TRUE(events.running()) << events.reason;
  EXPECT_NEAR(recognise_gait(signals).cadence_per_min, 168.8, 2.0);
  // First frame of contact and first frame in the air, near (left) side, noted by eye.
  for (const double frame : {17.0, 38.0, 60.0, 81.0, 102.0}) {
    double nearest = 1.0;
    for (const double t : events.times(Side::left, EventType::foot_strike)) {
      nearest = std::min(nearest, std::abs(t - frame / 30.0));
    }
    EXPECT_LE(nearest * 30.0, 2.0) << frame;
  }
  for (const double frame : {4.0, 25.0, 47.0, 68.0, 89.0}) {
    double nearest = 1.0;
    for (const double t : events.times(Side::left, EventType::toe_off)) {
      nearest = std::min(nearest, std::abs(t - frame / 30.0));
    }
    EXPECT_LE(nearest * 30.0, 3.0) << frame;
  }
}

TEST(Recognition, KeypointsThatMustBeRefused) {
  RUNMECH_NEEDS_DATA("keypoints/side_gif_lowres15/keypoints/mediapipe_full.csv");
  const GaitEvents gif = detect_events(gait_signals(
      read(test::data_folder() / "keypoints/side_gif_lowres15/keypoints/mediapipe_full.csv")));
  EXPECT_EQ(gif.kind, GaitKind::unclear) << gif.reason;
  const GaitEvents walk = detect_events(gait_signals(
      read(test::data_folder() / "keypoints/side_walk_bothways/keypoints/mediapipe_full.csv")));
  EXPECT_EQ(walk.kind, GaitKind::walking) << walk.reason;
}

TEST(Recognition, RearView) {
  RUNMECH_NEEDS_DATA("keypoints/rear_treadmill_gym/keypoints/mediapipe_full.csv");
  ReadOptions options;
  options.view = "rear";
  const GaitSignals signals = gait_signals(read(
      test::data_folder() / "keypoints/rear_treadmill_gym/keypoints/mediapipe_full.csv", options));
  const GaitEvents events = detect_events(signals);
  ASSERT_TRUE(events.running()) << events.reason;
  EXPECT_NEAR(recognise_gait(signals).cadence_per_min, 169.4, 2.0);
  EXPECT_TRUE(alternate(events));
  EXPECT_FALSE(running_speed(signals, events).reason.empty());
}

}  // namespace

}  // namespace runmech
