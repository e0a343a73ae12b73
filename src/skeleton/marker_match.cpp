// SPDX-License-Identifier: BSD-3-Clause
#include <algorithm>

#include "runmech/core/errors.hpp"
#include "runmech/core/printed.hpp"
#include "runmech/skeleton/marker_set.hpp"

namespace runmech {
namespace {

// Our choices: below this a set explains too little of the labels to be taken for theirs ...
constexpr double kLeastScore = 0.25;
constexpr int kLeastLabels = 4;
// ... and a runner-up this close that reads a label differently makes the choice the caller's.
constexpr double kClearMargin = 0.08;
// ... and so does one that explains as many labels of a set that is far from complete.
constexpr double kNearlyComplete = 0.75;

struct Candidate {
  const MarkerSet* set = nullptr;
  std::vector<int> match;
  int n_matched = 0;
  double score = 0.0;
};

bool read_alike(const Candidate& a, const Candidate& b) {
  for (std::size_t i = 0; i < a.match.size(); ++i) {
    if (a.match[i] < 0 || b.match[i] < 0) continue;
    const MarkerDef& left = a.set->markers[static_cast<std::size_t>(a.match[i])];
    const MarkerDef& right = b.set->markers[static_cast<std::size_t>(b.match[i])];
    if (left.landmark != right.landmark || left.segment != right.segment) return false;
  }
  return true;
}

std::string listed(const std::vector<std::string>& words) {
  std::string out;
  for (const std::string& word : words) out += (out.empty() ? "" : ", ") + word;
  return out;
}

std::string percent(double fraction) {
  return printed("%.0f %%", 100.0 * fraction);
}

}  // namespace

MarkerSetMatch recognise_marker_set(std::span<const std::string> labels) {
  std::vector<Candidate> candidates;
  std::vector<bool> known(labels.size(), false);
  for (const std::string& name : marker_set_names()) {
    Candidate candidate{&marker_set(name), {}, 0, 0.0};
    candidate.match = candidate.set->match(labels);
    for (std::size_t i = 0; i < labels.size(); ++i) {
      if (candidate.match[i] < 0) continue;
      known[i] = true;
      ++candidate.n_matched;
    }
    candidates.push_back(std::move(candidate));
  }
  // Labels that no set knows (model outputs, unnamed points) say nothing about the choice.
  const auto n_known = std::count(known.begin(), known.end(), true);
  for (Candidate& candidate : candidates) {
    int absent = 0;
    std::vector<bool> present(candidate.set->markers.size(), false);
    for (const int m : candidate.match) {
      if (m >= 0) present[static_cast<std::size_t>(m)] = true;
    }
    for (std::size_t m = 0; m < present.size(); ++m) {
      const MarkerDef& def = candidate.set->markers[m];
      if (!present[m] && !def.optional && !def.static_only) ++absent;
    }
    const double total = candidate.n_matched + absent + static_cast<double>(n_known);
    candidate.score = total > 0.0 ? 2.0 * candidate.n_matched / total : 0.0;
  }
  std::stable_sort(candidates.begin(), candidates.end(),
                   [](const Candidate& a, const Candidate& b) { return a.score > b.score; });

  MarkerSetMatch out;
  if (candidates.empty()) {
    out.reason = "no marker sets are known";
    return out;
  }
  const Candidate& best = candidates.front();
  out.score = best.score;
  if (candidates.size() > 1) {
    out.runner_up = candidates[1].set->name;
    out.runner_up_score = candidates[1].score;
  }
  const std::string names = listed(marker_set_names());
  if (best.n_matched < kLeastLabels || best.score < kLeastScore) {
    out.reason = "the labels fit no known marker set (best: " + best.set->name + ", " +
                 std::to_string(best.n_matched) + " labels); give marker_set= one of " + names +
                 ", or the path of a .json file";
    return out;
  }
  for (std::size_t i = 1; i < candidates.size(); ++i) {
    const Candidate& other = candidates[i];
    const bool close = best.score - other.score < kClearMargin ||
                       (other.n_matched >= best.n_matched && best.score < kNearlyComplete);
    if (!close || read_alike(best, other)) continue;
    out.reason = "the labels fit " + best.set->name + " (" + percent(best.score) + ") and " +
                 other.set->name + " (" + percent(other.score) +
                 ") about equally and mean different places there; give marker_set= one of the two";
    return out;
  }
  out.set = best.set;
  std::vector<bool> present(best.set->markers.size(), false);
  for (std::size_t i = 0; i < labels.size(); ++i) {
    if (best.match[i] < 0) {
      out.extra.push_back(labels[i]);
    } else {
      present[static_cast<std::size_t>(best.match[i])] = true;
    }
  }
  for (std::size_t m = 0; m < present.size(); ++m) {
    const MarkerDef& def = best.set->markers[m];
    if (!present[m] && !def.optional && !def.static_only) out.missing.push_back(def.label);
  }
  out.reason = best.set->name + " by " + std::to_string(best.n_matched) + " labels (" +
               percent(best.score) + ")";
  return out;
}

const MarkerSet& require_marker_set(std::span<const std::string> labels, std::string_view name) {
  if (!name.empty()) return marker_set(name);
  const MarkerSetMatch found = recognise_marker_set(labels);
  if (found.set == nullptr) throw InvalidArgument(found.reason);
  return *found.set;
}

}  // namespace runmech
