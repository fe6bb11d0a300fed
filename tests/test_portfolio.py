"""The overview of many deals holds what they published, and names what it could not read."""

from __future__ import annotations

import csv
import itertools
import json
import shutil
from copy import deepcopy
from pathlib import Path

import fastparquet
import pytest
from bs4 import BeautifulSoup
from conftest import made_once, run
from documents import docx_text, html_text, pdf_pages, wrong_in
from page import ValidationProfile

from voortgang.publish.bundle import write_bundle
from voortgang.readers.portfolio.published import read_all
from voortgang.workspace.paths import Workspace
from voortgang.writing import dutch

MONEY = ("begroot", "gecommitteerd", "gerealiseerd")


@pytest.fixture(scope="module")
def sources(reports: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with a list of sources: this deal, seven that differ in name and money, and six that give no figures.

    From eight deals on there are contents.
    """
    folder = tmp_path_factory.mktemp("deals")
    content = (reports / "2021" / "kerncijfers.json").read_text(encoding="utf-8")
    short = json.loads(content)
    for fact in short["kerncijfers"]:
        fact["herkomst"]["bronnen"] = []  # which are most of it, and of which an overview shows none
    listed = [str(reports.parent)]
    for number in range(1, 8):
        deal = deepcopy(short)
        deal["verslag"]["deal"] = f"Regio Deal {number:02}"
        deal["verslag"]["status"] = "concept" if number == 3 else "vastgesteld"
        for fact in deal["kerncijfers"]:
            if fact["id"] in {f"totaal.{kind}" for kind in MONEY}:
                fact["waarde"] = fact["waarde"] // (number + 1)
                fact["tekst"] = dutch.euro(fact["waarde"])
            if fact["id"] == "totaal.uitputting":
                fact["waarde"] = round(0.05 * number, 4)
                fact["tekst"] = dutch.share(fact["waarde"])
        path = folder / f"deal-{number}.json"
        path.write_text(json.dumps(deal), encoding="utf-8")
        listed.append(path.as_uri() if number % 2 else str(path))
    changed = folder / "gewijzigd"
    shutil.copytree(reports / "2020", changed)
    figures = changed / "kerncijfers.json"
    figures.write_text(figures.read_text(encoding="utf-8").replace("16", "17", 1), encoding="utf-8")
    (told,) = shutil.copytree(reports / "2020", folder / "verteld").glob("bron/_variables.yml")
    told.write_text(f"{told.read_text(encoding='utf-8')}\n", encoding="utf-8")
    (folder / "stuk.zip").write_bytes(b"geen archief")
    (folder / "vorm.json").write_text(content.replace('"tekst"', '"text"'), encoding="utf-8")
    listed += [
        str(changed),
        str(folder / "verteld"),
        str(folder / "stuk.zip"),
        str(folder / "vorm.json"),
        str(folder / "nergens"),
        listed[1],
    ]
    (folder / "lijst.txt").write_text("# de deals\n" + "\n".join(listed) + "\n", encoding="utf-8")
    return folder


@pytest.fixture(scope="module")
def overview(sources: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    def make(folder: Path) -> None:
        done = run("portfolio", "2021", "--list", "lijst.txt", "--output", str(folder), cwd=sources)
        assert done.code == 0, done.err
        assert "8 of 14 sources" in done.out
        for source, why in (
            ("gewijzigd", "gewijzigd na publicatie"),
            ("verteld", "bron/_variables.yml is gewijzigd na publicatie"),
            ("stuk.zip", "geen bundel, of beschadigd"),
            ("vorm.json", "niet de vorm"),
            ("nergens", "geen verslag"),
            ("deal-1.json", "is al gelezen"),
        ):
            assert any(source in line and why in line for line in done.err.splitlines()), (source, done.err)

    return made_once(tmp_path_factory, "overview", make, __file__)


@pytest.fixture(scope="module")
def alone(reports: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The overview of one deal."""

    def make(folder: Path) -> None:
        done = run("portfolio", "2021", str(reports / "2021"), "--output", str(folder), cwd=reports)
        assert done.code == 0, done.err

    return made_once(tmp_path_factory, "overview-of-one", make, __file__)


def test_one_deal_is_told_of_as_one(alone: Path, reports: Path, tmp_path: Path) -> None:
    text = html_text(alone / "portefeuille-2021.html")
    assert "cijfers gelezen van één deal." in text and "niet zijn vastgesteld: geen." in text
    for words in ("1 deal", "één deals", "Het hoogst", "het laagst", "geen gestopt"):
        assert words not in text, words
    # What is asked in each municipality is not set against the sum of all.
    assert "6 1 per deel 4 van 6 gemeenten" in text and "6 8 75%; 5 van 6 gemeenten" in text
    shutil.copytree(alone, tmp_path / "uit")
    (tmp_path / "uit" / "notities.txt").write_text("van mij", encoding="utf-8")
    done = run("portfolio", "2021", str(reports / "2021"), "--output", "uit", cwd=tmp_path)
    assert done.code == 1 and "notities.txt" in done.err
    assert (tmp_path / "uit" / "notities.txt").read_text(encoding="utf-8") == "van mij"


def test_a_report_on_half_a_year_is_not_counted_as_the_year(reports: Path, tmp_path: Path) -> None:
    bundle, figures = tmp_path / "half.zip", tmp_path / "half.json"
    write_bundle(Workspace(reports.parent), "2021-06-30", bundle)
    shutil.copy(reports / "2021-06-30" / "kerncijfers.json", figures)
    found, missing = read_all([str(each) for each in (reports / "2021-06-30", bundle, figures)], 2021)
    assert not found and len(missing) == 3
    assert all("tot en met 30 juni 2021, niet over heel 2021" in each.why for each in missing), missing
    done = run("portfolio", "2021", str(figures), "--output", "uit", cwd=tmp_path)
    assert done.code == 1 and missing[2].why in done.err
    assert not (tmp_path / "uit").exists()
    content = json.loads(figures.read_text(encoding="utf-8"))
    for each in content["kerncijfers"]:  # a deal that ended on that day has no other report on the year
        if each["id"] == "deal.looptijd":
            each |= {"waarde": 1, "tekst": "100%"}
    figures.write_text(json.dumps(content), encoding="utf-8")
    found, missing = read_all([str(figures)], 2021)
    assert len(found) == 1 and not missing


def test_each_deal_has_two_pages_and_none_is_nearly_empty(overview: Path, alone: Path, reports: Path) -> None:
    for folder, deals in ((overview, [f"Regio Deal {number:02}" for number in range(1, 8)]), (alone, [])):
        for profile in (ValidationProfile.PDF_UA_1, ValidationProfile.PDF_A_3A):
            assert wrong_in(folder / "portefeuille-2021.pdf", profile) == []
        pages = pdf_pages(folder / "portefeuille-2021.pdf")
        read = [page for page in pages[1:] if "Inhoudsopgave" not in page]
        assert all(len(page.split()) > 80 for page in read), [len(page.split()) for page in read]
        begins = {
            deal: [n for n, page in enumerate(pages) if f"Projecten, doelen en geld van {deal}" in page]
            for deal in deals
        }
        assert all(len(found) == 1 for found in begins.values()), begins
        places = sorted(found[0] for found in begins.values())
        assert all(after - before <= 2 for before, after in itertools.pairwise(places))
    text = html_text(alone / "portefeuille-2021.html")
    assert "naast elkaar" not in text and "Bij " in text and "Termijnen van het Rijk" in text
    assert "Wat de deal leerde" in text and "in elk jaar uitgaf" in text
    figures = json.loads((reports / "2021" / "kerncijfers.json").read_text(encoding="utf-8"))["kerncijfers"]
    texts = {each["id"]: each["tekst"].replace("\u00a0", " ") for each in figures}
    for key in ("werken.gerealiseerd", "welzijn.begroot", "rijk.termijn_1.bedrag", "totaal.uitputting"):
        assert texts[key] in text, key


def test_totals_are_the_sums_of_what_the_deals_published(overview: Path) -> None:
    content = json.loads((overview / "portefeuille.json").read_text(encoding="utf-8"))
    facts = {each["id"]: each for each in json.loads((overview / "kerncijfers.json").read_text("utf-8"))["kerncijfers"]}
    for kind in (*MONEY, "projecten"):
        each = [f["waarde"] for deal in content["deals"] for f in deal["kerncijfers"] if f["id"] == f"totaal.{kind}"]
        assert len(each) == 8 and facts[f"totaal.{kind}"]["value"] == sum(each)
    assert facts["deals.gelezen"]["value"] == 8 and facts["deals.ontbreken"]["value"] == 6


def test_results_are_counted_by_theme_of_broad_prosperity(overview: Path) -> None:
    deal = json.loads((overview / "portefeuille.json").read_text(encoding="utf-8"))["deals"][0]
    own = {each["id"]: each["waarde"] for each in deal["kerncijfers"] if each["id"].startswith("welvaart.")}
    facts = {each["id"]: each for each in json.loads((overview / "kerncijfers.json").read_text("utf-8"))["kerncijfers"]}
    assert own["welvaart.wonen.indicatoren"] > 0 and len(own) >= 16
    for key, count in own.items():
        assert facts[key]["value"] == 8 * count
    assert facts["welvaart.wonen.deals"]["value"] == 8
    assert "Arbeid en vrije tijd" in html_text(overview / "portefeuille-2021.html")


def test_the_overview_says_the_same_in_every_format(overview: Path) -> None:
    texts = [
        html_text(overview / "portefeuille-2021.html"),
        " ".join(pdf_pages(overview / "portefeuille-2021.pdf")),
        docx_text(overview / "portefeuille-2021.docx"),
    ]
    for text in texts:
        assert "Regio Deal 07" in text and "geen verslag over 2021" in text and "oorbeelddata" in text
    soup = BeautifulSoup((overview / "portefeuille-2021.html").read_text(encoding="utf-8"), "lxml")
    origins = BeautifulSoup((overview / "herkomst.html").read_text(encoding="utf-8"), "lxml")
    links = [str(link["href"]) for link in soup.select("a.cijfer")]
    assert len(links) > 60
    known = {each["id"] for each in origins.select("[id]")}
    assert [link for link in links if link.partition("#")[2] not in known] == []


def test_the_figures_of_all_deals_stand_in_one_table(overview: Path) -> None:
    with (overview / "portefeuille.csv").open(encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    table = fastparquet.ParquetFile(str(overview / "portefeuille.parquet")).to_pandas().to_dict("records")
    # The parquet file holds numbers only; a key figure in words has its text beside.
    assert [(row["deal"], row["id"], row["tekst"]) for row in rows] == [
        (row["deal"], row["id"], row["tekst"]) for row in table
    ]
    numbers = [(row, other["waarde"]) for row, other in zip(rows, table, strict=True) if row["eenheid"] != "woord"]
    assert len(numbers) > 100 and all(float(row["waarde"]) == value for row, value in numbers)
    assert len({row["deal"] for row in rows}) == 8


def test_a_deal_whose_numbers_and_texts_differ_is_left_out(reports: Path, tmp_path: Path) -> None:
    changed = [("totaal.begroot", 1), ("totaal.uitputting", 0.99), ("totaal.begroot", float("nan"))]
    sources = [tmp_path / f"deal-{number}.json" for number in range(len(changed))]
    for path, (of, value) in zip(sources, changed, strict=True):
        deal = json.loads((reports / "2021" / "kerncijfers.json").read_text(encoding="utf-8"))
        (figure,) = (each for each in deal["kerncijfers"] if each["id"] == of)
        figure["waarde"] = value
        path.write_text(json.dumps(deal), encoding="utf-8")
    found, missing = read_all([str(reports / "2021"), *map(str, sources)], 2021)
    assert [each.source for each in found] == [str(reports / "2021")]
    assert [each.source for each in missing] == [*map(str, sources)]
    assert "totaal.begroot" in missing[0].why and "totaal.uitputting" in missing[1].why


def test_a_folder_with_something_else_stays(sources: Path) -> None:
    (sources / "mijn").mkdir()
    (sources / "mijn" / "brief.txt").write_text("brief", encoding="utf-8")
    done = run("portfolio", "2021", "deal-1.json", "--output", "mijn", cwd=sources)
    assert done.code == 1 and "something else" in done.err
    assert [path.name for path in (sources / "mijn").iterdir()] == ["brief.txt"]


def test_without_any_deal_there_is_one_error(tmp_path: Path) -> None:
    done = run("portfolio", "2021", "nergens", cwd=tmp_path)
    assert done.code == 1 and "No deal has figures" in done.err and "Traceback" not in done.err
    assert list(tmp_path.iterdir()) == []
