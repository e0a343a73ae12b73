"""Session dates belong to the session, not to the machine (C32)."""

from __future__ import annotations

import os
import subprocess
import sys

import pytest

import runmech as rm

A, B, C = "2025-07-06T01:44:02+02:00", "2025-07-05T23:44:02Z", "2025-07-06 01:44:02"
ZONES = ("UTC", "Europe/Berlin", "Pacific/Auckland")


def order(a: str, b: str) -> int | None:
    return rm.order_of(rm.parse_session_date(a), rm.parse_session_date(b))


def test_a_and_b_are_one_instant_on_their_own_days() -> None:
    a, b = rm.parse_session_date(A), rm.parse_session_date(B)
    assert (a.day, b.day) == ("2025-07-06", "2025-07-05")
    assert a.instant_s is not None
    assert a.instant_s == b.instant_s
    assert order(A, B) == 0


def test_without_a_zone_it_is_used_and_marked() -> None:
    c = rm.parse_session_date(C)
    assert c.day == "2025-07-06"
    assert c.instant_s is None
    assert c.note == "no zone"
    assert order("2025-07-01", C) == -1


def test_order_is_by_instant_not_by_wall_clock() -> None:
    early, late = "2025-07-06T09:00:00+10:00", "2025-07-05T23:30:00Z"  # 23:00 and 23:30 UTC
    assert order(early, late) == -1
    assert order(late, early) == 1


def test_the_repeated_hour_neither_crashes_nor_swaps() -> None:
    twice = "2025-10-26T02:30 Europe/Berlin"
    assert rm.parse_session_date(twice).day == "2025-10-26"
    assert order("2025-10-25", twice) == -1
    assert order(twice, "2025-10-26T03:30 Europe/Berlin") in (-1, None)


@pytest.mark.parametrize("text", ["yesterday", "2025-13-45", "06.07.2025", "Z", "\N{DIGIT ONE}"])
def test_what_is_no_date_is_said(text: str) -> None:
    read = rm.parse_session_date(text)
    assert read.day == ""
    assert read.note
    assert read.text == text


def test_the_same_under_every_zone_of_the_machine() -> None:
    code = (
        "import runmech as rm\n"
        f"for t in ({A!r}, {B!r}, {C!r}):\n"
        "    d = rm.parse_session_date(t); print(d.day, d.instant_s, d.clock_s, d.note)"
    )
    said = {
        subprocess.run(
            [sys.executable, "-c", code],
            env={**os.environ, "TZ": zone},
            capture_output=True,
            text=True,
            check=True,
        ).stdout
        for zone in ZONES
    }
    assert len(said) == 1
    assert said.pop().count("\n") == 3
