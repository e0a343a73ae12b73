"""One trial through all detectors: what a worker process does."""

from __future__ import annotations

import signal
import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt

from runmech import _core, api
from runmech.benchmark.datasets import BenchmarkTrial
from runmech.benchmark.degrade import Condition
from runmech.plugins import Detector, detector_from

SPEEDS = (
    (3.0, "below 3 m/s"),
    (4.0, "3-4 m/s"),
    (5.5, "4-5.5 m/s"),
    (float("inf"), "over 5.5 m/s"),
)
#: Foot pitch at strike against standing, degrees (Altman and Davis 2012).
STRIKES = ((-1.6, "forefoot"), (8.0, "midfoot"), (float("inf"), "rearfoot"))

SIDES = ("left", "right")
EVENT_TYPES = ("foot_strike", "toe_off")
#: Events as an array: side and type by number, so that those of thousands of trials fit.
EVENT = np.dtype([("side", "u1"), ("type", "u1"), ("time_s", "f8"), ("sd_s", "f8")])
EventArray = npt.NDArray[np.void]


@dataclass
class Found:
    """What one detector said about one trial under one condition."""

    detector: str
    condition: str
    events: EventArray
    seconds: float
    frame_s: float = float("nan")  #: between two frames of what it was given
    fault: str = ""  #: what it raised (then nothing was found), or what is wrong with its events


@dataclass
class TrialResult:
    """Truth and findings of one trial, as plain values."""

    subject: str
    name: str
    record: tuple[float, float] = (0.0, 0.0)
    truth: EventArray = field(default_factory=lambda: np.zeros(0, EVENT))
    spans: list[tuple[float, float]] = field(default_factory=list)
    strata: dict[str, str] = field(default_factory=dict)
    strike: dict[str, str] = field(default_factory=dict)  #: by side
    #: Numbers of the run, by side: speed_m_s, strike_angle_deg, cadence_per_min; nan = not known.
    measured: dict[str, tuple[float, float]] = field(default_factory=dict)
    threshold_n: float = 0.0
    force_notes: list[str] = field(default_factory=list)
    found: list[Found] = field(default_factory=list)
    fault: str = ""  #: why the trial could not be used at all


def evaluate(
    trial: BenchmarkTrial,
    detectors: Sequence[tuple[str, str | Detector]],
    conditions: Sequence[Condition],
    threshold_n: float,
    source: str,
    limit_s: float,
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
                Found(label, str(condition), np.zeros(0, EVENT), 0.0, fault=str(error))
                for label, _ in detectors
            ]
            continue
        if not out.strata:
            _describe(out, trial, signals, truth)
        for label, given in detectors:
            out.found.append(_run(label, given, signals, str(condition), limit_s))
    return out


def _run(
    label: str,
    given: str | Detector,
    signals: _core.GaitSignals,
    condition: str,
    limit_s: float,
) -> Found:
    detector = detector_from(given) if isinstance(given, str) else given
    nothing = np.zeros(0, EVENT)
    start = time.perf_counter()
    try:
        with _at_most(limit_s):
            events = _core.detect_events(signals, detector)
    except (Exception, SystemExit) as error:  # foreign code may do anything; the others go on
        return Found(label, condition, nothing, 0.0, fault=f"{type(error).__name__}: {error}")
    seconds = time.perf_counter() - start
    frame_s = float(np.median(np.diff(signals.time_s)))
    return Found(label, condition, _plain(events), seconds, frame_s, _doubt(events, signals))


def _doubt(events: _core.GaitEvents, signals: _core.GaitSignals) -> str:
    """Say what is wrong with the events as such; '' where nothing is."""
    said = []
    if any(note.code == "events" and "no time" in note.text for note in events.notes):
        said.append("events whose time is not finite were left out")
    first, last = signals.time_s[0], signals.time_s[-1]
    if any(not first <= e.time_s <= last for e in events.events):
        said.append("events lie outside the recording: times are seconds on its clock, not frames")
    return "; ".join(said)


@contextmanager
def _at_most(limit_s: float) -> Iterator[None]:
    """Raise TimeoutError in Python code that takes longer; where the system has no alarm, wait."""
    if not (
        limit_s > 0
        and hasattr(signal, "setitimer")
        and threading.current_thread() is threading.main_thread()
    ):
        yield
        return

    def stop(*_: object) -> None:
        raise TimeoutError(f"no answer within {limit_s:g} s")

    before = signal.signal(signal.SIGALRM, stop)
    signal.setitimer(signal.ITIMER_REAL, limit_s)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0.0)
        signal.signal(signal.SIGALRM, before)


def _plain(events: _core.GaitEvents) -> EventArray:
    rows = [
        (SIDES.index(e.side), EVENT_TYPES.index(e.type), e.time_s, e.sd_s) for e in events.events
    ]
    return np.array(rows, EVENT)


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


def _describe(
    out: TrialResult, trial: BenchmarkTrial, signals: _core.GaitSignals, truth: _core.GaitEvents
) -> None:
    """Note how the runner ran: numbers, and the strata that they fall into."""
    speed = _core.running_speed(signals, truth).speed_m_s
    angles = [_strike_angle(signals, truth, side) for side in SIDES]
    strikes = np.sort([e.time_s for e in truth.events if e.type == "foot_strike"])
    cadence = 60.0 / float(np.median(np.diff(strikes))) if len(strikes) > 2 else float("nan")
    out.measured = {
        "speed_m_s": (speed, speed),
        "strike_angle_deg": (angles[0], angles[1]),
        "cadence_per_min": (cadence, cadence),
    }
    out.strata = {"speed": _level(SPEEDS, speed), "surface": signals.surface, **trial.strata}
    out.strike = {s: _level(STRIKES, a) for s, a in zip(SIDES, angles, strict=True)}


def _level(limits: tuple[tuple[float, str], ...], value: float) -> str:
    return next((name for limit, name in limits if value < limit), "unknown")


def _strike_angle(signals: _core.GaitSignals, truth: _core.GaitEvents, side: str) -> float:
    """Return the median pitch of a foot at its strikes, against standing, degrees."""
    clock = np.array(signals.time_s)
    standing = signals.standing.foot_pitch_rad[SIDES.index(side)]
    pitch = np.array(_core.leg_angles(signals, side).foot_pitch)
    seen = np.isfinite(pitch)
    at = truth.times(side, "foot_strike")
    if not (len(at) and seen.any() and np.isfinite(standing)):
        return float("nan")
    return float(np.degrees(np.median(np.interp(at, clock[seen], pitch[seen])) - standing))
