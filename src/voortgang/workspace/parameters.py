"""The parameters of one year's report, and the check that notebooks ask for no others."""

from __future__ import annotations

import json
import os
import re
from datetime import date
from pathlib import Path
from typing import Literal, Self

from pydantic import Field, model_validator

from voortgang.errors import ParametersError
from voortgang.workspace import yaml_model
from voortgang.workspace.paths import Workspace

NOTEBOOK = ("year", "reference_date", "edition")
"""What every notebook takes in its cell tagged `parameters`, in the order in which `load` takes them."""

EACH = ("pijler", "gemeente")
"""What a notebook may take beside them: it runs once for each pillar, or for each municipality, and gets the id."""


class Parameters(yaml_model.Strict):
    """What `parameters/<year>.yml` holds.

    Attributes
    ----------
    year
        Reporting year (verslagjaar, Art. 7.4).
    reference_date
        The figures are as known on this date (peildatum).
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
    inputs: list[str] = Field(default_factory=list)

    @model_validator(mode="after")
    def _reference_date_fits_the_year(self) -> Self:
        if not date(self.year, 1, 1) <= self.reference_date <= date(self.year + 1, 12, 31):
            raise ValueError(
                f"reference_date {self.reference_date} must lie in {self.year} or the year after, "
                "in which the report appears"
            )
        return self

    def for_notebook(self) -> dict[str, object]:
        """Return what a notebook may ask for in its `parameters` cell."""
        return {
            "year": self.year,
            "reference_date": self.reference_date.isoformat(),
            "edition": self.edition,
        }


def read_parameters(workspace: Workspace, year: int) -> Parameters:
    """Return the parameters of `year`.

    Raises
    ------
    ParametersError
        When the year has no parameter file, or the file breaks the model.
    """
    path = workspace.parameters(year)
    if not path.is_file():
        known = ", ".join(map(str, workspace.years())) or "none yet"
        raise ParametersError(
            f"There are no parameters for the year {year}.",
            workspace.relative(path),
            f"a year with a parameter file: {known}",
            f"Choose one of those years, or copy one of the files to {workspace.relative(path)} and edit it.",
        )
    parameters = yaml_model.read(path, workspace.relative(path), Parameters, ParametersError)
    if parameters.year != year:
        raise ParametersError(
            f"The file of {year} says year: {parameters.year}.",
            workspace.relative(path),
            f"year: {year}",
            "Correct the year in the file, or the name of the file.",
        )
    return parameters


def written_parameters(workspace: Workspace, year: int, given: dict[str, str]) -> Parameters:
    """Write other values into the parameters of a year, and return them; comments stay.

    Raises
    ------
    ParametersError
        When a value is wrong. The file is unchanged then.
    """
    path = workspace.parameters(year)
    read_parameters(workspace, year)
    lines = path.read_text(encoding="utf-8").splitlines()
    for name, value in given.items():
        plain = value if re.fullmatch(r"[A-Za-z0-9-]+", value) else json.dumps(value)
        place = next((number for number, line in enumerate(lines) if re.match(rf"{name}\s*:", line)), None)
        if place is None:
            if value != str(Parameters.model_fields[name].default):
                lines.append(f"{name}: {plain}")
        else:
            lines[place] = re.sub(r":\s*[^\s#]+", f": {plain}".replace("\\", r"\\"), lines[place], count=1)
    text = "\n".join(lines) + "\n"
    checked = yaml_model.parse(text, workspace.relative(path), Parameters, ParametersError)
    part = path.with_name(f".{path.stem}-{os.getpid()}.part")
    part.write_text(text, encoding="utf-8")
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
