"""The output files of one analysed session: UTF-8, a decimal point whatever the locale."""

from __future__ import annotations

import csv
import math
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from runmech import _core
from runmech.report.build import analysis_html

if TYPE_CHECKING:
    from runmech.results import Results
    from runmech.stages import Progress

STRIDE_COLUMNS = ("metric", "side", "stride", "time_s", "value", "sd", "unit", "status", "reason")
METRIC_COLUMNS = ("metric", "side", "value", "sd", "n", "unit", "status", "reason")


FINDING_COLUMNS = (
    "finding", "title", "side", "outcome", "probability", "metric", "value", "sd", "unit",
    "band_low", "band_high", "evidence", "reason", "may_be_related_to", "caution",
)  # fmt: skip


def write_analysis(analysis: Results, folder: Path, progress: Progress | None = None) -> None:
    """Write all files of one session into ``folder``."""
    for i, trial in enumerate(analysis.trials):
        suffix = "" if i == 0 else f"_{i + 1}"
        if trial.motion is not None:
            write_angles(trial.motion, folder, suffix)
        # As the metrics: without steps of walking or without flight.
        events = _core.steps_that_count(trial.events).events
        write_rows(folder / f"events{suffix}.csv", ("side", "type", "time_s", "sd_s"), events)
    rows = analysis.table.rows
    write_rows(folder / "metrics.csv", METRIC_COLUMNS, [r for r in rows if r.stride < 0])
    write_rows(folder / "strides.csv", STRIDE_COLUMNS, [r for r in rows if r.stride >= 0])
    findings = map(finding_row, analysis.assessment.findings)
    write_table(folder / "findings.csv", FINDING_COLUMNS, findings)
    _core.write_session(analysis.session, folder / "session.json")
    if progress is not None:
        progress(0.95, "report")
    (folder / "report.html").write_text(analysis_html(analysis), encoding="utf-8")


def write_angles(motion: _core.Motion, folder: Path, suffix: str = "") -> None:
    """Write angles.csv and angles.mot: time, then coordinates in degrees (or metres).

    What was held is missing in the csv; the mot has its held value, so that it plays on the model.
    """
    names, values = angle_columns(motion)
    _core.write_csv(folder / f"angles{suffix}.csv", ["time_s", *names], values)
    played = values[:, 1:].copy()
    coordinates = zip(motion.skeleton.coordinates, motion.coordinate_status, strict=True)
    for i, (coordinate, status) in enumerate(coordinates):
        if status == "locked":
            scale = np.degrees(1.0) if coordinate.rotation else 1.0
            played[:, i] = scale * coordinate.neutral
    _core.write_mot(folder / f"angles{suffix}.mot", motion.time_s.tolist(), names, played)


def write_rows(path: Path, columns: Sequence[str], items: Iterable[Any]) -> None:
    """Write one row per item with the named attributes."""
    write_table(path, columns, ([getattr(item, name) for name in columns] for item in items))


def write_table(path: Path, columns: Sequence[str], rows: Iterable[Sequence[Any]]) -> None:
    """Write a CSV: UTF-8, a point as decimal sign, an empty field where there is no number."""
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(columns)
        for row in rows:
            writer.writerow([_cell(value) for value in row])


def _cell(value: Any) -> str:
    if isinstance(value, float):
        return f"{value:.9g}" if math.isfinite(value) else ""
    return str(value)


def finding_row(finding: _core.Finding) -> list[Any]:
    """Return the answer of one rule, what decided, how sure, and its caution: FINDING_COLUMNS."""
    f = finding
    return [
        f.id, f.title, f.side, f.outcome, f.probability, f.metric, f.value, f.sd, f.unit,
        f.band_low, f.band_high, f.evidence, f.reason, f.may_relate, f.caution,
    ]  # fmt: skip


def angle_columns(motion: _core.Motion) -> tuple[list[str], np.ndarray[Any, np.dtype[np.float64]]]:
    """Return names and a table of time and coordinates: degrees and metres, NaN = missing."""
    coordinates = motion.skeleton.coordinates
    factors = np.array([np.degrees(1.0) if c.rotation else 1.0 for c in coordinates])
    time_s = np.asarray(motion.time_s)
    values = np.asarray(motion.coordinates()) * factors
    return [c.name for c in coordinates], np.column_stack([time_s, values])
