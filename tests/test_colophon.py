"""Who publishes a report, and on which terms, stands in its colophon and in the properties of each file."""

from __future__ import annotations

import io
import json
import re
import zipfile
from pathlib import Path

import pytest
import typst
from conftest import REPOSITORY
from documents import html_text
from pypdf import PdfReader
from test_new_workspace import answers

from voortgang.notebook.verdicts import ACHIEVED, BEHIND, LATE, NOT_ACHIEVED, ON_TRACK, PLANNED
from voortgang.workspace.deal import deal_from, read_deal
from voortgang.workspace.paths import Workspace
from voortgang.workspace.starting.questionnaire import deal_text

EXTENSION = REPOSITORY / "templates" / "_extensions" / "voortgang"


@pytest.mark.parametrize("year", ["2019", "2021-06-30", "2023"])
def test_every_file_says_the_same(reports: Path, year: str) -> None:
    deal, name = read_deal(Workspace(reports.parent)), f"voortgangsrapportage-{year}"
    publisher, licence = deal.publisher, deal.colophon.licence
    assert publisher == "LNV en Provincie Drenthe" and licence  # the secretariat of Art. 6.3
    page = (reports / year / f"{name}.html").read_text(encoding="utf-8")
    assert f'<meta name="author" content="{publisher}">' in page
    assert f'<meta name="dcterms.license" content="{licence}">' in page
    assert f'<meta name="dcterms.rights" content="{publisher}; licentie: {licence}">' in page
    about = PdfReader(reports / year / f"{name}.pdf").metadata
    assert about is not None and about.author == publisher and about.subject == f"{deal.name}. Licentie: {licence}"
    with zipfile.ZipFile(reports / year / f"{name}.docx") as file:
        properties = file.read("docProps/custom.xml").decode()
        core = file.read("docProps/core.xml").decode()
        about = f"{deal.name}. Licentie: {licence}"
        for key, value in (("creator", publisher), ("subject", deal.name), ("description", about)):
            assert f"<dc:{key}>{value}</dc:{key}>" in core
        assert file.read("word/document.xml").decode().count(f">{publisher}<") == 0  # no line of its own
    assert f">{publisher}<" in properties and f">{licence}<" in properties
    package = json.loads((reports / year / "gegevens" / "datapackage.json").read_text(encoding="utf-8"))
    assert package["contributors"] == [{"title": publisher, "role": "publisher"}]
    assert package["licenses"] == [{"name": licence}]
    text = html_text(reports / year / f"{name}.html")
    for words in (f"Uitgever: {publisher}.", f"Licentie: {licence}.", "LNV Minister van Landbouw", deal.contact):
        assert words in text, words
    parties = text.partition("Partijen: ")[2].partition("Datum")[0]
    assert [each.short for each in deal.parties if each.short not in parties] == []


def test_the_properties_of_an_office_file_are_true_and_filled_in(reports: Path) -> None:
    folders = (reports / "2021", reports / "2021" / "bladen")
    files = [each for folder in folders for form in ("docx", "odt") for each in sorted(folder.glob(f"*.{form}"))]
    assert {each.suffix for each in files} == {".docx", ".odt"}
    for each in files:
        with zipfile.ZipFile(each) as file:
            word = each.suffix == ".docx"
            own = file.read("docProps/custom.xml" if word else "meta.xml").decode()
            names = set(re.findall(r'<property [^>]*name="([^"]*)"' if word else r'meta:name="([^"]*)"', own))
            assert names == {"licentie", "merk", "subtitle", "uitgever"}, each.name
            assert not re.search(r"<vt:lpwstr></|<meta:user-defined[^>]*></|<dc:(?:subject|description)></", own), (
                each.name
            )
            counts = file.read("docProps/app.xml").decode() if word else own
            assert not re.search(r"<(?:Words|Pages|Lines|Characters|Paragraphs|meta:document-statistic)\b", counts)


@pytest.mark.parametrize("year", ["2019", "2021-06-30", "2023"])
def test_the_guide_names_every_verdict_on_a_target(reports: Path, year: str) -> None:
    text = html_text(reports / year / f"voortgangsrapportage-{year}.html")
    guide = text.partition("Vier regels helpen bij het lezen")[2].partition("Elk getal in de tekst")[0]
    for verdict in (ACHIEVED, NOT_ACHIEVED, ON_TRACK, BEHIND, PLANNED, LATE):
        assert verdict in guide, verdict


def test_a_publisher_with_quotes_is_named_as_it_is_in_a_pdf() -> None:
    template = (EXTENSION / "typst-template.typ").read_text(encoding="utf-8")
    (function,) = (line for line in template.splitlines() if line.startswith("#let woorden("))
    made = typst.compile(
        f'{function}\n#set document(author: woorden([Bureau \'s-Hertogenbosch "Samen" – & co]))\nx'.encode()
    )
    about = PdfReader(io.BytesIO(made)).metadata
    assert about is not None and about.author == 'Bureau \'s-Hertogenbosch "Samen" – & co'


def test_a_deal_without_a_colophon_names_its_secretariat_and_no_licence() -> None:
    deal = deal_from(deal_text(answers()))
    assert deal.publisher == "Rijk en Aalst" and deal.colophon.licence is None


@pytest.mark.parametrize("licence", ["vrij te gebruiken", "", "CC BY 4.0"])
def test_a_licence_is_named_as_spdx_does(licence: str) -> None:
    from voortgang.errors import DealError

    with pytest.raises(DealError, match="licence"):
        deal_from(deal_text(answers()) + f"colophon: {{licence: '{licence}'}}\n")
