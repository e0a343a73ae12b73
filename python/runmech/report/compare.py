"""What the comparison report says, in order."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

from runmech import _core
from runmech.report import changes, figures, words
from runmech.report.render import drawn, render

#: Notes that stand where they are needed, not at the end.
_IN_PLACE = ("chance", "strength")


def comparison_html(told: _core.Reassessment) -> str:
    """Return the report of a comparison."""
    return render("comparison.html.j2", comparison_model(told))


def comparison_model(told: _core.Reassessment) -> dict[str, Any]:
    """Return the fields of the template."""
    first, second = told.baseline, told.followup
    name = second.subject.name or first.subject.name
    made = changes.blocks(told.changes)
    shown = [b for b in made if any(_both_known(c) for c in b.changes)]
    quiet = [c for b in made if b not in shown for c in b.changes]
    unsure = "Real changes come first. " if any(b.real for b in shown) else ""
    return {
        "title": f"Two visits: {name}" if name else "Two visits",
        "subtitle": [f"{words.day(first.date)} and {words.day(second.date)}"],
        "verdict_sentence": told.text,
        "facts": _facts(first, second),
        "comparable": told.comparable and not told.reasons,
        "comparability": told.reasons or ["Speed, surface and way of measuring are the same."],
        "warnings": [note.text for note in told.notes if note.warning],
        "findings": _findings(first.assessment, second.assessment),
        "changes_sentence": f"{unsure}A change counts as real only where it is larger than the "
        "errors of both visits and the runner's own variation can explain, and stands among all "
        "comparisons made. A real change need not be one that matters. Metrics without a grade "
        "are shown, but more or less of them is not better.",
        "chance": _note(told, "chance"),
        "blocks": [_block(b) for b in shown],
        "quiet": [f"{c.name}{_of_side(c.side)}: {c.reason}" for c in quiet],
        "strength": [_block(b) for b in changes.blocks(told.strength)],
        "strength_sentence": _note(told, "strength"),
        "provenance": _provenance(first, second),
        "notes": [
            {"text": n.text, "code": n.code, "warning": n.warning}
            for n in told.notes
            if n.code not in _IN_PLACE
        ],
    }


def _note(told: _core.Reassessment, code: str) -> str:
    return " ".join(f"{words.sentence(n.text)}." for n in told.notes if n.code == code)


def _facts(first: _core.Session, second: _core.Session) -> list[dict[str, str]]:
    facts = []
    for title, session in (("First visit", first), ("Second visit", second)):
        context = session.table.context
        speed = words.number(context.speed_m_s, "m/s", context.speed_sd_m_s)
        note = f"{speed}, {context.surface}, {context.strides_used} strides"
        facts.append({"label": title, "value": words.day(session.date), "note": note})
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
        # The reason of the visit that cannot tell; the later one, where neither can.
        open_one = second if second.outcome == "cannot_tell" else first
        side = _of_side(first.side if first.outcome == "present" else second.side)
        rows.append(
            {
                "title": words.sentence(first.title) + side,
                "before": first.outcome,
                "before_word": words.OUTCOMES[first.outcome],
                "before_value": _value(first, second),
                "after": second.outcome,
                "after_word": words.OUTCOMES[second.outcome],
                "after_value": _value(second, first),
                "words": said,
                "why": words.finding_reason(open_one) if said == "cannot tell" else "",
            }
        )
    return rows


def _value(finding: _core.Finding, other: _core.Finding) -> str:
    """Write what decided, with its name where the other visit was decided by something else."""
    value = words.finding_value(finding)
    if not value or (finding.metric, finding.unit) == (other.metric, other.unit):
        return value
    names = {d.id: d.name.partition(" (")[0] for d in _core.metric_definitions()}
    return f"{names[finding.metric]} {value}" if finding.metric in names else ""


def _of_side(side: str) -> str:
    return f", {side}" if side in ("left", "right") else ""


def _both_known(change: _core.Change) -> bool:
    return math.isfinite(change.before) and math.isfinite(change.after)


def _block(block: changes.Block) -> dict[str, Any]:
    first = block.first
    unit = first.unit
    sides = {c.side: c for c in block.changes}
    # Both sides together are the mean of the two: drawn only where there are no sides.
    drawn_ones = [sides[s] for s in ("left", "right") if s in sides] or list(block.changes)
    marks = [
        figures.Mark(words.scale(value, unit), words.scale(sd, unit), change.side, hollow=hollow)
        for change in drawn_ones
        for value, sd, hollow in (
            (change.before, change.before_sd, True),
            (change.after, change.after_sd, False),
        )
    ]
    known = math.isfinite(first.band_low) or math.isfinite(first.band_high)
    band = (words.scale(first.band_low, unit), words.scale(first.band_high, unit))
    return {
        "label": words.sentence(first.name),
        "unit": words.shown_unit(unit),
        "rows": [
            {
                "side": c.side,
                "before": words.number(c.before, unit, c.before_sd, unit_shown=False),
                "after": words.number(c.after, unit, c.after_sd, unit_shown=False),
                "change": words.number(
                    c.difference, unit, c.difference_sd, signed=True, unit_shown=False
                ),
            }
            for c in block.changes
        ],
        "verdicts": [
            {"word": word, "colour": colour, "sides": of} for word, colour, of in block.verdicts
        ],
        "remarks": _remarks(block),
        "usual": words.band(first.band_low, first.band_high, unit) if known else "",
        "graph": drawn(
            figures.range_graph(
                marks, band if known else None, words.shown_unit(unit), words.digits(unit)
            )
        ),
    }


def _remarks(block: changes.Block) -> list[str]:
    """Say what else to know of a change, each thing once; of the sides that really changed first.

    That a real change lies inside the usual range is in the verdict's own words already.
    """
    told: dict[str, None] = {}
    for change in block.real or block.changes:
        if change.reason and change.reason != "inside the usual range before and after":
            told.setdefault(words.sentence(change.reason, change.metric).rstrip(".") + ".")
        if _shows(change.by_speed, change.unit):
            taken = words.number(change.by_speed, change.unit, signed=True)
            told.setdefault(f"{taken} is due to the other speed and taken off.")
    if block.real:
        extreme = [c for c in block.real if _shows(c.regression_to_mean, c.unit)]
        if extreme:
            most = max(extreme, key=lambda c: abs(c.regression_to_mean))
            back = words.number(most.regression_to_mean, most.unit, signed=True)
            told.setdefault(
                f"The first value was far from the mean: about {back} is to be expected from "
                "measuring again alone."
            )
        caution = _cautions().get(block.first.metric)
        if caution:
            told.setdefault(f"How to read it: {caution.rstrip('.')}.")
    return list(told)


def _shows(value: float, unit: str) -> bool:
    """Return whether a value is not rounded to nothing."""
    return math.isfinite(value) and abs(words.scale(value, unit)) >= 0.5 * 10 ** -words.digits(unit)


def _cautions() -> dict[str, str]:
    return {band.metric: band.text for band in _core.reference_bands()}


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
