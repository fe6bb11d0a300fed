"""A table that an analyst makes herself with pandas, as the report shows it."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from datetime import date, datetime
from decimal import Decimal
from numbers import Integral, Real
from typing import Any, Literal

import numpy as np
import pandas as pd

from voortgang.notebook.columns import Look
from voortgang.notebook.display import Shown, sentence
from voortgang.writing import dutch
from voortgang.writing.characters import deceit
from voortgang.writing.publishable import Table
from voortgang.writing.table_widths import LINE, fitting, least

MOST_ROWS = 500
"""What a table of the report holds at most: some twelve pages."""

_WORD = 20
"""Characters of a word that a column has room for; of a longer one, as an address is, it breaks the rest."""

_NOISE = 1e-9
"""A part of the greatest number in a column; what is less is a matter of arithmetic."""

_EXACT = 1e15
"""What is greater has no decimals that anybody knows."""

_YEARS = range(1900, 2101)


def own_table(
    frame: pd.DataFrame | pd.Series,
    caption: str,
    units: Mapping[str, Literal["euro", "aandeel"]] | None = None,
    empty: str = "Er zijn geen gegevens.",
) -> Shown:
    """Show a frame of one's own as a table of the report. Its numbers are no facts: they are not traced to rows.

    Columns keep their names and their order. Numbers, dates and "ja" and "nee" are written as Dutch readers write them,
    and a dash stands where there is no value. An index with a name or with words is shown as the first columns
    ("Rij" without a name); row numbers are not.

    Parameters
    ----------
    frame
        The data; one row a table row. Of a frame that `vg` made, `vg.table` shows the facts too.
    caption
        What the table shows.
    units
        Columns that hold euros, or shares (0 to 1) to be shown as percentages.
    empty
        The sentence that stands in place of a table without rows. Do not refer to such a table with `@tbl-`.

    Raises
    ------
    ValueError
        When there is no caption, the frame is too large for a page, `units` names a column that is not there, or a
        cell holds what a table cannot show; with the column and the row.

    Examples
    --------
    >>> shown = own_table(pd.DataFrame({"Sector": ["Zorg", "Bouw"], "Deelnemers": [1200, None]}), "Per sector")
    >>> shown.outputs[0].rows
    (('Zorg', '1.200'), ('Bouw', '–'))
    """
    require_words(caption, "caption")
    if not isinstance(frame, pd.DataFrame | pd.Series):
        raise ValueError(f"the table is a {type(frame).__name__}; a DataFrame of pandas is expected")
    columns = list(_columns(frame))
    if not columns:
        raise ValueError("the table has no columns")
    if len(frame) > MOST_ROWS:
        raise ValueError(
            f"the table has {len(frame)} rows; a report shows at most {MOST_ROWS}: choose what a reader needs"
        )
    known = [heading for heading, _ in columns]
    for name in units or {}:
        if name not in known:
            raise ValueError(f"units names the column {name!r}, which is not there; the table has: {', '.join(known)}")
    if frame.empty:
        return sentence(empty)
    looks = [_look(heading, values, (units or {}).get(heading)) for heading, values in columns]
    shown = [_written(look, values) for look, (_, values) in zip(looks, columns, strict=True)]
    rows = tuple(zip(*shown, strict=True))
    wide = sum(min(each, _WORD) for each in least(known, rows))
    if wide > LINE:
        raise ValueError(
            f"the {len(known)} columns of the table take {wide} characters side by side, and a page has {LINE}: choose "
            "what a reader needs, or let columns be rows"
        )
    return Shown(
        (
            Table(
                kind="own-table",
                caption=caption,
                headings=tuple(known),
                alignments=tuple(look.align for look in looks),
                widths=fitting(known, rows),
                rows=rows,
            ),
        )
    )


def require_words(text: object, what: str) -> None:
    """Raise `ValueError` unless a caption or a text alternative says something, in characters that a reader sees."""
    if not isinstance(text, str) or not text.strip():
        raise ValueError(f"there is no {what}: say in words what is shown")
    if found := deceit(text):
        raise ValueError(f"the {what} holds {found}, which a reader does not see as it is")


def _columns(frame: pd.DataFrame | pd.Series) -> Any:
    """Yield heading and values of each column, after those of an index that says something; no heading is empty."""
    if isinstance(frame, pd.Series):
        frame = frame.to_frame("Waarde" if frame.name is None else frame.name)
    index = frame.index
    levels = [index.get_level_values(number) for number in range(index.nlevels)]
    for values in levels:
        is_number = values.name is None and index.nlevels == 1 and pd.api.types.is_integer_dtype(values)
        if not is_number and len(frame.columns):
            yield _heading(values.name) or "Rij", list(values)
    for place, name in enumerate(frame.columns):
        yield _heading(name) or f"Kolom {place + 1}", list(frame.iloc[:, place].astype(object))


def _heading(name: Any) -> str:
    """Return the name of a column; of one with names above it, all of them."""
    names = name if isinstance(name, tuple) else (name,)
    heading = ", ".join(
        dutch.long_date(each) if isinstance(each, date) else str(each)
        for each in names
        if not _is_missing(each) and str(each).strip()
    )
    if what := deceit(heading):
        raise ValueError(f"the name of the column {heading!r} holds {what}, which a reader does not see as it is")
    return heading


def _look(heading: str, values: Sequence[Any], unit: str | None) -> Look:
    if unit is not None:
        write = {"euro": dutch.euro, "aandeel": dutch.share}.get(unit)
        if write is None:
            raise ValueError(f"units says {unit!r} of the column {heading!r}; euro or aandeel is expected")
        return Look(heading, write, "right")
    numbers = [value for value in values if _is_number(value) and not pd.isna(value)]
    # 1950 is written with a point or without; a year is not.
    years = bool(numbers) and all(isinstance(each, Integral) and int(each) in _YEARS for each in numbers)
    decimals = _decimals([float(each) for each in numbers])
    others = any(not _is_number(value) and not _is_missing(value) for value in values)

    def write_value(value: Any) -> str:
        if _is_number(value):
            return str(value) if years else dutch.number(value, decimals)
        if isinstance(value, datetime) and (value.hour or value.minute or value.second):
            return f"{dutch.long_date(value)}, {value:%H:%M}"
        return Look(heading).write(value)

    return Look(heading, write_value, "right" if numbers and not others else "left")


def _is_number(value: Any) -> bool:
    return isinstance(value, Real | Decimal) and not isinstance(value, bool | np.bool_)


def _is_missing(value: Any) -> bool:
    return bool(pd.api.types.is_scalar(value) and pd.isna(value))


def _decimals(numbers: Sequence[float]) -> int:
    """Return with how many decimals a column is written: two, unless fewer will do or its least number needs more."""
    known = [abs(each) for each in numbers if math.isfinite(each)]
    told = [each for each in known if _NOISE * max(known) < each < _EXACT]
    if not told:
        return 0
    needed = max(len(dutch.exact(each).partition(",")[2]) for each in told)
    least = max(2, 1 - math.floor(math.log10(min(told))))
    return min(needed, least)


def _written(look: Look, values: Sequence[Any]) -> list[str]:
    shown = []
    for number, value in enumerate(values, start=1):
        try:
            shown.append(look.cell(value))
        except ValueError as error:
            raise ValueError(f"the table's column {look.heading!r}, row {number} {error}") from error
    return shown
