"""Every number of a report has a fact behind it, and every fact the rows that it was computed from."""

from __future__ import annotations

import csv
import hashlib
import json
import re
from collections.abc import Iterator
from io import BytesIO
from pathlib import Path
from typing import Any

import jsonschema
import openpyxl
import pytest
from bs4 import BeautifulSoup
from conftest import REPOSITORY, run, trim
from frictionless import validate

from voortgang.publish.rows_behind import numbers_in
from voortgang.readers.trace import trace
from voortgang.workspace.deal import read_deal
from voortgang.workspace.paths import Workspace
from voortgang.writing import dutch

YEARS = (2019, 2021, 2023)
MONTHS = "januari|februari|maart|april|mei|juni|juli|augustus|september|oktober|november|december"
NOT_COMPUTED = (
    r"besluit [\w./-]+",  # by which an adoption is found again
    r"cc-by-[\d.]+",  # a licence and its version
    rf"\d{{1,2}} ({MONTHS}) \d{{4}}",
    r"\d{2}-\d{2}-\d{4}|\d{4}-\d{2}-\d{2}|\b\d{2}-\d{4}\b",
    r"\b20[12]\d\b",
    r"(tabel|figuur|paragraaf|termijn) \d+",
    r"art(ikel|\.) \d+[a-z]?( lid \d+[a-z]?)?( en \d+| tot en met \d+)?",
)
"""Dates, years, numbers of tables and articles."""


def figures(reports: Path, year: int) -> dict[str, dict[str, Any]]:
    content = json.loads((reports / str(year) / "kerncijfers.json").read_text(encoding="utf-8"))
    return {each["id"]: each for each in content["kerncijfers"]}


def folded(text: str) -> str:
    return re.sub(r"\s+", " ", text.replace("\xa0", " "))


def written() -> str:
    """Return all that people wrote: a number in it is not computed."""
    folders = [REPOSITORY / "templates", REPOSITORY / "data"]
    files = [path for folder in folders for path in folder.rglob("*") if path.suffix in {".qmd", ".md", ".yml", ".csv"}]
    texts = (path.read_text(encoding="utf-8").replace("\\_", " ") for path in files)  # a no-break space in YAML
    return re.sub(r"[\s>|*\"]+", " ", " ".join(texts)).lower()


def unfounded(page: str, known: dict[str, dict[str, Any]], prose: str) -> Iterator[str]:
    """Yield each number of a page that neither leads to a fact nor stands in what people wrote."""
    soup = BeautifulSoup(page, "lxml")
    # Section numbers; and what the check found, which names file, row and value itself.
    for each in soup.select("script, style, nav, .header-section-number, a[href^='#sec-'], #tbl-datakwaliteit"):
        each.decompose()
    # The values of a chart are those of its text alternative, which has a test of its own.
    for each in soup.select("details.waarden"):
        each.decompose()
    # The ordinal of an instalment is the name of its row, and an article that of a row of the Convenantwijzer.
    for each in soup.select("#tbl-termijnen tbody th, #tbl-convenantwijzer tbody th"):
        each.decompose()
    for link in soup.select("a.cijfer"):
        fact = known[str(link["href"]).partition("#")[2]]
        assert folded(link.get_text()) in {folded(fact["tekst"]), folded(fact["zinsdeel"])}, link
        link.replace_with("§")
    soup.smooth()
    for text in soup.find_all(string=re.compile(r"\d")):
        for number, around in computed(str(text), prose):
            yield f"{number} in {text.parent.name}: {around}"


def computed(text: str, prose: str) -> Iterator[tuple[str, str]]:
    """Yield each number that nobody wrote, with what stands around it."""
    rest = folded(text)
    for pattern in NOT_COMPUTED:
        rest = re.sub(pattern, "", rest, flags=re.IGNORECASE)
    for match in re.finditer(r"\d[\d.,]*%?", rest):
        word = re.search(r"\S*$", rest[: match.start()])[0] + re.match(r"[^\s;,)]*", rest[match.start() :])[0]
        around = (
            word if re.search(r"[a-z]{3}", word) else rest[max(0, match.start() - 12) : match.end() + 12].strip(" ()")
        )
        if not re.search(r"[a-z]{3}", around) or around.lower() not in prose:
            yield match[0].rstrip(".,"), around


@pytest.mark.parametrize("year", YEARS)
def test_every_computed_number_leads_to_a_fact(reports: Path, year: int) -> None:
    known, prose = figures(reports, year), written()
    for path in (reports / str(year)).rglob("*-20*.html"):
        page = path.read_text(encoding="utf-8")
        assert list(unfounded(page, known, prose)) == [], path.name
        assert page.count('class="cijfer"') > 10


def test_a_number_without_a_fact_is_noticed(reports: Path) -> None:
    page = (reports / "2021" / "voortgangsrapportage-2021.html").read_text(encoding="utf-8")
    bare = re.sub(r'<a\s+href="herkomst.html#totaal.gerealiseerd"\s+class="cijfer">([^<]*)</a>', r"\1", page)
    assert len(list(unfounded(bare, figures(reports, 2021), written()))) > 0


@pytest.mark.parametrize("year", YEARS)
def test_every_number_in_a_text_alternative_is_a_fact_of_its_figure(reports: Path, year: int) -> None:
    known, prose = figures(reports, year), written()
    indicators = read_deal(Workspace(REPOSITORY)).indicators
    names = [name for each in indicators for name in (f"{each.name} ({each.unit})", each.name)]
    soup = BeautifulSoup((reports / str(year) / f"voortgangsrapportage-{year}.html").read_text("utf-8"), "lxml")
    for figure in soup.select("figure, div[id^=fig-]"):
        label, image = figure.get("id"), figure.find("img")
        if not label or image is None:
            continue
        shown = [each for each in known.values() if label in each["staat_in"]]
        numbers = {number for each in shown for number in re.findall(r"\d[\d.,]*%?", folded(each["tekst"]))}
        # What is read aloud has "procent" for a sign, and amounts as the bars show them: "19,2 miljoen euro".
        numbers |= {number.removesuffix("%") for number in numbers}
        amounts = [float(each["waarde"]) for each in shown if each["eenheid"] == "euro"]
        numbers |= {dutch.number(amount / size, kept) for amount in amounts for size, kept in ((1e6, 1), (1e3, 0))}
        rest = folded(str(image["alt"]))
        for name in names:
            rest = rest.replace(name, "")
        found = {number for number, _ in computed(rest, prose)}
        assert found <= numbers, (label, found - numbers)
        listed = [folded(each.get_text()) for each in soup.select(f"#{label} + .herkomst details.waarden li")]
        assert listed and all(each in folded(str(image["alt"])) for each in listed), label


@pytest.mark.parametrize("year", YEARS)
def test_the_rows_of_a_fact_give_its_value(reports: Path, year: int) -> None:
    """Amounts, counts of projects and measurements are recomputed from the published rows alone."""
    tables = {
        path.stem: list(csv.reader(path.open(encoding="utf-8")))
        for path in (reports / str(year)).glob("gegevens/*.csv")
    }
    checked = 0
    for fact in figures(reports, year).values():
        for source in fact["herkomst"]["bronnen"]:
            name = Path(source["bestand"]).stem
            if name not in tables or "vastgesteld" in source["bestand"]:
                continue
            head, *rows = tables[name]
            numbers = set(numbers_in(source["rijen"]))
            chosen = [row for row in rows if int(row[0]) in numbers]
            assert len(chosen) == len(numbers), fact["id"]
            lines = _lines(chosen)
            assert hashlib.sha256(lines.encode()).hexdigest() == source["sha256"], fact["id"]
            if len(fact["herkomst"]["bronnen"]) > 1:
                continue
            kind = fact["id"].partition(".")[2]
            if name in {"financien", "bijdragen"} and fact["eenheid"] == "euro":
                assert sum(int(row[head.index("bedrag")]) for row in chosen) == fact["waarde"], fact["id"]
            elif name == "projecten" and kind == "projecten":
                assert len(chosen) == fact["waarde"], fact["id"]
            elif name == "metingen" and ".waarde" in fact["id"]:
                known = [float(row[head.index("waarde")]) for row in chosen if row[head.index("waarde")]]
                assert sum(known) == fact["waarde"], fact["id"]
            else:
                continue
            checked += 1
    assert checked > 100


def _lines(rows: list[list[str]]) -> str:
    from io import StringIO

    text = StringIO()
    csv.writer(text, lineterminator="\n").writerows(rows)
    return text.getvalue()


def test_the_figures_follow_their_schema_and_are_the_same_in_every_form(reports: Path) -> None:
    folder = reports / "2021"
    content = json.loads((folder / "kerncijfers.json").read_text(encoding="utf-8"))
    schema = json.loads((folder / "kerncijfers.schema.json").read_text(encoding="utf-8"))
    jsonschema.Draft202012Validator.check_schema(schema)
    jsonschema.validate(content, schema)
    head, *rows = csv.reader((folder / "kerncijfers.csv").open(encoding="utf-8"))
    assert [row[0] for row in rows] == [each["id"] for each in content["kerncijfers"]]
    values = [each["waarde"] for each in content["kerncijfers"]]
    # A figure in words, such as how many projects are in which phase, is the same text; the others the same number.
    numbers = [place for place, value in enumerate(values) if not isinstance(value, str)]
    written = [row[head.index("waarde")] for row in rows]
    assert [float(written[place]) for place in numbers] == [values[place] for place in numbers]
    book = openpyxl.load_workbook(BytesIO((folder / "kerncijfers.xlsx").read_bytes()))
    cells = list(book["Kerncijfers"].iter_rows(values_only=True))
    assert [str(cell) for cell in cells[0]] == head
    in_book = [row[2] for row in cells[1:]]
    assert [in_book[place] for place in numbers] == pytest.approx([values[place] for place in numbers], rel=1e-12)
    words = [place for place, value in enumerate(values) if isinstance(value, str)]
    assert (
        [written[place] for place in words] == [in_book[place] for place in words] == [values[place] for place in words]
    )
    explained = [row[0] for row in book["Toelichting"].iter_rows(values_only=True)]
    assert set(head) <= set(explained)


def test_the_published_schema_is_the_one_in_the_docs() -> None:
    from voortgang.publish.key_figures import json_schema

    assert (REPOSITORY / "docs" / "kerncijfers.schema.json").read_text(encoding="utf-8") == json_schema()


@pytest.mark.parametrize("year", YEARS)
def test_the_tables_are_a_valid_data_package(reports: Path, year: int) -> None:
    report = validate(str(reports / str(year) / "gegevens" / "datapackage.json"))
    assert report.valid, report.flatten(["rowNumber", "fieldName", "type", "note"])


def test_a_fact_with_two_values_is_refused(workspace: Path) -> None:
    trim(workspace, {"tbl-projecten": "bijlagen", "tbl-wonen-proeftuin": "wonen"})
    path = workspace / "notebooks" / "bijlagen.ipynb"
    text = path.read_text(encoding="utf-8")
    assert "vg.projects(report)" in text
    path.write_text(text.replace("vg.projects(report)", "vg.projects(report).assign(begroot=1)"), encoding="utf-8")
    done = run("build", "2021", cwd=workspace)
    assert done.code == 1
    assert "has two values" in done.err and "bijlagen.ipynb, code cell" in done.err
    assert not (workspace / "reports" / "2021").exists()


@pytest.fixture
def built(reports: Path) -> Path:
    """The workspace that the reports of all years were built in."""
    return reports.parent


@pytest.mark.sampled(2)
@pytest.mark.parametrize("what", ["totaal.gerealiseerd", "€ 16.945.700", "16.945.700", "€\u00a016.945.700"])
def test_trace_leads_from_a_number_to_its_cell_and_rows(built: Path, what: str) -> None:
    done = run("trace", "2021", what, cwd=built)
    assert done.code == 0, done.err
    assert "voortgangsrapportage-2021.html: Samenvatting" in done.out
    assert 'vg.publish_money(report, "totaal")' in done.out
    traced = json.loads(run("trace", "2021", what, "--json", cwd=built).out)
    (rows,) = next(each for each in traced if each["figure"]["id"] == "totaal.gerealiseerd")["rows"]
    assert sum(int(row[rows["columns"].index("bedrag")]) for row in rows["rows"]) == 16_945_700


AMOUNTS = (
    "EUR 16.945.700",
    "16.945.700 Euro",
    "16945700",
    "eur\u202f16.945.700",
    "€\u200916.945.700,-",
    "16.945.700,00",
)


@pytest.fixture(scope="module")
def of_the_amount(reports: Path) -> set[str]:
    return {each.figure.id for each in trace(Workspace(reports.parent), 2021, "€ 16.945.700")}


@pytest.mark.parametrize("what", AMOUNTS)
def test_trace_finds_an_amount_as_people_type_it(built: Path, of_the_amount: set[str], what: str) -> None:
    found = list(trace(Workspace(built), 2021, what))
    assert {each.figure.id for each in found} == of_the_amount
    assert all(each.figure.eenheid == "euro" for each in found)


@pytest.mark.parametrize("what", ["", " ", "€", "euro", ".*", "16.945.7", "31 december 2021", "-5", "-16.945.700"])
def test_trace_finds_nothing_that_is_not_there(built: Path, what: str) -> None:
    done = run("trace", "2021", what, cwd=built)
    assert done.code == 1 and f"has no figure {what!r}" in done.err


@pytest.mark.parametrize("what", ["--foo", "-x", "--foo=12", "--yes2", "-json", "-€"])
def test_trace_takes_no_option_that_it_does_not_know_for_an_amount(tmp_path: Path, what: str) -> None:
    done = run("trace", "2021", what, cwd=tmp_path)
    assert done.code == 2 and "No such option" in done.err and what.partition("=")[0] in done.err


@pytest.mark.parametrize("what", ["-5", "- 5", "-€ 5", "-EUR 16.945.700", "-€\u00a05"])
def test_trace_takes_an_amount_below_nought(built: Path, what: str) -> None:
    done = run("trace", "2021", what, cwd=built)
    assert done.code == 1 and f"has no figure {what!r}" in done.err


def test_trace_of_an_unknown_number_says_where_to_look(built: Path) -> None:
    done = run("trace", "2021", "€ 1,23", cwd=built)
    assert done.code == 1 and "herkomst.html" in done.err and "Traceback" not in done.err
