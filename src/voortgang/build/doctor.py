"""Find out whether this computer can build a report."""

from __future__ import annotations

import platform
import shlex
import shutil
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from importlib import metadata

from voortgang import __version__
from voortgang.assemble.engines import installed_quarto
from voortgang.assemble.render import passed_over
from voortgang.publish.manifest import PACKAGES
from voortgang.workspace.paths import Workspace
from voortgang.workspace.starting.copies import other_copies


@dataclass(frozen=True)
class Examined:
    """One thing that was looked at."""

    what: str
    found: str
    good: bool = True


def examine(workspace: Workspace) -> Iterator[Examined]:
    """Yield what was found: Python, packages, the kernel, the engines, the disk, and the copies of the workspace."""
    yield Examined("Python", platform.python_version(), sys.version_info >= (3, 11))
    for package in PACKAGES:
        try:
            yield Examined(package, metadata.version(package))
        except metadata.PackageNotFoundError:
            yield Examined(package, "not installed", False)
    from jupyter_client.kernelspec import KernelSpecManager

    kernels = KernelSpecManager().find_kernel_specs()
    yield Examined("Jupyter kernel python3", kernels.get("python3", "not installed"), "python3" in kernels)
    found = installed_quarto.installed()
    shown = f"{found.version} ({found.program})" if found else "not installed; the built-in Pandoc and Typst are used"
    yield Examined("Quarto", passed_over() or shown)
    free = shutil.disk_usage(workspace.root).free / 1e9
    yield Examined("Free space on the disk", f"{free:.1f} GB", free > 0.5)
    yield Examined("Workspace", str(workspace.root))
    yield Examined("Years", ", ".join(map(str, workspace.periods())) or "none", bool(workspace.periods()))
    yield Examined("Notebooks and chapters", _copies(workspace))


def _copies(workspace: Workspace) -> str:
    """Say which notebooks and chapters are not those of this version, and where the others lie."""
    others = list(other_copies(workspace))
    changed, absent = ([each for each in others if each.there is there] for there in (True, False))
    said = [f"those of this version ({__version__})"] if not others else []
    if changed:
        said.append(
            f"{len(changed)} not as in this version ({__version__}): changed here, or copied from another version. "
            "To see a difference:"
        )
        said += [f"  diff -u {shlex.quote(each.name)} {shlex.quote(str(each.original))}" for each in changed]
    if absent:
        said.append(f"{len(absent)} of this version not here. Where they lie:")
        said += [f"  {each.original}" for each in absent]
    return "\n    ".join(said)
