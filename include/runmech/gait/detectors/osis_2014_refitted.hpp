// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <Eigen/Core>
#include <optional>
#include <vector>

#include "runmech/gait/detector.hpp"

namespace runmech {

/// The method of Osis, Hettinga, Macdonald and Ferber (2014, J Biomech 47:2786; the clinic's later
/// code of 2016) with coefficients of OUR OWN: theirs were published with a data set that we do not
/// have. Structure as in that code: sagittal foot, ankle, knee and hip angles at 200 Hz; a row of
/// their second differences, 71 frames each, around an anchor (strike: the greatest angular
/// acceleration of the foot, 35 frames to either side; toe-off: the most plantar-flexed foot, the
/// 70 frames before it); its score on one principal component; a straight line from score to the
/// time between anchor and event. Authors: 89 to 94 % of strikes within 20 ms (truth 10 N, 154
/// runners). On RBDS runners left out of the fit: strikes RMSE 7.5 ms, 99.8 % within 20 ms;
/// toe-offs 21 ms, 85 %.
///
/// Ours: the components and lines, fitted to the 14 RBDS runners at 20 N by
/// benchmarks/events/osis.py (which component, too: theirs were the second and the third of another
/// decomposition); thigh to the vertical as hip angle, foot pitch of heel to toe; low-pass 20 Hz
/// before the differences; windows for the anchors. Needs hip, knee, ankle, heel and toe.
struct Osis2014Refitted {
  [[nodiscard]] GaitEvents detect(const GaitSignals& signals) const;
};

/// Anchors of one foot and what surrounds them: what the coefficients are fitted to.
struct OsisRows {
  std::vector<double> anchor_s;
  Eigen::Matrix<double, Eigen::Dynamic, Eigen::Dynamic, Eigen::RowMajor> rows;  ///< n x 284
};
/// Rows that reach beyond the record or over a long hole are left out.
[[nodiscard]] OsisRows osis_rows(const GaitSignals& signals, Side side, EventType type);

}  // namespace runmech
