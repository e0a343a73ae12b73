"""Numbers as a clinician reads them: unit, digits and the words of a direction."""

from __future__ import annotations

import math
import re

from runmech import _core

#: Shown units: factor and digits after the point. Inside it is seconds and metres.
_SHOWN: dict[str, tuple[str, float, int]] = {
    "s": ("ms", 1000.0, 0),
    "m": ("cm", 100.0, 1),
    "deg": ("\N{DEGREE SIGN}", 1.0, 1),
    "steps/min": ("steps/min", 1.0, 1),
    "1": ("", 1.0, 3),
    "m/s": ("m/s", 1.0, 2),
}

OUTCOMES = {"present": "present", "absent": "not present", "cannot_tell": "cannot tell"}
VERDICTS = {
    "real_change_toward": "real change, toward the usual range",
    "real_change_away": "real change, away from the usual range",
    "real_change": "real change",
    "possible": "possible change",
    "no_detectable_change": "no detectable change",
    "not_comparable": "not comparable",
}
EVIDENCE = {
    "A": "A: meta-analysis or several consistent controlled studies",
    "B": "B: one or more decent controlled or prospective studies",
    "C": "C: small or cross-sectional studies",
    "D": "D: coaching or expert opinion",
}

#: What more of it is called, and whether a left/right ratio means anything.
_MORE = {
    "contact_time": ("longer", True),
    "flight_time": ("longer", True),
    "duty_factor": ("larger", True),
    "step_length": ("longer", True),
}


def sentence(text: str, metric: str = "") -> str:
    """Write a sentence of the library for the page: without ids in front, with real signs."""
    if metric:
        text = text.removeprefix(f"{metric}: ").replace(f": {metric}: ", ": ")
    # Ids of metrics and strength tests read better without underscores; option names keep theirs.
    text = re.sub(r"\b(hip|knee|heel|pelvic|trunk|step|contact|flight)_([a-z]+)\b", r"\1 \2", text)
    text = text.replace(" +- ", " \N{PLUS-MINUS SIGN} ").replace(" deg", "\N{DEGREE SIGN}")
    text = re.sub(r"(?<![\w.])-(?=\d)", "\N{MINUS SIGN}", text)
    return text[:1].upper() + text[1:]


def shown_unit(unit: str) -> str:
    """Return the unit in which a value of ``unit`` is shown."""
    return _SHOWN.get(unit, (unit, 1.0, 2))[0]


def scale(value: float, unit: str) -> float:
    """Convert a value to the shown unit."""
    return value * _SHOWN.get(unit, (unit, 1.0, 2))[1]


def digits(unit: str) -> int:
    """Return the digits after the point in the shown unit."""
    return _SHOWN.get(unit, (unit, 1.0, 2))[2]


def number(
    value: float,
    unit: str,
    sd: float = math.nan,
    *,
    signed: bool = False,
    unit_shown: bool = True,
) -> str:
    """Write value, error and unit, or "not available": never a number that is none."""
    if not math.isfinite(value):
        return "not available"
    shown, factor, places = _SHOWN.get(unit, (unit, 1.0, 2))
    text = f"{factor * value:{'+' if signed else ''}.{places}f}"
    if math.isfinite(sd):
        # An error that the digits would round to nothing is still an error.
        error = factor * sd
        text += f" \N{PLUS-MINUS SIGN} {error:.{places}f}" if round(error, places) > 0 else (
            f" \N{PLUS-MINUS SIGN} {error:.1g}"
        )  # fmt: skip
    if not unit_shown:
        return text.replace("-", "\N{MINUS SIGN}")
    gap = "" if shown == "\N{DEGREE SIGN}" else " "
    return f"{text}{gap}{shown}".strip().replace("-", "\N{MINUS SIGN}")


def band(low: float, high: float, unit: str) -> str:
    """Write the usual range in words."""
    shown, places = shown_unit(unit), digits(unit)
    a, b = f"{scale(low, unit):.{places}f}", f"{scale(high, unit):.{places}f}"
    if math.isfinite(low) and math.isfinite(high):
        return f"{a} to {b} {shown}".strip().replace("-", "\N{MINUS SIGN}")
    if math.isfinite(high):
        return f"below {b} {shown}".strip().replace("-", "\N{MINUS SIGN}")
    if math.isfinite(low):
        return f"above {a} {shown}".strip().replace("-", "\N{MINUS SIGN}")
    return "not known"


def side_words(left: _core.MetricRow, right: _core.MetricRow) -> str:
    """Say which side has more of a metric, or that the difference is within the error."""
    more, ratio = _MORE.get(left.metric, ("larger", False))
    noise = 1.96 * math.hypot(left.sd, right.sd)
    if not all(map(math.isfinite, (left.value, right.value, noise))):
        return "not available"
    if ratio and left.value > 0 and right.value > 0:
        # Relative, so that text and strength share one rule and one set of words.
        relative = 196.0 * math.hypot(left.sd / left.value, right.sd / right.value)
        sense = "duration" if more == "longer" else "size"
        return _core.describe_symmetry(left.value, right.value, sense, relative).text
    difference = right.value - left.value
    if abs(difference) <= noise:
        return f"no difference beyond {number(noise, left.unit)}"
    side = "right" if difference > 0 else "left"
    return f"{side} {more} by {number(abs(difference), left.unit)}"
