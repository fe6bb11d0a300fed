"""Charts of goal achievement against targets, by part, and of shares."""

from __future__ import annotations

from math import isfinite
from typing import Any

import pandas as pd
from matplotlib.figure import Figure

from voortgang.notebook.charts.bars import (
    SPACE,
    Bar,
    Row,
    bars_below_names,
    bars_beside,
    bars_of,
    names_beside,
    stacked,
)
from voortgang.notebook.charts.drawing import ACCENT, REALISED, saved, styled
from voortgang.notebook.charts.extremes import extremes
from voortgang.notebook.charts.lettering import lines_of, widest
from voortgang.notebook.charts.scales import Scale, every_so_many, magnitude
from voortgang.notebook.charts.sheet import RULE, SOFT, Anchor, Form, Sheet
from voortgang.notebook.display import Shown, ShownChart, sentence
from voortgang.notebook.facts import about_all, facts_in, part, yet_of
from voortgang.notebook.verdicts import ACHIEVED, BASELINE, UNDECIDED, UNKNOWN, VERDICTS
from voortgang.writing import dutch
from voortgang.writing.publishable import Fact, Text, quote

_MOST = 1.5
"""How far beyond its target a bar is drawn; a longer one is broken off, and its label says how long it is."""
_TRACK = "#e8edf1"
_IN_A_SENTENCE = {UNDECIDED: "niet te beoordelen", BASELINE: "pas één keer gemeten", UNKNOWN: "{yet}zonder meting"}
"""What an indicator is after "is" or "zijn", where its verdict is no such word."""


@styled
def chart_bullets(frame: pd.DataFrame, caption: str, empty: str = "") -> ShownChart | Shown:
    """Draw how far each indicator with a target is, against an even pace.

    A milestone is a whole bar once it is reached. Without any bar to draw, or with milestones alone, there is a
    sentence and no chart.

    Parameters
    ----------
    frame
        From `achievement`: columns `indicator`, `met_doel`, `doelbereik`, `verwacht` (0–1), `doelbereik_tekst`,
        `waarde_tekst`, `doel_tekst`, `oordeel`.
    caption
        What the chart shows.
    empty
        The sentence that stands in place of a chart without indicators; by default that there is no achievement.
    """
    rows = frame[frame["met_doel"].astype(bool)]
    if rows.empty:
        return sentence(empty or f"Er is {yet_of(frame)}geen doelbereik.")
    bars = rows["doelbereik"].astype("float64").fillna((rows["oordeel"] == ACHIEVED).map({True: 1.0, False: 0.0}))
    rows = rows.assign(balk=bars.clip(lower=0.0))
    follows, facts = _verdicts_counted(frame, rows)
    if not (rows["balk"] > 0).any() or rows["doelbereik"].isna().all():
        return Shown((Text(paragraphs=(f"{follows}.",)), *facts))
    described = (
        f"{row.indicator}: waarde {row.waarde_tekst}, doel {row.doel_tekst}, {_bar_label(row)}"
        + (f", verwacht {dutch.percent(row.verwacht)}" if pd.notna(row.verwacht) else "")
        for row in rows.itertuples()
    )

    def draw(form: Form) -> Figure:
        return _bullets(Sheet(form), rows)

    alt = f"Balken met het doelbereik per indicator. {'; '.join(described)}."
    return saved(draw, caption, follows, alt, facts)


def _bullets(sheet: Sheet, rows: pd.DataFrame) -> Figure:
    size, width = sheet.size, sheet.width
    entries = [("doelbereik", REALISED, "bar"), ("verwacht bij gelijkmatig tempo", ACCENT, "tick")]
    shown = entries if rows["verwacht"].notna().any() else entries[:1]
    top = bottom = sheet.legend(0, 0, shown, width) + 6
    most = min(max(1.0, float(rows["balk"].max())), _MOST)
    if sheet.form.narrow:
        # The name above each bar, the verdict below it.
        scale = Scale(0, most, 0.5, width - 10)
        for row in rows.itertuples():
            bottom = sheet.paragraph(0, bottom, str(row.indicator), width)
            _bullet(sheet, row, scale, bottom + 0.75 * size, most)
            bottom = sheet.paragraph(0, bottom + 1.45 * size, _bar_label(row), width, SOFT) + 0.7 * size
    else:
        label_room = min(0.3 * width, widest([_bar_label(row) for row in rows.itertuples()], size))
        room = sheet.form.tallest - top - 2 * sheet.line_height
        names = names_beside(sheet, list(rows["indicator"]), width, room, bars=2)
        labels = [lines_of(_bar_label(row), size, label_room) for row in rows.itertuples()]
        right = width - widest([line for lines in labels for line in lines], size) - 8
        scale = Scale(0, most, names.width + SPACE, right)
        for row, lines, label, height in zip(rows.itertuples(), names.lines, labels, names.heights, strict=True):
            height = max(height, len(label) * sheet.line_height + 0.5 * size)
            sheet.lines(names.width, bottom + height / 2, lines, "right")
            _bullet(sheet, row, scale, bottom + height / 2, most)
            sheet.lines(right + 8, bottom + height / 2, label)
            bottom += height
    _goals(sheet, scale, top, bottom)
    return sheet.figure(bottom + 4 + sheet.line_height)


def _bullet(sheet: Sheet, row: Any, scale: Scale, y: float, most: float) -> None:
    thick, half = 0.3 * sheet.size, 0.62 * sheet.size
    sheet.bar(scale(0), y - half, scale(1), y + half, _TRACK, above=0.6)
    end = min(float(row.balk), most)
    if end > 0:
        sheet.bar(scale(0), y - thick, scale(end), y + thick, REALISED)
    said = f"{row.indicator}: waarde {row.waarde_tekst}, doel {row.doel_tekst}, {_bar_label(row)}"
    sheet.spot(said, scale(0), y - half, scale(1), y + half)
    if row.balk > most + 1e-9:
        sheet.break_sign(scale(end) - 8, y, upright=False)
    if pd.notna(row.verwacht):
        x = scale(min(max(float(row.verwacht), 0.0), most))
        sheet.line([(x, y - half), (x, y + half)], ACCENT, 2.4)


def _goals(sheet: Sheet, scale: Scale, top: float, bottom: float) -> None:
    """Draw the goal as a line through all rows, and the shares of it below them."""
    texts = ["0%", "25%", "50%", "75%", "doel"]
    step = every_so_many(5, scale(1) - scale(0), widest(texts, sheet.size) + 5)
    places = range(0, 5, step if step in (1, 2, 4) else 4)
    narrow = sheet.form.narrow
    sheet.line([(scale(1), bottom - 3 if narrow else top), (scale(1), bottom + 3)], SOFT, above=0.7)
    for number in places:
        anchor: Anchor = "left" if narrow and number == 0 else "center"
        anchor = "right" if number == 4 and scale(1) + widest(["doel"], sheet.size) / 2 > sheet.width else anchor
        sheet.line([(scale(number / 4), bottom), (scale(number / 4), bottom + 3)], RULE)
        sheet.text(scale(number / 4), bottom + 3 + sheet.line_height / 2, texts[number], anchor, SOFT)


def _bar_label(row: Any) -> str:
    return row.oordeel if row.doelbereik_tekst == dutch.MISSING else f"{row.doelbereik_tekst}, {row.oordeel}"


def _verdicts_counted(frame: pd.DataFrame, rows: pd.DataFrame) -> tuple[str, list[Fact]]:
    """Return how many of the rows have which verdict, as a sentence and with all facts in the rows."""
    counts = rows["oordeel"].value_counts()
    verdicts = [verdict for verdict in VERDICTS if verdict in counts.index]
    words = [_IN_A_SENTENCE.get(verdict, verdict).format(yet=yet_of(frame)) for verdict in verdicts]
    listed = dutch.tally((int(counts[verdict]), said) for verdict, said in zip(verdicts, words, strict=True))
    facts = facts_in(rows, ["waarde_tekst", "doel_tekst", "doelbereik_tekst", "verwacht"])
    found = about_all(frame, facts, "getekend", "Indicatoren met een doelwaarde", len(rows), "aantal")
    for verdict in verdicts:
        kind, label = f"getekend_{part(verdict)}", f"Indicatoren met een doelwaarde: {verdict}"
        number = int(counts[verdict])
        found += about_all(frame, facts, kind, label, number, "aantal", dutch.how_many(number))
    if not len(rows):
        return "Geen indicator heeft een doelwaarde", facts
    whole, of_verdict = found[:1], found[1:]
    if len(rows) == 1:
        return f"De enige indicator met een doelwaarde is {words[0]}", [*facts, *found]
    if len(verdicts) == 1:
        said = f"{dutch.every(len(rows)).capitalize()} indicatoren met een doelwaarde zijn {words[0]}"
        return quote(said, *(whole if len(rows) > 2 else [])), [*facts, *found]
    verb = "zijn" if int(counts[verdicts[0]]) > 1 else "is"
    said = f"Van de {len(rows)} indicatoren met een doelwaarde {verb} er {listed}"
    return quote(said, *whole, *of_verdict), [*facts, *found]


@styled
def chart_parts(frame: pd.DataFrame, caption: str, empty: str = "Er zijn geen cijfers per deel.") -> ShownChart | Shown:
    """Draw indicators per municipality (or sector) as small bar charts side by side, from `parts_by_indicator`.

    `empty` is the sentence that stands in place of a chart without indicators, parts or figures; where all figures are
    nought, there is nothing to draw either.
    """
    names = [column for column in frame.columns if column != "deel"]
    if frame.empty or not names or not frame[names].notna().any(axis=None):
        return sentence(empty)
    if not (frame[names].fillna(0) != 0).any(axis=None):
        return sentence(f"Er is {yet_of(frame)}nergens een resultaat.")
    described = [
        f"{name}: "
        + ", ".join(f"{part} {_value(value)}" for part, value in zip(frame["deel"], frame[name], strict=True))
        for name in names
    ]
    without = [name for name in names if (frame[name] <= 0).any()]
    unknown = [name for name in names if frame[name].isna().any()]
    lacking, several, yet = dutch.how_many(len(without)), len(names) > 1, yet_of(frame)
    if not without:
        follows = f"{'Waar een cijfer is,' if unknown else 'Overal'} is er een resultaat"
    elif len(without) == len(names):
        one = f"{yet}niet overal is er een resultaat".capitalize()
        follows = f"Bij geen enkele indicator is er {'al ' if yet else ''}overal een resultaat" if several else one
    else:
        follows = f"Bij {lacking} van de {len(names)} indicatoren is er {yet}niet overal een resultaat"
    follows += f"; niet overal een cijfer: {dutch.naming(unknown, len(names), 'indicatoren')}" if unknown else ""
    facts = facts_in(frame, names)
    if 0 < len(without) < len(names):
        label = "Indicatoren die niet overal boven nul zijn"
        some = about_all(frame, facts, "niet_overal", label, len(without), "aantal", lacking)
        some += about_all(
            frame, facts, "per_deel_gemeten", "Indicatoren die per deel zijn gemeten", len(names), "aantal"
        )
        follows, facts = quote(follows, *some), [*facts, *some]
    charts = [_part(name, list(map(str, frame["deel"])), frame[name].tolist()) for name in names]

    def draw(form: Form) -> Figure:
        return _parts(Sheet(form), charts)

    alt = f"Staafdiagrammen naast elkaar. {'; '.join(described)}."
    return saved(draw, caption, follows, alt, facts)


def _part(name: str, parts: list[str], values: list[float]) -> tuple[str, list[Row]]:
    """Return the title and rows of one small chart; there is no room for figures of more than six digits."""
    known = [value for value in values if isfinite(value)]
    large = max(map(abs, known), default=0.0) >= 1e6
    divisor, times = magnitude(known) if large else (1.0, "")
    rows = [
        Row(part, (Bar(_known(value), _value(value / divisor, 1 if large else 0), REALISED, name, _value(value)),))
        for part, value in zip(parts, values, strict=True)
    ]
    return f"{name} ({times})" if times else name, rows


def _parts(sheet: Sheet, charts: list[tuple[str, list[Row]]]) -> Figure:
    """Draw small charts two in a row, all as wide; on a phone below each other. The parts are named once a row."""
    gap, width = 18.0, sheet.width
    across = 1 if sheet.form.narrow else 2
    parts = [row.name for row in charts[0][1]]
    down = -(-len(charts) // across)
    above = stacked(sheet, parts, width)
    heads = [3 * sheet.line_height] * down
    names = names_beside(sheet, parts, width, sheet.form.tallest / down - max(heads) - sheet.size, share=0.32)
    start = 0.0 if above else names.width + SPACE
    wide = (width - start - gap * (across - 1)) / across
    y = 0.0
    for first in range(0, len(charts), across):
        beside = charts[first : first + across]
        # The title of the first begins above the names of the parts.
        lefts = [start + number * (wide + gap) for number in range(len(beside))]
        titles = [
            lines_of(name, sheet.size, wide + (start if number == 0 else 0), bold=True)
            for number, (name, _) in enumerate(beside)
        ]
        head = max(map(len, titles)) * sheet.line_height
        bottom = y
        for number, ((_, rows), left, title) in enumerate(zip(beside, lefts, titles, strict=True)):
            middle = y + head - len(title) * sheet.line_height / 2
            sheet.lines(left if number else 0, middle, title, bold=True)
            top = y + head + 3
            if above:
                bottom = bars_below_names(sheet, rows, top, left, left + wide)
            else:
                bottom = bars_beside(sheet, rows, names, top, left, left + wide, named=number == 0)
        y = bottom + sheet.size
    return sheet.figure(y - sheet.size + 2)


def _known(value: float) -> float | None:
    return float(value) if isfinite(value) else None


def _value(value: float, decimals: int = 0) -> str:
    return dutch.number(value, decimals) if isfinite(value) else "geen cijfer"


def _are(some: list[int]) -> str:
    return "is" if len(some) == 1 else "zijn"


@styled
def chart_shares(frame: pd.DataFrame, name: str, column: str, caption: str, empty: str = "") -> ShownChart | Shown:
    """Draw a share for each row of a frame as a bar, the largest first.

    Parameters
    ----------
    frame
        Columns `name` (text) and `column` (0–1); rows without a value are left out.
    name, column
        Which columns.
    caption
        What the chart shows.
    empty
        The sentence that stands in place of a chart without values; by default that there are no figures.
    """
    rows = frame[frame[column].notna()].sort_values(column, ascending=False, kind="stable")
    if rows.empty:
        return sentence(empty or f"Er zijn {yet_of(frame)}geen cijfers.")
    facts = facts_in(rows, [column])
    listed = (f"{text} {dutch.percent(value)}" for text, value in zip(rows[name], rows[column], strict=True))
    highest, lowest = extremes(rows[column])
    most, least = (
        (dutch.naming(rows[name].iloc[each], len(rows), "onderdelen"), dutch.share(rows[column].iloc[each[0]]))
        for each in (highest, lowest)
    )
    if highest != lowest:
        ends = facts_in(rows.iloc[[highest[0], lowest[0]]], [column])
        follows = f"Het hoogst {_are(highest)} {most[0]} ({most[1]}), het laagst {least[0]} ({least[1]})"
    else:
        ends = facts_in(rows.head(1), [column])
        follows = f"{most[0]}: {most[1]}" if len(rows) == 1 else f"Overal even hoog: {most[1]}"
    bars = [
        Row(str(text), (Bar(float(value), dutch.share(value), REALISED),))
        for text, value in zip(rows[name], rows[column], strict=True)
    ]

    def draw(form: Form) -> Figure:
        sheet = Sheet(form)
        return sheet.figure(bars_of(sheet, bars, 2, form.tallest) + 2)

    return saved(draw, caption, quote(follows, *ends), f"Staafdiagram. {'; '.join(listed)}.", facts)
