"""A document of which only the chapters are made that have changed is the one that is made whole."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from voortgang.assemble.engines import builtin, by_chapter
from voortgang.assemble.engines.shared import Shared
from voortgang.run.store import Store
from voortgang.workspace.extension import extension
from voortgang.writing.pixels import png

FORMS = ("html", "pdf", "docx")
SVG = '<svg xmlns="http://www.w3.org/2000/svg" width="{0}pt" height="{1}pt"><rect width="{0}" height="{1}"/></svg>'
PROJECT = """title: Proef
subtitle: Een deal
merk: Concept
titelblad: [{label: Jaar, waarde: "2021"}]
format: {voortgang-html: default, voortgang-typst: default, voortgang-docx: default}
"""
BLOCKS = {
    "words": "Een *alinea* met **vet**, € 1.000, “aanhaling”, -- en <https://voorbeeld.nl>.",
    "list": "- een\n- twee\n\n    - drie",
    "numbered list": "1. een\n2. twee",
    "terms": "Term\n\n:   Wat hij betekent.",
    "quotation": "> Een citaat.",
    "code": "```python\nimport x\n```",
    "lines": "| een\n| twee",
    "rule": "***",
    "div": "::: {.kader}\n- in een kader\n:::",
    "title": "::: {.figuurtitel}\nDe titel\n:::",
    "cards": "::: {.kaarten}\n- Naam\n\n  12\n\n  uitleg\n:::",
    "together": "::: {.bijeen}\nEen.\n\nTwee.\n:::",
    "contents": '::: {.content-visible when-format="docx"}\n::: {.inhoudsopgave}\nInhoud\n:::\n:::',
    "for HTML": '::: {.content-visible when-format="html"}\n![Alleen hier](vlak.svg){#fig-los-@}\n:::',
    "but HTML": '::: {.content-visible unless-format="html"}\n| a |\n|---|\n| 1 |\n\n: Elders {#tbl-elders-@}\n:::',
    "page": "{{< pagebreak >}}",
    "figure": '![Een vlak met [verwijzing](#kop)](vlak.svg){#fig-a-@ fig-alt="Staaf van 1. Een: 1; Twee: 2."}',
    "figure without a label": "![Een vlak](vlak.svg)",
    "high figure": '![Een hoog vlak](hoog.svg){#fig-hoog-@ fig-alt="Hoog."}',
    "table": "| Naam | Licht |\n|---|---|\n| a | ● groen |\n| b | 1/2 |\n\n: Een tabel {#tbl-a-@}",
    "table in a div": "::: {#tbl-b-@}\n\n| Naam | Getal |\n|---|---|\n| a | 1 |\n\nEen bijschrift\n\n:::",
    "table without a label": "| Naam | Getal |\n|---|---|\n| a | 1 |",
    "wide table": f"|{' Jaar |' * 12}\n|{'---|' * 12}\n|{' 1.234.567 |' * 12}\n\n: Breed {{#tbl-breed-@}}",
    "section": "## Onderdeel\n\nTekst.",
    "section with a name": "## Onderdeel {#sec-deel-@}\n\n### Dieper\n\nTekst.",
    "section without a number": "## Los {.unnumbered}\n\nTekst.",
}
"""What a chapter can hold; `@` is the number of the chapter."""


@pytest.fixture
def project(tmp_path: Path) -> Path:
    shutil.copytree(extension(), tmp_path / "project" / "_extensions" / "voortgang")
    folder = tmp_path / "project"
    (folder / "_quarto.yml").write_text(PROJECT, encoding="utf-8")
    (folder / "_variables.yml").write_text("{}\n", encoding="utf-8")
    for name, size in {"vlak": (90, 40), "hoog": (90, 400)}.items():
        (folder / f"{name}.svg").write_text(SVG.format(*size), encoding="utf-8")
        (folder / f"{name}.png").write_bytes(png(SVG.format(*size).encode(), 30))
    return folder


@pytest.fixture
def store(tmp_path: Path) -> Store:
    return Store(tmp_path / "store")


@pytest.fixture(autouse=True)
def _short_and_as_source(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(builtin, "_LONG", 0)
    monkeypatch.setattr(builtin, "typeset", lambda source, *given, **named: [source])  # the same source, the same PDF


@pytest.fixture
def made_anew(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """Return how many chapters were made, each time that some were."""
    counts: list[int] = []
    real = by_chapter._made

    def counted(
        document: by_chapter.Node, missing: list[by_chapter.Chapter], way: by_chapter.Way
    ) -> by_chapter.Made | None:
        counts.append(len(missing))
        found = real(document, missing, way)
        assert found is not None, "a chapter is refused"
        return found

    monkeypatch.setattr(by_chapter, "_made", counted)
    return counts


def _chapter(number: int, blocks: list[str], heading: str = "", refers: str = "") -> str:
    text = "\n\n".join(BLOCKS[each] for each in blocks).replace("@", str(number))
    return f"# Hoofdstuk {heading}\n\n{text}\n\n{refers}\n\n"


def _render(project: Path, text: str, form: str, store: Store | None) -> bytes:
    (project / "rapport.qmd").write_text(text, encoding="utf-8")
    shared = Shared(project, store)
    ((_, content, _),) = builtin.render(project, [[("rapport.qmd", form)]], date(2021, 12, 31), shared)
    return content


def _require_same(project: Path, text: str, store: Store, forms: tuple[str, ...] = FORMS) -> None:
    for form in forms:
        assert _render(project, text, form, store) == _render(project, text, form, None), form


def test_a_chapter_may_end_with_anything(project: Path, store: Store, made_anew: list[int]) -> None:
    text = f"{BLOCKS['contents']}\n\n" + "".join(
        _chapter(number, ["words", each]) for number, each in enumerate(BLOCKS)
    )
    _require_same(project, text, store)
    assert made_anew == [1 + len(BLOCKS)] * len(FORMS)
    _require_same(project, text.replace("Een *alinea*", "Een andere *alinea*", 1), store)
    assert made_anew[len(FORMS) :] == [1] * len(FORMS)


def test_what_stands_elsewhere_counts_in_a_chapter(project: Path, store: Store, made_anew: list[int]) -> None:
    refers = "Zie @fig-a-2, [vooral @tbl-a-0, kolom 1], @sec-deel-2 en @tbl-b-2."
    blocks = [["table"], ["for HTML", "words"], ["section with a name", "table in a div", "figure"], ["words"]]
    texts = [_chapter(number, each, "{.unnumbered}" * (number == 3), refers) for number, each in enumerate(blocks)]
    _require_same(project, "".join(texts), store)
    assert made_anew == [4] * 3
    # What was named and numbered stays so in a chapter that is made alone.
    for changed in range(4):
        texts[changed] = texts[changed].replace("Zie @fig", "Ook @fig")
        _require_same(project, "".join(texts), store, ("html",))
    assert made_anew[3:] == [1] * 4
    # Another figure gives others behind it another number, and those that refer to these another text.
    texts[1] = texts[1].replace("Een *alinea*", f"{BLOCKS['high figure'].replace('@', '1')}\n\nEen *alinea*")
    _require_same(project, "".join(texts), store)
    assert made_anew[7:] == [4] * 3


def test_a_chapter_that_loses_its_number_gives_others_another(
    project: Path, store: Store, made_anew: list[int]
) -> None:
    text = "# Een\n\nTekst.\n\n# Twee\n\n## Onderdeel\n\nTekst.\n"
    _require_same(project, text, store)
    _require_same(project, text.replace("# Een", "# Een {.unnumbered}"), store)
    assert made_anew == [2] * 6


@pytest.mark.parametrize(
    "text",
    [
        "# Een\n\nTekst.[^1]\n\n[^1]: Een noot.\n\n# Twee\n\nTekst.\n",
        "# Een\n\n::: {.kader}\n## In een kader\n:::\n\n# Twee\n\nTekst.\n",
        "# Een\n\n## Genummerd\n\n# Twee {.unnumbered}\n\n## Gaat verder\n\nTekst.\n",
        "Geen hoofdstuk.\n",
        "# Een\n\nAlleen.\n",
    ],
    ids=["a note", "a heading in a div", "numbers that go on", "no heading", "one chapter"],
)
def test_where_more_could_matter_it_is_made_whole(project: Path, store: Store, made_anew: list[int], text: str) -> None:
    _require_same(project, text, store)
    assert not made_anew


def _own_filter(project: Path) -> None:
    (project / "eigen.lua").write_text("return {}\n", encoding="utf-8")
    (project / "_quarto.yml").write_text(f"{PROJECT}filters: [{{path: eigen.lua}}]\n", encoding="utf-8")


def _changed_filter(project: Path) -> None:
    path = project / "_extensions" / "voortgang" / "toegankelijk.lua"
    path.write_text(path.read_text(encoding="utf-8") + "-- anders\n", encoding="utf-8")


def _sheet(project: Path) -> None:
    (project / "_quarto.yml").write_text(f"{PROJECT}blad-per-kop: true\n", encoding="utf-8")


def _shifted(project: Path) -> None:
    (project / "_quarto.yml").write_text(f"{PROJECT}shift-heading-level-by: 1\n", encoding="utf-8")


@pytest.mark.parametrize("change", [_own_filter, _changed_filter, _sheet, _shifted])
def test_what_a_project_does_itself_is_done_with_the_whole(
    project: Path, store: Store, made_anew: list[int], change: Callable[[Path], Any]
) -> None:
    change(project)
    for form in FORMS:
        _render(project, "# Een\n\nTekst.\n\n# Twee\n\nTekst.\n", form, store)
    assert not made_anew


def test_a_template_that_moves_the_text_gets_it_from_pandoc(project: Path, store: Store, made_anew: list[int]) -> None:
    path = project / "_extensions" / "voortgang" / "rapport.html"
    path.write_text(path.read_text(encoding="utf-8").replace("\n$body$\n", "\n  $body$\n"), encoding="utf-8")
    _require_same(project, "# Een\n\nTekst.\n\n# Twee\n\nTekst.\n", store, ("html",))
    assert not made_anew


def test_a_picture_that_has_changed_is_looked_at_again(project: Path, store: Store, made_anew: list[int]) -> None:
    text = _chapter(0, ["figure"]) + _chapter(1, ["words"])
    _require_same(project, text, store)
    (project / "vlak.svg").write_text(SVG.format(90, 900), encoding="utf-8")
    (project / "vlak.png").write_bytes(png(SVG.format(90, 900).encode(), 30))
    _require_same(project, text, store)
    assert made_anew == [2, 2, 2, 1, 1, 1]


def test_what_is_kept_and_damaged_is_made_again(project: Path, store: Store, made_anew: list[int]) -> None:
    text = _chapter(0, ["figure"]) + _chapter(1, ["words"])
    _render(project, text, "html", store)
    for entry in store.entries():
        kind, key = entry.path.parts[-3], entry.path.name
        store.put(kind, key, b"{}" if len(made_anew) == 1 else b"no JSON")
    _require_same(project, text, store, ("html",))
    assert made_anew == [2, 2]


def test_what_is_wrong_is_said_with_its_place(project: Path, store: Store) -> None:
    text = "# Een\n\nTekst.\n\n# Twee\n\n![](vlak.svg)\n"
    said = []
    for given_store in (store, None):
        with pytest.raises(builtin.EngineError) as raised:
            _render(project, text, "html", given_store)
        said.append(str(raised.value))
    assert said[0] == said[1] and "vlak.svg has no text alternative" in said[0]


CHAPTERS = st.lists(
    st.tuples(
        st.lists(st.sampled_from([each for each in BLOCKS if each != "contents"]), max_size=4, unique=True),
        st.sampled_from(["", "", "{.unnumbered}", "{#sec-h-@}"]),
    ),
    min_size=2,
    max_size=4,
)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(CHAPTERS, CHAPTERS, st.sampled_from(FORMS))
def test_after_any_change_it_is_the_same(project: Path, store: Store, before: Any, after: Any, form: str) -> None:
    for chapters in (before, after):
        labels = [f"fig-a-{number}" for number, (blocks, _) in enumerate(chapters) if "figure" in blocks]
        refers = f"Zie @{labels[-1]}." if labels else ""
        text = "".join(
            _chapter(number, blocks, heading.replace("@", str(number)), refers)
            for number, (blocks, heading) in enumerate(chapters)
        )
        assert _render(project, text, form, store) == _render(project, text, form, None)
