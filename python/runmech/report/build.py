"""What the report says, in order: turns an Analysis into the fields of the template."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from runmech import _core
from runmech.report import figures, movement, sources, words
from runmech.report.render import drawn, render

if TYPE_CHECKING:
    from runmech.results import Results, Trial


def analysis_html(analysis: Results) -> str:
    """Return the report of one session."""
    return render("analysis.html.j2", analysis_model(analysis))


def analysis_model(analysis: Results) -> dict[str, Any]:
    """Return the fields of the template."""
    definitions = {d.id: d for d in _core.metric_definitions()}
    name = analysis.subject.name
    present, others = _findings(analysis)
    model: dict[str, Any] = {
        "title": f"Running analysis: {name}" if name else "Running analysis",
        "subtitle": _subtitle(analysis),
        "facts": _facts(analysis),
        "warnings": sources.warnings(analysis),
        "present": present,
        "other_findings": others,
        "findings_sentence": _findings_sentence(present, others),
        "metrics": _metrics(analysis, definitions),
        "symmetry": _symmetry(analysis, definitions),
        "provenance": sources.provenance(analysis),
        "notes": sources.notes(analysis),
        "source_tables": sources.tables(),
    }
    return model | _suitability(analysis, definitions) | _plan(analysis) | _numbers(analysis) | (
        movement.stride(analysis) | movement.curves(analysis) | _strength(analysis)
    )  # fmt: skip


def _subtitle(analysis: Results) -> list[str]:
    lines = []
    if analysis.date:
        lines.append(words.day(analysis.date))
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


def _facts(analysis: Results) -> list[dict[str, str]]:
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
        ("Foot contacts from", *_contacts(first)),
    ]  # fmt: skip
    if first.motion is not None:
        facts.append(("Skeleton fit", *sources.fit_quality(first)))
    return [{"label": a, "value": b, "note": c} for a, b, c in facts]


_VIEWS = {
    "spatial": "three-dimensional",
    "side": "from the side",
    "rear": "from behind",
    "front": "from the front",
}


def _contacts(trial: Trial) -> tuple[str, str]:
    stated = [e.sd_s for e in trial.events.events if e.sd_s > 0]
    error = f"each known to about {1000 * float(np.median(stated)):.0f} ms" if stated else ""
    own = trial.events.detector
    if own == "force":
        return "force plates", error
    return "foot movement", ", ".join(filter(None, (f"rule {own}", error)))


def _rows(analysis: Results, metric: str) -> dict[str, _core.MetricRow]:
    return {r.side: r for r in analysis.table.rows if r.metric == metric and r.stride < 0}


def _kind(definition: Any) -> str:
    if definition.plane == "frontal":
        return "The pelvis, seen from behind"
    if definition.unit == "deg" or definition.id == "overstride":
        return "Posture and leg, seen from the side"
    return "Rhythm and steps"


def _suitability(analysis: Results, definitions: dict[str, Any]) -> dict[str, Any]:
    good: dict[str, list[str]] = {}
    careful: dict[str, list[str]] = {}
    missing: dict[str, list[str]] = {}
    for metric, definition in definitions.items():
        rows = list(_rows(analysis, metric).values())
        if any(r.status == "ok" for r in rows):
            good.setdefault(_kind(definition), []).append(definition.name)
            continue
        shaky = [r for r in rows if r.status == "low_quality" and math.isfinite(r.value)]
        reason = next((r.reason for r in (shaky or rows) if r.reason), "not observed")
        if shaky:  # the table has the rest of the reason
            careful.setdefault(reason.split(";")[0], []).append(definition.name)
        else:
            missing.setdefault(reason, []).append(definition.name)
    n_good, n_all = sum(map(len, good.values())), len(definitions)
    sentence = (
        f"{n_good} of the {n_all} things that runmech reports could be measured well here. "
        "What could not is listed with its reason and is not guessed."
        if n_good < n_all
        else f"All {n_all} things that runmech reports could be measured well here."
    )
    return {
        "suitable": [f"{kind}: {_listed(names)}" for kind, names in good.items()],
        "careful": _with_reasons(careful),
        "unsuitable": _with_reasons(missing),
        "quality_sentence": sentence,
    }


def _with_reasons(groups: dict[str, list[str]]) -> list[str]:
    told = []
    for reason, names in groups.items():
        why = words.sentence(reason)
        told.append(f"{words.sentence(_listed(names))}: {why[:1].lower()}{why[1:]}")
    return told


def _listed(names: Sequence[str]) -> str:
    return ", ".join(names[:-1]) + (" and " if len(names) > 1 else "") + names[-1]


def _findings(analysis: Results) -> tuple[list[dict[str, Any]], list[dict[str, Any]]]:
    shown = [_finding(f) for f in analysis.assessment.findings]
    present = [f for f in shown if f["outcome"] == "present"]
    return present, [f for f in shown if f["outcome"] != "present"]


def _finding(finding: Any) -> dict[str, Any]:
    unit = finding.unit
    present = finding.outcome == "present"
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
        "sentence": words.finding_reason(finding),
        "value": words.finding_value(finding),
        "usual": words.band(finding.band_low, finding.band_high, unit),
        "certainty": words.certainty(finding),
        "evidence": finding.evidence,
        "evidence_text": words.EVIDENCE.get(finding.evidence, ""),
        "may_relate": finding.may_relate if present else "",
        "caution": words.sentence(finding.caution) if present else "",
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
        "this speed by more than its error can explain. Certainty is the chance that the answer is "
        "right, given that error."
    )


def _metrics(analysis: Results, definitions: dict[str, Any]) -> list[dict[str, Any]]:
    bands = _bands(analysis)
    shown = []
    for metric, definition in definitions.items():
        rows = _rows(analysis, metric)
        values = [r for r in rows.values() if math.isfinite(r.value)]
        unit = definition.unit
        shown_unit = words.shown_unit(unit)
        label = words.sentence(definition.name)
        row: dict[str, Any] = {"label": label, "unit": shown_unit, "missing": ""}
        if not values:
            row["missing"] = next((r.reason for r in rows.values() if r.reason), "not observed")
            shown.append(row)
            continue
        for side in ("left", "right", "both"):
            r = rows.get(side)
            known = r is not None and math.isfinite(r.value)
            row[side] = (
                words.number(r.value, unit, r.sd, unit_shown=False)
                if r is not None and known
                else "\N{EN DASH}"
            )
            row[f"{side}_parts"] = words.error_parts(r, unit) if r is not None and known else ""
        marks = [
            figures.Mark(words.scale(rows[s].value, unit), words.scale(rows[s].sd, unit), s)
            for s in ("left", "right")
            if s in rows and math.isfinite(rows[s].value)
        ] or [figures.Mark(words.scale(r.value, unit), words.scale(r.sd, unit)) for r in values]
        band = bands.get(metric)
        scaled = (words.scale(band[0], unit), words.scale(band[1], unit)) if band else None
        graph = figures.range_graph(marks, scaled, words.shown_unit(unit), words.digits(unit))
        row["graph"] = drawn(graph)
        odd = next((r.reason for r in values if r.status != "ok" and r.reason), "")
        row["remark"] = words.sentence(odd)
        shown.append(row)
    return shown


def _bands(analysis: Results) -> dict[str, tuple[float, float]]:
    return {
        r.metric: (r.low, r.high)
        for r in analysis.assessment.readings
        if math.isfinite(r.low) or math.isfinite(r.high)
    }


def _numbers(analysis: Results) -> dict[str, Any]:
    speed = analysis.table.context.speed_m_s
    at = f" at {speed:.1f} m/s" if math.isfinite(speed) else ""
    return {
        "numbers_sentence": f"Means over the strides used. The shaded range is the usual one{at}; "
        "without shading, no range is known well enough to draw one. A finding has a limit of its "
        "own, stated and shaded with it, that may lie elsewhere. Errors are one standard deviation "
        "of the whole error; point at a number for its two parts (also in metrics.csv): random, "
        "which more strides make smaller, and systematic (skin, joints, markers, view), which "
        "none do."
    }


def _symmetry(analysis: Results, definitions: dict[str, Any]) -> list[dict[str, Any]]:
    shown = []
    for metric, definition in definitions.items():
        rows = _rows(analysis, metric)
        left, right = rows.get("left"), rows.get("right")
        if not (left and right and math.isfinite(left.value) and math.isfinite(right.value)):
            continue
        unit = definition.unit
        shown.append(
            {
                "label": words.sentence(definition.name),
                "left": words.number(left.value, unit, left.sd),
                "right": words.number(right.value, unit, right.sd),
                "words": words.side_words(left, right),
            }
        )
    return shown


def _strength(analysis: Results) -> dict[str, Any]:
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


def _plan(analysis: Results) -> dict[str, Any]:
    plan = analysis.assessment.plan
    titles = {f.id: f.title for f in analysis.assessment.findings}
    items = [
        {
            "kind": {"cue": "while running"}.get(item.kind, "strengthening"),
            "say": words.sentence(item.text),
            "how": words.sentence(item.how),
            "covers": ", ".join(titles.get(finding, finding) for finding in item.covers),
            "expect": words.sentence(item.expect),
            "caution": words.sentence(item.caution),
        }
        for item in sorted(plan.items, key=lambda item: item.kind != "cue")
    ]
    sentence = plan.text
    unsure = sum(f.outcome == "cannot_tell" for f in analysis.assessment.findings)
    if not items and unsure:
        sentence = (
            f"No finding is present, but {unsure} could not be told: "
            "that is no sign that there is nothing to change."
        )
    return {"plan": items, "plan_sentence": sentence}
