// SPDX-License-Identifier: BSD-3-Clause
#include "runmech/gait/foot_motion.hpp"

#include <gtest/gtest.h>

#include <cmath>

#include "runmech/core/errors.hpp"
#include "runmech/signal/robust.hpp"
#include "support/running_signals.hpp"

namespace runmech::test {
namespace {

double median_of(const Eigen::VectorXd& x) {
  return median({x.data(), static_cast<std::size_t>(x.size())});
}

// The synthetic belt runs at the stated speed; the stance foot rests on it, flat on the ground.
TEST(FootMotion, StanceFootRestsOnTheBelt) {
  SyntheticOptions options;
  options.duration_s = 6.0;
  options.rate_hz = 200.0;
  options.noise.placement_m = options.noise.white_m = options.noise.soft_tissue_m = 0.0;
  const SyntheticRun run = synthesise(options);
  const GaitSignals signals = gait_signals(run.recording, &run.standing);
  for (const Side side : kSides) {
    const FootMotion foot = foot_motion(signals, side);
    EXPECT_NEAR(foot.rate_hz, options.rate_hz, 1e-6);
    EXPECT_NEAR(foot.ground_m_s, -options.speed_m_s, 0.03 * options.speed_m_s);
    ASSERT_EQ(foot.toe_velocity.rows(), signals.n_frames());
    ASSERT_EQ(foot.mt5_velocity.rows(), signals.n_frames());
    const auto strikes = run.truth.events.times(side, EventType::foot_strike);
    const auto offs = run.truth.events.times(side, EventType::toe_off);
    int stances = 0;
    for (const double strike : strikes) {
      for (const double off : offs) {
        if (off < strike || off > strike + 0.4) continue;
        const double t = 0.6 * strike + 0.4 * off;
        const auto frame = static_cast<Eigen::Index>((t - signals.time_s[0]) * options.rate_hz);
        if (frame < 2 || frame + 2 > signals.n_frames()) continue;
        EXPECT_LT(foot.toe_velocity.row(frame).norm(), 0.15 * options.speed_m_s) << t;
        EXPECT_NEAR(foot.toe_height_m[frame], 0.0, 0.012) << t;
        ++stances;
      }
    }
    EXPECT_GT(stances, 5);
    EXPECT_GT(foot.toe_height_m.maxCoeff(), 0.10);
  }
}

TEST(FootMotion, RatesAreTheSlopesOfTheAngles) {
  const GaitSignals& signals = clean_running();
  const FootMotion foot = foot_motion(signals, Side::left);
  const Eigen::VectorXd pitch = leg_angles(signals, Side::left).foot_pitch;
  for (Eigen::Index i = 10; i < 60; ++i) {
    EXPECT_NEAR(foot.rates.foot_pitch[i], (pitch[i + 1] - pitch[i - 1]) / 0.02, 1e-6);
  }
  const FootMotion slow = foot_motion(signals, Side::left, 6.0);
  EXPECT_LT(slow.rates.foot_pitch.cwiseAbs().maxCoeff(),
            foot.rates.foot_pitch.cwiseAbs().maxCoeff());
}

TEST(FootMotion, NothingIsInvented) {
  EXPECT_EQ(foot_motion(GaitSignals{}, Side::left).toe_velocity.rows(), 0);
  GaitSignals holed = clean_running();
  holed.leg.left.toe.row(40).setConstant(std::numeric_limits<double>::quiet_NaN());
  holed.leg.left.mt1.resize(0, 3);
  const FootMotion foot = foot_motion(holed, Side::left);
  EXPECT_TRUE(std::isnan(foot.toe_velocity(40, 0)));
  EXPECT_TRUE(std::isnan(foot.toe_height_m[40]));
  EXPECT_EQ(foot.mt1_velocity.rows(), 0);
  EXPECT_TRUE(std::isfinite(median_of(foot.heel_height_m)));
  EXPECT_THROW((void)foot_motion(holed, Side::left, 60.0), InvalidArgument);
  EXPECT_THROW((void)foot_motion(holed, Side::left, -1.0), InvalidArgument);
}

}  // namespace
}  // namespace runmech::test
