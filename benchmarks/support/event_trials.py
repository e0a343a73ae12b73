"""RBDS trials with their force events, and what a worse camera would have seen of them."""

from __future__ import annotations

import zlib
from pathlib import Path

import numpy as np
import numpy.typing as npt
from recordings import rbds_file

import runmech as rm

Floats = npt.NDArray[np.float64]
EDGE_S = 0.05  # nothing is learnt or scored nearer than this to the first and last force event


def trial(folder: Path, runner: str, speed: str) -> tuple[rm.Recording, rm.Recording | None] | None:
    """Return a run on the treadmill and its standing trial; None where there is no such file."""
    path = rbds_file(folder, f"{runner}runT{speed}")
    if path is None:
        return None
    stand = rbds_file(folder, f"{runner}static")
    return rm.read(path, surface="treadmill"), rm.read(stand) if stand is not None else None


def spline(t: Floats, x: Floats, at: Floats) -> Floats:
    """Natural cubic spline through the columns of x (NaN where a sample beside `at` is missing)."""
    n = len(t)
    h = np.diff(t)
    gaps = np.isnan(x)
    y = x.copy()
    for c in range(y.shape[1]):  # bridged for the equations only
        known = ~gaps[:, c]
        if known.any() and not known.all():
            y[:, c] = np.interp(t, t[known], y[known, c])
    upper = np.zeros(n)
    m = np.zeros_like(y)
    for i in range(1, n - 1):
        pivot = 2.0 * (h[i - 1] + h[i]) - h[i - 1] * upper[i - 1]
        upper[i] = h[i] / pivot
        bend = (y[i + 1] - y[i]) / h[i] - (y[i] - y[i - 1]) / h[i - 1]
        m[i] = (6.0 * bend - h[i - 1] * m[i - 1]) / pivot
    for i in range(n - 2, 0, -1):
        m[i] -= upper[i] * m[i + 1]
    i = np.clip(np.searchsorted(t, at, side="right") - 1, 0, n - 2)
    b = ((at - t[i]) / h[i])[:, None]
    a = 1.0 - b
    out = (
        a * y[i]
        + b * y[i + 1]
        + (a * (a * a - 1) * m[i] + b * (b * b - 1) * m[i + 1]) * (h[i, None] ** 2 / 6.0)
    )
    out[gaps[i] | gaps[i + 1]] = np.nan
    return out


def seen_by(recording: rm.Recording, rate_hz: float, noise_m: float, seed: str) -> rm.Recording:
    """Return the recording at another frame rate (instants, not means) with white noise.

    The noise, per marker, axis and frame, depends on `seed` only.
    """
    out = rm.Recording()
    for name in ("labels", "marker_set", "surface", "view", "speed_m_s"):
        setattr(out, name, getattr(recording, name))
    time = np.asarray(recording.time_s)
    x = np.asarray(recording.positions_m)
    own = 1.0 / float(np.median(np.diff(time)))
    if abs(rate_hz - own) > 1e-6 * own:
        at = time[0] + np.arange(int((time[-1] - time[0]) * rate_hz + 1e-6) + 1) / rate_hz
        x, time = spline(time, x.reshape(len(time), -1), at).reshape(len(at), *x.shape[1:]), at
    if noise_m > 0.0:
        rng = np.random.default_rng(zlib.crc32(f"{seed} {rate_hz} {noise_m}".encode()))
        x = x + noise_m * rng.standard_normal(x.shape)
    out.time_s, out.positions_m = time, x
    return out


def force_times(truth: rm.GaitEvents, kind: str, side: str) -> Floats:
    """Return the times of one kind that count."""
    every = [e.time_s for e in truth.events]
    times = truth.times(side, kind)
    return times[(times > min(every) + EDGE_S) & (times < max(every) - EDGE_S)]
