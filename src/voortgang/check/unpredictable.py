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
        *("getuser", "virtual_memory", "disk_usage", "random_bytes", "fstat", "statvfs", "getrandom", "getrusage"),
        *("default_timer", "formatdate", "uname", "thread_time", "clock_gettime", "get_ident", "get_native_id"),
    }
)
_MODULES = {"platform", "psutil", "secrets", "time", "uuid"}
_WHOLE = _MODULES - {"time", "uuid"}
"""Modules that tell of nothing else."""

_OF_TIME = {"time", "localtime", "gmtime", "ctime", "strftime", "asctime"}
_WITHOUT_SEED = {
    *("default_rng", "Random", "RandomState", "SeedSequence", "seed"),
    *("MT19937", "PCG64", "PCG64DXSM", "Philox", "SFC64"),
}
_HARMLESS = {"sleep", "uuid3", "uuid5", "UUID", "compare_digest"}


def unpredictable(text: str) -> str:
    """Return what in the source of a cell or module is never twice the same; empty when nothing is."""
    tree = syntax_tree(text)
    nodes = list(ast.walk(tree)) if tree is not None else []
    imported = [each for node in nodes if isinstance(node, ast.Import) for each in node.names]
    # By another name it is the same: import time as t.
    clocks = {"time", *(each.asname for each in imported if each.name == "time" and each.asname)}
    return next((name for node in nodes if (name := _name(node, clocks))), "")


def _name(node: ast.AST, clocks: set[str]) -> str:
    match node:
        case ast.Attribute(value=ast.Name(id=module), attr=name) if name in _OF_TIME and module in clocks:
            return f"time.{name}"
        case ast.Attribute(attr=name) if name in _ATTRIBUTES:
            return name
        case ast.Import(names=names):
            return next((each.name for each in names if each.name in _WHOLE), "")
        case ast.ImportFrom(module=module, names=names) if module in _MODULES:
            return next((f"{module}.{each.name}" for each in names if each.name not in _HARMLESS), "")
        case ast.ImportFrom(names=names):
            return next((each.name for each in names if each.name in _ATTRIBUTES), "")
        case ast.Call(func=ast.Attribute(attr=name) | ast.Name(id=name)) if name in _WITHOUT_SEED and _is_empty(node):
            return f"{name} without a seed"
        case ast.Call(func=ast.Name(id="id")):
            return "id"
        case ast.Constant(value="now" | "today" as word):  # how pandas and NumPy are asked for the time
            return word
    return ""


def _is_empty(call: ast.Call) -> bool:
    """Return whether a call is given nothing, or None."""
    given = [*call.args, *(each.value for each in call.keywords)]
    return all(isinstance(each, ast.Constant) and each.value is None for each in given)
