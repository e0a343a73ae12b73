"""An output folder that holds a complete result or none."""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from runmech._core import IoError


def _refuse(path: Path, reason: str) -> IoError:
    error = IoError(f"{readable(path)}: {reason}")
    for name, value in (("path", readable(path)), ("place", ""), ("reason", reason)):
        setattr(error, name, value)
    return error


def check(folder: Path) -> None:
    """Create ``folder`` if need be and try to write in it: a cheap question before long work."""
    if folder.exists() and not folder.is_dir():
        raise _refuse(folder, "the output must be a folder, but this is a file")
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with tempfile.NamedTemporaryFile(dir=folder, prefix=".runmech-"):
            pass
    except OSError as error:
        raise _refuse(folder, f"cannot write there ({error.strerror or error})") from None


@contextmanager
def staged(folder: Path) -> Iterator[Path]:
    """Yield a scratch folder whose files move into ``folder`` together, when all are written.

    On any exception, Ctrl-C included, the scratch folder goes and ``folder`` keeps what it had.
    """
    check(folder)
    scratch = Path(tempfile.mkdtemp(dir=folder, prefix=".runmech-"))
    try:
        yield scratch
        for path in sorted(scratch.iterdir()):
            path.replace(folder / path.name)
    except OSError as error:
        if isinstance(error, IoError) and str(scratch) not in str(error):
            raise
        reason = getattr(error, "reason", None) or error.strerror or str(error)
        raise _refuse(folder, f"the results cannot be written ({reason})") from None
    finally:
        shutil.rmtree(scratch, ignore_errors=True)


def readable(path: os.PathLike[str] | str) -> str:
    """Return a path as text that is valid UTF-8 whatever the locale: for reports and messages."""
    # Bytes that the locale could not read came in as surrogates and go back to what they were.
    text = os.fspath(path)
    return text.encode("utf-8", "surrogateescape").decode("utf-8", "replace")
