"""Session dates belong to the session, not to the machine (C32)."""

from __future__ import annotations

import subprocess
import sys

import pytest

from runmech import dates

A, B, C = "2025-07-06T01:44:02+02:00", "2025-07-05T23:44:02Z", "2025-07-06 01:44:02"
ZONES = ("UTC", "Europe/Berlin", "Pacific/Auckland")


def test_a_and_b_are_one_instant_on_their_own_days() -> None:
    a, b = dates.parse(A), dates.parse(B)
    assert a.day == "2025-07-06"
    assert b.day == "2025-07-05"
    assert a.instant == b.instant
    assert a.before(b) is False
    assert b.before(a) is False


def test_without_a_zone_it_is_used_and_marked() -> None:
    c = dates.parse(C)
    assert c.day == "2025-07-06"
    assert c.instant is None
    assert c.note == "no zone"
    assert dates.parse("2025-07-06").note == ""


def test_order_is_by_instant_not_by_wall_clock() -> None:
    early = dates.parse("2025-07-06T09:00:00+10:00")  # 23:00 UTC the day before
    late = dates.parse("2025-07-05T23:30:00Z")
    assert early.before(late) is True
    assert late.before(early) is False
    assert dates.parse(C).before(dates.parse(A)) is None
    assert dates.parse("2025-07-01").before(dates.parse("2025-07-15")) is True


def test_the_repeated_hour_is_used_and_said() -> None:
    twice = dates.parse("2025-10-26T02:30 Europe/Berlin")
    assert twice.day == "2025-10-26"
    assert "twice" in twice.note
    assert dates.parse("2025-10-26T02:10 Europe/Berlin").before(twice) is True
    assert twice.before(dates.parse("2025-10-26T03:30 Europe/Berlin")) is True


@pytest.mark.parametrize(
    "text", ["yesterday", "2025-13-45", "06.07.2025", "2025-07-06T99:00Z", "Z"]
)
def test_what_is_no_date_stays_readable_and_is_said(text: str) -> None:
    read = dates.parse(text)
    assert read.day == text
    assert read.note == "not an ISO 8601 date"


def test_the_same_under_every_zone_of_the_machine() -> None:
    code = f"from runmech import dates; print([dates.parse(t) for t in ({A!r}, {B!r}, {C!r})])"
    said = {
        subprocess.run(
            [sys.executable, "-c", code],
            env={"TZ": zone, "PATH": "/usr/bin"},
            capture_output=True,
            text=True,
            check=True,
        ).stdout
        for zone in ZONES
    }
    assert len(said) == 1
