"""gaitkit's detectors in gaitkit's environment: one question a line, one answer a line (JSON).

Question: method, fps, angles (name -> degrees), landmarks (name -> frames x 3, mm; X to the right,
Y forward, Z up). Answer: a list of [side, type, time in s], or {"fault": text}.
"""

from __future__ import annotations

import json
import os
import sys

os.environ["GAITKIT_AUTO_INSTALL_DEPS"] = "0"  # it would install what it misses otherwise

import gaitkit


def events(question: dict) -> list:
    angles = {k: list(v) for k, v in question["angles"].items()}
    n = len(next(iter(angles.values())))
    landmarks = question["landmarks"]
    frames = [
        {
            "frame_index": i,
            **{k: v[i] for k, v in angles.items()},
            "landmark_positions": {k: tuple(v[i]) for k, v in landmarks.items()},
        }
        for i in range(n)
    ]
    found = gaitkit.detect(
        frames, method=question["method"], fps=question["fps"], auto_install_deps=False
    )
    out = []
    for side in ("left", "right"):
        for kind, rows in (("foot_strike", found.hs(side)), ("toe_off", found.to(side))):
            out += [[side, kind, row["frame"] / question["fps"]] for row in rows]
    return out


def main() -> None:
    answers = sys.stdout
    sys.stdout = sys.stderr  # what gaitkit prints is no answer
    for line in sys.stdin:
        try:
            answer: object = events(json.loads(line))
        except Exception as error:
            answer = {"fault": f"{type(error).__name__}: {error}"}
        print(json.dumps(answer), file=answers, flush=True)


if __name__ == "__main__":
    main()
