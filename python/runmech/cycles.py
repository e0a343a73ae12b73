"""Mean curves over the stride, from foot strike (0 %) to that foot's next strike (100 %)."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Protocol

import numpy as np
import numpy.typing as npt

Array = npt.NDArray[np.float64]


class StrideTimes(Protocol):
    """What a stride must tell, seconds: runmech.Stride does."""

    @property
    def foot_strike_s(self) -> float:
        """Begin of the stride."""

    @property
    def toe_off_s(self) -> float:
        """End of its contact."""

    @property
    def next_foot_strike_s(self) -> float:
        """End of the stride."""


def phase_of(time_s: float, stride: StrideTimes) -> float:
    """Return the place of a time in a stride, percent."""
    duration = stride.next_foot_strike_s - stride.foot_strike_s
    return 100.0 * (time_s - stride.foot_strike_s) / duration


@dataclass(frozen=True)
class Cycle:
    """Mean and SD between strides at equally spaced places from 0 to 100 %."""

    mean: Array  #: n_percent x n_channels
    sd: Array
    n: int
    toe_off: float  #: mean, percent of the stride

    @property
    def percent(self) -> Array:
        """Places in the stride, 0 to 100."""
        return np.linspace(0.0, 100.0, len(self.mean))


def mean_cycle(
    sample: Callable[[Array], Array], strides: Sequence[StrideTimes], n_percent: int = 101
) -> Cycle | None:
    """Average ``sample(times)`` (n_times x n_channels) over strides; None without a usable one.

    The last sample of each stride is the first of the next, taken at its own time. A stride in
    which the sampled signal is missing anywhere does not enter.
    """
    phase = np.linspace(0.0, 1.0, n_percent)
    curves, toe_offs = [], []
    for stride in strides:
        start, end = stride.foot_strike_s, stride.next_foot_strike_s
        curve = np.asarray(sample(start + phase * (end - start))).reshape(n_percent, -1)
        if not np.isfinite(curve).all():
            continue
        curves.append(curve)
        toe_offs.append(phase_of(stride.toe_off_s, stride))
    if not curves:
        return None
    stack = np.stack(curves)
    sd = stack.std(axis=0, ddof=1) if len(curves) > 1 else np.zeros(stack.shape[1:])
    return Cycle(stack.mean(axis=0), sd, len(curves), float(np.nanmean(toe_offs)))
