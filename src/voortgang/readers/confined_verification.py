"""Verify in a child that has nothing but what it needs: unpacking, checking, building and comparing happen there.

`verified` is what the command line calls; this module run as a program is the child. The child says how far it is on
one pipe and what came out on another; nothing in either is believed but its form.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager, nullcontext, suppress
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import IO, Any

from voortgang.build.progress import Event, Listener
from voortgang.errors import BundleError, VoortgangError
from voortgang.publish.bundle import lock_file
from voortgang.readers.remake import Remake, errors_as_json, errors_from_json
from voortgang.readers.verified import How, Verified, plain
from voortgang.run.confinement import Room, clean_environment, confine
from voortgang.run.kernel_calls import adopt_orphans, require_packages
from voortgang.workspace.paths import Period, Workspace, period
from voortgang.writing import temporary
from voortgang.writing.archive import MOST_BYTES
from voortgang.writing.files import own_copy


@dataclass(frozen=True)
class Limits:
    """What a verification may use, whatever the bundle says of its own limits.

    Attributes
    ----------
    seconds
        How long it may take.
    memory
        Bytes of memory, of all its processes together.
    processes
        How many there may be at once.
    disk
        Bytes that it may write, where it has no disk of its own.
    """

    seconds: float = 1800
    memory: int = 8 << 30
    processes: int = 200
    disk: int = 2 << 30


_CHARTS = "matplotlib"
_EVENTS = ("planned", "cell", "notebook", "document")
_MOST_SAID = 64 << 20
"""Bytes of an outcome; one with ten thousand differences has two million."""


def verified(
    what: Path,
    year: Period | None,
    how: How,
    listener: Listener,
    limits: Limits | None = None,
    own_system: bool = True,
    first: Callable[[IO[bytes]], None] | None = None,
) -> Verified:
    """Verify a bundle, or the report on a year in a workspace, in a confined process.

    Parameters
    ----------
    what
        A bundle, or the folder of a workspace.
    year
        The year, where `what` is a workspace.
    own_system
        As `run.confinement.confine`.
    first
        Looks at a bundle before anything opens it, such as at who signed it, and may raise what stops it. It is given
        the copy that is opened later: the file itself is read once, since another may stand there a moment later.

    Raises
    ------
    VoortgangError
        When it is no bundle, the report cannot be made again, or it takes more than `limits`.
    MissingExtra
        When the packages are absent that confine it (Linux).
    """
    if sys.platform == "linux":
        require_packages()
    with _only_copy(what) if year is None else nullcontext() as bundle, temporary.folder() as name:
        if bundle is not None and first is not None:
            first(bundle)
        folder = Path(name).resolve()
        read, write = os.pipe()
        _copy_list_of_fonts(folder / _CHARTS)
        asked = {"what": str(what.resolve()), "year": year, "folder": str(folder), "how": asdict(how)}
        asked |= {"events": write, "own_system": own_system}
        with _NoOrphans():
            child = subprocess.Popen(
                [sys.executable, "-P", "-m", "voortgang.readers.confined_verification", json.dumps(asked)],
                env=clean_environment(folder),
                cwd=folder,
                stdin=subprocess.DEVNULL if bundle is None else bundle,
                stdout=subprocess.PIPE,
                stderr=subprocess.PIPE,
                pass_fds=(write,),
                start_new_session=True,
            )
            os.close(write)
            said, last = _Heard(child.stdout), _Heard(child.stderr)
            _Events(read, listener).start()
            try:
                over = _watch(child, folder, limits or Limits())
            finally:
                _end(child)
        if over:
            raise BundleError(
                f"The verification was ended: {over}.",
                str(what),
                "a report that is made within the limits of this computer",
                "Do not trust it: a report takes some minutes and some hundred megabytes.",
            )
        return _outcome(said.content(), what, last.content().decode("utf-8", "replace"))


@contextmanager
def _only_copy(what: Path) -> Iterator[IO[bytes]]:
    """Yield a copy of a bundle without a name, so that all that looks at it sees the same."""
    with ExitStack() as stack:
        try:
            copy = stack.enter_context(own_copy(what, MOST_BYTES))
        except OSError as error:
            if str(error.filename) != str(what):  # of the copy: the disk is full
                raise
            raise BundleError(
                f"The file cannot be read: {'it is a folder' if what.is_dir() else error.strerror or error}.",
                str(what),
                "a file that 'voortgang bundle' wrote",
                "Name the bundle itself, or the year of a report in a workspace; or check its permissions.",
            ) from error
        yield copy


class _Heard(threading.Thread):
    """What a pipe says, up to a limit."""

    def __init__(self, pipe: IO[bytes] | None) -> None:
        super().__init__(daemon=True)
        assert pipe is not None
        self._pipe, self._content = pipe, b""
        self.start()

    def run(self) -> None:
        with self._pipe:
            self._content = self._pipe.read(_MOST_SAID)

    def content(self) -> bytes:
        self.join(timeout=10)
        return self._content


class _Events(threading.Thread):
    """Hands on how far the child is."""

    def __init__(self, read: int, listener: Listener) -> None:
        super().__init__(daemon=True)
        self._read, self._listener = read, listener

    def run(self) -> None:
        with os.fdopen(self._read, encoding="utf-8", errors="replace") as lines:
            while line := lines.readline(2000):
                with suppress(ValueError, TypeError, KeyError):
                    given = json.loads(line)
                    known: dict[str, Any] = {
                        "what": given["what"] if given["what"] in _EVENTS else "cell",
                        "year": period(str(given["year"])) or 0,
                        "name": plain(given["name"])[:80].replace("\n", " "),
                        "done": int(given["done"]),
                        "total": int(given["total"]),
                    }
                    self._listener(Event(**known))


def _watch(child: subprocess.Popen[bytes], folder: Path, limits: Limits) -> str:
    """Wait for the child, and return which limit it passed; empty when none."""
    until = time.monotonic() + limits.seconds
    while time.monotonic() < until:
        with suppress(subprocess.TimeoutExpired):
            child.wait(timeout=0.3)
            return ""
        if over := _over(child.pid, folder, limits):
            return over
    return f"it took longer than {limits.seconds:.0f} seconds"


def _over(pid: int, folder: Path, limits: Limits) -> str:
    import psutil

    memory = count = 0
    with suppress(psutil.Error):
        for process in (psutil.Process(pid), *psutil.Process(pid).children(recursive=True)):
            with suppress(psutil.Error):
                count += 1
                memory += process.memory_info().rss - process.memory_info().shared
    disk = 0
    for place, folders, files in os.walk(folder):  # which passes over what is gone meanwhile
        for name in (*folders, *files):
            with suppress(OSError):
                disk += Path(place, name).lstat().st_blocks * 512
    if memory > limits.memory:
        return f"it used more than {limits.memory >> 20} megabytes of memory"
    if count > limits.processes:
        return f"it started more than {limits.processes} processes at once"
    return f"it wrote more than {limits.disk >> 20} megabytes" if disk > limits.disk else ""


class _NoOrphans:
    """Become the parent of what children leave behind, and end it at the end of the block (Linux)."""

    def __enter__(self) -> None:
        import psutil

        self._before = {each.pid for each in psutil.Process().children()}
        self._adopt(True)

    def __exit__(self, *exception: object) -> None:
        import psutil

        while left := [each for each in psutil.Process().children() if each.pid not in self._before]:
            for process in left:
                with suppress(psutil.Error):
                    process.kill()
                    process.wait(timeout=5)
        self._adopt(False)

    @staticmethod
    def _adopt(on: bool) -> None:
        if sys.platform == "linux":
            adopt_orphans(on)


def _end(child: subprocess.Popen[bytes]) -> None:
    with suppress(ProcessLookupError, PermissionError, AttributeError):
        os.killpg(child.pid, 9)
    child.kill()
    child.wait()


def _outcome(content: bytes, what: Path, last: str) -> Verified:
    try:
        said = json.loads(content)
        if "errors" in said:
            raise errors_from_json(said["errors"])
        return Verified.from_json(said)
    except (ValueError, KeyError, TypeError) as error:
        why = plain((last.strip().splitlines() or ["it said nothing"])[-1])[:300]
        raise BundleError(
            f"The verification ended before it had an answer: {why}",
            str(what),
            "a bundle that 'voortgang bundle' wrote",
            "Do not trust it: something in it ended the verification, or this computer has too little memory.",
        ) from error


def _child(what: str, year: Period | None, folder: str, how: dict[str, Any], events: int, own_system: bool) -> None:
    """Give up everything that is not needed, verify, and write the outcome."""
    answer = os.dup(1)  # what is printed by accident goes to the messages
    os.dup2(2, 1)
    place, work = Path(what), Path(folder)
    charts = {path.name: path.read_bytes() for path in (work / _CHARTS).iterdir()}
    packed = _given() if year is None else b""
    readable = [] if year is None else _parts_of(Workspace(place), year)
    confined = confine(Room((*readable, *filter(None, [lock_file()])), work), own_system)
    tempfile.tempdir = folder
    (work / _CHARTS).mkdir(exist_ok=True)
    for name, content in charts.items():  # the folder may be another one now
        (work / _CHARTS / name).write_bytes(content)
    os.environ["MPLCONFIGDIR"] = str(work / _CHARTS)
    from voortgang.readers import verify
    from voortgang.readers.snapshot import snapshot

    try:
        remake = Remake(work, events, (answer,))
        if year is None:
            held = verify.unpacked(packed, place, work / "published")
            del packed
            found = verify.verify(Workspace(work / "published"), held, How(**how), remake, packed=True)
        else:
            taken = snapshot(Workspace(place), year, work / "published")
            found = verify.verify(taken, year, How(**how), remake)
        said = found.to_json() | {"confined": confined}
    except VoortgangError as error:
        said = {"errors": errors_as_json(error)}
    with os.fdopen(answer, "wb") as pipe:
        pipe.write(json.dumps(said).encode())


def _given() -> bytes:
    """Return the bundle that this process was started with, and let nothing that follows have it."""
    with os.fdopen(os.dup(0), "rb") as bundle:
        content = bundle.read()
    nothing = os.open(os.devnull, os.O_RDONLY)
    os.dup2(nothing, 0)
    os.close(nothing)
    return content


def _parts_of(workspace: Workspace, year: Period) -> list[Path]:
    """Return what a report was made from and is: not the whole folder, which may hold anything."""
    return [
        *(workspace.data, workspace.notebooks, workspace.templates, workspace.parameters_folder),
        workspace.report(year),
    ]


def _copy_list_of_fonts(folder: Path) -> None:
    """Copy what matplotlib knows of this computer's fonts: to make that list anew takes seconds."""
    folder.mkdir()
    own = os.environ.get("MPLCONFIGDIR") or Path(os.environ.get("XDG_CACHE_HOME", "~/.cache"), "matplotlib")
    for path in Path(own).expanduser().glob("fontlist-*.json"):
        shutil.copyfile(path, folder / path.name)


if __name__ == "__main__":
    _child(**json.loads(sys.argv[1]))
