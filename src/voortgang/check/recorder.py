"""Record what a notebook does in its kernel: what it reads, what it loads, and whether it keeps to its parameters.

In a kernel that the build started this is on. Elsewhere, as in JupyterLab, noting a read does nothing.

Python tells of files that it opens, of databases, of programs that are started and of the network (audit hooks, PEP
578), and this asks `os.stat` and its kin to tell as well. Code in C or Rust opens files without a word. So a notebook
that brings such code, starts a program or reaches for the network is *uncertain*: nobody can say what its result
depends on, and it runs at every build. So does one that asks for the time (`check.unpredictable`).
"""

from __future__ import annotations

import ast
import logging
import os
import site
import sys
from collections.abc import Callable, Iterator, Mapping
from functools import wraps
from pathlib import Path
from types import ModuleType
from typing import Any

from voortgang.check import who_asks
from voortgang.check.data import View
from voortgang.check.notebook_reads import Reads, Rows, is_through_rows, through_rows
from voortgang.check.parameters_cell import syntax_tree
from voortgang.check.recorded import Recorded
from voortgang.check.unpredictable import unpredictable
from voortgang.workspace.fingerprint import of_state

_FILE_EVENTS = {"open", "os.listdir", "os.scandir", "sqlite3.connect"}
_STARTS = {
    "subprocess.Popen",
    "os.system",
    "os.exec",
    "os.posix_spawn",
    "os.spawn",
    "os.fork",
    "os.forkpty",
    "pty.spawn",
}
_PROGRAM_EVENTS = {
    *("socket.connect", "socket.sendto", "socket.getaddrinfo", "socket.gethostbyname", "socket.gethostname"),
    "sqlite3.connect",  # its SQL may attach another database
    "ctypes.dlopen",
}
_HEARD = _FILE_EVENTS | _STARTS | _PROGRAM_EVENTS
_KNOWN_EXTENSIONS = frozenset(
    {
        *("IPython", "PIL", "_cffi_backend", "_cyutility", "_pydevd_bundle", "contourpy", "cryptography", "debugpy"),
        *("fontTools", "kiwisolver", "markupsafe", "matplotlib", "msgpack", "numpy", "pandas", "psutil"),
        *("pydantic_core", "rpds", "tornado", "yaml", "zmq"),
    }
)
"""Packages with code in C or Rust that opens no file by itself, or opens it through Python."""

_BLIND = {"PIL._imagingft", "_dbm", "_gdbm", "_tkinter"}
"""Modules of Python and of known packages that open files without a word."""

_SYSTEM = ("/bin", "/dev", "/etc", "/lib", "/lib32", "/lib64", "/proc", "/run", "/sbin", "/sys", "/usr", "/var/cache")
_OF_COMPUTER = tuple(f"{each}/" for each in _SYSTEM)
_TYPEFACES = (".ttf", ".otf", ".ttc", ".pfb", ".afm")
_NO_FILES = ("/dev/null", "/dev/shm", "/dev/tty")
_RESOLVING = {"realpath", "resolve", "_joinrealpath"}
"""Functions that look at each folder of a path only to say where it leads."""

_OWN_SETTINGS = (".cache", ".config", ".fonts", ".ipython", ".jupyter", ".local", ".matplotlib", "Library")


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
        self.data: set[str] = set()
        self.seen: dict[str, str] = {}
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
        self.saved = ""

    def hear(self, event: str, arguments: tuple[Any, ...]) -> None:
        """Hear what Python tells of: it is called for every event, and must not fail."""
        # Most of what Python tells of is of no interest, such as each `id` that a copy asks for.
        if event not in _HEARD or is_through_rows():
            return
        if event in _PROGRAM_EVENTS and self.began and who_asks.by_notebook(self.packages, directly=False):
            self.doubt(f"it uses {event}")
        # IPython starts the program of a cell such as %%bash in a thread of its own.
        if self.began and event in _STARTS and not who_asks.importing():
            self.doubt(f"it uses {event}")
        if event == "os.scandir" and self.began and who_asks.at_once(self.packages):
            self.doubt("it uses os.scandir, whose entries know more than their names")
        if event not in _FILE_EVENTS or not isinstance(arguments[0], str | bytes | os.PathLike):
            return
        name = os.fsdecode(arguments[0])
        if event == "open" and isinstance(arguments[2], int) and arguments[2] & (os.O_TRUNC | os.O_EXCL):
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
        real = os.path.realpath(path)
        if real in self.searched or path.endswith(".pyc"):
            return
        root = f"{self.root}{os.sep}"
        inside = [each for each in (path, real) if each.startswith(root)]
        if path in self.written:
            return
        if inside:
            for each in inside:
                if not each.startswith(self.unread):
                    self._see(os.path.relpath(each, self.root))
        elif path.startswith(self.system) or real.startswith(self.system):
            self._add_file_of_computer(path)
        elif (
            os.path.isfile(path)  # noqa: PTH113
            and (who_asks.by_notebook(self.packages, directly=False) or path.endswith(".py"))
        ):
            self._see(path)

    def _add_file_of_computer(self, path: str) -> None:
        """Note a file of this computer, or of this user, when the notebook asks for it, or draws with it."""
        if not self.began or path.startswith((*self.packages, *_NO_FILES, f"{self.target.parent}{os.sep}")):
            return
        if path.endswith(_TYPEFACES) or who_asks.by_notebook(self.packages, directly=True):
            self.doubt(f"it opens {path}, which another computer may have otherwise")

    def add_absent_module(self, name: str) -> None:
        """Note that the notebook looks for a module that is not there: somebody may put it beside the notebook."""
        if self.began and who_asks.at_once(self.packages):
            for each in (f"{name}.py", name):
                self.add_file(os.path.join(self.root, "notebooks", each))  # noqa: PTH118

    def add_status(self, name: Any) -> None:
        """Note that the notebook looks whether a file is there, or how large it is."""
        if not self.began or is_through_rows() or not isinstance(name, str | bytes | os.PathLike):
            return
        if not who_asks.by_notebook(self.packages, directly=True) or _RESOLVING & set(who_asks.through()):
            return
        path = os.path.abspath(os.fsdecode(name))  # noqa: PTH100
        with through_rows():
            if path.startswith(f"{self.root}{os.sep}"):
                self.add_file(path)
            elif path.startswith(self.system):
                self._add_file_of_computer(path)
            elif path not in self.written:
                self.doubt(f"it looks for {path}")

    def doubt(self, why: str) -> None:
        """Note that nobody can say what the result depends on; the first reason is kept."""
        self.uncertain = self.uncertain or why

    def _see(self, name: str) -> None:
        if name not in self.seen:
            with through_rows():
                self.seen[name] = of_state(self.root / name)

    def judge(self, text: str, known: Mapping[str, object]) -> None:
        """Note what the source of a cell or module asks for that nobody tells of.

        `known` are the names of the notebook when the cell has run: those that it made itself are among them.
        """
        modules = {name: each.__name__ for name, each in known.items() if isinstance(each, ModuleType)}
        if what := unpredictable(text, modules):
            self.doubt(f"it asks for what is never twice the same ({what})")
        tree = syntax_tree(text)
        for node in ast.walk(tree) if tree is not None else ():
            named = node.value if isinstance(node, ast.Constant) and isinstance(node.value, str) else ""
            if named.startswith(_OF_COMPUTER) and not named.startswith(_NO_FILES):
                self.doubt(f"it names {named[:60]}, which another computer may have otherwise")
            names = [each.name for each in node.names] if isinstance(node, ast.Import) else []
            names += [node.module or ""] if isinstance(node, ast.ImportFrom) else []
            for top in {name.partition(".")[0] for name in names}:
                # It may have been imported before the notebook began.
                for module in [each for each in sys.modules if each.partition(".")[0] == top]:
                    self._judge_module(module, getattr(sys.modules.get(module), "__file__", None))

    def save(self, result: Any = None) -> None:
        """Write what is known so far; called after each cell."""
        if self.began and getattr(result, "info", None) is not None:
            self.judge(str(result.info.raw_cell), dict(self.shell.user_ns))
        for name in sys.modules.keys() - self.modules:
            self.modules.add(name)
            self._add_module(name)
        names = self.shell.user_ns
        same = {name: names.get(name) == value for name, value in self.given.items()}
        self.began = self.began or all(same.values())
        if self.began:
            self.changed |= {name for name, kept in same.items() if not kept}
        reads = Reads(tuple(sorted(self.rows, key=str)), tuple(sorted(self.seen)), tuple(sorted(self.variables)))
        changed = tuple(sorted(self.changed))
        if not self.began and self.given:
            changed = tuple(name for name, kept in same.items() if not kept)
        loaded = tuple(sorted(self.loaded, key=str))
        data = tuple(sorted(self.data))
        text = Recorded(reads, loaded, changed, self.uncertain, self.ended, data, self.seen).text()
        if text == self.saved:
            return
        with through_rows():
            part = self.target.with_suffix(".part")
            part.write_text(text, encoding="utf-8")
            part.replace(self.target)
        self.saved = text

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
            if source.endswith(".py"):
                # A package of that name beside it would go first.
                self.add_file(os.path.join(source[:-3], "__init__.py"))  # noqa: PTH118
                with through_rows():
                    self.judge(Path(source).read_text(encoding="utf-8", errors="replace"), {})
        self._judge_module(name, source)

    def _judge_module(self, name: str, source: Any) -> None:
        top = name.partition(".")[0]
        standard = top in sys.stdlib_module_names or top == "voortgang"
        compiled = isinstance(source, str) and not source.endswith((".py", ".pyc"))
        if name in _BLIND or (compiled and not standard and top not in _KNOWN_EXTENSIONS):
            self.doubt(f"it uses {top}, which may read files unseen")


class _Environment(os._Environ):  # type: ignore[type-arg]
    """Environment variables, of which it is noted which ones the notebook itself asks for."""

    def __getitem__(self, key: Any) -> Any:
        if _recorder is not None and who_asks.by_notebook(_recorder.packages, directly=True):
            _recorder.variables.add(os.fsdecode(key))
        return super().__getitem__(key)

    def __iter__(self) -> Iterator[Any]:
        _doubt_all_variables()
        return super().__iter__()

    def __len__(self) -> int:
        _doubt_all_variables()
        return super().__len__()


def _doubt_all_variables() -> None:
    if _recorder is not None and _recorder.began and who_asks.by_notebook(_recorder.packages, directly=True):
        _recorder.doubt("it looks at all variables of the environment")


class _Last:
    """The last place where Python looks for a module: what comes here is nowhere."""

    @staticmethod
    def find_spec(name: str, path: Any = None, target: Any = None) -> None:
        if _recorder is not None and path is None:
            _recorder.add_absent_module(name)


def _hear_of_typefaces(record: logging.LogRecord) -> bool:
    if _recorder is not None and _recorder.began and "not found" in record.getMessage():
        _recorder.doubt("it draws with a typeface that this computer does not have")
    return True


def _telling(ask: Callable[..., Any], recorder: _Recorder) -> Callable[..., Any]:
    """Return a function of `os` that asks for the status of a file, and tells the recorder."""

    @wraps(ask)
    def told(path: Any, *args: Any, **kwargs: Any) -> Any:
        if kwargs.get("dir_fd") is not None and recorder.began and who_asks.by_notebook(recorder.packages, False):
            recorder.doubt("it names a file by the folder that it has open")
        recorder.add_status(path)
        return ask(path, *args, **kwargs)

    # The standard library looks up what a function of os can do by the function itself.
    for able in (os.supports_follow_symlinks, os.supports_dir_fd, os.supports_fd, os.supports_effective_ids):
        if ask in able:
            able.add(told)
    return told


_recorder: _Recorder | None = None


def _folders(*names: str | Path) -> tuple[str, ...]:
    """Return folders as the beginnings of paths, as they are named and as they are."""
    found = {os.path.abspath(name) for name in names} | {os.path.realpath(name) for name in names}  # noqa: PTH100
    return tuple(sorted(f"{name.rstrip(os.sep)}{os.sep}" for name in found if name.strip(os.sep)))


def note(rows: Rows, view: View) -> None:
    """Record that rows were read, in a kernel that the build started."""
    if _recorder is not None:
        _recorder.rows.add((rows, view))


def note_load(view: View) -> None:
    """Record that a notebook loaded a report, in a kernel that the build started."""
    if _recorder is not None:
        _recorder.loaded.add(view)


def note_data(known_by: str) -> None:
    """Record which data a notebook works with, in a kernel that the build started."""
    if _recorder is not None:
        _recorder.data.add(known_by)


def given() -> dict[str, object]:
    """Return the parameters that the run gave to this notebook; nothing outside a run."""
    return dict(_recorder.given) if _recorder is not None else {}


def record(shell: Any, target: Path, given: dict[str, object]) -> None:
    """Record what this process does from now on, and write it to `target` after each cell of an IPython shell."""
    global _recorder
    # A notebook lies in a folder of the workspace.
    _recorder = _Recorder(shell, target, Path.cwd().resolve().parent, given)
    os.environ.__class__ = _Environment
    os.environb.__class__ = _Environment
    for name in ("stat", "lstat", "access", "open"):
        setattr(os, name, _telling(getattr(os, name), _recorder))
    sys.meta_path.append(_Last)
    logging.getLogger("matplotlib.font_manager").addFilter(_hear_of_typefaces)
    sys.addaudithook(_recorder.hear)
    shell.events.register("post_run_cell", _recorder.save)
    shell.ask_exit = _recorder.end(shell.ask_exit)
    if getattr(shell, "kernel", None) is not None:
        shell.kernel.do_shutdown = _recorder.end(shell.kernel.do_shutdown)
