"""Where the recordings are, which runners of RBDS are to be scored, and how to say how far one is.

Every benchmark that reads recordings takes `--data FOLDER`; those on RBDS also `--runners`.
"""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import TypeVar

T = TypeVar("T")
SPEEDS = ("25", "35", "45")  # of RBDS, tenths of m/s
_SUFFIXES = (".c3d.gz", ".c3d")


def data_folder() -> Path:
    """Return $RUNMECH_DATA, or ../shared/data beside the project."""
    beside = Path(__file__).resolve().parents[2].parent / "shared" / "data"
    return Path(os.environ.get("RUNMECH_DATA", beside))


def parser(doc: str, *, rbds: bool = False) -> argparse.ArgumentParser:
    """Return a parser with `--data` and, for benchmarks on RBDS, `--runners` and `--speeds`."""
    about, _, rest = doc.partition("\n\n")
    out = argparse.ArgumentParser(
        description=about, epilog=rest, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    out.add_argument(
        "--data", type=Path, default=data_folder(), metavar="FOLDER",
        help="folder of the recordings (%(default)s)",
    )  # fmt: skip
    if rbds:
        out.add_argument(
            "--runners", nargs="+", default=[], metavar="RUNNER",
            help="runners to score, such as 1,2,14 or RBDS001; default: all that are there",
        )  # fmt: skip
        out.add_argument(
            "--speeds", nargs="+", default=list(SPEEDS), metavar="SPEED",
            help="of 25 35 45, tenths of m/s; default: all",
        )  # fmt: skip
    return out


def separate(words: Iterable[str]) -> list[str]:
    """Split words at commas as well as blanks."""
    return [word for text in words for word in text.replace(",", " ").split()]


def rbds_folder(data: Path) -> Path:
    """Return the folder of the RBDS files: `data` itself, or its sub-folder."""
    return data / "rbds" if (data / "rbds").is_dir() else data


def rbds_file(folder: Path, stem: str) -> Path | None:
    """Return the C3D file of this stem, compressed or not; None where there is none."""
    return next((p for s in _SUFFIXES if (p := folder / f"{stem}{s}").exists()), None)


def rbds_runners(folder: Path, wanted: Iterable[str]) -> list[str]:
    """Return names such as RBDS001: those wanted, or all with a standing trial. Exits if none."""
    there = {p.name.split("static", maxsplit=1)[0] for s in _SUFFIXES
             for p in folder.glob(f"RBDS*static{s}")}  # fmt: skip
    names = []
    for word in separate(wanted):
        digits = word.upper().removeprefix("RBDS")
        name = f"RBDS{int(digits):03d}" if digits.isdecimal() else word
        if name not in there:
            raise SystemExit(f"runner {word}: no standing trial {name}static.c3d in {folder}")
        names.append(name)
    names = list(dict.fromkeys(names)) or sorted(there)
    if not names:
        raise SystemExit(f"no RBDS recordings in {folder}")
    return names


def rbds_speeds(wanted: Iterable[str]) -> list[str]:
    """Return the speeds asked for. Exits where one is not of RBDS."""
    speeds = separate(wanted)
    for speed in speeds:
        if speed not in SPEEDS:
            raise SystemExit(f"speed {speed}; allowed: {' '.join(SPEEDS)}")
    return speeds


def counted(items: list[T], name: str) -> Iterator[T]:
    """Yield the items, saying on standard error how many are done."""
    for i, item in enumerate(items):
        print(f"\r{name} {i + 1} of {len(items)}: {item}   ", end="", file=sys.stderr, flush=True)
        yield item
    print(file=sys.stderr)
