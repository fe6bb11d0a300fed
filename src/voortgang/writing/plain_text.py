"""Text that people saved in some editor: UTF-8 with or without a mark at its beginning, with any line ends."""

from __future__ import annotations

import codecs

WANTED = "UTF-8 text, with or without a byte order mark"
SAVE_AS = "Save the file as UTF-8; what some editors call 'ANSI' or 'Unicode' is something else."


class NotText(ValueError):
    """The bytes are no UTF-8 text.

    Attributes
    ----------
    line
        Where the first byte stands that is not.
    why
        What it is, in a few words.
    """

    def __init__(self, line: int, why: str) -> None:
        super().__init__(f"line {line}: {why}")
        self.line, self.why = line, why


def decoded(content: bytes) -> str:
    r"""Return the text of a file, with `\n` at the end of each line.

    Raises
    ------
    NotText
        When it is in another encoding.

    Examples
    --------
    >>> decoded(b"\xef\xbb\xbfeen\r\ntwee\rdrie")
    'een\ntwee\ndrie'
    >>> decoded("één\nprivé".encode("cp1252"))
    Traceback (most recent call last):
        ...
    voortgang.writing.plain_text.NotText: line 1: the byte 0xE9 is no UTF-8; in Windows-1252 it is 'é'
    """
    if content.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        raise NotText(1, "it is saved as UTF-16")
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        # The byte order mark is cut off before the position is counted; it holds no end of line.
        start = error.start + 3 * content.startswith(codecs.BOM_UTF8)
        byte = content[start : start + 1]
        letter = byte.decode("cp1252", errors="replace")
        meant = f"; in Windows-1252 it is {letter!r}" if letter.isprintable() and letter != "\ufffd" else ""
        raise NotText(_line(content[:start]), f"the byte 0x{byte.hex().upper()} is no UTF-8{meant}") from error
    if "\0" in text:
        raise NotText(_line(content[: content.index(b"\0")]), "it holds a zero byte, as UTF-16 and pictures do")
    return text.replace("\r\n", "\n").replace("\r", "\n")


def _line(before: bytes) -> int:
    return len(before.replace(b"\r\n", b"\n").replace(b"\r", b"\n").split(b"\n"))
