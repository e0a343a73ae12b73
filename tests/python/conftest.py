"""Shared by all Python tests: where the recordings are, and how the command is run."""

from __future__ import annotations

import importlib.util
import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Mapping
from pathlib import Path
from types import ModuleType

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


@pytest.fixture(scope="session")
def script() -> Callable[[str], ModuleType]:
    """A script of ours, such as benchmarks/events/train.py, as a module."""

    def load(path: str) -> ModuleType:
        spec = importlib.util.spec_from_file_location(Path(path).stem, ROOT / path)
        assert spec is not None
        assert spec.loader is not None
        module = importlib.util.module_from_spec(spec)
        sys.modules[spec.name] = module  # dataclasses look their module up
        spec.loader.exec_module(module)
        return module

    return load


@pytest.fixture(scope="session")
def german(tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """Environment of a German process, decimal comma and all; made here, the system stays as is."""
    folder = tmp_path_factory.mktemp("locales")
    command = ["localedef", "-i", "de_DE", "-f", "UTF-8", str(folder / "de_DE.UTF-8")]
    if not shutil.which("localedef") or subprocess.run(command, capture_output=True).returncode:
        pytest.skip("a German locale cannot be made: package locales is absent")
    return {"LOCPATH": str(folder), "LC_ALL": "de_DE.UTF-8"}


@pytest.fixture(scope="session")
def open_checkout() -> None:
    """For tests that go on as an unprivileged user: skipped where that user cannot enter."""
    if not all(folder.stat().st_mode & 0o001 for folder in (ROOT, *ROOT.parents)):
        pytest.skip(f"{ROOT} lies in a folder that only its owner may enter")


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
