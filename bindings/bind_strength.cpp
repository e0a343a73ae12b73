// SPDX-License-Identifier: BSD-3-Clause
#include "bindings.hpp"
#include "runmech/strength/profile.hpp"
#include "runmech/strength/symmetry.hpp"

RUNMECH_ENUM_AS_WORD(Sense, parse_sense);

namespace runmech::bindings {
namespace {

void bind_symmetry(py::module_& m) {
  m.def("limb_symmetry_index", &limb_symmetry_index, py::arg("involved"), py::arg("uninvolved"),
        "100 involved / uninvolved in %; 100 = equal, not clipped, NaN where the divisor is zero.");
  m.def("symmetry_index", &symmetry_index, py::arg("right"), py::arg("left"),
        "100 (R - L) / mean(R, L) in %; + = right larger (Robinson 1987).");
  m.def("symmetry_angle", &symmetry_angle, py::arg("right"), py::arg("left"),
        "(45 deg - atan2(L, R)) / 90 deg in %; + = right larger (Zifchock 2008).");
  m.def("log_ratio", &log_ratio, py::arg("right"), py::arg("left"),
        "100 ln(R / L) in %; + = right larger; NaN unless both are positive.");
  m.def("percent_difference", &percent_difference, py::arg("right"), py::arg("left"),
        "100 (1 - smaller / larger) in %, without direction (Bishop 2018).");
  m.def("bilateral_asymmetry", &bilateral_asymmetry, py::arg("dominant"), py::arg("nondominant"),
        "100 (D - ND) / (D + ND) in % (Bishop 2018).");

  py::class_<SymmetryIndices>(
      m, "SymmetryIndices", "All indices of one left/right pair; NaN where undefined, see status.")
      .def_property_readonly(
          "status", [](const SymmetryIndices& s) { return std::string(to_string(s.status)); })
      .def_readonly("difference", &SymmetryIndices::difference, "R - L, in the unit of the values")
      .def_readonly("symmetry_index_pct", &SymmetryIndices::symmetry_index_pct)
      .def_readonly("symmetry_angle_pct", &SymmetryIndices::symmetry_angle_pct)
      .def_readonly("log_ratio_pct", &SymmetryIndices::log_ratio_pct)
      .def_readonly("smaller_over_larger_pct", &SymmetryIndices::smaller_over_larger_pct)
      .def_readonly("percent_difference", &SymmetryIndices::percent_difference)
      .def_readonly("bilateral_pct", &SymmetryIndices::bilateral_pct);
  m.def(
      "symmetry",
      [](double left, double right) {
        return symmetry({left, right});
      },
      py::arg("left"), py::arg("right"),
      "Indices of one pair, with the guards out: a zero, a missing or an opposite-signed side "
      "gives a "
      "status and NaN, never an infinity. Raises ValueError for an infinite value.");

  py::class_<SymmetryWords>(m, "SymmetryWords", "Which side to name, and how.")
      .def_readonly("different", &SymmetryWords::different)
      .def_property_readonly("side",
                             [](const SymmetryWords& w) -> py::object {
                               return w.different ? py::cast(w.side) : py::none();
                             })
      .def_readonly("word", &SymmetryWords::word)
      .def_readonly("text", &SymmetryWords::text)
      .def("__repr__", [](const SymmetryWords& w) { return "<SymmetryWords: " + w.text + ">"; });
  m.def(
      "describe_symmetry",
      [](double left, double right, Sense sense, double noise_pct) {
        return describe({left, right}, sense, noise_pct);
      },
      py::arg("left"), py::arg("right"), py::arg("sense") = "strength", py::arg("noise_pct") = 0.0,
      "Words for one pair: sense is 'strength' (the smaller side is weaker), 'duration' (longer) "
      "or "
      "'size' (larger); a difference within noise_pct (of the log-ratio) is none.");
}

py::dict limb_dict(const StrengthLimb& limb) {
  py::dict out;
  out["n_trials"] = limb.n_trials;
  out["n_available"] = limb.n_available;
  out["mean"] = limb.mean;
  out["best"] = limb.best;
  out["sd"] = limb.sd;
  out["cv_pct"] = limb.cv_pct;
  out["normalised"] = limb.normalised;
  out["error_sd"] = limb.error_sd;
  out["percentile"] = limb.percentile;
  out["weak"] = limb.weak;
  out["weak_probability"] = limb.weak_probability;
  return out;
}

}  // namespace

void bind_strength(py::module_& m) {
  bind_symmetry(m);

  py::class_<StrengthResult>(m, "StrengthResult", "One strength test: both limbs, gates, words.")
      .def_property_readonly("test", [](const StrengthResult& r) { return r.test.id; })
      .def_property_readonly("name", [](const StrengthResult& r) { return r.test.name; })
      .def_readonly("unit", &StrengthResult::unit)
      .def_readonly("normalised_unit", &StrengthResult::normalised_unit)
      .def_property_readonly("norm", [](const StrengthResult& r) { return r.test.norm_population; })
      .def_property_readonly("left", [](const StrengthResult& r) { return limb_dict(r.limb.left); })
      .def_property_readonly("right",
                             [](const StrengthResult& r) { return limb_dict(r.limb.right); })
      .def_readonly("indices", &StrengthResult::indices)
      .def_readonly("noise_today_pct", &StrengthResult::noise_today_pct)
      .def_readonly("noise_days_pct", &StrengthResult::noise_days_pct)
      .def_readonly("gate_cv", &StrengthResult::gate_cv)
      .def_readonly("gate_today", &StrengthResult::gate_today)
      .def_readonly("gate_days", &StrengthResult::gate_days)
      .def_readonly("welch_p", &StrengthResult::welch_p)
      .def_readonly("unusual", &StrengthResult::unusual)
      .def_property_readonly(
          "verdict", [](const StrengthResult& r) { return std::string(to_string(r.verdict)); })
      .def_readonly("words", &StrengthResult::words)
      .def_readonly("text", &StrengthResult::text)
      .def("__repr__", [](const StrengthResult& r) {
        return "<StrengthResult " + r.test.id + ": " + r.text + ">";
      });

  py::class_<StrengthProfile> profile(m, "StrengthProfile",
                                      "Left and right of every strength test.");
  with_tables(profile, "One row per test and side, with the indices of the pair.");
  profile.def_readonly("results", &StrengthProfile::results)
      .def("__len__", [](const StrengthProfile& p) { return p.results.size(); })
      .def(
          "__iter__",
          [](const StrengthProfile& p) {
            return py::make_iterator(p.results.begin(), p.results.end());
          },
          py::keep_alive<0, 1>())
      .def(
          "__getitem__",
          [](const StrengthProfile& p, const std::string& test) {
            const auto* found = p.find(test);
            if (found == nullptr) throw py::key_error("no strength test '" + test + "'");
            return *found;
          },
          py::arg("test"))
      .def("__repr__", [](const StrengthProfile& p) {
        std::string text = "<StrengthProfile, " + std::to_string(p.results.size()) + " tests";
        for (const auto& r : p.results) text += "\n  " + r.test.name + ": " + r.text;
        return text + ">";
      });

  m.def(
      "_strength_profile",
      [](const StrengthTrials& trials, double mass_kg, const std::string& tests_path) {
        Subject subject;
        subject.mass_kg = mass_kg;
        return strength_profile(trials, subject, tests_path);
      },
      py::arg("trials"), py::arg("mass_kg") = 0.0, py::arg("tests_path") = "");
}

}  // namespace runmech::bindings
