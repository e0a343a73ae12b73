// SPDX-License-Identifier: BSD-3-Clause
// The tree as data: reads running.json (or a file of the same format) and sizes it to a person.
#include <cmath>
#include <nlohmann/json.hpp>
#include <string>

#include "runmech/core/errors.hpp"
#include "runmech/core/printed.hpp"
#include "runmech/core/resources.hpp"
#include "runmech/core/units.hpp"
#include "runmech/skeleton/skeleton.hpp"

namespace runmech {
namespace {

using Json = nlohmann::json;

constexpr double kNominalStature_m = 1.75;
constexpr double kNominalMass_kg_m2 = 22.0;

/// One side of a mirrored chain, or the middle: how names and places of the file become the body's.
struct Reflection {
  std::string suffix;  // "r", "l" or empty
  double z = 1.0;

  [[nodiscard]] std::string name(std::string text) const {
    if (const auto at = text.find("{s}"); at != std::string::npos) text.replace(at, 3, suffix);
    return text;
  }
  [[nodiscard]] Eigen::Vector3d place(const Json& v, double scale) const {
    return scale * Eigen::Vector3d(v.at(0), v.at(1), z * v.at(2).get<double>());
  }
  [[nodiscard]] Eigen::Vector3d rotation_axis(const Json& v) const {
    return Eigen::Vector3d(z * v.at(0).get<double>(), z * v.at(1).get<double>(), v.at(2))
        .normalized();
  }
};

struct Person {
  double stature_m;
  double mass_kg;
  double female;  // weight of the female table, 0..1
};

Person person_of(const Subject& subject) {
  const auto check = [](const char* name, double value, double low, double high) {
    if (value != 0.0 && !(value >= low && value <= high)) {
      throw InvalidArgument("subject: " + std::string(name) + " is " + printed(value) +
                            "; allowed: " + printed(low) + " to " + printed(high) +
                            ", or 0 for not stated");
    }
  };
  check("stature_m", subject.stature_m, 0.5, 2.6);
  check("mass_kg", subject.mass_kg, 10.0, 250.0);
  Person person{};
  person.stature_m = subject.stature_m > 0.0 ? subject.stature_m : kNominalStature_m;
  person.mass_kg = subject.mass_kg > 0.0 ? subject.mass_kg
                                         : kNominalMass_kg_m2 * person.stature_m * person.stature_m;
  person.female = subject.sex == Sex::female ? 1.0 : subject.sex == Sex::male ? 0.0 : 0.5;
  return person;
}

/// Point inertia about the segment's axes, summed over its parts by the parallel-axis rule.
/// Products of inertia are left out: the parts are nearly aligned with the axes.
class Inertia {
 public:
  void add(const Json& part, const Json& table, const Reflection& side, const Person& person) {
    const auto both = [&](auto&& read) {
      const auto& name = part.at("part").get_ref<const std::string&>();
      return person.female * read(table.at("female").at(name)) +
             (1.0 - person.female) * read(table.at("male").at(name));
    };
    const Eigen::Vector3d from = side.place(part.at("from"), person.stature_m);
    const Eigen::Vector3d to = side.place(part.at("to"), person.stature_m);
    const double length = (to - from).norm();
    const double m =
        person.mass_kg * both([](const Json& j) { return j.at("mass").get<double>(); });
    const double com = both([](const Json& j) { return j.at("com").get<double>(); });
    const auto moment = [&](std::size_t k) {
      const double r =
          length * both([k](const Json& j) { return j.at("radii").at(k).template get<double>(); });
      return m * r * r;
    };
    // Table order: anteroposterior, mediolateral, longitudinal. A horizontal part lies along X.
    Eigen::Vector3d own(moment(0), moment(2), moment(1));
    if (part.value("horizontal", false)) own = Eigen::Vector3d(moment(2), moment(0), moment(1));
    const Eigen::Vector3d c = from + com * (to - from);
    mass_ += m;
    first_ += m * c;
    about_origin_ +=
        own + m * Eigen::Vector3d(c.y() * c.y() + c.z() * c.z(), c.x() * c.x() + c.z() * c.z(),
                                  c.x() * c.x() + c.y() * c.y());
  }
  void give(Segment& segment) const {
    segment.mass_kg = mass_;
    if (mass_ <= 0.0) return;
    const Eigen::Vector3d c = first_ / mass_;
    segment.centre_of_mass_m = c;
    segment.inertia_kg_m2 = about_origin_ - mass_ * Eigen::Vector3d(c.y() * c.y() + c.z() * c.z(),
                                                                    c.x() * c.x() + c.z() * c.z(),
                                                                    c.x() * c.x() + c.y() * c.y());
  }

 private:
  double mass_ = 0.0;
  Eigen::Vector3d first_ = Eigen::Vector3d::Zero();
  Eigen::Vector3d about_origin_ = Eigen::Vector3d::Zero();
};

Coordinate coordinate_of(const Json& json, const Reflection& side, int segment) {
  Coordinate c;
  c.name = side.name(json.at("coordinate"));
  c.plane = parse_plane(json.at("plane").get<std::string>());
  c.segment = segment;
  c.rotation = json.contains("rotation");
  c.rigid_below = json.value("rigid_below", 0);
  if (c.rotation) {
    c.axis = side.rotation_axis(json.at("rotation"));
    c.lower = radians(json.at("range_deg").at(0));
    c.upper = radians(json.at("range_deg").at(1));
  } else {
    c.axis = side.place(json.at("translation"), 1.0).normalized();
    c.lower = -kUnlimited;
    c.upper = kUnlimited;
  }
  return c;
}

void add_landmarks(const Json& json, const Reflection& side, int segment, double scale,
                   Skeleton& out) {
  for (const auto& [name, place] : json.items()) {
    out.landmarks.push_back({side.name(name), segment, side.place(place, scale)});
  }
}

void add_segment(const Json& json, const Json& table, const Reflection& side, const Person& person,
                 Skeleton& out) {
  Segment segment;
  segment.name = side.name(json.at("name"));
  const std::string parent = side.name(json.at("parent"));
  segment.parent = parent == "ground" ? -1 : out.segment(parent);
  segment.origin_m = side.place(json.at("origin"), person.stature_m);
  segment.first_coordinate = out.n_coordinates();
  const int index = static_cast<int>(out.segments.size());
  for (const auto& element : json.at("joint")) {
    out.coordinates.push_back(coordinate_of(element, side, index));
  }
  segment.n_coordinates = out.n_coordinates() - segment.first_coordinate;
  Inertia inertia;
  for (const auto& part : json.at("parts")) inertia.add(part, table, side, person);
  inertia.give(segment);
  out.segments.push_back(std::move(segment));
  add_landmarks(json.at("landmarks"), side, index, person.stature_m, out);
  if (json.contains("sided_landmarks")) {
    for (const auto& [name, place] : json.at("sided_landmarks").items()) {
      out.landmarks.push_back(
          {name + "_r", index, Reflection{"r", 1.0}.place(place, person.stature_m)});
      out.landmarks.push_back(
          {name + "_l", index, Reflection{"l", -1.0}.place(place, person.stature_m)});
    }
  }
}

Skeleton skeleton_of(const Json& tree, const Json& table, const Subject& subject) {
  const Person person = person_of(subject);
  Skeleton out;
  out.subject = subject;
  for (const auto& chain : tree.at("chains")) {
    const bool mirrored = chain.value("mirrored", false);
    for (const Reflection& side : mirrored ? std::vector<Reflection>{{"r", 1.0}, {"l", -1.0}}
                                           : std::vector<Reflection>{{"", 1.0}}) {
      for (const auto& segment : chain.at("segments")) {
        add_segment(segment, table, side, person, out);
      }
    }
  }
  return out;
}

}  // namespace

Skeleton running_skeleton(const Subject& subject, const std::string& path) {
  const std::string text = resource_or_file("skeleton/running.json", path);
  try {
    return skeleton_of(Json::parse(text), Json::parse(resource("skeleton/de_leva.json")), subject);
  } catch (const Json::exception& error) {
    throw IoError(path.empty() ? "skeleton/running.json" : path, "", error.what());
  }
}

}  // namespace runmech
