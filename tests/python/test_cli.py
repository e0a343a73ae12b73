"""The command line: exit codes, sentences, paths, locales, folders."""

from __future__ import annotations

import csv
import json
import math
import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import runmech as rm

Run = Callable[..., Any]


def one_sentence(result: Any, code: int) -> str:
    """Assert the exit code and that standard error is a sentence, not a traceback."""
    assert result.returncode == code, (result.returncode, result.stdout, result.stderr)
    assert "Traceback" not in result.stderr
    assert result.stderr.startswith("runmech: ")
    return str(result.stderr)


@pytest.fixture(scope="session")
def run_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A synthetic run as a TRC file, with its standing trial and strength tests beside it."""
    folder = tmp_path_factory.mktemp("synthetic")
    run = rm.synthesise("miss_x_baseline", 1)
    rm.write_trc(folder / "run.trc", run.recording)
    rm.write_trc(folder / "static.trc", run.standing)
    return folder / "run.trc"


def test_version(runmech: Run) -> None:
    result = runmech("--version")
    assert result.returncode == 0
    assert result.stdout.strip() == f"runmech {rm.__version__}"


@pytest.mark.parametrize("arguments", [["--help"], ["analyze", "--help"], ["compare", "--help"]])
def test_help(runmech: Run, arguments: list[str]) -> None:
    result = runmech(*arguments)
    assert result.returncode == 0
    assert "Usage" in result.stdout


@pytest.mark.parametrize(
    "arguments",
    [
        ["analyze"],
        ["analyze", "x.trc"],
        ["analyze", "x.trc", "--out", "{tmp}", "--surface", "moon"],
        ["analyze", "x.trc", "--out", "{tmp}", "--mass-kg", "heavy"],
        ["analyze", "x.trc", "--out", "{tmp}", "--mass-kg", "7000"],
        ["analyze", "{run}", "--out", "{tmp}", "--direction", "north"],
        ["analyze", "{run}", "--out", "{tmp}", "--marker-set", "none_such"],
        ["analyze", "{run}", "--out", "{tmp}", "--detector", "none_such"],
        ["fly"],
        ["compare", "a"],
    ],
)
def test_wrong_arguments(
    runmech: Run, tmp_path: Path, run_file: Path, arguments: list[str]
) -> None:
    result = runmech(*[a.format(tmp=tmp_path, run=run_file) for a in arguments])
    one_sentence(result, 2)
    assert list(tmp_path.iterdir()) == []


def test_a_missing_file_is_named_in_full(runmech: Run, tmp_path: Path) -> None:
    missing = tmp_path / "Läufer Müller é" / "nicht da.trc"
    said = one_sentence(runmech("analyze", missing, "--out", tmp_path / "out"), 4)
    assert str(missing) in said


def test_a_damaged_file_is_named_with_its_place(
    runmech: Run, tmp_path: Path, run_file: Path
) -> None:
    lines = run_file.read_text(encoding="utf-8").splitlines()
    lines[40] = lines[40].replace("\t", "\tx", 5)
    bad = tmp_path / "bad.trc"
    bad.write_text("\n".join(lines), encoding="utf-8")
    said = one_sentence(runmech("analyze", bad, "--out", tmp_path / "out"), 4)
    assert str(bad) in said
    assert "line 41" in said


def test_two_frames_are_too_short(
    data: Callable[[str], Path], runmech: Run, tmp_path: Path
) -> None:
    said = one_sentence(
        runmech("analyze", data("cases/two_frames.c3d"), "--out", tmp_path / "o"), 3
    )
    assert "2 frames" in said


def test_no_points_is_said(data: Callable[[str], Path], runmech: Run, tmp_path: Path) -> None:
    result = runmech("analyze", data("cases/no_points.c3d"), "--out", tmp_path / "o")
    assert result.returncode in (3, 4)
    assert "147" in result.stderr
    assert not (tmp_path / "o" / "report.html").exists()


def standing(tmp_path: Path, seconds: float, noise_m: float) -> Path:
    still = rm.synthesise("healthy", 1).standing
    n = round(100 * seconds)
    generator = np.random.default_rng(1)
    first = still.positions_m[:1]
    positions = first + noise_m * generator.standard_normal((n, *first.shape[1:]))
    recording = rm.Recording.from_arrays(positions, labels=still.labels, rate_hz=100.0)
    rm.write_trc(tmp_path / "still.trc", recording)
    return tmp_path / "still.trc"


def test_standing_still_has_no_steps(runmech: Run, tmp_path: Path) -> None:
    path = standing(tmp_path, 10, 0.001)
    result = runmech("analyze", path, "--direction", "+x", "--out", tmp_path / "out")
    said = one_sentence(result, 3)
    assert "step" in said


def test_twelve_frames_of_running_are_too_short(
    data: Callable[[str], Path], runmech: Run, tmp_path: Path
) -> None:
    run = data("rajagopal/motion_capture_run.trc")
    said = one_sentence(
        runmech("analyze", run, "--start-s", "1.0", "--end-s", "1.11", "--out", tmp_path), 3
    )
    assert "12 frames" in said


def test_one_contact_gives_its_time_and_no_cadence(
    data: Callable[[str], Path], runmech: Run, tmp_path: Path
) -> None:
    """C16 b: a clip of half a second around one full contact."""
    run = data("rajagopal/motion_capture_run.trc")
    result = runmech("analyze", run, "--start-s", "1.0", "--end-s", "1.5", "--out", tmp_path)
    assert result.returncode == 0, result.stderr
    rows = csv.DictReader((tmp_path / "metrics.csv").read_text(encoding="utf-8").splitlines())
    found = {(row["metric"], row["side"]): row for row in rows}
    assert [s for s in ("left", "right") if found["contact_time", s]["value"]] == ["left"]
    assert found["contact_time", "left"]["n"] == "1"
    assert 0.18 < float(found["contact_time", "left"]["value"]) < 0.26
    assert found["cadence", "both"]["value"] == ""
    assert found["cadence", "both"]["status"] == "not_observed"


@pytest.mark.parametrize("file", ["rajagopal/motion_capture_run.trc", "dorn/run0350cms.trc"])
def test_one_contact_wherever_the_clip_begins(data: Callable[[str], Path], file: str) -> None:
    """C16 b: every clip of half a second that holds one full contact, 20 ms clear of its ends."""
    recording = rm.read(data(file))
    whole = contacts(rm.detect_events(rm.gait_signals(recording)))
    clock = np.array(recording.time_s)
    clips = 0
    for start in np.arange(clock[0], min(clock[-1] - 0.5, clock[0] + 1.5), 0.02):
        full = [c for c in whole if c[1] >= start + 0.02 and c[2] <= start + 0.48]
        if len(full) != 1:
            continue
        clips += 1
        clip = recording.trimmed(start, start + 0.5)
        events = rm.detect_events(rm.gait_signals(clip))
        if clips % 8 == 0:  # the whole road, fit included, takes its time
            analysis = rm.analyze(clip)
            events = analysis.trials[0].events
            assert math.isnan(analysis.table.summary("cadence", "both").value)
        (found,) = contacts(events)
        assert found[0] == full[0][0]
        assert found[2] - found[1] == pytest.approx(full[0][2] - full[0][1], abs=0.02), start
    assert clips > 30


def contacts(events: rm.GaitEvents) -> list[tuple[str, float, float]]:
    """Side, foot strike and toe-off of every whole contact."""
    return [
        (side, strike, off)
        for side in ("left", "right")
        for strike in events.times(side, "foot_strike")
        for off in events.times(side, "toe_off")
        if strike < off < strike + 0.5
    ]


def tables(folder: Path) -> dict[str, str]:
    return {p.name: p.read_text(encoding="utf-8") for p in sorted(folder.glob("*.csv"))}


@pytest.fixture(scope="session")
def plain_result(runmech: Run, run_file: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    out = tmp_path_factory.mktemp("plain") / "out"
    result = runmech(
        "analyze", run_file, "--static", run_file.with_name("static.trc"), "--out", out
    )
    assert result.returncode == 0, result.stderr
    return out


@pytest.mark.parametrize(
    "env",
    [{}, {"LC_ALL": "C", "PYTHONUTF8": "0", "PYTHONCOERCECLOCALE": "0"}, {"LC_ALL": "C.UTF-8"}],
)
def test_accents_and_blanks_in_paths(
    runmech: Run, run_file: Path, plain_result: Path, tmp_path: Path, env: dict[str, str]
) -> None:
    folder = tmp_path / "Läufer Müller é"
    folder.mkdir()
    run = folder / "Test 1 - été.trc"
    shutil.copy(run_file, run)
    shutil.copy(run_file.with_name("static.trc"), folder / "stand für.trc")
    out = folder / "Ergebnis für Müller"
    result = runmech("analyze", run, "--static", folder / "stand für.trc", "--out", out, env=env)
    assert result.returncode == 0, result.stderr
    assert tables(out) == tables(plain_result)
    report = (out / "report.html").read_bytes().decode("utf-8")
    assert "Test 1 - été.trc" in report
    json.loads((out / "session.json").read_bytes().decode("utf-8"))
    assert str(out / "report.html") in result.stdout


GERMAN = """
import locale, sys
locale.setlocale(locale.LC_ALL, "de_DE.UTF-8")
import runmech as rm
assert locale.localeconv()["decimal_point"] == ","
locale.setlocale(locale.LC_ALL, "de_DE.UTF-8")
from runmech.cli import run
code = run(sys.argv[1:])
assert locale.setlocale(locale.LC_ALL) == "de_DE.UTF-8"
assert locale.localeconv()["decimal_point"] == ","
sys.exit(code)
"""


def test_a_decimal_comma_locale_changes_nothing(
    run_file: Path, plain_result: Path, tmp_path: Path, german: dict[str, str]
) -> None:
    arguments = [
        "analyze",
        run_file,
        "--static",
        run_file.with_name("static.trc"),
        "--out",
        tmp_path,
    ]
    done = subprocess.run(
        [sys.executable, "-c", GERMAN, *map(str, arguments)],
        env={**os.environ, **german},
        capture_output=True,
        encoding="utf-8",
    )
    assert done.returncode == 0, done.stderr
    assert tables(tmp_path) == tables(plain_result)
    assert (tmp_path / "angles.mot").read_text() == (plain_result / "angles.mot").read_text()


def test_results_do_not_depend_on_the_zone_of_the_machine(
    runmech: Run, run_file: Path, tmp_path: Path
) -> None:
    """C32: the date is a property of the session."""
    outputs = []
    for i, zone in enumerate(("UTC", "Europe/Berlin", "Pacific/Auckland")):
        out = tmp_path / str(i)
        date = "2025-07-06T01:44:02+02:00"
        static = run_file.with_name("static.trc")
        result = runmech(
            "analyze", run_file, "--static", static, "--date", date, "--out", out, env={"TZ": zone}
        )
        assert result.returncode == 0, result.stderr
        outputs.append({p.name: p.read_bytes() for p in out.iterdir()})
        assert b"2025-07-06" in outputs[-1]["report.html"]
    assert outputs[0] == outputs[1] == outputs[2]


def test_an_excerpt_keeps_the_files_clock(
    data: Callable[[str], Path], runmech: Run, tmp_path: Path
) -> None:
    """C10: 1.50 to 2.50 s of a file whose clock starts at 0.23 s."""
    run = data("rajagopal/motion_capture_run.trc")
    whole, part = tmp_path / "whole", tmp_path / "part"
    assert runmech("analyze", run, "--out", whole).returncode == 0
    result = runmech("analyze", run, "--start-s", "1.5", "--end-s", "2.5", "--out", part)
    assert result.returncode == 0, result.stderr
    angles = (part / "angles.csv").read_text().splitlines()[1:]
    times = [float(line.split(",")[0]) for line in angles]
    assert len(times) == 101
    assert times[0] == pytest.approx(1.5)
    assert times[-1] == pytest.approx(2.5)

    def events(folder: Path) -> list[tuple[str, str, float]]:
        lines = (folder / "events.csv").read_text().splitlines()[1:]
        return [(s, t, float(x)) for s, t, x, _ in (line.split(",") for line in lines)]

    everything = events(whole)
    assert all(0.23 <= t <= 5.32 for _, _, t in everything)
    inside = events(part)
    assert len(inside) >= 5
    for side, kind, time in inside:
        nearest = min(abs(time - t) for s, k, t in everything if (s, k) == (side, kind))
        assert nearest <= 0.0101


# ---- the output folder (C34) --------------------------------------------------------------------


#: For root every folder is writable: become nobody once all is imported.
AS_NOBODY = """
import os, sys, zoneinfo, email, importlib.metadata, multiprocessing, numpy.random, numpy.linalg
import typer.main, typer.core, typer.rich_utils
import runmech.analysis, runmech.cli, runmech.output, rich.console, rich.progress
if os.geteuid() == 0:
    os.setgid(65534); os.setuid(65534)
sys.exit(runmech.cli.run(sys.argv[1:]))
"""


@pytest.mark.usefixtures("open_checkout")
def test_a_read_only_output_is_refused_at_once(run_file: Path, tmp_path: Path) -> None:
    for folder in [tmp_path, *tmp_path.parents]:
        if folder.stat().st_uid == os.geteuid() and "pytest" in folder.name:
            folder.chmod(0o755)
    locked = tmp_path / "locked"
    locked.mkdir(mode=0o555)
    result = subprocess.run(
        [sys.executable, "-c", AS_NOBODY, "analyze", str(run_file), "--out", str(locked)],
        capture_output=True,
        encoding="utf-8",
        timeout=60,
    )
    assert str(locked) in one_sentence(result, 4)


def test_an_output_that_is_a_file_is_refused(runmech: Run, run_file: Path, tmp_path: Path) -> None:
    there = tmp_path / "there"
    there.write_text("mine")
    assert str(there) in one_sentence(runmech("analyze", run_file, "--out", there), 4)
    assert there.read_text() == "mine"


def test_nothing_is_written_beside_the_input(runmech: Run, run_file: Path, tmp_path: Path) -> None:
    source = tmp_path / "source"
    source.mkdir()
    shutil.copy(run_file, source / "run.trc")
    source.chmod(0o555)
    out = tmp_path / "out"
    out.mkdir()
    out.chmod(0o777)
    result = runmech("analyze", source / "run.trc", "--out", out)
    assert result.returncode == 0, result.stderr
    assert [p.name for p in source.iterdir()] == ["run.trc"]
    assert (out / "report.html").exists()


def test_a_full_disk_leaves_no_half_result(runmech: Run, run_file: Path, tmp_path: Path) -> None:
    if os.geteuid() != 0:
        pytest.skip("mounting a small disk needs root")
    small = tmp_path / "small"
    small.mkdir()
    mounted = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", "size=64k", "tmpfs", str(small)], capture_output=True
    )
    if mounted.returncode != 0:
        pytest.skip("a small disk cannot be mounted here")
    try:
        one_sentence(runmech("analyze", run_file, "--out", small), 4)
        assert list(small.iterdir()) == []
    finally:
        subprocess.run(["umount", str(small)], check=True)


def test_a_limit_on_file_size_leaves_no_half_result(
    runmech: Run, run_file: Path, tmp_path: Path
) -> None:
    """The same as a full disk, where none can be mounted: writing fails in the middle."""
    import resource
    import signal

    def limit() -> None:
        signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
        resource.setrlimit(resource.RLIMIT_FSIZE, (65536, 65536))

    out = tmp_path / "out"
    one_sentence(runmech("analyze", run_file, "--out", out, preexec_fn=limit), 4)
    assert list(out.iterdir()) == []


# ---- compare ------------------------------------------------------------------------------------


def test_compare(runmech: Run, plain_result: Path, tmp_path: Path) -> None:
    result = runmech("compare", plain_result, plain_result, "--out", tmp_path)
    assert result.returncode == 0, result.stderr
    assert {p.name for p in tmp_path.iterdir()} == {"comparison.csv", "report.html"}
    rows = (tmp_path / "comparison.csv").read_text(encoding="utf-8")
    assert "real_change" not in rows


def test_what_is_printed_fits_eighty_columns(
    runmech: Run, run_file: Path, plain_result: Path, tmp_path: Path
) -> None:
    static = run_file.with_name("static.trc")
    outputs = [
        runmech("analyze", run_file, "--static", static, "--out", tmp_path / "a").stdout,
        runmech("compare", plain_result, plain_result, "--out", tmp_path / "b").stdout,
    ]
    for text in outputs:
        told = text[: text.index("report: ")]  # a path is as long as it is
        assert max(map(len, told.splitlines())) <= 80
    heads = outputs[0].splitlines()
    columns = next(line for line in heads if line.split() == ["left", "right", "both"])
    for name in ("cadence", "duty_factor", "pelvic_drop_excursion"):
        line = next(line for line in heads if line.startswith(name))
        assert len(line) == len(columns)


def test_compare_refuses_half_a_session(runmech: Run, plain_result: Path, tmp_path: Path) -> None:
    cut = tmp_path / "cut"
    cut.mkdir()
    text = (plain_result / "session.json").read_bytes()
    (cut / "session.json").write_bytes(text[: len(text) // 2])
    said = one_sentence(runmech("compare", plain_result, cut, "--out", tmp_path / "out"), 4)
    assert str(cut / "session.json") in said
    said = one_sentence(runmech("compare", tmp_path, cut, "--out", tmp_path / "out"), 4)
    assert "session.json" in said


def test_numbers_that_are_none_are_empty_not_zero(plain_result: Path) -> None:
    for line in (plain_result / "metrics.csv").read_text().splitlines()[1:]:
        value, status = line.split(",")[2], line.split(",")[6]
        assert (value == "") == (status == "not_observed"), line
        if value:
            assert math.isfinite(float(value))
