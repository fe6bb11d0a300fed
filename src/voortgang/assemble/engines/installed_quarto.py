"""Which Quarto this computer has; asked before anything is made, so nothing is imported here that takes long."""

from __future__ import annotations

import re
import shutil
import sys
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from voortgang.errors import EngineError

MINIMUM = (1, 10)
"""The oldest Quarto whose Typst (0.15) makes a PDF that is both PDF/UA and PDF/A, with attachments."""

WANTED = f"the program 'quarto', version {'.'.join(map(str, MINIMUM))} or newer"


@dataclass(frozen=True)
class Installed:
    """A Quarto on this computer: its program, and what it says its version is."""

    program: str
    version: str

    @property
    def works(self) -> bool:
        """Whether it is new enough."""
        numbers = re.findall(r"\d+", self.version)[:2]
        return tuple(map(int, numbers)) >= MINIMUM


def installed() -> Installed | None:
    """Return the Quarto on the PATH, or else beside this Python, where pip puts it; none when there is none."""
    beside = str(Path(sys.executable).parent)
    program = shutil.which("quarto") or shutil.which("quarto", path=beside)
    return _asked(program) if program else None


@cache
def _asked(program: str) -> Installed:
    import subprocess  # no sooner: most computers have no Quarto

    try:
        done = subprocess.run([program, "--version"], capture_output=True, text=True, check=False)
    except OSError:
        return Installed(program, "unknown")
    return Installed(program, done.stdout.strip() or "unknown")


def require() -> Installed:
    """Return the Quarto of this computer.

    Raises
    ------
    EngineError
        When it is not installed, or too old.
    """
    found = installed()
    if found is not None and found.works:
        return found
    raise EngineError(
        f"Quarto is too old: this is version {found.version}." if found else "Quarto is not installed.",
        found.program if found else "the programs on this computer's PATH",
        WANTED,
        "Install it (make quarto, pip install 'voortgang[quarto]', or environment.yml), or choose --engine builtin, "
        "which needs no Quarto.",
    )
