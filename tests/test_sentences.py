"""Sentences of a notebook quote key figures, and say so when there is none."""

from __future__ import annotations

import re
from pathlib import Path

import pandas as pd
import pytest
from conftest import REPOSITORY
from documents import html_text
from hypothesis import given
from hypothesis import strategies as st

from voortgang import notebook as vg
from voortgang.writing.publishable import Fact, quote, unquoted


@pytest.fixture(scope="module")
def report() -> vg.Report:
    return vg.load(2021, "2021-12-31", "overleg", REPOSITORY)


def test_a_cell_is_the_key_figure_of_a_table(report: vg.Report) -> None:
    found = vg.cell(vg.achievement(report, "werken"), "werken-4-assessment", "waarde")
    assert isinstance(found, Fact) and found.id == "indicator.werken_4_assessment.waarde"
    shown = vg.sentences("Het aantal is {aantal}.", aantal=found)
    words, fact = shown.outputs
    assert fact is found and found.text in words.paragraphs[0]  # type: ignore[union-attr]


@given(st.text("12.,a٣ ", max_size=12), st.text("12.,a٣ ", max_size=3))
def test_a_figure_is_quoted_where_it_is_no_part_of_a_longer_number(text: str, figure: str) -> None:
    fact = Fact.model_construct(id="deal.cijfer", text=figure)
    match = re.search(rf"(?<![\d.,]){re.escape(figure)}(?![.,]?\d)", text)
    if match is None:
        with pytest.raises(ValueError, match="does not quote"):
            quote(text, fact)
    else:
        mark = f"\ue001deal.cijfer\ue002{figure}\ue003"
        assert quote(text, fact) == f"{text[: match.start()]}{mark}{text[match.end() :]}"


def test_what_is_missing_is_unknown_and_never_zero(report: vg.Report) -> None:
    frame = vg.achievement(report, "werken")
    missing = vg.cell(frame, "nergens", "waarde")
    assert missing == "onbekend"
    assert vg.computed(report, "werken.x", "Iets", None, [missing]) == "onbekend"
    assert vg.computed(report, "werken.x", "Iets", float("nan"), [missing]) == "onbekend"


def test_a_computed_figure_rests_on_the_rows_of_what_it_is_computed_from(report: vg.Report) -> None:
    frame = vg.achievement(report, "werken")
    parts = [vg.cell(frame, f"werken-4-{name}", "waarde") for name in ("assessment", "vrijetijd")]
    made = vg.computed(report, "werken.deel", "Een deel", 0.5, parts)
    assert isinstance(made, Fact)
    assert made.sources and all(isinstance(each, Fact) for each in parts)
    for source in (source for each in parts if isinstance(each, Fact) for source in each.sources):
        assert source in made.sources


def test_a_name_that_was_not_given_is_refused() -> None:
    with pytest.raises(KeyError, match="aantal"):
        vg.sentences("{aantal}")


def test_a_selection_has_key_figures_of_its_own(report: vg.Report) -> None:
    frame = vg.history(report, "welzijn")
    own = vg.about(frame, "welzijn_ouderen")
    pd.testing.assert_frame_equal(pd.DataFrame(own), pd.DataFrame(frame))
    shown = vg.chart_trends(own, "Ouderen", 2023)
    assert {each.id for each in shown.facts if each.id.startswith("welzijn_ouderen.")}  # type: ignore[union-attr]


def test_one_measurement_is_no_development(report: vg.Report) -> None:
    frame = vg.history(report, "welzijn")
    names = list(dict.fromkeys(frame["indicator"]))
    first = frame["verslagjaar"] == frame["verslagjaar"].min()
    shown = vg.chart_trends(frame[first], "Welzijn", 2023)
    assert "pas één meting" in str(shown.outputs)  # type: ignore[union-attr]
    chart = vg.chart_trends(frame[first | (frame["indicator"] == names[0])], "Welzijn", 2023)
    assert "met één meting is niet getekend" in chart.figure.caption  # type: ignore[union-attr]
    assert names[0] in chart.figure.alt and names[1] not in chart.figure.alt  # type: ignore[union-attr]


def test_a_minimum_is_judged_for_each_municipality_and_sector(report: vg.Report) -> None:
    places, sectors = vg.minimums(report, "werken"), vg.minimums(report, "werken", "sector")
    assert set(places.index) == {party.id for party in report.deal.municipalities}
    text = "Innovatieomgevingen waarbij de gemeente betrokken is"
    values = vg.parts(report, "werken-3-betrokken")
    assert places[text].str.contains("niet gehaald").tolist() == (values["gehaald"] == "nee").tolist()
    assert len(sectors) == 6
    assert vg.minimums(report, "welzijn").empty


@pytest.mark.parametrize(
    ("day", "pillar", "said"),
    [
        ("2021-12-31", "welzijn", "één doel: Dat is"),
        ("2021-12-31", "wonen", "3 doelen: Alle 3 zijn"),
        ("2021-12-31", "werken", "8 doelen: Daarvan zijn er 4"),
    ],
)
def test_of_one_of_all_and_of_some_goals_is_said_as_people_say_it(day: str, pillar: str, said: str) -> None:
    facts = {each.id: each for each in vg.publish_goals(_on(day), pillar).outputs if isinstance(each, Fact)}
    assert f"{facts[f'{pillar}.doelen'].words}: {facts[f'{pillar}.doelen_op_koers'].words}" == said


@pytest.mark.parametrize(
    ("verdicts", "said"),
    [
        ([vg.IMPROVING], "De indicator zonder doelwaarde gaat de bedoelde kant op."),
        ([vg.NOT_IMPROVING], "De indicator zonder doelwaarde gaat nog niet de bedoelde kant op."),
        ([vg.IMPROVING] * 2, "Beide indicatoren zonder doelwaarde gaan de bedoelde kant op."),
        ([vg.IMPROVING] * 3, "Alle 3 indicatoren zonder doelwaarde gaan de bedoelde kant op."),
        ([vg.NOT_IMPROVING] * 3, "Van de indicatoren zonder doelwaarde gaat er nog geen de bedoelde kant op."),
        (
            [vg.IMPROVING, vg.NOT_IMPROVING, vg.IMPROVING],
            "Van de indicatoren zonder doelwaarde gaan er 2 de bedoelde kant op; bij één is dat nog niet zo.",
        ),
        (
            [vg.IMPROVING, vg.IMPROVING, vg.BASELINE],
            "Van de indicatoren zonder doelwaarde die twee keer zijn gemeten, gaan beide de bedoelde kant op.",
        ),
        (
            [vg.IMPROVING, vg.BASELINE],
            "Van de indicatoren zonder doelwaarde die twee keer zijn gemeten, gaat er één de bedoelde kant op.",
        ),
        (
            [vg.BASELINE] * 2,
            "Van de indicatoren zonder doelwaarde is er nog geen tweede meting, en dus nog geen ontwikkeling.",
        ),
    ],
)
def test_directions_of_none_one_two_and_all(
    monkeypatch: pytest.MonkeyPatch, report: vg.Report, verdicts: list[str], said: str
) -> None:
    whole = vg.achievement(report, "welzijn")
    frame = whole[~whole["met_doel"].astype(bool)].head(len(verdicts)).assign(oordeel=verdicts)
    frame.attrs = whole.attrs
    monkeypatch.setattr("voortgang.notebook.publish.achievement", lambda *_: frame)
    assert unquoted(vg.directions(report, "welzijn").outputs[0].paragraphs[0]) == said  # type: ignore[union-attr]
    ended = vg.load(2023, "2023-12-31", "overleg", REPOSITORY)
    assert unquoted(vg.directions(ended, "welzijn").outputs[0].paragraphs[0]) == said.replace("nog ", "")  # type: ignore[union-attr]


@pytest.mark.parametrize(
    ("leads", "total", "said"),
    [
        (0, 4, ""),
        (1, 1, " en is daarvan penvoerder"),
        (4, 4, " en is daarvan steeds penvoerder"),
        (1, 4, " en is penvoerder van één daarvan"),
    ],
)
def test_a_municipality_leads_some_of_its_projects(leads: int, total: int, said: str) -> None:
    from voortgang.notebook.councils import _led

    assert _led(leads, total) == said


def test_residents_read_of_one_goal_as_people_write(reports: Path) -> None:
    text = html_text(reports / "2021" / "bladen" / "publiekssamenvatting-2021.html")
    assert "We spraken één doel af. Dat is gehaald of op tijd." in text
    assert "We spraken 3 doelen af. Alle 3 zijn gehaald of op tijd." in text
    report = html_text(reports / "2021" / "voortgangsrapportage-2021.html")
    assert "6 indicatoren. Het convenant noemt daarbij één doel. Dat is behaald of op schema." in report


def _on(day: str) -> vg.Report:
    return vg.load(int(day[:4]), day, "overleg", REPOSITORY)
