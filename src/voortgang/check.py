"""Check a workspace before anything is computed from it: every finding at once.

A rule is a generator that takes the data and yields findings; add one by writing a function under
"Rules" and naming it in `RULES`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

import pandas as pd

from voortgang import narrative, schema
from voortgang.deal import Deal, read_deal
from voortgang.dutch import euro
from voortgang.errors import CheckError, Finding
from voortgang.parameters import read_parameters
from voortgang.tables import Tables, read_tables
from voortgang.workspace import Workspace


@dataclass(frozen=True)
class Data:
    """The covenant and the tables of a workspace.

    `unsound` names the files with a cell that could not be read: nothing can be said about their sums.
    """

    workspace: Workspace
    deal: Deal
    tables: Tables
    unsound: frozenset[str] = frozenset()

    def file(self, table: str) -> str:
        """Return how messages name the file of a table."""
        return self.workspace.relative(self.workspace.table(table))


@dataclass(frozen=True)
class Checked:
    """Data, and what was found in it."""

    data: Data
    findings: tuple[Finding, ...]

    def require_sound(self) -> Data:
        """Return the data; raises `CheckError` when a finding is an error."""
        errors = tuple(finding for finding in self.findings if finding.severity == "error")
        if errors:
            raise CheckError(errors)
        return self.data


def check(workspace: Workspace) -> Checked:
    """Read a workspace and return it with all findings.

    Raises
    ------
    DealError, ParametersError
        When `deal.yml` or a parameter file breaks its model: without them the tables cannot be judged.
    """
    deal = read_deal(workspace)
    for year in workspace.years():
        read_parameters(workspace, year)
    tables, findings = read_tables(workspace)
    data = Data(workspace, deal, tables, frozenset(finding.file for finding in findings))
    found = [*findings, *narrative.findings(workspace)]
    for rule in RULES:
        found.extend(rule(data))
    return Checked(data, tuple(sorted(set(found))))


# Rules ---------------------------------------------------------------------------------------------------


def references_exist(data: Data) -> Iterator[Finding]:
    """Yield a finding for a value that does not occur in the list or column that it refers to."""
    for table, frame in data.tables:
        for field in schema.table(table).fields:
            if field.refers_to is None:
                continue
            known = _known(data, field.refers_to)
            values = frame[field.name].explode() if field.separator else frame[field.name]
            values = values.dropna()
            expected = ", ".join(sorted(known)) if len(known) <= 20 else f"one of the {len(known)} values there"
            for row, value in values[~values.isin(known)].items():
                yield Finding(
                    data.file(table),
                    _row(row),
                    field.name,
                    str(value),
                    f"The value does not occur in {_source(field.refers_to)}.",
                    expected,
                    f"Correct the value, or add it to {_source(field.refers_to)} first.",
                )


def themes_fit_pillars(data: Data) -> Iterator[Finding]:
    """Yield a finding for a project whose theme belongs to another pillar (Art. 4)."""
    pillar_of = {theme.id: pillar.id for pillar in data.deal.pillars for theme in pillar.themes}
    projects = data.tables.projecten
    expected = projects["thema"].map(pillar_of)
    wrong = expected.notna() & projects["pijler"].notna() & (expected != projects["pijler"])
    for row, project in projects[wrong].iterrows():
        yield Finding(
            data.file("projecten"),
            _row(row),
            "thema",
            str(project["thema"]),
            f"The theme belongs to the pillar {expected[row]}, not to {project['pijler']}.",
            f"a theme of {project['pijler']}",
            "Correct the theme or the pillar.",
        )


def bookings_fit_projects(data: Data) -> Iterator[Finding]:
    """Yield a finding for a booking on another line than its project's, or on a pillar without a project."""
    bookings = data.tables.financien
    pillar_of = data.tables.projecten.dropna(subset="project_id").drop_duplicates("project_id")
    expected = bookings["project_id"].map(pillar_of.set_index("project_id")["pijler"])
    wrong = expected.notna() & bookings["pijler"].notna() & (expected != bookings["pijler"])
    for row, booking in bookings[wrong].iterrows():
        yield Finding(
            data.file("financien"),
            _row(row),
            "pijler",
            str(booking["pijler"]),
            f"Project {booking['project_id']} belongs to the pillar {expected[row]}.",
            str(expected[row]),
            "Correct the pillar or the project of the booking.",
        )
    overhead = data.deal.budget.overhead.line
    loose = bookings["project_id"].isna() & bookings["pijler"].notna() & (bookings["pijler"] != overhead)
    for row in bookings.index[loose]:
        yield Finding(
            data.file("financien"),
            _row(row),
            "project_id",
            "",
            "A booking on a pillar has no project.",
            "the number of a project",
            f"Fill in the project, or book on {overhead}.",
        )


def terms_run_forward(data: Data) -> Iterator[Finding]:
    """Yield a finding for a project that ends before it starts."""
    projects = data.tables.projecten
    for row, project in projects[projects["einde"] < projects["start"]].iterrows():
        yield Finding(
            data.file("projecten"),
            _row(row),
            "einde",
            f"{project['einde']:%Y-%m-%d}",
            "The project ends before it starts.",
            f"a day after {project['start']:%Y-%m-%d}",
            "Correct one of the dates.",
        )


def measurements_fit_scope(data: Data) -> Iterator[Finding]:
    """Yield a finding for a measurement at another level than its indicator asks for (Art. 3)."""
    indicators = {indicator.id: indicator for indicator in data.deal.indicators}
    columns = {"gemeente": "gemeente", "sector": "sector"}
    for row, line in data.tables.metingen.iterrows():
        indicator = indicators.get(line["indicator_id"])
        if indicator is None:
            continue
        if indicator.sum_of:
            yield Finding(
                data.file("metingen"),
                _row(row),
                "indicator_id",
                indicator.id,
                f"This indicator is the sum of {' and '.join(indicator.sum_of)} and is not measured itself.",
                "only measurements of its parts",
                "Remove the row.",
            )
        for scope, column in columns.items():
            if (indicator.scope == scope) != pd.notna(line[column]):
                asked = f"a {scope}" if indicator.scope == scope else "an empty cell"
                yield Finding(
                    data.file("metingen"),
                    _row(row),
                    column,
                    "" if pd.isna(line[column]) else str(line[column]),
                    f"The indicator {indicator.id} is measured per {indicator.scope}.",
                    asked,
                    "Correct the cell.",
                )


def budget_adds_up(data: Data) -> Iterator[Finding]:
    """Yield a finding when the split differs from Art. 5.1, or a revision (Art. 5.7) changes the total."""
    budget = data.tables.begroting.dropna(subset=["pijler", "bedrag", "geldig_vanaf"])
    file = data.file("begroting")
    if budget.empty or file in data.unsound:
        return
    first = budget[budget["geldig_vanaf"] == budget["geldig_vanaf"].min()]
    covenant = {line.line: line.amount for line in data.deal.budget.lines}
    for row, line in first.iterrows():
        if line["pijler"] in covenant and line["bedrag"] != covenant[line["pijler"]]:
            yield Finding(
                file,
                _row(row),
                "bedrag",
                str(line["bedrag"]),
                f"The first budget of {line['pijler']} differs from the covenant (Art. {data.deal.budget.article}).",
                f"{covenant[line['pijler']]}",
                "Correct the amount; a revision is a row of its own with a later date (Art. 5.7).",
            )
    for missing in sorted(covenant.keys() - set(first["pijler"])):
        yield Finding(
            file,
            0,
            "pijler",
            missing,
            "The first budget lacks a line.",
            "every line of Art. 5.1",
            "Add the row.",
        )
    split: dict[str, int] = {}
    for day, lines in budget.sort_values("geldig_vanaf").groupby("geldig_vanaf"):
        split |= {str(line): int(amount) for line, amount in zip(lines["pijler"], lines["bedrag"], strict=True)}
        if sum(split.values()) != data.deal.budget.total and set(split) == set(covenant):
            yield Finding(
                file,
                _row(lines.index[-1]),
                "bedrag",
                "",
                f"From {day:%Y-%m-%d} the lines add up to {euro(sum(split.values()))}.",
                f"{euro(data.deal.budget.total)} (Art. {data.deal.budget.article})",
                "Correct the amounts, or record the change of the total as an amendment in deal.yml (Art. 11).",
                "warning",
            )


RULES: tuple[Callable[[Data], Iterator[Finding]], ...] = (
    references_exist,
    themes_fit_pillars,
    bookings_fit_projects,
    terms_run_forward,
    measurements_fit_scope,
    budget_adds_up,
)


def _known(data: Data, name: str) -> set[str]:
    table, _, column = name.partition(".")
    if column:
        return set(getattr(data.tables, table)[column].dropna())
    deal = data.deal
    match name:
        case "pillars":
            return {pillar.id for pillar in deal.pillars}
        case "lines":
            return set(deal.line_names())
        case "themes":
            return {theme.id for pillar in deal.pillars for theme in pillar.themes}
        case "parties":
            return {party.id for party in deal.parties}
        case "municipalities":
            return {party.id for party in deal.municipalities}
        case "sectors":
            return {sector.id for sector in deal.sectors}
        case "indicators":
            return {indicator.id for indicator in deal.indicators}
        case "cross_overs":
            return {cross_over.id for cross_over in deal.cross_overs}
    raise KeyError(name)


def _source(name: str) -> str:
    table, _, column = name.partition(".")
    return f"the column {column} of {table}.csv" if column else f"deal.yml ({name})"


def _row(label: object) -> int:
    return int(str(label))
