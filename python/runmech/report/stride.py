"""The stick figure over one mean stride: stills for every reader, points for the moving one."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from runmech.cycles import Array, StrideTimes, phase_of
from runmech.report.figures import SIDE_COLOUR, Edge, Pose, pose_pictures

N_PHASES = 51

#: The left side is drawn first: seen from the right, it is the far one.
EDGES: tuple[Edge, ...] = (
    ("left_shoulder", "left_elbow", "left", 1.8),
    ("left_elbow", "left_wrist", "left", 1.8),
    ("left_hip", "left_knee", "left", 2.8),
    ("left_knee", "left_ankle", "left", 2.8),
    ("left_ankle", "left_heel", "left", 2.2),
    ("left_heel", "left_toe", "left", 2.2),
    ("left_ankle", "left_toe", "left", 2.2),
    ("left_hip", "right_hip", "both", 2.8),
    ("pelvis", "trunk_top", "both", 3.2),
    ("left_shoulder", "right_shoulder", "both", 2.4),
    ("right_hip", "right_knee", "right", 2.8),
    ("right_knee", "right_ankle", "right", 2.8),
    ("right_ankle", "right_heel", "right", 2.2),
    ("right_heel", "right_toe", "right", 2.2),
    ("right_ankle", "right_toe", "right", 2.2),
    ("right_shoulder", "right_elbow", "right", 1.8),
    ("right_elbow", "right_wrist", "right", 1.8),
)


@dataclass(frozen=True)
class MeanStride:
    """Points of the body over the mean stride of one side, each n_phases x 3, world axes, metres.

    Forward and sideways positions are relative to the pelvis, heights to the floor.
    """

    points: dict[str, Array]
    side: str
    n: int
    duration_s: float
    own_toe_off: float  #: percent of the stride
    other_strike: float  #: percent, NaN where not seen
    other_toe_off: float

    def phase_name(self, percent: float) -> str:
        """Which foot is on the ground."""
        other = "right" if self.side == "left" else "left"
        if percent <= self.own_toe_off:
            return f"{self.side} foot on the ground"
        if self.other_strike <= percent <= self.other_toe_off:
            return f"{other} foot on the ground"
        if np.isfinite(self.other_strike):
            return "in the air"
        return f"{self.side} leg in swing"


def mean_stride(
    time_s: Array,
    points: Mapping[str, Array],
    side: str,
    strides: Sequence[StrideTimes],
    others: Sequence[StrideTimes],
) -> MeanStride | None:
    """Average the points over the strides of one side; a point missing there is left out."""
    feet = [p for name, p in points.items() if name.endswith(("heel", "toe")) and len(p)]
    pelvis = points.get("pelvis")
    if not strides or not feet or pelvis is None or not len(pelvis):
        return None
    heights = np.concatenate([p[:, 1] for p in feet])
    if not np.isfinite(heights).any():
        return None
    floor = float(np.nanpercentile(heights, 1))
    origin = pelvis * np.array([1.0, 0.0, 1.0]) + np.array([0.0, floor, 0.0])
    phase = np.linspace(0.0, 1.0, N_PHASES)
    grid = [s.foot_strike_s + phase * (s.next_foot_strike_s - s.foot_strike_s) for s in strides]
    means: dict[str, Array] = {}
    for name, values in points.items():
        if len(values):
            sample = _sampler(time_s, values - origin)
            mean = _mean_of_seen(np.stack([sample(times) for times in grid]))
            if np.isfinite(mean).any():
                means[name] = mean
    if not means:
        return None
    duration = float(np.mean([s.next_foot_strike_s - s.foot_strike_s for s in strides]))
    strike, toe_off = _other_contact(strides, others)
    own = float(np.nanmean([phase_of(s.toe_off_s, s) for s in strides]))
    return MeanStride(means, side, len(strides), duration, own, strike, toe_off)


def _mean_of_seen(stack: Array) -> Array:
    """Average over strides what was seen in at least a third of them (two at least); else NaN."""
    seen = np.isfinite(stack)
    count = seen.sum(axis=0)
    total = np.where(seen, stack, 0.0).sum(axis=0)
    enough = count >= min(max(2, len(stack) / 3), len(stack))
    return np.where(enough, total / np.maximum(count, 1), np.nan)


def _sampler(time_s: Array, values: Array) -> Any:
    def sample(times: Array) -> Array:
        columns = [np.interp(times, time_s, values[:, k], np.nan, np.nan) for k in range(3)]
        return np.column_stack(columns)

    return sample


def _other_contact(
    strides: Sequence[StrideTimes], others: Sequence[StrideTimes]
) -> tuple[float, float]:
    phases = [
        (phase_of(other.foot_strike_s, stride), phase_of(other.toe_off_s, stride))
        for stride in strides
        for other in others
        if stride.foot_strike_s < other.foot_strike_s < stride.next_foot_strike_s
    ]
    if not phases:
        return float("nan"), float("nan")
    strike, toe_off = np.nanmedian(np.array(phases), axis=0)
    return float(strike), float(toe_off)


_AXES = {"side": 0, "rear": 2, "front": 2}


def _flat(stride: MeanStride, view: str) -> dict[str, Array]:
    sign = -1.0 if view == "front" else 1.0
    return {
        name: np.column_stack([sign * p[:, _AXES[view]], p[:, 1]])
        for name, p in stride.points.items()
    }


def stills(stride: MeanStride, view: str) -> list[tuple[str, str]]:
    """Pictures (title, svg) at the contacts of the stride and between them."""
    other = "right" if stride.side == "left" else "left"
    own, strike, toe_off = stride.own_toe_off, stride.other_strike, stride.other_toe_off
    places = [
        (f"{stride.side} foot strike", 0.0),
        (f"{stride.side} mid-stance", own / 2),
        (f"{stride.side} toe-off", own),
    ]
    if np.isfinite(strike) and np.isfinite(toe_off):
        places += [
            (f"{other} foot strike", strike),
            (f"{other} mid-stance", (strike + toe_off) / 2),
            (f"{other} toe-off", toe_off),
        ]
    else:
        places.append((f"{stride.side} mid-swing", (own + 100) / 2))
    flat = _flat(stride, view)
    grid = np.linspace(0.0, 100.0, N_PHASES)
    poses = []
    for title, percent in places:
        pose = Pose(title)
        for name, p in flat.items():
            at = [float(np.interp(percent, grid, p[:, k])) for k in (0, 1)]
            if np.isfinite(at).all():
                pose.points[name] = (at[0], at[1])
        poses.append(pose)
    return pose_pictures(view, poses, EDGES)


def _whole(points: Array) -> list[list[int] | None]:
    return [[round(x), round(y)] if np.isfinite(x + y) else None for x, y in points.tolist()]


def moving(stride: MeanStride, views: Sequence[str]) -> dict[str, Any]:
    """Points and edges for the script: millimetres, picture axes (y down)."""
    out: dict[str, Any] = {}
    for view in views:
        flat = {name: p * (1000.0, -1000.0) for name, p in _flat(stride, view).items()}
        drawn = [edge for edge in EDGES if edge[0] in flat and edge[1] in flat]
        edges = [
            {"from": a, "to": b, "colour": SIDE_COLOUR[side], "width": round(9 * width)}
            for a, b, side, width in drawn
        ]
        used = {name for edge in drawn for name in edge[:2]}
        corners = np.concatenate([flat[name] for name in sorted(used)])
        low, high = np.nanmin(corners, axis=0), np.nanmax(corners, axis=0)
        tall = high[1] - low[1]
        half = max(high[0] - low[0], 0.9 * tall) / 2 + 40
        left = (low[0] + high[0]) / 2 - half
        box = (left, low[1] - 40, 2 * half, tall + 80)
        out[view] = {
            "box": " ".join(f"{v:.0f}" for v in box),
            "floor": [round(left), round(left + 2 * half)],
            "edges": edges,
            "points": {name: _whole(flat[name]) for name in sorted(used)},
        }
    phases = [stride.phase_name(p) for p in np.linspace(0.0, 100.0, N_PHASES)]
    return {
        "n": N_PHASES,
        "side": stride.side,
        "duration_s": round(stride.duration_s, 4),
        "phases": phases,
        "views": out,
    }


__all__ = ["EDGES", "MeanStride", "mean_stride", "moving", "stills"]
