"""biorbd's least-squares inverse kinematics of one trial, in the peers' environment.

usage: biorbd_ls.py JOB.json
JOB: model (.bioMod), markers (.npy: 3 x markers x frames, m), passes. Prints one JSON line.
"""

from __future__ import annotations

import json
import sys
import time
from pathlib import Path

import biorbd
import numpy as np


def main() -> int:
    job = json.loads(Path(sys.argv[1]).read_text())
    markers = np.load(job["markers"])
    model = biorbd.Model(job["model"])
    best, rms = float("inf"), float("nan")
    for _ in range(job["passes"]):
        solver = biorbd.InverseKinematics(model, markers)
        busy = time.process_time()
        solver.solve("lm")
        best = min(best, time.process_time() - busy)
        rms = float(np.sqrt(np.nanmean(np.square(solver.sol()["residuals"]))))
    print(json.dumps({"processor_s": best, "frames": markers.shape[2], "marker_rms_m": rms}))
    return 0


if __name__ == "__main__":
    sys.exit(main())
