"""The parts of docs/detectors.md that are generated: the list of rules and their figures."""

from __future__ import annotations

import re
import textwrap
from collections.abc import Sequence
from pathlib import Path
from typing import Any

DOCS = Path(__file__).resolve().parents[2] / "docs" / "detectors.md"
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
                if quantity != "contact":
                    line += [
                        f"{_cell(r['f1_10'], 3)} / {_cell(r['f1_25'], 3)}",
                        f"{int(r['missed'])} / {int(r['extra'])}",
                    ]
                cells.append(line)
            head = ["detector", "bias", "SD", "RMSE", "95 %", "SD within a trial and foot"]
            if quantity != "contact":
                head += ["F1 10 / 25 ms", "missed / extra"]
            parts += [f"### {title}, {words}", table(head, cells)]
    parts[:2] = [textwrap.fill(part, 118) for part in parts[:2]]
    return "\n\n".join(parts)


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
    blocks = (("rules", rules(results)), ("figures", figures(results)), ("peers", peers(beside)))
    for name, body in blocks:
        pattern = rf"(<!-- {name}:[^\n]*-->\n).*?(<!-- end of {name} -->)"
        text = re.sub(pattern, lambda m, body=body: f"{m[1]}{body}\n{m[2]}", text, flags=re.DOTALL)
    return text
