"""Mean curves over the stride."""

from __future__ import annotations

import itertools
from dataclasses import dataclass

import numpy as np
import pytest

from runmech.cycles import Array, mean_cycle


@dataclass
class Span:
    foot_strike_s: float
    toe_off_s: float
    next_foot_strike_s: float


#: Strides of unequal length.
EDGES = [0.3, 1.0, 1.72, 2.41, 3.15]
STRIDES = [Span(a, a + 0.35 * (b - a), b) for a, b in itertools.pairwise(EDGES)]


def phase(times: Array) -> Array:
    """0 to 1 within each stride, where the next stride begins at 1, not at 0."""
    return np.interp(times, EDGES, np.arange(len(EDGES)))


def test_the_last_sample_belongs_to_the_next_stride() -> None:
    cycle = mean_cycle(phase, STRIDES)
    assert cycle is not None
    expected = np.linspace(0, 1, 101) + np.arange(4).mean()
    np.testing.assert_allclose(cycle.mean[:, 0], expected, atol=1e-12)
    assert cycle.percent[-1] == 100
    assert cycle.n == 4
    assert cycle.toe_off == pytest.approx(35)


def test_a_stride_with_a_gap_does_not_enter_and_spoils_no_other() -> None:
    def gap(times: Array) -> Array:
        values = np.ones_like(times)
        values[(times > 1.1) & (times < 1.2)] = np.nan
        return values

    cycle = mean_cycle(gap, STRIDES)
    assert cycle is not None
    assert cycle.n == 3
    np.testing.assert_array_equal(cycle.mean, 1)


def test_nothing_to_average() -> None:
    assert mean_cycle(lambda t: np.full_like(t, np.nan), STRIDES) is None
    assert mean_cycle(phase, []) is None
