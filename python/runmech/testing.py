"""Laws that a detector of gait events must obey, for the detectors that you write."""

from __future__ import annotations

from collections.abc import Callable
from itertools import pairwise

import numpy as np

from runmech._core import GaitEvents, GaitSignals, detect_events
from runmech.plugins import DetectorObject

__all__ = ["check_detector"]

_LEG = ("hip", "knee", "ankle", "heel", "toe", "mt1", "mt5")
_STANDING = (
    "heel_height_m",
    "toe_height_m",
    "foot_pitch_rad",
    "shank_angle_rad",
    "thigh_angle_rad",
)
_GAP_FRAMES = 4
_LATER_S = 123.0047  # no whole number of frames at any usual rate
_EDGE_S = 0.5  #: events this close to an end may fall out when frames are taken away


def _paths(signals: GaitSignals) -> list[tuple[object, str]]:
    legs: list[tuple[object, str]] = [
        (leg, name) for leg in (signals.left, signals.right) for name in _LEG
    ]
    return [
        *legs,
        *((signals, name) for name in ("pelvis", "pelvis_left", "pelvis_right", "trunk_top")),
    ]


def _changed(signals: GaitSignals, change: Callable[[np.ndarray], np.ndarray]) -> GaitSignals:
    copy = signals.copy()
    for owner, name in _paths(copy):
        points = np.array(getattr(owner, name))
        if len(points):
            setattr(owner, name, change(points))
    return copy


def _mirrored(signals: GaitSignals) -> GaitSignals:
    copy = _changed(signals, lambda p: p * np.array([1.0, 1.0, -1.0]))
    for name in _LEG:
        left, right = np.array(getattr(copy.left, name)), np.array(getattr(copy.right, name))
        setattr(copy.left, name, right)
        setattr(copy.right, name, left)
    left, right = np.array(copy.pelvis_left), np.array(copy.pelvis_right)
    copy.pelvis_left, copy.pelvis_right = right, left
    copy.noise_m = (copy.noise_m[1], copy.noise_m[0])
    standing = copy.standing
    for name in _STANDING:
        left_value, right_value = getattr(standing, name)
        setattr(standing, name, (right_value, left_value))
    standing.obliquity_rad = -standing.obliquity_rad
    copy.standing = standing
    return copy


#: What to mend where a law is broken.
_MEND = {
    "the same signals again": "keep nothing from one call to the next, and seed what is random",
    "mirrored runner": "treat both feet alike; Z points to the runner's right",
    "moved runner": "take heights and places relative to the ground, the pelvis or the other foot",
    "later clock": "use time_s as it is: times, not numbers of frames, and no fixed instants",
    "a hole of a few frames": "bridge holes, or leave out only the steps that they touch",
    "half the frame rate": "place events between frames, and give filters and windows in seconds",
}


def _broken(law: str, what: str) -> AssertionError:
    mend = _MEND.get(law)
    return AssertionError(f"{law}: {what}{f'; {mend}' if mend else ''}")


def _compare(
    law: str,
    expected: GaitEvents,
    found: GaitEvents,
    tolerance_s: float,
    shift_s: float,
    swap: bool,
) -> None:
    for side, other in (("left", "right"), ("right", "left")):
        for kind in ("foot_strike", "toe_off"):
            a = expected.times(side, kind) + shift_s
            b = found.times(other if swap else side, kind)
            if len(a) != len(b):
                raise _broken(law, f"{len(a)} {side} {kind} events became {len(b)}")
            if len(a) and np.abs(a - b).max() > tolerance_s:
                moved = 1e3 * np.abs(a - b).max()
                raise _broken(law, f"a {side} {kind} event moved by {moved:.2f} ms")


def check_detector(
    detector: str | Callable[[GaitSignals], GaitEvents] | DetectorObject,
    signals: GaitSignals,
    *,
    tolerance_s: float = 1e-4,
) -> GaitEvents:
    """Check a detector on signals of running; raise AssertionError naming the first broken law.

    Parameters
    ----------
    detector
        A name of ``detector_names()``, or a callable taking ``GaitSignals`` and returning
        ``GaitEvents``.
    signals
        A recording of running, from ``gait_signals``.
    tolerance_s
        By how much an event may move, in seconds, under a change that should not move it.

    Returns
    -------
    GaitEvents
        What the detector found on the signals as given.

    The laws: events are finite, inside the recording, sorted, and left and right alternate; the
    same signals give the same events; nothing is found in nothing, not even an error; the mirrored
    runner has the same events on the other side; place and clock do not matter; a hole of a few
    frames changes nothing half a second away from it; and half the frame rate (where that leaves
    75 Hz) moves events by less than a frame.

    """

    def detect(given: GaitSignals, law: str) -> GaitEvents:
        try:
            return detect_events(given, detector=detector)
        except Exception as error:
            said = f"{law}: the detector raised {type(error).__name__}: {error}"
            raise AssertionError(f"{said}; what is not there is not found") from error

    if isinstance(detector, type):
        detector = detector()
    events = detect_events(signals, detector=detector)
    clock = np.array(signals.time_s)
    if not isinstance(detector, str):
        call = detector.detect if isinstance(detector, DetectorObject) else detector
        _check_answer(call(signals))
    _check_order(events, clock)
    law = "the same signals again"
    _compare(law, events, detect(signals, law), 0.0, 0.0, False)

    lost = _changed(signals, lambda p: np.full_like(p, np.nan))
    lost.plates = []
    for given, law in (
        (lost, "where every point is missing"),
        (GaitSignals(), "in signals of no frames"),
    ):
        if len(detect(given, law)):
            raise AssertionError(f"events were found {law}; what is not seen is not found")

    law = "mirrored runner"
    _compare(law, events, detect(_mirrored(signals), law), tolerance_s, 0.0, True)
    law, moved = "moved runner", _changed(signals, lambda p: p + np.array([3.0, -0.4, 2.0]))
    _compare(law, events, detect(moved, law), tolerance_s, 0.0, False)
    law = "later clock"
    later = detect(_later(signals, _LATER_S), law)
    _compare(law, events, later, tolerance_s, _LATER_S, False)

    middle = len(clock) // 2
    law = "a hole of a few frames"
    holed = detect(_holed(signals, middle), law)
    _nearby(law, events, holed, tolerance_s, clock, around_s=clock[middle])
    step_s = float(np.median(np.diff(clock)))
    if 0.5 / step_s >= 75.0:
        law = "half the frame rate"
        slower = detect(_every_other(signals), law)
        _nearby(law, events, slower, 2.0 * step_s, clock)
    return events


def _check_answer(answer: GaitEvents) -> None:
    """Tell what the library would put right all the same: other programs may not."""
    times = np.array([e.time_s for e in answer.events])
    if not np.isfinite(times).all():
        raise AssertionError("an event time is not finite; leave out what is not found")
    if (np.diff(times) < 0).any():
        raise AssertionError("events are not sorted by time; sort both feet and types together")


def _check_order(events: GaitEvents, clock: np.ndarray) -> None:
    times = np.array([e.time_s for e in events.events])
    if not len(times):
        raise AssertionError("no events were found in the signals given; are they of running?")
    if times.min() < clock[0] or times.max() > clock[-1]:
        raise AssertionError(
            "an event lies outside the recording; times are seconds on its clock, not frames"
        )
    for kind in ("foot_strike", "toe_off"):
        found = [e for e in events.events if e.type == kind]
        for one, other in pairwise(found):
            if one.side == other.side:
                raise AssertionError(
                    f"two {kind} events of the {one.side} foot follow each other "
                    f"({one.time_s:.3f} and {other.time_s:.3f} s): one is missed, one too many, "
                    "or on the wrong foot; look once in every step (runmech.find_phases)"
                )


def _later(signals: GaitSignals, shift_s: float) -> GaitSignals:
    copy = signals.copy()
    copy.time_s = np.array(copy.time_s) + shift_s
    plates = copy.plates
    for plate in plates:
        plate.time_s = np.array(plate.time_s) + shift_s
    copy.plates = plates
    return copy


def _holed(signals: GaitSignals, frame: int) -> GaitSignals:
    copy = signals.copy()
    for leg in (copy.left, copy.right):
        for name in _LEG:
            points = np.array(getattr(leg, name))
            if len(points):
                points[frame : frame + _GAP_FRAMES] = np.nan
                setattr(leg, name, points)
    return copy


def _every_other(signals: GaitSignals) -> GaitSignals:
    copy = _changed(signals, lambda p: p[::2])
    copy.time_s = np.array(copy.time_s)[::2]
    return copy


def _nearby(
    law: str,
    expected: GaitEvents,
    found: GaitEvents,
    tolerance_s: float,
    clock: np.ndarray,
    around_s: float | None = None,
) -> None:
    """Every event away from the ends, and from `around_s`, is still there."""
    for event in expected.events:
        t = event.time_s
        if t < clock[0] + _EDGE_S or t > clock[-1] - _EDGE_S:
            continue
        if around_s is not None and abs(t - around_s) < _EDGE_S:
            continue
        times = found.times(event.side, event.type)
        if not len(times) or np.abs(times - t).min() > tolerance_s:
            what = f"the {event.side} {event.type} at {t:.3f} s is lost, or moved by more than"
            raise _broken(law, f"{what} {1e3 * tolerance_s:.1f} ms")
