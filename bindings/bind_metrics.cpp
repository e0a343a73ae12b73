// SPDX-License-Identifier: BSD-3-Clause
#include "bindings.hpp"
#include "runmech/metrics/metrics.hpp"

namespace runmech::bindings {

void bind_metrics(py::module_& m) {
  bind_options<MetricOptions>(m, "MetricOptions",
                              "How metrics are computed; 0 = chosen by the library.");
  py::class_<MetricDefinition>(m, "MetricDefinition",
                               "What a metric is, where it comes from, how good it is.")
      .def_readonly("id", &MetricDefinition::id)
      .def_readonly("name", &MetricDefinition::name)
      .def_readonly("unit", &MetricDefinition::unit)
      .def_property_readonly(
          "plane", [](const MetricDefinition& d) { return std::string(to_string(d.plane)); })
      .def_readonly("definition", &MetricDefinition::definition)
      .def_readonly("source", &MetricDefinition::source)
      .def_readonly("needs", &MetricDefinition::needs)
      .def_readonly("stride_sd", &MetricDefinition::stride_sd, "typical SD between strides")
      .def_readonly("error_markers", &MetricDefinition::error_markers,
                    "one SD of what no number of strides averages out, markers")
      .def_readonly("error_keypoints", &MetricDefinition::error_keypoints,
                    "the same for keypoints in one camera")
      .def_readonly("error_source", &MetricDefinition::error_source)
      .def("__repr__", [](const MetricDefinition& d) {
        return "<MetricDefinition " + d.id + " [" + d.unit + "]: " + d.definition + ">";
      });
  m.def("metric_definitions", &metric_definitions, "All metrics, in the order of the table.");
  m.def(
      "_metrics",
      [](const GaitSignals& signals, const GaitEvents& events, const MetricOptions& options,
         const Motion* motion) { return metrics(signals, events, options, motion); },
      py::arg("signals"), py::arg("events"), py::arg("options"), py::arg("motion") = nullptr,
      py::call_guard<py::gil_scoped_release>());
}

}  // namespace runmech::bindings
