// SPDX-License-Identifier: BSD-3-Clause
#include "bindings.hpp"
#include "runmech/assess/assess.hpp"
#include "runmech/assess/compare.hpp"
#include "runmech/assess/session.hpp"

namespace runmech::bindings {
namespace {

/// An enumerator of this floor as its word.
template <class T, class E>
auto word(E T::*member) {
  return [member](const T& self) { return std::string(to_string(self.*member)); };
}

void bind_bands(py::module_& m) {
  py::class_<ReferenceBand>(m, "ReferenceBand",
                            "What is usual for one metric, and how it moves with speed.")
      .def_readonly("metric", &ReferenceBand::metric)
      .def_readonly("coloured", &ReferenceBand::coloured, "False: shown, never graded")
      .def_readonly("text", &ReferenceBand::text)
      .def_readonly("source", &ReferenceBand::source)
      .def("mean_at", &ReferenceBand::mean_at, py::arg("speed_m_s"),
           py::arg("leg_m") = ReferenceBand::kNaN)
      .def("sd_at", &ReferenceBand::sd_at, py::arg("speed_m_s"),
           py::arg("leg_m") = ReferenceBand::kNaN)
      .def("low_at", &ReferenceBand::low_at, py::arg("speed_m_s"),
           py::arg("leg_m") = ReferenceBand::kNaN, "lower limit of the target band; -inf = open")
      .def("high_at", &ReferenceBand::high_at, py::arg("speed_m_s"),
           py::arg("leg_m") = ReferenceBand::kNaN, "upper limit; inf = open");
  m.def("reference_bands", &reference_bands, py::arg("path") = "",
        "All reference bands; `path` replaces the embedded file. Raises IoError.");
  py::class_<BandReading>(m, "BandReading", "One value against its reference band.")
      .def_readonly("metric", &BandReading::metric)
      .def_readonly("side", &BandReading::side)
      .def_readonly("value", &BandReading::value)
      .def_readonly("z", &BandReading::z, "SDs between runners from the mean at this speed")
      .def_readonly("percent_of_norm", &BandReading::percent_of_norm)
      .def_readonly("low", &BandReading::low, "target band at this speed, NaN = open")
      .def_readonly("high", &BandReading::high)
      .def_property_readonly("zone", word(&BandReading::zone),
                             "none (not graded), green, amber, red");
}

void bind_findings(py::module_& m) {
  py::class_<Finding>(m, "Finding", "The answer of one rule; never a diagnosis, see caution.")
      .def_readonly("id", &Finding::id)
      .def_readonly("title", &Finding::title)
      .def_property_readonly("outcome", word(&Finding::outcome), "present, absent or cannot_tell")
      .def_readonly("probability", &Finding::probability, "that it holds, given the error bars")
      .def_readonly("reason", &Finding::reason)
      .def_readonly("side", &Finding::side)
      .def_readonly("metric", &Finding::metric)
      .def_readonly("value", &Finding::value)
      .def_readonly("sd", &Finding::sd)
      .def_readonly("unit", &Finding::unit)
      .def_readonly("band_low", &Finding::band_low, "NaN = open")
      .def_readonly("band_high", &Finding::band_high)
      .def_readonly("evidence", &Finding::evidence, "A to D: that the finding matters")
      .def_readonly("may_relate", &Finding::may_relate)
      .def_readonly("caution", &Finding::caution)
      .def("__repr__", [](const Finding& f) {
        return "<Finding " + f.title + ": " + std::string(to_string(f.outcome)) + "; " + f.reason +
               ">";
      });
  py::class_<PlanItem>(m, "PlanItem", "One thing to do.")
      .def_readonly("id", &PlanItem::id)
      .def_readonly("kind", &PlanItem::kind, "cue or strength")
      .def_readonly("text", &PlanItem::text)
      .def_readonly("how", &PlanItem::how)
      .def_readonly("expect", &PlanItem::expect)
      .def_readonly("caution", &PlanItem::caution)
      .def_readonly("evidence", &PlanItem::evidence)
      .def_readonly("covers", &PlanItem::covers)
      .def("__repr__",
           [](const PlanItem& p) { return "<PlanItem " + p.kind + ": " + p.text + ">"; });
  py::class_<Plan>(m, "Plan",
                   "The smallest set of cues and exercises that covers the present findings.")
      .def_readonly("items", &Plan::items)
      .def_readonly("text", &Plan::text)
      .def_readonly("uncovered", &Plan::uncovered);
}

void bind_assessment(py::module_& m) {
  bind_options<AssessOptions>(m, "AssessOptions",
                              "How findings are judged; 0 and '' = the library's own.");
  py::class_<Assessment> assessment(
      m, "Assessment", "What a session says about a runner, and what it was read from.");
  with_tables(assessment, "One row per finding.");
  assessment.def_readonly("table", &Assessment::table, "MetricTable: what was judged")
      .def_readonly("strength", &Assessment::strength,
                    "StrengthProfile: what was judged; empty where nothing was tested")
      .def_readonly("findings", &Assessment::findings)
      .def_readonly("readings", &Assessment::readings)
      .def_readonly("plan", &Assessment::plan)
      .def_readonly("expected_by_chance", &Assessment::expected_by_chance)
      .def_readonly("notes", &Assessment::notes)
      .def("__repr__", [](const Assessment& a) {
        std::string text = "<Assessment";
        for (const auto& f : a.findings) {
          text += "\n  " + f.title + ": " + std::string(to_string(f.outcome)) + "; " + f.reason;
        }
        for (const auto& item : a.plan.items) text += "\n  " + item.kind + ": " + item.text;
        return text + ">";
      });
  m.def(
      "_assess",
      [](const MetricTable& table, const std::optional<StrengthProfile>& strength,
         const AssessOptions& options) {
        return assess(table, strength ? &*strength : nullptr, options);
      },
      py::arg("table"), py::arg("strength"), py::arg("options"),
      py::call_guard<py::gil_scoped_release>());
}

void bind_dates(py::module_& m) {
  py::class_<SessionDate>(
      m, "SessionDate",
      "When a session took place, by its text alone: never by this machine's zone.")
      .def_readonly("text", &SessionDate::text, "as stated")
      .def_readonly("day", &SessionDate::day, "YYYY-MM-DD on the session's own clock, or empty")
      .def_readonly("clock_s", &SessionDate::clock_s,
                    "seconds since 1970 of the wall clock, or None")
      .def_readonly("instant_s", &SessionDate::instant_s,
                    "the same in UTC where a zone is stated, or None")
      .def_readonly("has_time", &SessionDate::has_time)
      .def_readonly("note", &SessionDate::note, "'no zone', 'no date stated', ... or empty")
      .def("__repr__", [](const SessionDate& d) {
        return "<SessionDate " + d.text + (d.note.empty() ? "" : ": " + d.note) + ">";
      });
  m.def("parse_session_date", &parse_session_date, py::arg("text"),
        "Read YYYY-MM-DD with an optional time and offset; what is no date is said in its note.");
  m.def(
      "order_of", &order_of, py::arg("a"), py::arg("b"),
      "Negative, zero or positive as a was before, with or after b; None where it cannot be told.");
}

void bind_session(py::module_& m) {
  py::class_<Session>(m, "Session", "One visit of one runner: all that a comparison needs.")
      .def(py::init<>())
      .def_readonly("library_version", &Session::library_version)
      .def_readwrite("date", &Session::date, "ISO 8601, with its zone where known")
      .def_readwrite("subject", &Session::subject)
      .def_readwrite("sources", &Session::sources)
      .def_property_readonly(
          "table", [](const Session& s) -> const MetricTable& { return s.assessment.table; },
          py::return_value_policy::reference_internal, "of the assessment")
      .def_readwrite("strength", &Session::strength, "list of StrengthTrial")
      .def_readwrite("assessment", &Session::assessment)
      .def("to_json", &session_to_json, "Strict JSON: a number that is none becomes null.")
      .def_static(
          "from_json", [](const std::string& text) { return session_from_json(text); },
          py::arg("text"), "Raises IoError for what is not a session, is cut short or too new.")
      .def("__repr__", [](const Session& s) {
        return "<Session " + (s.date.empty() ? "without date" : s.date) + ", " +
               std::to_string(s.assessment.table.rows.size()) + " metric rows, " +
               std::to_string(s.strength.size()) + " strength trials>";
      });
  m.def("write_session", &write_session, py::arg("session"), py::arg("path"),
        "Write a session as JSON. Raises IoError.");
  m.def("read_session", &read_session, py::arg("path"),
        "Read a session. Raises IoError with path, place and reason.");
}

void bind_comparison(py::module_& m) {
  bind_options<CompareOptions>(m, "CompareOptions", "Data files in place of the library's own.");
  py::class_<Change>(m, "Change", "One metric or strength test, one side, two sessions.")
      .def_readonly("metric", &Change::metric)
      .def_readonly("name", &Change::name)
      .def_readonly("side", &Change::side)
      .def_readonly("unit", &Change::unit)
      .def_readonly("before", &Change::before)
      .def_readonly("before_sd", &Change::before_sd)
      .def_readonly("after", &Change::after)
      .def_readonly("after_sd", &Change::after_sd)
      .def_readonly("difference", &Change::difference,
                    "after - before, less what the speed explains")
      .def_readonly("difference_sd", &Change::difference_sd)
      .def_readonly("by_speed", &Change::by_speed)
      .def_readonly("index", &Change::index, "reliable change index")
      .def_readonly("p", &Change::p)
      .def_readonly("mdc95", &Change::mdc95)
      .def_readonly("worthwhile", &Change::worthwhile)
      .def_readonly("direction", &Change::direction,
                    "+1 toward the usual range, -1 away, 0 neither")
      .def_readonly("band_low", &Change::band_low)
      .def_readonly("band_high", &Change::band_high)
      .def_readonly("regression_to_mean", &Change::regression_to_mean)
      .def_property_readonly("verdict", word(&Change::verdict))
      .def_property_readonly("lead", word(&Change::lead),
                             "toward, away, inside (the usual range), stronger, weaker, ungraded")
      .def_readonly("reason", &Change::reason)
      .def("__repr__", [](const Change& c) {
        return "<Change " + c.metric + " (" + std::string(to_string(c.side)) +
               "): " + std::string(to_string(c.verdict)) +
               (c.reason.empty() ? "" : "; " + c.reason) + ">";
      });
  py::class_<Reassessment> reassessment(m, "Reassessment",
                                        "Two sessions of one runner, the earlier first.");
  with_tables(reassessment, "One row per metric or strength test and side, with its verdict.");
  reassessment.def_readonly("baseline", &Reassessment::baseline)
      .def_readonly("followup", &Reassessment::followup)
      .def_readonly("changes", &Reassessment::changes)
      .def_readonly("strength", &Reassessment::strength)
      .def_readonly("comparable", &Reassessment::comparable)
      .def_readonly("reasons", &Reassessment::reasons)
      .def_readonly("notes", &Reassessment::notes)
      .def_readonly("text", &Reassessment::text)
      .def("__repr__", [](const Reassessment& r) { return "<Reassessment: " + r.text + ">"; });
  m.def("_compare",
        py::overload_cast<const Session&, const Session&, const CompareOptions&>(&compare),
        py::arg("baseline"), py::arg("followup"), py::arg("options"),
        py::call_guard<py::gil_scoped_release>());
}

}  // namespace

void bind_assess(py::module_& m) {
  bind_bands(m);
  bind_findings(m);
  bind_assessment(m);
  bind_dates(m);
  bind_session(m);
  bind_comparison(m);
}

}  // namespace runmech::bindings
