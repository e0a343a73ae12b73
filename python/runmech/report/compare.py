"""What the comparison report says, in order."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

from runmech import _core
from runmech.report import figures, words
from runmech.report.render import drawn, render

_ORDER = {
    "real_change_toward": 0,
    "real_change_away": 0,
    "possible": 1,
    "no_detectable_change": 2,
    "not_comparable": 3,
}


def comparison_html(told: _core.Reassessment) -> str:
    """Return the report of a comparison."""
    return render("comparison.html.j2", comparison_model(told))


def comparison_model(told: _core.Reassessment) -> dict[str, Any]:
    """Return the fields of the template."""
    first, second = told.baseline, told.followup
    name = second.subject.name or first.subject.name
    rows = sorted(told.changes, key=lambda c: _ORDER[c.verdict])
    shown = [c for c in rows if math.isfinite(c.before) and math.isfinite(c.after)]
    quiet = [c for c in rows if c not in shown]
    return {
        "title": f"Two visits: {name}" if name else "Two visits",
        "subtitle": [f"{_day(first)} and {_day(second)}"],
        "verdict_sentence": told.text,
        "facts": _facts(first, second),
        "comparable": told.comparable and not told.reasons,
        "comparability": told.reasons or ["Speed, surface and way of measuring are the same."],
        "warnings": [note.text for note in told.notes if note.warning],
        "findings": _findings(first.assessment, second.assessment),
        "changes_sentence": "A change counts as real only where it is larger than the errors of "
        "both visits and the runner's own variation can explain, and stands among all comparisons "
        "made. A real change need not be one that matters.",
        "rows": [_row(c) for c in shown],
        "quiet": [f"{c.name}{_of_side(c.side)}: {c.reason}" for c in quiet],
        "strength": [_strength_row(c) for c in told.strength],
        "provenance": _provenance(first, second),
        "notes": [{"text": n.text, "code": n.code, "warning": n.warning} for n in told.notes],
    }


def _day(session: _core.Session) -> str:
    date = _core.parse_session_date(session.date)
    if not date.day:
        return session.date or "date not stated"
    return f"{date.day} ({date.note})" if date.note else date.day


def _facts(first: _core.Session, second: _core.Session) -> list[dict[str, str]]:
    facts = []
    for title, session in (("First visit", first), ("Second visit", second)):
        context = session.table.context
        speed = words.number(context.speed_m_s, "m/s", context.speed_sd_m_s)
        note = f"{speed}, {context.surface}, {context.strides_used} strides"
        facts.append({"label": title, "value": _day(session), "note": note})
    return facts


def _findings(before: _core.Assessment, after: _core.Assessment) -> list[dict[str, str]]:
    later = {f.id: f for f in after.findings}
    rows = []
    for first in before.findings:
        second = later.get(first.id)
        if second is None:
            continue
        pair = (first.outcome, second.outcome)
        said = {
            ("present", "absent"): "no longer there",
            ("absent", "present"): "new",
            ("present", "present"): "still there",
            ("absent", "absent"): "not there either time",
        }.get(pair, "cannot tell")
        side = _of_side(first.side if first.outcome == "present" else second.side)
        rows.append(
            {
                "title": f"{first.title}{side}",
                "before": first.outcome,
                "before_word": words.OUTCOMES[first.outcome],
                "after": second.outcome,
                "after_word": words.OUTCOMES[second.outcome],
                "words": said,
            }
        )
    return rows


def _of_side(side: str) -> str:
    return f", {side}" if side in ("left", "right") else ""


def _row(change: _core.Change) -> dict[str, Any]:
    unit = change.unit
    marks = [
        figures.Mark(words.scale(value, unit), words.scale(sd, unit), change.side, hollow=hollow)
        for value, sd, hollow in (
            (change.before, change.before_sd, True),
            (change.after, change.after_sd, False),
        )
    ]
    known = math.isfinite(change.band_low) or math.isfinite(change.band_high)
    band = (words.scale(change.band_low, unit), words.scale(change.band_high, unit))
    reason = change.reason
    if math.isfinite(change.by_speed) and abs(words.scale(change.by_speed, unit)) >= (
        0.5 * 10 ** -words.digits(unit)
    ):
        taken = words.number(change.by_speed, unit, signed=True)
        reason = f"{reason} {taken} is due to the other speed and taken off.".strip()
    return {
        "label": words.sentence(change.name),
        "unit": words.shown_unit(unit),
        "side": "" if change.side == "both" else change.side,
        "before": words.number(change.before, unit, change.before_sd, unit_shown=False),
        "after": words.number(change.after, unit, change.after_sd, unit_shown=False),
        "change": words.number(
            change.difference, unit, change.difference_sd, signed=True, unit_shown=False
        ),
        "verdict": change.verdict,
        "word": words.VERDICTS[change.verdict],
        "reason": reason,
        "graph": drawn(
            figures.range_graph(
                marks, band if known else None, words.shown_unit(unit), words.digits(unit)
            )
        ),
    }


def _strength_row(change: _core.Change) -> dict[str, Any]:
    row = _row(change)
    del row["graph"]
    return row | {"side": change.side}


def _provenance(first: _core.Session, second: _core.Session) -> list[dict[str, str]]:
    pairs: Sequence[tuple[str, str]] = [
        pair
        for title, session in (("First visit", first), ("Second visit", second))
        for pair in (
            (title, ", ".join(session.sources) or "source not stated"),
            (f"{title}, foot contacts", session.table.context.detector or "not stated"),
            (f"{title}, analysed with", f"runmech {session.library_version}"),
        )
    ]
    return [{"label": a, "value": b} for a, b in pairs]
