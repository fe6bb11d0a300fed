"""How long builds take, against other ways to run the same notebooks, and how much memory they need.

Run with `python bench/build_speed.py [WORKSPACES]` in an environment that also has `ploomber-engine`. Everything is
measured in one go, so that the ratios compare like with like. WORKSPACES (default 6) is how many synthetic deals are
built one after another.
"""

from __future__ import annotations

import json
import os
import random
import shutil
import subprocess
import sys
import tempfile
import threading
import time
from pathlib import Path

import psutil
import yaml

REPOSITORY = Path(__file__).parents[1]
BIN = Path(sys.executable).parent
ASSEMBLE = """
import sys
from datetime import date
from pathlib import Path
import time
from voortgang.assemble.render import assemble
from voortgang.assemble.quarto_project import FORMATS, REPORT, documents
sources, day = Path(sys.argv[1]), date.fromisoformat(sys.argv[2])
jobs = documents(sources, "_quarto.yml", True) if len(sys.argv) < 4 else [(REPORT, form) for form in FORMATS]
started = time.perf_counter()
list(assemble(sources, "builtin", jobs, day))
print(time.perf_counter() - started)
"""
# Imports once, then the code of every notebook in this process, on as many cores as there are.
FLOOR = """
import ast, json, multiprocessing, os, sys
import voortgang.notebook
from matplotlib.backends import backend_svg

def run(job):
    path, given = job
    os.chdir(os.path.dirname(path))
    names = {}
    for cell in json.load(open(path))["cells"]:
        if cell["cell_type"] != "code":
            continue
        if "parameters" in cell["metadata"].get("tags", []):
            names.update(given)
            continue
        tree = ast.parse("".join(cell["source"]))
        last = ast.Expression(tree.body.pop().value) if isinstance(tree.body[-1], ast.Expr) else None
        exec(compile(tree, "cell", "exec"), names)
        if last is not None:
            shown = eval(compile(last, "cell", "eval"), names)
            if hasattr(shown, "_repr_mimebundle_"):
                shown._repr_mimebundle_()

if __name__ == "__main__":
    with multiprocessing.get_context("fork").Pool() as pool:
        pool.map(run, json.load(sys.stdin), chunksize=1)
"""


def main(workspaces: int) -> None:
    """Measure and print."""
    with tempfile.TemporaryDirectory() as folder:
        root = Path(folder)
        deal = workspace(root / "deal")
        jobs = _jobs(deal)
        first = _measured([BIN / "voortgang", "build", "--all"], deal)[0]
        others = {
            "papermill loop + assembly": _loop(jobs, deal, _papermill) + _assembly(deal, one_by_one=True),
            "jupyter nbconvert loop": _loop(jobs, deal, _nbconvert),
            "ploomber-engine loop": _loop(jobs, deal, _ploomber),
            "floor": _floor(jobs) + _assembly(deal, one_by_one=False),
        }
        sources = deal / "reports" / "2021" / "bron"
        command = [sys.executable, "-c", ASSEMBLE, str(sources), "2021-12-31", "report"]
        report = min(float(subprocess.run(command, capture_output=True, check=True).stdout) for _ in range(3))
        same = min(_measured([BIN / "voortgang", "build", "--all"], deal)[0] for _ in range(3))
        row = min(_one_row(deal) for _ in range(3))
        shutil.rmtree(deal / ".voortgang")
        shutil.rmtree(deal / "reports")
        again = _measured([BIN / "voortgang", "build", "--all"], deal)[0]
        fresh, _ = _measured([BIN / "voortgang", "build", "--all", "--fresh", "--fresh-kernels"], deal)
        # Looking at the memory of every process takes time itself, so this run is not timed.
        memory = _measured([BIN / "voortgang", "build", "--all", "--fresh"], deal, watched=True)[1]
        start = min(_measured([BIN / "voortgang", "--help"], deal)[0] for _ in range(5))
        built = (first + again) / 2
        print(f"all five years, nothing kept       {built:7.1f} s   ({first:.1f} and {again:.1f})")
        print(f"the same with fresh kernels        {fresh:7.1f} s")
        for name, seconds in others.items():
            print(f"{name:34} {seconds:7.1f} s   {seconds / built:5.2f} times the build")
        print(f"three formats of one report        {report:7.2f} s")
        print(f"nothing changed, all five years    {same:7.2f} s")
        print(f"one row changed, 2021              {row:7.2f} s")
        print(f"voortgang --help                   {start:7.2f} s")
        print(
            f"peak memory of the process tree    {memory[0]:7.0f} MB (shared pages once)   {memory[1]:.0f} MB (in each)"
        )
        print("synthetic workspace, five years each")
        for number in range(workspaces):
            each = workspace(root / "many", seed=number)
            seconds, (shared, _) = _measured([BIN / "voortgang", "build", "--all"], each, watched=True)
            print(f"  {number + 1:3}   {seconds:7.1f} s   {shared:7.0f} MB")
            shutil.rmtree(each)


def workspace(root: Path, seed: int | None = None) -> Path:
    """Return a copy of this workspace; with a seed, one that shares no result with others."""
    for part in ("data", "parameters", "notebooks", "templates"):
        shutil.copytree(REPOSITORY / part, root / part, ignore=shutil.ignore_patterns(".*", "__pycache__"))
    if seed is not None:
        _spend(root, random.Random(seed), 40)
        covenant = root / "data" / "deal.yml"
        text = covenant.read_text(encoding="utf-8")
        covenant.write_text(text.replace("name: Regio Deal", f"name: Regio Deal {seed}", 1), encoding="utf-8")
    return root


def _spend(root: Path, chance: random.Random, rows: int, year: str = "") -> None:
    """Add a euro to some realised amounts."""
    path = root / "data" / "financien.csv"
    lines = path.read_text(encoding="utf-8").splitlines(keepends=True)
    places = [i for i, line in enumerate(lines) if "gerealiseerd" in line and f",{year}" in line and ",wonen," in line]
    for place in chance.sample(places, rows):
        cells = lines[place].split(",")
        cells[6] = str(int(cells[6]) + 1)
        lines[place] = ",".join(cells)
    path.write_text("".join(lines), encoding="utf-8")


def _jobs(deal: Path) -> list[tuple[str, dict[str, object]]]:
    jobs = []
    for path in sorted((deal / "parameters").glob("*.yml")):
        given = yaml.safe_load(path.read_text(encoding="utf-8"))
        asked = {"year": given["year"], "reference_date": str(given["reference_date"]), "edition": given["edition"]}
        jobs += [(str(notebook), asked) for notebook in sorted((deal / "notebooks").glob("*.ipynb"))]
    return jobs


def _loop(jobs: list[tuple[str, dict[str, object]]], deal: Path, command: object) -> float:
    # One year stands for all: the notebooks are the same, and a loop has nothing that later years could share.
    chosen = [job for job in jobs if job[1]["year"] == 2021]
    with tempfile.TemporaryDirectory() as folder:
        prepared = [command(Path(path), given, Path(folder) / f"{n}.ipynb") for n, (path, given) in enumerate(chosen)]  # type: ignore[operator]
        started = time.perf_counter()
        for arguments in prepared:
            subprocess.run(arguments, cwd=deal / "notebooks", check=True, capture_output=True)
        seconds = time.perf_counter() - started
    for path in (deal / "notebooks").glob("bench-*.ipynb"):
        path.unlink()
    return seconds * len(jobs) / len(chosen)


def _papermill(path: Path, given: dict[str, object], output: Path) -> list[str]:
    chosen = [text for key, value in given.items() for text in ("-p", key, str(value))]
    return [str(BIN / "papermill"), "--cwd", str(path.parent), str(path), str(output), *chosen]


def _ploomber(path: Path, given: dict[str, object], output: Path) -> list[str]:
    chosen = [text for key, value in given.items() for text in ("-p", key, str(value))]
    return [str(BIN / "ploomber-engine"), str(path), str(output), *chosen]


def _nbconvert(path: Path, given: dict[str, object], output: Path) -> list[str]:
    # nbconvert knows no parameters: they are written into the notebook before the clock runs.
    content = json.loads(path.read_text(encoding="utf-8"))
    cell = next(cell for cell in content["cells"] if "parameters" in cell["metadata"].get("tags", []))
    cell["source"] = "\n".join(f"{key} = {value!r}" for key, value in given.items())
    prepared = path.with_name(f"bench-{output.stem}.ipynb")
    prepared.write_text(json.dumps(content), encoding="utf-8")
    return [
        *(str(BIN / "jupyter"), "nbconvert", "--execute", "--to", "notebook"),
        *(str(prepared), "--output-dir", str(output.parent)),
    ]


def _assembly(deal: Path, one_by_one: bool) -> float:
    started = time.perf_counter()
    running = []
    for path in sorted((deal / "parameters").glob("*.yml")):
        day = str(yaml.safe_load(path.read_text(encoding="utf-8"))["reference_date"])
        sources = deal / "reports" / path.stem / "bron"
        process = subprocess.Popen([sys.executable, "-c", ASSEMBLE, str(sources), day], stdout=subprocess.DEVNULL)
        running.append(process)
        if one_by_one or len(running) == os.cpu_count():
            running.pop(0).wait()
    for process in running:
        process.wait()
    if any(process.returncode for process in running):
        raise SystemExit("the assembly failed")
    return time.perf_counter() - started


def _floor(jobs: list[tuple[str, dict[str, object]]]) -> float:
    with tempfile.TemporaryDirectory() as folder:
        script = Path(folder) / "floor.py"
        script.write_text(FLOOR, encoding="utf-8")
        started = time.perf_counter()
        subprocess.run([sys.executable, str(script)], input=json.dumps(jobs), text=True, check=True)
        return time.perf_counter() - started


def _one_row(deal: Path) -> float:
    subprocess.run([BIN / "voortgang", "build", "2021"], cwd=deal, check=True, capture_output=True)
    _spend(deal, random.Random(), 1, "2021")
    return _measured([BIN / "voortgang", "build", "2021"], deal)[0]


def _measured(command: list[object], folder: Path, watched: bool = False) -> tuple[float, tuple[float, float]]:
    """Return seconds, and when watched the peak memory of the process tree in MB: shared pages once, and in each."""
    peak = [0.0, 0.0]
    started = time.perf_counter()
    with tempfile.TemporaryFile("w+") as said:
        process = subprocess.Popen(list(map(str, command)), cwd=folder, stdout=subprocess.DEVNULL, stderr=said)
        ended = threading.Event()

        def watch() -> None:
            while not ended.wait(0.2):
                shared = resident = 0
                for each in _tree(process.pid):
                    try:
                        memory = each.memory_full_info()
                    except psutil.Error:
                        continue
                    shared, resident = shared + memory.pss, resident + memory.rss
                peak[:] = max(peak[0], shared / 1e6), max(peak[1], resident / 1e6)

        watcher = threading.Thread(target=watch if watched else ended.wait)
        watcher.start()
        code = process.wait()
        seconds = time.perf_counter() - started
        ended.set()
        watcher.join()
        if code:
            said.seek(0)
            raise SystemExit(f"{command} ended with {code}: {said.read()}")
    return seconds, (peak[0], peak[1])


def _tree(pid: int) -> list[psutil.Process]:
    try:
        root = psutil.Process(pid)
        return [root, *root.children(recursive=True)]
    except psutil.Error:
        return []


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 6)
