"""Nothing that a party asked to keep confidential leaves with the public edition."""

from __future__ import annotations

import io
import json
import zipfile
from datetime import date
from pathlib import Path

import pytest
from conftest import REPOSITORY, run
from PIL import Image, PngImagePlugin

from voortgang.check.checked import Checked, check
from voortgang.check.edition import forbidden_words, shown_findings
from voortgang.check.findings import finding
from voortgang.check.reads import View
from voortgang.errors import LeakError
from voortgang.publish.leaks import require_no_leak
from voortgang.workspace.paths import Workspace

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
        require_no_leak(tmp_path, checked.data, PUBLIC)
    require_no_leak(tmp_path, checked.data, View(2021, date(2021, 12, 31), "overleg"))


def _zip_of_zip() -> bytes:
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w") as archive:
        archive.writestr("inner.zip", _zip("a.txt", NAME))
    return content.getvalue()


def test_words_that_only_look_alike_do_not(checked: Checked, tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text("XW008 W0081 Voorbeeldproject markante", encoding="utf-8")
    require_no_leak(tmp_path, checked.data, PUBLIC)


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
    parameters = workspace / "parameters" / "2021.yml"
    parameters.write_text(parameters.read_text("utf-8").replace("edition: overleg", "edition: openbaar"), "utf-8")
    text = next((workspace / "data" / "toelichting" / "2021").glob("*.md"))
    text.write_text(text.read_text("utf-8") + f"\n\nHet project {NAME} loopt.\n", "utf-8")
    done = run("build", "2021", "--engine", "builtin", cwd=workspace)
    assert done.code == 1
    assert "W008" in done.err and "Traceback" not in done.err
    assert not (workspace / "reports" / "2021").exists()


def test_a_bundle_of_a_public_edition_does_not_hold_confidential_rows_unasked(workspace: Path, tmp_path: Path) -> None:
    parameters = workspace / "parameters" / "2021.yml"
    parameters.write_text(parameters.read_text("utf-8").replace("edition: overleg", "edition: openbaar"), "utf-8")
    assert run("build", "2021", "--engine", "builtin", cwd=workspace).code == 0
    done = run("bundle", "2021", cwd=workspace)
    assert done.code == 1 and "1 confidential project." in done.err
    assert run("bundle", "2021", "--with-confidential", "--output", str(tmp_path / "b.zip"), cwd=workspace).code == 0
