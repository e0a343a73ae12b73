"""The rules of the house: who may include whom, how long a file may be, one version."""

import ast
import graphlib
import re
import statistics
import subprocess
from pathlib import Path

import pytest

import runmech

ROOT = Path(__file__).resolve().parents[2]
FLOORS = {
    "core": 0,
    "signal": 1,
    "data": 2,
    "skeleton": 3,
    "io": 4,
    "fit": 4,
    "gait": 5,
    "metrics": 6,
    "strength": 6,
    "assess": 7,
}
SYNTH_SEES = {"core", "signal", "data", "skeleton", "synth"}
HEADERS = sorted((ROOT / "include").rglob("*.hpp"))
SOURCES = sorted(p for p in (ROOT / "src").rglob("*") if p.suffix in {".cpp", ".hpp"})
INCLUDE = re.compile(r'^\s*#\s*include\s*[<"]([^>"]+)[>"]', re.MULTILINE)


def includes(path: Path) -> list[str]:
    return INCLUDE.findall(path.read_text(encoding="utf-8"))


def floor_of(path: Path) -> str:
    base = ROOT / "include/runmech" if ROOT / "include" in path.parents else ROOT / "src"
    return path.relative_to(base).parts[0]


def may_include(floor: str, other: str) -> bool:
    if floor == "synth":
        return other in SYNTH_SEES
    return other == floor or (other in FLOORS and FLOORS[other] < FLOORS[floor])


def floor_of_include(path: Path, name: str) -> str | None:
    """Floor that an include line reaches, None for the standard library and the like."""
    if name.startswith("runmech/"):
        return name.split("/")[1]
    beside = (path.parent / name).resolve()
    if beside.is_file() and ROOT / "src" in beside.parents:
        return floor_of(beside)
    return "core" if (ROOT / "src/core" / name).is_file() else None


def test_every_file_stands_on_a_known_floor():
    assert {floor_of(p) for p in HEADERS + SOURCES} <= {*FLOORS, "synth"}


def test_a_floor_includes_only_from_floors_below():
    wrong = [
        f"{path.relative_to(ROOT)} includes {name}"
        for path in HEADERS + SOURCES
        for name in includes(path)
        if (other := floor_of_include(path, name)) and not may_include(floor_of(path), other)
    ]
    assert not wrong, "\n".join(wrong)


def test_the_rule_would_notice():
    assert not may_include("signal", "data")
    assert not may_include("io", "fit")
    assert not may_include("fit", "io")
    assert not may_include("gait", "synth")
    assert may_include("io", "skeleton")
    assert floor_of_include(ROOT / "src/gait/x.cpp", "runmech/assess/a.hpp") == "assess"


@pytest.mark.parametrize(
    ("library", "allowed"),
    [
        ("ceres/", re.compile(r"^src/fit/\w+_ceres\.cpp$")),
        ("spdlog/", re.compile(r"^src/core/log\.cpp$")),
        ("nlohmann/", re.compile(r"^src/\w+/\w+\.cpp$")),
        ("zlib.h", re.compile(r"^src/io/\w+\.cpp$")),
    ],
)
def test_a_dependency_is_included_only_where_it_lives(library, allowed):
    wrong = [
        str(path.relative_to(ROOT))
        for path in HEADERS + SOURCES
        if any(name.startswith(library) for name in includes(path))
        and not allowed.match(path.relative_to(ROOT).as_posix())
    ]
    assert not wrong, f"{library} is included by {wrong}"


def test_public_headers_need_eigen_and_the_standard_library_only():
    wrong = [
        f"{path.relative_to(ROOT)} includes {name}"
        for path in HEADERS
        for name in includes(path)
        if "/" in name and not name.startswith(("runmech/", "Eigen/"))
    ]
    assert not wrong, "\n".join(wrong)


def python_imports(path: Path) -> set[str]:
    """Modules of the package that a module asks for anywhere: lazily and for types, too."""
    wanted = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            wanted |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            wanted |= {node.module, *(f"{node.module}.{alias.name}" for alias in node.names)}
    return wanted


def test_python_modules_import_in_one_direction():
    package = ROOT / "python/runmech"
    modules = {
        ".".join(path.relative_to(package.parent).with_suffix("").parts): path
        for path in package.rglob("*.py")
        if path.stem != "__init__"
    }
    graph = {name: python_imports(path) & set(modules) for name, path in modules.items()}
    assert "runmech.results" in graph["runmech.report.build"]  # seen although for types only
    try:
        tuple(graphlib.TopologicalSorter(graph).static_order())
    except graphlib.CycleError as error:
        pytest.fail(" imports ".join(error.args[1]))


def test_headers_are_short():
    lines = {p: len(p.read_text(encoding="utf-8").splitlines()) for p in HEADERS}
    assert {str(p): n for p, n in lines.items() if n > 250} == {}
    assert statistics.median(lines.values()) <= 90


def test_every_source_says_its_licence():
    cpp = [*HEADERS, *SOURCES, *(ROOT / "tests").rglob("*.cpp"), *(ROOT / "bindings").glob("*.?pp")]
    line = "// SPDX-License-Identifier: BSD-3-Clause"
    wrong = [str(p) for p in cpp if not p.read_text(encoding="utf-8").startswith(line)]
    assert not wrong


def test_one_version():
    version = (ROOT / "VERSION").read_text(encoding="utf-8").strip()
    assert re.fullmatch(r"\d+\.\d+\.\d+", version)
    assert runmech.__version__ == version
    # CMake and pyproject.toml read the file; nobody writes the number a second time.
    assert "file(STRINGS VERSION" in (ROOT / "CMakeLists.txt").read_text(encoding="utf-8")
    project = (ROOT / "pyproject.toml").read_text(encoding="utf-8")
    assert 'dynamic = ["version"]' in project and 'input = "VERSION"' in project
    assert not re.search(r"^version\s*=", project, re.MULTILINE)
    changelog = (ROOT / "CHANGELOG.md").read_text(encoding="utf-8")
    assert f"## [{version}]" in changelog or "## [Unreleased]" in changelog


def test_data_files_are_embedded_under_their_names():
    files = [p.relative_to(ROOT / "src") for p in (ROOT / "src").glob("*/data/**/*") if p.is_file()]
    on_disk = {"/".join((p.parts[0], *p.parts[2:])) for p in files}
    assert set(runmech.resource_names()) == on_disk


def test_links_in_the_documents_lead_somewhere():
    broken = []
    documents = [*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md")]
    assert documents
    for document in documents:
        for target in re.findall(r"\]\(([^)#\s]+)(?:#[^)]*)?\)", document.read_text("utf-8")):
            if not re.match(r"[a-z]+:", target) and not (document.parent / target).exists():
                broken.append(f"{document.relative_to(ROOT)} -> {target}")
    assert not broken, "\n".join(broken)


def test_the_script_explains_itself():
    said = subprocess.run([ROOT / "dev", "--help"], capture_output=True, text=True, check=True)
    for command in ("build", "run", "test", "demo", "bench", "fuzz", "lint", "docs"):
        assert f"  {command} " in said.stdout
    wrong = subprocess.run([ROOT / "dev", "no-such"], capture_output=True, text=True, check=False)
    assert wrong.returncode == 2
