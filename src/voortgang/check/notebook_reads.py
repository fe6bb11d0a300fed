"""What a notebook read: rows through the API, and files that it opened itself. Reuse of results rests on it.

`check.recorder` records it while the notebook runs.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Any

from voortgang.check.data import Data, View
from voortgang.check.remembered import Remembered
from voortgang.check.withheld import companions, hidden_projects, pooled
from voortgang.workspace.fingerprint import VARIABLE, of_elsewhere

if TYPE_CHECKING:
    import pandas as pd

    from voortgang.workspace.public_note import PublicNote

CORRECTIONS = "correcties"
"""Not a file: the figures of adopted years before the reporting year that have changed since."""

NOT_SHOWN = "niet_getoond"
"""Not a file: how many projects of each pillar have started, and are not shown in the edition."""

_YEAR_OF = {"metingen": "verslagjaar"}
_OF_PROJECTS = {"projecten", "voortgang", "financien"}
DAY_OF = {
    "projecten": "start",
    "voortgang": "peildatum",
    "metingen": "peildatum",
    "financien": "datum",
    "bijdragen": "datum",
    "begroting": "geldig_vanaf",
    "overleggen": "datum",
    "risicos": "peildatum",
    "mijlpalen": "peildatum",
}
"""The column of each table that says from which day a row is known."""


@dataclass(frozen=True, order=True)
class Rows:
    """The rows of a table: all, or what belongs to one pillar, indicator or municipality.

    A project belongs to each municipality that takes part in it or leads it, with its states and bookings.
    """

    table: str
    pillar: str | None = None
    indicator: str | None = None
    municipality: str | None = None

    def __str__(self) -> str:
        parts = (
            self.pillar,
            f"indicator {self.indicator}" if self.indicator is not None else None,
            f"municipality {self.municipality}" if self.municipality is not None else None,
        )
        named = ", ".join(each for each in parts if each is not None)
        return f"rows of {self.table}" + (f" ({named})" if named else "")

    def select(self, data: Data, view: View) -> pd.DataFrame:
        """Return the rows.

        Raises
        ------
        ValueError
            For an unknown table, one that cannot be narrowed like this, or a view that is not that of a public edition
            whose tables these are.
        """
        if data.note is not None and (view.edition != "openbaar" or view.reference_date > data.note.reference_date):
            raise ValueError(f"these tables are those of the public edition of {data.note.period}, and of no other")
        self._require_narrow()
        if self.table == CORRECTIONS:
            return _corrections(data, view)
        if self.table == NOT_SHOWN:
            return self._not_shown(data, view)
        if self.table not in DAY_OF:
            raise ValueError(f"there is no table {self.table!r}; the tables are {', '.join(DAY_OF)}")
        frame = _known_rows(self.table, data, view)
        if self.indicator is not None:
            frame = frame[frame["indicator_id"] == self.indicator]
        if self.pillar is not None:
            frame = frame[self._of_pillar(frame, data)]
        if self.table == "financien":
            # Those that are shown together belong to no project: they are added up before a municipality is chosen.
            frame = pooled(frame, data, view)
        if self.municipality is not None:
            frame = frame[self._of_municipality(frame, data)]
        if self.table == "projecten":
            return frame.assign(bedragen_openbaar=~frame["project_id"].isin(companions(data, view)))
        return frame

    def digest(self, data: Data, view: View) -> str:
        """Return the SHA-256 of the rows' values; the row numbers do not count."""
        # Notebooks ask for the same rows.
        known = _digests.of(data)
        if (self, view) not in known:
            text = self.select(data, view).to_csv(index=False)
            known[self, view] = hashlib.sha256(text.encode()).hexdigest()
        return known[self, view]

    def _not_shown(self, data: Data, view: View) -> pd.DataFrame:
        """Return `pijler` and `aantal`, and nothing else about those projects."""
        if data.note is not None:
            return self._noted(data.note, view)
        projects = data.tables.projecten
        started = projects[known_on(projects, "projecten", view.reference_date)]
        hidden = started[started["project_id"].isin(hidden_projects(data, view))]
        if self.pillar is not None:
            hidden = hidden[hidden["pijler"] == self.pillar]
        return hidden.groupby("pijler").size().rename("aantal").reset_index()

    def _require_narrow(self) -> None:
        if self.indicator is not None and self.table != "metingen":
            raise ValueError(f"the rows of {self.table} do not belong to an indicator")
        if self.municipality is not None and self.table not in _OF_PROJECTS:
            raise ValueError(f"the rows of {self.table} are not chosen by municipality")

    def _of_municipality(self, frame: pd.DataFrame, data: Data) -> pd.Series:
        projects = data.tables.projecten
        takes_part = projects["gemeenten"].map(lambda places: self.municipality in places).astype(bool)
        mine = takes_part | (projects["penvoerder"] == self.municipality)
        return frame["project_id"].isin(projects.loc[mine, "project_id"])

    def _noted(self, note: PublicNote, view: View) -> pd.DataFrame:
        import pandas as pd

        counts = [
            (each.pillar, each.count)
            for each in note.not_shown
            if each.until == view.reference_date and self.pillar in (None, each.pillar)
        ]
        return pd.DataFrame(sorted(counts), columns=["pijler", "aantal"])

    def _of_pillar(self, frame: pd.DataFrame, data: Data) -> pd.Series:
        if "pijler" in frame:
            return frame["pijler"] == self.pillar
        if self.table == "metingen":
            mine = [each.id for each in data.deal.indicators if data.deal.pillar_of(each.id) == self.pillar]
            return frame["indicator_id"].isin(mine)
        if self.table in {"voortgang", "mijlpalen"}:
            projects = data.tables.projecten
            return frame["project_id"].isin(projects.loc[projects["pijler"] == self.pillar, "project_id"])
        raise ValueError(f"the rows of {self.table} do not belong to a pillar")


_known: Remembered[tuple[str, View], pd.DataFrame] = Remembered()


def _known_rows(table: str, data: Data, view: View) -> pd.DataFrame:
    """Return the rows of a table that a view knows of, computed once: a notebook asks for many parts of them.

    Bookings of projects that the edition leaves out are among them: these are shown, together.
    """
    known = _known.of(data)
    if (table, view) not in known:
        frame = getattr(data.tables, table)
        chosen = known_on(frame, table, view.reference_date)
        if table in _YEAR_OF:
            chosen &= frame[_YEAR_OF[table]] <= view.year
        hidden = hidden_projects(data, view)
        if hidden and table in {"projecten", "voortgang", "risicos", "mijlpalen"}:
            chosen &= ~frame["project_id"].isin(hidden)
        known[table, view] = frame[chosen]
    # Who writes to a copy leaves what is known as it is: pandas copies on write.
    return known[table, view].copy(deep=False)


_digests: Remembered[tuple[Rows, View], str] = Remembered()


def digests_of(data: Data) -> dict[tuple[Rows, View], str]:
    """Return the digests that are known of the rows of some data, to be read and added to."""
    return _digests.of(data)


def known_on(frame: pd.DataFrame, table: str, day: date) -> pd.Series:
    """Return which rows of a table were known on a day."""
    import pandas as pd

    return frame[DAY_OF[table]] <= pd.Timestamp(day)


def _corrections(data: Data, view: View) -> pd.DataFrame:
    """Return the corrections as rows, all text.

    Columns: `verslagjaar`, `tabel`, `kolom`, `sleutel` (the primary key as JSON), `rij_vastgesteld`, `was`, `is_nu`,
    `reden`. In the public edition without those of projects whose amounts or states it does not show.
    """
    import pandas as pd

    from voortgang.check import adopted

    hidden = hidden_projects(data, view)
    withheld = {"voortgang": hidden, "financien": hidden | companions(data, view)}
    with through_rows():
        periods = data.workspace.adopted_periods()
        rows = [
            (
                *(str(each.year), each.table, each.column, json.dumps(each.key), str(each.adopted_row)),
                *(each.before, each.now, each.reason),
            )
            for each in adopted.corrections(data.workspace)
            if each.is_told(view.year, view.reference_date, periods)
            and each.project not in withheld.get(each.table, ())
        ]
    columns = ["verslagjaar", "tabel", "kolom", "sleutel", "rij_vastgesteld", "was", "is_nu", "reden"]
    return pd.DataFrame(rows, columns=columns)


@dataclass(frozen=True)
class Reads:
    """What one run of a notebook read: rows, files and folders by their path in the workspace, and variables.

    The variables are those of the environment.
    """

    rows: tuple[tuple[Rows, View], ...]
    files: tuple[str, ...]
    variables: tuple[str, ...] = ()

    @classmethod
    def parse(cls, text: str) -> Reads:
        """Return what `text` wrote; raises `ValueError` when something else did."""
        content = json.loads(text)
        rows = [(Rows(**each), view_from(view)) for each, view in content["rows"]]
        return cls(tuple(sorted(rows, key=str)), tuple(sorted(content["files"])), tuple(content["variables"]))

    def text(self) -> str:
        """Return this as JSON."""
        rows = [
            [vars(each), vars(view) | {"reference_date": view.reference_date.isoformat()}] for each, view in self.rows
        ]
        return json.dumps({"rows": rows, "files": self.files, "variables": self.variables}, sort_keys=True)

    def digests(self, data: Data) -> dict[str, str]:
        """Return the digest of each thing read as it is now, by a name for messages."""
        found = {f"{rows} up to {view.reference_date}": rows.digest(data, view) for rows, view in self.rows}
        return found | {name: of_elsewhere(data.workspace.root, name) for name in self.elsewhere}

    @property
    def elsewhere(self) -> tuple[str, ...]:
        """What was read beside rows: files by their path in the workspace, and variables, by a name for messages."""
        return (*self.files, *(f"{VARIABLE}{name}" for name in self.variables))


_through_rows: ContextVar[bool] = ContextVar("through_rows", default=False)


@contextmanager
def through_rows() -> Iterator[None]:
    """Open files without recording them: what is used of them is recorded as rows."""
    token = _through_rows.set(True)
    try:
        yield
    finally:
        _through_rows.reset(token)


def is_through_rows() -> bool:
    """Return whether files are opened now without being recorded."""
    return _through_rows.get()


def view_from(content: dict[str, Any]) -> View:
    """Return the view that JSON holds."""
    return View(**{**content, "reference_date": date.fromisoformat(content["reference_date"])})
