// SPDX-License-Identifier: BSD-3-Clause
#include "bindings.hpp"
#include "runmech/gait/event_matching.hpp"
#include "runmech/gait/event_scores.hpp"
#include "runmech/signal/filter.hpp"

namespace runmech::bindings {

/// Matching of events and the scores of it: the core of the event benchmark.
void bind_event_scores(py::module_& m) {
  m.def(
      "low_pass",
      [](const Eigen::VectorXd& x, double rate_hz, double cutoff_hz) {
        return low_pass(x, rate_hz, cutoff_hz);
      },
      py::arg("x"), py::arg("rate_hz"), py::arg("cutoff_hz"),
      py::call_guard<py::gil_scoped_release>(),
      "Zero-lag Butterworth low-pass, second order forwards and backwards, -3 dB at cutoff_hz with "
      "both; n evenly sampled values, nan = missing. Raises ValueError unless cutoff_hz is below "
      "half of rate_hz.");
  bind_options<MatchOptions>(m, "MatchOptions", "How found events are matched with expected ones.");
  py::class_<EventOutcome>(m, "EventOutcome",
                           "An expected event and what became of it, or an extra.")
      .def_readonly("side", &EventOutcome::side, "'left' or 'right'")
      .def_readonly("type", &EventOutcome::type, "'foot_strike' or 'toe_off'")
      .def_property_readonly(
          "status", [](const EventOutcome& o) { return std::string(to_string(o.status)); },
          "'matched', 'missed', 'extra' or 'wrong_side'")
      .def_readonly("expected_s", &EventOutcome::expected_s, "nan for extra ones")
      .def_readonly("found_s", &EventOutcome::found_s, "nan for missed ones")
      .def_readonly("sd_s", &EventOutcome::sd_s, "stated by the detector, 0 = none")
      .def_property_readonly("error_s", &EventOutcome::error_s, "found - expected, + = late");
  m.def(
      "match_times",
      [](const std::vector<double>& a, const std::vector<double>& b, double window_s) {
        return match_times(a, b, window_s);
      },
      py::arg("a"), py::arg("b"), py::arg("window_s"),
      "Index pairs of two sorted lists of times: one to one, in order, as many as lie within "
      "window_s of each other, then the least total distance. Raises ValueError where a list is "
      "not sorted.");
  m.def("match_events", &match_events, py::arg("expected"), py::arg("found"),
        py::arg("record") = py::none(), py::arg("options") = MatchOptions{},
        py::call_guard<py::gil_scoped_release>(),
        "What a detector made of the expected events, sorted by time. record: TimeSpan of the "
        "recording; events at its ends do not count.");
  py::class_<ErrorStatistics>(m, "ErrorStatistics",
                              "Distribution of errors (+ = late), in the unit given.")
      .def_readonly("n", &ErrorStatistics::n)
      .def_readonly("bias", &ErrorStatistics::bias)
      .def_readonly("sd", &ErrorStatistics::sd)
      .def_readonly("rmse", &ErrorStatistics::rmse)
      .def_readonly("mae", &ErrorStatistics::mae)
      .def_readonly("median", &ErrorStatistics::median)
      .def_readonly("mad", &ErrorStatistics::mad, "median absolute deviation, unscaled")
      .def_readonly("loa_low", &ErrorStatistics::loa_low, "bias - 1.96 sd")
      .def_readonly("loa_high", &ErrorStatistics::loa_high, "bias + 1.96 sd")
      .def_readonly("p2_5", &ErrorStatistics::p2_5)
      .def_readonly("p97_5", &ErrorStatistics::p97_5)
      .def_readonly("abs_p95", &ErrorStatistics::abs_p95)
      .def_readonly("abs_p99", &ErrorStatistics::abs_p99)
      .def_readonly("abs_max", &ErrorStatistics::abs_max);
  m.def(
      "error_statistics",
      [](const std::vector<double>& errors) { return error_statistics(errors); }, py::arg("errors"),
      "Bias, SD, RMSE, limits of agreement and percentiles; nan left out.");
  py::class_<DetectionCounts>(m, "DetectionCounts", "How many events of one type were found.")
      .def_readonly("expected", &DetectionCounts::expected)
      .def_readonly("found", &DetectionCounts::found)
      .def_readonly("within", &DetectionCounts::within, "matched within the tolerance")
      .def_readonly("missed", &DetectionCounts::missed)
      .def_readonly("extra", &DetectionCounts::extra)
      .def_readonly("wrong_side", &DetectionCounts::wrong_side)
      .def_property_readonly("precision", &DetectionCounts::precision)
      .def_property_readonly("recall", &DetectionCounts::recall)
      .def_property_readonly("f1", &DetectionCounts::f1);
  m.def(
      "count_detections",
      [](const std::vector<EventOutcome>& outcomes, EventType type, double tolerance_s) {
        return count_detections(outcomes, type, tolerance_s);
      },
      py::arg("outcomes"), py::arg("type"), py::arg("tolerance_s"),
      "Found, missed, extra and wrong-side events of one type.");
  py::class_<IntervalError>(m, "IntervalError", "Error of a time between two events.")
      .def_property_readonly(
          "kind", [](const IntervalError& e) { return std::string(to_string(e.kind)); },
          "'contact', 'flight' or 'step'")
      .def_readonly("side", &IntervalError::side, "of the first event")
      .def_readonly("start_s", &IntervalError::start_s)
      .def_readonly("expected_s", &IntervalError::expected_s)
      .def_readonly("found_s", &IntervalError::found_s)
      .def_property_readonly("error_s", &IntervalError::error_s);
  m.def(
      "interval_errors",
      [](const std::vector<EventOutcome>& outcomes) { return interval_errors(outcomes); },
      py::arg("outcomes"), "Errors of contact, flight and step times.");
}

}  // namespace runmech::bindings
