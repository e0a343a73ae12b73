// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <map>
#include <string>
#include <vector>

#include "osim_model.hpp"
#include "runmech/skeleton/skeleton.hpp"

namespace runmech::osim {

/// Which joints the skeleton takes, in tree order (parents first, the body with most markers before
/// its sisters), once couplers are worked into the joints. What is left out is said in `notes`.
/// Throws IoError where joints form no tree or a constraint holds something that is needed.
[[nodiscard]] std::vector<int> needed_joints(const Document& document, Model& model,
                                             std::vector<Note>& notes);

/// Segments, coordinates, elements and markers of those joints. `weights`: of the marker tasks,
/// null where none were given.
[[nodiscard]] Skeleton tree_of(const Document& document, const Model& model,
                               const std::vector<int>& joints,
                               const std::map<std::string, double>* weights);

/// Weights of the applied marker tasks of an inverse kinematics set-up. Throws IoError.
[[nodiscard]] std::map<std::string, double> marker_weights(const Document& document,
                                                           std::vector<Note>& notes);

/// Landmarks by the names of joints and by what the marker labels stand for.
void add_landmarks(const std::vector<BodyPoint>& labelled, Skeleton& skeleton);

/// "a, b, c".
[[nodiscard]] std::string listed(const std::vector<std::string>& names);

}  // namespace runmech::osim
