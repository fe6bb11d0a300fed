"""Take away from this process, and from all that it starts, what a stranger's files must not have.

Linux only, and in layers: each works where another is absent. `confine` returns which of `PARTS` this computer could
take away.

- *files*: a file system of its own that holds the programs, what was named to read, and one folder to write in, of
  limited size (mount namespace); beside it Landlock, which also keeps the memory and environment of others closed;
- *network*: no address can be reached (network namespace), and no socket made but in the file system (seccomp);
- *services*: nor one of a program of this computer, which lies in its file system (mount namespace);
- *processes*: others cannot be seen or signalled, and none outlives the first (process namespace, or Landlock);
- *means*: memory, processor time and size of files (limits of the system).
"""

from __future__ import annotations

import os
import shutil
import sys
from contextlib import suppress
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from voortgang.run import kernel_calls
from voortgang.workspace.extension import extension

PARTS = ("files", "network", "services", "processes", "means")
"""All that can be taken away."""

_SYSTEM = (
    *("/usr", "/lib", "/lib32", "/lib64", "/bin", "/sbin", "/sys/devices/system/cpu", "/sys/fs/cgroup"),
    *("/etc/ld.so.cache", "/etc/localtime", "/etc/fonts", "/etc/mime.types", "/etc/nsswitch.conf", "/etc/passwd"),
    *("/etc/group", "/etc/alternatives"),
)
_DEVICES = ("/dev/null", "/dev/zero", "/dev/random", "/dev/urandom")
_GIGABYTE = 1 << 30
_LIMITS = {
    "RLIMIT_CORE": 0,
    "RLIMIT_CPU": 3600,
    "RLIMIT_DATA": 6 * _GIGABYTE,  # the address space itself cannot be limited: Pandoc reserves a terabyte of it
    "RLIMIT_FSIZE": _GIGABYTE,
    "RLIMIT_NOFILE": 4096,
    "RLIMIT_NPROC": 4096,
    "RLIMIT_MSGQUEUE": 0,
    "RLIMIT_MEMLOCK": 64 << 20,
}
_DISK = f"size={2 * _GIGABYTE},nr_inodes=200000,mode=755"
_KEPT = ("LANG", "LC_ALL", "LC_CTYPE", "PATH", "TZ")


@dataclass(frozen=True)
class Room:
    """What a confined process may reach.

    Attributes
    ----------
    readable
        Files and folders that may be read, beside the programs and their libraries.
    folder
        The only folder that may be written in.
    """

    readable: tuple[Path, ...]
    folder: Path


def clean_environment(folder: Path) -> dict[str, str]:
    """Return the environment of a confined process: nothing of the user's but language and programs."""
    own = {"HOME": str(folder), "TMPDIR": str(folder), "PYTHONDONTWRITEBYTECODE": "1"}
    own |= {"OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1"}  # a process with threads cannot be divided
    return {name: os.environ[name] for name in _KEPT if name in os.environ} | own


def confine(room: Room, own_system: bool = True) -> tuple[str, ...]:
    """Take away what this process and its children do not need, for good, and return which of `PARTS` was possible.

    The process must have one thread. What follows may happen in a child of it; this process then ends with that.

    Parameters
    ----------
    own_system
        Whether to try for a file system, network and processes of its own. Some computers refuse that; the other
        layers are what is left there.
    """
    if sys.platform != "linux":
        return ()
    _give_limits()
    done = {"means"}
    spaces = kernel_calls.own_spaces() if own_system else frozenset()
    separate = False
    if "processes" in spaces:
        _go_on_as_first()
        done.add("processes")
    if "files" in spaces:
        separate = _enter_own_files(room)
    kernel_calls.give_up_privileges()
    processes = Path("/proc") if separate else Path("/proc/self")
    landlock = kernel_calls.restrict([*readable(room), processes], _executable(), _writable(room, separate))
    filtered = kernel_calls.refuse_calls(keep_attributes=not separate)
    if landlock and (separate or filtered):
        done.add("files")
    if separate:
        done.add("services")
    if "network" in spaces or filtered:
        done.add("network")
    if kernel_calls.signals_are_scoped(landlock):
        done.add("processes")
    return tuple(part for part in PARTS if part in done)


def confine_further(room: Room) -> None:
    """Keep a part of what is confined from the rest of it: it reads and writes less, and signals none outside."""
    if sys.platform == "linux":
        kernel_calls.restrict([*readable(room), Path("/proc")], _executable(), _writable(room, True))


def readable(room: Room) -> list[Path]:
    """Return all that may be read in a room: what was named, the programs, and the system's own libraries."""
    quarto = shutil.which("quarto")
    programs = [Path(place) for place in (sys.prefix, sys.base_prefix, *sys.path, *_SYSTEM, *_DEVICES) if place]
    programs += [Path(__file__).parents[1], extension(), *([Path(quarto).resolve().parents[1]] if quarto else [])]
    places = dict.fromkeys((*programs, *room.readable))
    return [path for path in places if path.exists() and path not in room.folder.parents]


@cache
def _executable() -> list[Path]:
    """Return the programs that a report is made with, and nothing else that could be started."""
    import pypandoc

    quarto = shutil.which("quarto")  # a script of the shell, which starts others
    scripts = [Path(quarto).resolve().parents[1], Path("/bin"), Path("/usr/bin")] if quarto else []
    return [Path(sys.executable).resolve(), Path(pypandoc.get_pandoc_path()).resolve(), *scripts]


def _writable(room: Room, separate: bool) -> list[Path]:
    return [room.folder, Path("/dev/null"), *([Path("/dev/shm")] if separate else [])]


def _give_limits() -> None:
    import resource

    for name, value in _LIMITS.items():
        number = getattr(resource, name)
        hard = resource.getrlimit(number)[1]
        value = value if hard == resource.RLIM_INFINITY else min(value, hard)
        resource.setrlimit(number, (value, value))


def _go_on_as_first() -> None:
    """Go on as the first process of a group that ends with it; the process that was, waits and ends as that does."""
    child = os.fork()
    if child:
        with suppress(OSError):
            os.close(0)
        _, status = os.waitpid(child, 0)
        code = os.waitstatus_to_exitcode(status)
        os._exit(code if code >= 0 else 128 - code)
    kernel_calls.end_with_parent()


def _enter_own_files(room: Room) -> bool:
    """See nothing from now on but what may be read, and an empty folder to write in; False where that is refused."""
    root = room.folder
    try:
        kernel_calls.keep_mounts_private()
        kernel_calls.mount("tmpfs", root, "tmpfs", _DISK)
        for path in readable(room):
            place = root / path.relative_to("/")
            if path.is_dir():
                place.mkdir(parents=True, exist_ok=True)
            else:
                place.parent.mkdir(parents=True, exist_ok=True)
                place.touch()
            kernel_calls.bind(path, place, devices=path.parent == Path("/dev"))
        for name in ("dev/shm", "proc", str(room.folder).lstrip("/")):
            (root / name).mkdir(parents=True, exist_ok=True)
        with suppress(OSError):  # where the system's own view of processes is covered up, there is none here
            kernel_calls.mount("proc", root / "proc", "proc", "")
        os.chroot(root)
    except OSError:
        return False
    os.chdir(room.folder)
    return True
