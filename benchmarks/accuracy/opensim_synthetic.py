"""Noise, outliers and gaps with exact truth, on OpenSim's own scaled model.

The model is read with from_osim and fitted to markers that it placed itself, plus noise. Per case:
RMS error of the leg angles (hip, knee, ankle, both sides pooled) and of their velocities, share of
samples with an answer, coverage of the stated 95 % intervals. Every weight is found from the data.
The truth's velocity is that of the interpolating quintic spline of its samples. The last line of
standard output is one JSON object.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path

import numpy as np
from scipy.interpolate import make_interp_spline

import runmech as rm

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "support"))
from recordings import parser

CASES = {
    "noise": "noise5mm.trc",
    "outliers": "noise5mm_outliers3pct.trc",
    "gaps": "noise5mm_gaps20pct.trc",
}
LEGS = tuple(
    f"{stem}_{side}"
    for stem in ("hip_flexion", "hip_adduction", "hip_rotation", "knee_angle", "ankle_angle")
    for side in "rl"
)


def rms(error: np.ndarray) -> float:
    known = error[np.isfinite(error)]
    return float(np.sqrt(np.mean(np.square(known)))) if known.size else float("nan")


def coverage(motion: rm.Motion, time_s: np.ndarray, truth: np.ndarray) -> float:
    """Share of leg angles within 1.96 of their stated random SD from the truth (deg).

    Of the motion where it has a posterior; a frame fit states the SD of single frames only.
    """
    if motion.method == "frame":
        index = [motion.skeleton.coordinate(name) for name in LEGS]
        found = np.degrees(np.asarray(motion.frame_coordinates)[:, index])
        sd = np.degrees(np.asarray(motion.coordinate_sd)[index]) + np.zeros_like(found)
    else:
        found = np.degrees(np.column_stack([motion.coordinate(name, time_s) for name in LEGS]))
        sd = np.degrees(np.column_stack([motion.sd(name, time_s) for name in LEGS]))
    known = np.isfinite(found) & np.isfinite(sd)
    return float(np.mean((np.abs(found - truth) <= 1.96 * sd)[known]))


def scored(folder: Path, skeleton: rm.Skeleton, method: str) -> dict[str, float]:
    """Print one method's table; return its figures."""
    table = rm.read_table(folder / "truth.mot")
    time_s = np.asarray(table.time_s)
    truth = np.asarray(table.values)[:, [table.names.index(name) for name in LEGS]]
    velocity = make_interp_spline(time_s, truth, k=5).derivative()(time_s)
    figures: dict[str, float] = {}
    print(f"method {method}: leg angles, {len(time_s)} frames")
    print(
        f"{'case':10s} {'deg':>7s} {'deg/s':>7s} {'answered':>9s} {'cover 95':>9s} {'a frame':>8s}"
    )
    for case, file in CASES.items():
        recording = rm.read(folder / file)
        motion = rm.fit(recording, skeleton, method=method)
        if not np.allclose(motion.time_s, time_s, atol=1e-6):
            raise SystemExit("the recording has other frames than its truth")
        index = [skeleton.coordinate(name) for name in LEGS]
        angle = np.degrees(np.asarray(motion.coordinates())[:, index]) - truth
        speed = np.degrees(np.asarray(motion.coordinates(derivative=1))[:, index]) - velocity
        single = np.degrees(np.asarray(motion.frame_coordinates)[:, index]) - truth
        covered = coverage(motion, time_s, truth)
        figures[f"{case}_legs_deg"] = rms(angle)
        figures[f"{case}_legs_deg_s"] = rms(speed)
        figures[f"{case}_answered"] = float(np.mean(np.isfinite(angle)))
        figures[f"cover95_{case}"] = covered
        print(f"{case:10s} {rms(angle):7.3f} {rms(speed):7.1f} {np.mean(np.isfinite(angle)):9.3f} "
              f"{covered:9.3f} {rms(single):8.3f}")  # fmt: skip
    return figures


def main() -> int:
    """Print the tables; the last line of standard output is JSON."""
    options = parser(__doc__)
    options.add_argument(
        "--method", nargs="+", default=["trajectory", "frame"],
        help="trajectory, frame; the first one's figures are the main ones (%(default)s)",
    )  # fmt: skip
    arguments = options.parse_args()
    folder = arguments.data / "opensim_synthetic"
    if not folder.exists():
        print(f"the recordings are not here: {folder}", file=sys.stderr)
        return 1
    skeleton = rm.Skeleton.from_osim(arguments.data / "rajagopal/opensim_scaled_run.osim")
    method, *others = arguments.method
    line = {"benchmark": "opensim_synthetic", "method": method, **scored(folder, skeleton, method)}
    print(json.dumps(line | {other: scored(folder, skeleton, other) for other in others}))
    return 0


if __name__ == "__main__":
    sys.exit(main())
