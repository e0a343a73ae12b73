"""The command line: ``runmech analyze``, ``compare``, ``demo``, ``bench``."""

from __future__ import annotations

import enum
import os
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated, Any, NoReturn

import typer

from runmech import _core
from runmech.output import readable

LINE_EVERY_S = 5.0
DONE, WRONG_ARGUMENTS, NOT_ANALYSABLE, UNREADABLE, INTERRUPTED = 0, 2, 3, 4, 130

app = typer.Typer(
    add_completion=False,
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
    help="Running mechanics with honest error bars.\n\n"
    "Exit codes: 0 done; 2 wrong arguments; 3 understood, but not running that can be analysed; "
    "4 a file or folder that cannot be read or written.",
)


class Surface(str, enum.Enum):
    """Where the runner ran."""

    treadmill = "treadmill"
    overground = "overground"


class Sex(str, enum.Enum):
    """Chooses the inertial table."""

    female = "female"
    male = "male"


class Method(str, enum.Enum):
    """How the skeleton is fitted."""

    trajectory = "trajectory"
    frame = "frame"


class View(str, enum.Enum):
    """What a camera saw."""

    spatial = "spatial"
    side = "side"
    rear = "rear"
    front = "front"


def _version(wanted: bool) -> None:
    if wanted:
        print(f"runmech {_core.__version__}")
        raise typer.Exit(DONE)


@app.callback()
def _options(
    version: Annotated[
        bool, typer.Option("--version", callback=_version, is_eager=True, help="Print the version.")
    ] = False,
) -> None:
    pass


@contextmanager
def _progress(stage: str) -> Iterator[Callable[[float, str], None]]:
    """Yield a progress callback: a bar on standard error; lines where that is no terminal."""
    from rich.console import Console
    from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn

    console = Console(stderr=True)
    if not console.is_terminal:
        said, when = 0, time.monotonic()

        def say(fraction: float, what: str) -> None:
            nonlocal said, when
            if int(10 * fraction) > said and time.monotonic() - when > LINE_EVERY_S:
                said, when = int(10 * fraction), time.monotonic()
                _say(f"{100 * fraction:.0f} %, {what}")

        yield say
        return
    # Fixed widths: 72 columns together, whatever the stage is called.
    columns = (
        TextColumn("{task.description:<34.34}"),
        BarColumn(bar_width=24),
        TextColumn("{task.percentage:>3.0f} %"),
        TimeElapsedColumn(),
    )
    with Progress(*columns, console=console, transient=True) as bar:
        task = bar.add_task(stage, total=1.0)

        def show(fraction: float, what: str) -> None:
            bar.update(task, completed=fraction, description=what)

        yield show


OutOption = Annotated[Path, typer.Option("--out", help="Folder for the results; made if need be.")]


@app.command()
def analyze(
    inputs: Annotated[
        list[Path],
        typer.Argument(
            metavar="INPUT...", help="Recording(s) of one run: e.g. a side and a rear view."
        ),
    ],
    out: OutOption,
    static: Annotated[
        Path | None, typer.Option(help="Standing trial of the same marker set.")
    ] = None,
    model: Annotated[
        Path | None,
        typer.Option(help="Scaled OpenSim model (.osim): fitted as it is, no calibration."),
    ] = None,
    ik_tasks: Annotated[
        Path | None, typer.Option(help="With --model: OpenSim's set-up file, for marker weights.")
    ] = None,
    forces: Annotated[
        Path | None, typer.Option(help="Force plates in a file of their own.")
    ] = None,
    strength: Annotated[
        Path | None, typer.Option(help="Strength tests: CSV test,side,trial,value,unit.")
    ] = None,
    mass_kg: Annotated[float, typer.Option(help="Body mass.")] = 0.0,
    stature_m: Annotated[float, typer.Option(help="Standing height.")] = 0.0,
    sex: Annotated[Sex | None, typer.Option(help="For the inertial table.")] = None,
    name: Annotated[str, typer.Option(help="Shown in the report.")] = "",
    speed_m_s: Annotated[float | None, typer.Option(help="Running speed, where known.")] = None,
    surface: Annotated[Surface | None, typer.Option(help="Where the runner ran.")] = None,
    direction: Annotated[
        str | None,
        typer.Option(
            help="Direction of progression in the file's axes: +x, -x, +y, ... (else inferred)."
        ),
    ] = None,
    up: Annotated[
        str | None, typer.Option(help="The file's vertical axis, where it is not found.")
    ] = None,
    units: Annotated[str | None, typer.Option(help="The file's length unit: mm, cm, m.")] = None,
    marker_set: Annotated[
        str | None, typer.Option(help="Marker set, where it is not recognised.")
    ] = None,
    detector: Annotated[
        str | None,
        typer.Option(
            help="Event detector, a built-in name or file.py:Name; without it force plates, else "
            "the default."
        ),
    ] = None,
    method: Annotated[
        Method, typer.Option(help="Fit the whole trajectory at once, or frame by frame (faster).")
    ] = Method.trajectory,
    start_s: Annotated[
        float | None, typer.Option(help="Use the recording from here, file time.")
    ] = None,
    end_s: Annotated[
        float | None, typer.Option(help="Use the recording up to here, file time.")
    ] = None,
    rate_hz: Annotated[
        float | None, typer.Option(help="Frames per second, where the file does not say.")
    ] = None,
    view: Annotated[
        View | None, typer.Option(help="What the camera saw, where it is not found.")
    ] = None,
    date: Annotated[str, typer.Option(help="Session date, ISO 8601, with zone if known.")] = "",
) -> None:
    """Analyse a recording of a run: angles, events, metrics, findings and a report into --out."""
    from runmech.analysis import analyze as run
    from runmech.output import check

    subject = _core.Subject(
        mass_kg=mass_kg, stature_m=stature_m, sex=sex.value if sex else "unknown", name=name
    )
    subject.validate()
    check(out)
    known = {
        "speed_m_s": speed_m_s,
        "surface": surface.value if surface else None,
        "forward": direction,
        "up": up,
        "unit": units,
        "marker_set": marker_set,
        "rate_hz": rate_hz,
        "view": view.value if view else None,
        "start_s": start_s,
        "end_s": end_s,
    }
    with _progress("reading") as progress:
        result = run(
            inputs,
            static=static,
            model=model,
            ik_tasks=ik_tasks,
            forces=forces,
            strength=strength,
            subject=subject,
            detector=detector,
            fit_options=_core.FitOptions(method=method.value),
            date=date,
            progress=progress,
            **{name: value for name, value in known.items() if value is not None},
        )
        result.write(out, progress=progress)
    print(result.summary())
    print(f"\nreport: {readable(out / 'report.html')}")


@app.command()
def compare(
    first: Annotated[
        Path, typer.Argument(metavar="DIR_A", help="Output folder of the first session.")
    ],
    second: Annotated[Path, typer.Argument(metavar="DIR_B", help="Output folder of the second.")],
    out: OutOption,
) -> None:
    """Say what really changed between two analysed sessions."""
    from runmech.comparison import compare_folders
    from runmech.output import check

    check(out)
    result = compare_folders(first, second)
    result.write(out)
    print(result.summary())
    print(f"\nreport: {readable(out / 'report.html')}")


@app.command()
def demo(out: OutOption = Path("runmech-demo"), seed: int = 1) -> None:
    """Miss X, a synthetic runner: first visit, second visit, comparison."""
    from runmech.demo import run_demo
    from runmech.output import check

    check(out)
    with _progress("first visit") as progress:
        reports = run_demo(out, seed=seed, progress=progress)
    width = max(len(title) for title, _ in reports) + 1
    for title, path in reports:
        print(f"{title + ':':<{width}} {readable(path)}")


bench_app = typer.Typer(
    no_args_is_help=True, rich_markup_mode=None, help="Benchmarks on your data."
)
app.add_typer(bench_app, name="bench")


@bench_app.callback()
def _bench() -> None:
    pass


@bench_app.command("events")
def bench_events(
    data: Annotated[
        Path,
        typer.Argument(
            help="Folder with recordings and forces: RBDS, TRC + MOT, C3D, or a table trials.csv."
        ),
    ],
    out: OutOption,
    detectors: Annotated[
        str,
        typer.Option(help="Names and file.py:Name, joined by commas; 'all' = every built-in one."),
    ] = "all",
    degrade: Annotated[
        str,
        typer.Option(
            help="Conditions joined by commas: clean, 60hz, 3mm, lp10, drop5, no_toe, 60hz+3mm."
        ),
    ] = "clean",
    runners: Annotated[str, typer.Option(help="Only these, joined by commas.")] = "",
    threshold_n: Annotated[float, typer.Option(help="Force at which contact begins, N.")] = 20.0,
    window_ms: Annotated[float, typer.Option(help="Matches are no further apart.")] = 50.0,
    source: Annotated[
        str,
        typer.Option(
            help="Points as recorded ('recording'), of the fit ('fitted'), or joints of the fit "
            "with feet as recorded ('analysis'); the last two are slow."
        ),
    ] = "recording",
    reference: Annotated[
        str | None, typer.Option(help="Detector that the others are compared with; else the first.")
    ] = None,
    jobs: Annotated[int | None, typer.Option(help="Processes; else one per core.", min=1)] = None,
    time_limit_s: Annotated[
        float, typer.Option(help="A detector that takes longer on a trial finds nothing; 0 = none.")
    ] = 300.0,
) -> None:
    """Foot strikes and toe-offs of detectors beside force plates, by a fixed protocol."""
    from rich.console import Console

    from runmech.benchmark import Protocol, run_benchmark, write_results
    from runmech.benchmark.pages import notes, terminal_tables
    from runmech.output import check
    from runmech.plugins import labels_of

    names = _words(detectors)
    if detectors == "all":  # what measures the others is not measured
        names = [name for name in _core.detector_names() if name != "force_plate"]
    if reference is not None and reference not in (known := labels_of(names)):
        raise ValueError(f"reference '{reference}' is not among the detectors {', '.join(known)}")
    check(out)
    with _progress("reading") as progress:
        bench = run_benchmark(
            data,
            names,
            conditions=_words(degrade),
            subjects=_words(runners),
            protocol=Protocol(threshold_n=threshold_n, window_s=1e-3 * window_ms),
            source=source,
            jobs=jobs,
            time_limit_s=time_limit_s,
            progress=progress,
        )
        progress(1.0, "tables and pictures")
        scores = write_results(bench, out, reference=reference)
    console = Console(width=None if sys.stdout.isatty() else 150)
    for table in terminal_tables(bench, scores):
        console.print(table)
    for note in notes(bench):
        _say(note)
    print(f"\nreport: {readable(out / 'report.html')}")


def _words(text: str) -> list[str]:
    return [word for part in text.split(",") if (word := part.strip())]


def _say(message: str) -> None:
    print(f"runmech: {message}", file=sys.stderr)


def _speak_utf8() -> None:
    """Make output UTF-8 whatever the locale; bytes of odd file names pass through as they came."""
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(encoding="utf-8", errors="surrogateescape")


def run(arguments: Sequence[str] | None = None) -> int:
    """Run the command line; return its exit code. Never shows a traceback."""
    _speak_utf8()
    try:
        code: Any = app(args=arguments, standalone_mode=False)
        if code == INTERRUPTED:  # typer's own answer to Ctrl-C is silent
            _say("interrupted, nothing was written")
        return code if isinstance(code, int) else DONE
    except (KeyboardInterrupt, typer.Abort, _core.Cancelled):
        _say("interrupted, nothing was written")
        return INTERRUPTED
    except _core.NotAnalysable as error:
        _say(str(error))
        return NOT_ANALYSABLE
    except BrokenPipeError:
        # Whoever read our output has gone; python would complain once more at exit.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return DONE
    except OSError as error:
        _say(str(error))
        return UNREADABLE
    except (ValueError, TypeError) as error:
        _say(str(error))
        return WRONG_ARGUMENTS
    except Exception as error:
        # Usage errors; typer brings its own copy of click, whose classes have no public name.
        if callable(said := getattr(error, "format_message", None)):
            _say(said())
            return WRONG_ARGUMENTS
        if os.environ.get("RUNMECH_TRACEBACK"):
            raise
        _say(f"this is a fault in runmech: {type(error).__name__}: {error}")
        _say("RUNMECH_TRACEBACK=1 shows where")
        return 1


def main() -> NoReturn:
    """Entry point of the ``runmech`` command."""
    sys.exit(run())


if __name__ == "__main__":
    main()
