"""pandas frames and notebook HTML of runmech's values: what ``.to_pandas()`` and display use."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from html import escape
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import pandas as pd

    from runmech import _core

_HTML_ROWS = 20


def to_pandas(value: object) -> pd.DataFrame:
    """Return the table of any runmech value that has one."""
    make = _MAKERS.get(type(value).__name__)
    if make is None:
        raise TypeError(f"no table is known for {type(value).__name__}")
    return make(value)


def to_html(value: object) -> str:
    """Notebook display: the repr above the first rows of the table, every text escaped."""
    import pandas as pd

    frame = to_pandas(value)
    shown = frame.head(_HTML_ROWS)
    rest = len(frame) - len(shown)
    more = f"<p>and {rest} more rows: .to_pandas()</p>" if rest else ""
    with pd.option_context("display.max_columns", 12, "display.max_colwidth", 60):
        table = str(shown.to_html(escape=True, max_cols=12, float_format=lambda x: f"{x:.4g}"))
    return f"<pre>{escape(repr(value).splitlines()[0])}</pre>{table}{more}"


def _rows(items: Sequence[Any], columns: Sequence[str]) -> pd.DataFrame:
    import pandas as pd

    return pd.DataFrame({name: [getattr(item, name) for item in items] for name in columns})


def _recording(value: _core.Recording) -> pd.DataFrame:
    import pandas as pd

    columns = pd.MultiIndex.from_product([value.labels, ["x", "y", "z"]], names=["label", "axis"])
    positions = value.positions_m.reshape(value.n_frames, -1)
    return pd.DataFrame(positions, index=pd.Index(value.time_s, name="time_s"), columns=columns)


def _plate(value: _core.ForcePlate) -> pd.DataFrame:
    import pandas as pd

    data = {f"f{axis}_n": value.force_n[:, i] for i, axis in enumerate("xyz")}
    if value.cop_m.shape[0]:
        data |= {f"cop{axis}_m": value.cop_m[:, i] for i, axis in enumerate("xyz")}
    return pd.DataFrame(data, index=pd.Index(value.time_s, name="time_s"))


def _events(value: _core.GaitEvents) -> pd.DataFrame:
    return _rows(value.events, ("side", "type", "time_s", "sd_s", "flag", "state"))


METRIC_COLUMNS = (
    "metric", "side", "stride", "time_s", "value", "sd", "sd_random", "sd_systematic", "spread",
    "n", "unit", "status", "reason",
)  # fmt: skip


def _metrics(value: _core.MetricTable) -> pd.DataFrame:
    return _rows(value.rows, METRIC_COLUMNS)


def _strength(value: _core.StrengthProfile) -> pd.DataFrame:
    import pandas as pd

    rows = []
    for result in value.results:
        for side in ("left", "right"):
            limb: dict[str, Any] = getattr(result, side)
            rows.append(
                {"test": result.test, "side": side, **limb, "unit": result.unit,
                 "normalised_unit": result.normalised_unit,
                 "log_ratio_pct": result.indices.log_ratio_pct,
                 "smaller_over_larger_pct": result.indices.smaller_over_larger_pct,
                 "verdict": result.verdict, "text": result.text}
            )  # fmt: skip
    return pd.DataFrame(rows)


def _motion(value: _core.Motion) -> pd.DataFrame:
    import pandas as pd

    from runmech.files import angle_columns

    names, values = angle_columns(value)
    return pd.DataFrame(values[:, 1:], index=pd.Index(values[:, 0], name="time_s"), columns=names)


def _findings(value: _core.Assessment) -> pd.DataFrame:
    import pandas as pd

    from runmech.files import FINDING_COLUMNS, finding_row

    return pd.DataFrame([finding_row(f) for f in value.findings], columns=list(FINDING_COLUMNS))


def _changes(value: _core.Reassessment) -> pd.DataFrame:
    from runmech.comparison import COLUMNS

    return _rows([*value.changes, *value.strength], COLUMNS)


def _calibration(value: _core.CalibrationReport) -> pd.DataFrame:
    return _rows(value.lengths, ("name", "value_m", "sd_m", "prior_m", "prior_sd_m"))


_FIT_REPORT = {
    "coordinates": (
        "name", "smoothing_hz", "roughest_hz", "random_sd", "systematic_sd", "offset_sd",
        "frame_sd", "range", "weakly_observed",
    ),
    "markers": ("label", "rms_m", "n_seen", "n_outliers", "longest_gap", "sigma_m", "sigma_sd_m"),
    "lengths": ("segments", "change", "sd"),
    "intervals": ("start_s", "end_s", "n_frames", "status", "reason", "bridged", "missing"),
}  # fmt: skip


def fit_report(value: _core.FitReport, what: str = "coordinates") -> pd.DataFrame:
    """Return one part of a fit's report as a frame."""
    columns = _FIT_REPORT.get(what)
    if columns is None:
        raise ValueError(f"what is {what!r}; allowed: {', '.join(_FIT_REPORT)}")
    rows = getattr(value, what)
    if what != "intervals":
        return _rows(rows, columns)
    frame = _rows(rows, columns[2:])
    frame.insert(0, "start_s", [row.span.start_s for row in rows])
    frame.insert(1, "end_s", [row.span.end_s for row in rows])
    return frame


_MAKERS: dict[str, Callable[[Any], pd.DataFrame]] = {
    "Recording": _recording,
    "ForcePlate": _plate,
    "GaitEvents": _events,
    "MetricTable": _metrics,
    "StrengthProfile": _strength,
    "Motion": _motion,
    "FitReport": fit_report,
    "CalibrationReport": _calibration,
    "Assessment": _findings,
    "Reassessment": _changes,
}

__all__ = ["METRIC_COLUMNS", "fit_report", "to_html", "to_pandas"]
