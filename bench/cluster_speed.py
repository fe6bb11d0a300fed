"""How long many deals take on processes of this computer and on a Dask cluster, and how much memory the driver needs.

Run with `python bench/cluster_speed.py [DEALS] [YEARS] [ROUNDS]` (default 4 deals, 2 years, 2 rounds). Every way builds
the same synthetic deals from nothing, with the same number of workers, in turn within a round, so that the ratios
compare like with like. The last part builds 1, 2, 4, … copies of a small deal to see what grows with their number.
"""

from __future__ import annotations

import os
import random
import shutil
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psutil
from build_speed import REPOSITORY, workspace

sys.path.insert(0, str(REPOSITORY / "tests"))

from faults import trim

BIN = Path(sys.executable).parent


def main(deals: int, years: int, rounds: int) -> None:
    """Measure and print."""
    chosen = [str(year) for year in range(2019, 2019 + years)]
    ways = [(kind, workers) for workers in (1, 2, 4) for kind in ("processes", "dask")]
    seconds: dict[tuple[str, int], list[float]] = {way: [] for way in ways}
    again: dict[tuple[str, int], list[float]] = {way: [] for way in ways}
    with tempfile.TemporaryDirectory() as folder:
        root = Path(folder)
        names = [f"deal-{number}" for number in range(deals)]
        for number, name in enumerate(names):
            workspace(root / name, seed=number)
        (root / "list.txt").write_text("\n".join(names) + "\n", encoding="utf-8")
        for _ in range(rounds):
            for kind, workers in ways:
                _clear(root)
                with _place(kind, workers, root) as options:
                    seconds[kind, workers].append(_built(root, chosen, *options)[0])
                    again[kind, workers].append(_built(root, chosen, *options)[0])
        print(f"{deals} deals of {years} years, seconds (median of {rounds})")
        for workers in (1, 2, 4):
            ours, dask = seconds["processes", workers], seconds["dask", workers]
            ratio = statistics.median(b / a for a, b in zip(ours, dask, strict=True))
            second = [statistics.median(again[kind, workers]) for kind in ("processes", "dask")]
            print(
                f"  {workers} workers: processes {statistics.median(ours):6.1f}   "
                f"dask {statistics.median(dask):6.1f}   dask/processes {ratio:.2f}   "
                f"nothing changed {second[0]:.1f} and {second[1]:.1f}"
            )
    _growth()


def _growth() -> None:
    """Build ever more small deals, and print time and the driver's memory for each number."""
    print("small deals (two notebooks, one short document), one year, 2 processes")
    for count in (4, 8, 16, 32):
        with tempfile.TemporaryDirectory() as folder:
            root = Path(folder)
            names = [f"deal-{number}" for number in range(count)]
            for number, name in enumerate(names):
                trim(workspace(root / name, seed=number))
            (root / "list.txt").write_text("\n".join(names) + "\n", encoding="utf-8")
            took, memory = _built(root, ["2021"], "--jobs", "2")
            again, _ = _built(root, ["2021"], "--jobs", "2")
            print(f"  {count:3} deals {took:6.1f} s   driver {memory:4.0f} MB   nothing changed {again:.2f} s")


def _clear(root: Path) -> None:
    for folder in (root, *(path.parent for path in root.glob("*/data"))):
        shutil.rmtree(folder / ".voortgang", ignore_errors=True)
        shutil.rmtree(folder / "reports", ignore_errors=True)


@contextmanager
def _place(kind: str, workers: int, root: Path) -> Iterator[tuple[str, ...]]:
    """Yield the options that build with a number of workers; a cluster is there before, and ends after."""
    if kind == "processes":
        yield ("--jobs", str(workers))
        return
    port = str(random.randrange(20_000, 30_000))
    address = f"tcp://127.0.0.1:{port}"
    quiet = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
    common = ["--nthreads", "1", "--no-dashboard", "--local-directory", str(root)]
    processes = [subprocess.Popen([BIN / "dask", "scheduler", "--port", port, "--no-dashboard"], **quiet)]
    processes += [subprocess.Popen([BIN / "dask", "worker", address, *common], **quiet) for _ in range(workers)]
    try:
        subprocess.run(
            [sys.executable, "-c", f"import distributed as d; d.Client({address!r}).wait_for_workers({workers}, 60)"],
            check=True,
            capture_output=True,
        )
        yield ("--scheduler", address)
    finally:
        for process in reversed(processes):
            process.terminate()
            process.wait()


def _built(root: Path, years: list[str], *options: str) -> tuple[float, float]:
    """Build everything on the list; return the seconds, and the largest memory of the driver in MB."""
    command = [BIN / "voortgang", "build", *years, "--all-workspaces", "list.txt", *options]
    started = time.perf_counter()
    process = subprocess.Popen(
        command, cwd=root, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, env=os.environ
    )
    largest = 0.0

    def watch() -> None:
        nonlocal largest
        driver = psutil.Process(process.pid)
        while process.poll() is None:
            try:
                largest = max(largest, driver.memory_info().rss / 1e6)
            except psutil.Error:
                return
            time.sleep(0.05)

    watcher = threading.Thread(target=watch)
    watcher.start()
    said, _ = process.communicate()
    watcher.join()
    assert process.returncode == 0, said
    return time.perf_counter() - started, largest


if __name__ == "__main__":
    main(*(int(each) for each in (sys.argv[1:] + ["4", "2", "2"][len(sys.argv) - 1 :])))
