"""Start a kernel that no settings reach but its own: those of a computer, as JupyterHub has, would change results."""

from __future__ import annotations

from voortgang.run.signals import hear_signals

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


def launch() -> None:
    """Be a kernel."""
    import runpy

    forget_others()
    hear_signals()
    runpy.run_module("ipykernel_launcher", run_name="__main__", alter_sys=True)
