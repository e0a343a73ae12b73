"""The library as most people meet it: in the cells of a notebook (C42)."""

from __future__ import annotations

import re
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import nbformat
import pytest
from nbclient import NotebookClient

ROOT = Path(__file__).resolve().parents[2]
TUTORIALS = sorted((ROOT / "docs/tutorials").glob("*.ipynb"))

#: The kernel's own libraries warn about what is theirs.
pytestmark = pytest.mark.filterwarnings("default")


def executed(notebook: Any) -> Any:
    NotebookClient(notebook, timeout=300, kernel_name="python3").execute()
    return notebook


def cell(*lines: str) -> Any:
    return nbformat.v4.new_code_cell("\n".join(lines))


def text_of(made: Any) -> str:
    return "".join(o.text for o in made.outputs if o.output_type == "stream")


FIT = "motion = rm.fit(run.recording, rm.calibrate(run.standing, subject=who))"


def test_c42_messages_come_into_the_cell_in_order() -> None:
    """Text printed by a compiled part went to the server's terminal."""
    book = nbformat.v4.new_notebook()
    book.cells = [
        cell(
            "import runmech as rm",
            "who = rm.Subject(name='<script>alert(1)</script> & Co', stature_m=1.7)",
            "run = rm.synthesise('miss_x_baseline', 1)",
        ),
        cell(FIT),
        cell(
            "import logging, sys",
            "handler = logging.StreamHandler(sys.stdout)",
            "logging.getLogger('runmech').addHandler(handler)",
            "logging.getLogger('runmech').setLevel(logging.DEBUG)",
            "print('before')",
            FIT,
            "print('after')",
        ),
        cell(
            "made = rm.analyze(run.recording, static=run.standing, subject=who)",
            "display(made, made.table, run.recording, motion)",
        ),
    ]
    _, silent, loud, shown = executed(book).cells
    assert silent.outputs == []
    lines = text_of(loud).splitlines()
    assert lines[0] == "before"
    assert lines[-1] == "after"
    assert "fit: done" in lines
    frames = [int(n) for n in re.findall(r"fit: frame (\d+) of", text_of(loud))]
    assert len(frames) > 2
    assert frames == sorted(frames)
    outputs = [o for o in shown.outputs if o.output_type == "display_data"]
    assert len(outputs) == 4
    for output in outputs:
        assert output.data["text/plain"].count("\n") < 25
        html = output.data.get("text/html", "")
        assert "<script" not in html
        HTMLParser().feed(html)
    assert "&lt;script&gt;alert(1)&lt;/script&gt; &amp; Co" in outputs[0].data["text/html"]


@pytest.mark.parametrize("path", TUTORIALS, ids=lambda p: p.stem)
def test_a_tutorial_runs(path: Path) -> None:
    book = nbformat.read(path, as_version=4)
    assert all(c.get("outputs", []) == [] for c in book.cells)  # made where it is read, not stored
    assert len(book.cells) >= 10
    for made in executed(book).cells:
        for output in made.get("outputs", []):
            assert output.output_type != "error"
            assert getattr(output, "name", "stdout") == "stdout", output.text


def test_there_is_a_tutorial() -> None:
    assert TUTORIALS
