"""The chart of indicators over the years: a small chart for each, all as wide."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from itertools import pairwise
from typing import Any

import pandas as pd
from matplotlib.figure import Figure

from voortgang.notebook.charts.drawing import ACCENT, GREY, REALISED, saved, styled
from voortgang.notebook.charts.lettering import lines_of, names_in_lines, width_of
from voortgang.notebook.charts.plots import field_of
from voortgang.notebook.charts.scales import Axis, axis_of
from voortgang.notebook.charts.sheet import INK, SOFT, Form, Sheet
from voortgang.notebook.display import Shown, ShownChart, sentence
from voortgang.notebook.facts import about_all, facts_in, part, yet_of
from voortgang.notebook.indicator_years import DEFINITION, OTHERS
from voortgang.writing import dutch
from voortgang.writing.publishable import quote

_ACROSS = 3
"""Small charts beside each other on a page; also when there are fewer, so that all have one width."""
_AFTER = {DEFINITION: "na een reeksbreuk", OTHERS: "met andere gemeenten"}
_WANTED = {"stijgen": "stijging is gewenst", "dalen": "daling is gewenst"}


@styled
def chart_trends(frame: pd.DataFrame, caption: str, end_year: int, empty: str = "") -> ShownChart | Shown:
    """Draw the values of indicators over the years as small charts side by side.

    Parameters
    ----------
    frame
        From `history`: columns `indicator`, `eenheid`, `verslagjaar`, `waarde`, `waarde_tekst`, `voorlopig`, `reeks`,
        `volledig`, `richting`, `breuk`. A line ends where a series does, and a dotted line stands between two. A sum
        without some parts is a cross beside the line. An arrow shows which way is wanted.
    caption
        What the charts show.
    end_year
        Last year on the axis.
    empty
        The sentence that stands in place of a chart without indicators; by default that there are no measurements.

    An indicator with one measurement has no development, and is not drawn.
    """
    measured = frame.groupby("indicator")["waarde"].transform("count")
    if not (measured > 0).any():
        return sentence(empty or f"Er zijn {yet_of(frame)}geen metingen.")
    if not (measured > 1).any():
        early = "Er is pas één meting; een ontwikkeling is er nog niet."
        return sentence(early if yet_of(frame) else "Er is maar één meting, en dus geen ontwikkeling.")
    once = "; een indicator met één meting is niet getekend" if (measured == 1).any() else ""
    frame = frame[measured > 1]
    trends = [_Trend(str(name), rows) for name, rows in frame.groupby("indicator", sort=False)]
    ways = {"gestegen": 0, "gedaald": 0, "gelijk gebleven": 0}
    for trend in trends:
        if (change := trend.change) is not None:
            ways["gestegen" if change > 0 else "gedaald" if change < 0 else "gelijk gebleven"] += 1
    facts = facts_in(frame, ["waarde"])
    if any(ways.values()):
        compared = any(trend.breaks for trend in trends if trend.change is not None)
        since = f"Sinds de eerste meting{' die te vergelijken is' if compared else ''}"
        counts = dutch.tally((count, way) for way, count in ways.items())
        verb = "zijn" if next(filter(None, ways.values())) > 1 else "is"
        found = [
            each
            for way, count in ways.items()
            if count
            for each in about_all(
                frame,
                facts,
                part(way),
                f"Indicatoren sinds de eerste meting {way}",
                count,
                "aantal",
                dutch.how_many(count),
            )
        ]
        if sum(ways.values()) == 1:
            name = next(trend.name for trend in trends if trend.change is not None)
            follows = f"{since} {next(way for way, count in ways.items() if count)}: {name}"
        else:
            asked, as_wanted = _as_wanted(trends)
            label, words = "Indicatoren die sinds de eerste meting de gewenste kant op gaan", dutch.how_many(as_wanted)
            ways_wanted = about_all(frame, facts, "gewenst", label, as_wanted, "aantal", words)
            follows = quote(f"{since} {verb} er {counts}", *found)
            if asked == sum(ways.values()):
                whole = as_wanted == asked
                go = "gaat" if as_wanted < 2 else "gaan"
                words = dutch.every(asked) if whole else words if as_wanted else "geen ervan"
                counted = as_wanted and not (whole and asked == 2)
                follows += quote(f"; {words} {go} de gewenste kant op", *(ways_wanted if counted else ()))
                found += ways_wanted
        facts = [*facts, *found]
    elif all(trend.reasons[-1:] == [DEFINITION] for trend in trends):
        follows = "Sinds de reeksbreuk is er één meting"
    elif any(trend.reasons for trend in trends):  # earlier measurements can be compared with each other
        follows = f"Met de laatste meting is {yet_of(frame)}geen eerdere te vergelijken"
    else:
        follows = f"Er zijn {yet_of(frame)}geen twee metingen die te vergelijken zijn"
    years = (int(frame["verslagjaar"].min()), max(end_year, int(frame["verslagjaar"].max())))

    def draw(form: Form) -> Figure:
        return _drawn(Sheet(form), trends, years)

    alt = f"Kleine lijndiagrammen per indicator. {'; '.join(trend.described for trend in trends)}."
    return saved(draw, caption + once, follows, alt, facts)


def _as_wanted(trends: list[_Trend]) -> tuple[int, int]:
    """Return how many indicators that can be compared have a wanted direction, and how many of these go that way."""
    changes = [(trend.change, trend.wanted) for trend in trends if trend.change is not None and trend.wanted in _WANTED]
    return len(changes), sum(change > 0 if wanted == "stijgen" else change < 0 for change, wanted in changes)


@dataclass(frozen=True)
class _Trend:
    """One indicator over the years."""

    name: str
    rows: pd.DataFrame

    @property
    def unit(self) -> str:
        return str(self.rows["eenheid"].iloc[0])

    @property
    def wanted(self) -> str:
        return str(self.rows["richting"].iloc[0]) if "richting" in self.rows else ""

    @cached_property
    def known(self) -> pd.DataFrame:
        return self.rows.dropna(subset="waarde")

    @cached_property
    def whole(self) -> pd.DataFrame:
        """The values that can be compared: of sums with a figure for each part."""
        return self.known[self.known["volledig"].astype(bool)]

    @cached_property
    def partly(self) -> pd.DataFrame:
        return self.known[~self.known["volledig"].astype(bool)]

    @cached_property
    def change(self) -> float | None:
        """How much the value has changed since the first of the last series; None when there is nothing to compare."""
        latest = self.whole[self.whole["reeks"] == self.whole["reeks"].max()]
        return float(latest["waarde"].iloc[-1] - latest["waarde"].iloc[0]) if len(latest) > 1 else None

    @property
    def breaks(self) -> list[int]:
        """First years of later series."""
        return [int(rows["verslagjaar"].min()) for number, rows in self.rows.groupby("reeks") if number]

    @property
    def reasons(self) -> list[str]:
        """Why each later series began."""
        return _reasons(self.rows[self.rows["reeks"] > 0].drop_duplicates("reeks"))

    @property
    def described(self) -> str:
        later = self.known.drop_duplicates("reeks").iloc[1:]
        told = {year: _after(why) for year, why in zip(later["verslagjaar"], _reasons(later), strict=True)}
        path = ", ".join(
            told.get(row.verslagjaar, "")
            + f"{row.waarde_tekst} in {row.verslagjaar}"
            + (" (voorlopig)" if row.voorlopig else "")
            for row in self.known.itertuples()
        )
        wanted = f" ({_WANTED[self.wanted]})" if self.wanted in _WANTED else ""
        return f"{self.name} ({self.unit}): {path}{wanted}"


def _after(why: str) -> str:
    """Return the words before the first value of a later series."""
    return " en ".join(words for reason, words in _AFTER.items() if reason in why) + " "


def _reasons(rows: pd.DataFrame) -> list[str]:
    return list(rows["breuk"]) if "breuk" in rows else [DEFINITION] * len(rows)


def _drawn(sheet: Sheet, trends: list[_Trend], years: tuple[int, int]) -> Figure:
    across = 1 if sheet.form.narrow else _ACROSS
    gap = 20.0
    wide = (sheet.width - gap * (across - 1)) / across
    down = -(-len(trends) // across)
    high = 130.0 if sheet.form.narrow else 96.0
    # Titles are cut short where the chart would not fit on a page.
    room = sheet.form.tallest / down - high - 4 * sheet.line_height
    most = max(2, int(room / sheet.line_height))
    names = names_in_lines([trend.name for trend in trends], sheet.size, wide, most, bold=True)
    written = [_head(sheet, trend, lines, wide) for trend, lines in zip(trends, names, strict=True)]
    y = 0.0
    for first in range(0, len(trends), across):
        beside, heads = trends[first : first + across], written[first : first + across]
        top = y + max(map(len, heads)) * sheet.line_height + sheet.size
        bottoms = []
        for number, (trend, head) in enumerate(zip(beside, heads, strict=True)):
            left = number * (wide + gap)
            _write_head(sheet, head, left, y, trend.wanted)
            bottoms.append(_field(sheet, trend, years, left, left + wide, top, high))
        y = max(bottoms) + 1.2 * sheet.size
    entries = _signs(trends)
    bottom = sheet.legend(0, y - 0.4 * sheet.size, entries, sheet.width) if entries else y - 1.2 * sheet.size
    return sheet.figure(bottom + 2)


def _head(sheet: Sheet, trend: _Trend, name: list[str], wide: float) -> list[tuple[str, str]]:
    """Return the lines above a small chart with what each is: name, unit and wanted direction."""
    times = _axis(trend).times
    unit = f"{trend.unit} ({times})" if times else trend.unit
    lines = [("name", line) for line in name]
    lines += [("unit", line) for line in lines_of(unit, sheet.size, wide, 2)]
    return lines + [("wanted", _WANTED[trend.wanted])] * (trend.wanted in _WANTED)


def _write_head(sheet: Sheet, head: list[tuple[str, str]], left: float, y: float, wanted: str) -> None:
    for kind, line in head:
        x, y = left, y + sheet.line_height
        middle = y - sheet.line_height / 2
        if kind == "wanted":
            x = sheet.arrow(x, middle, wanted == "stijgen", SOFT) + 4
        sheet.text(x, middle, line, colour=INK if kind == "name" else SOFT, bold=kind == "name")


def _axis(trend: _Trend) -> Axis:
    return axis_of(trend.known["waarde"].tolist(), 4, whole=not (trend.known["waarde"] % 1).any())


def _field(
    sheet: Sheet, trend: _Trend, years: tuple[int, int], left: float, right: float, top: float, high: float
) -> float:
    """Draw the values of one indicator, and return how far down it reaches."""
    axis, whole = _axis(trend), trend.whole
    label = _label(sheet, trend)
    field = field_of(sheet, axis, years, left, right, top, high, space=label.space)
    for year in trend.breaks:
        sheet.line([(field.years(year - 0.5), top), (field.years(year - 0.5), top + high)], ACCENT, 1.2, (1, 2))
    for _, series in whole.groupby("reeks"):
        runs = _runs(_points(series))
        for run in runs:
            sheet.line([(field.years(year), field.values(value)) for year, value in run], REALISED, 2)
        for (*_, before), (after, *_) in pairwise(runs):
            ends = [(field.years(year), field.values(value)) for year, value in (before, after)]
            sheet.line(ends, REALISED, 1.2, (2, 2))
    for row in whole.itertuples():
        x, y = field.years(float(row.verslagjaar)), field.values(float(row.waarde))
        sheet.mark(x, y, "o", REALISED, hollow=bool(row.voorlopig))
    for when, value in _points(trend.partly):
        sheet.mark(field.years(when), field.values(value), "x", GREY)
    for row in trend.known.itertuples():
        said = " (voorlopig)" if row.voorlopig else "" if row.volledig else " (som zonder alle delen)"
        place = field.years(float(row.verslagjaar)), field.values(float(row.waarde))
        sheet.spot(f"{trend.name}, {row.verslagjaar}: {row.waarde_tekst}{said}", *place)
    if label.words:
        half = width_of(label.words, sheet.size) / 2
        x = min(max(field.years(label.year), field.left + 2 + half), right - half)
        away = 1.05 * sheet.size
        y = field.values(label.value) + (-away if label.above else away)
        high = 0.55 * sheet.size
        if abs(field.values(0.0) - y) < high:  # the line of nought would run through the figure
            sheet.bar(x - half - 2, y - high, x + half + 2, y + high, "white", above=2.2)
        sheet.text(x, y, label.words, "center", REALISED)
    return field.bottom


@dataclass(frozen=True)
class _Label:
    """The last value, written at its point: above it where the line comes from below, else below it."""

    words: str = ""
    year: float = 0.0
    value: float = 0.0
    above: bool = True
    space: tuple[float, float] = (0.0, 0.0)


def _label(sheet: Sheet, trend: _Trend) -> _Label:
    whole = trend.whole
    if whole.empty:
        return _Label()
    *before, (year, value) = _points(whole)
    above = not before or value >= before[-1][1]
    room = 1.7 * sheet.size
    return _Label(
        str(whole["waarde_tekst"].iloc[-1]), year, value, above, (room if above else 0.0, 0.0 if above else room)
    )


def _points(rows: pd.DataFrame) -> list[tuple[float, float]]:
    return [(float(year), float(value)) for year, value in zip(rows["verslagjaar"], rows["waarde"], strict=True)]


def _runs(points: list[tuple[float, float]]) -> list[list[tuple[float, float]]]:
    """Return points in runs of years that follow each other: over a year without a figure no line is drawn through.

    Examples
    --------
    >>> _runs([(2019, 4.0), (2020, 5.0), (2022, 5.5)])
    [[(2019, 4.0), (2020, 5.0)], [(2022, 5.5)]]
    """
    runs: list[list[tuple[float, float]]] = []
    for point in points:
        if runs and point[0] - runs[-1][-1][0] <= 1:
            runs[-1].append(point)
        else:
            runs.append([point])
    return runs


def _signs(trends: list[_Trend]) -> list[tuple[str, str, str]]:
    """Return what the signs mean that are used."""
    reasons = [reason for trend in trends for reason in trend.reasons]
    why = [each for each in (DEFINITION, OTHERS) if any(each in reason for reason in reasons)]
    used: list[tuple[Any, tuple[str, str, str]]] = [
        (any(trend.whole["voorlopig"].any() for trend in trends), ("voorlopig cijfer", REALISED, "hollow-o")),
        (
            any(len(_runs(_points(series))) > 1 for trend in trends for _, series in trend.whole.groupby("reeks")),
            ("over een jaar zonder cijfer", REALISED, "dashes"),
        ),
        (any(len(trend.partly) for trend in trends), ("som zonder alle delen", GREY, "x")),
        (bool(why), (f"{' of '.join(why)}: ervoor en erna niet te vergelijken", ACCENT, "dots")),
    ]
    return [entry for is_used, entry in used if is_used]
