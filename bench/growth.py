"""What grows with the size of a deal and with the number of deals, and what Dask costs beside processes.

Usage: python bench/growth.py size
       python bench/growth.py deals [DEALS]
       python bench/growth.py dask [ROUNDS]

"size" builds a year of this workspace with ten times its projects, ten times its indicators and five times its
municipalities, and three times as many years, each from nothing. "deals" builds one year of ever more deals of real
size, up to DEALS (default 100), two at once. "dask" builds four deals with four workers, on processes and on a cluster.
"""

from __future__ import annotations

import csv
import os
import random
import shutil
import statistics
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from copy import deepcopy
from pathlib import Path
from typing import Any

import yaml
from measured import BIN, PROGRAM, Cost, compile_modules, cost, forget, workspace

YEAR = "2021"
LIST = "list.txt"


def size() -> None:
    """Print what a build takes when one part of the deal has grown."""
    grown: dict[str, Callable[[Path], None]] = {
        "as it is": lambda deal: None,
        "projects × 10": _projects,
        "indicators × 10": _indicators,
        "municipalities × 5": _municipalities,
        "years × 3": _years,
    }
    print("| what has grown | seconds | CPU seconds | of the deal as it is |\n|---|---:|---:|---:|")
    first: dict[bool, float] = {}
    for name, grow in grown.items():
        with tempfile.TemporaryDirectory() as folder:
            deal = _undecided(workspace(Path(folder) / "deal"))
            grow(deal)
            asked = ("--all",) if grow is _years else (YEAR,)
            took = cost(PROGRAM, "build", *asked, at=deal)
            if name == "as it is":
                forget(deal)
                first = {False: took.seconds, True: cost(PROGRAM, "build", "--all", at=deal).seconds}
        ratio = took.seconds / first[asked == ("--all",)]
        print(f"| {name} | {took.seconds:.1f} | {took.cpu:.0f} | {ratio:.1f} |", flush=True)


def _undecided(deal: Path) -> Path:
    """Take the adoptions away: what grows has other figures than those that were adopted."""
    shutil.rmtree(deal / "data" / "vastgesteld")
    for path in (deal / "parameters").glob("*.yml"):
        text = path.read_text(encoding="utf-8")
        path.write_text(text.replace("status: vastgesteld", "status: besproken"), encoding="utf-8")
    return deal


def _projects(deal: Path) -> None:
    """Nine projects more for each, without bookings of their own, and a tenth of its budget for each."""

    def spread(row: dict[str, str]) -> dict[str, str]:
        return row | {"begroot": str(int(row["begroot"]) // 10)} if row.get("begroot") else row

    _cloned(deal / "data" / "projecten.csv", 10, lambda row: True, "project_id", spread, also="naam")
    for table in ("voortgang", "mijlpalen"):
        _cloned(deal / "data" / f"{table}.csv", 10, lambda row: True, "project_id")


def _indicators(deal: Path) -> None:
    """Nine indicators more for each that is no sum, measured as it is."""
    covenant = _covenant(deal)
    for result in covenant["results"]:
        more = [each for each in result["indicators"] if not each.get("sum_of")]
        for number in range(1, 10):
            for each in deepcopy(more):
                result["indicators"].append(each | {"id": f"{each['id']}-{number}", "name": f"{each['name']} {number}"})
    _write(deal, covenant)
    _cloned(deal / "data" / "metingen.csv", 10, lambda row: True, "indicator_id")


def _municipalities(deal: Path) -> None:
    """Four municipalities more for each, measured as it is."""
    covenant = _covenant(deal)
    places = [each for each in covenant["parties"] if each["kind"] == "gemeente"]
    for number in range(1, 5):
        for each in deepcopy(places):
            each.pop("cbs_code", None)
            each.pop("tile", None)
            names = {key: f"{each[key]} {number}" for key in ("name", "short")}
            covenant["parties"].append(each | names | {"id": f"{each['id']}-{number}"})
    for each in covenant["parties"]:
        each.pop("tile", None)
    _write(deal, covenant)
    (deal / "data" / "kaart.geojson").unlink()
    _cloned(deal / "data" / "metingen.csv", 5, lambda row: bool(row["gemeente"]), "gemeente")


def _years(deal: Path) -> None:
    """Ten years more, without figures of their own: what was measured goes on."""
    covenant = _covenant(deal)
    covenant["term"]["end"] = covenant["term"]["end"].replace(year=2033)
    _write(deal, covenant)
    for year in range(2024, 2034):
        text = (deal / "parameters" / "2023.yml").read_text(encoding="utf-8")
        (deal / "parameters" / f"{year}.yml").write_text(text.replace("2023", str(year)), encoding="utf-8")
        shutil.copytree(deal / "data" / "toelichting" / "2023", deal / "data" / "toelichting" / str(year))


def _covenant(deal: Path) -> dict[str, Any]:
    return yaml.safe_load((deal / "data" / "deal.yml").read_text(encoding="utf-8"))


def _write(deal: Path, covenant: dict[str, Any]) -> None:
    text = yaml.safe_dump(covenant, allow_unicode=True, sort_keys=False)
    (deal / "data" / "deal.yml").write_text(text, encoding="utf-8")


def _cloned(
    path: Path,
    times: int,
    which: Callable[[dict[str, str]], bool],
    column: str,
    change: Callable[[dict[str, str]], dict[str, str]] = lambda row: row,
    also: str = "",
) -> None:
    """Write each row of a table a number of times, with a number behind its id (and behind its name)."""
    with path.open(encoding="utf-8", newline="") as file:
        reader = csv.DictReader(file)
        names, rows = list(reader.fieldnames or []), [change(row) for row in reader]
    for row in [row for row in rows if which(row)]:
        for number in range(1, times):
            # A project is known by letters and three digits; anything else by any words.
            letters = chr(ord("A") + number) if column == "project_id" else ""
            new = {column: f"{letters}{row[column]}{'' if letters else f'-{number}'}"} | (
                {also: f"{row[also]} {number}"} if also else {}
            )
            rows.append(row | new)
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, names, lineterminator="\n")
        writer.writeheader()
        writer.writerows(rows)


def deals(most: int) -> None:
    """Print time, and the memory of the driver, for ever more deals of real size, each of one year."""
    print("| deals | seconds | a deal | driver (MB) | nothing changed |\n|---:|---:|---:|---:|---:|")
    number = most
    numbers = []
    while number >= 4:
        numbers.append(number)
        number //= 5
    for number in reversed(numbers):
        with tempfile.TemporaryDirectory() as folder:
            root = _many(Path(folder), number)
            took = _built(root, watched=True)
            again = _built(root)
            each = took.seconds / number
            print(
                f"| {number} | {took.seconds:.0f} | {each:.1f} | {took.driver:.0f} | {again.seconds:.1f} |", flush=True
            )


def dask(rounds: int) -> None:
    """Print what four deals take with four workers, on processes and on a cluster of this computer."""
    ratios = []
    with tempfile.TemporaryDirectory() as folder:
        root = _many(Path(folder), 4)
        for _ in range(rounds):
            seconds = []
            for kind in ("processes", "dask"):
                for each in (root, *(path.parent for path in root.glob("*/data"))):
                    forget(each)
                with _workers(kind, 4, root) as options:
                    seconds.append(_built(root, *options).seconds)
            ratios.append(seconds[1] / seconds[0])
            print(f"processes {seconds[0]:.1f} s, dask {seconds[1]:.1f} s", flush=True)
    print(f"Dask / processes, 4 workers, median of {rounds}: {statistics.median(ratios):.2f}")


def _many(root: Path, number: int) -> Path:
    for each in range(number):
        workspace(root / f"deal-{each}", seed=each)
    (root / LIST).write_text("".join(f"deal-{each}\n" for each in range(number)), encoding="utf-8")
    return root


def _built(root: Path, *options: str, watched: bool = False) -> Cost:
    return cost(PROGRAM, "build", YEAR, "--all-workspaces", LIST, *options, at=root, watched=watched)


@contextmanager
def _workers(kind: str, workers: int, root: Path) -> Iterator[tuple[str, ...]]:
    """Yield the options that build with a number of workers; a cluster is there before, and ends after."""
    if kind == "processes":
        yield ("--jobs", str(workers))
        return
    port = str(random.randrange(20_000, 30_000))
    address = f"tcp://127.0.0.1:{port}"
    # As docs/scale.md asks: its profiler looks at each worker a hundred times a second.
    environment = os.environ | {"DASK_DISTRIBUTED__WORKER__PROFILE__ENABLED": "False"}
    quiet: dict[str, Any] = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL, "env": environment}
    common = ["--nthreads", "1", "--no-dashboard", "--local-directory", str(root)]
    processes = [subprocess.Popen([BIN / "dask", "scheduler", "--port", port, "--no-dashboard"], **quiet)]
    processes += [subprocess.Popen([BIN / "dask", "worker", address, *common], **quiet) for _ in range(workers)]
    try:
        wait = f"import distributed as d; d.Client({address!r}).wait_for_workers({workers}, 60)"
        subprocess.run([sys.executable, "-c", wait], check=True, capture_output=True)
        yield ("--scheduler", address)
    finally:
        for process in reversed(processes):
            process.terminate()
            process.wait()


if __name__ == "__main__":
    what, *more = sys.argv[1:] or [""]
    compile_modules()
    if what == "size":
        size()
    elif what == "deals":
        deals(int(more[0]) if more else 100)
    elif what == "dask":
        dask(int(more[0]) if more else 3)
    else:
        raise SystemExit(__doc__)
