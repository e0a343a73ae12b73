"""What the command line prints: one screen for a person, no wider than 80 columns."""

from __future__ import annotations

import math
import textwrap
from collections.abc import Sequence
from typing import TYPE_CHECKING

from runmech import _core
from runmech.report import changes, sources, words

if TYPE_CHECKING:
    from runmech.results import Results

WIDTH = 80
_NAME, _CELL = 28, 16
_OUTCOME = max(map(len, words.OUTCOMES.values())) + 2


def wrapped(head: str, text: str, indent: int) -> list[str]:
    """Wrap a text after its head; further lines start where the text does."""
    return textwrap.wrap(
        text, WIDTH, initial_indent=f"{head:<{indent}}", subsequent_indent=" " * indent,
        break_long_words=False, break_on_hyphens=False,
    )  # fmt: skip


def analysis_summary(analysis: Results) -> str:
    """Return what was measured, what was found and what to do, as plain text."""
    context = analysis.table.context
    detector = analysis.trials[0].events.detector
    source = "force plates" if detector == "force" else f"detector {detector}"
    speed = words.number(context.speed_m_s, "m/s", context.speed_sd_m_s)
    about = (
        f"{context.strides_used} of {context.strides_found} strides used, speed {speed}, "
        f"foot contacts from {source}"
    )
    unseen = sources.unseen_feet(analysis)
    return "\n".join(
        [
            *wrapped("", ", ".join(trial.name for trial in analysis.trials), 0),
            *wrapped("", about, 0),
            "",
            *warning_lines(unseen),
            *metric_lines(analysis.table),
            "",
            *fit_lines(analysis),
            *warning_lines([w for w in sources.warnings(analysis) if w not in unseen]),
            *finding_lines(analysis.assessment.findings),
            *plan_lines(analysis.assessment.plan),
        ]
    )


def fit_lines(analysis: Results) -> list[str]:
    """Return how well the skeleton met the markers, and which joints they barely determine."""
    lines = []
    for trial in analysis.trials:
        if trial.motion is not None:
            said = ", ".join(filter(None, sources.fit_quality(trial)))
            lines += wrapped("fit: ", f"{said} (method {trial.motion.method})", 5)
    return [*lines, ""] if lines else []


def warning_lines(texts: Sequence[str]) -> list[str]:
    """Return what the user should look at first."""
    if not texts:
        return []
    return [line for text in texts for line in wrapped("warning: ", text, 9)] + [""]


def metric_lines(table: _core.MetricTable) -> list[str]:
    """One line per metric: left, right, both; below why there is none of the others."""
    sides = ("left", "right", "both")
    lines = [f"{'':<{_NAME}}" + "".join(f"{side:>{_CELL}}" for side in sides)]
    missing: dict[str, list[str]] = {}
    rows = [r for r in table.rows if r.stride < 0]
    for definition in _core.metric_definitions():
        own = {r.side: r for r in rows if r.metric == definition.id}
        if not any(math.isfinite(r.value) for r in own.values()):
            reason = next((r.reason for r in own.values() if r.reason), "not observed")
            missing.setdefault(reason, []).append(definition.id)
            continue
        cells = [
            words.number(own[s].value, definition.unit, own[s].sd, unit_shown=False)
            if s in own and math.isfinite(own[s].value)
            else ""
            for s in sides
        ]
        name = _with_unit(definition.id, definition.unit)
        lines.append((f"{name:<{_NAME}}" + "".join(f"{c:>{_CELL}}" for c in cells)).rstrip())
    lines += wrapped("", "\N{PLUS-MINUS SIGN}: one SD of the whole error; parts in metrics.csv", 0)
    for reason, names in missing.items():
        lines += wrapped("  no ", f"{', '.join(names)}: {reason}", 5)
    return lines


def finding_lines(findings: Sequence[_core.Finding]) -> list[str]:
    """Return the findings, those present first."""
    order = tuple(words.OUTCOMES)
    lines = []
    for finding in sorted(findings, key=lambda f: order.index(f.outcome)):
        text = f"{finding.title}: {words.finding_reason(finding)}"
        lines += wrapped(words.OUTCOMES[finding.outcome], text, _OUTCOME)
    return lines


def plan_lines(plan: _core.Plan) -> list[str]:
    """Return what to do, cues first."""
    if not plan.items:
        return []
    lines = [""]
    for item in sorted(plan.items, key=lambda item: item.kind != "cue"):
        lines += wrapped(f"plan: {item.kind}", words.sentence(item.text), 16)
    return lines


def comparison_summary(told: _core.Reassessment) -> str:
    """Return the verdicts, real changes first; of a metric whose sides agree only both together."""
    name = told.followup.subject.name or told.baseline.subject.name
    days = " and ".join(words.day(s.date) for s in (told.baseline, told.followup))
    lines = [*wrapped("", f"{name}: {days}" if name else days, 0)]
    lines += wrapped("", told.text, 0)
    made = changes.blocks(told.changes) + changes.blocks(told.strength)
    said: dict[str, list[str]] = {}
    for block in sorted(made, key=lambda block: block.rank):
        for change in _telling(block):
            if words.is_real(change) or change.verdict == "possible":
                verdict, _ = words.verdict(change)
                said.setdefault(verdict, []).append(_change_line(change))
    if said:
        head = "".join(f"{title:>{w}}" for title, w in (("first", 10), ("second", 10)))
        lines += ["", f"{'':<{_NAME + 10}}{head}{'change':>18}"]
    for verdict, rows in said.items():
        lines += [verdict, *rows]
    every = [c for block in made for c in _telling(block)]
    rest = sum(c.verdict == "no_detectable_change" for c in every)
    refused = sum(c.verdict == "not_comparable" for c in every)
    lines += ["", f"no detectable change in {rest}, not comparable {refused}"]
    return "\n".join(lines)


def _telling(block: changes.Block) -> Sequence[_core.Change]:
    alike = len({words.verdict(c) for c in block.changes}) == 1
    both = [c for c in block.changes if c.side == "both"]
    return both if alike and both else block.changes


def _change_line(change: _core.Change) -> str:
    unit = change.unit
    name = _with_unit(change.metric, unit)
    if change.side != "both":
        name += f", {change.side}"
    before = words.number(change.before, unit, unit_shown=False)
    after = words.number(change.after, unit, unit_shown=False)
    moved = words.number(
        change.difference, unit, change.difference_sd, signed=True, unit_shown=False
    )
    return f"  {name:<{_NAME + 8}}{before:>10}{after:>10}{moved:>18}"


def _with_unit(metric: str, unit: str) -> str:
    shown = words.shown_unit(unit)
    return f"{metric} ({shown})" if shown else metric
