"""What a benchmark leaves behind: a table in the terminal, CSV, Markdown and one HTML page."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pandas as pd

from runmech.benchmark import scores as sc
from runmech.output import staged

if TYPE_CHECKING:
    from rich.table import Table

    from runmech.benchmark.findings import Findings

TITLES = {
    "foot_strike": "Foot strike",
    "toe_off": "Toe-off",
    "contact": "Contact time",
    "flight": "Flight time",
    "step": "Step time",
}
MODES = {
    "as_published": "as published",
    "offset_corrected": "offset learnt on the other runners removed",
}
#: Title, columns, cells.
Section = tuple[str, list[str], list[list[str]]]
_LEARNT_ON_RBDS = ("runmech", "foot_anchor", "osis_2014_refitted")
_ORDER = (*sc.TYPES, *sc.INTERVALS)


def _overall(scores: pd.DataFrame, quantity: str, mode: str, condition: str) -> pd.DataFrame:
    part = scores[
        (scores["stratum"] == "all")
        & (scores["quantity"] == quantity)
        & (scores["mode"] == mode)
        & (scores["condition"] == condition)
    ]
    best = part["rmse_capped"] if part.get("rmse_capped") is not None else part["rmse"]
    return part.assign(_by=best.fillna(part["rmse"])).sort_values("_by")


def _number(value: Any, digits: int = 1) -> str:
    # + 0.0: no minus sign before nothing
    return "-" if value is None or value != value else f"{round(value, digits) + 0.0:.{digits}f}"


def _percent(share: Any) -> str:
    return "-" if share is None or share != share else f"{100.0 * share:.0f}"


def _range(low: Any, high: Any) -> str:
    return "-" if low is None or low != low else f"{_number(low)} to {_number(high)}"


def _columns(quantity: str, mode: str) -> list[str]:
    constant = ["constant"] if mode == "offset_corrected" and quantity in sc.TYPES else []
    head = [
        "detector",
        "n",
        *constant,
        "bias",
        "SD",
        "RMSE",
        "95 % interval",
        "limits of agreement",
        "p99",
    ]
    if quantity in sc.TYPES:
        return [*head, "F1 10 / 25 / 50 ms", "missed", "extra", "wrong side", "covered 95 %"]
    return head


def _cells(row: pd.Series[Any], quantity: str, mode: str) -> list[str]:
    corrected = mode == "offset_corrected" and quantity in sc.TYPES
    out = [
        str(row["detector"]),
        str(int(row["n"])),
        *([_number(row["offset"])] if corrected else []),
        _number(row["bias"]),
        _number(row["sd"]),
        _number(row["rmse"]),
        _range(row.get("rmse_low"), row.get("rmse_high")),
        _range(row["loa_low"], row["loa_high"]),
        _number(row["abs_p99"]),
    ]
    if quantity not in sc.TYPES:
        return out
    f1 = " / ".join(_number(row.get(f"f1_{t}"), 3) for t in ("10", "25", "50"))
    lost = [str(int(row[name])) for name in ("missed", "extra", "wrong_side")]
    covered = row.get("cover_95")
    return [
        *out,
        f1,
        *lost,
        "-" if covered is None or covered != covered else f"{100 * covered:.0f}",
    ]


def sections(bench: Findings, scores: pd.DataFrame) -> list[Section]:
    """Title, columns and cells of every overall table, best detector first."""
    out = []
    for condition in bench.conditions:
        for mode, words in MODES.items():
            for quantity in _ORDER:
                part = _overall(scores, quantity, mode, condition)
                if part.empty:
                    continue
                title = f"{TITLES[quantity]}, {words}"
                if condition != "clean":
                    title += f", {condition}"
                cells = [_cells(row, quantity, mode) for _, row in part.iterrows()]
                out.append((title, _columns(quantity, mode), cells))
    return out


def spread_sections(bench: Findings, scores: pd.DataFrame) -> list[Section]:
    """Return what the overall tables have no room for: how errors lie, how runners differ."""
    out = []
    columns = [
        "detector", "MAE", "median", "MAD", "2.5 to 97.5 %", "p95", "max", "within 5 / 10 / 20 ms",
        "within a frame", "SD between runners", "SD within a trial and foot", "worst runner",
        "covered 68 %", "stated SD", "ms per trial",
    ]  # fmt: skip
    for mode, words in MODES.items():
        for quantity in _ORDER:
            part = _overall(scores, quantity, mode, bench.conditions[0])
            cells = []
            for _, row in part[part["n"] > 0].iterrows():
                shares = " / ".join(_percent(row[f"within_{k}"]) for k in (5, 10, 20))
                worst = _number(row.get("worst_rmse"))
                cells.append([
                    str(row["detector"]),
                    *(_number(row[k]) for k in ("mae", "median", "mad")),
                    _range(row["p2_5"], row["p97_5"]),
                    *(_number(row[k]) for k in ("abs_p95", "abs_max")),
                    shares, _percent(row["within_frame"]),
                    *(_number(row.get(k)) for k in ("between_sd", "within_sd")),
                    f"{worst} ({row.get('worst_subject')})" if worst != "-" else "-",
                    _percent(row.get("cover_68")), _number(row.get("stated_sd")),
                    _number(row["ms_per_trial"]),
                ])  # fmt: skip
            if cells:
                out.append((f"{TITLES[quantity]}, {words}: spread and runners", columns, cells))
    return out


def condition_sections(bench: Findings, scores: pd.DataFrame) -> list[Section]:
    """RMSE under each condition side by side, what was not found counted as the window."""
    if len(bench.conditions) < 2:
        return []
    out = []
    whole = scores[scores["stratum"] == "all"]
    for mode, words in MODES.items():
        for quantity in sc.TYPES:
            part = whole[(whole["mode"] == mode) & (whole["quantity"] == quantity)]
            if part.empty:
                continue
            wide = part.pivot(index="detector", columns="condition", values="rmse_capped")
            wide = wide.reindex(columns=bench.conditions).sort_values(bench.conditions[0])
            cells = [[str(name), *(_number(v) for v in row)] for name, row in wide.iterrows()]
            title = f"{TITLES[quantity]}, {words}: RMSE by condition"
            out.append((title, ["detector", *bench.conditions], cells))
    return out


def trend_sections(table: pd.DataFrame) -> list[Section]:
    """How errors go with speed, foot angle and cadence."""
    out = []
    for quantity, part in table.groupby("quantity", sort=False, observed=True):
        words = list(dict.fromkeys(part["per"]))
        cells = []
        for name, mine in part.groupby("detector", sort=False, observed=True):
            by = mine.set_index("per")
            cells.append(
                [str(name)]
                + [
                    f"{by['slope_ms'][w]:+.1f} ({_range(by['low'][w], by['high'][w])})"
                    if w in by.index
                    else "-"
                    for w in words
                ]
            )
        title = f"{TITLES[str(quantity)]}, as published: change of the error, ms (95 % interval)"
        out.append((title, ["detector", *words], cells))
    return out


def strata_sections(bench: Findings, scores: pd.DataFrame) -> list[Section]:
    """Bias and RMSE of strikes and toe-offs by speed, strike pattern, side, surface."""
    out = []
    part = scores[(scores["condition"] == bench.conditions[0]) & (scores["stratum"] != "all")]
    for (mode, quantity, stratum), group in part.groupby(
        ["mode", "quantity", "stratum"], sort=False
    ):
        if quantity not in (*sc.TYPES, "contact"):
            continue
        levels = sorted(group["level"].unique())
        rows = []
        for name in bench.detectors:
            mine = group[group["detector"] == name].set_index("level")
            if mine.empty or not (mine["n"] > 0).any():
                continue
            rows.append(
                [name]
                + [
                    f"{_number(mine['bias'].get(v))} / {_number(mine['rmse'].get(v))}"
                    for v in levels
                ]
            )
        if rows:
            title = f"{TITLES[quantity]} by {stratum}, {MODES[str(mode)]}: bias / RMSE, ms"
            out.append((title, ["detector", *levels], rows))
    return out


def comparison_section(table: pd.DataFrame) -> Section | None:
    """RMSE of each detector less that of the reference, over runners."""
    if table.empty:
        return None
    rows = [
        [
            r["condition"], MODES[r["mode"]], TITLES[r["quantity"]], r["detector"],
            f"{r['difference_ms']:+.1f}", _range(r["low"], r["high"]),
            _number(r["p_holm"], 4),
        ]
        for _, r in table.iterrows()
    ]  # fmt: skip
    title = f"RMSE less that of {table['reference'].iloc[0]}, ms, mean over runners"
    head = ["condition", "mode", "quantity", "detector", "difference", "95 % interval", "p (Holm)"]
    return title, head, rows


def terminal_tables(bench: Findings, scores: pd.DataFrame) -> list[Table]:
    """Return tables for rich to print: strikes, toe-offs and contact of each condition and mode."""
    from rich.table import Table

    shown = (TITLES["foot_strike"], TITLES["toe_off"], TITLES["contact"])
    out = []
    for title, columns, cells in sections(bench, scores):
        if not title.startswith(shown):
            continue
        keep = [
            columns.index(c) for c in columns if c not in ("95 % interval", "covered 95 %", "p99")
        ]
        table = Table(title=f"{title}, ms", title_justify="left")
        for k in keep:
            table.add_column(columns[k], justify="left" if k == 0 else "right", no_wrap=True)
        for row in cells:
            table.add_row(*(row[k] for k in keep))
        out.append(table)
    return out


def markdown_table(columns: Sequence[str], cells: Sequence[Sequence[str]]) -> str:
    """Return a table in Markdown."""
    rows = [columns, ["---"] * len(columns), *cells]
    return "\n".join("| " + " | ".join(row) + " |" for row in rows)


def _head(bench: Findings) -> list[str]:
    fixed = bench.protocol
    about = bench.about()
    return [
        f"Protocol {fixed.version}, runmech {about['runmech']}. {about['trials']} trials of "
        f"{about['subjects']} runners; points from the {bench.source}; truth: force through "
        f"max({fixed.threshold_n:g} N, 5 SD), zero-lag 50 Hz, between samples.",
        f"Errors are detector minus force in ms (+ = late), matched one to one and in order "
        f"within {1e3 * fixed.window_s:.0f} ms, {1e3 * fixed.edge_s:.0f} ms away from the ends. "
        "Intervals: 95 %, bootstrap over runners.",
    ]


def markdown(
    bench: Findings, scores: pd.DataFrame, compared: pd.DataFrame, trends: pd.DataFrame
) -> str:
    """Return the whole result as Markdown."""
    parts = ["# Event benchmark", *_head(bench)]
    blocks = [
        *sections(bench, scores),
        *condition_sections(bench, scores),
        *spread_sections(bench, scores),
        *trend_sections(trends),
        *strata_sections(bench, scores),
    ]
    last = comparison_section(compared)
    for title, columns, cells in [*blocks, *([last] if last else [])]:
        parts += [f"## {title}", markdown_table(columns, cells)]
    if said := notes(bench):
        parts += ["## Notes", "\n".join(f"* {note}" for note in said)]
    return "\n\n".join(parts) + "\n"


def notes(bench: Findings) -> list[str]:
    """Return what the figures must be read with: faults, the state of the forces, few runners."""
    of_runners: dict[str, list[str]] = {}
    for trial in bench.usable:
        for text in trial.force_notes:
            runners = of_runners.setdefault(text, [])
            if trial.subject not in runners:
                runners.append(trial.subject)
    said = [
        f"{runners[0]}{f' and {len(runners) - 1} more' if runners[1:] else ''}: {text}"
        for text, runners in of_runners.items()
    ]
    learnt = [name for name in bench.detectors if name in _LEARNT_ON_RBDS]
    if learnt and any(t.subject.startswith("RBDS") for t in bench.usable):
        said.insert(
            0,
            f"{', '.join(learnt)}: constants or weights learnt on RBDS runners. On those runners "
            "these rows are better than on runners never seen.",
        )
    runners_n = len({t.subject for t in bench.usable})
    if runners_n == 1:
        said.append("one runner: no constant can be learnt on others, and no interval given")
    elif runners_n == 2:
        said.append("two runners: no interval can be given")
    return [*bench.faults, *said]


def html(
    bench: Findings,
    scores: pd.DataFrame,
    compared: pd.DataFrame,
    trends: pd.DataFrame,
    table: pd.DataFrame,
) -> str:
    """Return one self-contained page."""
    from importlib import resources

    import jinja2
    import markupsafe

    from runmech.benchmark.figures import figures, overview

    text = (resources.files(__package__) / "page.html.j2").read_text(encoding="utf-8")
    template = jinja2.Environment(
        autoescape=True, undefined=jinja2.StrictUndefined, trim_blocks=True, lstrip_blocks=True
    ).from_string(text)
    last = comparison_section(compared)

    def picture(given: tuple[str, str, str]) -> tuple[str, str, markupsafe.Markup]:
        name, alt, source = given
        return name, alt, markupsafe.Markup(source)

    main = f", {MODES['as_published']}"
    every = sections(bench, scores)
    return template.render(
        head=_head(bench),
        overview=picture(overview(bench, scores, table)),
        sections=[s for s in every if s[0].endswith(main)],
        folded=[
            *(s for s in every if not s[0].endswith(main)),
            *spread_sections(bench, scores),
        ],
        conditions=condition_sections(bench, scores),
        trends=trend_sections(trends),
        strata=strata_sections(bench, scores),
        compared=[last] if last else [],
        figures=[picture(f) for f in figures(bench, table)],
        notes=notes(bench),
    )


def write_results(
    bench: Findings, out: Path | str, *, reference: str | None = None
) -> pd.DataFrame:
    """Write all outputs into a folder, together or not at all; return the scores.

    ``scores.csv``, ``events.csv`` (every event with its error), ``comparison.csv``, ``trends.csv``,
    ``results.md``, ``report.html``, ``about.json`` (protocol, data, versions).
    """
    table = sc.outcomes(bench)
    scores = sc.all_scores(bench, table)
    compared = sc.comparison(bench, reference or bench.detectors[0], table)
    trends = sc.trends(bench, table)
    with staged(Path(out)) as folder:
        scores.to_csv(folder / "scores.csv", index=False)
        table.round(5).to_csv(folder / "events.csv", index=False)
        compared.to_csv(folder / "comparison.csv", index=False)
        trends.to_csv(folder / "trends.csv", index=False)
        text = markdown(bench, scores, compared, trends)
        (folder / "results.md").write_text(text, encoding="utf-8")
        page = html(bench, scores, compared, trends, table)
        (folder / "report.html").write_text(page, encoding="utf-8")
        (folder / "about.json").write_text(json.dumps(bench.about(), indent=1), encoding="utf-8")
    return scores
