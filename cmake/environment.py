"""What ./dev needs to know from pyproject.toml, so that no list stands twice.

python cmake/environment.py requirements   one requirement per line: build, runtime and all extras
python cmake/environment.py link           make the sources importable and the commands callable
Runs inside the project's virtual environment, before anything is installed into it.
"""

from __future__ import annotations

import stat
import sys
import sysconfig
from pathlib import Path

try:
    import tomllib
except ModuleNotFoundError:  # Python 3.10: the reader that every pip carries
    from pip._vendor import tomli as tomllib

ROOT = Path(__file__).resolve().parent.parent


def project() -> dict:
    """Read pyproject.toml."""
    return tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))


def requirements() -> list[str]:
    """Everything that a developer's environment holds."""
    table = project()
    wanted = list(table["build-system"]["requires"]) + list(table["project"]["dependencies"])
    for extra in table["project"]["optional-dependencies"].values():
        wanted += extra
    return wanted


def link() -> None:
    """Put python/ on the environment's path and write its console scripts."""
    (Path(sysconfig.get_path("purelib")) / "runmech.pth").write_text(f"{ROOT / 'python'}\n")
    for name, target in project()["project"]["scripts"].items():
        module, function = target.split(":")
        script = Path(sysconfig.get_path("scripts")) / name
        script.write_text(
            f"#!{sys.executable}\nimport sys\n\nfrom {module} import {function}\n\n"
            f"sys.exit({function}())\n"
        )
        script.chmod(script.stat().st_mode | stat.S_IXUSR | stat.S_IXGRP | stat.S_IXOTH)


if __name__ == "__main__":
    if sys.argv[1:] == ["requirements"]:
        print("\n".join(requirements()))
    elif sys.argv[1:] == ["link"]:
        link()
    else:
        sys.exit(__doc__)
