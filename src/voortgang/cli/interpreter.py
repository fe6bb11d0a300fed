"""One Python for everyone: text is UTF-8, assertions hold, and warnings of packages are for who writes them."""

from __future__ import annotations

import os
import sys
from pathlib import Path

_TALKATIVE = (
    "PYTHONVERBOSE",
    "PYTHONPROFILEIMPORTTIME",
    "PYTHONASYNCIODEBUG",
    "PYTHONMALLOCSTATS",
)
"""Variables with which each Python says how it works, also in what a notebook shows."""

_USUAL = dict.fromkeys(("PYTHONOPTIMIZE", "PYTHONWARNINGS", "PYTHONDEVMODE", *_TALKATIVE), "") | {"PYTHONUTF8": "1"}
_DONE = "VOORTGANG_USUAL_PYTHON"


def start_usual_python() -> None:
    """Start this command anew when this Python was told to read names or to run code in another way than is usual.

    A folder with an accent would have one name here and another in a kernel, an `assert` of a notebook would do
    nothing, a warning of a package would end the build, and what Python says of itself would stand in a notebook. Only
    a program does this: elsewhere nothing happens.
    """
    if os.environ.pop(_DONE, "") or sys.platform == "win32" or _is_usual():
        return
    program = Path(sys.argv[0])
    if getattr(sys.modules.get("__main__"), "__spec__", None) is None and program.is_file():
        os.environ.update(_USUAL | {_DONE: "1"})
        os.execv(sys.executable, [sys.executable, *sys.argv])


def _is_usual() -> bool:
    flags = sys.flags
    told = flags.optimize or flags.bytes_warning or flags.dev_mode or flags.verbose or sys.warnoptions
    talks = "importtime" in sys._xoptions or any(os.environ.get(name) for name in _TALKATIVE)
    return not told and not talks and sys.getfilesystemencoding() == "utf-8"
