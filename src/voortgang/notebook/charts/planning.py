"""The chart of projects in time."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from math import ceil, floor

import pandas as pd
from matplotlib.figure import Figure

from voortgang.notebook.charts.bars import SPACE, names_beside
from voortgang.notebook.charts.drawing import ACCENT, GREY, PHASES, saved, styled, year_of
from voortgang.notebook.charts.lettering import widest, width_of
from voortgang.notebook.charts.scales import Scale, every_so_many
from voortgang.notebook.charts.sheet import RULE, SOFT, Form, Sheet
from voortgang.notebook.display import Shown, ShownChart, sentence
from voortgang.notebook.facts import about_all, yet_of
from voortgang.writing import dutch
from voortgang.writing.publishable import quote

_THINNEST = 2.0
"""A project of a day is seen too."""


@dataclass(frozen=True)
class _Project:
    name: str
    start: float
    end: float
    phase: str
    said: str


@styled
def chart_phases(frame: pd.DataFrame, caption: str, reference_date: date, empty: str = "") -> ShownChart | Shown:
    """Draw the term and phase of each project, from `projects`; a line marks the reference date.

    `empty` is the sentence that stands in place of a chart without projects; by default that there are none.
    """
    if frame.empty:
        return sentence(empty or f"Er zijn {yet_of(frame)}geen projecten.")
    rows = frame.sort_values(["start", "einde"], kind="stable")
    projects = [_project(row) for _, row in rows.iterrows()]
    ended = rows["einde"] < pd.Timestamp(reference_date)
    over = int((ended & rows["fase"].isin(["voorbereiding", "uitvoering"])).sum())
    how_many = {1: "Eén"}.get(over, dutch.number(over))
    if over:
        follows = f"{how_many} {'project loopt' if over == 1 else 'projecten lopen'} door na de einddatum"
    elif rows["fase"].isin(["afgerond", "gestopt"]).all():
        follows = "Geen project loopt nog"
    else:
        follows = "Geen project loopt door na zijn einddatum"
    late = about_all(frame, [], "langer_door", "Projecten die langer doorlopen dan gepland", over, "aantal", how_many)

    def draw(form: Form) -> Figure:
        return _drawn(Sheet(form), projects, year_of(reference_date))

    alt = f"Tijdbalken van de projecten. {'; '.join(each.said for each in projects)}."
    return saved(draw, caption, quote(follows, *late) if over else follows, alt, late)


def _project(row: pd.Series) -> _Project:
    start, ended = year_of(row["start"]), row["einde"] if pd.isna(row["gestopt_op"]) else row["gestopt_op"]
    said = f"{row['naam']}: {row['start']:%m-%Y} tot {ended:%m-%Y}, {row['fase']}"
    return _Project(str(row["naam"]), start, max(start, year_of(min(row["einde"], ended))), str(row["fase"]), said)


def _drawn(sheet: Sheet, projects: list[_Project], now: float) -> Figure:
    used = [phase for phase in PHASES if any(each.phase == phase for each in projects)]
    entries = [(phase, colour, f"bar{hatch}") for phase, (colour, hatch) in PHASES.items() if phase in used]
    top = sheet.legend(0, 0, entries, sheet.width) + 3 + sheet.line_height
    first = floor(min(now, *(each.start for each in projects)))
    last = max(ceil(max(now, *(each.end for each in projects))), first + 1)
    below = sheet.line_height + 4
    if sheet.form.narrow:
        over = Scale(first, last, 0.5, sheet.width - 0.5)
        bottom = top
        for each in projects:
            bottom = sheet.paragraph(0, bottom, each.name, sheet.width)
            _bar(sheet, each, over, bottom + 2, bottom + 2 + 0.85 * sheet.size)
            # The reference date is drawn at each bar, and not through the names.
            sheet.line([(over(now), bottom), (over(now), bottom + 4 + 0.85 * sheet.size)], ACCENT, 1.6)
            bottom += 1.65 * sheet.size
    else:
        room = sheet.form.tallest - top - below
        names = names_beside(sheet, [each.name for each in projects], sheet.width, room, share=0.42)
        over = Scale(first, last, names.width + SPACE, sheet.width - 0.5)
        bottom = top
        for each, lines, height in zip(projects, names.lines, names.heights, strict=True):
            middle = bottom + height / 2
            sheet.lines(names.width, middle, lines, "right")
            _bar(sheet, each, over, middle - 0.4 * sheet.size, middle + 0.4 * sheet.size)
            bottom += height
    _time(sheet, over, (first, last), (top, bottom), now)
    return sheet.figure(bottom + below)


def _bar(sheet: Sheet, project: _Project, over: Scale, top: float, bottom: float) -> None:
    colour, hatch = PHASES.get(project.phase, ("white", ""))
    right = max(over(project.end), over(project.start) + _THINNEST)
    sheet.bar(over(project.start), top, right, bottom, colour, hatch, GREY, above=1.5)
    sheet.spot(project.said, over(project.start), top, right, bottom)


def _time(sheet: Sheet, over: Scale, years: tuple[int, int], edges: tuple[float, float], now: float) -> None:
    """Draw the years, and the reference date with its name; what is written stays within the sheet."""
    first, last = years
    top, bottom = edges
    for year in range(first, last + 1):
        # On a phone names lie between the bars: there a year is a short line at the bottom.
        above = bottom - 3 if sheet.form.narrow else top
        sheet.line([(over(year), above), (over(year), bottom + 3)], RULE, above=0.5)
    texts = [str(year) for year in range(first, last)]
    step = every_so_many(len(texts), over(last - 1) - over(first), widest(texts, sheet.size) + 5)
    for number in range(0, len(texts), step):
        half = width_of(texts[number], sheet.size) / 2
        x = min(max(over(first + number + 0.5), half), sheet.width - half)
        sheet.text(x, bottom + 3 + sheet.line_height / 2, texts[number], "center", SOFT)
    sheet.line([(over(now), top - 2), (over(now), top if sheet.form.narrow else bottom)], ACCENT, 1.6)
    half = width_of("peildatum", sheet.size) / 2
    x = min(max(over(now), over.start + half), sheet.width - half)
    sheet.text(x, top - 2 - sheet.line_height / 2, "peildatum", "center", ACCENT)
