"""Foot strike and toe-off of the built-in detectors beside force plates.

Truth: runmech.force_events at 20 N, on the RBDS trials from the C3D files (raw force). Matching
is one to one, in order, within 50 ms, per side and type, where truth exists and 50 ms away from
the ends of the clip. Errors are estimate - force, ms. `shipped` is the detector as it is. `left
out` removes the mean error, linear in running speed / sqrt(g leg), learnt on the other runners
only: what constants fitted on RBDS are worth to a runner they have not seen; `coverage` is the
share of those errors within 1 and within 1.96 of the sd_s that the detector states (0.68, 0.95
where it is honest). Signals come from the recording and, `with fit`, from the road of analyze():
joints of the fitted skeleton, feet as recorded; `fitted feet` has nothing but the fit. Recordings
of other laboratories are listed as they are (not with --runners): some of their forces were
low-passed before publication (flagged), so only the scatter counts there. The last line of standard
output is one JSON object.
"""

from __future__ import annotations

import json
import sys
from collections import defaultdict
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import numpy.typing as npt

import runmech as rm

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "support"))
from recordings import counted, parser, rbds_file, rbds_folder, rbds_runners, rbds_speeds

WINDOW_S = 0.05
TYPES = ("foot_strike", "toe_off")
Floats = npt.NDArray[np.float64]
Row = tuple[str, int, float, float, list[float]]  # runner, speed, speed number, stated sd, errors


@dataclass
class Errors:
    """Matched differences of one trial and type, and what found no partner."""

    ms: list[float] = field(default_factory=list)
    missed: int = 0
    extra: int = 0
    sd_ms: float = 0.0


def in_order(truth: Floats, found: Floats) -> tuple[list[float], int, int]:
    """Match two sorted lists: most pairs, then least total distance (dynamic programming)."""
    n, m = len(truth), len(found)
    best = np.zeros((n + 1, m + 1))
    for i in range(n - 1, -1, -1):
        for j in range(m - 1, -1, -1):
            distance = abs(truth[i] - found[j])
            pair = (
                best[i + 1, j + 1] + 1.0 - 0.1 * distance / WINDOW_S
                if distance < WINDOW_S
                else -1.0
            )
            best[i, j] = max(best[i + 1, j], best[i, j + 1], pair)
    errors, i, j = [], 0, 0
    while i < n and j < m:
        distance = abs(truth[i] - found[j])
        pair = best[i + 1, j + 1] + 1.0 - 0.1 * distance / WINDOW_S if distance < WINDOW_S else -1.0
        if pair >= max(best[i + 1, j], best[i, j + 1]):
            errors.append(1e3 * float(found[j] - truth[i]))
            i, j = i + 1, j + 1
        elif best[i + 1, j] >= best[i, j + 1]:
            i += 1
        else:
            j += 1
    return errors, n - len(errors), m - len(errors)


def score(truth: rm.GaitEvents, found: rm.GaitEvents) -> dict[str, Errors]:
    """Errors per type, both sides, inside the time that truth covers."""
    every = [e.time_s for e in truth.events]
    start, end = min(every) + 0.05, max(every) - 0.05
    out = {kind: Errors() for kind in TYPES}
    for kind in TYPES:
        for side in ("left", "right"):
            expected = truth.times(side, kind)
            times = found.times(side, kind)
            errors, missed, extra = in_order(
                expected[(expected > start) & (expected < end)],
                times[(times > start - WINDOW_S) & (times < end + WINDOW_S)],
            )
            stated = [e.sd_s for e in found.events if (e.side, e.type) == (side, kind)]
            out[kind].sd_ms = 1e3 * float(np.mean(stated)) if stated else 0.0
            lost = [t for t in times if start < t < end]
            out[kind].ms += errors
            out[kind].missed += missed
            out[kind].extra += max(0, len(lost) - len(errors)) if extra else 0
    return out


def figures(ms: Floats) -> dict[str, float]:
    """Bias, SD, RMSE and the largest error."""
    if not len(ms):
        return {"n": 0}
    return {
        "n": len(ms),
        "bias": round(float(ms.mean()), 2),
        "sd": round(float(ms.std()), 2),
        "rmse": round(float(np.sqrt((ms**2).mean())), 2),
        "max": round(float(np.abs(ms).max()), 1),
    }


def coverage(ms: Floats, sd_ms: Floats) -> list[float]:
    """Share of errors within 1 and 1.96 stated SDs; nothing where none is stated."""
    if not len(ms) or not sd_ms.any():
        return []
    return [round(float(np.mean(np.abs(ms) <= k * sd_ms)), 3) for k in (1.0, 1.96)]


def doors(recording: rm.Recording, stand: rm.Recording | None) -> dict[str, rm.GaitSignals]:
    """Return signals as the benchmark's text names them."""
    out = {"": rm.gait_signals(recording, static=stand)}
    if stand is not None:
        calibration = rm.with_moving_markers(rm.calibrate(stand), recording)
        motion = rm.fit(recording, calibration)
        out[" with fit"] = rm.gait_signals(motion, recording=recording)
        out[" fitted feet"] = rm.gait_signals(motion)
    return out


def rbds(
    folder: Path, runners: list[str], speeds: list[int], detectors: list[str]
) -> dict[str, object]:
    """Score all trials; returns figures by detector and type."""
    rows: dict[tuple[str, str], list[Row]] = defaultdict(list)
    lost: dict[tuple[str, str], list[int]] = defaultdict(lambda: [0, 0])
    contact: dict[int, list[float]] = defaultdict(list)
    for runner in counted(runners, "runner"):
        stand = rm.read(rbds_file(folder, f"{runner}static"))
        for speed in speeds:
            path = rbds_file(folder, f"{runner}runT{speed}")
            if path is None:
                continue
            recording = rm.read(path, surface="treadmill")
            truth = rm.force_events(recording)
            spans = [s.contact_s for s in rm.strides(truth) if s.contact_s == s.contact_s]
            contact[speed].append(1e3 * float(np.mean(spans)))
            for door, signals in doors(recording, stand).items():
                leg_m = signals.standing.leg_length_m
                speed_m_s = rm.running_speed(signals, truth).speed_m_s
                number = speed_m_s / np.sqrt(9.80665 * (leg_m if leg_m > 0.0 else 0.9))
                for name in detectors:
                    if door and name != "foot_anchor":
                        continue
                    found = rm.detect_events(signals, detector=name)
                    for kind, errors in score(truth, found).items():
                        key = name + door, kind
                        rows[key].append((runner, speed, number, errors.sd_ms, errors.ms))
                        lost[key][0] += errors.missed
                        lost[key][1] += errors.extra
    out: dict[str, object] = {
        "force_contact_ms": {s: round(float(np.mean(v)), 1) for s, v in contact.items()}
    }
    for (name, kind), trials in rows.items():
        runner = np.array([r for r, *_, ms in trials for _ in ms])
        speed = np.array([s for _, s, *_, ms in trials for _ in ms])
        number = np.array([v for _, _, v, _, ms in trials for _ in ms])
        sd = np.array([d for *_, d, ms in trials for _ in ms])
        error = np.array([e for *_, ms in trials for e in ms])
        design = np.c_[np.ones(len(error)), number]
        rest = np.zeros(len(error))
        for one in set(runner.tolist()):
            mine = runner == one
            if mine.all():
                print("one runner only: nobody to learn from, nothing left out", file=sys.stderr)
                rest = error
                break
            weights = np.linalg.lstsq(design[~mine], error[~mine], rcond=None)[0]
            rest[mine] = error[mine] - design[mine] @ weights
        result = {
            "shipped": figures(error),
            "left_out": figures(rest),
            "left_out_by_speed": {int(s): figures(rest[speed == s]) for s in speeds},
            "coverage": coverage(rest, sd),
            "coverage_by_speed": {
                int(s): coverage(rest[speed == s], sd[speed == s]) for s in speeds
            },
            "within_trial_sd": round(
                float(np.mean([np.std(ms) for *_, ms in trials if ms] or [0])), 2
            ),
            "missed": lost[name, kind][0],
            "extra": lost[name, kind][1],
        }
        out[f"{name}.{kind}"] = result
        print(f"RBDS {name:24} {kind:12} shipped {result['shipped']}", file=sys.stderr)
        print(f"{'':30} left out {result['left_out']}", file=sys.stderr)
        print(
            f"{'':30} coverage {result['coverage']} by speed {result['coverage_by_speed']}",
            file=sys.stderr,
        )
        print(
            f"{'':30} within trial {result['within_trial_sd']} ms, missed {lost[name, kind][0]}, "
            f"extra {lost[name, kind][1]}",
            file=sys.stderr,
        )
    return out


def others(folder: Path, detectors: list[str]) -> dict[str, object]:
    """Score the recordings of other laboratories as they are."""
    trials = {
        "dorn": ("dorn/JA1Gait21.c3d", None),
        "rajagopal": ("rajagopal/motion_capture_run.trc", "rajagopal/grf_run.mot"),
        "biomac": ("biomac/P02_straightrunning_trial0025_DataStructMeasured.csv", None),
    }
    out: dict[str, object] = {}
    for lab, (markers, forces) in trials.items():
        if not (folder / markers).exists():
            continue
        recording = rm.read(folder / markers)
        if forces is not None:
            recording = rm.attach_forces(recording, rm.read_forces(folder / forces)) or recording
        try:
            truth = rm.force_events(recording)
        except (ValueError, rm.NotAnalysable) as error:
            print(f"{lab}: {error}", file=sys.stderr)
            continue
        signals = rm.gait_signals(recording)
        for name in detectors:
            found = rm.detect_events(signals, detector=name)
            for kind, errors in score(truth, found).items():
                out[f"{lab}.{name}.{kind}"] = {
                    **figures(np.array(errors.ms)),
                    "missed": errors.missed,
                    "extra": errors.extra,
                    "force_notes": [n.text for n in truth.notes if n.warning],
                }
                print(
                    f"{lab:10} {name:12} {kind:12} {figures(np.array(errors.ms))}", file=sys.stderr
                )
    return out


def main() -> None:
    arguments = parser(__doc__, rbds=True).parse_args()
    folder = rbds_folder(arguments.data)
    runners = rbds_runners(folder, arguments.runners)
    speeds = [int(speed) for speed in rbds_speeds(arguments.speeds)]
    detectors = rm.detector_names()
    out = {"rbds": rbds(folder, runners, speeds, detectors)}
    if not arguments.runners:
        out["others"] = others(arguments.data, detectors)
    print(json.dumps(out))


if __name__ == "__main__":
    main()
