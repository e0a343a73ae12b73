// SPDX-License-Identifier: BSD-3-Clause
#include <algorithm>

#include "bindings.hpp"
#include "runmech/core/printed.hpp"
#include "runmech/data/gait_events.hpp"
#include "runmech/data/metric_table.hpp"
#include "runmech/data/strength_trials.hpp"
#include "runmech/data/subject.hpp"

namespace runmech::bindings {
namespace {

void bind_events(py::module_& m) {
  py::class_<GaitEvent>(m, "GaitEvent", "One contact change of one foot.")
      .def(py::init([](Side side, EventType type, double time_s, double sd_s, std::string flag,
                       StepState state) {
             return GaitEvent{side, type, time_s, sd_s, std::move(flag), state};
           }),
           py::arg("side"), py::arg("type"), py::arg("time_s"), py::arg("sd_s") = 0.0,
           py::arg("flag") = "", py::arg("state") = StepState::unknown)
      .def_readwrite("side", &GaitEvent::side, "'left' or 'right'")
      .def_readwrite("type", &GaitEvent::type, "'foot_strike' or 'toe_off'")
      .def_readwrite("time_s", &GaitEvent::time_s, "seconds on the recording's clock")
      .def_readwrite("sd_s", &GaitEvent::sd_s, "one SD of the stated time; 0 = not stated")
      .def_readwrite("flag", &GaitEvent::flag, "empty, or why to look twice")
      .def_readwrite("state", &GaitEvent::state,
                     "of its step: 'running', 'grounded', 'walking' or 'unknown'")
      .def("__repr__", [](const GaitEvent& e) {
        return std::string(to_string(e.side)) + " " + std::string(to_string(e.type)) +
               printed(" at %.4f s (sd %.4f)", e.time_s, e.sd_s);
      });
  py::class_<TimeSpan>(m, "TimeSpan", "A stretch of time, seconds.")
      .def(py::init([](double start_s, double end_s) {
             return TimeSpan{start_s, end_s};
           }),
           py::arg("start_s"), py::arg("end_s"))
      .def_readwrite("start_s", &TimeSpan::start_s)
      .def_readwrite("end_s", &TimeSpan::end_s)
      .def("__repr__",
           [](const TimeSpan& s) { return printed("%.3f to %.3f s", s.start_s, s.end_s); });
  py::class_<GaitEvents> events(m, "GaitEvents", "All events of one recording, sorted by time.");
  with_tables(events, "One row per event: side, type, time_s, sd_s, flag, state.");
  events.def(py::init<>())
      .def_readwrite("events", &GaitEvents::events,
                     "list of GaitEvent, copies: assign a list to change, or edit while iterating "
                     "over the GaitEvents themselves")
      .def_readwrite("detector", &GaitEvents::detector, "name of the rule, or 'force'")
      .def_readwrite("told_by", &GaitEvents::told_by,
                     "the rule that had most of the say, where the detector handed over to another")
      .def_readwrite("threshold_n", &GaitEvents::threshold_n,
                     "force threshold the times refer to, N; 0 = the detector's own definition")
      .def_readwrite("kind", &GaitEvents::kind,
                     "'running', 'grounded', 'walking', 'no_steps', 'too_short' or 'unclear'")
      .def_readwrite("reason", &GaitEvents::reason, "one sentence on kind")
      .def_readwrite("spans", &GaitEvents::spans, "stretches of continuous movement of that kind")
      .def_readwrite("notes", &GaitEvents::notes)
      .def_property_readonly("running", &GaitEvents::running)
      .def(
          "times",
          [](const GaitEvents& self, Side side, EventType type) {
            const auto found = self.times(side, type);
            return py::array_t<double>(static_cast<py::ssize_t>(found.size()), found.data());
          },
          py::arg("side"), py::arg("type"), "Sorted times of one side and type, seconds.")
      .def("__len__", [](const GaitEvents& self) { return self.events.size(); })
      .def(
          "__iter__",
          [](GaitEvents& self) {
            return py::make_iterator(self.events.begin(), self.events.end());
          },
          py::keep_alive<0, 1>())
      .def("__repr__", [](const GaitEvents& e) {
        std::string text = printed("<GaitEvents: %zu events", e.events.size());
        if (!e.detector.empty()) text += " by " + e.detector;
        return text + ", " + std::string(to_string(e.kind)) +
               (e.reason.empty() ? "" : ": " + e.reason) + ">";
      });
}

void bind_metric_table(py::module_& m) {
  py::class_<MetricRow>(m, "MetricRow", "A metric of one side, for one stride or as the summary.")
      .def(py::init<>())
      .def_readwrite("metric", &MetricRow::metric, "id: cadence, contact_time, ...")
      .def_readwrite("side", &MetricRow::side, "'left', 'right' or 'both'")
      .def_readwrite("stride", &MetricRow::stride, "0-based stride of that side; -1 = summary")
      .def_readwrite("time_s", &MetricRow::time_s, "foot strike that opens the stride, seconds")
      .def_readwrite("value", &MetricRow::value, "NaN where the status says there is none")
      .def_readwrite("sd", &MetricRow::sd, "one SD of the stated value's error")
      .def_readwrite("sd_random", &MetricRow::sd_random, "its random part: shrinks with strides")
      .def_readwrite("sd_systematic", &MetricRow::sd_systematic,
                     "its systematic part: skin, joints, landmarks, view, event rule")
      .def_readwrite("spread", &MetricRow::spread, "SD between strides (summary rows)")
      .def_readwrite("n", &MetricRow::n, "strides or steps behind the value")
      .def_readwrite("unit", &MetricRow::unit, "s, m, deg, steps/min, 1")
      .def_readwrite("status", &MetricRow::status,
                     "'ok', 'not_observed', 'low_quality' or 'not_comparable'")
      .def_readwrite("reason", &MetricRow::reason, "why, for every status but ok")
      .def("__repr__", [](const MetricRow& r) {
        const std::string head = r.metric + " " + std::string(to_string(r.side)) + ": ";
        if (r.value != r.value) return head + std::string(to_string(r.status)) + ", " + r.reason;
        return head + printed("%.4g +- %.2g %s (n = %d, %s)", r.value, r.sd, r.unit.c_str(), r.n,
                              std::string(to_string(r.status)).c_str());
      });
  py::class_<TrialContext>(m, "TrialContext", "The conditions under which a table was measured.")
      .def(py::init<>())
      .def_readwrite("speed_m_s", &TrialContext::speed_m_s)
      .def_readwrite("speed_sd_m_s", &TrialContext::speed_sd_m_s)
      .def_readwrite("speed_source", &TrialContext::speed_source)
      .def_readwrite("surface", &TrialContext::surface)
      .def_readwrite("view", &TrialContext::view)
      .def_readwrite("keypoints", &TrialContext::keypoints)
      .def_readwrite("scale_assumed", &TrialContext::scale_assumed)
      .def_readwrite("detector", &TrialContext::detector)
      .def_readwrite("told_by", &TrialContext::told_by)
      .def_readwrite("leg_length_m", &TrialContext::leg_length_m)
      .def_readwrite("strides_found", &TrialContext::strides_found)
      .def_readwrite("strides_used", &TrialContext::strides_used)
      .def("__repr__", [](const TrialContext& c) {
        return printed("<TrialContext: %.2f m/s (%s), %s, %s view, %d of %d strides used>",
                       c.speed_m_s, c.speed_source.c_str(),
                       std::string(to_string(c.surface)).c_str(),
                       std::string(to_string(c.view)).c_str(), c.strides_used, c.strides_found);
      });
  py::class_<MetricTable> table(m, "MetricTable",
                                "One row per metric x side x stride, then summary rows.");
  with_tables(table, "Every row: metric, side, stride (-1 = summary), time_s, value, sd, ...");
  table.def(py::init<>())
      .def_readwrite("rows", &MetricTable::rows,
                     "list of MetricRow, copies: assign a list to change them")
      .def_readwrite("context", &MetricTable::context)
      .def_readwrite("notes", &MetricTable::notes)
      .def(
          "summary",
          [](const MetricTable& self, std::string_view metric,
             RowSide side) -> std::optional<MetricRow> {
            const MetricRow* row = self.summary(metric, side);
            return row == nullptr ? std::nullopt : std::optional(*row);
          },
          py::arg("metric"), py::arg("side") = "both",
          "The summary row of a metric and side, or None.")
      .def("__len__", [](const MetricTable& self) { return self.rows.size(); })
      .def("__repr__", [](const MetricTable& self) {
        const auto summaries =
            std::count_if(self.rows.begin(), self.rows.end(),
                          [](const MetricRow& r) { return r.stride == MetricRow::kSummary; });
        std::string text =
            printed("<MetricTable: %ld summary rows, %ld stride rows", static_cast<long>(summaries),
                    static_cast<long>(self.rows.size()) - static_cast<long>(summaries));
        int shown = 0;
        for (const auto& r : self.rows) {
          if (r.stride != MetricRow::kSummary || r.side != RowSide::both || r.value != r.value) {
            continue;
          }
          if (++shown > 12) break;
          text += printed("\n  %-24s %9.4g +- %-8.2g %s", r.metric.c_str(), r.value, r.sd,
                          r.unit.c_str());
        }
        return text + ">";
      });
}

}  // namespace

void bind_data(py::module_& m) {
  bind_options<Subject>(m, "Subject",
                        "The runner; 0 = not stated. Raises ValueError for impossible values when "
                        "it is used or when validate() is called.")
      .def("validate", &Subject::validate);
  bind_events(m);
  bind_metric_table(m);
  py::class_<StrengthTrial>(m, "StrengthTrial", "One attempt of one strength test on one side.")
      .def(py::init([](std::string test, Side side, double value, std::string unit, int trial) {
             return StrengthTrial{std::move(test), side, trial, value, std::move(unit)};
           }),
           py::arg("test"), py::arg("side"), py::arg("value"), py::arg("unit"),
           py::arg("trial") = 1)
      .def_readwrite("test", &StrengthTrial::test, "hip_abduction, hip_extension, heel_raise, ...")
      .def_readwrite("side", &StrengthTrial::side)
      .def_readwrite("trial", &StrengthTrial::trial)
      .def_readwrite("value", &StrengthTrial::value, "NaN = not available")
      .def_readwrite("unit", &StrengthTrial::unit, "kgf, N, Nm, Nm/kg, reps, s, cm, ...")
      .def("__repr__", [](const StrengthTrial& t) {
        return printed("%s %s #%d: %.4g %s", t.test.c_str(), std::string(to_string(t.side)).c_str(),
                       t.trial, t.value, t.unit.c_str());
      });
}

}  // namespace runmech::bindings
