"""A chart or table that an analyst makes herself stands in the report, with its words, and is not traced."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import nbformat
import numpy as np
import pandas as pd
import pytest
from bs4 import BeautifulSoup
from conftest import LOAD, REPOSITORY, copy_workspace, run, trim
from docx import Document
from matplotlib.axes import Axes
from matplotlib.dates import ConciseDateFormatter, DateFormatter
from matplotlib.figure import Figure
from pypdf import PdfReader

import voortgang.notebook as vg
from voortgang.assemble.collect import Collected
from voortgang.check.checked import check
from voortgang.check.data import View
from voortgang.errors import LeakError, NotebookError
from voortgang.notebook.own_table import MOST_ROWS
from voortgang.publish.leaks import require_no_leak
from voortgang.run.execute import Executed
from voortgang.workspace.paths import Workspace
from voortgang.writing.publishable import MIME

HOSTILE = 'a|b *c* <b>d</b> {{< var x >}} @tbl-geld "e" `f` $g$'


def _table(frame: Any, **options: Any) -> dict[str, Any]:
    shown: list[dict[str, Any]] = vg.own_table(frame, "Een tabel", **options)._repr_mimebundle_()[MIME]
    return shown[0]


SHOWN: dict[str, tuple[Any, list[list[str]]]] = {
    "whole numbers": ([1, 2500, None], [["1"], ["2.500"], ["–"]]),
    "decimals as few as will do": ([1.5, 2.25, 1 / 3], [["1,50"], ["2,25"], ["0,33"]]),
    "decimals as many as the least needs": ([0.00012, 12.0], [["0,00012"], ["12,00000"]]),
    "what arithmetic leaves": ([0.1 + 0.2, 1e-17], [["0,3"], ["0,0"]]),
    "years": ([2019, 2021], [["2019"], ["2021"]]),
    "yes and no": ([True, False, None], [["ja"], ["nee"], ["–"]]),
    "days": (pd.to_datetime(["2021-03-04", None]), [["4 maart 2021"], ["–"]]),
    "moments": (pd.to_datetime(["2021-03-04 13:05"]), [["4 maart 2021, 13:05"]]),
    "categories": (pd.Categorical(["laag", "hoog"]), [["laag"], ["hoog"]]),
    "numbers and words": ([1, "x"], [["1"], ["x"]]),
    "text": ([HOSTILE], [[HOSTILE]]),
    "nullable numbers": (pd.array([1, None], dtype="Int64"), [["1"], ["–"]]),
}


@pytest.mark.parametrize("case", SHOWN)
def test_values_of_an_own_table_are_written_in_dutch(case: str) -> None:
    values, written = SHOWN[case]
    table = _table(pd.DataFrame({"Kolom": values}))
    assert (table["kind"], table["headings"], table["rows"]) == ("own-table", ["Kolom"], written)


def test_an_own_table_keeps_names_and_shows_an_index_that_says_something() -> None:
    frame = pd.DataFrame({"soort": ["p", "q", "p"], "jaar": [2020, 2020, 2021], "naam": [1.0, 2.0, 3.0]})
    assert _table(frame)["headings"] == ["soort", "jaar", "naam"]
    assert _table(frame[frame["naam"] > 1])["rows"][0] == ["q", "2020", "2"], "row numbers say nothing"
    assert _table(frame.groupby(["soort", "jaar"]).sum())["headings"] == ["soort", "jaar", "naam"]
    wide = _table(frame.pivot_table(index="soort", columns="jaar", values=["naam"]))
    assert (wide["headings"], wide["rows"][1]) == (["soort", "naam, 2020", "naam, 2021"], ["q", "2", "–"])
    assert _table(frame["soort"].value_counts())["rows"] == [["p", "2"], ["q", "1"]]
    assert _table(pd.DataFrame({1: [5]}, index=["x"]))["headings"] == ["Rij", "1"]
    assert _table(pd.DataFrame({"": [5], None: [6]}))["headings"] == ["Kolom 1", "Kolom 2"]
    money = pd.DataFrame({"Bedrag": [1234.5], "Deel": [0.256]})
    assert _table(money, units={"Bedrag": "euro", "Deel": "aandeel"})["rows"] == [["€\xa01.235", "25,6%"]]
    assert _table(frame[:0])["paragraphs"] == ["Er zijn geen gegevens."]


@pytest.mark.parametrize(
    ("frame", "options", "says"),
    [
        (pd.DataFrame({"a": [1, [2]]}), {}, "column 'a', row 2 holds a list"),
        (pd.DataFrame({"a": [float("inf")]}), {}, "column 'a', row 1 holds inf"),
        (pd.DataFrame({"a": [1e30]}), {}, "column 'a', row 1 holds 1e"),
        (pd.DataFrame({"a": ["Em\u200bmen"]}), {}, "column 'a', row 1 holds an invisible character"),
        (pd.DataFrame({"a\ue001": [1]}), {}, "name of the column .* holds an invisible character"),
        (pd.DataFrame(np.zeros((2, 40))), {}, "the 40 columns of the table take"),
        (pd.DataFrame({"a": range(MOST_ROWS + 1)}), {}, "the table has 501 rows"),
        (pd.DataFrame(index=["x"]), {}, "the table has no columns"),
        (pd.DataFrame({"a": [1]}).style, {}, "the table is a Styler"),
        (pd.DataFrame({"a": [1]}), {"caption": " "}, "there is no caption"),
        (pd.DataFrame({"a": [1]}), {"caption": "Em\u200bmen"}, "the caption holds an invisible character"),
        (pd.DataFrame({"a": [1]}), {"units": {"b": "euro"}}, "'b', which is not there; the table has: a"),
        (pd.DataFrame({"a": [1]}), {"units": {"a": "dollar"}}, "units says 'dollar' of the column 'a'"),
        (pd.DataFrame({"a": ["x"]}), {"units": {"a": "euro"}}, "column 'a', row 1 holds 'x'"),
    ],
)
def test_what_no_own_table_can_show_is_named(frame: Any, options: dict[str, Any], says: str) -> None:
    with pytest.raises(ValueError, match=says):
        vg.own_table(frame, **({"caption": "Een tabel"} | options))


def _axes(**options: Any) -> Axes:
    axes: Axes = Figure(**options).subplots()
    axes.plot([0, 12500.5], [0, 0.5])
    return axes


def _svg(chart: Any) -> str:
    return vg.own_chart(chart, "Een grafiek", "Een lijn").svg


def test_an_own_chart_holds_nothing_that_runs_loads_or_tells_when() -> None:
    axes = _axes()
    axes.set_title("a & <b>").set_url("javascript:alert(1)")
    axes.set_gid("\"'><script>alert(1)</script>")
    svg = _svg(axes)
    assert not re.search(r"<a\b|script|<metadata|<!--|<g id=|\d{4}-\d\d-\d\dT", svg)
    assert svg == _svg(axes)
    BeautifulSoup(svg, "xml").find("svg")
    assert "a &amp; &lt;b&gt;" in svg
    assert not re.search(r"[ \"L]\d{1,3}\.\d{3}(?!\d)", re.sub("<desc>.*</desc>", "", svg)), "it looks like an amount"


def test_the_numbers_along_the_axes_of_an_own_chart_are_dutch() -> None:
    said = re.search("<desc>(.*)</desc>", _svg(_axes()))
    assert said and {"10.000", "8000", "0,3"} <= set(said[1].removeprefix("Woorden: ").split("; "))
    axes = _axes()
    axes.loglog([0.01, 100000], [1, 10])
    said = re.search("<desc>(.*)</desc>", _svg(axes))
    assert said and "0,01" in said[1] and "100.000" in said[1] and "$" not in said[1]


def test_so_are_the_months_and_days_along_an_axis_of_time() -> None:
    months = pd.Series(range(18), index=pd.period_range("2021-01", periods=18, freq="M"))
    days, dated = months.index.to_timestamp()[:5], Figure().subplots()
    dated.plot(days, range(5))
    dated.xaxis.set_major_formatter(DateFormatter("%d %B %Y, %A"))
    concise = Figure().subplots()
    concise.plot(days, range(5))
    concise.xaxis.set_major_formatter(ConciseDateFormatter(concise.xaxis.get_major_locator()))
    hours = pd.Series(range(40), index=pd.date_range("2021-05-20", periods=40, freq="h"))
    expected: list[tuple[Any, set[str]]] = [
        (months.plot(ax=Figure().subplots()), {"jan 2021", "apr", "okt"}),
        (dated, {"01 maart 2021, maandag", "01 mei 2021, zaterdag"}),
        (concise, {"2021-mei", "mrt"}),
        (hours.plot(ax=Figure().subplots()), {"00:00 20-mei 2021"}),
    ]
    for axes, words in expected:
        said = re.search("<desc>Woorden: (.*)</desc>", _svg(axes))
        assert said and words <= set(said[1].split("; "))
        assert not re.search("Mar|May|Oct|day", said[1])


@pytest.mark.parametrize(("size", "width"), [((2, 2), 482.4), ((6.7, 3), 482.4), ((3, 14), 600), ((20, 5), 1100)])
def test_an_own_chart_is_as_wide_as_the_text_and_no_higher_than_a_page(size: Any, width: float) -> None:
    drawn = re.search(r'viewBox="0 0 ([\d.]+) ([\d.]+)"', _svg(_axes(figsize=size)))
    assert drawn and float(drawn[1]) >= width and float(drawn[2]) / float(drawn[1]) <= 1.25


@pytest.mark.parametrize(
    ("chart", "words", "says"),
    [
        (_axes, ("", "alt"), "there is no caption"),
        (_axes, ("caption", " "), "there is no text alternative"),
        (Figure, ("caption", "alt"), "the chart is empty"),
        (lambda: "chart.png", ("caption", "alt"), "the chart is a str; a Figure or Axes"),
        (lambda: [], ("caption", "alt"), "the chart is a list"),
        (lambda: [[]], ("caption", "alt"), "the chart is a list"),
        (lambda: _axes(figsize=(90, 2)), ("caption", "alt"), "larger than 25 inches"),
    ],
)
def test_what_is_no_own_chart_is_named(chart: Callable[[], Any], words: tuple[str, str], says: str) -> None:
    with pytest.raises(ValueError, match=says):
        vg.own_chart(chart(), *words)


def test_a_chart_of_too_many_points_is_named_and_pixels_help(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("voortgang.notebook.charts.own.LARGEST", 100_000)
    few, many = _axes(), _axes()
    many.scatter(range(1000), np.sin(range(1000)))
    with pytest.raises(ValueError, match="draw fewer points, or draw them with rasterized=True"):
        _svg(many)
    few.scatter(range(1000), np.sin(range(1000)), rasterized=True, s=1)
    assert "data:image/png;base64," in _svg(few)


def test_axes_of_several_kinds_lead_to_their_figure() -> None:
    figure = Figure()
    part = figure.subfigures(1, 2)[0].subplots(2)
    assert _svg(part) == _svg(part[1]) == _svg(figure)


def test_a_hidden_project_in_an_own_chart_stops_a_public_edition() -> None:
    axes = _axes()
    axes.set_title("Voorbeeldproject\nmarkante woningen")
    data, view = check(Workspace(REPOSITORY)).data, View(2021, date(2021, 12, 31), "openbaar")
    with pytest.raises(LeakError, match="W008"):
        require_no_leak([("bron/figuren/fig-a.svg", _svg(axes).encode())], data, view)


def _collected(source: str, each: tuple[str, str] | None = None, **data: str) -> Collected:
    """Collect what a cell publishes that showed this; no notebook runs."""
    shown = {name.replace("_", "/", 1): value for name, value in data.items()}
    outputs = [nbformat.v4.new_output("display_data", shown)] if shown else []
    notebook = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(source, outputs=outputs)])
    found = Collected()
    found.add(nbformat.writes(notebook).encode(), "notebooks/eigen.ipynb", each)
    return found


@pytest.mark.parametrize(
    ("options", "data", "says", "mend"),
    [
        ("label: fig-a", {"image_png": "x"}, r"no caption \(fig-cap\) and no text alternative", "#| fig-cap: … and #"),
        ('label: fig-a\n#| fig-cap: "b"\n#| fig-alt: ""', {"image_png": "x"}, "no text alternative", "Add #| fig-alt"),
        ("label: fig-a\n#| fig-cap: b: c", {"image_png": "x"}, "cannot be read .mapping values", "quotation marks"),
        ("label: fig-a\n#| fig-cap: b: c", {}, "shows nothing, and its options cannot be read", "quotation marks"),
        ("label: fig-a\n#| fig-cap: b\n#| fig-alt: c", {}, "shows nothing", "Let the cell end with one"),
        ("label: fig-a\n#| fig-cap: b\n#| fig-alt: c", {"text_html": "x"}, "no figure of matplotlib", "end with one"),
        ("label: tbl-a", {"text_html": "x"}, r"no caption \(tbl-cap\)", "Add #| tbl-cap: …"),
        ("label: tbl-a\n#| tbl-cap: b", {"text_html": "x"}, "which is no DataFrame of pandas", "end with one"),
        ("label: tbl-a\n#| fig-cap: b", {"image_png": "x"}, r"a picture of its own, which has no caption", "tbl-cap"),
    ],
)
def test_what_an_own_chart_or_table_lacks_is_said(options: str, data: dict[str, str], says: str, mend: str) -> None:
    with pytest.raises(NotebookError, match=says) as caught:
        _collected(f"#| {options}\nframe", **data)
    assert caught.value.where == "notebooks/eigen.ipynb, code cell 1"
    assert mend in caught.value.mend


def test_options_beside_what_the_functions_publish_change_nothing() -> None:
    shown = vg.table(pd.DataFrame({"naam": ["Zorg"]}), ["naam"], "Van vg")._repr_mimebundle_()[MIME]
    source = "#| label: tbl-a\n#| tbl-cap: b: c\nvg.table(…)"
    beside = vg.own_table(pd.DataFrame({"a": [1]}), "b: c")._repr_mimebundle_()[MIME]
    outputs = [nbformat.v4.new_output("display_data", {MIME: each}) for each in (beside, shown)]
    cell = nbformat.v4.new_code_cell(source, outputs=outputs)
    found = Collected()
    found.add(nbformat.writes(nbformat.v4.new_notebook(cells=[cell])).encode(), "eigen.ipynb")
    assert found.tables["tbl-a"].caption == "Van vg" and found.own == {}


CHART = f"""#| label: fig-eigen-{{pijler}}
#| fig-cap: {json.dumps(HOSTILE)}
#| fig-alt: "Staafdiagram van deelnemers. Zorg 1.200; Bouw 345."
import pandas as pd
frame = pd.DataFrame({{"Deelnemers": [1200, 345]}}, index=["Zorg", "Bouw"])
frame.plot.bar(rot=0)"""
TABLE = f"""#| label: tbl-eigen-{{pijler}}
#| tbl-cap: {json.dumps(HOSTILE)}
frame.assign(Tekst=[{HOSTILE!r}, "Regel\\neen"])"""
COMPUTED = """#| label: fig-verloop-{pijler}
from matplotlib.figure import Figure
axes = Figure().subplots()
axes.plot([2020, year], [1, len(pijler)])
vg.own_chart(axes, f"Verloop van {pijler}", "Een lijn")"""
LAST = """#| label: fig-een
#| fig-cap: Een figuur
#| fig-alt: Een lijn
import matplotlib.pyplot as plt
figure = plt.figure()
figure.subplots().plot([1, 2])
figure"""


def test_a_frame_that_cannot_be_shown_stops_its_notebook(run_cells: Callable[..., Executed]) -> None:
    with pytest.raises(NotebookError, match="column 'a', row 1 holds a list") as caught:
        run_cells("#| label: tbl-x\n#| tbl-cap: Een tabel\nimport pandas as pd\npd.DataFrame({'a': [[1]]})")
    assert "code cell 3\n| #| label: tbl-x" in caught.value.where


def test_a_mark_that_only_labels_know_is_refused_in_a_caption() -> None:
    shown = vg.own_table(pd.DataFrame({"a": [1]}), "Van {pijler}")._repr_mimebundle_()[MIME]
    cell = nbformat.v4.new_code_cell(
        "#| label: tbl-{pijler}", outputs=[nbformat.v4.new_output("display_data", {MIME: shown})]
    )
    notebook = nbformat.writes(nbformat.v4.new_notebook(cells=[cell])).encode()
    with pytest.raises(NotebookError, match=r"The words of 'tbl-werken' hold \{pijler\}"):
        Collected().add(notebook, "eigen.ipynb", ("pijler", "werken"))
    Collected().add(notebook.replace(b"tbl-{pijler}", b"tbl-x"), "eigen.ipynb")


@pytest.fixture(scope="module")
def own(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A workspace with a report of charts and tables of an analyst's own, for each pillar; built once."""
    root = trim(copy_workspace(tmp_path_factory.mktemp("own") / "deal"), {})
    notebook = nbformat.v4.new_notebook()
    given = 'year = 2021\nreference_date = "2021-12-31"\nedition = "overleg"\npijler = "werken"'
    notebook.cells = [nbformat.v4.new_code_cell(text) for text in (given, LOAD, CHART, TABLE, COMPUTED)]
    notebook.cells[0].metadata.tags = ["parameters"]
    nbformat.write(notebook, root / "notebooks" / "eigen.ipynb")
    labels = [
        f"{kind}-{pillar}" for pillar in ("werken", "wonen") for kind in ("fig-eigen", "tbl-eigen", "fig-verloop")
    ]
    lines = [f"# Eigen\n\nZie @{labels[0]} en [vooral @{labels[1]}]."]
    lines += [f"{{{{< include fragmenten/_{label}.md >}}}}" for label in labels]
    (root / "templates" / "rapport.qmd").write_text("\n\n".join(lines) + "\n", encoding="utf-8")
    assert (done := run("check", cwd=root)).code == 0, done.out + done.err
    assert (done := run("build", "2021", "--engine", "builtin", cwd=root)).code == 0, done.err
    return root


def test_a_cell_shows_its_chart_or_table_once_and_the_same_in_a_fresh_kernel(
    own: Path, run_cells: Callable[..., Executed]
) -> None:
    done = run_cells(*(each.replace("{pijler}", "werken") for each in (CHART, TABLE, LAST)), warm=False)
    assert done.uncertain == ""
    made, sources = Collected(as_png=None), own / "reports" / "2021" / "bron"
    made.add(done.notebook, "tiny.ipynb")
    assert sorted(made.own) == ["fig-een", "fig-eigen-werken", "tbl-eigen-werken"]
    assert made.figures["fig-eigen-werken.svg"] == (sources / "figuren" / "fig-eigen-werken.svg").read_bytes()
    assert made.fragments["tbl-eigen-werken"] == (sources / "fragmenten" / "_tbl-eigen-werken.md").read_text("utf-8")
    assert "#154a70" in made.figures["fig-een.svg"].decode(), "the first colour of the house"


def _words(element: Any) -> str:
    return " ".join(element.get_text().split())


def test_own_charts_and_tables_stand_in_every_document(own: Path) -> None:
    report = own / "reports" / "2021"
    page = BeautifulSoup((report / "voortgangsrapportage-2021.html").read_text(encoding="utf-8"), "html.parser")
    figure, table = page.select_one("#fig-eigen-werken"), page.select_one("#tbl-eigen-werken")
    assert figure and table
    picture = figure.select_one("img")
    assert picture and picture["alt"] == "Staafdiagram van deelnemers. Zorg 1.200; Bouw 345."
    assert _words(figure.select_one("figcaption")) == f"Figuur 1: {HOSTILE}"
    assert _words(table.select_one("caption")) == f"Tabel 1: {HOSTILE}"
    rows = [[_words(cell) for cell in row.select("td, th")] for row in table.select("tr")]
    assert rows == [["Rij", "Deelnemers", "Tekst"], ["Zorg", "1.200", HOSTILE], ["Bouw", "345", "Regel een"]]
    assert "Zie Figuur 1 en vooral Tabel 1." in _words(page)
    listed = [each.get_text() for each in page.select("details.waarden li")]
    assert listed == ["Zorg 1.200", "Bouw 345"] * 2, "what names no values has no list"
    word = Document(str(report / "voortgangsrapportage-2021.docx"))
    assert len(word.inline_shapes) == 4
    assert [cell.text for cell in word.tables[-1].rows[1].cells] == ["Zorg", "1.200", HOSTILE]
    assert HOSTILE in "\n".join(each.text for each in word.paragraphs)
    pdf = PdfReader(report / "voortgangsrapportage-2021.pdf")
    assert "Figuur 1: a|b *c*" in pdf.pages[2].extract_text().replace("\xa0", " ")
    assert sorted(each.name for each in (report / "bron" / "figuren").glob("fig-eigen-w*")) == [
        *("fig-eigen-welzijn.png", "fig-eigen-welzijn.svg", "fig-eigen-werken.png", "fig-eigen-werken.svg"),
        *("fig-eigen-wonen.png", "fig-eigen-wonen.svg"),
    ]


def test_the_page_of_origins_says_that_own_charts_and_tables_are_not_traced(own: Path) -> None:
    report = own / "reports" / "2021"
    page = BeautifulSoup((report / "herkomst.html").read_text(encoding="utf-8"), "html.parser")
    rows = {each["id"]: each for each in page.select("#eigen ~ div tr[id*=-werken]")}
    assert rows.keys() == {"fig-eigen-werken", "tbl-eigen-werken", "fig-verloop-werken"}
    link = rows["fig-verloop-werken"].select_one("a")
    name, _, cell = str(link["href"]).partition("#cell-id=")  # type: ignore[index]
    notebook = nbformat.read(report / Path(name).with_suffix(".ipynb"), as_version=4)
    assert "own_chart" in next(each.source for each in notebook.cells if each.id == cell)
    facts = json.loads((report / "kerncijfers.json").read_text(encoding="utf-8"))["kerncijfers"]
    assert not [each for each in facts if any("eigen" in label for label in each["staat_in"])]


def test_own_charts_and_tables_are_made_again_only_when_something_changed(own: Path) -> None:
    assert "nothing has changed" in run("build", "2021", "--engine", "builtin", "--dry-run", cwd=own).out
