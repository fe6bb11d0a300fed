"""The description of the tables (`tables.yml`), as typed objects and as a Frictionless data package.

`tables.yml` is the only description of a table. What needs one (reading, checks, the data package, the
documentation) asks here.
"""

from __future__ import annotations

import csv
import json
from collections.abc import Collection, Mapping
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

from pydantic import Field as Key
from pydantic import TypeAdapter

from voortgang.workspace.yaml_model import Strict, load_trusted
from voortgang.writing.spreadsheet import marked

if TYPE_CHECKING:
    from voortgang.workspace.paths import Workspace

EXAMPLE_SOURCE = "voorbeelddata"
"""What the column `bron` says of invented rows; a report made from any such row says so on every page."""


class Constraints(Strict):
    """Constraints of a field, as in the Table Schema standard."""

    required: bool = False
    enum: tuple[str, ...] = ()
    minimum: int | float | None = None
    maximum: int | float | None = None
    pattern: str | None = None
    max_length: int | None = Key(default=None, alias="maxLength")


class Field(Strict):
    """One column.

    Attributes
    ----------
    title, description
        Dutch heading and explanation.
    refers_to
        Where a value must occur: `table.column`, or the name of a list in `deal.yml`.
    separator
        What separates several values in one cell.
    unit
        `euro` for amounts.
    optional
        Whether a file may lack the column; its cells are then empty.
    """

    name: str
    type: Literal["string", "integer", "number", "date", "boolean"]
    title: str
    description: str
    refers_to: str | None = None
    separator: str | None = None
    unit: Literal["euro"] | None = None
    optional: bool = False
    true_values: tuple[str, ...] = Key(default=(), alias="trueValues")
    false_values: tuple[str, ...] = Key(default=(), alias="falseValues")
    constraints: Constraints = Constraints()

    @property
    def is_free_text(self) -> bool:
        """Whether a cell holds words of somebody's own: a remark, a name, a description."""
        bound = self.refers_to or self.separator or self.constraints.pattern or self.constraints.enum
        return self.type == "string" and not bound


class Table(Strict):
    """One table: its columns in order, and the columns that together identify a row.

    A workspace may lack an `optional` table; it then has no rows.
    """

    name: str
    title: str
    description: str
    optional: bool = False
    primary_key: tuple[str, ...] = Key(alias="primaryKey")
    fields: tuple[Field, ...]

    def marked(self, row: Mapping[str, str]) -> dict[str, str]:
        """Return a row as its CSV file holds it: a text that looks like a formula is marked, a number is not."""
        texts = {field.name for field in self.fields if field.type == "string"}
        return {name: marked(text) if name in texts else text for name, text in row.items()}

    def field(self, name: str) -> Field:
        """Return one column; raises `KeyError` for an unknown name."""
        for each in self.fields:
            if each.name == name:
                return each
        raise KeyError(name)


_NUMBER = {
    "name": "rij",
    "type": "integer",
    "title": "Rij",
    "description": "Rijnummer in de tabel waaruit dit verslag is gemaakt; de kop is rij 1.",
}


@cache
def tables() -> tuple[Table, ...]:
    """Return the description of every table, in the order in which they refer to each other."""
    values = load_trusted(Path(__file__).with_name("tables.yml"))
    return TypeAdapter(tuple[Table, ...]).validate_python(values)


def table(name: str) -> Table:
    """Return the description of one table; raises `KeyError` for an unknown name."""
    return {table.name: table for table in tables()}[name]


def absent(workspace: Workspace) -> frozenset[str]:
    """Return the names of the optional tables that a workspace does without."""
    return frozenset(each.name for each in tables() if each.optional and not workspace.table(each.name).exists())


def absent_columns(workspace: Workspace) -> frozenset[str]:
    """Return the optional columns that the files of a workspace do without, such as `metingen.toelichting`."""
    found = []
    for each in tables():
        optional = [field.name for field in each.fields if field.optional]
        path = workspace.table(each.name)
        if optional and path.is_file():
            with path.open(encoding="utf-8-sig", errors="replace", newline="") as file:
                headings = next(csv.reader(file), [])
            found += [f"{each.name}.{name}" for name in optional if name not in headings]
    return frozenset(found)


_POOLED = (
    " Boekingen van projecten waarvan de bedragen niet openbaar zijn, staan opgeteld in één rij per pijler, jaar en "
    "soort: zonder project en financier, met een nummer dat met SAM begint."
)


_MARKED = (
    "Een tekst die met =, +, - of @ begint, heeft een apostrof ervoor, zodat een rekenblad er geen formule van maakt; "
    "die hoort niet bij de tekst. Getallen hebben dat niet."
)


def data_package(
    title: str,
    numbered: bool = False,
    pooled: bool = False,
    publisher: str = "",
    licence: str | None = None,
    absent: Collection[str] = (),
) -> str:
    """Return `datapackage.json`: the tables in the Frictionless Data Package standard.

    Parameters
    ----------
    title
        The title of the package.
    numbered
        Whether the tables begin with the column `rij`, the row number in the file that the report is made from.
    pooled
        Whether bookings may be added up, as the public edition does with those that it withholds.
    publisher, licence
        Who publishes the tables, and on which terms; left out when they are not known.
    absent
        Names of the optional tables, and of optional columns (`table.column`), that are not there.
    """
    package: dict[str, Any] = {
        "profile": "tabular-data-package",
        "name": "voortgang",
        "title": title,
        "description": _MARKED,
        **({"licenses": [{"name": licence}]} if licence else {}),
        **({"contributors": [{"title": publisher, "role": "publisher"}]} if publisher else {}),
        "resources": [_resource(table, numbered, absent) for table in tables() if table.name not in absent],
    }
    if pooled:
        bookings = next(each for each in package["resources"] if each["name"] == "financien")
        bookings["description"] += _POOLED
        financier = next(each for each in bookings["schema"]["fields"] if each["name"] == "financier")
        del financier["constraints"]
    return json.dumps(package, ensure_ascii=False, indent=2) + "\n"


def _resource(table: Table, numbered: bool, absent: Collection[str]) -> dict[str, Any]:
    keys = [
        {"fields": field.name, "reference": {"resource": other, "fields": column}}
        for field in table.fields
        for other, _, column in [(field.refers_to or "").partition(".")]
        if column
    ]
    schema: dict[str, Any] = {
        "fields": [
            field.model_dump(
                by_alias=True, exclude_defaults=True, exclude={"refers_to", "separator", "unit", "optional"}
            )
            | {key: value for key in ("separator", "unit") if (value := getattr(field, key))}
            for field in table.fields
            if f"{table.name}.{field.name}" not in absent
        ],
        "primaryKey": list(table.primary_key),
        "missingValues": [""],
    }
    if keys:
        schema["foreignKeys"] = keys
    if numbered:
        schema["fields"].insert(0, _NUMBER)
    return {
        "profile": "tabular-data-resource",
        "name": table.name,
        "title": table.title,
        "description": table.description,
        "path": f"{table.name}.csv",
        "format": "csv",
        "mediatype": "text/csv",
        "encoding": "utf-8",
        "schema": schema,
    }
