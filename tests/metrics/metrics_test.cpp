// SPDX-License-Identifier: BSD-3-Clause
#include "runmech/metrics/metrics.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <set>

#include "closed_form.hpp"
#include "runmech/core/errors.hpp"
#include "runmech/core/options.hpp"

namespace runmech {
namespace {

using test::Sines;

static_assert(lists_all_fields<MetricOptions>());

MetricTable table_of(const Sines& s) {
  return metrics(test::signals_of(s), test::events_of(s));
}

const MetricRow& row(const MetricTable& table, const char* metric, RowSide side) {
  const MetricRow* found = table.summary(metric, side);
  if (found == nullptr) throw InvalidArgument(std::string("no row ") + metric);
  return *found;
}
double value(const MetricTable& table, const char* metric, RowSide side = RowSide::both) {
  return row(table, metric, side).value;
}

TEST(Metrics, ClosedFormRunner) {
  const Sines s;
  const auto table = table_of(s);
  for (const RowSide side : {RowSide::left, RowSide::right, RowSide::both}) {
    EXPECT_NEAR(value(table, "cadence", side), 120.0 / 0.70, 1e-6);
    EXPECT_NEAR(value(table, "contact_time", side), 0.25, 1e-9);
    EXPECT_NEAR(value(table, "flight_time", side), 0.10, 1e-9);
    EXPECT_NEAR(value(table, "duty_factor", side), 0.25 / 0.70, 1e-9);
    EXPECT_NEAR(value(table, "step_length", side), 3.0 * 0.35, 1e-9);
    EXPECT_NEAR(value(table, "trunk_lean", side), 7.0, 0.05);
    EXPECT_NEAR(value(table, "knee_lift", side), 38.0, 0.05);
    EXPECT_NEAR(value(table, "hip_extension_peak", side), 22.0, 0.05);
    const double thigh = test::thigh_deg(s, Side::right, s.first_strike_s);
    const double shank = test::shank_deg(s, Side::right, s.first_strike_s);
    EXPECT_NEAR(value(table, "shank_angle_contact", side), shank, 0.05);
    EXPECT_NEAR(value(table, "knee_flexion_contact", side), thigh - shank, 0.1);
    EXPECT_NEAR(value(table, "overstride", side),
                0.43 * (std::sin(radians(thigh)) + std::sin(radians(shank))), 5e-4);
    EXPECT_NEAR(value(table, "pelvic_drop", side), 5.0, 0.02);
    EXPECT_EQ(row(table, "cadence", side).status, MetricStatus::ok)
        << row(table, "cadence", side).reason;
  }
  EXPECT_EQ(row(table, "contact_time", RowSide::both).reason, "contact as defined by closed_form");
  EXPECT_EQ(table.context.speed_source, "stated");
  EXPECT_EQ(table.context.strides_found, table.context.strides_used);
}

TEST(Metrics, EveryDefinitionHasItsRowsAndEveryRowItsUnitAndError) {
  const auto table = table_of(Sines{});
  std::set<std::string> ids;
  for (const auto& about : metric_definitions()) {
    EXPECT_TRUE(ids.insert(about.id).second) << about.id;
    EXPECT_FALSE(about.definition.empty());
    EXPECT_FALSE(about.source.empty());
    for (const RowSide side : {RowSide::left, RowSide::right, RowSide::both}) {
      const auto& r = row(table, about.id.c_str(), side);
      EXPECT_EQ(r.unit, about.unit);
      EXPECT_GT(r.sd, 0.0) << about.id;
    }
  }
  for (const auto& r : table.rows) {
    EXPECT_TRUE(ids.count(r.metric)) << r.metric;
    EXPECT_TRUE(r.status == MetricStatus::ok || !r.reason.empty());
    EXPECT_EQ(std::isnan(r.value), r.n == 0) << r.metric << " " << r.reason;
  }
}

// Published complaint: strides shown as steps, or doubled twice (C25).
TEST(Metrics, CadenceTimesMeanStepTimeIsAMinute) {
  Sines s;
  auto events = test::events_of(s);
  std::mt19937 random(4);
  std::normal_distribution<double> noise(0.0, 0.010);
  for (auto& e : events.events) e.time_s += noise(random);
  const auto table = metrics(test::signals_of(s), events);
  std::vector<double> strikes;
  for (const auto& e : events.events) {
    if (e.type == EventType::foot_strike) strikes.push_back(e.time_s);
  }
  std::sort(strikes.begin(), strikes.end());
  const double step_s =
      (strikes.back() - strikes.front()) / static_cast<double>(strikes.size() - 1);
  EXPECT_NEAR(value(table, "cadence") * step_s, 60.0, 0.3);
  EXPECT_EQ(row(table, "cadence", RowSide::both).unit, "steps/min");
}

// Published complaint: step length that contains step width (C14).
TEST(Metrics, StepLengthIgnoresStepWidth) {
  Sines s;
  s.surface = Surface::overground;
  s.stride_s = 0.75;
  s.speed_m_s = 3.2;
  for (const double width : {0.0, 0.2, 0.4}) {
    s.step_width_m = width;
    auto signals = test::signals_of(s);
    signals.stated_speed_m_s.reset();
    const auto table = metrics(signals, test::events_of(s));
    EXPECT_NEAR(value(table, "step_length"), 1.200, 0.005);
    EXPECT_NEAR(table.context.speed_m_s, 3.20, 0.032);
    EXPECT_EQ(table.context.speed_source, "pelvis");
    EXPECT_NEAR(value(table, "step_length") / 0.375, table.context.speed_m_s, 0.032);
  }
}

TEST(Metrics, TreadmillStepLengthIsSpeedTimesStepTime) {
  Sines s;  // the heels are never more than 0.8 m apart here
  auto signals = test::signals_of(s);
  EXPECT_NEAR(value(metrics(signals, test::events_of(s)), "step_length"), 1.05, 1e-9);
  signals.stated_speed_m_s.reset();
  const auto table = metrics(signals, test::events_of(s));
  EXPECT_EQ(table.context.speed_source, "stance foot");
  EXPECT_NEAR(table.context.speed_m_s, 3.0 * 0.9965, 1e-3);
  signals.surface = Surface::unknown;
  EXPECT_EQ(metrics(signals, test::events_of(s)).context.surface, Surface::treadmill);
}

TEST(Metrics, UnknownSurfaceIsRecognisedOverground) {
  Sines s;
  s.surface = Surface::overground;
  auto signals = test::signals_of(s);
  signals.surface = Surface::unknown;
  signals.stated_speed_m_s.reset();
  const auto table = metrics(signals, test::events_of(s));
  EXPECT_EQ(table.context.surface, Surface::overground);
  EXPECT_NEAR(value(table, "step_length"), 1.05, 0.005);
}

TEST(Metrics, VerticalOscillationFromTimingAndItsLeftRightFromTheBody) {
  const Sines s;
  const auto table = table_of(s);
  const double tc = 0.25, t = 0.35, tf = t - tc;
  const double closed = kGravity * (tc * t / (2 * std::numbers::pi) - tc * tc / 8 + tf * tf / 8);
  // c at 3.0 m/s of legs of 0.92 m, here at the same Froude number.
  const double speed = 3.0 * std::sqrt(0.92 / table.context.leg_length_m);
  const double c = 1.041 + (1.022 - 1.041) * (speed - 2.5);
  EXPECT_NEAR(c, 1.0315, 0.001);
  EXPECT_NEAR(value(table, "vertical_oscillation"), closed * c, 1e-5);
  EXPECT_NEAR(value(table, "vertical_oscillation", RowSide::left), closed * c, 1e-4);
  // Morin's vector of the reference: 0.0738 m with no correction.
  EXPECT_NEAR(kGravity * (.245 * .35 / (2 * std::numbers::pi) - .245 * .245 / 8 + .105 * .105 / 8),
              .0738, 5e-5);
  GaitSignals uneven = test::signals_of(s);
  // The body rises 10 mm more in the right foot's steps.
  for (Eigen::Index i = 0; i < uneven.n_frames(); ++i) {
    const double cycle = test::cycle(s, Side::right, uneven.time_s[static_cast<std::size_t>(i)]);
    const double inside = cycle - std::floor(cycle);
    const double extra = inside < 0.5
                             ? 0.010 * std::pow(std::sin(2 * std::numbers::pi * inside), 2) *
                                   std::cos(4 * std::numbers::pi * (inside - 0.45))
                             : 0.0;
    for (Points* p : {&uneven.pelvis, &uneven.leg.left.hip, &uneven.leg.left.knee,
                      &uneven.leg.left.ankle, &uneven.leg.left.heel, &uneven.leg.left.toe,
                      &uneven.leg.right.hip, &uneven.leg.right.knee, &uneven.leg.right.ankle,
                      &uneven.leg.right.heel, &uneven.leg.right.toe}) {
      (*p)(i, 1) += extra;
    }
  }
  const auto lopsided = metrics(uneven, test::events_of(s));
  EXPECT_NEAR(value(lopsided, "vertical_oscillation"), closed * c, 1e-5);
  EXPECT_GT(value(lopsided, "vertical_oscillation", RowSide::right) -
                value(lopsided, "vertical_oscillation", RowSide::left),
            0.004);
}

TEST(Metrics, MirroredRunnerSwapsSidesAndNothingElse) {
  Sines s;
  s.drop_right = 9.0;
  s.drop_left = 4.0;
  s.roll = 0.7;
  const GaitSignals signals = test::signals_of(s);
  const GaitEvents events = test::events_of(s);
  GaitSignals mirrored = signals;
  std::swap(mirrored.leg.left, mirrored.leg.right);
  std::swap(mirrored.pelvis_side.left, mirrored.pelvis_side.right);
  mirrored.standing.obliquity_rad *= -1.0;
  for (const Side side : kSides) {
    for (Points* p :
         {&mirrored.leg[side].hip, &mirrored.leg[side].knee, &mirrored.leg[side].ankle,
          &mirrored.leg[side].heel, &mirrored.leg[side].toe, &mirrored.pelvis_side[side]}) {
      p->col(2) *= -1.0;
    }
  }
  GaitEvents swapped = events;
  for (auto& e : swapped.events) e.side = opposite(e.side);
  const auto a = metrics(signals, events);
  const auto b = metrics(mirrored, swapped);
  for (const auto& about : metric_definitions()) {
    const char* id = about.id.c_str();
    EXPECT_NEAR(value(a, id, RowSide::left), value(b, id, RowSide::right), 1e-9) << id;
    EXPECT_NEAR(value(a, id, RowSide::right), value(b, id, RowSide::left), 1e-9) << id;
    EXPECT_NEAR(value(a, id), value(b, id), 1e-9) << id;
  }
  EXPECT_NEAR(value(a, "pelvic_drop", RowSide::right), 9.0, 0.02);
  EXPECT_NEAR(value(a, "pelvic_drop", RowSide::left), 4.0, 0.02);
}

TEST(Metrics, CameraRollMovesOnlyTheRawDrop) {
  Sines level, rolled;
  rolled.roll = 1.0;
  const auto a = table_of(level);
  const auto b = table_of(rolled);
  const auto gap = [](const MetricTable& t, const char* id) {
    return value(t, id, RowSide::right) - value(t, id, RowSide::left);
  };
  EXPECT_NEAR(gap(b, "pelvic_drop_raw") - gap(a, "pelvic_drop_raw"), 2.0, 1e-6);
  EXPECT_NEAR(gap(b, "pelvic_drop") - gap(a, "pelvic_drop"), 0.0, 1e-6);
  EXPECT_NEAR(gap(b, "pelvic_drop_excursion") - gap(a, "pelvic_drop_excursion"), 0.0, 1e-6);
  rolled.standing = false;
  const auto raw = table_of(rolled);
  EXPECT_NE(row(raw, "pelvic_drop", RowSide::left).reason.find("raw"), std::string::npos);
  EXPECT_GT(row(raw, "pelvic_drop", RowSide::left).sd,
            row(b, "pelvic_drop", RowSide::left).sd + 0.5);
}

TEST(Metrics, TwiceTheFrameRateChangesNothing) {
  Sines slow, fast;
  slow.rate_hz = 120;
  fast.rate_hz = 240;
  const auto a = table_of(slow);
  const auto b = table_of(fast);
  for (const auto& about : metric_definitions()) {
    const double tolerance = about.unit == "deg" ? 0.1 : about.unit == "m" ? 5e-4 : 1e-6;
    EXPECT_NEAR(value(a, about.id.c_str()), value(b, about.id.c_str()), tolerance) << about.id;
  }
}

// Published complaint: thresholds that only fit adults (C20).
TEST(Metrics, SmallerCopyOnTheMatchingClockScales) {
  const double k = 0.62, clock = std::sqrt(k);
  Sines adult;
  adult.rate_hz = 100;
  Sines child = adult;
  child.scale = k;
  child.rate_hz /= clock;
  child.duration_s *= clock;
  child.stride_s *= clock;
  child.contact_s *= clock;
  child.first_strike_s *= clock;
  child.speed_m_s *= clock;
  child.bounce_m *= k;
  const auto a = table_of(adult);
  const auto b = table_of(child);
  EXPECT_NEAR(value(b, "contact_time") / value(a, "contact_time"), clock, 1e-6);
  EXPECT_NEAR(value(b, "duty_factor"), value(a, "duty_factor"), 1e-9);
  EXPECT_NEAR(value(b, "overstride") / value(a, "overstride"), k, 1e-3);
  EXPECT_NEAR(value(b, "step_length") / value(a, "step_length"), k, 1e-6);
  EXPECT_NEAR(b.context.leg_length_m / a.context.leg_length_m, k, 1e-6);
  for (const char* angle : {"knee_lift", "shank_angle_contact", "trunk_lean", "pelvic_drop"}) {
    EXPECT_NEAR(value(b, angle), value(a, angle), 0.02) << angle;
  }
}

TEST(Metrics, ViewsShowWhatTheyShow) {
  Sines s;
  s.view = View::rear;
  const auto rear = table_of(s);
  for (const char* id : {"knee_lift", "overstride", "trunk_lean", "shank_angle_contact",
                         "hip_extension_peak", "knee_flexion_contact"}) {
    EXPECT_EQ(row(rear, id, RowSide::both).status, MetricStatus::not_observed) << id;
    EXPECT_TRUE(std::isnan(value(rear, id)));
    EXPECT_NE(row(rear, id, RowSide::left).reason.find("rear view"), std::string::npos);
  }
  EXPECT_NEAR(value(rear, "pelvic_drop"), 5.0, 0.02);
  EXPECT_NEAR(value(rear, "cadence"), 120 / 0.7, 1e-6);
  s.view = View::side;
  const auto side = table_of(s);
  EXPECT_EQ(row(side, "pelvic_drop", RowSide::left).status, MetricStatus::not_observed);
  EXPECT_NEAR(value(side, "knee_lift"), 38.0, 0.05);
  auto pelvis_and_legs = test::signals_of(Sines{});
  pelvis_and_legs.trunk_top.resize(0, 3);
  const auto no_trunk = metrics(pelvis_and_legs, test::events_of(Sines{}));
  EXPECT_EQ(row(no_trunk, "trunk_lean", RowSide::both).status, MetricStatus::not_observed);
  EXPECT_EQ(row(no_trunk, "trunk_lean", RowSide::both).reason,
            "points of the trunk were not recorded");
}

TEST(Metrics, AssumedScaleIsSaid) {
  auto signals = test::signals_of(Sines{});
  signals.view = View::side;
  signals.keypoints = true;
  signals.scale_assumed = true;
  signals.stated_speed_m_s.reset();
  const auto table = metrics(signals, test::events_of(Sines{}));
  for (const char* id : {"overstride", "step_length"}) {
    const auto& r = row(table, id, RowSide::both);
    EXPECT_EQ(r.status, MetricStatus::not_comparable) << id;
    EXPECT_GT(r.sd, 0.14 * std::abs(r.value)) << id;
  }
  EXPECT_EQ(row(table, "shank_angle_contact", RowSide::both).status, MetricStatus::ok);
  // The timing formula needs no scale.
  EXPECT_EQ(row(table, "vertical_oscillation", RowSide::both).status, MetricStatus::ok);
}

// No step, one step, a handful of frames (C16).
TEST(Metrics, NothingToAnalyseIsSaidInASentence) {
  const auto signals = test::signals_of(Sines{});
  GaitEvents events = test::events_of(Sines{});
  for (const auto& [kind, words] :
       {std::pair{GaitKind::walking, "walking"}, std::pair{GaitKind::no_steps, "no running steps"},
        std::pair{GaitKind::too_short, "too short"}}) {
    events.kind = kind;
    try {
      static_cast<void>(metrics(signals, events));
      ADD_FAILURE() << words << " accepted";
    } catch (const NotAnalysable& error) {
      EXPECT_NE(std::string(error.what()).find(words), std::string::npos) << error.what();
    }
  }
  events.kind = GaitKind::running;
  events.events.clear();
  EXPECT_THROW(static_cast<void>(metrics(signals, events)), NotAnalysable);
}

TEST(Metrics, OneContactGivesOneContactTimeAndNoCadence) {
  Sines s;
  s.duration_s = 0.5;
  s.first_strike_s = 0.1;
  GaitEvents events = test::events_of(s);
  std::erase_if(events.events, [](const GaitEvent& e) { return e.side == Side::left; });
  const auto table = metrics(test::signals_of(s), events);
  EXPECT_EQ(row(table, "contact_time", RowSide::right).n, 1);
  EXPECT_NEAR(value(table, "contact_time", RowSide::right), 0.25, 1e-9);
  EXPECT_EQ(row(table, "contact_time", RowSide::right).status, MetricStatus::low_quality);
  EXPECT_EQ(row(table, "cadence", RowSide::both).status, MetricStatus::not_observed);
  EXPECT_TRUE(std::isnan(value(table, "cadence")));
}

TEST(Metrics, FewStridesAreLowQualityButGiven) {
  Sines s;
  s.duration_s = 4.0;
  const auto table = table_of(s);
  const auto& r = row(table, "knee_lift", RowSide::left);
  EXPECT_EQ(r.status, MetricStatus::low_quality);
  EXPECT_NEAR(r.value, 38.0, 0.05);
  EXPECT_NE(r.reason.find("10 wanted"), std::string::npos);
}

// A missing sample just outside the cycle, or inside it (C24).
TEST(Metrics, MissingSamplesStayLocal) {
  const Sines s;
  const auto clean = table_of(s);
  const auto with_hole = [&](double from_s, double to_s) {
    auto signals = test::signals_of(s);
    for (Eigen::Index i = 0; i < signals.n_frames(); ++i) {
      const double t = signals.time_s[static_cast<std::size_t>(i)];
      if (t >= from_s && t <= to_s) signals.leg.right.knee.row(i).setConstant(NAN);
    }
    return metrics(signals, test::events_of(s));
  };
  const double strike = s.first_strike_s + 3 * s.stride_s;
  for (const auto& table :
       {with_hole(strike - 0.008, strike - 0.001), with_hole(strike + 0.251, strike + 0.258)}) {
    for (const auto& about : metric_definitions()) {
      const double expected = value(clean, about.id.c_str());
      EXPECT_NEAR(value(table, about.id.c_str()), expected, 0.005 * std::abs(expected)) << about.id;
    }
  }
  // A hole of a third of a stride: those strides are lost, no other.
  const auto holed = with_hole(strike + 0.05, strike + 0.30);
  EXPECT_EQ(row(holed, "knee_lift", RowSide::left).n, row(clean, "knee_lift", RowSide::left).n);
  EXPECT_EQ(row(holed, "knee_lift", RowSide::right).n,
            row(clean, "knee_lift", RowSide::right).n - 1);
  EXPECT_NEAR(value(holed, "knee_lift"), value(clean, "knee_lift"), 0.02);
}

TEST(Metrics, StrideWithAMissedStrikeIsNotUsed) {
  const Sines s;
  GaitEvents events = test::events_of(s);
  int seen = 0;
  std::erase_if(events.events, [&](const GaitEvent& e) {
    return e.side == Side::left && e.type == EventType::foot_strike && ++seen == 5;
  });
  const auto table = metrics(test::signals_of(s), events);
  EXPECT_NEAR(value(table, "cadence"), 120 / 0.7, 1e-6);
  EXPECT_NEAR(value(table, "step_length"), 1.05, 1e-9);
  EXPECT_NEAR(value(table, "flight_time"), 0.10, 1e-9);
  const auto clean = table_of(s);
  EXPECT_GE(row(table, "cadence", RowSide::right).n, row(clean, "cadence", RowSide::right).n - 1);
}

// C22: nothing of one side is passed off as that of both.
TEST(Metrics, AFootThatWasNotRecorded) {
  const Sines s;
  const auto whole = table_of(s);
  for (const Side unseen : kSides) {
    GaitSignals signals = test::signals_of(s);
    LegSignals& leg = signals.leg[unseen];
    leg.ankle = leg.heel = leg.toe = Points(0, 3);
    GaitEvents events = test::events_of(s);
    std::erase_if(events.events, [&](const GaitEvent& e) { return e.side == unseen; });
    const auto table = metrics(signals, events);
    const RowSide lost = row_side(unseen), kept = row_side(opposite(unseen));
    const std::string why = "the " + std::string(to_string(unseen)) + " foot was not recorded";
    const std::string only = std::string(to_string(opposite(unseen))) + " side only";
    EXPECT_EQ(table.context.strides_used, table.context.strides_found);
    for (const auto& about : metric_definitions()) {
      const char* id = about.id.c_str();
      EXPECT_EQ(row(table, id, lost).status, MetricStatus::not_observed) << id;
      EXPECT_NE(row(table, id, lost).reason.find(why), std::string::npos) << id;
      const auto& both = row(table, id, RowSide::both);
      const bool either = about.id == "cadence" || about.id == "trunk_lean";
      if (either || about.id == "vertical_oscillation") {
        EXPECT_EQ(both.status, either ? MetricStatus::ok : MetricStatus::low_quality) << id;
        EXPECT_EQ(both.reason.find(only), 0u) << id << ": " << both.reason;
        EXPECT_NEAR(both.value, value(whole, id), 0.005 * std::abs(value(whole, id))) << id;
      } else {
        EXPECT_EQ(both.status, MetricStatus::not_observed) << id;
        EXPECT_NE(both.reason.find(why), std::string::npos) << id;
        EXPECT_TRUE(std::isnan(both.value)) << id;
      }
      if (about.id == "flight_time" || about.id == "step_length" ||
          about.id == "vertical_oscillation") {
        EXPECT_EQ(row(table, id, kept).status, MetricStatus::not_observed) << id;
        EXPECT_NE(row(table, id, kept).reason.find(why), std::string::npos) << id;
      } else {
        EXPECT_EQ(row(table, id, kept).status, MetricStatus::ok) << id;
        EXPECT_NEAR(value(table, id, kept), value(whole, id, kept), 1e-9) << id;
      }
    }
    EXPECT_NE(row(table, "cadence", RowSide::both).reason.find("twice the stride rate"),
              std::string::npos);
  }
}

TEST(Metrics, ImpossibleBodiesAreTrackingProblems) {
  Sines s;
  s.thigh_swing = 8.0;
  EXPECT_EQ(row(table_of(s), "knee_lift", RowSide::both).status, MetricStatus::low_quality);
  EXPECT_NE(row(table_of(s), "knee_lift", RowSide::both).reason.find("tracking problem"),
            std::string::npos);
  EXPECT_EQ(row(table_of(s), "cadence", RowSide::both).status, MetricStatus::ok);
}

TEST(Metrics, OptionsAreChecked) {
  const auto signals = test::signals_of(Sines{});
  const auto events = test::events_of(Sines{});
  MetricOptions options;
  options.max_interpolated = 2.0;
  EXPECT_THROW(static_cast<void>(metrics(signals, events, options)), InvalidArgument);
  auto broken = signals;
  broken.leg.left.knee.conservativeResize(5, 3);
  EXPECT_THROW(static_cast<void>(metrics(broken, events)), InvalidArgument);
}

}  // namespace
}  // namespace runmech
