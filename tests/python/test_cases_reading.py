"""What users of other tools complained about: reading, units, axes and too little to analyse.

Each test retells one public complaint, with its input and the answer that a user would call right.
"""

from __future__ import annotations

import json
import math
import os
import re
import shutil
import struct
import subprocess
import sys
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

import runmech as rm

Locate = Callable[[str], Path]
Runner = Callable[..., "subprocess.CompletedProcess[str]"]

GOOD = "rajagopal/motion_capture_run.trc"

# ---------------------------------------------------------------- files made here


def trc_text(
    time_s: np.ndarray,
    labels: Sequence[str],
    positions: np.ndarray,
    unit: str,
    separator: str = "\t",
) -> str:
    """A TRC file: positions (frames, points, 3) in the unit that its header states."""
    rate = f"{1.0 / np.median(np.diff(time_s)):.6g}"
    n, p = len(time_s), len(labels)
    original = ("OrigDataRate", "OrigDataStartFrame", "OrigNumFrames")
    header = [
        ["PathFileType", "4", "(X/Y/Z)", "made.trc"],
        ["DataRate", "CameraRate", "NumFrames", "NumMarkers", "Units", *original],
        [rate, rate, str(n), str(p), unit, rate, "1", str(n)],
        ["Frame#", "Time", *(cell for label in labels for cell in (label, "", ""))],
        ["", "", *(f"{axis}{i + 1}" for i in range(p) for axis in "XYZ")],
    ]
    rows = [
        [str(i + 1), f"{t:.6f}", *("" if math.isnan(v) else f"{v:.9g}" for v in place.ravel())]
        for i, (t, place) in enumerate(zip(time_s, positions, strict=True))
    ]
    return "\n".join(separator.join(row) for row in [*header, *rows]) + "\n"


def points_of(recording: rm.Recording) -> np.ndarray:
    return np.array(recording.positions_m).reshape(recording.n_frames, recording.n_points, 3)


def write_trc(path: Path, recording: rm.Recording, positions: np.ndarray, unit: str = "m") -> Path:
    path.write_text(trc_text(np.asarray(recording.time_s), recording.labels, positions, unit))
    return path


Parameters = Mapping[tuple[str, str], Any]


def _parameter(name: str, group: int, value: Any) -> bytes:
    if isinstance(value, int):
        kind, dims, data = 2, [], struct.pack("<h", value)
    elif isinstance(value, float):
        kind, dims, data = 4, [], struct.pack("<f", value)
    elif isinstance(value, np.ndarray):
        # as C3D has it: the first dimension varies fastest
        kind, dims = 4, list(value.shape)
        data = value.astype("<f4").tobytes(order="F")
    else:
        raw = [v if isinstance(v, bytes) else v.encode() for v in value]
        width = max(map(len, raw), default=0)
        kind, dims = -1, [width, len(raw)]
        data = b"".join(v.ljust(width) for v in raw)
    body = struct.pack("<bB", kind, len(dims)) + bytes(dims) + data + b"\0"
    title = name.encode()
    return struct.pack("<bb", len(title), group) + title + struct.pack("<h", len(body) + 2) + body


def c3d_bytes(positions_mm: np.ndarray, rate_hz: float, parameters: Parameters) -> bytes:
    """A C3D file (Intel, floats) of positions (frames, points, 3) with the parameters given."""
    n, p = positions_mm.shape[:2]
    known: dict[tuple[str, str], Any] = {
        ("POINT", "USED"): p,
        ("POINT", "SCALE"): -1.0,
        ("POINT", "RATE"): float(rate_hz),
        ("POINT", "FRAMES"): n,
        ("POINT", "UNITS"): ["mm"],
        ("ANALOG", "USED"): 0,
        **parameters,
    }
    groups = list(dict.fromkeys(group for group, _ in known))
    section = b"".join(
        struct.pack("<bb", len(g), -1 - i) + g.encode() + struct.pack("<h", 3) + b"\0"
        for i, g in enumerate(groups)
    )
    section += b"".join(
        _parameter(name, 1 + groups.index(group), value) for (group, name), value in known.items()
    )
    section += b"\0\0"
    blocks = -(-(len(section) + 4) // 512)
    section = (struct.pack("<BBBB", 1, 80, blocks, 84) + section).ljust(512 * blocks, b"\0")
    header = struct.pack("<BBHHHHHfHHf", 2, 80, p, 0, 1, n, 10, -1.0, 2 + blocks, 0, rate_hz)
    seen = ~np.isnan(positions_mm).any(2, keepdims=True)
    stored = np.concatenate([np.where(seen, positions_mm, 0.0), np.where(seen, 0.0, -1.0)], axis=2)
    return header.ljust(512, b"\0") + section + stored.astype("<f4").tobytes()


# ---------------------------------------------------------------- what was answered


@pytest.fixture(scope="module")
def level(data: Locate) -> rm.Analysis:
    """The good trial as it is."""
    return rm.analyze(data(GOOD))


@pytest.fixture(scope="module")
def runner() -> rm.SyntheticRun:
    return rm.synthesise(duration_s=8.0, rate_hz=100.0)


def summary(analysis: rm.Analysis) -> dict[tuple[str, str], rm.MetricRow]:
    return {(row.metric, row.side): row for row in analysis.table.rows if row.stride < 0}


def value(analysis: rm.Analysis, metric: str, side: str = "both") -> float:
    return summary(analysis)[metric, side].value


def events_of(analysis: rm.Analysis) -> list[tuple[str, str, float]]:
    return [(e.side, e.type, e.time_s) for e in analysis.trials[0].events.events]


def assert_same_events(one: rm.Analysis, other: rm.Analysis, within_s: float) -> None:
    a, b = events_of(one), events_of(other)
    assert [e[:2] for e in a] == [e[:2] for e in b]
    assert max(abs(x[2] - y[2]) for x, y in zip(a, b, strict=True)) <= within_s


def assert_same_metrics(one: rm.Analysis, other: rm.Analysis, rel: float) -> None:
    a, b = summary(one), summary(other)
    assert a.keys() == b.keys()
    for key, row in a.items():
        assert b[key].status == row.status, key
        slack = 0.02 if row.unit == "deg" else 1e-9  # an angle near zero has no relative error
        assert b[key].value == pytest.approx(row.value, rel=rel, abs=slack, nan_ok=True), key


def notes_of(recording: rm.Recording, code: str) -> str:
    return "\n".join(note.text for note in recording.notes if note.code == code)


def warnings_of(recording: rm.Recording) -> str:
    return "\n".join(note.text for note in recording.notes if note.warning)


def strict_json(path: Path) -> Any:
    def refuse(word: str) -> None:
        raise AssertionError(f"{path.name} holds {word}, which JSON does not have")

    return json.loads(path.read_text(encoding="utf-8"), parse_constant=refuse)


# ---------------------------------------------------------------- the complaints


def test_c01_events_after_the_first_minute(tmp_path: Path) -> None:
    """Foot strikes later than 60 s came back as if the clock had begun again."""
    walk = np.zeros((13000, 3, 3)) + np.array([[0, 0, 1000], [0, 200, 900], [100, 100, 500]])
    path = tmp_path / "long.c3d"
    path.write_bytes(
        c3d_bytes(
            walk,
            100.0,
            {
                ("POINT", "LABELS"): ["A", "B", "C"],
                ("EVENT", "USED"): 4,
                ("EVENT", "LABELS"): ["Foot Strike"] * 4,
                ("EVENT", "CONTEXTS"): ["Left", "Right", "Left", "Right"],
                ("EVENT", "TIMES"): np.array([[0, 0, 1, 2], [57.10, 59.51, 0.63, 4.02]]),
            },
        )
    )
    recording = rm.read(path, up="+z", forward="+x")
    rm.write_c3d(tmp_path / "again.c3d", recording)
    again = rm.read(tmp_path / "again.c3d", up="+y", forward="+x")
    for read in (recording, again):
        assert read.n_frames == 13000
        assert [e.time_s for e in read.events] == pytest.approx(
            [57.10, 59.51, 60.63, 124.02], abs=1e-3
        )
        assert [e.context for e in read.events] == ["Left", "Right", "Left", "Right"]
        assert {e.label for e in read.events} == {"Foot Strike"}


@pytest.mark.parametrize(
    ("name", "holds"),
    [("cases/no_points.c3d", "147 analog"), ("c3d_vendors/C3DRotationExample.c3d", "21 ")],
)
def test_c03_a_file_without_points(
    data: Locate, runmech: Runner, tmp_path: Path, name: str, holds: str
) -> None:
    """Files that hold only analog channels or pose matrices ended in an internal error."""
    path = data(name)
    with pytest.raises(rm.NotAnalysable, match=holds):
        rm.read(path)
    done = runmech("analyze", path, "--out", tmp_path / "out")
    assert done.returncode == 3
    assert holds in done.stderr
    assert path.name in done.stderr
    assert len(done.stderr.strip().splitlines()) == 1
    assert list((tmp_path / "out").iterdir()) == []


def test_c03_b_model_outputs_are_not_markers(tmp_path: Path, runner: rm.SyntheticRun) -> None:
    """Joint angles stored as points were taken for markers; labels after the 255th were lost."""
    run = runner.recording
    body = points_of(run) * 1000.0
    n = run.n_frames
    more = 257 - run.n_points
    on_the_body = np.repeat(body, -(-more // run.n_points), axis=1)[:, :more] + 5.0
    labels = [*run.labels, *(f"Extra{i}" for i in range(more))]
    markers = np.concatenate([body, on_the_body], axis=1)
    outputs = ["LKneeAngles", "RKneeAngles", "LKneeMoment"]
    angles = np.stack([np.full((n, 3), 60.0), np.full((n, 3), -60.0), np.full((n, 3), 9e6)], axis=1)
    # The last two markers come after the outputs: beyond the 255th label.
    points = np.concatenate([markers[:, :255], angles, markers[:, 255:]], axis=1)
    names = [*labels[:255], *outputs, *labels[255:]]
    lists = {("POINT", "LABELS"): names[:255], ("POINT", "LABELS2"): names[255:]}
    assert [len(part) for part in lists.values()] == [255, 5]
    kinds = {("POINT", "ANGLES"): outputs[:2], ("POINT", "MOMENTS"): outputs[2:]}
    (tmp_path / "with.c3d").write_bytes(c3d_bytes(points, 100.0, {**lists, **kinds}))
    plain = {("POINT", "LABELS"): labels[:255], ("POINT", "LABELS2"): labels[255:]}
    (tmp_path / "without.c3d").write_bytes(c3d_bytes(markers, 100.0, plain))

    found, expected = rm.read(tmp_path / "with.c3d"), rm.read(tmp_path / "without.c3d")
    assert found.n_points == 257
    assert found.labels == labels
    assert np.array_equal(found.positions_m, expected.positions_m)
    assert np.array_equal(found.file_to_world, expected.file_to_world)
    assert "3 model outputs" in notes_of(found, "labels")
    assert_same_metrics(rm.analyze(found), rm.analyze(expected), rel=1e-12)


def test_c04_missing_values_and_counts_in_trc(data: Locate, tmp_path: Path) -> None:
    """Blank cells let the next marker slide into the hole; headers lie about the rows."""
    axes = {"up": "+y", "forward": "+x"}
    blank = rm.read(data("cases/blank_and_nan.trc"), **axes)
    assert blank.labels == ["marker1", "marker2", "marker3"]
    assert np.isnan(blank["marker1"][0]).all()
    np.testing.assert_allclose(blank["marker2"][0], (-0.152, 0.245, -1.71), atol=1e-12)
    assert np.isnan(blank["marker2"][2]).all()
    assert np.isnan(points_of(blank)).sum() == 6
    assert blank.n_frames == 5

    tabs = rm.read(data("cases/odd_tabs_metres.trc"))
    missing = {label: int(np.isnan(tabs[label][:, 0]).sum()) for label in tabs.labels}
    assert {label: n for label, n in missing.items() if n} == {
        "LWRA": 29, "RBAK": 23, "T10": 14, "LPSI": 3, "LLatFoot": 2,
    }  # fmt: skip
    assert "71 points" in notes_of(tabs, "missing")

    wrong = rm.read(data("cases/wrong_count.trc"), **axes)
    assert wrong.n_frames == 501
    assert "27107" in warnings_of(wrong)
    assert "501" in warnings_of(wrong)

    text = data(GOOD).read_text()
    spaced = tmp_path / "spaces.trc"
    spaced.write_text(text.replace("\t", " "))
    original = rm.read(data(GOOD))
    try:
        again = rm.read(spaced)
    except rm.IoError as error:
        assert "line" in error.place  # type: ignore[attr-defined]
    else:
        assert again.labels == original.labels
        assert np.array_equal(again.positions_m, original.positions_m, equal_nan=True)
        assert list(again.time_s) == list(original.time_s)


def test_c05_order_of_files_and_identity_of_people(tmp_path: Path) -> None:
    """File 10 was read before file 2, and two people in view were mixed into one runner."""
    upright = np.array(
        [
            (0, -170), (0, -150), (8, -148), (6, -120), (10, -95), (-8, -148), (-6, -120),
            (-10, -95), (0, -100), (4, -98), (14, -55), (4, -10), (-4, -98), (-14, -55), (-4, -10),
            (3, -173), (-3, -173), (6, -170), (-6, -170), (14, 0), (12, 0), (-2, 0), (4, 0),
            (2, 0), (-12, 0),
        ],
        dtype=float,
    )  # fmt: skip

    def person(x: float) -> dict[str, Any]:
        places = upright + np.array([x, 900.0])
        return {
            "person_id": [-1],
            "pose_keypoints_2d": np.c_[places, np.full(25, 0.9)].ravel().tolist(),
        }

    read: list[rm.Recording] = []
    for digits in (0, 12):
        folder = tmp_path / f"digits{digits}"
        folder.mkdir()
        for i in range(120):
            people = [person(100.0 + 8.0 * i), person(1500.0)]
            frame = {"version": 1.3, "people": people[::-1] if i % 2 else people}
            (folder / f"{i:0{digits}d}_keypoints.json").write_text(json.dumps(frame))
        read.append(rm.read(folder, rate_hz=60.0, view="side"))
        other = rm.read(folder, rate_hz=60.0, view="side", person=1, forward="+x")
        hips = np.asarray(other["MidHip"])
        assert np.ptp(hips[:, 0]) / other.metres_per_pixel < 0.5
    one, two = read
    hips = np.asarray(one["MidHip"])[:, 0] / one.metres_per_pixel
    assert len(hips) == 120
    assert np.abs(np.diff(hips) - 8.0).max() <= 0.5
    assert np.array_equal(one.positions_m, two.positions_m)
    assert [n.text for n in one.notes] == [n.text for n in two.notes]
    said = notes_of(one, "people")
    assert "2 people were followed; person 0 (frames 0 to 119" in said
    assert "most by frames in view x height x movement" in said


def test_c07_accents_and_blanks_in_paths(
    data: Locate, runmech: Runner, tmp_path: Path, level: rm.Analysis
) -> None:
    """Folders with accents or blanks could not be opened; one accented byte spoiled a C3D."""
    folder = tmp_path / "Laeufer Müller é"
    folder.mkdir()
    stem = "Test 1 - été"
    trc = folder / f"{stem}.trc"
    shutil.copy(data(GOOD), trc)
    recording = rm.read(data(GOOD))
    rm.write_c3d(tmp_path / "plain.c3d", recording)
    c3d = folder / f"{stem}.c3d"
    shutil.copy(tmp_path / "plain.c3d", c3d)
    for odd, plain in ((trc, data(GOOD)), (c3d, tmp_path / "plain.c3d")):
        expected = rm.read(plain)
        for given in (odd, str(odd)):
            assert np.array_equal(rm.read(given).positions_m, expected.positions_m, equal_nan=True)
    assert_same_metrics(level, rm.analyze(trc), rel=1e-12)

    for i, env in enumerate(({}, {"LC_ALL": "C", "PYTHONUTF8": "0"})):
        out = folder / f"Ergebnis ü {i}"
        done = runmech("analyze", trc, "--out", out, env=env)
        assert done.returncode == 0, done.stderr
        assert "Müller é" in done.stdout
        report = (out / "report.html").read_bytes().decode("utf-8")
        assert f"{stem}.trc" in report
        found = pd.read_csv(out / "metrics.csv").set_index(["metric", "side"])["value"]
        for key, row in summary(level).items():
            assert found[key] == pytest.approx(row.value, rel=1e-8, nan_ok=True)
        strict_json(out / "session.json")
        absent = folder / "fehlt é.trc"
        gone = runmech("analyze", absent, "--out", out, env=env)
        assert gone.returncode == 4
        assert str(absent) in gone.stderr
        assert "not found" in gone.stderr or "no such file" in gone.stderr.lower()

    body = points_of(recording) * 1000.0
    latin = tmp_path / "latin.c3d"
    latin.write_bytes(
        c3d_bytes(
            body,
            100.0,
            {
                ("POINT", "LABELS"): recording.labels,
                ("SUBJECTS", "NAMES"): [b"\x48\xe9\x6d\x69"],
                ("MANUFACTURER", "SOFTWARE"): [b"\x48\xe9\x6d\x69"],
            },
        )
    )
    read = rm.read(latin)
    assert read.subject in ("Hémi", "H�mi")
    rm.write_c3d(tmp_path / "latin again.c3d", read)
    assert rm.read(tmp_path / "latin again.c3d").n_frames == read.n_frames


GERMAN = """
import locale, sys
from pathlib import Path
locale.setlocale(locale.LC_ALL, "de_DE.UTF-8")
assert locale.localeconv()["decimal_point"] == ","
import numpy as np
import runmech as rm
def again():
    assert locale.setlocale(locale.LC_ALL) == "de_DE.UTF-8", locale.setlocale(locale.LC_ALL)
    assert locale.localeconv()["decimal_point"] == ","
    locale.setlocale(locale.LC_ALL, "de_DE.UTF-8")
folder, out = Path(sys.argv[1]), Path(sys.argv[2])
again(); recording = rm.read(folder / "small.trc", up="+y", forward="+x")
print(repr(float(recording["A"][0, 0])), repr(float(recording.time_s[1])))
again(); known = {"view": "side", "forward": "+x", "marker_set": "body_25"}
again(); keypoints = rm.read(folder / "keypoints", rate_hz=30, **known)
print(np.asarray(keypoints.positions_m).sum())
again(); print(rm.read_strength(folder / "strength.csv")[0].value)
again(); analysis = rm.analyze(folder / "run.trc")
again(); analysis.write(out)
again(); session = rm.read_session(out / "session.json")
again(); rm.write_session(session, out / "again.json")
again(); rm.write_trc(out / "again.trc", recording)
again(); rm.write_mot(out / "again.mot", recording.time_s, ["a"], np.full((2, 1), 1.5))
again(); rm.write_csv(out / "again.csv", ["a"], np.full((2, 1), 1.5))
again(); rm.write_c3d(out / "again.c3d", recording)
again(); comparison = rm.compare_folders(out, out)
again(); comparison.write(out / "comparison")
again(); print(analysis.summary())
"""


def test_c08_decimal_commas_of_the_locale(
    runmech: Runner, tmp_path: Path, german: dict[str, str]
) -> None:
    """After a host program called setlocale, 0.098 was read as 0 and commas were written."""
    plain = {"LC_ALL": "C.UTF-8"}

    folder = tmp_path / "in"
    folder.mkdir()
    run = rm.synthesise(duration_s=4.0, rate_hz=100.0).recording
    write_trc(folder / "run.trc", run, points_of(run) * 1000.0, "mm")
    places = np.array([[[1012.345, 0.098, 3.5]], [[1013.5, 1.25, 3.5]]])
    (folder / "small.trc").write_text(trc_text(np.array([0.0, 0.01]), ["A"], places, "mm"))
    (folder / "strength.csv").write_text(
        "test,side,trial,value,unit\nhip_abduction,left,1,101.25,Nm\n"
        "hip_abduction,right,1,99.75,Nm\n"
    )
    (folder / "keypoints").mkdir()
    for i in range(3):
        numbers = [v for k in range(25) for v in (500.25 + k, 100.125 + 8.0 * k, 0.875)]
        frame = {"people": [{"pose_keypoints_2d": numbers}]}
        (folder / "keypoints" / f"{i}_keypoints.json").write_text(json.dumps(frame))

    answers = []
    for name, env in (("german", german), ("plain", plain)):
        out = tmp_path / name
        code = GERMAN
        if name == "plain":
            code = GERMAN.replace("de_DE.UTF-8", "C.UTF-8").replace('== ","', '== "."')
        done = subprocess.run(
            [sys.executable, "-c", code, folder, out],
            capture_output=True,
            encoding="utf-8",
            env={**os.environ, **env},
        )
        assert done.returncode == 0, done.stderr
        by_hand = runmech("analyze", folder / "run.trc", "--out", out / "cli", env=env)
        assert by_hand.returncode == 0, by_hand.stderr
        files = {p.relative_to(out): p.read_bytes() for p in out.rglob("*") if p.is_file()}
        said = by_hand.stdout.replace(str(out), "OUT")
        answers.append((done.stdout.replace(str(out), "OUT"), said, files))
    assert "1.012345 0.01" in answers[0][0]
    assert answers[0] == answers[1]

    comma = folder / "comma.csv"
    comma.write_text("time;knee_angle\n0,00;1012,345\n0,01;1012,345\n")
    try:
        found = rm.read_table(comma)["knee_angle"][0]
    except rm.IoError as error:
        assert "decimal" in str(error)
    else:
        assert found == 1012.345


def test_c10_one_clock_and_the_last_frame(
    data: Locate, runmech: Runner, tmp_path: Path, level: rm.Analysis
) -> None:
    """Some outputs began at 0, others kept the file's time; a range lost its last frame."""
    whole, part = tmp_path / "whole", tmp_path / "part"
    span = ("--start-s", "1.50", "--end-s", "2.50")
    for out, more in ((whole, ()), (part, span)):
        done = runmech("analyze", data(GOOD), "--out", out, *more)
        assert done.returncode == 0, done.stderr
    for folder, start, end in ((whole, 0.23, 5.32), (part, 1.50, 2.50)):
        for name, column in (("angles", "time_s"), ("events", "time_s"), ("strides", "time_s")):
            times = pd.read_csv(folder / f"{name}.csv")[column].to_numpy()
            assert times.min() >= start - 1e-9, name
            assert times.max() <= end + 1e-9, name
        angles = pd.read_csv(folder / "angles.csv")["time_s"].to_numpy()
        assert angles[[0, -1]] == pytest.approx([start, end], abs=1e-9)
        mot = rm.read_table(folder / "angles.mot")
        assert np.asarray(mot.time_s) == pytest.approx(angles, abs=1e-9)
        session = strict_json(folder / "session.json")

        def times_in(node: Any) -> list[float]:
            if isinstance(node, dict):
                own = [v for k, v in node.items() if k == "time_s" and v is not None]
                return own + [t for v in node.values() for t in times_in(v)]
            return [t for v in node for t in times_in(v)] if isinstance(node, list) else []

        assert all(start <= t <= end for t in times_in(session))
    assert len(pd.read_csv(whole / "angles.csv")) == 510
    assert len(pd.read_csv(part / "angles.csv")) == 101

    full, cut = (pd.read_csv(f / "events.csv") for f in (whole, part))
    for _, event in cut.iterrows():
        same = full[(full.side == event.side) & (full.type == event.type)]
        assert (same.time_s - event.time_s).abs().min() <= 0.01
    inside = full[full.time_s.between(1.50, 2.50)]
    assert list(zip(cut.side, cut.type, strict=True)) == list(
        zip(inside.side, inside.type, strict=True)
    )

    run = rm.synthesise(duration_s=2.0, rate_hz=100.0).recording
    path = write_trc(tmp_path / "from zero.trc", run, points_of(run))
    six = rm.read(path, start_s=0.10, end_s=0.15)
    assert list(six.time_s) == pytest.approx([0.10, 0.11, 0.12, 0.13, 0.14, 0.15], abs=1e-9)


def test_c11_unit_against_the_size_of_a_body(
    data: Locate, runmech: Runner, tmp_path: Path, runner: rm.SyntheticRun
) -> None:
    """A header said metres over numbers in millimetres, and a 1700 m runner was analysed."""
    run = runner.recording
    mm = points_of(run) * 1000.0
    right = rm.analyze(write_trc(tmp_path / "right.trc", run, mm, "mm"))
    assert value(right, "cadence") == pytest.approx(
        {(r.metric, r.side): r.value for r in runner.truth.metrics.rows if r.stride < 0}[
            "cadence", "both"
        ],
        abs=2.0,
    )
    for name, numbers, unit in (("m", mm, "m"), ("thousandth", mm / 1000.0, "mm")):
        path = write_trc(tmp_path / f"{name}.trc", run, numbers, unit)
        wrong = rm.analyze(path)
        said = [n for n in wrong.trials[0].recording.notes if n.code == "units" and n.warning]
        assert len(said) == 1
        assert "corrected" in said[0].text
        assert_same_metrics(right, wrong, rel=1e-4)
        done = runmech("analyze", path, "--out", tmp_path / name)
        assert done.returncode == 0, done.stderr
        assert said[0].text in " ".join(done.stdout.split())
        assert "corrected" in (tmp_path / name / "report.html").read_text("utf-8")
    small = rm.read(write_trc(tmp_path / "small.trc", run, mm * 0.00035, "m"))
    assert "the pelvis is 0.34 m above the ground: too low" in warnings_of(small)

    optotrak = rm.read(data("c3d_vendors/Optotrak.c3d"), up="+z", forward="+x")
    assert "mm" in notes_of(optotrak, "units")
    assert 0.5 < np.nanmax(np.abs(optotrak.positions_m)) < 5.0

    rm.write_trc(tmp_path / "metres.trc", rm.read(tmp_path / "right.trc"), rm.TrcOptions(unit="m"))
    lines = (tmp_path / "metres.trc").read_text().splitlines()
    assert lines[2].split("\t")[4] == "m"
    back = rm.read(tmp_path / "metres.trc")
    np.testing.assert_allclose(points_of(back), points_of(run), atol=1e-6)


@pytest.mark.parametrize("grade", [0.10, -0.10])
@pytest.mark.parametrize("other_way", [False, True])
@pytest.mark.parametrize("standing", [False, True])
def test_c13_uphill_and_downhill(
    data: Locate, runmech: Runner, tmp_path: Path, grade: float, other_way: bool, standing: bool
) -> None:
    """A sign that changes on a slope was used to guess the direction: results were flipped."""
    original = rm.read(data(GOOD), forward="+x", up="+y")
    places = points_of(original)
    places[:, :, 1] += grade * places[:, :, 0]
    if other_way:
        places[:, :, [0, 2]] *= -1.0
    static = data("rajagopal/static_run.trc") if standing else None
    level = rm.analyze(data(GOOD), static=static)
    path = write_trc(tmp_path / "slope.trc", original, places)
    done = runmech("analyze", path, *(["--static", static] if static else []), "--out", tmp_path)
    assert done.returncode == 0, done.stderr
    written = rm.read_session(tmp_path / "session.json").table
    slope = rm.analyze(path, static=static)
    assert_same_events(level, slope, within_s=0.010)
    for side in ("left", "right", "both"):
        assert value(slope, "contact_time", side) == pytest.approx(
            value(level, "contact_time", side), abs=0.010
        )
        for table in (slope.table, written):
            row = table.summary("overstride", side)
            assert row is not None
            assert row.value == pytest.approx(value(level, "overstride", side), abs=0.010)
    rise = summary(slope)["vertical_oscillation", "both"]
    flat = summary(level)["vertical_oscillation", "both"]
    assert rise.value == pytest.approx(flat.value, abs=0.005)


def test_c14_step_length_without_step_width(tmp_path: Path) -> None:
    """The step length was the straight distance between the heels and grew with their width."""
    rate, step_s, step_m, width_m = 200.0, 0.375, 1.20, 0.20
    speed = step_m / step_s
    contact_s, stride_s = 0.22, 2 * step_s
    time_s = np.arange(int(9.0 * rate)) / rate
    labels, tracks = [], []

    def add(label: str, x: np.ndarray, y: np.ndarray, z: float) -> None:
        labels.append(label)
        tracks.append(np.stack([x, y, np.full_like(x, z)], axis=1))

    pelvis = speed * time_s
    bounce = 1.0 - 0.03 * np.cos(2 * np.pi * (time_s - contact_s / 2) / step_s)
    for name, dx in (("ASI", 0.10), ("PSI", -0.10)):
        for side, z in (("L", -0.12), ("R", 0.12)):
            add(side + name, pelvis + dx, bounce, z)
    for name, dy in (("ACR", 0.50), ("ASH", 0.45)):
        for side, z in (("L", -0.18), ("R", 0.18)):
            add(side + name, pelvis + 0.05, bounce + dy, z)
    add("C7", pelvis - 0.03, bounce + 0.53, 0.0)
    for side, lag, z in (("L", 0.0, -width_m / 2), ("R", step_s, width_m / 2)):
        n = np.floor((time_s - lag) / stride_s)
        phase = time_s - lag - n * stride_s
        swing = np.clip((phase - contact_s) / (stride_s - contact_s), 0.0, 1.0)
        # The heel lands at 0, 1.20, 2.40 ... m and rests there while the foot stands.
        ease = swing - np.sin(2 * np.pi * swing) / (2 * np.pi)
        x = 2 * step_m * (n + ease) + (step_m if side == "R" else 0.0)
        lift = 0.25 * np.sin(np.pi * swing) ** 2
        for name, dx, dy in (("CAL", 0.0, 0.03), ("TOE", 0.22, 0.04), ("MT5", 0.16, 0.03)):
            add(side + name, x + dx, lift + dy, z)
        for name, dz in (("LAK", 0.04), ("MAK", -0.04)):
            add(side + name, x + 0.05, lift + 0.09, z + (dz if side == "R" else -dz))
        share, knee_y = 0.5, 0.5 * (bounce - 0.06 + lift + 0.09)
        knee = share * pelvis + (1 - share) * (x + 0.05) + 0.05
        for name, dz in (("LFC", 0.05), ("MFC", -0.05)):
            add(side + name, knee, knee_y, z + (dz if side == "R" else -dz))
    places = np.stack(tracks, axis=1)
    angle = np.radians(30.0)
    turn = np.array(
        [[np.cos(angle), 0, np.sin(angle)], [0, 1, 0], [-np.sin(angle), 0, np.cos(angle)]]
    )
    path = tmp_path / "turned.trc"
    path.write_text(trc_text(time_s, labels, places @ turn.T, "m"))

    recording = rm.read(path, up="+y")
    signals = rm.gait_signals(recording)
    table = rm.metrics(signals, rm.detect_events(signals))
    rows = {(r.metric, r.side): r for r in table.rows if r.stride < 0}
    assert rows["step_length", "both"].value == pytest.approx(1.200, abs=0.005)
    assert table.context.speed_m_s == pytest.approx(3.20, rel=0.01)
    assert rows["step_length", "both"].value / step_s == pytest.approx(3.20, rel=0.01)
    # Across the heading, at mid-stance: the width, whichever way the laboratory lies.
    heels = [np.asarray(recording[f"{side}CAL"])[:, 2] for side in "LR"]
    assert np.median(heels[1] - heels[0]) == pytest.approx(width_m, abs=0.005)


def standing_frames(run: rm.SyntheticRun, n: int) -> np.ndarray:
    """The first quiet frame of the stand, the points of the run only, n times."""
    at = [run.standing.labels.index(label) for label in run.recording.labels]
    return np.repeat(points_of(run.standing)[:1, at], n, axis=0)


def test_c16_no_step_one_step_a_handful_of_frames(
    data: Locate, runmech: Runner, tmp_path: Path, runner: rm.SyntheticRun
) -> None:
    """With nothing found a program used what was never set, and wrote bare NaN into JSON."""
    run = runner.recording
    random = np.random.default_rng(1)
    still = standing_frames(runner, 1000)
    still = still + random.normal(0.0, 0.001, still.shape)

    def made(name: str, places: np.ndarray) -> Path:
        path = tmp_path / f"{name}.trc"
        path.write_text(trc_text(np.arange(len(places)) / 100.0, run.labels, places, "m"))
        return path

    # (a)
    path = made("standing", still)
    done = runmech("analyze", path, "--out", tmp_path / "a")
    assert done.returncode == 3
    assert "no steps" in done.stderr
    assert list((tmp_path / "a").iterdir()) == []
    events = rm.detect_events(rm.gait_signals(rm.read(path)))
    assert events.kind == "no_steps"
    assert events.events == []

    # (b): the contact in the middle of the clip.
    strike = runner.truth.events.times("left", "foot_strike")[2]
    off = min(t for t in runner.truth.events.times("left", "toe_off") if t > strike)
    start = round(50.0 * (strike + off)) - 25
    path = made("one contact", points_of(run)[start : start + 50])
    done = runmech("analyze", path, "--out", tmp_path / "b")
    assert done.returncode == 0, done.stderr
    assert re.search(r"no cadence.*: no complete stride", done.stdout, re.S)
    metrics = pd.read_csv(tmp_path / "b" / "metrics.csv").set_index(["metric", "side"])
    contact, cadence = metrics.loc[("contact_time", "left")], metrics.loc[("cadence", "both")]
    assert contact.n == 1
    assert 0.2 < contact.value < 0.35
    assert math.isnan(metrics.loc[("contact_time", "right")].value)
    assert math.isnan(cadence.value)
    assert cadence.status == "not_observed"
    rows = strict_json(tmp_path / "b" / "session.json")["metrics"]["rows"]
    kept = [r for r in rows if r["metric"] == "cadence"]
    assert kept
    assert all(r["value"] is None for r in kept)
    assert "not available" in (tmp_path / "b" / "report.html").read_text("utf-8")

    # (c), (d)
    short = made("twelve", points_of(run)[:12])
    for name, path, frames in (("c", data("cases/two_frames.c3d"), "2"), ("d", short, "12")):
        done = runmech("analyze", path, "--out", tmp_path / name)
        assert done.returncode == 3
        assert "too short" in done.stderr
        assert f"{frames} frames" in done.stderr
        assert re.search(r"at least \d+ ", done.stderr)
        assert list((tmp_path / name).iterdir()) == []


def test_c18_standing_a_stop_and_a_foot_held_up(tmp_path: Path) -> None:
    """Pauses diluted the averages, and a foot held still in the air counted as a contact."""
    change = 160.0 - 166.6
    made = rm.synthesise(duration_s=16.0, rate_hz=100.0, cadence_change=change, white_m=0.0002)
    truth = {(r.metric, r.side): r for r in made.truth.metrics.rows if r.stride < 0}
    assert truth["cadence", "both"].value == pytest.approx(160.0, abs=0.5)
    run = points_of(made.recording)[:1500]
    labels = made.recording.labels
    random = np.random.default_rng(2)

    def stand(seconds: float) -> np.ndarray:
        frames = standing_frames(made, int(100 * seconds))
        return frames + random.normal(0.0, 0.0002, frames.shape)

    first = stand(20.0)
    foot = [i for i, name in enumerate(labels) if name in ("RCAL", "RTOE", "RMT5", "RLAK", "RMAK")]
    first[800:1100, foot, 1] += 0.30
    places = np.concatenate([first, run, stand(10.0), run])
    path = tmp_path / "stops.trc"
    path.write_text(trc_text(np.arange(len(places)) / 100.0, labels, places, "m"))
    analysis = rm.analyze(path)
    trial = analysis.trials[0]
    strikes = [e for e in trial.events.events if e.type == "foot_strike"]
    assert notes_of(trial.recording, "missing") == ""
    assert np.isfinite(points_of(trial.recording)).all()
    assert len(strikes) == pytest.approx(80, abs=2)
    assert value(analysis, "cadence") == pytest.approx(160.0, abs=1.0)
    assert not any(8.0 <= e.time_s <= 11.0 for e in trial.events.events)
    assert min(e.time_s for e in trial.events.events) > 19.7
    spans = [(s.start_s, s.end_s) for s in trial.events.spans]
    assert len(spans) == 2
    for span, stated in zip(spans, ((20.0, 35.0), (45.0, 60.0)), strict=True):
        assert span == pytest.approx(stated, abs=0.3)
    alone = rm.analyze(write_trc(tmp_path / "run.trc", made.recording, points_of(made.recording)))
    assert value(analysis, "contact_time") == pytest.approx(value(alone, "contact_time"), abs=0.005)


# ---------------------------------------------------------------- the short ones


def test_drifting_force(data: Locate) -> None:
    """A fixed 50 N threshold found a quarter of the contacts, since the zero drifts."""
    table = pd.read_csv(data("cases/drifting_force.csv"), comment="#", header=None)
    force = pd.to_numeric(table.iloc[:, -1], errors="coerce").dropna().to_numpy()
    assert len(force) == 9000
    found = rm.force_contacts(np.arange(9000) / 300.0, force)
    # Two more are cut by the ends of the recording.
    assert [math.isfinite(c.duration_s) for c in found.contacts] == [False, *[True] * 77, False]
    at_50_n = rm.force_contacts(
        np.arange(9000) / 300.0, force, rm.ForceEventOptions(threshold_n=50.0)
    )
    whole = [c.duration_s for c in at_50_n.contacts if math.isfinite(c.duration_s)]
    assert len(whole) == 77
    assert round(min(whole), 2) >= 0.25
    assert round(max(whole), 2) <= 0.29


def test_force_upside_down(data: Locate) -> None:
    """One plate of a laboratory counts force downwards: body weight came out negative."""
    recording = rm.read(data("cases/force_upside_down.c3d"), up="+z", forward="+x")
    loads = {plate.name: np.asarray(plate.force_n)[:, 1] for plate in recording.plates}
    loaded = {name: v for name, v in loads.items() if abs(v.mean()) > 5.0}
    assert len(loaded) == 1
    assert all(v.min() > 0.0 for v in loaded.values())
    assert "force plate 3 stores the force that points down" in notes_of(recording, "forces")


def test_treadmill_turned_by_37_degrees(tmp_path: Path, data: Locate, level: rm.Analysis) -> None:
    """The heading from net displacement fails where the runner stays in place."""
    original = rm.read(data(GOOD), forward="+x", up="+y")
    angle = np.radians(37.0)
    turn = np.array(
        [[np.cos(angle), 0, np.sin(angle)], [0, 1, 0], [-np.sin(angle), 0, np.cos(angle)]]
    )
    turned = rm.analyze(write_trc(tmp_path / "turned.trc", original, points_of(original) @ turn.T))
    assert_same_events(level, turned, within_s=0.001)
    assert_same_metrics(level, turned, rel=0.005)


def test_labels_with_a_subject_and_unlabelled_ones(
    tmp_path: Path, data: Locate, level: rm.Analysis
) -> None:
    """Labels as Subject:LASI were not recognised, and *60 was taken for a marker."""
    original = rm.read(data(GOOD), forward="+x", up="+y")
    places = points_of(original)
    labels = [f"Subject:{label}" for label in original.labels]
    stray = np.full((original.n_frames, 2, 3), 4.0)
    stray[:, 1] = np.nan
    both = np.concatenate([places, stray], axis=1)
    names = [*labels, "*60", "Subject:*61"]
    (tmp_path / "names.trc").write_text(trc_text(np.asarray(original.time_s), names, both, "m"))
    parameters = {("POINT", "LABELS"): names}
    turned = both[:, :, [0, 2, 1]] * (1.0, -1.0, 1.0)
    (tmp_path / "names.c3d").write_bytes(c3d_bytes(turned * 1000.0, 100.0, parameters))
    for name in ("names.trc", "names.c3d"):
        recording = rm.read(tmp_path / name)
        assert recording.labels == original.labels, name
        assert recording.subject == "Subject", name
        assert "2 unlabelled" in notes_of(recording, "labels"), name
    assert_same_metrics(level, rm.analyze(tmp_path / "names.trc"), rel=1e-4)


def test_padded_nan(data: Locate, runmech: Runner, tmp_path: Path) -> None:
    """NaN padded with blanks and a row of tabs under the header stopped the reading."""
    path = data("cases/padded_nan_running.trc")
    recording = rm.read(path)
    assert (recording.n_frames, recording.n_points) == (427, 42)
    assert np.isnan(points_of(recording)).sum() == 66
    assert list(recording.time_s[:2]) == [0.0, 0.01]
    done = runmech("analyze", path, "--out", tmp_path / "out")
    assert done.returncode == 0, done.stderr
    strict_json(tmp_path / "out" / "session.json")
