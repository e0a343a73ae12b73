"""A library is a guest in someone else's process (C36)."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from pathlib import Path

SNAPSHOT = """
import json, locale, logging, os, signal, sys, threading, time, warnings
import numpy

def state():
    return {
        "handlers": [repr(h) for h in logging.getLogger().handlers],
        "level": logging.getLogger().level,
        "own handlers": [repr(h) for h in logging.getLogger("runmech").handlers],
        "filters": [repr(f) for f in warnings.filters],
        "locale": locale.setlocale(locale.LC_ALL),
        "environment": sorted(os.environ.items()),
        "sigint": repr(signal.getsignal(signal.SIGINT)),
        "print options": repr(numpy.get_printoptions()),
        "errors": repr(numpy.geterr()),
        "threads": threading.active_count(),
        "os threads": len(os.listdir("/proc/self/task")),
        "folder": os.getcwd(),
        "hooks": [repr(sys.excepthook), repr(sys.displayhook)],
    }

before = state()
start = time.perf_counter()
import runmech
seconds = time.perf_counter() - start
print(json.dumps({"before": before, "after": state(), "seconds": seconds,
                  "modules": sorted(sys.modules)}))
"""


def run(code: str, *flags: str) -> str:
    done = subprocess.run(
        [sys.executable, *flags, "-c", code], capture_output=True, text=True, timeout=120
    )
    assert done.returncode == 0, done.stderr
    assert done.stderr == ""
    return done.stdout


def test_import_changes_nothing_and_is_quick() -> None:
    seen = json.loads(run(SNAPSHOT, "-W", "error"))
    assert seen["after"] == seen["before"]
    assert seen["seconds"] < 1.0
    for heavy in ("matplotlib", "pandas", "jinja2", "typer", "rich", "scipy"):
        assert heavy not in seen["modules"], heavy


def test_a_message_reaches_logging_once_and_only_when_asked_for() -> None:
    code = """
import logging, io
import runmech
from runmech import _core
stream = io.StringIO()
logging.basicConfig(stream=stream, level=logging.DEBUG)
logging.getLogger("runmech").warning("hello")
print(repr(stream.getvalue()))
"""
    assert run(code).strip() == repr("WARNING:runmech:hello\n")


def test_dependencies_have_lower_bounds() -> None:
    project = (Path(__file__).resolve().parents[2] / "pyproject.toml").read_text(encoding="utf-8")
    listed = re.search(r"^dependencies = \[(.*?)^\]", project, re.DOTALL | re.MULTILINE)
    assert listed is not None
    lines = [line.strip() for line in listed[1].splitlines()]
    lines = [line for line in lines if line and not line.startswith("#")]
    assert len(lines) >= 6
    for line in lines:
        assert re.fullmatch(r'"[A-Za-z0-9]+>=[0-9.]+",', line), line
