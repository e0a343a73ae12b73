"""Long calls share the interpreter, end on Ctrl-C, and print nothing (C41, C42)."""

from __future__ import annotations

import signal
import subprocess
import sys
import time
from pathlib import Path

import numpy as np
import pytest

import runmech as rm

#: A recording that takes several seconds to fit.
LONG = """
import signal, sys, threading, time
import numpy as np
import runmech as rm

# As in a terminal: a parent that runs in the background leaves Ctrl-C ignored.
signal.signal(signal.SIGINT, signal.default_int_handler)

def long_recording(times):
    run = rm.synthesise("healthy", 1)
    short = run.recording
    step = float(np.median(np.diff(short.time_s)))
    positions = np.concatenate([short.positions_m] * times)
    recording = rm.Recording.from_arrays(
        positions, labels=short.labels, rate_hz=1 / step, up="+y", forward="+x",
        marker_set=short.marker_set)
    return recording, rm.calibrate(run.standing), short
"""


def run(code: str, timeout_s: float = 300) -> str:
    done = subprocess.run(
        [sys.executable, "-c", LONG + code], capture_output=True, text=True, timeout=timeout_s
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


INTERRUPTED = """
recording, skeleton, short = long_recording(60)
fresh = rm.fit(short, skeleton).frame_coordinates
ticks, fitting = [], threading.Event()
fitting.set()

def tick():
    while fitting.is_set():
        ticks.append(time.perf_counter())
        time.sleep(0.01)

thread = threading.Thread(target=tick)
thread.start()
sent = []

def interrupt():
    sent.append(time.perf_counter())
    signal.pthread_kill(threading.main_thread().ident, signal.SIGINT)

timer = threading.Timer(1.0, interrupt)
start = time.perf_counter()
timer.start()
try:
    rm.fit(recording, skeleton)
    print("finished", time.perf_counter() - start)
except KeyboardInterrupt:
    end = time.perf_counter()
    fitting.clear()
    thread.join()
    expected = (end - start) / 0.01
    print("delay", end - sent[0])
    print("ticks", len(ticks) / expected)
    before = time.process_time()
    time.sleep(0.5)
    print("idle", time.process_time() - before)
    again = rm.fit(short, skeleton).frame_coordinates
    print("same", np.array_equal(fresh, again, equal_nan=True))
fitting.clear()
"""


def test_threads_run_and_ctrl_c_ends_a_long_fit() -> None:
    for last in (False, False, True):  # other work on the machine may spoil a measured time
        said = run(INTERRUPTED)
        seen = dict(line.split(" ", 1) for line in said.splitlines())
        assert "finished" not in seen, "the fit was over before it could be interrupted"
        assert seen["same"] == "True"
        prompt = float(seen["delay"]) < 1.0 and float(seen["ticks"]) > 0.5
        if prompt and float(seen["idle"]) < 0.1:
            break
        assert not last, said


class OurError(Exception):
    pass


@pytest.fixture(scope="module")
def run_and_skeleton() -> tuple[rm.Recording, rm.Calibration]:
    run = rm.synthesise("healthy", 1)
    return run.recording, rm.calibrate(run.standing)


def test_ctrl_c_while_a_message_is_being_logged_is_not_lost() -> None:
    """Python runs signal handlers in whatever Python code comes next: here, the log's."""
    said = run(
        """
import logging

class Interrupts(logging.Handler):
    def emit(self, record):
        logging.getLogger("runmech").removeHandler(self)
        signal.raise_signal(signal.SIGINT)

recording, skeleton, short = long_recording(1)
logger = logging.getLogger("runmech")
logger.addHandler(Interrupts())
logger.setLevel(logging.DEBUG)
try:
    rm.fit(recording, skeleton)
    print("finished")
except KeyboardInterrupt:
    print("interrupted")
"""
    )
    assert said.strip() == "interrupted"


def test_what_a_callback_raises_reaches_the_caller(
    run_and_skeleton: tuple[rm.Recording, rm.Calibration],
) -> None:
    recording, skeleton = run_and_skeleton
    seen: list[float] = []

    def progress(fraction: float, stage: str) -> None:
        seen.append(fraction)
        if len(seen) == 3:
            raise OurError(stage)

    with pytest.raises(OurError):
        rm.fit(recording, skeleton, progress=progress)
    assert len(seen) == 3


def test_false_cancels(run_and_skeleton: tuple[rm.Recording, rm.Calibration]) -> None:
    recording, skeleton = run_and_skeleton
    with pytest.raises(rm.Cancelled):
        rm.fit(recording, skeleton, progress=lambda fraction, stage: False)


def test_progress_runs_from_0_to_1(
    run_and_skeleton: tuple[rm.Recording, rm.Calibration],
) -> None:
    recording, skeleton = run_and_skeleton
    seen: list[float] = []
    rm.fit(recording, skeleton, progress=lambda fraction, stage: seen.append(fraction))
    assert seen == sorted(seen)
    assert seen[0] >= 0
    assert 0.9 <= seen[-1] <= 1
    assert len(seen) < 1000


def test_nothing_is_printed_and_a_full_pipe_does_not_hang() -> None:
    """C42: highest verbosity into a pipe that nobody reads for a while."""
    code = """
import logging
logging.basicConfig(stream=sys.stdout, level=logging.DEBUG)
recording, skeleton, short = long_recording(1)
for i in range(3):
    rm.fit(recording, skeleton)
print("done")
"""
    process = subprocess.Popen(
        [sys.executable, "-c", LONG + code],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    time.sleep(10)
    out, err = process.communicate(timeout=120)
    assert process.returncode == 0, err
    assert err == ""
    assert out.endswith("done\n")
    for line in out.splitlines()[:-1]:
        assert ":runmech:" in line, line


def test_ctrl_c_on_the_command_line_leaves_nothing_half(tmp_path: Path) -> None:
    """C39: exit code 130, and no file under its final name."""
    rm.write_trc(tmp_path / "run.trc", rm.synthesise("healthy", 1, duration_s=60.0).recording)
    out = tmp_path / "out"
    code = (
        "import signal, sys; signal.signal(signal.SIGINT, signal.default_int_handler);"
        "from runmech.cli import run; sys.exit(run(sys.argv[1:]))"
    )
    process = subprocess.Popen(
        [sys.executable, "-c", code, "analyze", tmp_path / "run.trc", "--out", out],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    start = time.monotonic()
    while not out.exists() and time.monotonic() - start < 60:
        time.sleep(0.01)
    time.sleep(0.2)  # reading or fitting: all of it takes seconds
    process.send_signal(signal.SIGINT)
    _, err = process.communicate(timeout=60)
    assert process.returncode == 130, err
    assert "Traceback" not in err
    assert list(out.iterdir()) == []


def test_silent_by_default() -> None:
    said = run("""
recording, skeleton, short = long_recording(1)
motion = rm.fit(recording, skeleton)
signals = rm.gait_signals(motion)
rm.metrics(signals, rm.detect_events(signals))
""")
    assert said == ""


def test_a_hostile_name_is_escaped_and_fits_on_a_screen(
    run_and_skeleton: tuple[rm.Recording, rm.Calibration],
) -> None:
    recording, skeleton = run_and_skeleton
    label = "<script>alert(1)</script> & Co"
    n = recording.n_frames
    odd = rm.Recording.from_arrays(
        np.zeros((n, 1, 3)), labels=[label], rate_hz=100.0, up="+y", forward="+x", marker_set="rbds"
    )
    odd.source = label
    html = odd._repr_html_()
    assert "<script>" not in html
    assert "&lt;script&gt;" in html
    motion = rm.fit(recording, skeleton)
    signals = rm.gait_signals(motion)
    events = rm.detect_events(signals)
    table = rm.metrics(signals, events)
    assessment = rm.assess(table)
    for value in (recording, skeleton, motion, signals, events, table, assessment):
        text = repr(value)
        assert 0 < len(text.splitlines()) <= 30, text
        assert all(len(line) <= 300 for line in text.splitlines())
        assert " object at 0x" not in text
