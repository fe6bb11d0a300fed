"""A forked kernel gives what a new Python gives, and takes with it what its notebook started."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import nbformat
import psutil
import pytest

from voortgang.errors import NotebookError
from voortgang.run import fork_server
from voortgang.run.execute import Executed
from voortgang.run.kernel_pool import KernelPool, started_by

pytestmark = pytest.mark.skipif(not fork_server.can_fork(), reason="kernels are forked on Linux only")

ZOO = {
    "plain figure": "import matplotlib.pyplot as plt\nplt.plot([1, 3, 2]);",
    "figure of pandas": "import pandas as pd\npd.Series([1, 2]).plot();",
    "figure without pyplot": (
        "from matplotlib.figure import Figure\nchart = Figure()\nchart.add_subplot().plot([1, 2])\nchart"
    ),
    "backend": "import matplotlib\nprint(matplotlib.get_backend())",
    "settings of charts": "print(sorted((k, str(v)) for k, v in matplotlib.rcParams.items()))",
    "fonts": (
        "from matplotlib import font_manager as f\n"
        "print(f.findfont('Source Sans Pro')[-30:], len(f.fontManager.ttflist))"
    ),
    "pool": "import multiprocessing as m\nwith m.Pool(2) as pool: print(pool.map(abs, [-1, -2]))",
    "own function in a pool": "def half(x): return x / 2\nwith m.Pool(2) as pool: print(pool.map(half, [4, 6]))",
    "process": "p = m.Process(target=print); p.start(); p.join(); print(p.exitcode, p.name)",
    "queue": "q = m.Queue(); q.put(3); print(q.get(timeout=20))",
    "shared memory": "a = m.Array('i', 3); a[0] = 7; print(a[:])",
    "who multiprocessing is": (
        "c = m.current_process(); print(c.name, c.daemon, m.parent_process(), m.active_children())"
    ),
    "how it starts": "print(m.get_start_method())",
    "pool of threads": "from multiprocessing.pool import ThreadPool\nprint(ThreadPool(2).map(str, [1, 2]))",
    "executor of processes": (
        "from concurrent.futures import ProcessPoolExecutor as P\nwith P(1) as p: print(p.submit(abs, -3).result())"
    ),
    "progress bar": "from tqdm import tqdm\nprint(sum(tqdm(range(3), disable=True)))",
    "subprocess": "import subprocess\nprint(subprocess.run(['echo', 'a'], capture_output=True, text=True))",
    "shell": "!echo uit de schil",
    "capturing shell": "lines = !echo een; echo twee\nlines",
    "signals": "import signal\nprint(signal.getsignal(signal.SIGINT), signal.getsignal(signal.SIGTERM))",
    "signals of a child": (
        "print(subprocess.run(['sh', '-c', 'kill -INT $$; echo alive'], capture_output=True).returncode)"
    ),
    "hash": "print(hash('tekst'), {'b', 'a', 'c'})",
    "chance": "import random, numpy as np\nprint(random.random(), np.random.random())",
    "locale": "import locale, time\nprint(locale.setlocale(locale.LC_ALL), time.tzname)",
    "folder": "import os\nprint(os.path.basename(os.getcwd()))",
    "arguments": "import sys\nprint(os.path.basename(sys.argv[0]), sys.argv[1], sys.flags)",
    "input": "print(sys.stdin.isatty() if sys.stdin else None)",
    "warning": "import warnings\nwarnings.warn('let op')",
    "filters of warnings": "print(*sorted(map(str, warnings.filters)), sep='\\n')",
    "deprecation": "warnings.warn('oud', DeprecationWarning)",
    "logging": (
        "import logging\nlogging.warning('let op'); print(logging.getLogger().handlers, logging.getLogger().level)"
    ),
    "standard error": "print('fout', file=sys.stderr)",
    "written by a program": "os.system('echo direct')",
    "display": "from IPython.display import HTML, display\ndisplay(HTML('<b>x</b>'))",
    "table": "pd.DataFrame({'a': [1, 2]})",
    "precision": "import decimal\nprint(decimal.getcontext(), np.get_printoptions()['precision'])",
    "async": "import asyncio\nawait asyncio.sleep(0)\nprint('klaar')",
    "threads": "import threading\nt = threading.Thread(target=print, args=['in een draad']); t.start(); t.join()",
    "limits": "import resource\nprint(resource.getrlimit(resource.RLIMIT_NOFILE), os.umask(0o22))",
    "modules of the workspace": "print('voortgang.notebook' in sys.modules, '' in sys.path, sys.path[-1][-13:])",
    "magic": "%matplotlib inline\nplt.plot([2, 1]);",
}


def test_forked_and_new_kernels_give_the_same_outputs(run_cells: Callable[..., Executed]) -> None:
    forked, new = (_outputs(run_cells(*ZOO.values(), warm=warm)) for warm in (True, False))
    others = {name: (forked[name], new[name]) for name in ZOO if forked[name] != new[name]}
    assert not others, (sorted(others), str(next(iter(others.values())))[:2000])
    for name in ("plain figure", "figure of pandas", "figure without pyplot", "magic"):
        assert "image/png" in str(new[name]) or "image/svg+xml" in str(new[name]), name


def _outputs(executed: Executed) -> dict[str, list[object]]:
    cells = [
        each for each in nbformat.reads(executed.notebook.decode(), as_version=4).cells if each.source in ZOO.values()
    ]
    return dict(zip(ZOO, ([dict(output) for output in cell.outputs] for cell in cells), strict=True))


DETACHED = "import subprocess\nchild = subprocess.Popen(['sleep', '98765'], start_new_session=True)"
DAEMON = """
import os, time
if os.fork() == 0:
    os.setsid()
    if os.fork() == 0:
        open({name!r}, 'w').write(str(os.getpid()))
        time.sleep(98765)
    os._exit(0)
while not (os.path.exists({name!r}) and open({name!r}).read()): time.sleep(0.01)
"""


@pytest.mark.sampled(2)
@pytest.mark.parametrize("warm", [True, False])
@pytest.mark.parametrize("fails", [False, True])
def test_what_a_notebook_starts_ends_with_it(
    run_cells: Callable[..., Executed], tmp_path: Path, warm: bool, fails: bool
) -> None:
    pids = [tmp_path / "detached", tmp_path / "daemon"]
    cells = (
        f"{DETACHED}\nopen({str(pids[0])!r}, 'w').write(str(child.pid))",
        DAEMON.format(name=str(pids[1])),
        "1 / 0" if fails else "1",
    )
    try:
        run_cells(*cells, warm=warm, inputs=[str(tmp_path)])
    except NotebookError as error:
        assert fails and "ZeroDivisionError" in str(error)
    for path in pids:
        _wait_until_gone(int(path.read_text()))


def _wait_until_gone(pid: int) -> None:
    deadline = time.monotonic() + 10
    while time.monotonic() < deadline:
        try:
            if psutil.Process(pid).status() == psutil.STATUS_ZOMBIE:
                return
        except psutil.Error:
            return
        time.sleep(0.05)
    raise AssertionError(f"{psutil.Process(pid)} still runs")


def test_a_pool_that_ended_starts_nothing_and_the_next_one_does(run_cells: Callable[..., Executed]) -> None:
    ended = KernelPool()
    ended.end()
    with pytest.raises(NotebookError):
        run_cells("1", pool=ended)
    assert not ended.live
    assert run_cells("1").notebook


def test_a_kernel_that_has_no_group_of_its_own_yet_is_ended() -> None:
    ended = KernelPool()
    ended.end()
    with subprocess.Popen([sys.executable, "-c", "import time; time.sleep(600)"]) as just_forked:
        ended.lend(just_forked.pid, "nobody has this in its environment")
        try:
            assert just_forked.wait(timeout=60) == -signal.SIGKILL
        finally:
            just_forked.kill()


def test_starting_kernels_leaves_the_environment_as_it_is(monkeypatch: pytest.MonkeyPatch) -> None:
    """A program that starts while another thread changes it ends with "Bad address", now and then."""
    monkeypatch.setenv("TZ", "Europe/Amsterdam")
    before, changed = dict(os.environ), list[str]()
    monkeypatch.setattr(os, "putenv", lambda name, value: changed.append(os.fsdecode(name)))
    monkeypatch.setattr(os, "unsetenv", lambda name: changed.append(os.fsdecode(name)))
    fork_server.end()
    fork_server.start()
    assert not changed and dict(os.environ) == before


def test_the_process_that_kernels_come_from_has_their_environment_also_when_it_begins_again(
    run_cells: Callable[..., Executed], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Without it a set has another order in each kernel. Multiprocessing starts it anew itself when it has ended."""
    cell = "print(hash('a'), open('/proc/self/environ').read().count('PYTHONHASHSEED=0'))"
    said = []
    for _ in range(2):
        done = nbformat.reads(run_cells("import os", cell).notebook.decode(), 4)
        said.append(done.cells[-1].outputs[0].text)
        fork_server.end()
        monkeypatch.setattr(KernelPool, "prepare", lambda self: None)
    assert said[0] == said[1] and said[0].endswith(" 1\n")


@pytest.mark.parametrize("warm", [True, False])
def test_settings_of_the_computer_and_of_the_user_reach_no_kernel(
    warm: bool, tmp_path: Path, run_cells: Callable[..., Executed], monkeypatch: pytest.MonkeyPatch
) -> None:
    """JupyterHub has them in /etc/ipython, and a user in a file that PYTHONSTARTUP names."""
    own = tmp_path / "begin.py"
    own.write_text("year = 1999\nprint('begin')\n", encoding="utf-8")
    monkeypatch.setenv("PYTHONSTARTUP", str(own))
    monkeypatch.setenv("IPYTHONDIR", str(tmp_path))
    settings = tmp_path / "profile_default" / "ipython_config.py"
    settings.parent.mkdir()
    settings.write_text("c.InteractiveShell.ast_node_interactivity = 'all'\n", encoding="utf-8")
    cells = (
        "print(get_ipython().kernel.parent.loaded_config_files)",
        "from IPython.core import application\nprint([*application.ENV_CONFIG_DIRS, *application.SYSTEM_CONFIG_DIRS])",
        "print(year)\n1\n2",
    )
    done = nbformat.reads(run_cells(*cells, warm=warm).notebook.decode(), 4)
    files, places, shown = (cell.outputs for cell in done.cells[-3:])
    assert files[0].text == places[0].text == "[]\n"
    assert [shown[0].text, *(each.data["text/plain"] for each in shown[1:])] == ["2021\n", "2"]


def test_what_others_started_is_not_ended(tmp_path: Path) -> None:
    assert started_by(2**22 + 1, str(tmp_path / "nobody has this in its environment")) == []


def test_a_forked_kernel_shares_no_open_file_with_others(run_cells: Callable[..., Executed]) -> None:
    """Two that read on from one place each get half: letters were drawn wrong, or not at all, now and then."""
    done = nbformat.reads(run_cells("import psutil\nprint(psutil.Process().open_files())").notebook.decode(), 4)
    assert done.cells[-1].outputs[0].text == "[]\n"
