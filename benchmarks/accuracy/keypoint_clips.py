"""Events of real runners in pictures: each clip's keypoints against foot contacts noted by eye.

Every clip of the shared data with foot strikes or toe-offs in its annotations.csv, every estimator
(the csv files), as it is and, for films in slow motion, with the true frame rate as argument. An
event is found where one lies within FOUND frames of the noted one (matched in order, least total
distance), and good within GOOD frames; the eyes are good to one or two. Extra are events between
the first and the last noted one of a side and type that match none. Cadence is compared with the
one counted by eye. Near side alone where a clip has one. Last line: JSON.
"""

from __future__ import annotations

import csv
import json
import sys
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import numpy as np

import runmech as rm

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "support"))
from recordings import parser

GOOD, FOUND = 2.0, 5.0  # frames
#: Frame rates that make the films' time that of the runner, where the clip's meta.json tells them.
TRUE_RATES_HZ = {"side_street_pass50": 112.0, "side_track_pan_slowmo": 101.6}
#: Frames of the clip of which that rate holds.
TRUE_FROM_FRAME = {"side_track_pan_slowmo": 60}


@dataclass
class ClipScore:
    """What a detector made of one clip as one estimator saw it."""

    clip: str
    estimator: str
    detector: str
    rate: str  #: "stored", or the one given
    view: str
    kind: str
    reason: str
    noted: int = 0
    found: int = 0
    good: int = 0
    extra: int = 0
    worst_frames: float = 0.0
    cadence_error: float | None = None  #: share


def rows(path: Path) -> list[dict[str, str]]:
    with path.open(newline="", encoding="utf-8") as stream:
        return list(csv.DictReader(stream))


def clips(folder: Path) -> list[Path]:
    """Clips of running with contacts noted, sorted."""
    return sorted(
        p.parent
        for p in folder.glob("*/annotations.csv")
        if any(r["event"] in ("foot_strike", "toe_off") for r in rows(p))
    )


def score(keypoints: Path, detector: str, rate_hz: float = 0.0) -> ClipScore:
    """Read one estimator's csv of a clip and compare; ``rate_hz``: given, 0 = as stored."""
    clip = keypoints.parents[1]
    meta = json.loads((clip / "meta.json").read_text(encoding="utf-8"))
    known: dict[str, Any] = {}
    if str(meta["view"]) in ("rear", "front"):
        known["view"] = meta["view"]
    if rate_hz > 0:
        known["rate_hz"] = rate_hz
    first = TRUE_FROM_FRAME.get(clip.name, 0) if rate_hz > 0 else 0
    if first:
        known["start_s"] = (first - 0.5) / rate_hz
    recording = rm.read(keypoints, **known)
    signals = rm.gait_signals(recording)
    events = rm.detect_events(signals, detector=detector)
    rate = f"{rate_hz:g} Hz" if rate_hz > 0 else "stored"
    out = ClipScore(
        clip.name, keypoints.stem, detector, rate, recording.view, events.kind, events.reason
    )
    clock = np.array(recording.time_s)
    near = str(meta.get("near_side") or "")
    sides = [near] if near in ("left", "right") else ["left", "right"]
    for side in sides:
        for kind in ("foot_strike", "toe_off"):
            noted = [
                float(r["frame"]) - first
                for r in rows(clip / "annotations.csv")
                if r["side"] == side and r["event"] == kind and int(r["frame"]) >= first
            ]
            found = np.interp(events.times(side, kind), clock, np.arange(len(clock))).tolist()
            pairs = rm.match_times(noted, sorted(found), FOUND)
            away = [abs(found[j] - noted[i]) for i, j in pairs]
            out.noted += len(noted)
            out.found += len(pairs)
            out.good += sum(a <= GOOD for a in away)
            matched = {j for _, j in pairs}
            out.extra += sum(
                min(noted) - FOUND < f < max(noted) + FOUND and j not in matched
                for j, f in enumerate(found)
                if noted
            )
            out.worst_frames = max([out.worst_frames, *away])
    cadence = rm.recognise_gait(signals).cadence_per_min
    if cadence > 0 and events.running:
        true = 163.0 if clip.name == "side_track_pan_slowmo" else meta["cadence_by_eye_spm"]
        if true and not (rate_hz > 0 and clip.name == "side_street_pass50"):
            out.cadence_error = cadence / float(true) - 1
    return out


def main() -> None:
    arguments = parser(__doc__)
    arguments.add_argument("--detectors", default="foot_anchor,runmech")
    options = arguments.parse_args()
    folder = Path(options.data) / "keypoints"
    scores = []
    for clip in clips(folder):
        for keypoints in sorted((clip / "keypoints").glob("*.csv")):
            for detector in options.detectors.split(","):
                scores.append(score(keypoints, detector))
                if clip.name in TRUE_RATES_HZ:
                    scores.append(score(keypoints, detector, TRUE_RATES_HZ[clip.name]))
    head = f"{'clip':26} {'estimator':22} {'detector':12} {'rate':9}"
    print(head, "noted found good extra worst cadence")
    for s in scores:
        cadence = "" if s.cadence_error is None else f"{100 * s.cadence_error:+.1f} %"
        print(
            f"{s.clip:26} {s.estimator:22} {s.detector:12} {s.rate:9} {s.noted:5} {s.found:5} "
            f"{s.good:4} {s.extra:5} {s.worst_frames:5.1f} {cadence:8} "
            f"{'' if s.kind == 'running' else s.kind + ': ' + s.reason}"
        )
    print(json.dumps({"clips": [asdict(s) for s in scores]}))


if __name__ == "__main__":
    main()
