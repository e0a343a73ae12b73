"""Signals, detectors and force events from Python."""

from __future__ import annotations

from collections.abc import Callable
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest

import runmech as rm
from runmech.testing import check_detector

Locate = Callable[[str], Path]


@pytest.fixture(scope="module")
def signals() -> rm.GaitSignals:
    """A runner made of sines on a treadmill: 3 m/s, 100 Hz, 8 s."""
    time_s = np.arange(800) / 100.0
    made = rm.GaitSignals()
    made.time_s = time_s
    stride_s, contact_s, speed = 0.7, 0.25, 3.0
    reach = 0.5 * speed * contact_s
    for leg, lag in ((made.left, 0.0), (made.right, 0.5)):
        phase = (time_s / stride_s + lag) % 1.0
        share = contact_s / stride_s
        swing = np.clip((phase - share) / (1.0 - share), 0.0, 1.0)
        x = np.where(
            phase < share,
            reach - speed * phase * stride_s,
            -reach * np.cos(np.pi * swing) - 0.25 * np.sin(2.0 * np.pi * swing),
        )
        y = 0.30 * np.sin(np.pi * swing) ** 2 * (phase >= share)
        z = np.full_like(x, 0.1 if leg is made.right else -0.1)
        leg.heel = np.c_[x - 0.1, y + 0.05, z]
        leg.toe = np.c_[x + 0.1, y + 0.03, z]
    bounce = -0.04 * np.cos(2.0 * np.pi * (2.0 * time_s / stride_s - contact_s / stride_s))
    made.pelvis = np.c_[0.0 * time_s, 0.95 + bounce, 0.0 * time_s]
    return made


def test_builtin_detectors_obey_the_laws(signals: rm.GaitSignals) -> None:
    for name in rm.detector_names():
        events = check_detector(name, signals)
        assert events.detector == name


def test_a_callable_is_a_detector(signals: rm.GaitSignals) -> None:
    def late(given: rm.GaitSignals) -> rm.GaitEvents:
        events = rm.GaitEvents()
        found = rm.detect_events(given)
        events.detector = "late"
        events.events = [rm.GaitEvent(e.side, e.type, e.time_s + 0.01) for e in found.events]
        return events

    events = check_detector(late, signals)
    assert events.detector == "late"
    assert events.kind == rm.detect_events(signals).kind
    with pytest.raises(TypeError, match="GaitEvents"):
        rm.detect_events(signals, detector=lambda _: 3)
    with pytest.raises(ValueError, match="foot_anchor"):
        rm.detect_events(signals, detector="nobody")


def test_a_broken_detector_is_named(signals: rm.GaitSignals) -> None:
    def fixed(_: rm.GaitSignals) -> rm.GaitEvents:
        events = rm.GaitEvents()
        events.events = [rm.GaitEvent("left", "foot_strike", 1.0)]
        return events

    with pytest.raises(AssertionError, match="every point is missing"):
        check_detector(fixed, signals)


def test_strides_and_speed(signals: rm.GaitSignals) -> None:
    events = rm.detect_events(signals)
    found = rm.strides(events, signals=signals)
    assert len(found) > 15
    assert np.median([s.duration_s for s in found]) == pytest.approx(0.7, abs=0.005)
    assert rm.running_speed(signals, events).speed_m_s == pytest.approx(3.0, rel=0.05)


def test_force_contacts_and_options() -> None:
    time_s = np.arange(3000) / 300.0
    phase = (time_s - 0.1) % 0.36
    force = np.where(phase < 0.25, 1700.0 * np.sin(np.pi * phase / 0.25) ** 2, 0.0)
    found = rm.force_contacts(time_s, force)
    assert len(found.contacts) in (27, 28)
    assert found.threshold_n == 20.0
    with pytest.raises(TypeError, match="threshold"):
        rm.ForceEventOptions(threshold=20.0)


def test_rbds_contact_times(data: Locate) -> None:
    recording = rm.read(data("rbds/RBDS001runT25.c3d.gz"), surface="treadmill")
    truth = rm.force_events(recording)
    sides = [e.side for e in truth.events if e.type == "foot_strike"]
    assert all(a != b for a, b in pairwise(sides))
