"""What a report needs to be made: which notebooks run, with which parameters."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import lru_cache, partial
from pathlib import Path
from typing import Any

from voortgang.check import checked_data
from voortgang.check.checked import Checked, check
from voortgang.check.data import View
from voortgang.check.findings import Finding
from voortgang.check.parameters_cell import Source, check_parameters
from voortgang.check.public_copy import made_from, view_of
from voortgang.errors import BuildError, NotebookError, ParametersError, VoortgangError
from voortgang.run import notebook_file
from voortgang.workspace.deal import Deal, read_deal
from voortgang.workspace.decision import Decision, read_decision
from voortgang.workspace.fingerprint import of_engine, of_file, of_packages, of_value
from voortgang.workspace.parameters import EACH, Parameters, check_notebook_parameters, read_parameters
from voortgang.workspace.paths import Period, Workspace
from voortgang.writing.photo import Fit, fit

STATUS = {"concept": "concept", "besproken": "besproken in het overleg", "vastgesteld": "vastgesteld"}
"""How a report says what has been decided about it."""


@dataclass(frozen=True)
class Run:
    """One notebook to execute with one set of parameters.

    Attributes
    ----------
    notebook
        Its file.
    asked
        The parameters that it takes.
    parameters
        Those of the report.
    cells
        How many code cells it has.
    made_of
        Digests of what can change its result whatever it reads, by a name for messages.
    content
        What was read of the file when the report was planned: this runs, whatever is saved meanwhile. The file itself
        when None.
    data
        What the checked data is known by (`checked_data.digest`); any data will do when empty.
    each
        The pillar or municipality that it runs for, as parameter and id: `("pijler", "werken")`; none for most.
    """

    notebook: Path
    asked: frozenset[str]
    parameters: Parameters
    cells: int
    made_of: dict[str, str]
    content: Any = field(default=None, repr=False, compare=False)
    data: str = ""
    each: tuple[str, str] | None = None

    @property
    def name(self) -> str:
        """Name of the run, and of the executed notebook without its ending: `regiodeal`, or `pijler-werken`."""
        return _name(self.notebook, self.each)

    @property
    def given(self) -> dict[str, object]:
        """The parameters that papermill injects."""
        return _given(self.parameters, self.asked, self.each)


@dataclass(frozen=True)
class Plan:
    """Everything that is known about one report before the first kernel starts.

    Attributes
    ----------
    workspace, checked
        What the report is made from. Of a public edition that hides projects it is a copy without them.
    whole
        What the bureau has.
    """

    workspace: Workspace
    parameters: Parameters
    runs: tuple[Run, ...]
    checked: Checked
    whole: Checked

    @property
    def period(self) -> Period:
        """What the report is about, as its folder is named: a year, or the day of a half-year report."""
        return self.parameters.period

    @property
    def year(self) -> int:
        """The reporting year (verslagjaar)."""
        return self.parameters.year

    @property
    def deal(self) -> Deal:
        """The covenant as it held on the reference date."""
        return self.checked.data.deal.as_of(self.parameters.reference_date)

    @property
    def view(self) -> View:
        """What the report shows of the tables."""
        return view_of(self.parameters)

    @property
    def decision(self) -> Decision | None:
        """The decision that adopted the report; None for a report that is not adopted."""
        adopted = self.parameters.status == "vastgesteld"
        return read_decision(self.workspace, self.period) if adopted else None

    @property
    def mark(self) -> str:
        """What every page says about the report's standing, such as "Concept · voorbeelddata".

        Empty for an adopted report without example rows.
        """
        marks = [] if self.parameters.status == "vastgesteld" else [STATUS[self.parameters.status]]
        if self.checked.data.tables.has_example_rows:
            marks.append("voorbeelddata")
        joined = " · ".join(marks)
        return joined[:1].upper() + joined[1:]

    @property
    def is_last(self) -> bool:
        """Whether the deal ends with this report (Art. 17); it comes with the evaluation of Art. 7.7."""
        return not self.parameters.is_half_year and self.year >= self.deal.term.end.year

    @property
    def warnings(self) -> tuple[Finding, ...]:
        """Findings that do not stop the build, for the bureau."""
        return self.whole.warnings


Find = Callable[[], list[Finding]]


def _anew(of: str, find: Find) -> list[Finding]:
    return find()


def plan(
    workspace: Workspace,
    periods: list[Period],
    judge: Callable[[str, Callable[[], list[Finding]]], list[Finding]] = _anew,
    copies: Path | None = None,
    made_fit: Fit = fit,
) -> list[Plan]:
    """Return the plan of each report.

    Parameters
    ----------
    judge
        Returns what the rules find in the tables of the workspace (for ""), or of the copy that the public edition of
        a period is made from.
    copies
        Where such copies lie; by default where all builds of the workspace look for them.
    made_fit
        Tells whether the picture of a story can be shown.

    Raises
    ------
    VoortgangError
        When a period, a parameter, the covenant, a table or a notebook is wrong. No kernel has started then.
    """
    parameters = [read_parameters(workspace, each) for each in periods]
    known = checked_data.digest(workspace)
    whole = check(workspace, partial(judge, ""), made_fit=made_fit)
    whole.require_sound()
    notebooks = read_notebooks(workspace)
    plans = []
    for given in parameters:
        if whole.data.note is not None:
            whole.data.note.require(given.period, workspace)
        copy = made_from(whole.data, given, copies or workspace.public_copies)
        if copy is not whole.data.workspace:
            digest = checked_data.digest(copy)
            checked = check(copy, partial(judge, str(given.period)), made_fit=made_fit)
            checked.require_sound()
            runs = _runs(copy, given, read_notebooks(copy), checked.data.deal.repeated, digest)
            plans.append(Plan(copy, given, runs, checked, whole))
        else:
            runs = _runs(workspace, given, notebooks, whole.data.deal.repeated, known)
            plans.append(Plan(workspace, given, runs, whole, whole))
    return plans


def run_names(workspace: Workspace) -> list[str]:
    """Return the names of the runs that a report takes, from the notebooks and the covenant alone.

    Raises
    ------
    VoortgangError
        When a notebook or the covenant is wrong.
    """
    repeated = read_deal(workspace).repeated
    return [
        _name(notebook.path, each) for notebook in read_notebooks(workspace) for each in turns_of(notebook, repeated)
    ]


@dataclass(frozen=True)
class Notebook:
    """A notebook as it was read.

    Attributes
    ----------
    asked
        The parameters that it takes.
    cells
        How many code cells it has.
    content
        All of it but its outputs.
    """

    path: Path
    asked: frozenset[str]
    cells: int
    content: Any


def read_notebooks(workspace: Workspace) -> list[Notebook]:
    """Return each notebook of a workspace.

    Raises
    ------
    NotebookError, ParametersError
        When one cannot be read, or does not take its parameters from the run; a `BuildError` when several are wrong.
    """
    notebooks: list[Notebook] = []
    errors: list[VoortgangError] = []
    for file in workspace.notebook_files():
        try:
            notebooks.append(_read(file, workspace))
            check_notebook_parameters(set(notebooks[-1].asked), file, workspace)
        except (NotebookError, ParametersError) as error:
            errors.append(error)
    if errors:
        raise errors[0] if len(errors) == 1 else BuildError(errors)
    return notebooks


def turns_of(notebook: Notebook, repeated: Mapping[str, tuple[str, ...]]) -> list[tuple[str, str] | None]:
    """Return for what a notebook runs, each as parameter and id; once, for None, when it asks for neither."""
    parameter = next((each for each in EACH if each in notebook.asked), None)
    return [(parameter, key) for key in repeated[parameter]] if parameter else [None]


def require_own_names(workspace: Workspace, notebooks: list[Notebook], repeated: Mapping[str, tuple[str, ...]]) -> None:
    """Raise `NotebookError` when two executed notebooks would have one name."""
    names: dict[str, Notebook] = {}
    for notebook in notebooks:
        for each in turns_of(notebook, repeated):
            name = _name(notebook.path, each)
            if name in names:
                raise NotebookError(
                    f"Two executed notebooks would have the name {name}.",
                    f"{workspace.relative(names[name].path)}\n{workspace.relative(notebook.path)}",
                    "names that differ; a notebook that runs for each pillar gets the pillar's id after its name",
                    "Rename one of the two.",
                )
            names[name] = notebook


def _name(notebook: Path, each: tuple[str, str] | None) -> str:
    return f"{notebook.stem}-{each[1]}" if each else notebook.stem


def _runs(
    workspace: Workspace,
    parameters: Parameters,
    notebooks: list[Notebook],
    repeated: Mapping[str, tuple[str, ...]],
    data: str,
) -> tuple[Run, ...]:
    """Return the runs of a report: one of a notebook, or one for each pillar or municipality."""
    covenant = of_file(workspace.deal)
    require_own_names(workspace, notebooks, repeated)
    return tuple(
        _run(parameters, notebook, covenant, data, each)
        for notebook in notebooks
        for each in turns_of(notebook, repeated)
    )


def _given(parameters: Parameters, asked: frozenset[str], each: tuple[str, str] | None) -> dict[str, object]:
    given = {key: value for key, value in parameters.for_notebook().items() if key in asked}
    return given | (dict([each]) if each else {})


def _run(parameters: Parameters, notebook: Notebook, covenant: str, data: str, each: tuple[str, str] | None) -> Run:
    given = _given(parameters, notebook.asked, each)
    made_of = {
        "the notebook": of_value(notebook.content),
        "the parameters": of_value(given),
        "the covenant": covenant,
        "the engine": of_engine(),
        "the packages": of_packages(),
    }
    return Run(notebook.path, notebook.asked, parameters, notebook.cells, made_of, notebook.content, data, each)


def _read(notebook: Path, workspace: Workspace) -> Notebook:
    where = workspace.relative(notebook)
    return Notebook(notebook, *_asked(notebook_file.bytes_of(notebook, where), where))


@lru_cache(100)  # the preview, and a public edition, read the same again; who runs it takes a copy
def _asked(file: bytes, where: str) -> tuple[frozenset[str], int, Any]:
    """Return the parameters that a notebook takes, the count of its code cells, and its content."""
    content = notebook_file.parsed(file, where)
    code = [cell for cell in content.cells if cell.cell_type == "code"]
    sources = [
        Source(number, cell.source, "parameters" in cell.metadata.get("tags", []))
        for number, cell in enumerate(code, 1)
    ]
    return check_parameters(sources, where), len(code), content


def is_injected(cell: Any) -> bool:
    """Return whether papermill made a cell, to set the parameters: it is no part of the notebook."""
    return notebook_file.INJECTED in cell.metadata.get("tags", [])
