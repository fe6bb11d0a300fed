"""Disturb builds at random moments and judge what is left.

Run with `python bench/faults.py [COUNT] [SEED]` (default 104 and 1). Prints one line a fault; exit code 1 when one
leaves something broken or behind.
"""

from __future__ import annotations

import sys
import tempfile
import time
from collections import Counter
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1] / "tests"))

from faults import FAULTS, Bench


def main(count: int, seed: int) -> None:
    """Disturb `count` builds, each fault equally often."""
    good: Counter[str] = Counter()
    bad = 0
    with tempfile.TemporaryDirectory() as folder:
        bench = Bench(Path(folder))
        for number in range(count):
            fault = list(FAULTS)[number % len(FAULTS)]
            started = time.monotonic()
            try:
                bench.disturb(fault, seed + number // len(FAULTS))
                good[fault] += 1
                verdict = "whole"
            except AssertionError as error:
                bad += 1
                verdict = f"BROKEN: {error}"
            print(f"{number + 1:4}  {fault:30} {time.monotonic() - started:5.1f} s  {verdict}", flush=True)
    print(f"{good.total()} of {count} builds were disturbed and left everything whole.")
    sys.exit(bad > 0)


if __name__ == "__main__":
    main(*(int(text) for text in [*sys.argv[1:], *("104", "1")[len(sys.argv) - 1 :]]))
