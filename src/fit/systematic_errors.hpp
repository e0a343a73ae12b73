// SPDX-License-Identifier: BSD-3-Clause
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "lasting_errors.hpp"
#include "pose_errors.hpp"
#include "runmech/fit/systematic_errors.hpp"

namespace runmech {

/// `lasting`: of the residuals; the table `path` (empty: fit/skin_errors.json) holds where the
/// skeleton's markers are on skin. Where the residuals say more than the table, they count.
[[nodiscard]] std::shared_ptr<const SystematicErrors> systematic_errors(const PoseErrors& poses,
                                                                        const Motion& motion,
                                                                        const Lasting& lasting,
                                                                        const std::string& path);

}  // namespace runmech
