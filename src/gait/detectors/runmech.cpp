// SPDX-License-Identifier: BSD-3-Clause
#include "runmech/gait/detectors/runmech.hpp"

#include <algorithm>
#include <cmath>
#include <string>
#include <vector>

#include "../anchor_events.hpp"
#include "../event_models.hpp"
#include "../progression.hpp"
#include "runmech/core/printed.hpp"
#include "runmech/core/resources.hpp"
#include "runmech/gait/event_windows.hpp"
#include "runmech/gait/phases.hpp"
#include "runmech/signal/robust.hpp"

namespace runmech {

static_assert(Detector<Runmech>);

namespace {

using detail::EventModel;
using detail::EventModels;
using detail::EventPass;

constexpr double kLeg_m = 0.95;
constexpr int kWidePasses = 3, kNarrowPasses = 5;  // then they have come to rest
constexpr double kLongestPass_ms = 20.0;           // windows further away were never learnt from
constexpr double kBeyondRecord = 0.1;              // share of a window, our choice

// Mean square of the standardised windows, median of a trial, the stranger of strike and toe-off: 1
// on the runners that were learnt from and up to 2.8 on those left out, 1 to 2.8 on three runners
// of other laboratories, 10 on a sprint at 7 m/s, 3 to 10 on feet drawn by pose estimators. With
// five of the fourteen left out it reaches 4; errors are those of the anchor from 4 to 5 on. Fitted
// feet: up to 2.6 on runners left out, 1.8 on the synthetic one.
constexpr double kLike = 3.6, kUnlike = 4.6;
// Pose estimators do not only see other feet, they invent how feet move. Our choice.
constexpr double kLikeDrawn = 2.9, kUnlikeDrawn = 3.4;
// The stated sd is that of the usual strangeness; errors of runners left out grow about like it.
constexpr double kUsual = 1.8;
// Regression against anchor, in standard deviations of the anchor (RBDS: up to 5). Our choice.
constexpr double kDisagree = 3.0, kContradict = 6.0;
// The same for the toe-offs of a whole trial, median (RBDS: up to 1.3; the
// anchor of strikes is too far off on forefoot strikers for this). Our choice.
constexpr double kAgree = 2.0, kOther = 2.5;
// Fitted feet: their anchor is the weaker judge, off by up to 40 ms where the foot bends early; two
// trials of fast midfoot runners are 2.2 and 2.7 apart, and the regression is right there.
constexpr double kAgreeFitted = 4.0, kOtherFitted = 5.0;
constexpr double kStrange = 16.0;  // of one event that contradicts its anchor

/// What the regression makes of one event.
struct Refined {
  double time_s = 0.0;
  double speed = 0.0;
  double strangeness = 0.0;
  double last_ms = 0.0;  ///< of the passes; 0.1 where they have come to rest
  bool found = false;    ///< the record holds the window
};

bool beyond_record(const EventModel& model, const EventChannels& channels, Side side, double t_s) {
  if (channels.values[side].rows() == 0) return true;
  const double place = (t_s - channels.start_s) / channels.step_s;
  const double length = model.shape.last - model.shape.first;
  const auto last = static_cast<double>(channels.values[side].rows() - 1);
  const double outside =
      std::max(0.0, -(place + model.shape.first)) + std::max(0.0, place + model.shape.last - last);
  return outside > kBeyondRecord * length;
}

Refined refine(const EventModel& model, const EventChannels& channels, Side side, double start_s) {
  Refined out;
  out.time_s = start_s;
  const auto pass = [&](const EventPass& one) {
    if (beyond_record(model, channels, side, out.time_s)) return false;
    const Eigen::VectorXd window = event_window(channels, side, out.time_s, model.shape);
    out.speed = event_speed(channels, side, out.time_s);
    if (!window.allFinite() || !std::isfinite(out.speed)) return false;
    const Eigen::VectorXd z = (window - model.mean).cwiseQuotient(model.scale);
    out.strangeness = z.squaredNorm() / static_cast<double>(z.size());
    out.last_ms = std::clamp(one.ahead_ms(z, out.speed), -kLongestPass_ms, kLongestPass_ms);
    out.time_s += 1e-3 * channels.clock * out.last_ms;
    return true;
  };
  for (int i = 0; i < kWidePasses; ++i)
    if (!pass(model.wide)) return out;
  for (int i = 0; i < kNarrowPasses; ++i)
    if (!pass(model.narrow)) return out;
  out.found = true;
  return out;
}

void add_flag(GaitEvent& event, const char* flag) {
  event.flag += event.flag.empty() ? flag : std::string(", ") + flag;
}

/// Time and sd from the anchor in `event`, the regression and how far that is to be trusted.
void decide(const Refined& refined, double trust, double own_sd_s, GaitEvent& event) {
  if (!refined.found) {
    add_flag(event, "anchor");
    return;
  }
  const double ahead_s = refined.time_s - event.time_s;
  const double away = std::abs(ahead_s) / event.sd_s;
  if (trust > 0.0 && away > kDisagree) add_flag(event, "sources_disagree");
  if (away > kContradict && refined.strangeness > kStrange) trust = 0.0;
  const double doubt_s =
      trust > 0.0 ? std::hypot(std::sqrt(trust * (1.0 - trust)) * ahead_s, 1e-3 * refined.last_ms)
                  : std::min(0.5 * std::abs(ahead_s), event.sd_s);
  event.time_s += trust * ahead_s;
  event.sd_s = std::hypot(trust * own_sd_s, (1.0 - trust) * event.sd_s, doubt_s);
}

/// Puts both events back on their anchors where the regression let them change places.
void keep_order(const std::vector<GaitEvent>& anchors, std::vector<GaitEvent>& events) {
  for (const Side side : kSides) {
    std::size_t last = events.size();
    for (std::size_t i = 0; i < events.size(); ++i) {
      if (events[i].side != side) continue;
      if (last < events.size() && anchors[last].time_s < anchors[i].time_s &&
          events[last].time_s >= events[i].time_s) {
        for (const std::size_t k : {last, i}) {
          events[k] = anchors[k];
          add_flag(events[k], "anchor");
        }
      }
      last = i;
    }
  }
}

}  // namespace

GaitEvents Runmech::detect(const GaitSignals& given) const {
  const GaitSignals signals = detail::along_progression(given);
  const EventModels own = models.empty()
                              ? EventModels{}
                              : detail::read_event_models(resource_or_file("", models), models);
  const EventModels& learnt = models.empty() ? detail::event_models() : own;
  const GaitPhases phases = find_phases(signals);
  GaitEvents out = detail::anchor_events(signals, phases);
  out.detector = "runmech";
  if (!out.running() || signals.view == View::rear || signals.view == View::front) return out;

  std::sort(out.events.begin(), out.events.end(),
            [](const GaitEvent& a, const GaitEvent& b) { return a.time_s < b.time_s; });
  const std::vector<GaitEvent> anchors = out.events;
  const EventScale scale = event_scale(signals, phases);
  const double noise_mm =
      1e3 * std::max(signals.noise_m.left, signals.noise_m.right) * kLeg_m / scale.leg_m;
  const double rate_hz = phases.rate_hz * scale.clock;
  const detail::EventBank& bank = learnt.bank(noise_mm, rate_hz, signals.feet_from_fit);
  const EventChannels channels = event_channels(signals, phases, bank.cutoff_hz);
  std::vector<Refined> refined(out.events.size());
  double strange = 0.0;
  for (const EventType type : {EventType::foot_strike, EventType::toe_off}) {
    const auto& choices = type == EventType::foot_strike ? bank.strike : bank.toe_off;
    std::vector<double> strangeness;
    for (std::size_t i = 0; i < out.events.size(); ++i) {
      if (out.events[i].type != type) continue;
      if (out.events[i].state == StepState::walking) continue;  // weights are those of runners
      for (const EventModel& model : choices) {
        refined[i] = refine(model, channels, out.events[i].side, out.events[i].time_s);
        if (refined[i].found) break;
      }
      if (refined[i].found) strangeness.push_back(refined[i].strangeness);
    }
    if (!strangeness.empty()) strange = std::max(strange, median(strangeness));
  }
  std::vector<double> away;
  for (std::size_t i = 0; i < out.events.size(); ++i) {
    const GaitEvent& event = out.events[i];
    if (event.type == EventType::toe_off && refined[i].found)
      away.push_back(std::abs(refined[i].time_s - event.time_s) / event.sd_s);
  }
  const double apart = away.empty() ? 0.0 : median(away);
  const auto falling = [](double x, double from, double to) {
    return std::clamp((to - x) / (to - from), 0.0, 1.0);
  };
  const double like = signals.keypoints ? falling(strange, kLikeDrawn, kUnlikeDrawn)
                                        : falling(strange, kLike, kUnlike);
  const double agree = signals.feet_from_fit ? falling(apart, kAgreeFitted, kOtherFitted)
                                             : falling(apart, kAgree, kOther);
  const double trust = std::min(like, agree);
  for (std::size_t i = 0; i < out.events.size(); ++i) {
    const double sd_ms = learnt.sd_ms(out.events[i].type, noise_mm, rate_hz, refined[i].speed,
                                      signals.feet_from_fit) *
                         std::max(1.0, strange / kUsual);
    decide(refined[i], trust, 1e-3 * channels.clock * sd_ms, out.events[i]);
  }
  if (trust < 0.5) out.told_by = "foot_anchor";
  if (trust < 1.0) {
    out.notes.push_back(
        {"unlike",
         printed(
             "the feet move unlike those that the detector learnt from (%.1f times their "
             "spread; toe-offs %.1f sd from its simpler rule): that rule has %.0f %% of the say",
             std::sqrt(strange), apart, 100.0 * (1.0 - trust)),
         false});
  }
  keep_order(anchors, out.events);
  for (GaitEvent& event : out.events) event.time_s += laboratory_offset_s;
  return out;
}

}  // namespace runmech
