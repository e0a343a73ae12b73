"""Changes of two visits, one block per metric with its sides inside, real ones first."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from runmech import _core
from runmech.report import words

_ORDER = ("toward", "away", "stronger", "weaker", "inside", "ungraded")
_QUIET = ("possible", "no_detectable_change", "not_comparable")
_SIDES = ("left", "right", "both")


@dataclass(frozen=True)
class Block:
    """One metric or strength test: the changes of its sides, left, right, both."""

    changes: tuple[_core.Change, ...]
    rank: int  #: of the most telling side; real changes first
    verdicts: tuple[tuple[str, str, str], ...]  #: words, colour's name, sides ("" = all)

    @property
    def first(self) -> _core.Change:
        """A change of this metric: for what all sides share."""
        return self.changes[0]

    @property
    def real(self) -> tuple[_core.Change, ...]:
        """The sides that really changed."""
        return tuple(c for c in self.changes if words.is_real(c))


def blocks(changes: Sequence[_core.Change]) -> list[Block]:
    """Group changes by metric; the most telling first, otherwise in the order given."""
    by_metric: dict[str, list[_core.Change]] = {}
    for change in changes:
        by_metric.setdefault(change.metric, []).append(change)
    made = [_block(own) for own in by_metric.values()]
    return sorted(made, key=lambda block: block.rank)


def _block(changes: list[_core.Change]) -> Block:
    changes.sort(key=lambda c: _SIDES.index(c.side))
    said: dict[tuple[str, str], list[str]] = {}
    for change in sorted(changes, key=_rank):
        said.setdefault(words.verdict(change), []).append(change.side)
    verdicts = tuple(
        (word, colour, "" if len(said) == 1 else " and ".join(sides))
        for (word, colour), sides in said.items()
    )
    return Block(tuple(changes), min(map(_rank, changes)), verdicts)


def _rank(change: _core.Change) -> int:
    if words.is_real(change):
        return _ORDER.index(change.lead)
    return len(_ORDER) + _QUIET.index(change.verdict)
