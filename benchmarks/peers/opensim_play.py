"""Markers of a model that plays a motion file in OpenSim, in the peers' environment.

usage: opensim_play.py JOB.json
JOB: model, motion (.mot), out (.npy: frames x markers x 3, m). Prints the markers' names as JSON.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path

import numpy as np
import opensim


def main() -> int:
    job = json.loads(Path(sys.argv[1]).read_text())
    opensim.Logger.setLevelString("warn")
    opensim.Logger.removeFileSink()  # opensim.log in the folder it was started from
    model = opensim.Model(job["model"])
    state = model.initSystem()
    table = opensim.TimeSeriesTable(job["motion"])
    coordinates = [model.getCoordinateSet().get(name) for name in table.getColumnLabels()]
    markers = [model.getMarkerSet().get(i) for i in range(model.getMarkerSet().getSize())]
    places = np.full((table.getNumRows(), len(markers), 3), np.nan)
    for i in range(table.getNumRows()):
        row = table.getRowAtIndex(i)
        values = [row[k] for k in range(len(coordinates))]
        if not np.isfinite(values).all():
            continue
        for coordinate, value in zip(coordinates, values, strict=True):
            turns = coordinate.getMotionType() != 2
            coordinate.setLocked(state, False)
            coordinate.setValue(state, np.radians(value) if turns else value, False)
        model.realizePosition(state)
        for k, marker in enumerate(markers):
            at = marker.getLocationInGround(state)
            places[i, k] = at[0], at[1], at[2]
    np.save(job["out"], places)
    print(json.dumps({"markers": [marker.getName() for marker in markers]}))
    return 0


if __name__ == "__main__":
    sys.exit(main())
