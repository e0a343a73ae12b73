// SPDX-License-Identifier: BSD-3-Clause
#include "runmech/skeleton/heading.hpp"

#include <Eigen/Geometry>
#include <algorithm>
#include <cmath>
#include <vector>

#include "body_tracks.hpp"
#include "runmech/core/printed.hpp"
#include "runmech/core/units.hpp"
#include "runmech/signal/robust.hpp"

namespace runmech {
namespace {

using Eigen::Vector3d;

// Our choices.
constexpr double kSnapUp_deg = 25.0;      // a running body leans, and trails its feet, by less
constexpr double kSnapForward_deg = 8.0;  // crooked paths in a laboratory stay below
constexpr double kSameWay_deg = 3.0;      // the body's facing and the standing foot's path
constexpr double kMoving_per_s =
    0.4;  // body heights (foot to pelvis) per second: slower is standing
constexpr double kOneFootLower = 0.08;  // of that height: below it both feet may be on the ground
constexpr double kAgree = 0.7071;       // cos 45 deg
constexpr double kNoFeet = 0.65;        // confidence in an up that no foot shows

struct Evidence {
  std::string name;
  Vector3d direction;  // unit, horizontal
  double weight;
};

// The file axis within `limit_deg` of v, else v itself; v is unit.
Vector3d snapped(const Vector3d& v, double limit_deg) {
  Eigen::Index k = 0;
  v.cwiseAbs().maxCoeff(&k);
  if (std::abs(v[k]) < std::cos(radians(limit_deg))) return v;
  return Vector3d::Unit(k) * (v[k] > 0.0 ? 1.0 : -1.0);
}

bool snaps(const Vector3d& v, double limit_deg) {
  return v.cwiseAbs().maxCoeff() >= std::cos(radians(limit_deg));
}

struct Body {
  explicit Body(const BodyTracks& tracks) {
    pelvis = tracks.points([](const MarkerDef& def) {
      return def.segment == "pelvis" || def.landmark == "hip_r" || def.landmark == "hip_l";
    });
    trunk = tracks.points([](const MarkerDef& def) {
      return def.segment == "torso" || def.landmark.starts_with("shoulder_") ||
             def.landmark == "nose" || def.landmark == "head";
    });
    for (const Side side : kSides) {
      const std::string s = side == Side::right ? "_r" : "_l";
      feet[side] = tracks.points([&](const MarkerDef& def) {
        return def.segment == "calcn" + s || def.segment == "toes" + s ||
               def.segment == "talus" + s || def.landmark == "ankle_lateral" + s;
      });
      forefeet[side] = tracks.points([&](const MarkerDef& def) {
        return def.landmark == "toe" + s || def.landmark == "mt1" + s ||
               def.landmark == "mt2" + s || def.landmark == "mt5" + s;
      });
    }
  }
  std::vector<int> pelvis, trunk;
  Sided<std::vector<int>> feet, forefeet;
};

// Up where no foot was seen: from thighs and shanks to the pelvis, else out of the plane of the
// pelvis, whose labels are believed to say left and right; NaN where neither is there.
Vector3d up_without_feet(const BodyTracks& tracks, const Body& body, std::string& how) {
  const Vector3d rise =
      tracks.between(tracks.segments({"femur_r", "femur_l", "tibia_r", "tibia_l"}), body.pelvis);
  how = "up from the legs to the pelvis";
  if (rise.allFinite()) return rise;
  how = "up out of the plane of the pelvis";
  const Vector3d right = tracks.between(tracks.landmarks({"asis_l"}), tracks.landmarks({"asis_r"}));
  const Vector3d ahead = tracks.between(tracks.landmarks({"psis_r", "psis_l", "sacrum"}),
                                        tracks.landmarks({"asis_r", "asis_l"}));
  return right.cross(ahead);
}

// An axis that never changes: the picture's normal.
std::optional<int> flat_axis(const Recording& recording) {
  const Eigen::Index n = recording.n_points();
  for (int k = 0; k < 3 && n > 1; ++k) {
    double low = INFINITY;
    double high = -INFINITY;
    for (Eigen::Index f = 0; f < recording.n_frames(); ++f) {
      for (Eigen::Index i = 0; i < n; ++i) {
        const double value = recording.positions_m(f, 3 * i + k);
        if (std::isnan(value)) continue;
        low = std::min(low, value);
        high = std::max(high, value);
      }
    }
    if (low == high) return k;
  }
  return std::nullopt;
}

// Net horizontal way of the pelvis between its first and its last sight.
Vector3d way_covered(const Recording& recording, const BodyTracks& tracks, const Body& body,
                     const Vector3d& up) {
  const auto seen = [&](Eigen::Index f) { return tracks.centre(body.pelvis, f).allFinite(); };
  Eigen::Index first = 0;
  Eigen::Index last = recording.n_frames() - 1;
  while (first < last && !seen(first)) ++first;
  while (last > first && !seen(last)) --last;
  if (first >= last) return Vector3d::Zero();
  const Vector3d way = tracks.centre(body.pelvis, last) - tracks.centre(body.pelvis, first);
  return way - up * up.dot(way);
}

// Pelvis velocity relative to the lower foot while one foot is clearly lower, horizontal, m/s.
// `even`: how the pelvis goes on the whole against the forefoot while the other foot is high, mean
// of left and right: the sway of the pelvis and the roll of heel and toes are no progression. In 14
// treadmill runs 0.24 deg off the axis of the laboratory (RMS), against 0.47 with the whole foot,
// the momentary pelvis and all of stance.
struct Travel {
  Vector3d velocity = Vector3d::Zero();
  Vector3d even = Vector3d::Zero();
};

/// Median along and across their mean: the same whichever way the axes lie.
Vector3d level_median(const std::vector<Vector3d>& vectors, const Vector3d& up) {
  Vector3d sum = Vector3d::Zero();
  for (const Vector3d& v : vectors) {
    if (v.allFinite()) sum += v;
  }
  if (!(sum.norm() > 1e-9)) return median_vector(vectors);
  const Vector3d along = sum.normalized();
  const Vector3d across = up.cross(along);
  std::vector<Vector3d> turned;
  turned.reserve(vectors.size());
  for (const Vector3d& v : vectors) turned.emplace_back(v.dot(along), v.dot(across), 0.0);
  const Vector3d middle = median_vector(turned);
  return middle[0] * along + middle[1] * across;
}

Travel travel(const Recording& recording, const BodyTracks& tracks, const Body& body,
              const Vector3d& up, const Vector3d& covered, double height_m) {
  const double rate = recording.rate_hz();
  if (!(rate > 0.0) || body.feet.left.empty() || body.feet.right.empty()) return {};
  const auto step = std::max<Eigen::Index>(1, std::lround(0.02 * rate));
  const Vector3d drift = covered / (recording.time_s.back() - recording.time_s.front());
  std::vector<Vector3d> all;
  Sided<std::vector<Vector3d>> velocities;
  Sided<std::vector<double>> apart;  // other foot above it
  for (Eigen::Index f = 0; f + step < recording.n_frames(); ++f) {
    const double left = up.dot(tracks.centre(body.feet.left, f));
    const double right = up.dot(tracks.centre(body.feet.right, f));
    if (!(std::abs(left - right) > kOneFootLower * height_m)) continue;
    const Side side = left < right ? Side::left : Side::right;
    const auto& foot = body.feet[side];
    const Vector3d moved = tracks.moved(body.pelvis, f, f + step) - tracks.moved(foot, f, f + step);
    const double dt = recording.time_s[static_cast<std::size_t>(f + step)] -
                      recording.time_s[static_cast<std::size_t>(f)];
    all.push_back((moved - up * up.dot(moved)) / dt);
    const std::vector<int>& fore = body.forefeet[side].empty() ? foot : body.forefeet[side];
    const Vector3d stood = tracks.moved(fore, f, f + step);
    velocities[side].push_back(drift - (stood - up * up.dot(stood)) / dt);
    apart[side].push_back(std::abs(left - right));
  }
  for (const Side side : kSides) {
    const double usual = median(apart[side]);
    std::vector<Vector3d> high;
    for (std::size_t k = 0; k < apart[side].size(); ++k) {
      if (apart[side][k] >= usual) high.push_back(velocities[side][k]);
    }
    velocities[side] = std::move(high);
  }
  const Vector3d velocity = level_median(all, up);
  if (!velocity.allFinite()) return {};
  const Vector3d even =
      0.5 * (level_median(velocities.left, up) + level_median(velocities.right, up));
  return {velocity, even.allFinite() ? even : velocity};
}

std::vector<Evidence> body_evidence(const BodyTracks& tracks, const Vector3d& up, bool flat,
                                    double height_m) {
  std::vector<Evidence> out;
  const auto add = [&](std::string name, const Vector3d& v, double weight) {
    const Vector3d level = v - up * up.dot(v);
    if (!level.allFinite() || level.norm() < 1e-6) return;
    out.push_back({std::move(name), level.normalized(), weight});
  };
  const auto join = [](std::vector<int> a, const std::vector<int>& b) {
    a.insert(a.end(), b.begin(), b.end());
    return a;
  };
  if (!flat) {
    // Each pair of sides on its own: a label missing on one side must not tilt the mean.
    Vector3d across = Vector3d::Zero();
    for (const char* name : {"asis_", "psis_", "hip_", "shoulder_", "acromion_", "iliac_crest_"}) {
      const std::string landmark(name);
      const Vector3d v =
          tracks.between(tracks.landmarks({landmark + "l"}), tracks.landmarks({landmark + "r"}));
      if (v.allFinite()) across += v;
    }
    for (const char* name : {"femur_", "tibia_"}) {
      if (across.norm() > 0.0) break;
      const std::string segment(name);
      const Vector3d v =
          tracks.between(tracks.segments({segment + "l"}), tracks.segments({segment + "r"}));
      if (v.allFinite()) across += v;
    }
    add("left and right sides", up.cross(across), 2.0);
  }
  add("PSIS to ASIS",
      tracks.between(tracks.landmarks({"psis_r", "psis_l", "sacrum"}),
                     tracks.landmarks({"asis_r", "asis_l"})),
      2.0);
  Vector3d feet = Vector3d::Zero();
  Vector3d knees = Vector3d::Zero();
  for (const std::string side : {"r", "l"}) {
    const auto toes = tracks.landmarks(
        {"toe_" + side, "mt1_" + side, "mt2_" + side, "mt5_" + side, "small_toe_" + side});
    auto heels = tracks.landmarks({"heel_" + side, "heel_top_" + side, "heel_lateral_" + side});
    if (heels.empty()) heels = tracks.landmarks({"ankle_" + side, "ankle_lateral_" + side});
    const Vector3d foot = tracks.between(heels, toes);
    if (foot.allFinite()) feet += foot;
    const auto hip = join(tracks.landmarks({"hip_" + side}), tracks.landmarks({"gtr_" + side}));
    const auto ankle = tracks.landmarks({"ankle_" + side, "ankle_lateral_" + side});
    const auto knee = tracks.landmarks({"knee_" + side, "knee_lateral_" + side});
    const Vector3d bend = tracks.between(hip, knee) + tracks.between(ankle, knee);
    if (bend.allFinite()) knees += bend;
  }
  add("heel to toe", feet, 1.5);
  // Of standing legs the markers' own places would speak; running bends them by several times this.
  if (knees.norm() > 0.25 * height_m) add("knees bend", knees, 1.0);
  add("back to chest",
      tracks.between(tracks.landmarks({"c7", "t7", "t10"}),
                     tracks.landmarks({"jugular_notch", "xiphoid", "clavicle_r", "clavicle_l"})),
      1.0);
  add("face",
      join(tracks.landmarks({"nose"}), tracks.landmarks({"head_front_r", "head_front_l"})).empty()
          ? Vector3d::Zero()
          : tracks.between(tracks.landmarks({"ear_r", "ear_l", "head_back_r", "head_back_l"}),
                           tracks.landmarks({"nose", "head_front_r", "head_front_l"})),
      1.0);
  return out;
}

}  // namespace

Heading infer_heading(const Recording& recording, const MarkerSet& set,
                      const std::optional<Vector3d>& known_up) {
  Heading out;
  const BodyTracks tracks(recording, set);
  const Body body(tracks);
  double up_confidence = 1.0;
  std::vector<int> high = body.pelvis.empty() ? body.trunk : body.pelvis;
  std::vector<int> feet = body.feet.left;
  feet.insert(feet.end(), body.feet.right.begin(), body.feet.right.end());
  Vector3d rise = tracks.between(feet, high);
  double height = rise.norm();
  if (known_up) {
    out.up = known_up->normalized();
    out.how = "up as given";
  } else {
    const Vector3d trunk = tracks.between(feet, body.trunk);
    if (trunk.allFinite() && rise.allFinite()) rise += trunk;
    out.how = "up from feet to pelvis";
    const bool footed = rise.allFinite() && rise.norm() > 1e-9;
    if (!footed) {
      rise = up_without_feet(tracks, body, out.how);
      up_confidence = kNoFeet;
    }
    const Vector3d v = rise.normalized();
    if (!v.allFinite() || (!footed && !snaps(v, kSnapUp_deg))) {
      out.how = "no pelvis or trunk above feet was seen, so up is not known";
      return out;
    }
    if (!snaps(v, kSnapUp_deg)) up_confidence = 0.4;
    out.up = snapped(v, kSnapUp_deg);
  }
  if (!std::isfinite(height) || height <= 0.0) height = 1.0;

  const auto flat = flat_axis(recording);
  std::vector<Evidence> evidence = body_evidence(tracks, out.up, flat.has_value(), height);
  Vector3d facing = Vector3d::Zero();
  for (const Evidence& e : evidence) facing += e.weight * e.direction;

  const Vector3d covered = way_covered(recording, tracks, body, out.up);
  const Travel travelled = travel(recording, tracks, body, out.up, covered, height);
  const Vector3d& velocity = travelled.velocity;
  Vector3d forward = facing;
  if (velocity.norm() > kMoving_per_s * height) {
    out.speed_m_s = velocity.norm();
    // Overground the way covered is the direction; on a belt the path of the standing foot, which
    // met the belt within 0.6 deg in nine trials (RBDS, Rajagopal) where a mean with the body's own
    // facing was up to 1.7 deg off. Where the two differ by more, both have their say.
    const Vector3d along = velocity.normalized();
    const Vector3d belt = travelled.even.normalized();
    const bool agrees =
        facing.norm() > 1e-9 && facing.normalized().dot(belt) > std::cos(radians(kSameWay_deg));
    forward = covered.norm() > height ? covered : agrees ? belt : Vector3d(facing + 3.0 * along);
    evidence.push_back(
        {"the pelvis passes the foot on the ground at " + printed("%.1f m/s", out.speed_m_s),
         velocity.normalized(), 3.0});
  }
  if (forward.norm() < 1e-9) {
    out.how += "; nothing shows which way the runner faces";
    return out;
  }
  out.forward = snapped(forward.normalized(), kSnapForward_deg);
  if (flat) {  // within the picture there are two ways only
    const Vector3d level = out.up.cross(Vector3d::Unit(*flat)).normalized();
    out.forward = level.dot(forward) < 0.0 ? Vector3d(-level) : level;
  }
  out.forward = (out.forward - out.up * out.up.dot(out.forward)).normalized();

  double agree = 0.0;
  double total = 0.0;
  int n_agree = 0;
  std::string against;
  for (const Evidence& e : evidence) {
    total += e.weight;
    if (e.direction.dot(out.forward) > kAgree) {
      agree += e.weight;
      ++n_agree;
      out.how += (n_agree == 1 ? "; forward from " : ", ") + e.name;
    } else {
      against += (against.empty() ? "" : ", ") + e.name;
      if (e.name == "left and right sides") out.mirrored = e.direction.dot(out.forward) < -kAgree;
    }
  }
  const double share = agree / total;
  out.confidence = up_confidence * (n_agree >= 2 ? 0.95 : 0.6) * share * share;
  if (out.speed_m_s > 0.0 && facing.norm() > 0.0 && facing.normalized().dot(out.forward) < kAgree) {
    out.confidence = std::min(out.confidence, 0.3);
    out.how += "; but the body does not face the way it moves";
  }
  out.mirrored = out.mirrored && n_agree >= 2;
  if (out.mirrored) {
    out.confidence = std::min(out.confidence, 0.4);
    out.how += "; but left and right lie the wrong way round: labels or an axis are mirrored";
  } else if (!against.empty()) {
    out.how += "; against it: " + against;
  }
  return out;
}

}  // namespace runmech
