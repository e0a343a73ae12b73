// SPDX-License-Identifier: BSD-3-Clause
#include <algorithm>

#include "bindings.hpp"
#include "runmech/core/printed.hpp"
#include "runmech/data/force_plate.hpp"
#include "runmech/data/recording.hpp"

// Arrays are read as views into the C++ object (which they keep alive); assigning copies in.

namespace runmech::bindings {
namespace {

using DoubleArray = py::array_t<double, py::array::c_style | py::array::forcecast>;

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
  return printed("%zu frames, %.2f to %.2f s, %.4g Hz", time_s.size(), time_s.front(),
                 time_s.back(), rate_hz);
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
        return printed("FileEvent(%.4f s, '%s', '%s')", e.time_s, e.label.c_str(),
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
      .def("copy", [](const Recording& r) { return r; })
      .def("validate", &Recording::validate, "Raises ValueError naming the first inconsistency.")
      .def("trimmed", &trimmed, py::arg("start_s"), py::arg("end_s"),
           "The frames with start_s <= time <= end_s, both ends included.")
      .def("__repr__", [](const Recording& r) {
        std::string text = "<Recording " + (r.source.empty() ? r.format : r.source) + ": " +
                           printed("%ld points, ", static_cast<long>(r.n_points())) +
                           span_text(r.time_s, r.rate_hz());
        if (!r.marker_set.empty()) text += ", " + r.marker_set;
        if (r.view != View::spatial) text += ", " + std::string(to_string(r.view)) + " view";
        if (r.surface != Surface::unknown) text += ", " + std::string(to_string(r.surface));
        if (!r.plates.empty()) text += printed(", %zu force plates", r.plates.size());
        const auto warnings =
            std::count_if(r.notes.begin(), r.notes.end(), [](const Note& n) { return n.warning; });
        return text + printed(", %zu notes of which %ld warnings>", r.notes.size(),
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
      py::arg("positions"),
      "A recording of arrays, through the same unit, axis and heading steps as a file.\n\n"
      "positions: n_frames x n_points x 3 (in `unit`; without one judged by the size of the body), "
      "or x 2 keypoints in pixels (x right, y down); NaN = missing. Or a pandas frame with columns "
      "(label, axis) or label_x, label_y, label_z, and time_s as a column or the index.\n"
      "labels: n_points names, taken from a frame's columns. time_s: n_frames stamps in seconds, "
      "or "
      "rate_hz: a constant rate from zero. confidence: n_frames x n_points, for keypoints. Any "
      "field of ReadOptions: unit, up, forward, view, surface, speed_m_s, ...\n\n"
      "Raises ValueError naming the argument that is wrong, or the one to give where the data do "
      "not tell.");
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

}  // namespace

void bind_recordings(py::module_& m) {
  bind_notes(m);
  bind_force_plate(m);
  bind_recording(m);
}

}  // namespace runmech::bindings
