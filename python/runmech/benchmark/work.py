"""One trial through all detectors: what a worker process does."""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np

from runmech import _core, api
from runmech.benchmark.datasets import BenchmarkTrial
from runmech.benchmark.degrade import Condition
from runmech.plugins import Detector, detector_from, label_of

SPEEDS = (
    (3.0, "below 3 m/s"),
    (4.0, "3-4 m/s"),
    (5.5, "4-5.5 m/s"),
    (float("inf"), "over 5.5 m/s"),
)
#: Foot pitch at strike against standing, degrees (Altman and Davis 2012).
STRIKES = ((-1.6, "forefoot"), (8.0, "midfoot"), (float("inf"), "rearfoot"))

Event = tuple[str, str, float, float]  # side, type, time_s, sd_s


@dataclass
class Found:
    """What one detector said about one trial under one condition."""

    detector: str
    condition: str
    events: list[Event]
    seconds: float
    fault: str = ""  #: what it raised; then nothing was found


@dataclass
class TrialResult:
    """Truth and findings of one trial, as plain values."""

    subject: str
    name: str
    record: tuple[float, float] = (0.0, 0.0)
    truth: list[Event] = field(default_factory=list)
    spans: list[tuple[float, float]] = field(default_factory=list)
    strata: dict[str, str] = field(default_factory=dict)
    strike: dict[str, str] = field(default_factory=dict)  #: by side
    threshold_n: float = 0.0
    force_notes: list[str] = field(default_factory=list)
    found: list[Found] = field(default_factory=list)
    fault: str = ""  #: why the trial could not be used at all


def evaluate(
    trial: BenchmarkTrial,
    detectors: Sequence[str | Detector],
    conditions: Sequence[Condition],
    threshold_n: float,
    source: str,
) -> TrialResult:
    """Read, find the truth, run everything. A trial without truth says so; nothing is raised."""
    out = TrialResult(trial.subject, trial.name)
    try:
        recording, standing = trial.load()
        truth = _core.force_events(recording, _core.ForceEventOptions(threshold_n=threshold_n))
    except (OSError, ValueError, _core.NotAnalysable) as error:
        out.fault = str(error)
        return out
    if not len(truth):
        out.fault = truth.reason
        return out
    clock = np.array(recording.time_s)
    out.record = (float(clock[0]), float(clock[-1]))
    out.truth = _plain(truth)
    out.spans = [(s.start_s, s.end_s) for s in truth.spans]
    out.threshold_n = truth.threshold_n
    out.force_notes = [note.text for note in truth.notes if note.warning]
    if trial.mass_assumed:
        out.force_notes.append(
            f"forces are in % of body weight and the mass is not told: {trial.mass_kg:g} kg "
            "assumed; 20 kg more or less move 20 N toe-offs by 3 ms, strikes by 1 ms"
        )
    for condition in conditions:
        try:
            worse = condition.of_recording(recording, trial.name)
            signals = condition.of_signals(_signals(worse, standing, source))
        except (ValueError, _core.NotAnalysable) as error:
            out.found += [
                Found(label_of(d), str(condition), [], 0.0, str(error)) for d in detectors
            ]
            continue
        if not out.strata:
            out.strata = _strata(trial, signals, truth)
            out.strike = _strike_patterns(signals, truth)
        for name in detectors:
            out.found.append(_run(name, signals, str(condition)))
    return out


def _run(name: str | Detector, signals: _core.GaitSignals, condition: str) -> Found:
    detector = detector_from(name) if isinstance(name, str) else name
    label = label_of(name)
    start = time.perf_counter()
    try:
        events = _core.detect_events(signals, detector)
    except Exception as error:  # foreign code may raise anything; the others go on
        return Found(label, condition, [], 0.0, f"{type(error).__name__}: {error}")
    seconds = time.perf_counter() - start
    return Found(label, condition, _plain(events), seconds)


def _plain(events: _core.GaitEvents) -> list[Event]:
    return [(e.side, e.type, e.time_s, e.sd_s) for e in events.events]


def _signals(
    recording: _core.Recording, standing: _core.Recording | None, source: str
) -> _core.GaitSignals:
    if source == "recording":
        return _core.gait_signals(recording, standing)
    calibration = api.calibrate(recording if standing is None else standing)
    if standing is not None:
        calibration = _core.with_moving_markers(calibration, recording)
    motion = api.fit(recording, calibration)
    if source == "fitted":
        return _core.gait_signals(motion, feet="fitted")
    return _core.gait_signals(motion, recording=recording)


def _strata(
    trial: BenchmarkTrial, signals: _core.GaitSignals, truth: _core.GaitEvents
) -> dict[str, str]:
    speed = _core.running_speed(signals, truth).speed_m_s
    band = next((name for limit, name in SPEEDS if speed < limit), "unknown")
    return {"speed": band, "surface": signals.surface, **trial.strata}


def _strike_patterns(signals: _core.GaitSignals, truth: _core.GaitEvents) -> dict[str, str]:
    """Of each foot: the median pitch at its strikes, against standing."""
    out = {}
    clock = np.array(signals.time_s)
    for side, standing in zip(("left", "right"), signals.standing.foot_pitch_rad, strict=True):
        pitch = np.array(_core.leg_angles(signals, side).foot_pitch)
        angle = float("nan")
        if len(pitch) and np.isfinite(standing):
            seen = np.isfinite(pitch)
            at = truth.times(side, "foot_strike")
            if seen.any() and len(at):
                angle = float(
                    np.degrees(np.median(np.interp(at, clock[seen], pitch[seen])) - standing)
                )
        out[side] = next((name for limit, name in STRIKES if angle < limit), "unknown")
    return out
