"""How long `voortgang check` takes, on the shipped workspace and on a million bookings.

Run with `python bench/check_speed.py [ROWS]`. Prints seconds and peak memory of a process of its own for each.
"""

from __future__ import annotations

import csv
import resource
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path

REPOSITORY = Path(__file__).parents[1]
CHECK = """
import pandas, pydantic, time
from pathlib import Path
started = time.perf_counter()
from voortgang.check.checked import check
from voortgang.workspace.paths import Workspace
checked = check(Workspace(Path({root!r})))
print(time.perf_counter() - started, len(checked.data.tables.financien), len(checked.findings))
"""


def main(rows: int) -> None:
    """Measure and print."""
    print("workspace            rows of financien   findings   seconds   peak memory (MB)")
    _measure("as shipped", REPOSITORY)
    for count in (rows // 10, rows):
        with tempfile.TemporaryDirectory() as folder:
            root = Path(folder)
            for part in ("data", "parameters"):
                shutil.copytree(REPOSITORY / part, root / part)
            _multiply(root / "data" / "financien.csv", count)
            _measure("synthetic", root)


def _multiply(path: Path, count: int) -> None:
    """Repeat the bookings under new numbers, each for one euro, until there are `count`."""
    with path.open(encoding="utf-8", newline="") as file:
        names, *lines = list(csv.reader(file))
    amount, key = names.index("bedrag"), names.index("boeking_id")
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(names)
        for number in range(count):
            line = list(lines[number % len(lines)])
            line[key], line[amount] = f"S{number:07d}", "1"
            writer.writerow(line)


def _measure(name: str, root: Path) -> None:
    started = time.perf_counter()
    done = subprocess.run(
        [sys.executable, "-c", CHECK.format(root=str(root))], capture_output=True, text=True, check=True
    )
    whole = time.perf_counter() - started
    seconds, rows, found = done.stdout.split()
    # Of the largest child so far; sizes only grow from one measurement to the next.
    peak = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1024
    print(
        f"{name:20} {int(rows):>18,} {found:>10} {float(seconds):>9.2f} {peak:>18.0f}   (whole process {whole:.2f} s)"
    )


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 1_000_000)
