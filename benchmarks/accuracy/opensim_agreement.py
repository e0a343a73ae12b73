"""Joint angles beside OpenSim's inverse kinematics of the same trials.

Each trial is calibrated on its own standing trial, fitted and compared with the angles OpenSim
found on its own scaled model: per coordinate the root mean square difference after removing the
mean difference (zeros differ by model), both sides pooled. The synthetic trials have exact truth.
This is agreement between two models, not accuracy against bones: 1 deg is the same model, 2 to
4.5 deg another one. The last line of standard output is one JSON object.
"""

from __future__ import annotations

import json
import math
import sys
from dataclasses import dataclass
from pathlib import Path

import numpy as np

import runmech as rm

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "support"))
from recordings import data_folder, parser, separate

__all__ = ["data_folder"]

LIMIT_DEG = {"hip_flexion": 3.0, "knee_angle": 3.0, "ankle_angle": 4.0}
COORDINATES = (
    "pelvis_tilt", "pelvis_list", "pelvis_rotation", "lumbar_extension", "lumbar_bending",
    "lumbar_rotation", "hip_flexion", "hip_adduction", "hip_rotation", "knee_angle", "ankle_angle",
    "subtalar_angle", "arm_flex", "arm_add", "arm_rot", "elbow_flex",
)  # fmt: skip


@dataclass(frozen=True)
class Trial:
    """One recording with its standing trial and the angles to compare with."""

    name: str
    static: str
    moving: str
    reference: str


TRIALS = (
    Trial("rajagopal", "rajagopal/static_run.trc", "rajagopal/motion_capture_run.trc",
          "rajagopal/opensim46_ik_converged.mot"),
    Trial("dorn_350", "dorn/static.trc", "dorn/run0350cms.trc", "dorn/run0350cms.mot"),
    Trial("dorn_500", "dorn/static.trc", "dorn/run0500cms.trc", "dorn/run0500cms.mot"),
    Trial("dorn_700", "dorn/static.trc", "dorn/run0700cms.trc", "dorn/run0700cms.mot"),
    Trial("synthetic_clean", "opensim_synthetic/static_neutral.trc",
          "opensim_synthetic/truth_markers.trc", "opensim_synthetic/truth.mot"),
    Trial("synthetic_noise", "opensim_synthetic/static_neutral.trc",
          "opensim_synthetic/noise5mm.trc", "opensim_synthetic/truth.mot"),
    Trial("synthetic_outliers", "opensim_synthetic/static_neutral.trc",
          "opensim_synthetic/noise5mm_outliers3pct.trc", "opensim_synthetic/truth.mot"),
    Trial("synthetic_gaps", "opensim_synthetic/static_neutral.trc",
          "opensim_synthetic/noise5mm_gaps20pct.trc", "opensim_synthetic/truth.mot"),
)  # fmt: skip


def read_mot(path: Path) -> dict[str, np.ndarray]:
    """Columns of an OpenSim motion file in degrees."""
    lines = path.read_text().splitlines()
    start = next(i for i, line in enumerate(lines) if line.strip().lower() == "endheader")
    names = lines[start + 1].split()
    values = np.array([[float(x) for x in line.split()] for line in lines[start + 2 :] if line])
    return dict(zip(names, values.T, strict=True))


def fitted(folder: Path, trial: Trial, method: str = rm.FitOptions().method) -> rm.Motion:
    calibration = rm.calibrate(rm.read(folder / trial.static))
    return rm.fit(rm.read(folder / trial.moving), calibration.skeleton, method=method)


def differences(motion: rm.Motion, reference: dict[str, np.ndarray]) -> dict[str, dict[str, float]]:
    """Per coordinate: offset-free RMSE, mean difference (deg) and share of samples compared."""
    status = dict(zip(motion.coordinate_names, motion.coordinate_status, strict=True))
    out = {}
    for stem in COORDINATES:
        sides = (stem,) if stem in reference else (f"{stem}_r", f"{stem}_l")
        free, offset, share = [], [], []
        for name in sides:
            if name not in reference or status[name] != "observed" or not reference[name].any():
                continue
            ours = np.degrees(motion.coordinate(name, reference["time"]))
            difference = ours - reference[name]
            known = np.isfinite(difference)
            if not known.any():
                continue
            free.append(np.var(difference[known]))
            offset.append(np.mean(difference[known]))
            share.append(np.mean(known))
        if free:
            out[stem] = {
                "free_rmse_deg": float(np.sqrt(np.mean(free))),
                "offset_deg": float(np.mean(np.abs(offset))),
                "share": float(np.mean(share)),
            }
    return out


def main() -> int:
    options = parser(__doc__)
    names = [trial.name for trial in TRIALS]
    options.add_argument("--trials", nargs="+", default=[], metavar="TRIAL",
                         help=f"of {' '.join(names)}; default: all")  # fmt: skip
    options.add_argument("--method", default=rm.FitOptions().method,
                         help="frame or trajectory (%(default)s)")  # fmt: skip
    arguments = options.parse_args()
    folder, wanted = arguments.data, separate(arguments.trials)
    if unknown := set(wanted) - set(names):
        options.error(f"no trial is named {', '.join(sorted(unknown))}")
    results = {}
    for trial in TRIALS:
        if wanted and trial.name not in wanted:
            continue
        if not (folder / trial.moving).exists():
            print(f"{trial.name}: recording not here", file=sys.stderr)
            continue
        motion = fitted(folder, trial, arguments.method)
        rows = differences(motion, read_mot(folder / trial.reference))
        rms = 1e3 * float(np.median([q.rms_m for q in motion.quality if q.status == "ok"]))
        bad = sum(s != "ok" for s in motion.frame_status)
        print(f"\n{trial.name}: marker rms {rms:.1f} mm, {bad} of {len(motion.time_s)} frames not "
              f"ok, smoothed at {motion.smoothing_hz:.1f} Hz")  # fmt: skip
        print(f"  {'coordinate':18s} {'free RMSE':>9s} {'|offset|':>9s} {'share':>6s}")
        for name, row in rows.items():
            mark = " > limit" if row["free_rmse_deg"] > LIMIT_DEG.get(name, math.inf) else ""
            print(f"  {name:18s} {row['free_rmse_deg']:9.2f} {row['offset_deg']:9.2f} "
                  f"{row['share']:6.2f}{mark}")  # fmt: skip
        results[trial.name] = {
            "marker_rms_mm": rms,
            "frames_not_ok": bad,
            "free_rmse_deg": {name: row["free_rmse_deg"] for name, row in rows.items()},
        }
    limited = [r["free_rmse_deg"][c] for r in results.values() for c in LIMIT_DEG]
    worst = max(limited, default=float("nan"))
    figures = {"worst_limited_deg": worst, "trials": results}
    print(json.dumps({"benchmark": "opensim_agreement", "method": arguments.method,
                      "limit_deg": LIMIT_DEG, **figures}))  # fmt: skip
    return 0


if __name__ == "__main__":
    sys.exit(main())
