// SPDX-License-Identifier: BSD-3-Clause
#include <algorithm>
#include <cmath>

#include "runmech/gait/strides.hpp"
#include "trial.hpp"

namespace runmech::metrics_detail {
namespace {

/// Assumed where a detector states none: the error of kinematic foot strikes against force, RBDS
/// (validity, header).
constexpr double kDefaultEventSd_s = 0.0073;
/// Plate events: a filtered 50 N crossing moves by less than a millisecond (validity 1.1).
constexpr double kForceEventSd_s = 0.001;

/// The events as instants with an error, found again by side, type and time.
class Instants {
 public:
  Instants(const GaitEvents& events, double rate_hz) : events_(events.events) {
    const double sampling_sd_s = rate_hz > 0.0 ? 1.0 / (rate_hz * std::sqrt(12.0)) : 0.0;
    default_sd_s_ =
        events.detector == "force" ? kForceEventSd_s : std::max(kDefaultEventSd_s, sampling_sd_s);
  }
  [[nodiscard]] Instant at(Side side, EventType type, double time_s) const {
    for (const GaitEvent& e : events_) {
      if (e.side == side && e.type == type && e.time_s == time_s) {
        return {e.time_s, e.sd_s > 0.0 ? e.sd_s : default_sd_s_, e.flag};
      }
    }
    return {};
  }

 private:
  const std::vector<GaitEvent>& events_;
  double default_sd_s_ = 0.0;
};

/// A last or lone contact belongs to no stride: its own toe-off is the next event of that foot,
/// within a stride's contact time at most.
double lone_toe_off(const GaitEvents& events, Side side, double strike_s, double longest_s) {
  const auto offs = events.times(side, EventType::toe_off);
  const auto strikes = events.times(side, EventType::foot_strike);
  const auto off = std::upper_bound(offs.begin(), offs.end(), strike_s);
  const auto next = std::upper_bound(strikes.begin(), strikes.end(), strike_s);
  if (off == offs.end() || *off > strike_s + longest_s) return kNaN;
  return next != strikes.end() && *next < *off ? kNaN : *off;
}

}  // namespace

Sided<std::vector<Contact>> contacts_of(const GaitEvents& events, const GaitSignals& signals,
                                        double rate_hz) {
  const Instants instants(events, rate_hz);
  // Lost frames cost single values, not the stride.
  const std::vector<Stride> all = strides(events, &signals, {.max_missing = 1.0});
  Sided<std::vector<Contact>> out;
  for (const Side side : kSides) {
    for (const double strike_s : events.times(side, EventType::foot_strike)) {
      Contact contact;
      contact.side = side;
      contact.index = static_cast<int>(out[side].size());
      contact.strike = instants.at(side, EventType::foot_strike, strike_s);
      double toe_off_s = lone_toe_off(events, side, strike_s, kLongestContact_s);
      for (const Stride& stride : all) {
        if (stride.side == side && stride.foot_strike_s == strike_s) {
          contact.next_strike =
              instants.at(side, EventType::foot_strike, stride.next_foot_strike_s);
          contact.next_other =
              instants.at(opposite(side), EventType::foot_strike, stride.opposite_foot_strike_s);
          toe_off_s = stride.toe_off_s;
          if (!stride.used) contact.doubt = stride.reason;
        }
        // This strike inside a stride of the other foot: the step that ends here began there.
        if (stride.side != side && stride.opposite_foot_strike_s == strike_s) {
          contact.previous_other =
              instants.at(opposite(side), EventType::foot_strike, stride.foot_strike_s);
        }
      }
      contact.toe_off = instants.at(side, EventType::toe_off, toe_off_s);
      for (const Instant* at : {&contact.strike, &contact.toe_off, &contact.next_strike}) {
        if ((at->flag == "clip_edge" || at->flag == "gap") && contact.doubt.empty()) {
          contact.doubt = at->flag == "gap" ? "an event in a gap" : "an event at the clip's edge";
        }
      }
      out[side].push_back(std::move(contact));
    }
  }
  return out;
}

}  // namespace runmech::metrics_detail
