"""How wide each column of a table is: by what stands in it."""

from __future__ import annotations

import re
from collections.abc import Sequence

LINE = 100
"""Characters that a line of a table holds, on A4 in the size of the tables."""
_SPACE_BETWEEN = 3
_BREAKS = re.compile(r"[ \t\n]+|(?<=[-/])(?=\w)")


def fitting(headings: Sequence[str], rows: Sequence[Sequence[str]]) -> tuple[int, ...]:
    """Return a width for each column, relative to the others, in characters.

    No column is narrower than its longest word: a word in a cell is not broken while another column has room. What is
    left goes to the columns whose text is longer than that, in proportion to the square root of what they lack, so that
    one long remark does not take it all.

    Examples
    --------
    >>> fitting(("Pijler", "Begroot"), [("Werken", "€ 19.200.000"), ("Wonen", "€ 14.400.000")])
    (9, 15)
    """
    columns = list(zip(headings, *rows, strict=True))
    need = least(headings, rows)
    want = [max(max(map(len, column)) + _SPACE_BETWEEN, least) for column, least in zip(columns, need, strict=True)]
    room = LINE - sum(need)
    if sum(want) <= LINE or room <= 0:
        return tuple(want if room > 0 else need)
    lack = [(wish - least) ** 0.5 for wish, least in zip(want, need, strict=True)]
    return tuple(round(least + room * part / sum(lack)) for least, part in zip(need, lack, strict=True))


def least(headings: Sequence[str], rows: Sequence[Sequence[str]]) -> list[int]:
    """Return how wide each column must be for its longest word, in characters; a page has `LINE` for all of them."""
    return [max(map(_longest_word, column)) + _SPACE_BETWEEN for column in zip(headings, *rows, strict=True)]


def _longest_word(text: str) -> int:
    return max(map(len, _BREAKS.split(text)))
