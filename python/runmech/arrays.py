"""Recordings from numpy arrays and pandas frames."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

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
