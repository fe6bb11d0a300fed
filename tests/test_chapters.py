"""Each chapter is a document of its own: what it leaves open, and what would be lost, is refused by its line."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from documents import html_text
from hypothesis import given, settings
from hypothesis import strategies as st

from voortgang.assemble import chapters
from voortgang.assemble.chapters import prepare_chapters, require_complete, with_own_notes
from voortgang.assemble.engines import builtin, shared
from voortgang.check import narrative
from voortgang.check.findings import Finding
from voortgang.errors import TemplateError
from voortgang.workspace.extension import extension
from voortgang.workspace.paths import Workspace

PROJECT = "title: Proef\nlang: nl\n"
COLONS, WORDLESS, BREAK = "open or close nothing here", "has no words", "A page break within"
GRID = """\
+----+---------------------+
| a  | b                   |
+====+=====================+
| c  | {0:19} |
|    | d                   |
+----+---------------------+
"""
FENCE, DIV = "does not end in this file", "does not end in this file"

REFUSED = {
    "code that is not closed": ("a\n\n```\nopen\n\nb\n", 3, FENCE),
    "code that is closed by fewer signs": ("a\n\n~~~~\nopen\n~~~\n", 3, FENCE),
    "code within a paragraph": ("a\n\nb\n~~~\nx[^1]\n", 4, "begin no code"),
    "code within a paragraph, closed": ("b\n~~~\nx\n~~~\n", 2, "begin no code"),
    "a block that is not closed": ("a\n\n::: {.x}\nopen\n\n::: {.y}\nb\n:::\n", 3, DIV),
    "an end without a block": ("a\n\n:::\n", 3, COLONS),
    "colons in a cell": ("a\n\n| a | b |\n|--|--|\n| 1 | ::: |\n", 5, COLONS),
    "colons in a cell of a grid": (f"a\n\n{GRID.format('b ::: {.x}')}", 6, COLONS),
    "colons in a line": ("a\n\nb ::: c\n", 3, COLONS),
    "colons in a heading": ("a\n\n## b :::\n", 3, COLONS),
    "colons in a caption": ("a\n\n| a |\n|--|\n| 1 |\n\n: T ::: {#tbl-x}\n", 7, COLONS),
    "colons in a footnote": ("a\n\nb^[c :::: d]\n", 3, COLONS),
    "colons as an entity": ("a\n\nb &#58;:: c\n", 1, COLONS),
    "a heading without words": ("a\n\n##\n\nb\n", 3, WORDLESS),
    "a heading with a name and without words": ("a\n\n## {#sec-x}\n\nb\n", 3, WORDLESS),
    "a heading that only closes": ("a\n\n## ##\n\nb\n", 3, WORDLESS),
    "a heading without words in a quotation": ("a\n\n> ##\n\nb\n", 3, WORDLESS),
    "a page break in a cell": (f"a\n\n{GRID.format('::: {.pagina-einde}')}".replace("| d  ", "| :::"), 6, BREAK),
    "a page break in a list": ("a\n\n- b\n\n  ::: {.pagina-einde}\n  :::\n", 5, BREAK),
    "a page break in a quotation": ("a\n\n> ::: {.pagina-einde}\n> :::\n", 3, BREAK),
    "a page break in a footnote": ("a[^1]\n\n[^1]: b\n\n    ::: {.pagina-einde}\n    :::\n", 5, BREAK),
    "a closed div": ('a\n\n<div class="x">\n\nb\n\n</div>\n', 3, "raw HTML"),
    "a tag in a line": ("a\n\nb <span>c</span>\n", 3, "raw HTML"),
    "a header of its own": ("---\ntitle: x\n---\ntekst\n", 1, "read as a header"),
    "a header further on": ("a\n\n---\nlet: op\n---\n", 3, "read as a header"),
    "a header that is no YAML": ("a\n\n---\nlet: op: [\n---\n", 3, "YAML"),
    "strong emphasis that is not closed": ("a\n\nb **c\n\nd\n", 3, "emphasis"),
    "emphasis that is not closed": ("een *twee\n\nd*\n", 1, "emphasis"),
    "a cell too many": ("| a | b |\n|--|--|\n| 1 | 2 | drie vier |\n", 3, "'drie vier'"),
    "a definition by mistake": ("x\n\n[Let op]: dit is belangrijk\n", 3, "'Let op dit is belangrijk'"),
    "a footnote without text": ("x\n\ny[^1]\n", 3, "has no text"),
    "a footnote that nothing names": ("x\n\n[^1]: noot\n", 3, "referred to nowhere"),
    "a footnote with two texts": ("x[^1]\n\n[^1]: a\n\n[^1]: b\n", 3, "two texts"),
    "an emoji": ("x\n\nklaar \U0001f389\n", 3, "U+1F389"),
    "an emoji as an entity": ("x\n\nklaar &#x1F389;\n", 3, "U+1F389"),
    "a sign of an icon font": ("x\n\nklaar \ue123\n", 3, "U+E123"),
}

COMPLETE = {
    "emphasis": "goed *b* en _c_, **d**, 5 * 3, snake_case, een bedrag* en \\*\\*geen\\_\n",
    "rule": "a\n\n---\n\nb\n",
    "lists": "1. een\n2. twee\n\n- a\n- b\n\n    ```\n    x\n    ```\n\n(iv) vier\n(v) vijf\n\n1986. jaar\n1987. nog\n",
    "code": "`**x` en `[^2]`\n\n````\n**open [^3]\n:::\n```\n````\n",
    "entities": "caf&eacute; en &amp; `&eacute;` &#233;\n",
    "marks": "H~2~O m^2^ on*zeker*heid ~~weg~~ x^[noot *b*]\n",
    "figure": '![Bij *schrift*](figuren/mijn foto.png){#fig-x fig-alt="iets moois" width=60%}\n',
    "table": "+---+-----+\n| a | b   |\n+===+=====+\n| 1 | twee|\n|   | drie|\n+---+-----+\n\n: Titel {#tbl-x}\n",
    "definitions": "Term\n\n:   uitleg\n\n| regel een\n|  regel twee\n",
    "references": "zie [vooral @tbl-x, kolom 3] {{< var a._b >}} [{{< var x >}}](https://x.nl/a_b_c)\n",
    "tasks": "- [ ] doen\n- [x] klaar\n\n1. [X] ook\n",
    "forms": "[onder]{.underline} [klein]{.smallcaps} [lijn]{.ul} [geel]{.mark}\n",
    "links to headings": "## Mijn Kop {#sec-k}\n\nzie [Mijn Kop] en [dit][mijn kop]\n",
    "links": "x [Let op] y [z][Let op] <https://voorbeeld.nl/_b> <jan@x.nl>\n\n[let op]: https://a.nl/x%20y\n",
    "note": "x[^1] y\n\n[^1]: noot tekst\n\n    tweede alinea\n",
    "blocks": '::: kader\nx\n:::\n\n[span]{.x y="z w"}\n\n## Kop {-}\n\n> citaat\n> meer\n',
    "includes": "::: {.x}\n\n{{< include fragmenten/_a.md >}}\n\n:::\n",
    "colons": "x \\::: y `:::` en 12:30 :: z\n",
    "headings": "## `code`\n\n## ![a](b.png)\n\n## {{< var x.y >}} {#sec-x}\n\n## 1. **vet**\n",
    "page breaks": "a\n\n{{< pagebreak >}}\n\n::: {.x}\n\n::: {.pagina-einde}\n:::\n\n:::\n",
    "other line ends": "een\r\n\r\n- twee\r- drie\r\n",
}


@pytest.mark.parametrize("case", REFUSED)
def test_what_a_chapter_leaves_open_or_would_lose_is_refused_by_its_line(case: str) -> None:
    text, line, says = REFUSED[case]
    with pytest.raises(TemplateError) as caught:
        require_complete({"rapport.qmd": "x\n", "_deel.qmd": text}, ["rapport.qmd"])
    assert says in caught.value.what
    assert caught.value.where.splitlines()[0] == f"_deel.qmd, line {line}"


def test_what_is_complete_is_no_trouble() -> None:
    require_complete({name: text.replace("\r\n", "\n").replace("\r", "\n") for name, text in COMPLETE.items()}, [])


def test_a_document_has_a_header() -> None:
    require_complete({"rapport.qmd": "---\ntitle: x\n---\n\ntekst\n"}, ["rapport.qmd"])


@pytest.mark.parametrize(
    ("content", "where", "says"),
    [
        ("een\r\nprivé\r\n".encode("cp1252"), "_deel.qmd, line 2", "in Windows-1252 it is 'é'"),
        ("een\r\rprivé".encode("latin-1"), "_deel.qmd, line 3", "0xE9"),
        (b"\xef\xbb\xbfeen\nprivat\xe9", "_deel.qmd, line 2", "0xE9"),
        ("een\n".encode("utf-16"), "_deel.qmd, line 1", "UTF-16"),
        ("een\n".encode("utf-16-le"), "_deel.qmd, line 1", "zero byte"),
    ],
)
def test_a_chapter_in_another_encoding_is_named_by_line(tmp_path: Path, content: bytes, where: str, says: str) -> None:
    folder = _project(tmp_path, {"rapport.qmd": b"{{< include _deel.qmd >}}\n", "_deel.qmd": content})
    with pytest.raises(TemplateError) as caught:
        prepare_chapters(folder, ["rapport.qmd"])
    assert caught.value.where == where
    assert says in caught.value.what


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
@pytest.mark.parametrize("mark", ["", "\ufeff"])
def test_any_line_ends_and_a_mark_at_the_beginning_make_the_same_report(tmp_path: Path, mark: str, end: str) -> None:
    report = "---\ntitle: Éen\n---\n\n{{< include _deel.qmd >}}\n"
    part = "# Kop\n\n| a | b |\n|---|---|\n| 1 | é |\n\nSlot.\n"
    files = {"rapport.qmd": report, "_deel.qmd": part}
    plain, other = (
        _html(_project(tmp_path / name, {key: each(text) for key, text in files.items()}))
        for name, each in (("a", str.encode), ("b", lambda text: (mark + text.replace("\n", end)).encode()))
    )
    assert plain == other
    assert "Kop a b 1 é Slot." in plain


def test_footnotes_of_two_chapters_may_have_one_name(tmp_path: Path) -> None:
    chapters = {
        f"_{name}.qmd": f"Hier {name}[^1] en `[^1]`.\n\n```\n[^1]: code\n```\n\n[^1]: Noot {name}.\n".encode()
        for name in "ab"
    }
    both = "".join(f"{{{{< include {name} >}}}}\n\n" for name in chapters).encode()
    page = _html(_project(tmp_path, {"rapport.qmd": both, **chapters}))
    assert page.count("en [^1].") == page.count("[^1]: code") == 2
    assert re.search(r"Noot a\..*Noot b\.", page)


def test_footnotes_keep_their_names_where_these_differ() -> None:
    texts = {"_a.qmd": "x[^a]\n\n[^a]: y\n", "_b.qmd": "x[^b]\n\n[^b]: y\n"}
    assert with_own_notes(texts) == texts


PIECES = [
    *("een *twee* drie", "**", "- punt", "    diep", "```", "~~~", ":::", "::: {.x}", "---", "let: op", "", "", ""),
    *(
        "| a | b |",
        "|---|---|",
        "| 1 | 2 | drie |",
        "x[^1]",
        "[^1]: noot",
        "[naam]: woord",
        "> citaat",
        "# Kop",
        ": titel",
    ),
]


@settings(max_examples=15)
@given(st.lists(st.sampled_from(PIECES), min_size=1, max_size=8))
def test_what_is_accepted_swallows_nothing(tmp_path_factory: pytest.TempPathFactory, lines: list[str]) -> None:
    following = (
        "# Daarna\n\n```\ncode\n```\n\n::: {.y}\nblok\n:::\n\n---\n\n"
        "| p | q |\n|---|---|\n| r | s |\n\nSlot[^1].\n\n[^1]: Eind.\n"
    )
    files = {"rapport.qmd": "{{< include _a.qmd >}}\n\n{{< include _b.qmd >}}\n", "_b.qmd": following}
    folder = _project(tmp_path_factory.mktemp("bron"), {name: text.encode() for name, text in files.items()})
    (folder / "_a.qmd").write_text("\n".join(lines), encoding="utf-8")
    try:
        page = _html(folder)
    except TemplateError:
        return
    assert re.search(r"Daarna code blok p q r s Slot1?\. .*Eind\.", page)
    words = re.findall("[a-z]+", re.sub(r"\[.*?\]:?|\{.*?\}", "", " ".join(lines)))
    assert all(word in page for word in words)


@pytest.mark.parametrize(
    ("content", "line", "says"),
    [
        ("Klaar \U0001f389.".encode(), 1, "U+1F389"),
        (b"Een\n\nKlaar &#127881;.", 3, "U+1F389"),
        ("Een\nprivé".encode("cp1252"), 2, "Windows-1252"),
        ("Een".encode("utf-16"), 1, "UTF-16"),
    ],
)
def test_the_check_names_what_no_report_can_show_in_the_narrative(
    workspace: Path, content: bytes, line: int, says: str
) -> None:
    (workspace / "data" / "toelichting" / "2021" / "werken.md").write_bytes(content)
    found = _of_text(workspace)
    assert [(each.file, each.row) for each in found] == [("data/toelichting/2021/werken.md", line)]
    assert says in found[0].message("en").what


def test_a_narrative_may_begin_with_a_mark(workspace: Path) -> None:
    (workspace / "data" / "toelichting" / "2021" / "werken.md").write_bytes("\ufeffEen\r\n\r\nTwee".encode())
    assert not _of_text(workspace)
    assert narrative.read(Workspace(workspace), 2021)["werken"] == "Een\n\nTwee"


def _of_text(workspace: Path) -> list[Finding]:
    """Return the findings about texts as texts, and not about the numbers that they type."""
    return [each for each in narrative.findings(Workspace(workspace)) if each.rule != "narrative_number"]


def _project(folder: Path, files: dict[str, bytes]) -> Path:
    folder.mkdir(exist_ok=True)
    (folder / "_quarto.yml").write_text(PROJECT, encoding="utf-8")
    (folder / "_variables.yml").write_text("a: {_b: x}\n", encoding="utf-8")
    for name, content in files.items():
        (folder / name).write_bytes(content)
    return folder


def _html(folder: Path) -> str:
    prepare_chapters(folder, ["rapport.qmd"])
    from datetime import date

    ((_, content, _),) = builtin.render(folder, [[("rapport.qmd", "html")]], date(2021, 12, 31))
    page = folder / "page.html"
    page.write_bytes(content)
    return html_text(page)


@pytest.mark.parametrize(
    "target", ["/elders/foto.png", "../foto.png", "beelden/../../foto.png", "https://example.org/x.png", "<C:/x.png>"]
)
def test_a_picture_from_elsewhere_is_refused_by_its_line(target: str) -> None:
    with pytest.raises(TemplateError) as caught:
        require_complete({"_a.qmd": f"Tekst.\n\n![Een foto.]({target})\n"}, [])
    assert "outside the folder of the chapters" in str(caught.value) and "line 3" in caught.value.where


def test_a_picture_in_a_folder_of_the_chapters_is_not() -> None:
    require_complete({"_a.qmd": "Tekst.\n\n![Een foto.](hoofdstukken/foto.png)\n\n`![x](/y)`\n"}, [])
    require_complete({"_a.qmd": "![Bron: [CBS](https://cbs.nl), [a] en \\[b](hoofdstukken/foto.png)\n"}, [])
    with pytest.raises(TemplateError, match="elders"):
        require_complete({"_a.qmd": "![Bron: [CBS](https://cbs.nl)](https://elders.nl/foto.png)\n"}, [])


def test_a_document_is_made_again_when_a_picture_beside_a_chapter_changes(tmp_path: Path) -> None:
    text = "# Kop\n\n![Een foto.](hoofdstukken/foto.svg)\n"
    (tmp_path / "_quarto.yml").write_text("project: {type: default}\n", encoding="utf-8")
    (tmp_path / "_variables.yml").write_text("{}\n", encoding="utf-8")
    (tmp_path / "rapport.qmd").write_text(text, encoding="utf-8")
    (tmp_path / "hoofdstukken").mkdir()
    made_of = []
    for content in ("<svg/>", "<svg></svg>"):
        (tmp_path / "hoofdstukken" / "foto.svg").write_text(content, encoding="utf-8")
        made_of.append(shared.Shared(tmp_path).ingredients("rapport.qmd"))
    assert made_of[0] != made_of[1]


@pytest.mark.parametrize(
    ("header", "text", "filter_", "carries"),
    [
        ("", "Tekst.", "", True),
        ("bestanden: []\n", "Tekst.", "", False),
        ("bestanden: []\n", "De cijfers staan in `kerncijfers.json`.", "", True),
        ("bestanden: []\n", "Tekst.", 'local n = "kerncijfers.json"', True),
        ("bestanden: []\n", "Tekst.", 'local f = io.open("kern" .. "cijfers.json")', True),
    ],
)
def test_a_document_is_made_again_for_the_figures_that_it_may_carry(
    tmp_path: Path, header: str, text: str, filter_: str, carries: bool
) -> None:
    (tmp_path / "_quarto.yml").write_text("bestanden: [{naam: kerncijfers.json}]\n", encoding="utf-8")
    (tmp_path / "_variables.yml").write_text("{}\n", encoding="utf-8")
    (tmp_path / "blad.qmd").write_text(f"---\nblad: true\n{header}---\n\n{text}\n", encoding="utf-8")
    (tmp_path / "eigen.lua").write_text(filter_, encoding="utf-8")
    made_of = []
    for content in ("{}", "[]"):
        (tmp_path / "kerncijfers.json").write_text(content, encoding="utf-8")
        made_of.append(shared.Shared(tmp_path).ingredients("blad.qmd"))
    assert (made_of[0] != made_of[1]) == carries


def test_the_filters_of_every_report_open_no_figures() -> None:
    """Else each document would be made again whenever one figure changes."""
    filters = [path.read_text(encoding="utf-8") for path in extension().glob("*.lua")]
    assert filters and not any(shared._OPENS.search(text) for text in filters)


def test_pandoc_reads_no_chapter_again_that_an_earlier_build_found_complete(monkeypatch: pytest.MonkeyPatch) -> None:
    good, bad = "Een heel hoofdstuk.\n", REFUSED["code that is not closed"][0]
    monkeypatch.setattr(chapters, "_judged", {})
    assert len(list(chapters.refusals({"a.qmd": good, "b.qmd": bad}, []))) == 1
    known, read, asked = chapters.sound(), chapters._read, list[str]()
    monkeypatch.setattr(chapters, "_judged", {})
    monkeypatch.setattr(chapters, "_read", lambda texts: asked.extend(texts) or read(texts))
    chapters.trust(known)
    assert len(list(chapters.refusals({"a.qmd": good, "b.qmd": bad}, []))) == 1
    assert good not in asked and bad in asked
