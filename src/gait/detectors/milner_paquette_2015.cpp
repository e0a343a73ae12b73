// SPDX-License-Identifier: BSD-3-Clause
#include "runmech/gait/detectors/milner_paquette_2015.hpp"

#include "rule.hpp"

namespace runmech {

static_assert(Detector<MilnerPaquette2015>);

GaitEvents MilnerPaquette2015::detect(const GaitSignals& signals) const {
  detail::Rule rule(signals, "milner_paquette_2015");
  const auto fall = rule.minima(rule.path(signals.pelvis, cutoff_hz).vy);
  for (const Side side : kSides) {
    rule.strikes(side, [&](const FootSwing& step) {
      return detail::shifted(detail::lowest(fall, rule.strike_window(step)), -offset_s);
    });
  }
  return rule.events("a pelvis");
}

}  // namespace runmech
