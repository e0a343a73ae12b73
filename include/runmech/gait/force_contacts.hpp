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
  double threshold_n = 0.0;            ///< as used to tell contacts
  double aerial_sd_n = 0.0;            ///< of the force in flight, after drift removal
  double drift_n = 0.0;                ///< range of the flight level over the record
  double dead_band_n = 0.0;            ///< below this the file holds a constant, 0 = none seen
  double rise_e_fold_s =
      0.0;  ///< median e-fold time of the rise between 20 and 40 N, NaN = unknown
  bool low_passed =
      false;  ///< the record was filtered before it was stored: times are several ms off
  bool extrapolated =
      false;              ///< noise hides the ends: they are extrapolated to zero force from above
  int dropped_short = 0;  ///< contacts under min_contact_s
  bool upside_down = false;  ///< the force pointed down and was turned over
  std::vector<Note> notes;
};

/// Contacts from the vertical force of one plate or belt, n samples: the truth recipe of this
/// library.
///
/// Force that points down is turned over. The flight level is the mean over 50-70 % of each flight
/// (force still decays in the first half at slow speed), its running median of five, linear in
/// between, and is subtracted. Zero-lag Butterworth low-pass. Threshold max(threshold_n, 5 SD of
/// the aerial residual). Crossing by linear interpolation: times are not tied to samples. Where the
/// noise asks for more than 40 N, the ends are where a line through the force at 50 and 150 N (or
/// at 5 SD and 100 N more) meets zero. Two faults of a file are told and noted: it stores a
/// constant below some force (dead_band_n; from 40 % of the threshold on events move by 1-2 ms,
/// above 90 % they are taken at 50 N), or it was low-passed before it was stored, which moves 20 N
/// events by up to 17 ms: what it has above 25 Hz falls off as only a filter makes it, or it rises
/// between 20 and 40 N by a factor e only every 5 ms and has little above 25 Hz, or every 9 ms. (6
/// ms alone, the limit of a study before this library, is passed by forefoot strikes at low speed.)
///
/// Throws InvalidArgument when sizes differ, times do not increase or options are out of range.
[[nodiscard]] ForceContacts force_contacts(std::span<const double> time_s,
                                           const Eigen::Ref<const Eigen::VectorXd>& vertical_n,
                                           const ForceEventOptions& options = {});

}  // namespace runmech
