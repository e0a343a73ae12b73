"""The report's pictures as SVG text. Nothing here touches matplotlib's global state or pyplot."""

from __future__ import annotations

import io
import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from html import escape
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

Array = npt.NDArray[np.float64]

INK, SOFT, GRID = "#1b2733", "#55636f", "#d5dce2"
LEFT, RIGHT, BOTH = "#0b62a4", "#b8500a", "#1b2733"
BAND = "#d7eadf"
SIDE_COLOUR = {"left": LEFT, "right": RIGHT, "both": BOTH}


@dataclass(frozen=True)
class Curve:
    """A mean curve over the stride of one side, from that side's foot strike to its next."""

    name: str
    side: str
    mean: Array  #: at equally spaced points from 0 to 100 %
    random: Array  #: one SD of the mean curve's error: chance alone
    total: Array  #: and with what repeats every stride
    n: int
    toe_off: float = float("nan")  #: percent of the stride


@dataclass(frozen=True)
class Chart:
    """A picture with what the hover script needs to read values off it."""

    svg: str
    data: dict[str, Any]


@dataclass
class Pose:
    """One place in the stride: named points (horizontal, up) in metres."""

    title: str
    points: dict[str, tuple[float, float]] = field(default_factory=dict)


def _figure(width_in: float, height_in: float) -> Figure:
    from matplotlib.backends.backend_svg import FigureCanvasSVG
    from matplotlib.figure import Figure

    figure = Figure(figsize=(width_in, height_in))
    FigureCanvasSVG(figure)
    return figure


def _svg(figure: Figure, label: str) -> str:
    """Return the figure as an svg element for HTML: text stays text, no date, no fixed size."""
    import matplotlib

    buffer = io.StringIO()
    # Text as text and stable ids exist as rcParams only; the context restores the caller's values.
    with matplotlib.rc_context(
        {"svg.fonttype": "none", "svg.hashsalt": label, "path.simplify": True}
    ):
        figure.savefig(buffer, format="svg", transparent=True, metadata={"Date": None})
    text = buffer.getvalue()
    text = text[text.index("<svg") :]
    head, rest = text.split(">", 1)
    kept = [part for part in head.split() if not part.startswith(("width=", "height=", "xmlns"))]
    if "</metadata>" in rest:
        rest = rest[rest.index("</metadata>") + len("</metadata>") :]
    # Nothing refers to groups by name, and other pictures on the page have the same names.
    rest = re.sub(r'<g id="[^"]*">', "<g>", rest)
    return " ".join(kept) + f' role="img" aria-label="{escape(label)}">' + rest


def _plain(axes: Axes) -> None:
    for name in ("top", "right"):
        axes.spines[name].set_visible(False)
    for name in ("left", "bottom"):
        axes.spines[name].set_color(GRID)
    axes.tick_params(colors=SOFT, labelsize=8, length=3)
    axes.grid(True, color=GRID, linewidth=0.5)
    axes.set_axisbelow(True)


def angle_chart(
    title: str, unit: str, directions: tuple[str, str], curves: Sequence[Curve]
) -> Chart:
    """Mean of an angle over the stride, each side from its own foot strike; toe-off marked.

    Bands hold 95 %: dark for chance alone, light with systematic errors.
    ``directions`` says in words what up and down on the axis mean.
    """
    figure = _figure(4.2, 2.7)
    box = (0.115, 0.15, 0.855, 0.80)
    axes = figure.add_axes(box)
    _plain(axes)
    percent = np.linspace(0.0, 100.0, len(curves[0].mean))
    for curve in curves:
        colour = SIDE_COLOUR[curve.side]
        style = "-" if curve.side == "left" else (0, (5, 1.6))
        for sd, alpha in ((curve.total, 0.12), (curve.random, 0.30)):
            axes.fill_between(
                percent,
                curve.mean - 1.96 * sd,
                curve.mean + 1.96 * sd,
                color=colour,
                alpha=alpha,
                linewidth=0,
            )
        axes.plot(percent, curve.mean, color=colour, linewidth=1.7, linestyle=style)
        if np.isfinite(curve.toe_off):
            axes.axvline(curve.toe_off, color=colour, linewidth=0.9, linestyle=":")
    axes.axhline(0.0, color=SOFT, linewidth=0.7)
    axes.set_xlim(0, 100)
    low = min(float(np.nanmin(c.mean - 1.96 * c.total)) for c in curves)
    high = max(float(np.nanmax(c.mean + 1.96 * c.total)) for c in curves)
    pad = max(0.06 * (high - low), 1.0)
    axes.set_ylim(low - pad, high + 3 * pad)
    axes.set_xticks([0, 25, 50, 75, 100])
    axes.set_xlabel("% of the stride", fontsize=8, color=SOFT, labelpad=1)
    up, down = directions
    axes.text(1.5, high + 2.7 * pad, f"{up} \N{UPWARDS ARROW}", fontsize=7.5, color=SOFT, va="top")
    axes.text(
        1.5, low - 0.8 * pad, f"{down} \N{DOWNWARDS ARROW}", fontsize=7.5, color=SOFT, va="bottom"
    )
    series = [{"name": c.side, "mean": _numbers(c.mean), "sd": _numbers(c.total)} for c in curves]
    data = {"box": box, "n": len(percent), "unit": unit, "series": series}
    return Chart(_svg(figure, f"{title} over the stride, {unit}"), data)


def _numbers(values: Array) -> list[float | None]:
    return [round(float(v), 2) if np.isfinite(v) else None for v in values]


Edge = tuple[str, str, str, float]  #: from, to, side, line width; drawn in the order given


def pose_pictures(view: str, poses: Sequence[Pose], edges: Sequence[Edge]) -> list[tuple[str, str]]:
    """Return still figures of the stride as (title, svg): readable without scripts and in print."""
    points = np.array([p for pose in poses for p in pose.points.values()])
    (left, low), (right, high) = points.min(axis=0), points.max(axis=0)
    tall = high - low
    half = max(right - left, 0.7 * tall) / 2 + 0.04 * tall
    middle = (left + right) / 2
    pictures = []
    for pose in poses:
        figure = _figure(2.1, 2.1 * (1.1 * tall) / (2 * half))
        axes = figure.add_axes((0.0, 0.0, 1.0, 1.0))
        axes.set_axis_off()
        axes.axhline(0.0, color=GRID, linewidth=1.4)
        for a, b, side, width in edges:
            if a in pose.points and b in pose.points:
                xs, ys = zip(pose.points[a], pose.points[b], strict=True)
                colour = SIDE_COLOUR[side]
                axes.plot(xs, ys, color=colour, linewidth=width, solid_capstyle="round")
        axes.set_xlim(middle - half, middle + half)
        axes.set_ylim(low - 0.05 * tall, high + 0.05 * tall)
        pictures.append((pose.title, _svg(figure, f"{pose.title}, seen from the {view}")))
    return pictures


def strength_chart(rows: Sequence[tuple[str, float, float, str]]) -> str:
    """Draw each test's sides as a share of the stronger one: (label, left, right, unit)."""
    height = 0.5 + 0.72 * len(rows)
    figure = _figure(5.4, height)
    axes = figure.add_axes((0.02, 0.4 / height, 0.96, 1 - 0.42 / height))
    _plain(axes)
    for i, (label, left, right, unit) in enumerate(rows):
        base = 3.0 * (len(rows) - 1 - i)
        axes.text(0.5, base + 1.75, label, fontsize=9, color=INK, va="bottom", weight="bold")
        top = max(left, right)
        for value, colour, y, side in ((left, LEFT, 1.2, "left"), (right, RIGHT, 0.3, "right")):
            if not (np.isfinite(value) and top > 0):
                axes.text(
                    1, base + y, f"{side}: not available", va="center", fontsize=8, color=SOFT
                )
                continue
            axes.barh(base + y, 100 * value / top, height=0.78, color=colour)
            share, text = 100 * value / top, f"{side} {value:.3g} {unit}"
            inside = share > 35  # else the words do not fit into the bar
            axes.text(
                share + (-1 if inside else 1), base + y, text, va="center",
                ha="right" if inside else "left", fontsize=8.5, color="white" if inside else INK,
            )  # fmt: skip
    axes.set_yticks([])
    axes.set_ylim(-0.3, 3.0 * len(rows) - 0.2)
    axes.set_xlim(0, 103)
    axes.set_xticks([0, 25, 50, 75, 90, 100])
    axes.set_xlabel("% of the stronger side", fontsize=8, color=SOFT, labelpad=1)
    axes.spines["left"].set_visible(False)
    axes.grid(False, axis="y")
    return _svg(figure, "Strength tests, each side as a share of the stronger side")


@dataclass(frozen=True)
class Mark:
    """A value with its error bar in a small graph."""

    value: float
    sd: float
    side: str = "both"
    hollow: bool = False


def range_graph(
    marks: Sequence[Mark], band: tuple[float, float] | None, unit: str, digits: int
) -> str:
    """Draw each value with +- 2 SD on a line of its own, the usual range shaded behind."""
    marks = [m for m in marks if np.isfinite(m.value)]
    if not marks:
        return ""
    reach = [m.value + k * 2 * (m.sd if np.isfinite(m.sd) else 0.0) for m in marks for k in (-1, 1)]
    inside = [b for b in band if np.isfinite(b)] if band else []
    low, high = min(reach + inside), max(reach + inside)
    pad = 0.14 * (high - low) if high > low else max(abs(high), 1.0) * 0.1
    low, high = low - pad, high + pad
    width, row, foot = 300.0, 15.0, 17.0
    height = row * len(marks) + foot + 4

    def x(value: float) -> float:
        return 6 + (width - 12) * (min(max(value, low), high) - low) / (high - low)

    words = ", ".join(f"{m.side} {m.value:.{digits}f} {unit}" for m in marks)
    parts = [
        f'<svg viewBox="0 0 {width:.0f} {height:.0f}" role="img" aria-label="{escape(words)}" '
        f'style="width:{width:.0f}px">'
    ]
    base = row * len(marks) + 4
    if band:
        a = x(band[0]) if np.isfinite(band[0]) else x(low)
        b = x(band[1]) if np.isfinite(band[1]) else x(high)
        parts.append(
            f'<rect x="{a:.1f}" y="1" width="{max(b - a, 1):.1f}" height="{base - 1:.1f}" '
            f'fill="{BAND}"/>'
        )
        for edge in inside:
            anchor = "start" if x(edge) < 30 else "end" if x(edge) > width - 30 else "middle"
            parts.append(
                f'<text x="{x(edge):.1f}" y="{base + 12:.1f}" font-size="10.5" fill="{SOFT}" '
                f'text-anchor="{anchor}">{edge:.{digits}f}</text>'
            )
    parts.append(f'<path d="M6 {base:.1f}H{width - 6:.0f}" stroke="{GRID}"/>')
    for i, mark in enumerate(marks):
        y = 4 + row * (i + 0.5)
        colour = SIDE_COLOUR[mark.side]
        if np.isfinite(mark.sd) and mark.sd > 0:
            from_x, to_x = x(mark.value - 2 * mark.sd), x(mark.value + 2 * mark.sd)
            parts.append(
                f'<path d="M{from_x:.1f} {y:.1f}H{to_x:.1f}" stroke="{colour}" stroke-width="2"/>'
            )
        fill = "#fff" if mark.hollow else colour
        if mark.side == "right":  # sides differ in shape as well as in colour
            parts.append(
                f'<rect x="{x(mark.value) - 4.5:.1f}" y="{y - 4.5:.1f}" width="9" height="9" '
                f'fill="{fill}" stroke="{colour}" stroke-width="1.6"/>'
            )
        else:
            parts.append(
                f'<circle cx="{x(mark.value):.1f}" cy="{y:.1f}" r="5" fill="{fill}" '
                f'stroke="{colour}" stroke-width="1.6"/>'
            )
    parts.append("</svg>")
    return "".join(parts)
