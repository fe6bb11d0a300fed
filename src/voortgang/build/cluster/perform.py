"""What a worker does: one notebook, or one report from notebooks that are ready.

A worker needs the engine and the store, and nothing else: the workspace comes to it as an archive in the store.
"""

from __future__ import annotations

import socket
from importlib import metadata

from voortgang.assemble.render import Chosen, version_of
from voortgang.build.cluster.task import Outcome, Task
from voortgang.errors import ClusterError, Fault, VoortgangError
from voortgang.workspace.fingerprint import of_engine, of_packages, of_value


def versions(engine: Chosen) -> dict[str, str]:
    """Return what the results of this computer depend on: the engine's code, Python, and every package."""
    packages = {each.name: each.version for each in metadata.distributions()}
    return packages | {"voortgang": of_engine(), "the packages": of_packages(), "made with": version_of(engine)}


def versions_digest(engine: Chosen) -> str:
    """Return one digest of `versions`, quickly."""
    return of_value([of_engine(), of_packages(), version_of(engine)])


def perform(task: Task) -> Outcome:
    """Do a task, and return what became of it. Raises only what another try may mend, such as a store out of reach."""
    if versions_digest(task.engine) != task.made_with:
        return Outcome((other_versions(socket.gethostname()),))
    try:
        # Imported by who works, not by who asks: that takes longer than a build with nothing to do.
        from voortgang.build.cluster.worker import opened

        found = opened(task)
        return found.notebook(task) if task.notebook else found.report(task)
    except ClusterError:
        raise
    except VoortgangError as error:
        return Outcome((error,))
    except OSError:
        raise
    except Exception as error:  # a fault in one task: the other tasks and workspaces go on
        step = f"the notebook {task.notebook} of {task.year}" if task.notebook else f"the report on {task.year}"
        return Outcome((Fault.of(error, step),))


def other_versions(worker: str, names: str = "") -> ClusterError:
    """Return the error about a worker that would make other reports than this computer."""
    return ClusterError(
        "A worker has other versions than this computer.",
        worker + (f": {names}" if names else ""),
        "the same voortgang, Python and packages everywhere: the same inputs then give the same bytes",
        "Install the same requirements.txt on this computer and on every worker.",
    )
