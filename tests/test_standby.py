"""While a preview runs, a process that has everything loaded performs a build, with what it would give alone."""

from __future__ import annotations

import importlib
import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import psutil
import pytest
from conftest import REPOSITORY

from voortgang import __version__
from voortgang.cli.standby import address, asking
from voortgang.cli.standby.sameness import Programs
from voortgang.workspace.paths import Workspace
from voortgang.writing import temporary

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="nothing waits there")

BIN = Path(sys.executable).parent
PYTHON = next(  # a long path stands on a line below, for a shell
    line.removeprefix("#!").removeprefix("'''exec' ").split()[0].strip('"')
    for line in (BIN / "voortgang").read_text(encoding="utf-8").splitlines()
    if "python" in line
)
"""The Python of the command: the same by another name is another."""
# As a program that lies beside Python sees its modules, and hears Ctrl-C also where tests run in the background.
AS_PROGRAM = (
    f"import signal, sys; sys.path[0] = {str(BIN)!r}\nfrom pathlib import Path\n"
    "for number in (signal.SIGINT, signal.SIGTERM, signal.SIGCHLD): signal.signal(number, signal.SIG_DFL)\n"
)
START = AS_PROGRAM + (
    "from voortgang.cli.standby.starting import Standby\nfrom voortgang.workspace.paths import Workspace\n"
    "beside = Standby()\nbeside.start(Workspace(Path(sys.argv[1])))\nsys.stdin.read()"
)
ASK = AS_PROGRAM + (
    "from voortgang.cli.standby.asking import performed\nfrom voortgang.workspace.paths import Workspace\n"
    "root = Path(sys.argv[1])\nsys.argv = ['voortgang', '--version']\nprint(performed(Workspace(root)))"
)
ALONE = "None\n"
PERFORMED = f"voortgang, version {__version__}\n0\n"


def _environment(**other: str) -> dict[str, str]:
    """Return the environment of these tests; that of pytest says which test runs."""
    return {name: value for name, value in os.environ.items() if name != "PYTEST_CURRENT_TEST"} | other


def _until(found: Callable[[], object]) -> None:
    deadline = time.monotonic() + 120
    while not found():
        assert time.monotonic() < deadline, "it does not come"
        time.sleep(0.02)


def _waiting(root: Path) -> psutil.Process | None:
    """Return the process that waits for builds of a workspace."""
    for place in address.known(Workspace(root)):
        return psutil.Process(int(place.parent.name.split("-")[1]))
    return None


@contextmanager
def _beside(root: Path, **environment: str) -> Iterator[psutil.Process]:
    """Let a process wait for builds of a workspace, as beside a preview."""
    preview = subprocess.Popen([PYTHON, "-c", START, str(root)], stdin=subprocess.PIPE, env=_environment(**environment))
    _until(lambda: _waiting(root))
    process = _waiting(root)
    assert process is not None
    try:
        yield process
    finally:
        preview.communicate()
    process.wait(300)


@pytest.fixture(scope="module")
def deal(small: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A workspace that has been built, to build in."""
    return Path(shutil.copytree(small, tmp_path_factory.mktemp("standby") / "deal"))


@pytest.fixture(scope="module")
def waiting(deal: Path) -> Iterator[psutil.Process]:
    with _beside(deal) as process:
        yield process


def _said(root: Path, before: str = "", **environment: str) -> str:
    """Return what somebody is told who asks for the version of the program."""
    command = ["sh", "-c", f'{before} exec "$@"', "sh", PYTHON, "-c", ASK, str(root)]
    done = subprocess.run(command, env=_environment(**environment), capture_output=True, text=True, check=True)
    return done.stdout


def _build(root: Path, *options: str) -> subprocess.Popen[str]:
    command = [str(BIN / "voortgang"), "build", "2021", "--engine", "builtin", *options]
    return subprocess.Popen(
        command,
        cwd=root,
        env=_environment(),
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def _forks(waiting: psutil.Process) -> list[psutil.Process]:
    """Return the commands that are being performed; the process that kernels come from, and its helper, are another."""
    return [each for each in waiting.children() if each.cmdline() == waiting.cmdline()]


def _files(report: Path) -> dict[str, bytes]:
    found = {path.relative_to(report).as_posix(): path for path in sorted(report.rglob("*")) if path.is_file()}
    return {name: path.read_bytes() for name, path in found.items() if name != "manifest.json"}


def test_a_build_beside_a_preview_has_the_bytes_of_one_alone(deal: Path, waiting: psutil.Process) -> None:
    before = _files(deal / "reports" / "2021")
    process = _build(deal, "--fresh")
    _until(lambda: _forks(waiting))
    assert psutil.Process(process.pid).children() == []
    out, err = process.communicate(timeout=300)
    assert process.returncode == 0, err
    assert "Made 2021" in out
    assert before and _files(deal / "reports" / "2021") == before
    assert _forks(waiting) == []


@pytest.mark.parametrize(
    "same",
    [
        ("", {}),
        ("cd /;", {}),
        ("", {"PWD": "/", "SHLVL": "9", "TMUX_PANE": "%7", "SSH_TTY": "/dev/pts/7"}),
    ],
)
def test_what_does_not_matter_may_differ(deal: Path, waiting: psutil.Process, same: tuple[str, dict[str, str]]) -> None:
    assert _said(deal, same[0], **same[1]) == PERFORMED


@pytest.mark.parametrize(
    "other",
    [
        ("", {"OMP_NUM_THREADS": "3"}),
        ("", {"LC_ALL": "nl_NL.UTF-8"}),
        ("", {"NIEUW": ""}),
        ("unset TMPDIR;", {}),
        ("", {"PYTHONPATH": "/usr"}),
        ("", {"PYTHONOPTIMIZE": "1"}),
        ("umask 077;", {}),
        ("ulimit -S -n 512;", {}),
        ("ulimit -S -f 1000000;", {}),
        ("trap '' HUP;", {}),
        ("exec nice -n 3 ", {}),
    ],
)
def test_where_anything_else_differs_a_command_does_it_itself(
    deal: Path, waiting: psutil.Process, other: tuple[str, dict[str, str]]
) -> None:
    before, given = other
    command = ["sh", "-c", f'{before} "$@"', "sh", PYTHON, "-c", ASK, str(deal)]
    done = subprocess.run(command, env=_environment(**given), capture_output=True, text=True, check=True)
    assert done.stdout == ALONE


def test_another_workspace_is_not_waited_for(deal: Path, waiting: psutil.Process, tmp_path: Path) -> None:
    (tmp_path / "data").mkdir()
    shutil.copy(deal / "data" / "deal.yml", tmp_path / "data")
    assert _said(tmp_path) == ALONE
    # Where another folder is put in the place of the one that is waited for.
    deal.rename(tmp_path / "aside")
    try:
        shutil.copytree(tmp_path / "data", deal / "data")
        assert _said(deal) == ALONE
        shutil.rmtree(deal)
    finally:
        (tmp_path / "aside").rename(deal)
    assert _said(deal) == PERFORMED


def test_a_build_that_fails_ends_as_it_does_alone(deal: Path, waiting: psutil.Process) -> None:
    table = deal / "data" / "metingen.csv"
    before = table.read_text(encoding="utf-8")
    table.write_text(before.replace("definitief", "bijna", 1), encoding="utf-8")
    try:
        process = _build(deal)
        out, err = process.communicate(timeout=300)
    finally:
        table.write_text(before, encoding="utf-8")
    assert (process.returncode, out) == (1, "")
    assert err.startswith("Error: ") and "metingen.csv" in err and "Traceback" not in err


@pytest.mark.sampled(2)
@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP, signal.SIGKILL])
def test_a_build_ends_with_the_command_that_asked_for_it(
    deal: Path, waiting: psutil.Process, number: signal.Signals
) -> None:
    process = _build(deal, "--fresh", "--json")
    assert process.stdout is not None
    assert "planned" in process.stdout.readline()
    (fork,) = _forks(waiting)
    assert _said(deal) == PERFORMED  # two at once
    process.send_signal(number)
    process.send_signal(number)
    _, err = process.communicate(timeout=300)
    fork.wait(300)
    assert process.returncode == (-number if number == signal.SIGKILL else 130)
    assert "Stopped." in err and "Traceback" not in err
    assert _forks(waiting) == []
    assert _said(deal) == PERFORMED


@pytest.mark.long
def test_kernels_come_from_another_process_when_the_one_that_was_ready_has_ended(
    deal: Path, waiting: psutil.Process
) -> None:
    for each in waiting.children():
        if "forkserver" in " ".join(each.cmdline()):
            each.kill()
    process = _build(deal, "--fresh")
    _, err = process.communicate(timeout=300)
    assert process.returncode == 0, err


def test_a_preview_that_is_killed_leaves_nothing_that_waits(small: Path, tmp_path: Path) -> None:
    root = Path(shutil.copytree(small, tmp_path / "deal"))
    command = [str(BIN / "voortgang"), "preview", "2021", "--no-browser"]
    preview = subprocess.Popen(command, cwd=root, env=_environment(), stdout=subprocess.PIPE, text=True)
    try:
        assert preview.stdout is not None
        with urllib.request.urlopen(f"{preview.stdout.readline().split()[0]}stand/2021"):
            _until(lambda: _waiting(root))
        process = _waiting(root)
        assert process is not None
        (place,) = address.known(Workspace(root))
        assert _said(root) == PERFORMED
    finally:
        preview.kill()
        preview.communicate()
    process.wait(300)
    assert not place.parent.exists()
    assert _said(root) == ALONE


@pytest.mark.long
@pytest.mark.parametrize("changed", ["engine", "packages"])
def test_code_that_has_changed_is_not_what_is_loaded(tmp_path: Path, changed: str) -> None:
    (tmp_path / "deal").mkdir()
    engine = tmp_path / "src" / "voortgang"
    shutil.copytree(REPOSITORY / "src" / "voortgang", engine, ignore=shutil.ignore_patterns("__pycache__"))
    (tmp_path / "templates").mkdir()
    (tmp_path / "templates" / "_extensions").symlink_to(REPOSITORY / "templates" / "_extensions")
    environment = {"PYTHONPATH": f"{tmp_path / 'src'}{os.pathsep}{tmp_path}"}
    time.sleep(0.05)  # what was written while it started may be loaded half
    with _beside(tmp_path / "deal", **environment):
        assert _said(tmp_path / "deal", **environment) == PERFORMED
        if changed == "engine":
            with (engine / "notebook" / "columns.py").open("a", encoding="utf-8") as module:
                module.write("\n")
        else:
            (tmp_path / "nieuw-1.0.dist-info").mkdir()
        assert _said(tmp_path / "deal", **environment) == ALONE


@pytest.mark.parametrize("change", ["a module", "the same module again", "a package", "a module that is gone"])
def test_what_is_loaded_is_compared_with_what_is_there(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, change: str
) -> None:
    module = tmp_path / "voor_deze_test.py"
    module.write_text("VALUE = 1\n", encoding="utf-8")
    monkeypatch.syspath_prepend(str(tmp_path))
    programs = Programs()
    monkeypatch.delitem(sys.modules, module.stem, raising=False)
    importlib.import_module(module.stem)
    programs.note_loaded()
    assert programs.are_the_same()
    if change == "a module":
        module.write_text("VALUE = 2\n", encoding="utf-8")
    elif change == "the same module again":
        module.rename(tmp_path / "aside")
        module.write_text("VALUE = 1\n", encoding="utf-8")
    elif change == "a package":
        (tmp_path / "nieuw-1.0.dist-info").mkdir()
    else:
        module.unlink()
    assert not programs.are_the_same()


def test_code_that_is_written_while_it_is_imported_is_not_waited_with(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    programs = Programs()
    module = tmp_path / "ook_voor_deze_test.py"
    module.write_text("VALUE = 1\n", encoding="utf-8")
    monkeypatch.syspath_prepend(str(tmp_path))
    importlib.import_module(module.stem)
    assert not programs.note_loaded()


@pytest.fixture
def own_place(deal: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """Return where this process would wait; nobody else does."""
    with tempfile.TemporaryDirectory(prefix="vt-", dir="/tmp") as folder:
        monkeypatch.setattr(tempfile, "tempdir", folder)
        monkeypatch.setattr(asking, "PATIENCE", 0.2)
        temporary.kept_folder.cache_clear()
        yield address.own(Workspace(deal))
        temporary.kept_folder.cache_clear()


@pytest.mark.parametrize("answer", [None, b"", b"yes", b"\xff" * 9, b"\x03" + b"\0" * 7 + b"ja!"])
def test_what_answers_something_else_is_left_alone(deal: Path, own_place: Path, answer: bytes | None) -> None:
    with socket.socket(socket.AF_UNIX) as listener:
        listener.bind(str(own_place))
        if answer is not None:  # None: it does not listen
            listener.listen()
            if fork := os.fork():
                assert asking.performed(Workspace(deal)) is None
                os.kill(fork, signal.SIGKILL)
                os.waitpid(fork, 0)
            else:
                try:
                    connection, _ = listener.accept()
                    connection.sendall(answer)
                    time.sleep(60)
                finally:
                    os._exit(0)
        else:
            assert asking.performed(Workspace(deal)) is None


def test_a_folder_that_others_may_enter_is_not_looked_into(deal: Path, own_place: Path) -> None:
    with socket.socket(socket.AF_UNIX) as listener:
        listener.bind(str(own_place))
        assert list(address.known(Workspace(deal))) == [own_place]
        own_place.parent.chmod(0o755)
        assert list(address.known(Workspace(deal))) == []
        own_place.parent.chmod(0o700)
    own_place.unlink()
    own_place.write_text("/run/user/1000/bus", encoding="utf-8")
    assert list(address.known(Workspace(deal))) == []
