"""Record what a notebook does in its kernel: what it reads, what it loads, and whether it keeps to its parameters.

In a kernel that the build started this is on. Elsewhere, as in JupyterLab, noting a read does nothing.

Python tells of files that it opens, of databases and of programs that are started (audit hooks, PEP 578). Code in C
or Rust opens files without a word. So a notebook that brings such code, or starts a program, is *uncertain*: nobody
can say what its result depends on, and it runs at every build.
"""

from __future__ import annotations

import json
import os
import site
import sys
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from voortgang.check.reads import Reads, Rows, View, is_through_rows, through_rows, view_from

_FILE_EVENTS = {"open", "os.listdir", "os.scandir", "sqlite3.connect"}
_PROGRAM_EVENTS = {
    *("subprocess.Popen", "os.system", "os.exec", "os.posix_spawn", "os.spawn", "os.fork", "os.forkpty", "pty.spawn"),
    "sqlite3.connect",  # its SQL may attach another database
    "ctypes.dlopen",
}
_KNOWN_EXTENSIONS = frozenset(
    {
        *("IPython", "PIL", "_cffi_backend", "contourpy", "cryptography", "debugpy", "fontTools", "kiwisolver"),
        *(
            "_cyutility",
            "markupsafe",
            "matplotlib",
            "numpy",
            "pandas",
            "psutil",
            "pydantic_core",
            "rpds",
            "tornado",
            "yaml",
            "zmq",
        ),
    }
)
"""Packages with code in C or Rust that opens no file by itself, or opens it through Python."""

_SYSTEM = ("/bin", "/dev", "/etc", "/lib", "/lib32", "/lib64", "/proc", "/run", "/sbin", "/sys", "/usr", "/var/cache")
_OWN_SETTINGS = (".cache", ".config", ".fonts", ".ipython", ".jupyter", ".local", ".matplotlib", "Library")


@dataclass(frozen=True)
class Recorded:
    """What a notebook did.

    Attributes
    ----------
    reads
        The rows and files that it read.
    loaded
        What it asked `load` for.
    changed
        Parameters to which it gave another value than the run did.
    outside
        Files outside the workspace that it opened.
    uncertain
        Why nobody can say what its result depends on; empty when somebody can.
    ended
        Number (execution count) of the cell that asked the kernel to end; 0 when none did.
    """

    reads: Reads
    loaded: tuple[View, ...] = ()
    changed: tuple[str, ...] = ()
    outside: tuple[str, ...] = ()
    uncertain: str = ""
    ended: int = 0

    @classmethod
    def parse(cls, text: str) -> Recorded:
        """Return what `text` wrote; raises `ValueError` when something else did."""
        content = json.loads(text)
        return cls(
            Reads.parse(content["reads"]),
            tuple(view_from(each) for each in content["loaded"]),
            tuple(content["changed"]),
            tuple(content["outside"]),
            content["uncertain"],
            content["ended"],
        )

    def text(self) -> str:
        """Return this as JSON."""
        loaded = [asdict(view) | {"reference_date": view.reference_date.isoformat()} for view in self.loaded]
        return json.dumps(asdict(self) | {"reads": self.reads.text(), "loaded": loaded})


class _Recorder:
    """The record of this process; one kernel runs one notebook."""

    def __init__(self, shell: Any, target: Path, root: Path, given: dict[str, object]) -> None:
        self.shell, self.target, self.root = shell, target, root
        # Python itself lists these folders when it looks for a module.
        self.searched = {os.path.realpath("."), os.path.realpath(Path(__file__).parents[2])}
        self.given = given
        self.began = False
        self.rows: set[tuple[Rows, View]] = set()
        self.loaded: set[View] = set()
        self.files: set[str] = set()
        self.outside: set[str] = set()
        self.variables: set[str] = set()
        self.changed: set[str] = set()
        self.uncertain = ""
        self.ended = 0
        self.modules = set(sys.modules)
        # The engine and the packages are known by their versions.
        self.packages = _folders(sys.prefix, sys.base_prefix, site.getusersitepackages(), Path(__file__).parents[1])
        own = (Path.home() / name for name in _OWN_SETTINGS)
        self.system = self.packages + _folders(*_SYSTEM, target.parent, *own)
        self.unread = self.packages + _folders(target.parent, root / ".voortgang")
        self.written: set[str] = set()

    def hear(self, event: str, arguments: tuple[Any, ...]) -> None:
        """Hear what Python tells of: it is called for every event, and must not fail."""
        if is_through_rows():
            return
        if event in _PROGRAM_EVENTS and self.began and _asked_by_notebook(self.packages, directly=False):
            self.uncertain = self.uncertain or f"it uses {event}"
        if event not in _FILE_EVENTS or not isinstance(arguments[0], str | bytes | os.PathLike):
            return
        name = os.fsdecode(arguments[0])
        if event == "open" and isinstance(arguments[2], int) and arguments[2] & (os.O_WRONLY | os.O_RDWR):
            self.written.add(os.path.abspath(name))  # noqa: PTH100
            return
        if event == "sqlite3.connect":
            name = name.removeprefix("file:").split("?")[0]
            if name in ("", ":memory:"):
                return
        self.add_file(name)

    def add_file(self, name: str) -> None:
        """Note a file or folder that was opened, by the name under which it was."""
        path = os.path.abspath(name)  # noqa: PTH100 (a link counts as the place where it lies)
        if os.path.realpath(path) in self.searched or path.endswith(".pyc"):
            return
        root, real = f"{self.root}{os.sep}", os.path.realpath(path)
        inside = [each for each in (path, real) if each.startswith(root)]
        if inside:
            self.files |= {os.path.relpath(each, self.root) for each in inside if not each.startswith(self.unread)}
        elif (
            not path.startswith(self.system)
            and not real.startswith(self.system)
            and path not in self.written
            and os.path.isfile(path)  # noqa: PTH113
            and _asked_by_notebook(self.packages, directly=False)
        ):
            self.outside.add(path)

    def save(self, *_: Any) -> None:
        """Write what is known so far; called after each cell."""
        for name in sys.modules.keys() - self.modules:
            self.modules.add(name)
            self._add_module(name)
        names = self.shell.user_ns
        same = {name: names.get(name) == value for name, value in self.given.items()}
        self.began = self.began or all(same.values())
        if self.began:
            self.changed |= {name for name, kept in same.items() if not kept}
        reads = Reads(tuple(sorted(self.rows, key=str)), tuple(sorted(self.files)), tuple(sorted(self.variables)))
        changed, outside = tuple(sorted(self.changed)), tuple(sorted(self.outside))
        if not self.began and self.given:
            changed = tuple(name for name, kept in same.items() if not kept)
        loaded = tuple(sorted(self.loaded, key=str))
        record = Recorded(reads, loaded, changed, outside, self.uncertain, self.ended)
        with through_rows():
            part = self.target.with_suffix(".part")
            part.write_text(record.text(), encoding="utf-8")
            part.replace(self.target)

    def end(self, stop: Any) -> Any:
        """Return `stop`, a way to end this kernel, that is noted when it is used."""

        def stopped(*args: Any, **kwargs: Any) -> Any:
            # IPython counts a cell when it begins.
            self.ended = self.ended or self.shell.execution_count - 1
            self.save()
            return stop(*args, **kwargs)

        return stopped

    def _add_module(self, name: str) -> None:
        source = getattr(sys.modules.get(name), "__file__", None)
        if not isinstance(source, str):
            return
        if not source.startswith(self.packages):
            self.add_file(source)
        top = name.partition(".")[0]
        standard = top in sys.stdlib_module_names or top == "voortgang"
        if not source.endswith((".py", ".pyc")) and not standard and top not in _KNOWN_EXTENSIONS:
            self.uncertain = self.uncertain or f"it uses {top}, which may read files unseen"


class _Environment(os._Environ):  # type: ignore[type-arg]
    """Environment variables, of which it is noted which ones the notebook itself asks for."""

    def __getitem__(self, key: str) -> str:
        if _recorder is not None and _asked_by_notebook(_recorder.packages, directly=True):
            _recorder.variables.add(str(key))
        return str(super().__getitem__(key))


_recorder: _Recorder | None = None


def _folders(*names: str | Path) -> tuple[str, ...]:
    """Return folders as the beginnings of paths, as they are named and as they are."""
    found = {os.path.abspath(name) for name in names} | {os.path.realpath(name) for name in names}  # noqa: PTH100
    return tuple(sorted(f"{name.rstrip(os.sep)}{os.sep}" for name in found if name.strip(os.sep)))


def _asked_by_notebook(packages: tuple[str, ...], directly: bool) -> bool:
    """Return whether code of the notebook, or of a module beside it, does what is done now.

    Parameters
    ----------
    packages
        Folders of Python, its packages and this engine.
    directly
        Whether what a package does for the notebook is left out.
    """
    frame = sys._getframe(2)
    while frame is not None:
        source, name = frame.f_code.co_filename, frame.f_globals.get("__name__", "")
        if source.startswith("<frozen importlib"):
            return False  # a package that is being imported
        if not source.startswith(("<", *packages)) and name != __name__:
            return True
        # What the standard library does, it does for its caller.
        if directly and name.partition(".")[0] not in sys.stdlib_module_names and name != __name__:
            return False
        frame = frame.f_back  # type: ignore[assignment]
    return False


def note(rows: Rows, view: View) -> None:
    """Record that rows were read, in a kernel that the build started."""
    if _recorder is not None:
        _recorder.rows.add((rows, view))


def note_load(view: View) -> None:
    """Record that a notebook loaded a report, in a kernel that the build started."""
    if _recorder is not None:
        _recorder.loaded.add(view)


def given() -> dict[str, object]:
    """Return the parameters that the run gave to this notebook; nothing outside a run."""
    return dict(_recorder.given) if _recorder is not None else {}


def record(shell: Any, target: Path, given: dict[str, object]) -> None:
    """Record what this process does from now on, and write it to `target` after each cell of an IPython shell."""
    global _recorder
    # A notebook lies in a folder of the workspace.
    _recorder = _Recorder(shell, target, Path.cwd().resolve().parent, given)
    os.environ.__class__ = _Environment
    sys.addaudithook(_recorder.hear)
    shell.events.register("post_run_cell", _recorder.save)
    shell.ask_exit = _recorder.end(shell.ask_exit)
    if getattr(shell, "kernel", None) is not None:
        shell.kernel.do_shutdown = _recorder.end(shell.kernel.do_shutdown)
