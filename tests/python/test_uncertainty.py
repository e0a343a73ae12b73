"""Error bars as people meet them: of angles, of metrics, of comparisons."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

import runmech as rm

Locate = Callable[[str], Path]


def run_of(seed: int, seconds: float = 6.0) -> rm.SyntheticRun:
    return rm.synthesise(seed=seed, duration_s=seconds)


def test_only_markers_on_a_person_carry_the_errors_of_skin() -> None:
    """A model given from outside is taken at its word; a calibration knows that skin moves."""
    run = run_of(1, 3.0)
    calibration = rm.calibrate(run.standing)
    assert calibration.skeleton.on_skin
    assert not run.truth.skeleton.on_skin
    motion = rm.fit(run.recording, calibration)
    assert motion.offset_sd("knee_angle_r") > 0.0
    taken = rm.fit(run.recording, run.truth.skeleton)
    assert taken.offset_sd("knee_angle_r") == 0.0
    assert taken.systematic_sd("knee_angle_r") <= motion.systematic_sd("knee_angle_r")
    t = np.linspace(1.0, 2.0, 5)
    parts = (motion.sd("knee_angle_r", t), motion.systematic_sd("knee_angle_r", t),
             motion.offset_sd("knee_angle_r"))  # fmt: skip
    np.testing.assert_allclose(
        motion.total_sd("knee_angle_r", t), np.sqrt(sum(np.square(p) for p in parts))
    )
    assert (np.asarray(motion.systematic_sd("knee_angle_r", t, derivative=1)) > 0.0).all()


def test_hip_rotation_and_subtalar_are_weakly_observed(data: Locate) -> None:
    """Planes that markers hardly hold are named; hip and knee in the sagittal plane are not.

    The ankle is: markers on the shoe count 10 to 12 mm and hold it to 2 or 3 degrees a frame.
    """
    calibration = rm.calibrate(rm.read(data("rbds/RBDS001static.c3d.gz")))
    motion = rm.fit(rm.read(data("rbds/RBDS001runT35.c3d.gz")), calibration)
    weak = set(motion.weakly_observed)
    assert {"hip_rotation_r", "hip_rotation_l", "subtalar_angle_r", "subtalar_angle_l"} <= weak
    for stem in ("hip_flexion", "hip_adduction", "knee_angle"):
        assert not weak & {f"{stem}_r", f"{stem}_l"}


def test_c22_bars_grow_with_what_missing_markers_change(data: Locate) -> None:
    """Without shank and foot the thigh's own skin is all that holds hip rotation: 20 deg moved."""
    standing = rm.read(data("rajagopal/static_run.trc"))
    run = rm.read(data("rajagopal/motion_capture_run.trc"))
    calibration = rm.calibrate(standing)
    whole = rm.fit(run, calibration)
    cut = rm.read(data("rajagopal/motion_capture_run.trc"))
    positions = np.array(cut.positions_m)
    for label in ("LTB1", "LTB2", "LTB3", "LCAL", "LTOE", "LMT5"):
        if label in cut.labels:
            positions[:, cut.labels.index(label)] = np.nan
    cut.positions_m = positions
    part = rm.fit(cut, calibration)
    for name in ("hip_rotation_l", "hip_flexion_l", "hip_adduction_l", "pelvis_tilt",
                 "hip_flexion_r", "knee_angle_r"):  # fmt: skip
        moved = part.coordinate(name) - whole.coordinate(name)
        band = 1.96 * np.hypot(part.total_sd(name), whole.total_sd(name))
        known = np.isfinite(moved)
        assert np.mean(np.abs(moved[known]) < band[known]) > 0.9, name
    assert part.systematic_sd("hip_rotation_l") > 1.3 * whole.systematic_sd("hip_rotation_l")
    assert "hip_rotation_l" in part.weakly_observed


@pytest.fixture(scope="module")
def analysis() -> rm.Analysis:
    run = run_of(3, 15.0)
    return rm.analyze(run.recording, static=run.standing)


def test_the_error_of_a_metric_has_two_parts(analysis: rm.Analysis) -> None:
    """sd stays the whole error; angles get what skin does, times what all events share."""
    seen = 0
    for row in analysis.table.rows:
        if not np.isfinite(row.value):
            continue
        seen += 1
        assert row.sd == pytest.approx(np.hypot(row.sd_random, row.sd_systematic), rel=1e-9)
    assert seen > 300
    strides = [r for r in analysis.table.rows if r.metric == "knee_flexion_contact" and r.n == 1]
    assert all(0.05 < r.sd_random < 3.0 for r in strides if r.stride >= 0)
    whole = analysis.table.summary("knee_flexion_contact", "right")
    assert whole is not None
    assert whole.sd_random < whole.sd_systematic
    frame = analysis.table.to_pandas()
    assert {"sd", "sd_random", "sd_systematic"} <= set(frame.columns)


def test_without_a_fit_scatter_of_events_is_all_that_chance_does(analysis: rm.Analysis) -> None:
    """The signals alone do not know how sure their points are."""
    trial = analysis.trials[0]
    plain = rm.metrics(trial.signals, trial.events)
    fitted = rm.metrics(trial.signals, trial.events, motion=trial.motion)
    for row, other in zip(plain.rows, fitted.rows, strict=True):
        assert (row.metric, row.side, row.stride) == (other.metric, other.side, other.stride)
        np.testing.assert_equal(row.value, other.value)
        if np.isfinite(row.value):
            assert other.sd_systematic >= row.sd_systematic - 1e-12
    again = rm.metrics(trial.signals, trial.events, motion=trial.motion)
    assert [r.sd for r in again.rows if r.n] == [r.sd for r in fitted.rows if r.n]


def test_sessions_of_older_versions_still_compare(analysis: rm.Analysis, tmp_path: Path) -> None:
    """They have no parts; the spread between strides then tells what chance does."""
    path = tmp_path / "session.json"
    rm.write_session(analysis.session, path)
    told = rm.read_session(path)
    row = told.assessment.table.summary("trunk_lean", "both")
    assert row is not None and row.sd_random > 0.0
    old = json.loads(path.read_text())
    for row in old["metrics"]["rows"]:
        del row["sd_random"], row["sd_systematic"]
    old["date"] = "2024-01-01"
    path.write_text(json.dumps(old))
    compared = rm.compare(rm.read_session(path), analysis.session)
    assert {c.verdict for c in compared.changes} <= {"no_detectable_change", "not_comparable"}
