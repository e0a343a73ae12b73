"""What cannot be analysed is refused, and the reason names the argument that would put it right."""

from __future__ import annotations

import itertools
import re
import subprocess
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

import runmech as rm

Locate = Callable[[str], Path]
Change = Callable[[np.ndarray], np.ndarray]
Run = Callable[..., "subprocess.CompletedProcess[str]"]
DETECTORS = ("foot_anchor", "runmech", "zeni_2008", "ghoussayni_2004")
POINTS = ("hip", "knee", "ankle", "heel", "toe", "mt1", "mt5")


def synthetic(surface: str) -> rm.GaitSignals:
    run = rm.synthesise(duration_s=8.0, rate_hz=100, surface=surface, seed=3)
    return rm.gait_signals(run.recording, run.standing)


@pytest.fixture(scope="module")
def belt() -> rm.GaitSignals:
    return synthetic("treadmill")


@pytest.fixture(scope="module")
def floor() -> rm.GaitSignals:
    return synthetic("overground")


def changed(signals: rm.GaitSignals, change: Change) -> rm.GaitSignals:
    out = signals.copy()
    for side, name in itertools.product(("left", "right"), POINTS):
        points = getattr(getattr(out, side), name)
        if len(points):
            setattr(getattr(out, side), name, change(points))
    for name in ("pelvis", "pelvis_left", "pelvis_right", "trunk_top"):
        if len(getattr(out, name)):
            setattr(out, name, change(getattr(out, name)))
    return out


def refused(signals: rm.GaitSignals, *words: str) -> None:
    """No detector finds anything that counts, and the reason holds the words."""
    for detector in DETECTORS:
        events = rm.detect_events(signals, detector=detector)
        assert not events.running
        assert {e.state for e in events} <= {"unknown"}
        for word in words:
            assert word in events.reason, (word, events.reason)
        with pytest.raises(rm.NotAnalysable, match=re.escape(words[0])):
            rm.metrics(signals, events)


@pytest.mark.parametrize("surface", ["treadmill", "overground"])
@pytest.mark.parametrize(
    "axes",
    [(1, -2, -3), (-1, -2, 3), (1, 3, -2), (1, -3, 2), (2, -1, 3), (-2, 1, 3)],
    ids=["rolled", "turned over", "on the left", "on the right", "nose down", "on the back"],
)
def test_up_is_another_axis(
    axes: tuple[int, ...], surface: str, belt: rm.GaitSignals, floor: rm.GaitSignals
) -> None:
    signals = changed(
        belt if surface == "treadmill" else floor,
        lambda p: np.column_stack([np.sign(i) * p[:, abs(i) - 1] for i in axes]),
    )
    refused(signals, "the pelvis is not above the feet", "give up")


@pytest.mark.parametrize("surface", ["treadmill", "overground"])
def test_a_run_played_backward(surface: str, belt: rm.GaitSignals, floor: rm.GaitSignals) -> None:
    """On a belt nothing travels: the lifted foot tells."""
    signals = changed(belt if surface == "treadmill" else floor, lambda p: p[::-1])
    refused(signals, "direction of progression", "moves backward", "forward (--direction)")


@pytest.mark.parametrize("noise_m", [0.0, 0.0002, 0.001, 0.005])
def test_standing_is_no_travel(noise_m: float, belt: rm.GaitSignals) -> None:
    random = np.random.default_rng(2)
    signals = changed(
        belt, lambda p: np.repeat(p[70:71], len(p), 0) + random.normal(0, noise_m, p.shape)
    )
    events = rm.detect_events(signals)
    assert events.kind == "no_steps"
    assert not len(events)
    assert "backward" not in events.reason


def test_a_walk_on_a_belt_has_no_way_back(data: Locate) -> None:
    """Drifting on the belt is not travelling against the direction of progression."""
    events = rm.detect_events(rm.gait_signals(rm.read(data("walking/fukuchi_WBDS19walkT01.c3d"))))
    assert not [n for n in events.notes if n.code == "direction"]


def test_overground_without_a_pelvis(floor: rm.GaitSignals) -> None:
    signals = floor.copy()
    signals.pelvis = np.zeros((0, 3))
    refused(signals, "no point of the pelvis was recorded")


def test_two_steps_are_two(belt: rm.GaitSignals) -> None:
    strikes = [e.time_s for e in rm.detect_events(belt) if e.type == "foot_strike"]
    clock = np.asarray(belt.time_s)
    keep = (clock > strikes[4] - 0.15) & (clock < strikes[6] - 0.05)
    signals = changed(belt, lambda p: p[keep])
    signals.time_s = clock[keep]
    events = rm.detect_events(signals)
    assert events.running
    assert events.reason == "2 running steps: too short for a cadence"
    row = rm.metrics(signals, events).summary("cadence", "both")
    assert row is None or row.status != "ok"


def test_one_foot_stands_and_the_other_runs(belt: rm.GaitSignals) -> None:
    """The far foot drawn at a wrong place for most of the stride: half the steps are nonsense."""
    off = rm.detect_events(belt, detector="foot_anchor")
    signals = belt.copy()
    clock = np.asarray(belt.time_s)
    # The right foot is kept on the ground for 0.25 s beyond its toe-off.
    for name in ("heel", "toe", "mt1", "mt5", "ankle"):
        points = np.array(getattr(signals.right, name))
        if not len(points):
            continue
        for t in off.times("right", "toe_off"):
            last = int(np.searchsorted(clock, t)) - 3
            stays = slice(last, min(last + 28, len(clock)))
            points[stays] = points[last] - np.outer(clock[stays] - clock[last], [3.0, 0, 0])
        setattr(signals.right, name, points)
    events = rm.detect_events(signals, detector="foot_anchor")
    assert not events.running
    assert {e.state for e in events} <= {"unknown"}
    assert "points of a leg are wrong" in events.reason


def pictures(source: Path) -> tuple[str, list[list[str]]]:
    head, *lines = source.read_text(encoding="utf-8").splitlines()
    groups = itertools.groupby(lines, key=lambda line: line.split(",", 1)[0])
    return head, [[line.split(",", 2)[2] for line in group] for _, group in groups]


def film(source: Path, target: Path, shown: list[tuple[int, float]]) -> Path:
    """Write the pictures (number, time in s) of a clip as a film of its own."""
    head, all_pictures = pictures(source)
    rows = [
        f"{i},{at:.5f},{point}"
        for i, (number, at) in enumerate(shown)
        for point in all_pictures[number]
    ]
    target.write_text("\n".join([head, *rows]) + "\n", encoding="utf-8")
    return target


@pytest.fixture
def garage(data: Locate) -> Path:
    return data("keypoints/side_treadmill_garage30/keypoints/rtmpose_halpe26.csv")


@pytest.mark.parametrize("copies", [1, 2, 4])
@pytest.mark.parametrize("rate_hz", [0.0, 12.0, 15.0, 18.0, 20.0, 25.0])
def test_fifteen_pictures_per_second_are_too_few_whatever_the_rate(
    rate_hz: float, copies: int, garage: Path, tmp_path: Path
) -> None:
    """A wrong rate does not make more pictures, nor does storing each of them several times."""
    shown = [(2 * (i // copies), i / 15 / copies) for i in range(180 * copies)]
    source = film(garage, tmp_path / "film.csv", shown)
    known = {"rate_hz": rate_hz * copies} if rate_hz else {}
    signals = rm.gait_signals(rm.read(source, **known))
    events = rm.detect_events(signals)
    assert events.kind == "unclear"
    assert "per stride; at least 12 are needed" in events.reason
    with pytest.raises(rm.NotAnalysable):
        rm.metrics(signals, events)


@pytest.mark.parametrize("slower", [2.0, 3.4, 5.0])
def test_slow_motion_names_the_rate_that_puts_it_right(
    slower: float, garage: Path, tmp_path: Path, runmech: Run
) -> None:
    source = film(garage, tmp_path / "film.csv", [(i, slower * i / 30) for i in range(240)])
    events = rm.detect_events(rm.gait_signals(rm.read(source)))
    assert events.kind == "unclear"
    assert "rate_hz" in events.reason
    if slower > 4:  # too slow for a rhythm
        return
    low, high = map(float, re.findall(r"and (\d+) to (\d+) would make", events.reason)[0])
    assert low < 30.0 < high
    if slower != 3.4:
        return
    out = tmp_path / "out"
    asked = runmech("analyze", source, "--out", out)
    assert asked.returncode == 3
    assert "give the true frame rate as rate_hz" in asked.stderr
    assert not (out / "report.html").exists()
    told = runmech("analyze", source, "--rate-hz", 30, "--out", out)
    assert told.returncode == 0, told.stderr
    cadence = re.search(r"cadence .*?([\d.]+) ±[ \d.]+$", told.stdout, re.MULTILINE)
    assert cadence is not None
    assert float(cadence.group(1)) == pytest.approx(168.8, rel=0.01)


@pytest.mark.parametrize("first", ["real time", "slow"])
def test_a_speed_ramp_names_the_part_in_real_time(first: str, garage: Path, tmp_path: Path) -> None:
    steps = [1 / 30] * 200 + [2.5 / 30] * 159
    if first == "slow":
        steps = steps[::-1]
    times = np.cumsum([0.0, *steps])
    source = film(garage, tmp_path / "film.csv", list(enumerate(times)))
    reason = rm.detect_events(rm.gait_signals(rm.read(source))).reason
    part = re.search(r"from ([\d.]+) to ([\d.]+) s it shows (\d+) steps/min: .* start_s and end_s",
                     reason)  # fmt: skip
    assert part is not None, reason
    assert float(part.group(3)) == pytest.approx(168.8, rel=0.03)
    change = times[200] if first == "real time" else times[159]
    edge = float(part.group(2 if first == "real time" else 1))
    assert edge == pytest.approx(change, abs=1.5)
    # Said to the letter, it works; the edge is good to a stride or two.
    inner = {"end_s": edge - 0.8} if first == "real time" else {"start_s": edge + 0.8}
    signals = rm.gait_signals(rm.read(source, **inner))
    assert rm.detect_events(signals).running
    assert rm.recognise_gait(signals).cadence_per_min == pytest.approx(168.8, rel=0.02)


def test_a_small_person_at_fifteen_pictures_is_not_analysed_as_nonsense(data: Locate) -> None:
    """With a wrong rate the apparent cadence may be one of running; the contacts are not."""
    for source in sorted(data("keypoints/side_gif_lowres15/keypoints").glob("*.csv")):
        for rate_hz in (15.0, 20.0, 24.0, 30.0):
            events = rm.detect_events(rm.gait_signals(rm.read(source, rate_hz=rate_hz)))
            if not events.running:
                assert len(events.reason) > 20
                continue
            for side in ("left", "right"):
                strikes = np.array(events.times(side, "foot_strike"))
                offs = np.array(events.times(side, "toe_off"))
                contacts = [offs[offs > t][0] - t for t in strikes if (offs > t).any()]
                stride = 2 * 14.8 / 2 / rate_hz
                assert np.median(contacts) < 0.5 * stride, (source.stem, rate_hz, side)


@pytest.mark.parametrize(("share", "size_m"), [(0.01, 0.3), (0.01, 1.0), (0.03, 1.0)])
def test_samples_that_jump_move_no_event(share: float, size_m: float, data: Locate) -> None:
    recording = rm.read(data("rbds/RBDS001runT35.c3d.gz"))
    clean = rm.gait_signals(recording)
    assert not [n for n in clean.notes if "jump away" in n.text]
    random = np.random.default_rng(1)
    positions = np.array(recording.positions_m)
    hit = random.random(positions.shape[:2]) < share
    positions[hit] += random.normal(0, size_m, (int(hit.sum()), 3))
    recording.positions_m = positions
    signals = rm.gait_signals(recording)
    assert any("jump away" in n.text for n in signals.notes)
    for detector, most_s in (("foot_anchor", 0.01), ("runmech", 0.031)):
        events = rm.detect_events(signals, detector=detector)
        wanted = rm.detect_events(clean, detector=detector)
        for side, kind in itertools.product(("left", "right"), ("foot_strike", "toe_off")):
            found, true = (np.array(e.times(side, kind)) for e in (events, wanted))
            assert len(found) == len(true)
            assert np.abs(found - true).max() < most_s
