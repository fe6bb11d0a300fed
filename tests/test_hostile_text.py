"""Text from data comes out as the characters that went in, in every format."""

from __future__ import annotations

import csv
import json
import subprocess
from pathlib import Path
from typing import Any

import pypandoc
import pytest
from conftest import run, trim
from documents import docx_text, html_text, pdf_pages
from hypothesis import given, settings
from hypothesis import strategies as st

from voortgang.writing import markdown

HOSTILE = (
    "**vet** _schuin_ `code` ~~weg~~ ^boven^ [link](https://x.nl)",
    "{{< include /etc/passwd >}} {{< var deal.naam >}}",
    "<script>alert(1)</script> <b>x</b> &amp; &lt;",
    '#set text(red) #include "x" $x^2$ \\textbf{y}',
    "@fig-geld @tbl-geld [@sec-inleiding] ::: {.callout}",
    '=cmd|"/c calc"!A1 | kolom | ```{=html} x``` {=typst}',
    "1. lijst # kop > citaat -- streep ... 'a' \"b\" é ü ß – —",
    "https://x.nl/a//b ~ -5 -? 2019-2021 --- /*x*/",
    "Ωμέγα Привет ½ ✓ ≥ Łódź ő",
    "%PDF \\u0041 C:\\map\\bestand ../../etc ![x](y.png){width=1}",
)


@pytest.mark.parametrize("size", ["projects", pytest.param("whole", marks=pytest.mark.long)])
def test_hostile_names_reach_every_format_as_typed(workspace: Path, size: str) -> None:
    if size == "projects":
        trim(workspace, {"tbl-werken-projecten": "pijler"})
    file = workspace / "data" / "projecten.csv"
    with file.open(encoding="utf-8", newline="") as stream:
        rows = list(csv.DictReader(stream))
    werken = [row for row in rows if row["pijler"] == "werken" and row["start"] <= "2021-12-31"]
    for row, name in zip(werken, HOSTILE, strict=False):
        row["naam"] = name
    with file.open("w", encoding="utf-8", newline="") as stream:
        writer = csv.DictWriter(stream, rows[0].keys(), lineterminator="\n")
        writer.writeheader()
        writer.writerows(rows)
    done = run("build", "2021", "--engine", "builtin", cwd=workspace)
    assert done.code == 0, done.err
    report = workspace / "reports" / "2021"
    html = html_text(report / "voortgangsrapportage-2021.html")
    word = docx_text(report / "voortgangsrapportage-2021.docx")
    pdf = "".join("".join(pdf_pages(report / "voortgangsrapportage-2021.pdf")).split())
    for name in HOSTILE:
        folded = " ".join(name.split())
        assert folded in html
        assert folded in word
        # A cell of the PDF breaks lines where it must, and hyphenates words there.
        assert _loose(name) in pdf.replace("-", "")
    assert "root:x:" not in html
    assert "<script>alert" not in (report / "voortgangsrapportage-2021.html").read_text(encoding="utf-8")
    assert "<script>alert" not in (report / "notebooks" / "pijler-werken.html").read_text(encoding="utf-8")


def _loose(text: str) -> str:
    return "".join(text.split()).replace("-", "")


_TEXT = st.text(
    st.characters(min_codepoint=32, max_codepoint=0x2FF, exclude_characters="\x7f\xa0\xad", exclude_categories=["Cc"]),
    min_size=1,
    max_size=40,
)


def _plain(source: str) -> str:
    return _words(_pandoc_json(source)["blocks"])


def _pandoc_json(source: str) -> Any:
    reader = "markdown-raw_html-raw_tex-raw_attribute-tex_math_dollars-example_lists"
    command = [pypandoc.get_pandoc_path(), f"--from={reader}", "--to=json"]
    done = subprocess.run(command, input=source, capture_output=True, text=True, check=True)
    return json.loads(done.stdout)


def _words(node: object) -> str:
    if isinstance(node, list):
        return "".join(map(_words, node))
    if isinstance(node, dict):
        kind = node.get("t")
        if kind == "Str":
            return str(node["c"])
        if kind in {"Space", "SoftBreak"}:
            return " "
        assert kind in {"Para", "Plain"}, f"{kind} is markup that the text did not have"
        return _words(list(node.values()))
    return ""


@settings(max_examples=150, deadline=None)
@given(_TEXT)
def test_escaped_text_is_read_back_unchanged(text: str) -> None:
    assert _fold(_plain(markdown.escape(text))) == _fold(text)


def _fold(text: str) -> str:
    return " ".join(text.split())


@settings(max_examples=60, deadline=None)
@given(st.lists(_TEXT, min_size=2, max_size=2))
def test_table_cells_are_read_back_unchanged(texts: list[str]) -> None:
    table = markdown.Table("tbl-x", "x", ("a", "b"), ("left", "right"), (tuple(texts),), (20, 20))
    (div,) = _pandoc_json(str(table))["blocks"]
    (body,) = div["c"][1][0]["c"][4]
    ((_, cells),) = body[3]
    assert [_fold(_words(cell[4])) for cell in cells] == [_fold(text) for text in texts]


@settings(max_examples=60, deadline=None)
@given(_TEXT)
def test_attributes_are_read_back_unchanged(text: str) -> None:
    source = f'![x](y.svg){{#fig-x fig-alt="{markdown.attribute(text)}"}}'
    found = json.dumps(_pandoc_json(source), ensure_ascii=False)
    assert json.dumps(["fig-alt", " ".join(text.split())], ensure_ascii=False) in found


@pytest.mark.parametrize("text", ["{{< var x >}}", "\\{\\{< x >\\}\\}", "{{{< x >}}}"])
def test_no_shortcode_survives_escaping(text: str) -> None:
    from voortgang.assemble.shortcodes import SHORTCODE

    assert not SHORTCODE.search(markdown.escape(text))
    assert not SHORTCODE.search(markdown.attribute(text))
