"""Intervals and comparisons that know that steps of one runner resemble each other."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]
#: A statistic from sums, of as many draws as each of them has entries.
OfSums = Callable[..., Floats]
_EXACT_SIGNS = 14


def bias_of(n: Floats, total: Floats, squares: Floats) -> Floats:
    """Mean error."""
    return np.divide(total, n, out=np.full_like(total, np.nan), where=n > 0)


def rmse_of(n: Floats, total: Floats, squares: Floats) -> Floats:
    """Root mean square error."""
    return np.sqrt(np.divide(squares, n, out=np.full_like(squares, np.nan), where=n > 0))


def slope_of(n: Floats, x: Floats, y: Floats, xx: Floats, xy: Floats) -> Floats:
    """Slope of the line of least squares."""
    spread = n * xx - x**2
    flat = spread <= 1e-9 * n * xx
    return np.divide(n * xy - x * y, spread, out=np.full_like(y, np.nan), where=~flat)


def line_sums(x: Floats, y: Floats, clusters: Sequence[str], n: Floats | None = None) -> Floats:
    """5 x clusters: what slope_of takes. n: how many events each y is the sum of, all at that x."""
    _, index = np.unique(np.asarray(clusters), return_inverse=True)
    many = np.ones_like(x) if n is None else n
    return np.array(
        [np.bincount(index, weights=w) for w in (many, many * x, y, many * x * x, x * y)]
    )


def cluster_sums(errors: Floats, clusters: Sequence[str]) -> Floats:
    """3 x clusters: number, sum and sum of squares of the errors of each runner."""
    names, index = np.unique(np.asarray(clusters), return_inverse=True)
    k = len(names)
    return np.array(
        [
            np.bincount(index, weights=w, minlength=k)
            for w in (np.ones_like(errors), errors, errors**2)
        ]
    )


def bootstrap_interval(
    sums: Floats, statistic: OfSums, *, resamples: int = 2000, coverage: float = 0.95, seed: int = 1
) -> tuple[float, float]:
    """BCa interval (Efron 1987) of a statistic over whole runners drawn with replacement.

    nan, nan with fewer than three runners: they cannot tell how runners differ.
    """
    k = sums.shape[1]
    if k < 3:
        return float("nan"), float("nan")
    weights = np.random.default_rng(seed).multinomial(k, np.full(k, 1 / k), size=resamples)
    drawn = np.sort(statistic(*(weights @ row for row in sums)))
    drawn = drawn[np.isfinite(drawn)]
    resamples = len(drawn)
    estimate = float(statistic(*(row.sum(keepdims=True) for row in sums))[0])
    left_out = statistic(*(row.sum() - row for row in sums))
    if not (resamples and np.isfinite(estimate) and np.isfinite(left_out).all()):
        return float("nan"), float("nan")
    offset = left_out.mean() - left_out
    spread = float((offset**2).sum())
    acceleration = float((offset**3).sum()) / (6.0 * spread**1.5) if spread > 0 else 0.0
    share = (np.sum(drawn < estimate) + 0.5 * np.sum(drawn == estimate)) / resamples
    z0 = _quantile(float(np.clip(share, 1 / resamples, 1 - 1 / resamples)))
    ends = []
    for z in (_quantile(0.5 - coverage / 2), _quantile(0.5 + coverage / 2)):
        moved = z0 + (z0 + z) / (1.0 - acceleration * (z0 + z))
        ends.append(float(np.quantile(drawn, _normal(moved))))
    return ends[0], ends[1]


def sign_flip_p(differences: Floats, *, resamples: int = 20000, seed: int = 1) -> float:
    """Two-sided p that runners' mean differences are as far from 0 if signs were by chance.

    Exact up to 14 runners, drawn beyond that.
    """
    d = differences[np.isfinite(differences)]
    if not len(d):
        return float("nan")
    if len(d) <= _EXACT_SIGNS:
        bits = np.arange(2 ** len(d))[:, None] >> np.arange(len(d)) & 1
        signs = 1.0 - 2.0 * bits
    else:
        signs = np.random.default_rng(seed).choice([-1.0, 1.0], size=(resamples, len(d)))
    means = np.abs(signs @ d)
    return float(np.mean(means >= abs(d.sum()) * (1 - 1e-12)))


def holm(p_values: Sequence[float]) -> list[float]:
    """Adjust p values for being several (Holm 1979); nan stays nan and does not count."""
    out = [float("nan")] * len(p_values)
    known = sorted((p, i) for i, p in enumerate(p_values) if p == p)
    highest = 0.0
    for rank, (p, i) in enumerate(known):
        highest = max(highest, min(1.0, p * (len(known) - rank)))
        out[i] = highest
    return out


def _normal(z: float) -> float:
    from math import erf, sqrt

    return 0.5 * (1.0 + erf(z / sqrt(2.0)))


def _quantile(p: float) -> float:
    from statistics import NormalDist

    return NormalDist().inv_cdf(p)
