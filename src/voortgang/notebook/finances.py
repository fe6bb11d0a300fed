"""Financial realisation against the split of Art. 5.1 (Art. 7.4c and 7.2c). Amounts are whole euros."""

from __future__ import annotations

import pandas as pd

from voortgang.notebook.report import Report

TOTAL = "Totaal"


def money(report: Report, year: int | None = None) -> pd.DataFrame:
    """Return what is budgeted, committed and realised per pillar, for overhead and in total.

    Parameters
    ----------
    year
        Cumulative up to the end of this year; the reporting year by default.

    Returns
    -------
    DataFrame
        Index: id of the line, and `totaal`. Columns: `lijn` (name), `begroot` (as valid at that time,
        Art. 5.7), `gecommitteerd`, `gerealiseerd`, `uitputting` (realised as a share of budgeted, 0–1), `verdeling`
        and `verdeling_begroot` (the line's share in all that is realised and budgeted, 0–1; Art. 7.2c).
    """
    day = report.day_in(year or report.year)
    names = report.deal.line_names()
    bookings = report.tables.financien
    booked = (
        bookings[bookings["datum"] <= day]
        .pivot_table(index="pijler", columns="soort", values="bedrag", aggfunc="sum")
        .reindex(index=list(names), columns=["gecommitteerd", "gerealiseerd"])
        .fillna(0)
    )
    frame = pd.DataFrame(
        {
            "lijn": pd.Series(names),
            "begroot": _budget(report, day).reindex(list(names)),
            "gecommitteerd": booked["gecommitteerd"],
            "gerealiseerd": booked["gerealiseerd"],
        },
        index=list(names),
    )
    frame.loc["totaal"] = [TOTAL, *frame[["begroot", "gecommitteerd", "gerealiseerd"]].sum()]
    amounts = ["begroot", "gecommitteerd", "gerealiseerd"]
    frame[amounts] = frame[amounts].astype("int64")
    frame["uitputting"] = _share(frame["gerealiseerd"], frame["begroot"])
    frame["verdeling_begroot"] = frame["begroot"] / frame.at["totaal", "begroot"]
    spent = frame.at["totaal", "gerealiseerd"]
    frame["verdeling"] = frame["gerealiseerd"] / spent if spent else float("nan")
    return frame


def money_by_year(report: Report) -> pd.DataFrame:
    """Return `money` for each year up to the reporting year, with the column `verslagjaar`."""
    return pd.concat([money(report, year).assign(verslagjaar=year) for year in report.years])


def money_by_theme(report: Report, pillar: str) -> pd.DataFrame:
    """Return what is committed and realised per theme of a pillar (Art. 4).

    Returns
    -------
    DataFrame
        Index: id of the theme. Columns: `thema`, `gecommitteerd`, `gerealiseerd`. Bookings of a confidential
        project have no theme in the edition `openbaar`; they are in the row `overig`, so the sum stays right.
    """
    bookings = report.tables.financien[report.tables.financien["pijler"] == pillar]
    theme_of = report.tables.projecten.set_index("project_id")["thema"]
    themes = {theme.id: theme.name for theme in report.deal.pillar(pillar).themes} | {"overig": "Overig"}
    booked = (
        bookings.assign(thema=bookings["project_id"].map(theme_of).fillna("overig"))
        .pivot_table(index="thema", columns="soort", values="bedrag", aggfunc="sum")
        .reindex(index=list(themes), columns=["gecommitteerd", "gerealiseerd"])
        .fillna(0)
        .astype("int64")
    )
    booked.insert(0, "thema", pd.Series(themes))
    return booked[(booked["gecommitteerd"] != 0) | (booked["gerealiseerd"] != 0) | (booked.index != "overig")]


def contributions(report: Report) -> pd.DataFrame:
    """Return what each party promised and paid (Art. 5.2).

    Returns
    -------
    DataFrame
        Index: id of the party, `rijk` and `regio` for the sums, and `totaal`. Columns: `partij`, `toegezegd`,
        `ontvangen`, `aandeel_ontvangen` (received as a share of promised, 0–1).
    """
    parties = {party.id: party for party in report.deal.parties}
    paid = (
        report.tables.bijdragen.pivot_table(index="partij", columns="soort", values="bedrag", aggfunc="sum")
        .reindex(columns=["toegezegd", "ontvangen"])
        .fillna(0)
    )
    paid = paid.reindex([party for party in parties if party in paid.index]).astype("int64")
    rows = []
    for group, name in (("rijk", "Rijk"), ("regio", "Regio")):
        members = paid[[parties[str(party)].group == group for party in paid.index]]
        for party, amounts in members.iterrows():
            rows.append((party, parties[str(party)].short, *amounts))
        rows.append((group, f"{name} samen", *members.sum()))
    rows.append(("totaal", TOTAL, *paid.sum()))
    frame = pd.DataFrame(rows, columns=["id", "partij", "toegezegd", "ontvangen"]).set_index("id")
    frame["aandeel_ontvangen"] = _share(frame["ontvangen"], frame["toegezegd"])
    return frame


def instalments(report: Report) -> pd.DataFrame:
    """Return the State's instalments received so far (Art. 5.6).

    Returns
    -------
    DataFrame
        Columns: `termijn` (1, 2, …), `datum`, `bedrag`, `opgeteld` (running sum).
    """
    parties = {party.id for party in report.deal.parties if party.group == "rijk"}
    paid = report.tables.bijdragen
    paid = paid[paid["partij"].isin(parties) & (paid["soort"] == "ontvangen")].sort_values("datum")
    return pd.DataFrame(
        {
            "termijn": range(1, len(paid) + 1),
            "datum": paid["datum"],
            "bedrag": paid["bedrag"],
            "opgeteld": paid["bedrag"].cumsum(),
        }
    )


def budget_revisions(report: Report) -> pd.DataFrame:
    """Return every amount of the indicative split with the day from which it holds (Art. 5.1 and 5.7).

    Returns
    -------
    DataFrame
        Columns: `lijn`, `geldig_vanaf`, `bedrag`, `besluit`.
    """
    frame = report.tables.begroting.sort_values("geldig_vanaf", kind="stable")
    return frame.assign(lijn=frame["pijler"].map(report.deal.line_names()))[
        ["lijn", "geldig_vanaf", "bedrag", "besluit"]
    ]


def _budget(report: Report, day: pd.Timestamp) -> pd.Series:
    """Return the budget of each line as it holds on `day`; Art. 5.1 where no row says otherwise."""
    amounts = pd.Series({line.line: line.amount for line in report.deal.budget.lines})
    rows = report.tables.begroting
    valid = rows[rows["geldig_vanaf"] <= day].sort_values("geldig_vanaf").drop_duplicates("pijler", keep="last")
    amounts.update(valid.set_index("pijler")["bedrag"].astype("int64"))
    return amounts


def _share(part: pd.Series, whole: pd.Series) -> pd.Series:
    return (part / whole.where(whole != 0)).astype("float64")
