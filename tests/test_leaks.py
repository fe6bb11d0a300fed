"""Nothing that a party asked to keep confidential leaves with the public edition."""

from __future__ import annotations

import base64
import gzip
import html
import io
import json
import re
import unicodedata
import zipfile
from collections.abc import Callable
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest
from conftest import REPOSITORY, run, trim
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image, PngImagePlugin

from voortgang.check.checked import Checked, check
from voortgang.check.data import Data, View
from voortgang.check.edition import Amounts, amounts, forbidden_words, shown_findings
from voortgang.check.findings import finding
from voortgang.errors import LeakError, NotebookError
from voortgang.publish import leaks
from voortgang.publish.leaks import Memory, files_in, require_no_leak
from voortgang.run.execute import Executed
from voortgang.run.store import Store
from voortgang.workspace.paths import Workspace
from voortgang.writing.characters import folded, unmarked

NAME = "Voorbeeldproject markante woningen"
PUBLIC = View(2021, date(2021, 12, 31), "openbaar")


@pytest.fixture(scope="module")
def checked() -> Checked:
    return check(Workspace(REPOSITORY))


def _zip(name: str, text: str) -> bytes:
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w") as archive:
        archive.writestr(name, text)
    return content.getvalue()


def _png(text: str) -> bytes:
    content, info = io.BytesIO(), PngImagePlugin.PngInfo()
    info.add_text("Description", text)
    Image.new("RGB", (1, 1)).save(content, "PNG", pnginfo=info)
    return content.getvalue()


def _pdf(text: str) -> bytes:
    import typst

    return typst.compile(f'#set page(width: 5cm)\n#set text(hyphenate: true, lang: "nl")\n{text}'.encode())


@pytest.mark.parametrize(
    ("file", "content"),
    [
        ("a.html", NAME.encode()),
        ("a.html", b"<p>Voorbeeldproject <b>markante</b>\n woningen</p>"),
        ("a.html", b"<p>Project <code>W008</code></p>"),
        ("a.csv", b"project;W008;1\n"),
        ("a.json", json.dumps({"naam": NAME.upper()}).encode()),
        ("deep/a.xlsx", _zip("xl/sharedStrings.xml", f"<si><t>{NAME}</t></si>")),
        ("a.docx", _zip("word/document.xml", "<w:t>Voorbeeldproject</w:t><w:t> markante woningen</w:t>")),
        ("a.zip", _zip("inner.zip", "") + b""),
        ("W008.txt", b"nothing"),
        ("a.png", _png(NAME)),
        ("a.pdf", _pdf(NAME)),
        ("noextension", NAME.encode()),
    ],
)
def test_a_file_that_names_a_confidential_project_stops_the_build(
    checked: Checked, tmp_path: Path, file: str, content: bytes
) -> None:
    (tmp_path / file).parent.mkdir(exist_ok=True)
    (tmp_path / file).write_bytes(content)
    if file == "a.zip":
        (tmp_path / file).write_bytes(_zip_of_zip())
    with pytest.raises(LeakError, match="W008"):
        require_no_leak(files_in(tmp_path), checked.data, PUBLIC)
    require_no_leak(files_in(tmp_path), checked.data, View(2021, date(2021, 12, 31), "overleg"))


# A name with accents, quotes and a dash, and the many ways in which files and people write it.
ODD = "Voorbeeldproject ‘café’ Zuid–Oost & Straße…"
SPELLINGS = {
    "an attribute": f'<img alt="{html.escape(ODD)}">'.replace("é", "&eacute;"),
    "entities": "Voorbeeldproject &lsquo;caf&#233;&rsquo; Zuid&ndash;Oost &amp; Stra&szlig;e",
    "a soft hyphen": ODD.replace("project", "&shy;project"),
    "a zero-width sign": ODD.replace("project", "\u200bproject"),
    "letters taken apart": unicodedata.normalize("NFD", ODD),
    "other dashes and quotes": "Voorbeeldproject 'café' Zuid-Oost & Straße...",
    "a hyphen that does not break": ODD.replace("–", "\u2011"),
    "capitals": "VOORBEELDPROJECT ‘CAFÉ’ ZUID–OOST & STRASSE",
    "a heading's address": '<a href="#voorbeeldproject-café-zuidoost-straße">'.replace("zuidoost", "zuid-oost"),
    "a name with underscores": "voorbeeldproject_cafe_zuid_oost_strasse.png",
    "an address": "x?naam=Voorbeeldproject%20caf%C3%A9%20Zuid-Oost%20Stra%C3%9Fe",
    "escaped Markdown": "Voorbeeldproject ‘café’ Zuid–Oost \\& Straße\\.",
    "quotes of a CSV": 'a;"Voorbeeldproject ""café"" Zuid–Oost & Straße"',
    "escapes of JSON": json.dumps(ODD),
    "escapes of a script": "'Voorbeeldproject caf\\xe9 Zuid-Oost Stra\\xdfe'",
    "a number beside a line": "tabel_W008_2021",
}


def _renamed(checked: Checked, name: str) -> Data:
    projects = checked.data.tables.projecten.copy()
    projects.loc[projects["project_id"] == "W008", "naam"] = name
    return replace(checked.data, tables=replace(checked.data.tables, projecten=projects))


@pytest.mark.parametrize("spelling", SPELLINGS)
def test_a_name_is_found_however_it_is_written(checked: Checked, tmp_path: Path, spelling: str) -> None:
    (tmp_path / "a.html").write_text(SPELLINGS[spelling], encoding="utf-8")
    with pytest.raises(LeakError, match="W008"):
        require_no_leak(files_in(tmp_path), _renamed(checked, ODD), PUBLIC)


@pytest.mark.parametrize("how", ["utf-16", "latin-1", "gzip", "data", "alternative text", "a note"])
def test_a_name_is_found_however_it_is_packed(checked: Checked, tmp_path: Path, how: str) -> None:
    name = "Voorbeeldproject café"
    alt = f'#figure(rect(), alt: "{name}")' if how == "alternative text" else f'#link("https://x.nl/?{name}")[x]'
    content = {
        "utf-16": name.encode("utf-16"),
        "latin-1": name.encode("latin-1"),
        "gzip": gzip.compress(name.encode()),
        "data": b"<img src='data:image/svg+xml;base64," + base64.b64encode(f"<title>{name}</title>".encode()) + b"'>",
    }.get(how) or _pdf(alt)
    (tmp_path / "a").write_bytes(content)
    with pytest.raises(LeakError, match="W008"):
        require_no_leak(files_in(tmp_path), _renamed(checked, name), PUBLIC)


@pytest.mark.parametrize("file", ["financien.csv", "projecten.csv", "vastgesteld/2020/financien.csv"])
def test_a_notebook_of_the_public_edition_opens_no_table_itself(run_cells: Callable[..., Executed], file: str) -> None:
    code = f"import pandas as pd\nlen(pd.read_csv('../data/{file}'))"
    with pytest.raises(NotebookError, match=r"takes rows from vg only"):
        run_cells(code)
    run_cells(code, edition="overleg")


def _zip_of_zip() -> bytes:
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w") as archive:
        archive.writestr("inner.zip", _zip("a.txt", NAME))
    return content.getvalue()


def test_words_that_only_look_alike_do_not(checked: Checked, tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text("XW008 W0081 Voorbeeldproject markante", encoding="utf-8")
    require_no_leak(files_in(tmp_path), checked.data, PUBLIC)


def test_a_finding_about_a_confidential_project_is_not_shown(checked: Checked) -> None:
    data = checked.data
    bookings = data.tables.financien
    row = int(bookings.index[bookings["project_id"] == "W008"][0])
    hidden = [
        finding(data.file("financien"), row, "bedrag", "900000", "booking_outside_deal", first="a", last="b"),
        finding(data.file("projecten"), 2, "naam", NAME, "booking_outside_deal", first="a", last="b"),
    ]
    other = int(bookings.index[bookings["project_id"].isna()][0])
    shown = finding(data.file("financien"), other, "bedrag", "1", "booking_outside_deal", first="a", last="b")
    assert shown_findings([*hidden, shown], data, PUBLIC) == [shown]
    assert {each.project for each in forbidden_words(data, PUBLIC)} == {"W008"}


def test_narrative_that_names_one_stops_the_public_edition_and_the_earlier_report_stays(workspace: Path) -> None:
    trim(workspace)
    parameters = workspace / "parameters" / "2021.yml"
    parameters.write_text(parameters.read_text("utf-8").replace("edition: overleg", "edition: openbaar"), "utf-8")
    text = next((workspace / "data" / "toelichting" / "2021").glob("*.md"))
    text.write_text(text.read_text("utf-8") + f"\n\nHet project {NAME} loopt.\n", "utf-8")
    done = run("build", "2021", "--engine", "builtin", cwd=workspace)
    assert done.code == 1
    assert "W008" in done.err and "Traceback" not in done.err
    assert not (workspace / "reports" / "2021").exists()


AMOUNT = 58_250
"""Of a booking of the confidential project, and of nothing that the public edition shows."""


@pytest.mark.parametrize(
    ("text", "is_found"),
    [
        ("€ 58.250", True),
        ("€\u00a058.250,00", True),
        ("58250", True),
        ('{"bedrag": 58250}', True),
        ("58250.00", True),
        ("58,250", True),
        ("58\u202f250 euro", True),
        ("€ 58.250,-", True),
        ("-58.250.", True),
        ("<td>58.<b>250</b></td>", True),
        ("0,76 miljoen", False),
        ("1.058.250", False),
        ("58.250.000", False),
        ("58.250,75", False),
        ("58.2501", False),
        ("158250", False),
        ("a58250b", False),
        ("#58250", False),
        ("58 duizend", False),
    ],
)
def test_an_amount_is_found_in_the_ways_in_which_money_is_written(
    checked: Checked, tmp_path: Path, text: str, is_found: bool
) -> None:
    (tmp_path / "a.html").write_text(text, encoding="utf-8")
    if is_found:
        with pytest.raises(LeakError, match="an amount of the confidential project W008"):
            require_no_leak(files_in(tmp_path), checked.data, PUBLIC)
    else:
        require_no_leak(files_in(tmp_path), checked.data, PUBLIC)


@pytest.mark.parametrize(
    ("text", "is_found"),
    [
        ("€ 4,27 miljoen", True),
        ("4,272 mln", True),
        ("4,3 miljoen", False),
        ("4,28 miljoen", False),
        ("14,27 mln", False),
    ],
)
def test_an_amount_in_millions_is_found_where_it_is_distinctive(text: str, is_found: bool) -> None:
    money = Amounts({4_272_150: "W008"}, frozenset({1_000_000}))
    assert (money.first(text) is not None) == is_found
    assert Amounts({4_272_150: "W008"}, frozenset({4_270_000, 4_272_400})).first(text) is None


def test_an_amount_that_something_else_explains_is_none_of_the_hidden_one(checked: Checked, tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text("€ 58.250", encoding="utf-8")
    figures = json.dumps({"kerncijfers": [{"waarde": AMOUNT}, {"waarde": "ja"}]}).encode()
    require_no_leak(files_in(tmp_path), checked.data, PUBLIC, figures)
    assert AMOUNT in amounts(checked.data, PUBLIC).hidden
    assert all(each >= 10_000 for each in amounts(checked.data, PUBLIC).hidden)
    assert not amounts(checked.data, replace(PUBLIC, edition="overleg")).hidden


def test_a_name_may_be_said_as_a_value_of_the_covenant_and_not_in_a_comment(checked: Checked) -> None:
    def words(name: str) -> set[str]:
        return {each.text for each in forbidden_words(_renamed(checked, name), PUBLIC)}

    lines = checked.data.workspace.deal.read_text("utf-8").splitlines()
    comment = next(line.strip().lstrip("# ") for line in lines if "# " in line)
    assert words(comment) == {"W008", comment}
    assert words(checked.data.deal.name) == {"W008"}


@given(st.text(alphabet=st.one_of(st.characters(), st.sampled_from("aE\u0301\u0345\u0316ßẞǅﬁΣ\u13a0\uab70\xad_-"))))
def test_a_quick_look_sees_what_a_whole_one_does(text: str) -> None:
    whole = re.sub(
        "[\u0300-\u036f\xad\u200b-\u200f\u2060-\u2069\ufeff]", "", unicodedata.normalize("NFKD", text).casefold()
    )
    assert unmarked(text) == whole
    assert folded(text).split() == re.sub(r"[\W_]+", " ", whole).split()


def test_what_is_the_same_is_read_once_also_by_the_next_build(
    checked: Checked, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    picture = b"<img src='data:image/svg+xml;base64," + base64.b64encode(b"<title>een</title>") + b"'>"
    report = tmp_path / "report"
    report.mkdir()
    for name in ("a.html", "b.html"):
        (report / name).write_bytes(picture)
    (report / "c.svg").write_bytes(b"<title>een</title>")
    read, parts = list[bytes](), leaks._parts
    monkeypatch.setattr(leaks, "_parts", lambda content: read.append(content) or parts(content))
    require_no_leak(files_in(report), checked.data, PUBLIC, memory=Memory(Store(tmp_path / "store")))
    assert len(read) == 2
    require_no_leak(files_in(report), checked.data, PUBLIC, memory=Memory(Store(tmp_path / "store")))
    assert len(read) == 2


def test_what_was_found_to_be_clean_hides_nothing_from_another_question(checked: Checked, tmp_path: Path) -> None:
    memory = Memory(Store(tmp_path / "store"))
    report = tmp_path / "report"
    report.mkdir()
    (report / "a.txt").write_text(f"€ 58.250 voor {ODD}", encoding="utf-8")
    figures = json.dumps({"kerncijfers": [{"waarde": AMOUNT}]}).encode()
    require_no_leak(files_in(report), checked.data, PUBLIC, figures, memory)
    with pytest.raises(LeakError, match=r"58\.250"):  # nothing explains it any more
        require_no_leak(files_in(report), checked.data, PUBLIC, memory=memory)
    with pytest.raises(LeakError, match="would name the"):
        require_no_leak(files_in(report), _renamed(checked, ODD), PUBLIC, figures, memory)
