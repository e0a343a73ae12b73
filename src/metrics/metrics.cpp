// SPDX-License-Identifier: BSD-3-Clause
#include "runmech/metrics/metrics.hpp"

#include <array>

#include "registry.hpp"

namespace runmech {
namespace {

using metrics_detail::Metric;

template <class F>
void for_each_metric(F&& f) {
  using Family = const std::vector<Metric>& (*)();
  constexpr std::array<Family, 3> kFamilies{&metrics_detail::spatiotemporal_metrics,
                                            &metrics_detail::sagittal_metrics,
                                            &metrics_detail::frontal_metrics};
  for (const Family family : kFamilies) {
    for (const Metric& metric : family()) f(metric);
  }
}

}  // namespace

std::vector<MetricDefinition> metric_definitions() {
  std::vector<MetricDefinition> out;
  for_each_metric([&](const Metric& metric) { out.push_back(metric.about); });
  return out;
}

std::vector<MetricRow> metrics_detail::rows_of(const Trial& trial, const DrawSpreads& spreads) {
  std::vector<MetricRow> rows;
  for_each_metric([&](const Metric& metric) {
    append_rows(metric, metric.measure(trial), trial, spreads, rows);
  });
  return rows;
}

MetricTable metrics(const GaitSignals& signals, const GaitEvents& events,
                    const MetricOptions& options, const Motion* motion) {
  const metrics_detail::Trial trial = metrics_detail::prepare(signals, events, options);
  metrics_detail::DrawSpreads spreads;
  if (motion != nullptr) {
    spreads = metrics_detail::draw_spreads(signals, events, options, *motion);
  }
  MetricTable table;
  table.rows = rows_of(trial, spreads);
  table.context = trial.context;
  table.notes = trial.notes;
  return table;
}

}  // namespace runmech
