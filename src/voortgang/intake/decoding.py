"""The letters of a text file: which encoding it is in, or that nobody can be sure."""

from __future__ import annotations

import codecs
import re
from collections.abc import Iterator
from dataclasses import dataclass

_MARKS = (
    (codecs.BOM_UTF32_LE, "utf-32"),  # before that of UTF-16, which begins the same
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
# Encodings of one byte a letter that Dutch files come in: Windows, an old Mac, DOS.
_NAMES = {"cp1252": "Windows-1252", "mac_roman": "Mac Roman", "cp850": "DOS (cp850)"}
_COMMON, _RARE, _SIGNS = "éëïöüèê", "áàâäçíìîñóòôúùûåæøãõß", "’‘“”–—…•·°²½±×"
_MARGIN = 2  # how much better than the second an encoding must fit to be sure of it
# UTF-8 that was read as Windows-1252: a lead byte and its followers, as that encoding shows them.
_FOLLOWERS = "".join(bytes([byte]).decode("cp1252", "ignore") for byte in range(0x80, 0xC0)) + "\x81\x8d\x8f\x90\x9d"
_TWICE = re.compile(rf"(?:[\xc2-\xdf][{re.escape(_FOLLOWERS)}]|[\xe0-\xef][{re.escape(_FOLLOWERS)}]{{2}})+")
# What UTF-7 makes of letters outside ASCII: all else in such a file is as it was.
_UTF7 = re.compile(r"\+[A-Za-z0-9+/]{3,}-?")


@dataclass(frozen=True)
class Decoded:
    """A text, or the rows (with what is wrong with each) that cannot be read with certainty."""

    text: str
    doubtful: tuple[tuple[int, str, str], ...] = ()


def decode(content: bytes) -> Decoded:
    """Return the text of a file; `doubtful` holds row, text and what it seems to be, when that is not certain."""
    for mark, encoding in _MARKS:
        if content.startswith(mark):
            try:
                return Decoded(content.decode(encoding))
            except UnicodeDecodeError as error:
                row = content[: error.start].count(b"\n") + 1
                return Decoded("", ((row, "", f"geen geldig {encoding.upper()}"),))
    if (wide := _wide(content)) is not None:
        return Decoded(wide)
    try:
        text = content.decode("utf-8")
    except UnicodeDecodeError:
        return _single_byte(content)
    lines = text.split("\n") if "+" in text and text.isascii() else []
    odd = ((number, line[:80], "UTF-7") for number, line in enumerate(lines, start=1) if _is_utf7(line))
    return Decoded(text, tuple(odd))


def mend_twice(text: str) -> str:
    """Return what a text seems to be when it is UTF-8 that was read as Windows-1252; the same text when it is not.

    Examples
    --------
    >>> mend_twice("reÃ«le"), mend_twice("reële")
    ('reële', 'reële')
    """

    def mended(match: re.Match[str]) -> str:
        raw = b"".join(
            letter.encode("latin-1") if letter in "\x81\x8d\x8f\x90\x9d" else letter.encode("cp1252")
            for letter in match[0]
        )
        try:
            return raw.decode("utf-8")
        except UnicodeDecodeError:
            return match[0]

    better = _TWICE.sub(mended, text)
    return better if better == text else mend_twice(better)  # some texts were read wrongly more than once


def _is_utf7(line: str) -> bool:
    """Return whether a line holds letters as UTF-7 writes them, such as `+AOk-` for é."""
    usual = {*_COMMON, *_COMMON.upper(), *_RARE, *_SIGNS, "€"}
    for match in _UTF7.finditer(line):
        try:
            letters = match[0].encode().decode("utf-7")
        except UnicodeDecodeError:
            continue
        if set(letters) <= usual:
            return True
    return False


def _wide(content: bytes) -> str | None:
    """Return UTF-16 or UTF-32 without a mark: every other byte of its first part is nothing, or three of four."""
    head = content[:2000]
    half, quarter = len(head) // 2, len(head) // 4
    for letters, encoding in ((0, "utf-32-le"), (3, "utf-32-be")):
        if quarter and all(head[at::4].count(0) > 0.9 * quarter for at in range(4) if at != letters):
            try:
                return content.decode(encoding) if head[letters::4].count(0) == 0 else None
            except UnicodeDecodeError:
                return None
    for start, encoding in ((1, "utf-16-le"), (0, "utf-16-be")):
        if half and head[start::2].count(0) > 0.7 * half and not head[1 - start :: 2].count(0):
            try:
                return content.decode(encoding)
            except UnicodeDecodeError:
                return None
    return None


def _single_byte(content: bytes) -> Decoded:
    lines = content.split(b"\n")
    unusual = [number for number, line in enumerate(lines, start=1) if not line.isascii()]
    wide = {number for number in unusual if _is_utf8(lines[number - 1])}
    if wide:
        few = wide if len(wide) * 2 <= len(unusual) else set(unusual) - wide
        why = "UTF-8" if few == wide else "een andere codering dan de rest (die is UTF-8)"
        return Decoded(
            "", tuple((number, lines[number - 1].decode("cp1252", "replace")[:80], why) for number in sorted(few))
        )
    scores = {}
    for encoding in _NAMES:
        try:
            text = content.decode(encoding)
        except UnicodeDecodeError:
            continue
        scores[encoding] = sum(_scores(text))
    ranked = sorted(scores, key=lambda encoding: -scores[encoding])
    best = ranked[0] if ranked else ""
    if best and scores[best] > 0 and (len(ranked) == 1 or scores[best] >= scores[ranked[1]] + _MARGIN):
        text = content.decode(best)
        if min(_scores(text), default=0) >= 0:
            return Decoded(text)
    seems = f"{_NAMES[best]}, maar dat is niet zeker" if best else "onbekend"
    shown = best or "latin-1"
    return Decoded("", tuple((number, lines[number - 1].decode(shown, "replace")[:80], seems) for number in unusual))


def _is_utf8(line: bytes) -> bool:
    try:
        line.decode("utf-8")
    except UnicodeDecodeError:
        return False
    return True


def _scores(text: str) -> Iterator[int]:
    """Yield for each letter outside ASCII how well it fits in its place in a Dutch text."""
    for match in re.finditer(r"[^\x00-\x7f]", text):
        letter = match[0]
        before, after = text[match.start() - 1 : match.start()], text[match.end() : match.end() + 1]
        in_word, inside = before.isalpha() or after.isalpha(), before.isalpha() and after.isalpha()
        if letter == "€":
            yield 3 if not in_word else -3
        elif letter == "\xa0":
            yield 1 if not before.isalpha() else 0
        elif letter in "éèê":
            yield 3 if in_word else -2
        elif letter in "à…" and not in_word and not before.strip():  # "4 à 5"
            yield 0
        elif letter in _COMMON + _RARE:
            # Dutch words have these inside; at the edge of a word another encoding has a quotation mark there.
            yield (3 if letter in _COMMON else 1) if inside else 0 if in_word else -2
        elif letter.isalpha() and letter.lower() in _COMMON + _RARE:
            yield -3 if before.islower() or not in_word else 0
        elif letter == "’":
            yield 3 if before.isalnum() and after.isalpha() else 1 if before.isalnum() else -1
        elif letter in "‘“":
            yield 1 if after.isalnum() and not before.isalnum() else -3
        elif letter in "”…":
            yield 1 if before.strip() and not after.isalnum() else -3
        elif letter == "•":
            yield 1 if before in {"", ";", ",", "\t", '"', "\n"} else -3
        elif letter in _SIGNS:
            yield -3 if inside else 1
        else:
            yield -3
