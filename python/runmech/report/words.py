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
    "possible": "possible change",
    "no_detectable_change": "no detectable change",
    "not_comparable": "not comparable",
}
#: How a real change of a metric is called, by where it leads: the words and the colour's name.
_REAL = {
    "toward": ("real change, toward the usual range", "real_change_toward"),
    "away": ("real change, away from the usual range", "real_change_away"),
    "inside": ("real change, inside the usual range", "real_change"),
    "stronger": ("real change, stronger", "real_change"),
    "weaker": ("real change, weaker", "real_change"),
    "ungraded": ("real change", "real_change"),
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


def in_cm(text: str) -> str:
    """Write the metres of a sentence of the library as centimetres, as the tables have them."""
    number = r"\d+\.\d+"

    def said(match: re.Match[str]) -> str:
        return re.sub(number, lambda m: f"{100 * float(m[0]):.1f}", match[0][:-1]) + "cm"

    return re.sub(rf"{number}(?: \N{{PLUS-MINUS SIGN}} {number})? m(?![\w/])", said, text)


def is_real(change: _core.Change) -> bool:
    """Return whether a change is more than error and the runner's own variation."""
    return change.verdict in ("real_change_toward", "real_change_away")


def verdict(change: _core.Change) -> tuple[str, str]:
    """Return the verdict for people, and the name of its colour."""
    if is_real(change):
        return _REAL[change.lead]
    return VERDICTS[change.verdict], change.verdict


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
    # Rounded first, and nothing has no sign.
    rounded = round(factor * value, places)
    text = f"{rounded or 0.0:{'+' if signed and rounded else ''}.{places}f}"
    if math.isfinite(sd):
        # An error that the digits would round to nothing is still an error.
        error = factor * sd
        text += f" \N{PLUS-MINUS SIGN} {error:.{places}f}" if round(error, places) > 0 else (
            f" \N{PLUS-MINUS SIGN} {error:.1g}"
        )  # fmt: skip
    if not unit_shown:
        return text.replace("-", "\N{MINUS SIGN}")
    return f"{text}{_gap(shown)}{shown}".strip().replace("-", "\N{MINUS SIGN}")


def error_parts(row: _core.MetricRow, unit: str) -> str:
    """Write the two parts of a value's error; empty where they are not known."""
    if not (math.isfinite(row.sd_random) and math.isfinite(row.sd_systematic)):
        return ""
    shown, factor, places = _SHOWN.get(unit, (unit, 1.0, 2))
    random, systematic = (
        f"{factor * sd:.{places + 1}f}{_gap(shown)}{shown}".strip()
        for sd in (row.sd_random, row.sd_systematic)
    )
    return f"random {random}, systematic {systematic}"


def band(low: float, high: float, unit: str) -> str:
    """Write the usual range in words."""
    shown, places = shown_unit(unit), digits(unit)
    a, b = f"{scale(low, unit):.{places}f}", f"{scale(high, unit):.{places}f}"
    if math.isfinite(low) and math.isfinite(high):
        text = f"{a} to {b}"
    elif math.isfinite(high):
        text = f"below {b}"
    elif math.isfinite(low):
        text = f"above {a}"
    else:
        return "not known"
    return f"{text}{_gap(shown)}{shown}".strip().replace("-", "\N{MINUS SIGN}")


def _gap(shown: str) -> str:
    return "" if shown == "\N{DEGREE SIGN}" else " "


def day(date: str) -> str:
    """Write the day of a session, with what is not known of it."""
    if not date:
        return "date not stated"
    read = _core.parse_session_date(date)
    if not read.day:
        return date
    return f"{read.day} ({read.note})" if read.note else str(read.day)


def finding_value(finding: _core.Finding) -> str:
    """Write the value that decided a finding, or nothing where there is none."""
    if not math.isfinite(finding.value):
        return ""
    return number(finding.value, finding.unit, finding.sd)


def finding_reason(finding: _core.Finding) -> str:
    """Write a finding's own sentence in the units of the tables."""
    text = sentence(finding.reason, finding.metric)
    return in_cm(text) if finding.unit == "m" else text


def certainty(finding: _core.Finding) -> str:
    """Write how sure the answer is, given the error bars: never wholly.

    Of what is not present it is the certainty of just that; where the answer is "cannot tell", the
    chance that it is there.
    """
    probability = finding.probability
    if not math.isfinite(probability):
        return "not known"
    if finding.outcome == "absent":
        probability = 1.0 - probability
    if probability > 0.99:
        return "above 99 %"
    return "below 1 %" if probability < 0.01 else f"{100 * probability:.0f} %"


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
