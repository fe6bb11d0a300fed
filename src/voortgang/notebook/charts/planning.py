"""The chart of projects in time."""

from __future__ import annotations

from datetime import date
from math import ceil

import pandas as pd

from voortgang.notebook.charts.drawing import ACCENT, GREY, PHASES, canvas, saved, shortened, styled, year_of
from voortgang.notebook.display import Shown, ShownChart, sentence
from voortgang.notebook.facts import about_all
from voortgang.writing import dutch
from voortgang.writing.publishable import quote


@styled
def chart_phases(
    frame: pd.DataFrame, caption: str, reference_date: date, empty: str = "Er zijn nog geen projecten."
) -> ShownChart | Shown:
    """Draw the term and phase of each project, from `projects`; a line marks the reference date.

    `empty` is the sentence that stands in place of a chart without projects.
    """
    if frame.empty:
        return sentence(empty)
    rows = frame.sort_values(["start", "einde"], kind="stable")
    chart, axes = canvas(0.27 * len(rows) + 0.95)
    used = [phase for phase in PHASES if (rows["fase"] == phase).any()]
    for place, row in enumerate(rows.itertuples()):
        colour, hatch = PHASES.get(str(row.fase), ("white", ""))
        last = row.einde if pd.isna(row.gestopt_op) else min(row.einde, row.gestopt_op)
        start, end = year_of(row.start), max(year_of(row.start), year_of(last))
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
    axes.axvline(year_of(reference_date), color=ACCENT, linewidth=1.6)
    axes.annotate(
        "peildatum",
        (year_of(reference_date), 0),
        (3, 2),
        xycoords=("data", "axes fraction"),
        textcoords="offset points",
        color=ACCENT,
        size=9,
    )
    axes.set_yticks(range(len(rows)), [shortened(name) for name in rows["naam"]])
    axes.invert_yaxis()
    first, last = int(year_of(rows["start"].min())), ceil(year_of(rows["einde"].max()))
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
        f"{row.naam}: {row.start:%m-%Y} tot {row.einde if pd.isna(row.gestopt_op) else row.gestopt_op:%m-%Y}, "
        + str(row.fase)
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
    return saved(chart, caption, quote(follows, *late) if over else follows, alt, late)
