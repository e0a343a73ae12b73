"""Worse recordings made of good ones: lower rate, noise, holes, filtered, without a point."""

from __future__ import annotations

import re
import zlib
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from runmech import _core

Floats = npt.NDArray[np.float64]
_TOKEN = re.compile(
    r"(?:(?P<hz>[\d.]+)hz|(?P<mm>[\d.]+)mm|lp(?P<lp>[\d.]+)|drop(?P<drop>[\d.]+)"
    r"|no_(?P<no>toe|heel))$"
)
_HOLE_S = 0.1
_CHUNK = 4  # points of the cubic that reads between frames


@dataclass(frozen=True)
class Condition:
    """How a recording is degraded before detectors see it; the truth stays what it was.

    ``rate_hz``: pictures at that rate, instants as a camera takes them (cubic through four frames;
    no anti-alias filter, which cameras have not either). ``noise_mm``: white, per marker, frame and
    axis. ``dropout_percent``: about that share of each marker's frames is missing, in holes of
    0.1 s at random. ``lowpass_hz``: zero-lag low-pass of the markers. ``without``: "toe" or "heel".
    """

    rate_hz: float = 0.0
    noise_mm: float = 0.0
    lowpass_hz: float = 0.0
    dropout_percent: float = 0.0
    without: str = ""

    @classmethod
    def parse(cls, text: str) -> Condition:
        """Read ``clean``, ``60hz``, ``3mm``, ``lp10``, ``drop5``, ``no_toe``, or several with +."""
        if text in ("", "clean"):
            return cls()
        values: dict[str, float | str] = {}
        for token in text.lower().split("+"):
            match = _TOKEN.match(token.strip())
            if match is None:
                raise ValueError(
                    f"degradation '{text}': allowed are clean, 60hz, 3mm, lp10, drop5, no_toe, "
                    "no_heel, joined by +"
                )
            names = {
                "hz": "rate_hz", "mm": "noise_mm", "lp": "lowpass_hz", "drop": "dropout_percent",
                "no": "without",
            }  # fmt: skip
            for key, name in names.items():
                if (value := match[key]) is not None:
                    values[name] = value if key == "no" else float(value)
        return cls(**values)  # type: ignore[arg-type]

    def __str__(self) -> str:
        words = [
            f"{self.rate_hz:g}hz" if self.rate_hz else "",
            f"{self.noise_mm:g}mm" if self.noise_mm else "",
            f"lp{self.lowpass_hz:g}" if self.lowpass_hz else "",
            f"drop{self.dropout_percent:g}" if self.dropout_percent else "",
            f"no_{self.without}" if self.without else "",
        ]
        return "+".join(w for w in words if w) or "clean"

    def of_recording(self, recording: _core.Recording, name: str) -> _core.Recording:
        """Return the recording as the condition leaves it; `name` seeds the noise."""
        if not (self.rate_hz or self.noise_mm or self.lowpass_hz or self.dropout_percent):
            return recording
        positions = np.array(recording.positions_m).reshape(recording.n_frames, -1)
        time_s = np.array(recording.time_s)
        if self.lowpass_hz:
            positions = np.column_stack(
                [_core.low_pass(c, recording.rate_hz, self.lowpass_hz) for c in positions.T]
            )
        if self.rate_hz:
            if self.rate_hz > recording.rate_hz:
                raise ValueError(
                    f"degradation {self}: the recording has {recording.rate_hz:.0f} Hz only"
                )
            at = np.arange(time_s[0], time_s[-1] + 1e-9, 1.0 / self.rate_hz)
            positions, time_s = _read_at(positions, time_s, at), at
        if self.noise_mm:
            seed = zlib.crc32(f"{name} {self}".encode())
            noise = np.random.default_rng(seed).normal(0.0, 1e-3 * self.noise_mm, positions.shape)
            positions = positions + noise
        if self.dropout_percent:
            positions = self._holed(positions, time_s, name)
        out = recording.copy()
        out.confidence = np.zeros((0, 0))
        out.time_s = time_s
        out.positions_m = positions.reshape(len(time_s), -1, 3)
        return out

    def _holed(self, positions: Floats, time_s: Floats, name: str) -> Floats:
        if not self.dropout_percent < 100.0:
            raise ValueError(f"degradation {self}: less than 100 % of the frames can be missing")
        out = positions.copy()
        n = len(time_s)
        long = min(n, max(1, round(_HOLE_S * (n - 1) / (time_s[-1] - time_s[0]))))
        # As many as make that share although some overlap.
        many = round(-np.log1p(-0.01 * self.dropout_percent) * n / long)
        random = np.random.default_rng(zlib.crc32(f"{name} {self} holes".encode()))
        for marker in range(out.shape[1] // 3):
            for start in random.integers(1 - long, n, many):
                out[max(0, start) : start + long, 3 * marker : 3 * marker + 3] = np.nan
        return out

    def of_signals(self, signals: _core.GaitSignals) -> _core.GaitSignals:
        """Take away the point that the condition takes away."""
        if not self.without:
            return signals
        names = ("toe", "mt1", "mt5") if self.without == "toe" else ("heel",)
        out = signals.copy()
        for leg in (out.left, out.right):
            for name in names:
                setattr(leg, name, np.zeros((0, 3)))
        return out


def _read_at(positions: Floats, time_s: Floats, at: Floats) -> Floats:
    """Cubic of Lagrange through the four frames around each time; frames evenly spaced."""
    step = (time_s[-1] - time_s[0]) / (len(time_s) - 1)
    place = (at - time_s[0]) / step
    first = np.clip(np.floor(place).astype(int) - 1, 0, len(time_s) - _CHUNK)
    u = place - first
    nodes = range(_CHUNK)
    out = np.zeros((len(at), positions.shape[1]))
    for j in nodes:
        weight = np.ones_like(u)
        for k in nodes:
            if k != j:
                weight *= (u - k) / (j - k)
        # A weight of nothing does not spread a hole to frames that are there.
        rows = positions[first + j]
        out += np.where(np.abs(weight[:, None]) < 1e-9, 0.0, weight[:, None] * rows)
    return out
