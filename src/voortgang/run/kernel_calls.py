"""What Linux offers to take rights away, as functions; each says whether the system did it.

Landlock and seccomp come from packages; what they lack, and namespaces, are calls of the C library.
"""

from __future__ import annotations

import ctypes
import errno
import os
from collections.abc import Iterable
from contextlib import suppress
from functools import cache
from pathlib import Path

from voortgang.errors import needs

_NEW = {"user": 0x10000000, "files": 0x00020000, "network": 0x40000000, "processes": 0x20000000, "messages": 0x08000000}
_MORE_NEW = (0x04000000, 0x02000000)  # names of the computer, groups of control
_MS_REC, _MS_PRIVATE, _MS_BIND, _MS_NOSUID, _MS_NODEV = 0x4000, 0x40000, 0x1000, 0x2, 0x4
_PR_SET_PDEATHSIG, _PR_SET_SECCOMP, _PR_CAPBSET_DROP, _PR_SET_CHILD_SUBREAPER, _PR_SET_NO_NEW_PRIVS = 1, 22, 24, 36, 38
_CAP_VERSION_3 = 0x20080522
_SYS_MOUNT_SETATTR = 442  # the same number on every architecture
_AT_FDCWD, _AT_RECURSIVE = -100, 0x8000
_READ_ONLY, _NO_SETUID, _NO_DEVICES = 0x1, 0x2, 0x4
_SCOPED_ABSTRACT_SOCKETS, _SCOPED_SIGNALS = 0x1, 0x2
_SIGNALS_SINCE, _NETWORK_SINCE = 6, 4
_X32 = 0x40000000
_AF_UNIX = 1

_FOREIGN = (
    # Other processes, and what they hold.
    *("ptrace", "process_vm_readv", "process_vm_writev", "pidfd_getfd", "kcmp", "process_madvise"),
    # Ways round the rules below, and rarely used doors of the kernel.
    *("io_uring_setup", "io_uring_enter", "io_uring_register", "bpf", "perf_event_open", "userfaultfd"),
    *("add_key", "keyctl", "request_key", "open_by_handle_at", "name_to_handle_at"),
    *("shmget", "msgget", "semget", "mq_open"),
    # The system itself.
    *("mount", "umount2", "mount_setattr", "move_mount", "open_tree", "fsopen", "fsmount", "pivot_root", "chroot"),
    *("unshare", "setns", "swapon", "swapoff", "reboot", "kexec_load", "kexec_file_load", "acct", "quotactl"),
    *("init_module", "finit_module", "delete_module", "syslog", "settimeofday", "clock_settime", "adjtimex"),
    *("clock_adjtime", "sethostname", "setdomainname", "ioperm", "iopl"),
)
_ATTRIBUTES = (
    *("chmod", "fchmod", "fchmodat", "fchmodat2", "chown", "fchown", "lchown", "fchownat"),
    *("utime", "utimes", "futimesat", "utimensat"),
    *("setxattr", "lsetxattr", "fsetxattr", "removexattr", "lremovexattr", "fremovexattr"),
)


class _MountAttributes(ctypes.Structure):
    _fields_ = [(name, ctypes.c_uint64) for name in ("set", "clear", "propagation", "user_namespace")]


class _Program(ctypes.Structure):
    _fields_ = [("length", ctypes.c_ushort), ("instructions", ctypes.c_void_p)]


class _CapabilityHeader(ctypes.Structure):
    _fields_ = [("version", ctypes.c_uint32), ("process", ctypes.c_int)]


class _Capabilities(ctypes.Structure):
    _fields_ = [(name, ctypes.c_uint32) for name in ("effective", "permitted", "inheritable")]


@cache
def _library() -> ctypes.CDLL:
    return ctypes.CDLL(None, use_errno=True)


def _require(result: int) -> None:
    if result != 0:
        number = ctypes.get_errno()
        raise OSError(number, os.strerror(number))


def own_spaces() -> frozenset[str]:
    """Move to a network of its own, and let mounts and child processes be its own; return which were possible."""
    user, group = os.getuid(), os.getgid()
    every = sum(_NEW.values())
    if _library().unshare(every) == 0:
        try:
            Path("/proc/self/setgroups").write_text("deny", encoding="ascii")
            Path("/proc/self/uid_map").write_text(f"{user} {user} 1", encoding="ascii")
            Path("/proc/self/gid_map").write_text(f"{group} {group} 1", encoding="ascii")
        except OSError:  # allowed to make one, not to be someone in it: it has a network without addresses all the same
            return frozenset({"network", "processes"})
        return frozenset(_NEW)
    # A privileged user of a container without user namespaces.
    return frozenset(_NEW) - {"user"} if _library().unshare(every & ~_NEW["user"]) == 0 else frozenset()


def end_with_parent() -> None:
    """Let the system end this process when the one that started it ends."""
    sigkill = 9
    _library().prctl(_PR_SET_PDEATHSIG, sigkill, 0, 0, 0)


def adopt_orphans(on: bool) -> None:
    """Let what a child starts and leaves behind become a child of this process."""
    _library().prctl(_PR_SET_CHILD_SUBREAPER, int(on), 0, 0, 0)


def keep_mounts_private() -> None:
    """Let no mount of this process be seen by others; raises `OSError` where that is refused."""
    _require(_library().mount(None, b"/", None, _MS_REC | _MS_PRIVATE, None))


def mount(source: str, place: Path, kind: str, options: str) -> None:
    """Mount a file system; raises `OSError` where that is refused."""
    flags = _MS_NOSUID | _MS_NODEV
    _require(_library().mount(source.encode(), os.fsencode(place), kind.encode(), flags, options.encode()))


def bind(path: Path, place: Path, devices: bool) -> None:
    """Show a file or folder at another place, to be read only; raises `OSError` where that is refused."""
    _require(_library().mount(os.fsencode(path), os.fsencode(place), None, _MS_BIND | _MS_REC, None))
    kept = _MountAttributes(_READ_ONLY | _NO_SETUID | (0 if devices else _NO_DEVICES))
    size = ctypes.sizeof(kept)
    arguments = (_AT_FDCWD, os.fsencode(place), _AT_RECURSIVE, ctypes.byref(kept), ctypes.c_size_t(size))
    _require(_library().syscall(_SYS_MOUNT_SETATTR, *arguments))


def give_up_privileges() -> None:
    """Give up every capability, for this process and what it starts, also for the superuser."""
    library = _library()
    library.prctl(_PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0)
    last = 63
    for number in range(last + 1):
        library.prctl(_PR_CAPBSET_DROP, number, 0, 0, 0)
    nothing = (_Capabilities * 2)()
    _require(library.capset(ctypes.byref(_CapabilityHeader(_CAP_VERSION_3, 0)), ctypes.byref(nothing)))


def require_packages() -> None:
    """Raise `MissingExtra` where a package is absent that takes rights away: nothing runs with them instead."""
    with needs("verify"):
        import landlock  # noqa: F401
        import seccompy  # noqa: F401


def landlock_version() -> int:
    """Return the version of Landlock that this system has; 0 when it has none."""
    from landlock import LandlockError, landlock_abi_version

    ctypes.set_errno(0)  # the package takes what an earlier call left for its own error
    try:
        return int(landlock_abi_version())
    except (LandlockError, OSError):
        return 0


def signals_are_scoped(restricted: bool) -> bool:
    """Return whether a restricted process can signal none but what it started itself."""
    return restricted and landlock_version() >= _SIGNALS_SINCE


def restrict(readable: Iterable[Path], executable: Iterable[Path], writable: Iterable[Path]) -> bool:
    """Let Landlock close all files but these, TCP, and signals to others; return whether the system has it."""
    version = landlock_version()
    if not version:
        return False
    from landlock import FSAccess
    from landlock.plumbing import RulesetAttr, get_create_ruleset, get_restrict_self

    # The package knows files only; the system also closes TCP, abstract sockets and signals.
    more = [("network", ctypes.c_uint64), ("scoped", ctypes.c_uint64)]
    attributes = type("Attributes", (RulesetAttr,), {"_fields_": more})
    tcp = 0b11 if version >= _NETWORK_SINCE else 0
    scoped = _SCOPED_ABSTRACT_SOCKETS | _SCOPED_SIGNALS if version >= _SIGNALS_SINCE else 0
    known = 8 + 8 * (version >= _NETWORK_SINCE) + 8 * (version >= _SIGNALS_SINCE)
    every = FSAccess.all()
    reading = FSAccess.READ_FILE | FSAccess.READ_DIR
    devices = FSAccess.MAKE_CHAR | FSAccess.MAKE_BLOCK
    ctypes.set_errno(0)
    rules = get_create_ruleset()(ctypes.byref(attributes(every, tcp, scoped)), known, 0)
    for paths, rights in (
        (readable, reading),
        ([*executable, *_loaders()], FSAccess.READ_FILE | FSAccess.READ_DIR | FSAccess.EXECUTE),
        (writable, every & ~devices & ~FSAccess.EXECUTE),
    ):
        for path in paths:
            _allow(rules, path, rights)
    _library().prctl(_PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0)
    ctypes.set_errno(0)
    get_restrict_self()(rules, 0)
    os.close(rules)
    return True


def _allow(rules: int, path: Path, rights: int) -> None:
    """Add a rule; what is not there, or may not be seen, needs none."""
    from landlock import FSAccess
    from landlock.plumbing import PathBeneathAttr, get_add_rule

    beneath = 1
    with suppress(FileNotFoundError, PermissionError):
        file = os.open(path, os.O_PATH | os.O_CLOEXEC)
        try:
            rights = rights if path.is_dir() else rights & FSAccess.all_file()
            ctypes.set_errno(0)
            get_add_rule()(rules, beneath, ctypes.byref(PathBeneathAttr(rights, file)), 0)
        finally:
            os.close(file)


def _loaders() -> list[Path]:
    """Return the programs that load the libraries of programs."""
    places = (Path("/lib64"), Path("/lib"))
    return [path.resolve() for place in places for path in place.glob("ld-*.so*")]


def refuse_calls(keep_attributes: bool) -> bool:
    """Let the system refuse calls that no report needs; return whether it does.

    Parameters
    ----------
    keep_attributes
        Whether calls that change owner, mode, times and attributes of a file do nothing: Landlock does not see them.
    """
    from seccompy import Action, ArgCmp, CmpOp, Filter, UnsupportedError
    from seccompy.syscalls import syscall_nr

    rules = Filter(default=Action.ALLOW)

    def refuse(name: str, error: int, *conditions: ArgCmp) -> None:
        with suppress(UnsupportedError, KeyError, ValueError):  # this architecture has no such call
            number = syscall_nr(name)
            for each in (number, number | _X32):
                rules.errno(each, error, args=conditions)

    try:
        for name in _FOREIGN:
            refuse(name, errno.EPERM)
        for name in _ATTRIBUTES if keep_attributes else ():
            refuse(name, 0)  # it says that it did
        refuse("socket", errno.EOPNOTSUPP, ArgCmp(0, CmpOp.NE, _AF_UNIX))
        for space in (*_NEW.values(), *_MORE_NEW):
            refuse("clone", errno.EPERM, ArgCmp(0, CmpOp.MASKED_EQ, space, mask=space))
        refuse("clone3", errno.ENOSYS)  # its flags lie in memory, where no filter looks; clone takes its place
        program = rules.program
    except UnsupportedError:
        return False
    # The package would look for the C library with programs that cannot be started any more.
    content = ctypes.create_string_buffer(program, len(program))
    filter_mode = 2
    given = _Program(len(program) // 8, ctypes.addressof(content))
    _library().prctl(_PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0)
    return bool(_library().prctl(_PR_SET_SECCOMP, filter_mode, ctypes.byref(given), 0, 0) == 0)
