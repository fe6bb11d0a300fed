"""Charts of money: per pillar, over the years, and against the split of the covenant."""

from __future__ import annotations

from datetime import date
from itertools import cycle

import pandas as pd
from matplotlib.ticker import FuncFormatter, MaxNLocator

from voortgang.notebook.charts.drawing import (
    BUDGETED,
    COMMITTED,
    FILLS,
    GREY,
    LINES,
    REALISED,
    canvas,
    saved,
    share_or_dash,
    spread,
    styled,
)
from voortgang.notebook.display import ShownChart
from voortgang.notebook.facts import about_all, facts_in, words_of
from voortgang.workspace.deal import Term
from voortgang.writing import dutch
from voortgang.writing.publishable import quote


@styled
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
    chart, axes = canvas(0.95 * len(lines) + 0.9)
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
        else "Er is nog niets gerealiseerd"
    )
    ends = facts_in(spent.iloc[[-1, 0]], ["uitputting"]) if len(spent) and spent["gerealiseerd"].any() else []
    facts = facts_in(lines, ["begroot", "gecommitteerd", "gerealiseerd", "uitputting"])
    alt = f"Staafdiagram van de bedragen per {words_of(frame).one}. {'; '.join(rows)}."
    return saved(chart, caption, quote(follows, *ends), alt, facts)


@styled
def chart_utilisation(frame: pd.DataFrame, caption: str, term: Term, reference_date: date) -> ShownChart:
    """Draw utilisation per line over the years, against an even pace over the term.

    Parameters
    ----------
    frame
        From `money_by_year`: columns `lijn`, `verslagjaar`, `uitputting` (0–1).
    caption
        What the chart shows; what follows from it is added.
    term
        Term of the deal (Art. 17); the even pace counts its days.
    reference_date
        Day of the last figures.
    """
    chart, axes = canvas(3.1)
    axes.grid(axis="y")
    axes.grid(visible=False, axis="x")
    first_year, end_year = term.first_year, term.end.year
    years = range(first_year, end_year + 1)
    days = [reference_date if year == reference_date.year else min(date(year, 12, 31), term.end) for year in years]
    pace = [100 * term.passed(day) for day in days]
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
    for height, (value, name, colour, year) in spread(ends, 7.5):
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
    expected = 100 * term.passed(reference_date)
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
    return saved(chart, caption, quote(follows, *even) if behind else follows, alt, [*facts, *even])


@styled
def chart_split(frame: pd.DataFrame, caption: str) -> ShownChart:
    """Draw each line's share in the budget and in what is realised (Art. 7.2c), from `money` without its total."""
    lines = frame.drop(index="totaal", errors="ignore")
    chart, axes = canvas(1.75)
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
        f"{line.lijn} {share_or_dash(line.verdeling_begroot)} van de begroting en "
        f"{share_or_dash(line.verdeling)} van de realisatie"
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
            frame, facts, "grootste_afwijking", label, round(abs(float(shift[largest])) * 100, 1), "procentpunt"
        )
        apart = [each.model_copy(update={"text": points}) for each in apart]
        follows, facts = quote(follows, *apart), [*facts, *apart]
    else:
        follows = "Er is nog niets gerealiseerd"
    alt = f"Gestapelde balken met de verdeling over de {words_of(frame).many}. {'; '.join(rows)}."
    return saved(chart, caption, follows, alt, facts)
