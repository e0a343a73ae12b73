// SPDX-License-Identifier: BSD-3-Clause
#include <algorithm>
#include <array>
#include <optional>
#include <utility>
#include <vector>

#include "phase_channels.hpp"
#include "rhythm.hpp"
#include "runmech/gait/phases.hpp"
#include "step_states.hpp"

namespace runmech {
namespace {

GaitPhases phases_of(const GaitSignals& signals, bool one_foot) {
  GaitPhases out = detail::steady_phases(signals);
  for (FootSwing& s : out.steps) s.stride_s = out.stride_time_s;
  detail::find_states(out, one_foot);
  return out;
}

std::ptrdiff_t running_steps(const GaitPhases& phases) {
  return std::count_if(phases.steps.begin(), phases.steps.end(),
                       [](const FootSwing& s) { return s.state == StepState::running; });
}

/// The state of most steps of a part.
StepState main_state(const std::vector<FootSwing>& steps) {
  std::array<int, 4> n{};
  for (const FootSwing& s : steps) ++n[static_cast<std::size_t>(s.state)];
  return static_cast<StepState>(std::max_element(n.begin(), n.end()) - n.begin());
}

/// The parts one after the other, or nothing where they do not differ in what they are (an error of
/// the stride time, or a runner who speeds up): each gives the steps of its own time. What holds
/// for the whole record is that of the part with most of the running, else of the longest.
std::optional<GaitPhases> joined(const std::vector<detail::SteadyPart>& parts,
                                 const GaitSignals& signals, bool one_foot) {
  GaitPhases out;
  std::vector<FootSwing> steps;
  std::vector<TimeSpan> spans;
  double backward_s = 0.0;
  bool turned = false;
  StepState before = StepState::unknown;
  for (const detail::SteadyPart& part : parts) {
    GaitPhases one = phases_of(detail::frames_of(signals, part.from, part.to), one_foot);
    backward_s += one.backward_s;
    turned |= one.turned;
    int last = -1;
    for (FootSwing& s : one.steps) {
      const double middle = 0.5 * (s.forward_s + s.rearward_s);
      if (middle < part.own.start_s || middle >= part.own.end_s) continue;
      if (s.span != last) {
        last = s.span;
        TimeSpan span = one.spans[static_cast<std::size_t>(last)];
        span.start_s = std::max(span.start_s, std::min(part.own.start_s, s.strike_s));
        spans.push_back(span);
      }
      spans.back().end_s = std::min(one.spans[static_cast<std::size_t>(last)].end_s,
                                    std::max(part.own.end_s, s.toe_off_s));
      s.span = static_cast<int>(spans.size()) - 1;
      steps.push_back(s);
    }
    const StepState state = main_state(one.steps);
    if (state == StepState::unknown || state == before) return std::nullopt;
    before = state;
    const auto more = std::pair(running_steps(one), one.steps.size());
    if (more > std::pair(running_steps(out), out.steps.size())) out = std::move(one);
  }
  // Where parts meet, a step or two may be left over from the search with the other stride time.
  std::vector<std::size_t> in_span(spans.size(), 0);
  for (const FootSwing& s : steps) ++in_span[static_cast<std::size_t>(s.span)];
  for (FootSwing& s : steps) {
    if (in_span[static_cast<std::size_t>(s.span)] < detail::kLeastSteps)
      s.state = StepState::unknown;
  }
  out.steps = std::move(steps);
  out.spans = std::move(spans);
  out.backward_s = backward_s;
  out.turned = turned;
  return out;
}

}  // namespace

GaitPhases find_phases(const GaitSignals& signals) {
  const bool one_foot = unseen_foot(signals).has_value();
  const std::vector<detail::SteadyPart> parts = detail::steady_parts(signals);
  if (!parts.empty()) {
    if (std::optional<GaitPhases> phases = joined(parts, signals, one_foot)) return *phases;
  }
  return phases_of(signals, one_foot);
}

}  // namespace runmech
