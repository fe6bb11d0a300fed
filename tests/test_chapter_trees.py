"""A document whose chapters were read one by one has the tree of one that was read whole."""

from __future__ import annotations

import json
import re
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from voortgang.assemble.engines import builtin, chapter_trees
from voortgang.assemble.engines.shared import Shared
from voortgang.assemble.engines.turns import Turns
from voortgang.assemble.shortcodes import Line
from voortgang.errors import EngineError
from voortgang.run.store import Store

HEADER = {"title": "Een *proef*: [met](#x) -- “woorden”", "lijst": [{"a": "1"}, "twee\n\nalinea's"], "getal": 3}
ALONE = {
    "words": "Een *alinea*, “aanhaling” -- en... 1-2, <https://voorbeeld.nl> en [een naam](#deel).",
    "references": "Zie @fig-a, [vooral @tbl-a, kolom 1; -@sec-b] en [@fig-a].",
    "code": "```python\nx[1]\n\n# geen kop\n```\n\nEn `x[2]`.",
    "a line that only looks like a heading": "Tekst\n# geen kop",
    "a span": "Het zijn er [12]{.cijfer k=\"a.b\"}: veel.",
    "the same heading": "## Onderdeel\n\nTekst.\n\n### Onderdeel\n\nTekst.",
    "a heading that is taken": "## Los {#onderdeel-1}\n\nTekst.",
    "a heading without letters": "## € 12\n\nTekst.\n\n## 3\n\nTekst.",
    "a heading with markup": "## Één *twee* `drie` [vier]{.x}\n\nTekst.",
    "a table": "| Naam | Getal |\n|:---|---:|\n| a | 1 |\n\n: Een tabel {#tbl-NUMMER}",
    "a figure": "![Een vlak](vlak.svg){#fig-NUMMER fig-alt=\"Vlak\"}",
    "a list": "- een\n- twee\n\n  - drie",
    "terms": "Term\n\n:   Betekenis.",
    "a div": "::: {.kader #kader-NUMMER}\n## Kop in een kader\n\nTekst.\n:::",
    "a quotation": "> # Kop in een citaat\n>\n> Tekst.",
    "a note": "Tekst.^[Een noot.]",
}  # fmt: skip
"""What a chapter may hold that is read by itself; `NUMMER` is its number."""
WHOLE = {
    "a link that another defines": ("Zie [daar].", "[daar]: https://voorbeeld.nl"),
    "a link with words": ("Zie [dit][daar].", "[daar]: https://voorbeeld.nl"),
    "a definition in a list": ("Zie [daar].", "- [daar]: https://voorbeeld.nl"),
    "a heading by its words": ("Zie [Twee].", ""),
    "words for a heading": ("Zie [dit][Twee].", ""),
    "its own heading": ("## Deel\n\nZie [Deel].", "## Deel\n\nTekst."),
    "a heading within a reference": ("Zie [ook [Twee] in @fig-a].", ""),
    "two definitions": ("Zie [daar].\n\n[daar]: https://een.nl", "Zie [daar].\n\n[daar]: https://twee.nl"),
    "two notes": ("Tekst.[^1]\n\n[^1]: Een noot.", "Tekst.[^1]\n\n[^1]: Een andere."),
    "brackets": (r"Een \[haak\].", ""),
    "a note that another writes": ("Tekst.[^1]", "[^1]: Een noot."),
    "a div that goes on": ("::: {.kader}\n\nTekst.", "Tekst.\n\n:::"),
    "a list that goes on": ("- een\n\n    ```\n    code\n", "Tekst."),
    "a header of its own": ("---\ntitel: x\n---\n\nTekst.", ""),
    "two of one name": ("## A {#deel}\n\nTekst.", "## B {#deel}\n\nTekst."),
    "a name that was taken": ("## Deel\n\nTekst.", "## B {#deel}\n\nTekst."),
}
"""Two chapters, of which one could change how the other is read."""


@pytest.fixture(autouse=True)
def _short(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(builtin, "_LONG", 0)


@pytest.fixture
def read_anew(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """Return how many chapters were read, each time that some were."""
    counts: list[int] = []
    real = chapter_trees.pandoc_lua

    def counted(script: Path, given_: str, **how: Any) -> str:
        counts.append(len(json.loads(given_)["texts"]))
        return real(script, given_, **how)

    monkeypatch.setattr(chapter_trees, "pandoc_lua", counted)
    return counts


def _tree(folder: Path, text: str, store: Store | None) -> Any:
    """Return the tree of a document, or what is said of it."""
    folder.mkdir(exist_ok=True)
    shared = Shared(folder, store)
    texts = text.split("\n")
    is_code = [sum(line.startswith("```") for line in texts[:at]) % 2 == 1 for at in range(len(texts))]
    lines = [Line(line, "rapport.qmd", at + 1, is_code[at]) for at, line in enumerate(texts)]
    shared._documents["rapport.qmd"] = HEADER, lines
    document = builtin._Document(shared, folder, date(2021, 12, 31), Turns(), False, "rapport.qmd")
    try:
        found = document._read().read_text(encoding="utf-8")
    except EngineError as error:
        return str(error)
    return json.loads(re.sub(r'"citationNoteNum":\d+', '"citationNoteNum":0', found))


def _of(*chapters: str) -> str:
    titles = ("Een", "Twee", "Drie", "Een")
    parts = (f"# {titles[at % 4]}\n\n{each.replace('NUMMER', str(at))}\n" for at, each in enumerate(chapters))
    return "\n".join(("Vooraf.\n", *parts))


def test_each_chapter_is_read_once(tmp_path: Path, read_anew: list[int]) -> None:
    store, text = Store(tmp_path / "store"), _of(*ALONE.values())
    whole = _tree(tmp_path / "a", text, None)
    assert _tree(tmp_path / "b", text, store) == _tree(tmp_path / "b", text, store) == whole
    assert read_anew == [1 + len(ALONE)]
    changed = text.replace("Betekenis", "Een betekenis").replace("## 3", "## Onderdeel")
    assert _tree(tmp_path / "b", changed, store) == _tree(tmp_path / "a", changed, None)
    assert read_anew == [1 + len(ALONE), 2]


@pytest.mark.parametrize("case", WHOLE)
@pytest.mark.parametrize("order", [1, -1])
def test_what_another_chapter_may_change_is_read_with_it(tmp_path: Path, case: str, order: int) -> None:
    text = _of(*WHOLE[case][::order], "Tekst.")
    assert _tree(tmp_path / "a", text, Store(tmp_path / "store")) == _tree(tmp_path / "b", text, None)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.lists(st.sampled_from([*ALONE.values()]), max_size=3).map("\n\n".join), min_size=2, max_size=5))
def test_whatever_stands_in_chapters_the_tree_is_the_same(tmp_path: Path, chapters: list[str]) -> None:
    text = _of(*chapters)
    assert _tree(tmp_path / "a", text, Store(tmp_path / "store")) == _tree(tmp_path / "b", text, None)
