"""The event benchmark: detectors beside force plates, by a fixed protocol."""

from runmech.benchmark.datasets import BenchmarkTrial, find_trials
from runmech.benchmark.degrade import Condition
from runmech.benchmark.findings import Protocol
from runmech.benchmark.pages import write_results
from runmech.benchmark.run import Benchmark, run_benchmark

#: Raised whenever a figure could change for the same detector on the same data.
PROTOCOL_VERSION = Protocol().version

__all__ = [
    "PROTOCOL_VERSION",
    "Benchmark",
    "BenchmarkTrial",
    "Condition",
    "Protocol",
    "find_trials",
    "run_benchmark",
    "write_results",
]
