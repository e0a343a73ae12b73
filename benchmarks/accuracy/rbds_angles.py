"""Joint angles beside the curves that the RBDS authors published.

Each runner is calibrated on the standing trial and fitted; strides are cut by the authors' own
event rule (20 N on force low-passed like their markers, 2.8 ms later), averaged and compared:
root mean square difference after removing the mean difference, per runner, speed and side.
`no skill` is the same for the mean of the other runners' published curves (all that are in the
folder). `covered`: share of points, own offset removed, within the 95 % band stated for the mean
curve (random and systematic part); `left out`: the same where the band is scaled by what covers
95 % of the points of the other runners. hip, knee and ankle Z are flexion, X adduction and
inversion, Y internal rotation. The authors' angles come from segments without joints that ride on
the skin: agreement with them is not accuracy against bones. The last line of standard output is one
JSON object.
"""

from __future__ import annotations

import gzip
import itertools
import json
import sys
from collections import defaultdict
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import numpy.typing as npt
from scipy.signal import butter, filtfilt

import runmech as rm

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "support"))
from recordings import counted, parser, rbds_file, rbds_folder, rbds_runners, rbds_speeds

Floats = npt.NDArray[np.float64]
Published = dict[str, Floats]

# Curve, its name in the authors' files, our coordinate; without one, the turn of the distal segment
# in the proximal one by the authors' sequence (Z, X, Y).
COORDINATES = {
    "hip_z": ("hipAngZ", "hip_flexion"),
    "knee_z": ("kneeAngZ", "knee_angle"),
    "ankle_z": ("ankleAngZ", "ankle_angle"),
    "hip_x": ("hipAngX", "hip_adduction"),
    "hip_y": ("hipAngY", "hip_rotation"),
}
TURNS = {
    "knee_x": ("kneeAngX", "femur", "tibia"),
    "knee_y": ("kneeAngY", "femur", "tibia"),
    "ankle_x": ("ankleAngX", "tibia", "calcn"),
    "ankle_y": ("ankleAngY", "tibia", "calcn"),
}
THEIRS = {key: name for key, (name, *_) in (COORDINATES | TURNS).items()}
PROMISED = ("hip_z", "knee_z", "ankle_z", "hip_x")
CUTOFF_HZ = 10.0 / 0.802  # each of two passes, so that both together are at -3 dB at 10 Hz
THRESHOLD_N = 20.0
LATER_S = 0.0028
STRIDE_S = (0.5, 1.0)
WITHIN = 1.96  # standard deviations of a 95 % band


@dataclass
class Score:
    """How one curve compares, deg; one entry per runner, speed and side."""

    free: list[float] = field(default_factory=list)
    offset: list[float] = field(default_factory=list)
    range_error: list[float] = field(default_factory=list)
    correlation: list[float] = field(default_factory=list)
    no_skill: list[float] = field(default_factory=list)
    covered: list[float] = field(default_factory=list)
    ratios: dict[str, list[Floats]] = field(default_factory=dict)  # by runner: difference over SD

    def add(
        self, runner: str, mine: Floats, theirs: Floats, others: Floats | None, sd: Floats | None
    ) -> None:
        """Compare one mean curve with theirs, the others' mean and its own stated SD."""
        apart = mine - theirs
        free = apart - np.mean(apart)
        self.free.append(float(np.std(apart)))
        self.offset.append(float(np.mean(apart)))
        self.range_error.append(float(np.ptp(mine) - np.ptp(theirs)))
        if np.ptp(mine) > 1e-6:  # not a hinge's other turns
            self.correlation.append(float(np.corrcoef(mine, theirs)[0, 1]))
        if others is not None:
            self.no_skill.append(float(np.std(others - theirs)))
        if sd is not None and np.isfinite(sd).all():
            ratio = np.abs(free) / sd
            self.covered.append(float(np.mean(ratio <= WITHIN)))
            self.ratios.setdefault(runner, []).append(ratio)

    def left_out(self) -> tuple[list[float], list[float]]:
        """Return the factor of the others' bands and what it covers, runner by runner."""
        factors, covered = [], []
        for runner, own in self.ratios.items():
            others = [r for name, rows in self.ratios.items() if name != runner for r in rows]
            if others:
                factors.append(float(np.quantile(np.concatenate(others), 0.95)) / WITHIN)
                covered.append(float(np.mean(np.concatenate(own) <= WITHIN * factors[-1])))
        return factors, covered


def strikes(recording: rm.Recording) -> dict[str, Floats]:
    """Return foot strikes per side by the authors' rule, the side by the lower heel."""
    plate = recording.plates[0]
    rate = 1.0 / float(np.median(np.diff(plate.time_s)))
    force = filtfilt(*butter(2, CUTOFF_HZ, fs=rate), np.asarray(plate.force_n)[:, 1])
    rising = np.flatnonzero((force[:-1] < THRESHOLD_N) & (force[1:] >= THRESHOLD_N))
    times = np.asarray(plate.time_s)[rising] + LATER_S
    height = {}
    for side in "RL":
        y = recording.positions_m[:, recording.labels.index(f"{side}.Heel.Bottom"), 1]
        seen = np.isfinite(y)
        height[side] = np.interp(times + 0.05, np.asarray(recording.time_s)[seen], y[seen])
    right = height["R"] < height["L"]
    return {"R": times[right], "L": times[~right]}


def cycles(at_s: Floats) -> Floats:
    """Return 101 times of each stride, strides x 101."""
    return np.array(
        [
            np.linspace(start, end, 101)
            for start, end in itertools.pairwise(at_s)
            if STRIDE_S[0] < end - start < STRIDE_S[1]
        ]
    )


def turns(motion: rm.Motion, proximal: str, distal: str, time_s: Floats) -> Floats:
    """Return the turn of a segment in another as Cardan angles X, Y of the sequence Z-X-Y, rad."""
    skeleton = motion.skeleton

    def axes(name: str) -> Floats:
        segment = skeleton.segment(name)
        ends = [
            np.asarray(motion.point(rm.BodyPoint(name, segment, place), time_s))
            for place in np.vstack([np.zeros(3), np.eye(3)])
        ]
        return np.stack([end - ends[0] for end in ends[1:]], axis=-1)  # times x 3 x axis

    r = np.einsum("tki,tkj->tij", axes(proximal), axes(distal))
    return np.stack([np.arcsin(np.clip(r[:, 2, 1], -1, 1)), np.arctan2(-r[:, 2, 0], r[:, 2, 2])])


def mean_curves(motion: rm.Motion, side: str, time_s: Floats) -> dict[str, Floats]:
    """Return the means over strides on 101 points, deg, of all the curves that are there."""

    def mean(values: Floats) -> Floats:
        return np.degrees(np.nanmean(values.reshape(time_s.shape), axis=0))

    out = {
        key: mean(motion.coordinate(f"{name}_{side}", time_s.ravel()))
        for key, (_, name) in COORDINATES.items()
    }
    for joint, (_, proximal, distal) in {
        "knee": TURNS["knee_x"],
        "ankle": TURNS["ankle_x"],
    }.items():
        x, y = turns(motion, f"{proximal}_{side}", f"{distal}_{side}", time_s.ravel())
        x, y = (x, y) if side == "r" else (-x, -y)  # the same word for both sides
        out |= {f"{joint}_x": mean(x), f"{joint}_y": mean(y)}
    return out


def mean_sd(motion: rm.Motion, key: str, side: str, time_s: Floats) -> Floats | None:
    """Return the stated SD of a mean curve on its 101 points, deg; None where none is stated.

    Random errors shrink with the strides, the systematic ones do not.
    """
    if key not in COORDINATES:
        return None
    name = f"{COORDINATES[key][1]}_{side}"
    random = np.asarray(motion.sd(name, time_s.ravel())).reshape(time_s.shape)
    strides = np.maximum(1, np.isfinite(random).sum(axis=0))
    return np.degrees(np.sqrt(np.nanmean(random**2, axis=0) / strides
                              + motion.systematic_sd(name) ** 2))  # fmt: skip


def published(folder: Path, runner: str) -> Published | None:
    """Return the authors' curves of a runner by name, None where the file is not there."""
    for suffix, reader in ((".txt.gz", gzip.open), (".txt", open)):
        path = folder / f"{runner}processed{suffix}"
        if path.exists():
            with reader(path, "rt") as file:
                lines = file.read().splitlines()
            names = lines[0].split("\t")
            rows = [[float(x or "nan") for x in line.split("\t")] for line in lines[1:] if line]
            return dict(zip(names, np.array(rows).T, strict=True))
    return None


def mean_of_others(curves: dict[str, Published], runner: str, column: str) -> Floats | None:
    """Return the mean of the other runners' curves, None where there is no other."""
    others = [c[column] for name, c in curves.items() if name != runner and column in c]
    return np.mean(others, axis=0) if others else None


def fitted(run: rm.Recording, calibration: rm.Calibration, method: str) -> rm.Motion:
    """Return the fit of a run whose exchanged labels are put right, as `analyze` does."""
    run = rm.with_labels_corrected(run, rm.check_labels(run, calibration))
    return rm.fit(run, calibration, rm.FitOptions(method=method))


def scored(folder: Path, runners: list[str], speeds: list[str], method: str) -> tuple[
    dict[str, Score], list[float]
]:  # fmt: skip
    """Return the scores by curve, and the median marker distance (mm) of every trial."""
    everybody = sorted({p.name.split("processed")[0] for p in folder.glob("RBDS*processed.txt*")})
    curves = {name: found for name in everybody if (found := published(folder, name)) is not None}
    scores: dict[str, Score] = defaultdict(Score)
    rms_mm = []
    for runner in counted(runners, "runner"):
        if runner not in curves:
            print(f"{runner}: no published curves in {folder}", file=sys.stderr)
            continue
        calibration = rm.calibrate(rm.read(rbds_file(folder, f"{runner}static")))
        for speed in speeds:
            path = rbds_file(folder, f"{runner}runT{speed}")
            if path is None:
                print(f"{runner}: no run at {speed}", file=sys.stderr)
                continue
            run = rm.read(path)
            motion = fitted(run, calibration, method)
            rms_mm.append(1000.0 * float(np.median([q.rms_m for q in motion.quality])))
            for side, at_s in strikes(run).items():
                time_s = cycles(at_s)
                for key, mine in mean_curves(motion, side.lower(), time_s).items():
                    column = side + THEIRS[key] + speed
                    scores[key].add(
                        runner,
                        mine,
                        curves[runner][column],
                        mean_of_others(curves, runner, column),
                        mean_sd(motion, key, side.lower(), time_s),
                    )
    return scores, rms_mm


def mean(values: list[float]) -> float:
    return float(np.mean(values)) if values else float("nan")


def main() -> int:
    """Print the table; the last line of standard output is JSON."""
    options = parser(__doc__, rbds=True)
    options.add_argument(
        "--method", default=rm.FitOptions().method, help="frame or trajectory (%(default)s)"
    )
    arguments = options.parse_args()
    folder = rbds_folder(arguments.data)
    runners = rbds_runners(folder, arguments.runners)
    scores, rms_mm = scored(folder, runners, rbds_speeds(arguments.speeds), arguments.method)
    if not rms_mm:
        print(f"nothing to compare with in {folder}", file=sys.stderr)
        return 1
    low, middle, high = np.quantile(rms_mm, [0.0, 0.5, 1.0])
    print(f"method {arguments.method}; marker distance, median of a trial, over {len(rms_mm)} "
          f"trials: {low:.1f} to {high:.1f} mm, middle {middle:.1f} mm")  # fmt: skip
    print(f"{'deg':8s} {'mean':>6s} {'median':>6s} {'p90':>6s} {'range error':>11s} "
          f"{'correlation':>11s} {'|offset|':>8s} {'no skill':>8s} {'covered':>8s} "
          f"{'left out':>8s}")  # fmt: skip
    figures: dict[str, float] = {}
    table = {}
    for key, score in scores.items():
        row = {
            "median": float(np.median(score.free)),
            "p90": float(np.quantile(score.free, 0.9)),
            "range_error": float(np.mean(np.abs(score.range_error))),
            "correlation": float(np.median(score.correlation)) if score.correlation else np.nan,
            "offset": float(np.mean(np.abs(score.offset))),
        }
        figures[key] = mean(score.free)
        figures[f"{key}_no_skill"] = mean(score.no_skill)
        factors, covered = score.left_out()
        if key in PROMISED:
            figures[f"cover_{key}"] = mean(score.covered)
            row["cover_left_out"] = mean(covered)
            row["cover_factor_least"] = min(factors, default=np.nan)
            row["cover_factor_most"] = max(factors, default=np.nan)
        table[key] = row
        print(f"{key:8s} {figures[key]:6.2f} {row['median']:6.2f} {row['p90']:6.2f} "
              f"{row['range_error']:11.2f} {row['correlation']:11.3f} {row['offset']:8.2f} "
              f"{figures[f'{key}_no_skill']:8.2f} {mean(score.covered):8.3f} "
              f"{mean(covered):8.3f}")  # fmt: skip

    def plain(values: dict[str, float]) -> dict[str, float | None]:
        return {k: round(v, 3) if np.isfinite(v) else None for k, v in values.items()}

    print(json.dumps({
        "benchmark": "rbds_angles", "method": arguments.method, "trials": len(rms_mm),
        **plain({"rms_min_mm": low, "rms_mm": middle, "rms_max_mm": high, **figures}),
        "more": {key: plain(row) for key, row in table.items()},
    }))  # fmt: skip
    return 0


if __name__ == "__main__":
    sys.exit(main())
