"""What the tables of a public edition do not say themselves: `data/openbaar.yml`, beside them in its bundle."""

from __future__ import annotations

from datetime import date
from typing import Annotated

import yaml
from pydantic import Field, StringConstraints

from voortgang.errors import WorkspaceError
from voortgang.workspace import yaml_model
from voortgang.workspace.paths import Period, Workspace

Id = Annotated[str, StringConstraints(min_length=1, max_length=60)]


class _Dumper(yaml.SafeDumper):
    """Write lists as lists, and the same day twice."""

    def ignore_aliases(self, data: object) -> bool:
        return True


_Dumper.add_representer(tuple, yaml.SafeDumper.represent_list)


class NotShown(yaml_model.Strict):
    """How many projects of a pillar had started on a day, and are not shown."""

    until: date
    pillar: Id
    count: int = Field(ge=1, le=10_000)


class PublicNote(yaml_model.Strict):
    """The note in a workspace that holds the tables of one public edition, and no others.

    Attributes
    ----------
    period, reference_date
        The report whose tables these are.
    not_shown
        Projects that the edition leaves out, as it counts them.
    amounts_together
        Projects of which the amounts are added up with those of others.
    """

    period: int | str
    reference_date: date
    not_shown: tuple[NotShown, ...] = ()
    amounts_together: tuple[Id, ...] = ()

    def text(self) -> str:
        """Return the note as its file holds it."""
        content = yaml.dump(self.model_dump(), Dumper=_Dumper, allow_unicode=True, sort_keys=False)
        return f"# The tables of this folder are those of one public edition; the bureau has the full ones.\n{content}"

    def require(self, of: Period, workspace: Workspace) -> None:
        """Raise `WorkspaceError` when a report is asked for that these tables are not made for."""
        if of != self.period:
            raise WorkspaceError(
                f"This folder holds the tables of the public edition of {self.period}, and of no other report.",
                workspace.relative(workspace.public_note),
                f"the report on {self.period}",
                "Ask the bureau for the bundle of the other report.",
            )


def read_note(workspace: Workspace) -> PublicNote | None:
    """Return the note of a workspace; None in one that holds full tables.

    Raises
    ------
    WorkspaceError
        When the file breaks its model.
    """
    path = workspace.public_note
    if not path.exists():
        return None
    return yaml_model.read(path, workspace.relative(path), PublicNote, WorkspaceError)
