"""Running mechanics with honest error bars."""

from runmech import _logging
from runmech._core import (
    BodyPoint,
    Cancelled,
    Coordinate,
    FileEvent,
    FitOptions,
    ForcePlate,
    FrameFitOptions,
    FrameQuality,
    GaitEvent,
    GaitEvents,
    IoError,
    Marker,
    MetricRow,
    MetricTable,
    Motion,
    NotAnalysable,
    Note,
    Recording,
    Segment,
    Skeleton,
    StrengthTrial,
    Subject,
    TimeSpan,
    TrialContext,
    __version__,
    fit,
    resource,
    resource_names,
    running_skeleton,
)

__all__ = [
    "BodyPoint",
    "Cancelled",
    "Coordinate",
    "FileEvent",
    "FitOptions",
    "ForcePlate",
    "FrameFitOptions",
    "FrameQuality",
    "GaitEvent",
    "GaitEvents",
    "IoError",
    "Marker",
    "MetricRow",
    "MetricTable",
    "Motion",
    "NotAnalysable",
    "Note",
    "Recording",
    "Segment",
    "Skeleton",
    "StrengthTrial",
    "Subject",
    "TimeSpan",
    "TrialContext",
    "__version__",
    "fit",
    "resource",
    "resource_names",
    "running_skeleton",
]

_logging.forward()

# Tracebacks show the public names.
for _error in (Cancelled, IoError, NotAnalysable):
    _error.__module__ = __name__
