"""Each step says whether it is running, grounded running or walking; metrics use running ones."""

from __future__ import annotations

import csv
import itertools
import subprocess
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pytest

import runmech as rm

Locate = Callable[[str], Path]
Array = np.ndarray
Parts = list[tuple[str, float]]

#: stride time s, duty factor, speed m/s, how far the pelvis sinks at mid-stance m
GAITS = {
    "stand": (1.0, 1.0, 0.0, 0.0),
    "walking": (1.06, 0.62, 1.4, -0.02),
    "running": (0.72, 0.36, 3.0, 0.04),
    "grounded": (0.76, 0.54, 2.0, 0.03),
}


@dataclass
class Step:
    """One step of the stick runner."""

    side: str
    strike_s: float
    state: str


def stick_runner(
    parts: Parts, *, scale: float = 1.0, treadmill: bool = False, noise_m: float = 0.0
) -> tuple[rm.GaitSignals, list[Step]]:
    """Feet and pelvis of someone who does one thing after the other, each for some seconds.

    A stance foot stays where the ground takes it, the swinging one comes forward on a cubic; gaits
    change within 0.3 s. ``scale``: a smaller body on the clock that goes with it.
    """
    t = np.arange(round(1000 * sum(s for _, s in parts))) / 1000
    kinds = np.repeat([kind for kind, _ in parts], [round(1000 * s) for _, s in parts])
    window = np.hanning(301) / np.hanning(301).sum()

    def softly(x: Array) -> Array:
        return np.convolve(np.pad(x, 150, mode="edge"), window, "valid")

    stride, duty, speed, sink = (softly(np.array([GAITS[k][i] for k in kinds])) for i in range(4))
    moves = softly((kinds != "stand").astype(float))
    phase = np.cumsum(softly(np.where(kinds == "stand", 0.0, 1 / stride))) / 1000
    pelvis = np.cumsum(speed) / 1000
    steps: list[Step] = []
    signals = rm.GaitSignals()
    frames = np.arange(0, len(t), 10)
    signals.time_s = t[frames] * scale**0.5
    random = np.random.default_rng(5)

    def point(x: Array, y: Array, z: float) -> Array:
        moved = x - pelvis if treadmill else x
        clean = scale * np.column_stack([moved, y, np.full(len(x), z)])[frames]
        return clean + noise_m * random.standard_normal(clean.shape)

    hip = 0.95 - sink * moves * np.cos(4 * np.pi * (phase - duty / 2))
    signals.pelvis = point(pelvis, hip, 0.0)
    for side, shift, z in (("left", 0.0, -0.1), ("right", 0.5, 0.1)):
        p = (phase + shift) % 1
        d = np.minimum(duty, 0.9)
        reach = speed * stride * d / 2
        down = p < d
        q = np.where(down, p / d, (p - d) / (1 - d))
        slope = -2 * reach * (1 - d) / d
        swing = reach * (6 * q**2 - 4 * q**3 - 1) + slope * (2 * q**3 - 3 * q**2 + q)
        x = pelvis + np.where(down, reach * (1 - 2 * q), swing)
        lift = np.where(down, 0.0, 0.06 * np.sin(np.pi * q) * speed**0.5)
        roll = 0.9 * np.where(down, np.clip((q - 0.55) / 0.45, 0, 1) ** 2, (1 - q) ** 2) * moves
        toe_x, toe_y = x + 0.09, lift + 0.03
        heel_x, heel_y = toe_x - 0.18 * np.cos(roll), toe_y + 0.18 * np.sin(roll)
        leg = getattr(signals, side)
        leg.toe, leg.heel = point(toe_x, toe_y, z), point(heel_x, heel_y, z)
        leg.ankle = point(heel_x + 0.04, heel_y + 0.06, z)
        leg.hip = point(pelvis, hip - 0.05, z)
        leg.knee = point((pelvis + heel_x + 0.04) / 2 + 0.08, (hip + heel_y) / 2, z)
        landed = np.flatnonzero(~down[:-1] & down[1:]) + 1
        steps += [Step(side, float(t[i]) * scale**0.5, str(kinds[i])) for i in landed]
    return signals, sorted(steps, key=lambda s: s.strike_s)


CHANGES: list[Parts] = [
    [("stand", 3), ("walking", 5), ("running", 8)],
    [("stand", 2), ("running", 6), ("stand", 3)],
    [("walking", 6), ("running", 4)],
    [("running", 6), ("walking", 10)],
    [("running", 6), ("grounded", 5)],
    [("walking", 20), ("running", 3)],
    [("running", 5), ("walking", 6), ("running", 5)],
]


def edges(parts: Parts, scale: float) -> list[float]:
    return [x * scale**0.5 for x in itertools.accumulate(s for _, s in parts)]


@pytest.mark.parametrize("scale", [1.0, 0.62])
@pytest.mark.parametrize("treadmill", [False, True])
@pytest.mark.parametrize("parts", CHANGES, ids=lambda p: "-".join(k for k, _ in p))
def test_every_step_away_from_a_change_has_its_state(
    parts: Parts, treadmill: bool, scale: float
) -> None:
    signals, steps = stick_runner(parts, scale=scale, treadmill=treadmill, noise_m=0.001)
    for detector in ("foot_anchor", "runmech", "zeni_2008"):
        events = rm.detect_events(signals, detector=detector)
        assert events.running, (detector, events.reason)
        for step in steps:
            near = min(abs(step.strike_s - x) for x in [0.0, *edges(parts, scale)])
            if near < 1.1 * scale**0.5:
                continue
            found = [
                e
                for e in events
                if e.side == step.side
                and e.type == "foot_strike"
                and abs(e.time_s - step.strike_s) < 0.12 * scale**0.5
            ]
            assert [e.state for e in found] == [step.state], (detector, step)


@pytest.mark.parametrize("parts", CHANGES, ids=lambda p: "-".join(k for k, _ in p))
def test_metrics_are_those_of_the_running(parts: Parts) -> None:
    signals, _ = stick_runner(parts)
    events = rm.detect_events(signals)
    table = rm.metrics(signals, events)
    alone, _ = stick_runner([("running", 8)])
    expected = rm.metrics(alone, rm.detect_events(alone))
    for metric in ("cadence", "contact_time", "duty_factor", "flight_time", "step_length"):
        row, wanted = (t.summary(metric, "both") for t in (table, expected))
        if wanted is None:
            row, wanted = (t.summary(metric, "left") for t in (table, expected))
        assert row is not None
        assert wanted is not None
        assert row.value == pytest.approx(wanted.value, rel=0.05), metric
    others = {"walking", "grounded"} & {kind for kind, _ in parts}
    said = " ".join(n.text for n in table.notes if n.code == "states")
    for other in others:
        assert {"walking": "walking", "grounded": "without flight"}[other] in said
    assert bool(said) == bool(others)
    counted = rm.steps_that_count(events)
    assert {e.state for e in counted} <= {"running", "unknown"}
    assert {s.foot_strike_s for s in rm.strides(events)} <= {e.time_s for e in counted}


@pytest.mark.parametrize("kind", ["walking", "grounded"])
def test_one_gait_throughout_is_called_what_it_is(kind: str) -> None:
    signals, _ = stick_runner([(kind, 8)])
    events = rm.detect_events(signals)
    assert events.kind == kind
    assert {e.state for e in events} == {kind}
    with pytest.raises(rm.NotAnalysable, match={"walking": "walking", "grounded": "flight"}[kind]):
        rm.metrics(signals, events)


def test_standing_has_no_steps_and_a_part_of_it_is_said() -> None:
    assert rm.detect_events(stick_runner([("stand", 6)])[0]).kind in ("no_steps", "too_short")
    signals, _ = stick_runner([("stand", 6), ("running", 6)])
    events = rm.detect_events(signals)
    assert any("no steps in" in n.text for n in events.notes)
    assert all(e.time_s > 5.5 for e in events)


def test_events_set_by_hand_count() -> None:
    signals, _ = stick_runner([("walking", 6), ("running", 6)])
    events = rm.detect_events(signals)
    found = list(events)
    last = next(e for e in found if e.time_s > 8 and e.type == "foot_strike")
    by_hand = rm.GaitEvent(last.side, last.type, last.time_s + 0.004)
    assert by_hand.state == "unknown"
    events.events = [by_hand if e is last else e for e in found]
    assert by_hand.time_s in {e.time_s for e in rm.steps_that_count(events)}


@pytest.mark.parametrize("name", ["RBDS001runT25", "RBDS004runT35", "RBDS011runT45"])
def test_every_step_of_a_run_on_a_treadmill_runs(data: Locate, name: str) -> None:
    recording = rm.read(data(f"rbds/{name}.c3d.gz"))
    events = rm.detect_events(rm.gait_signals(recording))
    assert Counter(e.state for e in events) == {"running": len(events)}
    plates = rm.force_events(recording)
    assert Counter(e.state for e in plates)["running"] >= len(plates) - 2


def joined(parts: list[tuple[rm.GaitSignals, float, float]]) -> rm.GaitSignals:
    """Stretches of recordings, all at 150 Hz on a treadmill, one after the other."""
    keep = [(s, (np.asarray(s.time_s) >= a) & (np.asarray(s.time_s) < b)) for s, a, b in parts]

    def of(get: Callable[[rm.GaitSignals], Array]) -> Array:
        rows = [get(s)[k] if len(get(s)) else np.full((int(k.sum()), 3), np.nan) for s, k in keep]
        return np.concatenate(rows)

    out = rm.GaitSignals()
    out.time_s = np.arange(sum(int(k.sum()) for _, k in keep)) / 150
    out.surface = "treadmill"
    out.pelvis = of(lambda s: s.pelvis)
    for side in ("left", "right"):
        for name in ("hip", "knee", "ankle", "heel", "toe"):
            points = of(lambda s, side=side, name=name: getattr(getattr(s, side), name))
            if np.isfinite(points).any():
                setattr(getattr(out, side), name, points)
    return out


@pytest.mark.parametrize("order", ["walk-run", "run-walk", "run-walk-run"])
@pytest.mark.parametrize("name", ["RBDS001runT25", "RBDS004runT35", "RBDS011runT45"])
def test_a_recorded_walk_beside_a_recorded_run(name: str, order: str, data: Locate) -> None:
    """A slow walk (1.9 s a stride) beside a run: twice as long a rhythm and more."""
    walk = rm.gait_signals(rm.read(data("walking/fukuchi_WBDS19walkT01.c3d")))
    run = rm.gait_signals(rm.read(data(f"rbds/{name}.c3d.gz")))
    parts = {
        "walk-run": [(walk, 0.0, 8.0), (run, 0.0, 10.0)],
        "run-walk": [(run, 0.0, 6.0), (walk, 3.0, 15.0)],
        "run-walk-run": [(run, 0.0, 5.0), (walk, 3.0, 12.0), (run, 6.0, 11.0)],
    }[order]
    ends = list(itertools.accumulate(b - a for _, a, b in parts))
    signals = joined(parts)
    alone = rm.recognise_gait(run).cadence_per_min
    for detector in ("foot_anchor", "runmech"):
        events = rm.detect_events(signals, detector=detector)
        assert events.running, events.reason
        assert rm.recognise_gait(signals).cadence_per_min == pytest.approx(alone, rel=0.02)
        found = Counter()
        for e in events:
            if min(abs(e.time_s - end) for end in ends) > 1.1:
                part = next(i for i, end in enumerate(ends) if e.time_s < end)
                assert e.state == ("walking" if parts[part][0] is walk else "running"), e
                found[e.state] += 1
        assert (
            found["running"]
            > 0.75 * 4 * alone / 120 * sum(b - a - 1.1 for s, a, b in parts if s is run) - 4
        )
        assert found["walking"] >= 8


@pytest.mark.parametrize(
    "name", ["walking/fukuchi_WBDS19walkT01.c3d", "walking/motion_capture_walk.trc"]
)
def test_every_step_of_a_walk_walks(data: Locate, name: str) -> None:
    events = rm.detect_events(rm.gait_signals(rm.read(data(name))))
    assert events.kind == "walking"
    assert {e.state for e in events} == {"walking"}


def test_the_road_reports_the_running_part(
    runmech: Callable[..., subprocess.CompletedProcess[str]], tmp_path: Path
) -> None:
    """Someone stands, walks and runs past a camera; the run is analysed, the rest named."""
    signals, steps = stick_runner([("stand", 3), ("walking", 5), ("running", 9)])
    clock = np.asarray(signals.time_s)
    rows = ["frame,time_s,point,x_px,y_px,confidence"]
    for i, side in itertools.product(range(len(clock)), ("left", "right")):
        for name in ("hip", "knee", "ankle", "heel", "toe"):
            x, y, _ = getattr(getattr(signals, side), name)[i]
            label = f"{side}_{'big_toe' if name == 'toe' else name}"
            rows.append(f"{i},{clock[i]:.4f},{label},{200 * x + 100:.2f},{900 - 200 * y:.2f},0.9")
    film = tmp_path / "film.csv"
    film.write_text("\n".join(rows) + "\n", encoding="utf-8")
    out = tmp_path / "out"
    result = runmech("analyze", film, "--view", "side", "--stature-m", 1.75, "--out", out)
    assert result.returncode == 0, result.stderr
    assert "left out: 9 walking" in " ".join(result.stdout.split())
    with (out / "events.csv").open(encoding="utf-8") as stream:
        events = list(csv.DictReader(stream))
    begins = next(s.strike_s for s in steps if s.state == "running")
    assert min(float(e["time_s"]) for e in events) > begins - 0.8
    with (out / "metrics.csv").open(encoding="utf-8") as stream:
        cadence = [r for r in csv.DictReader(stream) if r["metric"] == "cadence"]
    assert {r["side"] for r in cadence} == {"left", "right", "both"}
    for row in cadence:
        assert float(row["value"]) == pytest.approx(120 / 0.72, rel=0.01)
