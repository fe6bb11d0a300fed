"""Whatever is raised ends as one message and an exit code; one step that fails takes no other with it."""

from __future__ import annotations

import errno
import os
import pickle
import shutil
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import click
import pytest
from click.testing import CliRunner
from conftest import REPOSITORY
from test_odd_machines import small_workspace

from voortgang.build import pipeline, years
from voortgang.build.options import Options
from voortgang.build.progress import Timings
from voortgang.check.findings import CheckError, finding
from voortgang.cli.command import main, reporting
from voortgang.cli.stopping import _SIGNALS
from voortgang.errors import BuildError, Fault, TemplateError, VoortgangError, understood
from voortgang.workspace.paths import Workspace, disk_error

PROGRAM = str(Path(sys.executable).with_name("voortgang"))


@pytest.fixture(autouse=True)
def signals_as_they_were() -> Iterator[None]:
    """A command that ends ignores signals, and here its process goes on with the tests of other files."""
    before = {number: signal.getsignal(number) for number in _SIGNALS}
    yield
    for number, handler in before.items():
        signal.signal(number, handler)


def _ended(error: BaseException, *options: str) -> tuple[int, str]:
    @reporting
    def fail(*_: object) -> None:
        raise error

    main.add_command(click.command("fail")(fail))
    try:
        done = CliRunner().invoke(main, [*options, "fail"], prog_name="voortgang")
    finally:
        main.commands.pop("fail")
    return done.exit_code, done.output


@pytest.mark.parametrize("error", [TypeError("unhashable\nmore"), RecursionError(), KeyError("x"), AssertionError()])
def test_what_nobody_foresaw_is_said_to_be_a_fault_of_voortgang(error: Exception) -> None:
    code, said = _ended(error)
    assert code == 70 and "Traceback" not in said
    for part in ("fault of voortgang", type(error).__name__, "where:", "voortgang fail", "--debug", "doctor"):
        assert part in said, said
    code, said = _ended(error, "--debug")
    assert code == 70 and "Traceback" in said and "fault of voortgang" in said


@pytest.mark.parametrize(
    ("error", "part"),
    [
        (MemoryError(), "--jobs 1"),
        (OSError(errno.EMFILE, "Too many open files"), "ulimit -n"),
        (OSError(errno.ENOSPC, "No space left on device"), "No space left on device"),
        (PermissionError(errno.EACCES, "Permission denied", "/x/y"), "/x/y"),
        (TemplateError("Wrong.", "hier", "a", "b"), "hier"),
        (shutil.Error([("a", "/tmp/vol", "[Errno 28] No space left on device: 'b'")]), "/tmp/vol"),
    ],
)
def test_what_a_person_can_mend_is_no_fault(error: Exception, part: str) -> None:
    code, said = _ended(error)
    assert code == 1 and part in said and "fault of voortgang" not in said and "Traceback" not in said


def test_what_click_says_itself_stays_as_it_is() -> None:
    assert _ended(click.UsageError("no such thing"))[0] == 2
    assert _ended(click.exceptions.Exit(3))[0] == 3


def test_a_fault_among_other_errors_decides_the_exit_code() -> None:
    fault = understood(ZeroDivisionError("division by zero"), "the report on 2021")
    assert isinstance(fault, Fault)
    both = BuildError([TemplateError("Wrong.", "hier", "a", "b"), fault])
    assert both.exit_code == 70 and BuildError([VoortgangError("a", "b", "c", "d")]).exit_code == 1
    sent = pickle.loads(pickle.dumps(both))
    assert sent.exit_code == 70 and str(sent) == str(both)


def test_every_part_of_an_error_has_its_own_place() -> None:
    findings = tuple(finding("data/x.csv", row, "a", "", "not_number") for row in (2, 3))
    whole = BuildError([CheckError(findings), TemplateError("Wrong.", "hier", "a", "b")])
    assert [part.where for part in whole.parts] == [
        "data/x.csv, row 2, column a",
        "data/x.csv, row 3, column a",
        "hier",
    ]


def test_too_few_files_is_not_said_of_a_full_disk(tmp_path: Path) -> None:
    error = disk_error(OSError(errno.EMFILE, "Too many open files"), Workspace(tmp_path))
    assert "ulimit" in error.mend


def test_a_fault_in_one_year_leaves_the_other_years(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    made = pipeline.write_sources

    def fail(planned: pipeline.Plan, *others: object) -> object:
        if planned.year == 2021:
            raise TypeError("unsupported operand")
        return made(planned, *others)

    monkeypatch.setattr(pipeline, "write_sources", fail)
    workspace = Workspace(small_workspace(tmp_path / "deal"))
    with pytest.raises(Fault) as caught:
        years.build(workspace, [2020, 2021], Options("builtin", 1, fresh_kernels=True), lambda _: None, Timings())
    assert "the report on 2021" in caught.value.where and "build/pipeline.py" in caught.value.where
    assert (workspace.report(2020) / "manifest.json").is_file() and not workspace.report(2021).exists()


@pytest.mark.parametrize(
    ("module", "says"),
    [("json.py", "another json than"), ("calendar/__init__.py", "another calendar"), ("click.py", "could not begin")],
)
def test_a_module_in_the_place_of_another_is_one_message(tmp_path: Path, module: str, says: str) -> None:
    (tmp_path / module).parent.mkdir(exist_ok=True)
    (tmp_path / module).write_text("raise RuntimeError('schaduw')", encoding="utf-8")
    environment = os.environ | {"PYTHONPATH": str(tmp_path)}
    done = subprocess.run([PROGRAM, "doctor"], env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == 1 and says in done.stderr and str(tmp_path) in done.stderr
    assert "Traceback" not in done.stderr and done.stderr.count("mend:") == 1


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="Linux")
@pytest.mark.parametrize(
    ("redirection", "code", "said"),
    [("> /dev/full", 1, "No space left on device"), (">&-", 1, "Standard output is closed"), ("| true", 0, "")],
)
def test_output_that_goes_nowhere(redirection: str, code: int, said: str) -> None:
    command = f"{PROGRAM} datapackage --docs {redirection}"
    for unbuffered in ("", "1"):
        environment = os.environ | {"PYTHONUNBUFFERED": unbuffered}
        done = subprocess.run(["sh", "-c", command], env=environment, capture_output=True, text=True, check=False)
        _require_said(done, code, said)


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="Linux")
@pytest.mark.parametrize("redirection", ["2>/dev/full", "2>&-"])
def test_an_error_that_nobody_can_read_is_still_an_exit_code(redirection: str) -> None:
    done = subprocess.run(
        ["sh", "-c", f"{PROGRAM} --workspace /weg datapackage {redirection}"], capture_output=True, check=False
    )
    assert done.returncode == 1 and not done.stderr and not done.stdout


@pytest.mark.skipif(sys.platform == "win32", reason="a shell that closes streams")
@pytest.mark.parametrize(
    ("command", "code", "said"),
    [
        ("tables repair begroting.csv", 0, "Nothing was written. Add --yes"),
        ("init nieuw", 1, ""),
        ("verify weg.zip", 1, ""),
    ],
)
def test_a_command_without_input_and_messages_goes_on(command: str, code: int, said: str, tmp_path: Path) -> None:
    """Python has no stream at all where the shell closed one: whoever asked whether it is a terminal stumbled."""
    (tmp_path / "begroting.csv").write_bytes((REPOSITORY / "data" / "begroting.csv").read_bytes().replace(b",", b";"))
    for closed in ("<&-", "<&- 2>&-", "2>&-"):
        shell = ["sh", "-c", f"{PROGRAM} {command} {closed}"]
        done = subprocess.run(shell, cwd=tmp_path, capture_output=True, text=True, check=False)
        assert (done.returncode, "fault of voortgang" in done.stderr) == (code, False), done.stderr
        assert said in done.stdout


def _require_said(done: subprocess.CompletedProcess[str], code: int, said: str) -> None:
    assert done.returncode == code and said in done.stderr
    if said:
        assert done.stderr.lower().count("standard output") == 1 and ".py" not in done.stderr
    assert "Traceback" not in done.stderr and "Exception ignored" not in done.stderr
    assert done.stderr.count("Error: ") == (1 if said else 0)
