"""The pieces of Markdown that data is written into, and the one function that escapes."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from voortgang.writing.publishable import replaced

# Private use: U+E000 keeps a no-break space, U+E004 keeps braces apart, the others mark what `outputs.quote` quotes.
_PRIVATE = re.compile("[\ue000-\ue004]")
_BETWEEN_BRACES = re.compile(r"(?<=\{)(?=\{)")
_PUNCTUATION = re.compile(r"([!-/:-@\[-`{-~])")
_SPACE = re.compile(r"[\s\x00-\x1f\x7f]+")

_FULL_WIDTH = 90

Alignment = Literal["left", "right", "center"]


def escape(text: str) -> str:
    r"""Return Markdown that shows `text` as it was typed.

    Every ASCII punctuation mark gets a backslash, so nothing in the text can be read as markup, a
    reference, a raw block or a Quarto shortcode (Quarto looks for those before Pandoc parses). Line breaks
    and control characters become one space: the places that data is written into hold one line.

    Examples
    --------
    >>> print(escape("**5** {{< include /etc/passwd >}} @fig-x"))
    \*\*5\*\* \{\{\< include \/etc\/passwd \>\}\} \@fig\-x
    """
    return _escaped(text).strip(" ")


def inline(text: str) -> str:
    """Return Markdown that shows `text` as it was typed, with each fact that it quotes as a span of class `cijfer`."""
    return replaced(text.strip(" "), _escaped, figure)


def figure(key: str, words: str) -> str:
    """Return the span that shows a fact; its attribute `k` holds the id. toegankelijk.lua makes a link of it."""
    return f'[{escape(words)}]{{.cijfer k="{key}"}}'


def _escaped(text: str) -> str:
    return _PUNCTUATION.sub(r"\\\1", _SPACE.sub(" ", _keep_nbsp(text))).replace("\ue000", "\xa0")


def attribute(text: str) -> str:
    """Return `text` for use between the double quotes of a Pandoc attribute.

    Braces, angle brackets, quotes and backslashes become character references. Quarto looks for shortcodes inside
    attributes after it has read those, so a mark keeps two braces apart; toegankelijk.lua takes it out.
    """
    single = _SPACE.sub(" ", _keep_nbsp(text)).replace("\ue000", "\xa0").strip(" ")
    single = _BETWEEN_BRACES.sub("\ue004", single)
    return re.sub(r"[\"&'<>\\{}*_`$@\[\]]", lambda match: f"&#{ord(match[0])};", single)


def _keep_nbsp(text: str) -> str:
    # U+00A0 binds "€ 5" together and must survive the folding of white space; U+E000 is private use.
    return _PRIVATE.sub("", text).replace("\xa0", "\ue000")


@dataclass(frozen=True)
class Paragraph:
    """One paragraph of plain text."""

    text: str

    def __str__(self) -> str:
        return inline(self.text)


@dataclass(frozen=True)
class Together:
    """Paragraphs, and pictures with words, that stay on one page where they fit; toegankelijk.lua sees to that."""

    blocks: Sequence[object]

    def __str__(self) -> str:
        return "\n\n".join(["::: {.bijeen}", *map(str, self.blocks), ":::"])


@dataclass(frozen=True)
class Cards:
    """Key figures, each the lines of a card: its name, the figure, and what is said of it. A list of them, in a div.

    toegankelijk.lua and the styles set the cards side by side; a format that knows nothing of cards shows the list.
    """

    cards: Sequence[Sequence[str]]

    def __str__(self) -> str:
        items = (
            "\n\n".join(f"    {line}" for line in (inline(name), f"**{inline(figure)}**", *map(inline, more)))
            for name, figure, *more in self.cards
        )
        return "\n\n".join(["::: {.kaarten}", *(f"-   {item.lstrip()}" for item in items), ":::"])


@dataclass(frozen=True)
class Heading:
    """A heading without a number."""

    label: str
    text: str
    level: int = 2

    def __str__(self) -> str:
        return f"{'#' * self.level} {inline(self.text)} {{#{self.label} .unnumbered}}"


@dataclass(frozen=True)
class Figure:
    """A numbered figure: `![caption](path){#label fig-alt="…"}`, and its title as a paragraph before it.

    `narrow` is another drawing of the same, which HTML shows on a narrow screen.
    """

    label: str
    path: str
    caption: str
    alt: str
    title: str = ""
    narrow: str = ""

    def __str__(self) -> str:
        title = f"::: {{.figuurtitel}}\n**{inline(self.title)}**\n:::\n\n" if self.title else ""
        narrow = f" smal={self.narrow}" if self.narrow else ""
        attributes = f'#{self.label} fig-alt="{attribute(self.alt)}"{narrow}'
        return f"{title}![{inline(self.caption)}]({self.path}){{{attributes}}}"


@dataclass(frozen=True)
class Picture:
    """A picture without a number, with words below it in the same paragraph; `width` is a percentage of the text's."""

    path: str
    alt: str
    below: str
    width: int = 60

    def __str__(self) -> str:
        return f'![]({self.path}){{fig-alt="{attribute(self.alt)}" width={self.width}%}}\\\n{inline(self.below)}'


@dataclass(frozen=True)
class Table:
    """A numbered table with a header row, as a pipe table in a div.

    Quarto looks for the label of a table in the words of its caption too, and there a brace from data would hide it.

    Attributes
    ----------
    label, caption
        Reference key (`tbl-…`) and caption.
    headings, alignments
        One for each column.
    rows
        Text of each cell; every row as long as `headings`.
    widths
        Relative width of each column.
    total
        Whether the last row is a total and stands out.
    subtotals
        Places of the rows that stand out too.
    """

    label: str
    caption: str
    headings: Sequence[str]
    alignments: Sequence[Alignment]
    rows: Sequence[Sequence[str]]
    widths: Sequence[int]
    total: bool = False
    subtotals: Sequence[int] = ()

    def __str__(self) -> str:
        # The label goes inside the braces unescaped: it is a key that the collector has checked.
        lines = [f"::: {{#{self.label}}}", "", self._row(self.headings), self._rule()]
        strong = {*self.subtotals, *([len(self.rows) - 1] if self.total else [])}
        for index, row in enumerate(self.rows):
            lines.append(self._row(row, strong=index in strong))
        return "\n".join([*lines, "", inline(self.caption), ":::"])

    @staticmethod
    def _row(cells: Sequence[str], strong: bool = False) -> str:
        texts = (inline(cell) for cell in cells)
        return "| " + " | ".join(f"**{text}**" if strong and text else text for text in texts) + " |"

    def _rule(self) -> str:
        # Pandoc gives a table with a line of over 72 characters the width of the text, and its columns the shares of
        # these dashes.
        stretch = max(1.0, _FULL_WIDTH / sum(self.widths))
        marks = {"left": (":", ""), "right": ("", ":"), "center": (":", ":")}
        dashes = []
        for alignment, width in zip(self.alignments, self.widths, strict=True):
            before, after = marks[alignment]
            dashes.append(before + "-" * max(3, round(width * stretch)) + after)
        return "|" + "|".join(dashes) + "|"
