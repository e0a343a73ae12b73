"""The moving parts of the report: angle curves and the stick figure of one mean stride."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from runmech import _core
from runmech.cycles import Array, mean_cycle
from runmech.report import figures
from runmech.report import stride as stick
from runmech.report.render import drawn, script_json

if TYPE_CHECKING:
    from runmech.results import Results, Trial

#: Angle curves of the report: coordinate stem, title, sign from OpenSim to clinical, up, down.
CURVES = (
    ("hip_flexion_{s}", "Hip flexion", 1.0, "flexed", "extended"),
    ("knee_angle_{s}", "Knee flexion", 1.0, "bent", "straight"),
    ("ankle_angle_{s}", "Ankle dorsiflexion", 1.0, "toes up", "toes down"),
    ("hip_adduction_{s}", "Hip adduction", 1.0, "knee inward", "knee outward"),
    ("pelvis_list", "Pelvis obliquity", -1.0, "right side up", "left side up"),
    ("pelvis_tilt", "Pelvis tilt", -1.0, "forward", "backward"),
    ("pelvis_rotation", "Pelvis rotation", 1.0, "right side forward", "left side forward"),
    ("lumbar_extension", "Trunk against pelvis", -1.0, "bent forward", "bent backward"),
)


#: Strides of one runner are not independent: their mean is so much less sure (as for metrics).
DRIFT = 1.5

#: Share of the frames that the skeleton must fit for its angles to be drawn; our choice.
FIT_GOOD = 0.5


def curves(analysis: Results) -> dict[str, Any]:
    """Draw the mean of each joint angle that was observed, and how sure it is."""
    charts = []
    used = 0
    for stem, title, sign, up, down in CURVES:
        curves = _curves_of(analysis, stem, sign)
        if not curves:
            continue
        chart = figures.angle_chart(title, "\N{DEGREE SIGN}", (up, down), curves)
        n = " and ".join(f"{c.n} {c.side}" for c in curves)
        used = max(used, *(c.n for c in curves))
        charts.append(
            {
                "title": title,
                "svg": drawn(chart.svg),
                "json": script_json(chart.data),
                "caption": f"{n} strides",
            }
        )
    unfit = any(t.motion is not None and not _fits(t.motion) for t in analysis.trials)
    return {
        "charts": charts,
        "curves_withheld": "Not shown: the skeleton fits too few frames of this recording well, "
        "so its joint angles would be guesses. The metrics do not need them."
        if unfit and not charts
        else "",
        "curves_sentence": "Means over the strides, each side from its own foot strike. The dark "
        "band holds the mean with 95\N{NO-BREAK SPACE}% certainty as far as chance goes; the light "
        "one also what repeats every stride: skin that moves over bones, joints simpler than they "
        "are. A constant offset from where the markers were placed comes on top. Dotted lines: "
        "toe-off. Left is solid blue, right is dashed orange.",
    }


def _fits(motion: _core.Motion) -> bool:
    return sum(q.status == "ok" for q in motion.quality) >= FIT_GOOD * max(len(motion.quality), 1)


def _curves_of(analysis: Results, stem: str, sign: float) -> list[figures.Curve]:
    for trial in analysis.trials:
        motion = trial.motion
        if motion is None or not _fits(motion):
            continue
        curves = []
        for side in ("left", "right"):
            name = stem.format(s=side[0])
            index = motion.coordinate_names.index(name)
            if motion.coordinate_status[index] != "observed":
                continue
            cycle = mean_cycle(_angle(motion, name, sign), _used_strides(trial, side))
            if cycle is None:
                continue
            noise = mean_cycle(_noise(motion, name), _used_strides(trial, side))
            of_fit = 0.0 if noise is None else noise.mean[:, 0]
            random = np.hypot(DRIFT * cycle.sd[:, 0], of_fit) / np.sqrt(cycle.n)
            total = np.hypot(random, np.nan_to_num(np.degrees(motion.systematic_sd(name))))
            curves.append(
                figures.Curve(side, side, cycle.mean[:, 0], random, total, cycle.n, cycle.toe_off)
            )
        if curves:
            return curves
    return []


def _angle(motion: _core.Motion, name: str, sign: float) -> Any:
    def sample(times: Array) -> Array:
        return sign * np.degrees(motion.coordinate(name, times))

    return sample


def _noise(motion: _core.Motion, name: str) -> Any:
    def sample(times: Array) -> Array:
        return np.degrees(motion.sd(name, times))

    return sample


def _used_strides(trial: Trial, side: str) -> list[_core.Stride]:
    return [s for s in _core.strides(trial.events, trial.signals) if s.side == side and s.used]


def stride(analysis: Results) -> dict[str, Any]:
    """Draw the stick figure, one row per view."""
    empty: dict[str, Any] = {"stride": None, "stride_json": "", "pose_views": [], "stride_n": 0}
    pose_views, views, first = [], {}, None
    for trial in analysis.trials:
        mean = mean_stride_of(trial)
        if mean is None:
            continue
        wanted = ("side", "rear") if trial.recording.view == "spatial" else (trial.recording.view,)
        for view in wanted:
            if view in views:
                continue
            pictures = [{"title": t, "svg": drawn(s)} for t, s in stick.stills(mean, view)]
            pose_views.append({"name": view, "pictures": pictures})
            moving = stick.moving(mean, [view])
            views[view] = moving["views"][view]
            first = first or (mean, moving)
    if first is None:
        return empty | {"stride_sentence": ""}
    mean, moving = first
    moving["views"] = views
    return {
        "stride": moving,
        "stride_json": script_json(moving),
        "pose_views": pose_views,
        "stride_n": mean.n,
        "stride_sentence": f"The average {mean.side} stride, {mean.duration_s:.2f} s long, "
        "seen as if the runner stayed on the spot.",
    }


def mean_stride_of(trial: Trial) -> stick.MeanStride | None:
    """Return the mean stride of the side that has more strides."""
    points = body_points(trial)
    spans = {side: _used_strides(trial, side) for side in ("left", "right")}
    side = max(("left", "right"), key=lambda s: len(spans[s]))
    other = "right" if side == "left" else "left"
    time_s = np.asarray(trial.signals.time_s)
    return stick.mean_stride(time_s, points, side, spans[side], spans[other])


def body_points(trial: Trial) -> dict[str, Array]:
    """Named points over time for the stick figure, each n_frames x 3; unobserved ones left out."""
    signals = trial.signals
    points = {"pelvis": signals.pelvis, "trunk_top": signals.trunk_top}
    for side in ("left", "right"):
        leg = getattr(signals, side)
        for name in ("hip", "knee", "ankle", "heel", "toe"):
            points[f"{side}_{name}"] = getattr(leg, name)
        if trial.motion is not None:
            for name in ("shoulder", "elbow", "wrist"):
                points[f"{side}_{name}"] = _landmark(trial.motion, f"{name}_{side[0]}")
    return {name: np.asarray(p) for name, p in points.items() if len(p)}


def _landmark(motion: _core.Motion, name: str) -> Array:
    """Return a landmark over the frames; nothing where a joint that carries it was not observed."""
    skeleton = motion.skeleton
    if name not in [landmark.name for landmark in skeleton.landmarks]:
        return np.empty((0, 3))
    segment = skeleton.landmark(name).segment
    while segment >= 0:
        for coordinate, status in zip(skeleton.coordinates, motion.coordinate_status, strict=True):
            if coordinate.segment == segment and status == "undetermined":
                return np.empty((0, 3))
        segment = skeleton.segments[segment].parent
    return np.asarray(motion.point(name))
