"""Every goal of speed in one run: what a change, a preview, a verification and a loop cost, as ratios.

Usage: python bench/goals.py [--rounds N] [--plot FILE]

Prints a table for docs/performance.md. Everything is measured one after another in copies of this workspace, on the
clock, as the median of some rounds: only ratios of one run on a quiet computer compare. Modules are compiled first, as
pip leaves them. What grows with the number of deals, projects or years is measured by bench/growth.py.
"""

from __future__ import annotations

import argparse
import json
import signal
import statistics
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path

from measured import BIN, PROGRAM, compile_modules, cost, forget, replace, workspace

from voortgang.cli.standby import address
from voortgang.run.plan import Plan, plan
from voortgang.workspace.parameters import read_parameters
from voortgang.workspace.paths import Workspace

YEAR = "2021"
CHAPTER, SENTENCE = "templates/hoofdstukken/_inleiding.qmd", "## De Regio Deal"
NOTEBOOK, SOURCE = "notebooks/werken.ipynb", "import voortgang.notebook as vg"
TABLE, ROW = "data/metingen.csv", "werken-1-netwerken,2021,,logistiek,"
TEXT = f"data/toelichting/{YEAR}/inleiding.md"
FLOOR = Path(__file__).with_name("floor.py")


@dataclass(frozen=True)
class Goal:
    """One line of the table: a ratio of two measurements, or an amount, and what it should be at most or at least."""

    name: str
    value: float
    goal: float
    at_least: bool = False
    unit: str = ""

    @property
    def met(self) -> bool:
        """Whether the goal is reached."""
        return self.value >= self.goal if self.at_least else self.value <= self.goal

    def __str__(self) -> str:
        sign = "≥" if self.at_least else "≤"
        met = "" if self.met else "missed"
        return f"| {self.name} | {sign} {self.goal:g}{self.unit} | {self.value:.2f}{self.unit} | {met} |"


def main(rounds: int, picture: Path | None) -> None:
    """Measure and print."""
    compile_modules()
    with tempfile.TemporaryDirectory() as folder:
        deal = workspace(Path(folder) / "deal")
        goals: list[Goal] = []
        for each in _all(deal, rounds):
            goals.append(each)
            print(each, flush=True)
    if picture is not None:
        _draw(goals, picture)


def _all(deal: Path, rounds: int) -> Iterator[Goal]:
    cost(PROGRAM, "build", YEAR, at=deal)  # what comes from the disk for the first time would count as work
    cold, row, word, nothing = _changes(deal, rounds)
    yield Goal("one row → all documents of its year, of cold", row / cold, 0.15)
    yield Goal("one word → all documents of its year, of cold", word / cold, 0.08)
    for name, goal, seconds in zip(
        ("row", "chapter", "notebook cell"), (0.08, 0.03, 0.08), _preview(deal), strict=True
    ):
        yield Goal(f"preview: {name} saved → new page, of cold", seconds / cold, goal)
    for name, goal, seconds in zip(("row", "word"), (0.15, 0.08), _beside_preview(deal, rounds), strict=True):
        yield Goal(f"one {name}, once a preview shows it → all documents, of cold", seconds / cold, goal)
    start = _least(sys.executable, "-c", "import click, yaml", at=deal)
    yield Goal("nothing changed / `import click, yaml`", nothing / start, 1.5)
    yield Goal("`--help` / `import click, yaml`", _least(PROGRAM, "--help", at=deal) / start, 0.7)
    planned = _planned(deal)
    loop = _loop([each for each in planned if str(each.period) == YEAR], deal)
    yield Goal("papermill loop over the notebooks / cold year with all documents", loop / cold, 4, at_least=True)
    forget(deal)
    five = _again(rounds, lambda: forget(deal), PROGRAM, "build", "--all", at=deal)
    yield Goal("five such loops / five years cold with all documents", 5 * loop / five, 6, at_least=True)
    yield Goal("five years cold / floor", five / _floor(planned, deal), 1.4)
    fresh = _again(rounds, lambda: forget(deal), PROGRAM, "build", YEAR, "--fresh-kernels", at=deal)
    verified = _again(rounds, lambda: None, PROGRAM, "verify", YEAR, at=deal)
    yield Goal("verify a year / cold year with fresh kernels", verified / fresh, 1.2)
    forget(deal)
    memory = cost(PROGRAM, "build", "--all", "--jobs", "2", at=deal, watched=True).memory
    yield Goal("peak memory of the process tree, two jobs (shared pages once)", memory / 1000, 0.7, unit=" GB")


def _changes(deal: Path, rounds: int) -> list[float]:
    """Return the median seconds of a cold build, after a row, after a word, and after nothing; print them with CPU."""
    turns: dict[str, Callable[[], None]] = {
        "cold": lambda: forget(deal),
        "one row": lambda: _row(deal),
        "one word": lambda: replace(deal / TEXT, ".", " ook."),
        "nothing": lambda: None,
    }
    costs: dict[str, list[tuple[float, float]]] = {name: [] for name in turns}
    for _ in range(rounds):
        for name, change in turns.items():
            change()
            took = cost(PROGRAM, "build", YEAR, at=deal)
            costs[name].append((took.seconds, took.cpu))
    medians = {name: [statistics.median(each) for each in zip(*taken, strict=True)] for name, taken in costs.items()}
    for name, (seconds, cpu) in medians.items():
        print(f"{name}: {seconds:.2f} s, {cpu:.1f} s of CPU ({cpu / medians['cold'][1]:.2f} of cold)", flush=True)
    return [seconds for seconds, _ in medians.values()]


def _row(deal: Path) -> None:
    path = deal / TABLE
    line = next(line for line in path.read_text(encoding="utf-8").split("\n") if line.startswith(ROW))
    cells = line.split(",")
    cells[4] = str(int(cells[4]) + 1)
    replace(path, line, ",".join(cells))


@contextmanager
def _previewing(deal: Path) -> Iterator[Callable[[Callable[[], None]], float]]:
    """Yield a function that changes something and returns the seconds until a preview shows it."""
    command = [str(PROGRAM), "preview", YEAR, "--no-browser"]
    process = subprocess.Popen(command, cwd=deal, stdout=subprocess.PIPE, text=True)
    assert process.stdout is not None
    told = urllib.request.urlopen(f"{process.stdout.readline().split()[0]}stand/{YEAR}")

    def waited(since: float) -> float:
        while not (line := told.readline()).startswith(b"data: "):
            pass
        if json.loads(line[6:])["errors"]:
            raise SystemExit(line.decode())
        return time.perf_counter() - since

    def saved(change: Callable[[], None]) -> float:
        change()
        return waited(time.perf_counter())

    waited(time.perf_counter())
    yield saved
    process.send_signal(signal.SIGINT)
    process.wait()


def _preview(deal: Path) -> list[float]:
    """Return the median seconds from saving a row, a chapter and a cell of a notebook to the new page."""
    # Another text each time: what was there before comes from the store.
    texts = [f"Zin {number}.\n\n{SENTENCE}" if number else SENTENCE for number in range(6)]
    cells = [f"{SOURCE}  # {number}" if number else SOURCE for number in range(6)]
    with _previewing(deal) as saved:
        seconds = [
            [saved(lambda: _row(deal)) for _ in range(5)],
            [saved(lambda turn=turn: replace(deal / CHAPTER, *turn)) for turn in pairwise(texts)],
            [saved(lambda turn=turn: replace(deal / NOTEBOOK, *turn)) for turn in pairwise(cells)],
        ]
    return [statistics.median(each) for each in seconds]


def _beside_preview(deal: Path, rounds: int) -> list[float]:
    """Return the median seconds of a build after a row and after a word that a preview shows already."""
    changes = (lambda: _row(deal), lambda: replace(deal / TEXT, ".", " ook."))
    seconds: list[list[float]] = [[], []]
    with _previewing(deal) as saved:
        while not any(address.known(Workspace(deal))):
            time.sleep(0.1)
        for _ in range(rounds):
            for change, taken in zip(changes, seconds, strict=True):
                saved(change)
                taken.append(cost(PROGRAM, "build", YEAR, at=deal).seconds)
    return [statistics.median(each) for each in seconds]


def _least(*command: object, at: Path) -> float:
    seconds = []
    for _ in range(10):
        started = time.perf_counter()
        subprocess.run(list(map(str, command)), cwd=at, check=True, capture_output=True)
        seconds.append(time.perf_counter() - started)
    return min(seconds)


def _again(rounds: int, before: Callable[[], None], *command: object, at: Path) -> float:
    seconds = []
    for _ in range(rounds):
        before()
        seconds.append(cost(*command, at=at).seconds)
    return statistics.median(seconds)


def _planned(deal: Path) -> list[Plan]:
    found = Workspace(deal)
    return plan(
        found, [read_parameters(found, int(path.stem)).period for path in found.root.glob("parameters/????.yml")]
    )


def _loop(planned: list[Plan], deal: Path) -> float:
    """Return the seconds of a loop that calls papermill for each run of a year, one after another."""
    with tempfile.TemporaryDirectory() as folder:
        started = time.perf_counter()
        for number, run in enumerate(run for each in planned for run in each.runs):
            given = [text for key, value in run.given.items() for text in ("-p", key, str(value))]
            notebook = deal / "notebooks" / run.notebook.name
            command = [BIN / "papermill", "--cwd", notebook.parent, notebook, Path(folder) / f"{number}.ipynb", *given]
            subprocess.run(command, cwd=notebook.parent, check=True, capture_output=True)
        return time.perf_counter() - started


def _floor(planned: list[Plan], deal: Path) -> float:
    """Return the seconds that the code of all notebooks, Pandoc and Typst need, with everything imported once."""
    runs = [(str(deal / "notebooks" / run.notebook.name), run.given) for each in planned for run in each.runs]
    reports = [
        (str(deal / "reports" / str(each.period) / "bron"), str(each.parameters.reference_date)) for each in planned
    ]
    with tempfile.TemporaryDirectory() as folder:
        jobs = Path(folder) / "jobs.json"
        jobs.write_text(json.dumps([runs, reports], default=str), encoding="utf-8")
        return cost(sys.executable, FLOOR, jobs, at=deal).seconds


def _draw(goals: list[Goal], picture: Path) -> None:
    """Draw how far each measure is from its goal: 1 is the goal, less is better."""
    from matplotlib import rc_context
    from matplotlib.figure import Figure

    with rc_context({"svg.hashsalt": "goals", "font.size": 9}):
        figure = Figure(figsize=(9, 0.36 * len(goals) + 0.8), layout="constrained")
        axes = figure.subplots()
        shares = [each.goal / each.value if each.at_least else each.value / each.goal for each in goals]
        colours = ["#1b7f79" if each.met else "#b5533c" for each in goals]
        axes.barh([each.name for each in goals], shares, color=colours)
        axes.axvline(1, color="#222222", linewidth=1)
        axes.invert_yaxis()
        axes.set_xlabel("measured as a multiple of the goal (1 is the goal; shorter is better)")
        axes.spines[["top", "right"]].set_visible(False)
        figure.savefig(picture, metadata={"Date": None})


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--plot", type=Path, metavar="FILE")
    asked = parser.parse_args()
    main(asked.rounds, asked.plot)
