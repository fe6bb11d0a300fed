"""Odd machines give the same report, or one message: temporary files, limits, environments, names of folders."""

from __future__ import annotations

import errno
import os
import resource
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import nbformat
import pytest
from conftest import LOAD, PARAMETERS, run
from test_new_workspace import answers

from voortgang.errors import VoortgangError, is_of_the_computer, understood
from voortgang.run import limits
from voortgang.workspace.deal import deal_from
from voortgang.workspace.paths import Workspace, disk_error
from voortgang.workspace.starting.new_workspace import write_workspace
from voortgang.workspace.starting.questionnaire import deal_text
from voortgang.writing import clock, temporary

PROGRAM = str(Path(sys.executable).with_name("voortgang"))
DEAF = (
    f"{sys.executable} -c 'import os, signal, sys; signal.signal(signal.SIGCHLD, signal.SIG_IGN); "
    "signal.signal(signal.SIGTERM, signal.SIG_IGN); os.execvp(sys.argv[2], sys.argv[2:])'"
)
"""What starts a command that is told neither that a program has ended nor that it has to end itself."""
CELLS = (
    'vg.publish_money(report, "totaal")',
    "try:\n    assert year == 0\nexcept AssertionError:\n    print('nagezien')",
    '#| label: tbl-x\nmoney = vg.money(report)\nvg.table(money, ["lijn", "begroot"], "Het geld")',
    '#| label: fig-y\nvg.chart_money(money, "Het geld in beeld")',
    "import tempfile, os, time\nprint(os.path.isdir(tempfile.gettempdir()), time.tzname)",
    "print(os.path.isdir(os.path.expanduser('~')), hash('a'))",
    "import signal, subprocess\nprint(signal.getsignal(signal.SIGTERM), subprocess.run(['false']).returncode)",
)
SHOWN = 4
"""How many of these show something of the deal."""
CHAPTER = """# Een hoofdstuk

Zie @tbl-x en @fig-y; het is {{< var totaal.begroot >}}.

{{< include fragmenten/_tbl-x.md >}}

{{< include fragmenten/_fig-y.md >}}
"""


def small_workspace(root: Path) -> Path:
    """Write a deal of one pillar, one notebook and one document: the least of which a report is built."""
    text = deal_text(answers(pillars=("Werken",), municipalities=("Aa",), first_year=2020, last_year=2021))
    write_workspace(text, deal_from(text), root, with_examples=True)
    for each in [*root.glob("notebooks/*.ipynb"), *root.glob("templates/*.qmd")]:
        each.unlink()
    project = root / "templates" / "_quarto.yml"
    lines = project.read_text(encoding="utf-8").splitlines(keepends=True)
    kept = [line for line in lines if ".qmd" not in line or "rapport.qmd" in line]
    project.write_text("".join(kept), encoding="utf-8")
    (root / "templates" / "rapport.qmd").write_text(CHAPTER, encoding="utf-8")
    notebook = nbformat.v4.new_notebook()
    sources = enumerate((PARAMETERS, LOAD, *CELLS))
    notebook.cells = [nbformat.v4.new_code_cell(text, id=f"cel-{number}") for number, text in sources]
    notebook.cells[0].metadata.tags = ["parameters"]
    nbformat.write(notebook, root / "notebooks" / "klein.ipynb")
    return root


def add_second_notebook(root: Path) -> Path:
    """Let a small workspace have two notebooks, where it matters that several run or that one is left alone.

    Of the first, the cells that look at the computer go: what they show is never used again.
    """
    notebook = nbformat.read(root / "notebooks" / "klein.ipynb", as_version=4)
    del notebook.cells[2 + SHOWN :]
    nbformat.write(notebook, root / "notebooks" / "klein.ipynb")
    notebook.cells[2:] = [nbformat.v4.new_code_cell('vg.publish_money(report, "werken")', id="cel")]
    nbformat.write(notebook, root / "notebooks" / "tweede.ipynb")
    return root


def _build(
    root: Path, before: str = "", after: str = "", **environment: str | None
) -> subprocess.CompletedProcess[str]:
    given = {name: value for name, value in (os.environ | environment).items() if value is not None}
    return subprocess.run(
        ["sh", "-c", f"{before} exec {PROGRAM} build 2021 --engine builtin {after}"],
        cwd=root,
        env=given,
        capture_output=True,
        text=True,
        check=False,
    )


def _files(root: Path) -> dict[str, bytes]:
    report = root / "reports" / "2021"
    found = {path.relative_to(report).as_posix(): path for path in sorted(report.rglob("*")) if path.is_file()}
    # The manifest says when and where the report was made.
    return {name: path.read_bytes() for name, path in found.items() if name != "manifest.json"}


@pytest.fixture(scope="module")
def usual(tmp_path_factory: pytest.TempPathFactory) -> Path:
    root = small_workspace(tmp_path_factory.mktemp("usual") / "deal")
    done = _build(root)
    assert done.returncode == 0, done.stderr
    return root


@pytest.mark.skipif(sys.platform == "win32", reason="names that Windows does not have")
def test_an_odd_place_and_an_odd_environment_give_the_same_bytes(usual: Path, tmp_path: Path) -> None:
    room = tmp_path / ("l" * 150) / "een \"map\" met 'tekens' %41 #é"
    room.mkdir(parents=True)
    root = small_workspace(tmp_path / 'wérk "plek" %20 #1 \'{x} $HOME [a]*.')
    began = tmp_path / "begin.py"
    began.write_text("print('dit begint')\nyear = 1999\n", encoding="utf-8")
    odd = {
        "TMPDIR": str(room),
        "HOME": None,
        "XDG_CACHE_HOME": "/nergens",
        "XDG_RUNTIME_DIR": "/dev/null",
        "PYTHONOPTIMIZE": "2",
        "PYTHONHASHSEED": "7",
        "PYTHONDONTWRITEBYTECODE": "1",
        "PYTHONWARNINGS": "error",
        "PYTHONUTF8": "0",
        "PYTHONPROFILEIMPORTTIME": "1",
        "PYTHONASYNCIODEBUG": "1",
        "PYTHONSTARTUP": str(began),
        "LC_ALL": "C",
        "TZ": "Pacific/Kiritimati",
        "MPLBACKEND": "TkAgg",
    }
    done = _build(root, f"ulimit -Sn 40; exec {DEAF}", **odd)
    assert done.returncode == 0, done.stderr
    assert "Traceback" not in done.stderr and "Warning" not in done.stderr
    assert _files(root) == _files(usual)
    assert not list(room.iterdir())


@pytest.mark.skipif(not hasattr(signal, "SIGCHLD"), reason="signals that Windows does not have")
def test_a_program_that_fails_is_heard_of_where_the_build_was_started_deaf(tmp_path: Path) -> None:
    """Without, Python takes a program whose end nobody tells of for one that ended well."""
    root = small_workspace(tmp_path / "deal")
    lua = root / "templates" / "_extensions" / "voortgang" / "toegankelijk.lua"
    lua.write_text('error("kapot")\n' + lua.read_text(encoding="utf-8"), encoding="utf-8")
    done = _build(root, f"exec {DEAF}")
    assert done.returncode == 1 and "kapot" in done.stderr, done.stderr


@pytest.mark.sampled(1)
@pytest.mark.parametrize("options", ["-E -s -X importtime -O -W error", "-E -s", "-X importtime", "-O -W error"])
def test_options_of_python_change_no_byte(options: str, usual: Path, tmp_path: Path) -> None:
    root = small_workspace(tmp_path / "deal")
    # Where pytest is named, a kernel leaves out what Python itself says.
    command = f"exec {sys.executable} {options} {PROGRAM} build 2021 --engine builtin;"
    done = _build(root, command, PYTEST_CURRENT_TEST=None)
    assert done.returncode == 0, done.stderr
    assert _files(root) == _files(usual)


@pytest.mark.skipif(sys.platform == "win32", reason="no limits there")
@pytest.mark.parametrize(
    ("limit", "says"), [("-n 32", "ulimit -n"), ("-v 600000", "ulimit -v"), ("-f 100", "ulimit -f")]
)
def test_a_limit_below_what_a_build_needs_is_one_message(usual: Path, limit: str, says: str) -> None:
    before = _files(usual)
    done = _build(usual, f"ulimit {limit};")
    assert done.returncode == 1 and says in done.stderr and done.stderr.count("mend:") == 1
    assert _files(usual) == before


@pytest.fixture
def own_tempfile(monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[[Path | str], str]]:
    """Return a function that settles as if a place was asked for, and gives the place that was taken."""
    if sys.platform == "win32":
        pytest.skip("names that Windows does not have")

    def settled(asked: Path | str) -> str:
        monkeypatch.setattr(tempfile, "tempdir", None)
        monkeypatch.setenv("TMPDIR", str(asked))
        temporary.settle()
        assert os.environ["TMPDIR"] == tempfile.gettempdir()
        return tempfile.gettempdir()

    yield settled


@pytest.mark.parametrize(
    "name", ["a" * 150, 'met "aanhaling"', "met spatie", "100%41", "#", "é", "a'b", "a\nb", "$HOME"]
)
def test_a_place_whose_name_some_program_cannot_bear_is_passed_over(
    own_tempfile: Callable[[Path | str], str], name: str
) -> None:
    with tempfile.TemporaryDirectory(dir="/tmp") as short:
        (Path(short) / name).mkdir()
        assert own_tempfile(Path(short) / name) == "/tmp"


def test_a_place_that_will_do_is_kept_and_one_that_is_not_there_is_told_to_nobody(
    own_tempfile: Callable[[Path | str], str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with tempfile.TemporaryDirectory(prefix="vt-", dir="/tmp") as short:
        assert own_tempfile(short) == short
        monkeypatch.chdir(short)
        Path("hier").mkdir()
        assert own_tempfile("hier") == str(Path(short) / "hier"), "other programs may run in another folder"
    assert own_tempfile(tmp_path / "weg") == "/tmp"


def test_no_place_at_all_is_one_message(
    own_tempfile: Callable[[Path | str], str], monkeypatch: pytest.MonkeyPatch
) -> None:
    def none() -> str:
        raise FileNotFoundError(errno.ENOENT, "No usable temporary directory found")

    monkeypatch.setattr(tempfile, "gettempdir", none)
    with pytest.raises(VoortgangError, match="no place for temporary files"):
        temporary.settle()


def test_a_user_whom_the_system_does_not_know_has_a_home_while_the_command_runs(
    own_tempfile: Callable[[Path | str], str], monkeypatch: pytest.MonkeyPatch
) -> None:
    import pwd

    def unknown(number: int) -> None:
        raise KeyError(number)

    monkeypatch.setattr(pwd, "getpwuid", unknown)
    monkeypatch.setenv("HOME", "")
    monkeypatch.delenv("HOME")
    own_tempfile("/tmp")
    assert Path.home().is_dir() and Path.home().is_relative_to(tempfile.gettempdir())


def test_what_killed_commands_left_goes_and_what_others_use_stays(
    own_tempfile: Callable[[Path | str], str], tmp_path: Path
) -> None:
    with tempfile.TemporaryDirectory(prefix="vt-", dir="/tmp") as short:
        own_tempfile(short)
        gone = subprocess.Popen([sys.executable, "-c", "pass"])
        gone.wait()
        left, of_others = Path(short, f"voortgang-{gone.pid}-abc"), Path(short, "voortgang-mijn-map")
        for each in (left, of_others):
            each.mkdir()
            (each / "bestand").touch()
        with temporary.folder() as own:
            temporary.clear_left_behind()
            assert Path(own).is_dir() and of_others.is_dir() and not left.exists()


def test_every_temporary_folder_of_the_engine_says_whose_it_is() -> None:
    engine = Path(temporary.__file__).parents[1]
    for path in engine.rglob("*.py"):
        text = path.read_text(encoding="utf-8")
        if path.name != "temporary.py":
            assert 'TemporaryDirectory(prefix="voortgang' not in text and "TemporaryDirectory()" not in text, path


@pytest.mark.parametrize(
    ("error", "says"),
    [
        (ImportError("x.so: failed to map segment from shared object"), "memory"),
        (ImportError("libx.so: cannot allocate memory in static TLS block"), "memory"),
        (OSError(errno.ENOMEM, "Cannot allocate memory"), "memory"),
        (BlockingIOError(errno.EAGAIN, "Resource temporarily unavailable"), "ulimit -u"),
        (RuntimeError("can't start new thread"), "ulimit -u"),
        (OSError(errno.EMFILE, "Too many open files"), "ulimit -n"),
    ],
)
def test_what_the_computer_lacks_is_no_fault_of_voortgang(error: Exception, says: str, tmp_path: Path) -> None:
    said = understood(error, "the report on 2021")
    assert said.exit_code == 1 and says in str(said) and is_of_the_computer(error)
    if isinstance(error, OSError):
        assert says in str(disk_error(error, Workspace(tmp_path)))


@pytest.mark.parametrize("number", [errno.EFAULT, errno.ECHILD, errno.ECONNRESET, errno.ENOEXEC])
def test_what_says_nothing_of_a_disk_is_not_said_of_one(number: int, tmp_path: Path) -> None:
    said = str(disk_error(OSError(number, os.strerror(number), sys.executable), Workspace(tmp_path)))
    assert "free space" not in said and os.strerror(number) in said


def test_a_clock_before_what_a_workbook_can_hold_is_one_message(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(time, "localtime", lambda *seconds: time.struct_time((1970, 1, 2, 0, 0, 0, 4, 2, 0)))
    with pytest.raises(VoortgangError, match="clock of this computer says 1970-01-02"):
        clock.require_clock()


@pytest.mark.skipif(sys.platform == "win32", reason="no limits there")
def test_a_limit_that_may_be_raised_is_raised(monkeypatch: pytest.MonkeyPatch) -> None:
    given: dict[int, tuple[int, int]] = {resource.RLIMIT_NOFILE: (32, 4096)}
    infinite = (resource.RLIM_INFINITY, resource.RLIM_INFINITY)
    monkeypatch.setattr(resource, "getrlimit", lambda number: given.get(number, infinite))
    monkeypatch.setattr(resource, "setrlimit", given.__setitem__)
    limits.require_limits()
    assert given[resource.RLIMIT_NOFILE][0] >= 256
    given[resource.RLIMIT_NOFILE] = (32, 128)
    with pytest.raises(VoortgangError, match="too few files"):
        limits.require_limits()


@pytest.mark.parametrize(
    "kind", ["a file", "a link to nowhere", "a file in place of the year", "a link in place of the year"]
)
def test_reports_that_are_no_folder_are_one_message_and_stay(tmp_path: Path, kind: str) -> None:
    root = small_workspace(tmp_path / "deal")
    reports, own = root / "reports", tmp_path / "mijn"
    own.mkdir()
    (own / "bestand").write_text("mijn", encoding="utf-8")
    match kind:
        case "a file":
            reports.write_text("mijn", encoding="utf-8")
        case "a link to nowhere":
            reports.symlink_to(tmp_path / "weg" / "nergens")
        case "a file in place of the year":
            reports.mkdir()
            (reports / "2021").write_text("mijn", encoding="utf-8")
        case _:
            reports.mkdir()
            (reports / "2021").symlink_to(own)
    before = {path: path.is_symlink() or path.read_bytes() for path in tmp_path.rglob("*") if not path.is_dir()}
    done = run("build", "2021", "--engine", "builtin", cwd=root)
    assert done.code == 1 and done.err.count("mend:") == 1 and "Traceback" not in done.err, done.err
    assert "where:    reports" in done.err
    after = {path: path.is_symlink() or path.read_bytes() for path in tmp_path.rglob("*") if not path.is_dir()}
    assert after == before
