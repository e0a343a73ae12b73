// SPDX-License-Identifier: BSD-3-Clause
#include "labels.hpp"

#include <algorithm>
#include <map>
#include <unordered_set>

#include "text.hpp"

namespace runmech {
namespace {

bool is_unlabelled(std::string_view name) {
  name = text::trim(name);
  // "Subject:*60" is as unlabelled as "*60".
  if (const std::size_t colon = name.rfind(':'); colon != std::string_view::npos) {
    if (text::trim(name.substr(colon + 1)).starts_with('*')) return true;
  }
  if (name.starts_with('*')) return true;
  const std::string word = text::lower(name);
  return word.starts_with("unlabeled:") || word.starts_with("unlabelled:") ||
         word.starts_with("unidentified");
}

void drop_points(Recording& recording, const std::vector<Eigen::Index>& kept) {
  Recording old = recording;
  const auto n = static_cast<Eigen::Index>(kept.size());
  recording.labels.clear();
  recording.positions_m.resize(old.n_frames(), 3 * n);
  if (old.confidence.size() != 0) recording.confidence.resize(old.n_frames(), n);
  for (Eigen::Index i = 0; i < n; ++i) {
    const Eigen::Index from = kept[static_cast<std::size_t>(i)];
    recording.labels.push_back(old.labels[static_cast<std::size_t>(from)]);
    recording.positions_m.middleCols(3 * i, 3) = old.positions_m.middleCols(3 * from, 3);
    if (old.confidence.size() != 0) recording.confidence.col(i) = old.confidence.col(from);
  }
}

void take_off_prefix(Recording& recording) {
  std::map<std::string, int> prefixes;
  for (const auto& label : recording.labels) {
    const std::size_t colon = label.find(':');
    if (colon != std::string::npos && colon > 0 && colon + 1 < label.size()) {
      ++prefixes[label.substr(0, colon)];
    }
  }
  if (prefixes.empty()) return;
  const auto most = std::max_element(prefixes.begin(), prefixes.end(),
                                     [](auto& a, auto& b) { return a.second < b.second; });
  const std::string start = most->first + ":";
  std::unordered_set<std::string> plain(recording.labels.begin(), recording.labels.end());
  for (auto& label : recording.labels) {
    if (!label.starts_with(start)) continue;
    const std::string bare(text::trim(std::string_view(label).substr(start.size())));
    if (!bare.empty() && plain.insert(bare).second) label = bare;
  }
  if (recording.subject.empty()) recording.subject = most->first;
  recording.note("labels", "prefix \"" + start + "\" taken off and kept as the subject");
  if (prefixes.size() > 1) {
    recording.warn("labels", std::to_string(prefixes.size()) +
                                 " prefixes occur; names keep all but \"" + start + "\"");
  }
}

}  // namespace

void make_unique(std::vector<std::string>& names, Recording& notes) {
  std::unordered_set<std::string> seen;
  std::size_t repeated = 0;
  std::string example;
  std::map<std::string, int> next;
  for (std::size_t i = 0; i < names.size(); ++i) {
    std::string name = names[i].empty() ? "unnamed_" + std::to_string(i + 1) : names[i];
    if (!seen.insert(name).second) {
      int& count = next.try_emplace(name, 2).first->second;
      std::string fresh;
      do fresh = name + "_" + std::to_string(count++);
      while (!seen.insert(fresh).second);
      ++repeated;
      example = name;
      name = fresh;
    }
    names[i] = name;
  }
  if (repeated > 0) {
    notes.warn("labels", std::to_string(repeated) + " names occur twice (such as " +
                             text::quoted(example) + "); later ones got _2, _3, ...");
  }
}

void tidy_labels(Recording& recording) {
  for (auto& label : recording.labels) label = std::string(text::trim(label));
  std::vector<Eigen::Index> kept;
  for (Eigen::Index i = 0; i < recording.n_points(); ++i) {
    if (!is_unlabelled(recording.labels[static_cast<std::size_t>(i)])) kept.push_back(i);
  }
  const auto dropped = recording.n_points() - static_cast<Eigen::Index>(kept.size());
  if (dropped > 0) {
    drop_points(recording, kept);
    recording.note("labels",
                   std::to_string(dropped) + " unlabelled points (such as *12) were left out");
  }
  take_off_prefix(recording);
  make_unique(recording.labels, recording);
}

}  // namespace runmech
