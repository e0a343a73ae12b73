"""A folder holds a complete result or none (C34, C39)."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

import runmech as rm
from runmech import output


def names(folder: Path) -> list[str]:
    return sorted(p.name for p in folder.iterdir())


def test_files_appear_together_at_the_end(tmp_path: Path) -> None:
    with output.staged(tmp_path / "new" / "folder") as scratch:
        (scratch / "a.csv").write_text("1")
        assert [p for p in names(tmp_path / "new" / "folder") if not p.startswith(".")] == []
    assert names(tmp_path / "new" / "folder") == ["a.csv"]


@pytest.mark.parametrize("error", [ValueError("x"), KeyboardInterrupt(), OSError(28, "No space")])
def test_a_failure_leaves_what_was_there(tmp_path: Path, error: BaseException) -> None:
    (tmp_path / "a.csv").write_text("old")
    expected = rm.IoError if isinstance(error, OSError) else type(error)
    with pytest.raises(expected), output.staged(tmp_path) as scratch:
        (scratch / "a.csv").write_text("new")
        raise error
    assert names(tmp_path) == ["a.csv"]
    assert (tmp_path / "a.csv").read_text() == "old"


def test_a_file_in_the_way_is_named(tmp_path: Path) -> None:
    there = tmp_path / "result"
    there.write_text("mine")
    with pytest.raises(rm.IoError, match=r"result.*file") as caught:
        output.check(there)
    assert caught.value.path == str(there)  # type: ignore[attr-defined]
    assert there.read_text() == "mine"


def test_a_read_only_folder_is_named(tmp_path: Path) -> None:
    # As root every folder is writable: ask as somebody else.
    tmp_path.chmod(0o755)
    locked = tmp_path / "locked"
    locked.mkdir(mode=0o555)
    code = (
        "import sys\nfrom pathlib import Path\nimport runmech as rm\nfrom runmech import output\n"
        "import os\n"
        "if os.geteuid() == 0: os.setgid(65534); os.setuid(65534)\n"
        "try: output.check(Path(sys.argv[1]))\n"
        "except rm.IoError as error: print(error)\n"
    )
    for parent in tmp_path.parents:
        if parent.owner() == tmp_path.owner() and parent.name.startswith("pytest"):
            parent.chmod(parent.stat().st_mode | 0o055)
    done = subprocess.run(
        [sys.executable, "-c", code, str(locked)], capture_output=True, text=True, env=os.environ
    )
    assert str(locked) in done.stdout, done.stderr
    assert "cannot write" in done.stdout


def test_a_name_that_is_not_utf8_is_still_text() -> None:
    odd = os.fsdecode(b"L\xe4ufer.c3d")
    assert output.readable(odd).encode("utf-8")
    assert output.readable("Läufer Müller é.c3d") == "Läufer Müller é.c3d"
