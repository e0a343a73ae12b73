// SPDX-License-Identifier: BSD-3-Clause
#include <variant>

#include "bindings.hpp"
#include "runmech/core/errors.hpp"
#include "runmech/core/printed.hpp"
#include "runmech/gait/belt.hpp"
#include "runmech/gait/detector.hpp"
#include "runmech/gait/detectors/osis_2014_refitted.hpp"
#include "runmech/gait/foot_motion.hpp"
#include "runmech/gait/force_contacts.hpp"
#include "runmech/gait/force_events.hpp"
#include "runmech/gait/force_lag.hpp"
#include "runmech/gait/gait_signals.hpp"
#include "runmech/gait/leg_angles.hpp"
#include "runmech/gait/phases.hpp"
#include "runmech/gait/strides.hpp"
#include "runmech/signal/interpolate.hpp"

RUNMECH_ENUM_AS_WORD(FeetFrom, parse_feet_from);

namespace runmech::bindings {
namespace {

using DoubleArray = py::array_t<double, py::array::c_style | py::array::forcecast>;

void bind_signals(py::module_& m) {
  py::class_<LegSignals>(m, "LegSignals",
                         "Points of one leg, n_frames x 3 metres each; 0 rows = not observed.")
      .def_readwrite("hip", &LegSignals::hip, "hip joint centre")
      .def_readwrite("knee", &LegSignals::knee, "knee joint centre")
      .def_readwrite("ankle", &LegSignals::ankle, "ankle joint centre")
      .def_readwrite("heel", &LegSignals::heel, "rear of the foot")
      .def_readwrite("toe", &LegSignals::toe, "forefoot; see GaitSignals.toe_definition")
      .def_readwrite("mt1", &LegSignals::mt1, "first metatarsal head")
      .def_readwrite("mt5", &LegSignals::mt5, "fifth metatarsal head");
  const auto pair = [](const Sided<double>& v) { return std::pair(v.left, v.right); };
  py::class_<StandingReference> standing(
      m, "StandingReference", "What a quiet stand tells; (left, right) pairs, nan = not known.");
  const auto def_pair = [&](const char* name, Sided<double> StandingReference::*member) {
    standing.def_property(
        name, [=](const StandingReference& s) { return pair(s.*member); },
        [=](StandingReference& s, const std::pair<double, double>& v) {
          s.*member = {v.first, v.second};
        });
  };
  def_pair("heel_height_m", &StandingReference::heel_height_m);
  def_pair("toe_height_m", &StandingReference::toe_height_m);
  def_pair("foot_pitch_rad", &StandingReference::foot_pitch_rad);
  def_pair("shank_angle_rad", &StandingReference::shank_angle_rad);
  def_pair("thigh_angle_rad", &StandingReference::thigh_angle_rad);
  standing.def_readwrite("obliquity_rad", &StandingReference::obliquity_rad)
      .def_readwrite("leg_length_m", &StandingReference::leg_length_m);

  py::class_<GaitSignals>(
      m, "GaitSignals",
      "Named point trajectories for detectors and simple metrics: n_frames x 3, "
      "metres, X forward, Y up, Z right, unfiltered, nan = missing; arrays with "
      "0 rows were not observed.")
      .def(py::init<>())
      .def_property(
          "time_s",
          [](const GaitSignals& s) {
            return py::array_t<double>(static_cast<py::ssize_t>(s.time_s.size()), s.time_s.data());
          },
          [](GaitSignals& s, const DoubleArray& t) {
            s.time_s = {t.data(), t.data() + t.size()};
          },
          "n_frames, seconds")
      .def_property_readonly(
          "left", [](GaitSignals& s) -> LegSignals& { return s.leg.left; },
          py::return_value_policy::reference_internal)
      .def_property_readonly(
          "right", [](GaitSignals& s) -> LegSignals& { return s.leg.right; },
          py::return_value_policy::reference_internal)
      .def_readwrite("pelvis", &GaitSignals::pelvis, "mid-pelvis; see pelvis_definition")
      .def_property(
          "pelvis_left", [](const GaitSignals& s) { return s.pelvis_side.left; },
          [](GaitSignals& s, const Points& p) { s.pelvis_side.left = p; })
      .def_property(
          "pelvis_right", [](const GaitSignals& s) { return s.pelvis_side.right; },
          [](GaitSignals& s, const Points& p) { s.pelvis_side.right = p; })
      .def_readwrite("trunk_top", &GaitSignals::trunk_top,
                     "mid-shoulder, C7 or thorax; see trunk_definition")
      .def_readwrite("pelvis_definition", &GaitSignals::pelvis_definition)
      .def_readwrite("trunk_definition", &GaitSignals::trunk_definition)
      .def_readwrite("heel_definition", &GaitSignals::heel_definition)
      .def_readwrite("toe_definition", &GaitSignals::toe_definition)
      .def_readwrite("joint_definition", &GaitSignals::joint_definition)
      .def_readwrite("standing", &GaitSignals::standing, "zeros for heights and angles")
      .def_readwrite("view", &GaitSignals::view, "'spatial', 'side', 'rear' or 'front'")
      .def_readwrite("surface", &GaitSignals::surface, "'treadmill', 'overground' or 'unknown'")
      .def_readwrite("stated_speed_m_s", &GaitSignals::stated_speed_m_s)
      .def_readwrite("keypoints", &GaitSignals::keypoints, "points seen in pictures, not markers")
      .def_readwrite("scale_assumed", &GaitSignals::scale_assumed)
      .def_readwrite("from_fit", &GaitSignals::from_fit, "points of a fitted skeleton")
      .def_readwrite("feet_from_fit", &GaitSignals::feet_from_fit, "heel and toe too")
      .def_property(
          "noise_m", [=](const GaitSignals& s) { return pair(s.noise_m); },
          [](GaitSignals& s, const std::pair<double, double>& v) {
            s.noise_m = {v.first, v.second};
          },
          "white noise of the foot points per axis, (left, right)")
      .def_readwrite("plates", &GaitSignals::plates,
                     "force plates of the recording, for the detector force_plate only; a copy: "
                     "assign a list to change them")
      .def_readwrite("notes", &GaitSignals::notes)
      .def_property_readonly("n_frames", &GaitSignals::n_frames)
      .def_property_readonly(
          "rate_hz", [](const GaitSignals& s) { return clock_of(s.time_s).rate_hz; },
          "frames per second, 0 without two frames")
      .def("copy", [](const GaitSignals& s) { return s; })
      .def("__repr__", [](const GaitSignals& s) {
        std::string text = "<GaitSignals: " + std::to_string(s.n_frames()) + " frames, " +
                           std::string(to_string(s.view)) + " view, pelvis: " +
                           (s.pelvis_definition.empty() ? "none" : s.pelvis_definition) +
                           ", heel: " + (s.heel_definition.empty() ? "none" : s.heel_definition) +
                           ", toe: " + (s.toe_definition.empty() ? "none" : s.toe_definition) +
                           ", trunk: " + (s.trunk_definition.empty() ? "none" : s.trunk_definition);
        return text + (s.from_fit ? ", from a fit>" : ">");
      });
  m.def(
      "gait_signals",
      // By value: a pointer argument's stub would not say that None is allowed.
      [](const Recording& recording, const std::optional<Recording>& standing) {
        return gait_signals(recording, standing ? &*standing : nullptr);
      },
      py::arg("recording"), py::arg("static") = py::none(),
      py::call_guard<py::gil_scoped_release>(),
      "Signals straight from a recording (metres, world axes). static: a Recording of quiet "
      "standing "
      "with the same markers. Raises ValueError for an unknown marker set, NotAnalysable without "
      "foot points.");
  m.def(
      "gait_signals",
      [](const Motion& motion, const std::optional<Motion>& standing, const Recording* recording,
         FeetFrom feet) {
        const Motion* stand = standing ? &*standing : nullptr;
        if (recording == nullptr) return gait_signals(motion, feet, stand);
        if (feet == FeetFrom::fitted) {
          throw InvalidArgument("feet is 'fitted' and a recording is given; allowed: one of them");
        }
        return gait_signals(motion, *recording, stand);
      },
      py::arg("motion"), py::arg("static") = py::none(), py::arg("recording") = nullptr,
      py::arg("feet") = FeetFrom::recorded, py::call_guard<py::gil_scoped_release>(),
      "Signals from a fitted motion; points that the data do not determine have 0 rows. static: a "
      "quiet stand fitted with the same skeleton, for the level of the pelvis. feet: 'recorded' "
      "(heel and toe as they were recorded, which shows foot strike and toe-off better than the "
      "rigid foot of the fit, where the motion knows them) or 'fitted'; feet_from_fit of the "
      "result "
      "tells which. recording: what the motion was fitted to, for its force plates, which a motion "
      "does not keep. Raises ValueError when its frames differ.");

  py::class_<LegAngles>(
      m, "LegAngles",
      "Sagittal angles of one leg, rad, n_frames each, unfiltered; nan = missing, "
      "no entries = not observed.")
      .def_readonly("foot_pitch", &LegAngles::foot_pitch, "+ toe up")
      .def_readonly("shank", &LegAngles::shank, "+ ankle in front of the knee")
      .def_readonly("thigh", &LegAngles::thigh, "+ knee in front of the hip")
      .def_readonly("knee_flexion", &LegAngles::knee_flexion, "0 = straight")
      .def_readonly("ankle", &LegAngles::ankle, "+ dorsiflexion, 0 = at right angles");
  m.def("leg_angles", &leg_angles, py::arg("signals"), py::arg("side"),
        py::call_guard<py::gil_scoped_release>(),
        "Foot, shank, thigh, knee and ankle angles in the plane of X and Y.");
  py::class_<FootMotion>(m, "FootMotion",
                         "How one foot moves against the ground: n_frames each; nan = missing, no "
                         "rows = not observed.")
      .def_readonly("rate_hz", &FootMotion::rate_hz, "frames per second")
      .def_readonly("ground_m_s", &FootMotion::ground_m_s,
                    "forward velocity of the ground in the recording: - belt speed, 0 overground")
      .def_readonly("ground_slope", &FootMotion::ground_slope, "rise per length forward")
      .def_readonly("heel_velocity", &FootMotion::heel_velocity, "n x 3, m/s over the ground")
      .def_readonly("toe_velocity", &FootMotion::toe_velocity, "n x 3, m/s over the ground")
      .def_readonly("mt1_velocity", &FootMotion::mt1_velocity, "n x 3, m/s over the ground")
      .def_readonly("mt5_velocity", &FootMotion::mt5_velocity, "n x 3, m/s over the ground")
      .def_readonly("heel_height_m", &FootMotion::heel_height_m,
                    "of the sole under the heel: above where it is with the foot flat")
      .def_readonly("toe_height_m", &FootMotion::toe_height_m, "of the sole under the toe")
      .def_readonly("rates", &FootMotion::rates, "LegAngles per second, rad/s");
  m.def("foot_motion", &foot_motion, py::arg("signals"), py::arg("side"),
        py::arg("cutoff_hz") = 0.0, py::call_guard<py::gil_scoped_release>(),
        "Velocities over the ground or belt, heights above it and angular rates of one foot, "
        "low-passed at cutoff_hz (zero lag; 0 = not at all). Raises ValueError for a cutoff_hz "
        "that the frame rate does not allow.");

  py::class_<FootSwing>(m, "FootSwing", "One step of one foot; seconds, nan = not shown.")
      .def_readonly("side", &FootSwing::side)
      .def_readonly("forward_s", &FootSwing::forward_s)
      .def_readonly("rearward_s", &FootSwing::rearward_s)
      .def_readonly("strike_s", &FootSwing::strike_s)
      .def_readonly("toe_off_s", &FootSwing::toe_off_s)
      .def_readonly("ground_m_s", &FootSwing::ground_m_s)
      .def_readonly("speed_m_s", &FootSwing::speed_m_s)
      .def_readonly("pelvis_rise_m", &FootSwing::pelvis_rise_m)
      .def_readonly("bridged", &FootSwing::bridged)
      .def_readonly("span", &FootSwing::span)
      .def_readonly("heading_rad", &FootSwing::heading_rad,
                    "of the pelvis over ground against X, + to the right")
      .def_readonly("stride_s", &FootSwing::stride_s, "stride time around it")
      .def_readonly("state", &FootSwing::state);
  py::class_<GaitPhases>(m, "GaitPhases", "The movement cut into steps.")
      .def_readonly("stride_time_s", &GaitPhases::stride_time_s)
      .def_readonly("regularity", &GaitPhases::regularity)
      .def_readonly("leg_length_m", &GaitPhases::leg_length_m)
      .def_readonly("leg_source", &GaitPhases::leg_source)
      .def_readonly("slope", &GaitPhases::slope)
      .def_readonly("cutoff_hz", &GaitPhases::cutoff_hz)
      .def_readonly("rate_hz", &GaitPhases::rate_hz)
      .def_readonly("swing_range_m", &GaitPhases::swing_range_m)
      .def_readonly("steps", &GaitPhases::steps)
      .def_readonly("spans", &GaitPhases::spans);
  m.def("find_phases", &find_phases, py::arg("signals"), py::call_guard<py::gil_scoped_release>(),
        "Cuts GaitSignals into steps.");
}

/// A Python callable as a detector.
struct PythonDetector {
  py::function call;
  [[nodiscard]] GaitEvents detect(const GaitSignals& signals) const {
    const py::gil_scoped_acquire gil;
    const py::object answer = call(py::cast(signals, py::return_value_policy::copy));
    if (!py::isinstance<GaitEvents>(answer)) {
      throw py::type_error("the detector must return runmech.GaitEvents, not " +
                           std::string(py::str(py::type::handle_of(answer).attr("__name__"))));
    }
    return answer.cast<GaitEvents>();
  }
};
static_assert(Detector<PythonDetector>);

void bind_detectors(py::module_& m) {
  py::class_<RecognisedStep>(m, "RecognisedStep", "One step as it was recognised.")
      .def_readonly("side", &RecognisedStep::side)
      .def_readonly("from_s", &RecognisedStep::from_s, "foot farthest in front")
      .def_readonly("to_s", &RecognisedStep::to_s, "foot farthest behind")
      .def_readonly("state", &RecognisedStep::state,
                    "'running', 'grounded', 'walking' or 'unknown'")
      .def("__repr__", [](const RecognisedStep& s) {
        return printed("<%s foot %.3f to %.3f s: %s>", std::string(to_string(s.side)).c_str(),
                       s.from_s, s.to_s, std::string(to_string(s.state)).c_str());
      });
  py::class_<GaitRecognition>(m, "GaitRecognition", "What the movement is, from the signals alone.")
      .def_readonly("kind", &GaitRecognition::kind)
      .def_readonly("reason", &GaitRecognition::reason)
      .def_readonly("stride_time_s", &GaitRecognition::stride_time_s)
      .def_readonly("cadence_per_min", &GaitRecognition::cadence_per_min, "steps/min")
      .def_readonly("duty_factor", &GaitRecognition::duty_factor)
      .def_readonly("spans", &GaitRecognition::spans)
      .def_readonly("steps", &GaitRecognition::steps, "every step found, with its state")
      .def_readonly("notes", &GaitRecognition::notes);
  m.def("recognise_gait", &recognise_gait, py::arg("signals"),
        py::call_guard<py::gil_scoped_release>(),
        "Running, grounded running, walking, no steps, too short or unclear, and why.");
  py::class_<DetectorInfo>(m, "DetectorInfo", "A built-in detector.")
      .def_readonly("name", &DetectorInfo::name)
      .def_readonly("foot_strike", &DetectorInfo::foot_strike, "the rule gives foot strikes")
      .def_readonly("toe_off", &DetectorInfo::toe_off, "the rule gives toe-offs")
      .def_readonly("about", &DetectorInfo::about, "the rule in one line")
      .def_readonly("source", &DetectorInfo::source)
      .def("__repr__", [](const DetectorInfo& d) { return "<" + d.name + ": " + d.about + ">"; });
  m.def("detector_list", &detector_list, "The built-in detectors with what they do.");
  m.def("detector_names", &detector_names, "Names of the built-in detectors.");
  m.def(
      "osis_rows",
      [](const GaitSignals& signals, Side side, EventType type) {
        OsisRows found = osis_rows(signals, side, type);
        return std::pair(std::move(found.anchor_s), std::move(found.rows));
      },
      py::arg("signals"), py::arg("side"), py::arg("type"),
      py::call_guard<py::gil_scoped_release>(),
      "Anchors (s) of osis_2014_refitted and the rows (n x 284) that its coefficients are fitted "
      "to.");
  m.def(
      "detect_events",
      [](const GaitSignals& signals,
         const std::variant<std::string, py::function, py::object>& detector) {
        if (const auto* name = std::get_if<std::string>(&detector)) {
          const py::gil_scoped_release release;
          return detect_events(signals, *name);
        }
        if (const auto* call = std::get_if<py::function>(&detector)) {
          return detect_events(signals, PythonDetector{*call});
        }
        const py::object& given = std::get<py::object>(detector);
        if (!py::hasattr(given, "detect")) {
          throw py::type_error(
              "a detector is a name, a callable or an object with a method detect, "
              "not " +
              std::string(py::str(py::type::handle_of(given).attr("__name__"))));
        }
        return detect_events(signals, PythonDetector{given.attr("detect")});
      },
      py::arg("signals"), py::arg("detector") = std::string(kDefaultDetector),
      "Foot strikes and toe-offs. detector: a name of detector_names(), or a callable, or an "
      "object with a method "
      "detect, that takes GaitSignals and returns GaitEvents (kind, reason and spans may be left "
      "to the library). "
      "Raises ValueError for an unknown name.");
}

void bind_strides(py::module_& m) {
  bind_options<StrideOptions>(m, "StrideOptions", "Which strides are used.");
  py::class_<Stride>(m, "Stride", "From a foot strike to the next of the same foot, seconds.")
      .def_readonly("side", &Stride::side)
      .def_readonly("foot_strike_s", &Stride::foot_strike_s)
      .def_readonly("toe_off_s", &Stride::toe_off_s)
      .def_readonly("next_foot_strike_s", &Stride::next_foot_strike_s)
      .def_readonly("opposite_toe_off_s", &Stride::opposite_toe_off_s)
      .def_readonly("opposite_foot_strike_s", &Stride::opposite_foot_strike_s)
      .def_readonly("span", &Stride::span)
      .def_readonly("used", &Stride::used)
      .def_readonly("reason", &Stride::reason, "why not used")
      .def_property_readonly("duration_s", &Stride::duration_s)
      .def_property_readonly("contact_s", &Stride::contact_s);
  m.def("steps_that_count", &steps_that_count, py::arg("events"),
        py::call_guard<py::gil_scoped_release>(),
        "The events that metrics use: of a run those of running steps, without walking and steps "
        "without flight; events of unknown state inside a span, such as those set by hand, stay.");
  m.def("strides", &strides, py::arg("events"), py::arg("signals") = nullptr,
        py::arg("options") = StrideOptions{}, py::call_guard<py::gil_scoped_release>(),
        "The strides of both feet in order; those not used say why.");
  py::class_<RunningSpeed>(m, "RunningSpeed", "Speed over the ground or belt, nan = cannot tell.")
      .def_readonly("speed_m_s", &RunningSpeed::speed_m_s)
      .def_readonly("sd_m_s", &RunningSpeed::sd_m_s)
      .def_readonly("ground_m_s", &RunningSpeed::ground_m_s)
      .def_readonly("slope", &RunningSpeed::slope)
      .def_readonly("n_steps", &RunningSpeed::n_steps)
      .def_readonly("source", &RunningSpeed::source)
      .def_readonly("reason", &RunningSpeed::reason);
  m.def("running_speed", &running_speed, py::arg("signals"), py::arg("events"),
        py::call_guard<py::gil_scoped_release>(), "Speed from the stance foot and the pelvis.");
}

void bind_force(py::module_& m) {
  bind_options<ForceEventOptions>(m, "ForceEventOptions",
                                  "How contacts are read from force plates.");
  py::class_<ForceContact>(m, "ForceContact",
                           "One stretch of ground contact; nan where the record "
                           "begins or ends inside it.")
      .def_readonly("start_s", &ForceContact::start_s)
      .def_readonly("end_s", &ForceContact::end_s)
      .def_readonly("peak_n", &ForceContact::peak_n)
      .def_readonly("long_contact", &ForceContact::long_contact)
      .def_property_readonly("duration_s", &ForceContact::duration_s);
  py::class_<ForceContacts>(m, "ForceContacts",
                            "Contacts of one vertical force and what was found.")
      .def_readonly("contacts", &ForceContacts::contacts)
      .def_readonly("force_n", &ForceContacts::force_n, "n, upright, drift removed, low-passed")
      .def_readonly("threshold_n", &ForceContacts::threshold_n, "as used, N")
      .def_readonly("aerial_sd_n", &ForceContacts::aerial_sd_n)
      .def_readonly("drift_n", &ForceContacts::drift_n)
      .def_readonly("dead_band_n", &ForceContacts::dead_band_n)
      .def_readonly("rise_e_fold_s", &ForceContacts::rise_e_fold_s)
      .def_readonly("extrapolated", &ForceContacts::extrapolated,
                    "noise hides the ends: they are extrapolated to zero force from above")
      .def_readonly("low_passed", &ForceContacts::low_passed)
      .def_readonly("dropped_short", &ForceContacts::dropped_short)
      .def_readonly("upside_down", &ForceContacts::upside_down)
      .def_readonly("notes", &ForceContacts::notes);
  m.def(
      "force_contacts",
      [](const std::vector<double>& time_s, const Eigen::VectorXd& vertical_n,
         const ForceEventOptions& options) { return force_contacts(time_s, vertical_n, options); },
      py::arg("time_s"), py::arg("vertical_n"), py::arg("options") = ForceEventOptions{},
      py::call_guard<py::gil_scoped_release>(),
      "Contacts from one vertical force: time_s and vertical_n of n samples, seconds and newtons.");
  py::class_<ForceLag>(m, "ForceLag", "How far the pelvis follows the force: lag_s, sd_s, n.")
      .def_readonly("lag_s", &ForceLag::lag_s, "+ where the pelvis accelerates later")
      .def_readonly("sd_s", &ForceLag::sd_s)
      .def_readonly("n", &ForceLag::n, "contacts")
      .def("__repr__", [](const ForceLag& x) {
        return printed("<ForceLag: %.2f +- %.2f ms, %d contacts>", 1e3 * x.lag_s, 1e3 * x.sd_s,
                       x.n);
      });
  m.def("force_lag", &force_lag, py::arg("recording"), py::call_guard<py::gil_scoped_release>(),
        "How far the vertical acceleration of the pelvis lags behind the vertical force: a cue for "
        "clocks of markers and force that differ between laboratories or jump between trials. "
        "Nothing is corrected by it. Raises ValueError without force plates.");
  m.def("force_events",
        py::overload_cast<const Recording&, const ForceEventOptions&>(&force_events),
        py::arg("recording"), py::arg("options") = ForceEventOptions{},
        py::call_guard<py::gil_scoped_release>(),
        "Foot strikes and toe-offs from a recording's force plates, interpolated between samples. "
        "Raises ValueError without plates, NotAnalysable when nothing tells the sides.");
}

}  // namespace

void bind_event_scores(py::module_& m);  // bind_event_scores.cpp

void bind_gait(py::module_& m) {
  bind_signals(m);
  bind_detectors(m);
  bind_strides(m);
  bind_force(m);
  bind_event_scores(m);
}

}  // namespace runmech::bindings
