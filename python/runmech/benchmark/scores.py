"""From findings to figures: errors, intervals, strata, offsets learnt on other runners."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from runmech import _core
from runmech.benchmark import intervals as iv
from runmech.benchmark.work import Event, Found, TrialResult

if TYPE_CHECKING:
    from runmech.benchmark.findings import Findings, Protocol

TYPES = ("foot_strike", "toe_off")
INTERVALS = ("contact", "flight", "step")
MODES = ("as_published", "offset_corrected")
_ROUND = 4


def _events(
    events: list[Event], spans: list[tuple[float, float]], offset_s: dict[str, float]
) -> _core.GaitEvents:
    out = _core.GaitEvents()
    out.events = [
        _core.GaitEvent(side, kind, time_s - offset_s.get(kind, 0.0), sd_s)
        for side, kind, time_s, sd_s in events
    ]
    out.spans = [_core.TimeSpan(*span) for span in spans]
    return out


def _match(
    trial: TrialResult,
    found: Found,
    protocol: Protocol,
    window_s: float,
    offset_s: dict[str, float],
) -> list[_core.EventOutcome]:
    return _core.match_events(
        _events(trial.truth, trial.spans, {}),
        _events(found.events, [], offset_s),
        _core.TimeSpan(*trial.record),
        _core.MatchOptions(window_s=window_s, edge_s=protocol.edge_s),
    )


def learnt_offsets(bench: Findings) -> dict[tuple[str, str, str, str], float]:
    """Median error of the other runners, s, by detector, condition, type and runner.

    Missing where there is no other runner on whom the detector found anything.
    """
    errors: dict[tuple[str, str, str], dict[str, list[float]]] = defaultdict(
        lambda: defaultdict(list)
    )
    for trial in bench.usable:
        for found in trial.found:
            for o in _match(trial, found, bench.protocol, bench.protocol.offset_window_s, {}):
                if o.status == "matched":
                    key = found.detector, found.condition, o.type
                    errors[key][trial.subject].append(o.error_s)
    out = {}
    subjects = {t.subject for t in bench.usable}
    for key, by_subject in errors.items():
        medians = {s: float(np.median(e)) for s, e in by_subject.items()}
        for subject in subjects:
            others = [m for s, m in medians.items() if s != subject]
            if others:
                out[(*key, subject)] = float(np.mean(others))
    return out


def _matched(
    bench: Findings,
) -> Iterator[tuple[TrialResult, Found, str, list[_core.EventOutcome]]]:
    offsets = learnt_offsets(bench)
    for trial in bench.usable:
        for found in trial.found:
            for mode in MODES:
                shift: dict[str, float] = {}
                if mode == "offset_corrected":
                    keys = {k: (found.detector, found.condition, k, trial.subject) for k in TYPES}
                    shift = {k: offsets[key] for k, key in keys.items() if key in offsets}
                    if not shift:
                        continue
                yield (
                    trial,
                    found,
                    mode,
                    _match(trial, found, bench.protocol, bench.protocol.window_s, shift),
                )


def _tables(bench: Findings) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Return events and intervals, one row each."""
    rows: list[dict[str, Any]] = []
    spans: list[dict[str, Any]] = []
    for trial, found, mode, outcomes in _matched(bench):
        common = {
            "detector": found.detector,
            "condition": found.condition,
            "mode": mode,
            "subject": trial.subject,
            "trial": trial.name,
            **trial.strata,
        }
        rows += [
            {
                **common,
                "quantity": o.type,
                "side": o.side,
                "strike": trial.strike.get(o.side, "unknown"),
                "status": o.status,
                "expected_s": o.expected_s,
                "found_s": o.found_s,
                "error_ms": 1e3 * o.error_s if o.status == "matched" else np.nan,
                "sd_ms": 1e3 * o.sd_s,
            }
            for o in outcomes
        ]
        spans += [
            {
                **common,
                "quantity": e.kind,
                "side": e.side,
                "strike": trial.strike.get(e.side, "unknown"),
                "status": "matched",
                "expected_s": e.expected_s,
                "found_s": e.found_s,
                "error_ms": 1e3 * e.error_s,
                "sd_ms": 0.0,
            }
            for e in _core.interval_errors(outcomes)
        ]
    return pd.DataFrame(rows), pd.DataFrame(spans)


def outcomes(bench: Findings) -> pd.DataFrame:
    """Events and intervals in one frame; see the columns.

    A detector that gives strikes and never a toe-off (or the other way round) is a rule for strikes
    only: it has no rows for the other type. One that gives nothing at all misses everything.
    """
    events, spans = _tables(bench)
    gives: dict[str, set[str]] = defaultdict(set)
    for trial in bench.usable:
        for found in trial.found:
            gives[found.detector] |= {kind for _, kind, _, _ in found.events}
    known = [
        not gives[d] or q in gives[d]
        for d, q in zip(events["detector"], events["quantity"], strict=True)
    ]
    return pd.concat([events[known], spans], ignore_index=True)


def _score(rows: pd.DataFrame, protocol: Protocol, *, full: bool) -> dict[str, Any]:
    quantity = rows["quantity"].iloc[0]
    hit = rows[rows["status"] == "matched"]
    errors = hit["error_ms"].to_numpy(float)
    s = _core.error_statistics(errors.tolist())
    out: dict[str, Any] = {
        name: getattr(s, name)
        for name in (
            "n", "bias", "sd", "rmse", "mae", "median", "mad", "loa_low", "loa_high", "p2_5",
            "p97_5", "abs_p95", "abs_p99", "abs_max",
        )
    }  # fmt: skip
    size = np.abs(errors)
    for limit in (5, 10, 20):
        out[f"within_{limit}"] = float(np.mean(size <= limit)) if len(size) else np.nan
    out["subjects"] = rows["subject"].nunique()
    if quantity in TYPES:
        status = rows["status"].value_counts()
        expected = int(len(rows) - status.get("extra", 0))
        found = int(len(rows) - status.get("missed", 0))
        for tolerance in protocol.tolerances_ms:
            within = int(np.sum(size <= tolerance))
            total = expected + found
            out[f"f1_{tolerance:g}"] = 2 * within / total if total else np.nan
        for name in ("missed", "extra", "wrong_side"):
            out[name] = int(status.get(name, 0))
        # Nothing found counts as the window: a detector cannot win by silence.
        lost = expected - len(errors)
        capped = np.r_[errors, np.full(lost, 1e3 * protocol.window_s)]
        out["rmse_capped"] = float(np.sqrt(np.mean(capped**2))) if len(capped) else np.nan
        stated = hit["sd_ms"].to_numpy(float)
        known = stated > 0
        if known.any():
            out["cover_68"] = float(np.mean(size[known] <= stated[known]))
            out["cover_95"] = float(np.mean(size[known] <= 1.959964 * stated[known]))
            out["stated_sd"] = float(np.sqrt(np.mean(stated[known] ** 2)))
    if full and len(errors):
        sums = iv.cluster_sums(errors, hit["subject"].tolist())
        how = {"resamples": protocol.resamples, "seed": protocol.seed}
        out["bias_low"], out["bias_high"] = iv.bootstrap_interval(sums, iv.bias_of, **how)
        out["rmse_low"], out["rmse_high"] = iv.bootstrap_interval(sums, iv.rmse_of, **how)
        n, total, squares = sums
        means, each = total / n, np.sqrt(squares / n)
        out["between_sd"] = float(np.std(means, ddof=1)) if len(means) > 1 else np.nan
        groups = hit.groupby(["trial", "side"])["error_ms"]
        centred = hit["error_ms"] - groups.transform("mean")
        freedom = len(errors) - groups.ngroups
        out["within_sd"] = float(np.sqrt((centred**2).sum() / freedom)) if freedom > 0 else np.nan
        out["worst_subject"] = str(np.unique(hit["subject"])[int(np.argmax(each))])
        out["worst_rmse"] = float(each.max())
    return out


def strata_of(bench: Findings) -> list[str]:
    """Return the names of what results are split by, where there is more than one level."""
    own = sorted({k for t in bench.usable for k in t.strata} - {"speed", "surface"})
    return ["speed", "strike", "side", "surface", *own]


def all_scores(bench: Findings, table: pd.DataFrame | None = None) -> pd.DataFrame:
    """One row per detector, condition, mode, quantity, stratum and level."""
    if table is None:
        table = outcomes(bench)
    rows: list[dict[str, Any]] = []
    keys = ["detector", "condition", "mode", "quantity"]
    split = [s for s in strata_of(bench) if s in table and table[s].nunique() > 1]
    for key, group in table.groupby(keys, sort=False):
        head = dict(zip(keys, key, strict=True))
        rows.append(
            {**head, "stratum": "all", "level": "", **_score(group, bench.protocol, full=True)}
        )
        for stratum in split:
            for level, part in group.groupby(stratum):
                score = _score(part, bench.protocol, full=False)
                rows.append({**head, "stratum": stratum, "level": level, **score})
    out = pd.DataFrame(rows)
    seconds: dict[tuple[str, str], list[float]] = defaultdict(list)
    for trial in bench.usable:
        for found in trial.found:
            if not found.fault:
                seconds[found.detector, found.condition].append(found.seconds)
    out["ms_per_trial"] = [
        1e3 * float(np.median(seconds.get((d, c), [np.nan])))
        for d, c in zip(out["detector"], out["condition"], strict=True)
    ]
    return out.round(_ROUND)


def comparison(bench: Findings, reference: str, table: pd.DataFrame | None = None) -> pd.DataFrame:
    """Difference of RMSE to the reference, ms, mean over runners; negative = better than it.

    RMSE of a runner counts what was not found as the window, so that silence does not win.
    Interval: bootstrap over runners; p: sign flips, Holm over detectors.
    """
    if reference not in bench.detectors:
        raise ValueError(f"reference '{reference}' did not run; there are {bench.detectors}")
    if table is None:
        table = outcomes(bench)
    events = table[table["quantity"].isin(TYPES) & (table["status"] != "extra")].copy()
    events["error_ms"] = events["error_ms"].fillna(1e3 * bench.protocol.window_s)
    squares = events.assign(square=events["error_ms"] ** 2)
    keys = ["condition", "mode", "quantity", "detector", "subject"]
    rmse = np.sqrt(squares.groupby(keys)["square"].mean())
    out: list[dict[str, Any]] = []
    for (condition, mode, quantity), part in rmse.groupby(level=[0, 1, 2]):
        wide = part.droplevel([0, 1, 2]).unstack("detector")
        if reference not in wide:
            continue
        block = []
        for name in wide.columns:
            if name == reference:
                continue
            d = (wide[name] - wide[reference]).dropna().to_numpy(float)
            sums = np.array([np.ones_like(d), d, d**2])
            low, high = iv.bootstrap_interval(
                sums, iv.bias_of, resamples=bench.protocol.resamples, seed=bench.protocol.seed
            )
            block.append(
                {
                    "condition": condition, "mode": mode, "quantity": quantity, "detector": name,
                    "reference": reference, "subjects": len(d),
                    "difference_ms": float(d.mean()) if len(d) else np.nan,
                    "low": low, "high": high, "p": iv.sign_flip_p(d),
                }
            )  # fmt: skip
        for row, p in zip(block, iv.holm([b["p"] for b in block]), strict=True):
            out.append({**row, "p_holm": p})
    return pd.DataFrame(out).round(_ROUND)
