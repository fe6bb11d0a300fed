"""What a cell shows against what it holds: a percentage, thousands, dollars, a minus sign that the format hides."""

from __future__ import annotations

import re
from typing import Literal

_ASIDE = re.compile(r'"([^"]*)"|\\(.)|\[\$([^\]-]*)[^\]]*\]|\[[^\]]*\]|_.|\*.')
_CONDITION = re.compile(r"\[[<>=][^\]]*\]")
# What may stand beside a number without changing which number is meant.
_HARMLESS = re.compile(r"EUR|euro|[€%\s.,:;()'+–-]", re.IGNORECASE)
_OTHER_MONEY = set("$£¥₩₽‰")
Reading = Literal["plain", "percent", "percent sign", "otherwise"]


def reading(number_format: str, value: float) -> Reading:
    """Return how the number in a cell is to be read.

    `percent` when the cell shows a hundred times what it holds, `percent sign` when it shows what it holds with the
    sign as a word; `otherwise` when it shows another number than it holds (divided by thousands, in another currency,
    with a word such as "mln", without its minus sign, or not at all), so that nobody knows which is meant.

    Examples
    --------
    >>> reading("0.0%", 0.124), reading("#,##0", 1250), reading("#,##0,", 1250), reading('0" mln"', 3)
    ('percent', 'plain', 'otherwise', 'otherwise')
    >>> reading("[$$-409]#,##0", 5), reading(";;;", 5), reading('0"%"', 12)
    ('otherwise', 'otherwise', 'percent sign')
    """
    sections = _sections(number_format)
    if _CONDITION.search(number_format):  # which section holds depends on more than the sign
        readings = {_of_section(section, value, len(sections)) for section in sections}
        return readings.pop() if len(readings) == 1 else "otherwise"
    return _of_section(_section(sections, value), value, len(sections))


def _of_section(section: str, value: float, count: int) -> Reading:
    words = "".join("".join(filter(None, match.groups())) for match in _ASIDE.finditer(section))
    bare = _ASIDE.sub("", section)
    if "General" in bare or bare == "@":
        bare = bare.replace("General", "0").replace("@", "0")
    if _HARMLESS.sub("", words) or _OTHER_MONEY & set(bare):
        return "otherwise"
    if not re.search(r"[0#?]", bare) or (value == 0 and not re.search(r"[0?]", bare)):
        return "otherwise"  # it shows nothing
    if re.search(r"[0#?],+(?![0#?])", bare) or bare.count("%") > 1:
        return "otherwise"
    if value < 0 and count > 1 and not re.search(r"[-(–]|\bRed\b", section.replace("_-", "")):
        return "otherwise"
    return "percent" if "%" in bare else "percent sign" if "%" in words else "plain"


def _sections(number_format: str) -> list[str]:
    return re.split(r';(?=(?:[^"]*"[^"]*")*[^"]*$)', number_format)


def _section(sections: list[str], value: float) -> str:
    if value < 0 and len(sections) > 1:
        return sections[1]
    if value == 0 and len(sections) > 2:
        return sections[2]
    return sections[0]
