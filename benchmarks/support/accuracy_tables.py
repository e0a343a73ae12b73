"""Writes the tables of docs/accuracy.md and README.md from benchmarks/accuracy/results.

A results file is the last line of its benchmark, indented (those with `--store` do it themselves):

    into=benchmarks/accuracy/results/fit.json
    ./dev bench fit | tail -1 | python3 -m json.tool --indent 1 > $into

A table stands between `<!-- name -->` and `<!-- end -->`; all else in the page is left alone. With
`--check` nothing is written and the exit code says whether the pages are up to date.
"""

from __future__ import annotations

import json
import re
import sys
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[2]
RESULTS = ROOT / "benchmarks" / "accuracy" / "results"
NAMES = {
    "hip_z": "hip flexion",
    "knee_z": "knee flexion",
    "ankle_z": "ankle dorsiflexion",
    "hip_x": "hip adduction",
    "hip_y": "hip rotation",
    "knee_x": "knee adduction",
    "knee_y": "knee rotation",
    "ankle_x": "ankle inversion",
    "ankle_y": "ankle rotation",
}


def table(head: list[str], rows: list[list[str]]) -> str:
    """Return a Markdown table."""
    lines = [head, ["---"] * len(head), *rows]
    return "\n".join("| " + " | ".join(line) + " |" for line in lines)


def number(value: float | None, digits: int) -> str:
    return "-" if value is None else f"{value:.{digits}f}"


def percent(share: float | None) -> str:
    return "-" if share is None else f"{100.0 * share:.1f} %"


def rbds_angles(result: dict[str, Any]) -> str:
    """Return how far the mean curves lie from the published ones."""
    rows = [
        [
            name,
            f"{result[key]:.2f} ({row['p90']:.2f})",
            number(result[f"{key}_no_skill"], 2),
            number(row["correlation"], 3),
            number(row["range_error"], 1),
            percent(result.get(f"cover_{key}")),
            "-" if "cover_left_out" not in row else
            f"{percent(row['cover_left_out'])} (x {row['cover_factor_least']:.2f} to "
            f"{row['cover_factor_most']:.2f})",
        ]
        for key, name in NAMES.items()
        if (row := result["more"].get(key))
    ]  # fmt: skip
    head = ["deg", "RMS difference, mean (90 % below)", "other runners instead",
            "correlation", "range differs by", "inside the stated 95 % band",
            "runners left out of a factor for 95 %"]  # fmt: skip
    return (
        f"{table(head, rows)}\n\n{result['trials']} trials. Distance of fitted from recorded "
        f"markers, RMS of a frame, median of a trial: {result['rms_min_mm']:.1f} to "
        f"{result['rms_max_mm']:.1f} mm, middle {result['rms_mm']:.1f} mm."
    )


def constants(result: dict[str, Any]) -> str:
    """Return what each constant is worth, chosen on the other runners."""
    rows = []
    for name, row in result["constants"].items():
        chosen = ", ".join(f"x {f} ({n})" for f, n in row["chosen"].items())
        best = min(zip(row["mean_deg"], row["factors"], strict=True))
        rows.append([
            name,
            *[f"{m:.3f}" for m in row["mean_deg"]],
            chosen,
            f"{row['chosen_without_deg']:.3f}",
            "-" if best[1] == 1.0 else f"{row['better_for']} of {result['runners']}",
        ])  # fmt: skip
    factors = next(iter(result["constants"].values()))["factors"]
    head = ["constant", *[f"x {f:g}" for f in factors], "chosen without the runner (for how many)",
            "score so chosen", "runners for whom the best factor is better"]  # fmt: skip
    return table(head, rows)


def accuracy(result: dict[str, Any]) -> str:
    """Return the figures on synthetic runners."""

    def two(first: str, second: str) -> str:
        return f"{result[first]:.2f} / {result[second]:.2f}"

    def covers(first: str, second: str) -> str:
        return f"{percent(result[first])} / {percent(result[second])}"

    return table(["case", "what", "value"], [
        ["white noise", "error of angles / of velocities over the rival's",
         two("white_angle_ratio", "white_velocity_ratio")],
        ["every marker hidden 20 % of the time, 0.2 s each", "angles over the rival's",
         f"{result['occlusion_ratio']:.2f}"],
        ["3 % of samples 0.1 to 0.3 m off", "angles over the rival's",
         f"{result['outlier_ratio']:.2f}"],
        ["the worst of the three", "angles over the frame fit + 6 Hz",
         f"{result['usual_filter_ratio']:.2f}"],
        ["white noise", "stated 95 % cover angles / velocities",
         covers("coverage_white_angle", "coverage_white_velocity")],
        ["soft tissue of 4 mm per axis, 90 % the same every stride",
         "stated 95 % cover angles / velocities",
         covers("coverage_soft_tissue_angle", "coverage_soft_tissue_velocity")],
        ["white noise / soft tissue", "calibration error over levels of 50 to 99 %",
         f"{result['ece_white']:.3f} / {result['ece_soft_tissue']:.3f}"],
        ["frame fit", "distance to the exact minimiser", f"{result['exactness_deg']:.4f} deg"],
        ["frame fit", "error over the Cramer-Rao bound", f"{result['crlb_ratio']:.3f}"],
    ])  # fmt: skip


def opensim_synthetic(result: dict[str, Any]) -> str:
    """Return the errors where OpenSim's own model is the truth, both methods."""
    rows = [
        [
            method,
            case,
            f"{of[f'{case}_legs_deg']:.2f}",
            f"{of[f'{case}_legs_deg_s']:.1f}",
            percent(of[f"{case}_answered"]),
            percent(of[f"cover95_{case}"]),
        ]
        for method, of in (("trajectory", result), ("frame", result["frame"]))
        for case in ("noise", "outliers", "gaps")
    ]
    return table(["method", "case", "deg", "deg/s", "answered", "stated 95 % cover"], rows)


def foot_strike(result: dict[str, Any]) -> str:
    """Return how fast the feet come down."""
    names = {
        "frames": "skeleton in single frames, not smoothed: what rigid feet and ideal joints lose",
        "trajectory": "trajectory fit",
        "frame_fit": "frame fit",
        "6_hz": "recorded marker after a 6 Hz filter",
        "10_hz": "recorded marker after a 10 Hz filter",
    }
    rows = [[name, f"{result[f'{key}_gain']:.2f}", f"{result[f'{key}_m_s']:.2f}"]
            for key, name in names.items()]  # fmt: skip
    return table(["", "gain", "RMS difference, m/s"], rows)


def peers(result: dict[str, Any]) -> str:
    """Return the figures beside OpenSim and biorbd."""
    return table(["beside", "what", "value"], [
        ["OpenSim 4.6, converged", "angles differ, RMS, on the model that we wrote",
         f"{result['opensim_rms_deg_own_model']:.4f} deg"],
        ["", "on the scaled Rajagopal model that OpenSim made",
         f"{result['opensim_rms_deg_their_model']:.4f} deg"],
        ["OpenSim's tool at its set-up file's 1e-4",
         f"{result['opensim_frame_us']:.0f} us a frame over ours",
         f"{result['opensim_frame_ratio']:.0f}"],
        ["", "wall time of its inverse kinematics over that of a whole `runmech analyze`",
         f"{result['opensim_analyze_ratio']:.2f}"],
        ["biorbd, least squares", f"{result['biorbd_frame_us']:.0f} us a frame over ours",
         f"{result['biorbd_frame_ratio']:.0f}"],
    ])  # fmt: skip


def fit(result: dict[str, Any]) -> str:
    """Return times and sizes."""
    names = {
        "frame_us": ("a frame, least squares, warm start", "{:.1f} us"),
        "tinysolver_ratio": ("ceres::TinySolver with analytic Jacobian over it", "{:.1f}"),
        "compressed_vs_block_time": ("one block per frame over compressed Ceres, time", "{:.1f}"),
        "compressed_vs_block_memory": ("the same, memory", "{:.1f}"),
        "banded_vs_compressed_time": ("compressed Ceres over our banded solver, time", "{:.1f}"),
        "cost_gap_max": ("largest relative difference of their costs", "{:.1e}"),
        "two_minute_s": ("two minutes at 300 Hz, 33 coordinates, lengths free", "{:.1f} s"),
        "two_minute_mb": ("the same, memory", "{:.0f} MB"),
        "length_exponent": ("time grows with the length to the power of", "{:.2f}"),
        "thousand_frames_s": ("1000 frames, 29 coordinates, 8 lengths, cold start", "{:.3f} s"),
        "thousand_frames_posterior_s": ("the same with the posterior", "{:.3f} s"),
    }
    return table(
        ["what", "value"], [[name, form.format(result[key])] for key, (name, form) in names.items()]
    )


def opensim_agreement(result: dict[str, Any]) -> str:
    """Return the RMS differences from OpenSim by trial."""
    names = ("pelvis_tilt", "pelvis_list", "hip_flexion", "hip_adduction", "knee_angle",
             "ankle_angle")  # fmt: skip
    rows = [
        [trial, *[number(row["free_rmse_deg"].get(name), 1) for name in names]]
        for trial, row in result["trials"].items()
    ]
    return table(["recording", *names], rows)


def figures(results: dict[str, dict[str, Any]]) -> str:
    """Return the few figures of the first page."""
    rbds, exact = results["rbds_angles"], results["opensim_synthetic"]
    peer, time, contacts = results["peers"], results["fit"], results["events"]
    anchor = contacts["doors"]["foot_anchor"]
    moments = ("fs_rmse_ms", "to_rmse_ms", "ct_rmse_ms")
    keys = ("hip_z", "knee_z", "ankle_z", "hip_x")
    of = range(len(keys))
    ours, nobody, covers = (
        [rbds[form.format(key)] for key in keys] for form in ("{}", "{}_no_skill", "cover_{}")
    )
    return table(["what", "found", "beside"], [
        ["hip, knee, ankle flexion, hip adduction: mean curves of 14 runners beside published ones",
         ", ".join(f"{ours[i]:.1f}" for i in of) + " deg",
         "other runners' curves: " + ", ".join(f"{nobody[i]:.1f}" for i in of)],
        ["their stated 95 % bands hold", f"{percent(min(covers))} to {percent(max(covers))}", ""],
        ["leg angles and velocities, exact truth on OpenSim's own model, 5 mm noise",
         f"{exact['noise_legs_deg']:.2f} deg, {exact['noise_legs_deg_s']:.0f} deg/s",
         "OpenSim with the best of all filters: 0.66, 34"],
        ["same model, markers and weights as OpenSim 4.6: angles differ by",
         f"{peer['opensim_rms_deg_their_model']:.3f} deg",
         f"its tool at 1e-4 takes {peer['opensim_frame_ratio']:.0f} times as long"],
        ["foot strike, toe-off, contact time beside force plates, runners left out of the weights",
         ", ".join(f"{contacts[key]:.1f}" for key in moments) + " ms",
         "the rule it starts from: " + ", ".join(f"{anchor[key]:.1f}" for key in moments)],
        ["two minutes at 300 Hz, whole trajectory with error bars",
         f"{time['two_minute_s']:.0f} s on one core", ""],
    ])  # fmt: skip


DOORS = {
    "recording": "the recording and its standing trial",
    "no_standing": "the recording alone",
    "fit": "joints of the fit, feet as recorded (`analyze`)",
    "fit_only": "the fitted skeleton alone",
    "foot_anchor": "the rule it starts from, `foot_anchor`",
}
DEGRADED = {
    "60hz": "60 Hz",
    "30hz": "30 Hz",
    "150hz_3mm": "150 Hz, 3 mm white noise on every marker",
    "60hz_3mm": "60 Hz, 3 mm",
    "2d_60hz_3mm": "heel and toe in the plane only, 60 Hz, 3 mm",
}


def events(result: dict[str, Any]) -> str:
    """Return errors and cover by where the signals come from."""
    rows = [
        [
            words,
            *[f"{row[f'{k}_bias_ms']:+.2f}, {row[f'{k}_rmse_ms']:.2f}" for k in ("fs", "to")],
            f"{row['ct_rmse_ms']:.2f}",
            f"{row['cover95_fs']:.3f}, {row['cover95_to']:.3f}",
            f"{row['missed']} / {row['extra']}",
        ]
        for part, names in (("doors", DOORS), ("degraded", DEGRADED))
        for key, words in names.items()
        if (row := result[part].get(key))
    ]
    return table(["signals from", "strike: bias, RMSE", "toe-off: bias, RMSE", "contact RMSE",
                  "inside the stated 95 %", "missed / extra"], rows)  # fmt: skip


def event_strata(result: dict[str, Any]) -> str:
    """Return errors by speed, strike type, side and runner."""
    rows = [
        [
            f"{name[6]}.{name[7]} m/s" if name.startswith("speed ") else name,
            *[f"{row[f'{k}_bias_ms']:+.2f}, {row[f'{k}_rmse_ms']:.2f}" for k in ("fs", "to")],
            f"{row['ct_rmse_ms']:.2f}",
        ]
        for name, row in result["strata"].items()
    ]
    return table(["", "strike: bias, RMSE", "toe-off: bias, RMSE", "contact RMSE"], rows)


def event_laboratories(result: dict[str, Any]) -> str:
    """Return bias and scatter on recordings of other laboratories."""
    rows = [
        [
            name,
            *[
                f"{row[kind]['n']}: {row[kind]['bias_ms']:+.1f}, {row[kind]['sd_ms']:.1f}"
                for kind in ("foot_strike", "toe_off")
            ],
            f"{row['missed']} / {row['extra']}",
        ]
        for name, row in result["others"].items()
        if "foot_strike" in row and "toe_off" in row
    ]
    return table(["laboratory", "strike: n, bias, SD", "toe-off: n, bias, SD",
                  "missed / extra"], rows)  # fmt: skip


TABLES = {
    "events": events,
    "event_strata": event_strata,
    "event_laboratories": event_laboratories,
    "rbds_angles": rbds_angles,
    "constants": constants,
    "opensim_agreement": opensim_agreement,
    "peers": peers,
    "opensim_synthetic": opensim_synthetic,
    "foot_strike": foot_strike,
    "accuracy": accuracy,
    "fit": fit,
}


def filled(page: Path, tables: dict[str, str]) -> str:
    """Return the page's text with these tables in their places."""
    text = page.read_text()
    for name, block in tables.items():
        found = re.search(rf"<!-- {name} -->\n.*?<!-- end -->", text, re.DOTALL)
        if found is None:
            raise SystemExit(f"{page} has no place for {name}")
        start, end = found.span()
        text = f"{text[:start]}<!-- {name} -->\n{block}\n<!-- end -->{text[end:]}"
    return text


def main() -> int:
    """Write the pages, or say whether they are up to date."""
    files = {name: "events" if name.startswith("event") else name for name in TABLES}
    results = {
        name: json.loads((RESULTS / f"{file}.json").read_text()) for name, file in files.items()
    }
    pages = {
        ROOT / "docs" / "accuracy.md": {k: make(results[k]) for k, make in TABLES.items()},
        ROOT / "README.md": {"figures": figures(results)},
    }
    texts = {page: filled(page, tables) for page, tables in pages.items()}
    if "--check" in sys.argv:
        return int(any(page.read_text() != text for page, text in texts.items()))
    for page, text in texts.items():
        page.write_text(text)
    return 0


if __name__ == "__main__":
    sys.exit(main())
