// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <Eigen/Core>
#include <limits>
#include <span>
#include <vector>

#include "runmech/data/recording.hpp"

namespace runmech {

struct ForceEventOptions {
  double threshold_n = 20.0;
  double cutoff_hz = 50.0;
  bool remove_drift = true;
  double min_contact_s = 0.08;
  double max_contact_s = 0.45;
  double min_flight_s = 0.010;

  template <class Self, class F>
  static constexpr void fields(Self& self, F&& f) {
    f("threshold_n", self.threshold_n,
      "vertical force at which contact begins and ends, N; raised to 5 standard deviations of the "
      "force in flight where that is more, and to 50 N on dead-banded files");
    f("cutoff_hz", self.cutoff_hz, "effective cut-off of the zero-lag low-pass, Hz");
    f("remove_drift", self.remove_drift, "subtract the level of the flights around each contact");
    f("min_contact_s", self.min_contact_s, "shorter contacts are dropped and counted, s");
    f("max_contact_s", self.max_contact_s, "longer ones are kept but flagged, s");
    f("min_flight_s", self.min_flight_s, "shorter flights join the contacts around them, s");
  }
};

/// One stretch of ground contact. NaN where the record begins or ends inside it.
struct ForceContact {
  double start_s = std::numeric_limits<double>::quiet_NaN();
  double end_s = std::numeric_limits<double>::quiet_NaN();
  double peak_n = 0.0;
  bool long_contact = false;  ///< above max_contact_s: double support or standing

  [[nodiscard]] double duration_s() const { return end_s - start_s; }
};

struct ForceContacts {
  std::vector<ForceContact> contacts;  ///< sorted
  Eigen::VectorXd force_n;             ///< n, as used: upright, drift removed, low-passed
  double threshold_n = 0.0;            ///< as used
  double aerial_sd_n = 0.0;            ///< of the force in flight, after drift removal
  double drift_n = 0.0;                ///< range of the flight level over the record
  double dead_band_n = 0.0;            ///< below this the file holds a constant, 0 = none seen
  double rise_e_fold_s =
      0.0;  ///< median e-fold time of the rise between 20 and 40 N, NaN = unknown
  bool low_passed =
      false;  ///< the record was filtered before it was stored: times are several ms off
  int dropped_short = 0;     ///< contacts under min_contact_s
  bool upside_down = false;  ///< the force pointed down and was turned over
  std::vector<Note> notes;
};

/// Contacts from the vertical force of one plate or belt, n samples: the truth recipe of this
/// library.
///
/// Force that points down is turned over. The flight level is the mean over 50-70 % of each flight
/// (force still decays in the first half at slow speed), its running median of five, linear in
/// between, and is subtracted. Zero-lag Butterworth low-pass. Threshold max(threshold_n, 5 SD of
/// the aerial residual). Crossing by linear interpolation: times are not tied to samples. A record
/// whose rise between 20 and 40 N takes more than 6 ms per factor e was low-passed before it was
/// stored, which moves 20 N events by up to 17 ms: said in the notes.
///
/// Throws InvalidArgument when sizes differ, times do not increase or options are out of range.
[[nodiscard]] ForceContacts force_contacts(std::span<const double> time_s,
                                           const Eigen::Ref<const Eigen::VectorXd>& vertical_n,
                                           const ForceEventOptions& options = {});

}  // namespace runmech
