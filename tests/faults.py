"""Faults for builds: each disturbs one build at some moment, and says what must be true after it."""

from __future__ import annotations

import contextlib
import hashlib
import json
import os
import random
import re
import resource
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import psutil
from conftest import run
from test_odd_machines import add_second_notebook, small_workspace

YEAR = 2021
MARK = "VOORTGANG_FAULT_TEST"
"""Environment variable by which the processes of one disturbed build are found again."""


class Bench:
    """A workspace with a finished report of the year before the fault, and the report that an undisturbed build gives.

    Parameters
    ----------
    folder
        An empty folder.
    """

    def __init__(self, folder: Path) -> None:
        self.workspace = add_second_notebook(small_workspace(folder / "deal"))
        self.earlier = self._built(self.workspace)
        self._change_a_row()
        undisturbed = folder / "undisturbed"
        shutil.copytree(self.workspace, undisturbed, ignore=shutil.ignore_patterns(".voortgang", "reports"))
        started = time.monotonic()
        self.expected = self._built(undisturbed)
        self.seconds = time.monotonic() - started
        self.kept = folder / "kept"
        shutil.copytree(self.workspace, self.kept)

    def disturb(self, fault: str, seed: int) -> str:
        """Disturb a build, judge what is left, and build again; return what the disturbed build said.

        Raises
        ------
        AssertionError
            When a report is not whole, something is left behind, or the next build gives another result.
        """
        chance = random.Random(f"{fault} {seed}")
        shutil.rmtree(self.workspace)
        shutil.copytree(self.kept, self.workspace)
        mark = f"{os.getpid()}-{fault}-{seed}"
        environment = os.environ | {MARK: mark}
        said = FAULTS[fault](self, chance, environment)
        assert "Traceback" not in said, said
        assert len(re.findall(r"^Error: ", said, re.MULTILINE)) <= 1, said
        assert not re.search(r"^(task|Task|Exception|Process)\b", said, re.MULTILINE), said
        left = _wait_for_none(mark)
        assert not left, f"left behind: {left}"
        now = _report(self.workspace)
        if now not in (self.earlier, self.expected):
            wrong = sorted(dict(now.items() ^ self.expected.items()))
            raise AssertionError(f"the report that stands in place is not whole: {wrong}\n{said}")
        assert fault == "build killed" or not self._scratch(), "a temporary folder is left in reports/"
        self._restore()
        again = self._built(self.workspace)
        assert again == self.expected, "the next build gives another result"
        assert not self._scratch(), "the next build leaves a temporary folder in reports/"
        made_by = [int(each.name.split("-")[1]) for each in Path(tempfile.gettempdir()).glob("voortgang-[0-9]*-*")]
        assert all(map(psutil.pid_exists, made_by)), "a folder with sockets is left"
        return said

    def _scratch(self) -> list[Path]:
        return list((self.workspace / "reports").glob(".20*-*"))

    def start(self, environment: dict[str, str], *options: str, limit: Callable[[], None] | None = None) -> Build:
        """Start a build that runs every notebook."""
        return Build(self.workspace, environment, options, limit)

    def spoil(self, chance: random.Random, line: str) -> None:
        """Put a line into a random cell of a random notebook."""
        path = chance.choice(sorted((self.workspace / "notebooks").glob("*.ipynb")))
        content = json.loads(path.read_text(encoding="utf-8"))
        cells = [cell for cell in content["cells"] if cell["cell_type"] == "code" and not cell["metadata"].get("tags")]
        cell = chance.choice(cells)
        cell["source"] = [line + "\n", *cell["source"]]
        path.write_text(json.dumps(content), encoding="utf-8")

    def _restore(self) -> None:
        for part in ("notebooks", "parameters"):
            shutil.rmtree(self.workspace / part)
            shutil.copytree(self.kept / part, self.workspace / part)
        store = self.workspace / ".voortgang" / "store"
        if store.is_file():
            store.unlink()

    def _change_a_row(self) -> None:
        path = self.workspace / "data" / "financien.csv"
        lines = path.read_text(encoding="utf-8").splitlines(keepends=True)
        place = next(i for i, line in enumerate(lines) if ",2021-" in line and "gereal" in line)
        cells = lines[place].split(",")
        cells[6] = str(int(cells[6]) + 1)
        lines[place] = ",".join(cells)
        path.write_text("".join(lines), encoding="utf-8")

    @staticmethod
    def _built(workspace: Path) -> dict[str, str]:
        done = run("build", str(YEAR), cwd=workspace)
        assert done.code == 0, done.err
        return _report(workspace)


class Build:
    """A build in a process of its own."""

    def __init__(
        self, workspace: Path, environment: dict[str, str], options: tuple[str, ...], limit: Callable[[], None] | None
    ) -> None:
        self.process = subprocess.Popen(
            [program(), "build", str(YEAR), "--fresh", *options],
            cwd=workspace,
            env=environment,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            start_new_session=True,
            preexec_fn=limit,
        )

    def wait(self, seconds: float) -> None:
        """Let the build go on for a while."""
        with contextlib.suppress(subprocess.TimeoutExpired):
            self.process.wait(seconds)

    def send(self, number: int) -> None:
        """Send a signal to the build alone."""
        if self.process.poll() is None:
            self.process.send_signal(number)

    def end(self) -> tuple[int, str]:
        """Wait for the end; return the exit code and what was printed."""
        said, _ = self.process.communicate(timeout=600)
        return self.process.returncode, said


def program() -> str:
    """Return the command `voortgang` of this environment."""
    return str(Path(sys.executable).with_name("voortgang"))


def _report(workspace: Path) -> dict[str, str]:
    """Return the digest of every file of the report, but of the manifest, which names the folder's commit."""
    folder = workspace / "reports" / str(YEAR)
    return {
        str(path.relative_to(folder)): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in sorted(folder.rglob("*"))
        if path.is_file() and path.name != "manifest.json"
    }


def _processes(mark: str) -> Iterator[psutil.Process]:
    for process in psutil.process_iter():
        with contextlib.suppress(psutil.Error):
            if process.environ().get(MARK) == mark and process.status() != psutil.STATUS_ZOMBIE:
                yield process


def _wait_for_none(mark: str) -> list[str]:
    """Return what still runs after a minute."""
    deadline = time.monotonic() + 60
    while (found := list(_processes(mark))) and time.monotonic() < deadline:
        time.sleep(0.05)
    names = []
    for process in found:
        with contextlib.suppress(psutil.Error):
            names.append(" ".join(process.cmdline())[:120])
    return names


def _signalled(number: int, code: int) -> Callable[[Bench, random.Random, dict[str, str]], str]:
    def disturb(bench: Bench, chance: random.Random, environment: dict[str, str]) -> str:
        build = bench.start(environment)
        build.wait(chance.uniform(0.1, bench.seconds))
        build.send(number)
        ended, said = build.end()
        assert ended in (0, code), (ended, said)
        return said

    return disturb


def _child_killed(name: str) -> Callable[[Bench, random.Random, dict[str, str]], str]:
    """Kill a random process of the build whose command line holds a word."""

    def disturb(bench: Bench, chance: random.Random, environment: dict[str, str]) -> str:
        build = bench.start(environment)
        build.wait(chance.uniform(0.4, bench.seconds))
        with contextlib.suppress(psutil.Error):
            children = psutil.Process(build.process.pid).children(recursive=True)
            found = [child for child in children if name in " ".join(child.cmdline())]
            # Kernels are children of the fork server, under its name.
            server = min(found, key=lambda child: child.create_time(), default=None)
            kernels = [child for child in found if child != server]
            victim = chance.choice(kernels) if kernels and chance.random() < 0.7 else server
            if victim is not None:
                victim.kill()
        code, said = build.end()
        assert code in (0, 1), (code, said)
        return said

    return disturb


def _spoiled(line: str, says: str, **parameters: int) -> Callable[[Bench, random.Random, dict[str, str]], str]:
    """Make a random cell misbehave."""

    def disturb(bench: Bench, chance: random.Random, environment: dict[str, str]) -> str:
        bench.spoil(chance, line)
        path = bench.workspace / "parameters" / f"{YEAR}.yml"
        with path.open("a", encoding="utf-8") as file:
            file.writelines(f"{key}: {value}\n" for key, value in parameters.items())
        options = ("--fresh-kernels",) if chance.random() < 0.2 else ()
        code, said = bench.start(environment, *options).end()
        assert code == 1, said
        assert says in said and "code cell" in said and line in said and f"year={YEAR}" in said, said
        assert _report(bench.workspace) == bench.earlier
        return said

    return disturb


def _full_disk(bench: Bench, chance: random.Random, environment: dict[str, str]) -> str:
    size = chance.choice([0, 100, 5_000, 40_000, 150_000, 400_000])

    def limit() -> None:
        signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
        resource.setrlimit(resource.RLIMIT_FSIZE, (size, size))

    code, said = bench.start(environment, limit=limit).end()
    assert code == 1, said
    assert _report(bench.workspace) == bench.earlier
    return said


def _no_store(bench: Bench, chance: random.Random, environment: dict[str, str]) -> str:
    """Put a file where the store should be: it can neither be read nor written."""
    shutil.rmtree(bench.workspace / ".voortgang")
    (bench.workspace / ".voortgang").mkdir()
    (bench.workspace / ".voortgang" / "store").write_text("", encoding="utf-8")
    code, said = bench.start(environment).end()
    assert code == 0 and "Nothing is kept" in said, said
    return said


def _damaged_store(bench: Bench, chance: random.Random, environment: dict[str, str]) -> str:
    """Change a byte in half of what is kept, or cut it off."""
    entries = [path for path in (bench.workspace / ".voortgang" / "store").rglob("*") if path.is_file()]
    for path in chance.sample(entries, len(entries) // 2):
        content = bytearray(path.read_bytes())
        place = chance.randrange(len(content))
        if chance.random() < 0.5:
            del content[place:]
        else:
            content[place] ^= 0xFF
        path.write_bytes(content)
    done = subprocess.run(
        [program(), "build", str(YEAR)], cwd=bench.workspace, env=environment, capture_output=True, text=True
    )
    assert done.returncode == 0, done.stderr
    assert _report(bench.workspace) == bench.expected
    return done.stderr


def _two_at_once(bench: Bench, chance: random.Random, environment: dict[str, str]) -> str:
    first = bench.start(environment)
    first.wait(chance.uniform(0, bench.seconds))
    second = bench.start(environment)
    ends = [first.end(), second.end()]
    assert [code for code, _ in ends] == [0, 0], ends
    return ends[0][1] + ends[1][1]


FAULTS: dict[str, Callable[[Bench, random.Random, dict[str, str]], str]] = {
    "build killed": _signalled(signal.SIGKILL, -signal.SIGKILL),
    "Ctrl-C": _signalled(signal.SIGINT, 130),
    "build terminated": _signalled(signal.SIGTERM, 130),
    "kernel or fork server killed": _child_killed("forkserver"),
    "cell raises": _spoiled("1 / 0", "ZeroDivisionError"),
    "kernel ends itself": _spoiled("import os; os._exit(3)", "the kernel died"),
    "kernel runs out of memory": _spoiled("x = bytearray(10**15)", "MemoryError"),
    "cell never ends": _spoiled("while True: pass", "longer than 20 seconds", cell_timeout=20),
    "notebook never ends": _spoiled("import time; time.sleep(99)", "longer than 30 seconds", notebook_timeout=30),
    "full disk": _full_disk,
    "store cannot be used": _no_store,
    "damaged store": _damaged_store,
    "two builds at once": _two_at_once,
}
