"""A bundle from a stranger reads, writes, reaches and outlives nothing, whichever program of a report it tries."""

from __future__ import annotations

import json
import os
import shutil
import socket
import subprocess
import sys
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import psutil
import pytest
from attempts import SUCCEED
from conftest import run

from voortgang.errors import VoortgangError
from voortgang.readers.confined_verification import Limits, _over, verified
from voortgang.readers.remake import Remake
from voortgang.readers.verified import How
from voortgang.readers.verify import verify
from voortgang.run.confinement import PARTS, clean_environment
from voortgang.run.kernel_calls import landlock_version
from voortgang.run.kernel_pool import end_all
from voortgang.workspace.paths import Workspace

YEAR = 2021
needs_landlock = pytest.mark.skipif(
    sys.platform != "linux" or not landlock_version(), reason="this computer cannot close its files"
)
SECRET = "canary of this user"


@dataclass
class Home:
    """What a user has that no bundle may touch: a file, a service in the network and one on this computer."""

    canary: Path
    service: Path
    port: int
    heard: list[str] = field(default_factory=list)


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Home]:
    folder = tmp_path / "home"
    folder.mkdir()
    (folder / "id_ed25519").write_text(SECRET, encoding="utf-8")
    monkeypatch.setenv("HOME", str(folder))
    monkeypatch.setenv("SECRET_TOKEN", SECRET)
    network, local = socket.create_server(("127.0.0.1", 0)), socket.socket(socket.AF_UNIX)
    datagrams = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    datagrams.bind(("127.0.0.1", network.getsockname()[1]))
    # A short path: a socket's may have about 100 characters.
    service = Path(f"/tmp/vt-{os.getpid()}-{network.getsockname()[1]}.sock")
    local.bind(str(service))
    local.listen()
    nameless = socket.socket(socket.AF_UNIX)
    if sys.platform == "linux":
        nameless.bind(f"\0{service}")
        nameless.listen()
    found = Home(folder / "id_ed25519", service, network.getsockname()[1])

    def listen(one: socket.socket, name: str) -> None:
        while True:
            try:
                one.recv(10) if one.type == socket.SOCK_DGRAM else one.accept()
            except OSError:
                return
            found.heard.append(name)

    for one, name in ((network, "TCP"), (datagrams, "UDP"), (local, "service"), (nameless, "nameless")):
        threading.Thread(target=listen, args=(one, name), daemon=True).start()
    yield found
    for one in (network, datagrams, local, nameless):
        one.close()
    service.unlink()


def _state(path: Path) -> tuple[object, ...]:
    status = path.stat()
    return path.read_text(encoding="utf-8"), status.st_mode, status.st_mtime_ns, status.st_uid, os.listxattr(path)


def _tried(home: Home, work: Path, how: str) -> dict[str, Any]:
    work.mkdir()
    command = [sys.executable, "-P", str(Path(__file__).with_name("attempts.py")), str(work)]
    done = subprocess.run(
        [*command, str(home.canary), str(home.port), str(home.service), how],
        env=clean_environment(work),
        cwd=work,
        capture_output=True,
        text=True,
        check=False,
        start_new_session=True,
    )
    outcome: dict[str, Any] = json.loads(done.stdout)
    assert not {name for name, came in outcome["allowed"].items() if came.startswith("refused")}, outcome["allowed"]
    return outcome


@needs_landlock
@pytest.mark.parametrize("own_system", ["yes", "no"])
def test_nothing_that_is_tried_in_a_confined_process_succeeds(home: Home, tmp_path: Path, own_system: str) -> None:
    """Also on a computer that gives no file system, network and processes of its own (`no`): the other layers hold."""
    before = _state(home.canary)
    outcome = _tried(home, tmp_path / "work", own_system)
    possible = {name for name, came in outcome["tried"].items() if not came.startswith("refused: ")}
    if own_system == "no":
        assert set(outcome["confined"]) == set(PARTS) - {"services"}
        assert possible <= {"python: a service of this computer"}  # and the outcome says so
        assert set(home.heard) <= {"service"}
    else:
        if set(outcome["confined"]) != set(PARTS):
            pytest.skip("this computer gives no file system of its own")
        assert not possible and not home.heard
    assert len(outcome["tried"]) > 40
    assert _state(home.canary) == before
    assert sorted(path.name for path in home.canary.parent.iterdir()) == ["id_ed25519"]


@pytest.mark.skipif(sys.platform != "linux", reason="what is tried is of Linux")
def test_the_same_succeeds_where_nothing_is_confined(home: Home, tmp_path: Path) -> None:
    outcome = _tried(home, tmp_path / "work", "free")
    assert set(outcome["tried"]) == SUCCEED
    assert not [came for came in outcome["tried"].values() if came.startswith("refused")], outcome["tried"]
    assert {"TCP", "UDP", "service"} <= set(home.heard)


@pytest.fixture
def published(tiny: Path, tmp_path: Path) -> Workspace:
    return Workspace(shutil.copytree(tiny, tmp_path / "deal"))


def _with_code(workspace: Workspace, *lines: str) -> None:
    """Put lines into a cell of the notebook."""
    path = workspace.notebooks / "klein.ipynb"
    notebook = json.loads(path.read_text(encoding="utf-8"))
    notebook["cells"][4]["source"] = [f"{line}\n" for line in lines]
    path.write_text(json.dumps(notebook), encoding="utf-8")


def _ended(workspace: Workspace, limits: Limits, own_system: bool = True) -> str:
    with pytest.raises(VoortgangError) as caught:
        verified(workspace.root, YEAR, How(), lambda event: None, limits, own_system)
    return str(caught.value)


@needs_landlock
def test_a_notebook_sees_nothing_of_the_user_and_its_message_tells_nothing(published: Workspace, home: Home) -> None:
    before = _state(home.canary)
    _with_code(
        published,
        "import os, pathlib, sys",
        f"seen = [str(dict(os.environ)), str(pathlib.Path({str(home.canary.parent)!r}).exists())]",
        "report, known = [], {'/proc', '/sys', '/usr', sys.prefix, sys.base_prefix}",
        "for place, folders, files in os.walk('/'):",
        "    folders[:] = [each for each in folders if os.path.join(place, each) not in known]",
        "    report += [each for each in files if each.startswith('voortgangsrapportage-2021.')]",
        "try:",
        f"    seen.append(open({str(home.canary)!r}).read())",
        "except OSError as error:",
        "    seen.append(type(error).__name__)",
        "try:",
        "    pathlib.Path('../data/financien.csv').write_text('x')",
        "except OSError as error:",
        "    seen.append('data: ' + type(error).__name__)",
        "raise ValueError(f'{seen} {report} \\x1b[31m')",
    )
    done = run("verify", str(YEAR), cwd=published.root)
    assert done.code == 1 and "ValueError" in done.err
    assert SECRET not in done.err + done.out and "SECRET_TOKEN" not in done.err
    assert "False" in done.err and "FileNotFoundError" in done.err  # the user's folder is not even there
    assert "data: OSError" in done.err or "data: PermissionError" in done.err
    assert " [] " in done.err  # nor is the report that will be compared
    assert "\x1b" not in done.err
    assert _state(home.canary) == before and not home.heard


@needs_landlock
def test_a_report_is_verified_where_the_computer_gives_no_system_of_its_own(published: Workspace) -> None:
    """Other processes cannot even be listed there: no verification came to an end."""
    found = verified(published.root, YEAR, How(), lambda event: None, own_system=False)
    assert found.verdict == "identical" and "services" not in found.confined and "files" in found.confined


@needs_landlock
def test_the_time_is_the_verifiers_and_nothing_outlives_it(published: Workspace) -> None:
    """The bundle's own limits allow an hour; a process that left its group and its parent is ended as well."""
    text = published.parameters(YEAR).read_text(encoding="utf-8")
    published.parameters(YEAR).write_text(f"{text}cell_timeout: 3600\nnotebook_timeout: 36000\n", encoding="utf-8")
    mark = f"outlives-{os.getpid()}"
    _with_code(
        published,
        "import subprocess, sys, time",
        f"subprocess.Popen([sys.executable, '-c', 'import time; time.sleep(300)', {mark!r}], start_new_session=True)",
        "while True: time.sleep(1)",
    )
    assert "longer than 8 seconds" in _ended(published, Limits(seconds=8), own_system=False)
    assert not [each for each in psutil.process_iter(["cmdline"]) if mark in (each.info["cmdline"] or [])]


def test_a_folder_that_comes_and_goes_is_watched_all_the_same(tmp_path: Path) -> None:
    """It ended the verification: a report is written beside its place, and moved there."""
    ended = threading.Event()

    def come_and_go() -> None:
        while not ended.is_set():
            (tmp_path / "a" / "b" / "c").mkdir(parents=True)
            shutil.rmtree(tmp_path / "a")

    other = threading.Thread(target=come_and_go)
    other.start()
    try:
        assert {_over(os.getpid(), tmp_path, Limits(memory=1 << 60, processes=10**6)) for _ in range(300)} == {""}
    finally:
        ended.set()
        other.join()
    (tmp_path / "much").write_bytes(bytes(2 << 20))
    assert "wrote more than 1 megabytes" in _over(os.getpid(), tmp_path, Limits(memory=1 << 60, disk=1 << 20))


def test_each_limit_is_of_a_process_and_all_that_it_started(tmp_path: Path) -> None:
    code = f"import subprocess, time; subprocess.Popen(['sleep', '99']); much = b'x' * {64 << 20}; print(flush=True); "
    child = subprocess.Popen([sys.executable, "-c", f"{code}time.sleep(99)"], stdout=subprocess.PIPE)
    try:
        assert child.stdout is not None and child.stdout.readline()
        assert not _over(child.pid, tmp_path, Limits(processes=2))
        assert "more than 1 processes at once" in _over(child.pid, tmp_path, Limits(processes=1))
        assert "more than 64 megabytes of memory" in _over(child.pid, tmp_path, Limits(memory=64 << 20))
    finally:
        end_all([*psutil.Process(child.pid).children(), psutil.Process(child.pid)])
        child.wait()


@needs_landlock
def test_many_processes_and_much_memory_end_a_verification(published: Workspace) -> None:
    assert "more than 1 processes at once" in _ended(published, Limits(processes=1))
    assert "more than 50 megabytes of memory" in _ended(published, Limits(memory=50 << 20))


def test_a_look_of_its_own_is_named_and_not_used(published: Workspace, tmp_path: Path) -> None:
    extension = "templates/_extensions/voortgang"
    for name in (f"{extension}/toegankelijk.lua", f"{extension}/typst-show.typ", "templates/nieuw.lua"):
        path = published.root / name
        before = path.read_text(encoding="utf-8") if path.exists() else None
        path.write_text(f"{before or ''}\n", encoding="utf-8")
        with pytest.raises(VoortgangError, match=f"brings its own {name}") as caught:
            verify(published, YEAR, How(), Remake(tmp_path, 0, ()))
        assert "--trust-templates" in caught.value.mend
        path.unlink() if before is None else path.write_text(before, encoding="utf-8")
    path.write_text("", encoding="utf-8")
    done = run("verify", str(YEAR), cwd=published.root)
    assert done.code == 1 and f"brings its own {name}" in done.err and "--trust-templates" in done.err


@needs_landlock
def test_a_trusted_filter_is_confined_as_well(published: Workspace, home: Home) -> None:
    before = _state(home.canary)
    path = published.templates / "_extensions" / "voortgang" / "toegankelijk.lua"
    act = f'\nfor _, act in ipairs({{"cat {home.canary} >&2", "touch {home.canary}"}}) do os.execute(act) end\n'
    act += f'\nlocal file = io.open("{home.canary}", "a") or io.stderr\nfile:write("it tried\\n")\n'
    path.write_text(act + path.read_text(encoding="utf-8"), encoding="utf-8")
    done = run("verify", str(YEAR), "--trust-templates", cwd=published.root)
    assert done.code == 1 and SECRET not in done.out + done.err
    assert "brings its own templates/_extensions/voortgang/toegankelijk.lua" in done.out + done.err
    assert _state(home.canary) == before and not home.heard
