"""Two visits of one runner: what really changed, as files and for people."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path

from runmech import _core, api
from runmech.files import write_rows
from runmech.output import staged
from runmech.report.compare import comparison_html
from runmech.summary import comparison_summary

COLUMNS = (
    "metric", "side", "before", "before_sd", "after", "after_sd", "difference", "difference_sd",
    "by_speed", "mdc95", "unit", "verdict", "reason",
)  # fmt: skip


@dataclass
class Comparison:
    """A reassessment that can write its files."""

    reassessment: _core.Reassessment

    def write(self, folder: str | os.PathLike[str]) -> None:
        """Write comparison.csv and report.html; the folder gets both or none."""
        changes = [*self.reassessment.changes, *self.reassessment.strength]
        with staged(Path(folder)) as scratch:
            write_rows(scratch / "comparison.csv", COLUMNS, changes)
            html = comparison_html(self.reassessment)
            (scratch / "report.html").write_text(html, encoding="utf-8")

    def summary(self) -> str:
        """One screen of text: the verdicts, real changes first."""
        return comparison_summary(self.reassessment)


def compare_folders(first: str | os.PathLike[str], second: str | os.PathLike[str]) -> Comparison:
    """Compare two output folders of ``analyze``."""
    return Comparison(api.compare(Path(first), Path(second)))
