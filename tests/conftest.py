"""Shared by the tests: workspaces to work on, the command as a user calls it, and reports built once."""

from __future__ import annotations

import os
import shutil
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import browser
import hypothesis
import nbformat
import pytest
from builds import REPOSITORY, Done, build, copy_workspace, made_once, publish, run, trim

from voortgang.check.checked import check
from voortgang.check.checked_data import Handover
from voortgang.run.execute import Executed, execute
from voortgang.run.kernel_pool import KernelPool
from voortgang.run.plan import Run
from voortgang.workspace.parameters import read_parameters
from voortgang.workspace.paths import Workspace

__all__ = ["LOAD", "PARAMETERS", "REPOSITORY", "Done", "copy_workspace", "made_once", "run", "trim"]

# Python keeps what it compiles here, also where it is told elsewhere to keep none: to rewrite the asserts of all tests,
# and to compile the engine for each command that is started, took a tenth of the time.
sys.dont_write_bytecode = False
os.environ.pop("PYTHONDONTWRITEBYTECODE", None)

# Python itself imports what lies there, while 'make coverage' measures.
collect_ignore = ["measured"]

# No deadline: a test may not depend on how fast the computer is. 'make test-all' tries many times as much.
hypothesis.settings.register_profile("default", deadline=None, max_examples=15)
hypothesis.settings.register_profile("long", deadline=None, max_examples=250)
hypothesis.settings.load_profile("default")


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--renew-golden", action="store_true", help="draw the pictures of tests/golden anew")


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Leave most cases of a long table to 'make test-all': `sampled(n)` takes n of them, spread evenly.

    The first and the last are among them. A case that is asked for by its name is not left out.
    """
    tables: dict[str, list[pytest.Item]] = {}
    for item in items:
        if item.get_closest_marker("sampled"):
            tables.setdefault(item.nodeid.partition("[")[0], []).append(item)
    for cases in tables.values():
        marker = cases[0].get_closest_marker("sampled")
        assert marker is not None
        count = min(marker.args[0], len(cases))
        taken = {round(each * (len(cases) - 1) / max(count - 1, 1)) for each in range(count)}
        for number, item in enumerate(cases):
            if number not in taken:
                item.add_marker(pytest.mark.long)


@pytest.fixture(scope="session", autouse=True)
def own_place_for_temporary_files() -> Iterator[None]:
    """Let each process of the test run see only its own leftovers. The path is short: sockets lie in it."""
    with tempfile.TemporaryDirectory(prefix="vt-", dir=Path("/tmp") if Path("/tmp").is_dir() else None) as folder:
        before, tempfile.tempdir = tempfile.tempdir, folder
        os.environ["TMPDIR"] = folder
        yield
        browser.end()
        tempfile.tempdir = before


@pytest.fixture
def workspace(tmp_path: Path) -> Path:
    """A workspace to change at will."""
    return copy_workspace(tmp_path / "deal")


@pytest.fixture
def edit(workspace: Path) -> Callable[[str, str, str], None]:
    """Return a function that replaces text in a file of the workspace; the text must be there."""

    def replace(name: str, old: str, new: str) -> None:
        file = workspace / name
        text = file.read_text(encoding="utf-8")
        assert old in text, f"{old!r} is not in {name}"
        file.write_text(text.replace(old, new, 1), encoding="utf-8")

    return replace


@pytest.fixture(scope="session")
def reports(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The reports of all years, built once by the command line; the folder `reports/`. Tests only read it."""
    make = lambda root: build(copy_workspace(root), "--all")  # noqa: E731
    return made_once(tmp_path_factory, "all-years", make) / "reports"


@pytest.fixture(scope="session")
def public(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A workspace with the public edition of 2021, which hides a project; built once. Tests only read it."""
    return made_once(tmp_path_factory, "public", lambda root: build(publish(copy_workspace(root)), "2021"))


@pytest.fixture(scope="session")
def small(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A trimmed workspace with the public edition of 2021, which hides a project; built once. Tests only read it."""
    return made_once(tmp_path_factory, "small", lambda root: build(publish(trim(copy_workspace(root))), "2021"))


@pytest.fixture(scope="session")
def tiny(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The least workspace, with its report of 2021, which may be verified; built once. Tests only read it."""
    import test_new_workspace
    import test_odd_machines

    def make(root: Path) -> None:
        path = test_odd_machines.small_workspace(root) / "notebooks" / "klein.ipynb"
        notebook = nbformat.read(path, as_version=4)
        notebook.cells.pop()  # it starts a program, which no confined notebook may
        nbformat.write(notebook, path)
        build(root, "2021")
        shutil.rmtree(root / ".voortgang")

    return made_once(tmp_path_factory, "tiny", make, test_odd_machines.__file__, test_new_workspace.__file__)


@pytest.fixture
def kept(workspace: Path, reports: Path) -> Path:
    """A workspace to change at will, with what earlier builds kept: only what a test changes is made again."""
    store = Path(".voortgang") / "store"
    # What is kept is never written to, but replaced.
    shutil.copytree(reports.parent / store, workspace / store, copy_function=os.link)
    return workspace


PARAMETERS = 'year = 2021\nreference_date = "2021-12-31"\nedition = "overleg"'
LOAD = "import voortgang.notebook as vg\nreport = vg.load(year, reference_date, edition)"


@pytest.fixture(scope="module")
def run_cells(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Callable[..., Executed]]:
    """Return a function that runs a notebook of some cells, after the parameters and `load`, with a pause after each.

    The edition is public. As in a build, the data was checked before, and a warm kernel is handed it.
    """
    root = copy_workspace(tmp_path_factory.mktemp("cells") / "deal")
    workspace = Workspace(root)
    data = check(workspace).data

    def execute_cells(
        *cells: str, warm: bool = True, pool: KernelPool | None = None, pause: float = 0, **given: object
    ) -> Executed:
        notebook = nbformat.v4.new_notebook()
        notebook.cells = [nbformat.v4.new_code_cell(text) for text in (PARAMETERS, LOAD, *cells)]
        notebook.cells[0].metadata.tags = ["parameters"]
        path = root / "notebooks" / "tiny.ipynb"
        nbformat.write(notebook, path)
        parameters = read_parameters(workspace, 2021).model_copy(update={"edition": "openbaar", **given})
        asked = frozenset({"year", "reference_date", "edition"})
        planned = Run(path, asked, parameters, len(notebook.cells), {})
        checked = handover.file(data) if warm else None
        used = pool or KernelPool(fresh=not warm)
        return execute(planned, workspace, used, lambda done, total: time.sleep(pause), checked=checked)

    with Handover() as handover:
        yield execute_cells
