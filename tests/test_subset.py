"""What the two engines would not make alike is refused by its place, whichever makes the report."""

from __future__ import annotations

from pathlib import Path

import pytest

from voortgang.assemble.engines.builtin import Shared
from voortgang.assemble.settings import quarto_keys, stray_files
from voortgang.assemble.shortcodes import Scope
from voortgang.assemble.sources import _with_rows
from voortgang.errors import TemplateError

PROJECT = "title: Proef\n"

OTHERWISE_IN_QUARTO = (
    # filled in within code, and where character references stand for braces
    *("```\n{{< var a.b >}}\n```", "`{{< var a.b >}}`", "{{{< meta title >}}}", "{{{< env HOME >}}}"),
    *('[x](y "&lbrace;&#123;< meta title >}}")', "&lbrace;&lbrace;< include x &gt;&rbrace;&rbrace;"),
    # executed wherever they stand
    *("> ```{python}\n> 1\n> ```", "- ```{r}\n  1\n  ```", "~~~ {ojs}\n1\n~~~"),
    # a formula in a line, with spaces around it, and over more lines
    *("a $x$ b", "$$x$$", "$$ E = mc^2 $$", "$$\nx\n$$"),
    # numbered, named or laid out
    *("::: {#thm-x}\nx\n:::", "::: {.proof}\nx\n:::", "::: remark\nx\n:::", "::: {#fig-x}\nx\n:::", "(@) x"),
    *("::: callout-note\nx\n:::", "::: {.aside}\nx\n:::", "::: column-margin\nx\n:::"),
    *('| a |\n|---|\n\n: B {tbl-colwidths="[9]"}', "[![a](b.svg){#fig-b}](c.html)"),
    "| {{< meta title >}} | b |\n|---|---|\n| c | d |",
    # shown as text, numbered or described by one of the two
    *("| a |\n|---|\n| b |\n\n: Naam {#tabel-x}", "| a |\n|---|\n| b |\n\nTable: Naam {.k #tabel-x}"),
    *('![](a.svg){#fig-a fig-alt="A"}', '![B](a.svg){#fig-a width=9% alt="A"}', "![B](a.svg){alt=A #fig-a}"),
    # moved a level up by one of the two
    *("## Kop", "::: {.kader}\n\n### Kop {#sec-k}\n\n:::", "> ## Kop\n\n```\n# geen kop\n```"),
    *("# K\n\n- ## Kop", "# K\n\n> ## Kop", "# K\n\n- x\n\n  ## Kop", "- (@sec-x)", "1. (@sec-x) x"),
    # read as a formula or as TeX, laid out, styled or enlarged by one of the two
    *("$$\na\n$$", "Kost $a +\nb$ x", "$$ x $$", "| $5 | 6$ |\n|---|---|\n| a | b |", "a\\b \\# c"),
    *("::: {.list-table}\n- - a\n:::", "![B](a.svg){.lightbox}", "::: {.landscape}\nx\n:::", "::: {.columns}\nx\n:::"),
    *('[x]{style="color: red"}', '::: {.k style="color: red"}\nx\n:::'),
    # of a size that a format does not know, or that leads nowhere
    *(
        "![B](a.svg){width=60,5%}",
        "![B](a.svg){width=60 %}",
        "![B](a.svg){width=50vw}",
        "![B](a.svg){height=50%}",
        "[x]()",
    ),
    # conditions that one engine knows
    *('[x]{.content-visible when-format="html"}', '[x]{.content-visible when-meta="tbl-x"}'),
    *('::: {.content-visible when-format="pdf"}\nx\n:::', '::: {.content-hidden unless-meta="x"}\nx\n:::'),
    *('# Kop {.content-visible when-format="html"}', '::: {.content-visible when-profile="x"}\nx\n:::'),
)


def _document(folder: Path, text: str = "x", project: str = PROJECT) -> None:
    (folder / "_quarto.yml").write_text(project, encoding="utf-8")
    (folder / "_variables.yml").write_text("a: {b: x}\n", encoding="utf-8")
    (folder / "rapport.qmd").write_text(f"x\n\n{text}\n", encoding="utf-8")
    (folder / "a.svg").write_text("<svg/>", encoding="utf-8")
    Shared(folder).document("rapport.qmd")


@pytest.mark.parametrize("text", OTHERWISE_IN_QUARTO)
def test_what_quarto_makes_otherwise_is_refused_by_its_line(tmp_path: Path, text: str) -> None:
    with pytest.raises(TemplateError) as caught:
        _document(tmp_path, text)
    assert caught.value.where.startswith("rapport.qmd, line ")


@pytest.mark.parametrize(
    "text",
    [
        "\\{\\{\\< env HOME \\>\\}\\}",
        "`x{`",
        '::: {.content-visible unless-format="odt"}\nx\n:::',
        "::: {.kader}\nx\n:::",
        "| a |\n|---|\n| b |\n\n: Naam {#tbl-x .k}",
        '![B](a.svg){#fig-a fig-alt="A"}',
        "## Kop\n\n# Kop",
        "## Kop\n\nKop\n===",
        "#. een punt",
        "$5 of 6 $ en \\$x\\$",
        "US$ 5 en $6, of\n$ 7",
        "- kost $5\n- of 6$",
        "``` {.python}\nx = 1\n```",
        '![B](<a.svg>){width=200px height=3cm fig-alt="de width=x en style=y"}',
        "![B](a.svg){width=300}",
        "Mail <a.b@c.nl> of lees <https://c.nl>.",
        "::: {custom-style=Citaat}\nx\n:::",
        "a\\\\b",
    ],
)
def test_what_both_make_alike_is_not(tmp_path: Path, text: str) -> None:
    _document(tmp_path, text)


@pytest.mark.parametrize(
    "setting",
    [
        *("engine: jupyter", "jupyter: python3", "execute: {enabled: true}", "profile: x", "website: {}", "echo: true"),
        *(
            "project: {output-dir: uit}",
            "project: {pre-render: x.py}",
            "project: {type: website}",
            "shortcodes: [x.lua]",
        ),
        *(
            "metadata-files: [x.yml]",
            "include-in-header: x.html",
            "bibliography: x.bib",
            "format: {html: {theme: cosmo}}",
        ),
        *(
            "filters: [x.lua]",
            "filters: [{path: x.py}]",
            "crossref: {fig-title: x}",
            "knitr: {}",
            "format: {revealjs: {}}",
            "format: {docx: {toc: true}}",
            "format: {odt: {toc: true}}",
            "lang: en",
            "lang: nlx",
        ),
    ],
)
def test_a_setting_that_only_quarto_knows_is_refused(tmp_path: Path, setting: str) -> None:
    with pytest.raises(TemplateError, match="setting") as caught:
        _document(tmp_path, project=f"{PROJECT}{setting}\n")
    assert setting.partition(":")[0] in str(caught.value)


@pytest.mark.parametrize(
    "setting", ["lang: nl-NL", "toc: true", "shift-heading-level-by: -1", "format: {docx: {toc: false}}"]
)
def test_a_setting_that_means_the_same_to_both_is_not(tmp_path: Path, setting: str) -> None:
    _document(tmp_path, project=f"{PROJECT}{setting}\n")


@pytest.mark.parametrize(
    ("header", "where"),
    [
        ("date: today", "date"),
        ("format: {html: {toc: false}}", "format.html.toc"),
        ("execute: {echo: true}", "execute.echo"),
    ],
)
def test_a_setting_of_a_document_is_named_there(tmp_path: Path, header: str, where: str) -> None:
    (tmp_path / "rapport.qmd").write_text(f"---\n{header}\n---\n\n# Kop\n", encoding="utf-8")
    for name in ("_quarto.yml", "_variables.yml"):
        (tmp_path / name).write_text(PROJECT, encoding="utf-8")
    with pytest.raises(TemplateError, match="The document has a setting") as caught:
        Shared(tmp_path).document("rapport.qmd")
    assert caught.value.where == f"templates/rapport.qmd: {where}"


def test_what_quarto_writes_of_metadata_is_written(tmp_path: Path) -> None:
    _document(tmp_path, "{{< meta voorbeeld >}} {{< meta jaar >}}", f"{PROJECT}voorbeeld: true\njaar: 2021\n")
    assert "true 2021" in {line.text for line in Shared(tmp_path).document("rapport.qmd")[1]}
    with pytest.raises(TemplateError, match="'toc-depth' is a setting"):
        _document(tmp_path, "{{< meta toc-depth >}}", f"{PROJECT}toc-depth: 1\n")


@pytest.mark.parametrize(("shift", "fits"), [(0, {1}), (1, {1}), (2, {1}), (-1, {2}), (-2, {3})])
def test_the_highest_heading_is_of_the_first_level_once_it_is_moved(tmp_path: Path, shift: int, fits: set[int]) -> None:
    found = set()
    for level in range(1, 5):
        text = f"{'#' * (level + 1)} Lager\n\n{'#' * level} Kop"
        try:
            _document(tmp_path, text, f"{PROJECT}shift-heading-level-by: {shift}\n")
        except TemplateError as error:
            assert f"of level {level}" in error.what and error.where == "rapport.qmd, line 5"
        else:
            found.add(level)
    assert found == fits


def test_words_of_ones_own_are_metadata(tmp_path: Path) -> None:
    _document(tmp_path, project=f"{PROJECT}merk: x\ntitelblad: [{{label: a, waarde: b}}]\n")
    assert {"engine", "bibliography", "eval"} < quarto_keys()


@pytest.mark.parametrize(
    "name",
    [
        *("_metadata.yml", "hoofdstukken/_metadata.yaml", "_quarto-openbaar.yml", "_quarto.yml.local", "_environment"),
        *("_environment.required", "_brand.yml", "_variables.yaml", "_extensions/ander/_extension.yml", "_quarto.yaml"),
    ],
)
def test_a_file_that_quarto_reads_by_its_name_is_refused(tmp_path: Path, name: str) -> None:
    (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
    (tmp_path / name).write_text("x: y\n", encoding="utf-8")
    (found,) = stray_files(tmp_path)
    assert name.startswith(found.where.removeprefix("templates/"))


def test_a_variable_in_a_row_is_filled_in_where_the_sources_are_written() -> None:
    text = "{{< var a.b >}}\n\n| {{< var a.b >}} | b |\n|---|---|\n| {{< var a.weg >}} | d |"
    filled = _with_rows(text, Scope({"a": {"b": "5"}}, {}, "x.qmd"))
    assert filled == text.replace("| {{< var a.b >}}", "| 5")


@pytest.mark.parametrize(
    "text", ["een\n{{< pagebreak >}}\n\ntwee", "een\n\n{{< pagebreak >}}\ntwee", "- a\n{{< pagebreak >}}"]
)
def test_a_page_does_not_break_within_a_paragraph(tmp_path: Path, text: str) -> None:
    with pytest.raises(TemplateError, match="within a paragraph"):
        _document(tmp_path, text)
    for fits in (
        "een\n\n{{< pagebreak >}}\n\ntwee",
        "::: {.kader}\n{{< pagebreak >}}\n:::",
        "een\n\n{{< pagebreak >}}",
    ):
        _document(tmp_path, fits)
