"""What an experienced controller would notice: figures that can be read, but are hardly right."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from itertools import pairwise

import pandas as pd

from voortgang.check.data import Data
from voortgang.check.findings import Finding, finding
from voortgang.check.money import budget_on
from voortgang.check.references import Rule
from voortgang.writing.dutch import euro, exact

JUMP = 5.0
"""How many times the largest earlier yearly change a change must be to stand out."""


def bookings_lie_within_terms(data: Data) -> Iterator[Finding]:
    """Yield a finding for a booking outside the term of the deal (Art. 17) or of its project."""
    bookings, file = data.tables.financien, data.file("financien")
    first = pd.Timestamp(data.deal.term.begins)
    last = pd.Timestamp(data.deal.as_of(date.max).term.end)
    outside = (bookings["datum"] < first) | (bookings["datum"] > last)
    for row, day in bookings.loc[outside, "datum"].items():
        yield finding(
            file,
            row,
            "datum",
            f"{day:%Y-%m-%d}",
            "booking_outside_deal",
            first=f"{first:%Y-%m-%d}",
            last=f"{last:%Y-%m-%d}",
        )
    projects = data.tables.projecten.dropna(subset="project_id").drop_duplicates("project_id").set_index("project_id")
    # `map` would make numbers of the days where there are no projects.
    terms = projects[["start", "einde"]].reindex(bookings["project_id"]).set_index(bookings.index)
    start, end = terms["start"], terms["einde"]
    outside = ~outside & ((bookings["datum"] < start) | (bookings["datum"] > end))
    for row, line in bookings[outside].iterrows():
        yield finding(
            file,
            row,
            "datum",
            f"{line['datum']:%Y-%m-%d}",
            "booking_outside_project",
            project=line["project_id"],
            first=f"{start[row]:%Y-%m-%d}",
            last=f"{end[row]:%Y-%m-%d}",
        )


def money_keeps_its_order(data: Data) -> Iterator[Finding]:
    """Yield a finding where more is realised than committed, or more committed than budgeted (Art. 5.1, 5.7)."""
    if not data.sound("financien", "projecten", "begroting"):
        return
    bookings = data.tables.financien
    projects = data.tables.projecten.set_index("project_id")
    overhead = data.deal.budget.overhead.line
    # What the public edition shows together has neither a project nor is it overhead.
    bookings = bookings[bookings["project_id"].notna() | (bookings["pijler"] == overhead)]
    keys = bookings["project_id"].fillna(overhead)
    booked = bookings.pivot_table(index=keys, columns="soort", values="bedrag", aggfunc="sum").reindex(
        columns=["gecommitteerd", "gerealiseerd"]
    )
    last_row = pd.Series(bookings.index, index=keys).groupby(level=0).last()
    for key, line in booked.fillna(0).iterrows():
        named = data.deal.line_names().get(str(key), str(key))
        what = f"{key} ({projects.at[key, 'naam']})" if key in projects.index else named
        committed, realised = int(line["gecommitteerd"]), int(line["gerealiseerd"])
        place = (data.file("financien"), last_row[key], "bedrag", "")
        if realised > committed:
            yield finding(
                *place, "realised_exceeds_committed", what=what, realised=euro(realised), committed=euro(committed)
            )
        budget = int(projects.at[key, "begroot"]) if key in projects.index else committed
        if committed > budget:
            yield finding(*place, "committed_exceeds_budget", what=what, committed=euro(committed), budget=euro(budget))
    amounts = budget_on(data)
    revised = data.tables.begroting.sort_values("geldig_vanaf").drop_duplicates("pijler", keep="last")
    every = data.tables.financien
    committed_by_line = every[every["soort"] == "gecommitteerd"].groupby("pijler")["bedrag"].sum()
    for line, total in committed_by_line.items():
        if int(total) > amounts.get(str(line), 0):
            rows = revised.index[revised["pijler"] == line]
            yield finding(
                data.file("begroting"),
                rows[0] if len(rows) else 0,
                "bedrag",
                "",
                "committed_exceeds_budget",
                what=data.deal.line_names().get(str(line), line),
                committed=euro(int(total)),
                budget=euro(amounts.get(str(line), 0)),
            )


def contributions_match_promises(data: Data) -> Iterator[Finding]:
    """Yield a finding where a party paid more than it promised, or promises differ from Art. 5.2."""
    if not data.sound("bijdragen"):
        return
    file, rows = data.file("bijdragen"), data.tables.bijdragen
    sums = rows.pivot_table(index="partij", columns="soort", values="bedrag", aggfunc="sum")
    sums = sums.reindex(columns=["toegezegd", "ontvangen"]).fillna(0)
    names = {party.id: party.short for party in data.deal.parties}
    for party, line in sums.iterrows():
        paid, promised = int(line["ontvangen"]), int(line["toegezegd"])
        if paid > promised:
            row = rows.index[(rows["partij"] == party) & (rows["soort"] == "ontvangen")][-1]
            yield finding(
                file,
                row,
                "bedrag",
                "",
                "paid_exceeds_promise",
                party=names.get(str(party), party),
                paid=euro(paid),
                promised=euro(promised),
            )
    for contribution in data.deal.contributions:
        members = [party.id for party in data.deal.parties if party.group == contribution.group]
        promised = int(sums.loc[sums.index.isin(members), "toegezegd"].sum())
        if promised and abs(promised - contribution.amount) > len(members):
            yield finding(
                file,
                0,
                "bedrag",
                "",
                "promise_differs",
                group=contribution.group,
                found=euro(promised),
                right=euro(contribution.amount),
                article=contribution.article,
            )


def measurements_follow_their_history(data: Data) -> Iterator[Finding]:
    """Yield a finding for a cumulative indicator that falls, and for a value far out of line with its history."""
    file = data.file("metingen")
    kinds = {indicator.id: indicator.kind for indicator in data.deal.indicators}
    rows = data.tables.metingen.dropna(subset=["waarde", "peildatum", "indicator_id"]).sort_values("peildatum")
    keys_of_series = ["indicator_id", "gemeente", "sector"]
    if broken := {indicator.id: indicator for indicator in data.deal.indicators if indicator.breaks}:
        # What is measured in another way is not out of line.
        number = [
            broken[key].series_of(year) if key in broken else 0
            for key, year in zip(rows["indicator_id"], rows["peildatum"].dt.year, strict=True)
        ]
        rows, keys_of_series = rows.assign(reeks=number), [*keys_of_series, "reeks"]
    for keys, series in rows.groupby(keys_of_series, dropna=False, sort=False):
        values = [float(value) for value in series["waarde"]]
        days = list(series["peildatum"])
        for index in range(1, len(values)):
            before, now, row = values[index - 1], values[index], series.index[index]
            if kinds.get(str(keys[0])) == "cumulatief" and now < before:
                yield finding(
                    file,
                    row,
                    "waarde",
                    exact(now),
                    "cumulative_falls",
                    before=exact(before),
                    now=exact(now),
                    day=f"{days[index - 1]:%Y-%m-%d}",
                )
            elif index >= 2 and kinds.get(str(keys[0])) != "mijlpaal":
                changes = [abs(b - a) for a, b in pairwise(values[:index])]
                usual = max(max(changes), abs(before) * 0.25, 2.0)
                if abs(now - before) > JUMP * usual:
                    history = "; ".join(map(exact, values[:index]))
                    yield finding(file, row, "waarde", exact(now), "out_of_line", before=history, now=exact(now))


def measurements_are_complete(data: Data) -> Iterator[Finding]:
    """Yield a finding for each municipality or sector without a figure, in years in which others have one (Art. 3)."""
    file, rows = data.file("metingen"), data.tables.metingen
    if not data.sound("metingen"):
        return
    names = {party.id: party.short for party in data.deal.municipalities}
    names |= {sector.id: sector.name for sector in data.deal.sectors}
    columns = (rows[name] for name in ("indicator_id", "verslagjaar", "gemeente", "sector"))
    measured: dict[tuple[str, int], list[tuple[int, bool, dict[str, str]]]] = {}
    for row, has_value, about, year, place, sector in zip(rows.index, rows["waarde"].notna(), *columns, strict=True):
        if not pd.isna(year):
            parts_of_row = {"regio": data.deal.region, "gemeente": place, "sector": sector}
            measured.setdefault((about, int(year)), []).append((row, has_value, parts_of_row))
    for indicator in data.deal.indicators:
        for year in sorted(year for about, year in measured if about == indicator.id):
            of_year = [(row, known, parts[indicator.scope]) for row, known, parts in measured[indicator.id, year]]
            if indicator.scope == "regio":
                expected = [data.deal.region]
            else:
                taking_part = data.deal.municipalities_on(date(year, 12, 31))
                expected = [part.id for part in (taking_part if indicator.scope == "gemeente" else data.deal.sectors)]
            known_parts = {part for _, known, part in of_year if known}
            for part in expected:
                if part in known_parts:
                    continue
                yield finding(
                    file,
                    next((row for row, _, other in of_year if other == part), 0),
                    "waarde",
                    "",
                    "measurement_missing",
                    indicator=indicator.name,
                    part=names.get(part, part),
                    year=year,
                    article=indicator.article,
                )


def parties_take_part(data: Data) -> Iterator[Finding]:
    """Yield a finding for money or a measurement of a party on a day on which it was none (Art. 12 and 13)."""
    coming_and_going = [party for party in data.deal.parties if party.joined or party.left]
    columns = (
        ("financien", "financier", "datum"),
        ("bijdragen", "partij", "datum"),
        ("metingen", "gemeente", "peildatum"),
    )
    for party in coming_and_going:
        for table, column, day in columns:
            rows = getattr(data.tables, table)
            for row, when in rows.loc[rows[column] == party.id, day].dropna().items():
                if not party.takes_part(when.date()):
                    period = f"{party.joined or '…'} – {party.left or '…'}"
                    yield finding(
                        data.file(table), row, column, party.id, "party_outside", day=f"{when:%Y-%m-%d}", period=period
                    )


def lights_match_figures(data: Data) -> Iterator[Finding]:
    """Yield a finding for a traffic light that contradicts the figures, or is not green without an explanation."""
    if not data.sound("voortgang", "projecten", "financien"):
        return
    file, states = data.file("voortgang"), data.tables.voortgang
    lights = states[["inhoud", "tijd", "geld"]]
    unexplained = (lights != "groen").any(axis=1) & states["toelichting"].isna()
    for row in states.index[unexplained]:
        yield finding(file, row, "toelichting", "", "light_without_reason")
    projects = data.tables.projecten.set_index("project_id")
    end = projects["einde"].reindex(states["project_id"]).set_axis(states.index)
    late = (states["tijd"] == "groen") & (end < states["peildatum"]) & ~states["fase"].isin(["afgerond", "gestopt"])
    for row in states.index[late]:
        yield finding(file, row, "tijd", "groen", "green_over_time", end=f"{end[row]:%Y-%m-%d}")
    spent = data.tables.financien
    spent = spent[spent["soort"] == "gerealiseerd"]
    total = states["project_id"].map(spent.groupby("project_id")["bedrag"].sum())
    budget = states["project_id"].map(projects["begroot"])
    for row in states.index[(states["geld"] == "groen") & (total > budget)]:
        # Only what was spent by then counts; the sum over all time above is a cheap first look.
        mine = spent[
            (spent["project_id"] == states.at[row, "project_id"]) & (spent["datum"] <= states.at[row, "peildatum"])
        ]
        realised = int(mine["bedrag"].sum())
        if realised > budget[row]:
            yield finding(
                file, row, "geld", "groen", "green_over_budget", realised=euro(realised), budget=euro(int(budget[row]))
            )


def dates_lie_in_their_year(data: Data) -> Iterator[Finding]:
    """Yield a finding for a reference date outside its reporting year."""
    for table in ("voortgang", "metingen"):
        rows = getattr(data.tables, table).dropna(subset=["peildatum", "verslagjaar"])
        for row, line in rows[rows["peildatum"].dt.year != rows["verslagjaar"]].iterrows():
            day = f"{line['peildatum']:%Y-%m-%d}"
            yield finding(data.file(table), row, "peildatum", day, "date_outside_year", year=line["verslagjaar"])


RULES: tuple[Rule, ...] = (
    bookings_lie_within_terms,
    money_keeps_its_order,
    contributions_match_promises,
    measurements_follow_their_history,
    measurements_are_complete,
    parties_take_part,
    lights_match_figures,
    dates_lie_in_their_year,
)
