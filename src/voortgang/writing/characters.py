"""Characters that are not what they seem: a reader does not see them, or takes them for others."""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache

INVISIBLE = "[\x00-\x1f\x7f-\x9f\xad\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff\ue000-\uf8ff\ufff9-\ufffc]"
"""A pattern for characters that a reader cannot see, or that reorder the text around them."""

LOOK_ALIKE = "[A-Za-z][\u0370-\u03ff\u0400-\u04ff]|[\u0370-\u03ff\u0400-\u04ff][A-Za-z]"
"""A pattern for a word of Latin letters with a Cyrillic or Greek letter in it: "Emm\u0435n" with a Cyrillic \u0435."""

_SEEN = re.compile(f"{INVISIBLE}|[\ud800-\udfff]")
_TAKEN = re.compile(LOOK_ALIKE)


def deceit(text: str) -> str | None:
    r"""Say what in a text is not what it seems; lines and tabs are.

    Examples
    --------
    >>> deceit("Emmen")
    >>> deceit("Em\u200bmen")
    'an invisible character (U+200B)'
    """
    if found := _SEEN.search(text.replace("\n", " ").replace("\t", " ")):
        return f"an invisible character (U+{ord(found[0]):04X})"
    if found := _TAKEN.search(text):
        return f"a letter of another alphabet in a word ({found[0]!r})"
    return None


_UNSEEN = re.compile("[\u0300-\u036f\xad\u200b-\u200f\u2060-\u2069\ufeff]")
_SIGNS = re.compile(r"[\W_]+")
_BEYOND_ASCII = re.compile("[^\x00-\x7f]+")


def as_name(text: str) -> str:
    r"""Return a name as it is told from others: capitals, spaces and how an accent is encoded make no other name of it.

    Examples
    --------
    >>> as_name("Het  Caf\u00e9") == as_name("het cafe\u0301 ") != as_name("het cafe")
    True
    """
    # Before and after: capitals may fold to letters that are taken apart.
    return " ".join(unicodedata.normalize("NFC", unicodedata.normalize("NFC", text).casefold()).split())


def folded(text: str) -> str:
    r"""Return the words of a text between spaces: its letters and digits, without case, accents and signs.

    Two texts that a reader takes for the same have the same words, whatever dashes, quotes and spaces they are written
    with, and whether as a heading, a file name or an address.

    Examples
    --------
    >>> folded("Hof van Zuid–Oost \u2018Café\u2019"), folded("hof_van-zuid-oost 'CAFE\u0301'")
    (' hof van zuid oost cafe ', ' hof van zuid oost cafe ')
    """
    return f" {_SIGNS.sub(' ', unmarked(text)).strip()} "


def unmarked(text: str) -> str:
    """Return a text without case, accents and what is not seen: what `folded` says, with its signs.

    To replace the signs takes ten times as long, so who looks for a word in long texts looks here first.
    """
    if text.isascii():
        return text.lower()
    # What is taken apart and what goes with it stands together, and to fold case twice changes nothing.
    return _BEYOND_ASCII.sub(lambda match: _without_marks(match[0]), text).casefold()


@lru_cache(10_000)
def _without_marks(characters: str) -> str:
    return _UNSEEN.sub("", unicodedata.normalize("NFKD", characters).casefold())
