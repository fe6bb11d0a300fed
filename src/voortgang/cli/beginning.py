"""What must hold before this program imports anything: Python's own modules are Python's own."""

from __future__ import annotations

import os
import sys

_WHAT = """Error: {what}
  where:    {where}
  expected: the modules of Python, and the packages that voortgang was installed with
  mend:     {mend}
"""
_REMOVE = "Rename or remove it, or start voortgang without PYTHONPATH, with: env -u PYTHONPATH voortgang …"


def require_own_modules() -> None:
    """End the program when a folder of `PYTHONPATH` holds a module by the name of one of Python's own.

    It would take its place, and compute or write other things without a word.
    """
    for folder in filter(None, os.environ.get("PYTHONPATH", "").split(os.pathsep)):
        try:
            entries = sorted(os.scandir(folder), key=lambda entry: entry.name)
        except OSError:
            continue
        for entry in entries:
            name, dot, ending = entry.name.partition(".")
            is_module = ending == "py" if dot else os.path.isfile(os.path.join(entry.path, "__init__.py"))  # noqa: PTH113, PTH118
            if is_module and name in sys.stdlib_module_names:
                _end(f"PYTHONPATH leads to another {name} than that of Python.", entry.path, _REMOVE)


def end_without(error: Exception) -> None:
    """End the program with one message about a module that it cannot do without; outside the program, nothing."""
    is_program = os.path.basename(sys.argv[0]).partition(".")[0] == "voortgang"  # noqa: PTH119
    if is_program and "--debug" not in sys.argv:
        trace = error.__traceback__
        while trace is not None and trace.tb_next is not None:
            trace = trace.tb_next
        where = trace.tb_frame.f_code.co_filename if trace is not None else "an import"
        _end(
            f"voortgang could not begin: {type(error).__name__}: {error}.",
            getattr(error, "path", None) or where,
            "Look at PYTHONPATH, or install voortgang again in an environment of its own.",
        )


def _end(what: str, where: str, mend: str) -> None:
    sys.stderr.write(_WHAT.format(what=what, where=where, mend=mend))
    raise SystemExit(1)
