"""`runmech analyze` on real recordings: what each can give, what it cannot, and why."""

from __future__ import annotations

import csv
import itertools
import json
import math
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

Locate = Callable[[str], Path]

FILES = {
    "angles.csv", "angles.mot", "events.csv", "metrics.csv", "strides.csv", "findings.csv",
    "session.json", "report.html",
}  # fmt: skip
METRICS = (
    "cadence", "contact_time", "flight_time", "duty_factor", "step_length", "vertical_oscillation",
    "trunk_lean", "knee_lift", "hip_extension_peak", "knee_flexion_contact", "overstride",
    "shank_angle_contact", "pelvic_drop", "pelvic_drop_raw", "pelvic_drop_excursion",
)  # fmt: skip
FRONTAL = {"pelvic_drop", "pelvic_drop_raw", "pelvic_drop_excursion"}
SAGITTAL_ANGLES = {
    "trunk_lean", "knee_lift", "hip_extension_peak", "knee_flexion_contact", "overstride",
    "shank_angle_contact",
}  # fmt: skip


@dataclass
class Case:
    """A recording, how it is given, what it must and must not give."""

    inputs: list[str]
    options: list[str] = field(default_factory=list)
    files: dict[str, str] = field(default_factory=dict)  #: options that name data files
    cadence: tuple[float, float] = (140.0, 200.0)
    contact_s: tuple[float, float] = (0.15, 0.36)
    detector: str = ""  #: "force", or empty for a kinematic one
    not_observed: frozenset[str] = frozenset()
    low_quality: frozenset[str] = frozenset()  #: may be so, value still shown
    surface: str = "treadmill"


KEYPOINTS = "keypoints/{0}/keypoints/mediapipe_full_json"
CASES = {
    "rbds text": Case(
        ["rbds/RBDS001runT35markers.txt.gz"],
        ["--speed-m-s", "3.5"],
        {"--static": "rbds/RBDS001static.txt.gz", "--forces": "rbds/RBDS001runT35forces.txt.gz"},
        detector="force",
        not_observed=frozenset({"trunk_lean"}),
    ),
    "rbds c3d": Case(
        ["rbds/RBDS001runT35.c3d.gz"],
        ["--speed-m-s", "3.5"],
        {"--static": "rbds/RBDS001static.c3d.gz"},
        detector="force",
        not_observed=frozenset({"trunk_lean"}),
    ),
    "rbds missing marker": Case(
        ["rbds/RBDS003runT25.c3d.gz"],
        [],
        {"--static": "rbds/RBDS003static.c3d.gz"},
        detector="force",
        not_observed=frozenset({"trunk_lean"}),
    ),
    "rajagopal": Case(
        ["rajagopal/motion_capture_run.trc"],
        ["--mass-kg", "75"],
        {"--static": "rajagopal/static_run.trc", "--forces": "rajagopal/grf_run.mot"},
        cadence=(174, 178),
        detector="force",
    ),
    "dorn trc": Case(
        ["dorn/run0350cms.trc"],
        [],
        {"--static": "dorn/static.trc"},
        cadence=(156.5, 160.5),
        surface="overground",
    ),
    "dorn c3d": Case(
        ["dorn/JA1Gait21.c3d"],
        [],
        {"--static": "dorn/JA1Static05.c3d"},
        cadence=(154, 163),
        surface="overground",
    ),
    "biomac": Case(
        ["biomac/P02_straightrunning_trial0025_DataStructMeasured.csv"],
        [],
        {"--static": "biomac/P02_N-Pose_trial0002_DataStructMeasured.csv"},
        surface="overground",
    ),
    "ric clusters": Case(
        ["ric/20140515T133244_run.c3d"],
        [],
        {"--static": "ric/20140515T133244_static.c3d"},
        not_observed=frozenset({"trunk_lean"}),
    ),
    "openpose side": Case(
        ["openpose_running/side"],
        ["--rate-hz", "30"],
        not_observed=frozenset(FRONTAL),
        surface="overground",
    ),
    "garage, from the side": Case(
        [KEYPOINTS.format("side_treadmill_garage30")],
        ["--rate-hz", "30"],
        cadence=(166.8, 170.8),
        not_observed=frozenset(FRONTAL),
    ),
    "gym, from behind": Case(
        [KEYPOINTS.format("rear_treadmill_gym")],
        ["--rate-hz", "30"],
        cadence=(166, 173),
        not_observed=frozenset(SAGITTAL_ANGLES | {"step_length"}),
    ),
}


def read(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


@pytest.fixture(scope="module")
def analysed(
    data: Locate, runmech: Callable[..., Any], tmp_path_factory: pytest.TempPathFactory
) -> Callable[[str], Path]:
    """Run the command once per case; return its output folder."""
    done: dict[str, Path] = {}

    def run(name: str) -> Path:
        if name not in done:
            case = CASES[name]
            out = tmp_path_factory.mktemp("out") / "result"
            files = [part for o, f in case.files.items() for part in (o, data(f))]
            inputs = [data(f) for f in case.inputs]
            result = runmech("analyze", *inputs, *case.options, *files, "--out", out)
            assert result.returncode == 0, result.stderr
            assert "Traceback" not in result.stderr
            assert "report.html" in result.stdout
            done[name] = out
        return done[name]

    return run


@pytest.fixture(params=list(CASES))
def name(request: pytest.FixtureRequest) -> str:
    return str(request.param)


def test_every_file_is_there_and_nothing_else(name: str, analysed: Callable[[str], Path]) -> None:
    assert {p.name for p in analysed(name).iterdir()} == FILES


def summaries(folder: Path) -> dict[tuple[str, str], dict[str, str]]:
    return {(r["metric"], r["side"]): r for r in read(folder / "metrics.csv")}


def test_what_it_gives_and_what_not(name: str, analysed: Callable[[str], Path]) -> None:
    case, rows = CASES[name], summaries(analysed(name))
    assert {metric for metric, _ in rows} == set(METRICS)
    for (metric, side), row in rows.items():
        where = f"{metric} {side}: {row}"
        if metric in case.not_observed:
            assert row["status"] == "not_observed", where
            assert row["value"] == "", where
        if row["status"] == "ok":
            assert math.isfinite(float(row["value"])), where
            assert float(row["sd"]) > 0, where
            assert int(row["n"]) > 0, where
        else:
            assert row["reason"], where
    given = {m for (m, _), r in rows.items() if r["value"]}
    assert given == set(METRICS) - case.not_observed


def test_cadence_and_contact_time(name: str, analysed: Callable[[str], Path]) -> None:
    case, rows = CASES[name], summaries(analysed(name))
    cadence = rows["cadence", "both"]
    assert cadence["unit"] == "steps/min"
    assert case.cadence[0] <= float(cadence["value"]) <= case.cadence[1]
    for side in ("left", "right"):
        value = rows["contact_time", side]["value"]
        if value:
            assert case.contact_s[0] < float(value) < case.contact_s[1]


def test_events_are_on_the_files_clock_and_in_order(
    name: str, analysed: Callable[[str], Path]
) -> None:
    folder = analysed(name)
    events = read(folder / "events.csv")
    angles = read(folder / "angles.csv")
    times = [float(e["time_s"]) for e in events]
    assert times == sorted(times)
    assert list(events[0]) == ["side", "type", "time_s", "sd_s"]
    assert {e["side"] for e in events} <= {"left", "right"}
    assert {e["type"] for e in events} == {"foot_strike", "toe_off"}
    first, last = float(angles[0]["time_s"]), float(angles[-1]["time_s"])
    assert first - 0.02 <= times[0]
    assert times[-1] <= last + 0.02
    strikes = [e["side"] for e in events if e["type"] == "foot_strike"]
    # A foot may be lost (far side of a camera); the others alternate.
    repeats = sum(a == b for a, b in itertools.pairwise(strikes))
    assert repeats <= 0.1 * len(strikes)


def test_angles_csv_and_mot_agree(name: str, analysed: Callable[[str], Path]) -> None:
    folder = analysed(name)
    table = read(folder / "angles.csv")
    lines = (folder / "angles.mot").read_text(encoding="utf-8").splitlines()
    end = lines.index("endheader")
    header = dict(line.split("=", 1) for line in lines[:end] if "=" in line)
    assert header["inDegrees"] == "yes"
    assert int(header["nRows"]) == len(table)
    columns = lines[end + 1].split("\t")
    assert int(header["nColumns"]) == len(columns)
    assert columns[0] == "time"
    assert columns[1:] == list(table[0])[1:]
    middle = len(table) // 2
    row = dict(zip(columns, lines[end + 2 + middle].split("\t"), strict=True))
    for column in columns[1:]:
        csv_value = table[middle][column]
        if csv_value:
            assert float(row[column]) == pytest.approx(float(csv_value), abs=1e-4)


def test_session_and_report_are_strict(name: str, analysed: Callable[[str], Path]) -> None:
    folder = analysed(name)

    def refuse(constant: str) -> None:
        raise AssertionError(f"{constant} is not JSON")

    text = (folder / "session.json").read_text(encoding="utf-8")
    session = json.loads(text, parse_constant=refuse)
    assert session
    report = (folder / "report.html").read_text(encoding="utf-8")
    assert len(report.encode()) <= 1_000_000
    assert "What this recording can tell" in report
    for word in (">nan<", ">NaN<", ">None<", "nan \N{PLUS-MINUS SIGN}", ">inf<"):
        assert word not in report


def test_findings_have_reason_and_outcome(name: str, analysed: Callable[[str], Path]) -> None:
    findings = read(analysed(name) / "findings.csv")
    assert len(findings) >= 5
    for row in findings:
        assert row["outcome"] in {"present", "absent", "cannot_tell"}
        assert row["reason"]
    lean = [r for r in findings if "lean" in r["finding"]]
    if "trunk_lean" in CASES[name].not_observed:
        assert lean
        assert all(r["outcome"] == "cannot_tell" for r in lean)


def test_text_and_c3d_of_one_trial_agree(analysed: Callable[[str], Path]) -> None:
    text, c3d = summaries(analysed("rbds text")), summaries(analysed("rbds c3d"))
    for key, row in text.items():
        if not row["value"]:
            assert not c3d[key]["value"]
            continue
        difference = abs(float(row["value"]) - float(c3d[key]["value"]))
        # Forces in the text file are dead-banded: the event times may differ by a few ms.
        allowed = {"s": 0.012, "m": 0.006, "deg": 2.0, "steps/min": 0.5, "1": 0.02}[row["unit"]]
        assert difference <= allowed, (key, row["value"], c3d[key]["value"])


def test_foot_contacts_of_the_near_side_as_noted_by_eye(
    data: Locate, analysed: Callable[[str], Path]
) -> None:
    events = read(analysed("garage, from the side") / "events.csv")
    noted = read(data("keypoints/side_treadmill_garage30/annotations.csv"))
    allowed = {"foot_strike": 2, "toe_off": 3}
    for note in (n for n in noted if n["side"] == "left"):
        times = [
            30 * float(e["time_s"])
            for e in events
            if e["side"] == "left" and e["type"] == note["event"]
        ]
        nearest = min(abs(t - float(note["frame"])) for t in times)
        # The first and last event of the clip have no stride around them.
        if float(note["frame"]) > 10:
            assert nearest <= allowed[note["event"]], note


WALKING = {
    "walking/fukuchi_WBDS19walkT01.c3d": [],
    "walking/motion_capture_walk.trc": [],
    "userfiles/markerless3d/ocoverlay__walk.trc": [],
    "userfiles/markerless3d/utahmobl__TemplateTRC_forGaitDynamics.trc": [],
    "userfiles/keypoints2d/mobilegaitlab__keypoints": ["--rate-hz", "30"],
    "userfiles/lab_text/btk__Gait.trc": [],
    "userfiles/lab_text/bmc__walk1.trc": [],
    "userfiles/c3d/btk__sub_labels.c3d": [],
    "userfiles/c3d/btk__FunctionalWalk.c3d": [],
    "userfiles/c3d/c3dio__pyCGM2 lower limb CGM24 Walking01.c3d": [],
    "userfiles/c3d/c3dio__evart.c3d": [],
    "userfiles/force/schb998__C3D_standard.c3d": [],
    KEYPOINTS.format("side_walk_bothways"): ["--rate-hz", "30"],
    "keypoints/side_walk_bothways/keypoints/mediapipe_full_nosmooth.csv": [],
    "keypoints/side_walk_bothways/keypoints/movenet_lightning.csv": [],
}


@pytest.mark.parametrize("recording", WALKING)
def test_walking_is_called_walking(
    recording: str, data: Locate, runmech: Callable[..., Any], tmp_path: Path
) -> None:
    out = tmp_path / "out"
    result = runmech("analyze", data(recording), *WALKING[recording], "--out", out)
    assert result.returncode == 3, result.stdout + result.stderr
    assert "this is walking, not running" in result.stderr
    assert "running metrics do not apply" in result.stderr
    if "bothways" in recording:  # faces left all the time, walks left, then backward to the right
        assert "moves backward" in result.stderr
    assert len(result.stderr.strip().splitlines()) == 1
    assert list(out.iterdir()) == []


def test_too_little_picture_is_refused_or_flagged(
    data: Locate, runmech: Callable[..., Any], tmp_path: Path
) -> None:
    clip = data(KEYPOINTS.format("side_gif_lowres15"))
    result = runmech("analyze", clip, "--rate-hz", "15", "--out", tmp_path)
    if result.returncode == 0:
        rows = summaries(tmp_path)
        assert not any(r["status"] == "ok" for r in rows.values()), rows
    else:
        assert result.returncode == 3
        assert len(result.stderr.strip().splitlines()) == 1
