// SPDX-License-Identifier: BSD-3-Clause
#include <memory>

#include "bindings.hpp"
#include "runmech/core/printed.hpp"
#include "runmech/fit/fit_report.hpp"
#include "runmech/fit/trajectory.hpp"

RUNMECH_ENUM_AS_WORD(RobustLoss, parse_robust_loss);
RUNMECH_ENUM_AS_WORD(TrajectorySolver, parse_trajectory_solver);

namespace runmech::bindings {
namespace {

void bind_lines(py::module_& m) {
  py::class_<FitReport::MarkerLine>(m, "MarkerFit", "How well one marker was met.")
      .def_readonly("label", &FitReport::MarkerLine::label)
      .def_readonly("rms_m", &FitReport::MarkerLine::rms_m,
                    "3-D distance over the frames in which it carried weight, m; NaN: never")
      .def_readonly("n_seen", &FitReport::MarkerLine::n_seen, "frames")
      .def_readonly("n_outliers", &FitReport::MarkerLine::n_outliers,
                    "frames in which it lost more than four fifths of its weight")
      .def_readonly("longest_gap", &FitReport::MarkerLine::longest_gap, "frames")
      .def_readonly("sigma_m", &FitReport::MarkerLine::sigma_m,
                    "one SD per axis that the fit took it for")
      .def_readonly("sigma_sd_m", &FitReport::MarkerLine::sigma_sd_m,
                    "of sigma_m where the fit found it (free_marker_sigmas), else NaN")
      .def_readonly("place_change_m", &FitReport::MarkerLine::place_change_m,
                    "from where the calibration has it, in its segment's frame; 0 where not free")
      .def_readonly("place_sd_m", &FitReport::MarkerLine::place_sd_m,
                    "per axis; NaN where its place is not free (free_marker_places)")
      .def("__repr__", [](const FitReport::MarkerLine& self) {
        return printed("<MarkerFit: %s, %.1f mm off, %d outliers in %d frames>", self.label.c_str(),
                       1e3 * self.rms_m, self.n_outliers, self.n_seen);
      });
  py::class_<FitReport::CoordinateLine>(m, "CoordinateFit", "How one coordinate was smoothed.")
      .def_readonly("name", &FitReport::CoordinateLine::name)
      .def_readonly("smoothing_hz", &FitReport::CoordinateLine::smoothing_hz,
                    "half-power frequency, median over time")
      .def_readonly("roughest_hz", &FitReport::CoordinateLine::roughest_hz,
                    "half-power frequency, 95th percentile over time")
      .def_readonly("random_sd", &FitReport::CoordinateLine::random_sd, "rad or m")
      .def_readonly("systematic_sd", &FitReport::CoordinateLine::systematic_sd, "rad or m")
      .def_readonly("offset_sd", &FitReport::CoordinateLine::offset_sd, "rad or m")
      .def_readonly("frame_sd", &FitReport::CoordinateLine::frame_sd,
                    "of one frame's value were the markers' stated sigmas true, rad or m")
      .def_readonly("range", &FitReport::CoordinateLine::range,
                    "how far it moves, 5th to 95th percentile, rad or m")
      .def_readonly("weakly_observed", &FitReport::CoordinateLine::weakly_observed,
                    "the markers barely determine it: frame_sd is more than 2 degrees and 15 % of "
                    "the range, or more than 5 degrees (2 and 5 cm); "
                    "or random and systematic error exceed 3 degrees (5 cm)")
      .def("__repr__", [](const FitReport::CoordinateLine& self) {
        return printed(
            "<CoordinateFit: %s, smoothed at %.1f Hz, sd %.2g random, %.2g systematic%s>",
            self.name.c_str(), self.smoothing_hz, self.random_sd, self.systematic_sd,
            self.weakly_observed ? ", weakly observed" : "");
      });
  py::class_<FitReport::LengthLine>(m, "LengthFit", "A length found by the fit.")
      .def_readonly("segments", &FitReport::LengthLine::segments)
      .def_readonly("change", &FitReport::LengthLine::change, "relative")
      .def_readonly("sd", &FitReport::LengthLine::sd,
                    "of the relative change: noise and what lasts in the residuals; where markers "
                    "were placed is not in it")
      .def("__repr__", [](const FitReport::LengthLine& self) {
        return printed("<LengthFit: %s %+.1f %%, sd %.1f %%>", self.segments.front().c_str(),
                       1e2 * self.change, 1e2 * self.sd);
      });
  py::class_<FitReport::Interval>(m, "FitInterval", "A stretch of frames of the same status.")
      .def_readonly("span", &FitReport::Interval::span)
      .def_property_readonly(
          "status",
          [](const FitReport::Interval& self) { return std::string(to_string(self.status)); })
      .def_readonly("n_frames", &FitReport::Interval::n_frames)
      .def_readonly("reason", &FitReport::Interval::reason, "empty where ok")
      .def_readonly("bridged", &FitReport::Interval::bridged,
                    "coordinates that the frames do not give and the fit bridges")
      .def_readonly("missing", &FitReport::Interval::missing, "coordinates that stay missing")
      .def("__repr__", [](const FitReport::Interval& self) {
        return printed("<FitInterval: %.3f to %.3f s %s%s%s>", self.span.start_s, self.span.end_s,
                       std::string(to_string(self.status)).c_str(), self.reason.empty() ? "" : ": ",
                       self.reason.c_str());
      });
}

}  // namespace

void bind_trajectory(py::module_& m) {
  bind_options<TrajectoryOptions>(m, "TrajectoryOptions", "How a whole trajectory is fitted.");
  bind_lines(m);
  py::class_<FitReport, std::shared_ptr<FitReport>>(m, "FitReport", "What a fit did.")
      .def_readonly("method", &FitReport::method, "'trajectory' or 'frame'")
      .def_readonly("solver", &FitReport::solver, "of a trajectory, else empty")
      .def_readonly("converged", &FitReport::converged)
      .def_readonly("iterations", &FitReport::iterations, "of the last minimisation")
      .def_readonly("rounds", &FitReport::rounds, "in which the weights were found")
      .def_readonly("cost", &FitReport::cost)
      .def_readonly("noise", &FitReport::noise, "true over stated sigma of the markers")
      .def_readonly("white_share", &FitReport::white_share,
                    "of the residuals' variance: noise that smoothing averages, not soft tissue")
      .def_readonly("markers", &FitReport::markers, "list of MarkerFit")
      .def_readonly("coordinates", &FitReport::coordinates, "list of CoordinateFit")
      .def_readonly("lengths", &FitReport::lengths, "list of LengthFit")
      .def_readonly("intervals", &FitReport::intervals, "list of FitInterval")
      .def(
          "to_pandas",
          [](const py::object& self, const std::string& what) -> DataFrame {
            return py::reinterpret_borrow<DataFrame>(
                py::module_::import("runmech.tables").attr("fit_report")(self, what));
          },
          py::arg("what") = "coordinates",
          "One row for each of 'coordinates' (rad, m), 'markers', 'lengths' or 'intervals', "
          "columns "
          "named as the attributes of CoordinateFit, MarkerFit, LengthFit, FitInterval.")
      .def("_repr_html_",
           [](const py::object& self) -> py::str {
             return py::module_::import("runmech.tables").attr("to_html")(self);
           })
      .def("__repr__", [](const FitReport& self) {
        return printed("<FitReport: %s, %s, noise %.2f times the stated, %zu intervals>",
                       self.method.c_str(), self.converged ? "converged" : "not converged",
                       self.noise, self.intervals.size());
      });
}

}  // namespace runmech::bindings
