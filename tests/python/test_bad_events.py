"""Input that cannot give good events: what is wrong is stated, not guessed."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest

import runmech as rm

POINTS = ("hip", "knee", "ankle", "heel", "toe", "mt1", "mt5")
DETECTORS = ("foot_anchor", "runmech")


def synthetic(surface: str) -> rm.GaitSignals:
    run = rm.synthesise(duration_s=8.0, rate_hz=100, surface=surface, seed=3)
    signals = rm.gait_signals(run.recording, run.standing)
    signals.stated_speed_m_s = None
    return signals


@pytest.fixture(scope="module")
def belt() -> rm.GaitSignals:
    return synthetic("treadmill")


@pytest.fixture(scope="module")
def floor() -> rm.GaitSignals:
    return synthetic("overground")


def changed(signals: rm.GaitSignals, change: Callable[[np.ndarray], np.ndarray]) -> rm.GaitSignals:
    out = signals.copy()
    for side in ("left", "right"):
        leg = getattr(out, side)
        for name in POINTS:
            if len(getattr(leg, name)):
                setattr(leg, name, change(getattr(leg, name)))
    for name in ("pelvis", "pelvis_left", "pelvis_right", "trunk_top"):
        if len(getattr(out, name)):
            setattr(out, name, change(getattr(out, name)))
    return out


def without(signals: rm.GaitSignals, side: str, *names: str) -> rm.GaitSignals:
    out = signals.copy()
    for name in names:
        leg = getattr(out, side)
        setattr(leg, name, np.full_like(getattr(leg, name), np.nan))
    return out


def said(notes: list[rm.Note], code: str) -> str:
    return " ".join(note.text for note in notes if note.code == code and note.warning)


@pytest.mark.parametrize("detector", DETECTORS)
@pytest.mark.parametrize("surface", ["treadmill", "overground"])
@pytest.mark.parametrize("axes", [(-1, 2, -3), (-1, 2, 3), (3, 2, -1)])
def test_the_wrong_way_round(
    axes: tuple[int, ...], surface: str, detector: str, belt: rm.GaitSignals, floor: rm.GaitSignals
) -> None:
    signals = changed(
        belt if surface == "treadmill" else floor,
        lambda p: np.column_stack([np.sign(i) * p[:, abs(i) - 1] for i in axes]),
    )
    events = rm.detect_events(signals, detector=detector)
    assert not len(events)
    assert events.kind == "no_steps"
    assert "direction of progression" in events.reason
    with pytest.raises(rm.NotAnalysable, match="direction of progression"):
        rm.metrics(signals, events)


def test_a_treadmill_given_as_overground(belt: rm.GaitSignals) -> None:
    signals = belt.copy()
    signals.surface = "overground"
    events = rm.detect_events(signals)
    # The surface moves no event.
    assert [e.time_s for e in events] == [e.time_s for e in rm.detect_events(belt)]
    speed = rm.running_speed(signals, events)
    assert np.isnan(speed.speed_m_s)
    assert "as on a belt" in speed.reason
    table = rm.metrics(signals, events)
    assert "as on a belt" in said(table.notes, "surface")
    steps = [r for r in table.rows if r.metric == "step_length" and r.stride < 0]
    assert {r.status for r in steps} == {"not_observed"}
    # A stated speed needs no surface.
    table = rm.metrics(signals, events, speed_m_s=3.0)
    row = table.summary("step_length", "both")
    assert row is not None
    assert row.value == pytest.approx(1.08, abs=0.03)
    assert "as on a belt" in said(table.notes, "surface")


def test_overground_given_as_a_treadmill(floor: rm.GaitSignals) -> None:
    signals = floor.copy()
    signals.surface = "treadmill"
    events = rm.detect_events(signals)
    speed = rm.running_speed(signals, events)
    assert np.isnan(speed.speed_m_s)
    assert "as overground" in speed.reason
    table = rm.metrics(signals, events)
    assert "as overground" in said(table.notes, "surface")
    assert np.isnan(table.context.speed_m_s)
    assert {r.status for r in table.rows if r.metric == "step_length" and r.stride < 0} == {
        "not_observed"
    }


@pytest.mark.parametrize("surface", ["treadmill", "overground"])
def test_the_right_surface_is_not_doubted(
    surface: str, belt: rm.GaitSignals, floor: rm.GaitSignals
) -> None:
    signals = belt if surface == "treadmill" else floor
    table = rm.metrics(signals, rm.detect_events(signals))
    assert not said(table.notes, "surface")
    assert table.context.speed_m_s == pytest.approx(3.0, abs=0.03)


@pytest.mark.parametrize("detector", DETECTORS)
@pytest.mark.parametrize("sides", [("left",), ("left", "right")])
def test_no_forefoot(sides: tuple[str, ...], detector: str, belt: rm.GaitSignals) -> None:
    signals = belt
    for side in sides:
        signals = without(signals, side, "toe", "mt1", "mt5")
    events = rm.detect_events(signals, detector=detector)
    assert events.running
    text = said(events.notes, "unseen_toe")
    assert " and ".join(sides) in text
    for side in sides:
        offs = [e for e in events if e.side == side and e.type == "toe_off"]
        assert min(e.sd_s for e in offs) >= 0.014
        # Still where the foot leaves, to what is stated.
        whole = rm.detect_events(belt).times(side, "toe_off")
        nearest = [min(abs(e.time_s - t) for t in whole) for e in offs]
        assert max(nearest) < 3 * 0.014
    assert not said(rm.detect_events(belt, detector=detector).notes, "unseen_toe")


@pytest.mark.parametrize("detector", DETECTORS)
def test_one_side_missing(detector: str, belt: rm.GaitSignals) -> None:
    signals = without(belt, "left", *POINTS[:5])
    events = rm.detect_events(signals, detector=detector)
    assert events.running
    assert {e.side for e in events} == {"right"}
    assert {e.state for e in events} == {"running"}
    assert "left foot was not recorded" in said(events.notes, "unseen_foot")


@pytest.mark.parametrize("detector", DETECTORS)
def test_one_step_only(detector: str, belt: rm.GaitSignals) -> None:
    whole = rm.detect_events(belt, detector="foot_anchor")
    strike = next(e for e in whole if e.type == "foot_strike" and e.time_s > 2)
    off = next(e for e in whole if e.type == "toe_off" and e.side == strike.side
               and e.time_s > strike.time_s)  # fmt: skip
    clock = np.asarray(belt.time_s)
    keep = (clock > strike.time_s - 0.12) & (clock < off.time_s + 0.12)
    signals = changed(belt, lambda p: p[keep])
    signals.time_s = clock[keep]
    events = rm.detect_events(signals, detector=detector)
    if not len(events):
        assert events.kind in ("too_short", "unclear")
        assert events.reason
        return
    assert "too short for a cadence" in events.reason
    found = {(e.type, e.side): e for e in events}
    assert found["foot_strike", strike.side].time_s == pytest.approx(strike.time_s, abs=0.02)
    assert {e.state for e in events} <= {"running", "unknown"}
    row = rm.metrics(signals, events).summary("cadence", "both")
    assert row is None or row.status != "ok"


@pytest.mark.parametrize("detector", DETECTORS)
def test_standing(detector: str) -> None:
    run = rm.synthesise(duration_s=4.0, rate_hz=100, seed=3)
    events = rm.detect_events(rm.gait_signals(run.standing), detector=detector)
    assert not len(events)
    assert events.kind in ("no_steps", "too_short")
    assert events.reason


def bent(signals: rm.GaitSignals, after_m: float, angle: float, radius_m: float) -> rm.GaitSignals:
    """The same run on a path that goes straight, around a bend and straight on."""
    way = signals.pelvis[:, 0] - signals.pelvis[0, 0]
    heading = angle * np.clip((way - after_m) / (angle * radius_m), 0, 1)
    step = np.diff(way, prepend=way[0])
    x, z = np.cumsum(step * np.cos(heading)), np.cumsum(step * np.sin(heading))

    def moved(p: np.ndarray) -> np.ndarray:
        ahead, aside = p[:, 0] - signals.pelvis[:, 0], p[:, 2]
        return np.column_stack([
            x + ahead * np.cos(heading) - aside * np.sin(heading), p[:, 1],
            z + ahead * np.sin(heading) + aside * np.cos(heading),
        ])  # fmt: skip

    return changed(signals, moved)


@pytest.mark.parametrize("detector", DETECTORS)
@pytest.mark.parametrize("degrees", [30, 90, 180])
@pytest.mark.parametrize("radius_m", [1.5, 4.0])
def test_a_turn_ends_what_is_measured_along_the_run(
    radius_m: float, degrees: float, detector: str, floor: rm.GaitSignals
) -> None:
    signals = bent(floor, 12.0, np.radians(degrees), radius_m)
    events = rm.detect_events(signals, detector=detector)
    assert events.running
    told = " ".join(n.text for n in events.notes if n.warning and n.code == "direction")
    assert "left out" in told
    begins = float(np.interp(12.0, floor.pelvis[:, 0] - floor.pelvis[0, 0], floor.time_s))
    counted = list(rm.steps_that_count(events))
    # A step or two into the bend.
    assert max(e.time_s for e in counted) < begins + 0.8
    assert max(e.time_s for e in counted) > begins - 0.8
    straight = rm.metrics(floor, rm.detect_events(floor))
    table = rm.metrics(signals, events)
    assert table.context.speed_m_s == pytest.approx(straight.context.speed_m_s, rel=0.01)
    for metric in ("step_length", "overstride", "knee_lift"):
        row, wanted = table.summary(metric, "left"), straight.summary(metric, "left")
        assert row is not None
        assert wanted is not None
        assert row.value == pytest.approx(wanted.value, rel=0.04), metric


def test_a_run_across_the_direction_of_progression(floor: rm.GaitSignals) -> None:
    signals = bent(floor, -1.0, np.radians(40), 0.01)
    events = rm.detect_events(signals)
    assert events.kind == "unclear"
    assert "aside of the direction of progression" in events.reason
    assert {s.state for s in rm.recognise_gait(signals).steps} == {"unknown"}
