"""The filters of the extension turn what Quarto makes into what the built-in path makes. No Quarto is needed."""

from __future__ import annotations

import os
import re
import subprocess
import zipfile
from base64 import b64encode
from pathlib import Path

import pypandoc
import pytest
import typst
from conftest import REPOSITORY
from shape import shape

import voortgang.assemble.engines.builtin as builtin
from voortgang.assemble.chapters import READER
from voortgang.assemble.shortcodes import PAGEBREAK
from voortgang.workspace.extension import extension

HERE = Path(__file__).parent
SOURCE = """# Eerste {#sec-een}

# Naam 2

# Naam 2

# Naam 2

Zie @sec-een, @fig-a en @tbl-b.

![Bijschrift](figuren/fig-geld.svg){#fig-a fig-alt="Alt" width=60%}

| A | B |
|---|--:|
| 1 | 2 |

: Tabel {#tbl-b}
"""

PAGE_ONE = """::: {.inhoudsopgave}
Inhoudsopgave
:::

# In een oogopslag {.unnumbered #sec-oogopslag}

::: {.kaarten}

-   Projecten

    **[31]{.cijfer k="totaal.projecten"}**

    [2]{.cijfer k="totaal.afgerond"} afgerond

    \\+ 6 sinds eind 2020

-   Doelen

    **[8]{.cijfer k="totaal.op_koers"}**

    van 12 behaald of op schema

:::

# Eerste

## Onder

Tekst.
"""


def _written(folder: Path, form: str, read: str, source: str, *filters: Path, stood_in: str = "quarto.lua") -> str:
    """Return what Pandoc writes; of a Word or OpenDocument file its body. The stand-in calls the filter `stood_in`."""
    (folder / "figuren").mkdir(exist_ok=True)
    for ending in ("svg", "png"):
        (folder / "figuren" / f"fig-geld.{ending}").write_bytes(PICTURES[ending])
    # Quarto has written the numbers of headings; only in Typst they are left to Typst.
    numbered = [] if read == "native" and form != "typst" else ["--number-sections"]
    made = folder / f"made.{form}"
    subprocess.run(
        [
            pypandoc.get_pandoc_path(),
            f"--from={read}",
            f"--to={form}",
            f"--output={made}",
            *numbered,
            *(f"--lua-filter={each}" for each in filters),
        ],
        input=source,
        env=os.environ | {"VOORTGANG_FILTER": str(extension() / stood_in), "SOURCE_DATE_EPOCH": "0"},
        cwd=folder,
        text=True,
        check=True,
    )
    bodies = {"docx": "word/document.xml", "odt": "content.xml"}
    if form not in bodies:
        return made.read_text(encoding="utf-8")
    with zipfile.ZipFile(made) as archive:
        body = archive.read(bodies[form]).decode()
    return body.replace(' xml:space="preserve"', "").replace(" />", "/>")


@pytest.mark.parametrize(
    ("page", "source", "words"), [("", SOURCE, "Tabel 1: Tabel"), ("-page-one", PAGE_ONE, "Doelen")]
)
@pytest.mark.parametrize("form", ["html", "typst", "docx", "odt"])
def test_what_quarto_makes_becomes_what_the_built_in_path_makes(
    tmp_path: Path, form: str, page: str, source: str, words: str
) -> None:
    tree = (HERE / "trees" / f"{form}{page}.native").read_text(encoding="utf-8")
    accessible = extension() / "toegankelijk.lua"
    of_quarto = _written(tmp_path, form, "native", tree, HERE / "stand_in.lua", accessible)
    crossref = Path(builtin.__file__).with_name("crossref.lua")
    of_builtin = _written(tmp_path, form, READER, source, crossref, accessible)
    assert words in re.sub("[~\xa0]", " ", of_builtin)
    assert of_quarto == of_builtin


@pytest.mark.parametrize("form", ["html", "typst", "docx", "odt"])
@pytest.mark.parametrize("marks", ["", '{fig-alt="Alt"}', "{.breed width=60%}"])
def test_a_captioned_picture_needs_no_label(tmp_path: Path, form: str, marks: str) -> None:
    source = f"![Bijschrift met **vet**](figuren/fig-geld.svg){marks}\n"
    stand_in, accessible = HERE / "stand_in.lua", extension() / "toegankelijk.lua"
    between = _written(tmp_path, "native", READER, source, stand_in, stood_in="figuren.lua")
    assert "Figure" not in between, "Quarto would write every figure in its own way"
    of_quarto = _written(tmp_path, form, "native", between, stand_in, accessible)
    assert of_quarto == _written(tmp_path, form, READER, source, accessible)


@pytest.mark.parametrize(("form", "part"), [("docx", "docProps/custom.xml"), ("odt", "meta.xml")])
def test_what_quarto_keeps_for_itself_is_no_property_of_a_document(tmp_path: Path, form: str, part: str) -> None:
    tree = (HERE / "trees" / f"{form}.native").read_text(encoding="utf-8")
    names = ("biblio-config", "authors", "by-author")
    own = "".join(f'("{name}", MetaBool True), ' for name in names)
    kept = f'{own}("labels", MetaMap (fromList [])), ("merk", MetaString "Merk")'
    source = f"Pandoc (Meta {{unMeta = fromList [{kept}]}}) {tree}"
    _written(tmp_path, form, "native", source, HERE / "stand_in.lua", extension() / "toegankelijk.lua")
    with zipfile.ZipFile(tmp_path / f"made.{form}") as archive:
        properties = archive.read(part).decode()
    assert "merk" in properties
    assert [name for name in (*names, "labels") if f'"{name}"' in properties] == []


@pytest.mark.parametrize("form", ["html", "typst", "docx", "odt"])
def test_the_caption_of_a_figure_is_its_text_alternative_where_it_has_no_other(tmp_path: Path, form: str) -> None:
    tree = (HERE / "trees" / f"{form}.native").read_text(encoding="utf-8")
    tree = re.sub(r'\( "fig-alt" , "Alt" \)\s*, ', "", tree)
    tree = re.sub(r'\s*, \( "alt" , "Alt" \)', "", tree)
    assert '"Alt"' not in tree
    accessible, crossref = extension() / "toegankelijk.lua", Path(builtin.__file__).with_name("crossref.lua")
    of_quarto = _written(tmp_path, form, "native", tree, HERE / "stand_in.lua", accessible)
    assert of_quarto == _written(tmp_path, form, READER, SOURCE.replace(' fig-alt="Alt"', ""), crossref, accessible)


def test_a_div_that_is_no_table_is_refused_by_its_name(tmp_path: Path) -> None:
    tree = (HERE / "trees" / "html.native").read_text(encoding="utf-8")
    start = tree.index("[ Table")
    end = tree.index("(TableFoot", start)
    tree = tree[:start] + '[ Para [ Str "Tekst" ]' + tree[tree.index("\n        ]", end) :]
    with pytest.raises(subprocess.CalledProcessError):
        _written(tmp_path, "html", "native", tree, HERE / "stand_in.lua")


@pytest.mark.parametrize("caption", ["", "\n: Alleen een *naam* {.typst:no-figure}\n"])
def test_a_caption_without_a_label_stands_in_the_pdf_too(tmp_path: Path, caption: str) -> None:
    source = f"| a |\n|---|\n| 1 |\n{caption}"
    of_quarto = _written(tmp_path, "typst", READER, source, HERE / "stand_in.lua", stood_in="typst-tabellen.lua")
    assert of_quarto == _written(tmp_path, "typst", READER, source.replace(" {.typst:no-figure}", ""))
    assert ("naam" in of_quarto) == bool(caption)


def test_word_has_no_second_contents(tmp_path: Path) -> None:
    template = extension() / "rapport.openxml"
    made = []
    for name in ("zonder", "met"):
        command = [pypandoc.get_pandoc_path(), f"--template={template}", "--to=docx", f"--output={tmp_path / name}"]
        environment = os.environ | {"SOURCE_DATE_EPOCH": "0"}
        contents = ["--toc"] if name == "met" else []
        subprocess.run([*command, *contents], input=SOURCE, env=environment, text=True, check=True, cwd=tmp_path)
        with zipfile.ZipFile(tmp_path / name) as archive:
            made.append(archive.read("word/document.xml"))
    assert made[0] == made[1]


@pytest.mark.parametrize("form", ["pdf", "docx", "odt"])
def test_the_engines_are_compared_by_the_properties_of_files_too(tmp_path: Path, form: str) -> None:
    (tmp_path / "a.md").write_text("Tekst.\n", encoding="utf-8")
    (tmp_path / "a.typ").write_text(
        "#set document(title: [Titel], keywords: sys.inputs.word)\nTekst.", encoding="utf-8"
    )
    shapes = []
    for word in ("een", "een", "twee"):
        if form == "pdf":
            inputs = {"word": word}
            made = typst.compile(tmp_path / "a.typ", pdf_standards=["ua-1", "a-3a"], timestamp=0, sys_inputs=inputs)
        else:
            command = [
                pypandoc.get_pandoc_path(),
                "a.md",
                f"--to={form}",
                f"--metadata=subject:{word}",
                "--output=made",
            ]
            environment = os.environ | {"SOURCE_DATE_EPOCH": "0"}
            subprocess.run(command, cwd=tmp_path, env=environment, check=True)
            made = (tmp_path / "made").read_bytes()
        shapes.append(shape(form, made))
    assert shapes[0] == shapes[1] != shapes[2]


def test_a_page_break_is_one_for_who_prints_the_page(tmp_path: Path) -> None:
    accessible, crossref = extension() / "toegankelijk.lua", Path(builtin.__file__).with_name("crossref.lua")
    tree = r'[Para [Str "Een"], RawBlock (Format "html") "<div style=\"page-break-after: always;\"></div>"]'
    of_quarto = _written(tmp_path, "html", "native", tree, HERE / "stand_in.lua", accessible)
    of_builtin = _written(tmp_path, "html", READER, f"Een\n\n{PAGEBREAK}\n", crossref, accessible)
    assert '<div class="pagina-einde">' in of_builtin
    assert of_quarto == of_builtin


def test_a_page_break_makes_no_page_without_a_word(tmp_path: Path) -> None:
    crossref = Path(builtin.__file__).with_name("crossref.lua")
    tree = r'[Para [Str "Een"], RawBlock (Format "typst") "#pagebreak()\n\n"]'
    of_quarto = _written(tmp_path, "typst", "native", tree, HERE / "stand_in.lua")
    assert "weak: true" in of_quarto
    assert of_quarto == _written(tmp_path, "typst", READER, f"Een\n\n{PAGEBREAK}\n", crossref)


def test_opendocument_has_numbers_of_headings_and_page_breaks(tmp_path: Path) -> None:
    source = "# Een {#sec-een}\n\n## Twee\n\n::: {.pagina-einde}\n:::\n\n# Bijlage {.unnumbered}\n\nZie @sec-een.\n"
    crossref = Path(builtin.__file__).with_name("crossref.lua")
    made = _written(tmp_path, "odt", READER, source, crossref, extension() / "toegankelijk.lua")
    assert re.findall(r">([^<>]+)<text:bookmark-end", made) == ["1 Een", "1.1 Twee", "Bijlage"]
    assert '<text:p text:style-name="Pagebreak"/>' in made
    template = (extension() / "rapport.opendocument").read_text(encoding="utf-8")
    assert re.search(r'style:name="Pagebreak".*fo:break-after="page"', template)


@pytest.mark.parametrize("form", ["html", "typst", "docx", "odt"])
def test_a_second_drawing_is_for_a_narrow_screen_only(tmp_path: Path, form: str) -> None:
    accessible, crossref = extension() / "toegankelijk.lua", Path(builtin.__file__).with_name("crossref.lua")
    tree = (HERE / "trees" / f"{form}.native").read_text(encoding="utf-8")
    (tmp_path / "figuren").mkdir()
    (tmp_path / "figuren" / "eigen.svg").write_bytes(b"<svg/>  smal")
    made = []
    for smal in ("", "smal"):
        name = "figuren/eigen.svg"  # that of a chart, the built-in path fills in itself (test_narrow)
        given = tree.replace('( "fig-alt"', f'( "smal" , "{name}" ) , ( "fig-alt"') if smal else tree
        assert (given != tree) == bool(smal)
        source = SOURCE.replace("{#fig-a", f"{{#fig-a smal={name}") if smal else SOURCE
        of_quarto = _written(tmp_path, form, "native", given, HERE / "stand_in.lua", accessible)
        assert of_quarto == _written(tmp_path, form, READER, source, crossref, accessible)
        made.append(of_quarto)
    if form == "html":
        shown = b64encode(b"<svg/>  smal").decode()
        assert f'<source media="screen and (max-width: 599px)" srcset="data:image/svg+xml;base64,{shown}">' in made[1]
        assert "smal=" not in made[1] and 'alt="Alt"' in made[1]
    else:
        assert made[0] == made[1]


def test_without_quarto_its_filters_do_nothing(tmp_path: Path) -> None:
    filters = [extension() / name for name in ("quarto.lua", "figuren.lua", "typst-tabellen.lua")]
    plain, filtered = (_written(tmp_path, "html", READER, SOURCE, *each) for each in ([], filters))
    assert plain == filtered


def test_the_repository_and_the_package_have_one_extension() -> None:
    assert extension() == REPOSITORY / "templates" / "_extensions" / "voortgang"
    copies = [path for path in (REPOSITORY / "src").rglob("*") if path.name in {"toegankelijk.lua", "stijl.css"}]
    assert copies == []


SVG = b'<svg xmlns="http://www.w3.org/2000/svg" width="9" height="9"><rect width="9" height="9"/></svg>'
PNG = bytes.fromhex(
    "89504e470d0a1a0a0000000d49484452000000010000000108000000003a7e9b550000000a49444154789c6360000000020001e221bc330000"
    "000049454e44ae426082"
)
PICTURES = {"svg": SVG, "png": PNG}
