// SPDX-License-Identifier: BSD-3-Clause
#include "runmech/gait/force_events.hpp"

#include <algorithm>
#include <cctype>
#include <cmath>
#include <optional>

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

constexpr double kNaN = std::numeric_limits<double>::quiet_NaN();
constexpr double kSd_s = 0.001;  // filter and noise of the truth itself (RBDS, 300 Hz)
constexpr double kLowPassedSd_s = 0.010;
constexpr double kCoarseSd_s = 0.002;  // dead-banded and noisy files
// Where ends are extrapolated, per newton of scatter in flight: RBDS with 16 to 40 N of white noise
// (9 to 28 N after the low-pass) gave 2 to 6 ms at strike and 4 to 11 at toe-off.
constexpr double kPerNoise_s_n = 0.0004;
constexpr double kCut = 0.4;        // of the threshold: a dead band beyond it moves events
constexpr double kEdgePeak = 0.75;  // of the median peak
constexpr double kRunGap = 0.8;     // strides between contacts of one run

/// The foot a plate is named for: "R_ground_force", "left plate", "ground_force_r", "FP1 (L)".
std::optional<Side> named_side(const std::string& name) {
  std::string word;
  std::vector<std::string> words;
  for (const char c : name + " ") {
    if (std::isalpha(static_cast<unsigned char>(c)) != 0) {
      word += static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
    } else if (!word.empty()) {
      words.push_back(std::move(word));
      word.clear();
    }
  }
  for (const auto& w : words) {
    if (w == "r" || w == "right") return Side::right;
    if (w == "l" || w == "left") return Side::left;
  }
  return std::nullopt;
}

struct Contact {
  ForceContact at;
  double evidence_m = 0.0;  ///< left minus right foot height: > 0 = right foot down
  double cop_evidence_m =
      kNaN;  ///< left minus right distance of the foot to the centre of pressure
  std::optional<Side> named;
  Side side = Side::left;
  std::string flag;
};

double from_of(const ForceContact& c) {
  return std::isnan(c.start_s) ? c.end_s - 0.2 : c.start_s;
}
double to_of(const ForceContact& c) {
  return std::isnan(c.end_s) ? c.start_s + 0.2 : c.end_s;
}

/// Mean over 30-60 % of a contact of a function of the frame.
template <class Of>
double middle_mean(const std::vector<double>& t, const ForceContact& c, Of&& of) {
  std::vector<double> values;
  const double length = to_of(c) - from_of(c);
  const auto first = std::lower_bound(t.begin(), t.end(), from_of(c) + 0.3 * length) - t.begin();
  for (auto i = first;
       i < static_cast<std::ptrdiff_t>(t.size()) && t[i] <= from_of(c) + 0.6 * length; ++i) {
    values.push_back(of(i));
  }
  return mean(values);
}

/// Lowest foot point in a frame, and the middle of the foot.
double foot_height(const LegSignals& leg, Eigen::Index i) {
  double lowest = kNaN;
  for (const Points* p : {&leg.heel, &leg.toe, &leg.ankle}) {
    if (p->rows() > i && std::isfinite((*p)(i, 1)) && !((*p)(i, 1) >= lowest)) lowest = (*p)(i, 1);
    if (std::isfinite(lowest) && p == &leg.toe) break;  // the ankle only where nothing else is seen
  }
  return lowest;
}

double mean_height(const LegSignals& leg) {
  std::vector<double> heights;
  for (Eigen::Index i = 0; i < std::max({leg.heel.rows(), leg.toe.rows(), leg.ankle.rows()}); ++i) {
    const double height = foot_height(leg, i);
    if (std::isfinite(height)) heights.push_back(height);
  }
  return mean(heights);
}

Eigen::RowVector3d foot_middle(const LegSignals& leg, Eigen::Index i) {
  if (leg.heel.rows() > i && leg.toe.rows() > i) return 0.5 * (leg.heel.row(i) + leg.toe.row(i));
  if (leg.heel.rows() > i) return leg.heel.row(i);
  if (leg.toe.rows() > i) return leg.toe.row(i);
  return Eigen::RowVector3d::Constant(kNaN);
}

/// Centre of pressure of the most loaded plate at time t, NaN where none knows it.
Eigen::RowVector3d pressure_centre(const std::vector<const ForcePlate*>& plates, double t) {
  Eigen::RowVector3d out = Eigen::RowVector3d::Constant(kNaN);
  double most = 0.0;
  for (const ForcePlate* plate : plates) {
    if (plate->cop_m.rows() != plate->n_samples() || plate->n_samples() == 0) continue;
    const auto found = std::lower_bound(plate->time_s.begin(), plate->time_s.end(), t);
    if (found == plate->time_s.end()) continue;
    const auto i = found - plate->time_s.begin();
    const double load = std::abs(plate->force_n(i, 1));
    if (load > most) {
      most = load;
      out = plate->cop_m.row(i);
    }
  }
  return out;
}

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
  const auto& plates = ground.plates;
  const auto& named = ground.named;
  ForceContacts& found = ground.found;
  out.threshold_n =
      std::max(out.threshold_n, found.extrapolated ? options.threshold_n : found.threshold_n);
  quality.low_passed |= found.low_passed;
  quality.coarse |= found.dead_band_n > kCut * options.threshold_n ||
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
  // A foot that was not recorded stands in at the other one's mean height, which that one is below
  // in its own contacts and above in the others.
  Sided<double> stand_in_m{kNaN, kNaN};
  if (signals != nullptr) {
    if (const std::optional<Side> unseen = unseen_foot(*signals)) {
      stand_in_m[*unseen] = mean_height(signals->leg[opposite(*unseen)]);
    }
  }
  const auto height = [&](Side side, Eigen::Index i) {
    return std::isnan(stand_in_m[side]) ? foot_height(signals->leg[side], i) : stand_in_m[side];
  };
  for (const ForceContact& c : found.contacts) {
    Contact contact;
    contact.at = c;
    contact.named = named;
    if (signals != nullptr) {
      const double evidence = middle_mean(signals->time_s, c, [&](Eigen::Index i) {
        return height(Side::left, i) - height(Side::right, i);
      });
      if (std::isfinite(evidence)) contact.evidence_m = evidence;
      contact.cop_evidence_m = middle_mean(signals->time_s, c, [&](Eigen::Index i) {
        const Eigen::RowVector3d cop = pressure_centre(plates, signals->time_s[i]);
        const auto away = [&](const LegSignals& leg) {
          const Eigen::RowVector3d d = foot_middle(leg, i) - cop;
          return std::hypot(d[0], d[2]);
        };
        return away(signals->leg.left) - away(signals->leg.right);
      });
    }
    contacts.push_back(std::move(contact));
  }
}

/// Sides of one run of contacts, which alternate.
void choose_sides(std::span<Contact> run) {
  double right_first = 0.0;
  for (std::size_t k = 0; k < run.size(); ++k) {
    right_first += (k % 2 == 0 ? 1.0 : -1.0) * run[k].evidence_m;
  }
  for (std::size_t k = 0; k < run.size(); ++k) {
    Contact& c = run[k];
    const bool right = (k % 2 == 0) == (right_first > 0.0);
    c.side = c.named ? *c.named : right ? Side::right : Side::left;
    const double sense = sign(c.side);
    if (c.evidence_m * sense < 0.0) {
      c.flag = c.named ? "side_by_name" : "side_by_alternation";
    } else if (c.cop_evidence_m * sense < 0.0) {
      c.flag = "cop";
    }
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
    const auto side = named_side(plate->name);
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
    choose_sides(std::span(contacts).subspan(i, end - i));
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
