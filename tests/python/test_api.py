"""The public doors of Python: the road of the README, frames out of everything, arrays in."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

import runmech as rm


@pytest.fixture(scope="module")
def visit() -> rm.SyntheticRun:
    return rm.synthesise("miss_x_baseline", 1)


@pytest.fixture(scope="module")
def analysis(visit: rm.SyntheticRun) -> Any:
    return rm.analyze(visit.recording, static=visit.standing, strength=visit.strength)


def test_every_public_name_is_there_and_documented() -> None:
    for name in rm.__all__:
        assert hasattr(rm, name), name
        if callable(getattr(rm, name)):
            assert getattr(rm, name).__doc__, name
    assert sorted(rm.__all__) == sorted(set(rm.__all__))


def test_the_road(visit: rm.SyntheticRun, analysis: Any) -> None:
    subject = rm.Subject(mass_kg=60, stature_m=1.68, sex="female")
    skeleton = rm.calibrate(visit.standing, subject=subject)
    motion = rm.fit(visit.recording, skeleton)
    signals = rm.gait_signals(motion)
    events = rm.detect_events(signals, detector=rm.detector_names()[0])
    assert len(events) > 20
    events = rm.detect_events(signals)
    table = rm.metrics(motion, events)
    with_errors = rm.metrics(signals, events, motion=motion)
    assert table.to_pandas().equals(with_errors.to_pandas())
    assessment = rm.assess(table, strength=visit.strength)
    assert assessment.table.to_pandas().equals(table.to_pandas())
    fitted = rm.gait_signals(motion, feet="fitted")
    on_fitted = rm.metrics(fitted, rm.detect_events(fitted), motion=motion)
    alone = rm.assess(on_fitted, strength=visit.strength)
    standing = rm.fit(visit.standing, skeleton)
    seen = rm.gait_signals(motion, static=standing)
    as_seen = rm.assess(rm.metrics(seen, rm.detect_events(seen), motion=motion))
    session = rm.session(alone, subject=subject)
    for one, again in (
        (assessment, assessment),
        (alone, alone),
        (alone, session),
        (as_seen, analysis),
    ):
        change = rm.compare(one, again)
        assert change.comparable
        assert not [c for c in change.changes if c.verdict.startswith("real_change")]
    for told in (on_fitted, table, analysis.table):
        assert told.context.told_by == ""
        contact, truth = (t.summary("contact_time", "both") for t in (told, visit.truth.metrics))
        assert contact is not None
        assert truth is not None
        assert contact.value == pytest.approx(truth.value, abs=0.012)
    # Feet unlike people's are handed over to the simpler rule: its errors and those of the
    # regression do not cancel.
    handed = rm.detect_events(seen, detector="foot_anchor")
    handed.detector, handed.told_by = "runmech", "foot_anchor"
    simpler = rm.metrics(seen, handed, motion=motion)
    assert simpler.context.told_by == "foot_anchor"
    mixed = rm.compare(alone, rm.assess(simpler, strength=visit.strength))
    assert "detector" in [note.code for note in mixed.notes if note.warning]
    verdicts = {(c.metric, c.side): c.verdict for c in mixed.changes}
    assert verdicts["contact_time", "both"] in ("no_detectable_change", "possible")
    assert not [c for c in mixed.changes if c.verdict.startswith("real_change")]
    change = rm.compare(assessment, rm.assess(table, strength=visit.strength))
    assert {c.verdict for c in change.strength} == {"no_detectable_change"}


def test_without_a_fit(visit: rm.SyntheticRun) -> None:
    signals = rm.gait_signals(visit.recording, static=visit.standing)
    assert rm.detect_events(signals).running


def test_a_detector_of_ones_own(visit: rm.SyntheticRun) -> None:
    signals = rm.gait_signals(visit.recording, static=visit.standing)
    plain = rm.detect_events(signals)

    def later(given: rm.GaitSignals) -> rm.GaitEvents:
        found = rm.detect_events(given)
        found.events = [rm.GaitEvent(e.side, e.type, e.time_s + 0.01, e.sd_s) for e in found.events]
        return found

    own = rm.detect_events(signals, detector=later)
    shift = [b.time_s - a.time_s for a, b in zip(plain, own, strict=True)]
    np.testing.assert_allclose(shift, 0.01)
    with pytest.raises(TypeError, match="GaitEvents"):
        rm.detect_events(signals, detector=lambda s: 3)


def test_every_table_is_a_frame(visit: rm.SyntheticRun, analysis: Any) -> None:
    trial = analysis.trials[0]
    recording = visit.recording
    frame = recording.to_pandas()
    assert frame.shape == (recording.n_frames, 3 * recording.n_points)
    np.testing.assert_array_equal(
        frame[recording.labels[0]].to_numpy(), recording[recording.labels[0]]
    )
    angles = trial.motion.to_pandas()
    knee = np.degrees(trial.motion.coordinate("knee_angle_r", angles.index.to_numpy()))
    np.testing.assert_allclose(angles["knee_angle_r"], knee)
    events = trial.events.to_pandas()
    assert list(events.columns) == ["side", "type", "time_s", "sd_s", "flag", "state"]
    assert len(events) == len(trial.events)
    metrics = analysis.table.to_pandas()
    cadence = metrics.query("metric == 'cadence' and side == 'both' and stride < 0")
    assert cadence["value"].item() == analysis.table.summary("cadence").value
    assert len(analysis.assessment.to_pandas()) == len(analysis.assessment.findings)
    assert set(analysis.strength.to_pandas()["side"]) == {"left", "right"}
    change = rm.compare(analysis, analysis)
    assert "verdict" in change.to_pandas()


def test_notebook_display(visit: rm.SyntheticRun, analysis: Any) -> None:
    for value in (visit.recording, analysis.table, analysis.trials[0].motion, analysis.assessment):
        html = value._repr_html_()
        assert html.count("<table") == html.count("</table>") == 1
        assert len(html) < 60_000


# ---- arrays in ----------------------------------------------------------------------------------


def test_arrays_give_the_same_as_the_file_they_came_from(
    visit: rm.SyntheticRun, tmp_path: Path
) -> None:
    own = visit.recording
    rm.write_trc(tmp_path / "run.trc", own)
    from_file = rm.read(tmp_path / "run.trc")
    from_array = rm.Recording.from_arrays(
        own.positions_m, labels=own.labels, time_s=own.time_s, unit="m"
    )
    np.testing.assert_allclose(from_array.positions_m, own.positions_m, atol=1e-9)
    np.testing.assert_allclose(from_file.positions_m, own.positions_m, atol=2e-6)
    frame = own.to_pandas()
    from_frame = rm.Recording.from_arrays(frame)
    np.testing.assert_allclose(from_frame.positions_m, own.positions_m, atol=1e-9)
    flat = frame.copy()
    flat.columns = [f"{label}_{axis.upper()}" for label, axis in frame.columns]
    flat = flat.reset_index()
    from_flat = rm.Recording.from_arrays(flat)
    assert from_flat.labels == own.labels
    np.testing.assert_allclose(from_flat.time_s, own.time_s)


def test_millimetres_and_z_up_are_turned(visit: rm.SyntheticRun) -> None:
    own = visit.recording
    lab = 1000.0 * own.positions_m[:, :, [0, 2, 1]] * np.array([1.0, -1.0, 1.0])
    turned = rm.Recording.from_arrays(lab, labels=own.labels, time_s=own.time_s, up="+z", unit="mm")
    np.testing.assert_allclose(turned.positions_m, own.positions_m, atol=1e-6)


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (lambda a: {**a, "labels": None}, "labels"),
        (lambda a: {**a, "time_s": None}, "rate_hz"),
        (lambda a: {**a, "time_s": a["time_s"][:-1]}, "time_s"),
        (lambda a: {**a, "time_s": None, "rate_hz": -1.0}, "rate_hz"),
        (lambda a: {**a, "positions": a["positions"][:, :, :1]}, "positions"),
        (lambda a: {**a, "labels": ["a"] * len(a["labels"])}, "twice|duplicate|labels"),
        (lambda a: {**a, "nonsense": 1}, "nonsense"),
    ],
)
def test_wrong_arrays_are_named(
    visit: rm.SyntheticRun, change: Callable[[dict[str, Any]], dict[str, Any]], said: str
) -> None:
    own = visit.recording
    arguments = change(
        {"positions": own.positions_m, "labels": own.labels, "time_s": own.time_s, "unit": "m"}
    )
    with pytest.raises((ValueError, TypeError), match=said):
        rm.Recording.from_arrays(arguments.pop("positions"), **arguments)


def test_a_frame_without_an_axis_is_named() -> None:
    frame = pd.DataFrame({"time_s": [0.0, 0.1], "A_x": [0, 0], "A_y": [0, 0]})
    with pytest.raises(ValueError, match="'A' has no column for its z"):
        rm.Recording.from_arrays(frame)


def test_strength_from_a_frame_a_file_and_a_list_is_one(tmp_path: Path) -> None:
    frame = pd.DataFrame(
        {
            "test": ["hip_abduction"] * 4,
            "side": ["left", "left", "right", "right"],
            "value": [53.0, 53.0, 47.0, 47.0],
            "unit": ["N"] * 4,
        }
    )
    path = tmp_path / "strength.csv"
    frame.assign(trial=[1, 2, 1, 2]).to_csv(path, index=False)
    profiles = [rm.strength_profile(given) for given in (frame, path, rm.strength_trials(frame))]
    texts = {p["hip_abduction"].text for p in profiles}
    assert len(texts) == 1
    assert profiles[0]["hip_abduction"].words.side == "right"
    assert profiles[0]["hip_abduction"].words.word == "weaker"
    with pytest.raises(ValueError, match="unit"):
        rm.strength_profile(frame.drop(columns="unit"))


# ---- guests and hosts ---------------------------------------------------------------------------


def test_unknown_options_are_refused(visit: rm.SyntheticRun) -> None:
    with pytest.raises(TypeError, match="cutof"):
        rm.fit(visit.recording, rm.calibrate(visit.standing), cutof_hz=3)
    with pytest.raises(ValueError, match="mass_kg"):
        rm.analyze(visit.recording, subject=rm.Subject(mass_kg=5000))


def test_the_readmes_python_prints_what_it_shows() -> None:
    import subprocess
    import sys

    root = Path(__file__).resolve().parents[2]
    done = subprocess.run(
        [sys.executable, root / "docs" / "readme.py", "--check"],
        capture_output=True,
        encoding="utf-8",
    )
    assert done.returncode == 0, done.stdout + done.stderr
