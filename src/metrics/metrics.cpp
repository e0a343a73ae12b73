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

MetricTable metrics(const GaitSignals& signals, const GaitEvents& events,
                    const MetricOptions& options) {
  const metrics_detail::Trial trial = metrics_detail::prepare(signals, events, options);
  MetricTable table;
  for_each_metric([&](const Metric& metric) {
    metrics_detail::append_rows(metric, metric.measure(trial), trial, table.rows);
  });
  table.context = trial.context;
  table.notes = trial.notes;
  return table;
}

}  // namespace runmech
