"""Markup that Pandoc reads as text is refused by its line: it would stand in the report as signs."""

from __future__ import annotations

import pytest

from voortgang.assemble.chapters import require_complete
from voortgang.errors import TemplateError

BLANK = "\u00a0"
REFUSED = {
    "curly attributes": ("Zo:\n\n![Beeld](vlak.svg){fig-alt=“Twee staven”}\n", 3, "attributes are not read"),
    "a label after a blank": ("[tekst] {.klasse}\n", 1, "attributes"),
    "a heading with another blank": (f"a\n\n##{BLANK}Kop\n", 3, "heading is read as text"),
    "a table without dashes": ("a\n\n| a | b |\n| 1 | 2 |\n", 3, "table is read as text"),
    "a table with long dashes": ("a\n\n|a|b|\n|–|–|\n|1|2|\n", 3, "table is read as text"),
    "a table of one text": ("| a |\n|—|\n| b |\n", 1, "table is read as text"),
    "a curly title": ("a\n\nZie [x](https://a.nl “titel”).\n", 3, "curly quotation mark"),
    "a curly address": ("Zie [x](“https://a.nl”).\n", 1, "curly quotation mark"),
    "an address without https": ("a\n\nZie [x](www.a.nl/b?c).\n", 3, "does not say what it is"),
    "a host": ("Zie [x](voorbeeld.nl).\n", 1, "does not say what it is"),
    "somebody's address": ("Mail [x](info@voorbeeld.nl).\n", 1, "does not say what it is"),
    "a link with a blank": ("Zie [de site] (https://a.nl).\n", 1, "link is read as text"),
    "a list after a line": ("Wij deden:\n- een\n- twee\n", 2, "list is read as one paragraph"),
    "a list in a quotation": ("> Wij deden:\n> - een\n> - twee\n", 2, "list is read as one paragraph"),
    "bullets": ("• een\n• twee\n", 1, "list is read as one paragraph"),
    "bullets with tabs": ("a\n\n•\teen\n•\ttwee\n", 3, "list is read as one paragraph"),
    "items with another blank": (f"-{BLANK}een\n-{BLANK}twee\n", 1, "list is read as one paragraph"),
    "an indented line": ("a\n\n    ingesprongen\n", 3, "makes program code"),
    "a line after a tab": ("a\n\n\tingesprongen\n", 3, "makes program code"),
}
TAKEN = [
    '![Beeld](vlak.svg){fig-alt="Twee staven" width=60%}\n',
    "[tekst]{.klasse} en [x](https://a.nl “een”)\n".replace(" “een”", ' "een"'),
    "## Kop {#sec-kop .unnumbered}\n\nTekst.\n",
    '| a | b |\n|---|---|\n| 1 | 2 |\n\n: T {#tbl-a tbl-colwidths="[50,50]"}\n',
    "| een regel\n| nog een regel\n",
    "- een\n- twee\n\n    nog bij twee\n",
    "1. een\n\n    ```\n    code\n    ```\n",
    "```\n    ingesprongen code\n```\n",
    "~~~\ncode\n~~~\n",
    "Zie [x](#sec-kop), [y](hoofdstukken/bijlage.pdf), [z](../kerncijfers.json) en [m](mailto:a@b.nl).\n",
    "Bron [1] (https://a.nl).\n",
    "Een bedrag – zo groot\n– is veel, en #1 ook; {zo} en {x y}.\n",
    "Van 2020\n- 2021 is een jaar.\n",
    "a | b en c|\n",
    "“Citaat” en ‘citaat’.\n",
]


@pytest.mark.parametrize("case", REFUSED)
def test_markup_that_is_read_as_text_is_refused_by_its_line(case: str) -> None:
    text, line, says = REFUSED[case]
    with pytest.raises(TemplateError) as caught:
        require_complete({"_a.qmd": text}, [])
    assert says in caught.value.what
    assert caught.value.where.splitlines()[0] == f"_a.qmd, line {line}"


@pytest.mark.parametrize("text", TAKEN)
def test_what_is_read_as_it_is_meant_is_taken(text: str) -> None:
    require_complete({"_a.qmd": text}, [])
