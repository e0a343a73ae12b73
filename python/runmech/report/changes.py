"""Changes of two visits, one block per metric with its sides inside, real ones first."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from runmech import _core
from runmech.report import words

_ORDER = ("toward", "away", "stronger", "weaker", "inside", "shown")
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
    graded = words.graded_metrics()
    by_metric: dict[str, list[_core.Change]] = {}
    for change in changes:
        by_metric.setdefault(change.metric, []).append(change)
    made = [_block(own, graded) for own in by_metric.values()]
    return sorted(made, key=lambda block: block.rank)


def _block(changes: list[_core.Change], graded: frozenset[str]) -> Block:
    changes.sort(key=lambda c: _SIDES.index(c.side))
    said: dict[tuple[str, str], list[str]] = {}
    for change in sorted(changes, key=lambda c: _rank(c, graded)):
        said.setdefault(words.verdict(change, graded), []).append(change.side)
    verdicts = tuple(
        (word, colour, "" if len(said) == 1 else " and ".join(sides))
        for (word, colour), sides in said.items()
    )
    return Block(tuple(changes), min(_rank(c, graded) for c in changes), verdicts)


def _rank(change: _core.Change, graded: frozenset[str]) -> int:
    if words.is_real(change):
        return _ORDER.index(words.leads(change, graded))
    return len(_ORDER) + _QUIET.index(change.verdict)


def sentence(told: _core.Reassessment) -> str:
    """Sum up the metrics: how many really changed, and where to."""
    if not told.comparable:
        return str(told.text)
    graded = words.graded_metrics()
    made = blocks(told.changes)
    compared = [b for b in made if any(c.verdict != "not_comparable" for c in b.changes)]
    real = [b for b in made if b.real]
    led = {way: 0 for way in ("toward", "away", "inside", "shown")}
    for block in real:
        ways = [words.leads(c, graded) for c in block.real]
        # Where the sides disagree, the one that went the wrong way is told.
        led["away" if "away" in ways else ways[0]] += 1
    possible = sum(not b.real and any(c.verdict == "possible" for c in b.changes) for b in made)
    parts = [
        f"{n} {text}"
        for n, text in (
            (led["toward"], "toward the usual range"),
            (led["away"], "away from it"),
            (led["inside"], "inside it before and after"),
            (led["shown"], "not graded"),
        )
        if n
    ]
    where = f": {', '.join(parts)}" if parts else ""
    return (
        f"Of {len(compared)} metrics compared, {len(real)} really changed{where}. "
        f"{possible} possibly changed."
    )
