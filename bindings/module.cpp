// SPDX-License-Identifier: BSD-3-Clause
#include "bindings.hpp"
#include "runmech/core/version.hpp"

PYBIND11_MODULE(_core, m) {
  using namespace runmech::bindings;
  m.doc() = "runmech's compiled rooms; import runmech instead";
  m.attr("__version__") = std::string(runmech::version());
  bind_core(m);
  bind_recordings(m);
  bind_data(m);
  bind_skeleton(m);
  bind_io(m);
  bind_calibration(m);
  bind_trajectory(m);
  bind_fit(m);
  bind_gait(m);
  bind_event_windows(m);
  bind_metrics(m);
  bind_strength(m);
  bind_assess(m);
  bind_synth(m);
}
