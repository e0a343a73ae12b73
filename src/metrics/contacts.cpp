// SPDX-License-Identifier: BSD-3-Clause
#include <algorithm>
#include <cmath>

#include "runmech/signal/robust.hpp"
#include "trial.hpp"

namespace runmech::metrics_detail {
namespace {

/// Assumed where a detector states none: the error of kinematic foot strikes against force, RBDS (validity 2).
constexpr double kDefaultEventSd_s = 0.0073;
/// Plate events: a filtered 50 N crossing moves by less than a millisecond (validity 1.1).
constexpr double kForceEventSd_s = 0.001;

Instant instant(const GaitEvent& event, double default_sd_s) {
  return {event.time_s, event.sd_s > 0.0 ? event.sd_s : default_sd_s, event.flag};
}

/// Index of the stretch a time belongs to; all the same where no stretches are given.
int span_of(const GaitEvents& events, double time_s) {
  constexpr double kSlack_s = 0.05;  // an event at the very end of its stretch
  for (std::size_t i = 0; i < events.spans.size(); ++i) {
    if (time_s >= events.spans[i].start_s - kSlack_s && time_s <= events.spans[i].end_s + kSlack_s) {
      return static_cast<int>(i);
    }
  }
  return -1;
}

void mark_outliers(Sided<std::vector<Contact>>& contacts) {
  std::vector<double> times;
  for (const Side side : kSides) {
    for (const Contact& c : contacts[side]) {
      if (c.next_strike.known()) times.push_back(c.stride_s());
    }
  }
  if (times.size() < 4) return;
  const double centre = median(times);
  // Median +- 3 robust SD (metrics 0.4); never tighter than 3 % of a stride (our choice).
  const double limit = std::max(3.0 * robust_sd(times), 0.03 * centre);
  for (const Side side : kSides) {
    for (Contact& c : contacts[side]) {
      if (c.next_strike.known() && std::abs(c.stride_s() - centre) > limit && c.doubt.empty()) {
        c.doubt = "stride time far from the others";
      }
    }
  }
}

}  // namespace

Sided<std::vector<Contact>> contacts_of(const GaitEvents& events, double rate_hz) {
  const double sampling_sd_s = rate_hz > 0.0 ? 1.0 / (rate_hz * std::sqrt(12.0)) : 0.0;
  const double default_sd_s = events.detector == "force"
                                  ? kForceEventSd_s
                                  : std::max(kDefaultEventSd_s, sampling_sd_s);
  std::vector<GaitEvent> sorted = events.events;
  std::stable_sort(sorted.begin(), sorted.end(),
                   [](const GaitEvent& a, const GaitEvent& b) { return a.time_s < b.time_s; });
  Sided<std::vector<Contact>> out;
  for (std::size_t i = 0; i < sorted.size(); ++i) {
    if (sorted[i].type != EventType::foot_strike) continue;
    const Side side = sorted[i].side;
    Contact contact;
    contact.side = side;
    contact.index = static_cast<int>(out[side].size());
    contact.strike = instant(sorted[i], default_sd_s);
    const int span = span_of(events, contact.strike.time_s);
    for (std::size_t j = i; j-- > 0;) {
      if (sorted[j].type != EventType::foot_strike) continue;
      if (sorted[j].side != side && span_of(events, sorted[j].time_s) == span) {
        contact.previous_other = instant(sorted[j], default_sd_s);
      }
      break;  // only the strike directly before: two of one foot in a row mean a missed one
    }
    int others = 0;
    for (std::size_t j = i + 1; j < sorted.size(); ++j) {
      const GaitEvent& event = sorted[j];
      if (span_of(events, event.time_s) != span) break;
      if (event.side == side && event.type == EventType::toe_off && !contact.toe_off.known()) {
        contact.toe_off = instant(event, default_sd_s);
      }
      if (event.type != EventType::foot_strike) continue;
      if (event.side == side) {
        contact.next_strike = instant(event, default_sd_s);
        break;
      }
      if (++others == 1) contact.next_other = instant(event, default_sd_s);
    }
    if (contact.next_strike.known() && others != 1) {
      contact.next_strike = {};
      contact.next_other = others == 0 ? Instant{} : contact.next_other;
      contact.doubt = "a foot strike is missing or doubled in this stride";
    }
    for (const Instant* at : {&contact.strike, &contact.toe_off, &contact.next_strike}) {
      if ((at->flag == "clip_edge" || at->flag == "gap") && contact.doubt.empty()) {
        contact.doubt = "event at a " + std::string(at->flag == "gap" ? "gap" : "clip's edge");
      }
    }
    out[side].push_back(std::move(contact));
  }
  mark_outliers(out);
  return out;
}

}  // namespace runmech::metrics_detail
