// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <Eigen/Core>
#include <cstdint>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace runmech {

/// What a label stands for on the body.
enum class MarkerKind : std::uint8_t {
  bony,          ///< over a bony landmark: moves with the bone better than others
  skin,          ///< on soft tissue or a cluster plate: no nominal place worth trusting
  foot,          ///< on the foot or the shoe
  joint_centre,  ///< a joint centre that some program computed
  keypoint,      ///< a point that a pose estimator draws
};
[[nodiscard]] std::string_view to_string(MarkerKind);

/// One label of a marker or keypoint set.
struct MarkerDef {
  std::string label;                 ///< as the set writes it
  std::vector<std::string> aliases;  ///< other spellings, in order of preference
  std::string landmark;              ///< asis_r, knee_lateral_l, heel_r, ...; empty for clusters
  std::string segment;               ///< segment of the running skeleton; empty: not fitted
  MarkerKind kind = MarkerKind::skin;
  double sigma_m = 0.01;     ///< one SD per axis of (measured - modelled) in running; our choice
  bool static_only = false;  ///< worn in standing only; its absence from a run is not remarked on
  bool optional = false;     ///< variants of the set go without it
  bool computed = false;     ///< written by a program, not worn: used only where nothing else is
  /// Nominal place, in units of the segment's reference length from its reference point
  /// (skeleton/nominal.hpp), axes of the segment: X forward, Y up, Z to the runner's right.
  std::optional<Eigen::Vector3d> at;
};

/// A marker or keypoint set: which label stands for what.
struct MarkerSet {
  std::string name;
  std::string title;
  std::string source;
  bool keypoints = false;
  std::vector<MarkerDef> markers;
  std::map<std::string, double> common_error_m;  ///< of the segment so named, see Segment

  /// For each of `labels` the index in `markers`, or -1. Case, spaces, dots, dashes, underscores
  /// and a `Subject:` prefix do not matter. The set's own label goes before aliases; no entry
  /// twice.
  [[nodiscard]] std::vector<int> match(std::span<const std::string> labels) const;
  /// Index in `labels` of the label that stands for the landmark, or -1.
  [[nodiscard]] int find(std::span<const std::string> labels, std::string_view landmark) const;
};

/// Names of the sets that come with the library, sorted.
[[nodiscard]] const std::vector<std::string>& marker_set_names();

/// A set by name, or, when `name` ends in .json, read from that file. Throws InvalidArgument
/// listing the names; for a file IoError.
[[nodiscard]] const MarkerSet& marker_set(std::string_view name);

/// Parses the text of a marker set file; `where` is named in errors. Throws InvalidArgument.
[[nodiscard]] MarkerSet parse_marker_set(std::string_view json, std::string_view where);

/// Which set the labels come from.
struct MarkerSetMatch {
  const MarkerSet* set = nullptr;  ///< null: not recognised or ambiguous, `reason` says why
  double score = 0.0;              ///< 0..1, Dice coefficient of expected and known labels
  std::string runner_up;           ///< next best set, may be empty
  double runner_up_score = 0.0;
  std::vector<std::string> missing;  ///< labels of the set that are not there (static ones aside)
  std::vector<std::string> extra;    ///< labels that the set does not know
  std::string reason;                ///< for people; names marker_set= where the caller must decide
};

/// Recognises the set by its labels. Two sets about as good are ambiguous only where they read one
/// of the labels differently.
[[nodiscard]] MarkerSetMatch recognise_marker_set(std::span<const std::string> labels);

/// The set named in `name`, else the recognised one. Throws InvalidArgument with the reason.
[[nodiscard]] const MarkerSet& require_marker_set(std::span<const std::string> labels,
                                                  std::string_view name = {});

}  // namespace runmech
