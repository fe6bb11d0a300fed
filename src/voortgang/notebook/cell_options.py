"""The options of a cell, as Quarto writes them: lines `#| fig-cap: "…"`. They publish what an analyst makes herself."""

from __future__ import annotations

import re
from dataclasses import dataclass

import yaml

ASKED = {"fig": ("fig-cap", "fig-alt"), "tbl": ("tbl-cap",)}
"""The options that a chart or a table of one's own needs, by how its label begins."""

_LINE = re.compile(r"^#\|(.*)$", re.MULTILINE)


@dataclass(frozen=True)
class CellOptions:
    """What a cell says of a chart or table of its analyst's own.

    Attributes
    ----------
    form
        How its label begins: `fig`, `tbl`, or another word; empty without a label.
    given
        The words of each option in `ASKED` that says something.
    wrong
        What is wrong with how the options are written; empty when nothing is.
    """

    form: str = ""
    given: tuple[tuple[str, str], ...] = ()
    wrong: str = ""

    @property
    def missing(self) -> list[str]:
        """The options that are needed and not there."""
        return [key for key in ASKED.get(self.form, ()) if key not in dict(self.given)]

    @property
    def words(self) -> list[str]:
        """The words of all options that are needed, in the order of `ASKED`; none when one is missing."""
        asked = ASKED.get(self.form, ())
        return [] if self.wrong or self.missing else [dict(self.given)[key] for key in asked]


def options_of(source: str) -> CellOptions:
    r"""Read the options of a cell.

    Examples
    --------
    >>> options_of('#| label: fig-a\n#| fig-cap: "Per sector"\n#| fig-alt: "Twee staven"\nax').words
    ['Per sector', 'Twee staven']
    >>> options_of('#| label: fig-a\n#| fig-cap: "Per sector"\nax').missing
    ['fig-alt']
    >>> options_of("#| label: tbl-a\n#| tbl-cap: Let op: dit\nframe").wrong
    'mapping values are not allowed here'
    """
    text = "\n".join(_LINE.findall(source))
    try:
        # Each value is a text, also `2021` and `ja`.
        found = yaml.load(text, Loader=yaml.BaseLoader) if text else {}
    except yaml.YAMLError as error:
        label = re.search(r"^\s*label:\s*([a-z]+)-", text, re.MULTILINE)
        wrong = getattr(error, "problem", None) or str(error)
        return CellOptions(label[1] if label else "", wrong=str(wrong))
    known = found if isinstance(found, dict) else {}
    said = {key: " ".join(value.split()) for key, value in known.items() if isinstance(value, str)}
    form = said.get("label", "").partition("-")[0]
    return CellOptions(form, tuple((key, said[key]) for key in ASKED.get(form, ()) if said.get(key)))
