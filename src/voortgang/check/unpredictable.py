"""What is never twice the same: the time, chance without a beginning, and the computer itself.

Python tells nobody when it is asked for these, so they are looked for in the source. A name that only looks like one
costs time: the notebook runs at every build.
"""

from __future__ import annotations

import ast
from collections.abc import Mapping

from voortgang.check.parameters_cell import syntax_tree

_ATTRIBUTES = frozenset(
    {
        *("now", "today", "utcnow", "time_ns", "perf_counter", "perf_counter_ns", "monotonic", "process_time"),
        *("getmtime", "getctime", "getatime", "st_mtime", "st_mtime_ns", "st_ctime", "st_ctime_ns", "st_atime"),
        *("st_atime_ns", "uuid1", "uuid4", "urandom", "token_hex", "token_bytes", "token_urlsafe", "SystemRandom"),
        *("cpu_count", "process_cpu_count", "getpid", "getppid", "getlogin", "gethostname", "getnode", "getloadavg"),
        *("getuser", "virtual_memory", "disk_usage", "random_bytes", "fstat", "statvfs", "getrandom", "getrusage"),
        *("localtime", "gmtime"),
        *("getuid", "geteuid", "getgid", "getegid", "getgroups", "umask", "sched_getaffinity", "getrefcount", "getsid"),
        *(
            "monotonic_ns",
            "process_time_ns",
            "thread_time_ns",
            "clock_gettime_ns",
            "get_event_loop",
            "get_running_loop",
        ),
        *("default_timer", "formatdate", "uname", "thread_time", "clock_gettime", "get_ident", "get_native_id"),
    }
)
_MODULES = {"grp", "platform", "posix", "psutil", "pwd", "secrets", "time", "tracemalloc", "uuid"}
_WHOLE = _MODULES - {"time", "uuid"}
"""Modules that tell of nothing else."""

_CLOCKS = {"time": {"time", "localtime", "gmtime", "ctime", "strftime", "asctime"}, "os": {"times"}}
"""Names that say nothing without their module."""

_WITHOUT_SEED = {
    *("default_rng", "Random", "RandomState", "SeedSequence", "seed"),
    *("MT19937", "PCG64", "PCG64DXSM", "Philox", "SFC64"),
}
_HARMLESS = {"sleep", "uuid3", "uuid5", "UUID", "compare_digest"}


def unpredictable(text: str, modules: Mapping[str, str] | None = None) -> str:
    """Return what in the source of a cell or module is never twice the same; empty when nothing is.

    Parameters
    ----------
    modules
        The modules that earlier cells have imported, by the names that they gave them.
    """
    tree = syntax_tree(text)
    nodes = list(ast.walk(tree)) if tree is not None else []
    imported = [each for node in nodes if isinstance(node, ast.Import) for each in node.names]
    # By another name it is the same: import time as t.
    renamed = {each.asname: each.name for each in imported if each.asname}
    known = {**(modules or {}), **renamed, **{name: name for name in _CLOCKS}}
    return next((name for node in nodes if (name := _name(node, known))), "")


def _name(node: ast.AST, known: dict[str, str]) -> str:
    match node:
        case ast.Attribute(value=ast.Name(id=module), attr=name) if name in _CLOCKS.get(known.get(module, ""), ()):
            return f"{known[module]}.{name}"
        case ast.Attribute(attr=name) if name in _ATTRIBUTES:
            return name
        case ast.Import(names=names):
            return next((each.name for each in names if each.name in _WHOLE), "")
        case ast.ImportFrom(module=module, names=names) if module in _MODULES:
            return next((f"{module}.{each.name}" for each in names if each.name not in _HARMLESS), "")
        case ast.ImportFrom(module=module, names=names):
            own = _CLOCKS.get(module or "", set())
            renamed = {each.name for each in names if each.asname} & _WITHOUT_SEED
            return next((each.name for each in names if each.name in _ATTRIBUTES | own | renamed), "")
        case ast.Call(func=ast.Attribute(attr=name) | ast.Name(id=name)) if name in _WITHOUT_SEED and _is_empty(node):
            return f"{name} without a seed"
        case ast.Call(
            func=ast.Name(id="__import__") | ast.Attribute(attr="import_module") | ast.Name(id="import_module"),
            args=[ast.Constant(value=str(module)), *_],
        ) if module in _MODULES:
            return module
        case ast.Call(
            func=ast.Attribute(attr="run_line_magic"), args=[ast.Constant(value="env" | "set_env" as magic), *_]
        ):
            return f"%{magic}"
        case ast.Call(func=ast.Name(id="id")):
            return "id"
        case ast.Constant(value=str(word)) if word.lower() in {"now", "today"}:  # so pandas and NumPy are asked for it
            return word
        case ast.Constant(value=str(word)) if "asctime" in word:  # so logging writes it
            return "asctime"
    return ""


def _is_empty(call: ast.Call) -> bool:
    """Return whether a call is given nothing, or None."""
    given = [*call.args, *(each.value for each in call.keywords)]
    return all(isinstance(each, ast.Constant) and each.value is None for each in given)
