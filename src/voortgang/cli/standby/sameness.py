"""What must be the same for a fork of the process that waits to do what a command would do itself."""

from __future__ import annotations

import os
import sys
import time
from pathlib import Path

from voortgang.workspace.fingerprint import of_engine, of_packages, of_value

_OF_A_TERMINAL = frozenset(
    {
        # The folder, and the shell, make or unit that started the command.
        *("PWD", "OLDPWD", "SHLVL", "_", "MAKEFLAGS", "MAKELEVEL", "MAKEOVERRIDES", "MFLAGS"),
        *("MAKE_TERMERR", "MAKE_TERMOUT", "INVOCATION_ID", "JOURNAL_STREAM", "SYSTEMD_EXEC_PID"),
        # The window, the tab or the connection.
        *("COLUMNS", "LINES"),
        *("ALACRITTY_WINDOW_ID", "GNOME_TERMINAL_SCREEN", "ITERM_SESSION_ID", "KITTY_PID", "KITTY_WINDOW_ID"),
        *("KONSOLE_DBUS_SESSION", "KONSOLE_DBUS_WINDOW", "SHELL_SESSION_ID", "SSH_CLIENT", "SSH_CONNECTION", "SSH_TTY"),
        *("GPG_TTY", "STY", "TERM_SESSION_ID", "TILIX_ID", "TMUX_PANE", "WEZTERM_PANE", "WINDOW", "WINDOWID"),
        *("WT_SESSION", "XDG_SESSION_ID"),
    }
)
"""Variables that differ from terminal to terminal, and that no package looks at while it is imported.

A fork gets all variables of the command; these may be others than those that the imports saw."""

_STATUS = (
    *("Umask", "Uid", "Gid", "Groups", "SigBlk", "SigIgn", "CapInh", "CapPrm", "CapEff", "CapBnd", "CapAmb"),
    *("NoNewPrivs", "Seccomp", "Cpus_allowed", "Mems_allowed"),
)
"""What a process is and may, by its name in `/proc/self/status`."""

_TICK = 20_000_000
"""Nanoseconds by which the time of a file may lie behind that of the computer."""


def circumstances() -> str:
    """Return the digest of what a process got from whoever started it, and what may show in what it makes.

    That is the Python and its options, the environment, the limits (`ulimit`), the user with its rights, the signals
    that are ignored, and the part of the system that it sees (its namespaces).
    """
    own = Path("/proc/self")
    status = dict(line.partition(":")[::2] for line in (own / "status").read_text(encoding="utf-8").splitlines())
    return of_value(
        [
            [sys.executable, sys.version, sys.prefix, sys.path, sys.warnoptions, sys.getfilesystemencoding()],
            [repr(sys.flags), repr(sorted(sys._xoptions.items()))],
            {name: value for name, value in os.environ.items() if name not in _OF_A_TERMINAL},
            (own / "limits").read_text(encoding="utf-8"),
            [status.get(name) for name in _STATUS],
            {each.name: str(each.readlink()) for each in (own / "ns").iterdir()},
            str((own / "root").readlink()),
            os.getpriority(os.PRIO_PROCESS, 0),
        ]
    )


class Programs:
    """The code that a process has loaded, and whether the same stands on disk.

    It is made before the first of it is imported.
    """

    def __init__(self) -> None:
        self._began = time.time_ns()
        self._known = _on_disk()
        self._files: dict[str, tuple[int, ...]] = {}

    def note_loaded(self) -> bool:
        """Note the files of all that is imported by now; return whether none was written since the beginning."""
        names = (getattr(module, "__file__", None) for module in list(sys.modules.values()))
        self._files = {name: _state(name) for name in names if name}
        # Whatever is done to a file, this time becomes that of its doing.
        return all(state and state[-1] < self._began - _TICK for state in self._files.values())

    def are_the_same(self) -> bool:
        """Return whether all files of the engine, the versions of all packages, and what is loaded are as they were."""
        return _on_disk() == self._known and all(_state(name) == state for name, state in self._files.items())


def _on_disk() -> tuple[str, str]:
    """Return the digests of the engine and of the packages as they are now; a fork need not compute them again."""
    for digest in (of_engine, of_packages):
        digest.cache_clear()
    return of_engine(), of_packages()


def _state(name: str) -> tuple[int, ...]:
    try:
        status = os.stat(name)  # noqa: PTH116 thousands of them
    except OSError:
        return ()
    return status.st_dev, status.st_ino, status.st_size, status.st_mtime_ns, status.st_ctime_ns
