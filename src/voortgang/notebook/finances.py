"""Financial realisation against the split of Art. 5.1 (Art. 7.4c and 7.2c). Amounts are whole euros."""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Sequence

import pandas as pd

from voortgang.notebook.facts import covenant, fact, part, source, traced
from voortgang.notebook.report import Report, once
from voortgang.writing import dutch
from voortgang.writing.publishable import Fact, Source, Unit

TOTAL = "Totaal"
AMOUNTS = ["begroot", "gecommitteerd", "gerealiseerd"]
_SHARES = {
    "uitputting": ("Uitputting", "inhoud"),
    "verdeling": ("Aandeel in de realisatie", "verdeling"),
    "verdeling_begroot": ("Aandeel in de begroting", "verdeling"),
}


def money_facts(report: Report, line: str, kind: str, value: float, year: int | None = None) -> Iterable[Fact]:
    """Return the fact of a cell of `money`: its line, its column, its value, and the year up to which it counts."""
    name = "de Regio Deal" if line == "totaal" else report.deal.line_names()[line]
    about = {"pijler": line} if line in {pillar.id for pillar in report.deal.pillars} else {}
    own = None if line == "totaal" else line
    rows = {
        "begroot": [_budget_source(report, own, year)],
        "gecommitteerd": [_booked(report, own, "gecommitteerd", year)],
        "gerealiseerd": [_booked(report, own, "gerealiseerd", year)],
        "uitputting": [_budget_source(report, own, year), _booked(report, own, "gerealiseerd", year)],
        "verdeling": [_booked(report, None, "gerealiseerd", year)],
        "verdeling_begroot": [_budget_source(report, None, year)],
    }.get(kind)
    if rows is None:
        return ()
    if kind in AMOUNTS:
        label = f"{kind.capitalize()} voor {name}"
        return fact(report, f"{part(line)}.{kind}", label, value, "euro", "financien", rows, about, year=year)
    label, article = _SHARES[kind]
    return fact(
        report, f"{part(line)}.{kind}", f"{label} van {name}", value, "aandeel", article, rows, about, year=year
    )


def _booked(report: Report, line: str | None, kind: str, year: int | None) -> Source:
    return source(report, "financien", report.day_in(year or report.year).date(), pijler=line, soort=kind)


def _budget_source(report: Report, line: str | None, year: int | None) -> Source:
    if line and report.rows("begroting", line).empty:
        return covenant(report, report.deal.budget.article)
    return source(report, "begroting", report.day_in(year or report.year).date(), pijler=line)


@once
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
        and `verdeling_begroot` (the line's share in all that is realised and budgeted, 0–1; Art. 7.2c). There is no
        `verdeling` while nothing is realised, or a line is below nought.
    """
    day = report.day_in(year or report.year)
    frame = pd.concat([money_of_line(report, line, day) for line in report.deal.line_names()])
    frame.loc["totaal"] = [TOTAL, *frame[AMOUNTS].sum(), float("nan")]
    frame[AMOUNTS] = frame[AMOUNTS].astype("int64")
    frame["uitputting"] = _share(frame["gerealiseerd"], frame["begroot"])
    frame["verdeling_begroot"] = frame["begroot"] / frame.at["totaal", "begroot"]
    spent = frame["gerealiseerd"]
    # Of nothing there are no shares, nor of a sum with a line that corrections brought below nought.
    has_shares = spent["totaal"] > 0 and spent.min() >= 0
    frame["verdeling"] = spent / spent["totaal"] if has_shares else float("nan")
    return traced(
        frame, report, "totaal", lambda line, row, column: money_facts(report, line, column, row[column], year)
    )


@once
def money_of_line(report: Report, line: str, day: pd.Timestamp | None = None) -> pd.DataFrame:
    """Return one line of `money`, from the rows of that line alone: a pillar's id, or `overhead`.

    Parameters
    ----------
    day
        Cumulative up to this day; the reference date by default.

    Returns
    -------
    DataFrame
        One row. Columns: `lijn`, `begroot`, `gecommitteerd`, `gerealiseerd`, `uitputting` (0–1).
    """
    day = day or pd.Timestamp(report.reference_date)
    bookings = report.rows("financien", line)
    booked = bookings[bookings["datum"] <= day].groupby("soort")["bedrag"].sum()
    row = {
        "lijn": report.deal.line_names()[line],
        "begroot": _budget(report, line, day),
        "gecommitteerd": int(booked.get("gecommitteerd", 0)),
        "gerealiseerd": int(booked.get("gerealiseerd", 0)),
    }
    frame = pd.DataFrame([row], index=[line])
    frame = frame.assign(uitputting=_share(frame["gerealiseerd"], frame["begroot"]))
    return traced(frame, report, line, lambda key, row, column: money_facts(report, key, column, row[column], day.year))


@once
def money_by_year(report: Report) -> pd.DataFrame:
    """Return `money` for each year up to the reporting year, with the column `verslagjaar`."""
    frame = pd.concat([money(report, year).assign(verslagjaar=year) for year in report.years])
    return traced(
        frame,
        report,
        "totaal",
        lambda line, row, column: money_facts(report, line, column, row[column], int(row["verslagjaar"])),
    )


@once
def money_series(report: Report) -> pd.DataFrame:
    """Return what was realised in each year per line, with the budget and its utilisation (Art. 7.2a).

    Returns
    -------
    DataFrame
        Index: id of the line, and `totaal`. Columns: `lijn`, one for each year (euros in that year alone),
        `gerealiseerd` (all years), `begroot`, `uitputting` (0–1).
    """
    by_year = {str(year): money(report, year)["gerealiseerd"] for year in report.years}
    alone = pd.DataFrame(by_year).diff(axis=1).fillna(pd.DataFrame(by_year)).astype("int64")
    now = money(report)

    def cells(line: str, row: pd.Series, column: str) -> Iterable[Fact]:
        if not column.isdecimal():
            return money_facts(report, line, column, row[column])
        year, own = int(column), None if line == "totaal" else line
        rows = [_booked(report, own, "gerealiseerd", each) for each in (year, year - 1) if each in report.years]
        key, label = f"{part(line)}.gerealiseerd_in_jaar", f"Gerealiseerd in {report.span(year)} voor {row['lijn']}"
        return fact(report, key, label, row[column], "euro", "inhoud", rows, year=year)

    return traced(
        pd.concat([now[["lijn"]], alone, now[["gerealiseerd", "begroot", "uitputting"]]], axis=1),
        report,
        "totaal",
        cells,
    )


def money_by_theme(report: Report, pillar: str) -> pd.DataFrame:
    """Return what is committed and realised per theme of a pillar (Art. 4).

    Returns
    -------
    DataFrame
        Index: id of the theme. Columns: `thema`, `gecommitteerd`, `gerealiseerd`. Bookings of a confidential project
        have no theme in the edition `openbaar`, nor have those of the project that hides its amounts; they are in the
        row `overig`, so the sum stays right, and of a theme without other bookings nothing is known. The last row is
        `totaal`.
    """
    bookings = report.rows("financien", pillar)
    theme_of = report.rows("projecten", pillar).set_index("project_id")["thema"]
    themes = {theme.id: theme.name for theme in report.deal.pillar(pillar).themes} | {
        "overig": "Niet per thema openbaar"
    }
    theme_of_row = bookings["project_id"].map(theme_of).astype("object").fillna("overig")
    booked = added_up(bookings, theme_of_row, list(themes), AMOUNTS[1:]).astype("Int64")
    if booked.loc["overig"].any():
        booked[(booked == 0).all(axis=1)] = pd.NA
    booked.insert(0, "thema", pd.Series(themes))
    projects = {str(theme): list(theme_of.index[theme_of == theme]) for theme in themes}

    def cells(theme: str, row: pd.Series, column: str) -> Iterable[Fact]:
        if column not in AMOUNTS:
            return ()
        if theme == "totaal":
            return money_facts(report, pillar, column, row[column])
        key = f"thema.{part(pillar)}_{part(theme)}.{column}"
        where = {"pijler": pillar, "soort": column}
        # What is of no theme that the edition knows has no project either.
        rows = [source(report, "financien", **where, project_id="" if theme == "overig" else projects[theme])]
        about = {"pijler": pillar, "thema": theme}
        label = f"{column.capitalize()} voor {row['thema']}"
        return fact(report, key, label, row[column], "euro", "financien", rows, about)

    kept = booked if booked.loc["overig", AMOUNTS[1:]].any() else booked.drop(index="overig")
    total = pd.DataFrame({"thema": TOTAL, **kept[AMOUNTS[1:]].sum()}, index=["totaal"])
    return traced(pd.concat([kept, total]), report, pillar, cells)


def contributions(report: Report) -> pd.DataFrame:
    """Return what each party promised and paid (Art. 5.2).

    Returns
    -------
    DataFrame
        As `contributions_and_sums`, without the sum of a group in which one party contributes: it would say the same
        twice.
    """
    frame = contributions_and_sums(report)
    group_of = {party.id: party.group for party in report.deal.parties}
    members = [group_of[str(key)] for key in frame.index if key in group_of]
    return frame.drop(index=[group for group in ("rijk", "regio") if members.count(group) == 1])


@once
def contributions_and_sums(report: Report) -> pd.DataFrame:
    """Return what each party, the State and the Region promised and paid (Art. 5.2).

    Returns
    -------
    DataFrame
        Index: id of the party, `rijk` and `regio` for the sums, and `totaal`. Columns: `partij`, `toegezegd`,
        `ontvangen`, `aandeel_ontvangen` (received as a share of promised, 0–1).
    """
    parties = {party.id: party for party in report.deal.parties}
    paid = (
        report.rows("bijdragen")
        .pivot_table(index="partij", columns="soort", values="bedrag", aggfunc="sum")
        .reindex(columns=["toegezegd", "ontvangen"])
        .fillna(0)
    )
    paid = paid.reindex([party for party in parties if party in paid.index]).astype("int64")
    rows = []
    for group, name in (("rijk", "Rijk"), ("regio", "Regio")):
        # By `loc`: without rows, an empty list would name columns.
        members = paid.loc[[parties[str(party)].group == group for party in paid.index]]
        for party, amounts in members.iterrows():
            rows.append((party, parties[str(party)].short, *amounts))
        rows.append((group, f"{name} samen", *members.sum()))
    rows.append(("totaal", TOTAL, *paid.sum()))
    frame = pd.DataFrame(rows, columns=["id", "partij", "toegezegd", "ontvangen"]).set_index("id")
    frame["aandeel_ontvangen"] = _share(frame["ontvangen"], frame["toegezegd"])
    return traced(frame, report, "bijdragen", lambda key, row, column: contribution_facts(report, key, row, column))


def contribution_facts(report: Report, key: str, row: pd.Series, column: str) -> Iterable[Fact]:
    """Return the fact of a cell of `contributions`."""
    parties = {party.id: party for party in report.deal.parties}
    kinds = {"toegezegd": ["toegezegd"], "ontvangen": ["ontvangen"], "aandeel_ontvangen": ["toegezegd", "ontvangen"]}
    if column not in kinds:
        return ()
    if key in parties:
        kind = "gemeente" if parties[key].kind == "gemeente" else "partij"
        stem, about, members = f"{kind}.{part(key)}", {kind: key}, [key]
        name = parties[key].short
    else:
        stem, about = {"totaal": "bijdragen"}.get(key, key), {}
        members = [party.id for party in parties.values() if key in ("totaal", party.group)]
        name = {"rijk": "het Rijk", "regio": "de Regio", "totaal": "alle partijen"}[key]
    rows = [source(report, "bijdragen", partij=members, soort=kinds[column])]
    labels = {"toegezegd": "Toegezegd door", "ontvangen": "Ontvangen van", "aandeel_ontvangen": "Ontvangen aandeel van"}
    unit: Unit = "aandeel" if column == "aandeel_ontvangen" else "euro"
    group = parties[key].group if key in parties else key
    article = {"rijk": "bijdrage_rijk", "regio": "bijdrage_regio"}.get(group, "bijdragen")
    return fact(report, f"{stem}.{column}", f"{labels[column]} {name}", row[column], unit, article, rows, about)


@once
def instalments(report: Report) -> pd.DataFrame:
    """Return the State's instalments received so far (Art. 5.6).

    Returns
    -------
    DataFrame
        Columns: `termijn` (1, 2, …), `datum`, `bedrag`, `opgeteld` (running sum).
    """
    parties = {party.id for party in report.deal.parties if party.group == "rijk"}
    paid = report.rows("bijdragen")
    paid = paid[paid["partij"].isin(parties) & (paid["soort"] == "ontvangen")].sort_values("datum")
    frame = pd.DataFrame(
        {
            "termijn": range(1, len(paid) + 1),
            "datum": paid["datum"],
            "bedrag": paid["bedrag"],
            "opgeteld": paid["bedrag"].cumsum(),
        }
    )

    def cells(key: str, row: pd.Series, column: str) -> Iterable[Fact]:
        if column not in {"bedrag", "opgeteld"}:
            return ()
        day = row["datum"].date()
        only = {"datum": day} if column == "bedrag" else {}
        rows = [source(report, "bijdragen", day, partij=parties, soort="ontvangen", **only)]
        number, label = row["termijn"], "Termijn" if column == "bedrag" else "Opgetelde termijnen tot en met termijn"
        return fact(
            report, f"rijk.termijn_{number}.{column}", f"{label} {number}", row[column], "euro", "termijnen", rows
        )

    return traced(frame, report, "rijk", cells)


def budget_revisions(report: Report) -> pd.DataFrame:
    """Return every amount of the indicative split with the day from which it holds (Art. 5.1 and 5.7).

    Returns
    -------
    DataFrame
        Columns: `lijn`, `geldig_vanaf`, `bedrag`, `besluit`.
    """
    frame = report.rows("begroting").sort_values("geldig_vanaf", kind="stable")
    frame = frame.assign(lijn=frame["pijler"].map(report.deal.line_names()))

    def cells(key: str, row: pd.Series, column: str) -> Iterable[Fact]:
        if column != "bedrag":
            return ()
        day, line = row["geldig_vanaf"].date(), str(frame.at[int(key), "pijler"])
        rows = [source(report, "begroting", pijler=line, geldig_vanaf=day)]
        label = f"Begroot voor {row['lijn']} vanaf {dutch.long_date(day)}"
        about = {"pijler": line} if line in {pillar.id for pillar in report.deal.pillars} else {}
        return fact(
            report, f"{part(line)}.begroot_vanaf_{day:%Y%m%d}", label, row[column], "euro", "begroting", rows, about
        )

    return traced(frame[["lijn", "geldig_vanaf", "bedrag", "besluit"]], report, "begroting", cells)


def _budget(report: Report, line: str, day: pd.Timestamp) -> int:
    """Return the budget of a line as it holds on `day`; Art. 5.1 where no row says otherwise."""
    rows = report.rows("begroting", line)
    valid = rows[rows["geldig_vanaf"] <= day].sort_values("geldig_vanaf")
    if len(valid):
        return int(valid["bedrag"].iloc[-1])
    return next(each.amount for each in report.deal.budget.lines if each.line == line)


def added_up(rows: pd.DataFrame, keys: Iterable[Hashable], lines: Sequence[Hashable], kinds: list[str]) -> pd.DataFrame:
    """Return the amounts of bookings or contributions, added up by kind. A table of a few rows is no work for pandas.

    Parameters
    ----------
    keys
        The line that each row belongs to; what belongs to none of `lines` is left out.

    Returns
    -------
    DataFrame
        Index: `lines`, each once. Columns: `kinds` (euros, 0 where there is no row).
    """
    sums: dict[tuple[Hashable, str], int] = {}
    for key, kind, amount in zip(keys, rows["soort"].tolist(), rows["bedrag"].tolist(), strict=True):
        sums[key, kind] = sums.get((key, kind), 0) + amount
    return pd.DataFrame({kind: [sums.get((key, kind), 0) for key in lines] for kind in kinds}, lines, dtype="int64")


def _share(part: pd.Series, whole: pd.Series) -> pd.Series:
    return (part / whole.where(whole != 0)).astype("float64")
