"""Markers as they should not be: what solvers called converged must end in a status or an error."""

from __future__ import annotations

import functools
import math

import numpy as np
import numpy.typing as npt
import pytest

import runmech as rm

Array = npt.NDArray[np.float64]
METHODS = ("trajectory", "frame")
LEGS = [f"{name}_{s}" for s in "rl" for name in ("hip_flexion", "hip_adduction", "knee_angle")]
KNOWN_BAD = {"high_residual", "few_markers", "no_data", "jump"}

both = pytest.mark.parametrize("method", METHODS)


@functools.cache
def made(seconds: float = 2.0) -> rm.SyntheticRun:
    """A good trial, 100 Hz, 1 mm of noise, on the skeleton that made it."""
    return rm.synthesise(
        "healthy", 1, duration_s=seconds, rate_hz=100.0,
        noise=rm.SyntheticNoise(
            placement_m=0.0, white_m=0.001, soft_tissue_m=0.0, dropout_share=0.0, outlier_share=0.0
        ),
    )  # fmt: skip


def with_positions(positions: Array, time_s: Array | None = None) -> rm.Recording:
    good = made().recording
    out = rm.Recording()
    out.time_s = np.asarray(good.time_s)[: len(positions)] if time_s is None else time_s
    out.labels = list(good.labels)
    out.positions_m = positions
    out.marker_set = good.marker_set
    return out


def positions() -> Array:
    return np.array(made().recording.positions_m)


def column(label: str) -> int:
    return made().recording.labels.index(label)


def fitted(recording: rm.Recording, method: str) -> rm.Motion:
    return rm.fit(recording, made().truth.skeleton, method=method)


def error_deg(motion: rm.Motion, frames: slice | Array = slice(None)) -> float:
    """Largest leg-angle error, beside the truth."""
    truth = made().truth
    names = list(truth.coordinates)
    worst = 0.0
    for name in LEGS:
        wanted = np.degrees(np.asarray(truth.coordinate_values)[:, names.index(name)])
        got = np.degrees(motion.coordinate(name))
        apart = np.abs(got - wanted[: len(got)])[frames]
        assert np.isfinite(apart).all(), name
        worst = max(worst, float(apart.max()))
    return worst


def nothing_is_given(motion: rm.Motion, status: str) -> None:
    assert set(motion.frame_status) == {status}
    assert np.isnan(motion.coordinates()).all()
    assert motion.report is not None
    (interval,) = motion.report.intervals
    assert interval.status == status
    assert interval.reason
    assert any(note.warning for note in motion.notes)


@both
def test_zeros_are_missing(method: str) -> None:
    """Every marker at 0, 0, 0 "converged" with angles 28 rad off."""
    nothing_is_given(fitted(with_positions(0.0 * positions()), method), "no_data")


@both
def test_other_units_fit_nowhere(method: str) -> None:
    """Millimetres taken for metres "converged" at 7000 rad."""
    motion = fitted(with_positions(1000.0 * positions()), method)
    nothing_is_given(motion, "high_residual")
    assert any("are the positions in metres" in note.text for note in motion.notes)


@both
def test_mixed_units_are_not_believed(method: str) -> None:
    """Some markers in millimetres: those are outliers, or the frame is refused."""
    x = positions()
    some = [column(label) for label in ("RTH1", "LTH2", "RTB1")]
    x[:, some] *= 1000.0
    motion = fitted(with_positions(x), method)
    lines = {line.label: line for line in motion.report.markers}
    for label in ("RTH1", "LTH2", "RTB1"):
        assert lines[label].n_outliers == len(x)
    assert error_deg(motion) < 2.0
    said = [note.text for note in motion.notes if note.code == "outliers" and note.warning]
    assert len(said) == 1
    assert said[0].endswith("RTH1 (100 %), LTH2 (100 %), RTB1 (100 %)")


@both
@pytest.mark.parametrize("where", [0.0, 0.004])
def test_one_marker_at_the_origin(method: str, where: float) -> None:
    """It "converged" 77 degrees off. Exactly there it is missing, near it an outlier."""
    x = positions()
    x[50:120, column("RTH1")] = where
    motion = fitted(with_positions(x), method)
    assert error_deg(motion) < 2.0
    line = next(m for m in motion.report.markers if m.label == "RTH1")
    assert line.n_seen == len(x) - (70 if where == 0.0 else 0)
    assert line.n_outliers >= (0 if where == 0.0 else 70)


@both
@pytest.mark.parametrize("sigma_m", [0.0, -0.01, math.inf, math.nan])
def test_weights_of_nothing_are_refused(method: str, sigma_m: float) -> None:
    """All weights zero "converged" where it began."""
    skeleton = rm.synthesise("healthy", 1, duration_s=2.0, rate_hz=100.0).truth.skeleton
    skeleton.markers = [rm.Marker(at=m.at, sigma_m=sigma_m) for m in skeleton.markers]
    with pytest.raises(ValueError, match="sigma_m"):
        rm.fit(with_positions(positions()), skeleton, method=method)


@both
@pytest.mark.parametrize("heel", [False, True])
def test_rank_is_lost_by_name(method: str, heel: bool) -> None:
    """Without markers on a foot its joints are not determined; one heel marker barely does it."""
    x = positions()
    for label in ("RTOE", "RMT5", "RTB1", "RTB2", "RTB3", *(() if heel else ("RCAL",))):
        x[:, column(label)] = np.nan
    motion = fitted(with_positions(x), method)
    status = dict(zip(motion.coordinate_names, motion.coordinate_status, strict=True))
    weak = {line.name for line in motion.report.coordinates if line.weakly_observed}
    said = " ".join(note.text for note in motion.notes if note.warning or note.code == "weak")
    for name in ("ankle_angle_r", "subtalar_angle_r"):
        assert status[name] == "undetermined" or (heel and name in weak), name
        assert name in said
        if not heel:
            assert np.isnan(motion.coordinate(name)).all()
    assert status["knee_angle_l"] == "observed"
    assert not weak & {"knee_angle_l", "hip_flexion_l", "ankle_angle_l"}


@both
def test_a_frozen_marker_does_little(method: str) -> None:
    x = positions()
    x[:, column("RTH1")] = x[0, column("RTH1")]
    motion = fitted(with_positions(x), method)
    assert error_deg(motion, slice(5, -5)) < 3.0
    line = next(m for m in motion.report.markers if m.label == "RTH1")
    assert line.n_outliers > 0.3 * len(x)  # the thigh comes by once a stride
    assert line.n_outliers == max(m.n_outliers for m in motion.report.markers)
    assert [n.code for n in motion.notes if "RTH1 (" in n.text] == ["outliers"]


@both
@pytest.mark.parametrize("step_s", [0.0, -0.01])
def test_clocks_that_stand_or_go_back_are_refused(method: str, step_s: float) -> None:
    time_s = np.array(made().recording.time_s)
    time_s[101] = time_s[100] + step_s
    with pytest.raises(ValueError, match="time"):
        fitted(with_positions(positions(), time_s), method)


@both
def test_29_97_is_not_30(method: str) -> None:
    """Time is read off the stamps: angles stay, velocities go with the clock."""
    x = positions()[::3]
    clock = [np.arange(len(x)) / rate for rate in (30.0, 29.97)]
    a, b = (fitted(with_positions(x, t), method) for t in clock)
    np.testing.assert_allclose(
        b.coordinate("knee_angle_r"), a.coordinate("knee_angle_r"), atol=1e-4
    )
    va, vb = (
        m.coordinate("knee_angle_r", t, derivative=1) for m, t in zip((a, b), clock, strict=True)
    )
    assert np.sqrt(np.mean((vb - va * 29.97 / 30.0) ** 2)) < 1e-3 * np.std(va)


@both
def test_blocks_of_nothing_are_said_and_kept(method: str) -> None:
    """What is bridged is short and said to be; the rest stays missing."""
    x = positions()
    x[40:46] = np.nan
    x[100:140] = np.nan
    motion = fitted(with_positions(x), method)
    knee = motion.coordinate("knee_angle_r")
    assert np.isfinite(knee[:100]).all()
    assert np.isnan(knee[100:140]).all()
    assert np.isfinite(knee[140:]).all()
    short, long = (i for i in motion.report.intervals if i.status == "no_data")
    assert (short.n_frames, long.n_frames) == (6, 40)
    assert "knee_angle_r" in short.bridged
    assert not short.missing
    assert "knee_angle_r" in long.missing
    assert not long.bridged
    said = " ".join(note.text for note in motion.notes)
    assert "bridged" in said
    assert "no marker seen" in said
    assert error_deg(motion, np.r_[0:35, 50:98, 142:200]) < 2.0


@both
@pytest.mark.parametrize("n", [1, 2, 3, 6, 11, 12, 20])
def test_a_handful_of_frames(method: str, n: int) -> None:
    motion = fitted(with_positions(positions()[:n]), method)
    assert motion.method == (method if n >= 12 else "frame")
    assert error_deg(motion) < 3.0
    if motion.method != method:
        assert any("fitted by frames" in note.text for note in motion.notes)


@both
def test_one_marker_holds_nothing(method: str) -> None:
    x = positions()
    x[:, [i for i, label in enumerate(made().recording.labels) if label != "RASI"]] = np.nan
    motion = fitted(with_positions(x), method)
    assert np.isnan(motion.coordinates()).all()
    assert set(motion.frame_status) <= KNOWN_BAD
    assert any("do not determine" in note.text for note in motion.notes if note.warning)


@both
@pytest.mark.parametrize("far", [30.0, 1e5, 1e12, 1e300])
def test_huge_outliers(method: str, far: float) -> None:
    x = positions()
    rng = np.random.default_rng(1)
    hit = rng.uniform(size=x.shape[:2]) < 0.04
    x[hit] = far
    motion = fitted(with_positions(x), method)
    assert error_deg(motion, slice(5, -5)) < 2.5


@both
@pytest.mark.parametrize("far", [math.inf, -math.inf])
def test_infinite_places_are_refused(method: str, far: float) -> None:
    x = positions()
    x[7, 3, 1] = far
    with pytest.raises(ValueError, match="infinite"):
        fitted(with_positions(x), method)


@both
def test_uneven_time_stamps(method: str) -> None:
    """Frames that come and go, and a clock that trembles, each at its own time."""
    rng = np.random.default_rng(2)
    kept = np.sort(rng.choice(200, 170, replace=False))
    even = np.asarray(made().recording.time_s)
    motion = fitted(with_positions(positions()[kept], even[kept]), method)
    truth = made().truth
    names = list(truth.coordinates)
    for name in LEGS:
        wanted = np.degrees(np.asarray(truth.coordinate_values)[kept, names.index(name)])
        apart = np.degrees(motion.coordinate(name)) - wanted
        assert np.nanmax(np.abs(apart[3:-3])) < 2.0, name


@both
def test_a_frame_that_nothing_explains_is_not_bridged_for_long(method: str) -> None:
    """Markers that belong to no pose: refused with the reason; short stretches are bridged."""
    x = positions()
    rng = np.random.default_rng(3)
    for block in (slice(60, 64), slice(120, 160)):
        x[block] += rng.uniform(-1.0, 1.0, x[block].shape)
    motion = fitted(with_positions(x), method)
    knee = motion.coordinate("knee_angle_r")
    assert np.isfinite(knee[:118]).all()
    assert np.isnan(knee[122:158]).all()
    bad = [i for i in motion.report.intervals if i.status not in ("ok", "limit")]
    assert all(i.reason for i in bad)
    assert any("knee_angle_r" in i.missing for i in bad)
    assert error_deg(motion, np.r_[0:55, 70:118, 162:200]) < 2.0
