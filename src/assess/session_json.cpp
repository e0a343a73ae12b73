// SPDX-License-Identifier: BSD-3-Clause
#include <cmath>
#include <limits>
#include <nlohmann/json.hpp>
#include <type_traits>

#include "json_file.hpp"
#include "runmech/assess/session.hpp"
#include "runmech/core/errors.hpp"
#include "runmech/core/version.hpp"
#include "runmech/io/file.hpp"

namespace runmech {
namespace {

using Json = nlohmann::ordered_json;
constexpr double kNaN = std::numeric_limits<double>::quiet_NaN();

// One list of fields per type serves both ways.

// Words of an enum back to its value.
template <class E>
constexpr E (*kParse)(std::string_view) = nullptr;
template <>
constexpr auto kParse<RowSide> = &parse_row_side;
template <>
constexpr auto kParse<Side> = &parse_side;
template <>
constexpr auto kParse<MetricStatus> = &parse_metric_status;
template <>
constexpr auto kParse<Surface> = &parse_surface;
template <>
constexpr auto kParse<View> = &parse_view;
template <>
constexpr auto kParse<Sex> = &parse_sex;
template <>
constexpr auto kParse<Zone> = &parse_zone;
template <>
constexpr auto kParse<Outcome> = &parse_outcome;

// JSON has no NaN and no infinity: null, which reads back as NaN.
template <class T>
Json from_value(const T& value) {
  if constexpr (std::is_enum_v<T>) {
    return to_string(value);
  } else if constexpr (std::is_same_v<T, double>) {
    return std::isfinite(value) ? Json(value) : Json(nullptr);
  } else {
    return value;
  }
}

template <class T>
void to_value(const Json& json, T& value) {
  if constexpr (std::is_enum_v<T>) {
    value = kParse<T>(json.get<std::string>());
  } else if constexpr (std::is_same_v<T, double>) {
    value = json.is_null() ? kNaN : json.get<double>();
  } else {
    value = json.get<T>();
  }
}

// clang-format off
template <class T, class F> void fields_of(T& v, F&& f) requires std::is_same_v<std::remove_const_t<T>, MetricRow> {
  f("metric", v.metric); f("side", v.side); f("stride", v.stride); f("time_s", v.time_s);
  f("value", v.value); f("sd", v.sd); f("sd_random", v.sd_random);
  f("sd_systematic", v.sd_systematic); f("spread", v.spread); f("n", v.n); f("unit", v.unit);
  f("status", v.status); f("reason", v.reason);
}
template <class T, class F> void fields_of(T& v, F&& f) requires std::is_same_v<std::remove_const_t<T>, TrialContext> {
  f("speed_m_s", v.speed_m_s); f("speed_sd_m_s", v.speed_sd_m_s); f("speed_source", v.speed_source);
  f("surface", v.surface); f("view", v.view); f("keypoints", v.keypoints);
  f("scale_assumed", v.scale_assumed); f("detector", v.detector); f("told_by", v.told_by);
  f("leg_length_m", v.leg_length_m);
  f("strides_found", v.strides_found); f("strides_used", v.strides_used);
}
template <class T, class F> void fields_of(T& v, F&& f) requires std::is_same_v<std::remove_const_t<T>, Note> {
  f("code", v.code); f("text", v.text); f("warning", v.warning);
}
template <class T, class F> void fields_of(T& v, F&& f) requires std::is_same_v<std::remove_const_t<T>, StrengthTrial> {
  f("test", v.test); f("side", v.side); f("trial", v.trial); f("value", v.value); f("unit", v.unit);
}
template <class T, class F> void fields_of(T& v, F&& f) requires std::is_same_v<std::remove_const_t<T>, Subject> {
  f("mass_kg", v.mass_kg); f("stature_m", v.stature_m); f("sex", v.sex); f("name", v.name);
}
template <class T, class F> void fields_of(T& v, F&& f) requires std::is_same_v<std::remove_const_t<T>, Finding> {
  f("id", v.id); f("title", v.title); f("outcome", v.outcome); f("probability", v.probability);
  f("reason", v.reason); f("side", v.side); f("metric", v.metric); f("value", v.value); f("sd", v.sd);
  f("unit", v.unit); f("band_low", v.band_low); f("band_high", v.band_high); f("evidence", v.evidence);
  f("may_relate", v.may_relate); f("caution", v.caution);
}
template <class T, class F> void fields_of(T& v, F&& f) requires std::is_same_v<std::remove_const_t<T>, PlanItem> {
  f("id", v.id); f("kind", v.kind); f("text", v.text); f("how", v.how); f("expect", v.expect);
  f("caution", v.caution); f("evidence", v.evidence); f("covers", v.covers);
}
template <class T, class F> void fields_of(T& v, F&& f) requires std::is_same_v<std::remove_const_t<T>, BandReading> {
  f("metric", v.metric); f("side", v.side); f("value", v.value); f("z", v.z);
  f("percent_of_norm", v.percent_of_norm); f("low", v.low); f("high", v.high); f("zone", v.zone);
}
// clang-format on

template <class T>
Json object_of(const T& value) {
  Json out = Json::object();
  fields_of(value, [&out](const char* key, const auto& member) { out[key] = from_value(member); });
  return out;
}

template <class T>
Json list_of(const std::vector<T>& values) {
  Json out = Json::array();
  for (const T& value : values) out.push_back(object_of(value));
  return out;
}

template <class T>
T read_object(const Json& json) {
  T out;
  fields_of(out, [&json](const char* key, auto& member) {
    // Sessions written before an error had two parts.
    const bool newer = std::string_view(key).starts_with("sd_") && !json.contains(key);
    if (!newer) to_value(json.at(key), member);
  });
  return out;
}

template <class T>
std::vector<T> read_list(const Json& json) {
  std::vector<T> out;
  for (const Json& entry : json) out.push_back(read_object<T>(entry));
  return out;
}

Session session_of(const Json& json) {
  Session out;
  out.library_version = json.at("library_version").get<std::string>();
  out.date = json.at("date").get<std::string>();
  out.subject = read_object<Subject>(json.at("subject"));
  out.sources = json.at("sources").get<std::vector<std::string>>();
  const Json& metrics = json.at("metrics");
  MetricTable& table = out.assessment.table;
  table.context = read_object<TrialContext>(metrics.at("context"));
  table.rows = read_list<MetricRow>(metrics.at("rows"));
  table.notes = read_list<Note>(metrics.at("notes"));
  out.strength = read_list<StrengthTrial>(json.at("strength"));
  out.assessment.strength = strength_profile(out.strength, out.subject);
  const Json& assessment = json.at("assessment");
  out.assessment.findings = read_list<Finding>(assessment.at("findings"));
  out.assessment.readings = read_list<BandReading>(assessment.at("readings"));
  out.assessment.plan.items = read_list<PlanItem>(assessment.at("plan").at("items"));
  out.assessment.plan.text = assessment.at("plan").at("text").get<std::string>();
  out.assessment.plan.uncovered =
      assessment.at("plan").at("uncovered").get<std::vector<std::string>>();
  out.assessment.notes = read_list<Note>(assessment.at("notes"));
  out.assessment.expected_by_chance = assessment.at("expected_by_chance").get<double>();
  return out;
}

}  // namespace

std::string session_to_json(const Session& session) {
  const Assessment& a = session.assessment;
  Json json;
  json["format"] = "runmech session";
  json["version"] = Session::kFormat;
  json["library_version"] =
      session.library_version.empty() ? std::string(version()) : session.library_version;
  json["date"] = session.date;
  json["subject"] = object_of(session.subject);
  json["sources"] = session.sources;
  json["metrics"] = {{"context", object_of(a.table.context)},
                     {"notes", list_of(a.table.notes)},
                     {"rows", list_of(a.table.rows)}};
  json["strength"] = list_of(session.strength);
  json["assessment"] = {
      {"findings", list_of(a.findings)},
      {"plan",
       {{"text", a.plan.text}, {"uncovered", a.plan.uncovered}, {"items", list_of(a.plan.items)}}},
      {"readings", list_of(a.readings)},
      {"expected_by_chance", from_value(a.expected_by_chance)},
      {"notes", list_of(a.notes)}};
  // File names may hold bytes that are no UTF-8; they show as the replacement sign.
  return json.dump(1, ' ', false, Json::error_handler_t::replace) + "\n";
}

Session session_from_json(std::string_view text, const std::string& shown_as) {
  try {
    const Json json = Json::parse(text);
    if (!json.is_object() || json.value("format", "") != "runmech session") {
      throw IoError(shown_as, "", "not a runmech session");
    }
    const int format = json.at("version").get<int>();
    if (format < 1 || format > Session::kFormat) {
      throw IoError(shown_as, "",
                    "session format " + std::to_string(format) + "; this library reads 1 to " +
                        std::to_string(Session::kFormat));
    }
    return session_of(json);
  } catch (...) {
    assess_detail::throw_as_io_error(shown_as);
  }
}

void write_session(const Session& session, const std::filesystem::path& path) {
  write_whole(path, session_to_json(session));
}

Session read_session(const std::filesystem::path& path) {
  const FileBytes file = load_file(path);
  return session_from_json(file.text(), file.path);
}

}  // namespace runmech
