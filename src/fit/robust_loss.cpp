// SPDX-License-Identifier: BSD-3-Clause
#include "runmech/fit/robust_loss.hpp"

#include "runmech/core/spelling.hpp"

namespace runmech {
namespace {

constexpr Spelling<RobustLoss> kLossNames[]{{RobustLoss::none, "none"},
                                            {RobustLoss::huber, "huber"},
                                            {RobustLoss::cauchy, "cauchy"},
                                            {RobustLoss::tukey, "tukey"}};

}  // namespace

std::string_view to_string(RobustLoss v) {
  return spell<RobustLoss>(kLossNames, v);
}
RobustLoss parse_robust_loss(std::string_view t) {
  return parse_spelling<RobustLoss>(kLossNames, "robust loss", t);
}

}  // namespace runmech
