"""What a stranger wrote in the figures of a deal appears in the overview as typed, or is refused by its place."""

from __future__ import annotations

import json
import os
import shutil
from pathlib import Path
from typing import Any

import pytest
from conftest import run
from documents import docx_text, html_text, pdf_pages
from test_hostile_text import HOSTILE

from voortgang.errors import NotebookError
from voortgang.readers.portfolio import make
from voortgang.readers.portfolio.one_deal import approach, lines
from voortgang.readers.portfolio.overview import Portfolio, deals, publish, standing
from voortgang.readers.portfolio.published import read_all
from voortgang.writing.publishable import Fact, Text, unquoted

DAY = "2020-12-31"
TYPED = (*HOSTILE, '{{< env HOME >}} {{< meta titel >}} ```{=typst}``` #read("/etc/passwd") [a]{.b onclick=c}')


def _figure(key: str, label: str, value: object, text: str, unit: str) -> dict[str, Any]:
    origin = {"notebook": "notebooks/x.ipynb", "cel": "cel", "bronnen": []}
    return {
        "id": key,
        "label": label,
        "waarde": value,
        "tekst": text,
        "zinsdeel": "",
        "eenheid": unit,
        "jaar": 2020,
        "peildatum": DAY,
        "artikel": "7",
        "over": {"indicator": "x"} if "indicator" in key else {},
        "status": "definitief",
        "staat_in": [],
        "herkomst": origin,
    }


def _deal(name: str = "Regio Deal Ergens", text: str = "een indicator") -> dict[str, Any]:
    amounts = {"begroot": 990, "gecommitteerd": 900, "gerealiseerd": 500}
    figures = [_figure(f"totaal.{kind}", kind, amount, f"€ {amount}", "euro") for kind, amount in amounts.items()]
    figures += [
        _figure("totaal.projecten", "Projecten", 12, "12", "aantal"),
        _figure("indicator.x.doelwaarde", f"Doelwaarde: {text}", 40, "40", "aantal"),
        _figure("indicator.x.waarde", text, 20, "20", "aantal"),
        _figure("indicator.x.doelbereik", "Doelbereik", 0.5, "50%", "aandeel"),
        _figure("werken.projecten", "Projecten", 12, "12", "aantal"),
    ]
    report = {
        "deal": name,
        "eerste_jaar": 2019,
        "laatste_jaar": 2023,
        "pijlerwoord": "pijler",
        "pijlers": {"werken": text},
        "jaar": 2020,
        "peildatum": DAY,
        "status": "concept",
        "editie": "overleg",
        "voorbeelddata": False,
    }
    return {"schema_versie": "1.1", "verslag": report, "kerncijfers": figures}


def test_what_a_stranger_typed_stands_in_every_format_as_typed(tmp_path: Path) -> None:
    listed = []
    for number, start in enumerate(range(0, len(TYPED), 12), start=1):
        text = " ".join(TYPED[start : start + 12])
        path = tmp_path / f"deal-{number}.json"
        path.write_text(json.dumps(_deal(f"Deal {number} {text}", text)), encoding="utf-8")
        listed.append(path.name)
    # A list as Windows saves it; a name that is no file is told of in the overview itself.
    names = "\r\n".join([*listed, "# een opmerking", "nergens {{< env HOME >}} <b>vet</b> \N{PARTY POPPER}"])
    (tmp_path / "bronnen.txt").write_bytes(names.encode("utf-8-sig"))
    done = run("portfolio", "2020", "--list", "bronnen.txt", "--output", "uit", cwd=tmp_path)
    assert done.code == 0, done.err
    made = tmp_path / "uit" / "portefeuille-2020"
    html, word = html_text(made.with_suffix(".html")), docx_text(made.with_suffix(".docx"))
    pdf = "".join("".join(pdf_pages(made.with_suffix(".pdf"))).split()).replace("-", "")
    for text in TYPED:
        assert " ".join(text.split()) in html and " ".join(text.split()) in word, text
        assert "".join(text.split()).replace("-", "") in pdf, text
    source = made.with_suffix(".html").read_text(encoding="utf-8")
    assert "<script>alert" not in source and "<b>vet" not in source and "root:x:" not in html
    assert str(Path.home()) not in html
    assert not [
        line for line in (tmp_path / "uit" / "portefeuille.csv").read_text("utf-8").splitlines() if line[0] in "=+@-"
    ]


def _put(deal: dict[str, Any], place: str, value: object) -> None:
    *parts, last = place.split(".")
    for part in parts:
        deal = deal[int(part) if part.isdigit() else part]  # type: ignore[call-overload]
    deal[last] = value


PLACES = (
    "verslag.deal",
    "verslag.pijlerwoord",
    "verslag.pijlers.werken",
    "kerncijfers.5.label",
    "kerncijfers.5.tekst",
    "kerncijfers.5.zinsdeel",
    "kerncijfers.5.artikel",
    "kerncijfers.5.over.indicator",
    "kerncijfers.5.herkomst.notebook",
)
UNSEEN = {
    "right to left": "Em\u202emen",
    "no width": "Em\u200bmen",
    "nothing": "Em\0men",
    "escape": "Em\x1bmen",
    "another line": "Em\nmen",
    "our own mark": "\ue001totaal.projecten\ue00212\ue003",
    "another alphabet": "Emm\u0435n",
    "no shape": "klaar \N{PARTY POPPER}",
    "ten megabytes": "x" * 10_000_000,
}


@pytest.mark.parametrize("kind", UNSEEN)
def test_what_nobody_sees_is_refused_by_its_place(kind: str, tmp_path: Path) -> None:
    for place in PLACES if kind != "ten megabytes" else PLACES[:1]:
        deal = _deal()
        _put(deal, place, UNSEEN[kind])
        (tmp_path / "deal.json").write_text(json.dumps(deal), encoding="utf-8")
        found, missing = read_all([str(tmp_path / "deal.json")], 2020)
        assert not found
        named = place.split(".")[-1] if place.startswith("verslag") else "indicator.x.waarde"
        assert named in missing[0].why and len(missing[0].why) <= 300, missing


@pytest.mark.parametrize(
    ("place", "value"),
    [
        ("kerncijfers.5.waarde", "NaN"),
        ("kerncijfers.5.waarde", "Infinity"),
        ("kerncijfers.5.waarde", "1e999"),
        ("kerncijfers.5.waarde", "1" + "0" * 400),
        ("kerncijfers.5.waarde", '"<script>"'),
        ("kerncijfers.5.waarde", "true"),
        ("kerncijfers.5.waarde", "-20"),
        ("kerncijfers.5.tekst", '"21"'),
        ("kerncijfers.6.tekst", '"60%"'),
        ("kerncijfers.0.tekst", '"\\u20ac 2.000"'),
        ("kerncijfers.5.id", '"totaal.projecten"'),
        ("kerncijfers.5.label", '"\\ud800"'),
        ("verslag.eerste_jaar", "-1000000000"),
        ("verslag.laatste_jaar", "2018"),
        ("verslag.deal", '""'),
        ("verslag.pijlers", '{"../../x": "Werken"}'),
        ("verslag.jaar", '"twintig"'),
    ],
)
def test_figures_that_are_none_leave_a_deal_out(place: str, value: str, tmp_path: Path) -> None:
    deal = _deal()
    _put(deal, place, "%HIER%")
    (tmp_path / "deal.json").write_text(json.dumps(deal).replace('"%HIER%"', value), encoding="utf-8")
    found, missing = read_all([str(tmp_path / "deal.json")], 2020)
    assert not found and len(missing) == 1 and 0 < len(missing[0].why) <= 300


@pytest.mark.parametrize(
    "figure",
    [
        _figure("totaal.begroot", "Begroot", "veel", "veel", "woord"),
        _figure("totaal.begroot", "Begroot", 990, "990", "aantal"),
        _figure("totaal.begroot", "Begroot", 990.4, "€ 990", "euro"),
        _figure("totaal.projecten", "Projecten", 12.5, "12,5", "aantal"),
        _figure("totaal.gestopt", "Gestopt", -1, "-1", "aantal"),
        _figure("totaal.uitputting", "Uitputting", "half", "half", "woord"),
        _figure("werken.op_koers", "Op koers", "alle", "alle", "woord"),
        _figure("welvaart.wonen.indicatoren", "Indicatoren", 3, "€ 3", "euro"),
    ],
    ids=lambda figure: f"{figure['id']} {figure['tekst']}",
)
def test_a_figure_that_cannot_be_computed_with_leaves_its_deal_out_and_not_the_others(
    figure: dict[str, Any], tmp_path: Path
) -> None:
    odd = _deal("Regio Deal Elders")
    odd["kerncijfers"] = [each for each in odd["kerncijfers"] if each["id"] != figure["id"]] + [figure]
    for name, deal in (("odd", odd), ("deal", _deal())):
        (tmp_path / f"{name}.json").write_text(json.dumps(deal), encoding="utf-8")
    found, missing = read_all([str(tmp_path / f"{name}.json") for name in ("odd", "deal")], 2020)
    assert [each.figures.verslag.deal for each in found] == ["Regio Deal Ergens"]
    assert figure["id"] in missing[0].why and "niet te rekenen" in missing[0].why


@pytest.mark.parametrize(
    ("value", "text", "right"),
    [
        (0.9999, "99,9%", True),
        (0.9999, "100%", True),
        (1.0001, "100%", True),
        (1.0, "100%", True),
        (0.99, "100%", False),
        (0.0004, "minder dan 0,1%", True),
        (0.0004, "0%", True),
        (0.0, "0%", True),
        (0.0, "minder dan 0,1%", False),
        (0.01, "0%", False),
    ],
)
def test_what_an_earlier_version_rounded_to_all_or_none_is_still_read(
    value: float, text: str, right: bool, tmp_path: Path
) -> None:
    deal = _with(_deal(), _figure("indicator.x.doelbereik", "Doelbereik", value, text, "aandeel"))
    (tmp_path / "deal.json").write_text(json.dumps(deal), encoding="utf-8")
    assert bool(read_all([str(tmp_path / "deal.json")], 2020)[0]) == right


def _overview(tmp_path: Path, *deals: dict[str, Any]) -> Portfolio:
    """Return what the notebook of the overview has of deals."""
    for number, deal in enumerate(deals):
        (tmp_path / f"{number}.json").write_text(json.dumps(deal), encoding="utf-8")
    found, missing = read_all([str(tmp_path / f"{number}.json") for number in range(len(deals))], 2020)
    assert not missing
    reports = {str(number): (each.figures.verslag, each.checked) for number, each in enumerate(found)}
    return Portfolio(2020, reports, {str(n): each.figures.by_id for n, each in enumerate(found)}, ())


def _counts(**counts: int) -> list[dict[str, Any]]:
    return [_figure(f"totaal.{kind}", kind, count, str(count), "aantal") for kind, count in counts.items()]


def _with(deal: dict[str, Any], *figures: dict[str, Any]) -> dict[str, Any]:
    """Return a deal with other figures."""
    ids = {each["id"] for each in figures}
    return deal | {"kerncijfers": [each for each in deal["kerncijfers"] if each["id"] not in ids] + list(figures)}


@pytest.mark.parametrize(
    ("counts", "told"),
    [
        ({"projecten": 12, "uitvoering": 12}, "12 in uitvoering"),
        # What a public edition does not show was in no phase, and the phases did not add up.
        ({"projecten": 12, "uitvoering": 9, "niet_getoond": 3}, "9 in uitvoering en 3 niet getoond in een openbare"),
        ({"projecten": 12, "uitvoering": 9}, "9 in uitvoering en 3 zonder gepubliceerde fase"),
        ({"projecten": 12}, "12 zonder gepubliceerde fase"),
        ({"projecten": 0}, None),
    ],
)
def test_phases_of_all_deals_add_up_to_their_projects(tmp_path: Path, counts: dict[str, int], told: str | None) -> None:
    portfolio = _overview(tmp_path, _with(_deal(), *_counts(**counts)))
    facts = {each.id: each for each in publish(portfolio).outputs if isinstance(each, Fact)}
    assert (told is None) == ("totaal.fasen" not in facts)
    assert told is None or facts["totaal.fasen"].phrase.startswith(told)


@pytest.mark.parametrize(
    ("figures", "says"),
    [
        (_counts(projecten=0, aandacht=0), "telde de deal 0."),
        ([*_counts(projecten=0), _figure("totaal.fasen", "Fasen", "geen", "geen", "woord")], "telde de deal 0."),
        (_counts(projecten=3, aandacht=2), "telde de deal 3. Bij 2 staat een stoplicht op oranje of rood."),
        (
            [*_counts(projecten=3), _figure("totaal.fasen", "Fasen", "alle afgerond", "alle afgerond", "woord")],
            "telde de deal 3: alle afgerond.",
        ),
    ],
)
def test_a_deal_tells_of_its_projects_where_there_are_any(
    tmp_path: Path, figures: list[dict[str, Any]], says: str
) -> None:
    portfolio = _overview(tmp_path, _with(_deal(), *figures))
    (text,) = (each for each in approach(portfolio, "0").outputs if isinstance(each, Text))
    assert unquoted(text.paragraphs[0]) == f"Op 31 december 2020 {says}"
    nothing = _deal()
    nothing["kerncijfers"] = [each for each in nothing["kerncijfers"] if each["id"] != "totaal.projecten"]
    portfolio = _overview(tmp_path, _with(nothing, *_counts(aandacht=2)))
    (text,) = approach(portfolio, "0").outputs
    assert isinstance(text, Text) and text.paragraphs == ("De deal publiceerde niets over zijn projecten.",)


def test_where_nothing_has_a_target_nothing_is_told_to_be_reached(tmp_path: Path) -> None:
    none, some = (
        [_figure(f"werken.{kind}", kind, count, str(count), "aantal") for kind in ("op_koers", "met_doel")]
        for count in (0, 2)
    )
    portfolio = _overview(tmp_path, _with(_deal("A"), *none), _with(_deal("B"), *some))
    assert [*deals(portfolio)["doelen"].fillna("–")] == ["–", "2 van 2", "2 van 2"]
    assert lines(portfolio, "0")["doelen"].isna().all() and lines(portfolio, "1").loc["werken", "doelen"] == "2 van 2"
    alone = _overview(tmp_path, _with(_deal("A"), *none))
    assert deals(alone)["doelen"].isna().all()


def test_an_overview_of_deals_without_projects_and_without_figures_is_made(tmp_path: Path) -> None:
    """What the overview has of projects and budgets alone was asked for, and ended it."""
    deal = _deal() | {"kerncijfers": []}
    (tmp_path / "deal.json").write_text(json.dumps(deal), encoding="utf-8")
    done = run("portfolio", "2020", "deal.json", "--output", "uit", cwd=tmp_path)
    assert done.code == 0, done.err
    text = html_text(tmp_path / "uit" / "portefeuille-2020.html")
    assert "In totaal gaat het om geen projecten." in text and "uitputting van" not in text


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="this system has no pipes with a name")
@pytest.mark.parametrize("name", ["deal.zip", "deal.json", "map/kerncijfers.json", "map/manifest.json"])
@pytest.mark.parametrize("kind", ["pipe", "huge"])
def test_a_source_that_is_no_file_or_far_too_large_is_named_at_once(name: str, kind: str, tmp_path: Path) -> None:
    path = tmp_path / name
    path.parent.mkdir(exist_ok=True)
    if path.name == "manifest.json":
        (tmp_path / "map" / "kerncijfers.json").write_text("{}", encoding="utf-8")
    if kind == "pipe":
        os.mkfifo(path)
    else:
        path.touch()
        os.truncate(path, 10**12)  # a hole, which takes no room on the disk
    (missing,) = read_all([str(path.parent if path.parent != tmp_path else path)], 2020)[1]
    assert {"pipe": "geen bestand, maar een pijp", "huge": "1.000.000.000.000 bytes"}[kind] in missing.why


@pytest.mark.parametrize("absent", ["begroot", "gecommitteerd", "gerealiseerd"])
def test_a_part_of_the_money_is_not_added_to_that_of_others(tmp_path: Path, absent: str) -> None:
    deal = _deal()
    deal["kerncijfers"] = [each for each in deal["kerncijfers"] if each["id"] != f"totaal.{absent}"]
    (tmp_path / "0.json").write_text(json.dumps(deal), encoding="utf-8")
    found, missing = read_all([str(tmp_path / "0.json")], 2020)
    assert not found and f"totaal.{absent} ontbreekt" in missing[0].why
    deal["kerncijfers"] = [each for each in deal["kerncijfers"] if each["eenheid"] != "euro"]
    assert deals(_overview(tmp_path, deal, _deal("B")))["begroot"].dropna().tolist() == [990, 990]


def test_a_public_edition_is_called_one(tmp_path: Path) -> None:
    public = _deal()
    public["verslag"] |= {"editie": "openbaar", "voorbeelddata": True}
    portfolio = _overview(tmp_path, _deal("A"), public)
    assert [*standing(portfolio)["opmerking"]] == ["", "openbare editie; voorbeelddata"]


def test_a_difference_is_told_without_its_sign(tmp_path: Path) -> None:
    deal = _deal()
    deal["kerncijfers"].append(_figure("totaal.gerealiseerd_verschil", "Verschil", -200, "€ 200", "euro"))
    (tmp_path / "deal.json").write_text(json.dumps(deal), encoding="utf-8")
    found, missing = read_all([str(tmp_path / "deal.json")], 2020)
    assert found and not missing


@pytest.mark.parametrize(
    ("content", "line"),
    [(b"a\nb\xe9\n", ", line 2"), ("a\nb\n".encode("utf-16"), ", line 1"), ("a\nb\u202e\n".encode(), ", line 2")],
)
@pytest.mark.parametrize("command", [("portfolio", "2020", "--list"), ("build", "2020", "--all-workspaces")])
def test_a_list_is_read_as_typed_or_refused_by_its_line(
    command: tuple[str, ...], content: bytes, line: str, tmp_path: Path
) -> None:
    (tmp_path / "lijst.txt").write_bytes(content)
    done = run(*command, "lijst.txt", cwd=tmp_path)
    assert done.code == 1 and f"lijst.txt{line}" in done.err, done.err


def test_a_deal_whose_pages_cannot_be_made_is_told_of_and_the_others_are_shown(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    project = Path(shutil.copytree(make._PROJECT, tmp_path / "project"))
    notebook = project / "notebooks" / "deal.ipynb"
    content = json.loads(notebook.read_text(encoding="utf-8"))
    content["cells"][-1]["source"][1:1] = ["if deal.endswith('ergens'):\n", "    raise ValueError('dit jaar niet')\n"]
    notebook.write_text(json.dumps(content), encoding="utf-8")
    monkeypatch.setattr(make, "_PROJECT", project)
    for name in ("Regio Deal Ergens", "Regio Deal Elders"):
        (tmp_path / f"{name}.json").write_text(json.dumps(_deal(name)), encoding="utf-8")
    sources = [str(tmp_path / f"Regio Deal {name}.json") for name in ("Ergens", "Elders")]
    made = make.make(sources, 2020, tmp_path / "uit", "builtin")
    (missing,) = made.missing
    assert made.deals == 1 and missing.source == sources[0]
    assert missing.why == "de pagina's zijn niet te maken: ValueError: dit jaar niet"
    shown = html_text(tmp_path / "uit" / "portefeuille-2020.html")
    assert "dit jaar niet" in shown and "Regio Deal Elders" in shown
    with pytest.raises(NotebookError, match="dit jaar niet"):
        make.make(sources[:1], 2020, tmp_path / "niets", "builtin")
    assert not (tmp_path / "niets").exists()


NAMES = (
    "Regio Deal Drenth\u00e9",
    "Regio Deal Drenthe\u0301",
    "regio deal  drenth\u00e9 ",
    "Regio\xa0Deal Drenth\u00e9",
)


@pytest.mark.parametrize("name", NAMES[1:])
def test_a_deal_counts_once_however_its_name_is_written(tmp_path: Path, name: str) -> None:
    sources = [tmp_path / "een.json", tmp_path / "twee.json", tmp_path / "ander.json"]
    for path, deal in zip(sources, (NAMES[0], name, "Regio Deal Drenthe-Noord"), strict=True):
        path.write_text(json.dumps(_deal(deal)), encoding="utf-8")
    found, missing = read_all([str(path) for path in sources], 2020)
    assert {Path(each.source).name for each in found} == {"een.json", "ander.json"}
    assert [Path(each.source).name for each in missing] == ["twee.json"] and "is al gelezen" in missing[0].why


@pytest.mark.parametrize(
    ("year", "says", "code"),
    [
        ("2021-06-30", "no overview of half a year", 1),
        ("2_021", "is no year", 2),
        ("\uff12\uff10\uff12\uff11", "is no year", 2),
        (" 2021", "is no year", 2),
    ],
)
def test_the_year_of_an_overview_is_a_year(tmp_path: Path, year: str, says: str, code: int) -> None:
    done = run("portfolio", year, "bron.json", cwd=tmp_path)
    assert done.code == code and says in done.err
