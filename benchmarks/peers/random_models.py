"""Random models made by OpenSim, each with a random pose, in the peers' environment.

usage: random_models.py JOB.json
JOB: folder, count. Writes <folder>/<n>.osim; prints one JSON line: per model its path, coordinates
(rad, m) and where OpenSim has the markers then (m).
"""

from __future__ import annotations

import json
import random
import sys
from pathlib import Path
from typing import Any

import numpy as np
import opensim

JOINTS = (
    "Pin",
    "Ball",
    "Free",
    "Weld",
    "Universal",
    "Slider",
    "Planar",
    "Gimbal",
    "Custom",
    "Custom",
)
BODIES = 7
kept: list[Any] = []  # OpenSim deletes what Python still names, unless Python holds it to the end


def keep(thing: Any) -> Any:
    kept.append(thing)
    return thing


def vector(sd: float) -> opensim.Vec3:
    return opensim.Vec3(*(random.gauss(0, sd) for _ in range(3)))


def function(moves: bool) -> opensim.Function:
    kind = random.randint(0, 3) if moves else 4
    if kind == 0:
        made = opensim.LinearFunction(random.choice([1.0, -1.0, 2.3]), random.choice([0.0, 0.1]))
    elif kind == 1:
        powers = np.array([random.gauss(0, 0.3) for _ in range(4)])
        made = opensim.PolynomialFunction(opensim.Vector.createFromMat(powers))
    elif kind == 2:
        made, x = opensim.SimmSpline(), -1.0
        for _ in range(random.randint(2, 7)):
            made.addPoint(x, random.gauss(0, 0.4))
            x += random.uniform(0.2, 0.8)
    elif kind == 3:
        made = opensim.MultiplierFunction(function(True), random.uniform(0.5, 2.0))
    else:
        made = opensim.Constant(random.gauss(0, 0.3))
    made.thisown = False
    return keep(made)


def transform(joint: str) -> opensim.SpatialTransform:
    """Six random axes, driven by one to three coordinates, some by none."""
    out = keep(opensim.SpatialTransform())
    names = [f"{joint}_q{i}" for i in range(random.randint(1, 3))]
    for i in range(6):
        driver = names[i] if i < len(names) else random.choice([*names, None])
        drivers = opensim.ArrayStr()
        if driver is not None:
            drivers.append(driver)
        axis = out.updTransformAxis(i)
        axis.setAxis(vector(1.0))
        axis.setCoordinateNames(drivers)
        axis.setFunction(function(driver is not None))
    return out


def make(path: Path) -> None:
    model = keep(opensim.Model())
    model.setName(path.stem)
    frames: list[Any] = [model.getGround()]
    for b in range(BODIES):
        inertia = opensim.Inertia(0.1, 0.1, 0.1, 0, 0, 0)
        body = keep(opensim.Body(f"b{b}", 1.0, vector(0.1), inertia))
        model.addBody(body)
        kind = random.choice(JOINTS) if b else "Free"
        parts = [f"j{b}", random.choice(frames) if b else frames[0], vector(0.3), vector(0.8),
                 body, vector(0.1), vector(0.8)]  # fmt: skip
        if kind == "Custom":
            parts.append(transform(f"j{b}"))
        model.addJoint(keep(getattr(opensim, f"{kind}Joint")(*parts)))
        frames.append(body)
        if random.random() < 0.3:
            place = opensim.Transform(vector(0.1))
            offset = keep(opensim.PhysicalOffsetFrame(f"f{b}", body, place))
            body.addComponent(offset)
            frames.append(offset)
        model.addMarker(keep(opensim.Marker(f"M{b}", body, vector(0.1))))
    model.finalizeConnections()
    model.printToXML(str(path))


def posed(path: Path) -> dict[str, Any]:
    model = keep(opensim.Model(str(path)))
    state = model.initSystem()
    values = {}
    for i in range(model.getCoordinateSet().getSize()):
        coordinate = model.getCoordinateSet().get(i)
        values[coordinate.getName()] = random.gauss(0, 0.6)
        coordinate.setValue(state, values[coordinate.getName()], False)
    model.realizePosition(state)
    places = {}
    for i in range(model.getMarkerSet().getSize()):
        marker = model.getMarkerSet().get(i)
        at = marker.getLocationInGround(state)
        places[marker.getName()] = [at[0], at[1], at[2]]
    return {"path": str(path), "values": values, "markers": places}


def main() -> int:
    job = json.loads(Path(sys.argv[1]).read_text())
    opensim.Logger.setLevelString("error")
    opensim.Logger.removeFileSink()
    out = []
    for n in range(job["count"]):
        random.seed(n)
        path = Path(job["folder"]) / f"{n}.osim"
        make(path)
        out.append(posed(path))
    print(json.dumps(out))
    return 0


if __name__ == "__main__":
    sys.exit(main())
