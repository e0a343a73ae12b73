"""What the report says, in order: turns an Analysis into the fields of the template."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from runmech import _core
from runmech.cycles import Array, mean_cycle
from runmech.output import readable
from runmech.report import figures, words
from runmech.report import stride as stick
from runmech.report.render import drawn, render, script_json

if TYPE_CHECKING:
    from runmech.analysis import Analysis, Trial

#: Angle curves of the report: coordinate stem, title, sign from OpenSim to clinical, up, down.
CURVES = (
    ("hip_flexion_{s}", "Hip flexion", 1.0, "flexed", "extended"),
    ("knee_angle_{s}", "Knee flexion", 1.0, "bent", "straight"),
    ("ankle_angle_{s}", "Ankle dorsiflexion", 1.0, "toes up", "toes down"),
    ("hip_adduction_{s}", "Hip adduction", 1.0, "knee inward", "knee outward"),
    ("pelvis_list", "Pelvis obliquity", -1.0, "right side up", "left side up"),
    ("pelvis_tilt", "Pelvis tilt", -1.0, "forward", "backward"),
    ("pelvis_rotation", "Pelvis rotation", 1.0, "right side forward", "left side forward"),
    ("lumbar_extension", "Trunk against pelvis", -1.0, "bent forward", "bent backward"),
)


def analysis_html(analysis: Analysis) -> str:
    """Return the report of one session."""
    return render("analysis.html.j2", analysis_model(analysis))


def analysis_model(analysis: Analysis) -> dict[str, Any]:
    """Return the fields of the template."""
    definitions = {d.id: d for d in _core.metric_definitions()}
    name = analysis.subject.name or next(
        (t.recording.subject for t in analysis.trials if t.recording.subject), ""
    )
    present, others = _findings(analysis)
    model: dict[str, Any] = {
        "title": f"Running analysis: {name}" if name else "Running analysis",
        "subtitle": _subtitle(analysis),
        "facts": _facts(analysis),
        "warnings": _warnings(analysis),
        "present": present,
        "other_findings": others,
        "findings_sentence": _findings_sentence(present, others),
        "metrics": _metrics(analysis, definitions),
        "symmetry": _symmetry(analysis, definitions),
        "provenance": _provenance(analysis),
        "notes": _notes(analysis),
        "source_tables": _source_tables(analysis),
    }
    return model | _suitability(analysis, definitions) | _plan(analysis) | _numbers(analysis) | (
        _stride(analysis) | _curves(analysis) | _strength(analysis)
    )  # fmt: skip


def _subtitle(analysis: Analysis) -> list[str]:
    lines = []
    if analysis.date:
        date = _core.parse_session_date(analysis.date)
        lines.append(f"{date.day or analysis.date}{f' ({date.note})' if date.note else ''}")
    subject = analysis.subject
    about = [
        text
        for stated, text in (
            (subject.sex != "unknown", subject.sex),
            (subject.stature_m > 0, f"{subject.stature_m:.2f} m"),
            (subject.mass_kg > 0, f"{subject.mass_kg:.1f} kg"),
        )
        if stated
    ]
    if about:
        lines.append(", ".join(about))
    lines.append("From " + ", ".join(trial.name for trial in analysis.trials))
    return lines


def _facts(analysis: Analysis) -> list[dict[str, str]]:
    context = analysis.table.context
    first = analysis.trials[0]
    recording = first.recording
    duration = recording.time_s[-1] - recording.time_s[0]
    views = ", ".join(
        f"{'video, ' if t.recording.is_keypoints else ''}{_VIEWS[t.recording.view]}"
        for t in analysis.trials
    )
    facts = [
        ("Recorded", f"{duration:.1f} s at {recording.rate_hz:.0f} Hz", views),
        ("Strides used", f"{context.strides_used} of {context.strides_found}", ""),
        ("Speed", words.number(context.speed_m_s, "m/s", context.speed_sd_m_s),
         f"{context.speed_source}, {context.surface}" if context.speed_source else context.surface),
        ("Foot contacts from", _detector(first), _event_error(first)),
    ]  # fmt: skip
    if first.motion is not None:
        rms, ok = _fit_quality(first)
        facts.append(
            ("Skeleton fit", f"{1000 * rms:.0f} mm off in the median", f"{ok:.0%} of frames good")
        )
    return [{"label": a, "value": b, "note": c} for a, b, c in facts]


_VIEWS = {
    "spatial": "three-dimensional",
    "side": "from the side",
    "rear": "from behind",
    "front": "from the front",
}


def _detector(trial: Trial) -> str:
    return "force plates" if trial.events.detector == "force" else trial.events.detector


def _event_error(trial: Trial) -> str:
    stated = [e.sd_s for e in trial.events.events if e.sd_s > 0]
    return f"each known to about {1000 * float(np.median(stated)):.0f} ms" if stated else ""


def _fit_quality(trial: Trial) -> tuple[float, float]:
    quality = trial.motion.quality if trial.motion is not None else []
    good = [q.rms_m for q in quality if q.status == "ok"]
    return (float(np.median(good)), len(good) / len(quality)) if good else (math.nan, 0.0)


def _warnings(analysis: Analysis) -> list[str]:
    notes = list(analysis.notes)
    for trial in analysis.trials:
        notes += trial.recording.notes + trial.notes + trial.events.notes + trial.table.notes
        if trial.calibration is not None:
            notes += trial.calibration.report.notes
        if trial.motion is not None:
            notes += trial.motion.notes
    seen: dict[str, None] = {}
    for note in notes:
        if note.warning:
            seen.setdefault(note.text)
    return list(seen)


def _rows(analysis: Analysis, metric: str) -> dict[str, _core.MetricRow]:
    return {r.side: r for r in analysis.table.rows if r.metric == metric and r.stride < 0}


def _suitability(analysis: Analysis, definitions: dict[str, Any]) -> dict[str, Any]:
    good: dict[str, list[str]] = {"": []}
    out_of_reach: dict[str, list[str]] = {}
    for metric, definition in definitions.items():
        rows = list(_rows(analysis, metric).values())
        usable = [r for r in rows if r.status == "ok"]
        if usable:
            good[""].append(definition.name.lower())
            continue
        shaky = [r for r in rows if r.status == "low_quality" and math.isfinite(r.value)]
        reason = next((r.reason for r in (shaky or rows) if r.reason), "not observed")
        if shaky:
            reason += " (shown below, with its larger error)"
        out_of_reach.setdefault(reason, []).append(definition.name.lower())
    suitable = [_listed(good[""])] if good[""] else []
    unsuitable = [f"{_listed(names)}: {reason}" for reason, names in out_of_reach.items()]
    n_good, n_all = len(good[""]), len(definitions)
    sentence = (
        f"{n_good} of the {n_all} things that runmech reports could be measured here. "
        "What could not is listed with its reason and is not guessed."
        if n_good < n_all
        else f"All {n_all} things that runmech reports could be measured here."
    )
    return {"suitable": suitable, "unsuitable": unsuitable, "quality_sentence": sentence}


def _listed(names: Sequence[str]) -> str:
    text = ", ".join(names[:-1]) + (" and " if len(names) > 1 else "") + names[-1]
    return text[:1].upper() + text[1:]


def _findings(analysis: Analysis) -> tuple[list[dict[str, Any]], list[dict[str, Any]]]:
    shown = [_finding(f) for f in analysis.assessment.findings]
    present = [f for f in shown if f["outcome"] == "present"]
    return present, [f for f in shown if f["outcome"] != "present"]


def _finding(finding: Any) -> dict[str, Any]:
    unit = finding.unit
    sentence = finding.reason
    graph = ""
    if math.isfinite(finding.value):
        band = tuple(words.scale(b, unit) for b in (finding.band_low, finding.band_high))
        side = finding.side or "both"
        mark = figures.Mark(words.scale(finding.value, unit), words.scale(finding.sd, unit), side)
        graph = figures.range_graph(
            [mark], (band[0], band[1]), words.shown_unit(unit), words.digits(unit)
        )
    return {
        "title": finding.title[:1].upper() + finding.title[1:] + _of_side(finding.side),
        "outcome": finding.outcome,
        "word": words.OUTCOMES[finding.outcome],
        "sentence": sentence,
        "evidence": finding.evidence,
        "evidence_text": words.EVIDENCE.get(finding.evidence, ""),
        "may_relate": finding.may_relate,
        "caution": finding.caution,
        "graph": drawn(graph),
    }


def _of_side(side: str) -> str:
    return f", {side}" if side in ("left", "right") else ""


def _findings_sentence(present: Sequence[Any], others: Sequence[Any]) -> str:
    open_ones = sum(f["outcome"] == "cannot_tell" for f in others)
    absent = len(others) - open_ones
    return (
        f"{len(present)} present, {absent} not present, {open_ones} that this recording cannot "
        "tell. A finding counts as present only where the value lies outside its usual range at "
        "this speed by more than its error can explain."
    )


def _metrics(analysis: Analysis, definitions: dict[str, Any]) -> list[dict[str, Any]]:
    bands = _bands(analysis)
    shown = []
    for metric, definition in definitions.items():
        rows = _rows(analysis, metric)
        values = [r for r in rows.values() if math.isfinite(r.value)]
        unit = definition.unit
        row: dict[str, Any] = {
            "label": definition.name,
            "definition": definition.definition,
            "missing": "",
        }
        if not values:
            row["missing"] = next((r.reason for r in rows.values() if r.reason), "not observed")
            shown.append(row)
            continue
        for side in ("left", "right", "both"):
            r = rows.get(side)
            row[side] = (
                words.number(r.value, unit, r.sd) if r and math.isfinite(r.value) else "\N{EN DASH}"
            )
        marks = [
            figures.Mark(words.scale(rows[s].value, unit), words.scale(rows[s].sd, unit), s)
            for s in ("left", "right")
            if s in rows and math.isfinite(rows[s].value)
        ] or [figures.Mark(words.scale(r.value, unit), words.scale(r.sd, unit)) for r in values]
        band = bands.get(metric)
        scaled = (words.scale(band[0], unit), words.scale(band[1], unit)) if band else None
        graph = figures.range_graph(marks, scaled, words.shown_unit(unit), words.digits(unit))
        row["graph"] = drawn(graph)
        row["remark"] = next((r.reason for r in values if r.status != "ok" and r.reason), "")
        shown.append(row)
    return shown


def _bands(analysis: Analysis) -> dict[str, tuple[float, float]]:
    return {
        r.metric: (r.low, r.high)
        for r in analysis.assessment.readings
        if math.isfinite(r.low) or math.isfinite(r.high)
    }


def _numbers(analysis: Analysis) -> dict[str, Any]:
    speed = analysis.table.context.speed_m_s
    at = f" at {speed:.1f} m/s" if math.isfinite(speed) else ""
    return {
        "numbers_sentence": f"Means over the strides used. The shaded range is the usual one{at}; "
        "without shading, no range is known well enough to draw one."
    }


def _symmetry(analysis: Analysis, definitions: dict[str, Any]) -> list[dict[str, Any]]:
    shown = []
    for metric, definition in definitions.items():
        rows = _rows(analysis, metric)
        left, right = rows.get("left"), rows.get("right")
        if not (left and right and math.isfinite(left.value) and math.isfinite(right.value)):
            continue
        unit = definition.unit
        shown.append(
            {
                "label": definition.name,
                "left": words.number(left.value, unit, left.sd),
                "right": words.number(right.value, unit, right.sd),
                "words": words.side_words(left, right),
            }
        )
    return shown


def _strength(analysis: Analysis) -> dict[str, Any]:
    sentence = "A difference is named only where it is larger than the error of the two values."
    if analysis.strength is None or not len(analysis.strength):
        return {"strength": [], "strength_svg": "", "sides_sentence": sentence}
    rows, bars = [], []
    for result in analysis.strength.results:
        left, right = result.left, result.right
        bars.append((result.name, left["mean"], right["mean"], result.unit))
        index = result.indices.smaller_over_larger_pct
        rows.append(
            {
                "label": result.name,
                "left": _limb(left, result.unit),
                "right": _limb(right, result.unit),
                "index": f"{index:.0f} %" if math.isfinite(index) else "not available",
                "words": result.text,
            }
        )
    return {
        "strength": rows,
        "strength_svg": drawn(figures.strength_chart(bars)),
        "sides_sentence": sentence,
    }


def _limb(limb: dict[str, Any], unit: str) -> str:
    if not math.isfinite(limb["mean"]):
        return "not available"
    trials = limb["n_available"]
    return f"{limb['mean']:.3g} {unit} ({trials} trial{'s' if trials != 1 else ''})"


def _curves(analysis: Analysis) -> dict[str, Any]:
    charts = []
    used = 0
    for stem, title, sign, up, down in CURVES:
        curves = _curves_of(analysis, stem, sign)
        if not curves:
            continue
        chart = figures.angle_chart(title, "\N{DEGREE SIGN}", (up, down), curves)
        n = " and ".join(f"{c.n} {c.side}" for c in curves)
        used = max(used, *(c.n for c in curves))
        charts.append(
            {
                "title": title,
                "svg": drawn(chart.svg),
                "json": script_json(chart.data),
                "caption": f"{n} strides",
            }
        )
    return {
        "charts": charts,
        "curves_sentence": "Mean \N{PLUS-MINUS SIGN} 1 SD between strides, each side from its own "
        "foot strike. Dotted lines: toe-off. Left is solid blue, right is dashed orange.",
    }


def _curves_of(analysis: Analysis, stem: str, sign: float) -> list[figures.Curve]:
    for trial in analysis.trials:
        motion = trial.motion
        if motion is None:
            continue
        curves = []
        for side in ("left", "right"):
            name = stem.format(s=side[0])
            index = motion.coordinate_names.index(name)
            if motion.coordinate_status[index] != "observed":
                continue
            cycle = mean_cycle(_angle(motion, name, sign), _used_strides(trial, side))
            if cycle is None:
                continue
            mean, sd = cycle.mean[:, 0], cycle.sd[:, 0]
            curves.append(figures.Curve(side, side, mean, sd, cycle.n, cycle.toe_off))
        if curves:
            return curves
    return []


def _angle(motion: _core.Motion, name: str, sign: float) -> Any:
    def sample(times: Array) -> Array:
        return sign * np.degrees(motion.coordinate(name, times))

    return sample


def _used_strides(trial: Trial, side: str) -> list[_core.Stride]:
    return [s for s in _core.strides(trial.events, trial.signals) if s.side == side and s.used]


def _stride(analysis: Analysis) -> dict[str, Any]:
    empty: dict[str, Any] = {"stride": None, "stride_json": "", "pose_views": [], "stride_n": 0}
    pose_views, views, first = [], {}, None
    for trial in analysis.trials:
        mean = mean_stride_of(trial)
        if mean is None:
            continue
        wanted = ("side", "rear") if trial.recording.view == "spatial" else (trial.recording.view,)
        for view in wanted:
            if view in views:
                continue
            pictures = [{"title": t, "svg": drawn(s)} for t, s in stick.stills(mean, view)]
            pose_views.append({"name": view, "pictures": pictures})
            moving = stick.moving(mean, [view])
            views[view] = moving["views"][view]
            first = first or (mean, moving)
    if first is None:
        return empty | {"stride_sentence": ""}
    mean, moving = first
    moving["views"] = views
    return {
        "stride": moving,
        "stride_json": script_json(moving),
        "pose_views": pose_views,
        "stride_n": mean.n,
        "stride_sentence": f"The average {mean.side} stride, {mean.duration_s:.2f} s long, "
        "seen as if the runner stayed on the spot.",
    }


def mean_stride_of(trial: Trial) -> stick.MeanStride | None:
    """Return the mean stride of the side that has more strides."""
    points = body_points(trial)
    spans = {side: _used_strides(trial, side) for side in ("left", "right")}
    side = max(("left", "right"), key=lambda s: len(spans[s]))
    other = "right" if side == "left" else "left"
    time_s = np.asarray(trial.signals.time_s)
    return stick.mean_stride(time_s, points, side, spans[side], spans[other])


def body_points(trial: Trial) -> dict[str, Array]:
    """Named points over time for the stick figure, each n_frames x 3; unobserved ones left out."""
    signals = trial.signals
    points = {"pelvis": signals.pelvis, "trunk_top": signals.trunk_top}
    for side in ("left", "right"):
        leg = getattr(signals, side)
        for name in ("hip", "knee", "ankle", "heel", "toe"):
            points[f"{side}_{name}"] = getattr(leg, name)
        if trial.motion is not None:
            for name in ("shoulder", "elbow", "wrist"):
                points[f"{side}_{name}"] = _landmark(trial.motion, f"{name}_{side[0]}")
    return {name: np.asarray(p) for name, p in points.items() if len(p)}


def _landmark(motion: _core.Motion, name: str) -> Array:
    """Return a landmark over the frames; nothing where a joint that carries it was not observed."""
    skeleton = motion.skeleton
    if name not in [landmark.name for landmark in skeleton.landmarks]:
        return np.empty((0, 3))
    segment = skeleton.landmark(name).segment
    while segment >= 0:
        for coordinate, status in zip(skeleton.coordinates, motion.coordinate_status, strict=True):
            if coordinate.segment == segment and status == "undetermined":
                return np.empty((0, 3))
        segment = skeleton.segments[segment].parent
    return np.asarray(motion.point(name))


def _plan(analysis: Analysis) -> dict[str, Any]:
    plan = analysis.assessment.plan
    titles = {f.id: f.title for f in analysis.assessment.findings}
    items = [
        {
            "kind": {"cue": "while running"}.get(item.kind, "strengthening"),
            "say": item.text,
            "how": item.how,
            "covers": ", ".join(titles.get(finding, finding) for finding in item.covers),
            "expect": item.expect,
            "caution": item.caution,
        }
        for item in plan.items
    ]
    return {"plan": items, "plan_sentence": plan.text}


def _notes(analysis: Analysis) -> list[dict[str, Any]]:
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
        if trial.motion is not None:
            add(f"Skeleton fit, {trial.name}", trial.motion.notes)
        add(f"Points used for the metrics, {trial.name}", trial.signals.notes)
        add(f"Foot contacts, {trial.name}", [*trial.notes, *trial.events.notes])
        add(f"Metrics, {trial.name}", trial.table.notes)
    return groups


def _provenance(analysis: Analysis) -> list[dict[str, str]]:
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
        detector = _detector(trial)
        if trial.events.threshold_n > 0:
            detector += f", threshold {trial.events.threshold_n:.0f} N"
        pairs.append(("Foot contacts", detector))
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


def _source_tables(analysis: Analysis) -> list[dict[str, Any]]:
    definitions = _core.metric_definitions()
    return [
        {
            "title": "How each metric is defined, and after whom",
            "head": ["Metric", "Definition", "Source"],
            "rows": [[d.name, d.definition, d.source] for d in definitions],
        }
    ]
