"""Where the report's numbers come from: notes, warnings, provenance, definitions."""

from __future__ import annotations

import math
import re
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from runmech import _core
from runmech.output import readable

if TYPE_CHECKING:
    from runmech.results import Results, Trial


def detector(trial: Trial) -> str:
    """Name what the foot contacts come from."""
    own = trial.events.detector
    return "force plates" if own == "force" else f"the movement of the feet ({own})"


def warnings(analysis: Results) -> list[str]:
    """Collect what the user should look at, each once."""
    told = list(analysis.notes)
    for trial in analysis.trials:
        told += trial.recording.notes + trial.notes + trial.events.notes + trial.table.notes
        if trial.calibration is not None:
            told += trial.calibration.report.notes
        told += fit_notes(trial)
    seen = dict.fromkeys(unseen_feet(analysis))
    for note in told:
        if note.warning:
            seen.setdefault(note.text)
    return list(seen)


def unseen_feet(analysis: Results) -> list[str]:
    """Say of which foot there is nothing, before any number."""
    told = (note for trial in analysis.trials for note in trial.events.notes)
    return list(dict.fromkeys(note.text for note in told if note.code == "unseen_foot"))


def fit_quality(trial: Trial) -> tuple[str, str]:
    """Say how far the skeleton is from the markers, and what it does not know well."""
    quality = trial.motion.quality if trial.motion is not None else []
    good = [q.rms_m for q in quality if q.status == "ok"]
    used = "" if trial.signals.from_fit else "not used for the metrics"
    if not good:
        return "no frame good", used
    share = f"{100 * len(good) / len(quality):.0f} % of frames good"
    median = f"{1000 * float(np.median(good)):.0f} mm off in the median"
    return median, ", ".join(filter(None, (share, used, barely(trial))))


def barely(trial: Trial) -> str:
    """Name the joints that the markers barely determine, right and left as one; empty for none."""
    report = trial.motion.report if trial.motion is not None else None
    if report is None:
        return ""
    weak = [line.name for line in report.coordinates if line.weakly_observed]
    stems = dict.fromkeys(re.sub(r"_[rl]$", "", name) for name in weak)
    both = {stem: sum(re.sub(r"_[rl]$", "", name) == stem for name in weak) for stem in stems}
    known = {line.name for line in report.coordinates}
    told = [
        stem if both[stem] == 2 or stem in known else next(n for n in weak if n.startswith(stem))
        for stem in stems
    ]
    shown = ", ".join(name.replace("_angle", "").replace("_", " ") for name in told)
    return f"barely determined by the markers: {shown}" if told else ""


def fit_notes(trial: Trial) -> list[_core.Note]:
    """Return the notes of the skeleton fit, warnings only where something should have been there.

    After a standing trial the check of labels has already warned of every marker that the run
    should have. Arms and trunk that carry no markers are said among what the recording is not
    suitable for.
    """
    if trial.motion is None:
        return []
    checked = trial.calibration is not None and trial.calibration.report.trial == "standing"

    def alarms(note: _core.Note) -> bool:
        if note.code == "missing" and checked:
            return False
        if note.code == "undetermined":
            return re.search(r"\b(pelvis|hip|knee|ankle)_", note.text) is not None
        return bool(note.warning)

    return [_core.Note(n.code, n.text, alarms(n)) for n in trial.motion.notes]


def notes(analysis: Results) -> list[dict[str, Any]]:
    """Collect all notes by the step that made them."""
    groups: list[dict[str, Any]] = []

    def add(title: str, notes: Sequence[_core.Note]) -> None:
        if notes:
            shown = [{"text": n.text, "code": n.code, "warning": n.warning} for n in notes]
            groups.append({"title": title, "notes": shown, "open": False})

    add("About the inputs", analysis.notes)
    for trial in analysis.trials:
        add(f"Reading {trial.name}", trial.recording.notes)
        if trial.calibration is not None:
            add(f"Calibration, {trial.name}", trial.calibration.report.notes)
        add(f"Skeleton fit, {trial.name}", fit_notes(trial))
        add(f"Points used for the metrics, {trial.name}", trial.signals.notes)
        add(f"Foot contacts, {trial.name}", [*trial.notes, *trial.events.notes])
        add(f"Metrics, {trial.name}", trial.table.notes)
    return groups


def provenance(analysis: Results) -> list[dict[str, str]]:
    """List recordings, marker sets, events and points."""
    pairs: list[tuple[str, str]] = []
    for trial in analysis.trials:
        recording = trial.recording
        pairs.append(("Recording", f"{readable(recording.source)} ({recording.format})"))
        pairs.append(
            (
                "Marker set",
                f"{recording.marker_set or 'not recognised'}, {recording.n_points} points, "
                f"{recording.n_frames} frames",
            )
        )
        contacts = detector(trial)
        if trial.events.threshold_n > 0:
            contacts += f", threshold {trial.events.threshold_n:.0f} N"
        pairs.append(("Foot contacts", contacts))
        signals = trial.signals
        pairs.append(
            (
                "Points",
                f"pelvis: {signals.pelvis_definition or 'not observed'}; "
                f"trunk: {signals.trunk_definition or 'not observed'}; "
                f"heel: {signals.heel_definition or 'not observed'}; "
                f"forefoot: {signals.toe_definition or 'not observed'}",
            )
        )
    context = analysis.table.context
    if math.isfinite(context.leg_length_m):
        pairs.append(("Leg length", f"{context.leg_length_m:.3f} m"))
    pairs.append(("Session date", analysis.date or "not stated"))
    return [{"label": a, "value": b} for a, b in pairs]


def tables() -> list[dict[str, Any]]:
    """Return the definitions of all metrics."""
    definitions = _core.metric_definitions()
    return [
        {
            "title": "How each metric is defined, and after whom",
            "head": ["Metric", "Definition", "Source"],
            "rows": [[d.name, d.definition, d.source] for d in definitions],
        }
    ]
