"""What a cell shows against what it holds: a percentage, thousands, a minus sign that the format hides."""

from __future__ import annotations

import re
from typing import Literal

_ASIDE = re.compile(r'"([^"]*)"|\\(.)|\[[^\]]*\]|_.|\*.')
Reading = Literal["plain", "percent", "otherwise"]


def reading(number_format: str, value: float) -> Reading:
    """Return how the number in a cell is to be read.

    `percent` when the cell shows a hundred times what it holds; `otherwise` when it shows another number than it holds
    (divided by thousands, with a word such as "mln", or without its minus sign), so that nobody knows which is meant.

    Examples
    --------
    >>> reading("0.0%", 0.124), reading("#,##0", 1250), reading("#,##0,", 1250), reading('0" mln"', 3)
    ('percent', 'plain', 'otherwise', 'otherwise')
    """
    section = _section(number_format, value)
    words = "".join(match[1] or match[2] or "" for match in _ASIDE.finditer(section))
    bare = _ASIDE.sub("", section)
    if number_format == "General" or number_format == "@":
        return "plain"
    if re.search(r"[^\W\d_]", re.sub(r"EUR|euro", "", words, flags=re.IGNORECASE)):
        return "otherwise"
    if re.search(r"[0#?],+(?![0#?])", bare):
        return "otherwise"
    if value < 0 and len(_sections(number_format)) > 1 and not re.search(r"[-(]|\bRed\b", section.replace("_-", "")):
        return "otherwise"
    return "percent" if "%" in bare else "plain"


def _sections(number_format: str) -> list[str]:
    return re.split(r';(?=(?:[^"]*"[^"]*")*[^"]*$)', number_format)


def _section(number_format: str, value: float) -> str:
    sections = _sections(number_format)
    if value < 0 and len(sections) > 1:
        return sections[1]
    if value == 0 and len(sections) > 2:
        return sections[2]
    return sections[0]
