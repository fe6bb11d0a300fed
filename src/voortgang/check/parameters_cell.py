"""What a notebook does with its parameters: it takes all three from the run, keeps them, and loads what they say.

This reads the source of a notebook. What it cannot see (a name set by `exec`, or by a magic) is seen while the notebook
runs: what it loaded is compared with the plan (`check.notebook_reads`).
"""

from __future__ import annotations

import ast
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from voortgang.errors import NotebookError
from voortgang.workspace.parameters import EACH
from voortgang.workspace.parameters import NOTEBOOK as NAMES

_PACKAGE = "voortgang"
_INSIDES = {"__dict__", "__getattribute__"}
_IMPORTS = {"import_module", "__import__"}
_LOOKING_UP = {"getattr", "vars"}
_OWN_SCOPE = (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef, ast.Lambda)
_COMPREHENSIONS = (ast.ListComp, ast.SetComp, ast.DictComp, ast.GeneratorExp)


@dataclass(frozen=True)
class Source:
    """A code cell: its number among the code cells (from 1), its text, and whether it is tagged `parameters`."""

    number: int
    text: str
    parameters: bool


def check_parameters(cells: Iterable[Source], where: str) -> frozenset[str]:
    """Return the names that the `parameters` cell assigns.

    Parameters
    ----------
    cells
        The code cells of a notebook.
    where
        The notebook, for messages.

    Raises
    ------
    NotebookError
        When there is not one `parameters` cell, it does not assign each parameter by itself, a cell binds one again or
        removes it, `load` is called without them, or used in another way than by calling it.
    """
    cells = list(cells)
    tagged = [cell for cell in cells if cell.parameters]
    if len(tagged) != 1:
        raise NotebookError(
            f"The notebook has {len(tagged)} cells tagged 'parameters'.",
            where,
            "one such cell, with lines like: year = 2021",
            "Tag the cell in JupyterLab under Property Inspector > Cell Tags.",
        )
    asked = _assigned(tagged[0], where)
    given = {*NAMES, *(asked & set(EACH))}
    known = _Known()
    for cell in cells:
        tree = syntax_tree(cell.text)
        if tree is None and "\n" not in cell.text.strip():
            continue  # a line such as 'cd ..' that IPython understands by itself, or the run says what is wrong with it
        if tree is None:
            raise _no_python(cell, where)
        if not cell.parameters:
            for name, line in _bindings(tree.body):
                if name in given:
                    raise _refused(cell, where, line, f"The notebook gives {name} another value.", name)
        known.learn(tree)
        for call in _loads(tree, known, cell, where):
            _check_load(call, cell, where)
    return asked


def _assigned(cell: Source, where: str) -> frozenset[str]:
    tree = syntax_tree(cell.text)
    if tree is None:
        raise _no_python(cell, where)
    names = []
    for line in tree.body:
        targets = line.targets if isinstance(line, ast.Assign) else [getattr(line, "target", None)]
        plain = (
            isinstance(line, ast.Assign | ast.AnnAssign)
            and line.value is not None
            and len(targets) == 1
            and isinstance(targets[0], ast.Name)
        )
        inner = [name for name, _ in _bindings([line])]
        if (not plain or len(inner) > 1) and any(name in (*NAMES, *EACH) for name in inner):
            raise _refused(cell, where, line.lineno, "The parameters are not assigned one by one.", inner[0])
        names += inner
    for name in (*NAMES, *(each for each in EACH if each in names)):
        if names.count(name) != 1:
            said = "does not assign" if name not in names else "assigns more than once"
            raise _refused(cell, where, 1, f"The cell tagged 'parameters' {said} {name}.", name)
    return frozenset(names)


def _no_python(cell: Source, where: str) -> NotebookError:
    from IPython.core.inputtransformer2 import TransformerManager

    error = SyntaxError("invalid syntax")
    try:
        ast.parse(TransformerManager().transform_cell(cell.text))
    except SyntaxError as found:
        error = found
    return NotebookError(
        f"The cell is not valid Python: {error.msg}.",
        f"{where}, code cell {cell.number}, line {error.lineno or 1}",
        "lines of the form: name = value" if cell.parameters else "lines that Python can run",
        "Correct the cell.",
    )


def _refused(cell: Source, where: str, line: int, what: str, name: str) -> NotebookError:
    return NotebookError(
        what,
        f"{where}, code cell {cell.number}, line {line}",
        f"year, reference_date and edition, each assigned on a line of its own in the cell tagged 'parameters', "
        f"and nowhere else; {name} is given by the run",
        "Assign the three there, and use other names elsewhere: otherwise the notebook shows another report.",
    )


def _check_load(call: ast.Call, cell: Source, where: str) -> None:
    given = dict(zip(NAMES, call.args, strict=False)) | {each.arg: each.value for each in call.keywords if each.arg}
    edition = given.get("edition")
    missing = [name for name in NAMES if name not in given]
    if missing or not (isinstance(edition, ast.Name) and edition.id == "edition"):
        raise NotebookError(
            f"The notebook calls load without {', '.join(missing)}."
            if missing
            else "The notebook loads another edition than that of the run.",
            f"{where}, code cell {cell.number}, line {call.lineno}",
            "vg.load(year, reference_date, edition)",
            "Pass the three parameters: the public edition would otherwise show what is confidential.",
        )


def syntax_tree(text: str) -> ast.Module | None:
    """Return the syntax tree of a cell, its magics as calls; None when it is no Python."""
    try:
        return ast.parse(text)
    except SyntaxError:
        from IPython.core.inputtransformer2 import TransformerManager

        try:
            return ast.parse(TransformerManager().transform_cell(text))
        except SyntaxError:
            return None


def _bindings(body: Iterable[ast.AST]) -> Iterator[tuple[str, int]]:
    """Yield each name that statements bind or remove in the notebook itself, with its line."""
    for node in body:
        if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store | ast.Del):
            yield node.id, node.lineno
        elif isinstance(node, ast.alias):
            yield node.asname or node.name.split(".")[0], node.lineno
        elif isinstance(node, ast.ExceptHandler | ast.MatchAs | ast.MatchStar) and node.name:
            yield node.name, node.lineno
        elif isinstance(node, ast.MatchMapping) and node.rest:
            yield node.rest, node.lineno
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
            yield node.name, node.lineno
        if isinstance(node, _OWN_SCOPE):
            # Its own names are its own, unless it says that they are the notebook's.
            inner = {name for each in ast.walk(node) if isinstance(each, ast.Global) for name in each.names}
            yield from ((name, node.lineno) for name in sorted(inner))
        elif isinstance(node, _COMPREHENSIONS):
            # Only a walrus leaves a comprehension.
            walruses = [each.target for each in ast.walk(node) if isinstance(each, ast.NamedExpr)]
            yield from ((each.id, each.lineno) for each in walruses)
        else:
            yield from _bindings(ast.iter_child_nodes(node))


@dataclass
class _Known:
    """By which names a notebook knows parts of the API, and its function `load`."""

    api: set[str] = field(default_factory=set)
    loads: set[str] = field(default_factory=set)

    def learn(self, tree: ast.Module) -> None:
        """Add the names that a cell gives."""
        for node in ast.walk(tree):
            if isinstance(node, ast.Import):
                named = [each for each in node.names if each.name.partition(".")[0] == _PACKAGE]
                self.api |= {each.asname or _PACKAGE for each in named}
            elif isinstance(node, ast.ImportFrom) and (node.module or "").partition(".")[0] == _PACKAGE:
                self.loads |= {each.asname or "load" for each in node.names if each.name in ("load", "*")}
                self.api |= {each.asname or each.name for each in node.names if each.name not in ("load", "*")}
            elif isinstance(node, ast.Assign | ast.AnnAssign | ast.NamedExpr) and self._is_api(node.value):
                targets = node.targets if isinstance(node, ast.Assign) else [node.target]
                self.api |= {each.id for each in targets if isinstance(each, ast.Name)}

    def is_load(self, node: ast.AST) -> bool:
        """Return whether an expression is the function `load`."""
        if isinstance(node, ast.Name):
            return node.id in self.loads and isinstance(node.ctx, ast.Load)
        return isinstance(node, ast.Attribute) and node.attr == "load" and self._is_api(node.value)

    def hides_load(self, node: ast.AST) -> bool:
        """Return whether an expression gets at `load` without saying so: as text, or through all that there is."""
        if isinstance(node, ast.Attribute):
            return node.attr in _INSIDES and self._is_api(node.value)
        if not isinstance(node, ast.Call):
            return False
        name, first = ast.unparse(node.func).rpartition(".")[2], next(iter(node.args), None)
        if name in _IMPORTS:
            return isinstance(first, ast.Constant) and str(first.value).partition(".")[0] == _PACKAGE
        second = node.args[1] if len(node.args) > 1 else None
        harmless = isinstance(second, ast.Constant) and second.value != "load"
        return name in _LOOKING_UP and not harmless and any(map(self._is_api, node.args))

    def _is_api(self, node: ast.AST | None) -> bool:
        while isinstance(node, ast.Attribute):
            node = node.value
        return isinstance(node, ast.Name) and node.id in self.api


def _loads(tree: ast.Module, known: _Known, cell: Source, where: str) -> Iterator[ast.Call]:
    """Yield each call of `load`; raises `NotebookError` where it is used in another way, and nobody sees for what."""
    calls = [node for node in ast.walk(tree) if isinstance(node, ast.Call) and known.is_load(node.func)]
    called = {id(call.func) for call in calls}
    for node in ast.walk(tree):
        if known.hides_load(node) or (known.is_load(node) and id(node) not in called):
            raise NotebookError(
                "The notebook uses load in another way than by calling it.",
                f"{where}, code cell {cell.number}, line {getattr(node, 'lineno', 1)}",
                "vg.load(year, reference_date, edition)",
                "Call it by its own name, with the three parameters: otherwise nobody sees which report it loads.",
            )
    yield from calls
