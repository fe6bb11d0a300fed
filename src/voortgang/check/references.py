"""Rules that data must keep to be computed with: references, and amounts that the covenant fixes."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pandas as pd

from voortgang.check.combined_bookings import are_together
from voortgang.check.data import Data
from voortgang.check.findings import Finding, finding
from voortgang.workspace import schema
from voortgang.workspace.deal import Deal
from voortgang.writing.dutch import euro

Rule = Callable[[Data], Iterator[Finding]]


def references_exist(data: Data) -> Iterator[Finding]:
    """Yield a finding for a value that does not occur in the list or column that it refers to."""
    empty: dict[str, list[str]] = {}
    for table, frame in data.tables:
        for field in schema.table(table).fields:
            if field.refers_to is None:
                continue
            known = known_values(data, field.refers_to)
            values = frame[field.name].explode() if field.separator else frame[field.name]
            values = values.dropna()
            source = _source(field.refers_to)
            if not _is_whole(data, field.refers_to):
                continue  # what could not be read there has its own finding
            if not known and "." in field.refers_to:
                if len(values):
                    empty.setdefault(field.refers_to.partition(".")[0], []).append(f"{table}.csv")
                continue
            shown = ", ".join(sorted(known)[:20]) + (", …" if len(known) > 20 else "")
            for row, value in values[~values.isin(known)].items():
                yield finding(data.file(table), row, field.name, value, "reference", source=source, known=shown)
    for name, tables in empty.items():
        yield finding(data.file(name), 0, "", "", "table_without_rows", tables=", ".join(dict.fromkeys(tables)))


def _is_whole(data: Data, name: str) -> bool:
    """Return whether every value of the list or column that a field refers to could be read."""
    table, _, column = name.partition(".")
    if not column or data.sound(table):
        return True
    frame = getattr(data.tables, table)
    last = frame.index.max() if len(frame) else 0
    return bool(len(frame)) and len(frame) == last - 1 and bool(frame[column].notna().all())


def projects_have_a_place(data: Data) -> Iterator[Finding]:
    """Yield a finding for a project that names no municipality, in a deal in which municipalities take part."""
    if not data.deal.municipalities or not data.sound("projecten"):
        return
    (described,) = (each.description for each in schema.table("projecten").fields if each.name == "gemeenten")
    for row in data.tables.projecten.index[data.tables.projecten["gemeenten"].isna()]:
        yield finding(data.file("projecten"), row, "gemeenten", "", "empty_cell", description=described)


def themes_fit_pillars(data: Data) -> Iterator[Finding]:
    """Yield a finding for a project whose theme belongs to another pillar (Art. 4)."""
    pillar_of = {theme.id: pillar.id for pillar in data.deal.pillars for theme in pillar.themes}
    projects = data.tables.projecten
    right = projects["thema"].map(pillar_of)
    wrong = right.notna() & projects["pijler"].notna() & (right != projects["pijler"])
    for row, line in projects[wrong].iterrows():
        yield finding(
            data.file("projecten"),
            row,
            "thema",
            line["thema"],
            "theme_of_other_pillar",
            right=right[row],
            found=line["pijler"],
        )


def bookings_fit_projects(data: Data) -> Iterator[Finding]:
    """Yield a finding for a booking on another line than its project's, or on a pillar without a project."""
    bookings, file = data.tables.financien, data.file("financien")
    right = bookings["project_id"].map(_by_project(data, "pijler"))
    wrong = right.notna() & bookings["pijler"].notna() & (right != bookings["pijler"])
    for row, line in bookings[wrong].iterrows():
        project = line["project_id"]
        yield finding(file, row, "pijler", line["pijler"], "booking_on_other_pillar", project=project, right=right[row])
    overhead = data.deal.budget.overhead.line
    loose = bookings["project_id"].isna() & bookings["pijler"].notna() & (bookings["pijler"] != overhead)
    if data.note is not None:
        loose &= ~are_together(bookings)
    if data.sound("financien"):
        for row in bookings.index[loose]:
            yield finding(file, row, "project_id", "", "booking_without_project", overhead=overhead)


def terms_run_forward(data: Data) -> Iterator[Finding]:
    """Yield a finding for a project that ends before it starts."""
    projects = data.tables.projecten
    for row, line in projects[projects["einde"] < projects["start"]].iterrows():
        end, start = f"{line['einde']:%Y-%m-%d}", f"{line['start']:%Y-%m-%d}"
        yield finding(data.file("projecten"), row, "einde", end, "ends_before_start", start=start)


def measurements_fit_scope(data: Data) -> Iterator[Finding]:
    """Yield a finding for a measurement at another level than its indicator asks for (Art. 3)."""
    file, rows = data.file("metingen"), data.tables.metingen
    for indicator in data.deal.indicators:
        measured = rows[rows["indicator_id"] == indicator.id]
        if indicator.sum_of:
            for row in measured.index:
                parts = ", ".join(indicator.sum_of)
                yield finding(file, row, "indicator_id", indicator.id, "sum_is_measured", parts=parts)
        for column in ("gemeente", "sector"):
            asked = indicator.scope == column
            for row, value in measured.loc[measured[column].notna() != asked, column].items():
                yield finding(
                    file,
                    row,
                    column,
                    "" if pd.isna(value) else value,
                    "wrong_scope",
                    indicator=indicator.id,
                    scope=indicator.scope,
                    asked=column if asked else "–",
                )


def budget_is_the_covenants(data: Data) -> Iterator[Finding]:
    """Yield a finding when the split differs from Art. 5.1, or a revision (Art. 5.7) changes the total."""
    budget, file = data.tables.begroting, data.file("begroting")
    if budget.empty or not data.sound("begroting"):
        return
    article = data.deal.budget.article
    covenant = {line.line: line.amount for line in data.deal.budget.lines}
    first = budget[budget["geldig_vanaf"] == budget["geldig_vanaf"].min()]
    for row, line in first.iterrows():
        name = line["pijler"]
        if name in covenant and line["bedrag"] != covenant[name]:
            yield finding(
                file, row, "bedrag", line["bedrag"], "budget_differs", line=name, article=article, right=covenant[name]
            )
    for missing in sorted(covenant.keys() - set(first["pijler"])):
        yield finding(file, 0, "pijler", missing, "budget_lacks_line")
    split: dict[str, int] = {}
    for day, lines in budget.sort_values("geldig_vanaf", kind="stable").groupby("geldig_vanaf"):
        split |= {str(line): int(amount) for line, amount in zip(lines["pijler"], lines["bedrag"], strict=True)}
        total = sum(split.values())
        if total != data.deal.budget.total and set(split) == set(covenant):
            yield finding(
                file,
                lines.index[-1],
                "bedrag",
                "",
                "budget_total",
                day=f"{day:%Y-%m-%d}",
                found=euro(total),
                right=euro(data.deal.budget.total),
                article=article,
            )


RULES: tuple[Rule, ...] = (
    references_exist,
    projects_have_a_place,
    themes_fit_pillars,
    bookings_fit_projects,
    terms_run_forward,
    measurements_fit_scope,
    budget_is_the_covenants,
)


def known_values(data: Data, name: str) -> set[str]:
    """Return the values that a field with `refers_to: name` may hold; raises `KeyError` for an unknown list."""
    table, _, column = name.partition(".")
    if column:
        return set(getattr(data.tables, table)[column].dropna())
    return deal_list(data.deal, name)


def deal_list(deal: Deal, name: str) -> set[str]:
    """Return a list of `deal.yml` by the name that `tables.yml` gives it; raises `KeyError` for an unknown one."""
    lists: dict[str, Callable[[], set[str]]] = {
        "pillars": lambda: {pillar.id for pillar in deal.pillars},
        "lines": lambda: set(deal.line_names()),
        "themes": lambda: {theme.id for pillar in deal.pillars for theme in pillar.themes},
        "parties": lambda: {party.id for party in deal.parties},
        "municipalities": lambda: {party.id for party in deal.municipalities},
        "sectors": lambda: {sector.id for sector in deal.sectors},
        "indicators": lambda: {indicator.id for indicator in deal.indicators},
        "cross_overs": lambda: {cross_over.id for cross_over in deal.cross_overs},
    }
    return lists[name]()


def _by_project(data: Data, column: str) -> pd.Series:
    """Return a column of projects by project number."""
    projects = data.tables.projecten.dropna(subset="project_id").drop_duplicates("project_id")
    return projects.set_index("project_id")[column]


def _source(name: str) -> str:
    table, _, column = name.partition(".")
    return f"{table}.csv ({column})" if column else f"deal.yml ({name})"
