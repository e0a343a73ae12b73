"""The whole road as one call: recordings in; angles, events, metrics, findings and a report out."""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from runmech import _core, api
from runmech.output import readable, staged

if TYPE_CHECKING:
    import pandas as pd

PathLike = str | os.PathLike[str]
Progress = Callable[[float, str], bool | None]


def _marks(events: _core.GaitEvents) -> list[tuple[str, str, float]]:
    return [(event.side, event.type, event.time_s) for event in events]


@dataclass
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
        self.table = api.metrics(self.signals, self.events)
        self._measured = now
        return True

    @property
    def name(self) -> str:
        """File name, for people."""
        return readable(Path(self.recording.source).name)


@dataclass
class Analysis:
    """All results of one session; ``write`` puts them into a folder.

    Events may be edited by hand (``trials[0].events.events = [...]``); ``update`` makes the rest of
    them, and is called by ``write`` and ``summary``.
    """

    trials: list[Trial]
    subject: _core.Subject
    date: str
    table: _core.MetricTable
    assessment: _core.Assessment
    session: _core.Session
    strength: _core.StrengthProfile | None = None
    notes: list[_core.Note] = field(default_factory=list)

    def update(self) -> None:
        """Make metrics, findings and session again where events were edited since.

        The edited events stay as they are: nothing is detected anew.
        """
        if not any([trial.measure() for trial in self.trials]):
            return
        self.table = merged([trial.table for trial in self.trials])
        self.assessment = api.assess(self.table, strength=self.strength)
        self.session = api.session(
            self.table,
            subject=self.subject,
            strength=self.session.strength,
            assessment=self.assessment,
            date=self.date,
            sources=self.session.sources,
        )

    def write(self, folder: PathLike, progress: Progress | None = None) -> None:
        """Write every output file; the folder gets all of them or none."""
        from runmech.files import write_analysis

        self.update()
        with staged(Path(folder)) as scratch:
            write_analysis(self, scratch, progress)

    def summary(self) -> str:
        """One screen of text: what was measured, what was found, what to do."""
        from runmech.summary import analysis_summary

        self.update()
        return analysis_summary(self)


class _Stages:
    """Spreads the progress of several steps over 0..1."""

    def __init__(self, progress: Progress | None, n: int) -> None:
        self._progress, self._n, self._done = progress, n, 0

    def next(self, stage: str) -> Progress:
        start = self._done / self._n
        self._done += 1
        self(start, stage)
        return lambda fraction, what: self(start + fraction / self._n, f"{stage}: {what}")

    def __call__(self, fraction: float, stage: str) -> None:
        if self._progress is not None and self._progress(fraction, stage) is False:
            raise _core.Cancelled("cancelled")


def analyze(
    inputs: PathLike | _core.Recording | Sequence[PathLike | _core.Recording],
    *,
    static: PathLike | _core.Recording | None = None,
    forces: PathLike | None = None,
    strength: PathLike | pd.DataFrame | Iterable[_core.StrengthTrial] | None = None,
    subject: _core.Subject | None = None,
    detector: api.Detector | None = None,
    date: str = "",
    progress: Progress | None = None,
    **read_options: Any,
) -> Analysis:
    """Analyse one session: one recording, or several views of the same run.

    Parameters
    ----------
    inputs
        Files or recordings; with several, each metric comes from the first that shows it well.
    static
        A standing trial of the same markers: joint centres, zeros for foot and pelvis angles.
    forces
        Force plates in a file of their own, on the clock of the first input.
    strength
        Strength tests: CSV file, frame or trials (``test, side, trial, value, unit``).
    subject
        Mass, stature and sex where known.
    detector
        Name or callable. Without one, force plates give the events where they exist, else the
        library's default detector.
    date
        Session date, ISO 8601; else as the first file states it.
    progress
        Called with (fraction, stage); returning False raises Cancelled.
    read_options
        What is known about the files, see ReadOptions: ``forward``, ``speed_m_s``, ``rate_hz``, ...

    Raises
    ------
    NotAnalysable
        With a sentence, when nothing in the inputs is running that can be analysed.
    IoError, ValueError
        For a file that cannot be read, for an argument that cannot be right.

    """
    subject = subject if subject is not None else _core.Subject()
    subject.validate()
    given = [inputs] if isinstance(inputs, (str, os.PathLike, _core.Recording)) else list(inputs)
    if not given:
        raise ValueError("no recording was given")
    options = dict(read_options)
    if subject.stature_m > 0:
        options.setdefault("stature_m", subject.stature_m)
    if subject.mass_kg > 0:
        options.setdefault("mass_kg", subject.mass_kg)
    stages = _Stages(progress, 3 * len(given) + 2)

    tests = None if strength is None else api.strength_trials(strength)
    profile = None if tests is None else api.strength_profile(tests, subject)
    stages.next("reading")
    recordings = [r if isinstance(r, _core.Recording) else _read(r, options) for r in given]
    standing = None if static is None else _standing(static, options, recordings[0])
    if forces is not None:
        _core.attach_forces(recordings[0], _core.read_forces(forces, _core.ReadOptions(**options)))

    trials: list[Trial] = []
    refused: list[tuple[str, _core.NotAnalysable]] = []
    for recording in recordings:
        try:
            trials.append(_trial(recording, standing, subject, detector, stages))
        except _core.NotAnalysable as error:
            refused.append((readable(recording.source), error))
    if not trials:
        raise refused[0][1]
    notes = [_core.Note("input", f"{name} was left out: {error}", True) for name, error in refused]

    stages.next("findings")
    table = merged([trial.table for trial in trials])
    assessment = api.assess(table, strength=profile)
    date = date or next((t.recording.date for t in trials if t.recording.date), "")
    session = api.session(
        table,
        subject=subject,
        strength=tests,
        assessment=assessment,
        date=date,
        sources=[readable(trial.recording.source) for trial in trials],
    )
    return Analysis(trials, subject, date, table, assessment, session, profile, notes)


def _read(path: PathLike, options: Mapping[str, Any]) -> _core.Recording:
    """Read a run; where its direction cannot be told because it is none, say that instead."""
    try:
        return api.read(path, **options)
    except _core.IoError:
        raise
    except ValueError as error:
        if "forward" in options or "forward" not in str(error):
            raise
        for forward in ("+x", "-x"):
            recording = api.read(path, **options, forward=forward)
            seen = _core.recognise_gait(_core.gait_signals(recording))
            if seen.kind in ("walking", "no_steps"):
                raise _core.NotAnalysable(seen.reason) from None
        raise


def _standing(
    static: PathLike | _core.Recording, options: Mapping[str, Any], run: _core.Recording
) -> _core.Recording:
    if isinstance(static, _core.Recording):
        return static
    # A standing trial has a clock, a direction and a speed of its own: only what describes the file
    # as such carries over.
    kept = {
        k: v for k, v in options.items() if k in ("unit", "up", "marker_set", "stature_m", "view")
    }
    try:
        return api.read(static, **kept)
    except _core.IoError:
        raise
    except ValueError as error:
        # A stand of few points may not show which way it faces; it was recorded as the run was.
        forward = _forward_of(run)
        if "forward" not in str(error) or forward is None:
            raise
        recording = api.read(static, **kept, forward=forward)
        text = f"the standing trial is taken to face {forward} of its file, as the run does"
        recording.notes = [*recording.notes, _core.Note("heading", text, True)]
        return recording


def _forward_of(run: _core.Recording) -> str | None:
    found = (re.search(r"file ([+-][xyz]) is forward", n.text) for n in run.notes)
    return next((match[1] for match in found if match), None)


def _trial(
    recording: _core.Recording,
    standing: _core.Recording | None,
    subject: _core.Subject,
    detector: api.Detector | None,
    stages: _Stages,
) -> Trial:
    if recording.n_frames < MIN_FRAMES:
        raise _core.NotAnalysable(
            f"too short: {recording.n_frames} frames; at least {MIN_FRAMES} are needed"
        )
    notes: list[_core.Note] = []
    calibration = motion = None
    stage = stages.next("calibration")
    try:
        calibration, recording = _calibrated(recording, standing, subject, stage, notes)
        motion = api.fit(recording, calibration, progress=stages.next("fit"))
        signals = _signals(recording, standing, calibration, motion)
    except _core.NotAnalysable as error:
        # Less than a skeleton may still show steps.
        notes.append(_core.Note("fit", f"no skeleton could be fitted: {error}", True))
        signals = _core.gait_signals(recording, standing)
    stages.next("events and metrics")
    seen = _core.recognise_gait(signals)
    if seen.kind != "running" and signals.from_fit:
        # A skeleton that does not fit must not hide a run that the markers show.
        straight = _core.gait_signals(recording, standing)
        plain = _core.recognise_gait(straight)
        if plain.kind == "running":
            text = (
                f"the fitted skeleton shows none ({seen.reason}): the markers themselves are used"
            )
            notes.append(_core.Note("fit", f"running is seen in the markers, but {text}", True))
            signals, seen = straight, plain
    # Whatever plates say: a foot on each of two belts looks like flight.
    if seen.kind in ("walking", "no_steps"):
        raise _core.NotAnalysable(seen.reason)
    events = _events(recording, signals, detector, notes)
    if not events.running:
        raise _core.NotAnalysable(events.reason)
    table = api.metrics(signals, events)
    return Trial(recording, events, signals, table, calibration, motion, notes)


def _signals(
    recording: _core.Recording,
    standing: _core.Recording | None,
    calibration: _core.Calibration,
    motion: _core.Motion,
) -> _core.GaitSignals:
    """Choose the points for events and metrics: joints of the skeleton, feet as recorded.

    Keypoints stay those of the picture: one camera's skeleton hangs on what is guessed of the far
    leg; its keypoints are seen.
    """
    if recording.is_keypoints:
        return _core.gait_signals(recording, standing)
    still = None if standing is None else api.fit(standing, calibration)
    return _core.gait_signals(motion, still, recording)


def _calibrated(
    recording: _core.Recording,
    standing: _core.Recording | None,
    subject: _core.Subject,
    progress: Progress,
    notes: list[_core.Note],
) -> tuple[_core.Calibration, _core.Recording]:
    """Size the skeleton; put right the labels of the run that were certainly exchanged."""
    trial = recording if standing is None else standing
    calibration = api.calibrate(trial, subject=subject, progress=progress)
    if standing is None:
        return calibration, recording
    calibration = _core.with_moving_markers(calibration, recording)
    check = _core.check_labels(recording, calibration)
    notes.extend(check.notes)
    return calibration, _core.with_labels_corrected(recording, check)


def _events(
    recording: _core.Recording,
    signals: _core.GaitSignals,
    detector: api.Detector | None,
    notes: list[_core.Note],
) -> _core.GaitEvents:
    if detector is not None:
        return _core.detect_events(signals, detector)
    seen = _core.detect_events(signals)
    if not recording.plates:
        return seen
    events = _core.force_events(recording)
    if not events.running:
        text = f"the plates gave no events of running ({events.reason})"
    elif _strikes(events) < PLATES_SEE * _strikes(seen):
        text = f"the plates saw {_strikes(events)} of {_strikes(seen)} foot strikes"
    else:
        return events
    notes.append(_core.Note("forces", f"{text}: events come from the movement", True))
    return seen


#: Fewer frames hold no step at any usual rate; the recognition of gait asks for more.
MIN_FRAMES = 8

#: Share of the foot strikes that plates must have seen to give the events; our choice.
PLATES_SEE = 0.6


def _strikes(events: _core.GaitEvents) -> int:
    return sum(event.type == "foot_strike" for event in events)


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
