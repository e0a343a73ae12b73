// SPDX-License-Identifier: BSD-3-Clause

#include "bindings.hpp"
#include "runmech/core/printed.hpp"
#include "runmech/fit/calibrate.hpp"
#include "runmech/skeleton/heading.hpp"
#include "runmech/skeleton/marker_set.hpp"

RUNMECH_ENUM_AS_WORD(CalibrationTrial, parse_calibration_trial);
RUNMECH_ENUM_AS_WORD(HipCentre, parse_hip_centre);

namespace runmech::bindings {
namespace {

void bind_marker_sets(py::module_& m) {
  py::class_<MarkerSetMatch>(m, "MarkerSetMatch", "Which marker set labels come from.")
      .def_property_readonly(
          "name",
          [](const MarkerSetMatch& self) -> py::object {
            if (self.set == nullptr) return py::none();
            return py::str(self.set->name);
          },
          "name of the set, or None: not recognised or ambiguous")
      .def_readonly("score", &MarkerSetMatch::score, "0..1")
      .def_readonly("runner_up", &MarkerSetMatch::runner_up)
      .def_readonly("runner_up_score", &MarkerSetMatch::runner_up_score)
      .def_readonly("missing", &MarkerSetMatch::missing, "labels of the set that are not there")
      .def_readonly("extra", &MarkerSetMatch::extra, "labels that the set does not know")
      .def_readonly("reason", &MarkerSetMatch::reason)
      .def("__repr__",
           [](const MarkerSetMatch& self) { return "<MarkerSetMatch: " + self.reason + ">"; });
  py::class_<Heading>(m, "Heading", "Which way is up and which way the runner faces.")
      .def_readonly("up", &Heading::up, "(3,) unit, in the recording's axes; zeros: not found")
      .def_readonly("forward", &Heading::forward, "(3,) unit, at right angles to up")
      .def_readonly("confidence", &Heading::confidence, "0..1; below 0.5 give the direction")
      .def_readonly("mirrored", &Heading::mirrored, "left and right lie the wrong way round")
      .def_readonly("how", &Heading::how)
      .def("__repr__", [](const Heading& self) { return "<Heading: " + self.how + ">"; });
  m.def("marker_set_names", &marker_set_names, "Names of the marker and keypoint sets.");
  m.def(
      "recognise_marker_set",
      [](const std::vector<std::string>& labels) { return recognise_marker_set(labels); },
      py::arg("labels"), "Which marker set the labels come from: a MarkerSetMatch.");
  m.def(
      "infer_heading",
      [](const Recording& recording, const std::string& name) {
        const py::gil_scoped_release release;
        return infer_heading(recording, require_marker_set(recording.labels, name));
      },
      py::arg("recording"), py::arg("marker_set") = "",
      "Up and forward from the body itself, with a confidence. Raises ValueError where the marker "
      "set is not recognised.");
}

void bind_rows(py::module_& m) {
  py::class_<LandmarkRow>(m, "LandmarkRow", "Where a landmark or joint centre came from.")
      .def_readonly("landmark", &LandmarkRow::landmark)
      .def_readonly("how", &LandmarkRow::how)
      .def("__repr__", [](const LandmarkRow& r) { return "<" + r.landmark + ": " + r.how + ">"; });
  py::class_<LengthRow>(m, "LengthRow", "One length of the body, m.")
      .def_readonly("name", &LengthRow::name)
      .def_readonly("value_m", &LengthRow::value_m)
      .def_readonly("sd_m", &LengthRow::sd_m, "of the estimate")
      .def_readonly("prior_m", &LengthRow::prior_m, "what stature and sex alone say")
      .def_readonly("prior_sd_m", &LengthRow::prior_sd_m)
      .def("__repr__", [](const LengthRow& r) {
        return printed("<%s: %.3f +- %.3f m>", r.name.c_str(), r.value_m, r.sd_m);
      });
  py::class_<MarkerRow>(m, "MarkerRow", "One marker's place on its segment.")
      .def_readonly("label", &MarkerRow::label)
      .def_readonly("segment", &MarkerRow::segment)
      .def_readonly("how", &MarkerRow::how, "'standing trial', 'moving trial' or 'nominal place'")
      .def_readonly("residual_m", &MarkerRow::residual_m, "RMS distance from the model, m")
      .def_readonly("from_nominal_m", &MarkerRow::from_nominal_m,
                    "distance from the nominal place, m")
      .def_readonly("local_m", &MarkerRow::local_m, "(3,) in the segment's frame, m")
      .def("__repr__", [](const MarkerRow& r) { return "<" + r.label + " on " + r.segment + ">"; });
}

}  // namespace

void bind_calibration(py::module_& m) {
  bind_marker_sets(m);
  bind_rows(m);
  bind_options<CalibrationOptions>(m, "CalibrationOptions", "How calibrate() works.");
  py::class_<CalibrationReport> report(m, "CalibrationReport",
                                       "What a calibration rests on and what looks implausible.");
  report.def_readonly("trial", &CalibrationReport::trial, "'standing' or 'moving'")
      .def_readonly("marker_set", &CalibrationReport::marker_set)
      .def_readonly("frames_used", &CalibrationReport::frames_used)
      .def_readonly("rms_m", &CalibrationReport::rms_m, "over markers and frames used, m")
      .def_readonly("landmarks", &CalibrationReport::landmarks)
      .def_readonly("lengths", &CalibrationReport::lengths)
      .def_readonly("markers", &CalibrationReport::markers)
      .def_readonly("notes", &CalibrationReport::notes, "warnings among them: Note.warning")
      .def("__repr__", [](const CalibrationReport& r) {
        return printed(
            "<CalibrationReport: %s trial, marker set %s, %d frames, rms %.1f mm, %zu notes>",
            std::string(to_string(r.trial)).c_str(), r.marker_set.c_str(), r.frames_used,
            1000.0 * r.rms_m, r.notes.size());
      });
  with_tables(report, "One row per length: name, value_m, sd_m, prior_m, prior_sd_m.");
  py::class_<Calibration>(m, "Calibration", "The skeleton sized to a person, and the report of it.")
      .def_readonly("skeleton", &Calibration::skeleton)
      .def_readonly("report", &Calibration::report)
      .def("__repr__", [](const Calibration& c) {
        return "<Calibration: " + std::to_string(c.skeleton.markers.size()) + " markers, " +
               std::string(to_string(c.report.trial)) + " trial>";
      });
  py::class_<LabelExchange>(m, "LabelExchange", "Two labels that stand for each other's marker.")
      .def_readonly("first", &LabelExchange::first)
      .def_readonly("second", &LabelExchange::second)
      .def_readonly("rms_as_labelled_m", &LabelExchange::rms_as_labelled_m)
      .def_readonly("rms_exchanged_m", &LabelExchange::rms_exchanged_m)
      .def_readonly("certain", &LabelExchange::certain)
      .def("__repr__", [](const LabelExchange& e) {
        return "<" + e.first + " and " + e.second + " exchanged>";
      });
  py::class_<LabelMove>(m, "LabelMove", "A track that belongs to another label.")
      .def_property_readonly("from_label", [](const LabelMove& move) { return move.from; })
      .def_property_readonly("to_label", [](const LabelMove& move) { return move.to; })
      .def_readonly("rms_m", &LabelMove::rms_m)
      .def("__repr__", [](const LabelMove& e) { return "<" + e.from + " is " + e.to + ">"; });
  py::class_<LabelCheck>(m, "LabelCheck", "Labels of a moving trial against the calibration.")
      .def_readonly("exchanges", &LabelCheck::exchanges)
      .def_readonly("moves", &LabelCheck::moves)
      .def_readonly("missing", &LabelCheck::missing, "calibrated, never seen in the trial")
      .def_readonly("off", &LabelCheck::off, "more than 4 cm from their segment's other markers")
      .def_readonly("notes", &LabelCheck::notes)
      .def("__repr__", [](const LabelCheck& c) {
        return "<LabelCheck: " + std::to_string(c.notes.size()) + " notes>";
      });

  m.def(
      "calibrate",
      [](const Recording& trial, const CalibrationOptions& options, const py::object& progress) {
        const Progress watch = progress_from(progress);
        const py::gil_scoped_release release;
        return calibrate(trial, options, watch);
      },
      py::arg("trial"), py::arg("options") = CalibrationOptions{}, py::arg("progress") = py::none(),
      "Sizes the running skeleton to the person of a standing or moving trial (metres, world axes) "
      "and puts its markers on it. Raises ValueError for an unknown marker set or an impossible "
      "body size, NotAnalysable where too little is seen. Source of the hip centre: Harrington "
      "2007.");
  m.def("check_labels", &check_labels, py::arg("moving"), py::arg("calibration"),
        py::call_guard<py::gil_scoped_release>(),
        "Labels of a moving trial that contradict the calibration: a LabelCheck.");
  m.def("with_labels_corrected", &with_labels_corrected, py::arg("moving"), py::arg("check"),
        py::call_guard<py::gil_scoped_release>(),
        "The recording with certain exchanges put right, each with a warning in its notes.");
  m.def("with_moving_markers", &with_moving_markers, py::arg("calibration"), py::arg("moving"),
        py::arg("options") = CalibrationOptions{}, py::call_guard<py::gil_scoped_release>(),
        "The calibration with the markers that only the moving trial has.");
}

}  // namespace runmech::bindings
