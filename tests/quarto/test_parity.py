"""Nobody can tell which engine made a report: the same words, structure and marks, document by document.

Run where a Quarto that works is installed; `make quarto` installs one.
"""

from __future__ import annotations

import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest
from shape import doubled, shape

from voortgang.assemble.document_names import Job
from voortgang.assemble.engines import builtin, installed_quarto, quarto
from voortgang.assemble.quarto_project import documents
from voortgang.errors import EngineError
from voortgang.publish.layout import document_path
from voortgang.readers.compare.contents import contents
from voortgang.workspace.parameters import read_parameters
from voortgang.workspace.paths import Workspace
from voortgang.writing import markdown

FOUND = installed_quarto.installed()
pytestmark = [
    pytest.mark.quarto,
    pytest.mark.skipif(
        FOUND is None or not FOUND.works,
        reason=f"needs {installed_quarto.WANTED}; {f'this is {FOUND.version}' if FOUND else 'none is installed'}",
    ),
]
YEARS = (2019, 2021, 2023)


@pytest.fixture(scope="module", params=YEARS)
def made(request: pytest.FixtureRequest, reports: Path) -> tuple[int, Path, dict[Job, bytes]]:
    """The documents of a year by Quarto, from the sources that lie with the report of the built-in path."""
    year = request.param
    sources = reports / str(year) / "bron"
    day = read_parameters(Workspace(reports.parent), year).reference_date
    wanted = [
        (name, form)
        for name, form in documents(sources, "_quarto.yml", True)
        if "gemeente-" not in name or name.endswith("gemeente-emmen.qmd")
    ]
    return year, reports / str(year), {job: content for job, content, _ in quarto.render(sources, [wanted], day)}


def _pairs(made: tuple[int, Path, dict[Job, bytes]], form: str) -> Iterator[tuple[str, bytes, bytes]]:
    year, report, by_quarto = made
    for (name, other), content in by_quarto.items():
        if other == form:
            yield name, (report / document_path(year, name, form)).read_bytes(), content


@pytest.mark.parametrize("form", ["html", "pdf", "docx", "odt"])
def test_both_engines_say_and_show_the_same(made: tuple[int, Path, dict[Job, bytes]], form: str) -> None:
    pairs = list(_pairs(made, form))
    assert pairs
    for name, of_builtin, of_quarto in pairs:
        assert {each.kind for each in contents(f"x.{form}", of_builtin, of_quarto)} <= {"form"}, name
        assert shape(form, of_quarto) == shape(form, of_builtin), name


def test_word_gets_what_its_schema_allows(made: tuple[int, Path, dict[Job, bytes]]) -> None:
    for _, of_builtin, of_quarto in _pairs(made, "docx"):
        assert doubled(of_quarto) == doubled(of_builtin) == []


def test_axe_finds_nothing_in_what_quarto_made(made: tuple[int, Path, dict[Job, bytes]], tmp_path: Path) -> None:
    from test_accessibility import examined, require_tools

    require_tools()
    for name, _, content in _pairs(made, "html"):
        page = tmp_path / name.replace(".qmd", ".html")
        page.write_bytes(content)
        assert examined(page, tmp_path)["found"] == [], name


HOSTILE = (
    '{{< env HOME >}} {{{< env HOME >}}} "{{< include /etc/passwd >}}" {#tbl-y} <b>&lbrace;</b> '
    "\\{\\{\\< meta title \\>\\}\\}"
)
SVG = '<svg xmlns="http://www.w3.org/2000/svg" width="90" height="9"><rect width="90" height="9"/></svg>'


def _project(folder: Path, text: str) -> Path:
    """A project of ten lines that uses the extension."""
    from voortgang.workspace.starting.new_workspace import copy_style

    folder.mkdir()
    copy_style(folder)
    formats = "".join(f"  voortgang-{form}: default\n" for form in ("html", "typst", "docx"))
    (folder / "_quarto.yml").write_text(f"title: Proef\nformat:\n{formats}", encoding="utf-8")
    (folder / "_variables.yml").write_text("{}\n", encoding="utf-8")
    (folder / "figuren").mkdir()
    (folder / "figuren" / "fig-vlak.svg").write_text(SVG, encoding="utf-8")
    from voortgang.writing.pixels import png

    (folder / "figuren" / "fig-vlak.png").write_bytes(png(SVG.encode()))
    (folder / "rapport.qmd").write_text(text, encoding="utf-8")
    return folder


def test_hostile_text_is_text_in_every_place(tmp_path: Path) -> None:
    from datetime import date

    figure = markdown.Figure("fig-vlak", "figuren/fig-vlak.svg", HOSTILE, HOSTILE)
    table = markdown.Table(
        "tbl-x", HOSTILE.translate({123: "(", 125: ")"}), (HOSTILE, "b"), ("left", "right"), [(HOSTILE, "1")], (20, 5)
    )
    cards = markdown.Cards([(HOSTILE, HOSTILE, HOSTILE)] * 5)
    parts = f"# {markdown.escape(HOSTILE)} {{#sec-a}}", "Zie @fig-vlak, @tbl-x en @sec-a.", figure, table, cards
    text = "\n\n".join(map(str, parts)) + "\n"
    sources = _project(tmp_path / "bron", text)
    jobs = [("rapport.qmd", form) for form in ("html", "pdf", "docx")]
    day = date(2021, 12, 31)
    of_builtin, of_quarto = (
        {job: content for job, content, _ in engine.render(sources, [jobs], day)} for engine in (builtin, quarto)
    )
    for job in jobs:
        seen = [str(list(shape(job[1], made[job]))).translate({32: "", 45: ""}) for made in (of_quarto, of_builtin)]
        assert seen[0] == seen[1], "but for where lines end, and the hyphens there"
    assert of_builtin[jobs[0]].decode().count("env HOME") >= 2 * 20 + 2, "in each place"
    with pytest.raises(EngineError, match="caption of a table holds a brace"):
        _project_with_caption(tmp_path / "anders", HOSTILE)


PICTURES = """![Met naam](figuren/fig-vlak.svg){#fig-vlak fig-alt="Een vlak" width=60%}

Na @fig-vlak.

![Zonder naam, bij @fig-vlak, met een noot.^[De noot.]](figuren/fig-vlak.svg){.breed fig-alt="Een vlak"}

- een punt

  ![In een lijst, zonder alternatief](figuren/fig-vlak.svg){width=50%}

![](figuren/fig-vlak.svg){fig-alt="Zonder bijschrift"}
"""


@pytest.mark.parametrize("form", ["html", "pdf", "docx"])
def test_a_picture_without_a_label_leaves_all_pictures_as_they_are(tmp_path: Path, form: str) -> None:
    from datetime import date

    sources = _project(tmp_path / "bron", PICTURES)
    of_builtin, of_quarto = (
        next(engine.render(sources, [[("rapport.qmd", form)]], date(2021, 12, 31)))[1] for engine in (builtin, quarto)
    )
    assert shape(form, of_quarto) == shape(form, of_builtin)


OWN = """---
blad: true
toc: true
author: Bureau
---

# Kop

![Zonder *alternatief*](figuren/fig-vlak.svg){#fig-vlak width=60%}

| a | b |
|---|--:|
| 1 | 2 |

: Zonder label

::: {.kader}
- | a |
  |---|
  | 1 |

  : In een lijst
:::

Een inleiding die in Word een tabel krijgt.

::: {.content-visible when-format="docx"}
| c |
|---|
| 3 |

: Alleen in Word
:::

::: {.content-visible when-format="html"}
Alleen in HTML.
:::

| d |
|---|
| 4 |

Met ![een teken](figuren/fig-vlak.svg){width=20px} in de tekst, en een taak:

- [x] gedaan, aan [wie](<een bestand.html>) <a@b.nl>

![Van een hoogte](figuren/fig-vlak.svg){height=48 fig-alt="Een vlak"}

``` {.python}
x = 1
```

{{< pagebreak >}}

Zie @fig-vlak.

{{< pagebreak >}}
"""


@pytest.mark.parametrize("form", ["html", "pdf", "docx"])
def test_what_the_report_itself_does_not_use_is_the_same_too(tmp_path: Path, form: str) -> None:
    from datetime import date

    sources = _project(tmp_path / "bron", OWN)
    of_builtin, of_quarto = (
        next(engine.render(sources, [[("rapport.qmd", form)]], date(2021, 12, 31)))[1] for engine in (builtin, quarto)
    )
    assert shape(form, of_quarto) == shape(form, of_builtin)


def _project_with_caption(folder: Path, caption: str) -> None:
    from datetime import date

    table = markdown.Table("tbl-x", caption, ("a",), ("left",), [("1",)], (20,))
    sources = _project(folder, "{{< include fragmenten/_tbl-x.md >}}\n")
    (sources / "fragmenten").mkdir()
    (sources / "fragmenten" / "_tbl-x.md").write_text(f"{table}\n", encoding="utf-8")
    list(quarto.render(sources, [[("rapport.qmd", "html")]], date(2021, 12, 31)))


def test_what_belongs_to_a_report_can_be_rendered_in_place(reports: Path, tmp_path: Path) -> None:
    report = shutil.copytree(reports / "2021", tmp_path / "2021")
    program = installed_quarto.require().program
    command = [program, "render", "gemeente-emmen.qmd", "--to", "voortgang-html"]
    subprocess.run(command, cwd=report / "bron", check=True, capture_output=True)
    from bs4 import BeautifulSoup

    page = BeautifulSoup((report / "bron" / "gemeente-emmen.html").read_text(encoding="utf-8"), "html.parser")
    targets = {
        link["href"].partition("#")[0] for link in page.find_all("a") if not link["href"].startswith(("#", "http"))
    }
    assert targets
    assert all((report / "bron" / target).is_file() for target in targets), targets
