"""Pictures of the page: agreement of contact times, and what each runner's bias is."""

from __future__ import annotations

import base64
import io
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from runmech.benchmark.scores import TYPES
from runmech.benchmark.work import SPEEDS

if TYPE_CHECKING:
    from runmech.benchmark.findings import Findings

_NAMES = {"foot_strike": "foot strike", "toe_off": "toe-off"}
_MOST_NAMES = 40  # of runners beside an axis
_COLOURS = ("#1b6ca8", "#d1782a", "#3f8f4f", "#8a4fa0", "#7a7a7a")


def _nothing(axes: Any, why: str) -> None:
    axes.text(0.5, 0.5, why, ha="center", va="center", transform=axes.transAxes)
    axes.set_axis_off()


def _agreement(axes: Any, part: pd.DataFrame) -> None:
    """Bland and Altman: difference over mean, with bias and limits."""
    axes.set_xlabel("contact time, mean of detector and force (ms)")
    axes.set_ylabel("detector - force (ms)")
    axes.set_title("Contact time", loc="left", fontsize=10)
    if part.empty:
        _nothing(axes, "no contact matched")
        return
    force = 1e3 * part["expected_s"].to_numpy(float)
    found = 1e3 * part["found_s"].to_numpy(float)
    difference = found - force
    order = [name for _, name in SPEEDS]
    speeds = [""]
    if "speed" in part:
        seen = part["speed"].unique()
        speeds = [s for s in (*order, "unknown") if s in seen]
    for k, speed in enumerate(speeds):
        mine = (part["speed"] == speed).to_numpy() if "speed" in part else np.ones(len(part), bool)
        axes.scatter(
            0.5 * (force + found)[mine], difference[mine], s=4, lw=0, alpha=0.5,
            color=_COLOURS[k % len(_COLOURS)], label=speed,
        )  # fmt: skip
    bias, sd = float(difference.mean()), float(difference.std(ddof=1)) if len(part) > 1 else 0.0
    axes.axhline(bias, color="black", lw=1)
    for limit in (bias - 1.96 * sd, bias + 1.96 * sd):
        axes.axhline(limit, color="black", lw=0.8, ls="--")
    axes.legend(fontsize=7, markerscale=2, frameon=False, loc="best")


def _runner_bias(axes: Any, part: pd.DataFrame, name: str) -> None:
    """Mean and standard deviation of each runner's errors, sorted by the mean."""
    axes.set_title(f"Bias by runner, {name}", loc="left", fontsize=10)
    axes.set_xlabel("detector - force (ms), mean and SD")
    axes.axvline(0.0, color="black", lw=0.8)
    if part.empty:
        _nothing(axes, f"no {name} matched")
        return
    by = part.groupby("subject", observed=True)["error_ms"].agg(["mean", "std"]).sort_values("mean")
    place = np.arange(len(by))
    axes.errorbar(
        by["mean"], place, xerr=by["std"].fillna(0.0), fmt="o", ms=4, lw=1, color=_COLOURS[0]
    )
    if len(by) <= _MOST_NAMES:
        axes.set_yticks(place, by.index.astype(str), fontsize=7)
    else:
        axes.set_yticks([])
        axes.set_ylabel(f"{len(by)} runners")


def _image(figure: Any) -> str:
    picture = io.BytesIO()
    figure.savefig(picture, format="png", dpi=90)
    return "data:image/png;base64," + base64.b64encode(picture.getvalue()).decode()


def overview(bench: Findings, scores: pd.DataFrame, table: pd.DataFrame) -> tuple[str, str, str]:
    """All detectors on one picture: each runner's bias as a dot, the bias of all as a line."""
    from matplotlib.figure import Figure

    hit = table[
        (table["status"] == "matched")
        & (table["mode"] == "as_published")
        & (table["condition"] == bench.conditions[0])
    ]
    whole = scores[
        (scores["stratum"] == "all")
        & (scores["mode"] == "as_published")
        & (scores["condition"] == bench.conditions[0])
    ]
    figure = Figure(figsize=(11, 1.3 + 0.24 * len(bench.detectors)), layout="constrained")
    for axes, kind in zip(figure.subplots(1, 2), TYPES, strict=True):
        ranked = whole[whole["quantity"] == kind].sort_values("rmse_capped", ascending=False)
        names = ranked["detector"].tolist()
        by = hit[hit["quantity"] == kind].groupby(["detector", "subject"], observed=True)
        means = by["error_ms"].mean()
        for place, name in enumerate(names):
            if name not in means.index.get_level_values(0):
                axes.text(
                    0.0, place, "none within the window", fontsize=7, va="center", ha="center"
                )
                continue
            mine = means[name].to_numpy(float)
            axes.scatter(mine, np.full(len(mine), place), s=14, lw=0, alpha=0.6, color=_COLOURS[0])
            bias = float(ranked["bias"].iloc[place])
            axes.plot([bias, bias], [place - 0.35, place + 0.35], color="black", lw=1.6)
        axes.axvline(0.0, color="black", lw=0.8)
        axes.set_yticks(np.arange(len(names)), names, fontsize=8)
        axes.set_ylim(-0.7, len(names) - 0.3)
        axes.grid(axis="x", lw=0.4, color="#d8dde6")
        axes.set_axisbelow(True)
        axes.set_title(_NAMES[kind].capitalize(), loc="left", fontsize=10)
        axes.set_xlabel("detector - force (ms): dot = a runner's mean, line = bias")
        axes.spines[["top", "right"]].set_visible(False)
    return "All detectors", "Bias of every runner by detector, best at the top", _image(figure)


def figures(bench: Findings, table: pd.DataFrame) -> list[tuple[str, str, str]]:
    """Return caption, description and image address of one picture per detector."""
    from matplotlib.figure import Figure

    out = []
    hit = table[
        (table["status"] == "matched")
        & (table["mode"] == "as_published")
        & (table["condition"] == bench.conditions[0])
    ]
    for detector in bench.detectors:
        mine = hit[hit["detector"] == detector]
        if mine.empty:
            continue
        figure = Figure(figsize=(11, 3.6), layout="constrained")
        left, middle, right = figure.subplots(1, 3)
        _agreement(left, mine[mine["quantity"] == "contact"])
        for axes, kind in zip((middle, right), TYPES, strict=True):
            _runner_bias(axes, mine[mine["quantity"] == kind], _NAMES[kind])
        for axes in (left, middle, right):
            axes.spines[["top", "right"]].set_visible(False)
        alt = f"{detector}: Bland-Altman plot of contact time and bias by runner"
        out.append((detector, alt, _image(figure)))
    return out
