// SPDX-License-Identifier: BSD-3-Clause
#include "contact_sides.hpp"

#include <algorithm>
#include <cctype>
#include <cmath>

#include "runmech/signal/robust.hpp"
#include "step_states.hpp"

namespace runmech::detail {
namespace {

constexpr double kNaN = std::numeric_limits<double>::quiet_NaN();

/// Mean over 30-60 % of a contact of a function of the frame.
template <class Of>
double middle_mean(const std::vector<double>& t, const ForceContact& c, Of&& of) {
  std::vector<double> values;
  const double length = to_of(c) - from_of(c);
  const auto first = std::lower_bound(t.begin(), t.end(), from_of(c) + 0.3 * length) - t.begin();
  for (auto i = first;
       i < static_cast<std::ptrdiff_t>(t.size()) && t[i] <= from_of(c) + 0.6 * length; ++i) {
    values.push_back(of(i));
  }
  return mean(values);
}

/// Lowest foot point in a frame, and the middle of the foot.
double foot_height(const LegSignals& leg, Eigen::Index i) {
  double lowest = kNaN;
  for (const Points* p : {&leg.heel, &leg.toe, &leg.ankle}) {
    if (p->rows() > i && std::isfinite((*p)(i, 1)) && !((*p)(i, 1) >= lowest)) lowest = (*p)(i, 1);
    if (std::isfinite(lowest) && p == &leg.toe) break;  // the ankle only where nothing else is seen
  }
  return lowest;
}

double mean_height(const LegSignals& leg) {
  std::vector<double> heights;
  for (Eigen::Index i = 0; i < std::max({leg.heel.rows(), leg.toe.rows(), leg.ankle.rows()}); ++i) {
    const double height = foot_height(leg, i);
    if (std::isfinite(height)) heights.push_back(height);
  }
  return mean(heights);
}

Eigen::RowVector3d foot_middle(const LegSignals& leg, Eigen::Index i) {
  if (leg.heel.rows() > i && leg.toe.rows() > i) return 0.5 * (leg.heel.row(i) + leg.toe.row(i));
  if (leg.heel.rows() > i) return leg.heel.row(i);
  if (leg.toe.rows() > i) return leg.toe.row(i);
  return Eigen::RowVector3d::Constant(kNaN);
}

/// Centre of pressure of the most loaded plate at time t, NaN where none knows it.
Eigen::RowVector3d pressure_centre(const std::vector<const ForcePlate*>& plates, double t) {
  Eigen::RowVector3d out = Eigen::RowVector3d::Constant(kNaN);
  double most = 0.0;
  for (const ForcePlate* plate : plates) {
    if (plate->cop_m.rows() != plate->n_samples() || plate->n_samples() == 0) continue;
    const auto found = std::lower_bound(plate->time_s.begin(), plate->time_s.end(), t);
    if (found == plate->time_s.end()) continue;
    const auto i = found - plate->time_s.begin();
    const double load = std::abs(plate->force_n(i, 1));
    if (load > most) {
      most = load;
      out = plate->cop_m.row(i);
    }
  }
  return out;
}

}  // namespace

double from_of(const ForceContact& c) {
  return std::isnan(c.start_s) ? c.end_s - 0.2 : c.start_s;
}
double to_of(const ForceContact& c) {
  return std::isnan(c.end_s) ? c.start_s + 0.2 : c.end_s;
}

std::optional<Side> side_in_name(const std::string& name) {
  std::string word;
  std::vector<std::string> words;
  for (const char c : name + " ") {
    if (std::isalpha(static_cast<unsigned char>(c)) != 0) {
      word += static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
    } else if (!word.empty()) {
      words.push_back(std::move(word));
      word.clear();
    }
  }
  for (const auto& w : words) {
    if (w == "r" || w == "right") return Side::right;
    if (w == "l" || w == "left") return Side::left;
  }
  return std::nullopt;
}

void look_at_feet(std::span<Contact> contacts, const std::vector<const ForcePlate*>& plates,
                  const GaitSignals& signals) {
  // A foot that was not recorded stands in at the other one's mean height, which that one is below
  // in its own contacts and above in the others.
  Sided<double> stand_in_m{kNaN, kNaN};
  if (const std::optional<Side> unseen = unseen_foot(signals)) {
    stand_in_m[*unseen] = mean_height(signals.leg[opposite(*unseen)]);
  }
  const auto height = [&](Side side, Eigen::Index i) {
    return std::isnan(stand_in_m[side]) ? foot_height(signals.leg[side], i) : stand_in_m[side];
  };
  for (Contact& contact : contacts) {
    const double evidence = middle_mean(signals.time_s, contact.at, [&](Eigen::Index i) {
      return height(Side::left, i) - height(Side::right, i);
    });
    if (std::isfinite(evidence)) contact.evidence_m = evidence;
    contact.cop_evidence_m = middle_mean(signals.time_s, contact.at, [&](Eigen::Index i) {
      const Eigen::RowVector3d cop = pressure_centre(plates, signals.time_s[i]);
      const auto away = [&](const LegSignals& leg) {
        const Eigen::RowVector3d d = foot_middle(leg, i) - cop;
        return std::hypot(d[0], d[2]);
      };
      return away(signals.leg.left) - away(signals.leg.right);
    });
  }
}

void choose_sides(std::span<Contact> run) {
  double right_first = 0.0;
  for (std::size_t k = 0; k < run.size(); ++k) {
    right_first += (k % 2 == 0 ? 1.0 : -1.0) * run[k].evidence_m;
  }
  for (std::size_t k = 0; k < run.size(); ++k) {
    Contact& c = run[k];
    const bool right = (k % 2 == 0) == (right_first > 0.0);
    c.side = c.named ? *c.named : right ? Side::right : Side::left;
    const double sense = sign(c.side);
    if (c.evidence_m * sense < 0.0) {
      c.flag = c.named ? "side_by_name" : "side_by_alternation";
    } else if (c.cop_evidence_m * sense < 0.0) {
      c.flag = "cop";
    }
  }
}

}  // namespace runmech::detail
