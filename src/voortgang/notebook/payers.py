"""Who paid for what (Art. 5.2), what is not spoken for, and what stopped projects let go. Amounts are whole euros."""

from __future__ import annotations

from collections.abc import Iterable

import pandas as pd

from voortgang.notebook.display import Shown
from voortgang.notebook.facts import cells_of, covenant, fact, part, source, traced
from voortgang.notebook.finances import (
    TOTAL,
    contribution_facts,
    contributions,
    contributions_and_sums,
    money,
    money_facts,
)
from voortgang.notebook.programme import projects, stopped_on
from voortgang.notebook.report import Report, once
from voortgang.writing import dutch
from voortgang.writing.publishable import Fact, Source, Text, quote

POOLED = "niet-per-partij"
"""Key of the row of bookings that the public edition shows without who paid for them."""
_KINDS = ["gecommitteerd", "gerealiseerd"]
_BALANCES = {"vrij": "Toegezegd en niet gecommitteerd door", "saldo": "Ontvangen en niet gerealiseerd van"}


@once
def payers(report: Report) -> pd.DataFrame:
    """Return what each party promised and paid in, and what was committed and spent at its cost.

    Returns
    -------
    DataFrame
        Index: id of the party; `regio` or `rijk` for the sum of a group of more parties; `niet-per-partij` for what the
        public edition shows without a payer; `totaal`. Columns: `partij`, `toegezegd`, `ontvangen`, `gecommitteerd`,
        `gerealiseerd`, `vrij` (promised and not committed), `saldo` (received and not spent). The last two are missing
        for a party where the edition withholds who paid: they would be too high.
    """
    given = contributions(report)
    bookings = report.rows("financien")
    pooled = bookings["financier"].isna()
    booked = bookings.assign(financier=bookings["financier"].fillna(POOLED)).pivot_table(
        index="financier", columns="soort", values="bedrag", aggfunc="sum"
    )
    booked = booked.reindex(columns=_KINDS).fillna(0)
    rows: dict[str, tuple[object, ...]] = {}
    for group in ("rijk", "regio"):
        members = [each.id for each in report.deal.parties if each.group == group]
        names = {each.id: each.short for each in report.deal.parties}
        known = [each for each in members if each in given.index or each in booked.index]
        for party in known:
            rows[party] = (names[party], *_amounts(given, booked, [party]))
        if len(known) > 1:
            rows[group] = (f"{group.capitalize()} samen", *_amounts(given, booked, known))
    if pooled.any():
        rows[POOLED] = ("Niet per partij openbaar", *_amounts(given, booked, [POOLED]))
    rows["totaal"] = (TOTAL, *_amounts(given, booked, [*given.index, *booked.index]))
    columns = ["partij", "toegezegd", "ontvangen", *_KINDS]
    frame = pd.DataFrame.from_dict(rows, orient="index", columns=columns)
    frame = frame.astype(dict.fromkeys(columns[1:], "Int64"))
    complete = (frame.index == "totaal") | (not pooled.any())
    frame["vrij"] = (frame["toegezegd"] - frame["gecommitteerd"]).where(complete)
    frame["saldo"] = (frame["ontvangen"] - frame["gerealiseerd"]).where(complete)
    if pooled.any():
        frame.loc[POOLED, ["toegezegd", "ontvangen"]] = pd.NA
    return traced(frame, report, "bijdragen", lambda key, row, column: _payer_facts(report, key, row, column))


def _amounts(given: pd.DataFrame, booked: pd.DataFrame, parties: Iterable[str]) -> tuple[int, ...]:
    """Return what some parties promised and paid in, and what was committed and spent at their cost."""
    mine = [each for each in dict.fromkeys(parties) if each not in {"rijk", "regio", "totaal"}]
    paid = given.loc[given.index.isin(mine), ["toegezegd", "ontvangen"]].sum()
    spent = booked.loc[booked.index.isin(mine)].sum()
    return (*map(int, paid), *(int(spent[kind]) for kind in _KINDS))


def _payer_facts(report: Report, key: str, row: pd.Series, column: str) -> Iterable[Fact]:
    if key == POOLED:
        return _pooled_facts(report, row, column)
    if column not in {*_KINDS, *_BALANCES}:
        return contribution_facts(report, key, row, column)
    parties = {each.id: each for each in report.deal.parties}
    members = [key] if key in parties else [each.id for each in parties.values() if key in ("totaal", each.group)]
    name = parties[key].short if key in parties else {"rijk": "het Rijk", "regio": "de Regio"}.get(key, "alle partijen")
    of = {"rijk": "bijdrage_rijk", "regio": "bijdrage_regio"}
    booked = {} if key == "totaal" else {"financier": members}  # in all, also what has no payer in this edition
    kinds = {"vrij": ("toegezegd", "gecommitteerd"), "saldo": ("ontvangen", "gerealiseerd")}.get(column, ("", column))
    rows: list[Source] = [source(report, "financien", soort=kinds[1], **booked)]
    if kinds[0]:
        rows.append(source(report, "bijdragen", partij=members, soort=kinds[0]))
    label = f"{_BALANCES[column]} {name}" if column in _BALANCES else f"{column.capitalize()} ten laste van {name}"
    group = parties[key].group if key in parties else key
    return fact(
        report,
        f"ten_laste_van.{part(key)}.{column}",
        label,
        row[column],
        "euro",
        of.get(group, "bijdragen"),
        rows,
        {"partij": key} if key in parties else {},
    )


def _pooled_facts(report: Report, row: pd.Series, column: str) -> Iterable[Fact]:
    """Return what the edition shows without a payer: the rows that have none."""
    if column not in _KINDS:
        return ()
    rows = [source(report, "financien", financier="", soort=column)]
    label = f"{column.capitalize()}, niet per partij openbaar"
    return fact(report, f"ten_laste_van.{part(POOLED)}.{column}", label, row[column], "euro", "financien", rows)


@once
def room(report: Report) -> pd.DataFrame:
    """Return what is left of each budget: not given to a project, not committed, not spent.

    Returns
    -------
    DataFrame
        Index: id of the line, and `totaal`. Columns: `lijn`, `begroot`, `toegewezen` (budgets of the projects that have
        started; of a stopped one what is still committed), `niet_toegewezen`, `vrij_begroot` (not committed) and `over`
        (not spent). What is given to projects is missing for the overhead, and where the edition does not show a
        project: the difference would be its budget.
    """
    frame = money(report)[["lijn", "begroot", "gecommitteerd", "gerealiseerd"]]
    listed = projects(report)
    given = listed["begroot"].astype("Int64").where(listed["fase"] != "gestopt", listed["gecommitteerd"])
    pillars = {each.id: each.name for each in report.deal.pillars}
    known: dict[str, object] = dict.fromkeys(frame.index, pd.NA)
    for pillar, name in pillars.items():
        mine = given[listed["pijler"] == name]
        known[pillar] = pd.NA if mine.isna().any() or report.not_shown(pillar) else int(mine.sum())
    of_pillars = pd.Series([known[pillar] for pillar in pillars], dtype="Int64")
    known["totaal"] = pd.NA if of_pillars.isna().any() else int(of_pillars.sum())
    frame = frame.assign(toegewezen=pd.Series(known, dtype="Int64"))
    budget = frame["begroot"].astype("Int64")
    budget["totaal"] = int(budget[list(pillars)].sum())  # the overhead has no projects
    frame["niet_toegewezen"] = budget - frame["toegewezen"]
    frame["vrij_begroot"] = frame["begroot"] - frame["gecommitteerd"]
    frame["over"] = frame["begroot"] - frame["gerealiseerd"]
    return traced(frame, report, "totaal", lambda line, row, column: _room_facts(report, line, row, column))


def _room_facts(report: Report, line: str, row: pd.Series, column: str) -> Iterable[Fact]:
    labels = {
        "toegewezen": "Toegewezen aan projecten van",
        "niet_toegewezen": "Niet toegewezen aan projecten van",
        "vrij_begroot": "Begroot en niet gecommitteerd voor",
        "over": "Begroot en niet gerealiseerd voor",
    }
    if column not in labels:
        return money_facts(report, line, column, row[column])
    own = None if line == "totaal" else line
    name = "de Regio Deal" if own is None else row["lijn"]
    kind = {"vrij_begroot": "gecommitteerd", "over": "gerealiseerd"}.get(column)
    rows = [source(report, "financien", pijler=own, soort=kind)] if kind else [source(report, "projecten", pijler=own)]
    if column != "toegewezen":
        rows.append(source(report, "begroting", pijler=own))
    about = {"pijler": line} if line in {pillar.id for pillar in report.deal.pillars} else {}
    return fact(
        report, f"{part(line)}.{column}", f"{labels[column]} {name}", row[column], "euro", "financien", rows, about
    )


@once
def released(report: Report) -> pd.DataFrame:
    """Return the projects that stopped, with what was released of their commitments (vrijval).

    Returns
    -------
    DataFrame
        Index: project number. Columns: `naam`, `gestopt_op` (the day on which it was reported), `gerealiseerd`,
        `vrijgevallen` (commitments taken back since the project began) and `nog_vast` (committed, and neither spent nor
        released). Amounts are missing where the edition withholds them.
    """
    stopped = stopped_on(report)
    frame = projects(report)
    frame = frame[frame.index.isin(stopped.index)]
    bookings = report.rows("financien")
    back = bookings[(bookings["soort"] == "gecommitteerd") & (bookings["bedrag"] < 0)]
    freed = -back.groupby("project_id")["bedrag"].sum().reindex(frame.index).fillna(0)
    shown = pd.DataFrame(
        {
            "naam": frame["naam"],
            "gestopt_op": stopped.reindex(frame.index),
            "gerealiseerd": frame["gerealiseerd"],
            "vrijgevallen": freed.astype("Int64").where(frame["gerealiseerd"].notna()),
            "nog_vast": frame["gecommitteerd"] - frame["gerealiseerd"],
        }
    )

    known = cells_of(frame)

    def cells(number: str, row: pd.Series, column: str) -> Iterable[Fact]:
        labels = {"vrijgevallen": "Vrijgevallen van", "nog_vast": "Nog gecommitteerd en niet gerealiseerd van"}
        if column not in labels:
            return known(number, frame.loc[number], column) if known and column in _KINDS else ()
        kinds = ["gecommitteerd"] if column == "vrijgevallen" else _KINDS
        rows = [source(report, "financien", project_id=number, soort=kind) for kind in kinds]
        rows.append(source(report, "voortgang", project_id=number, fase="gestopt"))
        label = f"{labels[column]} {row['naam']}"
        about = {"project": number}
        key = f"project.{part(number)}.{column}"
        return fact(report, key, label, row[column], "euro", "financien", rows, about)

    return traced(shown, report, "totaal", cells)


def rounding(report: Report) -> Shown:
    """Say where the promises of a group do not add up to its contribution by a euro or so, and where they come from.

    There is a sentence for each group of which the promises differ from the contribution of Art. 5.2 by at most a euro
    a party; nothing where they are the same, or where the difference is no rounding.
    """
    given, rows = contributions_and_sums(report), report.rows("bijdragen")
    said: list[str] = []
    facts: list[Fact] = []
    for each in report.deal.contributions:
        members = [party.id for party in report.deal.parties if party.group == each.group]
        mine = rows[rows["partij"].isin(members) & (rows["soort"] == "toegezegd")]
        if mine.empty:  # nothing is promised, which is no rounding
            continue
        if not 0 < abs(int(given.at[each.group, "toegezegd"]) - each.amount) <= len(mine):
            continue
        name, article = {"rijk": "het Rijk", "regio": "de Regio"}[each.group], f"bijdrage_{each.group}"
        label, sources = f"Bijdrage van {name}", [covenant(report, article)]
        found = [
            *contribution_facts(report, each.group, given.loc[each.group], "toegezegd"),
            *fact(report, f"{each.group}.bijdrage", label, each.amount, "euro", article, sources),
        ]
        sentence = (
            f"De toezeggingen van {name} tellen op tot {found[0].text}; het convenant noemt {found[1].text} "
            f"(art. {each.article}). Het verschil komt door afronding op hele euro's per partij. Bron van de "
            f"toezeggingen: {dutch.listing(sorted(set(mine['bron'].dropna())))}."
        )
        said.append(quote(sentence, *found))
        facts += found
    return Shown((Text(paragraphs=tuple(said)), *facts))
