"""What a report needs to be made: which notebooks run, with which parameters."""

from __future__ import annotations

import ast
from dataclasses import dataclass
from pathlib import Path

from voortgang.check import Checked, check
from voortgang.errors import NotebookError
from voortgang.findings import Finding
from voortgang.parameters import Parameters, check_notebook_parameters, read_parameters
from voortgang.workspace import Workspace


@dataclass(frozen=True)
class Run:
    """One notebook to execute with one set of parameters; `asked` are those that it takes."""

    notebook: Path
    asked: frozenset[str]
    parameters: Parameters

    @property
    def name(self) -> str:
        """Name of the notebook without its ending."""
        return self.notebook.stem

    @property
    def given(self) -> dict[str, object]:
        """The parameters that papermill injects."""
        return {key: value for key, value in self.parameters.for_notebook().items() if key in self.asked}


@dataclass(frozen=True)
class Plan:
    """Everything that is known before the first kernel starts."""

    workspace: Workspace
    year: int
    parameters: Parameters
    runs: tuple[Run, ...]
    checked: Checked

    @property
    def warnings(self) -> tuple[Finding, ...]:
        """Findings that do not stop the build."""
        return self.checked.warnings


def plan(workspace: Workspace, year: int) -> Plan:
    """Return the plan of one year's report.

    Raises
    ------
    VoortgangError
        When the year, a parameter, the covenant, a table or a notebook is wrong. No kernel has started then.
    """
    parameters = read_parameters(workspace, year)
    checked = check(workspace)
    checked.require_sound()
    runs = []
    for notebook in workspace.notebook_files():
        asked = _asked(notebook, workspace)
        check_notebook_parameters(set(asked), notebook, workspace, parameters)
        runs.append(Run(notebook, asked, parameters))
    return Plan(workspace, year, parameters, tuple(runs), checked)


def _asked(notebook: Path, workspace: Workspace) -> frozenset[str]:
    """Return the names that the notebook's `parameters` cell assigns."""
    import nbformat

    where = workspace.relative(notebook)
    try:
        content = nbformat.read(notebook, as_version=4)
        nbformat.validate(content)
    except Exception as error:  # nbformat raises JSON, Unicode, OS, validation and attribute errors
        raise NotebookError(
            f"The notebook cannot be read: {str(error).splitlines()[0][:200]}",
            where,
            "a Jupyter notebook (nbformat 4)",
            f"Restore it, for instance with: git checkout -- {where}",
        ) from error
    cells = [cell for cell in content.cells if "parameters" in cell.metadata.get("tags", [])]
    if len(cells) != 1:
        raise NotebookError(
            f"The notebook has {len(cells)} cells tagged 'parameters'.",
            where,
            "one such cell, with lines like: year = 2021",
            "Tag the cell in JupyterLab under Property Inspector > Cell Tags.",
        )
    try:
        body = ast.parse(cells[0].source).body
    except SyntaxError as error:
        raise NotebookError(
            f"The cell tagged 'parameters' is not valid Python: {error.msg}.",
            f"{where}, line {error.lineno} of that cell",
            "lines of the form: name = value",
            "Correct the cell.",
        ) from error
    return frozenset(
        target.id
        for line in body
        for target in (line.targets if isinstance(line, ast.Assign) else [getattr(line, "target", None)])
        if isinstance(target, ast.Name)
    )
