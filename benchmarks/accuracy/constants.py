"""The constants of the RBDS marker set, chosen without the runner that they are judged on.

For each constant a few values, the others as shipped: the mean of hip, knee and ankle flexion and
hip adduction's RMS difference from the published curves (see rbds_angles). `chosen without`: each
runner scored with the value that is best for the others. `factor two`: what half and twice the
shipped value cost, as a share of the score; small: the optimum is flat and the value hardly
matters. The last line of standard output is one JSON object.
"""

from __future__ import annotations

import json
import sys
import tempfile
from pathlib import Path

import numpy as np

import runmech as rm

sys.path.insert(0, str(Path(__file__).resolve().parent))
from rbds_angles import COORDINATES, PROMISED, cycles, mean_curves, published, strikes
from recordings import counted, parser, rbds_file, rbds_folder, rbds_runners, rbds_speeds

SET = Path(__file__).resolve().parents[2] / "src/skeleton/data/marker_sets/rbds.json"
FACTORS = (0.5, 0.7, 1.0, 1.4, 2.0)
CONSTANTS = {
    "pelvis sigma": ("ASIS", "PSIS"),
    "thigh plate sigma": ("Thigh",),
    "shank plate sigma": ("Shank",),
    "foot sigma": ("Heel", "MT1", "MT5"),
    "thigh common error": "femur_{r}",
    "shank common error": "tibia_{r}",
    "foot common error": "calcn_{r}",
}


def marker_set(constant: str, factor: float, folder: Path) -> Path:
    """Write the shipped set with one constant multiplied; return its path."""
    document = json.loads(SET.read_text())
    what = CONSTANTS[constant]
    if isinstance(what, str):
        document["common_error_mm"][what] *= factor
    else:
        for marker in document["markers"]:
            if not marker.get("static") and any(word in marker["label"] for word in what):
                marker["sigma_mm"] *= factor
    path = folder / f"{constant} {factor}.json".replace(" ", "_")
    path.write_text(json.dumps(document))
    return path


def score(folder: Path, runner: str, speeds: list[str], seconds: float, path: str) -> float:
    """Return the mean over the promised curves of a runner's RMS differences, deg."""
    options = rm.CalibrationOptions(marker_set=path)
    calibration = rm.calibrate(rm.read(rbds_file(folder, f"{runner}static")), options)
    curves = published(folder, runner)
    free = []
    for speed in speeds:
        file = rbds_file(folder, f"{runner}runT{speed}")
        if file is None:
            continue
        run = rm.read(file)
        run = rm.with_labels_corrected(run, rm.check_labels(run, calibration))
        at = strikes(run)
        start = float(run.time_s[0]) + 2.0
        run = run.trimmed(start, start + seconds)
        motion = rm.fit(run, calibration, rm.FitOptions(method="frame"))
        for side, times in at.items():
            inside = times[(times > start) & (times < start + seconds)]
            mine = mean_curves(motion, side.lower(), cycles(inside))
            free += [np.std(mine[key] - curves[side + COORDINATES[key][0] + speed])
                     for key in PROMISED]  # fmt: skip
    return float(np.mean(free))


def main() -> int:
    """Print the table; the last line of standard output is JSON."""
    options = parser(__doc__, rbds=True)
    options.add_argument("--seconds", type=float, default=10.0, help="of every trial (%(default)s)")
    arguments = options.parse_args()
    folder = rbds_folder(arguments.data)
    runners = rbds_runners(folder, arguments.runners)
    speeds = rbds_speeds(arguments.speeds)
    if len(runners) < 2:
        raise SystemExit("one runner: nobody to choose on")
    result = {}
    print(f"{'constant':20s} " + " ".join(f"x {f:<5}" for f in FACTORS)
          + f" {'chosen without':>14s} {'factor two':>10s}")  # fmt: skip
    with tempfile.TemporaryDirectory() as scratch:
        shipped = np.array([score(folder, r, speeds, arguments.seconds, "") for r in runners])
        for constant in counted(list(CONSTANTS), "constant"):
            table = np.empty((len(FACTORS), len(runners)))
            for i, factor in enumerate(FACTORS):
                if factor == 1.0:
                    table[i] = shipped
                    continue
                path = str(marker_set(constant, factor, Path(scratch)))
                table[i] = [score(folder, r, speeds, arguments.seconds, path) for r in runners]
            others = (table.sum(axis=1, keepdims=True) - table) / (len(runners) - 1)
            best = np.argmin(others, axis=0)
            without = table[best, np.arange(len(runners))].mean()
            means = table.mean(axis=1)
            cost = max(means[0], means[-1]) / shipped.mean() - 1.0
            print(f"{constant:20s} " + " ".join(f"{m:7.3f}" for m in means)
                  + f" {without:14.3f} {100.0 * cost:8.1f} %")  # fmt: skip
            result[constant] = {
                "factors": list(FACTORS),
                "mean_deg": [round(float(m), 4) for m in means],
                "chosen": sorted({FACTORS[int(b)] for b in best}),
                "chosen_without_deg": round(float(without), 4),
                "shipped_deg": round(float(shipped.mean()), 4),
                "factor_two": round(float(cost), 4),
            }
    print(json.dumps({"benchmark": "constants", "runners": len(runners), "constants": result}))
    return 0


if __name__ == "__main__":
    sys.exit(main())
