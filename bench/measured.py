"""Shared by the benches: a workspace to build, changes to it, and what a command costs."""

from __future__ import annotations

import os
import random
import shutil
import subprocess
import sys
import sysconfig
import tempfile
import threading
import time
from compileall import compile_dir
from dataclasses import dataclass
from pathlib import Path

import psutil

REPOSITORY = Path(__file__).parents[1]
BIN = Path(sys.executable).parent
PROGRAM = BIN / "voortgang"


@dataclass(frozen=True)
class Cost:
    """What a command took: seconds on the clock, seconds of processor time of its whole process tree, megabytes.

    The memory is the largest of the process tree with shared pages once, and of the command's own process; both are 0
    unless they were watched.
    """

    seconds: float
    cpu: float
    memory: float = 0
    driver: float = 0


def compile_modules() -> None:
    """Compile all modules, as pip leaves them: without, and with `PYTHONDONTWRITEBYTECODE`, each process does it."""
    for place in (REPOSITORY / "src", sysconfig.get_path("purelib")):
        compile_dir(place, quiet=2)


def workspace(root: Path, seed: int | None = None) -> Path:
    """Return a copy of this workspace; with a seed, one that shares no result with others."""
    for part in ("data", "parameters", "notebooks", "templates"):
        shutil.copytree(REPOSITORY / part, root / part, ignore=shutil.ignore_patterns(".*", "__pycache__"))
    if seed is not None:
        spend(root, random.Random(seed), 40)
        replace(root / "data" / "deal.yml", "name: Regio Deal", f"name: Regio Deal {seed}")
    return root


def spend(root: Path, chance: random.Random, rows: int, year: str = "") -> None:
    """Add a euro to some realised amounts."""
    path = root / "data" / "financien.csv"
    lines = path.read_text(encoding="utf-8").splitlines(keepends=True)
    places = [i for i, line in enumerate(lines) if "gerealiseerd" in line and f",{year}" in line and ",wonen," in line]
    for place in chance.sample(places, rows):
        cells = lines[place].split(",")
        cells[6] = str(int(cells[6]) + 1)
        lines[place] = ",".join(cells)
    path.write_text("".join(lines), encoding="utf-8")


def replace(path: Path, old: str, new: str) -> None:
    """Replace the first place of a text in a file; it must be there."""
    text = path.read_text(encoding="utf-8")
    if old not in text:
        raise SystemExit(f"{old!r} is not in {path}")
    path.write_text(text.replace(old, new, 1), encoding="utf-8")


def forget(root: Path) -> None:
    """Remove what builds in a workspace made and kept."""
    for name in (".voortgang", "reports"):
        shutil.rmtree(root / name, ignore_errors=True)


def cost(*command: object, at: Path, watched: bool = False, **also: str) -> Cost:
    """Return what a command takes that must end well.

    Processor time is counted by sampling the process tree fifty times a second, for kernels are children of no process
    that waits for them. Memory is looked at only when asked for: it takes time itself.
    """
    seen: dict[tuple[int, float], float] = {}
    peak = [0.0, 0.0]
    with tempfile.TemporaryFile("w+") as said:
        started = time.perf_counter()
        process = subprocess.Popen(
            list(map(str, command)), cwd=at, stdout=said, stderr=said, stdin=subprocess.DEVNULL, env=os.environ | also
        )
        ended = threading.Event()

        def watch() -> None:
            while not ended.wait(0.2 if watched else 0.02):
                shared = own = 0.0
                for each in _tree(process.pid):
                    try:
                        times = each.cpu_times()
                        seen[each.pid, each.create_time()] = times.user + times.system
                        if watched:
                            memory = each.memory_full_info()
                            shared += memory.pss / 1e6
                            own = memory.rss / 1e6 if each.pid == process.pid else own
                    except psutil.Error:
                        continue
                peak[:] = max(peak[0], shared), max(peak[1], own)

        watcher = threading.Thread(target=watch)
        watcher.start()
        process.wait()
        seconds = time.perf_counter() - started
        ended.set()
        watcher.join()
        if process.returncode:
            said.seek(0)
            raise SystemExit(f"{' '.join(map(str, command))} ended with {process.returncode}:\n{said.read()}")
    return Cost(seconds, sum(seen.values()), *peak)


def _tree(pid: int) -> list[psutil.Process]:
    try:
        root = psutil.Process(pid)
        return [root, *root.children(recursive=True)]
    except psutil.Error:
        return []
