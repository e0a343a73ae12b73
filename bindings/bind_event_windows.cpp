// SPDX-License-Identifier: BSD-3-Clause
#include "bindings.hpp"
#include "runmech/gait/detectors/runmech.hpp"
#include "runmech/gait/event_windows.hpp"
#include "runmech/gait/laboratory_offset.hpp"

namespace runmech::bindings {

void bind_event_windows(py::module_& m) {
  py::class_<EventChannels>(m, "EventChannels", "What the local regression of `runmech` sees.")
      .def_readonly("start_s", &EventChannels::start_s)
      .def_readonly("step_s", &EventChannels::step_s)
      .def_readonly("clock", &EventChannels::clock)
      .def(
          "speed", [](const EventChannels& c, Side side) { return c.speed[side]; }, py::arg("side"),
          "Running speed as a number, one per sample.")
      .def_property_readonly("left", [](const EventChannels& c) { return c.values.left; })
      .def_property_readonly("right", [](const EventChannels& c) { return c.values.right; })
      .def(
          "windows",
          [](const EventChannels& c, Side side, const std::vector<double>& times_s,
             const std::vector<int>& channels, int first, int last, int step) {
            for (const int k : channels) {
              if (k < 0 || k >= static_cast<int>(kEventChannels.size()))
                throw InvalidArgument("windows: no event channel has the index " +
                                      std::to_string(k));
            }
            if (step < 1 || last < first)
              throw InvalidArgument("windows: lags must go upward from first to last");
            const WindowShape shape{channels, first, last, step};
            Eigen::MatrixXd out(static_cast<Eigen::Index>(times_s.size()), shape.size());
            for (std::size_t i = 0; i < times_s.size(); ++i) {
              out.row(static_cast<Eigen::Index>(i)) =
                  event_window(c, side, times_s[i], shape).transpose();
            }
            return out;
          },
          py::arg("side"), py::arg("times_s"), py::arg("channels"), py::arg("first"),
          py::arg("last"), py::arg("step") = 1,
          "n times x (lags x channels), lag by lag; nan where a channel is missing.");
  m.def(
      "event_channels",
      [](const GaitSignals& signals, double cutoff_hz) {
        return event_channels(signals, find_phases(signals), cutoff_hz);
      },
      py::arg("signals"), py::arg("cutoff_hz"), py::call_guard<py::gil_scoped_release>(),
      "Channels of the local regression, low-passed at cutoff_hz.");
  m.def("event_channel_names",
        [] { return std::vector<std::string>(kEventChannels.begin(), kEventChannels.end()); });
  py::class_<LaboratoryOffset>(m, "LaboratoryOffset",
                               "A constant between marker and force clocks: offset_s, sd_s, n.")
      .def_readonly("offset_s", &LaboratoryOffset::offset_s)
      .def_readonly("sd_s", &LaboratoryOffset::sd_s)
      .def_readonly("n", &LaboratoryOffset::n);
  m.def(
      "laboratory_offset", &laboratory_offset, py::arg("found"), py::arg("force"),
      "What to give RunmechDetector as laboratory_offset_s, from events found and events of force "
      "plates in one session.");
  py::class_<Runmech>(m, "RunmechDetector",
                      "The detector `runmech` with options of its own, for detect_events and "
                      "analyze. models: a file in place of the built-in weights. "
                      "laboratory_offset_s: added to every time, see docs/events.md.")
      .def(py::init([](std::string models, double laboratory_offset_s) {
             return Runmech{std::move(models), laboratory_offset_s};
           }),
           py::arg("models") = "", py::arg("laboratory_offset_s") = 0.0)
      .def_readwrite("models", &Runmech::models)
      .def_readwrite("laboratory_offset_s", &Runmech::laboratory_offset_s)
      .def(
          "__call__",
          [](const Runmech& detector, const GaitSignals& signals) {
            return detector.detect(signals);
          },
          py::arg("signals"), py::call_guard<py::gil_scoped_release>());
}

}  // namespace runmech::bindings
