"""Shared by the tests: workspaces to work on, the command as a user calls it, and reports built once."""

from __future__ import annotations

import os
import platform
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import hypothesis
import nbformat
import pytest
import yaml
from filelock import FileLock
from prepared import prepared

from voortgang.check.checked import check
from voortgang.check.checked_data import Handover
from voortgang.run.execute import Executed, execute
from voortgang.run.kernel_pool import KernelPool
from voortgang.run.plan import Run
from voortgang.workspace.fingerprint import of_engine, of_file, of_folder, of_packages, of_value
from voortgang.workspace.parameters import read_parameters
from voortgang.workspace.paths import Workspace

REPOSITORY = Path(__file__).parents[1]
PARTS = ("data", "parameters", "notebooks", "templates")
KEPT = REPOSITORY / ".pytest_cache" / "builds"

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
        tempfile.tempdir = before


@dataclass(frozen=True)
class Done:
    """What a command printed and how it ended."""

    code: int
    out: str
    err: str


def run(*arguments: str, cwd: Path, path: str | None = None) -> Done:
    """Call the command `voortgang`, as a user does, without the wait for its imports (see `prepared`)."""
    environment = os.environ | {"COLUMNS": "200"} | ({"PATH": path} if path is not None else {})
    if "VOORTGANG_TEST_ANEW" in os.environ:
        program = Path(sys.executable).with_name("voortgang")
        done = subprocess.run(
            [str(program), *arguments], cwd=cwd, env=environment, capture_output=True, text=True, check=False
        )
        return Done(done.returncode, done.stdout, done.stderr)
    with tempfile.TemporaryDirectory() as folder:
        code = prepared().run(arguments, Path(cwd), environment, Path(folder))
        out, err = ((Path(folder) / name).read_text(encoding="utf-8") for name in ("out", "err"))
    return Done(code, out, err)


def copy_workspace(target: Path, workspace: Path = REPOSITORY) -> Path:
    """Copy a workspace, by default that of this repository, without reports."""
    for part in PARTS:
        shutil.copytree(
            workspace / part, target / part, ignore=shutil.ignore_patterns(".ipynb_checkpoints", "__pycache__")
        )
    return target


SHORT = {"fig-geld": "financien", "tbl-geld": "financien", "tbl-wonen-proeftuin": "wonen"}


def trim(workspace: Path, parts: dict[str, str] = SHORT) -> Path:
    """Leave a short report of some fragments, each with its notebook: for how a report is made, not what it says."""
    for path in (workspace / "notebooks").glob("*.ipynb"):
        if path.stem not in parts.values():
            path.unlink()
    for path in (workspace / "data" / "toelichting").rglob("*.md"):
        path.write_text("Een tekst die geen feiten aanhaalt.\n", encoding="utf-8")
    templates = workspace / "templates"
    for path in templates.glob("*.qmd"):
        path.unlink()
    lines = ["# Geld", *(f"{{{{< include fragmenten/_{label}.md >}}}}" for label in parts)]
    (templates / "rapport.qmd").write_text("\n\n".join(lines) + "\n", encoding="utf-8")
    project = yaml.safe_load((templates / "_quarto.yml").read_text(encoding="utf-8"))
    project["project"]["render"] = ["rapport.qmd"]
    (templates / "_quarto.yml").write_text(yaml.safe_dump(project, allow_unicode=True), encoding="utf-8")
    return workspace


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


def _shared(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a folder that the processes of one test run share; each has a folder of its own beside."""
    own = tmp_path_factory.getbasetemp()
    return own.parent if "PYTEST_XDIST_WORKER" in os.environ else own


def _built_once(shared: Path, name: str, change: Callable[[Path], None], *asked: str) -> Path:
    """Build reports in a copied workspace, once for all processes; what a failed build said fails each test alike.

    A later test run takes what an earlier one built of the same code, data, notebooks and templates.
    """
    workspace, failed = shared / name / "deal", shared / f"{name}.failed"
    with FileLock(shared / f"{name}.lock"):
        if failed.exists():
            pytest.fail(failed.read_text(encoding="utf-8"))
        if not workspace.exists():
            kept = None if os.environ.keys() & {"CI", "VOORTGANG_TEST_ANEW"} else KEPT / name / _made_from()
            if kept and kept.is_dir():
                shutil.copytree(kept, workspace)
                return workspace
            failed.write_text("the build was cut off", encoding="utf-8")
            change(copy_workspace(workspace))
            done = run("build", *asked, "--engine", "builtin", cwd=workspace)
            if done.code:
                failed.write_text(f"build {' '.join(asked)} ended with {done.code}: {done.out}{done.err}", "utf-8")
                pytest.fail(failed.read_text(encoding="utf-8"))
            if kept:
                _keep(workspace, kept)
            failed.unlink()
    return workspace


@cache
def _made_from() -> str:
    """Return the hash of all that a build of this repository's workspace is made from, and of how it is asked for."""
    folders = (of_folder(REPOSITORY / part) for part in PARTS)
    return of_value([of_engine(), of_packages(), platform.platform(), of_file(Path(__file__)), *folders])[:16]


def _keep(workspace: Path, kept: Path) -> None:
    """Keep a build for a later test run, in the place of the one before."""
    shutil.rmtree(kept.parent, ignore_errors=True)
    shutil.copytree(workspace, kept.with_suffix(".partial"))
    kept.with_suffix(".partial").rename(kept)


@pytest.fixture(scope="session")
def reports(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The reports of all years, built once by the command line; the folder `reports/`. Tests only read it."""
    workspace = _built_once(_shared(tmp_path_factory), "all-years", lambda root: None, "--all")
    return workspace / "reports"


def _publish(root: Path) -> None:
    file = root / "parameters" / "2021.yml"
    text = file.read_text(encoding="utf-8")
    file.write_text(text.replace("edition: overleg", "edition: openbaar"), encoding="utf-8")


@pytest.fixture(scope="session")
def public(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A workspace with the public edition of 2021, which hides a project; built once. Tests only read it."""
    return _built_once(_shared(tmp_path_factory), "public", _publish, "2021")


@pytest.fixture(scope="session")
def small(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A trimmed workspace with the public edition of 2021, which hides a project; built once. Tests only read it."""
    return _built_once(_shared(tmp_path_factory), "small", lambda root: _publish(trim(root)), "2021")


@pytest.fixture
def kept(workspace: Path, reports: Path) -> Path:
    """A workspace to change at will, with what earlier builds kept: only what a test changes is made again."""
    store = Path(".voortgang") / "store"
    shutil.copytree(reports.parent / store, workspace / store)
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
