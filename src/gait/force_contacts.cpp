// SPDX-License-Identifier: BSD-3-Clause
#include "runmech/gait/force_contacts.hpp"

#include <algorithm>
#include <cmath>
#include <string>

#include "force_quality.hpp"
#include "runmech/core/errors.hpp"
#include "runmech/core/printed.hpp"
#include "runmech/signal/extrema.hpp"
#include "runmech/signal/filter.hpp"
#include "runmech/signal/gaps.hpp"
#include "runmech/signal/interpolate.hpp"
#include "runmech/signal/robust.hpp"

namespace runmech {
namespace {

constexpr double kNaN = std::numeric_limits<double>::quiet_NaN();
constexpr double kHiding_n = 40.0;  // of noise: above it ends are extrapolated

std::string number(double value, const char* pattern = "%.3g") {
  return printed(pattern, value);
}

std::span<const double> as_span(const Eigen::VectorXd& x) {
  return {x.data(), static_cast<std::size_t>(x.size())};
}

void check(std::span<const double> time_s, Eigen::Index n, const ForceEventOptions& o) {
  if (static_cast<Eigen::Index>(time_s.size()) != n) {
    throw InvalidArgument("force_contacts: " + std::to_string(n) + " forces but " +
                          std::to_string(time_s.size()) + " times");
  }
  for (std::size_t i = 1; i < time_s.size(); ++i) {
    if (!(time_s[i] > time_s[i - 1])) {
      throw InvalidArgument("force_contacts: times must increase, but time " + std::to_string(i) +
                            " does not");
    }
  }
  const auto need = [](bool good, const char* name, double value, const char* allowed) {
    if (!good) {
      throw InvalidArgument(std::string(name) + " is " + number(value) + "; allowed: " + allowed);
    }
  };
  need(o.threshold_n >= 5.0 && o.threshold_n <= 500.0, "threshold_n", o.threshold_n, "5 to 500 N");
  need(o.cutoff_hz >= 5.0 && o.cutoff_hz <= 500.0, "cutoff_hz", o.cutoff_hz, "5 to 500 Hz");
  need(o.min_contact_s > 0.0 && o.min_contact_s < o.max_contact_s, "min_contact_s", o.min_contact_s,
       "above 0 and below max_contact_s");
  need(o.max_contact_s <= 5.0, "max_contact_s", o.max_contact_s, "up to 5 s");
  need(o.min_flight_s >= 0.0 && o.min_flight_s <= 0.2, "min_flight_s", o.min_flight_s,
       "0 to 0.2 s");
}

/// Stretches where `high` holds, as sample ranges.
template <class High>
std::vector<Run> stretches(Eigen::Index n, High&& high) {
  std::vector<Run> out;
  for (Eigen::Index i = 0; i < n; ++i) {
    if (!high(i)) continue;
    if (out.empty() || out.back().end() != i) out.push_back({i, 0});
    ++out.back().count;
  }
  return out;
}

/// Lower or upper envelope: the extreme over a window of +-half samples (monotonic queue).
Eigen::VectorXd envelope(const Eigen::VectorXd& x, Eigen::Index half, bool upper) {
  Eigen::VectorXd out(x.size());
  std::vector<Eigen::Index> queue;
  std::size_t head = 0;
  Eigen::Index next = 0;
  for (Eigen::Index i = 0; i < x.size(); ++i) {
    for (; next < std::min(x.size(), i + half + 1); ++next) {
      while (queue.size() > head &&
             (upper ? x[queue.back()] <= x[next] : x[queue.back()] >= x[next])) {
        queue.pop_back();
      }
      queue.push_back(next);
    }
    while (queue[head] < i - half) ++head;
    out[i] = x[queue[head]];
  }
  return out;
}

/// Subtracts the flight level; returns its range. `loaded` tells contact from flight.
template <class Loaded>
double subtract_flight_level(Eigen::VectorXd& force, std::span<const double> t, double min_flight_s,
                             Loaded&& loaded) {
  const std::vector<Run> flights =
      stretches(force.size(), [&](Eigen::Index i) { return !loaded(i); });
  std::vector<double> when, level;
  for (const Run& flight : flights) {
    const double start = t[flight.first];
    const double length = t[flight.end() - 1] - start;
    // A flight cut by the record's ends has no known 50-70 %.
    if (flight.first == 0 || flight.end() == force.size() || length < min_flight_s) continue;
    double sum = 0.0;
    int n = 0;
    for (Eigen::Index i = flight.first; i < flight.end(); ++i) {
      const double share = (t[i] - start) / length;
      if (share < 0.5 || share > 0.7) continue;
      sum += force[i];
      ++n;
    }
    if (n == 0) continue;
    when.push_back(start + 0.6 * length);
    level.push_back(sum / n);
  }
  if (level.empty()) return 0.0;
  level = running_median(level, 5);
  std::size_t k = 0;
  for (Eigen::Index i = 0; i < force.size(); ++i) {
    while (k + 1 < when.size() && when[k + 1] < t[i]) ++k;
    if (t[i] <= when.front()) {
      force[i] -= level.front();
    } else if (k + 1 == when.size()) {
      force[i] -= level.back();
    } else {
      const double share = (t[i] - when[k]) / (when[k + 1] - when[k]);
      force[i] -= level[k] + share * (level[k + 1] - level[k]);
    }
  }
  return *std::max_element(level.begin(), level.end()) -
         *std::min_element(level.begin(), level.end());
}

/// SD of the force over 50-70 % of the flights.
double aerial_sd(const Eigen::VectorXd& force, double threshold_n) {
  double sum = 0.0;
  int n = 0;
  for (const Run& flight :
       stretches(force.size(), [&](Eigen::Index i) { return force[i] < threshold_n; })) {
    if (flight.first == 0 || flight.end() == force.size()) continue;
    for (Eigen::Index i = flight.first + flight.count / 2; i < flight.first + flight.count * 7 / 10;
         ++i) {
      sum += force[i] * force[i];
      ++n;
    }
  }
  return n > 1 ? std::sqrt(sum / (n - 1)) : 0.0;
}

}  // namespace

ForceContacts force_contacts(std::span<const double> time_s,
                             const Eigen::Ref<const Eigen::VectorXd>& vertical_n,
                             const ForceEventOptions& options) {
  check(time_s, vertical_n.size(), options);
  ForceContacts out;
  out.threshold_n = options.threshold_n;
  out.rise_e_fold_s = kNaN;
  out.force_n = vertical_n;
  for (double& f : out.force_n) {
    if (!std::isfinite(f)) f = 0.0;  // a plate without data carries nothing
  }
  if (vertical_n.size() < 10) return out;
  const double high = quantile(as_span(out.force_n), 0.95);
  const double low = quantile(as_span(out.force_n), 0.05);
  if (-low > high) {
    out.upside_down = true;
    out.force_n = -out.force_n;
    out.notes.push_back({"forces", "the vertical force pointed down and was turned over", true});
  }
  out.dead_band_n = detail::dead_band(out.force_n);
  if (out.dead_band_n > 0.9 * options.threshold_n) {
    out.threshold_n = std::max(50.0, 1.2 * out.dead_band_n);
    out.notes.push_back({"forces",
                         "forces below " + number(out.dead_band_n) +
                             " N are stored as zero, so events are taken at " +
                             number(out.threshold_n) + " N instead of " +
                             number(options.threshold_n) + " N",
                         true});
  } else if (out.dead_band_n > detail::kCut * options.threshold_n) {
    // RBDS cut at 15 and 17 N: toe-offs at 20 N 1.8 and 2.3 ms early at 2.5 m/s, 0.2 at 4.5.
    out.notes.push_back({"forces",
                         "forces below " + number(out.dead_band_n) +
                             " N are stored as zero: events at " + number(options.threshold_n) +
                             " N are up to 2 ms off (strikes late, toe-offs early)",
                         true});
  }

  const double rate = clock_of(time_s).rate_hz;
  const Eigen::VectorXd stored = out.force_n;
  if (options.cutoff_hz < 0.45 * rate) {
    out.force_n = low_pass(out.force_n, rate, options.cutoff_hz);
  } else {
    out.notes.push_back({"forces",
                         "force at " + number(rate) +
                             " Hz is used without low-pass; "
                             "its events are good to about " +
                             number(500.0 / rate) + " ms",
                         true});
  }

  // First guess of contact: the upper quarter between envelopes of about two strides, which follow
  // any drift; where they lie close together there is no step (standing, or nobody on the plate).
  const auto half = std::max<Eigen::Index>(2, static_cast<Eigen::Index>(0.8 * rate));
  const Eigen::VectorXd below = envelope(out.force_n, half, false);
  const Eigen::VectorXd above = envelope(out.force_n, half, true);
  const double body = quantile(as_span(Eigen::VectorXd(above - below)), 0.9);
  if (!(body > 2.0 * out.threshold_n)) {
    out.notes.push_back(
        {"forces",
         "no contact found: the vertical force varies by no more than " + number(body) + " N",
         true});
    return out;
  }
  const auto coarse = [&](Eigen::Index i) {
    const double range = above[i] - below[i];
    return range > 0.4 * body ? out.force_n[i] > below[i] + 0.15 * range
                              : out.force_n[i] > 0.2 * body;
  };
  if (options.remove_drift) {
    const Eigen::VectorXd before = out.force_n;
    std::vector<bool> loaded(static_cast<std::size_t>(out.force_n.size()));
    for (Eigen::Index i = 0; i < out.force_n.size(); ++i)
      loaded[static_cast<std::size_t>(i)] = coarse(i);
    out.drift_n =
        subtract_flight_level(out.force_n, time_s, options.min_flight_s,
                              [&](Eigen::Index i) { return loaded[static_cast<std::size_t>(i)]; });
    // Again with flights as the threshold itself sees them.
    const Eigen::VectorXd once = out.force_n;
    subtract_flight_level(out.force_n, time_s, options.min_flight_s,
                          [&](Eigen::Index i) { return once[i] > out.threshold_n; });
  }
  out.aerial_sd_n = aerial_sd(out.force_n, out.threshold_n);
  bool noisy = false;
  // What stays below a threshold scatters less than the whole: again until it fits below.
  for (int i = 0; i < 10 && 5.0 * out.aerial_sd_n > out.threshold_n * (1.0 + 1e-6); ++i) {
    noisy = true;
    out.threshold_n = 5.0 * out.aerial_sd_n;
    out.aerial_sd_n = aerial_sd(out.force_n, out.threshold_n);
  }
  if (noisy) out.threshold_n = 5.0 * out.aerial_sd_n;
  out.extrapolated = noisy && out.threshold_n > kHiding_n;
  if (noisy) {
    const std::string scatter =
        "the force in flight scatters by " + number(out.aerial_sd_n) + " N, so ";
    out.notes.push_back(
        {"forces",
         scatter + (out.extrapolated
                        ? "the ends of the contacts are extrapolated to zero from the force "
                          "between " +
                              number(std::max(50.0, out.threshold_n)) + " N and 100 N more"
                        : "events are taken at " + number(out.threshold_n) + " N"),
         true});
  }
  if (out.drift_n > 2.0 * options.threshold_n) {
    out.notes.push_back(
        {"forces",
         "the force in flight drifts by " + number(out.drift_n) + " N over the record; removed",
         true});
  }

  // Contacts at the threshold; flights that are too short are no flights.
  const std::vector<double> up = crossings(out.force_n, time_s, out.threshold_n, Crossing::rising);
  const std::vector<double> down =
      crossings(out.force_n, time_s, out.threshold_n, Crossing::falling);
  std::vector<ForceContact> found;
  std::size_t u = 0, d = 0;
  if (out.force_n[0] >= out.threshold_n) {
    found.emplace_back();
    if (!down.empty()) found.back().end_s = down[d++];
  }
  while (u < up.size()) {
    ForceContact c;
    c.start_s = up[u++];
    if (d < down.size()) c.end_s = down[d++];
    if (!found.empty() && c.start_s - found.back().end_s < options.min_flight_s) {
      found.back().end_s = c.end_s;
    } else {
      found.push_back(c);
    }
  }
  for (ForceContact& c : found) {
    const double from = std::isnan(c.start_s) ? time_s.front() : c.start_s;
    const double to = std::isnan(c.end_s) ? time_s.back() : c.end_s;
    const auto a = std::lower_bound(time_s.begin(), time_s.end(), from) - time_s.begin();
    const auto b = std::upper_bound(time_s.begin(), time_s.end(), to) - time_s.begin();
    for (auto i = a; i < b; ++i) c.peak_n = std::max(c.peak_n, out.force_n[i]);
    c.long_contact = to - from > options.max_contact_s;
    const bool whole = !std::isnan(c.start_s) && !std::isnan(c.end_s);
    // A touch: too short, or never a fifth of what the steps carry.
    if ((whole && c.duration_s() < options.min_contact_s) || c.peak_n < 0.2 * body) {
      out.dropped_short += whole ? 1 : 0;
      continue;
    }
    out.contacts.push_back(c);
  }
  out.rise_e_fold_s = detail::rise_e_fold_s(out.force_n, time_s, out.contacts);
  std::vector<double> lengths;
  for (const ForceContact& c : out.contacts) lengths.push_back(c.duration_s());
  const std::string why = detail::low_passed_reason(
      detail::fast_parts(stored, time_s, rate, out.contacts), out.rise_e_fold_s, rate,
      median(lengths) <= options.max_contact_s, out.contacts.size(), out.dead_band_n > 0.0);
  out.low_passed = !why.empty();
  if (out.low_passed) {
    out.notes.push_back({"forces",
                         "the force was low-passed before it was stored (" + why +
                             "): its events are several ms off (strikes early, toe-offs late)",
                         true});
  }
  if (out.extrapolated) {
    detail::extrapolate_ends(out.force_n, time_s, std::max(50.0, out.threshold_n), out.contacts);
  }
  return out;
}

}  // namespace runmech
