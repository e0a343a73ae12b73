"""What is known of one session after its analysis: plain data, made again after an edit."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from html import escape
from pathlib import Path

from runmech import _core, api
from runmech.output import readable


def _marks(events: _core.GaitEvents) -> list[tuple[str, str, float]]:
    return [(event.side, event.type, event.time_s) for event in events]


@dataclass(repr=False)
class Trial:
    """One recording on its way: what each room made of it."""

    recording: _core.Recording
    events: _core.GaitEvents
    signals: _core.GaitSignals
    table: _core.MetricTable
    calibration: _core.Calibration | None = None
    motion: _core.Motion | None = None
    notes: list[_core.Note] = field(default_factory=list)

    def __post_init__(self) -> None:
        self._measured = _marks(self.events)

    def measure(self) -> bool:
        """Make the table again if events were edited since; return whether they were."""
        now = _marks(self.events)
        if now == self._measured:
            return False
        self.table = api.metrics(self.signals, self.events, motion=self.motion)
        self._measured = now
        return True

    def __repr__(self) -> str:
        return f"<Trial {self.name}: {len(self.events)} events, {len(self.table.rows)} metric rows>"

    @property
    def name(self) -> str:
        """File name, for people."""
        return readable(Path(self.recording.source).name)


@dataclass(repr=False)
class Results:
    """All results of one session.

    Events may be edited by hand (``trials[0].events.events = [...]``); ``update`` makes the rest of
    them.
    """

    trials: list[Trial]
    subject: _core.Subject
    date: str
    table: _core.MetricTable
    assessment: _core.Assessment
    session: _core.Session
    strength: _core.StrengthProfile | None = None
    notes: list[_core.Note] = field(default_factory=list)

    def __repr__(self) -> str:
        who = ", ".join(filter(None, (self.subject.name, self.date))) or "session"
        present = [f.title for f in self.assessment.findings if f.outcome == "present"]
        files = ", ".join(trial.name for trial in self.trials)
        return (
            f"<{type(self).__name__} of {who}: {files}; findings: {', '.join(present) or 'none'}>"
        )

    def _repr_html_(self) -> str:
        """Show whose session it is, its findings and its numbers in a notebook."""
        who = escape(", ".join(filter(None, (self.subject.name, self.date))) or "session")
        found = "".join(
            f"<li>{escape(f.title)}: {escape(f.outcome.replace('_', ' '))}</li>"
            for f in self.assessment.findings
        )
        return f"<div><b>{who}</b><ul>{found}</ul>{self.table._repr_html_()}</div>"

    def update(self) -> None:
        """Make metrics, findings and session again where events were edited since.

        The edited events stay as they are: nothing is detected anew.
        """
        if not any([trial.measure() for trial in self.trials]):
            return
        self.table = merged([trial.table for trial in self.trials])
        self.assessment = api.assess(self.table, strength=self.strength)
        self.session = api.session(
            self.assessment,
            subject=self.subject,
            strength=self.session.strength,
            date=self.date,
            sources=self.session.sources,
        )


def merged(tables: Sequence[_core.MetricTable]) -> _core.MetricTable:
    """Join tables of several views of a run: per metric, the rows of the view that shows it best.

    Best is: first by status (ok, then low_quality, then the rest), then by the order given. Context
    and notes are those of the first table.
    """
    if len(tables) == 1:
        return tables[0]
    rank = {"ok": 0, "low_quality": 1}
    by_metric: dict[str, list[list[_core.MetricRow]]] = {}
    for table in tables:
        here: dict[str, list[_core.MetricRow]] = {}
        for row in table.rows:
            here.setdefault(row.metric, []).append(row)
        for metric, rows in here.items():
            by_metric.setdefault(metric, []).append(rows)
    out = _core.MetricTable()
    out.rows = [
        row
        for candidates in by_metric.values()
        for row in min(
            candidates,
            key=lambda rows: min(rank.get(r.status, 2) for r in rows if r.stride < 0),
        )
    ]
    out.context = tables[0].context
    out.notes = [note for table in tables for note in table.notes]
    return out
