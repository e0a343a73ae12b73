// SPDX-License-Identifier: BSD-3-Clause
#include "bindings.hpp"
#include "runmech/gait/event_matching.hpp"
#include "runmech/gait/event_scores.hpp"
#include "runmech/signal/filter.hpp"

namespace runmech::bindings {
namespace {

template <class T>
using Column = py::array_t<T, py::array::c_style | py::array::forcecast>;

/// Events as columns: of a benchmark of many trials there are millions.
struct EventColumns {
  Column<std::uint8_t> side, type;
  Column<double> time_s, sd_s;

  [[nodiscard]] GaitEvents events(double strike_later_s, double toe_off_later_s) const {
    GaitEvents out;
    for (py::ssize_t i = 0; i < time_s.size(); ++i) {
      const auto of = static_cast<EventType>(type.at(i));
      const double later_s = of == EventType::foot_strike ? strike_later_s : toe_off_later_s;
      out.events.push_back(
          {static_cast<Side>(side.at(i)), of, time_s.at(i) + later_s, sd_s.at(i), ""});
    }
    return out;
  }
};

template <class T, class Rows, class F>
py::array_t<T> column(const Rows& rows, F&& value) {
  py::array_t<T> out(static_cast<py::ssize_t>(rows.size()));
  for (std::size_t i = 0; i < rows.size(); ++i) {
    out.mutable_at(static_cast<py::ssize_t>(i)) = static_cast<T>(value(rows[i]));
  }
  return out;
}

/// match_events and interval_errors on columns and as columns; enums as their numbers.
py::tuple match_columns(const EventColumns& expected, const std::vector<TimeSpan>& spans,
                        const EventColumns& found, const std::pair<double, double>& later_s,
                        const TimeSpan& record, const MatchOptions& options) {
  GaitEvents truth = expected.events(0.0, 0.0);
  truth.spans = spans;
  const GaitEvents moved = found.events(later_s.first, later_s.second);
  const std::vector<EventOutcome> rows = match_events(truth, moved, record, options);
  const std::vector<IntervalError> times = interval_errors(rows);
  py::dict events, intervals;
  events["quantity"] = column<std::uint8_t>(rows, [](const auto& r) { return r.type; });
  events["side"] = column<std::uint8_t>(rows, [](const auto& r) { return r.side; });
  events["status"] = column<std::uint8_t>(rows, [](const auto& r) { return r.status; });
  events["expected_s"] = column<double>(rows, [](const auto& r) { return r.expected_s; });
  events["found_s"] = column<double>(rows, [](const auto& r) { return r.found_s; });
  events["sd_s"] = column<double>(rows, [](const auto& r) { return r.sd_s; });
  intervals["quantity"] = column<std::uint8_t>(times, [](const auto& r) { return r.kind; });
  intervals["side"] = column<std::uint8_t>(times, [](const auto& r) { return r.side; });
  intervals["expected_s"] = column<double>(times, [](const auto& r) { return r.expected_s; });
  intervals["found_s"] = column<double>(times, [](const auto& r) { return r.found_s; });
  return py::make_tuple(events, intervals);
}

}  // namespace

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
  py::class_<EventColumns>(m, "EventColumns", "Events as arrays: sides, types, times, stated SDs.")
      .def(py::init([](Column<std::uint8_t> side, Column<std::uint8_t> type, Column<double> time_s,
                       Column<double> sd_s) {
             if (side.size() != time_s.size() || type.size() != time_s.size() ||
                 sd_s.size() != time_s.size()) {
               throw InvalidArgument("columns of events are of different length");
             }
             return EventColumns{std::move(side), std::move(type), std::move(time_s),
                                 std::move(sd_s)};
           }),
           py::arg("side"), py::arg("type"), py::arg("time_s"), py::arg("sd_s"),
           "side: 0 left, 1 right; type: 0 foot strike, 1 toe-off; n each");
  m.def("match_columns", &match_columns, py::arg("expected"), py::arg("spans"), py::arg("found"),
        py::arg("later_s"), py::arg("record"), py::arg("options"),
        "match_events and interval_errors for many events: two dicts of arrays, quantities, sides "
        "and status by number. later_s: added to found strikes and toe-offs.");
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
