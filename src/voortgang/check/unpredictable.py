"""What is never twice the same: the time, chance without a beginning, and the computer itself.

Python tells nobody when it is asked for these, so they are looked for in the source. A name that only looks like one
costs time: the notebook runs at every build.
"""

from __future__ import annotations

import ast

from voortgang.check.parameters_cell import syntax_tree

_ATTRIBUTES = frozenset(
    {
        *("now", "today", "utcnow", "time_ns", "perf_counter", "perf_counter_ns", "monotonic", "process_time"),
        *("getmtime", "getctime", "getatime", "st_mtime", "st_mtime_ns", "st_ctime", "st_ctime_ns", "st_atime"),
        *("st_atime_ns", "uuid1", "uuid4", "urandom", "token_hex", "token_bytes", "token_urlsafe", "SystemRandom"),
        *("cpu_count", "process_cpu_count", "getpid", "getppid", "getlogin", "gethostname", "getnode", "getloadavg"),
        *("getuser", "virtual_memory", "disk_usage", "random_bytes", "fstat", "statvfs"),
    }
)
_MODULES = {"secrets", "time", "uuid"}
_OF_TIME = {"time", "localtime", "gmtime", "ctime", "strftime", "asctime"}
_WITHOUT_SEED = {"default_rng", "Random", "RandomState", "SeedSequence"}
_HARMLESS = {"sleep", "uuid3", "uuid5", "UUID", "compare_digest"}


def unpredictable(text: str) -> str:
    """Return what in the source of a cell or module is never twice the same; empty when nothing is."""
    tree = syntax_tree(text)
    for node in ast.walk(tree) if tree is not None else ():
        if name := _name(node):
            return name
    return ""


def _name(node: ast.AST) -> str:
    match node:
        case ast.Attribute(value=ast.Name(id="time"), attr=name) if name in _OF_TIME:
            return f"time.{name}"
        case ast.Attribute(attr=name) if name in _ATTRIBUTES:
            return name
        case ast.ImportFrom(module=module, names=names) if module in _MODULES:
            return next((f"{module}.{each.name}" for each in names if each.name not in _HARMLESS), "")
        case ast.ImportFrom(names=names):
            return next((each.name for each in names if each.name in _ATTRIBUTES), "")
        case ast.Call(func=ast.Attribute(attr=name) | ast.Name(id=name), args=[], keywords=[]) if name in _WITHOUT_SEED:
            return f"{name} without a seed"
        case ast.Call(func=ast.Name(id="id")):
            return "id"
        case ast.Call(args=args):
            words = (each.value for each in args if isinstance(each, ast.Constant))
            return next((word for word in words if word in ("now", "today")), "")
    return ""
