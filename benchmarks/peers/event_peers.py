"""gaitkit's event detectors beside ours on RBDS, by the same protocol.

The last line of standard output is one JSON object; `--store` keeps it in
benchmarks/accuracy/results/event_peers.json.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "support"))
import gaitkit_detectors
from recordings import parser, rbds_folder, rbds_runners, rbds_speeds

from runmech.benchmark import find_trials, run_benchmark
from runmech.benchmark.pages import terminal_tables

HERE = Path(__file__).parent
RESULTS = HERE.parent / "accuracy" / "results" / "event_peers.json"
OURS = ("runmech", "foot_anchor", "after_maiwald_2009", "zeni_2008")
KEPT = ("n", "bias", "sd", "rmse", "rmse_capped", "f1_10", "f1_25", "missed", "extra", "wrong_side")


def main() -> None:
    from rich.console import Console

    arguments = parser(__doc__, rbds=True)
    arguments.add_argument("--store", action="store_true", help="keep the figures")
    given = arguments.parse_args()
    folder = rbds_folder(given.data)
    plugins = [f"{HERE / 'gaitkit_detectors.py'}:gaitkit_{m}" for m in gaitkit_detectors.METHODS]

    def tell(share: float, what: str) -> None:
        print(f"\r{100 * share:3.0f} % {what}   ", end="", file=sys.stderr, flush=True)

    runners, speeds = rbds_runners(folder, given.runners), rbds_speeds(given.speeds)
    trials = [
        t for t in find_trials(folder) if t.subject in runners and t.name.endswith(tuple(speeds))
    ]
    bench = run_benchmark(trials, [*OURS, *plugins], progress=tell)
    scores = bench.scores()
    console = Console(width=150)
    for table in terminal_tables(bench, scores):
        console.print(table)
    for fault in bench.faults:
        print(fault, file=sys.stderr)
    overall = scores[scores["stratum"] == "all"].dropna(subset=["ms_per_trial"])
    line: dict[str, object] = {
        "trials": len(bench.usable), "speeds": speeds, "protocol": bench.protocol.version,
    }  # fmt: skip
    for row in overall.to_dict("records"):
        key = f"{row['detector']}.{row['quantity']}.{row['mode']}"
        line[key] = {k: round(row[k], 3) for k in KEPT if k in row and row[k] == row[k]}
    if given.store:
        RESULTS.write_text(json.dumps(line, indent=1) + "\n", encoding="utf-8")
    print(json.dumps(line))


if __name__ == "__main__":
    main()
