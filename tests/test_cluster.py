"""Many workspaces are built at once, on this computer or a Dask cluster, whatever dies on the way."""

from __future__ import annotations

import json
import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path

import psutil
import pytest
from conftest import REPOSITORY, run
from test_odd_machines import add_second_notebook, small_workspace

YEARS = ("2020", "2021")
NAMES = ("aa", "bb", "cc", "dd")
DASK = Path(sys.executable).with_name("dask")


@pytest.fixture(scope="module")
def expected(tmp_path_factory: pytest.TempPathFactory) -> dict[str, dict[str, bytes]]:
    """What a build of each workspace alone gives, by name of the workspace."""
    folder = tmp_path_factory.mktemp("alone")
    found = {}
    for name in NAMES[:2]:
        workspace = _made(folder / name)
        assert run("build", *YEARS, cwd=workspace).code == 0
        found[name] = _reports(workspace)
    assert found["aa"] != found["bb"]
    return found


@pytest.fixture
def deals(tmp_path: Path) -> Path:
    """A folder with four workspaces, two by two the same, and a list of them."""
    for name in NAMES:
        _made(tmp_path / "deals" / name)
    (tmp_path / "deals" / "lijst.txt").write_text("# deals\n" + "\n".join(NAMES) + "\n", encoding="utf-8")
    return tmp_path / "deals"


def _made(folder: Path) -> Path:
    add_second_notebook(small_workspace(folder))
    if folder.name in NAMES[1::2]:
        deal = folder / "data" / "deal.yml"
        deal.write_text(deal.read_text(encoding="utf-8").replace("name: Regio Deal", "name: Tweede Deal", 1))
    return folder


def _reports(workspace: Path) -> dict[str, bytes]:
    """Return every file of the reports but the manifests, which say when each was made."""
    return {
        path.relative_to(workspace).as_posix(): path.read_bytes()
        for year in YEARS
        for path in sorted((workspace / "reports" / year).rglob("*"))
        if path.is_file() and path.name != "manifest.json"
    }


def _require_as_alone(deals: Path, expected: dict[str, dict[str, bytes]]) -> None:
    for number, name in enumerate(NAMES):
        found, alone = _reports(deals / name), expected[NAMES[number % 2]]
        assert found.keys() == alone.keys()
        assert [each for each in found if found[each] != alone[each]] == []


def _build(deals: Path, *options: str, years: Sequence[str] = YEARS) -> tuple[int, str, str]:
    done = run("build", *years, "--all-workspaces", "lijst.txt", *options, cwd=deals)
    return done.code, done.out, done.err


@pytest.mark.long
def test_processes_of_this_computer_give_what_builds_one_by_one_give(
    deals: Path, expected: dict[str, dict[str, bytes]]
) -> None:
    code, out, err = _build(deals)
    assert code == 0, err
    assert sorted(re.findall(r"^(\w\w): made 2020, 2021", out, re.MULTILINE)) == list(NAMES)
    _require_as_alone(deals, expected)
    code, out, _ = _build(deals)
    assert code == 0 and out.count("nothing has changed for 2020, 2021") == 4
    assert "Nothing has changed for 2020, 2021." in run("build", *YEARS, cwd=deals / "aa").out
    manifest = json.loads((deals / "aa" / "reports" / "2021" / "manifest.json").read_text(encoding="utf-8"))
    assert manifest["commit"] is None and manifest["outputs"]


def test_a_broken_workspace_is_named_and_the_others_go_on(deals: Path) -> None:
    with (deals / "lijst.txt").open("a", encoding="utf-8") as file:
        file.write("nergens\n")
    table = deals / "bb" / "data" / "begroting.csv"
    table.write_text(table.read_text(encoding="utf-8").replace(",500000,", ",veel,", 1), encoding="utf-8")
    notebook = deals / "cc" / "notebooks" / "klein.ipynb"
    notebook.write_text(notebook.read_text(encoding="utf-8").replace("vg.load(", "vg.laad(", 1), encoding="utf-8")
    shutil.rmtree(deals / "dd" / "parameters")
    code, out, err = _build(deals, years=("2021",))
    assert code == 1 and "Traceback" not in err
    assert "aa: made 2021" in out
    assert "nergens: This folder is not a workspace" in err
    assert re.search(r"bb: .*\n?.*data/begroting.csv, row \d+, column bedrag", err, re.DOTALL)
    assert "The notebook klein failed for 2021" in err and "no attribute 'laad'" in err
    assert "There are no parameters for 2021" in err
    assert "4 of 5 workspaces failed; the others are finished." in err
    assert not (deals / "bb" / "reports" / "2021").exists()


def test_what_cannot_be_is_refused(deals: Path) -> None:
    for options, says in (
        (("--dry-run",), "--dry-run is about one workspace"),
        (("--scheduler", "tcp://127.0.0.1:1"), "No scheduler answers"),
        (("--store", "s4://niets"), "The store of results cannot be opened"),
    ):
        code, _, err = _build(deals, *options)
        assert code == 1 and says in err and "Traceback" not in err and "mend:" in err, err
        assert not (deals / "aa" / "reports" / "2021").exists()


class Cluster:
    """A Dask scheduler and workers, each a process of its own."""

    def __init__(self, folder: Path) -> None:
        self.folder, self.processes = folder, list[subprocess.Popen[bytes]]()
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            self.address = f"tcp://127.0.0.1:{free.getsockname()[1]}"
        port = self.address.rpartition(":")[2]
        self.scheduler = self._start("scheduler", "--host", "127.0.0.1", "--port", port, "--no-dashboard")
        self.workers = list[subprocess.Popen[bytes]]()

    def add_worker(self, *options: str, **environment: str) -> None:
        """Start a worker that does one task at a time."""
        common = (self.address, "--nthreads", "1", "--no-dashboard", "--local-directory", str(self.folder))
        self.workers.append(self._start("worker", *common, *options, **environment))

    def _start(self, *command: str, **environment: str) -> subprocess.Popen[bytes]:
        log = (self.folder / "dask.log").open("ab")
        process = subprocess.Popen([DASK, *command], stdout=log, stderr=log, env=os.environ | environment)
        self.processes.append(process)
        return process

    def end(self) -> None:
        """End everything."""
        for process in reversed(self.processes):
            with suppress(psutil.NoSuchProcess):
                for each in [*psutil.Process(process.pid).children(recursive=True), process]:
                    each.kill()
            process.wait()


@pytest.fixture
def cluster(tmp_path: Path) -> Iterator[Cluster]:
    made = Cluster(tmp_path)
    yield made
    made.end()


@contextmanager
def _building(deals: Path, *options: str) -> Iterator[subprocess.Popen[str]]:
    program = Path(sys.executable).with_name("voortgang")
    command = [program, "build", *YEARS, "--all-workspaces", "lijst.txt", "--json", *options]
    process = subprocess.Popen(command, cwd=deals, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    try:
        yield process
    finally:
        process.kill()
        process.communicate()


def _events(process: subprocess.Popen[str], what: str) -> Iterator[dict[str, object]]:
    assert process.stdout is not None
    for line in process.stdout:
        event = json.loads(line)
        if event["what"] == what:
            yield event


@pytest.mark.long
def test_workers_that_are_killed_cost_only_their_tasks(
    deals: Path, cluster: Cluster, expected: dict[str, dict[str, bytes]]
) -> None:
    """One dies with its nanny, one dies and is started again by its nanny, and one joins half way."""
    cluster.add_worker("--no-nanny")
    cluster.add_worker()
    with _building(deals, "--scheduler", cluster.address) as process:
        events = _events(process, "notebook")
        next(events)
        (victim,) = psutil.Process(cluster.workers[1].pid).children()[-1:]
        victim.send_signal(signal.SIGKILL)
        cluster.add_worker()
        next(events)
        cluster.workers[0].kill()
        seen = 2 + sum(1 for _ in events)
        assert process.wait(600) == 0, process.stderr.read() if process.stderr else ""
    # Each notebook of each report is told once, also when its first worker died.
    assert seen == 2 * len(NAMES) * len(YEARS)
    _require_as_alone(deals, expected)
    assert "Registered to" in (cluster.folder / "dask.log").read_text(encoding="utf-8")


@pytest.mark.long
def test_a_build_goes_on_where_a_stopped_scheduler_left_it(
    deals: Path, cluster: Cluster, expected: dict[str, dict[str, bytes]]
) -> None:
    cluster.add_worker()
    with _building(deals, "--scheduler", cluster.address) as process:
        events = _events(process, "notebook")
        for _ in range(5):
            next(events)
        cluster.scheduler.send_signal(signal.SIGKILL)
        assert process.wait(600) == 1
        err = process.stderr.read() if process.stderr else ""
    assert "The scheduler has gone" in err and "Traceback" not in err, err
    with _building(deals) as process:
        origins = [event["origin"] for event in _events(process, "notebook")]
        assert process.wait(600) == 0
    assert origins.count("store") >= 3
    _require_as_alone(deals, expected)


def test_a_worker_with_other_versions_is_refused(deals: Path, cluster: Cluster, tmp_path: Path) -> None:
    package = tmp_path / "elders" / "kleinigheid-1.0.dist-info"
    package.mkdir(parents=True)
    (package / "METADATA").write_text("Metadata-Version: 2.1\nName: kleinigheid\nVersion: 1.0\n", encoding="utf-8")
    cluster.add_worker("--no-nanny", PYTHONPATH=str(package.parent))
    code, _, err = _build(deals, "--scheduler", cluster.address)
    assert code == 1 and "A worker has other versions than this computer" in err
    assert "kleinigheid 1.0, here absent" in err and "Traceback" not in err


@pytest.fixture
def s3(tmp_path: Path) -> Iterator[None]:
    """An S3-compatible store on this computer, and the environment that reaches it."""
    program = REPOSITORY / "node_modules" / ".bin" / "s3rver"
    if not program.exists():
        if os.environ.get("CI"):
            pytest.fail("s3rver is not installed; 'make test' installs it where npm is")
        pytest.skip("s3rver is not installed")
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    (tmp_path / "s3").mkdir()
    command = [program, "-d", tmp_path / "s3", "-a", "127.0.0.1", "-p", str(port), "--configure-bucket", "voortgang"]
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    deadline = time.monotonic() + 180
    while time.monotonic() < deadline:
        with socket.socket() as test:
            if test.connect_ex(("127.0.0.1", port)) == 0:
                break
        time.sleep(0.1)
    settings = {
        "AWS_ACCESS_KEY_ID": "S3RVER",
        "AWS_SECRET_ACCESS_KEY": "S3RVER",
        "AWS_ENDPOINT_URL": f"http://127.0.0.1:{port}",
        "AWS_ALLOW_HTTP": "true",
        "AWS_REGION": "us-east-1",
    }
    with pytest.MonkeyPatch.context() as patch:
        for name, value in settings.items():
            patch.setenv(name, value)
        yield
    process.kill()
    process.wait()


@pytest.mark.long
def test_results_are_kept_in_an_s3_compatible_store(
    deals: Path, cluster: Cluster, s3: None, expected: dict[str, dict[str, bytes]], tmp_path: Path
) -> None:
    cluster.add_worker()
    code, _, err = _build(deals, "--scheduler", cluster.address, "--store", "s3://voortgang/deals")
    assert code == 0, err
    _require_as_alone(deals, expected)
    kept = {path.relative_to(tmp_path / "s3").parts[2] for path in (tmp_path / "s3").rglob("*_object")}
    assert {"notebooks", "documents", "reads"} <= kept and not kept & {"snapshots", "packed"}
    code, _, err = _build(deals, "--store", "s3://bestaat-niet/deals")
    assert code == 0, err  # nothing has changed, so nothing is asked
    shutil.rmtree(deals / "aa" / "reports")
    code, _, err = _build(deals, "--store", "s3://bestaat-niet/deals")
    assert code == 1 and "The store of results does not answer" in err and "Traceback" not in err
