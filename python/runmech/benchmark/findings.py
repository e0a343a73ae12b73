"""What is held fixed, and what detectors said: the input of every table."""

from __future__ import annotations

from dataclasses import asdict, dataclass

from runmech import _core
from runmech.benchmark.work import TrialResult


@dataclass(frozen=True)
class Protocol:
    """What is held fixed, so that figures can be compared. Error = detector - force, + = late.

    Truth: vertical force through max(threshold_n, 5 SD of the flights), zero-lag 50 Hz, between
    samples (force_contacts). Matching: per foot and type, one to one, in order, within window_s;
    nothing within edge_s of the record's ends. Offset-corrected: the median error of the other
    runners (mean over runners of their medians, matched within offset_window_s) is taken from
    every event of a runner, separately for strikes and toe-offs, before matching.
    """

    version: str = "1.0"
    threshold_n: float = 20.0
    window_s: float = 0.05
    edge_s: float = 0.05
    offset_window_s: float = 0.15
    tolerances_ms: tuple[float, ...] = (10.0, 25.0, 50.0)
    resamples: int = 2000
    seed: int = 1

    def __post_init__(self) -> None:
        if not 5.0 <= self.threshold_n <= 500.0:
            raise ValueError(f"threshold_n is {self.threshold_n}; allowed: 5 to 500 N")
        if not 0.0 < self.window_s <= 0.2:
            raise ValueError(f"window_s is {self.window_s}; allowed: above 0, up to 0.2 s")


def _several(names: list[str]) -> str:
    return f"{names[0]}{f' and {len(names) - 1} more' if names[1:] else ''}"


@dataclass
class Findings:
    """What all detectors said about all trials."""

    trials: list[TrialResult]
    detectors: list[str]
    conditions: list[str]
    protocol: Protocol
    source: str

    @property
    def usable(self) -> list[TrialResult]:
        """Trials that have a force truth."""
        return [t for t in self.trials if not t.fault]

    @property
    def faults(self) -> list[str]:
        """What could not be used, and what detectors raised, in words; alike ones together."""
        unusable: dict[str, list[str]] = {}
        raised: dict[tuple[str, str], list[str]] = {}
        for trial in self.trials:
            if trial.fault:
                unusable.setdefault(trial.fault, []).append(trial.name)
            for found in trial.found:
                if found.fault:
                    raised.setdefault((found.detector, found.fault), []).append(trial.name)
        return [
            *(f"{_several(names)}: {fault}" for fault, names in unusable.items()),
            *(f"{who} on {_several(names)}: {fault}" for (who, fault), names in raised.items()),
        ]

    def about(self) -> dict[str, object]:
        """Return protocol, data and versions, for the head of every output."""
        return {
            "runmech": _core.__version__,
            "protocol": asdict(self.protocol),
            "source": self.source,
            "trials": len(self.usable),
            "subjects": len({t.subject for t in self.usable}),
            "detectors": self.detectors,
            "conditions": self.conditions,
        }
