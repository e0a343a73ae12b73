"""Fitted joint angles against OpenSim's of the same trials, and against exact truth."""

from __future__ import annotations

import importlib.util
import sys
from pathlib import Path
from types import ModuleType

import pytest

ROOT = Path(__file__).parents[2]


def agreement() -> ModuleType:
    path = ROOT / "benchmarks" / "accuracy" / "opensim_agreement.py"
    spec = importlib.util.spec_from_file_location("opensim_agreement", path)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module
    spec.loader.exec_module(module)
    return module


@pytest.mark.parametrize("name", ["rajagopal", "dorn_350", "dorn_500", "dorn_700"])
def test_sagittal_angles_agree_with_opensim(name: str) -> None:
    module = agreement()
    folder = module.data_folder()
    trial = next(t for t in module.TRIALS if t.name == name)
    if not (folder / trial.moving).exists():
        pytest.skip(f"recording not here: {folder / trial.moving}")
    motion = module.fitted(folder, trial)
    rows = module.differences(motion, module.read_mot(folder / trial.reference))
    for coordinate in module.LIMITED:
        assert rows[coordinate]["share"] > 0.9
        assert rows[coordinate]["free_rmse_deg"] <= module.LIMIT_DEG, (coordinate, rows[coordinate])
