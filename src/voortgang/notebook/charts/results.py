"""Charts of goal achievement: against targets, over time and by part."""

from __future__ import annotations

from math import ceil
from typing import Any

import pandas as pd
from matplotlib.figure import Figure
from matplotlib.ticker import FuncFormatter, MaxNLocator

from voortgang.notebook.charts.drawing import (
    ACCENT,
    GREY,
    REALISED,
    WIDTH,
    canvas,
    saved,
    shortened,
    styled,
    wrapped_label,
)
from voortgang.notebook.display import Shown, ShownChart, sentence
from voortgang.notebook.facts import about_all, facts_in, part
from voortgang.notebook.verdicts import ACHIEVED, VERDICTS
from voortgang.writing import dutch
from voortgang.writing.publishable import Fact, Text, quote


@styled
def chart_bullets(frame: pd.DataFrame, caption: str, empty: str = "Er is nog geen doelbereik.") -> ShownChart | Shown:
    """Draw how far each indicator with a target is, against an even pace.

    A milestone is a whole bar once it is reached. Without any bar to draw there is a sentence and no chart.

    Parameters
    ----------
    frame
        From `achievement`: columns `indicator`, `met_doel`, `doelbereik`, `verwacht` (0–1), `doelbereik_tekst`,
        `waarde_tekst`, `doel_tekst`, `oordeel`.
    caption
        What the chart shows; what follows from it is added.
    empty
        The sentence that stands in place of a chart without indicators.
    """
    rows = frame[frame["met_doel"].astype(bool)]
    if rows.empty:
        return sentence(empty)
    bars = rows["doelbereik"].astype("float64").fillna((rows["oordeel"] == ACHIEVED).map({True: 1.0, False: 0.0}))
    rows = rows.assign(balk=bars.clip(lower=0.0))
    follows, facts = _verdicts_counted(frame, rows)
    if not (rows["balk"] > 0).any():
        return Shown((Text(paragraphs=(follows,)), *facts))
    chart, axes = canvas(0.5 * len(rows) + 0.85)
    top = max(1.25, float(rows["balk"].max()) + 0.25)
    for place, row in enumerate(rows.itertuples()):
        axes.barh(place, 100, height=0.62, color="#e8edf1")
        axes.barh(place, row.balk * 100, height=0.3, color=REALISED)
        if pd.notna(row.verwacht):
            axes.plot([row.verwacht * 100] * 2, [place - 0.31, place + 0.31], color=ACCENT, linewidth=2.4)
        axes.annotate(
            _bar_label(row),
            (max(100.0, row.balk * 100), place),
            (5, 0),
            textcoords="offset points",
            va="center",
            size=9,
        )
    axes.set_yticks(range(len(rows)), [wrapped_label(name) for name in rows["indicator"]])
    axes.invert_yaxis()
    axes.set_xlim(0, top * 100 + 55)
    axes.set_xticks([0, 25, 50, 75, 100], ["0%", "25%", "50%", "75%", "doel"])
    axes.plot([], [], color=REALISED, linewidth=5, label="doelbereik")
    axes.plot([], [], color=ACCENT, linewidth=2.4, label="verwacht bij gelijkmatig tempo")
    axes.legend(ncols=2, loc="lower left", bbox_to_anchor=(0, 1.0), borderaxespad=0.2)
    described = (
        f"{row.indicator}: waarde {row.waarde_tekst}, doel {row.doel_tekst}, {_bar_label(row)}"
        + (f", verwacht {dutch.share(row.verwacht)}" if pd.notna(row.verwacht) else "")
        for row in rows.itertuples()
    )
    alt = f"Balken met het doelbereik per indicator. {'; '.join(described)}."
    return saved(chart, caption, follows, alt, facts)


def _bar_label(row: Any) -> str:
    return row.oordeel if row.doelbereik_tekst == dutch.MISSING else f"{row.doelbereik_tekst}, {row.oordeel}"


def _verdicts_counted(frame: pd.DataFrame, rows: pd.DataFrame) -> tuple[str, list[Fact]]:
    """Return how many of the rows have which verdict, as a sentence and with all facts in the rows."""
    counts = rows["oordeel"].value_counts()
    verdicts = [verdict for verdict in VERDICTS if verdict in counts.index]
    listed = dutch.tally((int(counts[verdict]), verdict) for verdict in verdicts)
    facts = facts_in(rows, ["waarde_tekst", "doel_tekst", "doelbereik_tekst", "verwacht"])
    found = about_all(frame, facts, "getekend", "Indicatoren met een doelwaarde", len(rows), "aantal")
    for verdict in verdicts:
        kind, label = f"getekend_{part(verdict)}", f"Indicatoren met een doelwaarde: {verdict}"
        number = int(counts[verdict])
        found += about_all(frame, facts, kind, label, number, "aantal", dutch.how_many(number))
    if not len(rows):
        return "Geen indicator heeft een doelwaarde", facts
    return quote(f"Van de indicatoren met een doelwaarde ({len(rows)}): {listed}", *found), [*facts, *found]


@styled
def chart_trends(
    frame: pd.DataFrame, caption: str, end_year: int, empty: str = "Er zijn nog geen metingen."
) -> ShownChart | Shown:
    """Draw the values of indicators over the years as small charts side by side.

    Parameters
    ----------
    frame
        From `history`: columns `indicator`, `eenheid`, `verslagjaar`, `waarde`, `waarde_tekst`, `voorlopig`, `reeks`,
        `volledig`. A line ends where a series does, and a dotted line stands between two. A sum without some parts is a
        cross beside the line.
    caption
        What the charts show; what follows from it is added.
    end_year
        Last year on the axis.
    empty
        The sentence that stands in place of a chart without indicators.

    An indicator with one measurement has no development, and is not drawn.
    """
    measured = frame.groupby("indicator")["waarde"].transform("count")
    if not (measured > 0).any():
        return sentence(empty)
    if not (measured > 1).any():
        return sentence("Er is pas één meting; een ontwikkeling is er nog niet.")
    once = "; een indicator met één meting is niet getekend" if (measured == 1).any() else ""
    frame = frame[measured > 1]
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
        whole = known[known["volledig"].astype(bool)]
        partly = known[~known["volledig"].astype(bool)]
        axes.plot(partly["verslagjaar"], partly["waarde"], color=GREY, marker="x", linestyle="", markersize=6)
        for number, comparable in whole.groupby("reeks"):
            axes.plot(comparable["verslagjaar"], comparable["waarde"], color=REALISED, marker="o", markersize=4.5)
            if number:
                start = int(rows.loc[rows["reeks"] == number, "verslagjaar"].min())
                axes.axvline(start - 0.5, color=ACCENT, linestyle=":", linewidth=1.2)
        for row in whole[whole["voorlopig"]].itertuples():
            axes.plot(row.verslagjaar, row.waarde, marker="o", markersize=7, markerfacecolor="white", color=REALISED)
        axes.set_title(wrapped_label(str(name), 28), size=9.5)
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
        if len(latest := whole[whole["reeks"] == whole["reeks"].max()]) > 1:
            change = float(latest["waarde"].iloc[-1] - latest["waarde"].iloc[0])
            ways["gestegen" if change > 0 else "gedaald" if change < 0 else "gelijk gebleven"] += 1
    facts = facts_in(frame, ["waarde"])
    if any(ways.values()):
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
        follows, facts = quote(f"Sinds de eerste meting {verb} er {counts}", *found), [*facts, *found]
    else:
        follows = "Sinds de reeksbreuk is er één meting"
    alt = f"Kleine lijndiagrammen per indicator. {'; '.join(described)}."
    return saved(chart, caption, follows + once, alt, facts)


@styled
def chart_parts(frame: pd.DataFrame, caption: str, empty: str = "Er zijn geen cijfers per deel.") -> ShownChart | Shown:
    """Draw indicators per municipality (or sector) as small bar charts side by side, from `parts_by_indicator`.

    `empty` is the sentence that stands in place of a chart without indicators or without parts.
    """
    names = [column for column in frame.columns if column != "deel"]
    if frame.empty or not names:
        return sentence(empty)
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
        axes.set_title(wrapped_label(name, 44), size=9.5)
        figures = ", ".join(
            f"{part} {'geen cijfer' if pd.isna(value) else dutch.number(value)}"
            for part, value in zip(frame["deel"], values, strict=True)
        )
        described.append(f"{name}: {figures}")
    without = [name for name in names if (frame[name] <= 0).any()]
    unknown = [name for name in names if frame[name].isna().any()]
    follows = (
        f"Nog niet overal een resultaat boven nul bij {len(without)} van de {len(names)} indicatoren"
        if without
        else f"Elke indicator heeft {'waar een cijfer is' if unknown else 'overal'} een resultaat boven nul"
    )
    follows += f"; niet overal een cijfer: {dutch.listing(unknown)}" if unknown else ""
    facts = facts_in(frame, names)
    if without:
        some = about_all(frame, facts, "niet_overal", "Indicatoren nog niet overal boven nul", len(without), "aantal")
        some += about_all(
            frame, facts, "per_deel_gemeten", "Indicatoren die per deel zijn gemeten", len(names), "aantal"
        )
        follows, facts = quote(follows, *some), [*facts, *some]
    return saved(chart, caption, follows, f"Staafdiagrammen naast elkaar. {'; '.join(described)}.", facts)


@styled
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
    chart, axes = canvas(0.27 * len(rows) + 0.5)
    axes.barh(range(len(rows)), rows[column] * 100, color=REALISED, height=0.66)
    for place, value in enumerate(rows[column]):
        axes.annotate(dutch.share(value), (value * 100, place), (4, 0), textcoords="offset points", va="center", size=9)
    axes.set_yticks(range(len(rows)), [shortened(text) for text in rows[name]])
    axes.invert_yaxis()
    axes.set_xlim(0, max(100.0, float(rows[column].max()) * 100) * 1.12)
    axes.set_xticks([])
    axes.grid(visible=False)
    axes.spines["bottom"].set_visible(False)
    facts = facts_in(rows, [column])
    listed = (f"{text} {dutch.share(value)}" for text, value in zip(rows[name], rows[column], strict=True))
    first, last = rows.iloc[0], rows.iloc[-1]
    if len(rows) > 1:
        ends = facts_in(rows.iloc[[0, -1]], [column])
        follows = (
            f"Het hoogst is {first[name]} ({dutch.share(first[column])}), "
            f"het laagst {last[name]} ({dutch.share(last[column])})"
        )
    else:
        ends, follows = facts_in(rows, [column]), f"{first[name]}: {dutch.share(first[column])}"
    return saved(chart, caption, quote(follows, *ends), f"Staafdiagram. {'; '.join(listed)}.", facts)
