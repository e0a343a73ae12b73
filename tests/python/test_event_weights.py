"""The weights of the detector `runmech`: what the script learns is what is shipped."""

from __future__ import annotations

import copy
import json
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from types import ModuleType
from typing import Any

import numpy as np
import pytest

import runmech as rm

Locate = Callable[[str], Path]
UNSEEN = "RBDS009"
# In a process of its own: the script sets the threads before numpy is loaded.
LEARN = """
import json, sys
from pathlib import Path

script, folder, unseen = sys.argv[1:]
sys.path.insert(0, str(Path(script).parent))
import train

data = train.Data(Path(folder))
print(json.dumps(train.learn(data, "clean", [frozenset(), frozenset([unseen])])))
"""


@pytest.fixture(scope="module")
def train(script: Callable[[str], ModuleType]) -> ModuleType:
    return script("benchmarks/events/train.py")


def numbers_of(model: object) -> list[float]:
    if isinstance(model, dict):
        return [x for v in model.values() for x in numbers_of(v)]
    if isinstance(model, list):
        return [x for v in model for x in numbers_of(v)]
    return [float(model)] if isinstance(model, int | float) else []


@pytest.fixture(scope="module")
def shipped(train: ModuleType) -> Any:
    return json.loads(train.FILE.read_text(encoding="utf-8"))


@pytest.fixture
def written(shipped: Any, tmp_path: Path) -> Callable[..., Path]:
    """Writes a changed copy of the shipped weights."""

    def write(**changes: Any) -> Path:
        file = tmp_path / "weights.json"
        file.write_text(json.dumps(copy.deepcopy(shipped) | changes), encoding="utf-8")
        return file

    return write


def test_the_file_is_what_the_script_would_make(train: ModuleType, shipped: Any) -> None:
    """Banks, bandwidths, channels, lags, sizes and stated sds, without learning anything."""
    assert [name for name, bank in shipped["banks"].items() if bank["foot_strike"]] == [
        *train.BANKS
    ]
    assert shipped["learnt_on"].split(" runners ")[1] == ", ".join(r[4:] for r in train.RUNNERS)
    for name, bank in shipped["banks"].items():
        assert bank["cutoff_hz"] == train.BANKS[name][0]
        for kind in train.KINDS:
            plan = train.plan_of(name, kind)
            assert [tuple(m["channels"]) for m in bank[kind]] == [*plan.sets]
            for model in bank[kind]:
                assert (model["first"], model["last"], model["step"]) == plan.lags
                first, last, step = plan.lags
                lags = np.repeat(np.arange(first, last + 1, step), len(model["channels"]))
                used = {
                    "narrow": lags <= plan.narrow_last,
                    "wide": np.ones(len(lags), dtype=bool),
                }
                assert min(model["scale"]) > 0.0
                for level, some in used.items():
                    assert ("weights_by_speed" in model[level]) == plan.by_speed
                    for weights in ("weights", "weights_by_speed"):
                        if weights in model[level]:
                            assert np.array_equal(np.array(model[level][weights]) != 0.0, some)
    spread = shipped["spread"]
    assert spread["rates_hz"] == list(train.SPREAD_RATES)
    assert spread["noises_mm"] == list(train.SPREAD_NOISES)
    for kind in train.KINDS:
        sd = np.array(spread[kind]["sd_ms"])  # a row per rate, from few pictures to many
        assert np.all(np.diff(sd, axis=1) >= 0.0)
        assert np.all(np.diff(sd, axis=0) <= 0.0)
        assert 1.0 < sd.min() < 3.5
        assert sd.max() < 20.0
        assert np.ptp(spread["fitted_" + kind]["sd_ms"]) == 0.0


@pytest.mark.timeout(900)
def test_weights_are_reproduced_and_hold_for_a_runner_left_out(
    data: Locate, train: ModuleType, shipped: Any, written: Callable[..., Path], tmp_path: Path
) -> None:
    """The widest band, all its models: the same weights to the last digit or two; and without one
    runner, whole detections of that one."""
    folder = data("rbds/RBDS001runT25.c3d.gz").parent
    said = subprocess.run(
        [sys.executable, "-c", LEARN, train.__file__, folder, UNSEEN], capture_output=True,
        check=True, cwd=tmp_path, env=os.environ | {"OMP_NUM_THREADS": "3"},
    )  # fmt: skip
    again, without = json.loads(said.stdout)
    ours = shipped["banks"]["clean"]
    for kind in train.KINDS:
        assert [m["channels"] for m in again[kind]] == [m["channels"] for m in ours[kind]]
        new, old = (np.array(numbers_of(bank[kind])) for bank in (again, ours))
        # six digits are stored; other processors may add up in another order
        assert new == pytest.approx(old, rel=1.1e-5, abs=1e-9)
        assert np.mean(new == old) > 0.995

    file = written(banks=shipped["banks"] | {"clean": without})
    limits = {"foot_strike": (2.0, 1.0), "toe_off": (2.6, 2.0)}
    errors: dict[str, list[float]] = {kind: [] for kind in limits}
    inside: dict[str, list[bool]] = {kind: [] for kind in limits}
    for speed in train.SPEEDS:
        recording, stand = train.trial(folder, UNSEEN, speed)
        truth = rm.force_events(recording)
        signals = rm.gait_signals(recording, static=stand)
        found = rm.detect_events(signals, detector=rm.RunmechDetector(models=str(file)))
        for kind in limits:
            for side in ("left", "right"):
                events = [e for e in found.events if (e.side, e.type) == (side, kind)]
                times = np.array([e.time_s for e in events])
                for t in train.force_times(truth, kind, side):
                    nearest = int(np.argmin(np.abs(times - t)))
                    errors[kind].append(1e3 * (times[nearest] - t))
                    inside[kind].append(abs(times[nearest] - t) <= 1.96 * events[nearest].sd_s)
    for kind, (rmse_ms, bias_ms) in limits.items():
        assert len(errors[kind]) > 250
        assert np.sqrt(np.mean(np.square(errors[kind]))) < rmse_ms
        assert abs(np.mean(errors[kind])) < bias_ms
        assert np.mean(inside[kind]) > 0.92


def test_weights_that_are_none_are_refused_with_their_place(
    written: Callable[..., Path], shipped: Any, tmp_path: Path
) -> None:
    signals = rm.gait_signals(rm.synthesise().recording)

    def why(file: Path) -> str:
        with pytest.raises(rm.IoError) as error:
            rm.detect_events(signals, detector=rm.RunmechDetector(models=str(file)))
        assert str(error.value).startswith(str(file))
        return str(error.value)[len(str(file)) :]

    def with_bank(**changes: Any) -> Path:
        return written(banks=shipped["banks"] | changes)

    assert "cannot be opened" in why(tmp_path / "nonsense.json")
    empty = tmp_path / "empty.json"
    empty.touch()
    assert why(empty).startswith(", byte 1: not JSON")
    assert why(written(version=2)) == ", version: must be 1"
    assert "version: must be a finite number" in why(written(version="1"))
    assert why(with_bank(slow={})) == ", banks.slow: has no 'cutoff_hz'"
    missing = {k: v for k, v in shipped["banks"].items() if k != "noisy"}
    assert why(written(banks=missing)) == ", banks: has no 'noisy'"
    none_left = shipped["banks"]["slow"] | {"toe_off": []}
    assert "banks.slow.toe_off: must be a list" in why(with_bank(slow=none_left))
    model = copy.deepcopy(shipped["banks"]["clean"]["foot_strike"][0])
    model["narrow"]["weights"][3] = float("nan")
    broken = shipped["banks"]["clean"] | {"foot_strike": [model]}
    assert "not JSON" in why(with_bank(clean=broken))  # Python writes NaN, which JSON does not know
    model["narrow"]["weights"][3] = None
    place = "banks.clean.foot_strike[0].narrow.weights[3]: must be a finite number"
    assert place in why(with_bank(clean=broken))
    assert rm.detect_events(signals, detector=rm.RunmechDetector(models=str(written()))).events
