// SPDX-License-Identifier: BSD-3-Clause
#include <optional>

#include "bindings.hpp"
#include "runmech/synth/synthesise.hpp"

namespace runmech::bindings {
namespace {

constexpr const char* kSynthesiseDoc =
    R"(A recording of a runner who never was, with the exact truth.

Joint angles follow mean curves of real runners; the standing foot rests on the ground, flight is
ballistic. `preset` is one of synthetic_presets() (healthy, miss_x_baseline, miss_x_followup) or None.
Further keywords are the options of SyntheticOptions and SyntheticNoise and go before the preset.

Returns a SyntheticRun with recording, standing, strength and truth. Raises ValueError for options out
of range, NotAnalysable for changes that no leg can make.)";

/// Sets one option from Python; false where T has none of that name.
template <class T>
bool set_option(T& options, const std::string& wanted, const py::handle& given) {
  bool found = false;
  for_each_option(options, [&](const char* key, auto& member, const char*) {
    if (wanted != key) return;
    found = true;
    try {
      member = given.cast<std::remove_reference_t<decltype(member)>>();
    } catch (const py::cast_error&) {
      throw py::type_error("synthesise: option '" + wanted + "' has the wrong type");
    }
  });
  return found;
}

SyntheticRun synthesise_keywords(const std::optional<std::string>& preset, std::uint64_t seed,
                                 py::object progress, const py::kwargs& given) {
  SyntheticOptions options;
  if (preset) options = synthetic_options(*preset);
  options.seed = seed;
  for (const auto& [key, given_value] : given) {
    const auto name = key.cast<std::string>();
    if (!set_option(options, name, given_value) && !set_option(options.noise, name, given_value)) {
      throw py::type_error("synthesise: unknown option '" + name + "'");
    }
  }
  const Progress told = progress_from(std::move(progress));
  const py::gil_scoped_release free;
  return synthesise(options, told);
}

}  // namespace

void bind_synth(py::module_& m) {
  bind_options<SyntheticNoise>(m, "SyntheticNoise", "Errors put on the recorded points.");
  bind_options<SyntheticOptions>(m, "SyntheticOptions", "What to synthesise.")
      .def("validate", &SyntheticOptions::validate,
           "Raises ValueError naming what is out of range.");
  py::class_<SyntheticTruth>(
      m, "SyntheticTruth", "What was really done, at the frames of the recording and in its axes.")
      .def_readonly("skeleton", &SyntheticTruth::skeleton, "the runner, the recorded points on it")
      .def_readonly("time_s", &SyntheticTruth::time_s)
      .def_readonly("coordinates", &SyntheticTruth::coordinates, "names, skeleton order")
      .def_readonly("coordinate_values", &SyntheticTruth::coordinate_values,
                    "n_frames x n_coordinates, radians and metres")
      .def_readonly("joints", &SyntheticTruth::joints)
      .def_readonly("joint_positions_m", &SyntheticTruth::joint_positions_m,
                    "n_frames x (3 n_joints), 3D in every view")
      .def_readonly("events", &SyntheticTruth::events, "exact first and last contacts")
      .def_readonly("metrics", &SyntheticTruth::metrics, "exact, per stride and summary")
      .def_readonly("belt_speed_m_s", &SyntheticTruth::belt_speed_m_s, "0 overground");
  py::class_<SyntheticRun>(m, "SyntheticRun", "A synthetic recording and its truth.")
      .def_readonly("recording", &SyntheticRun::recording)
      .def_readonly("standing", &SyntheticRun::standing, "a quiet stand with all points of the set")
      .def_readonly("strength", &SyntheticRun::strength, "list of StrengthTrial")
      .def_readonly("truth", &SyntheticRun::truth)
      .def("__repr__", [](const SyntheticRun& run) {
        return "SyntheticRun(" + run.recording.source + ", " +
               std::to_string(run.recording.n_frames()) + " frames, " +
               std::to_string(run.recording.n_points()) + " points, " +
               std::to_string(run.truth.events.events.size()) + " events)";
      });
  m.def("synthetic_presets", &synthetic_presets, "Names of the cases that synthesise knows.");
  m.def("synthetic_options", &synthetic_options, py::arg("preset"), py::arg("seed") = 1,
        "The options of a case.");
  m.def("synthesise", &synthesise_keywords, py::arg("preset") = py::none(), py::arg("seed") = 1,
        py::kw_only(), py::arg("progress") = py::none(), kSynthesiseDoc);
}

}  // namespace runmech::bindings
