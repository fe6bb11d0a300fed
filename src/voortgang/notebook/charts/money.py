"""Charts of money: per pillar, over the years, and against the split of the covenant."""

from __future__ import annotations

from datetime import date
from itertools import cycle
from math import isfinite

import pandas as pd
from matplotlib.figure import Figure

from voortgang.notebook.charts.bars import Bar, Row, bars_of
from voortgang.notebook.charts.drawing import (
    BUDGETED,
    COMMITTED,
    GREY,
    LINES,
    REALISED,
    saved,
    share_or_dash,
    styled,
)
from voortgang.notebook.charts.extremes import extremes
from voortgang.notebook.charts.lettering import lines_of, widest
from voortgang.notebook.charts.plots import field_of, gutter_of
from voortgang.notebook.charts.scales import axis_of, spread
from voortgang.notebook.charts.sheet import SOFT, Form, Sheet
from voortgang.notebook.display import Shown, ShownChart, sentence
from voortgang.notebook.facts import about_all, facts_in, words_of, yet_of
from voortgang.workspace.deal_parts import Term
from voortgang.writing import dutch
from voortgang.writing.publishable import Text, quote

_LINES = "onderdelen"
"""What pillars and overhead are called together."""

_NOTHING_OF_BUDGET = "Van de begroting is {}niets gerealiseerd"
"""What is said where all that was spent is of lines without a budget; with "nog " while more may come."""

_KINDS = (("begroot", BUDGETED), ("gecommitteerd", COMMITTED), ("gerealiseerd", REALISED))


@styled
def chart_money(frame: pd.DataFrame, caption: str, empty: str = "") -> ShownChart | Shown:
    """Draw budgeted, committed and realised per line, from `money` without its total.

    Parameters
    ----------
    frame
        Columns `lijn`, `begroot`, `gecommitteerd`, `gerealiseerd` (euros), `uitputting` (0–1).
    caption
        What the chart shows.
    empty
        The sentence that stands in place of a chart without lines, or with nothing but zero; by default that there are
        no amounts.
    """
    lines = frame.drop(index="totaal", errors="ignore")
    if not lines[[kind for kind, _ in _KINDS]].any(axis=None):
        return sentence(empty or f"Er zijn {yet_of(frame)}geen bedragen.")
    follows = _utilised(lines)
    facts = facts_in(lines, ["begroot", "gecommitteerd", "gerealiseerd", "uitputting"])
    divisor, unit, decimals = _unit([float(lines[kind].abs().max()) for kind, _ in _KINDS])
    # What is read aloud has its units in words, and the amounts as the bars show them.
    told = []
    for _, line in lines.iterrows():
        amounts = [f"{_amount(line[kind], divisor, decimals)} {unit} {kind}" for kind, _ in _KINDS]
        spent_of = f", een uitputting van {dutch.percent(line['uitputting'])}" if pd.notna(line["uitputting"]) else ""
        told.append(f"voor {line['lijn']} is {dutch.listing(amounts)}{spent_of}")
    alt = f"Staafdiagram van de bedragen per {words_of(frame).one}. {_sentence(told)}"

    def draw(form: Form) -> Figure:
        sheet = Sheet(form)
        sheet.text(0, sheet.line_height / 2, f"In {unit}", colour=SOFT)
        entries = [(kind, colour, "bar") for kind, colour in _KINDS]
        top = sheet.legend(0, sheet.line_height * 1.1, entries, form.width) + 6
        found = [
            Row(
                str(line["lijn"]),
                tuple(
                    Bar(float(line[kind]), amount, colour, kind, f"{amount} {unit}")
                    for kind, colour in _KINDS
                    for amount in [_amount(line[kind], divisor, decimals)]
                ),
            )
            for _, line in lines.iterrows()
        ]
        return sheet.figure(bars_of(sheet, found, top, form.tallest - top) + 2)

    return saved(draw, caption, follows, alt, facts)


def _sentence(parts: list[str]) -> str:
    """Write what is told of each line or year as one sentence, which a page shows in parts."""
    words = "; ".join(parts)
    return f"{words[:1].upper()}{words[1:]}."


def _utilised(lines: pd.DataFrame) -> str:
    """Say where utilisation is highest and lowest; lines that a reader sees as equal are named together."""
    spent = lines[lines["uitputting"].notna()]
    if not spent["gerealiseerd"].any():
        yet = yet_of(lines)
        return _NOTHING_OF_BUDGET.format(yet) if lines["gerealiseerd"].any() else f"Er is {yet}niets gerealiseerd"
    highest, lowest = extremes(spent["uitputting"])
    most, least = (
        f"{dutch.naming(some['lijn'], len(spent), _LINES)} ({dutch.share(some['uitputting'].iloc[0])})"
        for some in (spent.iloc[highest], spent.iloc[lowest])
    )
    if highest == lowest:
        words = f"De uitputting is gelijk bij {most}"
        if len(spent) == 1:
            words = f"De uitputting van {spent['lijn'].iloc[0]} is {dutch.share(spent['uitputting'].iloc[0])}"
        return quote(words, *facts_in(spent.iloc[highest[:1]], ["uitputting"]))
    ends = facts_in(spent.iloc[[highest[0], lowest[0]]], ["uitputting"])
    return quote(f"De uitputting is het hoogst bij {most} en het laagst bij {least}", *ends)


def _unit(sizes: list[float]) -> tuple[float, str, int]:
    """Return what amounts are divided by, its name, and the decimals that they are written with."""
    most = max((size for size in sizes if isfinite(size)), default=0.0)
    if most >= 1e10:
        return 1e9, "miljard euro", 2
    if most >= 1e6:
        return 1e6, "miljoen euro", 1
    return (1e3, "duizend euro", 0) if most >= 1e5 else (1.0, "euro", 0)


def _amount(amount: float, divisor: float, decimals: int) -> str:
    """Write an amount; what is too small to be seen is not nothing."""
    if abs(amount / divisor) < 10.0**-decimals / 2:
        return "bijna 0" if amount else "0"
    return dutch.number(amount / divisor, decimals)


@styled
def chart_utilisation(frame: pd.DataFrame, caption: str, term: Term, reference_date: date) -> ShownChart | Shown:
    """Draw utilisation per line over the years, against an even pace over the term.

    Parameters
    ----------
    frame
        From `money_by_year`: columns `lijn`, `verslagjaar`, `uitputting` (0–1), and `gerealiseerd`, which tells of
        lines that have spent and have no budget, so no utilisation.
    caption
        What the chart shows.
    term
        Term of the deal (Art. 17); the even pace counts its days.
    reference_date
        Day of the last figures.

    With figures of one year there is no line to draw, and a sentence stands in its place.
    """
    known = frame[frame["uitputting"].notna()]
    groups = [(str(name), rows) for name, rows in known.groupby("lijn", sort=False)]
    now = frame[frame["verslagjaar"] == frame["verslagjaar"].max()]
    without = now[now["uitputting"].isna()]
    unbudgeted = "gerealiseerd" in without and bool(without["gerealiseerd"].any())
    everywhere = f"bij alle {_LINES} met een begroting" if unbudgeted else "overal"
    last = {name: float(rows["uitputting"].iloc[-1]) for name, rows in groups if name not in set(without["lijn"])}
    expected = term.passed(reference_date)
    behind = [name for name, value in last.items() if value < expected]
    if reference_date >= term.end:
        # At the end there is no pace any more, only what was left.
        some = f"iets bij {dutch.naming(behind, len(last), _LINES)}"
        where = f"{everywhere} iets" if len(behind) == len(last) > 1 else some
        follows = f"Van de begroting is {where} niet gerealiseerd" if behind else "De begroting is geheel gerealiseerd"
        if behind and not any(last.values()):
            follows = "Van de begroting is niets gerealiseerd"
        if not behind and (beyond := [name for name, value in last.items() if value > 1]):
            follows = f"Meer dan begroot is gerealiseerd bij {dutch.naming(beyond, len(last), _LINES)}"
    elif not any(last.values()) and not behind:
        follows = _NOTHING_OF_BUDGET.format("nog ") if unbudgeted else "Er is nog niets gerealiseerd"
    elif not behind:
        follows = f"De uitputting ligt {everywhere} op of boven het gelijkmatige tempo"
    elif len(behind) == len(last) > 1:
        follows = f"De uitputting ligt {everywhere} onder het gelijkmatige tempo van {dutch.share(expected)}"
    else:
        verb = "ligt" if len(behind) == 1 else "liggen"
        follows = (
            f"Onder het gelijkmatige tempo van {dutch.share(expected)} {verb} {dutch.naming(behind, len(last), _LINES)}"
        )
    facts = facts_in(frame, ["uitputting"])
    even = about_all(frame, [], "gelijkmatig_tempo", "Gelijkmatig tempo van de uitputting", expected, "aandeel")
    follows = quote(follows, *even) if dutch.share(expected) in follows else follows
    if known["verslagjaar"].nunique() < 2:
        only = follows if groups else "Zonder begroting is er geen uitputting"
        return Shown((Text(paragraphs=(f"{only}.",)), *facts, *even))

    def draw(form: Form) -> Figure:
        return _utilisation(Sheet(form), groups, term, reference_date)

    told = [
        f"in {year} is {dutch.listing(f'van {row.lijn} {dutch.percent(row.uitputting)}' for row in rows.itertuples())}"
        " gerealiseerd"
        for year, rows in known.groupby("verslagjaar")
    ]
    alt = f"Lijndiagram van de uitputting per {words_of(frame).one}. {_sentence(told)}"
    return saved(draw, caption, follows, alt, [*facts, *even])


def _utilisation(sheet: Sheet, groups: list[tuple[str, pd.DataFrame]], term: Term, reference_date: date) -> Figure:
    measured = [int(year) for _, rows in groups for year in rows["verslagjaar"]]
    first, end, last = min(term.first_year, *measured), max(term.end.year, *measured), max(measured)
    # The tick of a year is its last day: what was measured halfway stands halfway.
    places = {each: _place(date(each, 12, 31)) for each in measured} | {reference_date.year: _place(reference_date)}
    days = [min(date(year, 12, 31), term.end) for year in range(term.first_year, term.end.year + 1)]
    pace = [(_place(day), 100 * term.passed(day)) for day in days]
    axis = axis_of([0, 100, *(100 * value for _, rows in groups for value in rows["uitputting"])], 6)
    # On a phone the lines are named below the chart, the highest first.
    styles = [style for style, _ in zip(cycle(LINES), groups, strict=False)]
    names = [f"{name} {dutch.share(float(rows['uitputting'].iloc[-1]))}" for name, rows in groups]
    even = ("gelijkmatig tempo", GREY, "dashes")
    top = sheet.legend(0, 0, [even], sheet.width) + 0.8 * sheet.size
    if axis.times:
        sheet.text(sheet.width, sheet.line_height / 2, axis.times, "right")
    labels = [lines_of(name, sheet.size, 0.3 * sheet.width) for name in names]
    heights = [len(lines) * sheet.line_height + 2 for lines in labels]
    beside = not sheet.form.narrow
    high = max(165.0, sum(heights) + 4) if beside else 190.0
    if beside:
        start = gutter_of(sheet, axis, "%") + widest([str(first)], sheet.size) / 2
        free = sheet.width - 14 - widest([line for lines in labels for line in lines], sheet.size)
        at = min(sheet.width - 12, start + (free - start) * (end - first) / (places[last] - first))
    field = field_of(sheet, axis, (first, end), 0, sheet.width, top, high, "%", at if beside else None)
    sheet.line([(field.years(year), field.values(value)) for year, value in pace], GREY, 1.3, (4, 3), above=1.5)
    for (colour, marker), (_, rows) in zip(styles, groups, strict=True):
        points = []
        for row in rows.itertuples():
            points.append((field.years(places[int(row.verslagjaar)]), field.values(100 * float(row.uitputting))))
            sheet.spot(f"{row.lijn}, {row.verslagjaar}: {dutch.share(row.uitputting)}", *points[-1])
        sheet.line(points, colour, 2, marker=marker)
    bottom = field.bottom
    if beside:
        _labels(sheet, groups, styles, labels, heights, field, places, (top, top + high))
    else:
        order = sorted(range(len(groups)), key=lambda index: -float(groups[index][1]["uitputting"].iloc[-1]))
        entries = [(names[index], *styles[index]) for index in order]
        bottom = sheet.legend(0, bottom + 6, entries, sheet.width)
    return sheet.figure(bottom + 2)


def _place(day: date) -> float:
    """Return where a day stands on an axis whose tick of a year is its last day.

    Examples
    --------
    >>> _place(date(2021, 12, 31)), round(_place(date(2021, 6, 30)), 1)
    (2021.0, 2020.5)
    """
    return day.year - 1 + day.timetuple().tm_yday / date(day.year, 12, 31).timetuple().tm_yday


def _labels(  # type: ignore[no-untyped-def]
    sheet: Sheet, groups, styles, labels, heights, field, places: dict[int, float], edges: tuple[float, float]
) -> None:
    """Name each line beside its last point; what had to move is tied to it with a line."""
    ends = [(places[int(rows["verslagjaar"].iloc[-1])], 100 * float(rows["uitputting"].iloc[-1])) for _, rows in groups]
    wanted = [field.values(value) for _, value in ends]
    centres = spread(wanted, heights, edges[0] - sheet.line_height / 2, edges[1] + sheet.line_height / 2)
    x = field.years(max(places.values())) + 14
    for (place, _), lines, height, own, centre, (colour, _) in zip(
        ends, labels, heights, wanted, centres, styles, strict=True
    ):
        wide = widest(lines, sheet.size)
        sheet.bar(x - 2, centre - height / 2 + 1, x + wide + 2, centre + height / 2 - 1, "white", above=2.6)
        sheet.line([(field.years(place) + 4, own), (x - 3, centre)], colour, 0.7, above=2.7)
        sheet.lines(x, centre, lines, colour=colour)


@styled
def chart_split(frame: pd.DataFrame, caption: str, empty: str = "") -> ShownChart | Shown:
    """Draw each line's share in the budget and in what is realised (Art. 7.2c), from `money` without its total.

    `empty` is the sentence that stands in place of a chart while there is nothing to compare; by default that nothing
    is spent.
    """
    lines = frame.drop(index="totaal", errors="ignore")
    shift = (lines["verdeling"] - lines["verdeling_begroot"]).dropna()
    if shift.empty and len(below := lines.loc[lines["gerealiseerd"] < 0, "lijn"]):
        where = dutch.naming(below, len(lines), _LINES)
        return sentence(f"Na correcties is minder dan nul gerealiseerd bij {where}; de realisatie is niet te verdelen.")
    if shift.empty:
        return sentence(empty or f"Er is {yet_of(frame)}niets gerealiseerd.")
    rows = (
        f"{line.lijn} {_aloud(line.verdeling_begroot)} van de begroting en {_aloud(line.verdeling)} van de realisatie"
        for line in lines.itertuples()
    )
    facts = facts_in(lines, ["verdeling_begroot", "verdeling"])
    alike, _ = extremes(shift.abs(), lambda value: dutch.number(100 * value, 1))
    largest = shift.index[alike[0]]
    points = dutch.number(abs(float(shift[largest])) * 100, 1)
    name = dutch.naming(lines.loc[shift.index[alike], "lijn"], len(lines), _LINES)
    if not float(points.replace(",", ".")):
        follows = f"Het aandeel in de realisatie is overal dat in de begroting: het verschil is {points} procentpunt"
    elif len(alike) > 1:
        follows = f"Bij {name} wijkt de realisatie het meest af: het aandeel is {points} procentpunt anders dan begroot"
    else:
        way = "groter" if shift[largest] > 0 else "kleiner"
        follows = f"Bij {name} wijkt de realisatie het meest af: het aandeel is {points} procentpunt {way} dan begroot"
    label = f"Grootste afwijking van de verdeling, in procentpunt: {name}"
    apart = about_all(
        frame, facts, "grootste_afwijking", label, round(abs(float(shift[largest])) * 100, 1), "procentpunt"
    )
    apart = [each.model_copy(update={"text": points}) for each in apart]
    kinds = (("verdeling_begroot", COMMITTED), ("verdeling", REALISED))

    def draw(form: Form) -> Figure:
        sheet = Sheet(form)
        entries = [("aandeel in de begroting", COMMITTED, "bar"), ("aandeel in de realisatie", REALISED, "bar")]
        top = sheet.legend(0, 0, entries, form.width) + 6
        found = [
            Row(
                str(line["lijn"]),
                tuple(
                    _share_bar(float(line[kind]), colour, words)
                    for (kind, colour), (words, *_) in zip(kinds, entries, strict=True)
                ),
            )
            for _, line in lines.iterrows()
        ]
        return sheet.figure(bars_of(sheet, found, top, form.tallest - top) + 2)

    alt = f"Staafdiagram van de verdeling over de {words_of(frame).many}. {'; '.join(rows)}."
    return saved(draw, caption, quote(follows, *apart), alt, [*facts, *apart])


def _aloud(share: float) -> str:
    return dutch.percent(share) if isfinite(share) else "geen deel"


def _share_bar(share: float, colour: str, kind: str) -> Bar:
    return Bar(100 * share if isfinite(share) else None, share_or_dash(share), colour, kind)
