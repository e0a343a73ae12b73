"""Clips of real runners: foot contacts against what eyes noted, or a refusal that says why."""

from __future__ import annotations

import itertools
import json
from collections.abc import Callable
from pathlib import Path
from types import ModuleType
from typing import Any

import numpy as np
import pytest

import runmech as rm

Locate = Callable[[str], Path]
DETECTORS = ("foot_anchor", "runmech")


@pytest.fixture(scope="module")
def clips(script: Callable[[str], ModuleType]) -> ModuleType:
    return script("benchmarks/accuracy/keypoint_clips.py")


def files(clip: Path) -> list[Path]:
    return sorted((clip / "keypoints").glob("*.csv"))


@pytest.mark.parametrize("detector", DETECTORS)
@pytest.mark.parametrize("clip", ["side_treadmill_garage30", "side_path_openpose"])
def test_near_foot_of_side_views(clip: str, detector: str, clips: ModuleType, data: Locate) -> None:
    for keypoints in files(data(f"keypoints/{clip}")):
        s = clips.score(keypoints, detector)
        assert (s.found, s.good, s.extra) == (s.noted, s.noted, 0), s
        assert s.cadence_error is not None
        assert abs(s.cadence_error) < 0.01, s


@pytest.mark.parametrize("detector", DETECTORS)
@pytest.mark.parametrize(
    ("clip", "rate_hz"), [("side_street_pass50", 112.0), ("side_track_pan_slowmo", 101.6)]
)
def test_films_that_are_not_real_time(
    clip: str, rate_hz: float, detector: str, clips: ModuleType, data: Locate
) -> None:
    folder = data(f"keypoints/{clip}")
    for keypoints in files(folder):
        stored = clips.score(keypoints, detector)
        assert stored.kind == "unclear", stored
        assert "slow motion" in stored.reason
        told = clips.score(keypoints, detector, rate_hz)
        assert told.kind == "running", told
        # Noted to two frames there.
        assert (told.found, told.extra) == (told.noted, 0), told
        assert told.worst_frames < 3.0, told
        if told.cadence_error is not None:
            assert abs(told.cadence_error) < 0.01, told
    main = clips.score(folder / "keypoints/mediapipe_full.csv", detector, rate_hz)
    assert main.good == main.noted, main


def test_doubled_pictures_are_said(data: Locate) -> None:
    for keypoints in files(data("keypoints/side_street_pass50")):
        events = rm.detect_events(rm.gait_signals(rm.read(keypoints)))
        assert any("repeat the one before" in n.text for n in events.notes)


@pytest.mark.parametrize("clip", ["side_gif_lowres15", "handheld_front_side_rear"])
def test_too_little_or_changing_picture_is_refused(clip: str, data: Locate) -> None:
    for keypoints in files(data(f"keypoints/{clip}")):
        events = rm.detect_events(rm.gait_signals(rm.read(keypoints)))
        assert events.kind == "unclear"
        assert {e.state for e in events} <= {"unknown"}


def test_walking_is_never_running(data: Locate) -> None:
    for keypoints in files(data("keypoints/side_walk_bothways")):
        events = rm.detect_events(rm.gait_signals(rm.read(keypoints)))
        assert events.kind == "walking"
        assert "running" not in {e.state for e in events}
        # Walks to the left, stands, and walks backward to the right.
        assert any("moves backward" in n.text for n in events.notes)


@pytest.mark.parametrize(
    ("clip", "view"),
    [("rear_treadmill_gym", "rear"), ("rear_path_openpose", "rear"),
     ("front_inplace_room", "front")],
)  # fmt: skip
def test_what_a_view_from_behind_or_the_front_does_not_show(
    clip: str, view: str, data: Locate
) -> None:
    folder = data(f"keypoints/{clip}")
    meta: dict[str, Any] = json.loads((folder / "meta.json").read_text(encoding="utf-8"))
    for keypoints in files(folder):
        signals = rm.gait_signals(rm.read(keypoints, view=view))
        events = rm.detect_events(signals)
        assert events.running, events.reason
        assert any("approximate contacts only" in n.text for n in events.notes)
        # Coarse, and said so: 15 ms and more.
        assert min(e.sd_s for e in events) > 0.012
        told = rm.recognise_gait(signals)
        assert told.cadence_per_min == pytest.approx(meta["cadence_by_eye_spm"], rel=0.03)
        assert np.isnan(rm.running_speed(signals, events).speed_m_s)
        table = rm.metrics(signals, events)
        for metric in ("overstride", "knee_flexion_contact", "trunk_lean", "step_length"):
            assert {r.status for r in table.rows if r.metric == metric} == {"not_observed"}, metric


def test_contacts_seen_from_behind(clips: ModuleType, data: Locate) -> None:
    s = clips.score(
        data("keypoints/rear_treadmill_gym/keypoints/mediapipe_full.csv"), "foot_anchor"
    )
    assert s.found >= s.noted - 1  # the clip begins in a stance
    assert s.extra == 0
    assert s.worst_frames <= 2.0
    assert abs(s.cadence_error) < 0.01


#: What becomes of frame numbers: (frame shown, its time in frames of 1/30 s).
Film = Callable[[int], list[tuple[int, float]]]
FILMS: dict[str, tuple[Film, str]] = {
    "half the pictures": (lambda n: [(k, k) for k in range(0, n, 2)], "frames per stride"),
    "every picture twice": (lambda n: [(k // 2, k) for k in range(2 * n)], "doubled"),
    "slow motion": (lambda n: [(k, 3 * k) for k in range(n)], "slow motion"),
    "very slow motion": (lambda n: [(k, 8 * k) for k in range(n)], "slow motion"),
    "ramp": (lambda n: [(k, k if k < 180 else 4 * k - 540) for k in range(n)], "slow motion"),
    "frozen first": (lambda n: [(max(0, k - 120), k) for k in range(n + 120)], ""),
    "one in six repeated": (lambda n: [(k - (k % 6 == 5), k) for k in range(n)], ""),
}


@pytest.mark.parametrize("name", FILMS)
def test_films_with_a_clock_that_lies(name: str, data: Locate, tmp_path: Path) -> None:
    source = data("keypoints/side_treadmill_garage30/keypoints/rtmpose_halpe26.csv")
    head, *lines = source.read_text(encoding="utf-8").splitlines()
    pictures = [
        [line.split(",", 2)[2] for line in group]
        for _, group in itertools.groupby(lines, key=lambda line: line.split(",", 1)[0])
    ]
    film, reason = FILMS[name]
    rows = [
        f"{i},{at / 30:.4f},{point}"
        for i, (shown, at) in enumerate(film(len(pictures)))
        for point in pictures[shown]
    ]
    (tmp_path / "film.csv").write_text("\n".join([head, *rows]) + "\n", encoding="utf-8")
    signals = rm.gait_signals(rm.read(tmp_path / "film.csv"))
    events = rm.detect_events(signals)
    if reason:
        assert events.kind == "unclear"
        assert reason in events.reason
        assert {e.state for e in events} <= {"unknown"}
    else:
        assert events.running
        assert rm.recognise_gait(signals).cadence_per_min == pytest.approx(168.8, rel=0.01)
        # The film's own doubt does not invent steps: 12 s hold 33 or 34.
        assert 65 <= len(events) <= 69
