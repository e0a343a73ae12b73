"""Learns the weights of the detector `runmech` and writes them as its data file.

For each bandwidth the 14 RBDS runners are read as recorded and as worse cameras would have seen
them (frame rates, white noise; event_trials.seen_by). Around every foot strike and toe-off of the
force plate the event channels (the code that the detector runs) are read at known shifts from the
truth, and a ridge regression learns the shift: wide passes from -15 to 15 ms, narrow ones from -2
to 2. Every runner weighs the same. No penalty is chosen: the weights are the mean of the solutions
over PENALTIES. The mean answer at the truth, which is taken off the intercept, comes from leaving
out the runners that are learnt from one by one: where a runner is left out, for judging, that
happens inside the others. The stated sd comes from whole detections by models that left the runner
out, times the factors WIDEN.

Without --out the shipped file is compared instead: exit 1 where a number differs. Sums are made in
one thread and in one order, whatever the environment says, so that the last digit is the same.
"""

from __future__ import annotations

import json
import os
import re
import sys
import tempfile
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

# The order of sums, and so the last digit: one thread and, where a processor has them, the same
# kernels.
os.environ |= {"OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1", "OPENBLAS_CORETYPE": "Haswell"}
import numpy as np
import numpy.typing as npt

import runmech as rm
from runmech import _core

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "support"))
from event_trials import force_times, seen_by, trial
from recordings import counted, parser, rbds_folder

RUNNERS = tuple(f"RBDS{n:03d}" for n in (1, 2, 3, 4, 5, 7, 8, 9, 11, 12, 14, 16, 17, 27))
SPEEDS = ("25", "35", "45")
FILE = Path(__file__).resolve().parents[2] / "src/gait/data/event_models.json"
Floats = npt.NDArray[np.float64]
Channels = tuple[str, ...]
Lags = tuple[int, int, int]
Json = dict[str, Any]

FEET = ("heel_vx", "heel_vy", "toe_vx", "toe_vy", "heel_ax", "heel_ay", "toe_ax", "toe_ay")
PITCH = ("pitch", "pitch_v")
PELVIS, RHYTHM = ("pelvis_vy",), ("duty", "stride")
KINDS = ("foot_strike", "toe_off")
SHIFTS_MS = {"wide": (-15.0, -10.0, -5.0, 0.0, 5.0, 10.0, 15.0), "narrow": (-2.0, 0.0, 2.0)}
# Of the ridge, relative to features of unit variance; the weights are the mean over them, for every
# model. Errors of runners left out hardly depend on it between 0.02 and 0.1, but what suits
# thirteen runners is not what suits the fourteenth: chosen inside each fold, errors grew by 0.04 ms
# (strikes) and 0.07 ms (toe-offs).
PENALTIES = (0.01, 0.03, 0.1, 0.3)
MATCH_S = 0.06


@dataclass(frozen=True)
class Plan:
    """What the models of one event type at one bandwidth look at."""

    sets: tuple[Channels, ...]  # richest first: the detector uses the first that the signals show
    lags: Lags  # of 5 ms
    by_speed: bool  # weights change with the running speed
    narrow_last: int = 999  # last lag of the narrow passes


# Clean and fast: the impact says it all, at any speed. What comes later helps to find it from
# afar, but differs between runners.
SHARP_STRIKE = Plan(((*FEET, "pitch_v"),), (-8, 10, 1), by_speed=False, narrow_last=6)
BLUNT_STRIKE = Plan(
    ((*FEET, *PITCH, "shank", "shank_v", "knee", "knee_v", *PELVIS), (*FEET, *PITCH, *PELVIS),
     (*FEET, *PITCH)),
    (-16, 20, 2), by_speed=True,
)  # fmt: skip
SHARP_TOE_OFF = Plan(
    ((*FEET, *PITCH, *PELVIS, *RHYTHM), (*FEET, *PITCH, *RHYTHM)), (-20, 20, 2), by_speed=True
)
BLUNT_TOE_OFF = Plan(
    ((*FEET, *PITCH, "shank_v", "knee_v", *PELVIS, *RHYTHM), *SHARP_TOE_OFF.sets),
    (-20, 20, 2), by_speed=True,
)  # fmt: skip
# A rigid foot does not show where the real one bends: how the leg stands tells more.
FITTED_STRIKE = Plan(
    ((*FEET, "pitch_v", "shank_v", "knee_v", *PELVIS), (*FEET, "pitch_v", *PELVIS),
     (*FEET, "pitch_v")),
    (-8, 10, 1), by_speed=False,
)  # fmt: skip
FITTED_TOE_OFF = Plan(
    ((*FEET, *PITCH, "shank", "shank_v", "knee", "knee_v", *PELVIS, *RHYTHM), *SHARP_TOE_OFF.sets),
    (-20, 20, 2), by_speed=True,
)  # fmt: skip

# In place of rate and noise: heel and toe of the fitted skeleton, by either method.
AS_FITTED, AS_FRAMES_FITTED = (-1.0, 0.0), (-2.0, 0.0)
METHODS = {AS_FITTED: "trajectory", AS_FRAMES_FITTED: "frame"}
# Bandwidth, and (frame rate, noise in mm) of what is learnt from.
BANKS: dict[str, tuple[float, tuple[tuple[float, float], ...]]] = {
    "clean": (50.0, ((150.0, 0.0), (100.0, 0.0))),
    "slow": (30.0, ((150.0, 0.0), (75.0, 0.0), (60.0, 0.0), (30.0, 0.0))),
    "noisy": (12.0, ((150.0, 0.0), (60.0, 0.0), (30.0, 0.0),
                     (150.0, 3.0), (60.0, 3.0), (30.0, 3.0))),
    "blurred": (8.0, ((150.0, 3.0), (60.0, 3.0), (30.0, 3.0),
                      (150.0, 10.0), (60.0, 10.0), (30.0, 10.0))),
    "fitted": (30.0, (AS_FITTED, AS_FRAMES_FITTED)),
}  # fmt: skip
SPREAD_RATES = (30.0, 60.0, 150.0)
SPREAD_NOISES = (0.0, 1.0, 3.0, 10.0)
# What runners unlike the fourteen add to the errors of those left out (measured once on fourteen
# others): at 100 Hz and more with up to 1 mm of noise; else; slow speed times this.
WIDEN = {"foot_strike": (1.1, 1.35, 1.0), "toe_off": (1.5, 1.4, 1.1)}
NO_SPREAD = {"sd_ms": [[1.0] * len(SPREAD_NOISES)] * len(SPREAD_RATES), "by_speed": [1.0] * 3}


@dataclass
class Sums:
    """Products of [windows, speed, speed x windows, 1, shift], one matrix per runner."""

    of: dict[str, Floats] = field(default_factory=dict)

    def add(self, runner: str, x: Floats, speed: Floats, shift: Floats) -> None:
        """Add windows, one per row; those with a missing channel are left out."""
        ones = np.ones((len(shift), 1))
        rows = np.hstack([x, speed[:, None], speed[:, None] * x, ones, shift[:, None]])
        rows = rows[np.isfinite(rows).all(axis=1)]
        self.of[runner] = self.of.get(runner, 0.0) + rows.T @ rows

    def mean(self, runners: Iterable[str]) -> Floats:
        """Mean product; every runner weighs the same."""
        every = [self.of[r] / self.of[r][-2, -2] for r in runners]
        return sum(every[1:], every[0]) / len(every)


class Data:
    """Trials as recorded and as worse cameras see them."""

    def __init__(self, folder: Path) -> None:
        self.trials = {}
        self.fitted: dict[tuple[tuple[str, str], str], rm.GaitSignals] = {}
        for runner in counted(list(RUNNERS), "reading"):
            for speed in SPEEDS:
                read = trial(folder, runner, speed)
                if read is None:
                    raise SystemExit(f"{runner} at {speed} is not in {folder}")
                self.trials[runner, speed] = (*read, rm.force_events(read[0]))

    def signals(self, key: tuple[str, str], rate_hz: float, noise_mm: float) -> rm.GaitSignals:
        """Return one trial as a camera of that rate and noise sees it, with its standing trial."""
        recording, stand, _ = self.trials[key]
        method = METHODS.get((rate_hz, noise_mm))
        if method is not None:
            if (key, method) not in self.fitted:
                body = rm.with_moving_markers(rm.calibrate(stand), recording)
                motion = rm.fit(recording, body, method=method)
                self.fitted[key, method] = rm.gait_signals(motion, feet="fitted")
            return self.fitted[key, method]
        if (rate_hz, noise_mm) != (150.0, 0.0):
            recording = seen_by(recording, rate_hz, 1e-3 * noise_mm, "".join(key))
        return rm.gait_signals(recording, static=stand)


def window_of(channels: Channels, lags: Lags) -> tuple[list[int], int, int, int]:
    names = _core.event_channel_names()
    return [names.index(c) for c in channels], *lags


def sums_of(data: Data, bank: str) -> dict[tuple[str, str], Sums]:
    """Add up the windows of all runners at one bandwidth."""
    cutoff_hz, conditions = BANKS[bank]
    out = {(kind, level): Sums() for kind in KINDS for level in SHIFTS_MS}
    for key in counted(list(data.trials), bank):
        truth = data.trials[key][2]
        for rate_hz, noise_mm in conditions:
            channels = _core.event_channels(data.signals(key, rate_hz, noise_mm), cutoff_hz)
            speeds = {s: np.asarray(channels.speed(s)) for s in ("left", "right")}
            for kind in KINDS:
                plan = plan_of(bank, kind)
                shape = window_of(plan.sets[0], plan.lags)
                for side in ("left", "right"):
                    at = force_times(truth, kind, side)
                    for level, shifts in SHIFTS_MS.items():
                        for shift in shifts:
                            t = at - 1e-3 * channels.clock * shift
                            x = channels.windows(side, t, *shape)
                            place = (t - channels.start_s) / channels.step_s
                            here = np.interp(place, np.arange(len(speeds[side])), speeds[side])
                            out[kind, level].add(key[0], x, here, np.full(len(t), shift))
    return out


def standardised(products: Floats, mean: Floats, scale: Floats) -> Floats:
    """Return the products of z = (x - mean) / scale in place of x, and speed x z."""
    n = len(mean)
    out = products.copy()
    for _ in range(2):
        speed, one = out[:, n].copy(), out[:, -2].copy()
        out[:, :n] = (out[:, :n] - np.outer(one, mean)) / scale
        out[:, n + 1 : 2 * n + 1] = (out[:, n + 1 : 2 * n + 1] - np.outer(speed, mean)) / scale
        out = np.ascontiguousarray(out.T)
    return out


def ridge(products: Floats, used: npt.NDArray[np.intp]) -> tuple[Floats, float]:
    """Return weights (0 where a feature is not used) and intercept: the mean over PENALTIES.

    Learnt from mean products of [features, 1, shift].
    """
    mean, target = products[-2, :-2], products[-2, -1]
    covariance = products[np.ix_(used, used)] - np.outer(mean[used], mean[used])
    sd = np.sqrt(np.diag(covariance))
    values, axes = np.linalg.eigh(covariance / np.outer(sd, sd))
    with_shift = (products[used, -1] - mean[used] * target) / sd
    kept = np.mean([1.0 / (values + penalty) for penalty in PENALTIES], axis=0)
    weights = np.zeros(len(mean))
    weights[used] = axes @ (kept * (axes.T @ with_shift)) / sd
    return weights, float(target - mean @ weights)


class Learner:
    """One event type on one set of channels at one bandwidth.

    Nothing of a runner left out is used for a model, for the means and scales of the windows
    neither.
    """

    def __init__(self, wide: Sums, narrow: Sums, plan: Plan, channels: Channels) -> None:
        self.channels, self.plan = channels, plan
        first, last, step = plan.lags
        lags = np.repeat(np.arange(first, last + 1, step), len(plan.sets[0]))
        names = np.tile(plan.sets[0], len(lags) // len(plan.sets[0]))
        keep = np.isin(names, channels)
        self.n = int(keep.sum())
        columns = np.concatenate([keep, [True], keep, [True, True]])
        take = np.ix_(columns, columns)
        self.products = {
            level: {r: s.mean([r])[take] for r in RUNNERS}
            for level, s in (("wide", wide), ("narrow", narrow))
        }
        self.used = {
            "wide": self.features(np.ones(self.n, dtype=bool)),
            "narrow": self.features(lags[keep] <= plan.narrow_last),
        }
        self.left_out: dict[frozenset[str], tuple[Floats, float]] = {}

    def features(self, windows: npt.NDArray[np.bool_]) -> npt.NDArray[np.intp]:
        """Return the places of features that use some numbers of a window."""
        speed = np.full(1, self.plan.by_speed)
        return np.flatnonzero(np.concatenate([windows, speed, windows & self.plan.by_speed]))

    def over(self, level: str, out: frozenset[str]) -> Floats:
        """Return the mean products of the runners that are not in `out`."""
        every = [self.products[level][r] for r in RUNNERS if r not in out]
        return sum(every[1:], every[0]) / len(every)

    def scaling(self, out: frozenset[str]) -> tuple[Floats, Floats]:
        """Return means and scales of the windows of the runners that are not in `out`."""
        whole = self.over("narrow", out)
        mean = whole[-2, : self.n]
        return mean, np.sqrt(np.diag(whole)[: self.n] - mean**2)

    def fit(self, level: str, out: frozenset[str]) -> tuple[Floats, float]:
        """Return weights and intercept of a pass, learnt without the runners in `out`."""
        products = standardised(self.over(level, out), *self.scaling(out))
        return ridge(products, self.used[level])

    def bias_ms(self, out: frozenset[str]) -> float:
        """Return the mean answer at the truth on runners left out one by one, without `out`."""
        answers = []
        for runner in RUNNERS:
            if runner in out:
                continue
            rest = out | {runner}
            if rest not in self.left_out:
                self.left_out[rest] = self.fit("narrow", rest)
            weights, intercept = self.left_out[rest]
            own = standardised(self.products["narrow"][runner], *self.scaling(rest))
            answers.append(own[-2, :-2] @ weights + intercept)
        return float(np.mean(answers))

    def model(self, out: frozenset[str]) -> Json:
        """Return the model learnt without the runners in `out`, as the data file holds it."""
        bias_ms = self.bias_ms(out)
        mean, scale = self.scaling(out)
        first, last, step = self.plan.lags
        result: Json = {
            "channels": list(self.channels), "first": first, "last": last, "step": step,
            "mean": numbers(mean), "scale": numbers(scale),
        }  # fmt: skip
        for level in SHIFTS_MS:
            w, b = self.fit(level, out)
            result[level] = {
                "intercept": number(b - bias_ms), "weights": numbers(w[: self.n])
            }  # fmt: skip
            if self.plan.by_speed:
                result[level] |= {
                    "per_speed": number(w[self.n]), "weights_by_speed": numbers(w[self.n + 1 :])
                }  # fmt: skip
        return result


def number(x: float) -> float:
    return float(f"{x:.6g}")


def numbers(x: Iterable[float]) -> list[float]:
    return [number(v) for v in x]


def plan_of(bank: str, kind: str) -> Plan:
    """Return what the models of a bank look at."""
    strike, toe_off = {
        "clean": (SHARP_STRIKE, SHARP_TOE_OFF), "fitted": (FITTED_STRIKE, FITTED_TOE_OFF)
    }.get(bank, (BLUNT_STRIKE, BLUNT_TOE_OFF))  # fmt: skip
    return strike if kind == "foot_strike" else toe_off


def learn(data: Data, bank: str, outs: list[frozenset[str]]) -> list[Json]:
    """Return one bank of weights for every set of runners left out."""
    sums = sums_of(data, bank)
    banks: list[Json] = [
        {"cutoff_hz": BANKS[bank][0], "foot_strike": [], "toe_off": []} for _ in outs
    ]
    for kind in KINDS:
        plan = plan_of(bank, kind)
        for channels in plan.sets:
            learner = Learner(sums[kind, "wide"], sums[kind, "narrow"], plan, channels)
            for out, into in zip(outs, banks, strict=True):
                into[kind].append(learner.model(out))
    return banks


def squares(
    data: Data, signals: Callable[[tuple[str, str]], rm.GaitSignals], files: dict[str, Path]
) -> dict[tuple[str, str, str], tuple[float, int]]:
    """Sum and number of squared errors (ms), by kind, runner and speed, of whole detections."""
    out = {}
    for key, (_, _, truth) in data.trials.items():
        detector = rm.RunmechDetector(models=str(files[key[0]]))
        found = rm.detect_events(signals(key), detector=detector)
        for kind in KINDS:
            errors: list[float] = []
            for side in ("left", "right"):
                times = found.times(side, kind)
                for t in force_times(truth, kind, side):
                    nearest = times[np.argmin(np.abs(times - t))] if len(times) else np.inf
                    if abs(nearest - t) < MATCH_S:
                        errors.append(1e3 * (nearest - t))
            out[(kind, *key)] = float(np.sum(np.square(errors))), len(errors)
    return out


def rms(parts: Iterable[tuple[float, int]]) -> float:
    sums = np.array(list(parts))
    return float(np.sqrt(sums[:, 0].sum() / sums[:, 1].sum()))


def spread_of(every: dict[tuple[float, float], dict], kind: str, out: frozenset[str],
              *, fitted: bool = False) -> Json:  # fmt: skip
    """Return the stated sd by rate, noise and speed, from runners left out, without `out`."""

    def over(condition: tuple[float, float], speed: str | None = None) -> float:
        return rms(
            v for (k, r, s), v in every[condition].items()
            if k == kind and r not in out and speed in (None, s)
        )  # fmt: skip

    def by_speed(condition: tuple[float, float]) -> list[float]:
        found = [over(condition, s) / over(condition) for s in SPEEDS]
        found[0] *= WIDEN[kind][2]
        return numbers(np.round(found, 3))

    if fitted:  # what the fit made of frame rate and noise is not known: one number
        table = np.full((len(SPREAD_RATES), len(SPREAD_NOISES)), over(AS_FITTED) * WIDEN[kind][1])
        wider = numbers(np.maximum(1.0, by_speed(AS_FITTED)))  # of few trials: never narrower
        return {"sd_ms": np.round(table, 2).tolist(), "by_speed": wider}
    table = np.array([[over((rate, noise)) for noise in SPREAD_NOISES] for rate in SPREAD_RATES])
    sharp = np.array([[rate > 100.0 and noise <= 1.0 for noise in SPREAD_NOISES]
                      for rate in SPREAD_RATES])  # fmt: skip
    table *= np.where(sharp, WIDEN[kind][0], WIDEN[kind][1])
    table = np.maximum.accumulate(table, axis=1)  # noise and fewer pictures never help
    table = np.maximum.accumulate(table[::-1], axis=0)[::-1]
    return {"sd_ms": np.round(table, 2).tolist(), "by_speed": by_speed((150.0, 0.0))}


def written(models: Json) -> str:
    """Return the text of the data file: one line per list of numbers."""
    lists: list[str] = []

    def folded(value: object) -> object:
        if isinstance(value, dict):
            return {k: folded(v) for k, v in value.items()}
        if isinstance(value, list) and value and isinstance(value[0], float | int | str):
            lists.append(json.dumps(value))
            return f"@{len(lists) - 1}@"
        return [folded(v) for v in value] if isinstance(value, list) else value

    text = json.dumps(folded(models), indent=1)
    return re.sub(r'"@(\d+)@"', lambda m: lists[int(m[1])], text) + "\n"


def main() -> int:
    arguments = parser(__doc__ or "")
    arguments.add_argument("--out", type=Path, help="file to write")
    arguments.add_argument(
        "--folds", type=Path, help="folder for the weights that leave each runner out"
    )
    given = arguments.parse_args()
    data = Data(rbds_folder(given.data))
    outs = [frozenset[str](), *(frozenset([r]) for r in RUNNERS)]
    banks = {bank: learn(data, bank, outs) for bank in BANKS}
    models: list[Json] = [
        {
            "version": 1,
            "made_by": "benchmarks/events/train.py",
            "learnt_on": "RBDS runners " + ", ".join(r[4:] for r in RUNNERS if r not in out),
            "banks": {bank: banks[bank][i] for bank in BANKS},
            "spread": {"rates_hz": SPREAD_RATES, "noises_mm": SPREAD_NOISES}
            | {word + kind: NO_SPREAD for kind in KINDS for word in ("", "fitted_")},
        }
        for i, out in enumerate(outs)
    ]
    with tempfile.TemporaryDirectory() as made:
        folder = given.folds or Path(made)
        folder.mkdir(parents=True, exist_ok=True)
        files = {r: folder / f"{r}.json" for r in RUNNERS}
        for runner, model in zip(RUNNERS, models[1:], strict=True):
            files[runner].write_text(written(model))
        conditions = [(rate, noise) for rate in SPREAD_RATES for noise in SPREAD_NOISES]
        conditions.append(AS_FITTED)  # the default
        every = {
            (rate, noise): squares(data, lambda key: data.signals(key, rate, noise), files)  # noqa: B023
            for rate, noise in counted(conditions, "stated sd")
        }
        for out, model in zip(outs, models, strict=True):
            for kind in KINDS:
                model["spread"][kind] = spread_of(every, kind, out)
                model["spread"]["fitted_" + kind] = spread_of(every, kind, out, fitted=True)
        for runner, model in zip(RUNNERS, models[1:], strict=True):
            files[runner].write_text(written(model))
    text = written(models[0])
    if given.out is not None:
        given.out.write_text(text, encoding="utf-8")
        return 0
    same = text == FILE.read_text(encoding="utf-8")
    print("the shipped weights are reproduced" if same else f"not what {FILE} holds")
    return 0 if same else 1


if __name__ == "__main__":
    sys.exit(main())
