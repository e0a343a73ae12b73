"""Running mechanics with honest error bars."""

from runmech import _logging
from runmech._core import (
    Cancelled,
    FileEvent,
    ForcePlate,
    GaitEvent,
    GaitEvents,
    IoError,
    MetricRow,
    MetricTable,
    NotAnalysable,
    Note,
    Recording,
    StrengthTrial,
    Subject,
    TimeSpan,
    TrialContext,
    __version__,
    resource,
    resource_names,
)

__all__ = [
    "Cancelled",
    "FileEvent",
    "ForcePlate",
    "GaitEvent",
    "GaitEvents",
    "IoError",
    "MetricRow",
    "MetricTable",
    "NotAnalysable",
    "Note",
    "Recording",
    "StrengthTrial",
    "Subject",
    "TimeSpan",
    "TrialContext",
    "__version__",
    "resource",
    "resource_names",
]

_logging.forward()

# Tracebacks show the public names.
for _error in (Cancelled, IoError, NotAnalysable):
    _error.__module__ = __name__
