"""What was committed and spent in one year, beside what it is since the start, and where that leads (Art. 7.4c)."""

from __future__ import annotations

from collections.abc import Iterable

import pandas as pd

from voortgang.notebook.display import Shown
from voortgang.notebook.facts import covenant, fact, facts_in, part, source, traced
from voortgang.notebook.finances import money, money_facts
from voortgang.notebook.publish import term_passed, text
from voortgang.notebook.report import Report, once
from voortgang.writing import dutch
from voortgang.writing.publishable import Fact, Source, quote

_KINDS = ("gecommitteerd", "gerealiseerd")
LEAST_DAYS = 90
"""How many days of a year, and of the deal, must have passed before what was spent in them is a pace."""


@once
def money_in_year(report: Report, year: int | None = None) -> pd.DataFrame:
    """Return what was committed and spent in one year alone, per line and in total.

    Parameters
    ----------
    year
        The reporting year by default, up to the reference date.

    Returns
    -------
    DataFrame
        Index: id of the line, and `totaal`. Columns: `lijn`, `gecommitteerd_in_jaar`, `gerealiseerd_in_jaar`, and
        `gecommitteerd`, `gerealiseerd`, `begroot`, `uitputting` as in `money`.
    """
    year = year or report.year
    now = money(report, year)
    before = money(report, year - 1) if year - 1 in report.years else now * 0
    alone = {f"{kind}_in_jaar": now[kind] - before[kind] for kind in _KINDS}
    frame = now.assign(**{name: values.astype("int64") for name, values in alone.items()})

    def cells(line: str, row: pd.Series, column: str) -> Iterable[Fact]:
        kind = column.removesuffix("_in_jaar")
        if kind == column:
            return money_facts(report, line, column, row[column], year)
        label = f"{kind.capitalize()} in {report.span(year)} voor {_name(report, line, row)}"
        key = f"{part(line)}.jaar_{kind}"
        rows = _rows(report, line, kind, year)
        return fact(report, key, label, row[column], "euro", "financien", rows, _about(report, line), year=year)

    return traced(frame, report, "totaal", cells)


def publish_years(report: Report) -> Shown:
    """Publish what was committed and spent in each year alone, and how many times that of the year before it is.

    A writer quotes `totaal.jaar_gerealiseerd` for the reporting year, `totaal.jaar_gerealiseerd_2020` for an
    earlier one, and `totaal.gerealiseerd_keer` for how many times as much was spent as a year earlier, or
    `totaal.gerealiseerd_vergeleken` for the same in words ("2,5 keer zoveel", "ongeveer evenveel"). There are no such
    figures for half a year, after a year without spending, nor where they would be nought or less.
    """
    columns = [f"{kind}_in_jaar" for kind in _KINDS]
    published = [each for year in report.years for each in facts_in(money_in_year(report, year), columns)]
    whole = report.day_in(report.year).month == 12
    if whole and report.year - 1 in report.years:
        now, before = money_in_year(report), money_in_year(report, report.year - 1)
        for line, row in now.iterrows():
            published += _times(report, str(line), row, int(before.at[line, "gerealiseerd_in_jaar"]))
    return Shown(tuple(published))


def _times(report: Report, line: str, row: pd.Series, earlier: int) -> Iterable[Fact]:
    """Return how many times as much was spent in the reporting year as a year earlier, as a number and in words."""
    now = int(row["gerealiseerd_in_jaar"])
    if earlier <= 0 or (times := float(dutch.rounded(now / earlier, 1))) <= 0:
        return
    written = dutch.number(times, 1)
    words = f"{written} keer zoveel" if times != 1 else "evenveel" if now == earlier else "ongeveer evenveel"
    rows = [each for year in (report.year, report.year - 1) for each in _rows(report, line, "gerealiseerd", year)]
    key, name, about = f"{part(line)}.gerealiseerd", _name(report, line, row), _about(report, line)
    label = f"Gerealiseerd, als veelvoud van een jaar eerder, voor {name}"
    yield from fact(report, f"{key}_keer", label, times, "aantal", "financien", rows, about, text=written)
    label = f"Gerealiseerd, vergeleken met een jaar eerder, voor {name}"
    yield from fact(report, f"{key}_vergeleken", label, words, "woord", "financien", rows, about, text=words)


@once
def money_outlook(report: Report) -> pd.DataFrame:
    """Return what will be spent of each line by the end of the deal, as a range.

    The method is plain on purpose. One end of the range is the pace since the start of the deal, the other that of the
    reporting year; each goes on for the days that remain, and no line spends more than its budget. The total is the sum
    of the lines. There is no range in the first year, in the first `LEAST_DAYS` of another one or of the deal, while
    nothing is spent, nor once the deal has ended. Amounts of whole years are all that it takes, so that the public
    edition, which adds bookings up by year, says the same.

    Returns
    -------
    DataFrame
        Index: id of the line, and `totaal`. Columns: `lijn`, `begroot`, `gerealiseerd`, `verwacht_laag`,
        `verwacht_hoog`, and `over_hoog` and `over_laag`, what is left of the budget in either case. No rows without
        a range.
    """
    columns = ["lijn", "begroot", "gerealiseerd", "verwacht_laag", "verwacht_hoog", "over_hoog", "over_laag"]
    day, end = report.day_in(report.year), pd.Timestamp(report.deal.term.end)
    if day >= end or report.year - 1 not in report.years or _is_early(report):
        return pd.DataFrame(columns=columns)
    frame = money(report)[["lijn", "begroot", "gerealiseerd"]].drop(index="totaal")
    spent, of_year = frame["gerealiseerd"], money_in_year(report)["gerealiseerd_in_jaar"].reindex(frame.index)
    if spent.sum() <= 0:
        return pd.DataFrame(columns=columns)
    by_average = spent / term_passed(report)
    by_year = spent + of_year * ((end - day).days / day.day_of_year)
    # To a thousand euros: it is no more precise than that.
    ends = pd.DataFrame({"een": by_average, "ander": by_year}).round(-3).astype("int64")
    most = frame["begroot"].where(frame["begroot"] > spent, spent)
    frame["verwacht_laag"] = ends.min(axis=1).clip(lower=spent, upper=most)
    frame["verwacht_hoog"] = ends.max(axis=1).clip(lower=spent, upper=most)
    frame.loc["totaal"] = ["Totaal", *frame.drop(columns="lijn").sum()]
    frame = frame.astype({name: "int64" for name in frame.columns if name != "lijn"})
    frame["over_hoog"] = frame["begroot"] - frame["verwacht_laag"]
    frame["over_laag"] = frame["begroot"] - frame["verwacht_hoog"]

    def cells(line: str, row: pd.Series, column: str) -> Iterable[Fact]:
        labels = {
            "verwacht_laag": "Laagste verwachting van de uitgaven voor",
            "verwacht_hoog": "Hoogste verwachting van de uitgaven voor",
            "over_hoog": "Hoogste verwachting van wat overblijft voor",
            "over_laag": "Laagste verwachting van wat overblijft voor",
        }
        if column not in labels:
            return money_facts(report, line, column, row[column])
        own = None if line == "totaal" else line
        rows = [source(report, "financien", pijler=own, soort="gerealiseerd"), source(report, "begroting", pijler=own)]
        label = f"{labels[column]} {_name(report, line, row)}"
        return fact(
            report,
            f"{part(line)}.{column}",
            label,
            row[column],
            "euro",
            "financien",
            [*rows, covenant(report, "looptijd")],
            _about(report, line),
            forecast=True,
        )

    return traced(frame[columns], report, "totaal", cells)


def underspending(report: Report) -> Shown:
    """Say what is likely to be left of the budget at the end of the deal, and where; or what was left."""
    frame = money_outlook(report)
    end = dutch.long_date(report.deal.term.end)
    if frame.empty and pd.Timestamp(report.reference_date) < pd.Timestamp(report.deal.term.end):
        return text(f"{_no_pace(report)} om de uitgaven mee door te rekenen.")
    if frame.empty:
        return _left_over(report, end)
    low, high = (int(frame.at["totaal", name]) for name in ("over_laag", "over_hoog"))
    lines = frame.drop(index="totaal")
    overspent = [str(name) for name in lines.loc[lines["over_hoog"] < 0, "lijn"]]
    sentences, facts = [f"Bij dit tempo is de begroting op {end} geheel gerealiseerd."], []
    if high > 0:
        ranges = 0 < low < high
        facts = facts_in(frame.loc[["totaal"]], ["over_laag", "over_hoog"] if ranges else ["over_hoog"])
        most_of = dutch.euro(high) if low == high else f"hoogstens {dutch.euro(high)}"
        between = f"{dutch.euro(low)} tot {dutch.euro(high)}" if ranges else most_of
        sentences = [f"Bij dit tempo is op {end} {between} van de begroting niet gerealiseerd."]
    elif high == 0 and lines["over_hoog"].any():
        sentences = [f"Bij dit tempo is op {end} per saldo gerealiseerd wat is begroot."]
    elif high < 0:
        sentences = [f"Bij dit tempo is op {end} meer gerealiseerd dan begroot."]
    largest = str(lines["over_hoog"].astype("float64").idxmax())
    part_of: list[Fact] = []
    if (most := int(lines.at[largest, "over_hoog"])) > 0:
        part_of = facts_in(lines.loc[[largest]], ["over_hoog"])
        dreads = f"De grootste onderuitputting dreigt bij {lines.at[largest, 'lijn']}: hoogstens {dutch.euro(most)}."
        sentences.append(dreads)
    if overspent:
        where = dutch.naming(overspent, len(lines), "onderdelen")
        sentences.append(f"Al meer dan begroot is gerealiseerd bij {where}.")
    certain = [str(name) for name in lines.loc[lines["over_laag"] > 0, "lijn"]]
    if certain:
        everywhere = len(certain) == len(lines) > 1
        where = "overal geld over" if everywhere else f"geld over bij {dutch.naming(certain, len(lines), 'onderdelen')}"
        sentences.append(f"Ook bij het hoogste tempo blijft er {where}.")
    return text(quote(" ".join(sentences), *facts, *part_of), facts=[*facts, *part_of])


def _left_over(report: Report, end: str) -> Shown:
    """Say what was left of the budget when the deal had ended."""
    from voortgang.notebook.payers import room

    left = room(report)
    over = left["over"]
    facts = facts_in(left.loc[["totaal"]], ["over"]) if over["totaal"] > 0 else []
    if over["totaal"] > 0:
        said = f"Van de begroting is {dutch.euro(over['totaal'])} niet gerealiseerd."
    elif over["totaal"] < 0:
        said = "Er is meer gerealiseerd dan begroot."
    elif over.any():
        said = "Per saldo is gerealiseerd wat was begroot."
    elif left["begroot"].any():
        said = "De begroting is geheel gerealiseerd."
    else:
        said = "Er was niets begroot, en er is niets gerealiseerd."
    return text(quote(f"De deal is op {end} geëindigd. {said}", *facts), facts=facts)


def _is_early(report: Report) -> bool:
    """Return whether the days that have passed are too few for a pace: one bill would decide what is left in years."""
    day = report.reference_date
    return min((day - begin).days + 1 for begin in (report.deal.term.begins, day.replace(month=1, day=1))) < LEAST_DAYS


def _no_pace(report: Report) -> str:
    """Say why there is no pace: nothing is spent, or as much was taken back, or too little time has passed."""
    if _is_early(report):
        return f"Op {report.peildatum} is er nog geen tempo"
    if report.year - 1 in report.years:
        bookings = report.rows("financien")
        net = "per saldo " if bookings.loc[bookings["soort"] == "gerealiseerd", "bedrag"].any() else ""
        return f"Op {report.peildatum} is er {net}nog niets gerealiseerd, en dus geen tempo"
    return f"{'In het eerste' if report.is_half_year else 'Na één'} jaar is er nog geen tempo"


def _rows(report: Report, line: str, kind: str, year: int) -> list[Source]:
    """Return the rows of a year and of those before it: their difference is what the year alone is."""
    own = None if line == "totaal" else line
    days = [report.day_in(each).date() for each in (year, year - 1) if each in report.years]
    return [source(report, "financien", day, pijler=own, soort=kind) for day in days]


def _name(report: Report, line: str, row: pd.Series) -> str:
    return "de Regio Deal" if line == "totaal" else str(row["lijn"])


def _about(report: Report, line: str) -> dict[str, str]:
    return {"pijler": line} if line in {pillar.id for pillar in report.deal.pillars} else {}
