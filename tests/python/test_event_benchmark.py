"""The event benchmark: loaders, matching, statistics, the command, a newcomer's detector."""

from __future__ import annotations

import itertools
import json
import os
import re
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from types import ModuleType

import numpy as np
import pandas as pd
import pytest

import runmech as rm
from runmech.benchmark import (
    Benchmark,
    Condition,
    Protocol,
    find_trials,
    run_benchmark,
    write_results,
)
from runmech.benchmark import intervals as iv
from runmech.benchmark.scores import all_scores, learnt_offsets, outcomes
from runmech.plugins import detector_from, label_of

Locate = Callable[[str], Path]
BELT = 1500.0


def forces_of(run: rm.SyntheticRun, recording: rm.Recording) -> rm.ForcePlate:
    belt = rm.ForcePlate()
    belt.name = "belt"
    clock = np.array(recording.time_s)
    belt.time_s = clock[0] + 0.001 * np.arange(5 * len(clock))
    force = np.zeros((len(belt.time_s), 3))
    for stride in rm.strides(run.truth.events):
        share = (np.array(belt.time_s) - stride.foot_strike_s) / stride.contact_s
        inside = (share > 0) & (share < 1)
        force[inside, 1] += BELT * np.sin(np.pi * share[inside])
    belt.force_n = force
    belt.corners_m = [[1, 0, 0.5], [1, 0, -0.5], [-1, 0, -0.5], [-1, 0, 0.5]]
    belt.cop_m = np.full((len(force), 3), np.nan)
    return belt


@pytest.fixture(scope="session")
def runs(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Three synthetic runners on a belt, as a folder of C3D files with a table of them."""
    folder = tmp_path_factory.mktemp("runs")
    rows = ["recording,subject,shoe"]
    for seed, speed in enumerate((2.8, 3.3, 3.9), start=1):
        run = rm.synthesise(seed=seed, speed_m_s=speed, duration_s=6.0, rate_hz=200.0)
        recording = run.recording.copy()
        recording.plates = [forces_of(run, recording)]
        rm.write_c3d(folder / f"run{seed}.c3d", recording)
        rows.append(f"run{seed}.c3d,runner {seed},{'light' if seed == 1 else 'heavy'}")
    (folder / "trials.csv").write_text("\n".join(rows) + "\n", encoding="utf-8")
    return folder


def test_find_trials_of_every_layout(tmp_path: Path, runs: Path) -> None:
    trials = find_trials(runs)
    assert [t.subject for t in trials] == ["runner 1", "runner 2", "runner 3"]
    assert trials[0].strata == {"shoe": "light"}
    for name in (
        "RBDS003runT25.c3d.gz", "RBDS003static.c3d.gz", "RBDS004runT45.c3d", "notes.txt",
    ):  # fmt: skip
        (tmp_path / name).touch()
    rbds = find_trials(tmp_path)
    assert [(t.subject, t.name) for t in rbds] == [
        ("RBDS003", "RBDS003runT25"), ("RBDS004", "RBDS004runT45"),
    ]  # fmt: skip
    assert rbds[0].static == tmp_path / "RBDS003static.c3d.gz"
    assert rbds[1].static is None
    other = tmp_path / "opensim"
    (other / "anna").mkdir(parents=True)
    for name in ("run_markers.trc", "run.mot", "static.trc", "jump.trc"):
        (other / "anna" / name).touch()
    head = "run\nversion=1\nnRows=1\nendheader\ntime\t"
    (other / "anna" / "run.mot").write_text(head + "hip_flexion_r\n", encoding="utf-8")
    with pytest.raises(ValueError, match="no trial with forces"):
        find_trials(other)
    (other / "anna" / "grf_run.mot").write_text(head + "ground_force_vy\n", encoding="utf-8")
    (trial,) = find_trials(other)
    assert trial.forces == other / "anna" / "grf_run.mot"
    assert trial.static == other / "anna" / "static.trc"
    assert trial.subject == "anna"


def test_bad_data_is_named(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="no such folder"):
        find_trials(tmp_path / "nowhere")
    with pytest.raises(ValueError, match=r"trials\.csv, RBDS"):
        find_trials(tmp_path)
    (tmp_path / "x.csv.gz").write_text("no archive", encoding="utf-8")
    with pytest.raises(ValueError, match=r"trials\.csv, RBDS"):
        find_trials(tmp_path)
    with pytest.raises(ValueError, match="give a folder, or a table"):
        find_trials(tmp_path / "x.csv.gz")
    table = tmp_path / "trials.csv"
    table.write_text("file\nx.c3d\n", encoding="utf-8")
    with pytest.raises(ValueError, match="column 'recording'"):
        find_trials(tmp_path)
    table.write_text("recording,speed_m_s\nx.c3d,3\n", encoding="utf-8")
    with pytest.raises(ValueError, match=r"line 2: recording x\.c3d is not there"):
        find_trials(tmp_path)
    (tmp_path / "x.c3d").touch()
    table.write_text("recording,speed_m_s\nx.c3d,fast\n", encoding="utf-8")
    with pytest.raises(ValueError, match="'fast' is no number"):
        find_trials(tmp_path)
    table.write_text("recording\nx.c3d\n", encoding="utf-8")
    with pytest.raises(ValueError, match="no trial has a force truth"):
        run_benchmark(tmp_path, ["foot_anchor"])
    table.write_text("recording\n", encoding="utf-8")
    with pytest.raises(ValueError, match="names no trial"):
        find_trials(tmp_path)


def test_conditions() -> None:
    assert str(Condition.parse("clean")) == "clean"
    both = Condition.parse("60hz+3mm")
    assert (both.rate_hz, both.noise_mm) == (60.0, 3.0)
    assert str(both) == "60hz+3mm"
    assert Condition.parse("no_toe").without == "toe"
    with pytest.raises(ValueError, match="allowed are clean, 60hz"):
        Condition.parse("slow")


def test_degraded_recordings() -> None:
    run = rm.synthesise(seed=1, duration_s=3.0, rate_hz=150.0)
    recording = run.recording
    slow = Condition(rate_hz=60.0).of_recording(recording, "a")
    assert slow.rate_hz == pytest.approx(60.0)
    # A sine read at other times by the cubic is the sine: no lag, no scale.
    wave = recording.copy()
    clock = np.array(recording.time_s)
    sine = np.sin(2 * np.pi * 3 * clock)[:, None, None]
    wave.positions_m = np.tile(sine, (1, len(wave.labels), 3))
    read = np.array(Condition(rate_hz=60.0).of_recording(wave, "a").positions_m)[:, 0, 0]
    assert np.abs(read - np.sin(2 * np.pi * 3 * np.array(slow.time_s))).max() < 1e-4
    noisy = Condition(noise_mm=3.0).of_recording(recording, "a")
    again = Condition(noise_mm=3.0).of_recording(recording, "a")
    other = Condition(noise_mm=3.0).of_recording(recording, "b")
    added = np.array(noisy.positions_m) - np.array(recording.positions_m)
    assert np.nanstd(added) == pytest.approx(0.003, rel=0.02)
    assert np.array_equal(noisy.positions_m, again.positions_m, equal_nan=True)
    assert not np.array_equal(noisy.positions_m, other.positions_m, equal_nan=True)
    holed = Condition.parse("drop5").of_recording(recording, "a")
    missing = np.isnan(np.array(holed.positions_m)) & ~np.isnan(np.array(recording.positions_m))
    assert 0.02 < missing.mean() < 0.08
    per_marker = missing[:, :, 0].mean(axis=0)
    assert 0.0 < per_marker.max() < 0.2
    assert (missing.all(axis=2) == missing.any(axis=2)).all()
    with pytest.raises(ValueError, match="less than 100 %"):
        Condition.parse("drop100").of_recording(recording, "a")
    with pytest.raises(ValueError, match="150 Hz only"):
        Condition(rate_hz=300.0).of_recording(recording, "a")
    signals = Condition(without="toe").of_signals(rm.gait_signals(recording))
    assert len(signals.left.toe) == 0
    assert len(signals.left.heel) > 0


def test_match_times_against_every_assignment() -> None:
    random = np.random.default_rng(3)
    for _ in range(60):
        a, b = (np.sort(random.uniform(0, 0.3, random.integers(0, 6))) for _ in range(2))
        best = (0, 0.0)
        for k in range(min(len(a), len(b)) + 1):
            for left in itertools.combinations(range(len(a)), k):
                for right in itertools.combinations(range(len(b)), k):
                    far = np.abs(a[list(left)] - b[list(right)])
                    if k and far.max() > 0.05:
                        continue
                    if k > best[0] or (k == best[0] and far.sum() < best[1]):
                        best = (k, float(far.sum()))
        pairs = rm.match_times(a, b, 0.05)
        assert len(pairs) == best[0]
        assert sum(abs(a[i] - b[j]) for i, j in pairs) == pytest.approx(best[1])


def test_bootstrap_over_runners_covers_and_knows_that_steps_are_alike() -> None:
    """Of 200 data sets whose runners differ, 95 % intervals hold the true bias in most."""
    random = np.random.default_rng(5)
    held = wide = narrow = 0
    for _ in range(200):
        own = random.normal(0.0, 3.0, 14)
        errors = np.repeat(own, 80) + random.normal(0.0, 1.0, 14 * 80)
        names = np.repeat([f"r{i:02}" for i in range(14)], 80).tolist()
        low, high = iv.bootstrap_interval(iv.cluster_sums(errors, names), iv.bias_of, resamples=400)
        held += low < 0.0 < high
        width = high - low
        wide += width > 1.5  # 2 x 1.96 x 3 / sqrt(14) = 3.1
        narrow += width < 0.3  # what 1120 independent steps would give
    assert 0.85 <= held / 200 <= 0.99
    assert wide == 200
    assert narrow == 0
    assert np.isnan(iv.bootstrap_interval(np.ones((3, 2)), iv.bias_of)[0])


def test_bootstrap_is_repeatable_and_matches_known_sums() -> None:
    errors, names = np.array([1.0, 3.0, -2.0, 4.0]), ["a", "a", "b", "c"]
    sums = iv.cluster_sums(errors, names)
    assert sums.tolist() == [[2, 1, 1], [4, -2, 4], [10, 4, 16]]
    assert iv.rmse_of(*(s.sum(keepdims=True) for s in sums))[0] == pytest.approx(np.sqrt(7.5))
    assert iv.bootstrap_interval(sums, iv.rmse_of) == iv.bootstrap_interval(sums, iv.rmse_of)


def test_sign_flips_and_holm() -> None:
    assert iv.sign_flip_p(np.ones(5)) == pytest.approx(2 / 32)
    assert iv.sign_flip_p(np.array([1.0, -1.0])) == 1.0
    assert iv.holm([0.01, 0.04, float("nan"), 0.03]) == pytest.approx(
        [0.03, 0.06, float("nan"), 0.06], nan_ok=True
    )


def exact_but_late(signals: rm.GaitSignals) -> rm.GaitEvents:
    """Force itself, 12 ms late at strike, 90 ms late at toe-off, one toe-off in five missing."""
    events = rm.detect_events(signals, "force_plate")
    late = {"foot_strike": 0.012, "toe_off": 0.090}
    events.events = [
        rm.GaitEvent(e.side, e.type, e.time_s + late[e.type], 0.006)
        for i, e in enumerate(events.events)
        if i % 10 != 5
    ]
    return events


def test_scores_of_a_detector_that_is_known(runs: Path) -> None:
    bench = run_benchmark(runs, ["force_plate", exact_but_late], protocol=Protocol(resamples=200))
    scores = bench.scores()
    total = scores[scores["stratum"] == "all"].set_index(["detector", "mode", "quantity"])
    exact = total.loc[("force_plate", "as_published", "foot_strike")]
    assert (exact["bias"], exact["sd"], exact["f1_10"]) == (0.0, 0.0, 1.0)
    late = total.loc[("exact_but_late", "as_published", "foot_strike")]
    assert late["bias"] == pytest.approx(12.0, abs=1e-3)
    assert late["rmse"] == pytest.approx(12.0, abs=1e-3)
    assert (late["f1_10"], late["f1_25"], late["missed"], late["extra"]) == (0.0, 1.0, 0, 0)
    assert (late["cover_68"], late["cover_95"]) == (0.0, 0.0)  # 12 ms at a stated 6 ms
    off = total.loc[("exact_but_late", "as_published", "toe_off")]
    assert off["n"] == 0  # 90 ms are not within 50
    assert off["rmse_capped"] == pytest.approx(50.0)
    fixed = total.loc[("exact_but_late", "offset_corrected", "toe_off")]
    assert fixed["bias"] == pytest.approx(0.0, abs=1e-3)
    assert fixed["missed"] > 0
    assert 0.7 < fixed["f1_10"] < 0.95
    step = total.loc[("exact_but_late", "as_published", "step")]
    assert step["rmse"] == pytest.approx(0.0, abs=1e-3)
    assert total.loc[("exact_but_late", "offset_corrected", "contact")]["bias"] == pytest.approx(
        0.0, abs=1e-3
    )
    assert set(scores["stratum"]) >= {"all", "speed", "side", "shoe"}
    compared = bench.comparison("force_plate")
    row = compared[(compared["quantity"] == "foot_strike") & (compared["mode"] == "as_published")]
    assert row["difference_ms"].tolist() == pytest.approx([12.0], abs=1e-3)


def test_offsets_are_learnt_on_other_runners(runs: Path) -> None:
    calls = itertools.count()

    def per_runner(signals: rm.GaitSignals) -> rm.GaitEvents:
        events = rm.detect_events(signals, "force_plate")
        own = (0.000, 0.010, 0.020)[next(calls)]
        events.events = [rm.GaitEvent(e.side, e.type, e.time_s + own) for e in events.events]
        return events

    bench = run_benchmark(runs, [per_runner])
    offsets = learnt_offsets(bench)
    own = {s: offsets["per_runner", "clean", "foot_strike", s] for s in ("runner 1", "runner 3")}
    assert own["runner 1"] == pytest.approx(0.015)  # of the runners with 10 and 20 ms
    assert own["runner 3"] == pytest.approx(0.005)


def test_a_rule_for_strikes_only_misses_no_toe_offs(runs: Path) -> None:
    bench = run_benchmark(runs, ["alton_1998"], conditions=["clean", "100hz"])
    scores = all_scores(bench)
    assert "toe_off" not in set(scores["quantity"])
    assert set(scores["condition"]) == {"clean", "100hz"}


def test_a_detector_that_raises_spoils_nothing(runs: Path) -> None:
    def broken(_: rm.GaitSignals) -> rm.GaitEvents:
        raise RuntimeError("no idea")

    bench = run_benchmark(runs, ["foot_anchor", broken])
    assert bench.faults == ["broken on run1 and 2 more: RuntimeError: no idea"]
    table = outcomes(bench)
    assert set(table[table["detector"] == "broken"]["status"]) == {"missed"}
    assert (table[table["detector"] == "foot_anchor"]["status"] == "matched").any()


BAD = """
import os, time
import runmech as rm

def found(signals):
    return rm.detect_events(signals, "foot_anchor")

def frames(signals):
    out = found(signals)
    out.events = [rm.GaitEvent(e.side, e.type, round(200 * e.time_s)) for e in out.events]
    return out

def no_times(signals):
    out = found(signals)
    out.events = [rm.GaitEvent(e.side, e.type, float("nan") if i % 3 == 0 else e.time_s)
                  for i, e in enumerate(out.events)]
    return out

def unsorted(signals):
    out = found(signals)
    out.events = out.events[::-1]
    return out

def other_side(signals):
    out = found(signals)
    swap = {"left": "right", "right": "left"}
    out.events = [rm.GaitEvent(swap[e.side], e.type, e.time_s) for e in out.events]
    return out

def hangs(signals):
    while True:
        time.sleep(0.01)

def leaves(signals):
    raise SystemExit(3)

def a_list(signals):
    return [1.0, 2.0]

def crashes(signals):
    os._exit(7)
"""


def test_bad_detectors_are_told_apart(runs: Path, tmp_path: Path) -> None:
    path = tmp_path / "bad.py"
    path.write_text(BAD, encoding="utf-8")
    names = ("frames", "no_times", "unsorted", "other_side", "hangs", "leaves", "a_list")
    bench = run_benchmark(
        runs, ["foot_anchor", *(f"{path}:{n}" for n in names)], time_limit_s=1.0, jobs=2
    )
    said = dict(fault.split(" on ", 1) for fault in bench.faults)
    assert "seconds on its clock, not frames" in said["frames"]
    assert "not finite" in said["no_times"]
    assert "TimeoutError: no answer within 1 s" in said["hangs"]
    assert "SystemExit" in said["leaves"]
    assert "must return runmech.GaitEvents, not list" in said["a_list"]
    assert set(said) == {"frames", "no_times", "hangs", "leaves", "a_list"}
    scores = bench.scores()
    total = scores[(scores["stratum"] == "all") & (scores["mode"] == "as_published")]
    strikes = total[total["quantity"] == "foot_strike"].set_index("detector")
    good = strikes.loc["foot_anchor"]
    assert strikes.loc["unsorted", "rmse"] == good["rmse"]
    assert strikes.loc["other_side", "wrong_side"] > 0.8 * good["n"]
    assert strikes.loc["other_side", "n"] == 0
    assert 0.5 * good["n"] < strikes.loc["no_times", "n"] < 0.8 * good["n"]
    for name in ("frames", "hangs", "leaves", "a_list"):
        assert strikes.loc[name, "n"] == 0
    with pytest.raises(ValueError, match=r"a process ended in the middle of a trial.*run"):
        run_benchmark(runs, [f"{path}:crashes"], jobs=2)


def test_two_versions_of_one_detector(runs: Path, tmp_path: Path) -> None:
    for k in (1, 2):
        text = PLUGIN.replace("import runmech as rm", "import runmech as rm\nfrom late import LATE")
        text = text.replace("0.005", f"{k} * LATE")
        (tmp_path / f"v{k}.py").write_text(text, encoding="utf-8")
    (tmp_path / "late.py").write_text("LATE = 0.005\n", encoding="utf-8")
    names = [f"{tmp_path / f'v{k}.py'}:Later" for k in (1, 2)]
    bench = run_benchmark(runs, names, jobs=2)
    assert bench.faults == []
    rows = figures(bench)
    bias = [rows.loc[(f"v{k}:Later", "foot_strike"), "bias"] for k in (1, 2)]
    assert bias[1] - bias[0] == pytest.approx(5.0, abs=0.01)
    assert set(bench.comparison("v1:Later")["detector"]) == {"v2:Later"}


def test_a_broken_file_among_good_ones(runs: Path, tmp_path: Path) -> None:
    rows = ["recording,subject"]
    for k in (1, 2):
        rows.append(f"{runs / f'run{k}.c3d'},runner {k}")
    (tmp_path / "broken.c3d").write_bytes((runs / "run1.c3d").read_bytes()[:200])
    rows.append("broken.c3d,runner 3")
    (tmp_path / "trials.csv").write_text("\n".join(rows) + "\n", encoding="utf-8")
    bench = run_benchmark(tmp_path, ["foot_anchor"])
    assert len(bench.usable) == 2
    (fault,) = bench.faults
    assert fault.startswith("broken: ")
    assert "broken.c3d" in fault


def test_trials_without_forces_are_told_together(tmp_path: Path, runs: Path) -> None:
    run = rm.synthesise(seed=1, duration_s=3.0)
    for k in range(4):
        rm.write_trc(tmp_path / f"bare{k}.trc", run.recording)
    rows = ["recording", f"{runs / 'run1.c3d'}", *(f"bare{k}.trc" for k in range(4))]
    (tmp_path / "trials.csv").write_text("\n".join(rows) + "\n", encoding="utf-8")
    (fault,) = run_benchmark(tmp_path, ["foot_anchor"]).faults
    assert fault.startswith("bare0 and 3 more: ")


def test_nothing_that_can_be_judged(runs: Path) -> None:
    bench = run_benchmark(runs, ["foot_anchor"], protocol=Protocol(edge_s=10.0))
    with pytest.raises(ValueError, match="within 10000 ms of the ends"):
        bench.scores()


def test_errors_that_grow_with_speed(runs: Path) -> None:
    """An error made of the belt's speed comes back as the slope it was made with."""

    def faster_is_later(signals: rm.GaitSignals) -> rm.GaitEvents:
        events = rm.detect_events(signals, "force_plate")
        speed = rm.running_speed(signals, events).speed_m_s
        events.events = [
            rm.GaitEvent(e.side, e.type, e.time_s + 0.004 * (speed - 3.0)) for e in events.events
        ]
        return events

    bench = run_benchmark(runs, [faster_is_later])
    rows = bench.trends().set_index(["quantity", "against"])
    for quantity in ("foot_strike", "toe_off"):
        row = rows.loc[(quantity, "speed_m_s")]
        assert row["slope_ms"] == pytest.approx(4.0, abs=0.01)
        assert row["low"] <= row["slope_ms"] <= row["high"]
    scores = bench.scores()
    assert scores["within_frame"].iloc[0] == pytest.approx(scores["within_5"].iloc[0])  # 200 Hz


def test_slopes_and_their_intervals() -> None:
    random = np.random.default_rng(2)
    held = 0
    for _ in range(100):
        names = np.repeat([f"r{i}" for i in range(12)], 30)
        x = np.repeat(random.normal(0, 1, 12), 30) + random.normal(0, 0.2, 360)
        y = 2.0 * x + np.repeat(random.normal(0, 1.0, 12), 30)
        sums = iv.line_sums(x, y, names.tolist())
        slope = float(iv.slope_of(*(row.sum(keepdims=True) for row in sums))[0])
        assert slope == pytest.approx(np.polyfit(x, y, 1)[0])
        low, high = iv.bootstrap_interval(sums, iv.slope_of, resamples=300)
        held += low < 2.0 < high
    assert held >= 80
    flat = iv.line_sums(np.ones(4), np.arange(4.0), list("abcd"))
    assert np.isnan(iv.bootstrap_interval(flat, iv.slope_of)[0])


def test_wrong_arguments(runs: Path) -> None:
    with pytest.raises(ValueError, match="did you mean zeni_2008"):
        run_benchmark(runs, ["zeni2008"])
    with pytest.raises(ValueError, match=r"no detector is called 'zeni'.*zeni_2008"):
        run_benchmark(runs, ["zeni"])
    with pytest.raises(ValueError, match="two detectors are called zeni_2008"):
        run_benchmark(runs, ["zeni_2008", "zeni_2008"])
    with pytest.raises(ValueError, match="no trial of nobody"):
        run_benchmark(runs, ["zeni_2008"], subjects=["nobody"])
    with pytest.raises(ValueError, match="threshold_n is 2"):
        Protocol(threshold_n=2.0)
    with pytest.raises(ValueError, match="allowed: recording, fitted, analysis"):
        run_benchmark(runs, ["zeni_2008"], source="video")


PLUGIN = '''
import runmech as rm

class Later:
    """The detector foot_anchor, five milliseconds late."""

    def detect(self, signals):
        events = rm.detect_events(signals, "foot_anchor")
        events.events = [rm.GaitEvent(e.side, e.type, e.time_s + 0.005) for e in events.events]
        return events

five = 5
'''


def test_plugins(tmp_path: Path) -> None:
    path = tmp_path / "mine.py"
    path.write_text(PLUGIN, encoding="utf-8")
    found = detector_from(f"{path}:Later")
    assert label_of(found) == label_of(f"{path}:Later") == "Later"
    for name, reason in (
        (f"{path}:Nobody", "has no 'Nobody'"),
        (f"{path}:five", "class, an object with a method detect"),
        (f"{tmp_path / 'none.py'}:X", "no such file"),
        ("no.such.module:X", "No module named"),
    ):
        with pytest.raises(ValueError, match=reason):
            detector_from(name)
    path.write_text("raise KeyError('x')", encoding="utf-8")
    with pytest.raises(ValueError, match="KeyError"):
        detector_from(f"{path}:Later")


def test_the_command(runs: Path, tmp_path: Path, runmech: Callable[..., object]) -> None:
    plugin = tmp_path / "mine.py"
    plugin.write_text(PLUGIN, encoding="utf-8")
    out = tmp_path / "out"
    done = runmech(
        "bench", "events", runs, "--out", out, "--jobs", 2,
        "--detectors", f"foot_anchor,zeni_2008,{plugin}:Later", "--degrade", "clean,100hz",
    )  # fmt: skip
    assert done.returncode == 0, done.stderr  # type: ignore[attr-defined]
    assert "Later" in done.stdout  # type: ignore[attr-defined]
    scores = pd.read_csv(out / "scores.csv")
    strikes = scores[
        (scores["quantity"] == "foot_strike")
        & (scores["stratum"] == "all")
        & (scores["mode"] == "as_published")
        & (scores["condition"] == "clean")
    ].set_index("detector")
    assert strikes["bias"]["Later"] - strikes["bias"]["foot_anchor"] == pytest.approx(5, abs=0.01)
    about = json.loads((out / "about.json").read_text("utf-8"))
    assert about["protocol"]["version"] == Protocol().version
    page = (out / "report.html").read_text("utf-8")
    assert page.count("data:image/png;base64") == 4  # all detectors, and each of them
    assert "http" not in page  # nothing is loaded from anywhere
    assert "| Later |" in (out / "results.md").read_text("utf-8")
    assert not list(out.glob(".runmech-*"))
    wrong = runmech("bench", "events", runs, "--out", out, "--detectors", "nobody")
    assert wrong.returncode == 2  # type: ignore[attr-defined]
    assert "no detector is called 'nobody'" in wrong.stderr  # type: ignore[attr-defined]


def test_one_and_two_processes_agree(runs: Path, tmp_path: Path) -> None:
    one = run_benchmark(runs, ["foot_anchor"], jobs=1)
    two = run_benchmark(runs, ["foot_anchor"], jobs=2)
    assert outcomes(one).equals(outcomes(two))
    write_results(one, tmp_path / "a")
    write_results(two, tmp_path / "b")
    assert (tmp_path / "a/events.csv").read_bytes() == (tmp_path / "b/events.csv").read_bytes()


def test_ctrl_c_ends_every_process_and_writes_nothing(runs: Path, tmp_path: Path) -> None:
    path = (runs / "run1.c3d").as_posix()
    table = tmp_path / "trials.csv"
    rows = [f"{path},r{i % 5},t{i}" for i in range(400)]
    table.write_text("recording,subject,trial\n" + "\n".join(rows) + "\n", encoding="utf-8")
    out = tmp_path / "out"
    arguments = ["bench", "events", table, "--out", out, "--jobs", "2"]
    code = (
        "import signal, sys\n"
        "signal.signal(signal.SIGINT, signal.default_int_handler)\n"
        "from runmech.cli import run\n"
        "print('ready', flush=True)\n"
        "sys.exit(run(sys.argv[1:]))\n"
    )
    process = subprocess.Popen(
        [sys.executable, "-c", code, *map(str, arguments)],
        stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, start_new_session=True,
    )  # fmt: skip
    assert process.stdout is not None
    process.stdout.readline()
    time.sleep(4.0)
    assert process.poll() is None, process.communicate()[1]
    os.killpg(process.pid, signal.SIGINT)
    said = process.communicate(timeout=60)[1]
    assert process.returncode == 130
    assert "interrupted, nothing was written" in said
    assert "Traceback" not in said
    assert list(out.iterdir()) == []
    with pytest.raises(ProcessLookupError):  # nobody of the group is left
        for _ in range(50):
            os.killpg(process.pid, 0)
            time.sleep(0.1)


def test_analyze_takes_a_file_as_detector(tmp_path: Path) -> None:
    path = tmp_path / "mine.py"
    path.write_text(PLUGIN, encoding="utf-8")
    run = rm.synthesise(seed=1, duration_s=6.0)
    plain = rm.analyze(run.recording, static=run.standing, detector="foot_anchor")
    mine = rm.analyze(run.recording, static=run.standing, detector=f"{path}:Later")
    a = plain.trials[0].events.times("left", "foot_strike")
    b = mine.trials[0].events.times("left", "foot_strike")
    assert np.allclose(b - a, 0.005)
    with pytest.raises(ValueError, match="no detector is called 'nobody'"):
        rm.analyze(run.recording, detector="nobody")


ROOT = Path(__file__).resolve().parents[2]


def documented_code() -> str:
    page = (ROOT / "docs/detectors.md").read_text("utf-8")
    (block,) = re.findall(r"```python\n(.*?)```", page, flags=re.DOTALL)
    return str(block)


def test_the_newcomers_detector_of_the_documentation(runs: Path, tmp_path: Path) -> None:
    code = documented_code()
    assert len(code.strip().splitlines()) < 20
    (tmp_path / "mine.py").write_text(code, encoding="utf-8")
    bench = run_benchmark(runs, ["foot_anchor", f"{tmp_path / 'mine.py'}:Lowest"], jobs=1)
    assert bench.faults == []
    table = outcomes(bench)
    mine = table[(table["detector"] == "Lowest") & (table["quantity"] == "foot_strike")]
    assert (mine["status"] == "matched").mean() > 0.9


def test_the_example_in_python_of_the_documentation(
    runs: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    page = (ROOT / "docs/detectors.md").read_text("utf-8")
    (block,) = re.findall(r"```pycon\n(.*?)```", page, flags=re.DOTALL)
    lines = [line.removeprefix(">>> ") for line in block.splitlines() if line.startswith(">>> ")]
    assert len(lines) > 5
    monkeypatch.chdir(tmp_path)
    names: dict[str, object] = {}
    exec(documented_code(), names)
    exec("\n".join(lines).replace('"DATA"', repr(str(runs))), names)
    assert (tmp_path / "result" / "report.html").is_file()
    assert isinstance(names["scores"], pd.DataFrame)
    assert set(names["scores"]["condition"]) == {"clean", "60hz+3mm"}


def test_the_documentation_says_what_was_measured() -> None:
    sys.path.insert(0, str(ROOT / "benchmarks/support"))
    try:
        import event_pages
    finally:
        sys.path.pop(0)
    results = json.loads((ROOT / "benchmarks/accuracy/results/event_catalogue.json").read_text())
    page = event_pages.DOCS.read_text("utf-8")
    beside = json.loads((ROOT / "benchmarks/accuracy/results/event_peers.json").read_text())
    assert event_pages.filled(page, results, beside) == page
    assert [r["name"] for r in results["rules"]] == rm.detector_names()
    scored = {r["detector"] for r in results["scores"]}
    assert scored == set(rm.detector_names()) - {"force_plate"}
    assert results["about"]["protocol"]["version"] == Protocol().version
    headers = event_pages.headers()
    of_others = set(rm.detector_names()) - {
        "runmech", "foot_anchor", "force_plate", "osis_2014_refitted",
    }  # fmt: skip
    assert {path.stem for path in headers} == of_others
    for path in headers:
        text = path.read_text("utf-8")
        assert event_pages.header(text, results, path.stem) == text, path.name
        assert "Published" in text, path.name


def figures(bench: Benchmark) -> pd.DataFrame:
    scores = bench.scores()
    part = scores[(scores["stratum"] == "all") & (scores["mode"] == "as_published")]
    return part.set_index(["detector", "quantity"])


def test_rules_err_on_real_runners_as_is_known_of_them(data: Locate) -> None:
    """Three runners, one speed: signs and sizes of the errors that reviews report."""
    names = [n for n in rm.detector_names() if n not in ("runmech", "foot_anchor")]
    folder = data("rbds/RBDS001runT35.c3d.gz").parent
    wanted = ("RBDS002runT35", "RBDS004runT35", "RBDS009runT35")
    trials = [t for t in find_trials(folder) if t.name in wanted]
    found = figures(run_benchmark(trials, names, protocol=Protocol(window_s=0.15)))
    assert found.loc[("force_plate", "foot_strike"), "rmse"] == 0.0

    def bias(name: str, quantity: str) -> float:
        return float(found.loc[(name, quantity), "bias"])

    for name in ("zeni_2008", "zeni_2008_velocity", "desailly_2009"):
        assert -45 < bias(name, "foot_strike") < -10  # most forward before it lands
        assert 85 < bias(name, "toe_off") < 130  # most rearward long after it left
    assert 60 < bias("oconnor_2007", "toe_off") < 100
    assert 70 < bias("hreljac_marshall_2000", "toe_off") < 120
    assert 15 < bias("alton_1998", "foot_strike") < 40  # Fellin 2010: 22 to 25
    assert 20 < bias("ghoussayni_2004", "foot_strike") < 40
    assert -50 < bias("ghoussayni_2004", "toe_off") < -30
    assert 10 < bias("milner_paquette_2015", "foot_strike") < 35
    # Nothing is lost where the minimum at contact is not filtered away.
    for name in ("oconnor_2007", "after_leitch_2011"):
        assert found.loc[(name, "foot_strike"), "missed"] <= 3, name
        assert abs(bias(name, "foot_strike")) < 12
    assert -5 < bias("after_smith_2015", "foot_strike") < 15  # published at 5.6 m/s: 1.2
    assert -25 < bias("ghoussayni_2004_scaled", "foot_strike") < 0
    assert -15 < bias("after_handsaker_2016", "toe_off") < 25  # published: 2.1
    for name in ("after_maiwald_2009", "after_handsaker_2016"):
        assert 0 < bias(name, "foot_strike") < 10
        assert found.loc[(name, "foot_strike"), "sd"] < 7.0


def test_other_layouts_on_real_files(data: Locate) -> None:
    folder = data("rajagopal/motion_capture_run.trc").parent
    bench = run_benchmark(folder, ["foot_anchor"])
    assert [t.name for t in bench.usable] == ["motion_capture_run"]
    assert any("low-pass" in note for note in bench.usable[0].force_notes)
    row = figures(bench).loc[("foot_anchor", "foot_strike")]
    assert (row["missed"], row["extra"], row["n"]) == (0, 0, 14)
    folder = data("dorn/JA1Gait21.c3d").parent
    bench = run_benchmark(folder, ["foot_anchor"])
    assert [t.name for t in bench.usable] == ["JA1Gait21"]
    row = figures(bench).loc[("foot_anchor", "toe_off")]
    assert (row["missed"], row["extra"], row["n"]) == (0, 0, 5)


def test_another_laboratorys_tables_in_percent_of_body_weight(data: Locate, tmp_path: Path) -> None:
    folder = data("biomac/P02_straightrunning_trial0025_DataStructMeasured.csv").parent
    detectors = ["foot_anchor", "runmech"]
    bench = run_benchmark(folder, detectors)
    (trial,) = bench.usable
    assert any("70 kg assumed" in note for note in trial.force_notes)
    for detector in detectors:
        for kind in ("foot_strike", "toe_off"):
            row = figures(bench).loc[(detector, kind)]
            assert (row["missed"], row["extra"], row["n"]) == (0, 0, 2), (detector, kind)
            assert abs(row["bias"]) < 12
    (tmp_path / "trials.csv").write_text(
        f"recording,mass_kg\n{folder / 'P02_straightrunning_trial0025_DataStructMeasured.csv'},55\n"
    )
    (told,) = run_benchmark(tmp_path, ["foot_anchor"]).usable
    # The mass is told; that the file is cut at low force is still said.
    (note,) = told.force_notes
    assert "stored as zero" in note
    assert len(told.truth) == 4


def test_an_object_is_a_detector(runs: Path) -> None:
    class Mine:
        def detect(self, signals: rm.GaitSignals) -> rm.GaitEvents:
            return rm.detect_events(signals, "foot_anchor")

    bench = run_benchmark(runs, [Mine()], subjects=["runner 1"])
    assert bench.detectors == ["Mine"]
    assert (outcomes(bench)["status"] == "matched").all()


def test_gaitkit_is_given_the_frame_of_the_belt(script: Callable[[str], ModuleType]) -> None:
    """In which the stance foot rests, the run goes from behind the origin to before it."""
    peers = script("benchmarks/peers/gaitkit_detectors.py")
    run = rm.synthesise(seed=1, speed_m_s=3.0, duration_s=10.0, rate_hz=150.0)
    signals = rm.gait_signals(run.recording, run.standing)
    asked = peers.question(signals, "vancanneyt")
    assert set(asked["landmarks"]) >= {f"{s}_{p}" for s in ("left", "right") for p in
                                       ("hip", "knee", "ankle", "heel", "toe")}  # fmt: skip
    heel = np.array(asked["landmarks"]["left_heel"])
    assert np.isfinite(heel).all()
    assert heel[:, 1].min() == pytest.approx(-heel[:, 1].max(), abs=1e-6)
    assert np.ptp(heel[:, 1]) == pytest.approx(30_000.0, rel=0.1)  # mm
    toe = np.array(asked["landmarks"]["left_toe"])
    speed = np.linalg.norm(np.gradient(toe, axis=0), axis=1) * 150.0
    stance = run.truth.events.times("left", "foot_strike")[2] + 0.12
    clock = np.array(signals.time_s)
    assert np.interp(stance, clock, speed) < 500.0
    assert np.median(np.abs(np.array(asked["angles"]["left_knee_angle"]))) > 5.0
    left = signals.left
    left.mt5 = left.toe
    left.mt1 = np.array(left.toe) + np.array([0.0, 0.0, 0.08])
    middle = np.array(peers.question(signals, "intellevent")["landmarks"]["left_toe"])
    assert np.median(middle[:, 0] - toe[:, 0]) == pytest.approx(40.0)  # half way to MT1


def test_gaitkit_that_is_not_there_is_said(
    script: Callable[[str], ModuleType], monkeypatch: pytest.MonkeyPatch, runs: Path
) -> None:
    monkeypatch.setenv("RUNMECH_GAITKIT", "/nowhere/python")
    peers = script("benchmarks/peers/gaitkit_detectors.py")
    bench = run_benchmark(runs, [peers.gaitkit_zeni()], subjects=["runner 1"])
    assert bench.faults
    assert "gaitkit's environment is not there" in bench.faults[0]
