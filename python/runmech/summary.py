"""What the command line prints: one screen for a person."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from runmech import _core
from runmech.report import words

if TYPE_CHECKING:
    from runmech.analysis import Analysis


def analysis_summary(analysis: Analysis) -> str:
    """Return what was measured, what was found and what to do, as plain text."""
    context = analysis.table.context
    names = ", ".join(trial.name for trial in analysis.trials)
    detector = analysis.trials[0].events.detector
    source = "force plates" if detector == "force" else f"detector {detector}"
    speed = words.number(context.speed_m_s, "m/s", context.speed_sd_m_s)
    lines = [
        f"{names}: {context.strides_used} of {context.strides_found} strides used, "
        f"speed {speed}, foot contacts from {source}",
        "",
        *metric_lines(analysis.table),
        "",
    ]
    for finding in analysis.assessment.findings:
        reason = words.sentence(finding.reason, finding.metric)
        lines.append(f"{words.OUTCOMES[finding.outcome]:<12} {finding.title}: {reason}")
    if analysis.assessment.plan.items:
        lines += ["", "plan"]
        lines += [f"  {item.kind}: {item.text}" for item in analysis.assessment.plan.items]
    return "\n".join(lines)


def metric_lines(table: _core.MetricTable) -> list[str]:
    """One line per metric: left, right, both, or why there is none."""
    lines = [f"{'':<34}{'left':<17}{'right':<17}both"]
    rows = [r for r in table.rows if r.stride < 0]
    for definition in _core.metric_definitions():
        own = {r.side: r for r in rows if r.metric == definition.id}
        unit = words.shown_unit(definition.unit)
        name = f"{definition.id} ({unit})" if unit else definition.id
        if not any(math.isfinite(r.value) for r in own.values()):
            reason = next((r.reason for r in own.values() if r.reason), "not observed")
            lines.append(f"{name:<34}not available: {reason}")
            continue
        cells = [
            words.number(own[s].value, definition.unit, own[s].sd, unit_shown=False)
            if s in own and math.isfinite(own[s].value)
            else ""
            for s in ("left", "right", "both")
        ]
        lines.append(f"{name:<34}{cells[0]:<17}{cells[1]:<17}{cells[2]}".rstrip())
    return lines
