"""On a phone HTML shows a second drawing of each chart; nothing else of a report changes by that."""

from __future__ import annotations

import zipfile
from base64 import b64decode
from pathlib import Path

import pytest
from bs4 import BeautifulSoup

_OF_SHEETS = "fig-gemeente-"
"""How charts are called that stand in the sheet of a municipality only."""


@pytest.mark.parametrize("year", [2019, 2021, 2023])
def test_each_chart_has_a_drawing_for_a_phone(reports: Path, year: int) -> None:
    folder = reports / str(year)
    content = (folder / f"voortgangsrapportage-{year}.html").read_bytes()
    pictures = BeautifulSoup(content, "lxml").select("figure:not(figure figure)")
    charts = [each for each in pictures if each.find("picture")]
    drawn = {path.name.removesuffix(".smal.svg") for path in (folder / "bron" / "figuren").glob("*.smal.svg")}
    assert {each["id"] for each in charts} == {name for name in drawn if not name.startswith(_OF_SHEETS)}
    assert len(charts) >= 6
    for each in charts:
        source, image = each.find("source"), each.find("img")
        assert source["media"] == "screen and (max-width: 599px)"
        kind, _, drawing = str(source["srcset"]).partition(",")
        assert kind == "data:image/svg+xml;base64" and image["alt"]
        assert b64decode(drawing) == (folder / "bron" / "figuren" / f"{each['id']}.smal.svg").read_bytes()
        # What is saved and printed is the drawing for a page.
        wide = (folder / "bron" / "figuren" / f"{each['id']}.svg").read_bytes()
        assert b64decode(str(image["src"]).partition(",")[2]) == wide != b64decode(drawing)
    assert len(content) < 2_000_000


def test_word_and_pdf_know_one_drawing_of_each_chart(reports: Path) -> None:
    folder = reports / "2021"
    wide = len([path for path in (folder / "bron" / "figuren").glob("*.png") if not path.name.startswith(_OF_SHEETS)])
    with zipfile.ZipFile(folder / "voortgangsrapportage-2021.docx") as archive:
        assert len([name for name in archive.namelist() if name.startswith("word/media/")]) == wide
        assert b"smal" not in archive.read("word/document.xml")


def test_page_one_hides_nothing_on_a_phone(reports: Path, tmp_path: Path) -> None:
    from test_accessibility import require_tools, told

    require_tools()
    tables = "[...document.querySelectorAll('[id^=tbl-oogopslag]')].map(table => table.parentElement)"
    beside = f"{tables}.map(region => region.scrollWidth - region.clientWidth)"
    high = "document.getElementById('sec-samenvatting').offsetTop - document.getElementById('sec-oogopslag').offsetTop"
    page = reports / "2021" / "voortgangsrapportage-2021.html"
    hidden, pixels = told(page, tmp_path, [f"say([{beside}, {high}])"], width=500)
    assert hidden == [0, 0, 0] and pixels < 2250
