"""Whose rows: what a party's workbook may report, and why it may not."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cached_property

import pandas as pd

from voortgang.check.data import Data
from voortgang.check.findings import Finding
from voortgang.check.references import known_values
from voortgang.intake import layout
from voortgang.intake.edits import Edit, Key, Values
from voortgang.intake.submission import Submission
from voortgang.workspace import schema

# The day that says to which year a row belongs, where its table has no year of its own.
_DAYS = {"financien": "datum", "bijdragen": "datum", "mijlpalen": "peildatum", "risicos": "peildatum"}


class Scope:
    """The rows that one file speaks for; a CSV file, which names no party, speaks for all that exist."""

    def __init__(self, data: Data, submission: Submission, files: Sequence[Submission]) -> None:
        self.data, self.submission, self.party = data, submission, submission.party
        projects = data.tables.projecten
        self.known = set(projects["project_id"].dropna())
        # A new project comes with its state, bookings and milestones: in one workbook, or in CSV files of one run.
        new = [row.values for each in files for row in each.rows if row.table == "projecten"]
        mine = {row.values["project_id"] for row in submission.rows if row.table == "projecten"} - self.known
        mine &= {values["project_id"] for values in new if values["penvoerder"] == self.party}
        self.led = set(projects.loc[projects["penvoerder"] == self.party, "project_id"].dropna()) | mine
        self.known |= {values["project_id"] for values in new}

    def keys(self, table: schema.Table, rows: Sequence[Values]) -> set[Key]:
        """Return the keys of the rows of a table that are the party's."""
        if not self.party:
            return set()
        mask = self._owned.get(table.name)
        if mask is None:
            return set()
        lines = (rows[int(str(label)) - 2] for label in mask.index[mask])
        return {tuple(row[name] for name in table.primary_key) for row in lines}

    @cached_property
    def _owned(self) -> dict[str, pd.Series]:
        party = {each.id: each for each in self.data.deal.parties}[self.party]
        return layout.owned(self.data.tables, self.data.deal, party, self.submission.year)

    @cached_property
    def _indicators(self) -> set[str]:
        return set(known_values(self.data, "indicators"))

    def against(self, edit: Edit, key: Key, now: dict[Key, Values], keys: set[Key]) -> Finding | None:
        """Return why the party may not report a row, and in which cell that stands; nothing when it may."""
        row, year = edit.row, self.submission.year
        if row is not None and (unknown := self._unknown(edit)) is not None:
            return unknown
        if not self.party:
            return None
        there = now.get(key, {}).get("verslagjaar", str(year))
        if row is not None and edit.sent is None and there != str(year):  # the row of another year has that day
            return self._found(edit, "peildatum", row.values["peildatum"], "other_year", year=year)
        if key in now and (edit.sent is not None or key in keys or row is None):
            return None if key in keys else self._not_yours(edit, key)
        if row is None or not self._is_own(row.table, row.values):
            return self._not_yours(edit, key)
        day = _DAYS.get(row.table)
        if day and row.values[day][:4] != str(year):
            return self._found(edit, day, row.values[day], "other_year", year=year)
        return None

    def _unknown(self, edit: Edit) -> Finding | None:
        """Return a finding for a number or id that exists nowhere: a typing error, and nobody else's row."""
        lists = {
            "project_id": (self.known, self.led if self.party else self.known),
            "indicator_id": (self._indicators, self._indicators),
        }
        for name, (known, shown) in lists.items():
            value = edit.row.values.get(name, "") if edit.row else ""
            if value and value not in known and edit.row and edit.row.table != "projecten":
                return self._found(edit, name, value, "unknown_value", allowed=", ".join(sorted(shown)))
        return None

    def _is_own(self, table: str, values: Values) -> bool:
        party, deal = self.party, self.data.deal
        regional = party == deal.regional_secretariat
        match table:
            case "projecten":
                return values["penvoerder"] == party
            case "voortgang" | "mijlpalen":
                return values["project_id"] in self.led
            case "metingen":
                return values["gemeente"] == party or (regional and not values["gemeente"])
            case "financien":
                return values["project_id"] in self.led or (regional and values["pijler"] == deal.budget.overhead.line)
            case "bijdragen":
                return values["partij"] == party
            case "risicos":
                risks = self.data.tables.risicos.sort_values("peildatum", kind="stable")
                owners = risks.loc[risks["risico_id"] == values["risico_id"], "eigenaar"]
                return values["eigenaar"] == party and (owners.empty or bool(owners.iloc[-1] == party))
        return False

    def _not_yours(self, edit: Edit, key: Key) -> Finding:
        shown = ", ".join(filter(None, key))
        return self._found(edit, "", shown, "not_yours", party=self.party, year=self.submission.of)

    def _found(self, edit: Edit, field: str, value: str, rule: str, **details: object) -> Finding:
        texts = tuple((name, str(detail)) for name, detail in sorted(details.items()))
        typed = str(edit.row.typed.get(field, value) if edit.row else value)
        return Finding(self.submission.name, 0, "", typed[:80], rule, texts, edit.place(field))
