"""Public complaints about tools of this kind, retold as tests of the whole road: analysis."""

from __future__ import annotations

import json
import math
import os
import re
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from itertools import pairwise
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pytest

import runmech as rm
from runmech.cycles import mean_cycle

Locate = Callable[[str], Path]
Runner = Callable[..., "subprocess.CompletedProcess[str]"]
Array = npt.NDArray[np.float64]


@pytest.fixture(scope="module")
def files(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    """A good synthetic trial and its stand, 100 Hz, as files."""
    folder = tmp_path_factory.mktemp("trial")
    run = rm.synthesise("healthy", 1, duration_s=12.0, rate_hz=100.0)
    rm.write_trc(folder / "run.trc", run.recording)
    rm.write_trc(folder / "stand.trc", run.standing)
    return folder / "run.trc", folder / "stand.trc"


def exact(duration_s: float = 5.0) -> rm.SyntheticRun:
    """A good trial, 100 Hz, with exact truth: nothing but the movement in the markers."""
    return rm.synthesise(
        "healthy",
        1,
        duration_s=duration_s,
        rate_hz=100.0,
        white_m=0.0,
        placement_m=0.0,
        soft_tissue_m=0.0,
    )


def without(recording: rm.Recording, *holes: tuple[str, slice | int]) -> rm.Recording:
    """Blank points in frames; the recording given is changed and returned."""
    positions = np.array(recording.positions_m)
    for label, frames in holes:
        positions[frames, recording.labels.index(label)] = np.nan
    recording.positions_m = positions
    return recording


def degrees(motion: rm.Motion) -> dict[str, Array]:
    return dict(
        zip(motion.coordinate_names, np.degrees(np.asarray(motion.coordinates())).T, strict=True)
    )


def event_list(analysis: rm.Analysis) -> list[tuple[str, str, float]]:
    return [(e.side, e.type, e.time_s) for e in analysis.trials[0].events]


def scaled_trc(source: Path, target: Path, factor: float, faster: float) -> None:
    """Multiply every coordinate of a TRC and its rate, set its times with it."""
    lines = source.read_text(encoding="utf-8").splitlines()
    head = lines[2].split("\t")
    clock = 1.0 / faster
    head[0] = head[1] = f"{faster * float(head[0]):.6g}"
    lines[2] = "\t".join(head)
    for i, line in enumerate(lines[5:], start=5):
        cells = line.split("\t")
        if not cells[0].strip():
            continue
        cells[1] = f"{clock * float(cells[1]):.9f}"
        cells[2:] = [f"{factor * float(c):.7f}" if c.strip() else c for c in cells[2:]]
        lines[i] = "\t".join(cells)
    target.write_text("\n".join(lines) + "\n", encoding="utf-8")


@pytest.mark.parametrize("detector", ["foot_anchor", "runmech"])
def test_c19_a_scuff_is_no_step(detector: str) -> None:
    """An accidental touch gave an extra pair of events, and all strides after it were wrong."""
    run = rm.synthesise("healthy", 1, duration_s=12.0, rate_hz=100.0)
    good = rm.analyze(run.recording, static=run.standing, detector=detector)
    marks = good.trials[0].events
    strike, off = (
        {kind: [e.time_s for e in marks if (e.side, e.type) == (side, kind)]
         for kind in ("foot_strike", "toe_off")}
        for side in ("left", "right")
    )  # fmt: skip
    swing = next((a, b) for a in strike["toe_off"][5:] for b in strike["foot_strike"] if b > a)
    stance = next((a, b) for a in off["foot_strike"][10:] for b in off["toe_off"] if b > a)

    time = np.asarray(run.recording.time_s)
    positions = np.array(run.recording.positions_m)
    foot = {s: [run.recording.labels.index(s + m) for m in ("CAL", "TOE", "MT5")] for s in "LR"}
    touch = int(np.argmin(np.abs(time - np.mean(swing))))
    ground = np.array([np.quantile(positions[:, k, 1], 0.02) for k in foot["L"]])
    positions[touch - 1 : touch + 2, foot["L"], 1] = ground + 0.005
    hole = int(np.argmin(np.abs(time - np.mean(stance))))
    positions[hole - 2 : hole + 2, foot["R"]] = np.nan
    run.recording.positions_m = positions

    touched = rm.analyze(run.recording, static=run.standing, detector=detector)
    before, after = event_list(good), event_list(touched)
    assert [e[:2] for e in after] == [e[:2] for e in before]
    assert max(abs(b[2] - a[2]) for a, b in zip(before, after, strict=True)) < 0.005
    near = [(swing[0] - 0.4, swing[1] + 0.4), (stance[0] - 0.4, stance[1] + 0.4)]
    rows = {(r.metric, r.side, r.time_s): r.value for r in touched.table.rows if r.stride >= 0}
    compared = 0
    for row in good.table.rows:
        if row.stride < 0 or row.metric not in ("contact_time", "knee_lift", "overstride"):
            continue
        if any(a < row.time_s < b for a, b in near) or not math.isfinite(row.value):
            continue
        match = [v for (m, s, t), v in rows.items()
                 if (m, s) == (row.metric, row.side) and abs(t - row.time_s) < 0.01]  # fmt: skip
        assert match, (row.metric, row.side, row.time_s)
        allowed = 1e-3 if row.unit in ("s", "m") else 0.2
        assert match[0] == pytest.approx(row.value, abs=allowed), (row.metric, row.time_s)
        compared += 1
    assert compared > 40


@pytest.mark.parametrize(
    ("name", "standing", "adult_m", "child_m"),
    [
        ("rajagopal/motion_capture_run.trc", "", 0.0, 0.0),
        ("rajagopal/motion_capture_run.trc", "", 1.80, 0.62 * 1.80),
        ("rajagopal/motion_capture_run.trc", "rajagopal/static_run.trc", 0.0, 0.0),
        ("rajagopal/motion_capture_run.trc", "rajagopal/static_run.trc", 1.80, 0.62 * 1.80),
        # The parent's stature, stated for the child.
        ("rajagopal/motion_capture_run.trc", "rajagopal/static_run.trc", 0.0, 1.80),
        ("rajagopal/motion_capture_run.trc", "", 0.0, 1.80),
        ("dorn/run0350cms.trc", "dorn/static.trc", 0.0, 0.0),
    ],
)
def test_c20_a_child_is_a_smaller_copy(
    data: Locate, tmp_path: Path, name: str, standing: str, adult_m: float, child_m: float
) -> None:
    """Thresholds made for adults found a child's toe-off at the moment of strike."""
    source = data(name)
    scaled_trc(source, tmp_path / "child.trc", 0.62, 1.27)
    stand = small_stand = None
    if standing:
        stand, small_stand = data(standing), tmp_path / "stand.trc"
        scaled_trc(stand, small_stand, 0.62, 1.27)
    adult = rm.analyze(source, static=stand, subject=rm.Subject(stature_m=adult_m))
    child = rm.analyze(
        tmp_path / "child.trc",
        static=small_stand,
        subject=rm.Subject(mass_kg=28.0, stature_m=child_m),
    )
    if adult_m == 0.0 and child_m > 0.0:
        assert child.trials[0].calibration is not None
        said = child.trials[0].calibration.report.notes
        assert any("1.80 m is stated" in note.text for note in said if note.warning)

    a, c = event_list(adult), event_list(child)
    assert [e[:2] for e in a] == [e[:2] for e in c]
    rate_hz = adult.trials[0].recording.rate_hz
    frames = [(rate_hz * x[2], 1.27 * rate_hz * y[2]) for x, y in zip(a, c, strict=True)]
    assert max(abs(x - y) for x, y in frames) <= 1.0

    length = child.table.context.leg_length_m / adult.table.context.leg_length_m
    assert length == pytest.approx(0.62, rel=0.01)
    for side in ("left", "right", "both"):

        def ratio(metric: str, side: str = side) -> float:
            one, other = adult.table.summary(metric, side), child.table.summary(metric, side)
            assert one is not None
            assert other is not None
            assert one.n == other.n
            return other.value / one.value

        assert ratio("contact_time") == pytest.approx(0.787, rel=0.01)
        assert ratio("duty_factor") == pytest.approx(1.0, rel=0.01)
        assert ratio("step_length") == pytest.approx(0.62, rel=0.01)
        assert ratio("overstride") / length == pytest.approx(1.0, rel=0.01)
        assert ratio("vertical_oscillation") / length == pytest.approx(1.0, rel=0.01)
    for metric in ("trunk_lean", "knee_lift", "knee_flexion_contact", "shank_angle_contact"):
        one, other = adult.table.summary(metric, "both"), child.table.summary(metric, "both")
        assert one is not None
        assert other is not None
        assert other.value == pytest.approx(one.value, abs=0.1), metric


def test_c22_what_markers_do_not_show_is_not_made_up() -> None:
    """A joint without markers was reported as 0, or ended in words about a Jacobian."""
    run = exact(3.0)
    before = degrees(rm.fit(run.recording, run.truth.skeleton))

    lost = ["LTB1", "LTB2", "LTB3", "LCAL", "LTOE", "LMT5"]
    cut = rm.fit(without(exact(3.0).recording, *((m, slice(None)) for m in lost)),
                 run.truth.skeleton)  # fmt: skip
    status = dict(zip(cut.coordinate_names, cut.coordinate_status, strict=True))
    gone = {"knee_angle_l", "ankle_angle_l", "subtalar_angle_l"}
    said = " ".join(note.text for note in cut.notes if note.warning)
    for name, values in degrees(cut).items():
        if name.startswith("mtp_"):
            assert status[name] == "locked"
        elif name in gone:
            assert status[name] == "undetermined"
            assert np.isnan(values).all()
            assert name in said
        else:
            assert status[name] == "observed"
            np.testing.assert_allclose(values, before[name], atol=0.2, err_msg=name)

    kept = ("LASI", "RASI", "LPSI", "RPSI")
    rest = [m for m in run.recording.labels if m not in kept]
    pelvis = rm.fit(without(exact(3.0).recording, *((m, slice(None)) for m in rest)),
                    run.truth.skeleton)  # fmt: skip
    said = " ".join(note.text for note in pelvis.notes if note.warning)
    for i, (name, values) in enumerate(degrees(pelvis).items()):
        if name.startswith("pelvis_"):
            np.testing.assert_allclose(values, before[name], atol=0.2, err_msg=name)
        else:
            assert pelvis.coordinate_status[i] != "observed"
            assert np.isnan(values).all()
            assert name.startswith("mtp_") or name in said


NO_FOOT = {
    "rajagopal/motion_capture_run.trc": ("", "TB1 TB2 TB3 CAL TOE MT5"),
    "dorn/run0350cms.trc": (
        "dorn/static.trc",
        "TIAP TIAD TILAT LMAL HEEL MFS MFL P1MT TOE P5MT",
    ),
    "synthetic": ("", "TB1 TB2 TB3 CAL TOE MT5"),
}


@pytest.mark.parametrize("unseen", ["left", "right"])
@pytest.mark.parametrize("name", NO_FOOT)
def test_c22_one_foot_was_not_recorded(data: Locate, name: str, unseen: str) -> None:
    """No step was found where the markers of one shank and foot had been lost."""

    def recording() -> rm.Recording:
        return exact(8.0).recording if name == "synthetic" else rm.read(data(name))

    stand, stems = NO_FOOT[name]
    standing = data(stand) if stand else exact(8.0).standing if name == "synthetic" else None
    lost = [unseen[0].upper() + stem for stem in stems.split()]
    seen = "right" if unseen == "left" else "left"
    whole = rm.analyze(recording(), static=standing)
    part = rm.analyze(without(recording(), *((m, slice(None)) for m in lost)), static=standing)

    def of_seen(analysis: rm.Analysis) -> list[tuple[str, float]]:
        return [e[1:] for e in event_list(analysis) if e[0] == seen]

    assert {e[0] for e in event_list(part)} == {seen}
    assert [e[0] for e in of_seen(part)] == [e[0] for e in of_seen(whole)]
    for one, other in zip(of_seen(whole), of_seen(part), strict=True):
        assert other[1] == pytest.approx(one[1], abs=0.003)

    def row(analysis: rm.Analysis, metric: str, side: str) -> rm.MetricRow:
        found = analysis.table.summary(metric, side)
        assert found is not None
        return found

    why = f"the {unseen} foot was not recorded"
    for about in rm.metric_definitions():
        gone = row(part, about.id, unseen)
        assert gone.status == "not_observed"
        assert why in gone.reason
        both = row(part, about.id, "both")
        assert (f"{seen} side only" if math.isfinite(both.value) else why) in both.reason
    for metric in ("flight_time", "step_length"):
        for side in (seen, "both"):
            assert row(part, metric, side).status == "not_observed"
            assert why in row(part, metric, side).reason
    for metric in ("cadence", "contact_time", "knee_lift", "knee_flexion_contact", "overstride"):
        one, other = row(whole, metric, seen), row(part, metric, seen)
        assert abs(one.value - other.value) < max(other.sd, 0.02 * abs(one.value)), metric
    cadence = row(part, "cadence", "both")
    assert cadence.value == pytest.approx(row(whole, "cadence", "both").value, rel=0.01)
    assert "twice the stride rate" in cadence.reason

    motion = part.trials[0].motion
    assert motion is not None
    status = dict(zip(motion.coordinate_names, motion.coordinate_status, strict=True))
    for joint in ("knee_angle", "ankle_angle"):
        assert status[f"{joint}_{unseen[0]}"] == "undetermined"
        assert np.isnan(motion.coordinate(f"{joint}_{unseen[0]}")).all()
        assert status[f"{joint}_{seen[0]}"] == "observed"
    lines = part.summary().splitlines()
    assert any(line.startswith(f"warning: {why}") for line in lines[:6]), lines[:6]


def test_c22_the_pelvis_alone_takes_no_steps(
    files: tuple[Path, Path], tmp_path: Path, runmech: Runner
) -> None:
    """What is missing is said; the skeleton itself can be fitted."""
    kept = ("LASI", "RASI", "LPSI", "RPSI")
    run = rm.read(files[0])
    lost = without(run, *((m, slice(None)) for m in run.labels if m not in kept))
    for standing in (None, files[1]):
        with pytest.raises(rm.NotAnalysable, match="no foot or ankle point"):
            rm.analyze(lost, static=standing)
    rm.write_trc(tmp_path / "pelvis.trc", lost)
    done = runmech("analyze", tmp_path / "pelvis.trc", "--out", tmp_path / "out")
    assert done.returncode == 3, done.stderr
    assert "no foot or ankle point" in done.stderr
    # The file is read all the same, and its pelvis is where it was.
    good = exact(3.0)
    lost = without(exact(3.0).recording, *((m, slice(None)) for m in run.labels if m not in kept))
    rm.write_trc(tmp_path / "exact.trc", lost)
    fits = [
        degrees(rm.fit(recording, good.truth.skeleton))
        for recording in (good.recording, rm.read(tmp_path / "exact.trc"))
    ]
    for name in ("pelvis_tilt", "pelvis_list", "pelvis_rotation"):
        np.testing.assert_allclose(fits[1][name], fits[0][name], atol=0.2, err_msg=name)


def test_c22_a_straight_leg_of_keypoints_has_no_axial_rotation() -> None:
    """Hip, knee and ankle in a line say nothing of the turn of the thigh about that line."""
    truth = exact(3.0).truth
    time_s = np.asarray(truth.time_s)
    centres = np.asarray(truth.joint_positions_m).reshape(len(time_s), -1, 3)
    labels, points = [], []
    for side, phase in (("R", 0.0), ("L", np.pi)):
        swing = np.radians(25.0) * np.sin(2.0 * np.pi * time_s / 0.7 + phase)
        down = np.column_stack([np.sin(swing), -np.cos(swing), np.zeros_like(swing)])
        hip = centres[:, truth.joints.index(f"hip_{side.lower()}")]
        for name, along in (("Hip", 0.0), ("Knee", 0.42), ("Ankle", 0.84)):
            labels.append(side + name)
            points.append(hip + along * down)
    recording = rm.Recording.from_arrays(
        np.stack(points, axis=1),
        labels=labels,
        rate_hz=100.0,
        unit="m",
        up="+y",
        forward="+x",
        marker_set="body_25",
    )
    motion = rm.fit(recording, rm.calibrate(recording))
    status = dict(zip(motion.coordinate_names, motion.coordinate_status, strict=True))
    said = " ".join(note.text for note in motion.notes if note.warning)
    for name in ("hip_rotation_l", "hip_rotation_r"):
        assert status[name] == "undetermined"
        assert np.isnan(motion.coordinate(name)).all()
        assert name in said
    for name in ("knee_angle_l", "knee_angle_r"):
        assert status[name] == "observed"


HOLES = [
    *((marker, slice(200, 212)) for marker in ("LTB1", "LTB2", "LTB3")),
    ("RTOE", slice(0, 25)),
    ("RMT5", slice(None)),
]


def near_the_holes() -> np.ndarray:
    near = np.zeros(501, dtype=bool)
    near[190:222] = near[:35] = True
    return near


def noisy(*holes: tuple[str, slice | int]) -> rm.Analysis:
    made = rm.synthesise("healthy", 1, duration_s=5.0, rate_hz=100.0)
    return rm.analyze(without(made.recording, *holes), static=made.standing)


def test_c23_gaps_stay_where_they_are() -> None:
    """One gap stopped the trial, or filters and fills carried it through the whole column."""
    near = near_the_holes()
    # Against the complete trial: without noise, so that a marker less says nothing else.
    run = exact()
    whole = degrees(rm.fit(run.recording, run.truth.skeleton))
    holed = degrees(rm.fit(without(exact().recording, *HOLES), run.truth.skeleton))
    for name, values in holed.items():
        if not name.startswith("mtp_"):
            np.testing.assert_allclose(values[~near], whole[name][~near], atol=0.1, err_msg=name)
    assert np.isnan(holed["subtalar_angle_r"][:25]).all()


def test_c23_gaps_on_the_whole_road() -> None:
    """With noise and calibrated: poses away from the gaps stay, the absent marker is named."""
    near = near_the_holes()
    # The absent marker apart, which moves the foot.
    absent, full = noisy(("RMT5", slice(None))), noisy(*HOLES)
    motion, other = full.trials[0].motion, absent.trials[0].motion
    assert motion is not None
    assert other is not None
    apart = np.degrees(
        np.abs(np.asarray(motion.frame_coordinates) - np.asarray(other.frame_coordinates))
    )
    kept = [
        n
        for n, coordinate in enumerate(motion.skeleton.coordinates)
        if coordinate.rotation and not coordinate.name.startswith("mtp_")
    ]
    assert np.nanmax(apart[~near][:, kept]) < 0.1
    assert any("RMT5" in note.text for note in full.trials[0].notes if note.warning)
    toe = np.asarray(full.trials[0].signals.right.toe)
    speed = 100.0 * np.linalg.norm(np.diff(toe, axis=0), axis=1)
    assert np.nanmax(speed) < 15.0
    assert np.isnan(toe[:25]).all()  # missing, neither 0 nor a mean

    def away(analysis: rm.Analysis) -> Array:
        times = [t for _, kind, t in event_list(analysis) if kind == "foot_strike"]
        return np.array([t for t in times if t > 0.35 and not 1.90 < t < 2.22])

    np.testing.assert_allclose(away(full), away(absent), atol=0.001)


@pytest.mark.parametrize("seed", [1, 2, 3, 4])
def test_c23_gaps_do_not_move_smoothed_angles_elsewhere(seed: int) -> None:
    """The same for the angles after smoothing, whose weight is found from the whole trial."""

    def made() -> rm.SyntheticRun:
        return rm.synthesise("healthy", seed, duration_s=5.0, rate_hz=100.0)

    calibration = rm.calibrate(made().standing)
    complete = rm.fit(without(made().recording, ("RMT5", slice(None))), calibration)
    holed = rm.fit(without(made().recording, *HOLES), calibration)
    assert 3.0 < complete.smoothing_hz < 25.0, "noise is smoothed: the case is not empty"
    apart_away(complete, holed, near_the_holes())


@pytest.mark.parametrize("static", ["rajagopal/static_run.trc", None])
def test_c23_gaps_stay_where_they_are_in_a_recorded_run(static: str | None, data: Locate) -> None:
    """The same on a run as recorded, with and without a standing trial."""

    def made() -> rm.Recording:
        return rm.read(data("rajagopal/motion_capture_run.trc"))

    calibration = rm.calibrate(made() if static is None else rm.read(data(static)))
    complete = rm.fit(without(made(), ("RMT5", slice(None))), calibration)
    near = np.zeros(len(complete.time_s), dtype=bool)
    near[190:222] = near[:35] = True
    apart_away(complete, rm.fit(without(made(), *HOLES), calibration), near)


def apart_away(complete: rm.Motion, holed: rm.Motion, near: npt.NDArray[np.bool_]) -> None:
    """Check that the angles differ by under 0.1 degrees away from the holes."""
    reference = degrees(complete)
    status = dict(zip(holed.coordinate_names, holed.coordinate_status, strict=True))
    for coordinate in holed.skeleton.coordinates:
        if not coordinate.rotation or status[coordinate.name] != "observed":
            continue
        apart = np.abs(degrees(holed)[coordinate.name] - reference[coordinate.name])[~near]
        assert apart.max() < 0.1, coordinate.name


@pytest.mark.parametrize("where", ["before", "after", "inside"])
def test_c24_a_frame_beside_the_cycle_is_not_in_it(where: str, files: tuple[Path, Path]) -> None:
    """One missing frame right before the first event turned the mean of a cycle into nothing."""
    made = [exact() for _ in range(2)]
    clean = rm.analyze(made[0].recording, static=made[0].standing)
    events, clock = clean.trials[0].events, np.asarray(made[0].recording.time_s)
    strikes, offs = events.times("right", "foot_strike"), events.times("right", "toe_off")
    frame = {
        "before": np.searchsorted(clock, strikes[0]) - 1,
        "after": np.searchsorted(clock, offs[-1], side="right"),
        "inside": np.searchsorted(clock, 0.5 * (strikes[1] + offs[offs > strikes[1]][0])),
    }[where]
    holed = rm.analyze(without(made[1].recording, ("RTOE", int(frame))), static=made[1].standing)

    found, used = holed.table.context.strides_found, holed.table.context.strides_used
    assert found == clean.table.context.strides_found
    assert used >= found - (where == "inside")
    assert f"{used} of {found} strides used" in holed.summary()
    rows = {(r.metric, r.side, r.stride): r for r in holed.table.rows}
    for row in clean.table.rows:
        spoilt = row.side == "right" and row.stride == 1
        if where == "inside" and (spoilt or row.stride < 0):
            continue
        value = rows[row.metric, row.side, row.stride].value
        assert math.isfinite(value) == math.isfinite(row.value)
        # Angles near 0 have no percent: two hundredths of a degree, for angles only.
        slack = 0.02 if row.unit == "deg" else 0.0
        assert value == pytest.approx(row.value, rel=0.005, abs=slack, nan_ok=True), row


@pytest.mark.parametrize(
    ("name", "steps_per_min"),
    [("dorn/run0350cms.trc", 158.5), ("rajagopal/motion_capture_run.trc", 176.0)],
)
def test_c25_steps_are_not_strides(
    name: str, steps_per_min: float, data: Locate, runmech: Runner, tmp_path: Path
) -> None:
    """Strides were shown as steps, or doubled twice, and the unit was left to guess."""
    done = runmech("analyze", data(name), "--out", tmp_path)
    assert done.returncode == 0, done.stderr
    session = rm.read_session(tmp_path / "session.json")
    cadence = session.table.summary("cadence")
    assert cadence is not None
    assert cadence.value == pytest.approx(steps_per_min, abs=2.0)
    assert cadence.unit == "steps/min"
    written = [tmp_path / n for n in ("session.json", "metrics.csv", "report.html")]
    for text in (done.stdout, *(path.read_text(encoding="utf-8") for path in written)):
        assert "steps/min" in text

    events = rm.analyze(data(name)).trials[0].events
    strikes = sorted((e.time_s, e.side) for e in events if e.type == "foot_strike")
    assert all(a[1] != b[1] for a, b in pairwise(strikes))
    step_s = np.diff([t for t, _ in strikes]).mean()
    assert cadence.value * step_s == pytest.approx(60.0, rel=0.005)
    strides = rm.strides(events)
    stride_s = np.mean([s.duration_s for s in strides])
    assert 60.0 / stride_s == pytest.approx(0.5 * cadence.value, rel=0.005)


def shaken(hz: float) -> rm.Recording:
    """A stand, 20 s at 100 Hz, on a floor that goes 100 mm to and fro."""
    stand = rm.synthesise("healthy", 1, rate_hz=100.0).standing
    body = np.asarray(stand.positions_m)[0]
    seen = [i for i in range(len(body)) if np.isfinite(body[i]).all()]
    positions = np.repeat(body[None, seen], 2000, axis=0)
    positions[:, :, 0] += 0.1 * np.sin(2.0 * np.pi * hz * np.arange(2000) / 100.0)[:, None]
    return rm.Recording.from_arrays(
        positions,
        labels=[stand.labels[i] for i in seen],
        rate_hz=100.0,
        unit="m",
        up="+y",
        forward="+x",
        marker_set=stand.marker_set,
    )


def test_c28_a_cut_off_is_what_it_says() -> None:
    """A filter run forwards and backwards cut lower than the stated frequency."""
    body = rm.calibrate(rm.synthesise("healthy", 1, rate_hz=100.0).standing)
    time_s = np.arange(2000) / 100.0
    for hz, wanted_mm, off_mm in ((6.0, 70.7, 1.0), (1.0, 100.0, 0.3)):
        motion = rm.fit(shaken(hz), body, cutoff_hz=6.0)
        x = motion.coordinate("pelvis_tx")[300:1700]
        turn = 2.0 * np.pi * hz * time_s[300:1700]
        basis = np.column_stack([np.sin(turn), np.cos(turn), np.ones_like(turn)])
        sine, cosine, _ = np.linalg.lstsq(basis, x, rcond=None)[0]
        assert 1000.0 * np.hypot(sine, cosine) == pytest.approx(wanted_mm, abs=off_mm)
        assert abs(np.arctan2(cosine, sine)) / (2.0 * np.pi * hz) < 0.001
    with pytest.raises(ValueError, match="60"):
        rm.fit(shaken(1.0), body, cutoff_hz=60.0)


def strength(left: float, right: float, n: int = 3) -> list[rm.StrengthTrial]:
    return [
        rm.StrengthTrial("hip_abduction", side, value, "N", trial + 1)
        for side, value in (("left", left), ("right", right))
        for trial in range(n)
    ]


def test_c29_words_and_numbers_name_the_same_side() -> None:
    """With 53 to 47 the text called the stronger leg the weak one."""
    right_weak = rm.strength_profile(strength(53, 47))["hip_abduction"]
    left_weak = rm.strength_profile(strength(47, 53))["hip_abduction"]
    assert (right_weak.words.side, right_weak.words.word) == ("right", "weaker")
    assert (left_weak.words.side, left_weak.words.word) == ("left", "weaker")
    assert left_weak.text == right_weak.text.replace("right", "left")
    a, b = right_weak.indices, left_weak.indices
    assert a.symmetry_index_pct == pytest.approx(-12.0)  # + = right larger
    for name in ("difference", "symmetry_index_pct", "symmetry_angle_pct", "log_ratio_pct"):
        assert getattr(a, name) == pytest.approx(-getattr(b, name))
        assert getattr(a, name) < 0
    assert a.percent_difference == pytest.approx(b.percent_difference)

    for left, right in ((50.0, 50.0), (50.2, 49.8)):
        result = rm.strength_profile(strength(left, right))["hip_abduction"]
        assert result.verdict == "none"
        assert result.words.side is None
        assert result.text.startswith("no difference beyond"), result.text
        assert re.search(r"beyond (\d+\.\d) %", result.text), result.text

    longer = rm.describe_symmetry(0.253, 0.247, sense="duration")
    assert (longer.side, longer.word) == ("left", "longer")
    longer = rm.describe_symmetry(0.247, 0.253, sense="duration")
    assert (longer.side, longer.word) == ("right", "longer")


@pytest.mark.parametrize(("left", "right"), [(53.0, 47.0), (47.0, 53.0)])
def test_c29_every_output_agrees(
    left: float, right: float, files: tuple[Path, Path], runmech: Runner, tmp_path: Path
) -> None:
    """The same pair, in what the command prints and in every file that it writes."""
    table = ["test,side,trial,value,unit"]
    table += [f"hip_abduction,{t.side},{t.trial},{t.value},N" for t in strength(left, right)]
    (tmp_path / "strength.csv").write_text("\n".join(table), encoding="utf-8")
    run, stand = files
    out = tmp_path / "out"
    done = runmech("analyze", run, "--static", stand, "--strength", tmp_path / "strength.csv",
                   "--out", out)  # fmt: skip
    assert done.returncode == 0, done.stderr
    weak, strong = ("right", "left") if left > right else ("left", "right")
    texts = [done.stdout] + [p.read_text(encoding="utf-8") for p in sorted(out.iterdir())]
    assert any(f"{weak} weaker" in text for text in texts)
    assert not any(f"{strong} weaker" in text for text in texts)


NAN = math.nan


def test_c30_an_index_does_not_depend_on_bookkeeping() -> None:
    """A side of 0 gave infinite indices, and renaming the legs gave another size."""
    one, other = rm.symmetry(left=200, right=250), rm.symmetry(left=250, right=200)
    for name in ("symmetry_index_pct", "symmetry_angle_pct", "log_ratio_pct", "bilateral_pct"):
        assert getattr(one, name) == pytest.approx(-getattr(other, name))
        assert getattr(one, name) > 0
    for name in ("percent_difference", "smaller_over_larger_pct"):
        assert getattr(one, name) == pytest.approx(getattr(other, name))

    zero = rm.symmetry(left=0, right=250)
    assert zero.status == "one_side_zero"
    assert zero.bilateral_pct == pytest.approx(100.0)
    assert zero.percent_difference == pytest.approx(100.0)
    assert math.isnan(zero.log_ratio_pct)
    drill = rm.strength_profile(strength(0, 250))["hip_abduction"]
    assert (drill.left["n_trials"], drill.left["n_available"]) == (3, 3)

    for left, right, status in ((0, 0, "both_zero"), (NAN, 250, "not_available")):
        pair = rm.symmetry(left=left, right=right)
        assert pair.status == status
        for name in ("symmetry_index_pct", "symmetry_angle_pct", "log_ratio_pct", "bilateral_pct"):
            assert math.isnan(getattr(pair, name))
        result = rm.strength_profile(strength(left, right))["hip_abduction"]
        assert result.verdict == "not_available"
    assert "undefined" in rm.strength_profile(strength(0, 0))["hip_abduction"].text
    with pytest.raises(ValueError, match=r"left.*-5"):
        rm.strength_profile(strength(-5, 250))
    assert rm.symmetry(left=-5, right=250).status == "opposite_signs"

    # Involved left, then right; not clipped, never infinite.
    assert rm.limb_symmetry_index(involved=200, uninvolved=250) == pytest.approx(80.0)
    assert rm.limb_symmetry_index(involved=250, uninvolved=200) == pytest.approx(125.0)
    assert math.isnan(rm.limb_symmetry_index(involved=250, uninvolved=0))
    # Dominant right, then left: its own index turns, the left/right ones know nothing of it.
    assert rm.bilateral_asymmetry(dominant=250, nondominant=200) == pytest.approx(100 / 9)
    assert rm.bilateral_asymmetry(dominant=200, nondominant=250) == pytest.approx(-100 / 9)


A, B, C = "2025-07-06T01:44:02+02:00", "2025-07-05T23:44:02Z", "2025-07-06 01:44:02"
TWICE = "2025-10-26T02:30 Europe/Berlin"


def test_c32_dates_are_of_the_session(
    files: tuple[Path, Path], runmech: Runner, tmp_path: Path
) -> None:
    """A run after midnight fell on the day before, and moved with the zone of the computer."""
    run, stand = files
    seen = {}
    for zone in ("UTC", "Europe/Berlin", "Pacific/Auckland"):
        out = tmp_path / "A"
        done = runmech("analyze", run, "--static", stand, "--date", A, "--out", out,
                       env={"TZ": zone})  # fmt: skip
        assert done.returncode == 0, done.stderr
        seen[zone] = (done.stdout, *(p.read_bytes() for p in sorted(out.iterdir())))
    assert len(set(seen.values())) == 1
    report = (tmp_path / "A" / "report.html").read_text(encoding="utf-8")
    assert "2025-07-06" in report
    assert "2025-07-05" not in report

    for name, date in (("B", B), ("C", C), ("night", TWICE)):
        session = rm.read_session(tmp_path / "A" / "session.json")
        session.date = date
        (tmp_path / name).mkdir()
        rm.write_session(session, tmp_path / name / "session.json")

    def compare(first: str, second: str, zone: str) -> subprocess.CompletedProcess[str]:
        return runmech("compare", tmp_path / first, tmp_path / second, "--out", tmp_path / "cmp",
                       env={"TZ": zone})  # fmt: skip

    for zone in ("UTC", "Pacific/Auckland"):
        same = compare("A", "B", zone)
        assert same.returncode == 2
        assert "same instant" in same.stderr
        done = compare("A", "night", zone)
        assert done.returncode == 0, done.stderr
        # A is the first visit whichever way the two are given.
        told = [rm.compare(tmp_path / a, tmp_path / b) for a, b in (("A", "night"), ("night", "A"))]
        assert len({(t.changes[0].before, t.changes[0].after) for t in told}) == 1
    done = compare("C", "night", "UTC")
    assert done.returncode == 0, done.stderr
    assert "no zone" in (tmp_path / "cmp" / "report.html").read_text(encoding="utf-8")


AS_NOBODY = """
import os, sys, time
from runmech import cli
# As root this process may read what nobody else may: load all of the program first.
run, warm, *arguments = sys.argv[1:]
assert cli.run(["analyze", run, "--out", warm]) == 0
if os.geteuid() == 0:
    os.setgid(65534)
    os.setuid(65534)
for out in arguments:
    start = time.perf_counter()
    code = cli.run(["analyze", run, "--out", out])
    print("RESULT", code, time.perf_counter() - start)
"""


@pytest.fixture
def public_folder() -> Iterator[Path]:
    """A folder that every user can enter, other than those of pytest."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        folder.chmod(0o755)
        yield folder
        for path in folder.iterdir():
            if path.is_dir():
                path.chmod(0o755)


@pytest.mark.usefixtures("open_checkout")
def test_c34_an_output_that_cannot_be_written_is_said_first(
    files: tuple[Path, Path], public_folder: Path
) -> None:
    """The permission error came only after the long computation, or not at all."""
    tmp_path = public_folder
    inputs, locked, open_folder = (tmp_path / n for n in ("inputs", "locked", "open"))
    inputs.mkdir()
    run = inputs / "run.trc"
    run.write_bytes(files[0].read_bytes())
    inputs.chmod(0o555)
    locked.mkdir()
    locked.chmod(0o555)
    open_folder.mkdir()
    open_folder.chmod(0o777)
    there = tmp_path / "there"
    there.write_text("mine", encoding="utf-8")
    there.chmod(0o666)

    folders = [str(p) for p in (locked, there, open_folder)]
    done = subprocess.run(
        [sys.executable, "-c", AS_NOBODY, str(run), str(tmp_path / "warm"), *folders],
        capture_output=True,
        encoding="utf-8",
        timeout=120,
    )
    assert done.returncode == 0, done.stderr
    results = [line.split()[1:] for line in done.stdout.splitlines() if line.startswith("RESULT")]
    assert [int(code) for code, _ in results] == [4, 4, 0], done.stderr
    for out, (_, seconds) in zip(folders[:2], results, strict=False):
        assert out in done.stderr
        assert float(seconds) < 1.0
    assert there.read_text(encoding="utf-8") == "mine"
    assert list(locked.iterdir()) == []
    assert (open_folder / "report.html").exists()
    assert [p.name for p in inputs.iterdir()] == ["run.trc"]


@pytest.mark.skipif(os.geteuid() != 0, reason="mounting needs root")
def test_c34_a_full_disk_leaves_no_half_result(
    files: tuple[Path, Path], runmech: Runner, tmp_path: Path
) -> None:
    """On a disk of 64 kB the run ended normally, its results cut or zero."""
    small = tmp_path / "small"
    small.mkdir()
    mounted = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", "size=64k", "tmpfs", str(small)], capture_output=True
    )
    if mounted.returncode != 0:
        pytest.skip("no tmpfs can be mounted here")
    try:
        done = runmech("analyze", files[0], "--out", small)
        assert done.returncode == 4
        assert str(small) in done.stderr
        assert list(small.iterdir()) == []
    finally:
        subprocess.run(["umount", str(small)], check=True)


def test_c36_import_leaves_the_process_as_it_was() -> None:
    """Importing a library changed the plotting backend and the warnings of its host."""
    code = """
import json, logging, os, sys, threading, time, warnings
import numpy, matplotlib
def state():
    return [matplotlib.rcParams._get_backend_or_none() if hasattr(matplotlib.rcParams,
            "_get_backend_or_none") else None, repr(logging.getLogger().handlers),
            logging.getLogger().level, repr(warnings.filters), repr(numpy.get_printoptions()),
            sorted(os.environ.items()), len(os.listdir("/proc/self/task"))]
before = state()
start = time.perf_counter()
import runmech
seconds = time.perf_counter() - start
run = runmech.synthesise("healthy", 1, duration_s=3.0)
runmech.analyze(run.recording).table.to_pandas()
print(json.dumps([before[:6] == state()[:6], "matplotlib.pyplot" in sys.modules, seconds]))
"""
    done = subprocess.run(
        [sys.executable, "-W", "error", "-c", code], capture_output=True, text=True, timeout=60
    )
    assert done.returncode == 0, done.stderr
    same, pyplot, seconds = json.loads(done.stdout)
    assert same
    assert not pyplot
    assert seconds < 1.0


def test_c42_a_name_is_text_in_the_notebook_and_in_the_report(
    runmech: Runner, files: tuple[Path, Path], tmp_path: Path
) -> None:
    """An athlete's name went into the page as markup."""
    name = "<script>alert(1)</script> & Co"
    run, stand = files
    done = runmech("analyze", run, "--static", stand, "--name", name, "--out", tmp_path)
    assert done.returncode == 0, done.stderr
    report = (tmp_path / "report.html").read_text(encoding="utf-8")
    assert "<script>alert(1)" not in report
    assert "&lt;script&gt;alert(1)&lt;/script&gt; &amp; Co" in report
    result = rm.analyze(run, static=stand, subject=rm.Subject(name=name))
    assert len(repr(result).splitlines()) <= 30
    assert len(repr(result)) < 4000
    for value in (result, *result.trials, result.table, result.assessment, result.session):
        html = getattr(value, "_repr_html_", lambda: "")()
        assert "<script>" not in html


def test_short_the_last_sample_of_a_cycle_is_its_own() -> None:
    """The sample at 100 % was taken from the start of the next cycle."""
    edges = np.array([0.3, 1.0, 1.72, 2.41, 3.15])
    events = rm.GaitEvents()
    events.kind = "running"
    made = []
    for side, times in (("left", edges), ("right", edges + 0.36)):
        made += [rm.GaitEvent(side, "foot_strike", t) for t in times]
        made += [rm.GaitEvent(side, "toe_off", t + 0.25) for t in times]
    events.events = sorted(made, key=lambda e: e.time_s)
    left = [s for s in rm.strides(events) if s.side == "left"]
    assert len(left) == 4
    cycle = mean_cycle(lambda t: np.interp(t, edges, np.arange(5.0)), left[:1])  # y = phase
    assert cycle is not None
    np.testing.assert_allclose(cycle.mean[:, 0], np.linspace(0.0, 1.0, 101), atol=1e-12)


def test_short_a_step_belongs_to_the_foot_that_lands() -> None:
    """Which step is the left one was anyone's guess, and support times took the wrong side."""
    run = rm.synthesise("healthy", 1, duration_s=10.0, rate_hz=100.0)
    # Left contacts 20 ms longer; from the right strike to the left one 30 ms longer than back.
    events = rm.GaitEvents()
    events.kind = "running"
    made = []
    for i in range(8):
        t = 0.5 + 0.73 * i
        made += [
            rm.GaitEvent("left", "foot_strike", t),
            rm.GaitEvent("left", "toe_off", t + 0.26),
            rm.GaitEvent("right", "foot_strike", t + 0.35),
            rm.GaitEvent("right", "toe_off", t + 0.35 + 0.24),
        ]
    events.events = made
    table = rm.metrics(rm.gait_signals(run.recording, run.standing), events)

    def value(metric: str, side: str) -> float:
        row = table.summary(metric, side)
        assert row is not None
        return row.value

    assert value("contact_time", "left") == pytest.approx(0.26, abs=0.001)
    assert value("contact_time", "right") == pytest.approx(0.24, abs=0.001)
    # A step and a flight belong, as defined, to the foot that lands and to the foot that leaves.
    said = {d.id: d.definition for d in rm.metric_definitions()}
    assert "foot that lands" in said["step_length"]
    speed = table.context.speed_m_s
    assert value("step_length", "left") == pytest.approx(speed * 0.38, rel=0.001)
    assert value("step_length", "right") == pytest.approx(speed * 0.35, rel=0.001)
    assert value("flight_time", "left") == pytest.approx(0.35 - 0.26, abs=0.001)
    assert value("flight_time", "right") == pytest.approx(0.38 - 0.24, abs=0.001)
    assert value("duty_factor", "left") == pytest.approx(0.26 / 0.73, abs=0.001)
    assert value("duty_factor", "right") == pytest.approx(0.24 / 0.73, abs=0.001)


def test_short_events_set_by_hand_stay_and_count(tmp_path: Path) -> None:
    """Detection ran again over edited events, or the summary was still that of the old ones."""
    run = rm.synthesise("healthy", 1, duration_s=12.0, rate_hz=100.0)
    result = rm.analyze(run.recording, static=run.standing)
    contact = result.table.summary("contact_time", "left")
    said = result.summary()
    assert contact is not None

    def moved(event: rm.GaitEvent) -> rm.GaitEvent:
        late = event.side == "left" and event.type == "toe_off"
        return rm.GaitEvent(event.side, event.type, event.time_s + 0.02 * late)

    by_hand = [moved(event) for event in result.trials[0].events]
    result.trials[0].events.events = by_hand
    result.write(tmp_path)
    assert result.summary() != said
    kept = [(e.side, e.type, e.time_s) for e in result.trials[0].events]
    assert kept == [(e.side, e.type, e.time_s) for e in by_hand]
    for table in (result.table, rm.read_session(tmp_path / "session.json").table):
        after = table.summary("contact_time", "left")
        assert after is not None
        assert after.value == pytest.approx(contact.value + 0.02, abs=1e-6)
    times = np.loadtxt(tmp_path / "events.csv", delimiter=",", skiprows=1, usecols=2)
    np.testing.assert_allclose(times, [e.time_s for e in by_hand], atol=1e-6)

    # The same where the events come from outside from the start.
    edited = rm.GaitEvents()
    edited.kind, edited.events = "running", by_hand
    given = rm.analyze(run.recording, static=run.standing, detector=lambda _: edited)
    assert event_list(given) == kept

    # Iterating gives the events themselves, not copies.
    for event in result.trials[0].events:
        if event.side == "left" and event.type == "toe_off":
            event.time_s -= 0.02
    result.update()
    back = result.table.summary("contact_time", "left")
    assert back is not None
    assert back.value == pytest.approx(contact.value, abs=1e-6)


def test_short_functions_do_not_return_what_they_were_given_unchanged() -> None:
    """A function changed a copy and returned the original."""
    run = rm.synthesise("healthy", 1, duration_s=4.0)
    recording = run.recording
    part = recording.trimmed(1.0, 2.0)
    assert part.n_frames < recording.n_frames
    assert part.time_s[0] == pytest.approx(1.0)
    assert part.time_s[-1] == pytest.approx(2.0)
    recording.positions_m[:] += 1.0  # a view: this is the recording itself
    assert recording.positions_m[0, 0, 0] == pytest.approx(recording["RASI"][0, 0])
    signals = rm.gait_signals(recording)
    copied = signals.copy()
    copied.time_s = np.asarray(signals.time_s) + 5.0
    assert copied.time_s[0] == pytest.approx(signals.time_s[0] + 5.0)


def test_short_empty_first_frames_stay_first(tmp_path: Path) -> None:
    """Empty first frames made all later frames missing."""
    run = rm.synthesise("healthy", 1, duration_s=8.0, rate_hz=100.0)
    positions = np.array(run.recording.positions_m)
    positions[:40] = np.nan
    run.recording.positions_m = positions
    rm.write_trc(tmp_path / "late.trc", run.recording)
    result = rm.analyze(tmp_path / "late.trc")
    motion = result.trials[0].motion
    assert motion is not None
    for name, values in degrees(motion).items():
        if not name.startswith("mtp_"):
            assert np.isnan(values[:40]).all(), name
            assert np.isfinite(values[40:]).all(), name
    assert all(e.time_s > 0.4 for e in result.trials[0].events)
    assert result.table.context.strides_used >= 18


def test_c41_what_a_callback_raises_reaches_the_caller() -> None:
    """An exception in the progress callback was lost inside the compiled part."""

    class OurError(Exception):
        pass

    run = exact(3.0)
    told: list[str] = []

    def progress(fraction: float, stage: str) -> None:
        told.append(stage)
        if stage.startswith("fit"):
            raise OurError

    with pytest.raises(OurError):
        rm.analyze(run.recording, static=run.standing, progress=progress)
    assert told[-1].startswith("fit")
    with pytest.raises(rm.Cancelled):
        rm.analyze(run.recording, static=run.standing, progress=lambda fraction, stage: False)
    rm.analyze(run.recording, static=run.standing)  # nothing of the first is left over


@pytest.mark.parametrize("columns", [3, 1])
def test_short_65535_is_no_value(columns: int, tmp_path: Path) -> None:
    """The largest 16-bit number, "no value" to the device, was used as a number."""
    run = rm.synthesise("healthy", 1, duration_s=8.0, rate_hz=100.0)
    path = tmp_path / "run.trc"
    rm.write_trc(path, run.recording, rm.TrcOptions(unit="mm"))
    lines = path.read_text(encoding="utf-8").splitlines()
    names = next(i for i, line in enumerate(lines) if line.startswith("Frame#"))
    column = lines[names].split("\t").index("RTOE")
    first = next(i for i in range(names + 2, len(lines)) if lines[i].strip())
    for i in range(first + 100, first + 110):
        cells = lines[i].split("\t")
        cells[column : column + columns] = ["65535"] * columns
        lines[i] = "\t".join(cells)
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    recording = rm.read(path)
    missing = np.isnan(recording["RTOE"])
    assert missing[100:110].all()
    assert missing.sum() == 30
    assert any("65535" in note.text for note in recording.notes)
    assert np.nanmax(np.abs(recording.positions_m)) < 3.0

    blank = np.array(run.recording.positions_m) * 1000.0
    blank[100:110, run.recording.labels.index("RTOE"), :columns] = 65535
    again = rm.Recording.from_arrays(
        blank, labels=run.recording.labels, rate_hz=100.0, unit="mm", up="+y", forward="+x"
    )
    assert np.isnan(again["RTOE"]).sum() == 30
    result = rm.strength_profile(strength(65535, 250))["hip_abduction"]
    assert result.verdict == "not_available"
    assert result.left["n_available"] == 0
