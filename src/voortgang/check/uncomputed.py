"""Numbers that the bureau typed into its own text: they were not computed, and nobody can trace them.

A fact is written as `{{< var … >}}`. What is a date, a year, an article or a part of a name is no fact.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

VARIABLE = re.compile(r"\{\{<\s*var\s+([a-z0-9_]+(?:\.[a-z0-9_]+)*)\s*>\}\}")
"""How a text quotes a fact, as in chapters."""

_MONTHS = "januari|februari|maart|april|mei|juni|juli|augustus|september|oktober|november|december"
_NO_FACT = re.compile(
    rf"""\b\d{{1,2}}\s+(?:{_MONTHS})\b(?:\s+\d{{4}}\b)?        # a date
    | (?<![€\d.,])\b(?:19|20)\d\d\b(?![.,]\d|\s*%)(?:\s*[–-]\s*(?:19|20)\d\d\b)?      # a year, or years
    | \b(?:art|artikel|lid|leden|nr|nummer|bijlage|hoofdstuk|paragraaf)\.?       # what is numbered
      \s+\d+[a-z]?(?:,\s*\d+[a-z]?)*(?:\s+en\s+\d+[a-z]?)?
    | ^\s*\d{{1,3}}[.)]\s                                       # an item of a list
    | https?://\S+ | \b[^\W\d]+[-\u2011]?\d\w* | \b\d+[-\u2011]?[^\W\d]\w*  # a link, and names such as A28 or 1e
    """,
    re.VERBOSE | re.IGNORECASE | re.MULTILINE,
)
_WORDS = (
    "[eé]én|twee|drie|vier|vijf|zes|zeven|acht|negen|tien|elf|twaalf|twintig|dertig|veertig|vijftig|honderd|duizend|helft|kwart"
    r"|ver(?:dubbel|drievoudig|viervoudig|vijfvoudig|tienvoudig)\w*"
)
_NUMBER = re.compile(
    rf"(?:€\s*)?\d+(?:[.,]\d+)*(?:\s*%|\s+(?:miljoen|miljard|procent)\b)?|\b(?:{_WORDS})\b", re.IGNORECASE
)


def numbers(text: str) -> Iterator[tuple[int, str]]:
    """Yield each number that a text holds as characters: its line and how it stands there.

    Examples
    --------
    >>> list(numbers("Op 11 maart 2020 (art. 5 lid 7) telden wij 12 projecten in zes gemeenten."))
    [(1, '12'), (1, 'zes')]
    """
    for number, line in enumerate(VARIABLE.sub(" ", text).splitlines(), start=1):
        for match in _NUMBER.finditer(_NO_FACT.sub(" ", line)):
            yield number, match[0]
