"""gaitkit's event detectors as plug-ins of the event benchmark.

Each runs in gaitkit's own environment (build/gaitkit, see gaitkit_requirements.txt; or the
interpreter named by $RUNMECH_GAITKIT) and is given the best that the data allow: all landmarks it
knows, without holes, in the frame of the belt, in which the stance foot rests as it does overground
(in the laboratory's frame several of them find nothing on a treadmill), and joint angles. The run
goes from as far behind the origin as in front of it: gaitkit takes places beyond 100 m for missing,
and intellevent turns a walk that begins on the negative side into the direction it was trained on
(begun at the origin it finds nothing). Of two toes the one that the method does better with: the
middle of MT1 and MT5 for intellevent (MT5: one strike in twenty lost), else MT5. Its answers are
whole frames.
"""

from __future__ import annotations

import functools
import json
import os
import subprocess
from pathlib import Path

import numpy as np

import runmech as rm

HERE = Path(__file__).parent
PYTHON = HERE.parents[1] / "build" / "gaitkit" / "bin" / "python"


@functools.cache
def _server() -> subprocess.Popen[str]:
    python = os.environ.get("RUNMECH_GAITKIT", str(PYTHON))
    if not Path(python).exists():
        raise ValueError(
            f"gaitkit's environment is not there: {python}; run ./dev bench event_peers"
        )
    return subprocess.Popen(
        [python, str(HERE / "gaitkit_server.py")],
        stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True,
    )  # fmt: skip


def _whole(values: np.ndarray) -> np.ndarray:
    """Bridge holes by straight lines; the ends hold."""
    out = np.array(values, float)
    frames = np.arange(len(out))
    for column in out.reshape(len(out), -1).T:
        seen = np.isfinite(column)
        if seen.any():
            column[~seen] = np.interp(frames[~seen], frames[seen], column[seen])
    return out


def question(signals: rm.GaitSignals, method: str) -> dict[str, object]:
    """Return what gaitkit is asked."""
    clock = np.array(signals.time_s)
    grounds = [s.ground_m_s for s in rm.find_phases(signals).steps if np.isfinite(s.ground_m_s)]
    drift = -(np.median(grounds) if grounds else 0.0) * (clock - clock[0])
    if signals.left.heel.size:  # the middle of the way at the origin
        way = _whole(np.array(signals.left.heel))[:, 0] + drift
        drift -= 0.5 * (way.min() + way.max())

    def placed(points: np.ndarray) -> list[list[float]]:
        x, y, z = _whole(points).T
        return (1000.0 * np.c_[z, x + drift, y]).tolist()

    landmarks, angles = {}, {"trunk_angle": 0.0 * clock, "pelvis_tilt": 0.0 * clock}
    for side in ("left", "right"):
        leg = getattr(signals, side)
        for name in ("hip", "knee", "ankle", "heel", "toe"):
            points = np.array(getattr(leg, name))
            if name == "toe" and method in MIDDLE_TOE and len(leg.mt1) and len(leg.mt5):
                points = 0.5 * (np.array(leg.mt1) + np.array(leg.mt5))
            if len(points):
                landmarks[f"{side}_{name}"] = placed(points)
        if f"{side}_toe" in landmarks:
            landmarks[f"{side}_foot_index"] = landmarks[f"{side}_toe"]
        if f"{side}_ankle" not in landmarks and f"{side}_heel" in landmarks:
            landmarks[f"{side}_ankle"] = landmarks[f"{side}_heel"]
        seen = rm.leg_angles(signals, side)
        for name, angle in (
            ("hip", seen.thigh),
            ("knee", seen.knee_flexion),
            ("ankle", seen.ankle),
        ):
            whole = _whole(np.degrees(angle)) if len(angle) else 0.0 * clock
            angles[f"{side}_{name}_angle"] = whole
    return {
        "method": method,
        "fps": float(1.0 / np.median(np.diff(clock))),
        "angles": {k: np.asarray(v).tolist() for k, v in angles.items()},
        "landmarks": landmarks,
    }


class _Gaitkit:
    method = ""

    def detect(self, signals: rm.GaitSignals) -> rm.GaitEvents:
        """Ask gaitkit; raises RuntimeError with what it raised."""
        found = rm.GaitEvents()
        found.detector = f"gaitkit {self.method}"
        if not signals.n_frames:
            return found
        server = _server()
        assert server.stdin is not None
        assert server.stdout is not None
        server.stdin.write(json.dumps(question(signals, self.method)) + "\n")
        server.stdin.flush()
        answer = json.loads(server.stdout.readline() or '{"fault": "gaitkit ended"}')
        if isinstance(answer, dict):
            raise RuntimeError(answer["fault"])
        start = float(np.array(signals.time_s)[0])
        found.events = [rm.GaitEvent(side, kind, start + t) for side, kind, t in answer]
        return found


#: Without deepevent: gaitkit's package does not hold its weights, it would download them.
METHODS = (
    "bike", "zeni", "oconnor", "hreljac", "mickelborough", "ghoussayni", "vancanneyt", "dgei",
    "intellevent",
)  # fmt: skip
MIDDLE_TOE = ("intellevent",)
for _method in METHODS:
    globals()[f"gaitkit_{_method}"] = type(f"gaitkit_{_method}", (_Gaitkit,), {"method": _method})
