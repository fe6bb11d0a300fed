"""What a stranger's code tries in a confined process: `python attempts.py FOLDER CANARY PORT SOCKET yes|no|free`.

It prints, as JSON, what it was confined in and what came of each attempt: the result, or `refused` and why. Started by
test_confinement.py.
"""

from __future__ import annotations

import ctypes
import json
import os
import signal
import socket
import subprocess
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

from voortgang.run.confinement import Room, confine


class Refused(Exception):
    """The attempt had no effect, although nothing was raised."""


def _call(name: str, *arguments: object) -> int:
    """Call the C library, past all that Python itself might check."""
    library = ctypes.CDLL(None, use_errno=True)
    result = getattr(library, name)(*arguments)
    if result < 0:
        raise Refused(os.strerror(ctypes.get_errno()))
    return int(result)


def _read_with_c(path: Path) -> bytes:
    number = _call("open", os.fsencode(path), os.O_RDONLY)
    return os.read(number, 100)


def _program(*command: str) -> str:
    done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=300)
    if done.returncode:
        raise Refused(done.stderr[-300:])
    return done.stdout + done.stderr


def _python(code: str) -> str:
    return _program(sys.executable, "-c", code)


def _pandoc(text: str, lua: str = "", *options: str) -> str:
    import pypandoc

    with tempfile.TemporaryDirectory() as folder:
        Path(folder, "in.md").write_text(text, encoding="utf-8")
        Path(folder, "filter.lua").write_text(lua, encoding="utf-8")
        command = [pypandoc.get_pandoc_path(), f"{folder}/in.md", f"--lua-filter={folder}/filter.lua", "--to=html"]
        said = _program(*command, *options)
        if "WARNING" in said or "canary" not in said:
            raise Refused(said[-300:])
        return said


def _typst(text: str) -> bytes:
    import typst

    with tempfile.TemporaryDirectory() as folder:
        Path(folder, "in.typ").write_text(text, encoding="utf-8")
        return bytes(typst.compile(Path(folder, "in.typ"), root="/", format="pdf"))


def _mode(path: Path) -> int:
    before = path.stat().st_mode
    path.chmod(0o600 if before & 0o777 != 0o600 else 0o644)
    if path.stat().st_mode == before:
        raise Refused("nothing changed")
    return path.stat().st_mode


def _times(path: Path) -> float:
    before = path.stat().st_mtime
    os.utime(path, (1, 1))
    if path.stat().st_mtime == before:
        raise Refused("nothing changed")
    return path.stat().st_mtime


def _attribute(path: Path) -> bytes:
    os.setxattr(path, "user.mark", b"1")
    return os.getxattr(path, "user.mark")


def _owner(path: Path) -> int:
    _call("chown", os.fsencode(path), 12345, 12345)
    if path.stat().st_uid != 12345:
        raise Refused("nothing changed")
    return path.stat().st_uid


def _memory() -> int:
    return len(bytearray(7 << 30))


def _large_file(folder: Path) -> int:
    with (folder / "large").open("wb") as file:
        file.truncate(3 << 30)
    return (folder / "large").stat().st_size


def _signal(pid: int) -> str:
    os.kill(pid, 0)
    return f"could signal {pid}"


def _secrets() -> str:
    found = [f"{name}={value}" for name, value in os.environ.items() if "canary" in value]
    for path in Path("/proc").glob("[0-9]*/environ"):
        if path.parent.name != str(os.getpid()):
            found += [part for part in path.read_text(errors="replace").split("\0") if "canary" in part]
    if not found:
        raise Refused("none to be seen")
    return str(found)


def attempts(folder: Path, canary: Path, port: int, service: Path, outside: int) -> dict[str, Callable[[], Any]]:
    """Return each attempt by its name."""
    address = ("127.0.0.1", port)
    lua_read = f"function Pandoc(doc) return pandoc.Pandoc(pandoc.Para(io.open('{canary}'):read('a'))) end"
    lua_write = f"io.open('{canary}', 'w'):write('x')"
    lua_run = f"if not os.execute('cat {canary}') then error('refused') end print('canary')"
    return {
        "python: read": canary.read_text,
        "python: write": lambda: canary.write_text("x"),
        "python: add": lambda: canary.open("a").write("x"),
        "python: rename": lambda: canary.rename(canary.with_suffix(".x")),
        "python: remove": canary.unlink,
        "python: make beside": lambda: canary.with_name("nieuw").write_text("x"),
        "python: list": lambda: list(canary.parent.iterdir()),
        "python: link": lambda: (folder / "link").hardlink_to(canary),
        "python: through a link": lambda: ((folder / "soft").symlink_to(canary), (folder / "soft").read_text()),
        "python: mode": lambda: _mode(canary),
        "python: times": lambda: _times(canary),
        "python: attribute": lambda: _attribute(canary),
        "python: TCP": lambda: socket.create_connection(address, timeout=2).sendall(b"x"),
        "python: UDP": lambda: socket.socket(socket.AF_INET, socket.SOCK_DGRAM).sendto(b"x", address),
        "python: IPv6": lambda: socket.socket(socket.AF_INET6, socket.SOCK_DGRAM),
        "python: listen": lambda: socket.create_server(("127.0.0.1", 0)),
        "python: a virtual machine's host": lambda: socket.socket(socket.AF_VSOCK),
        "python: netlink": lambda: socket.socket(socket.AF_NETLINK, socket.SOCK_RAW),
        "python: a service of this computer": lambda: socket.socket(socket.AF_UNIX).connect(str(service)),
        "python: a service without a file": lambda: socket.socket(socket.AF_UNIX).connect(f"\0{service}"),
        "python: look up a name": lambda: socket.getaddrinfo("example.org", 80),
        "python: secrets": _secrets,
        "python: signal": lambda: _signal(outside),
        "python: end": lambda: os.kill(outside, signal.SIGKILL),
        "python: memory of another": lambda: Path(f"/proc/{outside}/mem").open("rb").read(1),
        "python: too much memory": _memory,
        "python: a large file": lambda: _large_file(folder),
        "python: disk": lambda: os.mknod(folder / "disk", 0o60600, os.makedev(8, 0)),
        "ctypes: read": lambda: _read_with_c(canary),
        "ctypes: owner": lambda: _owner(canary),
        "ctypes: socket": lambda: _call("socket", socket.AF_INET, socket.SOCK_STREAM, 0),
        "ctypes: mount": lambda: _call("mount", b"none", os.fsencode(folder), b"tmpfs", 0, None),
        "ctypes: unshare": lambda: _call("unshare", 0x10000000),
        "ctypes: ptrace": lambda: _call("ptrace", 16, outside, 0, 0),
        "ctypes: io_uring": lambda: _call("syscall", 425, 8, ctypes.create_string_buffer(120)),
        "ctypes: root": lambda: _call("chroot", os.fsencode(folder)),
        "program: shell": lambda: _program("/bin/sh", "-c", "true"),
        "program: python reads": lambda: _python(f"print(open({str(canary)!r}).read())"),
        "program: python connects": lambda: _python(f"import socket; socket.create_connection({address!r}, 2)"),
        "pandoc: read": lambda: _pandoc(f"![canary]({canary})", "", "--embed-resources", "--standalone"),
        "pandoc: request": lambda: _pandoc(f"![canary](http://127.0.0.1:{port}/x.png)", "", "--embed-resources"),
        "lua: read": lambda: _pandoc("canary", lua_read),
        "lua: write": lambda: _pandoc("canary", lua_write),
        "lua: run": lambda: _pandoc("canary", lua_run),
        "typst: read": lambda: _typst(f'#read("{canary}")'),
        "typst: package": lambda: _typst('#import "@preview/example:0.1.0": *'),
    }


SUCCEED = {
    *("python: read", "python: list", "python: make beside", "python: mode", "python: times", "python: TCP"),
    *("python: UDP", "python: a service of this computer", "python: a service without a file", "python: signal"),
    *("ctypes: read", "ctypes: socket", "program: shell", "program: python reads", "program: python connects"),
    *("pandoc: read", "lua: read", "lua: run", "typst: read"),
}
"""What a process that is not confined does, and whoever started it survives: without these the test proves nothing."""

ALLOWED: dict[str, Callable[[Path], Any]] = {
    "write": lambda folder: (folder / "eigen").write_text("x"),
    "a program": lambda folder: _python("print(1)"),
    "pandoc": lambda folder: _pandoc("canary"),
    "typst": lambda folder: len(_typst("tekst")),
    "the engine": lambda folder: __import__("voortgang.notebook").__name__,
}
"""What a report needs."""


def main(folder: str, canary: str, port: str, service: str, own_system: str) -> None:
    """Confine this process, try everything, and print what came of it."""
    outside = os.getppid()
    confined = confine(Room((), Path(folder)), own_system == "yes") if own_system != "free" else ()
    tempfile.tempdir = folder
    outcome = {"confined": confined, "tried": {}, "allowed": {}}
    for name, act in attempts(Path(folder), Path(canary), int(port), Path(service), outside).items():
        if own_system == "free" and name not in SUCCEED:
            continue
        try:
            outcome["tried"][name] = repr(act())[:200]
        except Exception as error:
            outcome["tried"][name] = f"refused: {type(error).__name__}: {error}"[:300]
    for name, needed in ALLOWED.items():
        try:
            outcome["allowed"][name] = repr(needed(Path(folder)))[:100]
        except Exception as error:
            outcome["allowed"][name] = f"refused: {type(error).__name__}: {error}"[:300]
    print(json.dumps(outcome))


if __name__ == "__main__":
    main(*sys.argv[1:])
