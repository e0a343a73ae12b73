"""Running mechanics with honest error bars."""

from runmech._core import (
    Cancelled,
    IoError,
    NotAnalysable,
    __version__,
    resource,
    resource_names,
)

__all__ = [
    "Cancelled",
    "IoError",
    "NotAnalysable",
    "__version__",
    "resource",
    "resource_names",
]
