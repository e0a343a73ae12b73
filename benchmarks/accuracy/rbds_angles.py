"""Sagittal angles and hip adduction beside the curves that the RBDS authors published.

Each runner is calibrated on the standing trial and fitted; strides are cut by the authors' own
event rule (20 N on force low-passed like their markers, 2.8 ms later), averaged and compared:
root mean square difference after removing the mean difference, beside the curve of the other
runners ("no skill"). The authors' angles come from segments without joints: agreement with them is
not accuracy against bones. The last line of standard output is one JSON object.

usage: rbds_angles.py [FOLDER_OF_RECORDINGS]
"""

from __future__ import annotations

import gzip
import itertools
import json
import os
import sys
from pathlib import Path

import numpy as np

import runmech as rm

# Our coordinate, theirs, at most (mean over curves, deg), what the other runners' mean curve gives.
CURVES = (
    ("hip_flexion", "hipAngZ", 1.8, 3.5),
    ("knee_angle", "kneeAngZ", 2.0, 5.7),
    ("ankle_angle", "ankleAngZ", 3.2, 3.9),
    ("hip_adduction", "hipAngX", 1.9, 1.9),
)
SPEEDS = ("25", "35", "45")
CUTOFF_HZ = 10.0 / 0.802  # each of two passes, so that both together are at -3 dB at 10 Hz
THRESHOLD_N = 20.0
LATER_S = 0.0028


def data_folder() -> Path:
    """Return the folder given, $RUNMECH_DATA, or ../shared/data beside the project."""
    if len(sys.argv) > 1:
        return Path(sys.argv[1])
    beside = Path(__file__).resolve().parents[2].parent / "shared" / "data"
    return Path(os.environ.get("RUNMECH_DATA", beside))


def low_passed(values: np.ndarray, rate_hz: float) -> np.ndarray:
    """Filter with a second-order Butterworth, forwards and backwards."""
    c = 1.0 / np.tan(np.pi * CUTOFF_HZ / rate_hz)
    b0 = 1.0 / (1.0 + np.sqrt(2.0) * c + c * c)
    a1, a2 = 2.0 * (1.0 - c * c) * b0, (1.0 - np.sqrt(2.0) * c + c * c) * b0
    for _ in range(2):
        out = np.empty_like(values)
        x1 = x2 = y1 = y2 = values[0]
        for i, x in enumerate(values):
            y = b0 * (x + 2.0 * x1 + x2) - a1 * y1 - a2 * y2
            out[i] = y
            x2, x1, y2, y1 = x1, x, y1, y
        values = out[::-1]
    return values


def strikes(recording: rm.Recording) -> dict[str, np.ndarray]:
    """Return foot strikes per side by the authors' rule, the side by the lower heel."""
    plate = recording.plates[0]
    rate = 1.0 / float(np.median(np.diff(plate.time_s)))
    force = low_passed(np.asarray(plate.force_n)[:, 1].copy(), rate)
    rising = np.flatnonzero((force[:-1] < THRESHOLD_N) & (force[1:] >= THRESHOLD_N))
    times = np.asarray(plate.time_s)[rising] + LATER_S
    height = {}
    for side in "RL":
        y = recording.positions_m[:, recording.labels.index(f"{side}.Heel.Bottom"), 1]
        seen = np.isfinite(y)
        height[side] = np.interp(times + 0.05, np.asarray(recording.time_s)[seen], y[seen])
    right = height["R"] < height["L"]
    return {"R": times[right], "L": times[~right]}


def mean_curve(motion: rm.Motion, name: str, at_s: np.ndarray) -> np.ndarray:
    """Return the mean over strides on 101 points, degrees."""
    cycles = [
        motion.coordinate(name, np.linspace(start, end, 101))
        for start, end in itertools.pairwise(at_s)
        if 0.5 < end - start < 1.0
    ]
    return np.degrees(np.nanmean(cycles, axis=0))


def published(path: Path) -> dict[str, np.ndarray]:
    """Return the authors' curves by name."""
    with gzip.open(path, "rt") as file:
        lines = file.read().splitlines()
    names = lines[0].split("\t")
    rows = [[float(x or "nan") for x in line.split("\t")] for line in lines[1:] if line.strip()]
    return dict(zip(names, np.array(rows).T, strict=True))


def main() -> int:
    """Print the table; the last line of standard output is JSON."""
    folder = data_folder() / "rbds"
    found: dict[str, list[tuple[float, float]]] = {name: [] for name, *_ in CURVES}
    rms_mm = []
    for static in sorted(folder.glob("RBDS*static.c3d.gz")):
        runner = static.name.split("static", maxsplit=1)[0]
        calibration = rm.calibrate(rm.read(static))
        curves = published(folder / f"{runner}processed.txt.gz")
        for speed in SPEEDS:
            run = rm.read(folder / f"{runner}runT{speed}.c3d.gz")
            run = rm.with_labels_corrected(run, rm.check_labels(run, calibration))
            motion = rm.fit(run, calibration)
            rms_mm.append(1000.0 * float(np.median([q.rms_m for q in motion.quality])))
            for side, at_s in strikes(run).items():
                for name, theirs, *_ in CURVES:
                    mine = mean_curve(motion, f"{name}_{side.lower()}", at_s)
                    apart = mine - curves[side + theirs + speed]
                    spread = np.ptp(mine) - np.ptp(curves[side + theirs + speed])
                    found[name].append((float(np.std(apart)), float(spread)))
    if not rms_mm:
        print(f"no RBDS recordings in {folder}", file=sys.stderr)
        return 1
    print(f"marker RMS, median of a trial, over {len(rms_mm)} trials: {min(rms_mm):.1f} to "
          f"{max(rms_mm):.1f} mm, middle {np.median(rms_mm):.1f} mm")  # fmt: skip
    print("coordinate      free RMSE mean (p90)  range error  at most  no skill  deg")
    result: dict[str, float] = {
        "trials": len(rms_mm),
        "rms_min_mm": min(rms_mm),
        "rms_mm": float(np.median(rms_mm)),
        "rms_max_mm": max(rms_mm),
    }
    for name, _, limit, no_skill in CURVES:
        free, spread = np.array(found[name]).T
        print(f"{name:14s}  {free.mean():9.2f} ({np.quantile(free, 0.9):.2f})  "
              f"{np.mean(np.abs(spread)):11.1f}  {limit:7.1f}  {no_skill:8.1f}")  # fmt: skip
        result[f"{name}_free_deg"] = float(free.mean())
    print(json.dumps({key: round(value, 3) for key, value in result.items()}))
    return 0


if __name__ == "__main__":
    sys.exit(main())
