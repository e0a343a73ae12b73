// SPDX-License-Identifier: BSD-3-Clause
#include <algorithm>
#include <cstdio>

#include "bindings.hpp"
#include "runmech/core/printed.hpp"
#include "runmech/data/force_plate.hpp"
#include "runmech/data/recording.hpp"
#include "runmech/data/strength_trials.hpp"
#include "runmech/data/subject.hpp"

// Arrays are read as views into the C++ object (which they keep alive); assigning copies in.

namespace runmech::bindings {
namespace {

using DoubleArray = py::array_t<double, py::array::c_style | py::array::forcecast>;

template <class... Args>
std::string format(const char* pattern, Args... args) {
  const PointAsDecimalSign point;
  const int n = std::snprintf(nullptr, 0, pattern, args...);
  std::string text(static_cast<std::size_t>(n) + 1, '\0');
  std::snprintf(text.data(), text.size(), pattern, args...);
  text.pop_back();
  return text;
}

template <class T>
py::array view(const py::object& owner, std::vector<T>& values) {
  return py::array_t<T>(static_cast<py::ssize_t>(values.size()), values.data(), owner);
}

std::vector<double> doubles(const DoubleArray& array) {
  if (array.ndim() != 1) throw InvalidArgument("expected a one-dimensional array of numbers");
  return {array.data(), array.data() + array.size()};
}

/// A std::vector<double> member as a numpy view that can also be assigned.
template <class T, std::vector<double> T::*member>
void def_times(py::class_<T>& cls, const char* name, const char* doc) {
  cls.def_property(
      name, [](const py::object& self) { return view(self, self.cast<T&>().*member); },
      [](T& self, const DoubleArray& values) { self.*member = doubles(values); }, doc);
}

std::string span_text(const std::vector<double>& time_s, double rate_hz) {
  if (time_s.empty()) return "no frames";
  return format("%zu frames, %.2f to %.2f s, %.4g Hz", time_s.size(), time_s.front(), time_s.back(),
                rate_hz);
}

void bind_notes(py::module_& m) {
  py::class_<Note>(m, "Note", "Something a step converted, inferred, left out or found odd.")
      .def(py::init([](std::string code, std::string text, bool warning) {
             return Note{std::move(code), std::move(text), warning};
           }),
           py::arg("code"), py::arg("text"), py::arg("warning") = false)
      .def_readwrite("code", &Note::code, "stable word: units, axes, heading, labels, missing, ...")
      .def_readwrite("text", &Note::text, "for people")
      .def_readwrite("warning", &Note::warning, "True where the user should look")
      .def("__repr__", [](const Note& n) {
        return (n.warning ? "warning [" : "note [") + n.code + "] " + n.text;
      });
  py::class_<FileEvent>(m, "FileEvent", "An event as the file states it, on the recording's clock.")
      .def(py::init([](double time_s, std::string label, std::string context) {
             return FileEvent{time_s, std::move(label), std::move(context)};
           }),
           py::arg("time_s"), py::arg("label"), py::arg("context") = "")
      .def_readwrite("time_s", &FileEvent::time_s, "seconds on the recording's own clock")
      .def_readwrite("label", &FileEvent::label, "'Foot Strike', ...")
      .def_readwrite("context", &FileEvent::context, "'Left', 'Right', 'General' or empty")
      .def("__repr__", [](const FileEvent& e) {
        return format("FileEvent(%.4f s, '%s', '%s')", e.time_s, e.label.c_str(),
                      e.context.c_str());
      });
}

void bind_force_plate(py::module_& m) {
  py::class_<ForcePlate> cls(m, "ForcePlate",
                             "One force plate over time in world axes (X forward, Y up, Z right); "
                             "the force acts on the runner: standing gives +Fy.");
  cls.def(py::init<>())
      .def_readwrite("name", &ForcePlate::name)
      .def_readwrite("c3d_type", &ForcePlate::c3d_type, "1-4 for plates from C3D, else 0")
      .def_readwrite("force_n", &ForcePlate::force_n, "n x 3, newtons")
      .def_readwrite("cop_m", &ForcePlate::cop_m, "n x 3, metres; NaN where unloaded or unknown")
      .def_readwrite("free_moment_nm", &ForcePlate::free_moment_nm,
                     "n, N m about world Y; empty where unknown")
      .def_readwrite("corners_m", &ForcePlate::corners_m, "4 x 3, metres; 0 where unknown")
      .def_readwrite("dead_band_n", &ForcePlate::dead_band_n,
                     "below this |Fy| the file holds zeros, N; 0 where none was seen")
      .def_property_readonly("n_samples", &ForcePlate::n_samples)
      .def_property_readonly("rate_hz", &ForcePlate::rate_hz)
      .def("__repr__", [](const ForcePlate& p) {
        return "<ForcePlate '" + p.name + "': " + span_text(p.time_s, p.rate_hz()) + ">";
      });
  with_tables(cls, "Index time_s, columns fx_n fy_n fz_n copx_m copy_m copz_m.");
  def_times<ForcePlate, &ForcePlate::time_s>(cls, "time_s", "n, seconds, same clock as the points");
}

void bind_recording(py::module_& m) {
  py::class_<Recording> cls(
      m, "Recording",
      "Labelled points over time with force plates, events and notes. Metres, newtons, seconds; "
      "world axes X forward, Y up, Z to the runner's right; missing = NaN.");
  cls.def(py::init<>())
      .def_readwrite("source", &Recording::source, "path, or 'arrays'")
      .def_readwrite("format", &Recording::format, "trc, c3d, rbds_text, openpose_json, ...")
      .def_readwrite("subject", &Recording::subject, "name or prefix found in the file")
      .def_readwrite("date", &Recording::date, "ISO 8601 with its zone where stated; may be empty")
      .def_readwrite("view", &Recording::view, "'spatial', 'side', 'rear' or 'front'")
      .def_readwrite("surface", &Recording::surface, "'treadmill', 'overground' or 'unknown'")
      .def_readwrite("speed_m_s", &Recording::speed_m_s, "stated running speed or None")
      .def_readwrite("labels", &Recording::labels, "n_points unique names")
      .def_readwrite("confidence", &Recording::confidence, "n_frames x n_points, or 0 x 0")
      .def_readwrite("marker_set", &Recording::marker_set, "the set recognised; may be empty")
      .def_readwrite("metres_per_pixel", &Recording::metres_per_pixel, "> 0 for image keypoints")
      .def_readwrite("scale_assumed", &Recording::scale_assumed,
                     "True when no stature or calibration fixed metres_per_pixel")
      .def_readwrite("file_to_world", &Recording::file_to_world,
                     "3 x 3: rows are X forward, Y up, Z right in the axes of the file")
      .def_readwrite("plates", &Recording::plates,
                     "list of ForcePlate, copies: assign a list to change them")
      .def_readwrite("events", &Recording::events,
                     "list of FileEvent, copies: assign a list to change them")
      .def_readwrite("notes", &Recording::notes,
                     "list of Note, copies: assign a list to change them")
      .def_property_readonly("n_frames", &Recording::n_frames)
      .def_property_readonly("n_points", &Recording::n_points)
      .def_property_readonly("rate_hz", &Recording::rate_hz, "from the median time step")
      .def_property_readonly("is_keypoints", &Recording::is_keypoints)
      .def(
          "__getitem__",
          [](const Recording& self, const std::string& label) {
            if (!self.index_of(label)) throw py::key_error("no point is labelled '" + label + "'");
            return self.track(label);
          },
          py::arg("label"), "One point over time: n_frames x 3, metres (a copy).")
      .def("__contains__",
           [](const Recording& self, const std::string& l) { return self.index_of(l).has_value(); })
      .def("validate", &Recording::validate, "Raises ValueError naming the first inconsistency.")
      .def("trimmed", &trimmed, py::arg("start_s"), py::arg("end_s"),
           "The frames with start_s <= time <= end_s, both ends included.")
      .def("__repr__", [](const Recording& r) {
        std::string text = "<Recording " + (r.source.empty() ? r.format : r.source) + ": " +
                           format("%ld points, ", static_cast<long>(r.n_points())) +
                           span_text(r.time_s, r.rate_hz());
        if (!r.marker_set.empty()) text += ", " + r.marker_set;
        if (r.view != View::spatial) text += ", " + std::string(to_string(r.view)) + " view";
        if (r.surface != Surface::unknown) text += ", " + std::string(to_string(r.surface));
        if (!r.plates.empty()) text += format(", %zu force plates", r.plates.size());
        const auto warnings =
            std::count_if(r.notes.begin(), r.notes.end(), [](const Note& n) { return n.warning; });
        return text + format(", %zu notes of which %ld warnings>", r.notes.size(),
                             static_cast<long>(warnings));
      });
  with_tables(cls, "Positions in metres: index time_s, columns (label, axis).");
  cls.def_static(
      "from_arrays",
      [](const py::object& positions, const py::kwargs& known) {
        return py::module_::import("runmech.arrays")
            .attr("from_arrays")(positions, **known)
            .cast<Recording>();
      },
      "A recording from a numpy array or a pandas frame: see runmech.arrays.from_arrays.");
  def_times<Recording, &Recording::time_s>(cls, "time_s",
                                           "n_frames, seconds, the file's own clock");
  cls.def_property(
      "positions_m",
      [](const py::object& self) {
        auto& r = self.cast<Recording&>();
        if (r.positions_m.cols() % 3 != 0) throw InvalidArgument("positions_m has no 3 n columns");
        return py::array_t<double>(
            {r.positions_m.rows(), r.positions_m.cols() / 3, Eigen::Index{3}}, r.positions_m.data(),
            self);
      },
      [](Recording& self, const DoubleArray& values) {
        if (values.ndim() != 3 || values.shape(2) != 3) {
          throw InvalidArgument("positions_m must be n_frames x n_points x 3");
        }
        self.positions_m = Eigen::Map<const FrameMatrix>(values.data(), values.shape(0),
                                                         values.shape(1) * values.shape(2));
      },
      "n_frames x n_points x 3, metres, world axes, NaN = missing");
}

void bind_events(py::module_& m) {
  py::class_<GaitEvent>(m, "GaitEvent", "One contact change of one foot.")
      .def(py::init([](Side side, EventType type, double time_s, double sd_s, std::string flag) {
             return GaitEvent{side, type, time_s, sd_s, std::move(flag)};
           }),
           py::arg("side"), py::arg("type"), py::arg("time_s"), py::arg("sd_s") = 0.0,
           py::arg("flag") = "")
      .def_readwrite("side", &GaitEvent::side, "'left' or 'right'")
      .def_readwrite("type", &GaitEvent::type, "'foot_strike' or 'toe_off'")
      .def_readwrite("time_s", &GaitEvent::time_s, "seconds on the recording's clock")
      .def_readwrite("sd_s", &GaitEvent::sd_s, "one SD of the stated time; 0 = not stated")
      .def_readwrite("flag", &GaitEvent::flag, "empty, or why to look twice")
      .def("__repr__", [](const GaitEvent& e) {
        return std::string(to_string(e.side)) + " " + std::string(to_string(e.type)) +
               format(" at %.4f s (sd %.4f)", e.time_s, e.sd_s);
      });
  py::class_<TimeSpan>(m, "TimeSpan", "A stretch of time, seconds.")
      .def(py::init([](double start_s, double end_s) {
             return TimeSpan{start_s, end_s};
           }),
           py::arg("start_s"), py::arg("end_s"))
      .def_readwrite("start_s", &TimeSpan::start_s)
      .def_readwrite("end_s", &TimeSpan::end_s)
      .def("__repr__",
           [](const TimeSpan& s) { return format("%.3f to %.3f s", s.start_s, s.end_s); });
  py::class_<GaitEvents> events(m, "GaitEvents", "All events of one recording, sorted by time.");
  with_tables(events, "One row per event: side, type, time_s, sd_s, flag.");
  events.def(py::init<>())
      .def_readwrite("events", &GaitEvents::events,
                     "list of GaitEvent, copies: assign a list to change, or edit while iterating "
                     "over the GaitEvents themselves")
      .def_readwrite("detector", &GaitEvents::detector, "name of the rule, or 'force'")
      .def_readwrite("threshold_n", &GaitEvents::threshold_n,
                     "force threshold the times refer to, N; 0 = the detector's own definition")
      .def_readwrite("kind", &GaitEvents::kind,
                     "'running', 'walking', 'no_steps', 'too_short' or 'unclear'")
      .def_readwrite("reason", &GaitEvents::reason, "one sentence on kind")
      .def_readwrite("spans", &GaitEvents::spans, "stretches of continuous running or walking")
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
        std::string text = format("<GaitEvents: %zu events", e.events.size());
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
      .def_readwrite("spread", &MetricRow::spread, "SD between strides (summary rows)")
      .def_readwrite("n", &MetricRow::n, "strides or steps behind the value")
      .def_readwrite("unit", &MetricRow::unit, "s, m, deg, steps/min, 1")
      .def_readwrite("status", &MetricRow::status,
                     "'ok', 'not_observed', 'low_quality' or 'not_comparable'")
      .def_readwrite("reason", &MetricRow::reason, "why, for every status but ok")
      .def("__repr__", [](const MetricRow& r) {
        const std::string head = r.metric + " " + std::string(to_string(r.side)) + ": ";
        if (r.value != r.value) return head + std::string(to_string(r.status)) + ", " + r.reason;
        return head + format("%.4g +- %.2g %s (n = %d, %s)", r.value, r.sd, r.unit.c_str(), r.n,
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
      .def_readwrite("leg_length_m", &TrialContext::leg_length_m)
      .def_readwrite("strides_found", &TrialContext::strides_found)
      .def_readwrite("strides_used", &TrialContext::strides_used)
      .def("__repr__", [](const TrialContext& c) {
        return format("<TrialContext: %.2f m/s (%s), %s, %s view, %d of %d strides used>",
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
            format("<MetricTable: %ld summary rows, %ld stride rows", static_cast<long>(summaries),
                   static_cast<long>(self.rows.size()) - static_cast<long>(summaries));
        int shown = 0;
        for (const auto& r : self.rows) {
          if (r.stride != MetricRow::kSummary || r.side != RowSide::both || r.value != r.value) {
            continue;
          }
          if (++shown > 12) break;
          text += format("\n  %-24s %9.4g +- %-8.2g %s", r.metric.c_str(), r.value, r.sd,
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
  bind_notes(m);
  bind_force_plate(m);
  bind_recording(m);
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
        return format("%s %s #%d: %.4g %s", t.test.c_str(), std::string(to_string(t.side)).c_str(),
                      t.trial, t.value, t.unit.c_str());
      });
}

}  // namespace runmech::bindings
