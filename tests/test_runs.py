"""Runs are planned, reused, watched and contained: what an analyst notices of it, and what must never be noticed."""

from __future__ import annotations

import hashlib
import json
import os
import re
import shutil
import subprocess
import sys
import zipfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

import nbformat
import pytest
from conftest import LOAD, PARAMETERS, REPOSITORY, copy_workspace, run
from faults import FAULTS, Bench
from filelock import FileLock

from voortgang.build.years import only_build_of
from voortgang.errors import NotebookError, VoortgangError
from voortgang.publish.layout import documents_of
from voortgang.readers.remake import Remake
from voortgang.readers.verified import How
from voortgang.readers.verify import verify
from voortgang.run.execute import Executed, execute
from voortgang.run.kernel_pool import KernelPool
from voortgang.run.plan import Run
from voortgang.run.store import Store
from voortgang.workspace.parameters import read_parameters
from voortgang.workspace.paths import Workspace

Edit = Callable[[str, str, str], None]


@pytest.fixture(scope="module")
def deal(reports: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A workspace with the finished report on 2021; who changes a file puts it back."""
    return _copied(reports.parent, tmp_path_factory.mktemp("finished"))


@pytest.fixture
def short(small: Path, tmp_path: Path) -> Path:
    """A workspace with a short report on 2021, to change at will."""
    return _copied(small, tmp_path)


def _copied(workspace: Path, folder: Path) -> Path:
    deal = copy_workspace(folder / "deal", workspace)
    for part in (".voortgang", "reports/2021"):
        shutil.copytree(workspace / part, deal / part)
    return deal


def _content(folder: Path) -> dict[str, str]:
    """Return the digest of every file but the manifest, which says when the report was made."""
    return {
        str(path.relative_to(folder)): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in sorted(folder.rglob("*"))
        if path.is_file() and path.name != "manifest.json"
    }


def _change_row(workspace: Path, table: str, *marks: str) -> None:
    """Add one to the amount or value in the first row that holds all marks."""
    path = workspace / "data" / f"{table}.csv"
    lines = path.read_text(encoding="utf-8").splitlines(keepends=True)
    column = lines[0].split(",").index("bedrag" if table == "financien" else "waarde")
    place = next(i for i, line in enumerate(lines) if all(mark in line for mark in marks))
    cells = lines[place].split(",")
    cells[column] = str(int(cells[column]) + 1)
    lines[place] = ",".join(cells)
    path.write_text("".join(lines), encoding="utf-8")


@contextmanager
def _put_back(path: Path) -> Iterator[Path]:
    content = path.read_bytes()
    yield path
    path.write_bytes(content)


def _add_cell(workspace: Path, name: str, source: str) -> None:
    path = workspace / "notebooks" / f"{name}.ipynb"
    notebook = nbformat.read(path, as_version=4)
    notebook.cells.append(nbformat.v4.new_code_cell(source))
    nbformat.write(notebook, path)


def _outlook(workspace: Path) -> dict[str, str]:
    done = run("build", "2021", "--dry-run", cwd=workspace)
    assert done.code == 0, done.err
    lines = (line.split(None, 2) for line in done.out.splitlines())
    return {name: rest[0] for _, name, *rest in lines}


# Plan and reuse


def test_nothing_changed_is_noticed_without_reading_a_table(short: Path) -> None:
    for path in short.rglob("*"):
        os.utime(path)
    before = _content(short / "reports" / "2021")
    script = "import sys; from voortgang.cli import main; main(['build', '2021'], standalone_mode=False); " + (
        "late = {'pandas', 'papermill', 'zmq', 'matplotlib', 'jinja2', 'psutil', 'ssl', 'yaml'}; "
        "print(sorted(late & set(sys.modules)))"
    )
    done = subprocess.run([sys.executable, "-c", script], cwd=short, capture_output=True, text=True, check=True)
    assert "Nothing has changed for 2021" in done.stdout
    assert done.stdout.splitlines()[-1] == "[]"
    assert "Warning:" in done.stderr
    assert _content(short / "reports" / "2021") == before


@pytest.mark.long
def test_a_build_lets_go_of_typst_and_of_what_kernels_come_from(short: Path) -> None:
    """Each keeps a hundred megabytes or more."""
    for made in ("reports", ".voortgang"):
        shutil.rmtree(short / made)
    script = "import sys; from voortgang.cli import main; main(['build', '2021', '--engine', 'builtin'], "
    script += "standalone_mode=False); from multiprocessing.forkserver import _forkserver; "
    script += "print('typst' in sys.modules, _forkserver._forkserver_pid)"
    done = subprocess.run([sys.executable, "-c", script], cwd=short, capture_output=True, text=True, check=True)
    assert done.stdout.splitlines()[-1] == "False None"
    assert list((short / "reports" / "2021").glob("*.pdf"))


def test_nobody_waits_for_another_build_of_what_stands(short: Path) -> None:
    with FileLock(short / "reports" / ".2021.lock"):
        done = run("build", "2021", cwd=short)
    assert "Nothing has changed for 2021" in done.out
    assert "Waiting" not in done.err


def test_what_a_build_that_was_killed_left_goes_also_when_nothing_has_changed(short: Path) -> None:
    left = short / "reports" / ".2021-k1ll3d__"
    left.mkdir()
    assert "Nothing has changed for 2021" in run("build", "2021", cwd=short).out
    assert not left.exists()


def test_a_build_of_a_year_leaves_alone_what_another_makes_of_its_half(tmp_path: Path) -> None:
    workspace = Workspace(tmp_path)
    half = workspace.report("2021-06-30").with_name(".2021-06-30-under_w4")
    year = workspace.report(2021).with_name(".2021-k1ll3d__")
    for folder in (half, year):
        folder.mkdir(parents=True)
    with only_build_of(workspace, 2021):
        assert half.exists() and not year.exists()


def test_a_row_concerns_only_the_notebooks_that_read_it(deal: Path) -> None:
    with _put_back(deal / "data" / "metingen.csv"):
        _change_row(deal, "metingen", "wonen-2", "2021")
        outlook = _outlook(deal)
    for name in ("wonen", "pijler-wonen"):
        assert outlook.pop(name).startswith("run   changed: rows of metingen (indicator wonen-2-woningen)")
    for name in ("regiodeal", "bijlagen"):
        assert outlook.pop(name).startswith("run   changed: rows of metingen (indicator wonen-2-woningen)")
    for name in [name for name in outlook if name.startswith("gemeente-")]:
        assert outlook.pop(name).startswith("run   changed: rows of metingen (indicator wonen-2-woningen)")
    others = ("werken", "welzijn", "pijler-werken", "pijler-welzijn", "gemeenten", "financien", "projectbladen")
    assert outlook == dict.fromkeys(others, "reuse") | {"report": "make"}


def test_a_row_of_a_later_year_concerns_no_notebook_of_this_one(short: Path) -> None:
    _change_row(short, "financien", ",2022-", "wonen", "gerealiseerd")
    assert set(_outlook(short).values()) == {"reuse", "make"}


@pytest.mark.sampled(2)
@pytest.mark.parametrize(
    ("file", "old", "new", "says"),
    [
        ("parameters/2021.yml", "2021-12-31", "2021-11-30", "the parameters"),
        ("data/deal.yml", "Zuid- en Oost-Drenthe", "Zuid en Oost Drenthe", "the covenant"),
        ("notebooks/wonen.ipynb", "De maatregelen", "De maatregel", "the notebook"),
    ],
)
def test_why_a_notebook_runs_is_said(deal: Path, file: str, old: str, new: str, says: str) -> None:
    with _put_back(deal / file) as path:
        text = path.read_text(encoding="utf-8")
        assert old in text
        path.write_text(text.replace(old, new, 1), encoding="utf-8")
        assert says in _outlook(deal)["wonen"]


@pytest.mark.long
def test_a_change_taken_back_gives_the_same_report_without_running(short: Path) -> None:
    before, data = _content(short / "reports" / "2021"), (short / "data" / "metingen.csv").read_bytes()
    _change_row(short, "metingen", "wonen-2", "2021")
    done = run("build", "2021", cwd=short)
    assert done.code == 0, done.err
    assert re.search(r"wonen: \d+ cells run", done.err) and "financien: as it was" in done.err
    assert _content(short / "reports" / "2021") != before
    (short / "data" / "metingen.csv").write_bytes(data)
    done = run("build", "2021", cwd=short)
    assert "cells run" not in done.err
    assert _content(short / "reports" / "2021") == before


def test_a_changed_document_is_made_again(short: Path) -> None:
    before = _content(short / "reports" / "2021")
    page = short / "reports" / "2021" / "voortgangsrapportage-2021.html"
    page.write_bytes(page.read_bytes().replace(b"Geld", b"geld", 1))
    done = run("build", "2021", cwd=short)
    assert "Made 2021" in done.out and "cells run" not in done.err
    assert _content(short / "reports" / "2021") == before


def test_a_file_that_a_notebook_opens_itself_counts_and_one_from_elsewhere_is_in_no_bundle(
    short: Path, tmp_path: Path
) -> None:
    files = {name: short / name for name in ("data/eigen.txt", "notebooks/hulp.py", "bronnen/eigen.txt")}
    files["bronnen/eigen.txt"].parent.mkdir()
    for path in files.values():
        path.write_text("WOORD = 'een'\n", encoding="utf-8")
    _add_cell(short, "wonen", "import hulp\n[open(f'../{each}/eigen.txt').read() for each in ('data', 'bronnen')]")
    parameters, chapter = short / "parameters" / "2021.yml", short / "templates" / "rapport.qmd"
    text = parameters.read_text(encoding="utf-8").replace("edition: openbaar", "edition: overleg")
    parameters.write_text(text, encoding="utf-8")
    page_alone = "---\nformat:\n  voortgang-html: default\n---\n\n"
    chapter.write_text(page_alone + chapter.read_text(encoding="utf-8"), encoding="utf-8")
    refused = run("build", "2021", cwd=short)
    assert refused.code == 1 and "name it under inputs in parameters/2021.yml" in refused.err
    parameters.write_text(f"{text}inputs:\n  - bronnen\n", encoding="utf-8")
    done = run("build", "2021", cwd=short)
    assert done.code == 0, done.err
    assert "nothing has changed" in run("build", "2021", "--dry-run", cwd=short).out
    manifest = json.loads((short / "reports" / "2021" / "manifest.json").read_text(encoding="utf-8"))
    assert {"data/eigen.txt", "notebooks/hulp.py"} <= manifest["inputs"].keys()
    bundled = run("bundle", "2021", "--output", "bundel.zip", cwd=short)
    assert (
        bundled.code == 0 and "It does not hold what notebooks read under 'inputs': bronnen/eigen.txt." in bundled.err
    )
    with zipfile.ZipFile(short / "bundel.zip") as bundle:
        assert bundle.read("data/eigen.txt") == b"WOORD = 'een'\n"
    why = "its notebooks read what no bundle holds: bronnen/eigen.txt."
    verified = run("verify", "bundel.zip", cwd=short)
    assert verified.code == 1 and why in verified.err
    with pytest.raises(VoortgangError, match=re.escape(why)):
        verify(Workspace(short), 2021, How(), Remake(tmp_path, 0, ()), packed=False)
    for path in files.values():
        path.write_text("WOORD = 'twee'\n", encoding="utf-8")
    changed = f"run   changed: {', '.join(sorted(files))}"
    assert _outlook(short) == {"financien": "reuse", "wonen": changed, "report": "make"}


def test_the_store_is_shown_bounded_and_cleared(short: Path) -> None:
    shown = run("cache", cwd=short).out
    assert "results" in shown and "of 500 MB" in shown
    assert ".voortgang/store: 0 results, 0.0 of 500 MB" in run("cache", "--clear", cwd=short).out
    planned = run("build", "2021", "--dry-run", cwd=short).out
    assert planned.count("run   it has not run before") == 2 and "reuse" not in planned


@pytest.mark.parametrize("place", ["store", "store/deeper"])
def test_where_no_store_can_be_nothing_is_kept_and_nothing_fails(tmp_path: Path, place: str) -> None:
    (tmp_path / "store").write_text("a file", encoding="utf-8")
    store = Store(tmp_path / place)
    store.put("reports", "ab12", b"x")
    assert store.trouble
    assert store.get("reports", "ab12") is None and store.kept("reports", "ab12", lambda: b"made") == b"made"
    store.remove("reports", "ab12")
    assert not list(store.entries()) and not store.prune(0)
    assert (tmp_path / "store").read_text(encoding="utf-8") == "a file"


def test_the_store_removes_the_longest_unused_first(tmp_path: Path) -> None:
    store = Store(tmp_path / "store")
    for number in range(10):
        store.put("x", f"{number:02}", b"0" * 1000)
        os.utime(store._path("x", f"{number:02}"), (number, number))
    assert store.get("x", "00") is not None  # used just now
    store.prune(3_300)
    assert [store.get("x", f"{number:02}") is not None for number in range(10)] == [True, *[False] * 7, True, True]


# One notebook


@pytest.fixture
def tiny(tmp_path: Path) -> Callable[..., Run]:
    """Return a function that writes a small notebook with some code cells, and returns its run."""
    shutil.copytree(REPOSITORY / "parameters", tmp_path / "parameters")
    (tmp_path / "notebooks").mkdir()

    def write(name: str, *cells: str, **limits: int) -> Run:
        notebook = nbformat.v4.new_notebook()
        notebook.cells = [nbformat.v4.new_code_cell(cell) for cell in ("year = 0", *cells)]
        notebook.cells[0].metadata.tags = ["parameters"]
        path = tmp_path / "notebooks" / f"{name}.ipynb"
        nbformat.write(notebook, path)
        parameters = read_parameters(Workspace(tmp_path), 2021).model_copy(update=limits)
        return Run(path, frozenset({"year"}), parameters, len(cells) + 1, {"the notebook": name})

    return write


def _run(planned: Run, warm: bool = True) -> Executed:
    workspace = Workspace(planned.notebook.parents[1])
    pool = KernelPool(fresh=not warm)
    try:
        return execute(planned, workspace, pool, lambda done, total: None)
    finally:
        assert not pool.live


def _text(executed: Executed) -> str:
    cells = nbformat.reads(executed.notebook.decode(), as_version=4).cells
    return "".join(output.get("text", "") for cell in cells for output in cell.get("outputs", []))


LEAVE_TRACES = """
import os, sys, random, locale, builtins, decimal, warnings
import numpy as np, matplotlib, pandas as pd, voortgang.writing.dutch
os.environ["TRACE"] = "left"
sys.path.insert(0, "/trace")
random.seed(7); np.random.seed(7); random.random(); np.random.random()
matplotlib.rcParams["lines.linewidth"] = 99
pd.set_option("display.max_rows", 3)
voortgang.writing.dutch.trace = builtins.trace = "left"
decimal.getcontext().prec = 3
warnings.simplefilter("error")
kept = [open(os.devnull) for _ in range(20)]
open("trace.txt", "w").write("left")
os.chdir("/")
"""
LOOK_FOR_TRACES = """
import os, sys, random, builtins, decimal, warnings
import numpy as np, matplotlib, pandas as pd, voortgang.writing.dutch
print(os.environ.get("TRACE"), "/trace" in sys.path, random.random(), np.random.random())
print(matplotlib.rcParams["lines.linewidth"], pd.get_option("display.max_rows"), decimal.getcontext().prec)
print(hasattr(voortgang.writing.dutch, "trace"), hasattr(builtins, "trace"), warnings.filters[0][0] == "error")
print(os.path.basename(os.getcwd()), hash("text"), sorted({"TZ", "LC_ALL"} & set(os.environ)))
"""


def test_no_state_leaks_from_one_notebook_to_the_next(tiny: Callable[..., Run]) -> None:
    count = "print(len(psutil.Process().open_files()), threading.active_count())"
    look = tiny("look", LOOK_FOR_TRACES, "import psutil, threading", count)
    before = _text(_run(look))
    *alone, _ = _text(_run(look, warm=False)).splitlines()
    _run(tiny("leave", LEAVE_TRACES))
    after = _text(_run(look))
    assert after == before and after.splitlines()[:-1] == alone
    said = "\n".join(alone)
    assert "None False" in said and "False False False" in said and "notebooks" in said


def test_kernels_come_from_a_process_with_everything_imported_and_nothing_running(tiny: Callable[..., Run]) -> None:
    cells = (
        "import sys; imported = {'pandas', 'matplotlib', 'voortgang.notebook'} <= set(sys.modules)",
        "import os, psutil; server = psutil.Process().parent()",
        "print(imported, server.num_threads(), [c for c in server.net_connections() if c.type == 1 and c.family != 1])",
    )
    assert _text(_run(tiny("server", *cells))).split() == ["True", "1", "[]"]


def test_kernels_talk_over_sockets_in_the_file_system(tiny: Callable[..., Run]) -> None:
    cell = "import json; from ipykernel.connect import get_connection_info as c; print(json.loads(c())['transport'])"
    for warm in (True, False):
        assert _text(_run(tiny("talk", cell), warm)).strip() == "ipc"


@pytest.mark.sampled(5)
@pytest.mark.parametrize("warm", [True, False])
@pytest.mark.parametrize(
    ("cell", "limits", "says"),
    [
        ("import os, signal; os.kill(os.getpid(), signal.SIGKILL)", {}, "the kernel died"),
        ("while True: pass", {"cell_timeout": 1}, "a cell took longer than 1 seconds (cell_timeout)"),
        ("import time; time.sleep(60)", {"notebook_timeout": 1}, "the notebook took longer than 1 seconds"),
        ("bytearray(10**15)", {}, "MemoryError"),
        ("1 / 0", {}, "ZeroDivisionError: division by zero"),
    ],
)
def test_what_ends_a_notebook_is_said(
    tiny: Callable[..., Run], warm: bool, cell: str, limits: dict[str, int], says: str
) -> None:
    planned = tiny("ends", "x = 1", cell, **limits)
    with pytest.raises(NotebookError) as caught:
        _run(replace(planned), warm)
    message = str(caught.value)
    assert says in message and "notebooks/ends.ipynb, code cell 3" in message
    assert f"| {cell}" in message and "year=2021" in message


# Whole builds


def test_progress_as_json_counts_every_cell_and_timings_name_the_steps(short: Path) -> None:
    done = run("build", "2021", "--fresh", "--json", "--timings", cwd=short)
    assert done.code == 0, done.err
    events = [json.loads(line) for line in done.out.splitlines()]
    assert [event["seconds"] for event in events] == sorted(event["seconds"] for event in events)
    documents = {event["name"] for event in events if event["what"] == "document"}
    assert {f"rapport.qmd {form}" for form in ("html", "pdf", "docx")} <= documents
    for name in ("wonen", "financien"):
        cells = [event for event in events if event["what"] == "cell" and event["name"] == name]
        assert [event["done"] for event in cells] == list(range(1, cells[0]["total"] + 1))
    for step in ("check and plan", "starting kernels", "running cells", "collecting", "making PDF", "in all"):
        assert step in done.err


def test_other_notebooks_finish_when_one_fails_and_every_failure_is_named(short: Path) -> None:
    before = _content(short / "reports" / "2021")
    good = (short / "notebooks" / "wonen.ipynb").read_bytes()
    cells = [nbformat.v4.new_code_cell(text) for text in (PARAMETERS, LOAD)]
    cells[0].metadata.tags = ["parameters"]
    for name in ("welzijn", "werken"):
        nbformat.write(nbformat.v4.new_notebook(cells=cells), short / "notebooks" / f"{name}.ipynb")
    for name in ("wonen", "werken"):
        _add_cell(short, name, f"raise ValueError('{name} is stuk')")
    done = run("build", "2021", "--fresh", cwd=short)
    assert done.code == 1
    assert "2 things went wrong" in done.err
    assert "wonen is stuk" in done.err and "werken is stuk" in done.err
    assert re.search(r"welzijn: \d+ cells run", done.err) and re.search(r"financien: \d+ cells run", done.err)
    assert _content(short / "reports" / "2021") == before
    (short / "notebooks" / "wonen.ipynb").write_bytes(good)
    assert _outlook(short)["welzijn"] == "reuse"


@pytest.fixture(scope="module")
def bench(tmp_path_factory: pytest.TempPathFactory) -> Bench:
    return Bench(tmp_path_factory.mktemp("faults"))


ALWAYS = {"kernel or fork server killed", "full disk"}
"""Faults of which no other test has the like; `make test-all` tries the others too."""


@pytest.mark.parametrize(
    "fault", [fault if fault in ALWAYS else pytest.param(fault, marks=pytest.mark.long) for fault in FAULTS]
)
def test_a_fault_leaves_nothing_broken_and_nothing_behind(bench: Bench, fault: str) -> None:
    bench.disturb(fault, seed=0)


def test_only_documents_that_were_made_are_named(tmp_path: Path) -> None:
    """Who makes the report as a page alone was told of a PDF and a Word document."""
    workspace = Workspace(tmp_path)
    made = workspace.report(2021) / "voortgangsrapportage-2021.html"
    made.parent.mkdir(parents=True)
    made.touch()
    assert documents_of(workspace, 2021) == (made,)
