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


@pytest.fixture(scope="module")
def running() -> rm.GaitSignals:
    """The synthetic runner without noise, on a belt that measures force."""
    quiet = rm.SyntheticNoise(
        placement_m=0.0, white_m=0.0, soft_tissue_m=0.0, dropout_share=0.0, outlier_share=0.0
    )
    run = rm.synthesise(seed=2, duration_s=8.0, rate_hz=200.0, noise=quiet)
    made = rm.gait_signals(run.recording, static=run.standing)
    belt = rm.ForcePlate()
    belt.name = "belt"
    belt.time_s = np.arange(0.0, 8.0, 0.001)
    force = np.zeros((len(belt.time_s), 3))
    for stride in rm.strides(run.truth.events):
        share = (np.array(belt.time_s) - stride.foot_strike_s) / stride.contact_s
        inside = (share > 0) & (share < 1)
        force[inside, 1] += 1500.0 * np.sin(np.pi * share[inside])
    belt.force_n = force
    made.plates = [belt]
    return made


@pytest.mark.parametrize("name", rm.detector_names())
def test_builtin_detectors_obey_the_laws(running: rm.GaitSignals, name: str) -> None:
    assert check_detector(name, running).detector == name


def test_detector_list_says_what_each_rule_gives(running: rm.GaitSignals) -> None:
    assert [info.name for info in rm.detector_list()] == rm.detector_names()
    for info in rm.detector_list():
        types = {e.type for e in rm.detect_events(running, info.name).events}
        told = {"foot_strike": info.foot_strike, "toe_off": info.toe_off}
        assert types == {kind for kind, given in told.items() if given}, info.name
        assert info.about
        assert info.source


def test_leg_angles(running: rm.GaitSignals) -> None:
    angles = rm.leg_angles(running, "left")
    foot = np.array(running.left.toe) - np.array(running.left.heel)
    assert np.allclose(np.tan(angles.foot_pitch), foot[:, 1] / foot[:, 0])
    assert np.allclose(angles.knee_flexion, angles.thigh - angles.shank)
    assert 1.0 < np.max(angles.knee_flexion) < 2.5  # swing of a run
    assert -0.2 < np.min(angles.knee_flexion) < 0.6
    assert len(rm.leg_angles(rm.GaitSignals(), "left").shank) == 0


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

    class Late:
        def detect(self, given: rm.GaitSignals) -> rm.GaitEvents:
            return late(given)

    assert rm.detect_events(signals, Late()).detector == "late"
    with pytest.raises(TypeError, match="object with a method detect, not int"):
        rm.detect_events(signals, detector=3)  # type: ignore[arg-type]


def test_a_broken_detector_is_named(signals: rm.GaitSignals) -> None:
    def fixed(_: rm.GaitSignals) -> rm.GaitEvents:
        events = rm.GaitEvents()
        events.events = [rm.GaitEvent("left", "foot_strike", 1.0)]
        return events

    with pytest.raises(AssertionError, match="every point is missing"):
        check_detector(fixed, signals)

    def one_foot(given: rm.GaitSignals) -> rm.GaitEvents:
        events = rm.detect_events(given)
        events.events = [e for e in events.events if e.side == "left"]
        return events

    with pytest.raises(AssertionError, match="follow each other"):
        check_detector(one_foot, signals)

    def by_frame(given: rm.GaitSignals) -> rm.GaitEvents:
        events = rm.detect_events(given)
        events.events = [rm.GaitEvent(e.side, e.type, round(e.time_s, 2)) for e in events.events]
        return events

    with pytest.raises(AssertionError, match="later clock"):
        check_detector(by_frame, signals)


def _moved(
    given: rm.GaitSignals, shift: Callable[[rm.GaitEvent], float], order: int = 1
) -> rm.GaitEvents:
    events = rm.detect_events(given, "foot_anchor")
    events.events = [rm.GaitEvent(e.side, e.type, e.time_s + shift(e)) for e in events.events]
    events.events = events.events[::order]
    return events


_calls = iter(range(1000))


def _height(given: rm.GaitSignals, event: rm.GaitEvent) -> float:
    heights = np.array(getattr(given, event.side).heel)[:, 1]
    return 0.01 * float(np.interp(event.time_s, np.array(given.time_s), heights))


def _seen_only(given: rm.GaitSignals) -> rm.GaitEvents:
    whole = given.n_frames and np.isfinite(np.array(given.left.toe)).all()
    return rm.detect_events(given, "foot_anchor") if whole else rm.GaitEvents()


BREAKERS: list[tuple[str, Callable[[rm.GaitSignals], rm.GaitEvents]]] = [
    ("not sorted by time; sort", lambda s: _moved(s, lambda e: 0.0, -1)),
    ("not finite; leave out", lambda s: _moved(s, lambda e: np.nan if e.time_s > 4 else 0.0)),
    ("on its clock, not frames", lambda s: _moved(s, lambda e: 200 * e.time_s)),
    ("same signals again.*seed what is random", lambda s: _moved(s, lambda e: 1e-4 * next(_calls))),
    ("in signals of no frames: .*IndexError", lambda s: _moved(s, lambda e: 0.0 * s.time_s[0])
     if s.time_s[0] >= 0 else rm.GaitEvents()),
    ("mirrored runner.*both feet alike",
     lambda s: _moved(s, lambda e: 0.003 if e.side == "left" else 0.0)),
    ("moved runner.*relative to the ground", lambda s: _moved(s, lambda e: _height(s, e))),
    ("later clock.*times, not numbers", lambda s: _moved(s, lambda e: 0.01 * (e.time_s % 0.1))),
    ("a hole of a few frames.*bridge holes", _seen_only),
    ("half the frame rate.*between frames",
     lambda s: _moved(s, lambda e: 9.0 * float(np.diff(s.time_s[:2])[0]))),
]  # fmt: skip


@pytest.mark.parametrize(("said", "broken"), BREAKERS, ids=[b[0][:20] for b in BREAKERS])
def test_every_law_can_be_broken(
    running: rm.GaitSignals, said: str, broken: Callable[[rm.GaitSignals], rm.GaitEvents]
) -> None:
    with pytest.raises(AssertionError, match=said):
        check_detector(broken, running)


def test_foot_motion(running: rm.GaitSignals) -> None:
    foot = rm.foot_motion(running, "right", cutoff_hz=30.0)
    assert running.rate_hz == pytest.approx(200.0)
    assert foot.rate_hz == pytest.approx(200.0)
    assert foot.ground_m_s < -2.0  # the belt runs backward
    assert np.array(foot.heel_velocity).shape == (running.n_frames, 3)
    clock = np.array(running.time_s)
    for strike in rm.detect_events(running).times("right", "foot_strike")[1:-1]:
        speed = np.linalg.norm(np.array(foot.toe_velocity), axis=1)
        assert np.interp(strike + 0.12, clock, speed) < 0.2 * -foot.ground_m_s
    rate = np.gradient(np.array(rm.leg_angles(running, "right").shank), clock)
    assert np.nanmax(np.abs(rate - foot.rates.shank)) < 0.2 * np.nanmax(np.abs(rate))
    with pytest.raises(ValueError, match="cutoff_hz is 150"):
        rm.foot_motion(running, "right", cutoff_hz=150.0)


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


def rms_ms(truth: rm.GaitEvents, found: rm.GaitEvents, kind: str) -> float:
    """RMS distance of the true events to the nearest found, up to 50 ms."""
    errors = []
    for side in ("left", "right"):
        times = np.array([e.time_s for e in found.events if (e.side, e.type) == (side, kind)])
        for e in truth.events:
            if (e.side, e.type) == (side, kind):
                off = 1e3 * float(np.abs(times - e.time_s).min())
                errors += [off] if off < 50.0 else []
    return float(np.sqrt(np.mean(np.square(errors))))


def test_feet_as_recorded_show_toe_off(data: Locate) -> None:
    """The rigid foot of a fit hides toe-off; joints of the fit with recorded feet do not."""
    recording = rm.read(data("rbds/RBDS002runT25.c3d.gz"), surface="treadmill")
    standing = rm.read(data("rbds/RBDS002static.c3d.gz"))
    truth = rm.force_events(recording)
    calibration = rm.with_moving_markers(rm.calibrate(standing), recording)
    motion = rm.fit(recording, calibration)
    signals = rm.gait_signals(motion)
    assert signals.from_fit
    assert not signals.feet_from_fit
    assert motion.knows_recorded_feet
    again = rm.gait_signals(motion, recording=recording)
    found = rm.detect_events(signals)
    assert [(e.side, e.type, e.time_s, e.sd_s) for e in found.events] == [
        (e.side, e.type, e.time_s, e.sd_s) for e in rm.detect_events(again).events
    ]
    # Force plates stay with the recording.
    assert len(again.plates) == 1
    assert not signals.plates
    assert "give the recording" in rm.detect_events(signals, detector="force_plate").notes[0].text
    drawn = motion.draw(1)[0]
    assert np.array_equal(
        np.asarray(rm.gait_signals(drawn).left.toe), np.asarray(signals.left.toe), equal_nan=True
    )
    fitted = rm.gait_signals(motion, feet="fitted")
    assert fitted.feet_from_fit
    with pytest.raises(ValueError, match="allowed: one of them"):
        rm.gait_signals(motion, recording=recording, feet="fitted")
    with pytest.raises(ValueError, match="feet is 'shoes'; allowed: recorded, fitted"):
        rm.gait_signals(motion, feet="shoes")
    straight = rm.detect_events(rm.gait_signals(recording))
    for kind in ("foot_strike", "toe_off"):
        by_markers, by_fit, by_fitted_foot = (
            rms_ms(truth, events, kind) for events in (straight, found, rm.detect_events(fitted))
        )
        assert by_fit < by_markers + 0.3
        assert by_fit < by_fitted_foot

    def contact_ms(events: rm.GaitEvents) -> float:
        return 1e3 * float(np.nanmean([s.contact_s for s in rm.strides(events)]))

    assert contact_ms(rm.detect_events(signals)) == pytest.approx(contact_ms(truth), abs=15.0)
    with pytest.raises(ValueError, match="not fitted to this recording"):
        rm.gait_signals(motion, recording=standing)


def test_the_pelvis_follows_the_force(data: Locate) -> None:
    recording = rm.read(data("rbds/RBDS009runT35.c3d.gz"), surface="treadmill")
    lag = rm.force_lag(recording)
    assert lag.lag_s == pytest.approx(0.0061, abs=0.0007)
    assert lag.n > 80
    assert "ForceLag" in repr(lag)
    with pytest.raises(ValueError, match="no force plate"):
        rm.force_lag(rm.synthesise(seed=1, duration_s=3.0).recording)


RUNNERS = (1, 2, 3, 4, 5, 7, 8, 9, 11, 12, 14, 16, 17, 27)


@pytest.mark.parametrize(
    ("speed", "contact_20_ms", "contact_50_ms", "cadence"),
    [("25", 284.4, 267.7, 160.2), ("35", 236.8, 224.0, 169.0), ("45", 207.5, 197.1, 179.8)],
)
def test_forces_of_all_rbds_runners(
    data: Locate, speed: str, contact_20_ms: float, contact_50_ms: float, cadence: float
) -> None:
    contacts: dict[float, list[float]] = {20.0: [], 50.0: []}
    cadences: list[float] = []
    for runner in RUNNERS:
        path = data(f"rbds/RBDS{runner:03d}runT{speed}.c3d.gz")
        recording = rm.read(path, surface="treadmill")
        for threshold_n, means in contacts.items():
            events = rm.force_events(recording, rm.ForceEventOptions(threshold_n=threshold_n))
            strikes = [e for e in events.events if e.type == "foot_strike"]
            assert all(a.side != b.side for a, b in pairwise(strikes)), runner
            steps = np.diff([e.time_s for e in strikes])
            assert steps.max() < 1.5 * np.median(steps), runner  # none missed
            means.append(1e3 * float(np.nanmean([s.contact_s for s in rm.strides(events)])))
            if threshold_n == 20.0:
                cadences.append(60.0 / float(steps.mean()))
    assert np.mean(contacts[20.0]) == pytest.approx(contact_20_ms, abs=2.0)
    assert np.mean(contacts[50.0]) == pytest.approx(contact_50_ms, abs=2.0)
    assert np.mean(cadences) == pytest.approx(cadence, abs=0.5)


def events_of(recording: rm.Recording, detector: str) -> list[tuple[str, str, float]]:
    found = rm.detect_events(rm.gait_signals(recording), detector=detector)
    return [(e.side, e.type, e.time_s) for e in found.events]


def test_the_way_a_laboratory_lies_moves_no_event(data: Locate) -> None:
    """Turned about the vertical, up along another axis, or mirrored: the same to rounding."""
    level = rm.read(data("rbds/RBDS012runT35.c3d.gz"), surface="treadmill")
    places = np.asarray(level.positions_m).reshape(level.n_frames, level.n_points, 3)

    def in_axes(axes: np.ndarray, **known: str) -> rm.Recording:
        return rm.Recording.from_arrays(
            places @ axes.T,
            labels=level.labels,
            time_s=np.asarray(level.time_s),
            unit="m",
            surface="treadmill",
            **known,
        )

    def turn(degrees: float) -> np.ndarray:
        c, s = np.cos(np.radians(degrees)), np.sin(np.radians(degrees))
        return np.array([[c, 0.0, s], [0.0, 1.0, 0.0], [-s, 0.0, c]])

    z_up = np.array([[1.0, 0.0, 0.0], [0.0, 0.0, -1.0], [0.0, 1.0, 0.0]])
    turned = [turn(a) for a in (1.0, 5.0, 37.0, 90.0, 143.0, 180.0, -60.0)] + [z_up @ turn(20.0)]
    recordings = [in_axes(axes) for axes in turned]
    # A mirrored axis is refused, and said where the directions are given; the hips, regressed to
    # the wrong side of the pelvis, then move events a little.
    mirror = np.diag([1.0, 1.0, -1.0])
    with pytest.raises(ValueError, match="left and right lie the wrong way round"):
        in_axes(mirror)
    mirrored = in_axes(mirror, forward="+x", up="+y")
    assert any("left and right lie the wrong way round" in n.text for n in mirrored.notes)
    for detector in ("runmech", "foot_anchor"):
        there = events_of(in_axes(np.eye(3)), detector)
        assert len(there) > 100
        for recording in (*recordings, mirrored):
            here = events_of(recording, detector)
            assert [e[:2] for e in here] == [e[:2] for e in there]
            apart_s = max(abs(a[2] - b[2]) for a, b in zip(here, there, strict=True))
            assert apart_s < (0.002 if recording is mirrored else 1e-9)
