"""Results are reused only when it is certain that they would come out the same; what runs is what was read."""

from __future__ import annotations

import json
import os
from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import nbformat
import pytest
from conftest import LOAD, PARAMETERS

from voortgang.build import kept_results, unchanged
from voortgang.build.options import Options
from voortgang.build.pipeline import Pipeline
from voortgang.build.progress import Timings
from voortgang.check import file_names
from voortgang.check.notebook_reads import Reads
from voortgang.check.unpredictable import unpredictable
from voortgang.errors import NotebookError, WorkspaceError
from voortgang.run.execute import Executed, execute
from voortgang.run.kernel_pool import KernelPool
from voortgang.run.plan import Run, _read
from voortgang.run.store import Store
from voortgang.workspace.fingerprint import of_state
from voortgang.workspace.parameters import read_parameters
from voortgang.workspace.paths import Workspace
from voortgang.writing import archive

THREAD = (
    "from concurrent.futures import ThreadPoolExecutor as Threads\n"
    "with Threads() as threads: threads.submit({}).result()"
)


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("from datetime import date\ndate.today()", "today"),
        ("pd.Timestamp.now()", "now"),
        ("pd.Timestamp('now')", "now"),
        ("import time\nprint(time.time())", "time.time"),
        ("from time import time\ntime()", "time.time"),
        ("import os\nos.path.getmtime('x')", "getmtime"),
        ("Path('x').stat().st_mtime", "st_mtime"),
        ("import uuid\nuuid.uuid4()", "uuid4"),
        ("from secrets import token_hex", "secrets.token_hex"),
        ("np.random.default_rng()", "default_rng without a seed"),
        ("import time as klok\nklok.time()", "time.time"),
        ("import time as klok\nklok.strftime('%Y')", "time.strftime"),
        ("pd.date_range(start='2020-01-01', end='today')", "today"),
        ("pd.to_datetime(['now'])", "now"),
        ("getattr(datetime, 'now')()", "now"),
        ("import secrets\nsecrets.choice([1, 2])", "secrets"),
        ("import psutil as p\np.cpu_percent()", "psutil"),
        ("from platform import node\nnode()", "platform.node"),
        ("from email.utils import formatdate", "formatdate"),
        ("timeit.default_timer()", "default_timer"),
        ("import random\nrandom.seed()", "seed without a seed"),
        ("np.random.seed(None)", "seed without a seed"),
        ("np.random.default_rng(seed=None)", "default_rng without a seed"),
        ("np.random.Generator(np.random.PCG64())", "PCG64 without a seed"),
        ("os.getrandom(4)", "getrandom"),
        ("from numpy.random import default_rng as begin\nbegin()", "default_rng"),
        ("pd.Timestamp('NOW')", "NOW"),
        ("logging.basicConfig(format='%(asctime)s %(message)s')", "asctime"),
        ("__import__('time').time()", "time"),
        ("import pwd\npwd.getpwall()", "pwd"),
        ("os.umask(0)", "umask"),
        ("import os\nos.times()", "os.times"),
        ("import os as systeem\nsysteem.times()", "os.times"),
        ("from os import times\ntimes()", "times"),
        ("%env TAAL", "%env"),
        ("email.utils.localtime()", "localtime"),
        ("random.seed(2021)", ""),
        ("np.random.Generator(np.random.PCG64(1))", ""),
        ("import time as klok\nklok.sleep(1)", ""),
        ("report.time()", ""),
        ("%timeit pd.Timestamp.now()", ""),
        ("np.random.default_rng(0)", ""),
        ("import time\ntime.sleep(1)", ""),
        ("from time import sleep", ""),
        ("report.reference_date.strftime('%d')", ""),
        ("frame.sample(3)", ""),
        ("this is no Python", ""),
    ],
)
def test_what_is_never_twice_the_same_is_seen_in_the_source(text: str, found: str) -> None:
    assert unpredictable(text) == found


@pytest.mark.parametrize(
    ("cell", "why"),
    [
        ("import socket\ntry: socket.create_connection(('127.0.0.1', 9), 1)\nexcept OSError: pass", "socket."),
        ("import subprocess\n" + THREAD.format("subprocess.run, ['true']"), "subprocess.Popen"),
        ("import datetime\ndatetime.date.today()", "(today)"),
        ("import os\nos.path.exists('/elders/cijfers.csv')", "/elders/cijfers.csv"),
    ],
)
def test_what_python_does_not_tell_of_is_never_used_again(
    run_cells: Callable[..., Executed], cell: str, why: str
) -> None:
    assert why in run_cells(cell).uncertain


@pytest.mark.parametrize(
    ("module", "use", "why"),
    [("time", "k.time()", "time.time"), ("time", "k.sleep(0)", ""), ("os", "k.times()", "os.times")],
)
def test_a_module_by_another_name_is_known_in_later_cells(
    run_cells: Callable[..., Executed], module: str, use: str, why: str
) -> None:
    uncertain = run_cells(f"import {module} as k", use).uncertain
    assert why in uncertain and bool(why) == bool(uncertain)


LOOKED_AT = {
    "import os\nos.path.exists('../data/later.csv')": "data/later.csv",
    "from pathlib import Path\nPath('../data/nog_later.csv').is_file()": "data/nog_later.csv",
    "import os\nos.stat('../data/deal.yml').st_size": "data/deal.yml",
    "import numpy as np\nnp.memmap('../data/datapackage.json', dtype='u1').sum()": "data/datapackage.json",
    "import os\nos.environb.get(b'PRIJS')": "environment variable PRIJS",
}


def test_looking_whether_a_file_is_there_counts_as_reading_it(run_cells: Callable[..., Executed]) -> None:
    executed = run_cells(*LOOKED_AT)
    assert set(LOOKED_AT.values()) <= set(executed.reads.elsewhere) and not executed.uncertain


UNSEEN = {
    "open_dir": (
        "import os\nos.read(os.open('deal.yml', os.O_RDONLY, dir_fd=os.open('../data', os.O_RDONLY)), 9)",
        "folder",
    ),
    "entry": ("import os\n[each.stat().st_size for each in os.scandir('../data')]", "os.scandir"),
    "bash": ("%%bash\ncat ../data/deal.yml > /dev/null", "subprocess.Popen"),
    "task": ("import asyncio\ntask = asyncio.create_task(asyncio.create_subprocess_exec('true'))\nawait task", "Popen"),
    "all_variables": ("import os\nsorted(each for each in os.environ if each.startswith('PRIJS'))", "all variables"),
    "some_variables": ("import os\nlen(os.environ)", "all variables"),
    "computer": ("name = 'cpuinfo'\nopen(f'/proc/{name}').read()", "/proc/"),
    "computer_by_pandas": ("import pandas\ntry: pandas.read_csv('/usr/share/weg.csv')\nexcept OSError: pass", "/usr/"),
    "user": ("import os\ntry: open(os.path.expanduser('~/.config/weg.csv'))\nexcept OSError: pass", ".config"),
    "typeface": ("from matplotlib import font_manager\nfont_manager.findfont('Nergens Sans');", "typeface"),
    "module": ("try: import komt_later\nexcept ImportError: pass", "notebooks/komt_later.py"),
    "module_by_name": ("import importlib.util\nimportlib.util.find_spec('ook_later')", "notebooks/ook_later.py"),
    "package_before_it": ("import klein_hulpje", "notebooks/klein_hulpje/__init__.py"),
    "nothing": ("import matplotlib.pyplot as plt\nplt.plot([1]); open('/dev/null').read()", ""),
}
LOOK = """
import json, os
from voortgang.check import recorder
seen = json.dumps([{name!r}, recorder._recorder.uncertain, sorted(recorder._recorder.seen)])
with open({target!r}, "a") as file: print(seen, file=file)
recorder._recorder.uncertain = ""
recorder._recorder.seen.clear()
"""


@pytest.mark.parametrize("warm", [True, False])
def test_many_ways_to_depend_on_something_are_seen(
    run_cells: Callable[..., Executed], tmp_path: Path, warm: bool
) -> None:
    target = tmp_path / "gezien"
    target.touch()
    made = "open('klein_hulpje.py', 'w').close()"
    looks = ((cell, LOOK.format(name=name, target=str(target))) for name, (cell, _) in UNSEEN.items())
    run_cells(made, *(each for pair in looks for each in pair), warm=warm, inputs=(str(tmp_path),))
    for line in target.read_text(encoding="utf-8").splitlines():
        name, uncertain, files = json.loads(line)
        found = "; ".join([uncertain, *(each for each in files if each != str(target))])
        wanted = UNSEEN[name][1]
        assert wanted in found and bool(wanted) == bool(found), (name, found)


@pytest.mark.parametrize("cell", ["import sys; sys.path.insert(0, {folder!r}); import elders", THREAD])
def test_a_file_outside_the_workspace_is_refused_unless_the_parameters_name_it(
    run_cells: Callable[..., Executed], tmp_path: Path, cell: str
) -> None:
    outside = tmp_path / "elders.py"
    outside.write_text("CIJFER = 1\n", encoding="utf-8")
    made = "import pandas as pd\n" + cell.format(f"pd.read_csv, {str(outside)!r}", folder=str(tmp_path))
    with pytest.raises(NotebookError, match="no input of the report") as error:
        run_cells(made)
    assert str(outside) in str(error.value) and "inputs" in str(error.value)
    executed = run_cells(made, inputs=(str(tmp_path),))
    assert str(outside) in executed.reads.files


IN_NO_BUNDLE = ("los.txt", "data/.verborgen.csv", "reports/2020/los.csv")
READ = """
import os
path = os.path.join(os.pardir, {!r})
os.makedirs(os.path.dirname(path), exist_ok=True)
{}
open(path).read()
"""
MADE = "os.close(os.open(path, os.O_WRONLY | os.O_CREAT))"  # not emptied: what it holds is not what was just written


@pytest.mark.parametrize("name", IN_NO_BUNDLE)
def test_a_file_that_no_bundle_holds_is_refused(run_cells: Callable[..., Executed], name: str) -> None:
    with pytest.raises(NotebookError, match="no input of the report") as error:
        run_cells(READ.format(name, MADE))
    assert name in str(error.value)


def test_such_a_file_is_read_where_the_parameters_name_it_or_the_notebook_wrote_it(
    run_cells: Callable[..., Executed],
) -> None:
    assert run_cells(*(READ.format(name, MADE) for name in IN_NO_BUNDLE), inputs=IN_NO_BUNDLE)
    assert run_cells(*(READ.format(name, "open(path, 'w').close()") for name in IN_NO_BUNDLE))


def test_what_runs_is_what_was_planned(workspace: Path) -> None:
    path = workspace / "notebooks" / "tiny.ipynb"
    path.write_text(nbformat.writes(_notebook("print('planned')")), encoding="utf-8")
    deal = Workspace(workspace)
    read = _read(path, deal)
    run = Run(path, read.asked, read_parameters(deal, 2021), read.cells, {}, read.content)
    path.write_text(nbformat.writes(_notebook("print('saved since')")), encoding="utf-8")
    executed = execute(run, deal, KernelPool(), lambda done, total: None)
    assert b"planned" in executed.notebook and b"saved since" not in executed.notebook


def _notebook(*cells: str) -> Any:
    notebook = nbformat.v4.new_notebook()
    notebook.cells = [nbformat.v4.new_code_cell(text) for text in (PARAMETERS, LOAD, *cells)]
    notebook.cells[0].metadata.tags = ["parameters"]
    return notebook


def test_cells_without_ids_or_with_the_same_get_the_same_ids_each_time(workspace: Path) -> None:
    notebook = _notebook("1", "1")
    path = workspace / "notebooks" / "tiny.ipynb"
    for change in ("none", "same"):
        for cell in notebook.cells:
            cell.pop("id", None)
            if change == "same":
                cell["id"] = "twice"
        notebook.nbformat_minor = 2 if change == "none" else 5
        path.write_text(json.dumps(notebook), encoding="utf-8")
        first, second = (_read(path, Workspace(workspace)).content for _ in range(2))
        ids = [cell["id"] for cell in first.cells]
        assert first == second and len(set(ids)) == len(ids) == 4


def test_a_result_is_not_kept_when_a_file_was_saved_while_the_notebook_ran(workspace: Path, tmp_path: Path) -> None:
    deal, store = Workspace(workspace), Store(tmp_path / "store")
    path = workspace / "data" / "eigen.txt"
    path.write_text("een", encoding="utf-8")
    seen = {"data/eigen.txt": of_state(path)}
    executed = Executed(b"made of een", Reads((), ("data/eigen.txt",)), seen=seen)
    run = Run(workspace / "notebooks" / "x.ipynb", frozenset(), read_parameters(deal, 2021), 1, {"the notebook": "x"})
    data: Any = SimpleNamespace(workspace=deal)
    # Saved, and saved again as it was: nobody knows which of the three the notebook read.
    path.write_text("zes", encoding="utf-8")
    assert kept_results.keep(run, data, executed, store)[1] is False
    assert kept_results.find(run, data, store).executed is None
    path.write_text("een", encoding="utf-8")
    assert kept_results.keep(run, data, executed, store)[1] is False
    found = kept_results.find(run, data, store)
    assert found.executed is None and found.why == "always: data/eigen.txt was changed while it ran"
    seen["data/eigen.txt"] = of_state(path)
    assert kept_results.keep(run, data, executed, store)[1] is True
    assert kept_results.find(run, data, store).executed == b"made of een"


def test_no_report_is_made_of_two_states_of_a_file(workspace: Path, tmp_path: Path) -> None:
    deal = Workspace(workspace)
    pipeline = Pipeline(deal, Options("builtin", 1), Store(tmp_path / "store"), lambda event: None, Timings())
    pipeline.made_from = unchanged.inputs(deal, "builtin")
    pipeline._require_inputs_as_read()
    chapter = next((workspace / "templates").glob("*.qmd"))
    kept = chapter.read_bytes()
    for change in (lambda: chapter.write_bytes(kept + b"x"), chapter.unlink):
        change()
        with pytest.raises(WorkspaceError) as error:
            pipeline._require_inputs_as_read()
        assert chapter.name in str(error.value)
    chapter.write_bytes(kept)
    pipeline._require_inputs_as_read()


def test_files_behind_a_link_to_a_folder_are_inputs(workspace: Path, tmp_path: Path) -> None:
    share = tmp_path / "share"
    share.mkdir()
    (share / "foto.png").write_bytes(b"een")
    (workspace / "templates" / "beelden").symlink_to(share)
    (share / "terug").symlink_to(share)
    deal = Workspace(workspace)
    before = unchanged.files(deal)
    assert "templates/beelden/foto.png" in before
    (share / "foto.png").write_bytes(b"twee")
    assert unchanged.files(deal) != before


@pytest.mark.parametrize(
    ("name", "says"),
    [
        ("a:b.csv", "every computer"),
        ("a\\b.csv", "every computer"),
        ("eind .", "every computer"),
        ("aux.csv", "every computer"),
        (os.fsdecode(b"caf\xe9.csv"), r"caf\udce9.csv"),
        ("on\u200bzichtbaar.csv", "every computer"),
        ("twee\nregels.csv", r"twee\nregels.csv"),
        ("EIGEN.csv", "another file: data/EIGEN.csv"),
    ],
)
def test_a_name_that_no_bundle_can_hold_is_found(workspace: Path, name: str, says: str) -> None:
    for each in ("eigen.csv", name):
        (workspace / "data" / each).write_text("", encoding="utf-8")
    (found,) = file_names.findings(Workspace(workspace))
    assert found.severity == "error" and says in f"{found.file}: {found.message()}"


@pytest.mark.parametrize("name", ["json.py", "pandas.py", "numbers/__init__.py", "voortgang.py"])
def test_a_module_beside_the_notebooks_takes_the_place_of_no_other(workspace: Path, name: str) -> None:
    for each in ("hulpje.py", name):
        (workspace / "notebooks" / each).parent.mkdir(exist_ok=True)
        (workspace / "notebooks" / each).write_text("", encoding="utf-8")
    (found,) = file_names.findings(Workspace(workspace))
    assert (found.severity, found.rule, found.file) == ("error", "module_name", f"notebooks/{name}")


def test_one_list_of_files_holds_names_with_spaces_and_accents(workspace: Path, tmp_path: Path) -> None:
    deal = workspace
    names = ["data/één bestand.csv", "data/e\u0301.txt", "notebooks/__pycache__/x.pyc", "data/.verborgen"]
    for name in names:
        (deal / name).parent.mkdir(exist_ok=True)
        (deal / name).write_text("a\n1\n", encoding="utf-8")
    inputs = {Workspace(deal).relative(path) for path in Workspace(deal).input_files()}
    assert {name for name in names if name in inputs} == set(names[:2])
    assert not list(file_names.findings(Workspace(deal)))
    content = {name: (deal / name).read_bytes() for name in sorted(inputs)}
    assert archive.unpacked(archive.packed(content), "x") == content
    unpacked = tmp_path / "elders"
    archive.unpack(archive.packed(content), "x", unpacked)
    assert {Workspace(unpacked).relative(path) for path in Workspace(unpacked).input_files()} == inputs
