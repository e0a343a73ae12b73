"""All trials through all detectors on all cores, and what came of it."""

from __future__ import annotations

import multiprocessing
import os
import signal
import sys
import threading
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ProcessPoolExecutor, wait
from concurrent.futures.process import BrokenProcessPool
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

from runmech.benchmark.datasets import BenchmarkTrial, find_trials
from runmech.benchmark.degrade import Condition
from runmech.benchmark.findings import Findings, Protocol
from runmech.benchmark.work import TrialResult, evaluate
from runmech.plugins import Detector, detector_from, labels_of

if TYPE_CHECKING:
    import pandas as pd

Progress = Callable[[float, str], object]
SOURCES = ("recording", "fitted", "analysis")


class Benchmark(Findings):
    """Findings with the tables that are made of them."""

    def outcomes(self) -> pd.DataFrame:
        """Every event: matched, missed, extra or on the wrong side, in both modes."""
        from runmech.benchmark.scores import outcomes

        return outcomes(self)

    def scores(self) -> pd.DataFrame:
        """One row per detector, condition, mode, quantity and stratum."""
        from runmech.benchmark.scores import all_scores

        return all_scores(self)

    def comparison(self, reference: str | None = None) -> pd.DataFrame:
        """Every detector against one of them, runner by runner (default: the first)."""
        from runmech.benchmark.scores import comparison

        return comparison(self, reference or self.detectors[0])

    def trends(self) -> pd.DataFrame:
        """Slopes of the errors against speed, foot angle at strike and cadence."""
        from runmech.benchmark.scores import trends

        return trends(self)


def run_benchmark(
    data: Path | str | Sequence[BenchmarkTrial],
    detectors: Sequence[str | Detector],
    *,
    conditions: Iterable[str | Condition] = ("clean",),
    subjects: Iterable[str] = (),
    protocol: Protocol | None = None,
    source: str = "recording",
    jobs: int | None = None,
    time_limit_s: float = 300.0,
    progress: Progress | None = None,
) -> Benchmark:
    """Run detectors on recordings that have force plates.

    Parameters
    ----------
    data
        A folder (see ``runmech.benchmark.datasets``), or trials.
    detectors
        Names of built-in ones, ``file.py:Name``, or callables (these run in this process only).
    conditions
        ``clean``, or degradations: ``60hz``, ``3mm``, ``lp10``, ``drop5``, ``no_toe``, also with +.
    subjects
        Only these runners; default all.
    protocol
        What is held fixed; default the current version.
    source
        ``recording``: points as recorded; ``fitted``: those of the fitted skeleton; ``analysis``:
        joints of the fit with feet as recorded, as ``analyze`` uses. The last two are slow.
    jobs
        Processes; default one per core.
    time_limit_s
        A detector that takes longer on a trial has found nothing there, and a note says so; 0 =
        no limit. Stops Python code, in the main thread of a process, where the system has alarms.
    progress
        Called with (fraction, trial).

    Raises
    ------
    ValueError
        For unknown detectors, degradations or runners, and where no trial has a force truth.
    KeyboardInterrupt
        On Ctrl-C, after the other processes have ended.

    """
    if source not in SOURCES:
        raise ValueError(f"source is '{source}'; allowed: {', '.join(SOURCES)}")
    if not detectors:
        raise ValueError("no detector is named")
    for name in detectors:
        if isinstance(name, str):
            detector_from(name)  # here, not in every worker: a wrong name is found at once
    labels = labels_of(detectors)
    how = [c if isinstance(c, Condition) else Condition.parse(c) for c in conditions]
    trials = (
        list(data)
        if isinstance(data, Sequence) and not isinstance(data, str)
        else find_trials(data)
    )
    wanted = set(subjects)
    if unknown := sorted(wanted - {t.subject for t in trials}):
        known = ", ".join(sorted({t.subject for t in trials}))
        raise ValueError(f"no trial of {', '.join(unknown)}; there are {known}")
    trials = [t for t in trials if not wanted or t.subject in wanted]
    fixed = protocol or Protocol()
    named = list(zip(labels, detectors, strict=True))
    arguments = [(t, named, how, fixed.threshold_n, source, time_limit_s) for t in trials]
    workers = min(jobs or os.cpu_count() or 1, len(trials))
    if workers <= 1 or not all(isinstance(d, str) for d in detectors):
        results = []
        for i, given in enumerate(arguments):
            if progress is not None:
                progress(i / len(arguments), given[0].name)
            results.append(evaluate(*given))
    else:
        results = _in_parallel(arguments, workers, progress)
    out = Benchmark(results, labels, [str(c) for c in how], fixed, source)
    if not out.usable:
        reasons = "; ".join(out.faults[:3])
        raise ValueError(f"no trial has a force truth to compare with: {reasons}")
    return out


@contextmanager
def _births() -> Iterator[None]:
    """For the start of new processes: they need nothing of the caller's script, nor its Ctrl-C."""
    main = sys.modules["__main__"]
    kept: dict[str, Any] = {
        name: main.__dict__.pop(name) for name in ("__file__", "__spec__") if name in vars(main)
    }
    main.__spec__ = None
    # Children inherit that a signal is ignored, from their first moment on.
    here = threading.current_thread() is threading.main_thread()
    handler = signal.signal(signal.SIGINT, signal.SIG_IGN) if here else None
    try:
        yield
    finally:
        main.__dict__.update(kept)
        if here:
            signal.signal(signal.SIGINT, handler)


@contextmanager
def _pool(workers: int) -> Iterator[ProcessPoolExecutor]:
    # Spawned: forking a process that has threads of its own is not safe.
    pool = ProcessPoolExecutor(workers, mp_context=multiprocessing.get_context("spawn"))
    try:
        yield pool
    except BaseException:
        children = list((getattr(pool, "_processes", None) or {}).values())
        pool.shutdown(wait=False, cancel_futures=True)
        for child in children:
            child.terminate()
        raise
    else:
        pool.shutdown()


def _in_parallel(
    arguments: list[
        tuple[BenchmarkTrial, list[tuple[str, str | Detector]], list[Condition], float, str, float]
    ],
    workers: int,
    progress: Progress | None,
) -> list[TrialResult]:
    results: dict[int, TrialResult] = {}
    with _pool(workers) as pool:
        with _births():
            waiting: dict[Future[TrialResult], int] = {
                pool.submit(evaluate, *given): i for i, given in enumerate(arguments)
            }
        while waiting:
            begun = [arguments[i][0].name for f, i in waiting.items() if f.running()]
            done, _ = wait(waiting, timeout=0.5, return_when=FIRST_COMPLETED)
            for future in done:
                i = waiting.pop(future)
                try:
                    results[i] = future.result()
                except BrokenProcessPool:
                    raise ValueError(
                        "a process ended in the middle of a trial, as a detector that crashes "
                        f"makes it; begun were {', '.join(begun[:workers]) or 'none'}"
                    ) from None
                if progress is not None:
                    progress(len(results) / len(arguments), arguments[i][0].name)
    return [results[i] for i in range(len(arguments))]
