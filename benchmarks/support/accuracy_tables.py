"""Writes the tables of docs/accuracy.md from benchmarks/accuracy/results.

A table stands between `<!-- name -->` and `<!-- end -->`; all else in the page is left alone. With
`--check` nothing is written and the exit code says whether the page is up to date.
"""

from __future__ import annotations

import json
import re
import sys
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[2]
PAGE = ROOT / "docs" / "accuracy.md"
NAMES = {
    "hip_z": "hip flexion",
    "knee_z": "knee flexion",
    "ankle_z": "ankle dorsiflexion",
    "hip_x": "hip adduction",
    "hip_y": "hip rotation",
    "knee_x": "knee adduction",
    "knee_y": "knee rotation",
    "ankle_x": "ankle inversion",
    "ankle_y": "ankle rotation",
}


def table(head: list[str], rows: list[list[str]]) -> str:
    """Return a Markdown table."""
    lines = [head, ["---"] * len(head), *rows]
    return "\n".join("| " + " | ".join(line) + " |" for line in lines)


def number(value: float | None, digits: int) -> str:
    return "-" if value is None else f"{value:.{digits}f}"


def rbds_angles(result: dict[str, Any]) -> str:
    """Return how far the mean curves lie from the published ones."""
    rows = [
        [
            name,
            f"{result[key]:.2f} ({row['p90']:.2f})",
            number(result[f"{key}_no_skill"], 2),
            number(row["correlation"], 3),
            number(row["range_error"], 1),
            number(result.get(f"cover_{key}"), 2),
        ]
        for key, name in NAMES.items()
        if (row := result["more"].get(key))
    ]
    head = ["deg", "RMS difference, mean (90 % below)", "other runners instead",
            "correlation", "range differs by", "inside the stated 95 % band"]  # fmt: skip
    return table(head, rows)


def opensim_agreement(result: dict[str, Any]) -> str:
    """Return the RMS differences from OpenSim by trial."""
    names = ("pelvis_tilt", "pelvis_list", "hip_flexion", "hip_adduction", "knee_angle",
             "ankle_angle")  # fmt: skip
    rows = [
        [trial, *[number(row["free_rmse_deg"].get(name), 1) for name in names]]
        for trial, row in result["trials"].items()
    ]
    return table(["recording", *names], rows)


TABLES = {
    "rbds_angles": rbds_angles,
    "opensim_agreement": opensim_agreement,
}


def main() -> int:
    """Write the page, or say whether it is up to date."""
    before = text = PAGE.read_text()
    for name, make in TABLES.items():
        result = json.loads((ROOT / f"benchmarks/accuracy/results/{name}.json").read_text())
        block = re.compile(rf"<!-- {name} -->\n.*?<!-- end -->", re.DOTALL)
        found = block.search(text)
        if found is None:
            raise SystemExit(f"{PAGE} has no place for {name}")
        start, end = found.span()
        text = f"{text[:start]}<!-- {name} -->\n{make(result)}\n<!-- end -->{text[end:]}"
    if "--check" in sys.argv:
        return int(text != before)
    PAGE.write_text(text)
    return 0


if __name__ == "__main__":
    sys.exit(main())
