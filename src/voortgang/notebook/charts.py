"""Charts of the report. Each takes a data frame, and writes its text alternative from the same figures.

Charts are drawn on a `Figure` of their own, without pyplot: nothing is shared between cells or notebooks.
Meaning never rests on colour alone: bars carry their figures, lines a marker and a label.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from datetime import date
from functools import cache, wraps
from io import StringIO
from itertools import cycle
from math import ceil
from pathlib import Path
from typing import ParamSpec, TypeVar

import matplotlib.colors
import pandas as pd
from matplotlib import font_manager
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.patches import Rectangle
from matplotlib.ticker import FuncFormatter, MaxNLocator

from voortgang.notebook.display import ShownChart
from voortgang.notebook.facts import about_all, facts_in, part, words_of
from voortgang.notebook.goals import ACHIEVED, BEHIND, ON_TRACK
from voortgang.writing import dutch
from voortgang.writing import publishable as published
from voortgang.writing.fonts import font_files
from voortgang.writing.publishable import Fact, quote

WIDTH = 6.7
"""Width of a chart in inches; the text width of the PDF."""

BUDGETED, COMMITTED, REALISED = "#c9d5de", "#7fa3bd", "#154a70"
ACCENT, WARNING, GREY = "#b8501a", "#8a1c1c", "#5f6b75"
LINES = (
    *(("#154a70", "o"), ("#b8501a", "s"), ("#2f7d57", "^"), ("#5f6b75", "D")),
    *(("#7a3b8f", "v"), ("#8a6d00", "P"), ("#0f7f8c", "X"), ("#a02c5a", "*")),
)
"""Colour and marker of each line; with more lines than these they begin again."""
FILLS = (
    *(("#154a70", "white"), ("#7fa3bd", "black"), ("#c9d5de", "black"), ("#eef2f5", "black")),
    *(("#3f6f93", "white"), ("#a9c0d1", "black"), ("#dfe7ed", "black"), ("#2a5c80", "white")),
)
PHASES = {
    "voorbereiding": ("#e8edf1", "...."),
    "uitvoering": ("#7fa3bd", ""),
    "afgerond": ("#154a70", ""),
    "gestopt": ("#f0d9cc", "////"),
}

Places = Mapping[str, tuple[int, int]]
P = ParamSpec("P")
R = TypeVar("R")


def _styled(draw: Callable[P, R]) -> Callable[P, R]:
    """Draw with the style file, and leave matplotlib's settings as they were."""

    @wraps(draw)
    def drawn(*args: P.args, **kwargs: P.kwargs) -> R:
        with _style():
            return draw(*args, **kwargs)

    return drawn


@contextmanager
def _style() -> Iterator[None]:
    _register_fonts()
    with matplotlib.rc_context(fname=Path(__file__).with_name("voortgang.mplstyle")):
        yield


@cache
def _register_fonts() -> None:
    for path in font_files():
        font_manager.fontManager.addfont(path)


@_styled
def prepare() -> None:
    """Draw an empty chart, so that what charts share is loaded: fonts, layout, number formats."""
    chart, axes = _canvas(1)
    axes.set_title(dutch.euro(0))
    _shown(chart, "", "", "")


@_styled
def chart_money(frame: pd.DataFrame, caption: str) -> ShownChart:
    """Draw budgeted, committed and realised per line, from `money` without its total.

    Parameters
    ----------
    frame
        Columns `lijn`, `begroot`, `gecommitteerd`, `gerealiseerd` (euros), `uitputting` (0–1).
    caption
        What the chart shows; what follows from it is added.
    """
    lines = frame.drop(index="totaal", errors="ignore")
    chart, axes = _canvas(0.95 * len(lines) + 0.9)
    kinds = (("begroot", BUDGETED), ("gecommitteerd", COMMITTED), ("gerealiseerd", REALISED))
    for offset, (kind, colour) in enumerate(kinds):
        places = [row + (offset - 1) * 0.27 for row in range(len(lines))]
        axes.barh(places, lines[kind] / 1e6, height=0.25, color=colour, label=kind)
        for place, amount in zip(places, lines[kind], strict=True):
            axes.annotate(
                dutch.number(amount / 1e6, 1),
                (amount / 1e6, place),
                (4, 0),
                textcoords="offset points",
                va="center",
                size=9,
            )
    axes.set_yticks(range(len(lines)), list(lines["lijn"]))
    axes.invert_yaxis()
    axes.xaxis.set_major_locator(MaxNLocator(6, steps=[1, 2, 5, 10]))
    axes.xaxis.set_major_formatter(FuncFormatter(lambda value, _: dutch.number(value)))
    axes.set_xlim(right=axes.get_xlim()[1] * 1.04)
    axes.set_xlabel("miljoen euro")
    axes.legend(ncols=3, loc="lower left", bbox_to_anchor=(0, 1.0), borderaxespad=0.2)
    rows = (
        f"{row.lijn} begroot {dutch.euro(row.begroot)}, gecommitteerd {dutch.euro(row.gecommitteerd)}, "
        f"gerealiseerd {dutch.euro(row.gerealiseerd)} ({dutch.share(row.uitputting)})"
        for row in lines.itertuples()
    )
    spent = lines[lines["uitputting"].notna()].sort_values("uitputting")
    follows = (
        f"De uitputting is het hoogst bij {spent['lijn'].iloc[-1]} ({dutch.share(spent['uitputting'].iloc[-1])}) "
        f"en het laagst bij {spent['lijn'].iloc[0]} ({dutch.share(spent['uitputting'].iloc[0])})"
        if len(spent) and spent["gerealiseerd"].any()
        else "Er is nog niets uitgegeven"
    )
    ends = facts_in(spent.iloc[[-1, 0]], ["uitputting"]) if len(spent) and spent["gerealiseerd"].any() else []
    facts = facts_in(lines, ["begroot", "gecommitteerd", "gerealiseerd", "uitputting"])
    alt = f"Staafdiagram van de bedragen per {words_of(frame).one}. {'; '.join(rows)}."
    return _shown(chart, caption, quote(follows, *ends), alt, facts)


@_styled
def chart_utilisation(frame: pd.DataFrame, caption: str, first_year: int, end_year: int) -> ShownChart:
    """Draw utilisation per line over the years, against an even pace over the term.

    Parameters
    ----------
    frame
        From `money_by_year`: columns `lijn`, `verslagjaar`, `uitputting` (0–1).
    caption
        What the chart shows; what follows from it is added.
    first_year, end_year
        Term of the deal (Art. 17).
    """
    chart, axes = _canvas(3.1)
    axes.grid(axis="y")
    axes.grid(visible=False, axis="x")
    years = range(first_year, end_year + 1)
    pace = [100 * (index + 1) / len(years) for index in range(len(years))]
    axes.plot(years, pace, color=GREY, linestyle=(0, (4, 3)), linewidth=1.3)
    axes.annotate(
        "gelijkmatig tempo",
        (years[len(years) // 2], pace[len(years) // 2]),
        (-8, 5),
        textcoords="offset points",
        ha="right",
        color=GREY,
        size=9,
    )
    described, ends = [], []
    for (colour, marker), (name, rows) in zip(cycle(LINES), frame.groupby("lijn", sort=False), strict=False):
        axes.plot(rows["verslagjaar"], rows["uitputting"] * 100, color=colour, marker=marker, label=str(name))
        last = rows.iloc[-1]
        ends.append((float(last["uitputting"]) * 100, str(name), colour, int(last["verslagjaar"])))
        path = ", ".join(f"{dutch.share(row.uitputting)} in {row.verslagjaar}" for row in rows.itertuples())
        described.append(f"{name} {path}")
    for height, (value, name, colour, year) in _spread(ends, 7.5):
        axes.annotate(
            f"{name} {dutch.share(value / 100)}",
            (year, value),
            (year + 0.1, height),
            color=colour,
            size=9.5,
            va="center",
            arrowprops=None,
        )
    axes.set_xlim(first_year - 0.15, end_year + 1.05)
    axes.set_ylim(0, 108)
    axes.set_xticks(list(years))
    axes.yaxis.set_major_formatter(FuncFormatter(lambda value, _: f"{dutch.number(value)}%"))
    expected = pace[min(max(year for *_, year in ends), end_year) - first_year]
    behind = sorted(name for value, name, *_ in ends if value < expected)
    follows = (
        f"Onder het gelijkmatige tempo van {dutch.share(expected / 100)} "
        f"{'ligt' if len(behind) == 1 else 'liggen'} {dutch.listing(behind)}"
        if behind
        else f"Elke {words_of(frame).one} ligt op of boven het gelijkmatige tempo"
    )
    facts = facts_in(frame, ["uitputting"])
    even = about_all(frame, [], "gelijkmatig_tempo", "Gelijkmatig tempo van de uitputting", expected / 100, "aandeel")
    alt = f"Lijndiagram van de uitputting per {words_of(frame).one}. {'; '.join(described)}."
    return _shown(chart, caption, quote(follows, *even) if behind else follows, alt, [*facts, *even])


@_styled
def chart_split(frame: pd.DataFrame, caption: str) -> ShownChart:
    """Draw each line's share in the budget and in what is realised (Art. 7.2c), from `money` without its total."""
    lines = frame.drop(index="totaal", errors="ignore")
    chart, axes = _canvas(1.75)
    axes.grid(visible=False)
    for row, column in enumerate(("verdeling_begroot", "verdeling")):
        left = 0.0
        for (colour, ink), line in zip(cycle(FILLS), lines.itertuples(), strict=False):
            width = float(getattr(line, column)) * 100
            if width != width:
                continue
            axes.barh(row, width, left=left, color=colour, edgecolor="white", height=0.62)
            if width >= 8:
                label = f"{line.lijn}\n{dutch.share(width / 100)}"
                axes.text(
                    left + width / 2,
                    row,
                    label,
                    ha="center",
                    va="center",
                    color=ink,
                    size=9,
                    linespacing=1.15,
                )
            left += width
    axes.set_yticks([0, 1], ["Begroting", "Realisatie"])
    axes.invert_yaxis()
    axes.set_xlim(0, 100)
    axes.set_xticks([])
    axes.spines[["bottom", "left"]].set_visible(False)
    rows = (
        f"{line.lijn} {_share_or_dash(line.verdeling_begroot)} van de begroting en "
        f"{_share_or_dash(line.verdeling)} van de realisatie"
        for line in lines.itertuples()
    )
    shift = (lines["verdeling"] - lines["verdeling_begroot"]).dropna()
    facts = facts_in(lines, ["verdeling_begroot", "verdeling"])
    if len(shift):
        largest = shift.abs().idxmax()
        points = dutch.number(abs(float(shift[largest])) * 100, 1)
        way = "groter" if shift[largest] > 0 else "kleiner"
        name = lines.at[largest, "lijn"]
        follows = f"Bij {name} wijkt de realisatie het meest af: het aandeel is {points} procentpunt {way} dan begroot"
        label = f"Grootste afwijking van de verdeling, in procentpunt: {name}"
        apart = about_all(
            frame, facts, "grootste_afwijking", label, round(abs(float(shift[largest])) * 100, 1), "aantal"
        )
        apart = [each.model_copy(update={"text": points}) for each in apart]
        follows, facts = quote(follows, *apart), [*facts, *apart]
    else:
        follows = "Er is nog niets uitgegeven"
    alt = f"Gestapelde balken met de verdeling over de {words_of(frame).many}. {'; '.join(rows)}."
    return _shown(chart, caption, follows, alt, facts)


@_styled
def chart_bullets(frame: pd.DataFrame, caption: str) -> ShownChart:
    """Draw how far each indicator with a target is, against an even pace.

    Parameters
    ----------
    frame
        From `achievement`: columns `indicator`, `doelbereik`, `verwacht` (0–1), `waarde_tekst`, `doel_tekst`,
        `oordeel`.
    caption
        What the chart shows; what follows from it is added.
    """
    rows = frame[frame["doelbereik"].notna()]
    chart, axes = _canvas(0.5 * len(rows) + 0.85)
    top = max(1.25, float(rows["doelbereik"].max()) + 0.25)
    for place, row in enumerate(rows.itertuples()):
        axes.barh(place, 100, height=0.62, color="#e8edf1")
        axes.barh(place, row.doelbereik * 100, height=0.3, color=REALISED)
        axes.plot([row.verwacht * 100] * 2, [place - 0.31, place + 0.31], color=ACCENT, linewidth=2.4)
        axes.annotate(
            f"{dutch.share(row.doelbereik)}, {row.oordeel}",
            (max(100.0, row.doelbereik * 100), place),
            (5, 0),
            textcoords="offset points",
            va="center",
            size=9,
        )
    axes.set_yticks(range(len(rows)), [_wrapped(name) for name in rows["indicator"]])
    axes.invert_yaxis()
    axes.set_xlim(0, top * 100 + 25)
    axes.set_xticks([0, 25, 50, 75, 100], ["0%", "25%", "50%", "75%", "doel"])
    axes.plot([], [], color=REALISED, linewidth=5, label="doelbereik")
    axes.plot([], [], color=ACCENT, linewidth=2.4, label="verwacht bij gelijkmatig tempo")
    axes.legend(ncols=2, loc="lower left", bbox_to_anchor=(0, 1.0), borderaxespad=0.2)
    described = (
        f"{row.indicator}: waarde {row.waarde_tekst}, doel {row.doel_tekst}, doelbereik {dutch.share(row.doelbereik)}, "
        f"verwacht {dutch.share(row.verwacht)}, {row.oordeel}"
        for row in rows.itertuples()
    )
    counts = rows["oordeel"].value_counts()
    verdicts = [verdict for verdict in (ACHIEVED, ON_TRACK, BEHIND) if verdict in counts.index]
    listed = dutch.listing(f"{counts[verdict]} {verdict}" for verdict in verdicts)
    follows = f"Van de indicatoren met een doelwaarde ({len(rows)}): {listed}"
    facts = facts_in(rows, ["waarde_tekst", "doel_tekst", "doelbereik", "verwacht"])
    found = about_all(frame, facts, "getekend", "Indicatoren met een doelwaarde en een meting", len(rows), "aantal")
    for verdict in verdicts:
        kind, label = f"getekend_{verdict.replace(' ', '_')}", f"Indicatoren met een doelwaarde: {verdict}"
        found += about_all(frame, facts, kind, label, int(counts[verdict]), "aantal")
    alt = f"Balken met het doelbereik per indicator. {'; '.join(described)}."
    return _shown(chart, caption, quote(follows, *found), alt, [*facts, *found])


@_styled
def chart_trends(frame: pd.DataFrame, caption: str, end_year: int) -> ShownChart:
    """Draw the values of indicators over the years as small charts side by side.

    Parameters
    ----------
    frame
        From `history`: columns `indicator`, `eenheid`, `verslagjaar`, `waarde`, `waarde_tekst`, `voorlopig`, `reeks`. A
        line ends where a series does, and a dotted line stands between two.
    caption
        What the charts show; what follows from it is added.
    end_year
        Last year on the axis.
    """
    groups = list(frame.groupby("indicator", sort=False))
    across = min(3, len(groups))
    down = ceil(len(groups) / across)
    chart = Figure(figsize=(WIDTH, 1.95 * down + 0.2), layout="constrained")
    described = []
    ways = {"gestegen": 0, "gedaald": 0, "gelijk gebleven": 0}
    first_year = int(frame["verslagjaar"].min())
    for place, (name, rows) in enumerate(groups, start=1):
        axes = chart.add_subplot(down, across, place)
        known = rows.dropna(subset="waarde")
        axes.grid(axis="y")
        axes.grid(visible=False, axis="x")
        for number, comparable in known.groupby("reeks"):
            axes.plot(comparable["verslagjaar"], comparable["waarde"], color=REALISED, marker="o", markersize=4.5)
            if number:
                start = int(rows.loc[rows["reeks"] == number, "verslagjaar"].min())
                axes.axvline(start - 0.5, color=ACCENT, linestyle=":", linewidth=1.2)
        for row in known[known["voorlopig"]].itertuples():
            axes.plot(row.verslagjaar, row.waarde, marker="o", markersize=7, markerfacecolor="white", color=REALISED)
        axes.set_title(_wrapped(str(name), 28), size=9.5)
        axes.set_xlim(first_year - 0.4, end_year + 0.4)
        axes.set_xticks(range(first_year, end_year + 1), [f"’{year % 100}" for year in range(first_year, end_year + 1)])
        low, high = (float(known["waarde"].min()), float(known["waarde"].max())) if len(known) else (0.0, 1.0)
        room = max((high - low) * 0.3, abs(high) * 0.01, 0.1)
        axes.set_ylim(low - room if low else 0, high + room)
        axes.yaxis.set_major_locator(MaxNLocator(4, steps=[1, 2, 5, 10]))
        decimals = 0 if high - low > 5 else 1
        axes.yaxis.set_major_formatter(FuncFormatter(lambda value, _, d=decimals: dutch.number(value, d)))
        first = known.drop_duplicates("reeks")["verslagjaar"].iloc[1:].tolist()
        path = ", ".join(
            ("na een reeksbreuk " if row.verslagjaar in first else "")
            + f"{row.waarde_tekst} in {row.verslagjaar}"
            + (" (voorlopig)" if row.voorlopig else "")
            for row in known.itertuples()
        )
        described.append(f"{name} ({rows['eenheid'].iloc[0]}): {path or 'nog geen meting'}")
        if len(latest := known[known["reeks"] == known["reeks"].max()]) > 1:
            change = float(latest["waarde"].iloc[-1] - latest["waarde"].iloc[0])
            ways["gestegen" if change > 0 else "gedaald" if change < 0 else "gelijk gebleven"] += 1
    facts = facts_in(frame, ["waarde"])
    if any(ways.values()):
        counts = dutch.listing(f"{count} {way}" for way, count in ways.items() if count)
        found = [
            each
            for way, count in ways.items()
            if count
            for each in about_all(frame, facts, part(way), f"Indicatoren sinds de eerste meting {way}", count, "aantal")
        ]
        follows, facts = quote(f"Sinds de eerste meting zijn er {counts}", *found), [*facts, *found]
    else:
        follows = "Met één meting is er nog geen ontwikkeling te zien"
    alt = f"Kleine lijndiagrammen per indicator. {'; '.join(described)}."
    return _shown(chart, caption, follows, alt, facts)


@_styled
def chart_parts(frame: pd.DataFrame, caption: str) -> ShownChart:
    """Draw indicators per municipality (or sector) as small bar charts side by side, from `parts_by_indicator`."""
    names = [column for column in frame.columns if column != "deel"]
    across = min(2, len(names))
    down = ceil(len(names) / across)
    chart = Figure(figsize=(WIDTH, (0.27 * len(frame) + 0.75) * down), layout="constrained")
    described = []
    for place, name in enumerate(names, start=1):
        axes = chart.add_subplot(down, across, place)
        values = frame[name]
        axes.barh(range(len(frame)), values.fillna(0), color=REALISED, height=0.62)
        for row, value in enumerate(values):
            shown = "geen cijfer" if pd.isna(value) else dutch.number(value)
            axes.annotate(
                shown,
                (0 if pd.isna(value) else value, row),
                (4, 0),
                textcoords="offset points",
                va="center",
                size=9,
            )
        axes.set_yticks(
            range(len(frame)),
            list(frame["deel"]) if place % across == 1 or across == 1 else [""] * len(frame),
        )
        axes.invert_yaxis()
        axes.set_xticks([])
        axes.set_xlim(0, max(1.0, float(values.max() if values.notna().any() else 1)) * 1.25)
        axes.spines["bottom"].set_visible(False)
        axes.grid(visible=False)
        axes.set_title(_wrapped(name, 44), size=9.5)
        figures = ", ".join(
            f"{part} {'geen cijfer' if pd.isna(value) else dutch.number(value)}"
            for part, value in zip(frame["deel"], values, strict=True)
        )
        described.append(f"{name}: {figures}")
    without = [name for name in names if not (frame[name].fillna(0) > 0).all()]
    follows = (
        f"Nog niet overal een resultaat boven nul bij {len(without)} van de {len(names)} indicatoren"
        if without
        else "Elke indicator heeft overal een resultaat boven nul"
    )
    facts = facts_in(frame, names)
    if without:
        some = about_all(frame, facts, "niet_overal", "Indicatoren nog niet overal boven nul", len(without), "aantal")
        some += about_all(
            frame, facts, "per_deel_gemeten", "Indicatoren die per deel zijn gemeten", len(names), "aantal"
        )
        follows, facts = quote(follows, *some), [*facts, *some]
    return _shown(chart, caption, follows, f"Staafdiagrammen naast elkaar. {'; '.join(described)}.", facts)


@_styled
def chart_tiles(frame: pd.DataFrame, column: str, unit: tuple[str, str], places: Places, caption: str) -> ShownChart:
    """Draw a number for each municipality on a schematic map: one square each, about where it lies.

    Parameters
    ----------
    frame
        From `municipalities`: index id, columns `deel` (name) and `column`.
    column
        Which column is shown.
    unit
        What is counted, one and many: `("project", "projecten")`.
    places
        Column and row of each square, by id; the first row is the northernmost.
    caption
        What the map shows; what follows from it is added.
    """
    rows = max(row for _, row in places.values()) + 1
    chart = Figure(figsize=(WIDTH, 1.05 * rows), layout="constrained")
    axes = chart.add_subplot()
    axes.grid(visible=False)
    most = max(1, int(frame[column].max()))
    for key, line in frame.iterrows():
        across, down = places[str(key)]
        share = float(line[column]) / most
        red, green, blue = (1 - share * (1 - part) for part in matplotlib.colors.to_rgb(COMMITTED))
        colour = (red, green, blue)
        axes.add_patch(Rectangle((across, down), 0.96, 0.94, facecolor=colour, edgecolor=REALISED, linewidth=0.8))
        axes.text(across + 0.48, down + 0.3, str(line["deel"]), ha="center", va="center", size=9.5)
        number = dutch.number(line[column])
        axes.text(across + 0.48, down + 0.64, number, ha="center", va="center", size=15, weight="bold")
    axes.set_xlim(-0.05, max(across for across, _ in places.values()) + 1)
    axes.set_ylim(rows, -0.05)
    axes.set_axis_off()
    counts = (f"{line['deel']} {dutch.count(int(line[column]), *unit)}" for _, line in frame.iterrows())
    top = frame.loc[frame[column] == frame[column].max(), "deel"]
    follows = f"De meeste {unit[1]} {'telt' if len(top) == 1 else 'tellen'} {dutch.listing(top)}"
    alt = f"Schematische kaart van de gemeenten. {'; '.join(counts)}."
    return _shown(chart, caption, follows, alt, facts_in(frame, [column]))


@_styled
def chart_shares(frame: pd.DataFrame, name: str, column: str, caption: str) -> ShownChart:
    """Draw a share for each row of a frame as a bar, the largest first.

    Parameters
    ----------
    frame
        Columns `name` (text) and `column` (0–1); rows without a value are left out.
    name, column
        Which columns.
    caption
        What the chart shows; what follows from it is added.
    """
    rows = frame[frame[column].notna()].sort_values(column, ascending=False, kind="stable")
    chart, axes = _canvas(0.27 * len(rows) + 0.5)
    axes.barh(range(len(rows)), rows[column] * 100, color=REALISED, height=0.66)
    for place, value in enumerate(rows[column]):
        axes.annotate(dutch.share(value), (value * 100, place), (4, 0), textcoords="offset points", va="center", size=9)
    axes.set_yticks(range(len(rows)), [_shortened(text) for text in rows[name]])
    axes.invert_yaxis()
    axes.set_xlim(0, max(100.0, float(rows[column].max()) * 100) * 1.12)
    axes.set_xticks([])
    axes.grid(visible=False)
    axes.spines["bottom"].set_visible(False)
    facts = facts_in(rows, [column])
    listed = (f"{text} {dutch.share(value)}" for text, value in zip(rows[name], rows[column], strict=True))
    ends = facts_in(rows.iloc[[0, -1]], [column])
    first, last = rows.iloc[0], rows.iloc[-1]
    follows = (
        f"Het hoogst is {first[name]} ({dutch.share(first[column])}), "
        f"het laagst {last[name]} ({dutch.share(last[column])})"
    )
    return _shown(chart, caption, quote(follows, *ends), f"Staafdiagram. {'; '.join(listed)}.", facts)


@_styled
def chart_phases(frame: pd.DataFrame, caption: str, reference_date: date) -> ShownChart:
    """Draw the term and phase of each project, from `projects`; a line marks the reference date."""
    rows = frame.sort_values(["start", "einde"], kind="stable")
    chart, axes = _canvas(0.27 * len(rows) + 0.95)
    used = [phase for phase in PHASES if (rows["fase"] == phase).any()]
    for place, row in enumerate(rows.itertuples()):
        colour, hatch = PHASES.get(str(row.fase), ("white", ""))
        start, end = _year(row.start), _year(row.einde)
        axes.barh(
            place,
            end - start,
            left=start,
            height=0.66,
            color=colour,
            hatch=hatch,
            edgecolor=GREY,
            linewidth=0.7,
        )
    axes.axvline(_year(reference_date), color=ACCENT, linewidth=1.6)
    axes.annotate(
        "peildatum",
        (_year(reference_date), 0),
        (3, 2),
        xycoords=("data", "axes fraction"),
        textcoords="offset points",
        color=ACCENT,
        size=9,
    )
    axes.set_yticks(range(len(rows)), [_shortened(name) for name in rows["naam"]])
    axes.invert_yaxis()
    first, last = int(_year(rows["start"].min())), ceil(_year(rows["einde"].max()))
    axes.set_xlim(first, last)
    axes.set_xticks([year + 0.5 for year in range(first, last)], [str(year) for year in range(first, last)])
    axes.set_xticks(range(first, last + 1), minor=True)
    axes.grid(visible=False)
    axes.grid(visible=True, which="minor", axis="x")
    for phase in used:
        colour, hatch = PHASES[phase]
        axes.barh([0], [0], color=colour, hatch=hatch, edgecolor=GREY, linewidth=0.7, label=phase)
    axes.legend(ncols=4, loc="lower left", bbox_to_anchor=(0, 1.0), borderaxespad=0.2)
    described = (
        f"{row.naam}: {row.start:%m-%Y} tot {row.einde:%m-%Y}, "
        + (row.fase if isinstance(row.fase, str) else "fase onbekend")
        for row in rows.itertuples()
    )
    ended = rows["einde"] < pd.Timestamp(reference_date)
    over = int((ended & rows["fase"].isin(["voorbereiding", "uitvoering"])).sum())
    follows = (
        f"{dutch.count(over, 'project loopt', 'projecten lopen')} langer door dan gepland"
        if over
        else "Geen project loopt langer door dan gepland"
    )
    late = about_all(frame, [], "langer_door", "Projecten die langer doorlopen dan gepland", over, "aantal")
    alt = f"Tijdbalken van de projecten. {'; '.join(described)}."
    return _shown(chart, caption, quote(follows, *late) if over else follows, alt, late)


def _canvas(height: float) -> tuple[Figure, Axes]:
    chart = Figure(figsize=(WIDTH, height), layout="constrained")
    return chart, chart.add_subplot()


def _shown(chart: Figure, caption: str, follows: str, alt: str, facts: Iterable[Fact] = ()) -> ShownChart:
    """Save a chart with the facts in it. Its caption says what it shows, and then what follows from it."""
    # Saved here, while the style holds. Saving would compute the layout, and draw the chart, twice.
    chart.set_dpi(72)
    if layout := chart.get_layout_engine():
        layout.execute(chart)
    chart.set_layout_engine(None)
    svg = StringIO()
    chart.savefig(svg, format="svg", metadata={"Date": None, "Creator": None})
    known = {each.id: each for each in facts}
    figure = published.Figure(caption=f"{caption}. {follows}", alt=alt, facts=tuple(sorted(known)))
    return ShownChart(svg.getvalue(), figure, tuple(known.values()))


def _spread(ends: list[tuple[float, str, str, int]], gap: float) -> Iterator[tuple[float, tuple[float, str, str, int]]]:
    """Give labels at the ends of lines heights at least `gap` apart, in the order of their values."""
    height = -gap
    for end in sorted(ends):
        height = max(end[0], height + gap)
        yield height, end


def _year(day: date) -> float:
    return day.year + (day.timetuple().tm_yday - 1) / 366


def _share_or_dash(value: float) -> str:
    return dutch.share(value) if value == value else dutch.MISSING


def _shortened(name: str, length: int = 44) -> str:
    return name if len(name) <= length else name[: length - 1].rstrip() + "…"


def _wrapped(name: str, width: int = 30) -> str:
    """Break a label over lines of about `width` characters."""
    lines: list[str] = []
    for word in name.split():
        if lines and len(lines[-1]) + 1 + len(word) <= width:
            lines[-1] += f" {word}"
        else:
            lines.append(word)
    return "\n".join(lines)
