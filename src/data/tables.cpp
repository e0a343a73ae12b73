// SPDX-License-Identifier: BSD-3-Clause
#include <algorithm>
#include <array>

#include "runmech/core/printed.hpp"
#include "runmech/core/spelling.hpp"
#include "runmech/data/gait_events.hpp"
#include "runmech/data/metric_table.hpp"
#include "runmech/data/subject.hpp"

namespace runmech {
namespace {

constexpr Spelling<StepState> kStepStates[]{
    {StepState::unknown, "unknown"},
    {StepState::running, "running"},
    {StepState::grounded, "grounded"},
    {StepState::walking, "walking"},
};
constexpr Spelling<GaitKind> kGaitKinds[]{
    {GaitKind::running, "running"},   {GaitKind::walking, "walking"},
    {GaitKind::no_steps, "no_steps"}, {GaitKind::too_short, "too_short"},
    {GaitKind::unclear, "unclear"},   {GaitKind::grounded, "grounded"},
};
constexpr Spelling<MetricStatus> kStatuses[]{
    {MetricStatus::ok, "ok"},
    {MetricStatus::not_observed, "not_observed"},
    {MetricStatus::low_quality, "low_quality"},
    {MetricStatus::not_comparable, "not_comparable"},
};

void require_range(const char* name, double value, double low, double high) {
  if (value != 0.0 && !(value >= low && value <= high)) {
    throw InvalidArgument(std::string(name) + " is " + printed(value) + "; allowed: " +
                          printed(low) + " to " + printed(high) + ", or 0 for not stated");
  }
}

}  // namespace

std::string_view to_string(StepState state) {
  return spell<StepState>(kStepStates, state);
}
StepState parse_step_state(std::string_view text) {
  return parse_spelling<StepState>(kStepStates, "step state", text);
}
std::string_view to_string(GaitKind kind) {
  return spell<GaitKind>(kGaitKinds, kind);
}
GaitKind parse_gait_kind(std::string_view text) {
  return parse_spelling<GaitKind>(kGaitKinds, "gait kind", text);
}
std::string_view to_string(MetricStatus status) {
  return spell<MetricStatus>(kStatuses, status);
}
MetricStatus parse_metric_status(std::string_view text) {
  return parse_spelling<MetricStatus>(kStatuses, "metric status", text);
}

std::vector<double> GaitEvents::times(Side side, EventType type) const {
  std::vector<double> out;
  for (const auto& event : events) {
    if (event.side == side && event.type == type) out.push_back(event.time_s);
  }
  std::sort(out.begin(), out.end());
  return out;
}

const MetricRow* MetricTable::summary(std::string_view metric, RowSide side) const {
  for (const auto& row : rows) {
    if (row.stride == MetricRow::kSummary && row.side == side && row.metric == metric) return &row;
  }
  return nullptr;
}

void Subject::validate() const {
  require_range("mass_kg", mass_kg, 10.0, 250.0);
  require_range("stature_m", stature_m, 0.5, 2.6);
}

}  // namespace runmech
