"""The weights of the detector `runmech`: what the script learns is what is shipped."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from types import ModuleType

import numpy as np
import pytest

import runmech as rm

Locate = Callable[[str], Path]
UNSEEN = "RBDS009"


@pytest.fixture(scope="module")
def train(script: Callable[[str], ModuleType]) -> ModuleType:
    return script("benchmarks/events/train.py")


def numbers_of(model: object) -> list[float]:
    if isinstance(model, dict):
        return [x for v in model.values() for x in numbers_of(v)]
    if isinstance(model, list):
        return [x for v in model for x in numbers_of(v)]
    return [float(model)] if isinstance(model, int | float) else []


@pytest.mark.timeout(900)
def test_weights_are_reproduced_and_hold_for_a_runner_left_out(
    data: Locate, train: ModuleType, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """Foot strike at the widest band: the same weights again; and without one runner."""
    folder = data("rbds/RBDS001runT25.c3d.gz").parent
    monkeypatch.setattr(train, "KINDS", ("foot_strike",))
    trials = train.Data(folder)
    again, without = train.learn(trials, "clean", [frozenset(), frozenset([UNSEEN])])
    shipped = json.loads(train.FILE.read_text(encoding="utf-8"))
    ours = shipped["banks"]["clean"]["foot_strike"]
    assert again["foot_strike"][0]["channels"] == ours[0]["channels"]
    assert numbers_of(again["foot_strike"]) == pytest.approx(numbers_of(ours), rel=1e-4, abs=1e-6)

    shipped["banks"]["clean"]["foot_strike"] = without["foot_strike"]
    file = tmp_path / "weights.json"
    file.write_text(json.dumps(shipped), encoding="utf-8")
    errors: list[float] = []
    inside: list[bool] = []
    for speed in train.SPEEDS:
        truth = trials.trials[UNSEEN, speed][2]
        signals = trials.signals((UNSEEN, speed), 150.0, 0.0)
        found = rm.detect_events(signals, detector=rm.RunmechDetector(models=str(file)))
        for side in ("left", "right"):
            events = [e for e in found.events if (e.side, e.type) == (side, "foot_strike")]
            times = np.array([e.time_s for e in events])
            for t in train.force_times(truth, "foot_strike", side):
                nearest = int(np.argmin(np.abs(times - t)))
                errors.append(1e3 * (times[nearest] - t))
                inside.append(abs(times[nearest] - t) <= 1.96 * events[nearest].sd_s)
    assert len(errors) > 250
    assert np.sqrt(np.mean(np.square(errors))) < 2.0
    assert abs(np.mean(errors)) < 1.0
    assert np.mean(inside) > 0.92
