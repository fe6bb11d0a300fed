"""The built-in path does what Quarto does, and Quarto is called as it should be."""

from __future__ import annotations

import os
import shutil
import stat
import subprocess
import sys
import zipfile
from datetime import date
from io import BytesIO
from pathlib import Path

import pytest
from documents import html_text

from voortgang.assemble.document_names import FORMATS
from voortgang.assemble.engines import builtin, quarto
from voortgang.assemble.render import assemble, chosen_engine, passed_over, version_of
from voortgang.errors import EngineError, TemplateError
from voortgang.workspace.extension import extension
from voortgang.writing.pandoc_tree import pandoc

DAY = date(2021, 12, 31)
JOBS = [("rapport.qmd", form) for form in FORMATS]
PROJECT = "title: Proef\nlang: nl\nnumber-sections: true\ntoc: true\n"


def _project(folder: Path, **files: str) -> Path:
    folder.mkdir()
    (folder / "_quarto.yml").write_text(PROJECT, encoding="utf-8")
    (folder / "_variables.yml").write_text("a:\n  b: 'waarde \\*'\n", encoding="utf-8")
    for name, text in files.items():
        path = folder / name.replace("__", "/")
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    return folder


def _html(folder: Path) -> str:
    ((_, content, _),) = builtin.render(folder, [[("rapport.qmd", "html")]], DAY)
    page = folder.parent / "page.html"
    page.write_bytes(content)
    return html_text(page)


def test_nested_includes_count_from_the_root_document(tmp_path: Path) -> None:
    files = {
        "rapport.qmd": "{{< include delen/_een.qmd >}}\n",
        "delen__een.qmd": "",
        "delen/_een.qmd": "{{< include delen/_twee.qmd >}}\n",
        "delen/_twee.qmd": "diep {{< var a.b >}} {{< meta title >}}\n",
    }
    assert "diep waarde * Proef" in _html(_project(tmp_path / "bron", **files))


def test_files_that_include_each_other_are_refused(tmp_path: Path) -> None:
    files = {"rapport.qmd": "{{< include _een.qmd >}}\n", "_een.qmd": "x\n\n{{< include _een.qmd >}}\n"}
    with pytest.raises(TemplateError, match="includes itself") as caught:
        _html(_project(tmp_path / "bron", **files))
    assert caught.value.where == "_een.qmd, line 3"


def test_an_include_cannot_leave_the_project(tmp_path: Path) -> None:
    (tmp_path / "buiten.qmd").write_text("geheim", encoding="utf-8")
    with pytest.raises(TemplateError):
        _html(_project(tmp_path / "bron", **{"rapport.qmd": "{{< include ../buiten.qmd >}}\n"}))


def test_numbers_follow_the_order_of_the_document(tmp_path: Path) -> None:
    text = """# Een {#sec-een}

Zie @tbl-b, @tbl-a en @sec-drie.

## Zonder nummer {.unnumbered}

## Twee

## Drie {#sec-drie}

| x |
|---|
| 1 |

: Eerste {#tbl-a}

::: {#tbl-b}

| y |
|---|
| 2 |

Tweede **met vet**
:::
"""
    page = _html(_project(tmp_path / "bron", **{"rapport.qmd": text}))
    assert "Zie Tabel 2, Tabel 1 en Paragraaf 1.2." in page
    assert "Tabel 1: Eerste" in page
    assert "Tabel 2: Tweede met vet" in page


WORDS_AROUND = {
    "[vooral @tbl-a, kolom Fase]": "vooral Tabel 1, kolom Fase.",
    "[@tbl-a kolom Fase; zie ook @tbl-b]": "Tabel 1 kolom Fase; zie ook Tabel 2.",
    "[zie tabel -@tbl-a en @tbl-b, onderaan]": "zie tabel 1 en Tabel 2, onderaan.",
    "@tbl-a [kolom Fase; en @tbl-b]": "Tabel 1 (kolom Fase; en Tabel 2).",
    "@tbl-a [@tbl-b]": "Tabel 1 (Tabel 2).",
    "[@tbl-a]": "Tabel 1.",
}


@pytest.mark.parametrize("written", WORDS_AROUND)
def test_words_around_a_reference_stay(tmp_path: Path, written: str) -> None:
    tables = "".join(f"| x |\n|---|\n| 1 |\n\n: Een tabel {{#tbl-{name}}}\n\n" for name in "ab")
    folder = _project(tmp_path / "bron", **{"rapport.qmd": f"Zie {written}.\n\n{tables}"})
    shutil.copy(extension() / "verwijzingen.lua", folder)
    (folder / "_quarto.yml").write_text(
        PROJECT + "filters: [{path: verwijzingen.lua, at: pre-quarto}]\n", encoding="utf-8"
    )
    assert f"Zie {WORDS_AROUND[written]}" in _html(folder)


def test_a_project_with_an_older_extension_keeps_the_words_too(tmp_path: Path) -> None:
    text = "Zie [vooral @tbl-a, kolom Fase].\n\n| x |\n|---|\n| 1 |\n\n: Een tabel {#tbl-a}\n"
    assert "Zie vooral Tabel 1, kolom Fase." in _html(_project(tmp_path / "bron", **{"rapport.qmd": text}))


def test_content_is_shown_per_format(tmp_path: Path) -> None:
    text = """::: {.content-visible when-format="html"}
alleen web
:::

::: {.content-visible unless-format="html"}
nooit web
:::
"""
    page = _html(_project(tmp_path / "bron", **{"rapport.qmd": text}))
    assert "alleen web" in page
    assert "nooit web" not in page


def test_a_figure_without_text_alternative_is_described_by_its_caption(tmp_path: Path) -> None:
    svg = '<svg xmlns="http://www.w3.org/2000/svg" width="9" height="9"><rect width="9" height="9"/></svg>'
    files = {"rapport.qmd": "![Een vlak](vlak.svg){#fig-vlak}\n", "vlak.svg": svg}
    folder = _project(tmp_path / "bron", **files)
    shutil.copy(extension() / "toegankelijk.lua", folder)
    (folder / "_quarto.yml").write_text(PROJECT + "filters: [{path: toegankelijk.lua}]\n", encoding="utf-8")
    ((_, content, _),) = builtin.render(folder, [[("rapport.qmd", "html")]], DAY)
    assert b'alt="Een vlak"' in content


def test_the_caption_that_describes_a_figure_keeps_all_its_words_in_the_pdf(tmp_path: Path) -> None:
    (tmp_path / "a.md").write_text("![Stand -1 ... over 2019--2021, a//b](a.svg)\n", encoding="utf-8")
    command = [
        pandoc(),
        "a.md",
        "--from=markdown-smart",
        "--to=typst",
        f"--lua-filter={extension() / 'toegankelijk.lua'}",
    ]
    made = subprocess.run(command, cwd=tmp_path, check=True, capture_output=True, text=True, encoding="utf-8").stdout
    assert 'alt: "Stand -1 ... over 2019--2021, a//b"' in made


STAND_IN = """#!{python}
import os, pathlib, re, sys, zipfile
arguments = sys.argv[1:]
if "--version" in arguments:
    print("{version}")
    sys.exit(0)
names = " ".join(re.findall(r"- (\\S+)[.]qmd", pathlib.Path("_quarto.yml").read_text()))
with pathlib.Path("{log}").open("a") as log:
    log.write(" ".join([*arguments, names, os.environ.get("GEHEIM", "")]).strip() + "\\n")
if {fails}:
    print("ERROR: broken chapter", file=sys.stderr)
    for number in range(100):
        print(f"\\x1b[33mline {{number}}\\x1b[39m", file=sys.stderr)
    sys.exit(1)
if {warns}:
    print("WARNING (refs.lua:1) Unable to resolve crossref @fig-x", file=sys.stderr)
form = {{"html": "html", "typst": "pdf", "docx": "docx"}}[arguments[-1].split("-")[-1]]
for name in names.split():
    made = pathlib.Path(f"{{name}}.{{form}}")
    if form == "docx":
        with zipfile.ZipFile(made, "w") as file:
            file.writestr("word/document.xml", f"<w:tr>{{name}} {{form}}</w:tr>")
    else:
        made.write_text(f"{{name}} {{form}}")
"""


def _stand_in(folder: Path, monkeypatch: pytest.MonkeyPatch, version: str = "1.10.18", does: str = "") -> Path:
    """Put a program `quarto` on the PATH that writes down how it is called; it is no Quarto."""
    folder.mkdir()
    program = folder / "quarto"
    text = STAND_IN.format(
        python=sys.executable, log=folder / "log", version=version, fails=does == "fails", warns=does == "warns"
    )
    program.write_text(text, encoding="utf-8")
    program.chmod(program.stat().st_mode | stat.S_IEXEC)
    monkeypatch.setenv("PATH", f"{folder}{os.pathsep}{os.environ['PATH']}")
    return folder / "log"


def test_quarto_is_called_once_a_format_for_all_documents(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    log = _stand_in(tmp_path / "bin", monkeypatch)
    monkeypatch.setenv("GEHEIM", "sleutel")
    files = {"rapport.qmd": "x", "blad.qmd": "---\nblad: true\n---\n", "_extensions__v__rapport.html": "no document"}
    sources = _project(tmp_path / "bron", **files)
    jobs = [*JOBS, ("blad.qmd", "html")]
    made = {job: content for job, content, _ in assemble(sources, chosen_engine("auto"), [jobs], DAY)}
    with zipfile.ZipFile(BytesIO(made["rapport.qmd", "docx"])) as file:
        rows = file.read("word/document.xml")
    assert rows == b"<w:tr><w:trPr><w:cantSplit/></w:trPr>rapport docx</w:tr>", "as of the built-in path"
    made["rapport.qmd", "docx"] = b"rapport docx"
    assert made == {(name, form): f"{Path(name).stem} {form}".encode() for name, form in jobs}
    called = sorted(log.read_text(encoding="utf-8").splitlines())
    assert called == ["render --to docx rapport", "render --to html rapport blad", "render --to typst rapport"]
    assert not list(sources.glob("*.html")), "the sources stay as they are"


@pytest.mark.parametrize("does", ["fails", "warns"])
def test_all_that_quarto_says_is_passed_on(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, does: str) -> None:
    _stand_in(tmp_path / "bin", monkeypatch, does=does)
    sources = _project(tmp_path / "bron", **{"rapport.qmd": "x"})
    with pytest.raises(EngineError) as caught:
        list(assemble(sources, "quarto", [JOBS[:1]], DAY))
    said = caught.value.expected
    assert said.splitlines()[0] == ("ERROR: broken chapter" if does == "fails" else said)
    assert ("line 99" if does == "fails" else "Unable to resolve crossref @fig-x") in said
    assert "\x1b" not in said


@pytest.mark.parametrize("version", ["1.7.34", "1.9.38", "unknown"])
def test_a_quarto_that_is_too_old_is_named_and_passed_over(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, version: str
) -> None:
    _stand_in(tmp_path / "bin", monkeypatch, version)
    assert chosen_engine("auto") == "builtin"
    assert version in passed_over()
    with pytest.raises(EngineError, match=f"version {version}") as caught:
        version_of("quarto")
    assert "1.10 or newer" in caught.value.expected


@pytest.mark.parametrize("version", ["1.10.0", "1.11.3", "2.0.1", "99.9.9"])
def test_a_newer_quarto_is_used(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, version: str) -> None:
    _stand_in(tmp_path / "bin", monkeypatch, version)
    assert (chosen_engine("auto"), passed_over(), version_of("quarto")) == ("quarto", "", f"quarto {version}")


@pytest.mark.parametrize(
    "line", ["a {{< env HOME >}}", "`{{<env 'HOME'>}}`", '![x](y.svg){fig-alt="&lbrace;{< env HOME >}}"}']
)
def test_a_chapter_cannot_publish_the_environment(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, line: str) -> None:
    _stand_in(tmp_path / "bin", monkeypatch)
    sources = _project(tmp_path / "bron", **{"rapport.qmd": "x", "hoofdstukken__a.qmd": f"y\n{line}\n"})
    with pytest.raises(TemplateError, match="'env'") as caught:
        list(assemble(sources, "quarto", [JOBS[:1]], DAY))
    assert caught.value.where == "hoofdstukken/a.qmd, line 2"


def test_a_shortcode_that_is_shown_is_no_shortcode(tmp_path: Path) -> None:
    sources = _project(tmp_path / "bron", **{"rapport.qmd": "`{{{< env HOME >}}}` \\{\\{\\< env HOME \\>\\}\\}"})
    quarto.refuse_environment(sources)
