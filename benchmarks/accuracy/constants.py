"""The constants chosen in view of RBDS, each chosen again without the runner it is judged on.

For each constant a few values, the others as shipped: the mean of hip, knee and ankle flexion and
hip adduction's RMS difference from the published curves (see rbds_angles), of the trajectory fit,
a few seconds of every trial. `chosen without`: each runner scored with the value that is best for
the others, beside what the shipped value gives. `better for`: how many runners gain by the value
that is best for all. `factor two`: what half and twice the shipped value cost, as a share of the
score; small: the optimum is flat and the value hardly matters. The last line of standard output is
one JSON object.

Constants that no option reaches are not here: docs/accuracy.md names them.
"""

from __future__ import annotations

import json
import sys
import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt

import runmech as rm

sys.path.insert(0, str(Path(__file__).resolve().parent))
from rbds_angles import COORDINATES, PROMISED, cycles, mean_curves, published, strikes
from recordings import counted, parser, rbds_file, rbds_folder, rbds_runners, rbds_speeds

Floats = npt.NDArray[np.float64]

SET = Path(__file__).resolve().parents[2] / "src/skeleton/data/marker_sets/rbds.json"
FACTORS = (0.5, 0.7, 1.0, 1.4, 2.0)
START_S = 2.0  # of every trial left out
# Words of the markers' labels, or the segment that has a common error.
MARKERS: dict[str, tuple[str, ...] | str] = {
    "sigma, pelvis landmarks": ("ASIS", "PSIS"),
    "sigma, iliac crests": ("Iliac.Crest",),
    "sigma, thigh plates": ("Thigh",),
    "sigma, shank plates": ("Shank",),
    "sigma, heels": ("Heel",),
    "sigma, forefeet": ("MT1", "MT5"),
    "common error, thighs": "femur_{r}",
    "common error, shanks": "tibia_{r}",
    "common error, feet": "calcn_{r}",
}
CAUCHY = 2.3849  # what a loss_scale of 0 stands for: 95 % efficiency


def loss_scale(options: rm.FitOptions, factor: float) -> None:
    options.frame.loss_scale = factor * CAUCHY
    options.trajectory.loss_scale = factor * CAUCHY


def limit_sd(options: rm.FitOptions, factor: float) -> None:
    options.frame.limit_sd_deg *= factor
    options.trajectory.limit_sd_deg *= factor


def knot_spacing(options: rm.FitOptions, factor: float) -> None:
    options.trajectory.knot_spacing_s *= factor


OPTIONS: dict[str, Callable[[rm.FitOptions, float], None]] = {
    "distance at which the loss bends": loss_scale,
    "softness of joint limits": limit_sd,
    "knot spacing": knot_spacing,
}


@dataclass
class Clip:
    """Some seconds of one trial, and what they are compared with."""

    runner: str
    run: rm.Recording
    cycles: dict[str, Floats]  # by side
    curves: dict[tuple[str, str], Floats]  # by side and curve


def clips_of(folder: Path, runners: list[str], speeds: list[str], seconds: float) -> list[Clip]:
    """Read what is to be fitted, exchanged labels put right."""
    out = []
    for runner in runners:
        theirs = published(folder, runner)
        calibration = rm.calibrate(rm.read(rbds_file(folder, f"{runner}static")))
        for speed in speeds:
            file = rbds_file(folder, f"{runner}runT{speed}")
            if theirs is None or file is None:
                continue
            run = rm.read(file)
            run = rm.with_labels_corrected(run, rm.check_labels(run, calibration))
            at = strikes(run)
            start = float(run.time_s[0]) + START_S
            end = start + seconds
            times = {side: cycles(t[(t > start) & (t < end)]) for side, t in at.items()}
            curves = {
                (side, key): theirs[side + COORDINATES[key][0] + speed]
                for side in at for key in PROMISED
            }  # fmt: skip
            out.append(Clip(runner, run.trimmed(start, end), times, curves))
    return out


def marker_set(constant: str, factor: float, folder: Path) -> str:
    """Write the shipped set with one constant multiplied; return its path."""
    document = json.loads(SET.read_text())
    what = MARKERS[constant]
    if isinstance(what, str):
        document["common_error_mm"][what] *= factor
    else:
        for marker in document["markers"]:
            if not marker.get("static") and any(word in marker["label"] for word in what):
                marker["sigma_mm"] *= factor
    # A set is read once: every variant has a file of its own.
    path = folder / f"{constant} {factor}.json".replace(" ", "_").replace(",", "")
    path.write_text(json.dumps(document))
    return str(path)


def scores(
    folder: Path, clips: list[Clip], options: rm.FitOptions, set_path: str = ""
) -> dict[str, float]:
    """Return each runner's mean over the promised curves of the RMS differences, deg."""
    free: dict[str, list[float]] = {}
    calibrated: tuple[str, rm.Calibration | None] = ("", None)
    for clip in clips:
        if calibrated[0] != clip.runner:
            static = rm.read(rbds_file(folder, f"{clip.runner}static"))
            choice = rm.CalibrationOptions(marker_set=set_path)
            calibrated = (clip.runner, rm.calibrate(static, choice))
        motion = rm.fit(clip.run, calibrated[1], options)
        for side, times in clip.cycles.items():
            mine = mean_curves(motion, side.lower(), times)
            free.setdefault(clip.runner, []).extend(
                float(np.std(mine[key] - clip.curves[side, key])) for key in PROMISED
            )
    return {runner: float(np.mean(values)) for runner, values in free.items()}


def main() -> int:
    """Print the table; the last line of standard output is JSON."""
    options = parser(__doc__, rbds=True)
    options.add_argument("--seconds", type=float, default=8.0, help="of every trial (%(default)s)")
    options.add_argument(
        "--method", default=rm.FitOptions().method, help="frame or trajectory (%(default)s)"
    )
    arguments = options.parse_args()
    folder = rbds_folder(arguments.data)
    clips = clips_of(
        folder,
        rbds_runners(folder, arguments.runners),
        rbds_speeds(arguments.speeds),
        arguments.seconds,
    )
    runners = sorted({clip.runner for clip in clips})
    if len(runners) < 2:
        raise SystemExit("one runner: nobody to choose on")

    def row(values: dict[str, float]) -> list[float]:
        return [values[runner] for runner in runners]

    def fit_options() -> rm.FitOptions:
        return rm.FitOptions(method=arguments.method)

    result = {}
    print(f"{'constant':34s} " + " ".join(f"x {f:<5}" for f in FACTORS)
          + f" {'chosen without':>14s} {'better for':>10s} {'factor two':>10s}")  # fmt: skip
    with tempfile.TemporaryDirectory() as scratch:
        shipped = np.array(row(scores(folder, clips, fit_options())))
        for constant in counted([*MARKERS, *OPTIONS], "constant"):
            table = np.empty((len(FACTORS), len(runners)))
            for i, factor in enumerate(FACTORS):
                if factor == 1.0:
                    table[i] = shipped
                    continue
                changed, path = fit_options(), ""
                if constant in MARKERS:
                    path = marker_set(constant, factor, Path(scratch))
                else:
                    OPTIONS[constant](changed, factor)
                table[i] = row(scores(folder, clips, changed, path))
            others = (table.sum(axis=1, keepdims=True) - table) / (len(runners) - 1)
            best = np.argmin(others, axis=0)
            without = table[best, np.arange(len(runners))].mean()
            means = table.mean(axis=1)
            gain = int(np.sum(table[int(np.argmin(means))] < shipped))
            cost = max(means[0], means[-1]) / shipped.mean() - 1.0
            print(f"{constant:34s} " + " ".join(f"{m:7.3f}" for m in means)
                  + f" {without:14.3f} {gain:6d}/{len(runners)} {100.0 * cost:8.1f} %",
                  flush=True)  # fmt: skip
            result[constant] = {
                "factors": list(FACTORS),
                "mean_deg": [round(float(m), 4) for m in means],
                "chosen": {str(f): int(np.sum(best == i)) for i, f in enumerate(FACTORS)
                           if (best == i).any()},
                "chosen_without_deg": round(float(without), 4),
                "better_for": gain,
                "factor_two": round(float(cost), 4),
            }  # fmt: skip
    print(json.dumps({
        "benchmark": "constants", "method": arguments.method, "runners": len(runners),
        "clips": len(clips), "seconds": arguments.seconds,
        "shipped_deg": round(float(shipped.mean()), 4), "constants": result,
    }))  # fmt: skip
    return 0


if __name__ == "__main__":
    sys.exit(main())
