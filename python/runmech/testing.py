"""Laws that a detector of gait events must obey, for the detectors that you write."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from runmech._core import GaitEvents, GaitSignals, detect_events

__all__ = ["check_detector"]

_LEG = ("hip", "knee", "ankle", "heel", "toe")


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
    return copy


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
                raise AssertionError(f"{law}: {len(a)} {side} {kind} events became {len(b)}")
            if len(a) and np.abs(a - b).max() > tolerance_s:
                raise AssertionError(
                    f"{law}: a {side} {kind} event moved by {1e3 * np.abs(a - b).max():.2f} ms"
                )


def check_detector(
    detector: str | Callable[[GaitSignals], GaitEvents],
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

    The laws: events are finite, inside the recording and sorted; nothing is found in nothing; the
    mirrored runner has the same events on the other side; place and clock do not matter.

    """
    events = detect_events(signals, detector=detector)
    times = np.array([e.time_s for e in events.events])
    if not len(times):
        raise AssertionError("no events were found in the signals given")
    if not np.isfinite(times).all():
        raise AssertionError("an event time is not finite")
    if (np.diff(times) < 0).any():
        raise AssertionError("events are not sorted by time")
    clock = np.array(signals.time_s)
    if times.min() < clock[0] or times.max() > clock[-1]:
        raise AssertionError("an event lies outside the recording")

    lost = _changed(signals, lambda p: np.full_like(p, np.nan))
    if len(detect_events(lost, detector=detector)):
        raise AssertionError("events were found where every point is missing")

    mirrored = detect_events(_mirrored(signals), detector=detector)
    _compare("mirrored runner", events, mirrored, tolerance_s, 0.0, True)
    moved = _changed(signals, lambda p: p + np.array([3.0, -0.4, 2.0]))
    _compare(
        "moved runner", events, detect_events(moved, detector=detector), tolerance_s, 0.0, False
    )
    later = signals.copy()
    later.time_s = clock + 123.0
    _compare(
        "later clock", events, detect_events(later, detector=detector), tolerance_s, 123.0, False
    )
    return events
