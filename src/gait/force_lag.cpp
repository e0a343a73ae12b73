// SPDX-License-Identifier: BSD-3-Clause
#include "runmech/gait/force_lag.hpp"

#include <algorithm>
#include <cmath>
#include <vector>

#include "runmech/core/errors.hpp"
#include "runmech/gait/force_contacts.hpp"
#include "runmech/gait/gait_signals.hpp"
#include "runmech/signal/cubic_spline.hpp"
#include "runmech/signal/derivative.hpp"
#include "runmech/signal/filter.hpp"
#include "runmech/signal/gaps.hpp"
#include "runmech/signal/interpolate.hpp"
#include "runmech/signal/robust.hpp"
#include "vertical_force.hpp"

namespace runmech {
namespace {

// Our choices.
constexpr double kBand_hz = 10.0;
constexpr double kStep_s = 0.001;    // of the clock on which the two are compared
constexpr Eigen::Index kReach = 60;  // steps on either side
constexpr double kAround_s = 0.02;   // on either side of a contact
constexpr double kLongestGap_s = 0.1;
constexpr double kMedianSd = 1.2533;  // of a median against a mean, normal errors

double correlation(const Eigen::VectorXd& a, const Eigen::VectorXd& b) {
  const Eigen::VectorXd x = a.array() - a.mean();
  const Eigen::VectorXd y = b.array() - b.mean();
  return x.dot(y) / std::sqrt(x.squaredNorm() * y.squaredNorm());
}

/// The shift of `later` against `force[from, from + n)` that fits best, s; NaN at the end of the
/// reach and beside missing samples.
double best_shift(const Eigen::VectorXd& force, const Eigen::VectorXd& later, Eigen::Index from,
                  Eigen::Index n) {
  if (from < kReach || from + n + kReach > force.size()) return ForceLag::kNaN;
  if (!later.segment(from - kReach, n + 2 * kReach).allFinite()) return ForceLag::kNaN;
  const Eigen::VectorXd f = force.segment(from, n);
  Eigen::VectorXd fit(2 * kReach + 1);
  for (Eigen::Index k = 0; k < fit.size(); ++k)
    fit[k] = correlation(f, later.segment(from + k - kReach, n));
  Eigen::Index best = 0;
  fit.maxCoeff(&best);
  if (best == 0 || best + 1 == fit.size()) return ForceLag::kNaN;
  const double bend = fit[best - 1] - 2.0 * fit[best] + fit[best + 1];
  const double between = 0.5 * (fit[best - 1] - fit[best + 1]) / bend;
  return kStep_s * (static_cast<double>(best - kReach) + between);
}

}  // namespace

ForceLag force_lag(const Recording& recording) {
  ForceLag out;
  std::vector<const ForcePlate*> plates;
  for (const ForcePlate& plate : recording.plates) {
    if (plate.n_samples() > 0) plates.push_back(&plate);
  }
  if (plates.empty()) throw InvalidArgument("force_lag: the recording has no force plate");
  const GaitSignals signals = gait_signals(recording);
  const Clock frames = clock_of(signals.time_s);
  if (signals.pelvis.rows() == 0 || !(frames.rate_hz > 4.0 * kBand_hz)) return out;

  const std::vector<double>& force_s = plates.front()->time_s;
  Eigen::VectorXd force = Eigen::VectorXd::Zero(plates.front()->n_samples());
  for (const ForcePlate* plate : plates) force += detail::vertical_force_at(*plate, force_s);
  const ForceContacts contacts = force_contacts(force_s, force);
  const double force_hz = clock_of(force_s).rate_hz;
  if (!(force_hz > 4.0 * kBand_hz)) return out;
  if (contacts.upside_down) force = -force;

  const std::vector<double> even_s = even_times(signals.time_s, frames.rate_hz);
  const Eigen::VectorXd height =
      spline_resample(fill_gaps(signals.pelvis.col(1), signals.time_s, kLongestGap_s).values,
                      signals.time_s, even_s);
  const std::vector<double> at_s = even_times(force_s, 1.0 / kStep_s);
  const Eigen::VectorXd acting =
      spline_resample(low_pass(force, force_hz, kBand_hz), force_s, at_s);
  const Eigen::VectorXd following = spline_resample(
      second_derivative(low_pass(height, frames.rate_hz, kBand_hz), even_s), even_s, at_s);
  std::vector<double> shifts;
  for (const ForceContact& c : contacts.contacts) {
    if (std::isnan(c.start_s) || std::isnan(c.end_s)) continue;
    const auto from =
        static_cast<Eigen::Index>(std::lround((c.start_s - kAround_s - at_s.front()) / kStep_s));
    const auto n =
        static_cast<Eigen::Index>(std::lround((c.duration_s() + 2.0 * kAround_s) / kStep_s));
    const double shift = best_shift(acting, following, from, n);
    if (std::isfinite(shift)) shifts.push_back(shift);
  }
  out.n = static_cast<int>(shifts.size());
  out.lag_s = median(shifts);
  if (out.n > 2) out.sd_s = kMedianSd * robust_sd(shifts) / std::sqrt(static_cast<double>(out.n));
  return out;
}

}  // namespace runmech
