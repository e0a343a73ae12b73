"""The recordings of a session: how they are read together."""

from __future__ import annotations

import os
from collections.abc import Mapping
from typing import Any

import numpy as np

from runmech import _core, api

PathLike = str | os.PathLike[str]


def read_run(path: PathLike, options: Mapping[str, Any]) -> _core.Recording:
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


def read_standing(
    static: PathLike | _core.Recording, options: Mapping[str, Any], run: _core.Recording
) -> _core.Recording:
    """Read the standing trial of a run; where it does not show its direction, as the run faces."""
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
    # The file axis that is forward; None where forward lies between two of them.
    forward = run.file_to_world[0]
    axis = int(np.argmax(np.abs(forward)))
    if abs(forward[axis]) < 1.0 - 1e-9:
        return None
    return ("+" if forward[axis] > 0.0 else "-") + "xyz"[axis]
