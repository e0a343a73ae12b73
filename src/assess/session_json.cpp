// SPDX-License-Identifier: BSD-3-Clause
#include <cmath>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <limits>
#include <nlohmann/json.hpp>

#include "json_file.hpp"
#include "runmech/assess/session.hpp"
#include "runmech/core/errors.hpp"
#include "runmech/core/version.hpp"

namespace runmech {
namespace {

using Json = nlohmann::ordered_json;
constexpr double kNaN = std::numeric_limits<double>::quiet_NaN();

// --- writing: a list of fields per type, read back by the same list
// --------------------------------

Json from_value(double value) {
  return std::isfinite(value) ? Json(value) : Json(nullptr);
}
Json from_value(int value) {
  return value;
}
Json from_value(bool value) {
  return value;
}
Json from_value(const std::string& value) {
  return value;
}
Json from_value(RowSide value) {
  return to_string(value);
}
Json from_value(Side value) {
  return to_string(value);
}
Json from_value(MetricStatus value) {
  return to_string(value);
}
Json from_value(Surface value) {
  return to_string(value);
}
Json from_value(View value) {
  return to_string(value);
}
Json from_value(Sex value) {
  return to_string(value);
}
Json from_value(Zone value) {
  return to_string(value);
}
Json from_value(Outcome value) {
  return to_string(value);
}
Json from_value(const std::vector<std::string>& value) {
  return value;
}

void to_value(const Json& json, double& value) {
  value = json.is_null() ? kNaN : json.get<double>();
}
void to_value(const Json& json, int& value) {
  value = json.get<int>();
}
void to_value(const Json& json, bool& value) {
  value = json.get<bool>();
}
void to_value(const Json& json, std::string& value) {
  value = json.get<std::string>();
}
void to_value(const Json& json, RowSide& value) {
  value = parse_row_side(json.get<std::string>());
}
void to_value(const Json& json, Side& value) {
  value = parse_side(json.get<std::string>());
}
void to_value(const Json& json, MetricStatus& value) {
  value = parse_metric_status(json.get<std::string>());
}
void to_value(const Json& json, Surface& value) {
  value = parse_surface(json.get<std::string>());
}
void to_value(const Json& json, View& value) {
  value = parse_view(json.get<std::string>());
}
void to_value(const Json& json, Sex& value) {
  value = parse_sex(json.get<std::string>());
}
void to_value(const Json& json, Zone& value) {
  value = parse_zone(json.get<std::string>());
}
void to_value(const Json& json, Outcome& value) {
  value = parse_outcome(json.get<std::string>());
}
void to_value(const Json& json, std::vector<std::string>& value) {
  value = json.get<std::vector<std::string>>();
}

// clang-format off
template <class T, class F> void fields_of(T& v, F&& f) requires std::is_same_v<std::remove_const_t<T>, MetricRow> {
  f("metric", v.metric); f("side", v.side); f("stride", v.stride); f("time_s", v.time_s);
  f("value", v.value); f("sd", v.sd); f("spread", v.spread); f("n", v.n); f("unit", v.unit);
  f("status", v.status); f("reason", v.reason);
}
template <class T, class F> void fields_of(T& v, F&& f) requires std::is_same_v<std::remove_const_t<T>, TrialContext> {
  f("speed_m_s", v.speed_m_s); f("speed_sd_m_s", v.speed_sd_m_s); f("speed_source", v.speed_source);
  f("surface", v.surface); f("view", v.view); f("keypoints", v.keypoints);
  f("scale_assumed", v.scale_assumed); f("detector", v.detector); f("leg_length_m", v.leg_length_m);
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
  fields_of(out, [&json](const char* key, auto& member) { to_value(json.at(key), member); });
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
  const Json& table = json.at("metrics");
  out.table.context = read_object<TrialContext>(table.at("context"));
  out.table.rows = read_list<MetricRow>(table.at("rows"));
  out.table.notes = read_list<Note>(table.at("notes"));
  out.strength = read_list<StrengthTrial>(json.at("strength"));
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
  Json json;
  json["format"] = "runmech session";
  json["version"] = Session::kFormat;
  json["library_version"] =
      session.library_version.empty() ? std::string(version()) : session.library_version;
  json["date"] = session.date;
  json["subject"] = object_of(session.subject);
  json["sources"] = session.sources;
  json["metrics"] = {{"context", object_of(session.table.context)},
                     {"notes", list_of(session.table.notes)},
                     {"rows", list_of(session.table.rows)}};
  json["strength"] = list_of(session.strength);
  const Assessment& a = session.assessment;
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

void write_session(const Session& session, const std::string& path) {
  const std::string scratch = path + ".part";
  {
    std::ofstream out(scratch, std::ios::binary);
    if (!out) throw IoError(path, "", "cannot be written");
    out << session_to_json(session);
    out.flush();
    if (!out) {
      out.close();
      std::error_code ignored;
      std::filesystem::remove(scratch, ignored);
      throw IoError(path, "", "cannot be written completely");
    }
  }
  std::error_code error;
  std::filesystem::rename(scratch, path, error);
  if (error) {
    std::error_code ignored;
    std::filesystem::remove(scratch, ignored);
    throw IoError(path, "", error.message());
  }
}

Session read_session(const std::string& path) {
  std::ifstream in(path, std::ios::binary);
  if (!in) throw IoError(path, "", "cannot be opened");
  const std::string text{std::istreambuf_iterator<char>(in), std::istreambuf_iterator<char>()};
  return session_from_json(text, path);
}

}  // namespace runmech
