"""Typst, in a process that ends with what it makes.

Typst keeps what it has made for a next time: after a report 300 MB, which it gives back only when its process ends.
Nothing that it keeps makes the next document quicker.
"""

from __future__ import annotations

import json
import subprocess
import sys
from importlib.util import find_spec
from pathlib import Path
from typing import Any

_PROGRAM = Path(__file__).with_name("typeset.py")


class Refused(Exception):
    """Typst does not set a text; `hints` say what may help."""

    def __init__(self, message: str, hints: tuple[str, ...] = ()) -> None:
        super().__init__(message)
        self.message, self.hints = message, hints


def typeset(source: bytes, root: Path, **given: Any) -> list[bytes]:
    """Return what Typst makes of a text: one PDF, or a picture of each page.

    Parameters
    ----------
    source
        The text. It stands in no folder, and names files from `root`.
    root
        The only folder that it reads files in, beside those with typefaces.
    given
        Other arguments of `typst.compile`, as JSON can write them.

    Raises
    ------
    Refused
        When Typst does not set it.
    """
    found = find_spec("typst")
    packages = str(Path(found.origin).parents[1]) if found is not None and found.origin else ""
    # Without the usual start of Python, which looks at all packages: this one needs one.
    command = [sys.executable, "-I", "-S", str(_PROGRAM), packages, json.dumps(given | {"root": str(root)})]
    done = subprocess.run(command, input=source, capture_output=True, check=False)
    if done.returncode:
        raise _refused(done)
    made, place = [], 0
    while place < len(done.stdout):
        first = place + 8
        place = first + int.from_bytes(done.stdout[place:first], "big")
        made.append(done.stdout[first:place])
    return made


def _refused(done: subprocess.CompletedProcess[bytes]) -> Refused:
    try:
        said = json.loads(done.stdout)
        return Refused(said["message"], tuple(said["hints"]))
    except (ValueError, KeyError, TypeError):  # something ended it, or there was no memory left
        last = done.stderr.decode("utf-8", "replace").strip().rpartition("\n")[2]
        return Refused(last or f"it stopped without a word (exit code {done.returncode})")
