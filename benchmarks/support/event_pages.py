"""What is generated of the catalogue's results: tables in docs/detectors.md, lines in headers."""

from __future__ import annotations

import re
import textwrap
from collections.abc import Sequence
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[2]
DOCS = ROOT / "docs" / "detectors.md"
HEADERS = ROOT / "include" / "runmech" / "gait" / "detectors"
TITLES = {"foot_strike": "Foot strike", "toe_off": "Toe-off", "contact": "Contact time"}
MODES = {
    "as_published": "as published",
    "offset_corrected": "offset learnt on the other runners removed",
}


def table(columns: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    """Return a table in Markdown."""
    lines = [columns, ["---"] * len(columns), *rows]
    return "\n".join("| " + " | ".join(line) + " |" for line in lines)


def rules(results: dict[str, Any]) -> str:
    """Return the list of built-in rules."""
    rows = [
        [
            f"`{r['name']}`",
            r["about"],
            "both"
            if r["foot_strike"] and r["toe_off"]
            else "strike"
            if r["foot_strike"]
            else "toe-off",
            r["source"],
        ]
        for r in results["rules"]
    ]
    return table(["name", "rule: strike; toe-off", "gives", "source"], rows)


def _cell(value: float | None, digits: int = 1) -> str:
    return "-" if value is None else f"{round(value, digits) + 0.0:.{digits}f}"


def _signed(value: float | None) -> str:
    return "-" if value is None else f"{round(value, 1) + 0.0:+.1f}"


def _range(row: dict[str, Any]) -> str:
    low, high = row["rmse_low"], row["rmse_high"]
    return "-" if low is None else f"{_cell(low)} to {_cell(high)}"


def figures(results: dict[str, Any]) -> str:
    """Return the tables of errors, best first."""
    about = results["about"]
    parts = [
        f"{about['trials']} trials of {about['subjects']} runners at 2.5, 3.5 and 4.5 m/s; "
        f"protocol {about['protocol']['version']}, ms. `./dev bench event_catalogue` makes them; "
        "all figures, by speed, strike pattern and side too, are in "
        "`benchmarks/accuracy/results/event_catalogue.json`. Sorted by RMSE with what was not "
        "found counted as 50 ms.",
        results["caution"],
    ]
    for mode, words in MODES.items():
        for quantity, title in TITLES.items():
            rows = [
                r
                for r in results["scores"]
                if (r["mode"], r["quantity"], r["condition"]) == (mode, quantity, "clean")
                and r["n"]
            ]
            rows.sort(key=lambda r: r.get("rmse_capped") or r["rmse"])
            cells = []
            for r in rows:
                line = [
                    f"`{r['detector']}`", _cell(r["bias"]), _cell(r["sd"]), _cell(r["rmse"]),
                    _range(r), _cell(r["within_sd"]),
                ]  # fmt: skip
                if mode == "offset_corrected" and quantity != "contact":
                    line.insert(1, _signed(r.get("offset")))
                if quantity != "contact":
                    line += [
                        f"{_cell(r['f1_10'], 3)} / {_cell(r['f1_25'], 3)}",
                        f"{int(r['missed'])} / {int(r['extra'])}",
                    ]
                cells.append(line)
            head = ["detector", "bias", "SD", "RMSE", "95 %", "SD within a trial and foot"]
            if mode == "offset_corrected" and quantity != "contact":
                head.insert(1, "constant")
            if quantity != "contact":
                head += ["F1 10 / 25 ms", "missed / extra"]
            parts += [f"### {title}, {words}", table(head, cells)]
    parts[:2] = [textwrap.fill(part, 118) for part in parts[:2]]
    return "\n\n".join(parts)


CONDITIONS = {
    "clean": "as recorded", "60hz": "60 Hz", "30hz": "30 Hz", "3mm": "3 mm noise",
    "60hz+3mm": "60 Hz, 3 mm", "drop5": "5 % missing", "lp10": "low-pass 10 Hz", "no_toe": "no toe",
}  # fmt: skip


def degraded(results: dict[str, Any]) -> str:
    """Return the tables of what worse recordings cost: RMSE without the constant, best first."""
    parts = []
    mode = "offset_corrected"
    rows = [*results["scores"], *results["degraded"]]
    for quantity in ("foot_strike", "toe_off"):
        found: dict[str, dict[str, float]] = {}
        for r in rows:
            if (r["mode"], r["quantity"]) == (mode, quantity):
                found.setdefault(r["detector"], {})[r["condition"]] = r.get("rmse_capped", 50.0)
        best = sorted(found.items(), key=lambda item: item[1].get("clean", 50.0))
        cells = [
            [f"`{name}`", *(_cell(by.get(c)) for c in CONDITIONS)]
            for name, by in best
            if "clean" in by
        ]
        title = f"### {TITLES[quantity]}, worse recordings"
        parts += [title, table(["detector", *CONDITIONS.values()], cells)]
    return "\n\n".join(parts)


def _by(results: dict[str, Any], name: str, quantity: str, stratum: str, levels: str) -> str:
    bias = {
        r["level"]: r["bias"]
        for r in results["strata"]
        if (r["detector"], r["quantity"], r["mode"]) == (name, quantity, "as_published")
        and r["stratum"] == stratum
    }
    return ", ".join(_signed(bias.get(level)) for level in levels.split("|"))


_LINE = r"^/// RBDS, (?:strikes|toe-offs):"


def header_lines(results: dict[str, Any], name: str) -> list[str]:
    """Return the lines of a rule's header that say what it reached on RBDS."""
    out = []
    for quantity, words in (("foot_strike", "strikes"), ("toe_off", "toe-offs")):
        modes = {
            r["mode"]: r
            for r in results["scores"]
            if (r["detector"], r["quantity"]) == (name, quantity)
        }
        if not modes:
            continue
        plain, fixed = modes["as_published"], modes["offset_corrected"]
        expected = plain["n"] + plain["missed"] + plain.get("wrong_side", 0)
        missed = 100.0 * (1.0 - plain["n"] / expected)
        what = f"{missed:.0f} % more than 50 ms off"
        if missed < 50.0:
            sign = _signed(plain["bias"])
            what = f"{sign} ms, SD {_cell(plain['sd'])}, {missed:.1f} % not within 50"
        out.append(
            f"/// RBDS, {words}: {what}; constant {_signed(fixed['offset'])} removed: "
            f"RMSE {_cell(fixed['rmse_capped'])}."
        )
        if missed < 50.0:
            feet = _by(results, name, quantity, "strike", "rearfoot|midfoot|forefoot")
            speeds = _by(results, name, quantity, "speed", "below 3 m/s|3-4 m/s|4-5.5 m/s")
            out.append(f"/// - rear-, mid-, forefoot: {feet}; 2.5, 3.5, 4.5 m/s: {speeds}.")
    return out


def header(text: str, results: dict[str, Any], name: str) -> str:
    """Return a rule's header with these lines as the results say."""
    lines = "\n".join(header_lines(results, name))
    return re.sub(rf"(?:{_LINE}.*\n(?:^/// - .*\n)*)+", lines + "\n", text, flags=re.MULTILINE)


def headers() -> list[Path]:
    """Return the headers of rules that have such lines."""
    return [
        path
        for path in sorted(HEADERS.glob("*.hpp"))
        if re.search(_LINE, path.read_text("utf-8"), re.MULTILINE)
    ]


def peers(results: dict[str, Any]) -> str:
    """Return the table beside other people's detectors."""
    names = list(dict.fromkeys(k.split(".")[0] for k in results if k.count(".") == 2))
    rows = []
    for name in names:
        cells = []
        for quantity in ("foot_strike", "toe_off"):
            r = results.get(f"{name}.{quantity}.as_published", {})
            fixed = results.get(f"{name}.{quantity}.offset_corrected", {})
            cells += [
                " / ".join(_cell(r.get(k)) for k in ("bias", "sd", "rmse")),
                _cell(r.get("f1_25"), 3),
                _cell(fixed.get("rmse_capped")),
            ]
        rows.append((results.get(f"{name}.foot_strike.as_published", {}), name, cells))
    rows.sort(key=lambda row: row[0].get("rmse_capped", 99.0))
    one = ["bias / SD / RMSE", "F1 25 ms", "RMSE, corrected"]
    head = ["detector", *(f"strike: {c}" for c in one), *(f"toe-off: {c}" for c in one)]
    return f"{results['trials']} trials.\n\n" + table(head, [[f"`{n}`", *c] for _, n, c in rows])


def filled(text: str, results: dict[str, Any], beside: dict[str, Any]) -> str:
    """Return the page with its generated parts as the results say."""
    blocks = (
        ("rules", rules(results)),
        ("figures", figures(results)),
        ("degraded", degraded(results)),
        ("peers", peers(beside)),
    )
    for name, body in blocks:
        pattern = rf"(<!-- {name}:[^\n]*-->\n).*?(<!-- end of {name} -->)"
        text = re.sub(pattern, lambda m, body=body: f"{m[1]}{body}\n{m[2]}", text, flags=re.DOTALL)
    return text
