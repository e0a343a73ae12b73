// SPDX-License-Identifier: BSD-3-Clause
#include "systematic_errors.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <map>
#include <nlohmann/json.hpp>

#include "runmech/core/errors.hpp"
#include "runmech/core/resources.hpp"
#include "runmech/core/units.hpp"

namespace runmech {
namespace {

using Json = nlohmann::json;
constexpr double kNaN = std::numeric_limits<double>::quiet_NaN();
// Poses are looked at so often: no multiple of a running stride, several in a marker's long gap.
constexpr double kEvery_s = 0.23;
// Of a segment's residuals: so many numbers' worth of those of all segments. Our choice: one
// marker.
constexpr double kCommonNumbers = 3.0;

/// One SD of a rigid error per axis of a segment, and of what its markers do one by one.
struct RigidError {
  Eigen::Vector3d slides_m = Eigen::Vector3d::Zero();
  Eigen::Vector3d turns_rad = Eigen::Vector3d::Zero();
  double deforms_m = 0.0;
};
using ErrorTable = std::map<std::string, RigidError>;

struct SkinTable {
  double body_m = 0.0;
  double speed_m_s = 0.0;
  double per_m_s = 0.0;
  double rate_rad_s = 0.0;
  ErrorTable skin;
  ErrorTable joints;
  ErrorTable landmarks;
};

ErrorTable error_table(const Json& json) {
  const auto vector = [](const Json& v) {
    return Eigen::Vector3d(v.at(0).get<double>(), v.at(1).get<double>(), v.at(2).get<double>());
  };
  ErrorTable out;
  for (const auto& [segment, entry] : json.items()) {
    out[segment] = {1e-3 * vector(entry.at("slides_mm")), kDegree * vector(entry.at("turns_deg")),
                    1e-3 * entry.value("deforms_mm", 0.0)};
  }
  return out;
}

SkinTable skin_table(const std::string& path) {
  const std::string text = resource_or_file("fit/skin_errors.json", path);
  try {
    const Json json = Json::parse(text);
    return {json.at("body_m").get<double>(),  json.at("speed_m_s").get<double>(),
            json.at("per_m_s").get<double>(), json.at("rate_rad_s").get<double>(),
            error_table(json.at("skin")),     error_table(json.at("joints")),
            error_table(json.at("landmarks"))};
  } catch (const Json::exception& error) {
    throw IoError(path.empty() ? "fit/skin_errors.json" : path, "", error.what());
  }
}

/// The entry of a segment, both sides as one; null where neither it nor "other" is there.
const RigidError* entry_of(const ErrorTable& table, std::string name) {
  if (name.ends_with("_r") || name.ends_with("_l")) name.resize(name.size() - 2);
  auto found = table.find(name);
  if (found == table.end()) found = table.find("other");
  return found == table.end() ? nullptr : &found->second;
}

/// Thigh and shank, mean of the sides; 0 where the skeleton has none by these names.
double body_of(const Skeleton& skeleton) {
  double sum = 0.0;
  int n = 0;
  for (const Segment& s : skeleton.segments) {
    if (!s.name.starts_with("tibia") && !s.name.starts_with("talus")) continue;
    sum += s.origin_m.norm();
    ++n;
  }
  return n == 4 ? 0.5 * sum : 0.0;
}

/// Covariances of one pose from errors of its markers.
class Propagation {
 public:
  Propagation(const Skeleton& skeleton, const SkinTable& table, double size, double amplitude)
      : skeleton_(skeleton), table_(table), size_(size), amplitude_(amplitude) {
    on_.resize(skeleton.segments.size());
    below_.resize(skeleton.segments.size());
    for (std::size_t k = 0; k < skeleton.markers.size(); ++k) {
      const int s = skeleton.markers[k].at.segment;
      on_[s].push_back(static_cast<Eigen::Index>(k));
      for (int up = s; up >= 0; up = skeleton.segments[up].parent) {
        below_[up].push_back(static_cast<Eigen::Index>(k));
      }
    }
  }

  void add_shape(const PoseAnswer& pose, Eigen::MatrixXd& out) {
    begin(pose);
    for (std::size_t s = 0; s < on_.size(); ++s) {
      const std::string& name = skeleton_.segments[s].name;
      const RigidError* skin = entry_of(table_.skin, name);
      if (skin != nullptr && !on_[s].empty()) {
        Eigen::Vector3d middle = Eigen::Vector3d::Zero();
        for (const auto k : on_[s]) middle += place_.col(k) / static_cast<double>(on_[s].size());
        move(*skin, s, on_[s], middle, amplitude_);
        for (const auto k : on_[s]) {
          const double sd = skin->deforms_m * amplitude_ * size_;
          for (int x = 0; x < 3; ++x) columns_.push_back(sd * pose.answer.col(3 * k + x));
        }
      }
      const auto joint = table_.joints.find(name.substr(0, name.find_last_of('_')));
      if (joint != table_.joints.end()) {
        move(joint->second, s, below_[s], pose.state.origin[s], amplitude_);
      }
    }
    add_to(out);
  }

  void add_offset(const PoseAnswer& pose, Eigen::MatrixXd& out) {
    begin(pose);
    for (std::size_t s = 0; s < on_.size(); ++s) {
      const RigidError* error = entry_of(table_.landmarks, skeleton_.segments[s].name);
      if (error != nullptr) move(*error, s, on_[s], pose.state.origin[s], 1.0);
    }
    add_to(out);
  }

 private:
  void begin(const PoseAnswer& pose) {
    pose_ = &pose;
    columns_.clear();
    place_.resize(3, static_cast<Eigen::Index>(skeleton_.markers.size()));
    for (Eigen::Index k = 0; k < place_.cols(); ++k) {
      place_.col(k) = point_position(pose.state, skeleton_.markers[k].at);
    }
  }

  /// Markers as one rigid piece about a point, along and about the axes of a segment.
  void move(const RigidError& error, std::size_t segment, const std::vector<Eigen::Index>& markers,
            const Eigen::Vector3d& about, double amplitude) {
    const Eigen::MatrixXd& answer = pose_->answer;
    for (int x = 0; x < 3; ++x) {
      const Eigen::Vector3d axis = pose_->state.rotation[segment].col(x);
      Eigen::VectorXd slid = Eigen::VectorXd::Zero(answer.rows());
      Eigen::VectorXd turned = slid;
      for (const auto k : markers) {
        slid += answer.middleCols<3>(3 * k) * axis;
        turned += answer.middleCols<3>(3 * k) * axis.cross(place_.col(k) - about);
      }
      columns_.push_back(error.slides_m[x] * amplitude * size_ * slid);
      columns_.push_back(error.turns_rad[x] * amplitude * turned);
    }
  }

  void add_to(Eigen::MatrixXd& out) const {
    for (const Eigen::VectorXd& c : columns_) out += c * c.transpose();
  }

  const Skeleton& skeleton_;
  const SkinTable& table_;
  double size_;
  double amplitude_;
  std::vector<std::vector<Eigen::Index>> on_;     // markers of each segment
  std::vector<std::vector<Eigen::Index>> below_;  // and of those it carries
  const PoseAnswer* pose_ = nullptr;
  Eigen::Matrix3Xd place_;
  std::vector<Eigen::VectorXd> columns_;
};

/// What residuals of each segment's markers do to the coordinates: the markers' stated errors, as
/// much larger or smaller as the residuals say, through the fit.
class ResidualErrors {
 public:
  ResidualErrors(const Skeleton& skeleton, const Lasting& lasting)
      : skeleton_(skeleton), lasting_(lasting) {
    on_.resize(skeleton.segments.size());
    for (std::size_t k = 0; k < skeleton.markers.size(); ++k) {
      on_[skeleton.markers[k].at.segment].push_back(static_cast<Eigen::Index>(k));
    }
    left_.setZero(static_cast<Eigen::Index>(on_.size()));
    seen_ = left_;
  }

  /// Covariance by stated errors, one for every segment.
  [[nodiscard]] std::vector<Eigen::MatrixXd> stated(const PoseAnswer& pose) {
    const Eigen::Index n = pose.answer.rows();
    std::vector<Eigen::MatrixXd> out(on_.size(), Eigen::MatrixXd::Zero(n, n));
    for (std::size_t s = 0; s < on_.size(); ++s) {
      Eigen::MatrixXd together = Eigen::MatrixXd::Zero(n, 3);
      for (const auto k : on_[s]) {
        const auto answer = pose.answer.middleCols<3>(3 * k);
        out[s] += std::pow(skeleton_.markers[k].sigma_m, 2) * answer * answer.transpose();
        together += answer;
        left_[static_cast<Eigen::Index>(s)] += pose.left[k];
        seen_[static_cast<Eigen::Index>(s)] += pose.left[k] > 0.0 ? 1.0 : 0.0;
      }
      out[s] += std::pow(skeleton_.segments[s].common_error_m, 2) * together * together.transpose();
    }
    return out;
  }

  /// Once all poses were looked at: variance of each segment's lasting errors in stated ones. What
  /// residuals show is short of what the pose follows (restricted maximum likelihood), and few of
  /// them are drawn towards those of all segments.
  [[nodiscard]] Eigen::VectorXd sizes(std::size_t poses) const {
    Eigen::VectorXd out = Eigen::VectorXd::Zero(left_.size());
    const double all_left = left_.sum() / std::max(1.0, seen_.sum());
    if (!(all_left > 0.0)) return out;
    const double of_all = lasting_.of_all / all_left;
    for (Eigen::Index s = 0; s < out.size(); ++s) {
      const double markers = seen_[s] / static_cast<double>(poses);
      const double left = left_[s] / static_cast<double>(poses);
      out[s] = (markers * lasting_.share[s] + kCommonNumbers * of_all) / (left + kCommonNumbers);
    }
    return out;
  }

 private:
  const Skeleton& skeleton_;
  const Lasting& lasting_;
  std::vector<std::vector<Eigen::Index>> on_;
  Eigen::VectorXd left_;
  Eigen::VectorXd seen_;
};

}  // namespace

std::shared_ptr<const SystematicErrors> systematic_errors(const PoseErrors& poses,
                                                          const Motion& motion,
                                                          const Lasting& lasting,
                                                          const std::string& path) {
  const Skeleton& skeleton = motion.skeleton;
  const SkinTable table = skin_table(path);
  const auto& free = poses.coordinates();
  const auto n = static_cast<Eigen::Index>(free.size());
  const int n_coordinates = skeleton.n_coordinates();
  const double body = body_of(skeleton);
  const double size = body > 0.0 ? body / table.body_m : 1.0;
  // Froude: bodies of all sizes move alike at speeds that go with the root of their size.
  const double speed = motion.speed_m_s.value_or(table.speed_m_s * std::sqrt(size));
  const double faster = speed / std::sqrt(size) - table.speed_m_s;
  const double amplitude = std::clamp(1.0 + table.per_m_s * faster, 0.3, 2.5);
  Propagation skin(skeleton, table, size, amplitude);

  auto out = std::make_shared<SystematicErrors>();
  out->skin = skeleton.on_skin;
  out->rate_rad_s = table.rate_rad_s / std::sqrt(size);
  ResidualErrors residuals(skeleton, lasting);
  std::vector<Eigen::MatrixXd> stated;  // per pose: variances, coordinates x segments
  std::vector<Eigen::VectorXd> shape;
  std::vector<Eigen::MatrixXd> stated_sum(skeleton.segments.size(), Eigen::MatrixXd::Zero(n, n));
  Eigen::MatrixXd shape_sum = Eigen::MatrixXd::Zero(n, n);
  Eigen::MatrixXd offset_sum = shape_sum;
  poses.visit(kEvery_s, [&](const PoseAnswer& pose) {
    out->time_s.push_back(pose.time_s);
    const auto of_segments = residuals.stated(pose);
    stated.emplace_back(n, static_cast<Eigen::Index>(of_segments.size()));
    for (std::size_t s = 0; s < of_segments.size(); ++s) {
      stated.back().col(static_cast<Eigen::Index>(s)) = of_segments[s].diagonal();
      stated_sum[s] += of_segments[s];
    }
    Eigen::MatrixXd here = Eigen::MatrixXd::Zero(n, n);
    if (out->skin) {
      skin.add_shape(pose, here);
      skin.add_offset(pose, offset_sum);
    }
    shape.push_back(here.diagonal());
    shape_sum += here;
  });
  const auto samples = static_cast<Eigen::Index>(out->time_s.size());
  out->shape_sd.setConstant(samples, n_coordinates, kNaN);
  out->shape_covariance = Eigen::MatrixXd::Zero(n_coordinates, n_coordinates);
  out->offset_covariance = out->shape_covariance;
  if (samples == 0) return out;
  // The table goes with residuals of the stated sizes: what they have beyond those counts besides.
  Eigen::VectorXd sizes = residuals.sizes(out->time_s.size());
  if (out->skin) sizes = (sizes.array() - 1.0).cwiseMax(0.0);
  shape_sum /= static_cast<double>(samples);
  offset_sum /= static_cast<double>(samples);
  for (std::size_t s = 0; s < stated_sum.size(); ++s) {
    shape_sum += sizes[static_cast<Eigen::Index>(s)] / static_cast<double>(samples) * stated_sum[s];
  }
  Eigen::VectorXd total = Eigen::VectorXd::Zero(n);
  for (Eigen::Index a = 0; a < n; ++a) {
    const int j = free[a];
    if (motion.coordinate_status[j] != CoordinateStatus::observed) continue;
    for (Eigen::Index i = 0; i < samples; ++i) {
      out->shape_sd(i, j) = std::sqrt(shape[i][a] + stated[i].row(a).dot(sizes));
    }
    total[a] = std::sqrt(out->shape_sd.col(j).squaredNorm() / static_cast<double>(samples));
  }
  for (Eigen::Index a = 0; a < n; ++a) {
    for (Eigen::Index b = 0; b < n; ++b) {
      if (!(total[a] * total[b] > 0.0)) continue;
      out->shape_covariance(free[a], free[b]) =
          shape_sum(a, b) / std::sqrt(shape_sum(a, a) * shape_sum(b, b)) * total[a] * total[b];
      out->offset_covariance(free[a], free[b]) = offset_sum(a, b);
    }
  }
  return out;
}

double SystematicErrors::shape(int coordinate) const {
  if (shape_sd.rows() == 0) return kNaN;
  return std::sqrt(shape_sd.col(coordinate).squaredNorm() / static_cast<double>(shape_sd.rows()));
}

double SystematicErrors::shape(int coordinate, double t_s) const {
  if (time_s.empty() || std::isnan(t_s)) return kNaN;
  const auto after = std::upper_bound(time_s.begin(), time_s.end(), t_s);
  if (after == time_s.begin()) return shape_sd(0, coordinate);
  const Eigen::Index i = after - time_s.begin() - 1;
  if (after == time_s.end()) return shape_sd(i, coordinate);
  const double share = (t_s - time_s[i]) / (time_s[i + 1] - time_s[i]);
  return (1.0 - share) * shape_sd(i, coordinate) + share * shape_sd(i + 1, coordinate);
}

double SystematicErrors::offset(int coordinate) const {
  if (shape_sd.rows() == 0 || std::isnan(shape_sd(0, coordinate))) return kNaN;
  return std::sqrt(offset_covariance(coordinate, coordinate));
}

}  // namespace runmech
