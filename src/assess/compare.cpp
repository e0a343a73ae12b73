// SPDX-License-Identifier: BSD-3-Clause
#include "runmech/assess/compare.hpp"

#include <algorithm>
#include <cmath>
#include <map>
#include <numbers>

#include "change.hpp"
#include "runmech/core/errors.hpp"
#include "runmech/core/printed.hpp"
#include "runmech/core/spelling.hpp"

namespace runmech {
namespace {

using assess_detail::Pair;

constexpr Spelling<ChangeVerdict> kVerdicts[]{
    {ChangeVerdict::not_comparable, "not_comparable"},
    {ChangeVerdict::no_detectable_change, "no_detectable_change"},
    {ChangeVerdict::possible, "possible"},
    {ChangeVerdict::real_change_toward, "real_change_toward"},
    {ChangeVerdict::real_change_away, "real_change_away"},
};

constexpr Spelling<ChangeLead> kLeads[]{
    {ChangeLead::ungraded, "ungraded"}, {ChangeLead::toward, "toward"},
    {ChangeLead::away, "away"},         {ChangeLead::inside, "inside"},
    {ChangeLead::stronger, "stronger"}, {ChangeLead::weaker, "weaker"},
};

/// Puts the earlier session first; refuses one session given twice.
void order(Reassessment& out) {
  const SessionDate a = parse_session_date(out.baseline.date);
  const SessionDate b = parse_session_date(out.followup.date);
  const auto which = order_of(a, b);
  const bool same_text = a.has_time && a.text == b.text;
  if (same_text || (which && *which == 0)) {
    throw InvalidArgument("both sessions are of the same instant (" + a.text + " and " + b.text +
                          "); two different visits are needed");
  }
  if (which && *which > 0) {
    std::swap(out.baseline, out.followup);
    out.notes.push_back(
        {"date",
         "the sessions were put in the order of their dates: " + b.text + " before " + a.text,
         true});
  }
  if (!which) {
    out.notes.push_back(
        {"date", "the dates do not tell which session came first; the order given is kept", true});
  }
  for (const SessionDate* date : {&a, &b}) {
    if (!date->note.empty()) {
      out.notes.push_back(
          {"date", (date->text.empty() ? "" : date->text + ": ") + date->note, false});
    }
  }
}

/// Why no metric of the two can be compared; empty where they can.
std::vector<std::string> obstacles(const TrialContext& a, const TrialContext& b,
                                   const assess_detail::ChangeLimits& limits) {
  std::vector<std::string> out;
  const double apart = std::abs(b.speed_m_s - a.speed_m_s);
  if (std::isnan(apart)) {
    out.push_back(std::string("the running speed of the ") +
                  (std::isnan(a.speed_m_s) && std::isnan(b.speed_m_s) ? "two sessions"
                   : std::isnan(a.speed_m_s)                          ? "first session"
                                                                      : "second session") +
                  " is not known");
  } else if (apart > limits.speed_limit_m_s + 1e-9 ||
             apart > limits.speed_limit_share * a.speed_m_s + 1e-9) {
    out.push_back(printed("the speeds differ: %.2f and %.2f m/s (allowed: %.2f m/s and %.0f %%)",
                          a.speed_m_s, b.speed_m_s, limits.speed_limit_m_s,
                          100.0 * limits.speed_limit_share));
  }
  if (a.surface != b.surface && a.surface != Surface::unknown && b.surface != Surface::unknown) {
    out.push_back("the surfaces differ: " + std::string(to_string(a.surface)) + " and " +
                  std::string(to_string(b.surface)));
  }
  if (a.keypoints != b.keypoints) {
    out.push_back("one session is from markers, the other from keypoints in a picture");
  } else if (a.view != b.view) {
    out.push_back("the views differ: " + std::string(to_string(a.view)) + " and " +
                  std::string(to_string(b.view)));
  }
  return out;
}

bool is_real(const Change& c) {
  return c.verdict == ChangeVerdict::real_change_toward ||
         c.verdict == ChangeVerdict::real_change_away;
}

/// Real changes that do not stand among all comparisons become possible ones (Benjamini and
/// Hochberg 1995).
void correct_for_many(std::vector<Change>& changes, double rate) {
  std::vector<double> p;
  for (const Change& c : changes) {
    if (c.verdict != ChangeVerdict::not_comparable) p.push_back(c.p);
  }
  std::sort(p.begin(), p.end());
  double threshold = 0.0;
  for (std::size_t k = 0; k < p.size(); ++k) {
    const double line = rate * static_cast<double>(k + 1) / static_cast<double>(p.size());
    if (p[k] <= line) threshold = p[k];
  }
  for (Change& c : changes) {
    if (!is_real(c) || c.p <= threshold) continue;
    c.verdict = ChangeVerdict::possible;
    c.reason = printed("alone it would count, among %d comparisons it may be chance",
                       static_cast<int>(p.size()));
  }
}

/// Which of two sides' leads is told: the wrong way first.
int rank(ChangeLead lead) {
  return lead == ChangeLead::away       ? 0
         : lead == ChangeLead::toward   ? 1
         : lead == ChangeLead::ungraded ? 3
                                        : 2;
}

/// The changes of one metric, all sides, as one.
struct MetricChange {
  bool compared = false;
  bool possible = false;
  bool real = false;
  ChangeLead lead = ChangeLead::ungraded;  ///< where the sides disagree, the wrong way is told
};

std::string summary_of(const Reassessment& r) {
  if (!r.comparable) return "The sessions cannot be compared: " + r.reasons.front() + ".";
  std::map<std::string_view, MetricChange> metrics;
  for (const Change& c : r.changes) {
    MetricChange& metric = metrics[c.metric];
    metric.compared |= c.verdict != ChangeVerdict::not_comparable;
    metric.possible |= c.verdict == ChangeVerdict::possible;
    if (!is_real(c)) continue;
    if (!metric.real || rank(c.lead) < rank(metric.lead)) metric.lead = c.lead;
    metric.real = true;
  }
  int compared = 0, possible = 0, real = 0;
  std::map<ChangeLead, int> led;
  for (const auto& [id, metric] : metrics) {
    compared += metric.compared;
    possible += metric.possible && !metric.real;
    real += metric.real;
    if (metric.real) ++led[metric.lead];
  }
  std::string where;
  const auto tell = [&](ChangeLead lead, const char* words) {
    if (led[lead] > 0) where += printed("%s%d %s", where.empty() ? ": " : ", ", led[lead], words);
  };
  tell(ChangeLead::toward, "toward the usual range");
  tell(ChangeLead::away, "away from it");
  tell(ChangeLead::inside, "inside it before and after");
  tell(ChangeLead::ungraded, "not graded");
  return printed("Of %d metrics compared, %d really changed", compared, real) + where +
         printed(". %d possibly changed.", possible);
}

}  // namespace

std::string_view to_string(ChangeVerdict v) {
  return spell<ChangeVerdict>(kVerdicts, v);
}
std::string_view to_string(ChangeLead v) {
  return spell<ChangeLead>(kLeads, v);
}

ReliableChange reliable_change(double x1, double s1, int n1, double x2, double s2, int n2,
                               double sem, double inflation) {
  if (n1 < 1 || n2 < 1 || s1 < 0.0 || s2 < 0.0 || sem < 0.0 || inflation < 0.0) {
    throw InvalidArgument(
        printed("reliable_change: n %d and %d, sd %g and %g, sem %g, inflation %g; allowed: n "
                "from 1, the others from 0",
                n1, n2, s1, s2, sem, inflation));
  }
  ReliableChange out;
  out.difference = x2 - x1;
  const double within = inflation * inflation * (s1 * s1 / n1 + s2 * s2 / n2);
  out.sd = std::sqrt(2.0 * sem * sem + within);
  out.index = out.difference / out.sd;
  out.p = std::erfc(std::abs(out.index) / std::numbers::sqrt2);
  return out;
}

Reassessment compare(const Assessment& baseline, const Assessment& followup,
                     const CompareOptions& options) {
  Session before;
  before.assessment = baseline;
  Session after;
  after.assessment = followup;
  return compare(before, after, options);
}

Reassessment compare(const Session& baseline, const Session& followup,
                     const CompareOptions& options) {
  const auto limits = assess_detail::change_limits(options.limits_path);
  const auto bands = reference_bands(options.bands_path);
  Reassessment out;
  out.baseline = baseline;
  out.followup = followup;
  order(out);
  const Session& a = out.baseline;
  const Session& b = out.followup;
  if (!a.subject.name.empty() && !b.subject.name.empty() && a.subject.name != b.subject.name) {
    out.notes.push_back(
        {"subject",
         "the sessions carry different names: " + a.subject.name + " and " + b.subject.name, true});
  }
  const TrialContext& ca = a.assessment.table.context;
  const TrialContext& cb = b.assessment.table.context;
  out.reasons = obstacles(ca, cb, limits);
  out.comparable = out.reasons.empty();
  const bool same_rule = ca.detector == cb.detector;
  if (!same_rule) {
    out.notes.push_back({"detector",
                         "foot contacts come from different rules (" + ca.detector + " and " +
                             cb.detector + "): what hangs on event times is not compared",
                         true});
  }
  const bool handed_over = same_rule && ca.told_by != cb.told_by;
  if (handed_over) {
    out.notes.push_back({"detector",
                         ca.detector + " left the foot contacts of one session to " + ca.told_by +
                             cb.told_by +
                             ", whose errors are others: they count in full in what "
                             "hangs on event times",
                         true});
  }
  for (const MetricRow& row : a.assessment.table.rows) {
    if (row.stride != MetricRow::kSummary) continue;
    const Pair pair{row,
                    b.assessment.table.summary(row.metric, row.side),
                    ca,
                    cb,
                    find_band(bands, row.metric),
                    out.comparable ? "" : out.reasons.front(),
                    same_rule,
                    handed_over};
    out.changes.push_back(assess_detail::change_of(pair, limits));
  }
  correct_for_many(out.changes, limits.false_discovery_rate);
  out.strength = assess_detail::strength_changes(a.assessment.strength, b.assessment.strength);
  if (!out.strength.empty()) {
    out.notes.push_back({"strength",
                         "two weeks show motor learning, not strength: strength needs six weeks "
                         "or more, and each limb is compared with itself",
                         false});
  }
  const int compared =
      static_cast<int>(std::count_if(out.changes.begin(), out.changes.end(), [](const Change& c) {
        return c.side == RowSide::both && c.verdict != ChangeVerdict::not_comparable;
      }));
  if (compared > 0) {
    out.notes.push_back(
        {"chance",
         printed("without any true change about %.1f of %d metrics would pass 1.96 by "
                 "chance; of those called real about 1 in 10 may be",
                 0.05 * compared, compared),
         false});
  }
  out.text = summary_of(out);
  return out;
}

}  // namespace runmech
