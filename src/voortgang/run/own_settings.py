"""Start a kernel that no settings reach but its own: those of a computer, as JupyterHub has, would change results."""

from __future__ import annotations

import signal

PROGRAM = (
    # What lies beside the notebook is looked at once the kernel is there, as the launcher itself does.
    "import sys; sys.path[:] = [each for each in sys.path if each]; "
    "from voortgang.run.own_settings import launch; launch()"
)
"""What Python is asked to run."""


def forget_others() -> None:
    """Let IPython read no settings, and run no start-up files, of this computer or environment."""
    from IPython.core import application

    for places in (application.ENV_CONFIG_DIRS, application.SYSTEM_CONFIG_DIRS):
        places.clear()


def hear_signals() -> None:
    """Hear what a process is told by default, also where whoever started it ignores that, as some schedulers do.

    Where SIGCHLD is ignored, nobody learns how a program ended, and Python takes it that all went well. Where SIGTERM
    is, a pool of processes never ends.
    """
    for name in ("SIGCHLD", "SIGTERM"):
        number = getattr(signal, name, None)  # Windows has no children in this sense
        if number is not None and signal.getsignal(number) == signal.SIG_IGN:
            signal.signal(number, signal.SIG_DFL)


def launch() -> None:
    """Be a kernel."""
    import runpy

    forget_others()
    hear_signals()
    runpy.run_module("ipykernel_launcher", run_name="__main__", alter_sys=True)
