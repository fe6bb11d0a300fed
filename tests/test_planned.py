"""A notebook that is not what was planned, or that stops before its end, never counts."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from conftest import LOAD, PARAMETERS, REPOSITORY

from voortgang.check.parameters_cell import Source, check_parameters
from voortgang.errors import NotebookError
from voortgang.run.execute import Executed
from voortgang.run.store import Store
from voortgang.workspace.fingerprint import of_elsewhere


def _judge(*cells: str, parameters: str = PARAMETERS) -> frozenset[str]:
    sources = [Source(1, parameters, True), *(Source(n, text, False) for n, text in enumerate(cells, 2))]
    return check_parameters(sources, "notebooks/x.ipynb")


@pytest.mark.parametrize(
    "parameters",
    [
        'year = 2021\nreference_date = "2021-12-31"',
        'year, reference_date, edition = 2021, "2021-12-31", "overleg"',
        '[year, reference_date, edition] = 2021, "2021-12-31", "overleg"',
        'year = 2021\nreference_date = edition = "overleg"',
        'year = (edition := 2021)\nreference_date = "2021-12-31"',
        'year = 2021\nreference_date = "2021-12-31"\nedition: str',
        'year = 2021\nyear = 2020\nreference_date = "2021-12-31"\nedition = "overleg"',
        'if True:\n    edition = "overleg"\nyear = 2021\nreference_date = "2021-12-31"',
        'year = 2021\nreference_date = "2021-12-31"\nfor edition in ["overleg"]: pass',
        "",
    ],
)
def test_a_parameters_cell_that_does_not_assign_each_by_itself_is_refused(parameters: str) -> None:
    with pytest.raises(NotebookError) as error:
        _judge(LOAD, parameters=parameters)
    assert "notebooks/x.ipynb, code cell 1" in str(error.value)


@pytest.mark.parametrize(
    "cell",
    [
        'edition = "overleg"',
        "year -= 1",
        "edition: str = 'overleg'",
        "del edition",
        "for year in (2020, 2021): pass",
        "with open('x') as edition: pass",
        "import datetime as edition",
        "from x import edition",
        "def edition(): pass",
        "class year: pass",
        "def change():\n    global edition\n    edition = 'overleg'",
        "(edition := 'overleg')",
        "[edition := each for each in 'ab']",
        "try:\n    pass\nexcept ValueError as year:\n    pass",
        "match 1:\n    case edition: pass",
        "a, (year, *edition) = 1, (2, 3)",
        "%matplotlib inline\nedition = 'overleg'",
        "if True:\n    while True:\n        edition = 'overleg'",
        "report = vg.load(year, reference_date)",
        "report = vg.load()",
        "report = vg.load(year, reference_date, 'overleg')",
        "report = vg.load(year=year, reference_date=reference_date)",
        "from voortgang.notebook import load\nload(year, reference_date)",
        "from voortgang.notebook import load as haal\nhaal(year, reference_date)",
        "from voortgang import notebook\nnotebook.load(year, reference_date)",
        "def get():\n    return vg.load(year, reference_date)",
        "report = vg.load(year, reference_date, *['overleg'])",
        "report = vg.load(year, reference_date, **{'edition': 'overleg'})",
        "from voortgang.notebook.report import load as haal\nhaal(year, reference_date)",
        "from voortgang.notebook import *\nload(year, reference_date)",
        "from voortgang.notebook import load as haal\nander = haal",
        "import voortgang.notebook.report as verslag\nverslag.load(year, reference_date)",
        "import voortgang\nvoortgang.notebook.load(year, reference_date, 'overleg')",
        "from voortgang import notebook as n\nn.load(year, reference_date, 'overleg')",
        "from voortgang.notebook import report as deel\ndeel.load(year, reference_date)",
        "api = vg\napi.load(year, reference_date)",
        "(api := vg).load(year, reference_date)\napi.load(year, reference_date)",
        "haal = vg.load\nhaal(year, reference_date)",
        "haal, ander = vg.load, 1",
        "[vg.load][0](year, reference_date)",
        "list(map(vg.load, [2020]))",
        "import functools\nfunctools.partial(vg.load, edition='overleg')",
        "def get(haal=vg.load):\n    return haal(year, reference_date)",
        "getattr(vg, 'load')(year, reference_date, 'overleg')",
        "getattr(vg, 'lo' + 'ad')(year, reference_date, 'overleg')",
        "vars(vg)['load'](year, reference_date, 'overleg')",
        "vg.__dict__['load'](year, reference_date, 'overleg')",
        "vg.__getattribute__('load')(year, reference_date, 'overleg')",
        "import importlib\nimportlib.import_module('voortgang.notebook').load(year, reference_date, 'overleg')",
        "__import__('voortgang.notebook').notebook.load(year, reference_date, 'overleg')",
    ],
)
def test_a_cell_that_takes_another_report_is_refused_by_number_and_line(cell: str) -> None:
    with pytest.raises(NotebookError) as error:
        _judge(LOAD, cell)
    assert "notebooks/x.ipynb, code cell 3, line" in str(error.value)


@pytest.mark.parametrize(
    "cell",
    [
        "[year for year in report.years]",
        "def of(year):\n    return year",
        "key = lambda edition: edition",
        "def own():\n    edition = 1\n    return edition",
        "this_year, report.x = year, edition",
        "before = report.year_before()",
        "vg.load(year=year, edition=edition, reference_date=reference_date)",
        "json.load(file)",
        "load = json.load\nload(file)",
        "def load(file):\n    return file\nload(1)",
        "from voortgang.notebook import load\nload(year, reference_date, edition)",
        "from voortgang.notebook import *\nreport = load(year, reference_date, edition)",
        "import voortgang.notebook as n\nn.load(year, reference_date, edition=edition)",
        "getattr(report, 'load', None)",
        "getattr(vg, 'EDITIONS')",
        "help(vg)",
        "!ls",
        "%%time\nreport.rows('projecten')",
    ],
)
def test_a_cell_that_only_uses_them_is_not(cell: str) -> None:
    assert _judge(LOAD, cell) >= {"year", "reference_date", "edition"}


STOP = "class Stop(Exception):\n    def _render_traceback_(self):\n        return []\nraise Stop()"


@pytest.mark.sampled(5)
@pytest.mark.parametrize("later", [(), ("1 + 1",)], ids=["as the last cell", "before others"])
@pytest.mark.parametrize(
    "cell",
    [
        "import sys; sys.exit()",
        "import sys; sys.exit(0)",
        "exit()",
        "quit()",
        "raise SystemExit",
        "raise SystemExit(0)",
        STOP,
        "get_ipython().kernel.do_shutdown(False)",
        "import os; os._exit(0)",
        "raise KeyboardInterrupt",
    ],
)
def test_a_notebook_that_stops_early_has_failed(
    run_cells: Callable[..., Executed], cell: str, later: tuple[str, ...]
) -> None:
    with pytest.raises(NotebookError) as error:
        run_cells("2 + 2", cell, *later)
    assert "code cell 4" in str(error.value) and cell.splitlines()[0] in str(error.value), error.value


@pytest.mark.sampled(2)
@pytest.mark.parametrize("cell", ["exit()", "raise SystemExit", "get_ipython().kernel.do_shutdown(False)"])
def test_also_where_the_kernel_is_gone_before_the_next_cell(run_cells: Callable[..., Executed], cell: str) -> None:
    with pytest.raises(NotebookError) as error:
        run_cells(cell, "1 + 1", pause=1)
    assert "code cell 3" in str(error.value) and cell in str(error.value), error.value


@pytest.mark.sampled(4)
@pytest.mark.parametrize(
    ("cell", "says"),
    [
        ("exec(\"edition = 'overleg'\")", "another value to edition"),
        ("globals()['year'] = 2020", "another value to year"),
        ("getattr(vg, 'load')(year, reference_date, 'overleg')", "another report"),
        ("getattr(vg, 'load')(2019, '2019-12-31', edition)", "another report"),
        ("getattr(vg, 'load')(year, '2021-06-30', edition)", "another report"),
        ("getattr(vg, 'load')(year, '2022-12-31', edition)", "does not lie in the year"),
        ("import json, pathlib; pathlib.Path('/tmp').mkdir(exist_ok=True)", ""),
        ("assert getattr(vg, 'load')().edition == edition", ""),
        ("getattr(vg, 'load')(2020, '2020-12-31', edition)", ""),
    ],
)
def test_what_was_loaded_is_what_was_planned(run_cells: Callable[..., Executed], cell: str, says: str) -> None:
    if says:
        with pytest.raises(NotebookError, match=says):
            run_cells(cell, "1 + 1")
    else:
        run_cells(cell, "1 + 1")


@pytest.mark.sampled(5)
@pytest.mark.parametrize(
    ("cell", "says"),
    [
        ("print('a\\ud800b')", "half of a character (U+D800)"),
        ("import sys; print('a\\udfffb', file=sys.stderr)", "half of a character (U+DFFF)"),
        ("from IPython.display import Markdown\nMarkdown('a\\ud800b')", "half of a character"),
        ("from IPython.display import display\ndisplay({'text/plain': 'a', 'x/a\\ud800': 'b'}, raw=True)", "half"),
        ("from IPython.display import display, JSON\ndisplay(JSON({'a': ['\\ud800']}))", "half of a character"),
        ("import logging; logging.warning('\\udc80')", "half of a character"),
        ("from IPython.display import display, JSON\ndisplay(JSON([float('nan'), '\\ud800']))", "half of a character"),
        ("raise ValueError('\\ud800')", "ValueError"),
        ("%time_it_all 3", "Line magic function `%time_it_all` not found"),
    ],
)
def test_an_output_that_is_lost_and_a_magic_that_is_wrong_are_named(
    run_cells: Callable[..., Executed], cell: str, says: str
) -> None:
    with pytest.raises(NotebookError) as error:
        run_cells("2 + 2", cell, "1 + 1")
    assert says in error.value.what and "code cell 4" in error.value.where


def test_load_has_no_default_edition() -> None:
    import voortgang.notebook as vg

    with pytest.raises(ValueError, match="edition"):
        vg.load(2021, "2021-12-31")
    with pytest.raises(ValueError, match="openbaar"):
        vg.load(2021, "2021-12-31", "Openbaar")


@pytest.mark.parametrize(
    ("year", "day", "says"),
    [
        (2021, "2022-03-01", "2022-03-01 does not lie in the year that is reported on, 2021"),
        (2021, "2020-12-31", "does not lie in the year"),
        (2018, "2018-12-31", "the deal starts on 2019-07-16"),
        (2019, "2019-07-15", "the deal starts on 2019-07-16"),
        (2021, "1 maart", "isoformat"),
    ],
)
def test_load_by_hand_takes_the_days_that_parameters_take(year: int, day: str, says: str) -> None:
    import voortgang.notebook as vg

    with pytest.raises(ValueError, match=says):
        vg.load(year, day, "overleg", REPOSITORY)
    assert vg.load(2019, "2019-07-16", "overleg", REPOSITORY).year == 2019


@pytest.mark.sampled(3)
@pytest.mark.parametrize(
    ("cell", "sees"),
    [
        ("import sqlite3; sqlite3.connect('../data/x.db')", "sqlite3"),
        ("import subprocess; subprocess.run(['cat', '../data/deal.yml'], capture_output=True)", "subprocess"),
        ("import os; os.system('true')", "os.system"),
        ("import os; os.popen('true').read()", "subprocess"),
        ("!true", ""),
        ("from lxml import etree", "lxml"),
        ("import ctypes; ctypes.CDLL(None)", "ctypes"),
    ],
)
@pytest.mark.parametrize("warm", [True, False])
def test_what_nobody_can_see_is_never_used_again(
    run_cells: Callable[..., Executed], cell: str, sees: str, warm: bool
) -> None:
    uncertain = run_cells(cell, warm=warm).uncertain
    assert uncertain and sees in uncertain


@pytest.mark.parametrize("warm", [True, False])
def test_what_the_engine_itself_uses_is_no_doubt(run_cells: Callable[..., Executed], warm: bool) -> None:
    assert not run_cells("report.rows('projecten')", "vg.overview(report)", warm=warm).uncertain


def test_environment_variables_and_links_that_a_notebook_reads_are_inputs(
    run_cells: Callable[..., Executed], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PRIJSPEIL", "2020")
    read = run_cells("import os; os.environ['PRIJSPEIL'], os.getenv('ANDERS'), os.environ.get('NOG')").reads
    assert read.variables == ("ANDERS", "NOG", "PRIJSPEIL")
    assert "environment variable PRIJSPEIL" in read.elsewhere
    before = of_elsewhere(tmp_path, "environment variable PRIJSPEIL")
    monkeypatch.setenv("PRIJSPEIL", "2021")
    assert of_elsewhere(tmp_path, "environment variable PRIJSPEIL") != before


def test_a_link_counts_as_what_it_leads_to(run_cells: Callable[..., Executed], tmp_path: Path) -> None:
    (tmp_path / "elders.txt").write_text("een", encoding="utf-8")
    make = f"import os; os.path.lexists('../data/link.txt') or os.symlink('{tmp_path}/elders.txt', '../data/link.txt')"
    executed = run_cells(make, "open('../data/link.txt').read()")
    assert "data/link.txt" in executed.reads.files


@pytest.mark.parametrize("how", ["open({!r}).read()", "import pandas; pandas.read_csv({!r})", "vg.Path({!r})"])
def test_a_file_outside_the_workspace_is_refused_by_name(
    run_cells: Callable[..., Executed], tmp_path: Path, how: str
) -> None:
    outside = tmp_path / "cijfers.csv"
    outside.write_text("a\n1\n", encoding="utf-8")
    cell = how.format(str(outside)).replace("vg.Path", "from pathlib import Path; Path") + (
        ".read_text()" if "Path" in how else ""
    )
    with pytest.raises(NotebookError, match="no input of the report") as error:
        run_cells(cell)
    assert str(outside) in str(error.value)


def test_two_entries_of_the_store_that_change_places_are_none(tmp_path: Path) -> None:
    store = Store(tmp_path)
    store.put("documents", "aa", b"one")
    store.put("documents", "ab", b"two")
    one, two = store._path("documents", "aa"), store._path("documents", "ab")
    content = one.read_bytes()
    one.write_bytes(two.read_bytes())
    two.write_bytes(content)
    assert store.get("documents", "aa") is None
    assert store.get("documents", "ab") is None
