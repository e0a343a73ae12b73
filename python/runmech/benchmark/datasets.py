"""Which recordings a folder holds, and what belongs together: run, standing trial, forces, runner.

Five layouts are known, looked for in this order:

* a table ``trials.csv``: one row per trial; columns ``recording`` (required), ``subject``,
  ``trial``, ``forces``, ``static``, ``surface``, ``speed_m_s``, ``mass_kg``; paths relative to the
  table; every other column is a stratum of its own;
* RBDS (Fukuchi 2017): ``RBDS<runner>runT<speed>.c3d[.gz]`` with ``RBDS<runner>static.c3d[.gz]``;
* TRC markers with forces in a MOT or STO file whose name has the same words, apart from words such
  as ``grf`` or ``markers`` (files of joint angles are told from them by their columns);
* C3D files with force plates;
* BioMAC csv with measured forces, which are in % of body weight: where no table gives the mass,
  70 kg are assumed, and said.

In the last three a file with ``static``, ``stand``, ``t-pose`` or ``n-pose`` in its name is the
standing trial of its folder, and the folder is the runner.
"""

from __future__ import annotations

import csv
import gzip
import itertools
import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from runmech import _core, api

_NOT_NAMES = {"grf", "forces", "force", "markers", "marker", "motion", "capture", "mocap", "ground"}
_STANDING = re.compile(r"static|stand|[tn][-_ ]?pose", re.IGNORECASE)
_RBDS = re.compile(r"(RBDS\d+)runT(\d\d)\.c3d(\.gz)?$")
_COLUMNS = {"recording", "subject", "trial", "forces", "static", "surface", "speed_m_s", "mass_kg"}

#: Of a runner whose forces are in % of body weight and whose mass is not told.
ASSUMED_MASS_KG = 70.0


@dataclass(frozen=True)
class BenchmarkTrial:
    """One recording with force truth, as files: cheap to send to another process."""

    recording: Path
    subject: str
    name: str
    forces: Path | None = None
    static: Path | None = None
    surface: str | None = None
    speed_m_s: float | None = None
    mass_kg: float | None = None
    mass_assumed: bool = False
    strata: Mapping[str, str] = field(default_factory=dict)

    def load(self) -> tuple[_core.Recording, _core.Recording | None]:
        """Read the run, with its plates, and the standing trial. Raises as read does."""
        known: dict[str, Any] = {}
        if self.surface is not None:
            known["surface"] = self.surface
        if self.speed_m_s is not None:
            known["speed_m_s"] = self.speed_m_s
        if self.mass_kg is not None:
            known["mass_kg"] = self.mass_kg
        recording = api.read(self.recording, **known)
        if self.forces is not None:
            options = _core.ReadOptions(mass_kg=self.mass_kg or 0.0)
            _core.attach_forces(recording, _core.read_forces(self.forces, options))
        return recording, None if self.static is None else api.read(self.static)


def find_trials(data: Path | str) -> list[BenchmarkTrial]:
    """Return the trials of a folder, sorted. Raises ValueError naming the layouts if none fits."""
    folder = Path(data)
    if folder.is_file() and folder.suffix == ".csv":
        return _from_table(folder)
    if folder.is_file():
        raise ValueError(f"benchmark data {folder}: give a folder, or a table trials.csv")
    if not folder.is_dir():
        raise ValueError(f"benchmark data {folder}: no such folder")
    if (folder / "trials.csv").is_file():
        return _from_table(folder / "trials.csv")
    loaders: tuple[Callable[[Path], list[BenchmarkTrial]], ...] = (_rbds, _trc, _c3d, _biomac)
    for loader in loaders:
        if trials := loader(folder):
            return trials
    raise ValueError(
        f"benchmark data {folder}: no trial with forces found; known are a table trials.csv, "
        "RBDS*runT*.c3d, TRC with MOT or STO forces of the same name, C3D with force plates, and "
        "BioMAC csv with measured forces"
    )


def _from_table(path: Path) -> list[BenchmarkTrial]:
    with path.open(newline="", encoding="utf-8-sig") as stream:
        reader = csv.DictReader(stream)
        if "recording" not in (reader.fieldnames or ()):
            raise ValueError(f"{path}: the table needs a column 'recording'")
        rows = list(reader)
    out = []
    for line, row in enumerate(rows, start=2):

        def file_of(column: str, row: dict[str, str] = row, line: int = line) -> Path | None:
            text = (row.get(column) or "").strip()
            if not text:
                return None
            found = path.parent / text
            if not found.exists():
                raise ValueError(f"{path} line {line}: {column} {text} is not there")
            return found

        recording = file_of("recording")
        if recording is None:
            raise ValueError(f"{path} line {line}: no recording is named")
        numbers: dict[str, float | None] = {}
        for column in ("speed_m_s", "mass_kg"):
            text = (row.get(column) or "").strip()
            try:
                numbers[column] = float(text) if text else None
            except ValueError:
                raise ValueError(f"{path} line {line}: {column} '{text}' is no number") from None
        out.append(
            BenchmarkTrial(
                recording,
                subject=(row.get("subject") or recording.parent.name).strip(),
                name=(row.get("trial") or _stem(recording)).strip(),
                forces=file_of("forces"),
                static=file_of("static"),
                surface=(row.get("surface") or "").strip() or None,
                speed_m_s=numbers["speed_m_s"],
                mass_kg=numbers["mass_kg"],
                strata={k: v for k, v in row.items() if k and k not in _COLUMNS and v},
            )
        )
    if not out:
        raise ValueError(f"{path}: the table names no trial")
    return out


def _stem(path: Path) -> str:
    name = path.name
    for suffix in (".gz", ".c3d", ".trc", ".mot", ".sto", ".csv", ".txt"):
        name = name.removesuffix(suffix)
    return name


def _files(folder: Path, *suffixes: str) -> list[Path]:
    return sorted(p for p in folder.rglob("*") if p.is_file() and p.name.lower().endswith(suffixes))


def _rbds(folder: Path) -> list[BenchmarkTrial]:
    out = []
    for path in _files(folder, ".c3d", ".c3d.gz"):
        match = _RBDS.match(path.name)
        if match is None:
            continue
        stands = [
            p for s in (".c3d.gz", ".c3d") if (p := path.with_name(f"{match[1]}static{s}")).exists()
        ]
        out.append(
            BenchmarkTrial(
                path,
                subject=match[1],
                name=_stem(path),
                static=stands[0] if stands else None,
                surface="treadmill",
            )
        )
    return out


def _standing(files: Iterable[Path], folder: Path) -> Path | None:
    here = [p for p in files if p.parent == folder and _STANDING.search(p.name)]
    return here[0] if here else None


def _holds_forces(path: Path) -> bool:
    """Whether a MOT or STO file has columns of forces: joint angles come in such files, too."""
    pattern = r"^\s*time\b.*(force|grf|_v[xyz]\b)"
    return re.search(pattern, _head(path, 60), re.IGNORECASE | re.MULTILINE) is not None


def _head(path: Path, lines: int) -> str:
    """Return the beginning of a text file; nothing where it cannot be read: another may do."""
    opened = gzip.open if path.suffix == ".gz" else open
    try:
        with opened(path, "rt", encoding="utf-8", errors="replace") as stream:
            return "".join(itertools.islice(stream, lines))
    except (OSError, EOFError):
        return ""


def _trc(folder: Path) -> list[BenchmarkTrial]:
    markers = _files(folder, ".trc", ".trc.gz")
    forces = _files(folder, ".mot", ".sto", ".mot.gz", ".sto.gz")

    def words(path: Path) -> frozenset[str]:
        return frozenset(re.split(r"[_\-. ]+", _stem(path).lower())) - _NOT_NAMES

    out = []
    for path in markers:
        if _STANDING.search(path.name):
            continue
        same = [
            p
            for p in forces
            if p.parent in (path.parent, path.parent.parent / "forces") and words(p) == words(path)
        ]
        if named := [p for p in same if _holds_forces(p)]:
            out.append(
                BenchmarkTrial(
                    path,
                    subject=path.parent.name,
                    name=_stem(path),
                    forces=named[0],
                    static=_standing(markers, path.parent),
                )
            )
    return out


def _c3d(folder: Path) -> list[BenchmarkTrial]:
    files = _files(folder, ".c3d", ".c3d.gz")
    return [
        BenchmarkTrial(
            path, subject=path.parent.name, name=_stem(path), static=_standing(files, path.parent)
        )
        for path in files
        if not _STANDING.search(path.name)
    ]


def _biomac(folder: Path) -> list[BenchmarkTrial]:
    def head(path: Path) -> str:
        return _head(path, 1)

    files = [p for p in _files(folder, ".csv", ".csv.gz") if head(p).startswith("time:time[")]
    # Tables with angles are computed from the measured ones.
    files = [p for p in files if "marker:" in head(p) and "angle:" not in head(p)]
    return [
        BenchmarkTrial(
            path,
            subject=path.parent.name,
            name=_stem(path),
            static=_standing(files, path.parent),
            mass_kg=ASSUMED_MASS_KG,
            mass_assumed="[BW%]" in head(path) or "[%BW]" in head(path),
        )
        for path in files
        if "GRF:" in head(path) and not _STANDING.search(path.name)
    ]
