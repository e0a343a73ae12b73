// SPDX-License-Identifier: BSD-3-Clause
#include "bindings.hpp"
#include "runmech/data/recording.hpp"
#include "runmech/io/osim.hpp"
#include "runmech/skeleton/kinematics.hpp"
#include "runmech/skeleton/skeleton.hpp"

namespace runmech::bindings {
namespace {

void bind_parts(py::module_& m) {
  py::class_<Coordinate>(
      m, "Coordinate",
      "One generalised coordinate: a rotation (rad) about, or a translation (m) "
      "along, one axis of its joint. Names and signs of OpenSim's Rajagopal 2016.")
      .def_readonly("name", &Coordinate::name)
      .def_property_readonly(
          "plane", [](const Coordinate& c) { return std::string(to_string(c.plane)); },
          "'sagittal', 'frontal' or 'transverse'")
      .def_readonly("rotation", &Coordinate::rotation, "False: translation")
      .def_readonly("segment", &Coordinate::segment, "index of the segment it moves")
      .def_readonly("axis", &Coordinate::axis, "unit vector in the frame left by those before it")
      .def_readonly("lower", &Coordinate::lower, "rad or m")
      .def_readonly("upper", &Coordinate::upper, "rad or m")
      .def_readonly("neutral", &Coordinate::neutral, "value while nothing moves it, rad or m")
      .def_readonly("locked", &Coordinate::locked, "stays at neutral whatever is recorded")
      .def_readonly("coupled", &Coordinate::coupled,
                    "moves its segment through functions, along several axes")
      .def("__repr__", [](const Coordinate& c) {
        return "<Coordinate '" + c.name + "', " + std::string(to_string(c.plane)) + ">";
      });
  py::class_<Segment>(
      m, "Segment",
      "A rigid body; its frame has X forward, Y up, Z right in the neutral pose and "
      "its origin in the joint that carries it.")
      .def_readonly("name", &Segment::name)
      .def_readonly("parent", &Segment::parent, "index, -1: ground")
      .def_readonly("origin_m", &Segment::origin_m, "joint centre in the parent's frame, m")
      .def_readonly("mass_kg", &Segment::mass_kg)
      .def_readonly("common_error_m", &Segment::common_error_m,
                    "per axis, what its markers err together; 0: each for itself")
      .def_readonly("centre_of_mass_m", &Segment::centre_of_mass_m, "own frame, m")
      .def_readonly("inertia_kg_m2", &Segment::inertia_kg_m2,
                    "about own axes through the centre of mass")
      .def("__repr__", [](const Segment& s) { return "<Segment '" + s.name + "'>"; });
  py::class_<BodyPoint>(m, "BodyPoint", "A named place on a segment.")
      .def(py::init([](std::string name, int segment, const Eigen::Vector3d& local_m) {
             return BodyPoint{std::move(name), segment, local_m};
           }),
           py::arg("name"), py::arg("segment"), py::arg("local_m"))
      .def_readonly("name", &BodyPoint::name)
      .def_readonly("segment", &BodyPoint::segment, "index of the segment")
      .def_readonly("local_m", &BodyPoint::local_m, "in the segment's frame, m")
      .def("__repr__", [](const BodyPoint& p) { return "<BodyPoint '" + p.name + "'>"; });
  py::class_<Marker>(m, "Marker", "A recorded label attached to a segment.")
      .def(py::init([](BodyPoint at, double sigma_m, bool fixed) {
             return Marker{std::move(at), sigma_m, fixed};
           }),
           py::arg("at"), py::arg("sigma_m") = 0.01, py::arg("fixed") = false)
      .def_readonly("at", &Marker::at)
      .def_readonly("sigma_m", &Marker::sigma_m, "one SD per axis of measured - modelled, m")
      .def_readonly("fixed", &Marker::fixed, "a trusted anatomical place, not re-estimated")
      .def("__repr__", [](const Marker& k) { return "<Marker '" + k.at.name + "'>"; });
}

std::vector<std::string> coordinate_names(const Skeleton& s) {
  std::vector<std::string> names;
  for (const auto& c : s.coordinates) names.push_back(c.name);
  return names;
}

}  // namespace

void bind_skeleton(py::module_& m) {
  bind_parts(m);
  py::class_<Skeleton>(
      m, "Skeleton",
      "The runner's skeleton: a tree of segments sized to one person, with the "
      "recording's markers on it. From calibrate(), running_skeleton() or Skeleton.from_osim().")
      .def_readonly("segments", &Skeleton::segments, "parents before children")
      .def_readonly("coordinates", &Skeleton::coordinates)
      .def_readonly("landmarks", &Skeleton::landmarks, "hip_r, knee_r, heel_r, asis_r, c7, ...")
      .def_readwrite("markers", &Skeleton::markers)
      .def_readonly("subject", &Skeleton::subject)
      .def_readonly("notes", &Skeleton::notes, "what reading a model left out or assumed")
      .def_readwrite("on_skin", &Skeleton::on_skin,
                     "the markers sit on a person's skin: fits then state what skin, joints and "
                     "landmarks do to the angles; True from calibrate()")
      .def_property_readonly("coordinate_names", &coordinate_names)
      .def("segment", &Skeleton::segment, py::arg("name"), "Index; ValueError if unknown.")
      .def("coordinate", &Skeleton::coordinate, py::arg("name"), "Index; ValueError if unknown.")
      .def("landmark", &Skeleton::landmark, py::arg("name"), "BodyPoint; ValueError if unknown.")
      .def(
          "positions",
          [](const Skeleton& s, const Eigen::VectorXd& q, const std::vector<BodyPoint>& points) {
            if (q.size() != s.n_coordinates()) {
              throw InvalidArgument("q has " + std::to_string(q.size()) +
                                    " values; allowed: " + std::to_string(s.n_coordinates()));
            }
            SkeletonState<double> state;
            forward_kinematics(s, q.data(), state);
            Points out(points.size(), 3);
            for (std::size_t i = 0; i < points.size(); ++i) {
              out.row(static_cast<Eigen::Index>(i)) = point_position(state, points[i]).transpose();
            }
            return out;
          },
          py::arg("q"), py::arg("points"),
          "World positions, len(points) x 3, m, for coordinates q (rad, m).")
      .def_static(
          "from_osim",
          [](const std::filesystem::path& path,
             const std::optional<std::filesystem::path>& ik_tasks) {
            const py::gil_scoped_release release;
            return read_osim(path, ik_tasks.value_or(std::filesystem::path()));
          },
          py::arg("path"), py::arg("ik_tasks") = py::none(),
          "The skeleton of a scaled OpenSim model (.osim), with its markers: weld, pin, slider, "
          "universal, ball, gimbal, planar, free and custom joints. `ik_tasks`: the set-up of the "
          "inverse kinematics, for marker weights. What was left out is in `notes`. Raises "
          "IoError naming the joint, function or constraint that cannot be represented.")
      .def(
          "to_osim",
          [](const Skeleton& s, const std::filesystem::path& path) {
            const py::gil_scoped_release release;
            write_osim(path, s);
          },
          py::arg("path"),
          "Writes an OpenSim 4 model: bodies with mass and inertia, joints, coordinates with "
          "limits, markers. No muscles, no geometry.")
      .def("__repr__", [](const Skeleton& s) {
        return "<Skeleton: " + std::to_string(s.segments.size()) + " segments, " +
               std::to_string(s.coordinates.size()) + " coordinates, " +
               std::to_string(s.markers.size()) + " markers>";
      });
  m.def("running_skeleton", &running_skeleton, py::arg("subject") = Subject{}, py::arg("path") = "",
        "The library's running skeleton scaled to a person (lengths: Drillis & Contini 1966; "
        "inertia: de Leva 1996). Without a stature 1.75 m. `path`: a tree of your own. Raises "
        "ValueError for an impossible subject, IoError for an ill-formed file.");
}

}  // namespace runmech::bindings
