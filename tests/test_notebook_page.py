"""The page of a notebook holds all that it shows, and loads nothing."""

from __future__ import annotations

import base64
from pathlib import Path
from typing import Any

import nbformat
import pytest
from bs4 import BeautifulSoup
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook, new_output

from voortgang.assemble.notebook_page import POLICY, local_pictures, page
from voortgang.errors import NotebookError

PICTURE = base64.b64decode("iVBORw0KGgo=")
NAME = "notebooks/werken.ipynb"


def _notebook(*cells: Any) -> bytes:
    content = new_notebook(cells=list(cells))
    for number, cell in enumerate(content.cells):
        cell.id = f"c{number}"
    return nbformat.v4.writes(content).encode()


def _html(folder: Path, html: str, kind: str = "text/html") -> tuple[str, BeautifulSoup]:
    notebook = _notebook(new_code_cell("x", outputs=[new_output("display_data", {kind: html})]))
    made = page(notebook, "t", folder, NAME).decode()
    assert page(notebook, "t", folder, NAME).decode() == made, "the same bytes each time"
    return made, BeautifulSoup(made, "lxml")


def test_pictures_beside_the_notebook_are_part_of_the_page(tmp_path: Path) -> None:
    (tmp_path / "mijn foto.png").write_bytes(PICTURE)
    (tmp_path / "diep").mkdir()
    (tmp_path / "diep" / "b.svg").write_text("<svg/>", encoding="utf-8")
    text = "![a](mijn%20foto.png) ![b](<mijn foto.png>) <img src='diep/b.svg' alt='c'>"
    notebook = _notebook(
        new_markdown_cell(text),
        new_code_cell("x", outputs=[new_output("display_data", {"text/html": '<img src="mijn foto.png" alt="d">'})]),
    )
    soup = BeautifulSoup(page(notebook, "t", tmp_path, NAME), "lxml")
    sources = [each["src"] for each in soup.find_all("img")]
    assert [each.split(",")[0] for each in sources] == [
        *("data:image/png;base64", "data:image/png;base64", "data:image/svg+xml;base64", "data:image/png;base64"),
    ]
    assert base64.b64decode(sources[0].split(",")[1]) == PICTURE
    assert set(local_pictures(notebook, tmp_path)) == {"mijn%20foto.png", "mijn foto.png", "diep/b.svg"}


@pytest.mark.parametrize("text", ["![a](weg.png)", "<img src='weg.png'>", "![a](../geheim.png)", "![a](data.csv)"])
def test_a_missing_picture_is_named_with_its_cell(tmp_path: Path, text: str) -> None:
    (tmp_path / "geheim.png").write_bytes(PICTURE)
    (folder := tmp_path / "notebooks").mkdir()
    (folder / "data.csv").write_text("a", encoding="utf-8")
    with pytest.raises(NotebookError) as caught:
        page(
            _notebook(new_markdown_cell("# Kop"), new_markdown_cell(f"Zie `![x](code.png)`.\n\n{text}")),
            "t",
            folder,
            NAME,
        )
    assert caught.value.where == f"{NAME}, cell 2 (text)"


ELSEWHERE = [
    '<script src="https://elders.nl/x.js"></script>',
    '<iframe src="https://elders.nl"></iframe>',
    '<img src="https://elders.nl/x.png">',
    '<img src="//elders.nl/x.png" srcset="https://elders.nl/y.png 2x">',
    '<img src="file:///etc/elders.nl.png">',
    '<link rel="stylesheet" href="https://elders.nl/x.css">',
    '<object data="https://elders.nl/x.pdf"></object>',
    '<embed src="https://elders.nl/x.svg">',
    '<video poster="https://elders.nl/x.png"><source src="https://elders.nl/x.mp4"></video>',
]


@pytest.mark.parametrize("html", ELSEWHERE)
def test_what_would_come_from_elsewhere_makes_place_for_a_note(tmp_path: Path, html: str) -> None:
    made, soup = _html(tmp_path, f"<p>voor</p>{html}<p>na</p>")
    note = soup.select_one(".weggelaten")
    assert note is not None and "Niet opgenomen" in note.get_text() and "elders.nl" in note.get_text()
    assert not soup.select("main script, iframe, object, embed, video, source, main link, [srcset]")
    assert not [each for each in soup.find_all("img") if not each["src"].startswith("data:")]
    assert "<p>voor</p>" in made and "<p>na</p>" in made


@pytest.mark.parametrize(
    "html",
    [
        "<style>@import url(https://elders.nl/x.css); p {color: red}</style>",
        '<p style="background: url(https://elders.nl/x.png); color: red">x</p>',
        '<svg><image href="https://elders.nl/x.png"></image><use xlink:href="https://elders.nl/x.svg#a"></use></svg>',
        "<p onclick=\"fetch('https://elders.nl')\">x</p>",
        '<form action="https://elders.nl"><button formaction="https://elders.nl">x</button></form>',
        "<a href=\"javascript:location='https://elders.nl'\">x</a>",
        '<meta http-equiv="refresh" content="0; url=//elders.nl"><base href="/x/">',
    ],
)
def test_nothing_is_loaded_through_a_style_or_an_attribute(tmp_path: Path, html: str) -> None:
    made, _ = _html(tmp_path, html)
    assert "elders.nl" not in made


def test_a_browser_is_told_to_load_nothing(tmp_path: Path) -> None:
    _, soup = _html(tmp_path, "<p>x</p>")
    policy = soup.select_one('head meta[http-equiv="Content-Security-Policy"]')
    assert policy is not None and policy["content"] == POLICY
    assert "http" not in POLICY and "*" not in POLICY and POLICY.startswith("default-src 'none'")


def test_lights_have_their_colours_and_the_page_its_mark(tmp_path: Path) -> None:
    _, soup = _html(tmp_path, '<table><tr><td style="x">● groen</td><td>■ rood</td><td>● </td></tr></table>')
    assert [each["class"] for each in soup.select("td > .licht")] == [
        ["licht", name] for name in ("groen", "rood", "groen")
    ]
    assert soup.select_one("td").get_text() == "● groen"  # type: ignore[union-attr]
    notebook = _notebook(new_code_cell("x"))
    mark = BeautifulSoup(page(notebook, "t", tmp_path, NAME, "Concept · voorbeelddata"), "lxml").select("aside")
    assert [each.get_text() for each in mark] == ["Concept · voorbeelddata"]
    assert "<aside" not in page(notebook, "t", tmp_path, NAME).decode()


def test_a_chart_keeps_its_text_alternative(tmp_path: Path) -> None:
    kind, alt = "image/svg+xml", 'Lijn "a" & b'
    output = new_output("display_data", {kind: "<svg/>"}, metadata={kind: {"alt": alt}})
    soup = BeautifulSoup(page(_notebook(new_code_cell("x", outputs=[output])), "t", tmp_path, NAME), "lxml")
    (picture,) = soup.select("img")
    assert picture["alt"] == alt and picture["src"] == "data:image/svg+xml;base64,PHN2Zy8+"


def test_links_are_encoded(tmp_path: Path) -> None:
    _, soup = _html(tmp_path, '<a href="https://x.nl/é b?q=a%20b&amp;r=[1]#d">x</a> <a href="mijn bestand.pdf">y</a>')
    assert [each["href"] for each in soup.select("main a")] == [
        *("https://x.nl/%C3%A9%20b?q=a%20b&r=[1]#d", "mijn%20bestand.pdf"),
    ]


def test_a_script_of_a_cell_is_left_out_and_said_to_be(tmp_path: Path) -> None:
    made, _ = _html(tmp_path, "alert(2)", "application/javascript")
    assert "alert" not in made and "Niet opgenomen: een script" in made


@pytest.mark.parametrize("html", ["<script>document.title = 1</script>", "<svg><script>1</script></svg>"])
def test_a_script_within_a_page_is_left_out_too(tmp_path: Path, html: str) -> None:
    """It could show another number than the cell did."""
    _, soup = _html(tmp_path, f"<b>7</b>{html}")
    assert not soup.find_all("script") and "een script." in soup.select_one(".weggelaten").get_text()  # type: ignore[union-attr]


def test_signs_that_no_page_may_hold_are_shown(tmp_path: Path) -> None:
    printed = new_code_cell("x", outputs=[new_output("stream", name="stdout", text="a\x00b\x07c\x9bd")])
    made = page(_notebook(printed), "t", tmp_path, NAME).decode()
    assert "a␀b␇c\ufffdd" in made and not [each for each in made if ord(each) < 32 and each not in "\t\n"]


def test_a_picture_that_a_text_holds_is_shown_or_said_to_be_gone(tmp_path: Path) -> None:
    text = "![a](attachment:mijn%20foto.png) ![b](<attachment:mijn foto.png>) ![c](attachment:b.png)"
    held = {name: {"image/png": "eA=="} for name in ("mijn foto.png", "b.png")}
    made = page(_notebook(new_markdown_cell(text, attachments=held)), "t", tmp_path, NAME)
    assert made.count(b"data:image/png;base64,eA==") == 3
    with pytest.raises(NotebookError, match=r"b\.png") as caught:
        page(_notebook(new_markdown_cell("# Kop"), new_markdown_cell("![c](attachment:b.png)")), "t", tmp_path, NAME)
    assert caught.value.where == f"{NAME}, cell 2 (text)"


@pytest.mark.parametrize(
    "data",
    [
        {"image/gif": "R0lGODlhAQABAAAAACw="},
        {"image/webp": "UklGRg==", "text/plain": "<IPython.core.display.Image object>"},
        {"application/json": {"a": 1}, "text/plain": "<IPython.core.display.JSON object>"},
    ],
)
def test_an_output_of_which_only_a_name_would_be_shown_is_lost(tmp_path: Path, data: dict[str, Any]) -> None:
    with pytest.raises(NotebookError, match="The output is lost") as caught:
        page(_notebook(new_code_cell("x", outputs=[new_output("display_data", data)])), "t", tmp_path, NAME)
    assert caught.value.where == f"{NAME}, code cell 1"


@pytest.mark.filterwarnings("ignore:Your element")
def test_an_output_that_no_page_can_show_is_named_with_its_cell(tmp_path: Path) -> None:
    lost = new_code_cell("x", outputs=[new_output("display_data", {"application/vnd.plotly.v1+json": {}})])
    with pytest.raises(NotebookError, match=r"application/vnd\.plotly") as caught:
        page(_notebook(new_code_cell("a"), new_markdown_cell("b"), lost), "t", tmp_path, NAME)
    assert caught.value.where == f"{NAME}, code cell 2"
