"""What a controller would notice about money: budgets, contributions, and what projects hold on to."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

import pandas as pd

from voortgang.check.data import Data
from voortgang.check.findings import Finding, finding
from voortgang.check.references import Rule
from voortgang.writing.dutch import euro, share

LATE = 0.10
"""How far a party's received share may lie below what is usual among its partners."""


def budget_on(data: Data, day: pd.Timestamp | None = None) -> dict[str, int]:
    """Return the budget of each line as it holds on a day (Art. 5.1 and 5.7); the last known one by default."""
    rows = data.tables.begroting.dropna(subset=["bedrag", "geldig_vanaf"]).sort_values("geldig_vanaf", kind="stable")
    rows = rows if day is None else rows[rows["geldig_vanaf"] <= day]
    amounts = {line.line: line.amount for line in data.deal.budget.lines}
    return amounts | {str(line): int(amount) for line, amount in zip(rows["pijler"], rows["bedrag"], strict=True)}


def raised_budgets_are_used(data: Data) -> Iterator[Finding]:
    """Yield a finding for a budget that was raised, while all commitments would have fitted in what it was before.

    It is judged from the end of the year in which the raise began to hold (Art. 5.7).
    """
    if not data.sound("begroting", "financien"):
        return
    now, last = budget_on(data), data.last_day
    bookings = data.tables.financien
    committed = bookings[bookings["soort"] == "gecommitteerd"].groupby("pijler")["bedrag"].sum()
    for line, rows in data.tables.begroting.sort_values("geldig_vanaf", kind="stable").groupby("pijler", sort=False):
        before: int | None = None
        for row, each in rows.iterrows():
            amount, day = int(each["bedrag"]), each["geldig_vanaf"]
            used = int(committed.get(line, 0))
            raised = before is not None and before < amount and now[str(line)] > before
            if raised and used <= (before or 0) and last >= date(day.year, 12, 31):
                yield finding(
                    data.file("begroting"),
                    row,
                    "bedrag",
                    amount,
                    "raise_not_used",
                    line=data.deal.line_names().get(str(line), line),
                    before=euro(before or 0),
                    now=euro(amount),
                    committed=euro(used),
                )
            before = amount


def payers_stay_within_contributions(data: Data) -> Iterator[Finding]:
    """Yield a finding for a party at whose cost more is committed or spent than it promised (Art. 5.2)."""
    if not data.sound("financien", "bijdragen"):
        return
    given = data.tables.bijdragen
    promised = given[given["soort"] == "toegezegd"].groupby("partij")["bedrag"].sum()
    if promised.empty:
        return  # this bureau does not record promises
    names = {party.id: party.short for party in data.deal.parties}
    for party, rows in data.tables.financien.dropna(subset="financier").groupby("financier"):
        sums = rows.groupby("soort")["bedrag"].sum()
        most = int(promised.get(party, 0))
        for kind in ("gerealiseerd", "gecommitteerd"):
            amount = int(sums.get(kind, 0))
            if amount > most:
                yield finding(
                    data.file("financien"),
                    rows.index[rows["soort"] == kind][-1],
                    "financier",
                    party,
                    "payer_exceeds_promise",
                    party=names.get(str(party), party),
                    kind=kind,
                    verb={"gerealiseerd": "spent", "gecommitteerd": "committed"}[kind],
                    amount=euro(amount),
                    promised=euro(most),
                )
                break  # what is spent was committed: one finding says it


def contributions_come_in_time(data: Data) -> Iterator[Finding]:
    """Yield a finding for an instalment after its year (Art. 5.6), and for a party that pays later than its partners.

    The covenant sets no dates for the Region's parties. One is late when its received share of what it promised lies
    more than `LATE` below the median of its group, or when the deal has ended and it has not paid all.
    """
    if not data.sound("bijdragen"):
        return
    yield from _late_instalments(data)
    rows, last = data.tables.bijdragen, data.last_day
    sums = rows.pivot_table(index="partij", columns="soort", values="bedrag", aggfunc="sum")
    sums = sums.reindex(columns=["toegezegd", "ontvangen"]).fillna(0)
    sums = sums[sums["toegezegd"] > 0]
    ended = last >= data.deal.as_of(date.max).term.end  # an amendment may have moved it
    for group in ("rijk", "regio"):
        members = {party.id: party.short for party in data.deal.parties if party.group == group and not party.left}
        paid = sums[sums.index.isin(list(members))]
        shares = paid["ontvangen"] / paid["toegezegd"]
        usual = 1.0 if ended else float(shares.median()) if len(shares) > 2 else 0.0
        for party, received in shares.items():
            behind = round(usual - received, 9)  # shares of whole euros: what differs less is a matter of arithmetic
            if behind > (0 if ended else LATE):
                yield finding(
                    data.file("bijdragen"),
                    rows.index[rows["partij"] == party][-1],
                    "bedrag",
                    "",
                    "contribution_late",
                    party=members[str(party)],
                    received=share(received),
                    usual=share(usual),
                    since=last.isoformat(),
                    day=f"{last:%d-%m-%Y}",
                )


def _late_instalments(data: Data) -> Iterator[Finding]:
    """Yield a finding for each year-end at which less of the State's contribution was received than Art. 5.6 says."""
    terms, rows = data.deal.instalments, data.tables.bijdragen
    state = {party.id for party in data.deal.parties if party.group == "rijk"}
    paid = rows[rows["partij"].isin(state) & (rows["soort"] == "ontvangen")]
    due = {terms.first_year: terms.first_amount}
    due[max((terms.first_year, *terms.later_years))] = terms.first_amount + terms.later_amount
    for year, amount in due.items():
        end = date(year, 12, 31)
        received = int(paid.loc[paid["datum"].dt.date <= end, "bedrag"].sum())
        if data.last_day >= end and received < amount:
            yield finding(
                data.file("bijdragen"),
                0,
                "bedrag",
                "",
                "instalment_late",
                year=year,
                received=euro(received),
                due=euro(amount),
                article=terms.article,
                since=end.isoformat(),
            )


def stopped_projects_release_commitments(data: Data) -> Iterator[Finding]:
    """Yield a finding for a project that has stopped and still holds commitments that will not be spent."""
    if not data.sound("financien", "voortgang", "projecten"):
        return
    states = data.tables.voortgang.sort_values("peildatum", kind="stable").drop_duplicates("project_id", keep="last")
    names = data.tables.projecten.drop_duplicates("project_id").set_index("project_id")["naam"]
    booked = data.tables.financien.pivot_table(index="project_id", columns="soort", values="bedrag", aggfunc="sum")
    booked = booked.reindex(columns=["gecommitteerd", "gerealiseerd"]).fillna(0)
    for row, state in states[states["fase"] == "gestopt"].iterrows():
        project = state["project_id"]
        if project not in booked.index:
            continue
        committed, realised = (int(booked.at[project, kind]) for kind in ("gecommitteerd", "gerealiseerd"))
        if committed > realised:
            yield finding(
                data.file("voortgang"),
                row,
                "fase",
                "gestopt",
                "stopped_with_commitment",
                project=f"{project} ({names.get(project, project)})",
                committed=euro(committed),
                realised=euro(realised),
                left=euro(committed - realised),
            )


def projects_fit_their_pillar(data: Data) -> Iterator[Finding]:
    """Yield a finding where the budgets of the projects of a pillar add up to more than that of the pillar."""
    if not data.sound("projecten", "begroting"):
        return
    amounts = budget_on(data)
    for line, projects in data.tables.projecten.groupby("pijler"):
        planned = int(projects["begroot"].sum())
        if planned > amounts.get(str(line), planned):
            yield finding(
                data.file("projecten"),
                projects.index[-1],
                "begroot",
                "",
                "projects_exceed_pillar",
                line=data.deal.line_names()[str(line)],
                planned=euro(planned),
                budget=euro(amounts[str(line)]),
            )


RULES: tuple[Rule, ...] = (
    raised_budgets_are_used,
    payers_stay_within_contributions,
    contributions_come_in_time,
    stopped_projects_release_commitments,
    projects_fit_their_pillar,
)
