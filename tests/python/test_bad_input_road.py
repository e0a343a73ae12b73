"""Input that cannot give good events, on the way of the command line and of ``analyze``."""

from __future__ import annotations

import subprocess
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pytest

import runmech as rm

Run = Callable[..., "subprocess.CompletedProcess[str]"]
FRAMES = rm.FitOptions(method="frame")
FOREFOOT = ("TOE", "MT5")
LEG = ("TH1", "TH2", "TH3", "TB1", "TB2", "TB3", "CAL", "TOE", "MT5")


@dataclass
class Files:
    """A run of the synthetic runner as files."""

    run: rm.SyntheticRun
    trial: Path
    stand: Path


@pytest.fixture(scope="module", params=["treadmill", "overground"])
def files(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Files:
    run = rm.synthesise(duration_s=6.0, rate_hz=100, surface=request.param, seed=3)
    folder = tmp_path_factory.mktemp(request.param)
    made = Files(run, folder / "run.trc", folder / "stand.trc")
    rm.write_trc(made.trial, run.recording)
    rm.write_trc(made.stand, run.standing)
    return made


def blanked(recording: rm.Recording, *labels: str) -> rm.Recording:
    out = recording.copy()
    positions = np.array(out.positions_m)
    positions[:, [out.labels.index(label) for label in labels]] = np.nan
    out.positions_m = positions
    return out


def said(result: subprocess.CompletedProcess[str]) -> str:
    return " ".join((result.stdout + result.stderr).split())


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        ({"forward": "-x"}, "forward (--direction)"),
        ({"forward": "+z"}, "forward (--direction)"),
        ({"up": "-y"}, "vertical axis is another one"),
        ({"up": "+z"}, "vertical axis is another one"),
        ({"end_s": 0.3}, "too short"),
    ],
    ids=lambda a: ",".join(f"{k}={v}" for k, v in a.items()) if isinstance(a, dict) else None,
)
def test_arguments_that_cannot_be_right(
    arguments: dict[str, object], words: str, files: Files, runmech: Run, tmp_path: Path
) -> None:
    with pytest.raises(rm.NotAnalysable) as refusal:
        rm.analyze(files.trial, static=files.stand, fit_options=FRAMES, **arguments)
    assert words in str(refusal.value)
    names = {"forward": "direction", "up": "up", "end_s": "end-s"}
    options = [f"--{names[name]}={value}" for name, value in arguments.items()]
    out = tmp_path / "out"
    result = runmech(
        "analyze", files.trial, "--static", files.stand, "--method", "frame", "--out", out, *options
    )
    assert result.returncode == 3
    assert words in said(result)
    assert not (out / "report.html").exists()


def test_the_other_surface(files: Files, runmech: Run, tmp_path: Path) -> None:
    treadmill = files.run.recording.surface == "treadmill"
    other = "overground" if treadmill else "treadmill"
    out = tmp_path / "out"
    result = runmech(
        "analyze", files.trial, "--static", files.stand, "--method", "frame", "--out", out,
        "--surface", other,
    )  # fmt: skip
    assert result.returncode == 0, result.stderr
    assert "speed not available" in said(result)
    assert ("as on a belt" if treadmill else "as overground") in said(result)
    assert "no step_length: the running speed is not known" in said(result)


@pytest.mark.parametrize("sides", ["L", "RL"])
def test_no_forefoot(sides: str, files: Files) -> None:
    lost = [side + name for side in sides for name in FOREFOOT]
    analysis = rm.analyze(
        blanked(files.run.recording, *lost), static=files.run.standing, fit_options=FRAMES
    )
    events = analysis.trials[0].events
    assert events.running
    notes = [n.text for n in analysis.trials[0].table.notes if n.code == "unseen_toe"]
    whole = rm.analyze(files.run.recording, static=files.run.standing, fit_options=FRAMES)
    assert not [n for n in whole.trials[0].table.notes if n.code == "unseen_toe"]
    for side in ("left" if s == "L" else "right" for s in sides):
        true = np.array(files.run.truth.events.times(side, "toe_off"))
        for e in events:
            if e.side == side and e.type == "toe_off":
                # Said, or as well told from the rest of the foot: to what is stated.
                assert np.abs(true - e.time_s).min() < 4 * e.sd_s
    assert notes


@pytest.mark.parametrize("side", ["L", "R"])
def test_one_leg_was_not_recorded(side: str, files: Files) -> None:
    seen = {"L": "right", "R": "left"}[side]
    analysis = rm.analyze(
        blanked(files.run.recording, *(side + name for name in LEG)),
        static=files.run.standing,
        fit_options=FRAMES,
    )
    trial = analysis.trials[0]
    assert {e.side for e in trial.events} == {seen}
    assert any(n.code == "unseen_foot" for n in trial.table.notes)
    row = trial.table.summary("flight_time", "both")
    assert row is None or row.status != "ok"


def test_one_step_only(files: Files) -> None:
    true = files.run.truth.events
    strike = next(e for e in true if e.type == "foot_strike" and e.time_s > 2)
    off = next(t for t in true.times(strike.side, "toe_off") if t > strike.time_s)
    clip = files.run.recording.trimmed(strike.time_s - 0.14, off + 0.14)
    try:
        analysis = rm.analyze(clip, static=files.run.standing, fit_options=FRAMES)
    except rm.NotAnalysable as refusal:
        assert "too short" in str(refusal)
        return
    events = analysis.trials[0].events
    assert "too short for a cadence" in events.reason
    found = events.times(strike.side, "foot_strike")
    assert found == pytest.approx([strike.time_s], abs=0.02)
    row = analysis.trials[0].table.summary("cadence", "both")
    assert row is None or row.status != "ok"


def test_no_flight(runmech: Run, tmp_path: Path) -> None:
    """A body that bounces on feet which overlap on the ground: grounded running, as a film."""
    clock = np.arange(0, 8, 1 / 60)
    rows = ["frame,time_s,point,x_px,y_px,confidence"]
    stride_s, duty, reach = 0.76, 0.56, 0.42
    hip = 0.95 - 0.03 * np.cos(4 * np.pi * (clock / stride_s - duty / 2))
    for i, t in enumerate(clock):
        for side, shift in (("left", 0.0), ("right", 0.5)):
            p = (t / stride_s + shift) % 1
            q = p / duty if p < duty else (p - duty) / (1 - duty)
            x = reach * (1 - 2 * q) if p < duty else -reach * np.cos(np.pi * q)
            lift = 0.0 if p < duty else 0.12 * np.sin(np.pi * q)
            roll = 0.9 * (max(0.0, (q - 0.6) / 0.4) ** 2 if p < duty else (1 - q) ** 2)
            toe = np.array([x + 0.09, lift + 0.03])
            heel = toe + 0.18 * np.array([-np.cos(roll), np.sin(roll)])
            ankle = heel + np.array([0.04, 0.06])
            top = np.array([0.0, hip[i] - 0.05])
            knee = 0.5 * (top + ankle) + [0.08, 0.0]
            named = {"hip": top, "knee": knee, "ankle": ankle, "heel": heel, "big_toe": toe}
            for name, point in named.items():
                px = 300 * (point[0] + 1.0), 900 - 300 * point[1]
                rows.append(f"{i},{t:.4f},{side}_{name},{px[0]:.2f},{px[1]:.2f},0.9")
    source = tmp_path / "film.csv"
    source.write_text("\n".join(rows) + "\n", encoding="utf-8")
    result = runmech("analyze", source, "--view", "side", "--out", tmp_path / "out")
    assert result.returncode == 3, result.stdout
    assert "never leaves the ground" in said(result)
    assert "need a flight phase" in said(result)
