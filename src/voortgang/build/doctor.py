"""Find out whether this computer can build a report."""

from __future__ import annotations

import platform
import shutil
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from importlib import metadata

from voortgang.assemble.engines import installed_quarto
from voortgang.assemble.render import passed_over
from voortgang.publish.manifest import PACKAGES
from voortgang.workspace.paths import Workspace


@dataclass(frozen=True)
class Examined:
    """One thing that was looked at."""

    what: str
    found: str
    good: bool = True


def examine(workspace: Workspace) -> Iterator[Examined]:
    """Yield what was found: Python, packages, the kernel, the engines, and whether reports can be written."""
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
