"""What nobody would believe: days of another age, amounts with a zero too many, values that cannot be, gaps."""

from __future__ import annotations

from collections.abc import Hashable, Iterator
from datetime import date

import pandas as pd

from voortgang.check.data import Data
from voortgang.check.findings import Finding, finding
from voortgang.check.references import Rule
from voortgang.workspace.deal_parts import Indicator
from voortgang.workspace.shapes import read_shapes
from voortgang.writing.characters import as_name
from voortgang.writing.dutch import euro, exact, listing, number, rounded

NEAR = 2
"""Years before the start and after the end of the deal in which a day is still likely."""

FAR_ABOVE = 5
"""How many times its commitments a project's budget is, halfway the project, when a zero too many is likely."""

_DAYS = {
    "projecten": ("start", "einde"),
    "voortgang": ("peildatum",),
    "metingen": ("peildatum",),
    "bijdragen": ("datum",),
    "begroting": ("geldig_vanaf",),
    "overleggen": ("datum",),
    "mijlpalen": ("peildatum", "gepland", "gehaald"),
}
"""The days in each table; that of a booking is judged by `controls.bookings_lie_within_terms`."""


def days_lie_near_the_deal(data: Data) -> Iterator[Finding]:
    """Yield a finding for a day that lies years outside the term of the deal (Art. 17)."""
    begins, end = data.deal.term.begins, data.deal.as_of(date.max).term.end
    # A day of a later century is a typing error as well: pandas compares years, and no day has to be made.
    first, last = begins.year - NEAR, end.year + NEAR
    for table, columns in _DAYS.items():
        frame = getattr(data.tables, table)
        for column in columns:
            days = frame[column].dropna()
            for row, day in days[~days.dt.year.between(first, last)].items():
                text = f"{day:%Y-%m-%d}"
                yield finding(data.file(table), row, column, text, "day_unlikely", first=str(begins), last=str(end))


def years_lie_within_the_deal(data: Data) -> Iterator[Finding]:
    """Yield a finding for a row about a year before the deal, or after it (Art. 17)."""
    first, last = data.deal.term.first_year, data.deal.as_of(date.max).term.end.year
    for table in ("voortgang", "metingen"):
        years = getattr(data.tables, table)["verslagjaar"].dropna()
        for row, year in years[~years.between(first, last)].items():
            yield finding(data.file(table), row, "verslagjaar", year, "year_outside_deal", first=first, last=last)


def contributions_are_not_negative(data: Data) -> Iterator[Finding]:
    """Yield a finding for a contribution below zero (Art. 5.2)."""
    rows, names = data.tables.bijdragen, {party.id: party.short for party in data.deal.parties}
    for row, line in rows[rows["bedrag"] < 0].iterrows():
        party = names.get(str(line["partij"]), str(line["partij"]))
        yield finding(data.file("bijdragen"), row, "bedrag", line["bedrag"], "contribution_negative", party=party)


def states_have_no_gaps(data: Data) -> Iterator[Finding]:
    """Yield a finding for a project without a state in a year in which others have one, before it has ended."""
    if not data.sound("voortgang", "projecten"):
        return
    states = data.tables.voortgang.dropna(subset=["project_id", "verslagjaar"]).sort_values("peildatum")
    told = sorted({int(year) for year in states["verslagjaar"]})
    ended = states[states["fase"].isin(["afgerond", "gestopt"])].groupby("project_id")["verslagjaar"].min()
    have = set(zip(states["project_id"], states["verslagjaar"].astype(int), strict=True))
    for row, project in data.tables.projecten.dropna(subset=["project_id", "start"]).iterrows():
        key = project["project_id"]
        until = int(ended.get(key, told[-1] if told else 0))
        for year in told:
            runs = project["start"] <= pd.Timestamp(min(date(year, 12, 31), data.last_day))
            if runs and year <= until and (key, year) not in have:
                what = f"{key} ({project['naam']})"
                yield finding(data.file("projecten"), row, "project_id", key, "state_missing", project=what, year=year)


def years_have_figures(data: Data) -> Iterator[Finding]:
    """Yield a finding for a year without a row in a table that has rows about years before it.

    The report on that year would say that nothing was spent or changed. After the last year with rows it is so only
    where the year is over and a project ran in it.
    """
    if not data.sound("projecten"):
        return
    tables = {
        "financien": ("datum", "boekingen"),
        "metingen": ("verslagjaar", "metingen"),
        "voortgang": ("verslagjaar", "standen van projecten"),
    }
    for table, (column, what) in tables.items():
        if not data.sound(table):
            continue
        cells = getattr(data.tables, table)[column].dropna()
        years = {int(year) for year in (cells.dt.year if column == "datum" else cells)}
        for year in sorted(set(range(min(years, default=9999), _last_whole_year(data) + 1)) - years):
            if year > max(years) and not _a_project_runs(data, year):
                continue
            details = {"year": year, "what": what, "since": f"{year}-12-31"}
            yield finding(data.file(table), 0, column, "", "year_without_rows", **details)


def _last_whole_year(data: Data) -> int:
    """Return the last year of the deal that the tables tell of to its end."""
    last = data.last_day
    whole = last.year if (last.month, last.day) == (12, 31) else last.year - 1
    return min(whole, data.deal.as_of(date.max).term.end.year)


def _a_project_runs(data: Data, year: int) -> bool:
    """Return whether a project has days in a year."""
    projects = data.tables.projecten
    return bool(((projects["start"].dt.year <= year) & (projects["einde"].dt.year >= year)).any())


def values_are_possible(data: Data) -> Iterator[Finding]:
    """Yield a finding for a count below zero, a percentage below 0 or above 100, and half a milestone."""
    for row, indicator, value in _measured(data):
        limits, possible = {
            "aantal": ("≥ 0", value >= 0),
            "procent": ("0 – 100", 0 <= value <= 100),
            "mijlpaal": ("0 / 1", value in (0, 1)),
        }.get(indicator.measure, ("", True))
        if not possible:
            details = {"indicator": indicator.name, "limits": limits}
            yield finding(data.file("metingen"), row, "waarde", exact(value), "value_impossible", **details)


def values_are_shown_as_they_are(data: Data) -> Iterator[Finding]:
    """Yield a finding for a value that is judged by a target, and has more decimals than a report shows.

    What is just short of its target could be shown as the target itself.
    """
    for row, indicator, value in _measured(data):
        judged = indicator.has_target and indicator.kind != "mijlpaal"
        if judged and float(rounded(value, indicator.decimals)) != value:
            details = {"shown": number(value, indicator.decimals), "indicator": indicator.name}
            yield finding(data.file("metingen"), row, "waarde", exact(value), "value_rounded", **details)


def _measured(data: Data) -> Iterator[tuple[Hashable, Indicator, float]]:
    """Yield each value of a known indicator, with the number of its row."""
    rows = data.tables.metingen.dropna(subset=["waarde", "indicator_id"])
    known = {each.id: each for each in data.deal.indicators}
    for row, name, value in zip(rows.index, rows["indicator_id"], rows["waarde"], strict=True):
        if name in known:
            yield row, known[name], float(value)


def budgets_fit_their_commitments(data: Data) -> Iterator[Finding]:
    """Yield a finding for a project past its middle whose budget is many times what is committed for it."""
    if not data.sound("financien", "projecten"):
        return
    bookings = data.tables.financien
    committed = bookings[bookings["soort"] == "gecommitteerd"].groupby("project_id")["bedrag"].sum()
    today = pd.Timestamp(data.last_day)
    for row, project in data.tables.projecten.dropna(subset=["project_id", "start", "einde", "begroot"]).iterrows():
        booked = int(committed.get(project["project_id"], 0))
        middle = project["start"] + (project["einde"] - project["start"]) / 2
        if 0 < booked * FAR_ABOVE < int(project["begroot"]) and middle <= today:
            yield finding(
                data.file("projecten"),
                row,
                "begroot",
                project["begroot"],
                "budget_unlikely",
                budget=euro(int(project["begroot"])),
                committed=euro(booked),
            )


def names_are_given_once(data: Data) -> Iterator[Finding]:
    """Yield a finding for a project that has the name of an earlier one, in other capitals or with other spaces too."""
    names = data.tables.projecten["naam"].dropna().map(as_name)
    first = names.drop_duplicates()
    for row, name in names[names.duplicated()].items():
        other = data.tables.projecten.at[first.index[first == name][0], "project_id"]
        shown = data.tables.projecten.at[row, "naam"]
        yield finding(data.file("projecten"), row, "naam", shown, "name_twice", other=other)


def maps_are_whole(data: Data) -> Iterator[Finding]:
    """Yield a finding for a map on which a municipality of the deal is missing."""
    shapes = read_shapes(data.workspace)
    missing = [each.short for each in data.deal.municipalities if shapes and each.cbs_code not in shapes.rings]
    if missing:
        yield finding(
            data.workspace.relative(data.workspace.shapes), 0, "", "", "map_incomplete", missing=listing(missing)
        )


def milestones_are_known_when_reached(data: Data) -> Iterator[Finding]:
    """Yield a finding for a milestone that was reached after the day of its row."""
    rows = data.tables.mijlpalen
    for row, line in rows[rows["gehaald"] > rows["peildatum"]].iterrows():
        day, known = f"{line['gehaald']:%Y-%m-%d}", f"{line['peildatum']:%Y-%m-%d}"
        yield finding(data.file("mijlpalen"), row, "gehaald", day, "milestone_reached_later", known=known)


def milestones_keep_their_words(data: Data) -> Iterator[Finding]:
    """Yield a finding for a milestone of a project that differs from an earlier one in capitals or spaces alone."""
    rows = data.tables.mijlpalen.dropna(subset=["project_id", "mijlpaal"])
    first: dict[tuple[str, str], str] = {}
    for row, line in rows.iterrows():
        name = str(line["mijlpaal"])
        before = first.setdefault((line["project_id"], as_name(name)), name)
        if before != name:
            yield finding(data.file("mijlpalen"), row, "mijlpaal", name, "milestone_spelled", before=before)


RULES: tuple[Rule, ...] = (
    maps_are_whole,
    days_lie_near_the_deal,
    years_lie_within_the_deal,
    contributions_are_not_negative,
    states_have_no_gaps,
    years_have_figures,
    values_are_possible,
    values_are_shown_as_they_are,
    budgets_fit_their_commitments,
    names_are_given_once,
    milestones_are_known_when_reached,
    milestones_keep_their_words,
)
