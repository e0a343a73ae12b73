"""Shared by all Python tests: where the recordings are, and how the command is run."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable, Mapping
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]


def data_folder() -> Path:
    return Path(os.environ.get("RUNMECH_DATA", ROOT.parent / "shared" / "data"))


@pytest.fixture(scope="session")
def data() -> Callable[[str], Path]:
    """Path of one recorded file or folder; the test is skipped, saying so, when it is absent."""

    def locate(name: str) -> Path:
        path = data_folder() / name
        if not path.exists():
            pytest.skip(f"recorded data absent: {path}")
        return path

    return locate


Runner = Callable[..., "subprocess.CompletedProcess[str]"]


@pytest.fixture(scope="session")
def runmech() -> Runner:
    """Run the command line in a process of its own; standard output and error are text."""

    def run(
        *arguments: object,
        env: Mapping[str, str] | None = None,
        timeout_s: float = 240,
        **more: object,
    ) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [sys.executable, "-m", "runmech.cli", *map(str, arguments)],
            capture_output=True,
            encoding="utf-8",
            timeout=timeout_s,
            env={**os.environ, **(env or {})},
            **more,  # type: ignore[call-overload]
        )

    return run
