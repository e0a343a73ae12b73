// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <string>
#include <vector>

#include "runmech/data/recording.hpp"

namespace runmech {

/// Gives blank names one and repeated names "_2", "_3", ...; warns in the notes.
void make_unique(std::vector<std::string>& names, Recording& notes);

/// What tools put around names: the prefix "Subject:" is taken off and kept as recording.subject,
/// points that no person labelled ("*60", "Unlabeled:12", "*Unnamed_3") are left out and counted,
/// repeated names are told apart.
void tidy_labels(Recording& recording);

}  // namespace runmech
