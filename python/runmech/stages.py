"""Progress of several steps as one."""

from __future__ import annotations

from collections.abc import Callable

from runmech import _core

Progress = Callable[[float, str], bool | None]


class Stages:
    """Spreads the progress of several steps over 0..1."""

    def __init__(self, progress: Progress | None, n: int) -> None:
        self._progress, self._n, self._done = progress, n, 0

    def next(self, stage: str) -> Progress:
        """Begin the next step; return its own progress callback."""
        start = self._done / self._n
        self._done += 1
        self(start, stage)
        return lambda fraction, what: self(start + fraction / self._n, f"{stage}: {what}")

    def __call__(self, fraction: float, stage: str) -> None:
        """Say how far all steps are together; Cancelled where the caller wants no more."""
        if self._progress is not None and self._progress(fraction, stage) is False:
            raise _core.Cancelled("cancelled")
