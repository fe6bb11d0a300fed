"""The parameters of one report, and the check that notebooks ask for no others."""

from __future__ import annotations

import os
from datetime import date
from pathlib import Path
from typing import Literal, Self

from pydantic import Field, PrivateAttr, model_validator

from voortgang.errors import ParametersError
from voortgang.workspace import yaml_model
from voortgang.workspace.deal import Deal
from voortgang.workspace.paths import Period, Workspace, year_of

NOTEBOOK = ("year", "reference_date", "edition")
"""What every notebook takes in its cell tagged `parameters`, in the order in which `load` takes them."""

EACH = ("pijler", "gemeente")
"""What a notebook may take beside them: it runs once for each pillar, or for each municipality, and gets the id."""


class Parameters(yaml_model.Strict):
    """What `parameters/<year>.yml` or, for a half-year report, `parameters/<day>.yml` holds.

    Attributes
    ----------
    year
        Reporting year (verslagjaar, Art. 7.4).
    reference_date
        The figures are as known on this date (peildatum), a day of the year: the report goes up to it,
        also when it appears later.
    status
        `concept` until the consultation of Art. 6 has discussed the draft (Art. 7.4), `besproken` after it,
        `vastgesteld` once adopted.
    edition
        `overleg` shows everything; `openbaar` leaves out what a party asked to keep confidential (Art. 10.1).
    four_eyes
        Whether two people confirm an adoption.
    cell_timeout
        Seconds that one cell of a notebook may take.
    notebook_timeout
        Seconds that one notebook may take, from its first cell.
    inputs
        Files and folders outside the workspace that notebooks may read, such as `../gedeeld/cijfers.csv`: seen from the
        workspace, or absolute.
    """

    year: int = Field(ge=2000, le=2100)
    reference_date: date
    status: Literal["concept", "besproken", "vastgesteld"] = "concept"
    edition: Literal["overleg", "openbaar"] = "overleg"
    four_eyes: bool = False
    cell_timeout: int = Field(default=120, ge=1, le=3600)
    notebook_timeout: int = Field(default=600, ge=1, le=36_000)
    inputs: tuple[str, ...] = ()
    _period: Period | None = PrivateAttr(None)

    @property
    def period(self) -> Period:
        """What the report is about, as the file is named: the year, or the day up to which a half-year report goes."""
        return self.year if self._period is None else self._period

    @property
    def is_half_year(self) -> bool:
        """Whether the report is one within the year."""
        return isinstance(self.period, str)

    @model_validator(mode="after")
    def _reference_date_fits_the_year(self) -> Self:
        # A file may not name a day of the year after (`_of_period`); reports that were published with one are read.
        if not date(self.year, 1, 1) <= self.reference_date <= date(self.year + 1, 12, 31):
            raise ValueError(f"reference_date {self.reference_date} must lie in {self.year}")
        return self

    def for_notebook(self) -> dict[str, object]:
        """Return what a notebook may ask for in its `parameters` cell."""
        return {
            "year": self.year,
            "reference_date": self.reference_date.isoformat(),
            "edition": self.edition,
        }


def read_parameters(workspace: Workspace, of: Period) -> Parameters:
    """Return the parameters of the report on a year or half-year.

    Raises
    ------
    ParametersError
        When the period has no parameter file, or the file breaks the model or is about another period.
    """
    path = workspace.parameters(of)
    if not path.is_file():
        known = ", ".join(map(str, workspace.periods())) or "none yet"
        raise ParametersError(
            f"There are no parameters for {'the year ' if isinstance(of, int) else ''}{of}.",
            workspace.relative(path),
            f"a report with a parameter file: {known}",
            f"Choose one of those, or copy one of the files to {workspace.relative(path)} and edit it.",
        )
    return _of_period(yaml_model.read(path, workspace.relative(path), Parameters, ParametersError), of, workspace)


def require_within(parameters: Parameters, deal: Deal, workspace: Workspace) -> None:
    """Raise `ParametersError` when there is nothing to report on: the deal had not started, or had no figures."""
    begins, first, of = deal.term.begins, deal.term.first_year, parameters.period
    if parameters.reference_date < begins or parameters.year < first:
        raise ParametersError(
            f"The report on {of} ends before the deal starts.",
            workspace.relative(workspace.parameters(of)),
            f"a reference_date from {begins}, in {first} or later ({workspace.relative(workspace.deal)}: term)",
            "Remove the file, or correct the term of the deal.",
        )


def _of_period(parameters: Parameters, of: Period, workspace: Workspace) -> Parameters:
    """Return parameters that know their period; raises `ParametersError` when they are about another one."""
    asked = {"year": str(year_of(of))} | ({"reference_date": of} if isinstance(of, str) else {})
    for name, right in asked.items():
        if str(found := getattr(parameters, name)) != right:
            raise ParametersError(
                f"The file of {of} says {name}: {found}.",
                workspace.relative(workspace.parameters(of)),
                f"{name}: {right}",
                f"Correct the {name.replace('_', ' ')} in the file, or the name of the file.",
            )
    if (day := parameters.reference_date) > (last := date(parameters.year, 12, 31)):
        raise ParametersError(
            f"The reference date {day} lies after the year that the report is about, {parameters.year}.",
            workspace.relative(workspace.parameters(of)),
            f"reference_date: {last}, or an earlier day: the report goes up to it, also when it appears later",
            "Correct the reference date; what became known since stands in the report on the next year.",
        )
    own = parameters.model_copy()  # what was read is kept for the next who asks
    own._period = of
    return own


def written_parameters(workspace: Workspace, of: Period, given: dict[str, str]) -> Parameters:
    """Write other values into the parameters of a report, and return them; comments stay.

    Raises
    ------
    ParametersError
        When a value is wrong. The file is unchanged then.
    """
    path, name = workspace.parameters(of), workspace.relative(workspace.parameters(of))
    read_parameters(workspace, of)
    default = {each: str(field.default) for each, field in Parameters.model_fields.items()}
    # As it is on disk: universal newlines would give a file of Windows other ends of its lines.
    text = path.read_bytes().decode()
    stands = yaml_model.keys_of(text)
    text = yaml_model.with_values(
        text, {key: value for key, value in given.items() if key in stands or value != default[key]}
    )
    checked = _of_period(yaml_model.parse(text, name, Parameters, ParametersError), of, workspace)
    part = path.with_name(f".{path.stem}-{os.getpid()}.part")
    part.write_bytes(text.encode())
    part.replace(path)
    return checked


def check_notebook_parameters(asked: set[str], notebook: Path, workspace: Workspace) -> None:
    """Raise `ParametersError` when a notebook asks for a parameter that the report does not have.

    Parameters
    ----------
    asked
        The names that the notebook's `parameters` cell assigns.
    notebook
        The notebook, for the message.
    """
    unknown, where = sorted(asked - {*NOTEBOOK, *EACH}), f"{workspace.relative(notebook)}, the cell tagged 'parameters'"
    if unknown:
        raise ParametersError(
            f"The notebook asks for unknown parameters: {', '.join(unknown)}.",
            where,
            f"only {', '.join(NOTEBOOK)}, and {' or '.join(EACH)} in a notebook that runs for each",
            "Remove the name from the cell, or compute it in a later cell.",
        )
    if asked >= set(EACH):
        raise ParametersError(
            f"The notebook asks for {' and '.join(EACH)}.",
            where,
            "one of them: a notebook runs for each pillar, or for each municipality",
            "Make two notebooks of it.",
        )
