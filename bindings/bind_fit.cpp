// SPDX-License-Identifier: BSD-3-Clause
#include <algorithm>
#include <limits>

#include "bindings.hpp"
#include "runmech/core/printed.hpp"
#include "runmech/fit/fit.hpp"
#include "runmech/fit/fit_report.hpp"
#include "runmech/fit/motion.hpp"

RUNMECH_ENUM_AS_WORD(RobustLoss, parse_robust_loss);
RUNMECH_ENUM_AS_WORD(TrajectorySolver, parse_trajectory_solver);

namespace runmech::bindings {
namespace {

template <class T>
py::list words(const std::vector<T>& values) {
  py::list out;
  for (const auto& value : values) out.append(std::string(to_string(value)));
  return out;
}

py::array_t<double> times(const Motion& motion, const py::object& t_s, int derivative) {
  using Array = py::array_t<double, py::array::c_style | py::array::forcecast>;
  const Array t = t_s.is_none()
                      ? Array(static_cast<py::ssize_t>(motion.time_s.size()), motion.time_s.data())
                      : t_s.cast<Array>();
  const py::ssize_t n = motion.skeleton.n_coordinates();
  std::vector<py::ssize_t> shape(t.shape(), t.shape() + t.ndim());
  shape.push_back(n);
  py::array_t<double> out(shape);
  {
    const double* from = t.data();
    double* to = out.mutable_data();
    const py::ssize_t count = t.size();
    const py::gil_scoped_release release;
    for (py::ssize_t i = 0; i < count; ++i, to += n) {
      Eigen::Map<Eigen::VectorXd>(to, n) = motion.coordinates(from[i], derivative);
    }
  }
  return out;
}

py::array_t<double> positions(const Motion& motion, const BodyPoint& at, const py::object& t_s,
                              int derivative) {
  using Array = py::array_t<double, py::array::c_style | py::array::forcecast>;
  const Array t = t_s.is_none()
                      ? Array(static_cast<py::ssize_t>(motion.time_s.size()), motion.time_s.data())
                      : t_s.cast<Array>();
  std::vector<py::ssize_t> shape(t.shape(), t.shape() + t.ndim());
  shape.push_back(3);
  py::array_t<double> out(shape);
  {
    const double* from = t.data();
    double* to = out.mutable_data();
    const py::ssize_t count = t.size();
    const py::gil_scoped_release release;
    for (py::ssize_t i = 0; i < count; ++i, to += 3) {
      const Eigen::Vector3d p = motion.point(at, from[i], derivative);
      std::copy(p.begin(), p.end(), to);
    }
  }
  return out;
}

using Spread = double (Motion::*)(int, double, int) const;

py::array_t<double> spreads_of(const Motion& motion, Spread spread, const std::string& name,
                               const py::object& t_s, int derivative) {
  using Array = py::array_t<double, py::array::c_style | py::array::forcecast>;
  const int index = motion.skeleton.coordinate(name);
  const Array t = t_s.is_none()
                      ? Array(static_cast<py::ssize_t>(motion.time_s.size()), motion.time_s.data())
                      : t_s.cast<Array>();
  py::array_t<double> out(std::vector<py::ssize_t>(t.shape(), t.shape() + t.ndim()));
  for (py::ssize_t i = 0; i < t.size(); ++i) {
    out.mutable_data()[i] = (motion.*spread)(index, t.data()[i], derivative);
  }
  return out;
}

py::array_t<double> spreads(const Motion& motion, const std::string& name, const py::object& t_s,
                            int derivative) {
  return spreads_of(motion, &Motion::sd, name, t_s, derivative);
}

py::array_t<double> total_spreads(const Motion& motion, const std::string& name,
                                  const py::object& t_s, int derivative) {
  return spreads_of(motion, &Motion::total_sd, name, t_s, derivative);
}

py::object systematic_spreads(const Motion& motion, const std::string& name, const py::object& t_s,
                              int derivative) {
  if (!t_s.is_none()) return spreads_of(motion, &Motion::systematic_sd, name, t_s, derivative);
  const int index = motion.skeleton.coordinate(name);
  if (motion.systematic == nullptr) return py::float_(std::numeric_limits<double>::quiet_NaN());
  return py::float_(motion.systematic->shape(index) *
                    (derivative == 1 ? motion.systematic->rate_rad_s : 1.0));
}

std::string summary(const Motion& motion) {
  const auto bad = std::count_if(motion.quality.begin(), motion.quality.end(),
                                 [](const auto& q) { return q.status != FrameStatus::ok; });
  return printed(
      "<Motion: %zu frames, %.2f to %.2f s, %d coordinates, %ld frames not ok, smoothed "
      "at %.1f Hz, method '%s'>",
      motion.time_s.size(), motion.start_s(), motion.end_s(), motion.skeleton.n_coordinates(),
      static_cast<long>(bad), motion.smoothing_hz, motion.method.c_str());
}

void bind_motion(py::module_& m) {
  py::class_<FrameQuality>(m, "FrameQuality", "How usable one frame's pose is, and why.")
      .def_readonly("rms_m", &FrameQuality::rms_m, "3-D distance over the used markers, m")
      .def_readonly("n_used", &FrameQuality::n_used, "markers that carried weight")
      .def_readonly("worst_marker", &FrameQuality::worst_marker, "index in skeleton.markers, or -1")
      .def_readonly("worst_m", &FrameQuality::worst_m, "its distance, m")
      .def_property_readonly(
          "status", [](const FrameQuality& q) { return std::string(to_string(q.status)); },
          "'ok', 'few_markers', 'high_residual', 'limit', 'jump' or 'no_data'")
      .def("__repr__", [](const FrameQuality& q) {
        return "<FrameQuality: " + std::string(to_string(q.status)) + ", " +
               std::to_string(q.n_used) + " markers, rms " + std::to_string(q.rms_m) + " m>";
      });
  py::class_<Motion> cls(m, "Motion",
                         "Joint angles in continuous time: one spline per coordinate on the "
                         "recording's time stamps. Radians, metres, seconds; missing = NaN.");
  cls.def_readonly("skeleton", &Motion::skeleton)
      .def_property_readonly(
          "time_s",
          [](const py::object& self) {
            const auto& t = self.cast<const Motion&>().time_s;
            return py::array_t<double>(static_cast<py::ssize_t>(t.size()), t.data(), self);
          },
          "n_frames, the recording's clock (a view)")
      .def_readonly("frame_coordinates", &Motion::frame_coordinates,
                    "n_frames x n_coordinates before smoothing, rad and m, NaN where not usable")
      .def_readonly("quality", &Motion::quality, "n_frames FrameQuality")
      .def_property_readonly(
          "frame_status",
          [](const Motion& self) {
            py::list out;
            for (const auto& q : self.quality) out.append(std::string(to_string(q.status)));
            return out;
          },
          "n_frames words")
      .def_property_readonly("coordinate_names",
                             [](const Motion& self) {
                               std::vector<std::string> names;
                               for (const auto& c : self.skeleton.coordinates)
                                 names.push_back(c.name);
                               return names;
                             })
      .def_property_readonly(
          "coordinate_status", [](const Motion& self) { return words(self.coordinate_status); },
          "n_coordinates words: 'observed', 'undetermined' or 'locked'")
      .def_readonly("coordinate_sd", &Motion::coordinate_sd,
                    "n_coordinates, rad or m: white noise of one frame's value; says nothing of "
                    "soft tissue or calibration")
      .def_readonly("smoothing_hz", &Motion::smoothing_hz,
                    "half-power frequency of the smoothing, median over the joints")
      .def_readonly("method", &Motion::method)
      .def_readonly("view", &Motion::view)
      .def_readonly("surface", &Motion::surface)
      .def_readonly("speed_m_s", &Motion::speed_m_s, "stated running speed or None")
      .def_readonly("keypoints", &Motion::keypoints)
      .def_readonly("scale_assumed", &Motion::scale_assumed)
      .def_property_readonly(
          "knows_recorded_feet", [](const Motion& self) { return self.recorded_legs != nullptr; },
          "heel and toe as they were recorded are known, and gait_signals takes them")
      .def_readonly("notes", &Motion::notes)
      .def_readonly("gaps", &Motion::gaps, "per coordinate: TimeSpans where nothing is known")
      .def_property_readonly("start_s", &Motion::start_s)
      .def_property_readonly("end_s", &Motion::end_s)
      .def("coordinates", &times, py::arg("t_s") = py::none(), py::arg("derivative") = 0,
           "Coordinates at times t_s (any shape; None: the frames), shape t_s.shape + "
           "(n_coordinates,): value, velocity or acceleration (derivative 0..2). NaN outside the "
           "recording, in gaps and where not observed.")
      .def(
          "coordinate",
          [](const Motion& self, const std::string& name, const py::object& t_s,
             int derivative) -> py::array_t<double> {
            const int index = self.skeleton.coordinate(name);
            const py::object all = times(self, t_s, derivative);
            return all[py::make_tuple(py::ellipsis(), index)].cast<py::array_t<double>>();
          },
          py::arg("name"), py::arg("t_s") = py::none(), py::arg("derivative") = 0,
          "One coordinate by name, shape of t_s.")
      .def(
          "point",
          [](const Motion& self, const std::string& landmark, const py::object& t_s,
             int derivative) {
            return positions(self, self.skeleton.landmark(landmark), t_s, derivative);
          },
          py::arg("landmark"), py::arg("t_s") = py::none(), py::arg("derivative") = 0,
          "World position (m), velocity or acceleration of a landmark, shape t_s.shape + (3,).")
      .def("point", &positions, py::arg("at"), py::arg("t_s") = py::none(),
           py::arg("derivative") = 0, "The same for any BodyPoint.")
      .def("sd", &spreads, py::arg("name"), py::arg("t_s") = py::none(), py::arg("derivative") = 0,
           "Random standard deviation of one coordinate (derivative 0) or its velocity (1), rad or "
           "m "
           "(per s), shape of t_s.")
      .def("systematic_sd", &systematic_spreads, py::arg("name"), py::arg("t_s") = py::none(),
           py::arg("derivative") = 0,
           "What repeats every stride and shrinks with none (skin that moves over bones, joints "
           "simpler than they are, residuals that last): standard deviation of one coordinate or "
           "its velocity, rad or m (per s). At times t_s (any shape); None: root mean square over "
           "the trial, one number.")
      .def(
          "offset_sd",
          [](const Motion& self, const std::string& name) {
            return self.offset_sd(self.skeleton.coordinate(name));
          },
          py::arg("name"),
          "What is constant over the trial, rad or m: where landmarks were placed. Ranges and "
          "changes within a trial do not know of it. 0 for a skeleton whose markers are not on "
          "skin.")
      .def("total_sd", &total_spreads, py::arg("name"), py::arg("t_s") = py::none(),
           py::arg("derivative") = 0,
           "Random, systematic and (not of a velocity) offset together, shape of t_s.")
      .def_property_readonly(
          "weakly_observed",
          [](const Motion& self) {
            std::vector<std::string> names;
            for (int j = 0; j < self.skeleton.n_coordinates(); ++j) {
              if (self.weakly_observed(j)) names.push_back(self.skeleton.coordinates[j].name);
            }
            return names;
          },
          "Names of the coordinates that the markers barely determine: not to be read as findings.")
      .def("draw_systematic", &Motion::draw_systematic, py::arg("n"), py::arg("seed"),
           py::arg("foot_strikes_s"), py::call_guard<py::gil_scoped_release>(),
           "n Motions that differ from this one by systematic errors: constant offsets, and "
           "shapes locked to the strides that the foot strikes (of one foot) begin.")
      .def(
          "draw", &Motion::draw, py::arg("n"), py::arg("seed") = 1,
          py::call_guard<py::gil_scoped_release>(),
          "n Motions as likely as this one, from the posterior. Raises ValueError where the frames "
          "were too few for one.")
      .def_property_readonly(
          "report",
          [](const Motion& self) { return std::const_pointer_cast<FitReport>(self.report); },
          "FitReport: per marker, coordinate and interval what was found")
      .def("__repr__", &summary);
  with_tables(cls, "Index time_s; smoothed coordinates at the frames: degrees for angles, metres.");
}

}  // namespace

void bind_fit(py::module_& m) {
  bind_motion(m);
  bind_options<FrameFitOptions>(m, "FrameFitOptions", "How one pose is fitted.");
  bind_options<FitOptions>(
      m, "FitOptions",
      "How a recording is fitted. A cutoff_hz given without a method chooses method 'frame', whose "
      "smoothing it sets.",
      [](FitOptions& options, const py::kwargs& given) {
        if (options.cutoff_hz > 0.0 && !given.contains("method")) options.method = "frame";
      });
  m.def(
      "fit",
      [](const Recording& recording, const Skeleton& skeleton, const FitOptions& options,
         py::object progress) {
        const Progress report = progress_from(std::move(progress));
        const py::gil_scoped_release release;
        return fit(recording, skeleton, options, report);
      },
      py::arg("recording"), py::arg("skeleton"), py::arg("options") = FitOptions{},
      py::arg("progress") = py::none(),
      "Joint angles in continuous time from a recording, for a skeleton that carries its markers "
      "(from calibrate). `progress(fraction, stage)` may return False to cancel. Raises ValueError "
      "when none of the skeleton's markers is in the recording.");
}

}  // namespace runmech::bindings
