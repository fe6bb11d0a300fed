"""What stands in a text of the bureau that nobody has written yet: it says so, and is told to nobody else."""

from __future__ import annotations

import re
from datetime import date

from voortgang.workspace.paths import Period
from voortgang.writing.dutch import long_date

_UNWRITTEN = re.compile(r"De toelichting (over \d{4}|op de stand van [\w ]+) moet nog worden geschreven\.")


def unwritten(of: Period) -> str:
    r"""Return the text with which a new year or half-year begins.

    Examples
    --------
    >>> unwritten(2021)
    'De toelichting over 2021 moet nog worden geschreven.\n'
    """
    about = f"over {of}" if isinstance(of, int) else f"op de stand van {long_date(date.fromisoformat(of))}"
    return f"De toelichting {about} moet nog worden geschreven.\n"


def is_unwritten(text: str) -> bool:
    """Return whether a text is one that a new year began with."""
    return _UNWRITTEN.fullmatch(text.strip()) is not None
