"""The built-in path does what Quarto does, and Quarto is called as it should be."""

from __future__ import annotations

import os
import shutil
import stat
import sys
from datetime import date
from pathlib import Path

import pytest
from conftest import REPOSITORY
from documents import html_text

from voortgang.assemble.engines import builtin
from voortgang.assemble.quarto_project import FORMATS
from voortgang.assemble.render import assemble, chosen_engine
from voortgang.errors import EngineError, TemplateError

DAY = date(2021, 12, 31)
JOBS = [("rapport.qmd", form) for form in FORMATS]
PROJECT = "title: Proef\nlang: nl\nnumber-sections: true\ntoc: true\n"


def _project(folder: Path, **files: str) -> Path:
    folder.mkdir()
    (folder / "_quarto.yml").write_text(PROJECT, encoding="utf-8")
    (folder / "_variables.yml").write_text("a:\n  b: 'waarde \\*'\n", encoding="utf-8")
    for name, text in files.items():
        path = folder / name.replace("__", "/")
        path.parent.mkdir(exist_ok=True)
        path.write_text(text, encoding="utf-8")
    return folder


def _html(folder: Path) -> str:
    ((_, content, _),) = builtin.render(folder, [("rapport.qmd", "html")], DAY)
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


def test_shortcodes_in_code_are_text(tmp_path: Path) -> None:
    page = _html(_project(tmp_path / "bron", **{"rapport.qmd": "```\n{{< video x >}}\n```\n"}))
    assert "{{< video x >}}" in page


def test_a_figure_without_text_alternative_is_described_by_its_caption(tmp_path: Path) -> None:
    svg = '<svg xmlns="http://www.w3.org/2000/svg" width="9" height="9"><rect width="9" height="9"/></svg>'
    files = {"rapport.qmd": "![Een vlak](vlak.svg){#fig-vlak}\n", "vlak.svg": svg}
    folder = _project(tmp_path / "bron", **files)
    shutil.copy(REPOSITORY / "templates" / "toegankelijk.lua", folder)
    (folder / "_quarto.yml").write_text(PROJECT + "filters: [{path: toegankelijk.lua}]\n", encoding="utf-8")
    ((_, content, _),) = builtin.render(folder, [("rapport.qmd", "html")], DAY)
    assert b'alt="Een vlak"' in content


STAND_IN = """#!{python}
import pathlib, sys
arguments = sys.argv[1:]
if "--version" in arguments:
    print("1.7.34")
    sys.exit(0)
pathlib.Path("{log}").open("a").write(" ".join(arguments) + "\\n")
if {fails}:
    print("ERROR: broken chapter", file=sys.stderr)
    sys.exit(1)
form = {{"html": "html", "typst": "pdf", "docx": "docx"}}[arguments[-1]]
pathlib.Path(f"rapport.{{form}}").write_text(form)
"""


def _stand_in(folder: Path, fails: bool, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Put a program `quarto` on the PATH that writes down how it is called; it is no Quarto."""
    folder.mkdir()
    program = folder / "quarto"
    program.write_text(STAND_IN.format(python=sys.executable, log=folder / "log", fails=fails), encoding="utf-8")
    program.chmod(program.stat().st_mode | stat.S_IEXEC)
    monkeypatch.setenv("PATH", f"{folder}{os.pathsep}{os.environ['PATH']}")
    return folder / "log"


def test_quarto_is_called_once_a_format(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    log = _stand_in(tmp_path / "bin", False, monkeypatch)
    sources = _project(tmp_path / "bron", **{"rapport.qmd": "x"})
    made = assemble(sources, chosen_engine("auto"), JOBS, DAY)
    assert [(job, content.decode()) for job, content, _ in made] == [(job, job[1]) for job in JOBS]
    assert log.read_text(encoding="utf-8").splitlines() == [
        f"render rapport.qmd --to {target}" for target in ("html", "typst", "docx")
    ]
    assert sorted(path.name for path in sources.iterdir()) == ["_quarto.yml", "_variables.yml", "rapport.qmd"]


def test_what_quarto_says_is_passed_on(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    _stand_in(tmp_path / "bin", True, monkeypatch)
    sources = _project(tmp_path / "bron", **{"rapport.qmd": "x"})
    with pytest.raises(EngineError, match="broken chapter"):
        list(assemble(sources, "quarto", JOBS, DAY))
