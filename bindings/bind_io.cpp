// SPDX-License-Identifier: BSD-3-Clause
#include <pybind11/numpy.h>

#include "bindings.hpp"
#include "runmech/io/c3d.hpp"
#include "runmech/io/forces.hpp"
#include "runmech/io/import.hpp"
#include "runmech/io/read.hpp"
#include "runmech/io/strength_csv.hpp"
#include "runmech/io/table.hpp"
#include "runmech/io/trc.hpp"

namespace runmech::bindings {
namespace {

using Path = std::filesystem::path;
using Array = py::array_t<double, py::array::c_style | py::array::forcecast>;
using Release = py::call_guard<py::gil_scoped_release>;

/// n x p x k array -> n x (p k) matrix.
FrameMatrix flat(const Array& array, std::size_t points, py::ssize_t k, const char* name) {
  if (array.ndim() != 3 || array.shape(1) != static_cast<py::ssize_t>(points) ||
      array.shape(2) != k) {
    std::string shape;
    for (py::ssize_t i = 0; i < array.ndim(); ++i) {
      shape += (i > 0 ? ", " : "") + std::to_string(array.shape(i));
    }
    throw InvalidArgument(std::string(name) + " has shape (" + shape + "); allowed: (n_frames, " +
                          std::to_string(points) + ", " + std::to_string(k) + ")");
  }
  return Eigen::Map<const FrameMatrix>(array.data(), array.shape(0), array.shape(1) * k);
}

void bind_readers(py::module_& m) {
  m.def("read", py::overload_cast<const Path&, const ReadOptions&>(&read), py::arg("path"),
        py::arg("options") = ReadOptions{}, Release(),
        "A recording of any known kind, recognised by content: TRC, C3D, RBDS text, BioMAC csv, "
        "keypoint csv, folders of OpenPose JSON; each also gzipped. Metres, newtons, seconds; X "
        "forward, Y up, Z right. Raises IoError (path, place, reason) or ValueError naming the "
        "option to give.");
  m.def(
      "read_forces", &read_forces, py::arg("path"), py::arg("options") = ReadOptions{}, Release(),
      "Force plates of an OpenSim MOT/STO, RBDS force text, BioMAC csv or C3D file, in newtons and "
      "metres, in the file's axes: attach_forces turns them.");
  m.def("attach_forces", &attach_forces, py::arg("recording"), py::arg("plates"),
        "Adds plates of the same laboratory to a recording, turned as its points were turned.");
  m.def("read_strength", py::overload_cast<const Path&>(&read_strength), py::arg("path"), Release(),
        "Strength trials from a csv with the columns test, side, trial, value, unit.");
  m.def("read_table", py::overload_cast<const Path&>(&read_table), py::arg("path"), Release(),
        "A MOT, STO or csv table over time; nothing is converted.");
  m.def(
      "from_arrays",
      [](std::vector<double> time_s, std::vector<std::string> labels, const Array& positions,
         const ReadOptions& options) {
        FrameMatrix matrix = flat(positions, labels.size(), 3, "positions");
        const py::gil_scoped_release release;
        return from_arrays(std::move(time_s), std::move(labels), std::move(matrix), options);
      },
      py::arg("time_s"), py::arg("labels"), py::arg("positions"),
      py::arg("options") = ReadOptions{},
      "A recording from times (n, s), labels (p) and positions (n x p x 3 in options.unit, NaN = "
      "missing), through the same unit, axis and heading steps as a file.");
  m.def(
      "from_keypoints",
      [](std::vector<double> time_s, std::vector<std::string> labels, const Array& pixels,
         FrameMatrix confidence, const ReadOptions& options) {
        const FrameMatrix matrix = flat(pixels, labels.size(), 2, "pixels");
        const py::gil_scoped_release release;
        return from_keypoints(std::move(time_s), std::move(labels), matrix, std::move(confidence),
                              options);
      },
      py::arg("time_s"), py::arg("labels"), py::arg("pixels"),
      py::arg("confidence") = FrameMatrix(), py::arg("options") = ReadOptions{},
      "A recording from 2D keypoints: pixels (n x p x 2, x right, y down), confidence (n x p) or "
      "none.");
}

void bind_writers(py::module_& m) {
  bind_options<MotOptions>(m, "MotOptions", "How write_mot writes.");
  bind_options<TrcOptions>(m, "TrcOptions", "How write_trc writes.");
  m.def("write_mot", &write_mot, py::arg("path"), py::arg("time_s"), py::arg("names"),
        py::arg("values"), py::arg("options") = MotOptions{}, Release(),
        "values (n x k) over time_s as an OpenSim MOT/STO file; written aside, then renamed.");
  m.def("write_csv", &write_csv, py::arg("path"), py::arg("names"), py::arg("values"), Release(),
        "values (n x k) as csv; NaN = empty cell; written aside, then renamed.");
  m.def("write_trc", &write_trc, py::arg("path"), py::arg("recording"),
        py::arg("options") = TrcOptions{}, Release(),
        "Points of a recording as TRC; written aside, then renamed.");
  m.def("write_c3d", &write_c3d, py::arg("path"), py::arg("recording"), Release(),
        "Points, force plates and events of a recording as C3D (mm, Y up); written aside, then "
        "renamed. Returns notes on what a C3D file cannot hold. Raises ValueError where times or "
        "labels do not fit the format.");
}

}  // namespace

void bind_io(py::module_& m) {
  bind_options<ReadOptions>(m, "ReadOptions",
                            "What the caller knows about a recording; all else is taken from the "
                            "file or inferred from the body.")
      .def("validate", &ReadOptions::validate);
  py::class_<Table>(m, "Table", "Columns over time, as a file holds them.")
      .def_readonly("source", &Table::source)
      .def_readonly("time_s", &Table::time_s)
      .def_readonly("names", &Table::names)
      .def_readonly("values", &Table::values, "n x k; NaN = missing")
      .def_readonly("in_degrees", &Table::in_degrees, "True, False, or None where not stated")
      .def_readonly("notes", &Table::notes)
      .def("__getitem__",
           [](const Table& self, const std::string& name) -> Eigen::VectorXd {
             try {
               return self.column(name);
             } catch (const InvalidArgument& error) {
               throw py::key_error(error.what());
             }
           })
      .def("__repr__", [](const Table& self) {
        return "<Table " + self.source + ": " + std::to_string(self.time_s.size()) + " rows, " +
               std::to_string(self.names.size()) + " columns>";
      });
  bind_readers(m);
  bind_writers(m);
}

}  // namespace runmech::bindings
