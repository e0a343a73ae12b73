"""pandas frames and notebook HTML of runmech's values: what ``.to_pandas()`` and display use."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from html import escape
from typing import TYPE_CHECKING, Any

from runmech import _core

if TYPE_CHECKING:
    import pandas as pd

_HTML_ROWS = 20


def to_pandas(value: object) -> pd.DataFrame:
    """Return the table of any runmech value that has one."""
    for kind, make in _MAKERS.items():
        if isinstance(value, kind):
            return make(value)
    raise TypeError(f"no table is known for {type(value).__name__}")


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
    return _rows(value.events, ("side", "type", "time_s", "sd_s", "flag"))


METRIC_COLUMNS = (
    "metric", "side", "stride", "time_s", "value", "sd", "spread", "n", "unit", "status", "reason",
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


_MAKERS: dict[type, Callable[[Any], pd.DataFrame]] = {
    _core.Recording: _recording,
    _core.ForcePlate: _plate,
    _core.GaitEvents: _events,
    _core.MetricTable: _metrics,
    _core.StrengthProfile: _strength,
}

__all__ = ["METRIC_COLUMNS", "to_html", "to_pandas"]
