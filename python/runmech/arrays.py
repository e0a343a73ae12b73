"""Recordings from numpy arrays and pandas frames."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, cast

import numpy as np
import numpy.typing as npt

from runmech import _core

if TYPE_CHECKING:
    import pandas as pd

_AXES = ("x", "y", "z")


def split_frame(
    frame: pd.DataFrame,
) -> tuple[npt.NDArray[np.float64], npt.NDArray[np.float64] | None, list[str]]:
    """Take positions (n x points x 3), times or None, and labels out of a pandas frame.

    Columns are either two levels, (label, "x" | "y" | "z"), or flat names that end in x, y, z with
    or without a separator (``RASI_x``, ``RASI.Y``, ``RASIZ``). Times come from a column ``time_s``
    (or ``time``) or from an index of that name.
    """
    import pandas as pd

    time_s: npt.NDArray[np.float64] | None = None
    if frame.index.name in ("time_s", "time"):
        time_s = frame.index.to_numpy(dtype=float)
    columns: dict[str, dict[str, Any]] = {}
    for column in frame.columns:
        if isinstance(frame.columns, pd.MultiIndex):
            label, axis = str(column[0]), str(column[-1]).lower()
        else:
            name = str(column)
            if name.lower() in ("time_s", "time"):
                time_s = frame[column].to_numpy(dtype=float)
                continue
            label, axis = name[:-1].rstrip("_. :"), name[-1:].lower()
        if axis not in _AXES or not label:
            raise ValueError(f"column {column!r} does not end in an axis: x, y or z")
        if axis in columns.setdefault(label, {}):
            raise ValueError(f"column {column!r}: {label} has its {axis} twice")
        columns[label][axis] = frame[column].to_numpy(dtype=float, na_value=np.nan)
    for label, axes in columns.items():
        missing = [axis for axis in _AXES if axis not in axes]
        if missing:
            raise ValueError(f"point {label!r} has no column for its {', '.join(missing)}")
    labels = list(columns)
    positions = np.empty((len(frame), len(labels), 3))
    for i, label in enumerate(labels):
        for k, axis in enumerate(_AXES):
            positions[:, i, k] = columns[label][axis]
    return positions, time_s, labels


def times(
    n_frames: int, time_s: npt.ArrayLike | None, rate_hz: float | None
) -> npt.NDArray[np.float64]:
    """Return the time stamps that the caller states, or those of a constant rate from zero."""
    if time_s is not None:
        stamps = np.ascontiguousarray(time_s, dtype=float)
        if stamps.shape != (n_frames,):
            raise ValueError(
                f"time_s has shape {stamps.shape}; {n_frames} frames ask for ({n_frames},)"
            )
        return stamps
    if rate_hz is None:
        raise ValueError("state time_s or rate_hz: a recording without a clock has no events")
    if not (np.isfinite(rate_hz) and rate_hz > 0):
        raise ValueError(f"rate_hz is {rate_hz}; allowed: above 0")
    return np.arange(n_frames) / float(rate_hz)


def from_arrays(
    positions: npt.ArrayLike | pd.DataFrame,
    *,
    labels: Sequence[str] | None = None,
    time_s: npt.ArrayLike | None = None,
    rate_hz: float | None = None,
    confidence: npt.ArrayLike | None = None,
    **options: Any,
) -> _core.Recording:
    """Make a recording of arrays, through the same unit, axis and heading steps as a file.

    Parameters
    ----------
    positions
        n_frames x n_points x 3 in ``unit`` (without one judged by the size of the body), or
        n_frames x n_points x 2 keypoints in pixels (x right, y down). NaN = missing. Or a pandas
        frame, see ``split_frame``.
    labels
        n_points names; taken from the columns of a frame.
    time_s, rate_hz
        Time stamps, or a constant rate from time zero.
    confidence
        n_frames x n_points, for keypoints.
    options
        What is known, see ReadOptions: ``unit``, ``up``, ``forward``, ``view``, ``speed_m_s``, ...

    Raises
    ------
    ValueError
        Naming the argument that is wrong, or the option to give where the data do not tell.

    """
    if hasattr(positions, "columns"):
        array, own_times, own_labels = split_frame(cast("pd.DataFrame", positions))
        labels = own_labels if labels is None else labels
        time_s = own_times if time_s is None and rate_hz is None else time_s
    else:
        array = np.asarray(positions, dtype=float)
    if array.ndim != 3 or array.shape[2] not in (2, 3):
        raise ValueError(
            f"positions has shape {array.shape}; allowed: (n_frames, n_points, 3), "
            "or (n_frames, n_points, 2) for keypoints"
        )
    if labels is None:
        raise ValueError("state labels: what a point is cannot be told from numbers")
    stamps = times(len(array), time_s, rate_hz).tolist()
    known = _core.ReadOptions(**options)
    if array.shape[2] == 2:
        weights = np.empty((0, 0)) if confidence is None else np.asarray(confidence, dtype=float)
        return _core.from_keypoints(stamps, list(labels), array, weights, known)
    if confidence is not None:
        raise ValueError("confidence goes with keypoints (n_frames x n_points x 2) only")
    return _core.from_arrays(stamps, list(labels), array, known)
