"""Our C3D reader beside ezc3d, an independent one, on every recorded C3D file.

`read` turns the points from the file's axes to ours, so points are compared up to one rigid turn
that the comparison finds itself; plates come from `read_forces`, which leaves them in the file's
axes.
"""

from __future__ import annotations

import contextlib
import gzip
import itertools
import re
import warnings
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from runmech import IoError, Recording, _core

ezc3d = pytest.importorskip("ezc3d")

FILES = [
    "c3d_vendors/BTS.c3d",
    "c3d_vendors/FP_Type1.c3d",
    "c3d_vendors/Optotrak.c3d",
    "c3d_vendors/Vicon.c3d",
    "cases/force_upside_down.c3d",
    "cases/two_frames.c3d",
    "dorn/JA1Gait21.c3d",
    "dorn/JA1Static05.c3d",
    "rbds/RBDS001runT25.c3d.gz",
    "rbds/RBDS003runT25.c3d.gz",
    "rbds/RBDS009static.c3d.gz",
    "ric/20140515T133244_run.c3d",
    "userfiles/c3d/biomechzoo__HC033A01.c3d",
    "userfiles/c3d/btk__FunctionalWalk.c3d",
    "userfiles/c3d/btk__sub_labels.c3d",
    "userfiles/c3d/c3dio__Static Pose.c3d",
    "userfiles/c3d/c3dio__SubjectINT.c3d",
    "userfiles/c3d/c3dio__bigparlove.c3d",
    "userfiles/c3d/c3dio__pyCGM2 lower limb CGM24 Walking01.c3d",
    "userfiles/c3d/pycgm__Movement_trial.c3d",
    "userfiles/c3d/pycgm__Sample_Static.c3d",
    "userfiles/force/schb998__C3D_standard.c3d",
    "userfiles/lab_text/btk__Gait.c3d",
    "walking/fukuchi_WBDS19walkT01.c3d",
]
# ezc3d lays the frames out by ANALOG:USED and ANALOG:RATE; in these two the header is right and
# those are not, which the size of the file proves (tests/io/c3d_files_test.cpp has their readings).
EZC3D_MISREADS = ["userfiles/c3d/c3dio__evart.c3d", "userfiles/c3d/c3dio__dynamic.C3D"]
# Plates that we read differently on purpose: corners of garbage, and a force that points down.
OTHER_FORCES = {"c3d_vendors/FP_Type1.c3d": {2, 3, 4}, "cases/force_upside_down.c3d": {3}}
# Corners that are no rectangle: both readers put a right-angled frame through them, in two ways.
SKEW_CORNERS = {"userfiles/c3d/btk__sub_labels.c3d", "cases/two_frames.c3d"}

Locate = Callable[[str], Path]


def unpacked(path: Path, folder: Path) -> Path:
    if path.suffix != ".gz":
        return path
    out = folder / path.stem
    out.write_bytes(gzip.decompress(path.read_bytes()))
    return out


def labels_of(point: dict) -> list[str]:
    lists = [k for k in point if re.fullmatch(r"LABELS\d*", k)]
    return [
        name for k in sorted(lists, key=lambda k: int(k[6:] or 1)) for name in point[k]["value"]
    ]


def outside_points(path: Path) -> tuple[list[str], np.ndarray, float, set[str]]:
    """Labels, positions (frames, points, 3) in m, 0,0,0 as missing, rate, model outputs."""
    c3d = ezc3d.c3d(str(path))
    point = c3d["parameters"]["POINT"]
    unit = {"m": 1.0, "cm": 0.01}.get((point["UNITS"]["value"] or ["mm"])[0], 0.001)
    positions = c3d["data"]["points"][:3].transpose(2, 1, 0) * unit
    positions[(positions == 0).all(2)] = np.nan
    lists = ("ANGLES", "FORCES", "MOMENTS", "POWERS", "SCALARS")
    outputs = {name for key in lists if key in point for name in point[key]["value"]}
    return labels_of(point), positions, float(c3d["header"]["points"]["frame_rate"]), outputs


def same_point(label: str, names: list[str], taken: set[int]) -> int:
    """Index of our label among theirs: without the prefix, duplicates numbered in order."""
    bare = re.sub(r"_\d+$", "", label)
    for candidates in (
        [i for i, n in enumerate(names) if n == label],
        [i for i, n in enumerate(names) if n.rpartition(":")[2] == label],
        [i for i, n in enumerate(names) if n == bare],
    ):
        for i in candidates:
            if i not in taken:
                taken.add(i)
                return i
    raise AssertionError(f"ezc3d has no point {label}")


def turned(ours: np.ndarray, theirs: np.ndarray) -> np.ndarray:
    """Ours after the rotation and shift that bring it nearest to theirs; never a mirror."""
    known = ~np.isnan(ours).any(2) & ~np.isnan(theirs).any(2)
    a, b = ours[known], theirs[known]
    u, _, vt = np.linalg.svd((a - a.mean(0)).T @ (b - b.mean(0)))
    fix = np.diag([1.0, 1.0, np.sign(np.linalg.det(u @ vt))])
    return (ours - a.mean(0)) @ (u @ fix @ vt) + b.mean(0)


def read(path: Path) -> Recording:
    """As read does, with the axes given where neither the file nor the body says them clearly."""
    try:
        return _core.read(path)
    except ValueError:
        for up, unit in itertools.product(("+z", "+y"), ("", "mm")):
            with contextlib.suppress(ValueError):
                return _core.read(path, _core.ReadOptions(up=up, forward="+x", unit=unit))
        raise


@pytest.mark.parametrize("name", FILES)
def test_points_labels_and_clock(name: str, data: Locate, tmp_path: Path) -> None:
    path = unpacked(data(name), tmp_path)
    recording = read(path)
    names, theirs, rate_hz, outputs = outside_points(path)
    taken: set[int] = set()
    order = [same_point(label, names, taken) for label in recording.labels]
    ours = np.asarray(recording.positions_m)
    theirs = theirs[:, order]
    assert ours.shape == theirs.shape
    assert np.array_equal(np.isnan(ours[:, :, 0]), np.isnan(theirs[:, :, 0]))
    difference = turned(ours, theirs) - theirs
    assert np.nanmax(np.abs(difference)) < 1e-9 * max(1.0, np.nanmax(np.abs(theirs)))
    if len(recording.time_s) > 1:
        assert np.median(np.diff(recording.time_s)) == pytest.approx(1 / rate_hz, rel=1e-6)
    left_out = {names[i] for i in range(len(names)) if i not in taken}
    assert {n for n in left_out if not n.rpartition(":")[2].startswith("*")} <= outputs


@pytest.mark.parametrize("name", FILES)
def test_plates(name: str, data: Locate, tmp_path: Path) -> None:
    path = unpacked(data(name), tmp_path)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        theirs = ezc3d.c3d(str(path), extract_forceplat_data=True)["data"]["platform"]
    if not any(other["force"].size for other in theirs):
        with pytest.raises(IoError, match="no force plates"):
            _core.read_forces(path)
        return
    plates = _core.read_forces(path)
    assert len(plates) == len(theirs)
    slack = 2e-3 if name in SKEW_CORNERS else 1e-6
    for plate in plates:
        number = int(plate.name.split()[-1])
        other = theirs[number - 1]
        if number in OTHER_FORCES.get(name, ()) or other["force"].size == 0:
            continue
        force = np.asarray(plate.force_n)
        size = max(1.0, float(np.abs(force).max()))
        assert np.abs(force - other["force"].T).max() < slack * size, plate.name
        cop = np.asarray(plate.cop_m)
        loaded = ~np.isnan(cop[:, 0])
        if not loaded.any():
            continue
        unit = 1.0 if other["unit_position"] == "m" else 0.001
        assert np.abs(cop - unit * other["center_of_pressure"].T)[loaded].max() < max(1e-6, slack)


@pytest.mark.parametrize("name", EZC3D_MISREADS)
def test_where_ezc3d_is_wrong(name: str, data: Locate) -> None:
    """From foot to trunk the markers' mean places are far apart; in theirs all are one mixture."""
    path = data(name)
    recording = read(path)
    ours = np.asarray(recording.positions_m)
    _, theirs, _, _ = outside_points(path)

    def height(positions: np.ndarray) -> float:
        seen = positions[:, ~np.isnan(positions).any(2).all(0)]
        return float(np.ptp(np.nanmean(seen, axis=0), axis=0).max())

    assert height(ours) > 0.8
    assert height(theirs) < 0.3


@pytest.mark.parametrize("name", ["userfiles/c3d/btk__mocap36.c3d"])
def test_where_ezc3d_refuses(name: str, data: Locate) -> None:
    path = data(name)
    with pytest.raises(OSError):
        ezc3d.c3d(str(path))
    assert np.asarray(read(path).positions_m).shape == (1380, 36, 3)
