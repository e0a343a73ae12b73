"""Every RBDS trial: how far markers lie from the skeleton, and a status per frame."""

from __future__ import annotations

import functools
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

import runmech as rm

Locate = Callable[[str], Path]

#: Runners of the data set that are at hand; each ran at 2.5, 3.5 and 4.5 m/s.
RUNNERS = (1, 2, 3, 4, 5, 7, 8, 9, 11, 12, 14, 16, 17, 27)
#: A stretch of the trial, for time: a dozen steps, away from its beginning.
SECONDS = (5.0, 10.0)
STATES = {"ok", "few_markers", "high_residual", "limit", "jump", "no_data"}


@functools.cache
def standing(path: Path) -> rm.Calibration:
    return rm.calibrate(rm.read(path))


@pytest.mark.parametrize("speed", ["25", "35", "45"])
@pytest.mark.parametrize("runner", RUNNERS)
def test_markers_lie_within_15_mm_of_the_skeleton(runner: int, speed: str, data: Locate) -> None:
    """Median of a whole trial: the nearest to the limit, RBDS002 at 4.5 m/s, has 14.4 mm."""
    name = f"rbds/RBDS{runner:03d}"
    calibration = standing(data(f"{name}static.c3d.gz"))
    run = rm.read(data(f"{name}runT{speed}.c3d.gz"))
    run = rm.with_labels_corrected(run, rm.check_labels(run, calibration))
    motion = rm.fit(run, calibration)
    assert len(motion.quality) == run.n_frames
    assert set(motion.frame_status) <= STATES
    rms_mm = [1000.0 * q.rms_m for q in motion.quality if q.status in ("ok", "limit")]
    assert len(rms_mm) > 0.95 * run.n_frames
    assert np.median(rms_mm) <= 15.0


def test_a_long_trial_in_little_memory_has_no_seams(data: Locate) -> None:
    """Most of the factor is computed again instead of kept: the same motion, asked 0.05 degrees."""
    name = "rbds/RBDS002"
    calibration = standing(data(f"{name}static.c3d.gz"))
    run = rm.read(data(f"{name}runT35.c3d.gz"))  # 30 s: three windows
    whole = rm.fit(run, calibration, rm.FitOptions(method="trajectory"))
    little = rm.TrajectoryOptions(memory_mb=1.0, num_threads=2)
    windows = rm.fit(run, calibration, rm.FitOptions(method="trajectory", trajectory=little))
    assert np.nanmax(np.abs(whole.coordinates() - windows.coordinates())) < np.radians(1e-6)
    assert whole.sd("knee_angle_r") == pytest.approx(windows.sd("knee_angle_r"), nan_ok=True)
    drawn = [m.draw(1, seed=3)[0].coordinates() for m in (whole, windows)]
    assert np.nanmax(np.abs(drawn[0] - drawn[1])) < np.radians(1e-6)


def test_places_and_sigmas_of_markers_are_options(data: Locate) -> None:
    name = "rbds/RBDS002"
    calibration = standing(data(f"{name}static.c3d.gz"))
    whole = rm.read(data(f"{name}runT35.c3d.gz"))
    start = float(whole.time_s[0])
    run = whole.trimmed(start + SECONDS[0], start + SECONDS[1])
    fixed = rm.fit(run, calibration, rm.FitOptions(method="trajectory")).report
    assert all(np.isnan(m.place_sd_m).all() and np.isnan(m.sigma_sd_m) for m in fixed.markers)
    free = rm.TrajectoryOptions(free_marker_places=True, free_marker_sigmas=True, place_sd_m=0.005)
    options = rm.FitOptions(method="trajectory", trajectory=free)
    found = {m.label: m for m in rm.fit(run, calibration, options).report.markers}
    # Bony landmarks hold the frames of their segments: neither places nor proportions move.
    pelvis = [found[f"{side}.{stem}"] for side in "LR" for stem in ("ASIS", "PSIS")]
    assert all(np.all(m.place_change_m == 0.0) for m in pelvis)
    assert len({round(m.sigma_m, 9) for m in pelvis}) == 1
    # The iliac crest slides on its skin; a bony shank hardly moves.
    assert found["R.Iliac.Crest"].sigma_m > 2.0 * found["R.Shank.Bottom.Lateral"].sigma_m
    assert (found["R.Iliac.Crest"].place_sd_m <= 0.005 + 1e-9).all()


@functools.cache
def stretch(static: Path, path: Path) -> tuple[rm.Calibration, rm.Recording]:
    calibration = standing(static)
    run = rm.read(path)
    run = rm.with_labels_corrected(run, rm.check_labels(run, calibration))
    start = float(run.time_s[0])
    return calibration, run.trimmed(start + SECONDS[0], start + SECONDS[1])


@functools.cache
def complete(static: Path, path: Path, method: str) -> rm.Motion:
    calibration, run = stretch(static, path)
    return rm.fit(run, calibration, method=method)


def without(run: rm.Recording, label: str, start_s: float, end_s: float) -> rm.Recording:
    time_s = np.asarray(run.time_s)
    places = np.array(run.positions_m)
    places[(time_s >= start_s) & (time_s < end_s), run.labels.index(label)] = np.nan
    out = run.trimmed(float(time_s[0]), float(time_s[-1]) + 1.0)
    out.positions_m = places
    return out


def turned_deg(motion: rm.Motion, whole: rm.Motion, coordinate: str, at: np.ndarray) -> np.ndarray:
    return np.degrees(motion.coordinate(coordinate, at) - whole.coordinate(coordinate, at))


# From the markers that remain, losing one ASIS moves the pelvis by 3 degrees of list, 2.5 of tilt
# and the hip centre by 6 to 12 mm, and it steps by as much where the marker goes and comes.
@pytest.mark.parametrize("method", ["frame", "trajectory"])
@pytest.mark.parametrize("label", ["R.ASIS", "L.ASIS"])
@pytest.mark.parametrize("runner", [1, 2, 9, 14])
def test_a_lost_asis_does_not_make_the_pelvis_jump(
    runner: int, label: str, method: str, data: Locate
) -> None:
    name = f"rbds/RBDS{runner:03d}"
    files = (data(f"{name}static.c3d.gz"), data(f"{name}runT35.c3d.gz"))
    calibration, run = stretch(*files)
    whole = complete(*files, method)
    start = float(run.time_s[0])
    hip = calibration.skeleton.landmark("hip_r" if label[0] == "R" else "hip_l")
    # One edge only at the beginning. Runner 2 lacks a PSIS now and then: not in these stretches.
    for lost_s in ((2.5, 2.6), (2.5, 2.8), (3.6, 4.1), (0.0, 0.3)):
        motion = rm.fit(
            without(run, label, start + lost_s[0], start + lost_s[1]), calibration, method=method
        )
        inside = start + np.arange(*lost_s, 0.005)
        moved_m = np.linalg.norm(motion.point(hip, inside) - whole.point(hip, inside), axis=1)
        assert 1000.0 * np.nanmean(moved_m) < 3.0, lost_s
        around = start + np.arange(max(0.0, lost_s[0] - 0.1), lost_s[1] + 0.1, 0.005)
        for coordinate in ("pelvis_list", "pelvis_tilt"):
            turned = turned_deg(motion, whole, coordinate, around)
            assert np.nanmax(np.abs(turned)) < 1.5, (coordinate, lost_s)
        line = next(m for m in motion.report.markers if m.label == label)
        assert line.longest_gap >= 0.9 * (lost_s[1] - lost_s[0]) * 150.0
        middle = start + 0.5 * sum(lost_s)
        assert motion.sd("pelvis_list", middle) > 1.03 * whole.sd("pelvis_list", middle)


@pytest.mark.parametrize(
    ("labels", "coordinates", "limit_deg"),
    [
        (("R.ASIS", "L.ASIS"), ("pelvis_list", "pelvis_tilt"), 2.0),
        (("L.ASIS", "R.PSIS"), ("pelvis_list", "pelvis_tilt"), 2.0),
        (("R.Thigh.Top.Lateral",), ("hip_flexion_r", "knee_angle_r"), 0.8),
        (("R.Shank.Top.Medial",), ("knee_angle_r", "ankle_angle_r"), 1.2),
        (("R.Heel.Top", "R.Heel.Lateral"), ("ankle_angle_r",), 1.2),
    ],
)
def test_other_markers_come_and_go_without_a_step(
    labels: tuple[str, ...], coordinates: tuple[str, ...], limit_deg: float, data: Locate
) -> None:
    for runner in (1, 9, 14):
        name = f"rbds/RBDS{runner:03d}"
        files = (data(f"{name}static.c3d.gz"), data(f"{name}runT35.c3d.gz"))
        calibration, run = stretch(*files)
        whole = complete(*files, "frame")
        start = float(run.time_s[0])
        for label in labels:
            run = without(run, label, start + 1.0, start + 1.3)
        motion = rm.fit(run, calibration, method="frame")
        around = start + np.arange(0.9, 1.4, 0.005)
        for coordinate in coordinates:
            turned = turned_deg(motion, whole, coordinate, around)
            assert np.nanmax(np.abs(turned)) < limit_deg, (runner, coordinate)


@pytest.mark.parametrize("runner", [1, 2, 9, 14])
def test_a_pelvis_without_an_asis_stays_near(runner: int, data: Locate) -> None:
    name = f"rbds/RBDS{runner:03d}"
    files = (data(f"{name}static.c3d.gz"), data(f"{name}runT35.c3d.gz"))
    calibration, run = stretch(*files)
    whole = complete(*files, "frame")
    motion = rm.fit(without(run, "R.ASIS", 0.0, 1e9), calibration, method="frame")
    for coordinate in ("pelvis_list", "pelvis_tilt"):
        turned = np.degrees(motion.coordinate(coordinate) - whole.coordinate(coordinate))
        assert abs(np.nanmean(turned)) < 3.2
