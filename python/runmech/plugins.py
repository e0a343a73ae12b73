"""Detectors from outside: a Python file or module and the name of a class or function in it."""

from __future__ import annotations

import difflib
import importlib
import importlib.util
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, Protocol, runtime_checkable

from runmech import _core


@runtime_checkable
class DetectorObject(Protocol):
    """Anything with this method is a detector."""

    def detect(self, signals: _core.GaitSignals, /) -> _core.GaitEvents:
        """Find foot strikes and toe-offs."""
        ...


Detector = Callable[[_core.GaitSignals], _core.GaitEvents] | DetectorObject


def detector_from(name: str) -> str | Detector:
    """Return a built-in detector's name as it is, or what ``file.py:Name`` stands for.

    ``file.py:Name`` and ``package.module:Name`` name a class (made without arguments), an object
    with a method ``detect``, or a function of GaitSignals that returns GaitEvents. Raises
    ValueError where the name is unknown, the file is missing or nothing of that name is a detector;
    whatever the file itself raises goes through as ValueError, too.
    """
    if ":" not in name:
        if name not in _core.detector_names():
            known = ", ".join(_core.detector_names())
            near = difflib.get_close_matches(name, _core.detector_names(), n=1)
            meant = f"did you mean {near[0]}? There are" if near else "there are"
            raise ValueError(
                f"no detector is called '{name}'; {meant} {known}, and file.py:Name for your own"
            )
        return name
    place, _, attribute = name.rpartition(":")
    module = _module(place)
    try:
        found = getattr(module, attribute)
    except AttributeError:
        raise ValueError(f"detector {name}: {place} has no '{attribute}'") from None
    try:
        return _made(found)
    except TypeError as error:
        raise ValueError(f"detector {name}: {error}") from None


def label_of(detector: str | Detector) -> str:
    """Return what tables call a detector."""
    if isinstance(detector, str):
        return detector.rpartition(":")[2]
    owner = getattr(detector, "__self__", detector if hasattr(detector, "detect") else None)
    if owner is not None and not isinstance(owner, type):
        return type(owner).__name__
    return str(getattr(detector, "__name__", type(detector).__name__))


def labels_of(detectors: Sequence[str | Detector]) -> list[str]:
    """Return what tables call several detectors: with the file's name where two are called alike.

    Raises ValueError where that does not tell them apart.
    """
    plain = [label_of(d) for d in detectors]
    out = [
        f"{Path(d.rpartition(':')[0]).stem}:{label}"
        if plain.count(label) > 1 and isinstance(d, str) and ":" in d
        else label
        for d, label in zip(detectors, plain, strict=True)
    ]
    if twice := sorted({label for label in out if out.count(label) > 1}):
        raise ValueError(f"two detectors are called {', '.join(twice)}")
    return out


def _made(found: Any) -> Detector:
    thing = found() if isinstance(found, type) else found
    if not callable(getattr(thing, "detect", thing)):
        raise TypeError("a detector is a class, an object with a method detect, or a function")
    return thing  # type: ignore[no-any-return]


def _module(place: str) -> Any:
    path = Path(place)
    try:
        if path.suffix != ".py":
            return importlib.import_module(place)
        if not path.is_file():
            raise ValueError(f"detector file {place}: no such file")
        spec = importlib.util.spec_from_file_location(f"runmech_plugin_{path.stem}", path)
        if spec is None or spec.loader is None:
            raise ValueError(f"detector file {place}: cannot be loaded")
        module = importlib.util.module_from_spec(spec)
        if (folder := str(path.resolve().parent)) not in sys.path:
            sys.path.append(folder)  # what lies beside the file can be imported by it
        sys.modules[spec.name] = module
        spec.loader.exec_module(module)
        return module
    except ImportError as error:
        raise ValueError(f"detector {place}: {error}") from None
    except ValueError:
        raise
    except Exception as error:
        raise ValueError(f"detector file {place}: {type(error).__name__}: {error}") from error
