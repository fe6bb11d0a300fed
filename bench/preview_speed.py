"""How long it takes from saving to the new page in the preview, and to verify a report.

Run with `python bench/preview_speed.py`. Works on a copy of this workspace.
"""

from __future__ import annotations

import json
import shutil
import signal
import statistics
import subprocess
import sys
import tempfile
import time
import urllib.request
from itertools import pairwise
from pathlib import Path

REPOSITORY = Path(__file__).parents[1]
PROGRAM = str(Path(sys.executable).with_name("voortgang"))
CHAPTER, SENTENCE = "templates/hoofdstukken/_inleiding.qmd", "## De Regio Deal"
TABLE, ROW = "data/financien.csv", "2021-03-31,W001,wonen,emmen,gerealiseerd,7"
TIMES = 5


def saved(path: Path, old: str, new: str) -> float:
    """Replace text in a file, and return when it was saved."""
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new, 1), encoding="utf-8")
    return time.perf_counter()


def preview(workspace: Path) -> None:
    """Save a chapter and a row some times, and print the median time to the new page."""
    process = subprocess.Popen(
        [PROGRAM, "preview", "2021", "--no-browser"], cwd=workspace, stdout=subprocess.PIPE, text=True
    )
    assert process.stdout is not None
    told = urllib.request.urlopen(f"{process.stdout.readline().split()[0]}stand/2021")

    def waited(since: float) -> float:
        while not (line := told.readline()).startswith(b"data: "):
            pass
        assert json.loads(line[6:])["errors"] == [], line
        return time.perf_counter() - since

    print(f"first page              {waited(time.perf_counter()):5.2f} s")
    # Another text each time: what was there before comes from the store.
    chapters = [f"Zin {number}.\n\n{SENTENCE}" if number else SENTENCE for number in range(TIMES + 1)]
    rows = [ROW, *(f"{ROW[:-1]}{number}" for number in (1, 2, 3, 4, 5))]
    for name, path, texts in (("chapter", CHAPTER, chapters), ("row of a table", TABLE, rows)):
        seconds = [waited(saved(workspace / path, *turn)) for turn in pairwise(texts)]
        print(f"{name:22}  {statistics.median(seconds):5.2f} s")
    process.send_signal(signal.SIGINT)
    process.wait()


def verify(workspace: Path) -> None:
    """Build all years, and print how long it takes to verify one and all."""
    subprocess.run([PROGRAM, "build", "--all"], cwd=workspace, check=True, capture_output=True)
    seconds = []
    for year in range(2019, 2024):
        started = time.perf_counter()
        subprocess.run([PROGRAM, "verify", str(year)], cwd=workspace, check=True, capture_output=True)
        seconds.append(time.perf_counter() - started)
    print(f"verify one year         {seconds[2]:5.1f} s")
    print(f"verify five years       {sum(seconds):5.1f} s")


if __name__ == "__main__":
    with tempfile.TemporaryDirectory() as folder:
        for part in ("data", "parameters", "notebooks", "templates"):
            shutil.copytree(REPOSITORY / part, Path(folder) / part)
        preview(Path(folder))
        verify(Path(folder))
