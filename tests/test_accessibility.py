"""What axe-core finds in headless Chromium: no violation of WCAG 2.2 A and AA, or of good practice, on any page."""

from __future__ import annotations

import json
import os
import re
from pathlib import Path

import browser
import pypdf
import pytest
from conftest import REPOSITORY
from documents import pdf_pages, wrong_in
from outloud import check as speaks
from page import ValidationProfile, validate_pdf

AXE = REPOSITORY / "node_modules" / "axe-core" / "axe.min.js"
FEWER_ROWS = """
document.querySelectorAll("tbody").forEach((body) => [...body.rows].slice(12).forEach((row) => row.remove()));
"""
"""Thousands of rows of one kind take minutes, and say no more than the first dozen."""

SAID = """
new Promise((done, fail) => {
  const look = () => {
    const said = document.getElementById("said");
    said ? done(said.textContent) : setTimeout(look, 20);
  };
  setTimeout(() => fail("nothing was said"), 600000);
  look();
})
"""

RUN_AXE = """
const rules = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"];
axe.run(document, {runOnly: rules}).then((result) => {
  const found = result.violations.map((v) => ({id: v.id, nodes: v.nodes.map((n) => n.html.slice(0, 200))}));
  say({found, passes: result.passes.length});
});
"""


@pytest.fixture(autouse=True)
def tools() -> None:
    require_tools()


def require_tools() -> None:
    """Both are needed in CI; elsewhere the tests are left out where they are not installed."""
    if browser.CHROMIUM is None or not AXE.is_file():
        message = "Chromium or axe-core is not installed; 'make test' as root on Debian installs both"
        if os.environ.get("CI"):
            pytest.fail(message)
        pytest.skip(message)


def examined(page: Path, folder: Path, dark: bool = False, width: int = 1280) -> dict[str, object]:
    """Return what axe finds on a page, and how many of its checks pass."""
    return told(page, folder, [FEWER_ROWS, AXE.read_text(encoding="utf-8"), RUN_AXE], dark, width)


def told(page: Path, folder: Path, scripts: list[str], dark: bool = False, width: int = 1280) -> dict[str, object]:
    """Return what scripts that are added to a page tell with `say(value)`."""
    copy = folder / "page.html"
    say = "function say(value) { const shown = document.createElement('pre'); shown.id = 'said';"
    say += " shown.textContent = JSON.stringify(value); document.body.append(shown); }"
    added = "\n".join(f"<script>{script}</script>" for script in (say, *scripts))
    text = page.read_text(encoding="utf-8")
    if "script-src" not in text:  # the page of a notebook lets no script run, and the copy must
        text = text.replace("img-src data:;", "img-src data:; script-src 'unsafe-inline';", 1)
    head, tail = text.rsplit("</body>", 1)
    copy.write_text(f"{head}{added}</body>{tail}", encoding="utf-8")
    with browser.Page(copy.as_uri(), width, dark) as shown:
        return json.loads(shown.value(SAID))


def printed(page: Path, folder: Path) -> list[str]:
    """Return the words of each page that a browser prints, with blanks as they come."""
    target = folder / "printed.pdf"
    with browser.Page(page.as_uri()) as shown:
        target.write_bytes(shown.printed())
    return pdf_pages(target)


@pytest.mark.sampled(3)
@pytest.mark.parametrize(
    ("page", "dark"),
    [
        ("2019/voortgangsrapportage-2019.html", False),
        ("2021/voortgangsrapportage-2021.html", True),
        ("2023/voortgangsrapportage-2023.html", False),
        ("2023/bladen/evaluatie-2023.html", False),
        ("2021/bladen/gemeente-emmen-2021.html", False),
        ("2021/bladen/publiekssamenvatting-2021.html", True),
        ("2021/notebooks/pijler-werken.html", False),
        ("2021/notebooks/gemeenten.html", True),
        ("2021/herkomst.html", True),
    ],
)
def test_axe_finds_nothing(reports: Path, tmp_path: Path, page: str, dark: bool) -> None:
    result = examined(reports / page, tmp_path, dark)
    assert result["found"] == []
    assert int(str(result["passes"])) >= 10


def test_axe_finds_what_is_wrong(reports: Path, tmp_path: Path) -> None:
    page = reports / "2021" / "bladen" / "gemeente-emmen-2021.html"
    broken = tmp_path / "broken.html"
    text = page.read_text(encoding="utf-8").replace('<html lang="nl"', "<html", 1)
    text = re.sub(r"<img [^>]*?src=", "<img src=", text, count=1)
    text = re.sub(r'(<img src="[^"]*")\s+alt="[^"]*"', r"\1", text, count=1)
    broken.write_text(text.replace("--tekst: #1d2730", "--tekst: #cccccc"), encoding="utf-8")
    found = {each["id"] for each in examined(broken, tmp_path)["found"]}  # type: ignore[attr-defined]
    assert {"html-has-lang", "image-alt", "color-contrast"} <= found


def test_nothing_scrolls_sideways_at_400_percent(reports: Path) -> None:
    # 1280 pixels at 400% is a window of 320.
    page = reports / "2021" / "voortgangsrapportage-2021.html"
    with browser.Page(page.as_uri(), width=320) as shown:
        shown.loaded()
        assert shown.value("document.documentElement.clientWidth") == 320
        assert shown.value("document.documentElement.scrollWidth") <= 320


TABLES = """
const tables = () => [...document.querySelectorAll(".breed, .tabel")].map(
  box => [box.getAttribute("aria-label"), box.firstElementChild.scrollWidth - box.clientWidth]
);
"""


def test_no_table_of_origins_is_wider_than_a_screen_of_1280(reports: Path, tmp_path: Path) -> None:
    said = told(reports / "2021" / "herkomst.html", tmp_path, [TABLES, "addEventListener('load', () => say(tables()))"])
    assert len(said) > 5
    assert [each for each in said if each[1] > 1] == []  # type: ignore[index]


CUT = """
addEventListener("load", () => {
  const text = [...document.querySelectorAll("main p, .cijfers td, .cijfers th")];
  say({
    seen: text.length, sideways: document.documentElement.scrollWidth - document.documentElement.clientWidth,
    cut: text.filter(each => each.clientWidth && each.scrollWidth > each.clientWidth + 1).map(each => each.textContent),
    out: text.filter(each => each.getBoundingClientRect().right > innerWidth).map(each => each.textContent),
    broken: [...document.querySelectorAll("td.getal")].filter(each => each.getClientRects().length > 1).length,
  });
});
"""


@pytest.mark.parametrize("page", ["herkomst.html", "notebooks/pijler-werken.html"])
def test_on_a_phone_code_and_origins_are_in_sight(reports: Path, tmp_path: Path, page: str) -> None:
    said = told(reports / "2021" / page, tmp_path, [FEWER_ROWS, CUT], width=500)
    assert int(str(said["seen"])) > 50
    assert (said["sideways"], said["cut"], said["out"], said["broken"]) == (0, [], [], 0)


READ = """
addEventListener("load", () => {
  const wide = tables();
  const text = element => element.textContent.replace(/\\s+/g, " ").trim();
  const open = document.querySelector("#TOC details").open;
  const table = document.querySelector("#tbl-kerncijfers table, table#tbl-kerncijfers");
  const column = () => [...table.tBodies[0].rows].map(row => text(row.cells[0]));
  const before = column();
  const sort = [...table.tHead.querySelectorAll("button")].find(each => text(each) === "Uitputting");
  sort.click();
  const rising = column(), said = sort.closest("th").getAttribute("aria-sort");
  sort.click();
  const falling = column();
  sort.click();
  const after = column();
  let saved;
  URL.createObjectURL = blob => { saved = blob; return "#"; };
  table.parentElement.nextElementSibling.querySelector("button").click();
  const box = document.querySelector("#zoek");
  const search = words => {
    box.value = words;
    box.dispatchEvent(new Event("input"));
    return [text(document.querySelector(".aantal")), document.querySelectorAll(".gevonden a").length];
  };
  const none = search("xyzzy"), some = search("GEZONDHEIDSPARK zorg");
  const hit = document.querySelector(".gevonden a").hash;
  saved.text().then(csv => say({
    wide, open, before, rising, falling, after, said, none, some, csv, hit: document.querySelector(hit) !== null,
    pictures: [...document.querySelectorAll("main figure")].length,
    saves: [...document.querySelectorAll(".herkomst a[download]")].filter(a => a.download.endsWith(".svg")).length,
    anchors: [...document.querySelectorAll("main :is(h1, h2, h3) .anker")].map(a => document.querySelector(a.hash)),
    headings: document.querySelectorAll("main :is(h1, h2, h3)").length,
    marks: [...document.querySelectorAll("*")].filter(e => !e.children.length && text(e) === "Voorbeelddata").length,
  }));
});
"""


@pytest.mark.parametrize("width", [1280, 500])
def test_a_reader_sees_whole_tables_and_can_search_sort_and_save(reports: Path, tmp_path: Path, width: int) -> None:
    said = told(reports / "2021" / "voortgangsrapportage-2021.html", tmp_path, [TABLES, READ], width=width)
    assert len(said["wide"]) > 5  # type: ignore[arg-type]
    assert width < 1000 or [each for each in said["wide"] if each[1] > 1] == []  # type: ignore[attr-defined]
    before = ["Werken", "Wonen", "Welzijn", "Totaal"]
    assert said["open"] is (width > 1000)
    assert (said["before"], said["after"], said["said"]) == (before, before, "ascending")
    assert said["rising"] == ["Wonen", "Welzijn", "Werken", "Totaal"]
    assert said["falling"] == ["Werken", "Welzijn", "Wonen", "Totaal"]
    assert said["none"] == ["Niets gevonden", 0]
    assert said["some"][1] > 0 and said["hit"]  # type: ignore[index]
    assert str(said["csv"]).replace("\u00a0", " ").splitlines()[-1].startswith('"Totaal";"31";')
    assert said["pictures"] == said["saves"] and said["marks"] == 1
    assert len(said["anchors"]) == said["headings"] and None not in said["anchors"]  # type: ignore[arg-type,operator]


@pytest.mark.parametrize(("name", "year"), [("voortgangsrapportage", 2021), ("bladen/projectbladen", 2021)])
def test_a_browser_prints_as_many_pages_as_the_pdf_has(reports: Path, tmp_path: Path, name: str, year: int) -> None:
    document = reports / str(year) / f"{name}-{year}.html"
    texts = printed(document, tmp_path)
    assert len(texts) <= len(pypdf.PdfReader(document.with_suffix(".pdf")).pages)
    if "blad" not in name:
        first = [number for number, text in enumerate(texts) if "Elk beoogd resultaat" in text]
        assert len(first) == 1 and "Wat wij van u vragen" in texts[first[0]], "page one is one page"
    for text in texts:
        assert text.count("Voorbeelddata") == 1 and "Zo is tabel" not in text and "Waarden" not in text


KNOWN = {"ORD-001": "Typst paints the mark of an item after its text, and tags it before: what is read is in order."}
"""What `outloud` warns of, and why it stands: the pages were looked at."""


@pytest.mark.parametrize("which", ["2021/**/[!g]*.pdf", pytest.param("20*/**/*.pdf", marks=pytest.mark.long)])
def test_every_pdf_is_accessible_and_archivable_say_other_programs(reports: Path, tmp_path: Path, which: str) -> None:
    documents = sorted(reports.glob(which))
    assert len(documents) > 2
    for document in documents:
        for profile in (ValidationProfile.PDF_UA_1, ValidationProfile.PDF_A_3A):
            assert wrong_in(document, profile) == [], document.name
        said = speaks(document).findings
        wrong = [each.rule for each in said if each.severity == "error" or each.rule.startswith("FIG-")]
        assert wrong == [], document.name
        assert {each.rule for each in said} <= KNOWN.keys(), document.name
    bare = tmp_path / "bare.pdf"
    writer = pypdf.PdfWriter()
    writer.add_blank_page(width=100, height=100)
    writer.write(bare)
    assert not validate_pdf(bare, profile=ValidationProfile.PDF_UA_1).is_compliant
    assert speaks(bare).errors
