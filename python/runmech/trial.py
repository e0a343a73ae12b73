"""One recording on its way: calibration, fit, events, metrics."""

from __future__ import annotations

from runmech import _core, api
from runmech.results import Trial
from runmech.stages import Progress, Stages

#: Fewer frames hold no step at any usual rate; the recognition of gait asks for more.
MIN_FRAMES = 8

#: Share of the foot strikes that plates must have seen to give the events; our choice.
PLATES_SEE = 0.6


def analyze_trial(
    recording: _core.Recording,
    standing: _core.Recording | None,
    subject: _core.Subject,
    detector: api.Detector | None,
    stages: Stages,
    skeleton: _core.Skeleton | None = None,
    fit_options: _core.FitOptions | None = None,
) -> Trial:
    """Take one recording to its metrics; NotAnalysable, with a sentence, where it is no run.

    ``skeleton``: one that is sized already (a scaled model); nothing is calibrated then.
    """
    if recording.n_frames < MIN_FRAMES:
        raise _core.NotAnalysable(
            f"too short: {recording.n_frames} frames; at least {MIN_FRAMES} are needed"
        )
    notes: list[_core.Note] = []
    calibration = motion = None
    stage = stages.next("calibration")
    try:
        if skeleton is None:
            calibration, recording = _calibrated(recording, standing, subject, stage, notes)
            skeleton = calibration.skeleton
        notes.extend(skeleton.notes)
        motion = api.fit(recording, skeleton, fit_options, progress=stages.next("fit"))
        signals = _signals(recording, standing, skeleton, motion)
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
    if seen.kind in ("no_steps", "unclear") and signals.from_fit and skeleton is not None:
        # A trajectory leaves out what it does not explain; single frames may still tell a walk.
        alone = api.fit(recording, skeleton, method="frame")
        by_frames = _core.recognise_gait(_signals(recording, standing, skeleton, alone))
        seen = by_frames if by_frames.kind == "walking" else seen
    # Whatever plates say: a foot on each of two belts looks like flight.
    if seen.kind in ("walking", "no_steps"):
        raise _core.NotAnalysable(seen.reason)
    events = _events(recording, signals, detector, notes)
    if not events.running:
        raise _core.NotAnalysable(events.reason)
    table = api.metrics(signals, events, motion=motion)
    return Trial(recording, events, signals, table, calibration, motion, notes)


def _signals(
    recording: _core.Recording,
    standing: _core.Recording | None,
    skeleton: _core.Skeleton,
    motion: _core.Motion,
) -> _core.GaitSignals:
    """Choose the points for events and metrics: joints of the skeleton, feet as recorded.

    Keypoints stay those of the picture: one camera's skeleton hangs on what is guessed of the far
    leg; its keypoints are seen.
    """
    if recording.is_keypoints:
        return _core.gait_signals(recording, standing)
    still = None if standing is None else api.fit(standing, skeleton, method="frame")
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
    # What is put right ("labels") the corrected recording says itself.
    notes.extend(note for note in check.notes if note.code != "labels")
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


def _strikes(events: _core.GaitEvents) -> int:
    return sum(event.type == "foot_strike" for event in _core.steps_that_count(events))
