"""Who adopted the report on a year, and when: `besluit.yml` beside the figures that are kept."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Any

from pydantic import AfterValidator, Field, StringConstraints

from voortgang.errors import WorkspaceError
from voortgang.workspace import yaml_model
from voortgang.workspace.paths import Period, Workspace
from voortgang.writing.characters import as_name
from voortgang.writing.dutch import long_date

Line = Annotated[str, StringConstraints(min_length=1, max_length=120), yaml_model.ONE_LINE]


def _different(people: tuple[str, ...]) -> tuple[str, ...]:
    if len(set(map(as_name, people))) < len(people):
        raise ValueError("the same person is named twice")
    return people


class Decision(yaml_model.Strict):
    """The decision by which a report was adopted.

    Attributes
    ----------
    body
        Who decided, such as `de stuurgroep`.
    date
        The day of the decision.
    number
        By which the decision is found again.
    people
        Who confirmed that the kept figures are those that were decided on; two where four eyes are asked for.
    source
        Where this comes from, if not from the bureau itself.
    """

    body: Line
    date: date
    number: Line
    people: Annotated[tuple[Line, ...], Field(min_length=1, max_length=9), AfterValidator(_different)]
    source: Line | None = None

    @property
    def in_words(self) -> str:
        """The decision as a report writes it."""
        return f"vastgesteld door {self.body} op {long_date(self.date)}, besluit {self.number}"

    def as_json(self) -> dict[str, Any]:
        """Return the decision as the manifest holds it."""
        return self.model_dump(mode="json", exclude_none=True)


def read_decision(workspace: Workspace, of: Period) -> Decision | None:
    """Return the decision that adopted the report on a period; None when none is kept.

    Raises
    ------
    WorkspaceError
        When the file breaks its model.
    """
    path = workspace.decision(of)
    if not path.is_file():
        return None
    return yaml_model.read(path, workspace.relative(path), Decision, WorkspaceError)
