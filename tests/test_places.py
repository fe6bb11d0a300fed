"""What Pandoc and Typst refuse is named by the chapter and the line that somebody wrote."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from voortgang.assemble.chapters import prepare_chapters
from voortgang.assemble.engines import builtin
from voortgang.assemble.engines.places import named_in, place_of, words_of
from voortgang.assemble.shortcodes import Line
from voortgang.assemble.sources import _draw_for_word
from voortgang.errors import EngineError, TemplateError, VoortgangError
from voortgang.workspace.extension import extension
from voortgang.writing.pixels import png

SVG = '<svg xmlns="http://www.w3.org/2000/svg" width="9" height="9"><rect width="9" height="9"/></svg>'
FILTERS = "filters: [{path: verwijzingen.lua, at: pre-quarto}, {path: toegankelijk.lua}]\n"
FORMAT = "format: {typst: {template-partials: [typst-template.typ, typst-show.typ]}}\n"


def _made(folder: Path, chapter: str, form: str, **files: str) -> bytes:
    (folder / "hoofdstukken").mkdir(parents=True)
    texts = {
        "_quarto.yml": f"title: Proef\nlang: nl\nnumber-sections: true\n{FILTERS}{FORMAT}",
        "_variables.yml": "{}\n",
        "rapport.qmd": "# Voor {#sec-voor}\n\n{{< include hoofdstukken/_a.qmd >}}\n",
        "hoofdstukken/_a.qmd": chapter,
        **files,
    }
    for name, text in texts.items():
        (folder / name).write_text(text, encoding="utf-8")
    for name in ("verwijzingen.lua", "toegankelijk.lua", "typst-template.typ", "typst-show.typ"):
        (folder / name).write_bytes((extension() / name).read_bytes())
    prepare_chapters(folder, ["rapport.qmd"])
    _draw_for_word(folder, png)
    ((_, content, _),) = builtin.render(folder, [[("rapport.qmd", form)]], date(2021, 12, 31))
    return content


@pytest.mark.parametrize(
    ("line", "says"),
    [
        ("![Een foto](weg.png)", "'weg.png' is not there"),
        ("![Een foto](mijn%20foto.png){#fig-a}", "'mijn foto.png' is not there"),
        ("![Een foto](../buiten.png)", "../buiten.png lies outside"),
        ("![Een foto](https://elders.nl/x.png)", "lies outside"),
        ("![Een foto](//elders.nl/x.png)", "lies outside"),
        ("![Een foto](data:image/png;base64,xx)", "lies outside"),
        ("Zie @sec-b en @sec-voor.\n\n## B {#sec-b .unnumbered}", "@sec-b points to a section without a number"),
        ("Zie @sec-b.\n\n## B {- #sec-b}", "@sec-b points to a section without a number"),
        ("Zie @anders.\n\n## B {#anders}", "@anders points to nothing"),
        ("::: {#fig-b}\nGeen figuur.\n:::", "what Quarto numbers in a way of its own"),
        ("::: {#tbl-b}\nGeen tabel.\n:::", "#tbl-b holds not one table"),
        ("::: {#tbl-b}\n\n| a |\n|---|\n| b |\n\n| c |\n|---|\n| d |\n\nTwee.\n\n:::", "holds not one table"),
        ("::: {#tbl-b}\n\n| a |\n|---|\n| b |\n\nBron.\n\nNaam.\n\n:::", "holds not one table"),
        ("::: {#tbl-b}\n\nVooraf.\n\n| a |\n|---|\n| b |\n\n:::", "holds not one table"),
        ("![](vlak.svg)", "vlak.svg has no text alternative"),
        ("![Een foto](kapot.svg)", "cannot be drawn"),
    ],
)
def test_every_refusal_has_a_place(tmp_path: Path, line: str, says: str) -> None:
    files = {"vlak.svg": SVG} | ({"kapot.svg": "<svg"} if "kapot" in line else {})
    (tmp_path / "buiten.png").touch()
    with pytest.raises(VoortgangError) as caught:
        _made(tmp_path / "bron", f"Een.\n\nTwee.\n\n{line}\n", "html", **files)
    assert says in caught.value.what
    assert "/tmp" not in str(caught.value) and "voortgang-" not in str(caught.value)
    wanted = "templates/kapot.svg" if "kapot" in line else "hoofdstukken/_a.qmd, line 5"
    assert caught.value.where.splitlines()[0] == wanted
    assert isinstance(caught.value, TemplateError | EngineError)


@pytest.mark.parametrize("form", ["html", "pdf", "docx"])
@pytest.mark.parametrize("written", ["mijn foto.svg", "mijn%20foto.svg", 'mijn%20foto.svg "titel"'])
def test_a_picture_of_ones_own_may_be_svg_and_have_a_blank_in_its_name(tmp_path: Path, form: str, written: str) -> None:
    content = _made(tmp_path / "bron", f"![Een vlak]({written})\n", form, **{"mijn foto.svg": SVG})
    assert content


def test_a_line_that_a_program_names_is_that_of_the_chapter() -> None:
    lines = [Line("a", "rapport.qmd", 1), Line("b", "hoofdstukken/_b.qmd", 7), Line("c", "fragmenten/_tbl-c.md", 2)]
    lines.append(Line("d", "fragmenten/_toelichting-werken.md", 3))
    said = "[WARNING] Duplicate identifier at line 2 column 1"
    assert place_of(said, lines, "rapport.qmd") == "hoofdstukken/_b.qmd, line 7"
    assert place_of("at line 3 column 1", lines, "rapport.qmd") == "the notebook cell with the label tbl-c"
    assert place_of("at line 4", lines, "rapport.qmd") == "data/toelichting/, the text werken.md of this year, line 3"
    assert place_of("something else", lines, "rapport.qmd") == "rapport.qmd"


def test_a_heading_that_skips_a_level_is_named() -> None:
    texts = ("## A", "### B", "```", "# D", "```", "# E", "### F", "#### G", "# H", "### I")
    lines = [Line(text, "_a.qmd", number, 3 <= number <= 5) for number, text in enumerate(texts, start=1)]
    assert place_of("PDF/UA-1 error: skipped from heading level 2 to 4", lines, "x") == "_a.qmd, line 7"
    assert place_of("skipped from heading level 1 to 4", lines, "rapport.qmd") == "rapport.qmd"


def test_what_quarto_names_is_found_in_the_chapters() -> None:
    lines = [Line("![](foto.jpg)", "hoofdstukken/_a.qmd", 5), Line("b", "hoofdstukken/_b.qmd", 7)]
    said = "toegankelijk.lua:43: the figure foto.jpg has no text alternative: write one as fig-alt"
    assert named_in(said, lines) == "hoofdstukken/_a.qmd, line 5"
    assert named_in("error at line 2 of a file of Quarto's own", lines) is None


def test_words_of_a_program_hold_no_temporary_path_and_no_trace() -> None:
    said = (
        "Error running filter /tmp/v-1/bron/x.lua:\n/tmp/v-1/bron/x.lua:12: the figure a.svg is odd\n"
        "stack traceback:\n\t[C]: in function 'error'\n"
    )
    assert words_of(said, "/tmp/v-1/bron") == "the figure a.svg is odd"
