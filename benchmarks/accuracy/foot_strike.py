"""Does smoothing smear the foot strike? How fast heel and forefoot land, beside the markers.

Around every foot strike (30 ms before to 30 ms after, contacts found on the recorded markers) the
vertical velocity of each foot marker is taken by central differences of neighbouring frames: of the
marker as recorded; of its place on the skeleton in single frames, not smoothed (what is left there
is skin and joints, and noise); of the trajectory fit; of the smoothed frame fit; and of the marker
after a zero-lag Butterworth filter of 6 and 10 Hz (-3 dB), which is what people do. Per way:
`gain`, the slope of its velocity on the recorded one (1: nothing smeared; smoothing lowers it), and
the RMS difference from the recorded velocity. `kept` is the trajectory's gain over the gain of the
poses not smoothed, whose loss is not the smoothing's. Last line: JSON.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path

import numpy as np
import numpy.typing as npt
from scipy.signal import butter, filtfilt

import runmech as rm

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "support"))
from recordings import counted, parser, rbds_file, rbds_folder, rbds_runners, rbds_speeds

BEFORE_S = AFTER_S = 0.03
LONGEST_S = 10.0  # of each trial
FILTERS_HZ = (6.0, 10.0)
WAYS = ("frames", "trajectory", "frame fit", *(f"{hz:.0f} Hz" for hz in FILTERS_HZ))
SHOWN = ["RBDS002", "RBDS005", "RBDS008", "RBDS012"]  # of RBDS unless --runners says others
OTHERS = (
    ("Rajagopal", "rajagopal/motion_capture_run.trc", "rajagopal/static_run.trc"),
    ("Dorn 3.5 m/s", "dorn/run0350cms.trc", "dorn/static.trc"),
    ("Dorn 5 m/s", "dorn/run0500cms.trc", "dorn/static.trc"),
    ("Dorn 7 m/s", "dorn/run0700cms.trc", "dorn/static.trc"),
)
Floats = npt.NDArray[np.float64]


def velocity(height_m: Floats, time_s: Floats) -> Floats:
    """Central differences over the two neighbours; the ends are missing."""
    out = np.full(len(height_m), np.nan)
    out[1:-1] = (height_m[2:] - height_m[:-2]) / (time_s[2:] - time_s[:-2])
    return out


def filtered(height_m: Floats, rate_hz: float, cutoff_hz: float) -> Floats:
    # one pass each way: corrected so that both together are -3 dB at the cut-off
    b, a = butter(2, cutoff_hz / 0.802 / (rate_hz / 2))
    known = np.isfinite(height_m)
    frames = np.arange(len(height_m))
    whole = np.interp(frames, frames[known], height_m[known])
    return np.where(known, filtfilt(b, a, whole), np.nan)


def foot_markers(skeleton: rm.Skeleton, side: str) -> list[rm.Marker]:
    """Markers of heel and forefoot."""
    wanted = {f"calcn_{side}", f"toes_{side}"}
    names = [segment.name for segment in skeleton.segments]
    return [m for m in skeleton.markers if names[m.at.segment] in wanted]


def of_trial(recording: rm.Recording, calibration: rm.Calibration) -> dict[str, list[Floats]]:
    """Return the recorded velocity (first column) and that of each way, per way and marker."""
    time_s = np.asarray(recording.time_s)
    motion = rm.fit(recording, calibration)
    smooth = rm.fit(recording, calibration, method="frame")
    poses = np.asarray(smooth.frame_coordinates)
    events = rm.detect_events(rm.gait_signals(recording))
    skeleton = motion.skeleton
    out: dict[str, list[Floats]] = {way: [] for way in WAYS}
    for side, letter in (("right", "r"), ("left", "l")):
        near = np.zeros(len(time_s), dtype=bool)
        for strike in events.times(side, "foot_strike"):
            near |= (time_s >= strike - BEFORE_S) & (time_s <= strike + AFTER_S)
        for marker in foot_markers(skeleton, letter):
            if marker.at.name not in recording.labels:
                continue
            column = recording.labels.index(marker.at.name)
            height = np.asarray(recording.positions_m)[:, column, 1]
            if np.isfinite(height).sum() < 30:
                continue
            alone = np.array([skeleton.positions(q, [marker.at])[0, 1] for q in poses])
            ways = [alone, motion.point(marker.at)[:, 1], smooth.point(marker.at)[:, 1]]
            ways += [filtered(height, recording.rate_hz, hz) for hz in FILTERS_HZ]
            truth = velocity(height, time_s)
            speeds = [velocity(way, time_s) for way in ways]
            usable = near & np.isfinite(truth) & np.isfinite(speeds).all(axis=0)
            for way, speed in zip(WAYS, speeds, strict=True):
                out[way].append(np.column_stack([truth, speed])[usable])
    return out


def gain(pairs: Floats) -> float:
    centred = pairs - pairs.mean(axis=0)
    return float((centred[:, 0] @ centred[:, 1]) / (centred[:, 0] @ centred[:, 0]))


def judged(found: dict[str, list[Floats]]) -> dict[str, tuple[float, float]]:
    """Mean gain over the markers, RMS difference over all, per way."""
    out = {}
    for way, pairs in found.items():
        apart = np.concatenate([p[:, 1] - p[:, 0] for p in pairs])
        gains = [gain(p) for p in pairs if len(p) > 10]
        out[way] = (float(np.mean(gains)), float(np.sqrt(np.mean(apart**2))))
    return out


def recordings(folder: Path, runners: list[str], speeds: list[str]) -> list[tuple[str, Path, Path]]:
    """Name, running and standing trial of everything that is there and wanted."""
    out = []
    if not runners:
        for name, run, stand in OTHERS:
            if (folder / run).exists() and (folder / stand).exists():
                out.append((name, folder / run, folder / stand))
    rbds = rbds_folder(folder)
    for runner in rbds_runners(rbds, runners or SHOWN):
        stand = rbds_file(rbds, f"{runner}static")
        for speed in rbds_speeds(speeds):
            run = rbds_file(rbds, f"{runner}runT{speed}")
            if stand is not None and run is not None:
                out.append((f"{runner} {int(speed) / 10:.1f} m/s", run, stand))
    return out


def main() -> None:
    given = parser(__doc__, rbds=True).parse_args()
    print(f"{'':18}" + "".join(f"{way:>18}" for way in WAYS))
    print(f"{'':18}" + "".join(f"{'gain  m/s':>18}" for _ in WAYS))
    table = []
    for name, run, stand in counted(recordings(given.data, given.runners, given.speeds), "trial"):
        recording = rm.read(run, end_s=rm.read(run).time_s[0] + LONGEST_S)
        calibration = rm.calibrate(rm.read(stand))
        found = judged(of_trial(recording, calibration))
        table.append(found)
        print(f"{name:18}" + "".join(f"{found[w][0]:12.3f}{found[w][1]:6.2f}" for w in WAYS))
    mean = {way: np.mean([row[way] for row in table], axis=0) for way in WAYS}
    print(f"{'mean':18}" + "".join(f"{mean[w][0]:12.3f}{mean[w][1]:6.2f}" for w in WAYS))
    line: dict[str, object] = {"benchmark": "foot_strike", "trials": len(table)}
    for way in WAYS:
        key = way.replace(" ", "_").lower()
        line[f"{key}_gain"], line[f"{key}_m_s"] = map(float, mean[way])
    line["kept"] = float(mean["trajectory"][0] / mean["frames"][0])
    line["kept_least"] = min(row["trajectory"][0] / row["frames"][0] for row in table)
    print(json.dumps(line))


if __name__ == "__main__":
    main()
