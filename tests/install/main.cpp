// SPDX-License-Identifier: BSD-3-Clause
// Includes every public header of the installed package with only its public dependencies in reach,
// and calls into it. Argument: the version it should find.
#include <iostream>
#include <runmech/runmech.hpp>
#include <string_view>

#if defined(CERES_PUBLIC_CERES_H_) || defined(SPDLOG_H) || defined(INCLUDE_NLOHMANN_JSON_HPP_)
#error "a public header leaks a private dependency"
#endif

int main(int argc, char** argv) {
  if (argc != 2 || runmech::version() != std::string_view(argv[1])) {
    std::cerr << "found version " << runmech::version() << '\n';
    return 1;
  }
  runmech::Recording recording;
  recording.time_s = {0.0, 0.01};
  recording.labels = {"R.Heel"};
  recording.positions_m = runmech::FrameMatrix::Zero(2, 3);
  recording.validate();
  return recording.rate_hz() > 99.0 && recording.rate_hz() < 101.0 ? 0 : 1;
}
