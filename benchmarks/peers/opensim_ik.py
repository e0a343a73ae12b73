"""OpenSim's inverse kinematics of one trial, in the peers' environment.

usage: opensim_ik.py JOB.json
JOB: model, markers (.trc), weights {marker: weight} or setup (.xml), accuracy, start_s, end_s,
     out (.mot). Prints one JSON line: wall and processor time, frames, warnings of OpenSim about
     the model.
"""

from __future__ import annotations

import json
import sys
import time
from pathlib import Path

import opensim


def tasks(weights: dict[str, float]) -> opensim.IKTaskSet:
    out = opensim.IKTaskSet()
    for name, weight in weights.items():
        task = opensim.IKMarkerTask()
        task.setName(name)
        task.setApply(weight > 0)
        task.setWeight(weight)
        out.cloneAndAppend(task)
    return out


def main() -> int:
    job = json.loads(Path(sys.argv[1]).read_text())
    opensim.Logger.setLevelString("warn")
    log = Path(job["out"]).with_suffix(".log")
    log.unlink(missing_ok=True)
    opensim.Logger.removeFileSink()  # opensim.log in the folder it was started from
    opensim.Logger.addFileSink(str(log))
    model = opensim.Model(job["model"])
    model.initSystem()
    opensim.Logger.removeFileSink()
    said = log.read_text().splitlines()
    warnings = [line for line in said if "[warning]" in line or "[error]" in line]
    tool = opensim.InverseKinematicsTool(job["setup"]) if "setup" in job else (
        opensim.InverseKinematicsTool()
    )  # fmt: skip
    if "weights" in job:
        tool.set_IKTaskSet(tasks(job["weights"]))
    tool.setModel(model)
    tool.setMarkerDataFileName(job["markers"])
    tool.setStartTime(job["start_s"])
    tool.setEndTime(job["end_s"])
    tool.setOutputMotionFileName(job["out"])
    tool.set_accuracy(job["accuracy"])
    tool.set_report_errors(False)
    begin, busy = time.perf_counter(), time.process_time()
    tool.run()
    took = {"wall_s": time.perf_counter() - begin, "processor_s": time.process_time() - busy}
    rows = opensim.TimeSeriesTable(job["out"]).getNumRows()
    print(json.dumps({**took, "frames": rows, "warnings": warnings}))
    return 0


if __name__ == "__main__":
    sys.exit(main())
