"""Session dates: the date is a property of the session, never of the machine that reads it."""

from __future__ import annotations

import datetime as dt
import re
import zoneinfo
from dataclasses import dataclass

_ZONE_NAME = re.compile(r"^(?P<clock>.*?)\s*\[?(?P<zone>[A-Za-z]+/[A-Za-z_+\-/0-9]+|UTC)\]?$")


@dataclass(frozen=True)
class SessionDate:
    """When a session took place, as stated.

    ``clock`` is the wall clock where it was recorded, ``instant`` the same moment in UTC, or None
    where no zone was stated or only a day.
    """

    text: str
    clock: dt.datetime | None
    instant: dt.datetime | None
    note: str = ""

    @property
    def day(self) -> str:
        """The day on the session's own clock, ISO 8601; the text itself where it is no date."""
        return self.clock.date().isoformat() if self.clock else self.text

    def before(self, other: SessionDate) -> bool | None:
        """Whether this session came first; None where that cannot be told."""
        if self.instant and other.instant:
            return self.instant < other.instant
        if self.clock and other.clock and self.clock.date() != other.clock.date():
            return self.clock.date() < other.clock.date()
        return None


def parse(text: str) -> SessionDate:
    """Read an ISO 8601 date, with or without time, with an offset, ``Z`` or a zone name behind it.

    A text that is no date stays readable as it is: ``clock`` and ``instant`` are None and ``note``
    says why.
    """
    given = text.strip()
    if not given:
        return SessionDate("", None, None, "no date stated")
    clock_text, zone_name = given, None
    named = _ZONE_NAME.match(given)
    if named:
        clock_text, zone_name = named["clock"], named["zone"]
    if clock_text.endswith(("Z", "z")):
        clock_text = clock_text[:-1] + "+00:00"
    try:
        clock = dt.datetime.fromisoformat(clock_text)
    except ValueError:
        return SessionDate(given, None, None, "not an ISO 8601 date")
    if zone_name:
        try:
            zone = zoneinfo.ZoneInfo(zone_name)
        except (zoneinfo.ZoneInfoNotFoundError, ValueError):
            return SessionDate(given, clock, None, f"zone {zone_name} is not known here")
        note = ""
        if clock.replace(tzinfo=zone, fold=0).utcoffset() != (
            clock.replace(tzinfo=zone, fold=1).utcoffset()
        ):
            note = "this hour occurs twice on that night; the first is meant"
        clock = clock.replace(tzinfo=zone)
        return SessionDate(given, clock, clock.astimezone(dt.timezone.utc), note)
    if clock.tzinfo is None:
        day_only = len(clock_text) <= len("2025-07-06")
        return SessionDate(given, clock, None, "" if day_only else "no zone")
    return SessionDate(given, clock, clock.astimezone(dt.timezone.utc))
