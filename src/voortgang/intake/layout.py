"""What a party's workbook looks like: its sheets, their columns, and which rows of the tables are the party's."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

import pandas as pd

from voortgang.check.cells import Tables
from voortgang.workspace import schema
from voortgang.workspace.deal import Deal
from voortgang.workspace.deal_parts import Party
from voortgang.workspace.paths import Period

VERSION = "3"
READ_VERSIONS = ("2", VERSION)
"""Of which templates workbooks are read; what came later is not asked of an earlier one."""

TITLE_ROW, EXPLANATION_ROW, OFFER_ROW, HEADING_ROW, FIRST_ROW = 1, 2, 3, 4, 5
COVER = "Uitleg"
COVER_DEAL = "A2"
"""Where the cover names the deal."""
LISTS = "Lijsten"
COVER_CELLS = {"Partij": "B4", "Verslagjaar": "B5", "Sjabloon": "B6"}


@dataclass(frozen=True)
class Column:
    """A column of a sheet.

    Attributes
    ----------
    heading
        Dutch heading.
    field
        Which column of the table it fills; empty for a column that only informs.
    locked
        Whether the party may not type in it.
    since
        The template that first had it.
    """

    heading: str
    field: str = ""
    locked: bool = False
    since: str = READ_VERSIONS[0]


@dataclass(frozen=True)
class Sheet:
    """A sheet of the workbook: one table.

    Attributes
    ----------
    table
        Name of the table.
    title, explanation
        Dutch texts above the table.
    columns
        From left to right.
    spare
        How many empty rows for new entries.
    since
        The template that first had it.
    """

    table: str
    title: str
    explanation: str
    columns: tuple[Column, ...]
    spare: int = 0
    since: str = READ_VERSIONS[0]


def sheets(version: str = VERSION) -> tuple[Sheet, ...]:
    """Return the sheets of a template, in order."""
    return tuple(
        replace(sheet, columns=tuple(column for column in sheet.columns if column.since <= version))
        for sheet in _sheets()
        if sheet.since <= version
    )


def _sheets() -> tuple[Sheet, ...]:
    """Return the sheets of the newest template; headings come from the description of the tables."""
    risks = _columns("risicos", locked="risico_id eigenaar", hidden="bron")
    judged = [column.field for column in risks].index("kans")
    return (
        Sheet(
            "projecten",
            "Projecten",
            "De projecten die uw organisatie leidt. Verbeter wat niet klopt; vul een nieuw project onderaan aan.",
            _columns("projecten", locked="project_id pijler thema penvoerder", hidden="bron"),
            spare=10,
        ),
        Sheet(
            "voortgang",
            "Voortgang",
            "De stand van elk project op de peildatum. Geef een toelichting bij oranje en rood.",
            (
                *_columns("voortgang", locked="project_id", hidden="bron verslagjaar")[:1],
                Column("Project", locked=True),
                Column("Vorig jaar", locked=True),
                *_columns("voortgang", locked="project_id", hidden="bron verslagjaar")[1:],
            ),
        ),
        Sheet(
            "metingen",
            "Metingen",
            "De waarde van elke indicator op de peildatum. Laat de cel leeg als er geen cijfer is.",
            (
                Column("Indicator", "indicator_id", True),
                Column("Omschrijving", locked=True),
                Column("Eenheid", locked=True),
                *_columns("metingen", locked="gemeente sector", hidden="bron verslagjaar indicator_id")[:2],
                Column("Vorig jaar", locked=True),
                *_columns("metingen", locked="gemeente sector", hidden="bron verslagjaar indicator_id")[2:],
            ),
        ),
        Sheet(
            "financien",
            "Financiën",
            "Alle boekingen van het jaar op uw projecten, in hele euro's. Vul onderaan aan; de tabel groeit mee.",
            _columns("financien", hidden="bron"),
            spare=60,
        ),
        Sheet(
            "bijdragen",
            "Bijdragen",
            "Wat uw organisatie in het jaar toezegde of betaalde, in hele euro's.",
            _columns("bijdragen", locked="partij", hidden="bron"),
            spare=10,
        ),
        Sheet(
            "risicos",
            "Risico's",
            "De risico's waarvan uw organisatie eigenaar is. Beoordeel elk jaar kans en effect. Is een risico er niet "
            "meer, kies dan bij Status vervallen.",
            (*risks[:judged], Column("Vorig jaar", locked=True), *risks[judged:]),
            spare=10,
            since="3",
        ),
        Sheet(
            "mijlpalen",
            "Mijlpalen",
            "De mijlpalen van uw projecten, met de planning van nu. Is een mijlpaal gehaald, vul dan de dag in.",
            _columns("mijlpalen", locked="project_id mijlpaal", hidden="bron"),
            spare=20,
            since="3",
        ),
    )


def _columns(table: str, locked: str = "", hidden: str = "") -> tuple[Column, ...]:
    return tuple(
        # What a file may lack came with the newest template.
        Column(field.title, field.name, field.name in locked.split(), READ_VERSIONS[-1 if field.optional else 0])
        for field in schema.table(table).fields
        if field.name not in hidden.split()
    )


def owned(tables: Tables, deal: Deal, party: Party, year: int) -> dict[str, pd.Series]:
    """Return which rows of each table are the party's to report about a year, as masks by table name.

    The projects that it leads with their bookings, state and milestones; the measurements of its municipality, or of
    the region and its sectors for who keeps the secretariat; its own contributions; the risks that it owns.
    """
    led = set(tables.projecten.loc[tables.projecten["penvoerder"] == party.id, "project_id"].dropna())
    regional = party.id == deal.regional_secretariat
    overhead = tables.financien["pijler"] == deal.budget.overhead.line
    rules: dict[str, Callable[[pd.DataFrame], pd.Series]] = {
        "projecten": lambda rows: rows["penvoerder"] == party.id,
        "voortgang": lambda rows: rows["project_id"].isin(led) & (rows["verslagjaar"] == year).fillna(False),
        "metingen": lambda rows: (
            ((rows["gemeente"] == party.id) | (regional & rows["gemeente"].isna()))
            & (rows["verslagjaar"] == year).fillna(False)
        ),
        "financien": lambda rows: (
            (rows["project_id"].isin(led) | (regional & overhead)) & (rows["datum"].dt.year == year)
        ),
        "bijdragen": lambda rows: (rows["partij"] == party.id) & (rows["datum"].dt.year == year),
        "mijlpalen": lambda rows: rows["project_id"].isin(led) & (rows["peildatum"].dt.year == year),
        "risicos": lambda rows: (rows["eigenaar"] == party.id) & (rows["peildatum"].dt.year == year),
    }
    return {name: rule(getattr(tables, name)).astype(bool) for name, rule in rules.items()}


def file_names(parties: Sequence[Party], of: Period) -> dict[str, Party]:
    """Return the name of each party's workbook, such as `Aa-en-Hunze-2021.xlsx`.

    Only letters, digits and hyphens of the party's short name; its id where nothing is left, much, or another's name.

    Examples
    --------
    >>> odd = [Party(id=name, name=name, short=short, group="regio", kind="gemeente", article="0")
    ...        for name, short in (("a", "../../x"), ("b", "X."), ("c", "..."), ("d", "De Wolden"))]
    >>> list(file_names(odd, 2021))
    ['a-2021.xlsx', 'b-2021.xlsx', 'c-2021.xlsx', 'De-Wolden-2021.xlsx']
    >>> list(file_names(odd[3:], "2021-06-30"))
    ['De-Wolden-2021-06-30.xlsx']
    """
    stems = {party.id: "-".join(re.findall(r"\w+", party.short)) for party in parties}
    often = Counter(stem.casefold() for stem in stems.values())
    return {
        f"{stem if 0 < len(stem) <= 80 and often[stem.casefold()] == 1 else party.id}-{of}.xlsx": party
        for party in parties
        for stem in [stems[party.id]]
    }
