"""What the reports need at the least: the code of all notebooks, and then Pandoc and Typst, with all imported once.

Usage: python floor.py JOBS, where JOBS is a file with [[notebook, parameters], …] and [[sources, reference date], …] as
JSON; `goals.py` writes it. Notebooks run in processes of this one, on as many cores as there are; no kernel starts.
"""

from __future__ import annotations

import ast
import json
import multiprocessing
import os
import sys
from datetime import date
from pathlib import Path
from typing import Any

from matplotlib.backends import backend_svg  # noqa: F401  # and what draws

import voortgang.notebook  # noqa: F401  # what the notebooks import
from voortgang.assemble.quarto_project import documents
from voortgang.assemble.render import assemble


def run(job: tuple[str, dict[str, Any]]) -> None:
    """Run the code of a notebook, with its parameters, and show what each cell ends with."""
    path, given = Path(job[0]), job[1]
    os.chdir(path.parent)
    names: dict[str, Any] = {}
    for cell in json.loads(path.read_text(encoding="utf-8"))["cells"]:
        if cell["cell_type"] != "code":
            continue
        if "parameters" in cell["metadata"].get("tags", []):
            names.update(given)
            continue
        tree = ast.parse("".join(cell["source"]))
        last = tree.body.pop() if isinstance(tree.body[-1], ast.Expr) else None
        exec(compile(tree, "cell", "exec"), names)
        if isinstance(last, ast.Expr):
            shown = eval(compile(ast.Expression(last.value), "cell", "eval"), names)
            if hasattr(shown, "_repr_mimebundle_"):
                shown._repr_mimebundle_()


def make(job: tuple[str, str]) -> None:
    """Make the documents of a report."""
    sources, day = Path(job[0]), date.fromisoformat(job[1])
    list(assemble(sources, "builtin", [documents(sources, "_quarto.yml", True)], day))


if __name__ == "__main__":
    runs, reports = json.loads(Path(sys.argv[1]).read_text(encoding="utf-8"))
    with multiprocessing.get_context("fork").Pool() as pool:
        pool.map(run, runs, chunksize=1)
        pool.map(make, reports, chunksize=1)
