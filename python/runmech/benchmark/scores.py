"""From findings to figures: errors, intervals, strata, offsets learnt on other runners."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from runmech import _core
from runmech.benchmark import intervals as iv
from runmech.benchmark.work import EVENT, EVENT_TYPES, SIDES, EventArray, Found, TrialResult

if TYPE_CHECKING:
    from runmech.benchmark.findings import Findings, Protocol

Floats = npt.NDArray[np.float64]
TYPES = EVENT_TYPES
INTERVALS = ("contact", "flight", "step")
MODES = ("as_published", "offset_corrected")
STATUS = ("matched", "missed", "extra", "wrong_side")
_ROUND = 4


def _columns(events: EventArray) -> _core.EventColumns:
    return _core.EventColumns(*(np.ascontiguousarray(events[name]) for name in EVENT.names or ()))


def _match(
    trial: TrialResult,
    found: Found,
    protocol: Protocol,
    window_s: float,
    offset_s: Mapping[str, float],
) -> tuple[dict[str, Floats], dict[str, Floats]]:
    """Events and intervals between them, as columns; quantities, sides and status by number."""
    later = [-offset_s.get(kind, 0.0) for kind in TYPES]
    return _core.match_columns(
        _columns(trial.truth),
        [_core.TimeSpan(*span) for span in trial.spans],
        _columns(found.events),
        (later[0], later[1]),
        _core.TimeSpan(*trial.record),
        _core.MatchOptions(window_s=window_s, edge_s=protocol.edge_s),
    )


def learnt_offsets(bench: Findings) -> dict[tuple[str, str, str, str], float]:
    """Median error of the other runners, s, by detector, condition, type and runner.

    Missing where there is no other runner on whom the detector found anything.
    """
    errors: dict[tuple[str, str, str], dict[str, list[Floats]]] = defaultdict(
        lambda: defaultdict(list)
    )
    for trial in bench.usable:
        for found in trial.found:
            rows, _ = _match(trial, found, bench.protocol, bench.protocol.offset_window_s, {})
            for k, kind in enumerate(TYPES):
                hit = (rows["status"] == 0) & (rows["quantity"] == k)
                if hit.any():
                    off = (rows["found_s"] - rows["expected_s"])[hit]
                    errors[found.detector, found.condition, kind][trial.subject].append(off)
    out = {}
    subjects = {t.subject for t in bench.usable}
    for key, by_subject in errors.items():
        medians = {s: float(np.median(np.concatenate(e))) for s, e in by_subject.items()}
        for subject in subjects:
            others = [m for s, m in medians.items() if s != subject]
            if others:
                out[(*key, subject)] = float(np.mean(others))
    return out


_Blocks = dict[str, list[npt.NDArray[Any]]]


def _words(codes: npt.NDArray[np.integer[Any]], words: Sequence[str]) -> pd.Categorical[str]:
    return pd.Categorical.from_codes(codes, categories=pd.Index(list(words)))


def _of_trials(values: list[str], trial: npt.NDArray[np.int64]) -> pd.Categorical[str]:
    """Words of trials, spread over rows by the number of the trial."""
    words = sorted(set(values))
    place = {word: i for i, word in enumerate(words)}
    return _words(np.array([place[v] for v in values], int)[trial], words)


def outcomes(bench: Findings) -> pd.DataFrame:
    """Every event and interval, one row each; words are categories, so that millions fit.

    A detector that gives strikes and never a toe-off (or the other way round) is a rule for strikes
    only: it has no rows for the other type. One that gives nothing at all misses everything.
    Raises ValueError where there is no event that can be judged.
    """
    trials = bench.usable
    offsets = learnt_offsets(bench)
    gives: dict[str, set[int]] = defaultdict(set)
    for trial in trials:
        for found in trial.found:
            gives[found.detector] |= set(np.unique(found.events["type"]).tolist())
    quantities = (*TYPES, *INTERVALS)
    # Events, then intervals, each as the detectors were run.
    parts: tuple[_Blocks, _Blocks] = (defaultdict(list), defaultdict(list))

    def add(
        head: tuple[int, int, int, int], part: int, columns: dict[str, Floats], frame_s: float
    ) -> None:
        n, blocks = len(columns["side"]), parts[part]
        for name, code in zip(("trial", "detector", "condition", "mode"), head, strict=True):
            blocks[name].append(np.full(n, code, np.int32 if name == "trial" else np.int16))
        first = part * len(TYPES)
        blocks["quantity"].append((columns["quantity"] + first).astype(np.int8))
        blocks["side"].append(columns["side"].astype(np.int8))
        blocks["status"].append(columns.get("status", np.zeros(n)).astype(np.int8))
        for name in ("expected_s", "found_s"):
            blocks[name].append(columns[name])
        blocks["sd_ms"].append((1e3 * columns.get("sd_s", np.zeros(n))).astype(np.float32))
        blocks["frame_ms"].append(np.full(n, 1e3 * frame_s, np.float32))

    for number, trial in enumerate(trials):
        for found in trial.found:
            kinds = gives[found.detector]
            for mode, name in enumerate(MODES):
                shift: dict[str, float] = {}
                if name == "offset_corrected":
                    keys = {k: (found.detector, found.condition, k, trial.subject) for k in TYPES}
                    shift = {k: offsets[key] for k, key in keys.items() if key in offsets}
                    if not shift:
                        continue
                rows, spans = _match(trial, found, bench.protocol, bench.protocol.window_s, shift)
                if len(kinds) == 1:
                    known = np.isin(rows["quantity"], list(kinds))
                    rows = {k: v[known] for k, v in rows.items()}
                head = (
                    number,
                    bench.detectors.index(found.detector),
                    bench.conditions.index(found.condition),
                    mode,
                )
                add(head, 0, rows, found.frame_s)
                add(head, 1, spans, found.frame_s)
    # Column by column, so that memory holds one of them twice, not all.
    events, intervals = parts
    joined = {n: np.concatenate(events.pop(n) + intervals.pop(n)) for n in list(events)}
    if not joined or not len(joined["trial"]):
        raise ValueError(
            "no event can be judged: every force event lies within "
            f"{1e3 * bench.protocol.edge_s:.0f} ms of the ends of its recording"
        )
    of, side = joined["trial"], joined["side"]
    strikes = [[t.strike.get(s, "unknown") for s in SIDES] for t in trials]
    levels = sorted({word for pair in strikes for word in pair})
    strike = np.array([[levels.index(word) for word in pair] for pair in strikes], np.int8)
    error = 1e3 * (joined["found_s"] - joined["expected_s"])
    error[joined["status"] != 0] = np.nan
    out = {
        "detector": _words(joined["detector"], bench.detectors),
        "condition": _words(joined["condition"], bench.conditions),
        "mode": _words(joined["mode"], MODES),
        "subject": _of_trials([t.subject for t in trials], of),
        "trial": _of_trials([t.name for t in trials], of),
    }
    for name in sorted({k for t in trials for k in t.strata}):
        out[name] = _of_trials([t.strata.get(name, "unknown") for t in trials], of)
    return pd.DataFrame(
        {
            **out,
            "quantity": _words(joined["quantity"], quantities),
            "side": _words(side, SIDES),
            "strike": _words(strike[of, side], levels),
            "status": _words(joined["status"], STATUS),
            "expected_s": joined["expected_s"],
            "found_s": joined["found_s"],
            "error_ms": error,
            "sd_ms": joined["sd_ms"],
            "frame_ms": joined["frame_ms"],
        }
    )


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
    frames = hit["frame_ms"].to_numpy(float)
    out["within_frame"] = float(np.mean(size <= frames + 1e-6)) if len(size) else np.nan
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
        sums = iv.cluster_sums(errors, hit["subject"].to_numpy(str).tolist())
        how = {"resamples": protocol.resamples, "seed": protocol.seed}
        out["bias_low"], out["bias_high"] = iv.bootstrap_interval(sums, iv.bias_of, **how)
        out["rmse_low"], out["rmse_high"] = iv.bootstrap_interval(sums, iv.rmse_of, **how)
        n, total, squares = sums
        means, each = total / n, np.sqrt(squares / n)
        out["between_sd"] = float(np.std(means, ddof=1)) if len(means) > 1 else np.nan
        groups = hit.groupby(["subject", "trial", "side"], observed=True)["error_ms"]
        centred = hit["error_ms"] - groups.transform("mean")
        freedom = len(errors) - groups.ngroups
        out["within_sd"] = float(np.sqrt((centred**2).sum() / freedom)) if freedom > 0 else np.nan
        out["worst_subject"] = str(np.unique(hit["subject"].to_numpy(str))[int(np.argmax(each))])
        out["worst_rmse"] = float(each.max())
    return out


def strata_of(bench: Findings) -> list[str]:
    """Return the names of what results are split by, where there is more than one level."""
    own = sorted({k for t in bench.usable for k in t.strata} - {"speed", "surface"})
    return ["speed", "strike", "side", "surface", *own]


def all_scores(bench: Findings, table: pd.DataFrame | None = None) -> pd.DataFrame:
    """One row per detector, condition, mode, quantity, stratum and level.

    ``offset``: the constant that the corrected mode took away, ms, mean over runners.
    """
    if table is None:
        table = outcomes(bench)
    rows: list[dict[str, Any]] = []
    keys = ["detector", "condition", "mode", "quantity"]
    split = [s for s in strata_of(bench) if s in table and table[s].nunique() > 1]
    for key, group in table.groupby(keys, sort=False, observed=True):
        head = dict(zip(keys, key, strict=True))
        rows.append(
            {**head, "stratum": "all", "level": "", **_score(group, bench.protocol, full=True)}
        )
        for stratum in split:
            for level, part in group.groupby(stratum, observed=True):
                score = _score(part, bench.protocol, full=False)
                rows.append({**head, "stratum": stratum, "level": level, **score})
    out = pd.DataFrame(rows)
    constants: dict[tuple[str, str, str], list[float]] = defaultdict(list)
    for (detector, condition, kind, _), offset_s in learnt_offsets(bench).items():
        constants[detector, condition, kind].append(1e3 * offset_s)
    out["offset"] = [
        float(np.mean(constants.get((d, c, q), [np.nan]))) if m == "offset_corrected" else np.nan
        for d, c, q, m in zip(
            out["detector"], out["condition"], out["quantity"], out["mode"], strict=True
        )
    ]
    seconds: dict[tuple[str, str], list[float]] = defaultdict(list)
    for trial in bench.usable:
        for found in trial.found:
            if found.seconds:
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
    rmse = np.sqrt(squares.groupby(keys, observed=True)["square"].mean())
    out: list[dict[str, Any]] = []
    for (condition, mode, quantity), part in rmse.groupby(level=[0, 1, 2], observed=True):
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


#: What errors are held against: name in TrialResult.measured, step of a slope, its words.
TRENDS = (
    ("speed_m_s", 1.0, "m/s faster"),
    ("strike_angle_deg", 10.0, "10 deg more toe up at strike"),
    ("cadence_per_min", 10.0, "10 steps/min more"),
)


def trends(bench: Findings, table: pd.DataFrame | None = None) -> pd.DataFrame:
    """How errors go with speed, foot angle at strike and cadence: one slope a row, ms per step.

    One variable at a time (faster runs also have another cadence), over all matched events as
    published of the first condition; interval: bootstrap over runners. No row where fewer than
    three runners or one value only is there.
    """
    if table is None:
        table = outcomes(bench)
    hit = table[
        (table["status"] == "matched")
        & (table["mode"] == "as_published")
        & (table["condition"] == bench.conditions[0])
        & table["quantity"].isin(TYPES)
    ]
    measured = pd.DataFrame(
        [
            {"subject": t.subject, "trial": t.name, "side": side}
            | {name: pair[i] for name, pair in t.measured.items()}
            for t in bench.usable
            for i, side in enumerate(SIDES)
        ]
    )
    # Sums of each foot of a trial: the variables are the same for all its events.
    keys = ["subject", "trial", "side"]
    sums_of = hit.groupby(["detector", "quantity", *keys], observed=True)["error_ms"]
    joined = sums_of.agg(["size", "sum"]).reset_index()
    joined = joined.astype(dict.fromkeys(keys, str)).merge(measured, on=keys)
    how = {"resamples": bench.protocol.resamples, "seed": bench.protocol.seed}
    rows: list[dict[str, Any]] = []
    for (detector, quantity), part in joined.groupby(
        ["detector", "quantity"], sort=False, observed=True
    ):
        for name, step, words in TRENDS:
            if name not in part:
                continue
            known = part[part[name].notna()]
            if known["subject"].nunique() < 3 or known[name].nunique() < 2:
                continue
            x = (known[name] - known[name].mean()).to_numpy(float) / step
            n, total = known["size"].to_numpy(float), known["sum"].to_numpy(float)
            sums = iv.line_sums(x, total, known["subject"].tolist(), n)
            slope = float(iv.slope_of(*(row.sum(keepdims=True) for row in sums))[0])
            low, high = iv.bootstrap_interval(sums, iv.slope_of, **how)
            rows.append(
                {
                    "detector": detector, "quantity": quantity, "against": name, "per": words,
                    "slope_ms": slope, "low": low, "high": high, "n": int(n.sum()),
                    "subjects": known["subject"].nunique(),
                }
            )  # fmt: skip
    names = ["detector", "quantity", "against", "per", "slope_ms", "low", "high", "n", "subjects"]
    return pd.DataFrame(rows, columns=names).round(_ROUND)
