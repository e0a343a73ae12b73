"""Foot strike and toe-off of `runmech` beside the force plate, each runner left out of the weights.

Truth: runmech.force_events at 20 N on the RBDS trials, from the C3D files (raw force). A runner
that the shipped weights were learnt on is judged by weights learnt without it; any other runner by
the shipped ones. benchmarks/events/train.py makes those weights once (about ten minutes, kept in
build/; --weights FOLDER takes others). Matching is one to one, in order, within 50 ms, per side and
type, 50 ms away from the ends. Errors are estimate - force, ms. Strike: as RBDSinfo.txt has it.
`foot_anchor` is the detector that the regression starts from; its constants were fitted on all
fourteen runners. Doors: signals from the recording and its standing trial; without one; joints of
the fitted skeleton and feet as recorded, which is the road of analyze(); the fitted skeleton alone.
Degraded: pictures at other rates, white noise on every marker (no standing trial for the 2D heel
and toe), same weights. Recordings of other laboratories are listed as they are (not with
--runners): some of their forces were low-passed before publication, and marker and force clocks
differ by a constant, so only the scatter counts there. The last line of standard output is one JSON
object; `--store` writes it, with the strata, to results/events.json, from which
benchmarks/support/accuracy_tables.py makes the tables of docs/accuracy.md.

Nothing of a runner is in the weights that judge it: neither events nor means and scales of the
windows, intercepts or stated sds; and no penalty of the ridge is chosen (the weights are a mean
over four). Which channels, lags, bandwidths and penalties there are was chosen while looking at
figures of these runners.
"""

from __future__ import annotations

import csv
import hashlib
import itertools
import json
import subprocess
import sys
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import numpy.typing as npt

import runmech as rm

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "support"))
from event_trials import seen_by, trial
from recordings import counted, parser, rbds_folder, rbds_runners, rbds_speeds

ROOT = Path(__file__).resolve().parents[2]
RESULTS = Path(__file__).parent / "results" / "events.json"
LEARNT_ON = {f"RBDS{n:03d}" for n in (1, 2, 3, 4, 5, 7, 8, 9, 11, 12, 14, 16, 17, 27)}
MASS_KG = 70.0  # assumed, for forces in % of body weight (BioMAC)
TYPES = {"foot_strike": "fs", "toe_off": "to"}
DEGRADED = {"60hz": (60.0, 0.0), "30hz": (30.0, 0.0), "150hz_3mm": (150.0, 0.003),
            "60hz_3mm": (60.0, 0.003)}  # fmt: skip
Floats = npt.NDArray[np.float64]
Key = tuple[str, str]
Json = dict[str, object]


@dataclass(frozen=True)
class Event:
    """One matched event: where it belongs and how far off it is, ms."""

    runner: str
    speed: str
    strike: str
    side: str
    kind: str
    ms: float
    sd_ms: float
    truth_s: float


@dataclass
class Scores:
    """All matched events of one door, and what found no partner."""

    events: list[Event] = field(default_factory=list)
    missed: dict[str, int] = field(default_factory=lambda: dict.fromkeys(TYPES, 0))
    extra: dict[str, int] = field(default_factory=lambda: dict.fromkeys(TYPES, 0))
    wrong_side: int = 0
    detect_ms: list[float] = field(default_factory=list)

    def of(self, kind: str, **stratum: str) -> Floats:
        """Return the errors of one kind in a stratum."""
        return np.array([
            e.ms for e in self.events
            if e.kind == kind and all(getattr(e, k) == v for k, v in stratum.items())
        ])  # fmt: skip

    def covered(self, kind: str, **stratum: str) -> float:
        """Return the share of errors within 1.96 stated sd."""
        inside = [
            abs(e.ms) <= 1.96 * e.sd_ms for e in self.events
            if e.kind == kind and all(getattr(e, k) == v for k, v in stratum.items())
        ]  # fmt: skip
        return float(np.mean(inside)) if inside else float("nan")

    def contact(self, **stratum: str) -> Floats:
        """Return the errors of contact times: toe-off minus the strike before it."""
        ends: dict[tuple[str, str, str], list[tuple[float, str, float]]] = {}
        for e in self.events:
            if all(getattr(e, k) == v for k, v in stratum.items()):
                ends.setdefault((e.runner, e.speed, e.side), []).append((e.truth_s, e.kind, e.ms))
        out = []
        for one in ends.values():
            one.sort()
            out += [
                b[2] - a[2] for a, b in itertools.pairwise(one)
                if (a[1], b[1]) == ("foot_strike", "toe_off") and b[0] - a[0] < 0.5
            ]  # fmt: skip
        return np.array(out)

    def f1(self, kind: str, within_ms: float) -> float:
        """Return F1: what lies further off counts as missed and as extra."""
        found = self.of(kind)
        hits = int(np.sum(np.abs(found) <= within_ms))
        wrong = 2 * (len(found) - hits) + self.missed[kind] + self.extra[kind]
        return 2 * hits / max(2 * hits + wrong, 1)


def rms(x: Floats) -> float:
    """Return the root mean square, nan of nothing."""
    return float(np.sqrt(np.mean(x**2))) if len(x) else float("nan")


def score(
    into: Scores, key: Key, strike: dict[str, str], truth: rm.GaitEvents, found: rm.GaitEvents,
    *, ends: Iterable[float],
) -> None:  # fmt: skip
    """Match one trial, 50 ms away from its ends."""
    record = rm.TimeSpan(min(ends), max(ends))
    for one in rm.match_events(truth, found, record):
        if one.status == "matched":
            into.events.append(
                Event(*key, strike[one.side], one.side, one.type, 1e3 * one.error_s,
                      1e3 * one.sd_s, one.expected_s)
            )  # fmt: skip
        elif one.status == "wrong_side":
            into.wrong_side += 1
        else:
            (into.missed if one.status == "missed" else into.extra)[one.type] += 1


def strike_types(folder: Path) -> Callable[[Key], dict[str, str]]:
    """Return a look-up of foot-strike types by runner and speed; "unknown" without the table."""
    table: dict[tuple[str, str, str], str] = {}
    path = folder / "RBDSinfo.txt"
    if path.exists():
        with path.open(encoding="utf-8", errors="replace") as file:
            for row in csv.DictReader(file, delimiter="\t"):
                for speed in ("25", "35", "45"):
                    for side, letter in (("left", "L"), ("right", "R")):
                        name = f"RBDS{int(row['Subject']):03d}"
                        table[name, speed, side] = row[f"{letter}FSI{speed}"].strip().lower()
    return lambda key: {s: table.get((*key, s), "unknown") for s in ("left", "right")}


def weights_folder(given: Path | None, data: Path) -> Path:
    """Return the folder of weights that leave each runner out; learns them where there is none."""
    if given is not None:
        return given
    script = ROOT / "benchmarks/events/train.py"
    made_of = [script, ROOT / "src/gait/data/event_models.json"]
    print_of = hashlib.sha256(b"".join(p.read_bytes() for p in made_of)).hexdigest()[:12]
    folder = ROOT / "build/event_weights" / print_of
    if not (folder / "complete").exists():
        print(f"learning the weights that leave runners out, into {folder}", file=sys.stderr)
        command = [sys.executable, str(script), "--data", str(data), "--folds", str(folder),
                   "--out", str(folder / "all.json")]  # fmt: skip
        subprocess.run(command, check=True)
        (folder / "complete").touch()
    return folder


def flat_feet(recording: rm.Recording) -> rm.GaitSignals:
    """Return heel and toe as a camera at the side sees them, nothing else."""
    seen = rm.gait_signals(recording)
    out = rm.GaitSignals()
    out.time_s, out.surface, out.view = seen.time_s, seen.surface, "side"
    out.noise_m = seen.noise_m
    for of, into in ((seen.left, out.left), (seen.right, out.right)):
        into.heel, into.toe = (np.asarray(p) * (1.0, 1.0, 0.0) for p in (of.heel, of.toe))
    return out


def strata(name: str, scores: Scores) -> None:
    """Print the table of one door."""
    print(f"\n{name}: missed {scores.missed}, extra {scores.extra}, wrong side {scores.wrong_side}")
    print(f"{'':22}{'foot strike':>34}{'toe-off':>34}{'contact':>16}")
    head = f"{'n':>6}{'bias':>7}{'rms':>7}{'max':>7}{'cover':>7}"
    print(f"{'':22}{head}{head}{'bias':>8}{'rms':>8}")

    def row(label: str, **stratum: str) -> None:
        cells = ""
        for kind in TYPES:
            x = scores.of(kind, **stratum)
            if not len(x):
                return
            cells += (f"{len(x):6}{x.mean():7.2f}{rms(x):7.2f}{np.abs(x).max():7.1f}"
                      f"{scores.covered(kind, **stratum):7.3f}")  # fmt: skip
        c = scores.contact(**stratum)
        print(f"{label:22}{cells}{c.mean() if len(c) else np.nan:8.2f}{rms(c):8.2f}")

    row("all")
    for part in ("speed", "strike", "side", "runner"):
        for value in sorted({getattr(e, part) for e in scores.events}):
            row(f"{part} {value}", **{part: value})


def biases(scores: Scores, kind: str) -> float:
    """Return the largest mean error over speeds, strike types and sides."""
    return max(
        abs(float(scores.of(kind, **{part: value}).mean()))
        for part in ("speed", "strike", "side")
        for value in {getattr(e, part) for e in scores.events if e.kind == kind}
    )


def by_stratum(scores: Scores) -> Json:
    """Return number, bias, error and contact error of every stratum."""
    out: Json = {}
    for part in ("speed", "strike", "side", "runner"):
        for value in sorted({getattr(e, part) for e in scores.events}):
            row: Json = {}
            for kind, k in TYPES.items():
                x = scores.of(kind, **{part: value})
                bias = round(float(x.mean()), 2)
                row |= {f"{k}_n": len(x), f"{k}_bias_ms": bias, f"{k}_rmse_ms": round(rms(x), 2)}
            out[f"{part} {value}"] = row | {
                "ct_rmse_ms": round(rms(scores.contact(**{part: value})), 2)
            }
    return out


def short(scores: Scores) -> Json:
    """Return the errors of a door, and what is lost."""
    out: Json = {f"{k}_rmse_ms": round(rms(scores.of(kind)), 3) for kind, k in TYPES.items()}
    out |= {f"{k}_bias_ms": round(float(scores.of(kind).mean()), 3) for kind, k in TYPES.items()}
    out |= {f"cover95_{k}": round(scores.covered(kind), 3) for kind, k in TYPES.items()}
    out["ct_rmse_ms"] = round(rms(scores.contact()), 3)
    return out | {"missed": sum(scores.missed.values()), "extra": sum(scores.extra.values())}


def others(folder: Path) -> Json:
    """Score the recordings of other laboratories as they are."""
    trials = {
        "dorn": ("dorn/JA1Gait21.c3d", None),
        "rajagopal": ("rajagopal/motion_capture_run.trc", "rajagopal/grf_run.mot"),
        "biomac": ("biomac/P02_straightrunning_trial0025_DataStructMeasured.csv", None),
    }
    out: Json = {}
    for lab, (markers, forces) in trials.items():
        if not (folder / markers).exists():
            continue
        recording = rm.read(folder / markers, mass_kg=MASS_KG)
        if forces is not None:
            recording = rm.attach_forces(recording, rm.read_forces(folder / forces)) or recording
        try:
            truth = rm.force_events(recording)
        except (ValueError, rm.NotAnalysable) as error:
            print(f"{lab}: {error}", file=sys.stderr)
            continue
        found = Scores()
        events = rm.detect_events(rm.gait_signals(recording), detector="runmech")
        score(found, (lab, ""), {"left": "", "right": ""}, truth, events, ends=recording.time_s)
        result: Json = {
            "notes": [n.text for n in (*truth.notes, *events.notes) if n.warning],
            "missed": sum(found.missed.values()),
            "extra": sum(found.extra.values()),
        }
        for kind in TYPES:
            x = found.of(kind)
            if len(x):
                bias, sd = round(float(x.mean()), 2), round(float(x.std()), 2)
                result[kind] = {"n": len(x), "bias_ms": bias, "sd_ms": sd}
        out[lab] = result
        print(f"{lab}: {out[lab]}", file=sys.stderr)
    return out


def main() -> None:
    """Print the tables and the JSON line."""
    arguments = parser(__doc__ or "", rbds=True)
    arguments.add_argument(
        "--weights", type=Path, metavar="FOLDER", help="weights that leave each runner out"
    )
    arguments.add_argument(
        "--doors", nargs="+", default=["recording", "no_standing", "fit", "fit_only"],
        choices=["recording", "no_standing", "fit", "fit_only"],
        help="where signals come from; the last two need a fit per trial",
    )  # fmt: skip
    arguments.add_argument("--store", action="store_true", help="write results/events.json")
    given = arguments.parse_args()
    folder = rbds_folder(given.data)
    runners = rbds_runners(folder, given.runners)
    own = LEARNT_ON & set(runners)
    weights = weights_folder(given.weights, given.data) if own else Path()
    strike_of = strike_types(folder)

    def detector(runner: str) -> rm.RunmechDetector | str:
        if runner not in own:
            return "runmech"
        return rm.RunmechDetector(models=str(weights / f"{runner}.json"))

    doors = {name: Scores() for name in ("foot_anchor", *given.doors, *DEGRADED, "2d_60hz_3mm")}
    clean: list[tuple[rm.GaitSignals, float]] = []
    for key in counted([(r, s) for r in runners for s in rbds_speeds(given.speeds)], "trial"):
        read = trial(folder, *key)
        if read is None:
            continue
        recording, stand = read
        truth = rm.force_events(recording)
        strike = strike_of(key)
        force_s = [e.time_s for e in truth.events]
        signals = {"recording": rm.gait_signals(recording, static=stand)}
        if "no_standing" in doors:
            signals["no_standing"] = rm.gait_signals(recording)
        if ("fit" in doors or "fit_only" in doors) and stand is not None:
            body = rm.with_moving_markers(rm.calibrate(stand), recording)
            motion = rm.fit(recording, body)
            signals["fit"] = rm.gait_signals(motion)
            signals["fit_only"] = rm.gait_signals(motion, feet="fitted")
        for name, (rate_hz, noise_m) in DEGRADED.items():
            worse = seen_by(recording, rate_hz, noise_m, "".join(key))
            signals[name] = rm.gait_signals(worse, static=stand)
        signals["2d_60hz_3mm"] = flat_feet(seen_by(recording, 60.0, 0.003, "".join(key)))
        for name, one in signals.items():
            if name in doors:
                found = rm.detect_events(one, detector=detector(key[0]))
                score(doors[name], key, strike, truth, found, ends=force_s)
        found = rm.detect_events(signals["recording"], detector="foot_anchor")
        score(doors["foot_anchor"], key, strike, truth, found, ends=force_s)
        length_s = float(signals["recording"].time_s[-1] - signals["recording"].time_s[0])
        clean.append((signals["recording"], length_s))
    for name in ("foot_anchor", *given.doors):
        strata(name, doors[name])
    print(
        f"\n{'degraded':22}{'rms: strike':>12}{'toe-off':>12}{'cover: strike':>14}{'toe-off':>13}"
    )
    for name in (*DEGRADED, "2d_60hz_3mm"):
        fs, to = (rms(doors[name].of(kind)) for kind in TYPES)
        covers = [doors[name].covered(kind) for kind in TYPES]
        print(f"{name:22}{fs:12.2f}{to:12.2f}{covers[0]:14.3f}{covers[1]:14.3f}")
    rm.detect_events(clean[0][0], detector="runmech")  # reads the weights
    spent = []
    for signals_of, length_s in clean[:14]:
        start = time.process_time()  # one thread; others may be using the machine
        rm.detect_events(signals_of, detector="runmech")
        spent.append(1e3 * (time.process_time() - start) * 30.0 / length_s)
    best = doors["recording"]
    out: Json = {"benchmark": "events", "runners": len(runners), "left_out": len(own)}
    for kind, k in TYPES.items():
        out[f"{k}_rmse_ms"] = round(rms(best.of(kind)), 3)
        out[f"{k}_bias_max_ms"] = round(biases(best, kind), 3)
        out[f"{k}_f1_10"] = round(best.f1(kind, 10.0), 5)
        out[f"cover95_{k}"] = round(best.covered(kind), 4)
    out["ct_rmse_ms"] = round(rms(best.contact()), 3)
    out["to_rmse_ms_2_5"] = round(rms(best.of("toe_off", speed="25")), 3)
    out["f1_25"] = round(min(best.f1(kind, 25.0) for kind in TYPES), 5)
    out["wrong_side"] = best.wrong_side
    out["ms_per_30s_trial"] = round(float(np.median(spent)), 2)
    out["degraded"] = {name: short(doors[name]) for name in (*DEGRADED, "2d_60hz_3mm")}
    out["doors"] = {name: short(doors[name]) for name in ("foot_anchor", *given.doors)}
    if not given.runners:
        out["others"] = others(given.data)
    if given.store:
        lines = []
        for key, value in (out | {"strata": by_stratum(best)}).items():
            rows = value.items() if isinstance(value, dict) else ()
            inside = ",\n".join(f"{json.dumps(k)}: {json.dumps(v)}" for k, v in rows)
            lines.append(f'"{key}": ' + (f"{{\n{inside}\n}}" if rows else json.dumps(value)))
        RESULTS.write_text("{\n" + ",\n".join(lines) + "\n}\n", encoding="utf-8")
    print(json.dumps(out))


if __name__ == "__main__":
    main()
