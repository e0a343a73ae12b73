"""The whole road as one call: recordings in; angles, events, metrics, findings and a report out."""

from __future__ import annotations

import os
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from runmech import _core, api
from runmech.files import write_analysis
from runmech.inputs import read_run, read_standing
from runmech.output import readable, staged
from runmech.plugins import detector_from
from runmech.results import Results, Trial, merged
from runmech.stages import Progress, Stages
from runmech.summary import analysis_summary
from runmech.trial import analyze_trial

if TYPE_CHECKING:
    import pandas as pd

PathLike = str | os.PathLike[str]


@dataclass(repr=False)
class Analysis(Results):
    """All results of one session; ``write`` puts them into a folder.

    Events may be edited by hand (``trials[0].events.events = [...]``); ``update`` makes the rest of
    them, and is called by ``write`` and ``summary``.
    """

    def write(self, folder: PathLike, progress: Progress | None = None) -> None:
        """Write every output file; the folder gets all of them or none."""
        self.update()
        with staged(Path(folder)) as scratch:
            write_analysis(self, scratch, progress)

    def summary(self) -> str:
        """One screen of text: what was measured, what was found, what to do."""
        self.update()
        return analysis_summary(self)


def analyze(
    inputs: PathLike | _core.Recording | Sequence[PathLike | _core.Recording],
    *,
    static: PathLike | _core.Recording | None = None,
    model: PathLike | _core.Skeleton | None = None,
    ik_tasks: PathLike | None = None,
    forces: PathLike | None = None,
    strength: PathLike | pd.DataFrame | Iterable[_core.StrengthTrial] | None = None,
    subject: _core.Subject | None = None,
    detector: api.Detector | None = None,
    fit_options: _core.FitOptions | None = None,
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
    model
        A skeleton sized already, or a scaled OpenSim model (.osim): fitted as it is, nothing is
        calibrated.
    ik_tasks
        Set-up file of OpenSim's inverse kinematics that goes with the model, for marker weights.
    forces
        Force plates in a file of their own, on the clock of the first input.
    strength
        Strength tests: CSV file, frame or trials (``test, side, trial, value, unit``).
    subject
        Mass, stature and sex where known.
    detector
        Name, ``file.py:Name`` or callable. Without one, force plates give the events where they
        exist, else the library's default detector.
    fit_options
        How the skeleton is fitted; default: the whole trajectory at once.
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
    if isinstance(detector, str):
        detector = detector_from(detector)
    given = [inputs] if isinstance(inputs, (str, os.PathLike, _core.Recording)) else list(inputs)
    if not given:
        raise ValueError("no recording was given")
    skeleton = _skeleton(model, ik_tasks)
    options = dict(read_options)
    if subject.stature_m > 0:
        options.setdefault("stature_m", subject.stature_m)
    if subject.mass_kg > 0:
        options.setdefault("mass_kg", subject.mass_kg)
    stages = Stages(progress, 3 * len(given) + 2)

    tests = None if strength is None else api.strength_trials(strength)
    profile = None if tests is None else api.strength_profile(tests, subject)
    stages.next("reading")
    recordings = [r if isinstance(r, _core.Recording) else read_run(r, options) for r in given]
    standing = None if static is None else read_standing(static, options, recordings[0])
    if forces is not None:
        _core.attach_forces(recordings[0], _core.read_forces(forces, _core.ReadOptions(**options)))

    trials: list[Trial] = []
    refused: list[tuple[str, _core.NotAnalysable]] = []
    for recording in recordings:
        try:
            trials.append(
                analyze_trial(recording, standing, subject, detector, stages, skeleton, fit_options)
            )
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
        assessment,
        subject=subject,
        strength=tests,
        date=date,
        sources=[readable(trial.recording.source) for trial in trials],
    )
    return Analysis(trials, subject, date, table, assessment, session, profile, notes)


def _skeleton(
    model: PathLike | _core.Skeleton | None, ik_tasks: PathLike | None
) -> _core.Skeleton | None:
    if model is None or isinstance(model, _core.Skeleton):
        if ik_tasks is not None:
            raise ValueError("ik_tasks are the marker weights of an .osim model: give its path")
        return model
    skeleton = _core.Skeleton.from_osim(model, ik_tasks)
    # A person was recorded, whatever the model says: skin moves over bones here, too.
    skeleton.on_skin = True
    return skeleton
