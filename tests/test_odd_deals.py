"""A deal that lacks something reads as it should: no chart of zeros, its own words, nobody who is not there."""

from __future__ import annotations

import ast
import re
from collections.abc import Callable
from dataclasses import replace
from datetime import date
from pathlib import Path
from types import SimpleNamespace
from typing import Any, get_args

import pandas as pd
import pytest
from conftest import REPOSITORY, run
from documents import html_text
from rows import with_rows
from test_new_workspace import answers

import voortgang.notebook as vg
from voortgang.assemble.deal_words import deal_words
from voortgang.assemble.sources import _words
from voortgang.check.data import View
from voortgang.notebook.charts.money import chart_money
from voortgang.notebook.counts import project_count
from voortgang.notebook.display import Shown
from voortgang.notebook.facts import facts_in, words_of
from voortgang.notebook.forecast import BEYOND, UNSURE, WITHIN, _prospect, range_at
from voortgang.notebook.glance import glance
from voortgang.notebook.measurements import Round
from voortgang.notebook.programme import cross_overs, projects, stopped_on
from voortgang.run.plan import read_notebooks, turns_of
from voortgang.workspace.deal import deal_from, read_deal
from voortgang.workspace.deal_parts import ArticleAbout, Indicator
from voortgang.workspace.parameters import read_parameters
from voortgang.workspace.paths import Workspace
from voortgang.workspace.starting.examples import rows as example_rows
from voortgang.workspace.starting.new_workspace import write_workspace
from voortgang.workspace.starting.questionnaire import deal_text
from voortgang.writing.publishable import Fact, Text, unquoted


def _values(code: str, names: dict[str, object]) -> object:
    """Run the source of a cell, and return what it shows."""
    tree = ast.parse(code)
    last = tree.body.pop() if tree.body and isinstance(tree.body[-1], ast.Expr) else None
    exec(compile(tree, "<cell>", "exec"), names)
    return eval(compile(ast.Expression(last.value), "<cell>", "eval"), names) if isinstance(last, ast.Expr) else None


def _every_cell_runs(root: Path, year: int) -> None:
    """Run all notebooks of a deal in this process, each cell of them, for each pillar and municipality."""
    workspace = Workspace(root)
    repeated = read_deal(workspace).repeated
    failed = []
    for notebook in read_notebooks(workspace):
        code = [cell for cell in notebook.content.cells if cell.cell_type == "code"]
        for each in turns_of(notebook, repeated):
            names: dict[str, object] = {}
            for number, cell in enumerate(code, 1):
                try:
                    shown = _values(cell.source, names)
                    if "parameters" in cell.metadata.get("tags", []):
                        names |= {"year": year, "reference_date": f"{year}-12-31"} | (dict([each]) if each else {})
                    if (bundle := getattr(shown, "_repr_mimebundle_", None)) is not None:
                        assert "nan" not in str(bundle()).lower().split(), "a number that is none"
                except Exception as error:
                    failed.append(f"{notebook.path.stem} {each}, cell {number}: {type(error).__name__}: {error}")
                    break
    assert not failed, "\n".join(failed)


_BARE = {"municipalities": (), "province": "Drenthe", "state": 0, "regional": 0, "overhead": 0}
_MANY = {"pillars": ("Een", "Twee"), "municipalities": tuple(f"Plaats {number}" for number in range(1, 6))}


@pytest.mark.parametrize("examples", [True, False])
@pytest.mark.parametrize("other", [_BARE, _MANY, {"pillars": ("Saldo",), "last_year": 2024}])
def test_every_cell_of_the_shared_notebooks_runs_whatever_the_deal_lacks(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, other: dict[str, Any], examples: bool
) -> None:
    text = deal_text(answers(**other))
    write_workspace(text, deal_from(text), tmp_path / "deal", with_examples=examples)
    monkeypatch.chdir(tmp_path / "deal" / "notebooks")
    years = Workspace(tmp_path / "deal").periods()
    _every_cell_runs(tmp_path / "deal", int(years[0]))
    if len(years) > 1:
        _every_cell_runs(tmp_path / "deal", int(years[-1]))


@pytest.fixture
def bare(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> vg.Report:
    """A deal without euros and municipalities, of one year, with a pillar called Deal."""
    text = deal_text(
        answers(
            pillars=("Saldo", "Deal"),
            municipalities=(),
            province="Drenthe",
            first_year=2021,
            last_year=2021,
            state=0,
            regional=0,
            overhead=0,
        )
    )
    write_workspace(text, deal_from(text), tmp_path / "deal", with_examples=True)
    monkeypatch.chdir(tmp_path / "deal" / "notebooks")
    return vg.load(2021, "2021-12-31", "overleg")


def test_a_deal_without_euros_municipalities_and_pillars_by_that_name(bare: vg.Report) -> None:
    for frame in (glance(bare), cross_overs(bare), vg.money(bare)):
        assert words_of(frame).one == "programmalijn"
    assert "alle" not in set(projects(bare)["gemeenten"])
    shown = chart_money(vg.money(bare), "Bedragen")
    assert isinstance(shown, Shown) and isinstance(shown.outputs[0], Text)
    (asking,) = project_count(bare, "saldo", "aandacht", 0)
    assert asking.phrase == "geen enkel project"


def test_where_nothing_has_a_target_nothing_is_told_to_be_reached(bare: vg.Report) -> None:
    assert vg.overview(bare)["doelen"].isna().all()


DAY = pd.Timestamp("2021-12-31")


@pytest.mark.parametrize(
    ("rows", "stopped"),
    [
        ([], {}),
        ([("a", "gestopt", DAY)], {"a": DAY}),
        ([("a", "uitvoering", DAY)], {}),
        ([("a", "uitvoering", DAY - pd.Timedelta(days=365)), ("a", "gestopt", DAY)], {"a": DAY}),
    ],
)
def test_projects_may_all_have_stopped_or_be_none(
    rows: list[tuple[str, str, pd.Timestamp]], stopped: dict[str, pd.Timestamp]
) -> None:
    frame = pd.DataFrame(rows, columns=["project_id", "fase", "peildatum"]).astype({"peildatum": "datetime64[ns]"})
    report = SimpleNamespace(rows=lambda *_, **__: frame)
    assert stopped_on(report).to_dict() == stopped  # type: ignore[arg-type]


@pytest.fixture(scope="module")
def real() -> vg.Report:
    return vg.load(2022, "2022-12-31", "overleg", REPOSITORY)


def _of(report: vg.Report, day: str, first_year: int = 2019, end: str = "2023-12-31") -> vg.Report:
    """Return a report of another day, on a deal of another term."""
    given = date.fromisoformat(day)
    dates = {"first_year": first_year, "end": date.fromisoformat(end), "start": date(first_year, 1, 1)}
    deal = report.deal.model_copy(update={"term": report.deal.term.model_copy(update=dates)})
    return replace(report, deal=deal, view=View(given.year, given), _selected={}, _computed={})


@pytest.mark.parametrize(
    ("day", "first_year", "end", "says"),
    [
        ("2019-06-30", 2019, "2023-12-31", "2019 is het eerste jaar"),
        ("2019-12-31", 2019, "2023-12-31", "2019 was het eerste jaar"),
        ("2020-12-31", 2019, "2023-12-31", "2020 was jaar 2 van de 5"),
        ("2023-06-30", 2019, "2023-12-31", "2023 is het laatste jaar van de deal, die op 31 december 2023 eindigt"),
        ("2023-12-31", 2019, "2023-12-31", "2023 was het laatste jaar van de deal, die op 31 december 2023 eindigde"),
        # A deal that ends within the year has ended halfway, when that is past.
        ("2023-05-30", 2019, "2023-05-31", "2023 is het laatste jaar van de deal, die op 31 mei 2023 eindigt"),
        ("2023-06-30", 2019, "2023-05-31", "2023 was het laatste jaar van de deal, die op 31 mei 2023 eindigde"),
        # A year after the end is no last year.
        ("2024-06-30", 2019, "2023-12-31", "De deal eindigde op 31 december 2023. Dit verslag geeft de eindstand"),
        ("2024-12-31", 2019, "2023-12-31", "De deal eindigde op 31 december 2023. Dit verslag geeft de eindstand"),
        # A deal of one year has no first and no last one.
        ("2021-06-30", 2021, "2021-12-31", "2021 is het enige jaar van de deal, die op 31 december 2021 eindigt"),
        ("2021-12-31", 2021, "2021-12-31", "2021 was het enige jaar van de deal, die op 31 december 2021 eindigde"),
    ],
)
def test_the_phase_is_that_of_the_day(real: vg.Report, day: str, first_year: int, end: str, says: str) -> None:
    assert unquoted(*vg.phase(_of(real, day, first_year, end)).outputs[0].paragraphs).startswith(says)  # type: ignore[union-attr]


_BUDGET = {"werken": 100_000, "wonen": 100_000, "welzijn": 100_000, "overhead": 100_000}


def _spent(report: vg.Report, day: str, **amounts: int) -> vg.Report:
    """Return a report on 100.000 euros a line, of which this was spent, half of it each year."""
    known = {
        "begroting": [f"pijler={line} bedrag={each} geldig_vanaf=2019-01-01" for line, each in _BUDGET.items()],
        "financien": [
            f"boeking_id=B{year} datum={year}-06-01 pijler={line} financier=emmen soort=gerealiseerd bedrag={each // 2}"
            for line, each in amounts.items()
            for year in (2019, 2020)
        ],
    }
    data = with_rows(report._data, date.fromisoformat(day), **known)
    return replace(_of(report, day, end="2020-12-31" if day > "2020-12-30" else "2021-12-31"), _data=data)


def _lines(report: vg.Report) -> pd.DataFrame:
    frame = vg.money_by_year(report)
    return frame[frame["lijn"] != "Totaal"]


ALL = {"werken": 100_000, "wonen": 100_000, "welzijn": 100_000, "overhead": 100_000}
BELOW = "Na correcties is minder dan nul gerealiseerd"
ENDED = "De deal is op 31 december 2020 geëindigd."


@pytest.mark.parametrize(
    ("day", "amounts", "says"),
    [
        ("2020-12-31", ALL, f"{ENDED} De begroting is geheel gerealiseerd."),
        ("2020-12-31", ALL | {"wonen": 99_998}, f"{ENDED} Van de begroting is €\xa02 niet gerealiseerd."),
        # What one line left, another took: then no budget is said to be spent.
        (
            "2020-12-31",
            ALL | {"wonen": 99_998, "welzijn": 100_002},
            f"{ENDED} Per saldo is gerealiseerd wat was begroot.",
        ),
        (
            "2020-12-30",
            ALL | {"wonen": 120_000, "welzijn": 53_334},
            "Bij dit tempo is op 31 december 2021 per saldo gerealiseerd wat is begroot. "
            "De grootste onderuitputting dreigt bij Welzijn: hoogstens €\xa020.000. "
            "Al meer dan begroot is gerealiseerd bij Wonen. Ook bij het hoogste tempo blijft er geld over bij Welzijn.",
        ),
        ("2020-12-31", ALL | {"wonen": 100_002}, f"{ENDED} Er is meer gerealiseerd dan begroot."),
        ("2020-12-30", ALL, "Bij dit tempo is de begroting op 31 december 2021 geheel gerealiseerd."),
        (
            "2020-12-30",
            ALL | {"wonen": 150_000},
            "Bij dit tempo is op 31 december 2021 meer gerealiseerd dan begroot. "
            "Al meer dan begroot is gerealiseerd bij Wonen.",
        ),
        (
            "2020-12-30",
            ALL | {"wonen": 110_000, "welzijn": 2_000},
            "Bij dit tempo is op 31 december 2021 €\xa087.000 van de begroting niet gerealiseerd. "
            "De grootste onderuitputting dreigt bij Welzijn: hoogstens €\xa097.000. "
            "Al meer dan begroot is gerealiseerd bij Wonen. Ook bij het hoogste tempo blijft er geld over bij Welzijn.",
        ),
    ],
)
def test_what_is_left_is_never_less_than_nothing(real: vg.Report, day: str, amounts: dict[str, int], says: str) -> None:
    said = vg.underspending(_spent(real, day, **amounts))
    (text,) = [each for each in said.outputs if each.kind == "text"]
    assert unquoted(*text.paragraphs) == says


def test_of_no_budget_nothing_is_said_to_be_spent(real: vg.Report, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(globals(), "_BUDGET", dict.fromkeys(_BUDGET, 0))
    report = _spent(real, "2020-12-31")
    assert _text(vg.underspending(report)) == f"{ENDED} Er was niets begroot, en er is niets gerealiseerd."
    shown = vg.chart_utilisation(_lines(report), "Uitputting", report.deal.term, report.reference_date)
    assert _text(shown) == "Zonder begroting is er geen uitputting."


@pytest.mark.parametrize(
    ("day", "begins", "says"),
    [
        # Some days into a year, one bill or none would decide what is left years later.
        ("2020-01-03", "2019-01-01", "Op 3 januari 2020"),
        ("2020-02-29", "2019-01-01", "Op 29 februari 2020"),
        ("2020-03-29", "2019-01-01", "Op 29 maart 2020"),
        ("2020-03-30", "2019-01-01", "Bij dit tempo"),
        ("2020-06-30", "2019-01-01", "Bij dit tempo"),
        # And some days into the deal, in its first year or after a year without figures.
        ("2019-07-18", "2019-07-16", "Op 18 juli 2019"),
        ("2019-12-31", "2019-11-01", "Op 31 december 2019"),
        ("2019-12-31", "2019-07-16", "Na één jaar"),
        ("2019-11-30", "2019-07-16", "In het eerste jaar"),
        ("2020-06-30", "2020-06-01", "Op 30 juni 2020"),
        ("2020-06-30", "2020-12-01", "Op 30 juni 2020"),
    ],
)
def test_some_days_are_no_pace(real: vg.Report, day: str, begins: str, says: str) -> None:
    report = _spent(real, day, **ALL)
    term = report.deal.term.model_copy(update={"start": date.fromisoformat(begins)})
    report = replace(report, deal=report.deal.model_copy(update={"term": term}), _selected={}, _computed={})
    said = _text(vg.underspending(report))
    assert said.startswith(says)
    is_pace = says.startswith("Bij")
    assert is_pace != said.endswith("nog geen tempo om de uitgaven mee door te rekenen.")
    assert is_pace != vg.money_outlook(report).empty


@pytest.mark.parametrize(
    ("last", "ends"),
    [
        ("2021-01-03", None),  # of five in three days, sixty in a year were made
        ("2021-03-30", None),
        ("2021-03-31", (120.0, 147.5)),
        ("2020-06-30", None),  # the figure of a year that was known late, and that of the next one early
    ],
)
def test_what_changed_in_some_days_is_no_change_of_a_year(last: str, ends: tuple[float, float] | None) -> None:
    one = Indicator.model_validate(
        {"id": "a", "name": "A", "unit": "x", "kind": "stand", "direction": "stijgen", "target": 9, "article": "3"}
    )
    days = zip((2019, 2020, 2021), ("2019-12-31", "2020-12-31", last), (30.0, 60.0, 65.0), strict=True)
    known = [Round(year, date.fromisoformat(day), {"regio": value}) for year, day, value in days]
    found = range_at(one, known, date(2023, 12, 31))
    assert (found.low, found.high) == (pytest.approx(ends) if ends else (None, None))
    assert ends or found.reason == "nog te weinig metingen met genoeg tijd ertussen"


@pytest.mark.parametrize(
    ("values", "keys", "ends", "says"),
    [
        ((7, 8, 8.9), {"target": 10}, (9.7, 9.8), WITHIN),  # which a reader sees as 10
        ((8, 8.4, 9), {"target": 10}, (9.37, 9.55), UNSURE),  # and this as "9 tot 10"
        ((7, 8, 8.9), {"target": 10, "decimals": 1}, (9.7, 9.8), BEYOND),
        ((5, 3, 1), {"target": -1, "direction": "dalen"}, (-0.8, -0.8), WITHIN),  # a balance may fall below nought
        ((5, 3, 1), {"target": 0, "direction": "dalen"}, (0.0, 0.0), WITHIN),  # a count may not
        ((1, 2, 3), {"target": 9, "baseline": -4, "direction": "stijgen"}, (3.9, 3.9), BEYOND),
    ],
)
def test_a_forecast_is_judged_as_it_is_shown(
    values: tuple[float, ...], keys: dict[str, Any], ends: tuple[float, float], says: str
) -> None:
    given = {"id": "a", "name": "A", "unit": "x", "kind": "stand", "direction": "stijgen", "article": "3"} | keys
    one = Indicator.model_validate(given)
    known = [Round(2019 + n, date(2019 + n, 12, 31), {"regio": value}) for n, value in enumerate(values)]
    found = range_at(one, known, date(2022, 11, 30))
    assert (found.low, found.high) == (pytest.approx(ends[0], abs=0.05), pytest.approx(ends[1], abs=0.05))
    assert _prospect(one, found) == says


@pytest.mark.parametrize(
    ("day", "amounts", "says"),
    [
        ("2020-12-31", ALL, "De begroting is geheel gerealiseerd"),
        ("2020-12-31", ALL | {"wonen": 100_002}, "Meer dan begroot is gerealiseerd bij Wonen"),
        ("2020-12-31", ALL | {"wonen": 99_998}, "Van de begroting is iets bij Wonen niet gerealiseerd"),
        ("2020-12-31", {}, "Van de begroting is niets gerealiseerd"),
    ],
)
def test_a_budget_that_was_passed_is_not_said_to_be_spent(
    real: vg.Report, day: str, amounts: dict[str, int], says: str
) -> None:
    report = _spent(real, day, **amounts)
    shown = vg.chart_utilisation(_lines(report), "Uitputting", report.deal.term, report.reference_date)
    assert shown.figure.title == says  # type: ignore[union-attr]


@pytest.mark.parametrize(
    ("amounts", "says"),
    [
        ({}, "Er is nog niets gerealiseerd."),
        ({"werken": 0}, "Er is nog niets gerealiseerd."),
        (
            {"wonen": -100_000},
            "Na correcties is minder dan nul gerealiseerd bij Wonen; de realisatie is niet te verdelen.",
        ),
        (
            {"wonen": -10, "welzijn": -10, "werken": 50_000},
            f"{BELOW} bij Wonen en Welzijn; de realisatie is niet te verdelen.",
        ),
    ],
)
def test_what_is_below_nought_has_no_shares(real: vg.Report, amounts: dict[str, int], says: str) -> None:
    frame = vg.money(_spent(real, "2020-12-30", **amounts))
    assert _text(vg.chart_split(frame, "Verdeling")) == says
    assert frame["verdeling"].isna().all()


@pytest.mark.parametrize(
    ("spent", "says"),
    [
        ({}, "nog niets"),
        ({"wonen": 0}, "nog niets"),
        ({"wonen": -50_000}, "per saldo nog niets"),
        ({"wonen": -50_000, "werken": 50_000}, "per saldo nog niets"),
    ],
)
def test_nothing_spent_is_no_pace(real: vg.Report, spent: dict[str, int], says: str) -> None:
    """More than the budget would be left."""
    report = _spent(real, "2020-12-30", **spent)
    assert vg.money_outlook(report).empty
    said = f"Op 30 december 2020 is er {says} gerealiseerd, en dus geen tempo om de uitgaven mee door te rekenen."
    assert _text(vg.underspending(report)) == said


def test_nothing_spent_on_the_first_day_is_no_pace(real: vg.Report) -> None:
    report = _spent(real, "2018-12-31")
    term = report.deal.term
    shown = vg.chart_utilisation(_lines(_spent(real, "2019-06-30")), "Uitputting", term, date(2018, 12, 31))
    assert unquoted(*shown.outputs[0].paragraphs) == "Er is nog niets gerealiseerd."  # type: ignore[union-attr]


def test_a_range_of_one_figure_is_that_figure(real: vg.Report) -> None:
    rows = [
        f"indicator_id=werken-4-assessment verslagjaar={year} peildatum={year}-12-31 waarde={value} status=definitief"
        for year, value in ((2019, 0), (2020, 100), (2021, 200))
    ]
    data = with_rows(real._data, date(2021, 12, 31), metingen=rows)
    frame = vg.forecast(replace(_of(real, "2021-12-31"), _data=data), "werken")
    assert frame.at["werken-4-assessment", "verwachting_tekst"] == "400"
    facts = facts_in(frame.loc[["werken-4-assessment"]], ["verwachting_tekst"])
    assert [(fact.value, fact.text) for fact in facts] == [(400, "400")]
    assert "400 tot" not in unquoted(
        str(vg.table(frame, ["indicator", "verwachting_tekst"], "Verwacht")._repr_mimebundle_())
    )


@pytest.mark.parametrize(
    ("unit", "values", "ends"),
    [
        ("procentpunt boven het gemiddelde", (2.0, 1.0, -0.5), (-3.5, -2.5)),
        ("bedrijven", (30.0, 20.0, 5.0), (0.0, 0.0)),
        ("bedrijven", (80.0, 90.0, 99.0), (117.0, 119.0)),
        ("% van de bedrijven", (80.0, 90.0, 99.0), (100.0, 100.0)),
        ("% van de bedrijven", (80.0, 99.0, 101.0), (105.0, 139.0)),  # of more than all, such as a target
        ("bedrijven erbij", (3.0, 0.0, -3.0), (-9.0, -9.0)),
    ],
)
def test_a_range_goes_no_further_than_the_figures_can(
    unit: str, values: tuple[float, ...], ends: tuple[float, float]
) -> None:
    given = {"id": "a", "name": "A", "unit": unit, "kind": "stand", "direction": "dalen", "target": 0, "article": "3"}
    known = [Round(2019 + n, date(2019 + n, 12, 31), {"regio": value}) for n, value in enumerate(values)]
    found = range_at(Indicator.model_validate(given), known, date(2023, 12, 31))
    assert (found.low, found.high) == pytest.approx(ends)


def _text(shown: Any) -> str:
    return unquoted(*next(each for each in shown.outputs if each.kind == "text").paragraphs)


@pytest.mark.parametrize(
    ("days", "held"),
    [
        ((), "niet"),
        (("03-01",), "één keer"),
        (("03-01", "03-01"), "één keer"),
        (("03-01", "03-01", "04-01"), "twee keer"),
    ],
)
def test_a_meeting_about_two_subjects_is_one(real: vg.Report, days: tuple[str, ...], held: str) -> None:
    rows = [f"datum=2022-{day} onderwerp=O{number} besluit=B" for number, day in enumerate(days)]
    report = replace(_of(real, "2022-12-31"), _data=with_rows(real._data, date(2022, 12, 31), overleggen=rows))
    (fact,) = [each for each in vg.publish_deal(report).outputs if getattr(each, "id", "") == "deal.overleggen"]
    assert isinstance(fact, Fact) and (fact.value, fact.phrase) == (len(set(days)), held)


@pytest.mark.parametrize(
    ("lights", "says"),
    [
        (("rood",), "Bij dat project staat een stoplicht op oranje of rood"),
        (("rood", "groen"), "Bij één project staat een stoplicht op oranje of rood"),
        (("rood", "oranje"), "Bij beide projecten staat een stoplicht op oranje of rood"),
        (("rood", "oranje", "groen"), "Bij 2 projecten staat een stoplicht op oranje of rood"),
        (("rood", "oranje", "rood"), "Bij alle 3 projecten staat een stoplicht op oranje of rood"),
        (("groen", "groen"), "Bij geen project staat een stoplicht op oranje of rood"),
    ],
)
def test_a_council_reads_of_one_some_and_all_projects(real: vg.Report, lights: tuple[str, ...], says: str) -> None:
    project = (
        "pijler=werken thema=innoveren penvoerder=emmen gemeenten=emmen start=2020-01-01 einde=2023-06-30 begroot=9"
    )
    state = "verslagjaar=2022 peildatum=2022-12-31 fase=uitvoering tijd=groen geld=groen"
    rows = {
        "projecten": [f"project_id=Z{number} naam=N{number} {project}" for number, _ in enumerate(lights)],
        "voortgang": [f"project_id=Z{number} inhoud={light} {state}" for number, light in enumerate(lights)],
    }
    report = replace(_of(real, "2022-12-31"), _data=with_rows(real._data, date(2022, 12, 31), **rows, financien=[]))
    assert says in _text(vg.municipality_state(report, "emmen"))


@pytest.mark.parametrize(
    ("dates", "remark", "series"),
    [
        ({}, "", [0, 0, 0]),
        ({"left": date(2021, 7, 1)}, "in 2020 nog met Emmen", [0, 0, 1]),
        ({"joined": date(2021, 7, 1)}, "in 2020 nog zonder Emmen", [0, 0, 1]),
        ({"left": date(2020, 12, 31)}, "", [0, 1, 1]),  # the first day on which it is a party no more
        ({"left": date(2022, 1, 1)}, "", [0, 0, 0]),
    ],
)
def test_what_other_municipalities_had_is_not_compared(
    real: vg.Report, dates: dict[str, date], remark: str, series: list[int]
) -> None:
    report = _of(real, "2021-12-31")
    parties = tuple(each.model_copy(update=dates) if each.id == "emmen" else each for each in report.deal.parties)
    report = replace(report, deal=report.deal.model_copy(update={"parties": parties}))
    verdict = str(vg.achievement(report, "werken").at["werken-1-deelnemers", "oordeel_tekst"])
    assert verdict == "; ".join(filter(None, ["ontwikkelt zich zoals bedoeld", remark]))
    history = vg.history(report, "werken")
    for indicator, found in (("werken-1-deelnemers", series), ("werken-4-assessment", [0, 0, 0])):
        own = history[history["indicator_id"] == indicator]
        assert own["reeks"].tolist() == found
        assert own["breuk"].tolist() == ["andere gemeenten" if number else "" for number in found]
        # What stood in the picture and in its text was a "reeksbreuk": that is another definition.
        chart = vg.chart_trends(own, "Ontwikkeling", 2023)
        shown = f"{chart.figure.title} {chart.figure.alt} {chart.svg}"
        assert ("andere gemeenten" in shown) == any(found) and "reeksbreuk" not in shown


def test_figures_of_two_days_are_no_share_of_each_other(
    workspace: Path, edit: Callable[[str, str, str], None], monkeypatch: pytest.MonkeyPatch
) -> None:
    """64 companies of this year were 168,4% of the 38 of a year earlier."""
    monkeypatch.chdir(workspace / "notebooks")
    notebook = next(each for each in read_notebooks(Workspace(workspace)) if each.path.stem == "werken")
    cells = [each.source for each in notebook.content.cells if each.cell_type == "code"]

    def said() -> str:
        names: dict[str, object] = {}
        for code in cells:
            shown = _values(code, names)
            names |= {"year": 2021, "reference_date": "2021-12-31", "edition": "overleg"} if "year = " in code else {}
            if "txt-werken-transitie" in code:
                return _text(shown)
        raise AssertionError("the cell is not there")

    assert "als deel van de assessments: 69,6%" in said() and "dezelfde dag" not in said()
    edit("data/metingen.csv", "werken-4-assessment,2021,,,92,2021-12-31", "werken-4-assessment,2021,,,,2021-12-31")
    assert "doorliep is 38," in said() and "als deel van" not in said()
    assert said().endswith("Deze cijfers zijn niet alle van dezelfde dag; de tabel geeft ze per jaar.")


@pytest.mark.parametrize(
    ("projects", "measured", "says"),
    [
        (
            True,
            True,
            "richtten het programma in en bereidden projecten voor; van de meeste indicatoren is dit de eerste",
        ),
        (False, True, "richtten het programma in; van de meeste indicatoren is dit de eerste meting."),
        (True, False, "richtten het programma in en bereidden projecten voor."),
        (False, False, "richtten het programma in."),
    ],
)
def test_the_first_year_tells_of_projects_and_measurements_that_there_are(
    real: vg.Report, projects: bool, measured: bool, says: str
) -> None:
    none: dict[str, list[str]] = {} if projects else {"projecten": []}
    none |= {} if measured else {"metingen": []}
    report = _of(real, "2019-12-31")
    report = replace(report, _data=with_rows(real._data, date(2019, 12, 31), **none))
    assert says in _text(vg.phase(report))


@pytest.mark.parametrize(
    ("earlier", "now", "times"), [(100, 250, 2.5), (100, 100, 1.0), (100, 0, None), (100, -50, None), (1000, 20, None)]
)
def test_nothing_is_no_number_of_times_as_much(real: vg.Report, earlier: int, now: int, times: float | None) -> None:
    rows = [
        f"boeking_id=B{year} datum={year}-06-01 pijler=wonen financier=emmen soort=gerealiseerd bedrag={amount}"
        for year, amount in ((2020, earlier), (2021, now))
    ]
    report = replace(_of(real, "2021-12-31"), _data=with_rows(real._data, financien=rows))
    found = [
        each.value for each in vg.publish_years(report).outputs if getattr(each, "id", "") == "totaal.gerealiseerd_keer"
    ]
    assert found == ([] if times is None else [times])


@pytest.mark.parametrize(
    ("now", "says"),
    [(100, "evenveel"), (103, "ongeveer evenveel"), (95, "ongeveer evenveel"), (94, "0,9 keer zoveel"), (-1, None)],
)
def test_as_much_as_before_is_said_so(real: vg.Report, now: int, says: str | None) -> None:
    rows = [
        f"boeking_id=B{year} datum={year}-06-01 pijler=wonen financier=emmen soort=gerealiseerd bedrag={amount}"
        for year, amount in ((2020, 100), (2021, now))
    ]
    report = replace(_of(real, "2021-12-31"), _data=with_rows(real._data, financien=rows))
    facts = {getattr(each, "id", ""): each for each in vg.publish_years(report).outputs}
    found = facts.get("totaal.gerealiseerd_vergeleken")
    assert (found and found.text) == says  # type: ignore[union-attr]


@pytest.mark.parametrize(
    ("count", "says"),
    [
        (1, "Het project waaraan Emmen deelneemt hoort bij Werken"),
        (2, "De projecten waaraan Emmen deelneemt horen bij"),
    ],
)
def test_a_council_reads_of_the_money_of_one_project_or_more(real: vg.Report, count: int, says: str) -> None:
    project = (
        "pijler=werken thema=innoveren penvoerder=emmen gemeenten=emmen start=2020-01-01 einde=2023-06-30 begroot=9"
    )
    rows = {"projecten": [f"project_id=Z{number} naam=N{number} {project}" for number in range(count)], "voortgang": []}
    report = replace(_of(real, "2022-12-31"), _data=with_rows(real._data, date(2022, 12, 31), **rows, financien=[]))
    assert _text(vg.municipality_chart(report, "emmen")).startswith(says)


@pytest.mark.parametrize("many", [False, True])
def test_the_words_of_a_deal_agree_with_how_many_there_are(real: vg.Report, many: bool) -> None:
    deal = deal_from(
        deal_text(answers(municipalities=("Aalst", "Breda") if many else ("Aalst",), last_year=2024 + many))
    )
    own = deal.consultation.model_copy(update={"secretariat": ("aalst",), "members": ("aalst",)})
    deal = deal if many else deal.model_copy(update={"consultation": own})
    plan = SimpleNamespace(deal=deal, year=2024, parameters=SimpleNamespace(reference_date=date(2024, 12, 31)))
    words = deal_words(plan)  # type: ignore[arg-type]
    assert words["deal.gemeenten_zijn"] == ("De gemeenten zijn" if many else "De gemeente is")
    assert words["deal.elke_gemeente"] == ("elke gemeente" if many else "de gemeente")
    assert words["deal.blad_per_gemeente"] == ("een blad per gemeente" if many else "haar blad")
    assert words["deal.per_gemeente"] == ("per gemeente" if many else "van de gemeente")
    assert words["deal.secretariaat_voeren"] == f"Het secretariaat {'voeren' if many else 'voert'}"
    assert words["deal.erin_zitten"] == f"Erin {'zitten' if many else 'zit'}"
    assert words["deal.van_tot"] == ("2024–2025" if many else "2024")
    assert words["deal.niveaus"] == "het convenant"
    assert words["deal.wie_werken"] == "Rijk en Regio werken"


def test_what_the_covenant_says_ends_before_the_next_sentence_begins(real: vg.Report) -> None:
    """A goal without a full stop went on as "op orde Het convenant noemt"."""
    workspace = Workspace(REPOSITORY)
    pillars = tuple(
        each.model_copy(update={"goal": "Een sterke regio", "for_residents": ""}) for each in real.deal.pillars
    )
    purpose = real.deal.monitoring.model_copy(update={"purpose": "Monitoring geeft inzicht (art. 7)"})
    deal = real.deal.model_copy(update={"pillars": pillars, "ambition": "Brede welvaart", "monitoring": purpose})
    parameters = read_parameters(workspace, 2021)
    plan = SimpleNamespace(
        deal=deal, year=2021, period=2021, parameters=parameters, decision=None, workspace=workspace, is_half_year=False
    )
    words = _words(plan, "")  # type: ignore[arg-type]
    assert words["deal.ambitie"] == "Brede welvaart." and words["deal.monitoring"].endswith("(art. 7).")
    for pillar in pillars:
        assert words[f"{pillar.id}.doel"] == words[f"{pillar.id}.voor_inwoners"] == "Een sterke regio."


def test_no_sentence_names_an_article_that_a_deal_may_leave_out() -> None:
    """Where it is left out there stands "convenant", which is right between brackets only."""
    optional = {each.replace("-", "_") for each in get_args(ArticleAbout)} | {"niveaus"}
    for path in sorted((REPOSITORY / "templates").rglob("*.qmd")):
        for found in re.finditer(r"(.?)\{\{< var artikel\.(\w+) >\}\}", path.read_text(encoding="utf-8")):
            assert found[1] == "(" or found[2] not in optional, (path.name, found[0])


@pytest.mark.parametrize("other", [{"state": 0}, {"regional": 0}, {"state": 0, "regional": 0}])
def test_who_contributes_nothing_pays_nothing_in_the_examples(other: dict[str, Any]) -> None:
    made = example_rows(deal_from(deal_text(answers(**other, overhead=0))))
    assert all(row["bedrag"] for row in made["bijdragen"])
    assert bool(made["bijdragen"]) == (len(other) == 1)


@pytest.mark.long
def test_a_deal_of_one_of_everything_without_the_state_reads_as_it_should(tmp_path: Path) -> None:
    one = {"pillars": ("Werken",), "municipalities": ("Aalst",), "first_year": 2021, "last_year": 2021, "state": 0}
    text = deal_text(answers(**one, overhead=0))
    write_workspace(text, deal_from(text), tmp_path / "deal", with_examples=True)
    assert "projecten.csv 1 row, " in run("check", cwd=tmp_path / "deal").out
    assert run("build", "2021", "--engine", "builtin", cwd=tmp_path / "deal").code == 0
    folder = tmp_path / "deal" / "reports" / "2021"
    report = html_text(folder / "voortgangsrapportage-2021.html")
    assert "Het Rijk draagt niet bij; de Regio spant zich in" in report and "betaalt in termijnen" not in report
    assert "De gemeente is Aalst." in html_text(folder / "bladen" / "publiekssamenvatting-2021.html")
    evaluation = html_text(folder / "bladen" / "evaluatie-2021.html")
    assert "Eindevaluatie 2021 " in evaluation and "2021–2021" not in evaluation and "van het convenant:" in evaluation
