"""The public functions: what Python adds to the compiled ones is names, keywords and frames."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeAlias, TypeVar

from runmech import _core

if TYPE_CHECKING:
    import pandas as pd

    from runmech.plugins import DetectorObject

PathLike = str | os.PathLike[str]
Progress = Callable[[float, str], Any]
Detector: TypeAlias = "str | Callable[[_core.GaitSignals], _core.GaitEvents] | DetectorObject"

Options = TypeVar("Options")


def _chosen(
    kind: Callable[..., Options], options: Options | None, known: dict[str, Any]
) -> Options:
    """Return the options given as one object or by keyword, never both."""
    if options is None:
        return kind(**known)
    if known:
        raise TypeError(f"give options either as one object or by keyword, not both: {list(known)}")
    return options


def read(path: PathLike, options: _core.ReadOptions | None = None, **known: Any) -> _core.Recording:
    """Read a recording of any known kind, recognised by its content.

    Parameters
    ----------
    path
        TRC, C3D, RBDS text, BioMAC csv, keypoint csv, or a folder of OpenPose JSON; each file also
        gzipped.
    options, known
        What is known about it, see ReadOptions: ``forward``, ``up``, ``unit``, ``rate_hz``,
        ``stature_m``, ``speed_m_s``, ``surface``, ``view``, ``marker_set``, ``start_s``, ``end_s``.

    Returns
    -------
    Recording
        Metres, newtons, seconds; X forward, Y up, Z to the runner's right; missing = NaN. What was
        converted, inferred or left out is in its ``notes``.

    Raises
    ------
    IoError
        With path, place and reason.
    ValueError
        Naming the option to give, where file and body do not tell clearly.

    """
    return _core.read(path, _chosen(_core.ReadOptions, options, known))


def calibrate(
    trial: _core.Recording,
    options: _core.CalibrationOptions | None = None,
    *,
    subject: _core.Subject | None = None,
    progress: Progress | None = None,
    **known: Any,
) -> _core.Calibration:
    """Size the running skeleton to the person and put the recording's markers on it.

    ``trial`` is a standing trial (best) or the moving one. The result goes to ``fit``; its
    ``report`` says which landmark came from where and warns about what is implausible.
    """
    if subject is not None:
        subject.validate()
        known["subject"] = subject
    return _core.calibrate(trial, _chosen(_core.CalibrationOptions, options, known), progress)


def fit(
    recording: _core.Recording,
    skeleton: _core.Skeleton | _core.Calibration,
    options: _core.FitOptions | None = None,
    progress: Progress | None = None,
    **known: Any,
) -> _core.Motion:
    """Fit the skeleton to a recording: joint angles in continuous time, with error bars.

    Parameters
    ----------
    recording
        Markers in metres, any frame rate, gaps allowed.
    skeleton
        A Calibration (``calibrate``), or a Skeleton (``Skeleton.from_osim``).
    options, known
        How, see FitOptions, as one object or by keyword: ``method`` ("trajectory", the whole
        recording at once, or "frame", pose by pose and then smoothed), ``max_gap_s``,
        ``trajectory`` and ``frame`` (TrajectoryOptions, FrameFitOptions, or dicts of theirs).
    progress
        Called with (fraction done, stage); returning False cancels (``Cancelled``). The
        interpreter is released, Ctrl-C works.

    Returns
    -------
    Motion
        Radians and metres; NaN where the markers do not say. ``motion.report`` has what was
        found: markers, outliers, gaps, smoothing, status and reason of every interval.

    Raises
    ------
    ValueError
        An option outside what is allowed, or a recording without any of the skeleton's markers.

    """
    body = skeleton if isinstance(skeleton, _core.Skeleton) else skeleton.skeleton
    return _core.fit(recording, body, _chosen(_core.FitOptions, options, known), progress)


def metrics(
    source: _core.GaitSignals | _core.Motion,
    events: _core.GaitEvents,
    options: _core.MetricOptions | None = None,
    *,
    motion: _core.Motion | None = None,
    **known: Any,
) -> _core.MetricTable:
    """Compute every metric per stride, per side and as summary; see ``metric_definitions``.

    ``motion`` is the fit that the joints of the signals come from (the source itself, where that
    is a Motion): its errors, random and systematic, go into those of the metrics.

    Raises NotAnalysable, with a sentence, where the events are not those of running.
    """
    if isinstance(source, _core.Motion):
        return metrics(_core.gait_signals(source), events, options, motion=source, **known)
    given = _chosen(_core.MetricOptions, options, known)
    if motion is None:
        return _core._metrics(source, events, given)
    return _core._metrics(source, events, given, motion)


def strength_profile(
    trials: PathLike | pd.DataFrame | Iterable[_core.StrengthTrial],
    subject: _core.Subject | None = None,
    *,
    tests_path: str = "",
) -> _core.StrengthProfile:
    """Compare left and right of every strength test.

    ``trials`` is a CSV file, a pandas frame with its columns (``test, side, trial, value, unit``)
    or a list of StrengthTrial. Body mass, for values per body mass, comes from ``subject``.
    """
    return _core._strength_profile(
        strength_trials(trials), subject.mass_kg if subject is not None else 0.0, tests_path
    )


def strength_trials(
    trials: PathLike | pd.DataFrame | Iterable[_core.StrengthTrial],
) -> list[_core.StrengthTrial]:
    """Read strength trials from a CSV file, a pandas frame or a list."""
    if isinstance(trials, (str, os.PathLike)):
        return _core.read_strength(trials)
    if hasattr(trials, "columns"):
        frame: Any = trials
        wanted = ("test", "side", "value", "unit")
        missing = [name for name in wanted if name not in frame.columns]
        if missing:
            raise ValueError(f"the strength frame has no column {', '.join(missing)}")
        counted = frame["trial"] if "trial" in frame.columns else (
            frame.groupby(["test", "side"]).cumcount() + 1
        )  # fmt: skip
        rows = zip(*(frame[name] for name in wanted), counted, strict=True)
        return [
            _core.StrengthTrial(str(test), str(side), float(value), str(unit), int(trial))
            for test, side, value, unit, trial in rows
        ]
    return list(trials)


def assess(
    table: _core.MetricTable,
    strength: _core.StrengthProfile
    | PathLike
    | pd.DataFrame
    | Iterable[_core.StrengthTrial]
    | None = None,
    options: _core.AssessOptions | None = None,
    **known: Any,
) -> _core.Assessment:
    """Judge a metric table, and strength tests where there are any: findings and a small plan."""
    profile = (
        strength
        if strength is None or isinstance(strength, _core.StrengthProfile)
        else strength_profile(strength)
    )
    return _core._assess(table, profile, _chosen(_core.AssessOptions, options, known))


def session(
    assessment: _core.Assessment,
    *,
    subject: _core.Subject | None = None,
    strength: PathLike | pd.DataFrame | Iterable[_core.StrengthTrial] | None = None,
    date: str = "",
    sources: Iterable[str] = (),
) -> _core.Session:
    """Put together all that is kept of one visit: ``write_session`` writes it."""
    out = _core.Session()
    out.date = date
    out.subject = subject if subject is not None else _core.Subject()
    out.sources = list(sources)
    out.strength = [] if strength is None else strength_trials(strength)
    out.assessment = assessment
    return out


def compare(
    baseline: Any, followup: Any, options: _core.CompareOptions | None = None, **known: Any
) -> _core.Reassessment:
    """Say what really changed between two visits of one runner.

    Each visit is an Assessment, an Analysis, a Session, or the folder (or session.json) that
    ``analyze`` wrote. Assessments have no date: the first is the earlier.
    """
    chosen = _chosen(_core.CompareOptions, options, known)
    return _core._compare(_session(baseline), _session(followup), chosen)


def _session(visit: Any) -> _core.Session:
    if isinstance(visit, _core.Session):
        return visit
    if isinstance(visit, _core.Assessment):
        return session(visit)
    own = getattr(visit, "session", None)
    if isinstance(own, _core.Session):
        return own
    if isinstance(visit, (str, os.PathLike)):
        path = Path(visit)
        return _core.read_session(path / "session.json" if path.is_dir() else path)
    raise TypeError(
        f"a visit is an Assessment, an Analysis, a Session or a folder, not {type(visit).__name__}"
    )
