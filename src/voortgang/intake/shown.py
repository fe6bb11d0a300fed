"""What a cell shows against what it holds: a percentage, thousands, dollars, a minus sign that the format hides."""

from __future__ import annotations

import re
from fractions import Fraction
from typing import Literal

_ASIDE = re.compile(r'"([^"]*)"|\\(.)|\[\$([^\]-]*)[^\]]*\]|\[[^\]]*\]|_.|\*.')
_CONDITION = re.compile(r"\[[<>=][^\]]*\]")
# What may stand beside a number without changing which number is meant.
_HARMLESS = re.compile(r"EUR|euro|[€%\s.,:;()'+–-]", re.IGNORECASE)
# Some programs write it in capitals.
_GENERAL = re.compile("general", re.IGNORECASE)
_OTHER_MONEY = set("$£¥₩₽‰")
# Between the digits of a number: thousands, decimals, or a power of ten.
_DIGITS = re.compile(r"[0#?,]+(?:[ '][0#?]{3})*(?:\.[0#?]*)?(?:E[+-][0#?]+)?")
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
    >>> reading("GENERAL", 5), reading("general", -0.5)
    ('plain', 'plain')
    >>> reading("[$$-409]#,##0", 5), reading(";;;", 5), reading('0"%"', 12)
    ('otherwise', 'otherwise', 'percent sign')
    """
    sections = _sections(number_format)
    if _CONDITION.search(number_format):  # which section holds depends on more than the sign
        readings = {_of_section(section, value, len(sections)) for section in sections}
        return readings.pop() if len(readings) == 1 else "otherwise"
    return _of_section(_section(sections, value), value, len(sections))


def hides_fraction(number_format: str, value: float) -> bool:
    """Return whether a cell shows a whole number, or another fraction, where it holds a number with a fraction.

    Examples
    --------
    >>> hides_fraction("0", 12.6), hides_fraction("0.0", 12.66), hides_fraction("General", 12.6)
    (True, False, False)
    >>> hides_fraction("# ?/?", 12.345), hides_fraction("# ?/?", 0.5), hides_fraction("0", 1249.9999999999998)
    (True, False, False)
    """
    bare = _bare(_section(_sections(number_format), value))
    value = float(f"{value:.15g}")
    if value == int(value) or "General" in bare or "@" in bare or not re.search(r"[0#?]", bare):
        return False
    if "/" in bare:
        digits = len(re.sub(r"[^0-9#?]", "", bare.partition("/")[2]))
        return abs(float(Fraction(value).limit_denominator(max(10**digits - 1, 1))) - value) > 1e-9
    return "." not in bare


def shows_text(number_format: str) -> bool:
    r"""Return whether a cell shows the text that it holds, as it is.

    Examples
    --------
    >>> shows_text("General"), shows_text("@"), shows_text(r'_ "€" * #,##0_ ;_ "€" * -#,##0_ ;_ "€" * "-"??_ ;_ @_ ')
    (True, True, True)
    >>> shows_text(";;;"), shows_text('0;-0;0;"groen"'), shows_text('"niet "@'), shows_text("0;;")
    (False, False, False, True)
    """
    sections = _sections(number_format)
    # The fourth part is for texts, or else the one with an @.
    section = sections[3] if len(sections) > 3 else next((each for each in sections if "@" in _bare(each)), "@")
    shows = _bare(section).strip() in {"@", "General"} and not _words(section).strip()
    return shows and "[white]" not in section.lower()


def shows_day(number_format: str) -> bool:
    """Return whether a cell shows the number of the day, the month and the year of a date that it holds.

    A program makes 1 May 2022 of "mei 2022", and 1 February of this year of "1-2": only its format tells.

    Examples
    --------
    >>> shows_day("DD-MM-YYYY"), shows_day("[$-413]d mmmm yyyy;@"), shows_day("m/d/yy h:mm")
    (True, True, True)
    >>> shows_day("mmm-yy"), shows_day("d-mmm"), shows_day("yyyy"), shows_day("dddd mmmm yyyy"), shows_day(";;;")
    (False, False, False, False, False)
    >>> shows_day('"31-12-2021" d-m-y'), shows_day('d "of" m "in" yyyy')
    (False, True)
    """
    section = _sections(number_format)[0]
    bare = _bare(section).lower()
    parts = (r"(?<!d)d{1,2}(?!d)", r"(?<!m)m{1,4}(?!m)", "y")
    has_other = re.search("[0-9]", _words(section)) or "[white]" in section.lower()
    return all(re.search(part, bare) for part in parts) and not has_other


def shows_noughts(number_format: str, value: float) -> bool:
    """Return whether a cell shows noughts before a number that do not belong to it: 0001, or a telephone number.

    Examples
    --------
    >>> shows_noughts("0000", 1), shows_noughts("0000", 1234), shows_noughts("#,##0.00", 0.5)
    (True, False, False)
    """
    whole = re.match(r"[^0#?]*([0#?,]*)", _bare(_section(_sections(number_format), value)))
    return whole is not None and whole[1].count("0") > len(str(int(abs(value))))


def is_other_money(unit: str, text: str) -> bool:
    r"""Return whether a text or format speaks of euros where another unit is asked for.

    Examples
    --------
    >>> is_other_money("bedrijven", "€ 5"), is_other_money("euro", "€ 5"), is_other_money("bedrijven", r"#,##0\ _€")
    (True, False, False)
    """
    if not unit or re.search(r"euro|€", unit, re.IGNORECASE):
        return False
    return has_euro_sign(text)


def has_euro_sign(text: str) -> bool:
    """Return whether a text, or what a format shows, names euros."""
    seen = re.sub(r"[_*].", "", text)  # in a format, the width of a euro sign is none
    return re.search(r"€|\bEUR\b|\b[Ee]uro", seen) is not None


def _of_section(section: str, value: float, count: int) -> Reading:
    words, bare = _words(section), _bare(section)
    if "General" in bare or bare == "@":
        bare = bare.replace("General", "0").replace("@", "0")
    if _HARMLESS.sub("", words) or _OTHER_MONEY & set(bare):
        return "otherwise"
    if not re.search(r"[0#?]", bare) or (value == 0 and not re.search(r"[0?]", bare)):
        return "otherwise"  # it shows nothing
    if re.search(r"[0#?],+(?![0#?])", bare) or bare.count("%") > 1 or "[white]" in section.lower():
        return "otherwise"
    if "/" not in bare and not _DIGITS.fullmatch(_between_digits(section)):
        return "otherwise"
    if value < 0 and count > 1 and not re.search(r"[-(–]|\bRed\b", section.replace("_-", "")):
        return "otherwise"
    return "percent" if "%" in bare else "percent sign" if "%" in words else "plain"


def _words(section: str) -> str:
    """Return what a section shows beside the number or text."""
    return "".join("".join(filter(None, match.groups())) for match in _ASIDE.finditer(section))


def _bare(section: str) -> str:
    """Return a section without what it shows beside the number or text."""
    return _ASIDE.sub("", section)


def _between_digits(section: str) -> str:
    """Return a section from its first digit to its last: a space for what parts thousands, "!" for other words."""
    form = _ASIDE.sub(lambda match: _parting("".join(filter(None, match.groups()))), section)
    digits = re.search(r"[0#?].*[0#?]|[0#?]", form)
    return digits[0] if digits else "0"


def _parting(words: str) -> str:
    return words and (" " if words in set(" .'’\u00a0\u202f") else "!")


def _sections(number_format: str) -> list[str]:
    sections = re.split(r';(?=(?:[^"]*"[^"]*")*[^"]*$)', number_format)
    return [_GENERAL.sub("General", section) for section in sections]


def _section(sections: list[str], value: float) -> str:
    if value < 0 and len(sections) > 1:
        return sections[1]
    if value == 0 and len(sections) > 2:
        return sections[2]
    return sections[0]
