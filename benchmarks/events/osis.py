"""Fit the components and lines of osis_2014_refitted to RBDS, leaving each runner out once.

For strikes and toe-offs: principal components of the rows (second differences of foot, ankle, knee
and hip angle around an anchor), the score on one of them, and a straight line from score to event -
anchor at 20 N. The component is the one whose line leaves the least error on the runners it was
fitted to; runners count alike. Printed: errors on runners left out. `--store` writes
src/gait/data/osis_2014_refitted.json. The last line of standard output is one JSON object.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path

import numpy as np
import numpy.typing as npt

import runmech as rm

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "support"))
from event_trials import trial
from recordings import counted, parser, rbds_folder, rbds_runners, rbds_speeds

Floats = npt.NDArray[np.float64]
WEIGHTS = Path(__file__).resolve().parents[2] / "src/gait/data/osis_2014_refitted.json"
COMPONENTS = 10  # tried
RATE_HZ = 200.0
REACH_S = {"foot_strike": 0.12, "toe_off": 0.3}  # an event further from its anchor is another one


def fitted(rows: Floats, frames: Floats, runner: Floats) -> tuple[Floats, float, float, int]:
    """Component, slope, intercept of the line, and which component."""
    weight = 1.0 / np.array([np.sum(runner == r) for r in runner])
    weight /= weight.sum()
    centred = rows - weight @ rows
    _, vectors = np.linalg.eigh((centred * weight[:, None]).T @ centred)
    best: tuple[float, Floats, float, float, int] | None = None
    for k in range(COMPONENTS):
        component = vectors[:, -1 - k] * np.sign(
            vectors[np.abs(vectors[:, -1 - k]).argmax(), -1 - k]
        )
        score = rows @ component
        a = np.c_[score, np.ones_like(score)] * np.sqrt(weight)[:, None]
        line = np.linalg.lstsq(a, frames * np.sqrt(weight), rcond=None)[0]
        left = float(np.sum(weight * (frames - score * line[0] - line[1]) ** 2))
        if best is None or left < best[0]:
            best = left, component, float(line[0]), float(line[1]), k + 1
    assert best is not None
    return best[1], best[2], best[3], best[4]


def main() -> None:
    arguments = parser(__doc__, rbds=True)
    arguments.add_argument("--store", action="store_true", help="write the data file")
    given = arguments.parse_args()
    folder = rbds_folder(given.data)
    rows: dict[str, list[Floats]] = {"foot_strike": [], "toe_off": []}
    frames: dict[str, list[Floats]] = {"foot_strike": [], "toe_off": []}
    runner: dict[str, list[int]] = {"foot_strike": [], "toe_off": []}
    runners = rbds_runners(folder, given.runners)
    for name in counted(runners, "runner"):
        for speed in rbds_speeds(given.speeds):
            files = trial(folder, name, speed)
            if files is None:
                continue
            recording, standing = files
            truth = rm.force_events(recording)
            signals = rm.gait_signals(recording, standing)
            for kind in rows:
                for side in ("left", "right"):
                    at, row = rm.osis_rows(signals, side, kind)
                    events = truth.times(side, kind)
                    pairs = rm.match_times(at, events, REACH_S[kind])
                    index = [i for i, _ in pairs]
                    rows[kind].append(np.array(row)[index])
                    frames[kind].append(
                        RATE_HZ * (events[[j for _, j in pairs]] - np.array(at)[index])
                    )
                    runner[kind] += [runners.index(name)] * len(index)
    stored: dict[str, object] = {
        "made_by": "benchmarks/events/osis.py",
        "learnt_on": "RBDS runners " + ", ".join(r.removeprefix("RBDS") for r in runners),
    }
    line: dict[str, object] = {}
    for kind in rows:
        x, y, who = np.concatenate(rows[kind]), np.concatenate(frames[kind]), np.array(runner[kind])
        error = np.zeros(len(y))
        for r in set(who.tolist()):
            component, slope, intercept, _ = fitted(x[who != r], y[who != r], who[who != r])
            mine = who == r
            error[mine] = intercept + slope * (x[mine] @ component) - y[mine]
        error *= 1e3 / RATE_HZ
        component, slope, intercept, k = fitted(x, y, who)
        stored[kind] = {
            "component": [float(f"{v:.5g}") for v in component],
            "slope": float(f"{slope:.6g}"),
            "intercept": float(f"{intercept:.6g}"),
            "which": k,
        }
        line[f"{kind}_left_out"] = {
            "n": len(error),
            "bias_ms": round(float(error.mean()), 2),
            "rmse_ms": round(float(np.sqrt(np.mean(error**2))), 2),
            "within_20_ms": round(float(np.mean(np.abs(error) < 20.0)), 3),
            "component": k,
        }
    if given.store:
        WEIGHTS.write_text(json.dumps(stored) + "\n", encoding="utf-8")
    print(json.dumps(line))


if __name__ == "__main__":
    main()
