"""A skeleton without couplings as a model file of biorbd: one of its segments per coordinate."""

from __future__ import annotations

import numpy as np

import runmech as rm

AXES = {(1.0, 0.0, 0.0): "x", (0.0, 1.0, 0.0): "y", (0.0, 0.0, 1.0): "z"}


def turn_to(axis: np.ndarray) -> np.ndarray:
    """Return a rotation that brings Z to this direction."""
    helper = np.eye(3)[int(np.argmin(np.abs(axis)))]
    x = np.cross(helper, axis)
    x /= np.linalg.norm(x)
    return np.column_stack([x, np.cross(axis, x), axis])


def segment(name: str, parent: str, turn: np.ndarray, origin: np.ndarray, moves: str) -> str:
    rows = [*np.column_stack([turn, origin]).tolist(), [0.0, 0.0, 0.0, 1.0]]
    matrix = "\n".join("    " + " ".join(repr(float(v)) for v in row) for row in rows)
    return (f"segment {name}\n  parent {parent}\n  RTinMatrix 1\n  RT\n{matrix}\n  {moves}\n"
            "  mass 1\n  inertia\n    1 0 0\n    0 1 0\n    0 0 1\n  com 0 0 0\n"
            "endsegment\n\n")  # fmt: skip


def biomod(skeleton: rm.Skeleton) -> str:
    """Return the text of the model; markers in the skeleton's order."""
    text = "version 4\n\n"
    still = np.eye(3), np.zeros(3)
    for index, body in enumerate(skeleton.segments):
        parent = "root" if body.parent < 0 else skeleton.segments[body.parent].name
        above, origin = parent, np.asarray(body.origin_m)
        for c in (c for c in skeleton.coordinates if c.segment == index):
            axis = np.asarray(c.axis)
            letter = AXES.get(tuple(axis.tolist()))
            turn = np.eye(3) if letter else turn_to(axis)
            moves = f"{'rotations' if c.rotation else 'translations'} {letter or 'z'}"
            text += segment(f"by_{c.name}", above, turn, origin, moves)
            text += segment(f"after_{c.name}", f"by_{c.name}", turn.T, still[1], "")
            above, origin = f"after_{c.name}", still[1]
        text += segment(body.name, above, still[0], origin, "")
    for marker in skeleton.markers:
        place = " ".join(repr(float(v)) for v in marker.at.local_m)
        owner = skeleton.segments[marker.at.segment].name
        text += f"marker {marker.at.name}\n  parent {owner}\n  position {place}\nendmarker\n\n"
    return text
