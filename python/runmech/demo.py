"""Miss X, a runner who never was: two visits and what changed between them."""

from __future__ import annotations

import os
from pathlib import Path

from runmech import _core
from runmech.analysis import analyze
from runmech.comparison import compare_folders
from runmech.files import write_table
from runmech.stages import Progress

VISITS = (
    ("first visit", "first_visit", "miss_x_baseline", "2025-03-03T17:30:00+01:00"),
    ("second visit", "second_visit", "miss_x_followup", "2025-03-17T17:30:00+01:00"),
)


def run_demo(
    folder: str | os.PathLike[str], seed: int = 1, progress: Progress | None = None
) -> list[tuple[str, Path]]:
    """Synthesise both visits, analyse them from files as a user would; list the reports."""
    folder = Path(folder)
    recordings = folder / "recordings"
    recordings.mkdir(parents=True, exist_ok=True)
    reports = []
    for i, (title, name, preset, date) in enumerate(VISITS):

        def show(fraction: float, stage: str, start: float = i / 2, title: str = title) -> None:
            if (
                progress is not None
                and progress(start + fraction / 2, f"{title}: {stage}") is False
            ):
                raise _core.Cancelled("cancelled")

        show(0.0, "synthesis")
        run = _core.synthesise(preset, seed)
        options = _core.synthetic_options(preset, seed)
        paths = {kind: recordings / f"{name}_{kind}.trc" for kind in ("run", "static")}
        _core.write_trc(paths["run"], run.recording)
        _core.write_trc(paths["static"], run.standing)
        write_strength(recordings / f"{name}_strength.csv", run.strength)
        result = analyze(
            paths["run"],
            static=paths["static"],
            strength=recordings / f"{name}_strength.csv",
            subject=_core.Subject(
                mass_kg=options.mass_kg, stature_m=options.stature_m, sex=options.sex, name="Miss X"
            ),
            date=date,
            progress=show,
            surface=options.surface,
            speed_m_s=options.speed_m_s,
        )
        result.write(folder / name, progress=show)
        reports.append((title, folder / name / "report.html"))
    comparison = compare_folders(folder / VISITS[0][1], folder / VISITS[1][1])
    comparison.write(folder / "comparison")
    reports.append(("comparison", folder / "comparison" / "report.html"))
    return reports


def write_strength(path: Path, trials: list[_core.StrengthTrial]) -> None:
    """Write strength trials as the CSV that ``analyze`` reads."""
    columns = ("test", "side", "trial", "value", "unit")
    write_table(path, columns, ([getattr(t, c) for c in columns] for t in trials))
