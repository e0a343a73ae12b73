// SPDX-License-Identifier: BSD-3-Clause
// docs/metrics.md is written from the table of metrics. RUNMECH_WRITE_DOCS=1 writes it anew.
#include <gtest/gtest.h>

#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <sstream>

#include "runmech/metrics/metrics.hpp"

namespace runmech {
namespace {

constexpr const char* kBegin = "<!-- written from metric_definitions() -->\n";
constexpr const char* kEnd = "<!-- end of the written part -->\n";

std::string shown(double value) {
  char text[32];
  std::snprintf(text, sizeof text, "%.3g", value);
  return text;
}

std::string table() {
  std::ostringstream out;
  for (const auto& about : metric_definitions()) {
    out << "\n### `" << about.id << "`: " << about.name << "\n\n"
        << "Unit " << (about.unit == "1" ? "none" : about.unit) << ", " << to_string(about.plane)
        << " plane. " << about.definition << "\n\n"
        << "Needs: " << about.needs << ". Source: " << about.source
        << ". Typical SD between strides " << shown(about.stride_sd)
        << "; not averaged out: " << shown(about.error_markers) << " (markers), "
        << shown(about.error_keypoints) << " (keypoints): " << about.error_source << ".\n";
  }
  return out.str();
}

TEST(Docs, MetricsPageIsWrittenFromTheTable) {
  const std::filesystem::path page = "docs/metrics.md";
  if (!std::filesystem::exists(page)) GTEST_SKIP() << "not run from the project's folder";
  std::ifstream in(page, std::ios::binary);
  const std::string text{std::istreambuf_iterator<char>(in), std::istreambuf_iterator<char>()};
  const auto begin = text.find(kBegin);
  const auto end = text.find(kEnd);
  ASSERT_NE(begin, std::string::npos);
  ASSERT_NE(end, std::string::npos);
  const std::string wanted = text.substr(0, begin) + kBegin + table() + "\n" + text.substr(end);
  if (std::getenv("RUNMECH_WRITE_DOCS") != nullptr) {
    std::ofstream(page, std::ios::binary) << wanted;
    return;
  }
  EXPECT_EQ(text, wanted) << "run with RUNMECH_WRITE_DOCS=1";
}

}  // namespace
}  // namespace runmech
