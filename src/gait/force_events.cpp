// SPDX-License-Identifier: BSD-3-Clause
#include "runmech/gait/force_events.hpp"

#include <algorithm>
#include <cmath>
#include <optional>

#include "contact_sides.hpp"
#include "force_quality.hpp"
#include "runmech/core/errors.hpp"
#include "runmech/core/printed.hpp"
#include "runmech/gait/gait_signals.hpp"
#include "runmech/gait/phases.hpp"
#include "runmech/signal/interpolate.hpp"
#include "runmech/signal/robust.hpp"
#include "step_states.hpp"
#include "vertical_force.hpp"

namespace runmech {
namespace {

using detail::Contact;
using detail::from_of;
using detail::to_of;

constexpr double kSd_s = 0.001;  // filter and noise of the truth itself (RBDS, 300 Hz)
constexpr double kLowPassedSd_s = 0.010;
constexpr double kCoarseSd_s = 0.002;  // dead-banded and noisy files
// Where ends are extrapolated, per newton of scatter in flight: RBDS with 16 to 40 N of white noise
// (9 to 28 N after the low-pass) gave 2 to 6 ms at strike and 4 to 11 at toe-off.
constexpr double kPerNoise_s_n = 0.0004;
constexpr double kEdgePeak = 0.75;  // of the median peak
constexpr double kRunGap = 0.8;     // strides between contacts of one run

/// Plates that are read as one, and what they show.
struct Ground {
  std::vector<const ForcePlate*> plates;
  std::optional<Side> named;
  Eigen::VectorXd total_n;
  ForceContacts found;

  [[nodiscard]] const std::vector<double>& time_s() const { return plates.front()->time_s; }
};

Ground ground_of(std::vector<const ForcePlate*> plates, std::optional<Side> named,
                 const ForceEventOptions& options) {
  Ground out{std::move(plates), named, {}, {}};
  out.total_n = Eigen::VectorXd::Zero(out.plates.front()->n_samples());
  for (const ForcePlate* plate : out.plates)
    out.total_n += detail::vertical_force_at(*plate, out.time_s());
  out.found = force_contacts(out.time_s(), out.total_n, options);
  return out;
}

/// What a file's fault does to its events, worst of all grounds.
struct Quality {
  bool low_passed = false, coarse = false;
  double hiding_n = 0.0;  ///< scatter of the force in flight where ends are extrapolated
};

/// Both feet at one threshold, the highest that one of them needs: at 20 and at 50 N contacts of
/// the same step length differ by 10 ms.
void level_thresholds(std::vector<Ground>& grounds, const ForceEventOptions& options) {
  double highest = 0.0;
  for (const Ground& g : grounds) {
    if (!g.found.extrapolated && !g.found.contacts.empty())
      highest = std::max(highest, g.found.threshold_n);
  }
  for (Ground& g : grounds) {
    if (g.found.extrapolated || !(g.found.threshold_n < highest)) continue;
    ForceEventOptions raised = options;
    raised.threshold_n = highest;
    g.found = force_contacts(g.time_s(), g.total_n, raised);
  }
}

void gather(Ground& ground, const ForceEventOptions& options, const GaitSignals* signals,
            std::vector<Contact>& contacts, GaitEvents& out, Quality& quality) {
  ForceContacts& found = ground.found;
  out.threshold_n =
      std::max(out.threshold_n, found.extrapolated ? options.threshold_n : found.threshold_n);
  quality.low_passed |= found.low_passed;
  quality.coarse |= found.dead_band_n > detail::kCut * options.threshold_n ||
                    found.threshold_n > 1.001 * options.threshold_n;
  if (found.extrapolated) quality.hiding_n = std::max(quality.hiding_n, found.aerial_sd_n);
  // What is wrong with the file is said once, with the numbers of its first plate.
  const auto same = [](const std::string& a, const std::string& b) {
    const auto tail = [](const std::string& x) {
      return x.substr(std::min(x.size(), x.find(" N ")));
    };
    const auto both = [&](const char* head) { return a.starts_with(head) && b.starts_with(head); };
    return a == b || both("the force was low-passed") ||
           (both("forces below") && tail(a) == tail(b));
  };
  for (Note& note : found.notes) {
    const bool known = std::any_of(out.notes.begin(), out.notes.end(),
                                   [&](const Note& n) { return same(n.text, note.text); });
    if (!known) out.notes.push_back(std::move(note));
  }
  if (found.dropped_short > 0) {
    out.notes.push_back({"forces",
                         std::to_string(found.dropped_short) +
                             " touches too short or light for a step were left out",
                         false});
  }
  for (const ForceContact& c : found.contacts) {
    contacts.emplace_back();
    contacts.back().at = c;
    contacts.back().named = ground.named;
  }
  if (signals != nullptr) {
    detail::look_at_feet(std::span(contacts).last(found.contacts.size()), ground.plates, *signals);
  }
}

/// What the plates alone tell of contact k: flight to its neighbours within the run, or both feet
/// on the ground. Unknown where they differ, where there is none, and of a foot that did not lift.
StepState state_of(std::span<const Contact> contacts, std::size_t k, double longest_s) {
  int flights = 0, doubles = 0;
  const auto look = [&](const ForceContact& before, const ForceContact& after) {
    const double flight_s = after.start_s - before.end_s;
    if (!(flight_s < longest_s)) return;
    ++(flight_s > 0.0 ? flights : doubles);
  };
  if (k > 0) look(contacts[k - 1].at, contacts[k].at);
  if (k + 1 < contacts.size()) look(contacts[k].at, contacts[k + 1].at);
  if (contacts[k].at.long_contact || (flights > 0) == (doubles > 0)) return StepState::unknown;
  return flights > 0 ? StepState::running : StepState::walking;
}

}  // namespace

GaitEvents force_events(const Recording& recording, const ForceEventOptions& options) {
  std::optional<GaitSignals> signals;
  if (recording.n_frames() > 0 && recording.n_points() > 0) {
    try {
      signals = gait_signals(recording);
    } catch (const std::exception&) {
      // Unknown markers or none on the feet: the plates' names must do.
    }
  }
  return force_events(recording.plates, signals ? &*signals : nullptr, options);
}

GaitEvents force_events(std::span<const ForcePlate> all, const GaitSignals* signals,
                        const ForceEventOptions& options) {
  std::vector<const ForcePlate*> plates;
  for (const ForcePlate& plate : all) {
    if (plate.n_samples() > 0) plates.push_back(&plate);
  }
  if (plates.empty()) throw InvalidArgument("force_events: the recording has no force plate");
  GaitEvents out;
  out.detector = "force";
  Sided<std::vector<const ForcePlate*>> named;
  bool all_named = plates.size() > 1;
  for (const ForcePlate* plate : plates) {
    const auto side = detail::side_in_name(plate->name);
    all_named &= side.has_value();
    if (side) named[*side].push_back(plate);
  }
  if (!all_named && signals == nullptr) {
    throw NotAnalysable(
        "force_events: nothing tells left from right: the plates are not named for a "
        "foot and no foot markers are recognised");
  }
  std::vector<Contact> contacts;
  std::vector<Ground> grounds;
  if (all_named) {
    for (const Side side : kSides) {
      if (!named[side].empty()) grounds.push_back(ground_of(named[side], side, options));
    }
    level_thresholds(grounds, options);
  } else {
    grounds.push_back(ground_of(plates, std::nullopt, options));
  }
  Quality quality;
  for (Ground& ground : grounds) gather(ground, options, signals, contacts, out, quality);
  std::sort(contacts.begin(), contacts.end(),
            [](const Contact& a, const Contact& b) { return from_of(a.at) < from_of(b.at); });
  if (contacts.empty()) {
    out.kind = GaitKind::no_steps;
    out.reason = "no steps: the plates show no contact that begins or ends";
    return out;
  }

  std::vector<double> step_times, peaks, flights;
  for (std::size_t i = 0; i < contacts.size(); ++i) {
    peaks.push_back(contacts[i].at.peak_n);
    if (i == 0) continue;
    step_times.push_back(from_of(contacts[i].at) - from_of(contacts[i - 1].at));
    flights.push_back(contacts[i].at.start_s - contacts[i - 1].at.end_s);
  }
  const double stride_s = step_times.empty() ? 0.7 : 2.0 * median(step_times);
  for (std::size_t i = 0; i < contacts.size();) {
    std::size_t end = i + 1;
    while (end < contacts.size() &&
           from_of(contacts[end].at) - from_of(contacts[end - 1].at) < kRunGap * stride_s) {
      ++end;
    }
    detail::choose_sides(std::span(contacts).subspan(i, end - i));
    out.spans.push_back({from_of(contacts[i].at), to_of(contacts[end - 1].at)});
    i = end;
  }
  const double usual_peak = median(peaks);
  const double noise_sd_s = kPerNoise_s_n * quality.hiding_n;
  const double sd_s = std::max({kSd_s, quality.coarse ? kCoarseSd_s : 0.0, noise_sd_s,
                                quality.low_passed ? kLowPassedSd_s : 0.0});
  int doubtful = 0, long_ones = 0;
  for (std::size_t k = 0; k < contacts.size(); ++k) {
    Contact& c = contacts[k];
    // Markers say more, below: a foot beside the plates looks like flight.
    const StepState state =
        signals == nullptr ? state_of(contacts, k, 0.5 * kRunGap * stride_s) : StepState::unknown;
    if (c.at.long_contact) {
      ++long_ones;
      c.flag = "long_contact";
    } else if (contacts.size() >= 3 && c.at.peak_n < kEdgePeak * usual_peak) {
      c.flag = "plate_edge";
    }
    doubtful += c.flag.empty() ? 0 : 1;
    if (!std::isnan(c.at.start_s)) {
      out.events.push_back({c.side, EventType::foot_strike, c.at.start_s, sd_s, c.flag, state});
    }
    if (!std::isnan(c.at.end_s)) {
      out.events.push_back({c.side, EventType::toe_off, c.at.end_s, sd_s, c.flag, state});
    }
  }
  std::sort(out.events.begin(), out.events.end(),
            [](const GaitEvent& a, const GaitEvent& b) { return a.time_s < b.time_s; });
  if (doubtful > 0) {
    out.notes.push_back({"forces",
                         std::to_string(doubtful) + " of " + std::to_string(contacts.size()) +
                             " contacts are flagged: see the flag of their events",
                         false});
  }
  const bool overlaps = median(flights) <= 0.0;
  if (overlaps || 3 * long_ones > static_cast<int>(contacts.size())) {
    out.kind = GaitKind::walking;
    out.reason = "walking, not running: the feet are on the ground together between steps";
  } else {
    out.kind = GaitKind::running;
    out.reason = printed("running: %zu contacts with flight between them, at %.0f N",
                         contacts.size(), out.threshold_n);
  }
  if (signals != nullptr) detail::set_states(find_phases(*signals), out);
  return out;
}

}  // namespace runmech
