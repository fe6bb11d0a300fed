"""A command ends soon after it is asked to, whatever it is doing."""

from __future__ import annotations

import signal
import subprocess
import sys
from functools import partial

import psutil
import pytest

from voortgang.cli.stopping import ending_promptly

BUSY = """
import subprocess, sys, time
from concurrent.futures import ThreadPoolExecutor
import click
from voortgang.cli.command import main, reporting

@main.command()
@reporting
def busy(settings):
    child = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(600)"])
    with ThreadPoolExecutor() as threads:  # what it does cannot be stopped, and Python waits for it
        waiting = threads.submit(child.wait)
        print(child.pid, flush=True)
        waiting.result()

main(["busy"])
"""


@pytest.mark.parametrize(
    "number", [getattr(signal, name) for name in ("SIGINT", "SIGTERM", "SIGHUP") if hasattr(signal, name)]
)
def test_a_command_that_waits_for_its_threads_ends_without_them(number: signal.Signals) -> None:
    # The tests themselves may run under nohup, or after a command that ended while it ignored signals.
    process = subprocess.Popen(
        [sys.executable, "-c", BUSY],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        preexec_fn=partial(signal.signal, number, signal.SIG_DFL),
    )
    assert process.stdout is not None
    child = psutil.Process(int(process.stdout.readline()))
    process.send_signal(number)
    process.send_signal(number)
    _, said = process.communicate(timeout=300)
    assert process.returncode == 130 and "Traceback" not in said
    child.wait(300)  # by itself it takes ten minutes


@pytest.mark.skipif(not hasattr(signal, "SIGHUP"), reason="no terminals there")
def test_a_terminal_that_hangs_up_stops_nothing_under_nohup() -> None:
    before = signal.signal(signal.SIGHUP, signal.SIG_IGN)
    try:
        with ending_promptly():
            assert signal.getsignal(signal.SIGHUP) == signal.SIG_IGN
            assert signal.getsignal(signal.SIGTERM) != signal.SIG_DFL
    finally:
        signal.signal(signal.SIGHUP, before)


def test_signals_are_as_they_were_after_a_command() -> None:
    before = [signal.getsignal(number) for number in (signal.SIGINT, signal.SIGTERM)]
    with ending_promptly():
        assert signal.getsignal(signal.SIGTERM) != before[1]
    assert [signal.getsignal(number) for number in (signal.SIGINT, signal.SIGTERM)] == before


EARLY = """
import sys

class Pressed:
    def find_spec(self, name, *_):
        if name == sys.argv[1]:
            raise KeyboardInterrupt

sys.meta_path.insert(0, Pressed())
import voortgang.cli
"""


@pytest.mark.parametrize("module", ["voortgang.cli.checking", "voortgang.cli.start", "click", "voortgang.errors"])
def test_ctrl_c_before_a_command_begins_is_no_traceback(module: str) -> None:
    done = subprocess.run([sys.executable, "-c", EARLY, module], capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout, done.stderr) == (130, "", "")
