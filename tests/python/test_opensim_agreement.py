"""Fitted joint angles against OpenSim's of the same trials."""

from __future__ import annotations

from collections.abc import Callable
from types import ModuleType

import pytest


@pytest.mark.parametrize("name", ["rajagopal", "dorn_350", "dorn_500", "dorn_700"])
def test_sagittal_angles_agree_with_opensim(name: str, script: Callable[[str], ModuleType]) -> None:
    module = script("benchmarks/accuracy/opensim_agreement.py")
    folder = module.data_folder()
    trial = next(t for t in module.TRIALS if t.name == name)
    if not (folder / trial.moving).exists():
        pytest.skip(f"recording not here: {folder / trial.moving}")
    motion = module.fitted(folder, trial)
    rows = module.differences(motion, module.read_mot(folder / trial.reference))
    for coordinate, limit_deg in module.LIMIT_DEG.items():
        assert rows[coordinate]["share"] > 0.9
        assert rows[coordinate]["free_rmse_deg"] <= limit_deg, (coordinate, rows[coordinate])
