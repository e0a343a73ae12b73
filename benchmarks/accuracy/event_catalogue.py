"""Every built-in event detector on RBDS by the protocol of runmech.benchmark.

The last line of standard output is one JSON object with the main figures. `--store` writes
benchmarks/accuracy/results/event_catalogue.json and, from it, the tables of docs/detectors.md and
the lines of figures in the rules' headers; `--docs` only the latter. Detectors whose weights were
learnt on these runners are named in `caution`: their rows are not figures for runners they have not
seen (those: ./dev bench events).
The same recordings made worse are scored, too (`degraded`).
"""

from __future__ import annotations

import json
import math
import sys
from pathlib import Path

import runmech as rm
from runmech.benchmark import run_benchmark

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "support"))
import event_pages
from recordings import parser, rbds_folder, rbds_runners

RESULTS = Path(__file__).parent / "results" / "event_catalogue.json"
#: Beside the clean recordings; the detectors are the same, nothing is learnt anew.
DEGRADED = ("60hz", "30hz", "3mm", "60hz+3mm", "drop5", "lp10", "no_toe")
LEARNT_HERE = ("runmech", "osis_2014_refitted", "foot_anchor")
KEPT = (
    "detector", "condition", "mode", "quantity", "n", "offset", "bias", "sd", "rmse", "rmse_low",
    "rmse_high", "rmse_capped", "abs_p99", "abs_max", "f1_10", "f1_25", "f1_50", "missed", "extra",
    "wrong_side", "within_sd", "between_sd", "worst_subject", "worst_rmse", "cover_68", "cover_95",
    "ms_per_trial",
)  # fmt: skip
KEPT_DEGRADED = (
    "detector", "condition", "mode", "quantity", "n", "offset", "bias", "sd", "rmse",
    "rmse_capped", "f1_25", "missed", "extra",
)  # fmt: skip


def plain(value: object) -> object:
    """Return a number as JSON has it: no NaN."""
    if isinstance(value, float):
        return None if math.isnan(value) else round(value, 3)
    return value.item() if hasattr(value, "item") else value


def write_pages(results: dict[str, object], beside: dict[str, object]) -> None:
    """Write docs/detectors.md and the lines of figures in the rules' headers."""
    page = event_pages.filled(event_pages.DOCS.read_text("utf-8"), results, beside)
    event_pages.DOCS.write_text(page, encoding="utf-8")
    for path in event_pages.headers():
        text = event_pages.header(path.read_text("utf-8"), results, path.stem)
        path.write_text(text, encoding="utf-8")


def main() -> None:
    arguments = parser(__doc__, rbds=True)
    arguments.add_argument("--store", action="store_true", help="results file and documentation")
    arguments.add_argument(
        "--docs", action="store_true", help="documentation from the results file"
    )
    arguments.add_argument("--detectors", nargs="+", default=[], help="default: all built-in ones")
    given = arguments.parse_args()
    beside = json.loads(RESULTS.with_name("event_peers.json").read_text("utf-8"))
    if given.docs:
        results = json.loads(RESULTS.read_text("utf-8"))
        write_pages(results, beside)
        return
    folder = rbds_folder(given.data)
    names = given.detectors or [n for n in rm.detector_names() if n != "force_plate"]

    def tell(share: float, what: str) -> None:
        print(f"\r{100 * share:3.0f} % {what}   ", end="", file=sys.stderr, flush=True)

    bench = run_benchmark(
        folder,
        names,
        conditions=("clean", *DEGRADED),
        subjects=rbds_runners(folder, given.runners),
        progress=tell,
    )
    scores = bench.scores()
    print(file=sys.stderr)
    learnt = [name for name in names if name in LEARNT_HERE]
    clean, whole = scores["condition"] == "clean", scores["stratum"] == "all"
    overall, split, worse = scores[clean & whole], scores[clean & ~whole], scores[~clean & whole]
    results = {
        "about": bench.about(),
        "caution": "Learnt on these very runners, so better here than elsewhere (left-out figures: "
        "[Accuracy](accuracy.md)): " + ", ".join(f"`{n}`" for n in learnt) + ".",
        "rules": [
            {k: getattr(i, k) for k in ("name", "about", "source", "foot_strike", "toe_off")}
            for i in rm.detector_list()
        ],
        "scores": [
            {k: plain(row[k]) for k in KEPT if k in row and plain(row[k]) is not None}
            | {
                k: plain(row[k])
                for k in ("bias", "sd", "rmse", "rmse_low", "rmse_high", "within_sd")
            }
            for row in overall.to_dict("records")
        ],
        "degraded": [
            {k: plain(row[k]) for k in KEPT_DEGRADED if plain(row.get(k)) is not None}
            for row in worse.to_dict("records")
            if row["quantity"] in event_pages.TITLES
        ],
        "trends": [
            {k: plain(value) for k, value in row.items()}
            for row in bench.trends().to_dict("records")
        ],
        "strata": [
            {
                k: plain(row[k])
                for k in ("detector", "mode", "quantity", "stratum", "level", "n", "bias", "rmse")
            }
            for row in split.to_dict("records")
            if row["n"] and row["quantity"] in event_pages.TITLES
        ],
    }
    if given.store:
        # One row a line: a change of a figure is a change of its line.
        text = ",\n".join(
            f'"{key}": [\n' + ",\n".join(json.dumps(row) for row in value) + "\n]"
            if isinstance(value, list)
            else f'"{key}": {json.dumps(value)}'
            for key, value in results.items()
        )
        RESULTS.write_text("{\n" + text + "\n}\n", encoding="utf-8")
        write_pages(results, beside)
    line = {}
    for row in results["scores"]:
        if row["quantity"] in event_pages.TITLES:
            key = f"{row['detector']}.{row['quantity']}.{row['mode']}"
            line[key] = {k: row.get(k) for k in ("bias", "sd", "rmse", "f1_25")}
    print(json.dumps(line))


if __name__ == "__main__":
    main()
