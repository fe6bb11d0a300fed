"""What a change costs: CPU time of one year's build after a row, a word and nothing changed, as a share of a cold one.

Usage: python bench/change_speed.py [YEAR]

CPU time (user and system, of the whole process tree) and not time on the clock, so that other work on the computer
disturbs little. All builds run one after another in a copy of this workspace: the ratios compare like with like.
Modules are compiled first, as pip leaves them: a Python that may not write them would compile them in every build.
"""

from __future__ import annotations

import shutil
import subprocess
import sys
import sysconfig
import tempfile
from collections.abc import Callable
from compileall import compile_dir
from pathlib import Path

import psutil

ROOT = Path(__file__).parents[1]
PARTS = ("data", "notebooks", "parameters", "templates")


def main() -> None:
    """Print a line for each build."""
    year = sys.argv[1] if len(sys.argv) > 1 else "2021"
    for place in (ROOT / "src", sysconfig.get_path("purelib")):
        compile_dir(place, quiet=2)
    with tempfile.TemporaryDirectory() as folder:
        deal = Path(folder)
        for part in PARTS:
            shutil.copytree(ROOT / part, deal / part)
        changes: dict[str, Callable[[], None]] = {
            "cold": lambda: None,
            "one row": lambda: _row(deal / "data" / "metingen.csv", year),
            "one word": lambda: _word(deal / "data" / "toelichting" / year / "inleiding.md"),
            "nothing": lambda: None,
        }
        cold = 0.0
        for name, change in changes.items():
            change()
            seconds = _build(deal, year)
            cold = cold or seconds
            print(f"{name:9} {seconds:6.2f} s of CPU  {seconds / cold:5.2f} of cold", flush=True)


def _build(deal: Path, year: str) -> float:
    """Return the CPU seconds of a build and of every process that it starts, as seen fifty times a second."""
    command = [str(Path(sys.executable).with_name("voortgang")), "--workspace", str(deal), "build", year]
    seen: dict[tuple[int, float], float] = {}
    with subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as build:
        root = psutil.Process(build.pid)
        while build.poll() is None:
            try:
                tree = [root, *root.children(recursive=True)]
            except psutil.NoSuchProcess:
                break
            for each in tree:
                try:
                    times = each.cpu_times()
                    seen[each.pid, each.create_time()] = times.user + times.system
                except psutil.NoSuchProcess:
                    continue
            _wait(build)
    if build.returncode:
        raise SystemExit(f"the build of {year} failed")
    return sum(seen.values())


def _wait(build: subprocess.Popen[bytes]) -> None:
    try:
        build.wait(0.02)
    except subprocess.TimeoutExpired:
        return


def _row(path: Path, year: str) -> None:
    lines = path.read_text(encoding="utf-8").split("\n")
    at = next(number for number, line in enumerate(lines) if line.startswith(f"werken-1-netwerken,{year},,logistiek,"))
    cells = lines[at].split(",")
    cells[4] = str(int(cells[4]) + 1)
    lines[at] = ",".join(cells)
    path.write_text("\n".join(lines), encoding="utf-8")


def _word(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    path.write_text(text.replace(" de ", " die ", 1), encoding="utf-8")


if __name__ == "__main__":
    main()
