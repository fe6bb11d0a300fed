"""What a report says fits its moment: the first year compares with nothing, the last does not look forward."""

from __future__ import annotations

import math
import re
from datetime import date
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
from chart_cases import DAY, SHORT, money, shares, split, term, trends
from conftest import REPOSITORY
from documents import html_text

from voortgang import notebook as vg
from voortgang.notebook.goals import counted
from voortgang.notebook.risks import NEW
from voortgang.notebook.verdicts import ACHIEVED, BASELINE, BEHIND, ON_TRACK, UNDECIDED, UNKNOWN
from voortgang.writing.publishable import Table, unquoted

FIRST = (2019, "2019-12-31")
LAST = (2023, "2023-12-31")
MOMENTS = (FIRST, (2020, "2020-12-31"), (2021, "2021-06-30"), (2021, "2021-12-31"), LAST)


def _report(moment: tuple[int, str]) -> vg.Report:
    return vg.load(*moment, "overleg", REPOSITORY)


def _words(shown: Any) -> str:
    """Return the title of a chart, or the sentence that stands in its place."""
    if hasattr(shown, "figure"):
        return unquoted(shown.figure.title)
    return " ".join(unquoted(each) for each in shown.outputs[0].paragraphs)


def _table(*arguments: Any, **more: Any) -> Table:
    found = vg.table(*arguments, **more).outputs[0]
    assert isinstance(found, Table)
    return found


@pytest.mark.parametrize("values", [[None, None], ["", ""], ["–", ""]])
def test_an_optional_column_with_nothing_in_it_is_left_out(values: list[str | None]) -> None:
    frame = pd.DataFrame({"thema": ["a", "b"], "reden": values}, dtype="object")
    assert _table(frame, ["thema", "reden"], "x", optional=["reden"]).headings == ("Thema",)
    assert _table(frame, ["thema", "reden"], "x").headings == ("Thema", "Reden")
    frame.loc[1, "reden"] = "iets"
    assert _table(frame, ["thema", "reden"], "x", optional=["reden"]).headings == ("Thema", "Reden")


@pytest.mark.parametrize("moment", MOMENTS)
def test_only_a_later_report_compares(moment: tuple[int, str]) -> None:
    report, later = _report(moment), moment != FIRST
    figures = vg.key_figures(report)
    assert len(figures) > 5 and figures["nu"].astype(bool).all()
    assert figures[["vorig", "verschil"]].ne("").all(axis=None) == later == bool(len(vg.differences(report)))
    assert (NEW in set(vg.risks(report)["beweging"])) <= later
    goals = pd.concat([vg.achievement(report, pillar.id) for pillar in report.deal.pillars])
    assert goals["vorige"].notna().any() == later


def test_the_first_report_has_no_column_of_a_year_before(reports: Path) -> None:
    page = html_text(reports / "2019" / "voortgangsrapportage-2019.html")
    assert "Looptijd verstreken" in page
    for words in ("Sinds eind", "Vorig jaar", "Jaar ervoor", "naast een jaar", "Gecommitteerd in 2019"):
        assert words not in page, words


def test_a_forecast_without_a_range_is_a_sentence() -> None:
    for moment in MOMENTS:
        for pillar in ("werken", "wonen", "welzijn"):
            frame = vg.forecast(_report(moment), pillar)
            assert frame.empty or frame["verwachting_tekst"].ne("–").any()
            if frame.empty:
                assert vg.no_forecast(_report(moment), pillar).endswith(".")


def test_after_the_deal_nothing_is_on_track_and_nothing_goes_on() -> None:
    report = _report(LAST)
    assert "eindigde" in _words(vg.phase(report))
    assert "op schema" not in " ".join(vg.key_figures(report)["kerncijfer"])
    assert "behaald of op schema" in " ".join(vg.key_figures(_report((2022, "2022-12-31")))["kerncijfer"])


@pytest.mark.parametrize("moment", MOMENTS)
def test_a_day_is_said_once_where_it_is_the_same_for_all(moment: tuple[int, str]) -> None:
    report = _report(moment)
    for pillar in ("werken", "wonen", "welzijn"):
        goals = vg.achievement(report, pillar)
        dated = vg.undated(goals)["oordeel_tekst"].str.contains("stand van")
        assert not dated.any() or goals["gemeten"].nunique() > 1


def _goals(*verdicts: str) -> pd.DataFrame:
    rows = [(f"I{n}", True, 0.5, 0.5, "50%", "1", "2", verdict, "gemeente") for n, verdict in enumerate(verdicts)]
    columns = ("indicator", "met_doel", "doelbereik", "verwacht", "doelbereik_tekst", "waarde_tekst", "doel_tekst")
    return pd.DataFrame(rows, columns=[*columns, "oordeel", "resultaat"])


@pytest.mark.parametrize(
    ("verdicts", "said"),
    [
        ((ACHIEVED,), "De enige indicator met een doelwaarde is behaald"),
        ((ACHIEVED, ACHIEVED), "Beide indicatoren met een doelwaarde zijn behaald"),
        ((ON_TRACK,) * 3, "Alle 3 indicatoren met een doelwaarde zijn op schema"),
        ((ACHIEVED, BEHIND), "Van de 2 indicatoren met een doelwaarde is er één behaald en één achter op schema"),
        ((BASELINE,), "De enige indicator met een doelwaarde is pas één keer gemeten"),
        ((UNDECIDED,) * 2, "Beide indicatoren met een doelwaarde zijn niet te beoordelen"),
        (
            (ACHIEVED, ACHIEVED, UNKNOWN),
            "Van de 3 indicatoren met een doelwaarde zijn er 2 behaald en één nog zonder meting",
        ),
    ],
)
def test_the_title_of_goals_is_a_sentence_for_any_count(verdicts: tuple[str, ...], said: str) -> None:
    assert _words(vg.chart_bullets(_goals(*verdicts), "Doelbereik")) == said


@pytest.mark.parametrize(
    ("columns", "said"),
    [
        ({"A": [0, 0]}, "Er is nog nergens een resultaat."),
        ({"A": [0, 0], "B": [0, float("nan")]}, "Er is nog nergens een resultaat."),
        ({"A": [0, 1]}, "Nog niet overal is er een resultaat"),
        ({"A": [0, 1], "B": [1, 0]}, "Bij geen enkele indicator is er al overal een resultaat"),
        ({"A": [0, 1], "B": [1, 1], "C": [2, 1]}, "Bij één van de 3 indicatoren is er nog niet overal een resultaat"),
        ({"A": [3, 1], "B": [1, 1]}, "Overal is er een resultaat"),
        (
            {"A": [3, 1], "B": [1, float("nan")]},
            "Waar een cijfer is, is er een resultaat; niet overal een cijfer: B",
        ),
    ],
)
def test_the_title_of_parts_is_a_sentence_for_any_count(columns: dict[str, list[float]], said: str) -> None:
    frame = pd.DataFrame({"deel": ["Emmen", "Coevorden"]} | columns)
    assert _words(vg.chart_parts(frame, "Per gemeente")) == said


@pytest.mark.parametrize(
    ("phases", "ends", "said"),
    [
        (["uitvoering", "uitvoering"], [2023, 2023], "Geen project loopt door na zijn einddatum"),
        (["uitvoering", "afgerond"], [2020, 2020], "Eén project loopt door na de einddatum"),
        (["uitvoering", "voorbereiding"], [2020, 2020], "2 projecten lopen door na de einddatum"),
        (["afgerond", "gestopt"], [2020, 2020], "Geen project loopt nog"),
    ],
)
def test_the_title_of_a_planning_is_a_sentence_for_any_count(phases: list[str], ends: list[int], said: str) -> None:
    report = _report((2021, "2021-12-31"))
    frame = vg.projects(report, "werken").head(2).assign(fase=phases, gestopt_op=pd.NaT)
    frame["start"] = pd.Timestamp(2019, 10, 1)
    frame["einde"] = [pd.Timestamp(year, 6, 30) for year in ends]
    assert _words(vg.chart_phases(frame, "Planning", DAY)) == said


@pytest.mark.parametrize(
    ("shares", "now", "said"),
    [
        ([0.2, 0.3], 2021, "De uitputting ligt overal onder het gelijkmatige tempo van"),
        ([0.2, 0.9], 2021, "Onder het gelijkmatige tempo van 60%* ligt B"),
        ([0.9, 0.9], 2021, "De uitputting ligt overal op of boven het gelijkmatige tempo"),
        ([0.9, 0.8], 2023, "Van de begroting is overal iets niet gerealiseerd"),
        ([0.9, 1.0], 2023, "Van de begroting is iets bij B niet gerealiseerd"),
        ([1.0, 1.0], 2023, "De begroting is geheel gerealiseerd"),
        # Of thirteen lines the title names no dozen.
        ([0.9, *[0.1] * 12], 2021, "Onder het gelijkmatige tempo van 60%* liggen de meeste onderdelen$"),
        ([0.1] * 5 + [0.9] * 8, 2021, "Onder het gelijkmatige tempo van 60%* liggen verscheidene onderdelen$"),
        ([1.0, *[0.1] * 12], 2023, "Van de begroting is iets bij de meeste onderdelen niet gerealiseerd"),
    ],
)
def test_the_title_of_spending_knows_whether_the_deal_runs(shares: list[float], now: int, said: str) -> None:
    rows = [
        (name, year, share) for name, share in zip("BACDEFGHIJKLM", shares, strict=False) for year in (now - 1, now)
    ]
    frame = pd.DataFrame(rows, columns=["lijn", "verslagjaar", "uitputting"])
    title = _words(vg.chart_utilisation(frame, "Uitputting", term(2019, 2023), date(now, 12, 31)))
    assert re.match(said.replace("60%*", r"[\d,]+%"), title), title


@pytest.mark.parametrize("spent", [0, 5_000])
@pytest.mark.parametrize(
    ("shares", "now", "said"),
    [
        ([0.2, 0.3], 2021, "De uitputting ligt {} onder het gelijkmatige tempo van"),
        ([0.9, 0.9], 2021, "De uitputting ligt {} op of boven het gelijkmatige tempo"),
        ([0.9, 0.8], 2023, "Van de begroting is {} iets niet gerealiseerd"),
        ([0.0, 0.0], 2018, "{} is nog niets gerealiseerd"),
    ],
)
@pytest.mark.parametrize("before", [math.nan, 0.5])
def test_no_title_speaks_for_a_line_without_a_budget(
    shares: list[float], now: int, said: str, before: float, spent: int
) -> None:
    """Nor for one that has none any more."""
    rows = [(name, year, share, 1) for name, share in zip("BA", shares, strict=True) for year in (now - 1, now)]
    rows += [("C", now - 1, before, 1), ("C", now, math.nan, spent)]
    frame = pd.DataFrame(rows, columns=["lijn", "verslagjaar", "uitputting", "gerealiseerd"])
    frame.loc[frame["uitputting"] == 0, "gerealiseerd"] = 0
    title = _words(vg.chart_utilisation(frame, "Uitputting", term(2019, 2023), date(now, 12, 31)))
    everyone = ("bij alle onderdelen met een begroting", "Van de begroting") if spent else ("overal", "Er")
    assert title.startswith(said.format(everyone[now == 2018])), title


def test_the_title_about_the_one_line_with_a_budget_is_a_sentence() -> None:
    rows = [("A", 100_000, 0, 90_000, 0.9), ("C", 0, 0, 0, math.nan)]
    frame = pd.DataFrame(rows, columns=["lijn", "begroot", "gecommitteerd", "gerealiseerd", "uitputting"])
    assert _words(vg.chart_money(frame, "Geld")) == "De uitputting van A is 90%"


@pytest.mark.parametrize(("spent", "said"), [(0, "Er is nog niets"), (5_000, "Van de begroting is nog niets")])
def test_what_was_spent_without_a_budget_is_not_nothing(spent: int, said: str) -> None:
    rows = [("A", 100_000, 0, 0, 0.0), ("C", 0, 0, spent, math.nan)]
    frame = pd.DataFrame(rows, columns=["lijn", "begroot", "gecommitteerd", "gerealiseerd", "uitputting"])
    assert _words(vg.chart_money(frame, "Geld")).startswith(said)


@pytest.mark.parametrize(
    ("moment", "said"),
    [
        (FIRST, "Van de indicatoren zonder doelwaarde is er nog geen tweede meting, en dus nog geen ontwikkeling."),
        (
            (2021, "2021-12-31"),
            "Van de indicatoren zonder doelwaarde gaan er 4 de bedoelde kant op; bij één is dat nog niet zo.",
        ),
        (LAST, "Alle 5 indicatoren zonder doelwaarde gaan de bedoelde kant op."),
    ],
)
def test_directions_are_counted_in_a_sentence(moment: tuple[int, str], said: str) -> None:
    assert _words(vg.directions(_report(moment), "welzijn")) == said


@pytest.mark.parametrize("moment", MOMENTS[1:])
def test_goals_are_counted_in_one_way_now_and_a_year_earlier(moment: tuple[int, str]) -> None:
    report = _report(moment)
    before, kind = report.year_before(), "behaald" if moment == LAST else "op_koers"
    assert before is not None
    row = vg.key_figures(report).loc[kind]
    counts = [
        sum(counted(vg.achievement(each, pillar.id))[kind] for pillar in each.deal.pillars) for each in (before, report)
    ]
    assert [row["vorig"], row["nu"]] == [str(each) for each in counts]
    assert row["kerncijfer"] == f"Doelen {report.on_course}"
    assert ({"op_koers", "behaald"} & set(vg.key_figures(report).index)) == {kind}


@pytest.mark.parametrize("moment", MOMENTS[1:])
def test_a_difference_is_that_of_the_shares_as_they_are_written(moment: tuple[int, str]) -> None:
    row = vg.key_figures(_report(moment)).loc["looptijd"]
    before, now = (float(row[name].rstrip("%").replace(",", ".")) for name in ("vorig", "nu"))
    assert float(re.sub(r"[^\d,]", "", row["verschil"]).replace(",", ".")) == round(now - before, 1)


def test_a_target_that_was_reached_too_late_says_so_at_a_glance() -> None:
    states = list(vg.glance(_report(LAST))["stand"])
    assert "✔ behaald; in doeljaar 2022 niet behaald" in states and "✔ behaald" in states


@pytest.mark.parametrize(
    ("shares", "words"),
    [
        ([0.97, 0.97, 0.5], "is het hoogst bij Werken en Wonen (97%) en het laagst bij Welzijn (50%)"),
        ([0.9, 0.4, 0.4], "is het hoogst bij Werken (90%) en het laagst bij Wonen en Welzijn (40%)"),
        ([0.97, 0.96999, 0.5], "is het hoogst bij Werken en Wonen (97%) en het laagst bij Welzijn (50%)"),
        ([0.5, 0.5, 0.5], "is gelijk bij Werken, Wonen en Welzijn (50%)"),
        ([0.5], "van Werken is 50%"),
    ],
)
def test_lines_that_read_the_same_are_named_together(shares: list[float], words: str) -> None:
    budget = [1_000_000.0] * len(shares)
    chart = money(SHORT[: len(shares)], budget, [share * 1_000_000 for share in shares])
    assert _words(chart) == f"De uitputting {words}"


@pytest.mark.parametrize(
    ("chart", "words"),
    [
        (lambda: shares(["A", "B", "C"], [0.5, 0.4, 0.4]), "Het hoogst is A (50%), het laagst B en C (40%)"),
        (lambda: shares(["A", "B"], [0.4, 0.4]), "Overal even hoog: 40%"),
        (lambda: shares(["A"], [0.4]), "A: 40%"),
        (lambda: split(["A", "B"], [0.5, 0.5], [0.6, 0.4]), "Bij A en B wijkt de realisatie het meest af: het aandeel"),
        (lambda: split(["A", "B", "C"], [0.5, 0.25, 0.25], [0.6, 0.25, 0.15]), "Bij A en C wijkt"),
        (lambda: split(["A", "B", "C"], [0.5, 0.3, 0.2], [0.6, 0.25, 0.15]), "Bij A wijkt de realisatie het meest af"),
        (
            lambda: split(["A", "B"], [0.5, 0.5], [0.5, 0.5]),
            "Het aandeel in de realisatie is overal dat in de begroting",
        ),
    ],
)
def test_no_superlative_names_one_of_several_that_read_the_same(chart: Any, words: str) -> None:
    assert _words(chart()).startswith(words)


def test_milestones_alone_are_a_sentence() -> None:
    frame = pd.DataFrame({"indicator": ["Opleiding"], "met_doel": [True], "doelbereik": [None], "verwacht": [None]})
    frame = frame.assign(doelbereik_tekst="–", waarde_tekst="ja", doel_tekst="ja", oordeel=ACHIEVED)
    assert not hasattr(vg.chart_bullets(frame, "x"), "figure")


def test_trends_say_how_many_go_the_way_that_is_wanted() -> None:
    shown = trends({"Werk": [1, 2], "Zorg": [5, 6], "Leegstand": [3, 3]})
    assert _words(shown).endswith("; 2 gaan de gewenste kant op")
    assert _words(trends({"Werk": [1, 2]})) == "Sinds de eerste meting gestegen: Werk"


@pytest.mark.parametrize("year", ["2022", "2023"])
def test_what_is_finished_is_no_large_deviation(year: str) -> None:
    found = vg.deviations(vg.load(int(year), f"{year}-12-31", "overleg", REPOSITORY), most=99)
    phases = vg.projects(vg.load(int(year), f"{year}-12-31", "overleg", REPOSITORY)).set_index("naam")["fase"]
    finished = [phases.get(each) == "afgerond" for each in found["afwijking"]]
    assert finished == sorted(finished) and not finished[0]
    verdicts = [each for each in found["stand"] if "behaald" in each or "schema" in each]
    assert verdicts == sorted(verdicts, key=lambda each: "niet behaald" not in each)


def test_what_is_measured_in_percent_names_its_unit() -> None:
    goals = vg.achievement(_report(LAST), "welzijn")
    named = vg.with_units(goals)["indicator"]
    percents = goals["eenheid"].str.startswith(("%", "procent"))
    assert 0 < percents.sum() < len(goals)
    assert list(named[~percents]) == list(goals.loc[~percents, "indicator"])
    assert all(unit in name for name, unit in zip(named[percents], goals.loc[percents, "eenheid"], strict=True))


@pytest.mark.parametrize(
    ("given", "title"),
    [
        ({"reeks": [0, 0, 1], "breuk": ["", "", "reeksbreuk"]}, "Sinds de reeksbreuk is er één meting"),
        (
            {"reeks": [0, 0, 1], "breuk": ["", "", "andere gemeenten"]},  # the first two can be compared
            "Met de laatste meting is nog geen eerdere te vergelijken",
        ),
        # A sum that lacks a part is no measurement to compare with, and no definition has changed.
        ({"volledig": [True, False, False]}, "Er zijn nog geen twee metingen die te vergelijken zijn"),
        (
            {"reeks": [0, 1, 1], "breuk": ["", *["reeksbreuk"] * 2]},
            "Sinds de eerste meting die te vergelijken is gestegen: Werk",
        ),
    ],
)
def test_a_development_is_told_of_what_can_be_compared(given: dict[str, object], title: str) -> None:
    assert _words(trends({"Werk": [1, 2, 3]}, **given)) == title
