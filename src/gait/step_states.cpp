// SPDX-License-Identifier: BSD-3-Clause
#include "step_states.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>
#include <span>
#include <vector>

#include "runmech/gait/detector.hpp"
#include "runmech/signal/robust.hpp"

namespace runmech::detail {
namespace {

constexpr double kNaN = FootSwing::kNaN;

constexpr double kBothStand = 0.5;    // of the speed; runners 1.45 and more, walkers up to 0.06
constexpr double kClearRise = 0.005;  // of the leg; runners bounce 5 to 11 %, walkers -3 to -5 %
constexpr double kNearStep = 0.3;     // strides between an event and the step that it belongs to

StepSigns signs_of(std::span<const FootSwing> steps, const GaitPhases& phases) {
  std::vector<double> duty, rise, other;
  for (const FootSwing& s : steps) {
    duty.push_back((s.toe_off_s - s.strike_s) / s.stride_s);
    if (phases.leg_length_m > 0.0) rise.push_back(s.pelvis_rise_m / phases.leg_length_m);
    other.push_back(s.other_foot);
  }
  StepSigns out{median(duty), median(rise), median(other)};
  if (phases.regularity > 0.0) return out;
  // Running is told from a whole contact, walking from both feet on the ground at any moment.
  if (std::isnan(out.duty)) {
    out.rise = kNaN;
    if (!(out.other < kBothStand)) out.other = kNaN;
  }
  if (std::isfinite(out.other)) out.duty = kNaN;  // says more than a guessed stride time
  return out;
}

StepState state_of(const StepSigns& signs, double cadence_per_min, bool one_foot) {
  const bool bounces = signs.rise > kClearRise;
  const bool vaults = signs.rise < -kClearRise;
  const bool flies = signs.duty < 0.5 || signs.other > kBothStand;
  const bool doubles = signs.duty > 0.5 || signs.other < kBothStand;
  // A vaulting pelvis with a contact that no runner has (outside 20-42 %) or at a cadence that none
  // has is a walk, seen badly.
  const bool as_runners = signs.duty > 0.20 && signs.duty < 0.42 &&
                          !(cadence_per_min > 0.0 && cadence_per_min < kSlowestCadence);
  if ((doubles && !bounces) || (vaults && !flies) || (vaults && signs.duty > 0.0 && !as_runners)) {
    return StepState::walking;
  }
  // One foot that swings and stands may be a leg swung to and fro: the body must bounce as well.
  if (flies && !vaults && (bounces || !one_foot)) return StepState::running;
  if (bounces && !doubles) return StepState::running;
  return bounces && signs.duty > 0.5 ? StepState::grounded : StepState::unknown;
}

double cadence(double stride_s, const GaitPhases& phases) {
  return phases.regularity > 0.0 ? 120.0 / stride_s : 0.0;
}

double median_stride(std::span<const FootSwing> steps) {
  std::vector<double> s;
  for (const FootSwing& step : steps) s.push_back(step.stride_s);
  return median(s);
}

StepState state_of(std::span<const FootSwing> steps, const GaitPhases& phases, bool one_foot) {
  return state_of(signs_of(steps, phases), cadence(median_stride(steps), phases), one_foot);
}

/// A stretch of steps [from, to) of one state.
struct Stretch {
  std::size_t from = 0, to = 0;
  StepState state = StepState::unknown;
  [[nodiscard]] std::size_t size() const { return to - from; }
};

/// Whether both signs of a stretch say what it is.
bool clear(std::span<const FootSwing> steps, const GaitPhases& phases, StepState state) {
  const StepSigns signs = signs_of(steps, phases);
  const bool bounces = signs.rise > kClearRise;
  const bool vaults = signs.rise < -kClearRise;
  switch (state) {
    case StepState::running:
      return bounces && signs.duty < 0.5;
    case StepState::grounded:
      return bounces && signs.duty > 0.5;
    case StepState::walking:
      return vaults && signs.duty > 0.5;
    default:
      return false;
  }
}

/// Steps of one span as stretches of one state each: every step with its neighbours, and what is
/// shorter than kLeastSteps, or has not both signs, goes to the longer stretch beside it.
std::vector<Stretch> stretches(std::span<const FootSwing> steps, const GaitPhases& phases,
                               bool one_foot) {
  std::vector<Stretch> out;
  for (std::size_t i = 0; i < steps.size(); ++i) {
    const std::size_t from = i == 0 ? 0 : i - 1;
    const std::size_t n = std::min(i + 2, steps.size()) - from;
    const StepState state = state_of(steps.subspan(from, n), phases, one_foot);
    if (out.empty() || out.back().state != state) {
      out.push_back({i, i + 1, state});
    } else {
      out.back().to = i + 1;
    }
  }
  const auto drop_shortest = [&] {
    std::size_t worst = out.size();
    for (std::size_t i = 0; i < out.size(); ++i) {
      const bool weak = out[i].size() < kLeastSteps ||
                        !clear(steps.subspan(out[i].from, out[i].size()), phases, out[i].state);
      if (weak && (worst == out.size() || out[i].size() < out[worst].size())) worst = i;
    }
    if (worst == out.size() || out.size() == 1) return false;
    const bool before =
        worst + 1 == out.size() || (worst > 0 && out[worst - 1].size() >= out[worst + 1].size());
    Stretch& into = out[before ? worst - 1 : worst + 1];
    (before ? into.to : into.from) = before ? out[worst].to : out[worst].from;
    out.erase(out.begin() + static_cast<std::ptrdiff_t>(worst));
    for (std::size_t i = 0; i + 1 < out.size();) {
      if (out[i].state == out[i + 1].state) {
        out[i].to = out[i + 1].to;
        out.erase(out.begin() + static_cast<std::ptrdiff_t>(i + 1));
      } else {
        ++i;
      }
    }
    return true;
  };
  while (drop_shortest()) {
  }
  return out;
}

bool off_course(const FootSwing& step) {
  return std::abs(step.heading_rad) > kOffCourse_rad;
}

/// Stretches of one state; steps off course are stretches of their own.
std::vector<Stretch> parts_of(std::span<const FootSwing> steps, const GaitPhases& phases,
                              bool one_foot) {
  std::vector<Stretch> out;
  for (std::size_t from = 0; from < steps.size();) {
    std::size_t to = from + 1;
    const bool off = off_course(steps[from]);
    while (to < steps.size() && off_course(steps[to]) == off) ++to;
    if (off) {
      out.push_back({from, to, StepState::unknown});
    } else {
      const auto some = steps.subspan(from, to - from);
      std::vector<Stretch> found = stretches(some, phases, one_foot);
      // A single state is that of the whole stretch: medians of all its steps say more.
      if (found.size() < 2) found = {{0, some.size(), state_of(some, phases, one_foot)}};
      for (Stretch s : found) out.push_back({from + s.from, from + s.to, s.state});
    }
    from = to;
  }
  return out;
}

}  // namespace

StepSigns signs_of(const GaitPhases& phases, int span) {
  std::vector<FootSwing> steps;
  for (const FootSwing& s : phases.steps) {
    if (s.span == span) steps.push_back(s);
  }
  return signs_of(steps, phases);
}

void find_states(GaitPhases& phases, bool one_foot) {
  std::vector<TimeSpan> spans;
  for (std::size_t first = 0; first < phases.steps.size();) {
    std::size_t end = first + 1;
    while (end < phases.steps.size() && phases.steps[end].span == phases.steps[first].span) ++end;
    const std::span steps = std::span(phases.steps).subspan(first, end - first);
    const TimeSpan whole = phases.spans[static_cast<std::size_t>(steps.front().span)];
    const std::vector<Stretch> parts = parts_of(steps, phases, one_foot);
    for (std::size_t k = 0; k < parts.size(); ++k) {
      TimeSpan span = whole;
      const auto begins = [](const FootSwing& s) {
        return std::isnan(s.strike_s) ? s.forward_s : s.strike_s;
      };
      if (k > 0) span.start_s = begins(steps[parts[k].from]);
      if (k + 1 < parts.size()) {
        const FootSwing& last = steps[parts[k].to - 1];
        span.end_s = std::isnan(last.toe_off_s) ? last.rearward_s : last.toe_off_s;
      }
      for (std::size_t i = parts[k].from; i < parts[k].to; ++i) {
        steps[i].state = parts[k].state;
        steps[i].span = static_cast<int>(spans.size());
      }
      spans.push_back(span);
    }
    first = end;
  }
  phases.spans = std::move(spans);
}

StepState state_in(const FootSwing& step, GaitKind kind) {
  const bool clear =
      kind == GaitKind::running || kind == GaitKind::grounded || kind == GaitKind::walking;
  const bool too_little = step.state == StepState::running && kind != GaitKind::running;
  return clear && !too_little ? step.state : StepState::unknown;
}

bool told(const FootSwing& step, GaitKind kind) {
  return kind == GaitKind::unclear || state_in(step, kind) != StepState::unknown;
}

void set_states(const GaitPhases& phases, GaitEvents& events) {
  for (GaitEvent& event : events.events) {
    if (event.state != StepState::unknown) continue;
    double nearest = kNearStep;
    for (const FootSwing& s : phases.steps) {
      if (s.side != event.side) continue;
      const bool strike = event.type == EventType::foot_strike;
      double at = strike ? s.strike_s : s.toe_off_s;
      if (std::isnan(at)) at = strike ? s.forward_s : s.rearward_s;
      const double away = std::abs(at - event.time_s) / s.stride_s;
      if (away < nearest) {
        nearest = away;
        event.state = state_in(s, events.kind);
      }
    }
  }
}

std::string other_steps(const GaitPhases& phases, GaitKind kind) {
  std::string out;
  for (const StepState state :
       {StepState::walking, StepState::grounded, StepState::running, StepState::unknown}) {
    const auto n = std::count_if(phases.steps.begin(), phases.steps.end(),
                                 [&](const FootSwing& s) { return state_in(s, kind) == state; });
    const bool own = kind == GaitKind::unclear ? state == StepState::unknown
                                               : to_string(state) == to_string(kind);
    if (own || n == 0) continue;
    const std::string what = state == StepState::grounded  ? "running without flight"
                             : state == StepState::unknown ? "unclear kind"
                                                           : std::string(to_string(state));
    out += (out.empty() ? "" : ", ") + std::to_string(n) + (n == 1 ? " step of " : " steps of ") +
           what;
  }
  return out;
}

}  // namespace runmech::detail
