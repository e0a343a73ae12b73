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
    name = f"rbds/RBDS{runner:03d}"
    calibration = standing(data(f"{name}static.c3d.gz"))
    whole = rm.read(data(f"{name}runT{speed}.c3d.gz"))
    start = float(whole.time_s[0])
    run = whole.trimmed(start + SECONDS[0], start + SECONDS[1])
    run = rm.with_labels_corrected(run, rm.check_labels(run, calibration))
    motion = rm.fit(run, calibration)

    assert len(motion.quality) == run.n_frames
    assert set(motion.frame_status) <= STATES
    rms_mm = [1000.0 * q.rms_m for q in motion.quality if q.status in ("ok", "limit")]
    assert len(rms_mm) > 0.95 * run.n_frames
    assert np.median(rms_mm) <= 15.0
