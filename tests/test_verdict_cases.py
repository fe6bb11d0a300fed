"""Verdicts at the edges, one row a case: what is asked, what was measured, on which day, and what must be said."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path

import pytest
from bs4 import BeautifulSoup
from conftest import run
from test_verdicts import TERM, _indicator

from voortgang.notebook.goals import COUNTED
from voortgang.notebook.measurements import Round
from voortgang.notebook.verdicts import UNDECIDED, VERDICTS, judge, progress

# The deal begins on 16 July 2019; its goals are for the end of 2022, and it ends with 2023.
GROWS = {"target": 100, "baseline": 0}
FALLS = {"target": 10, "baseline": 20, "direction": "dalen"}
EACH = {"target_per_part": 1, "scope": "gemeente", "baseline": 0}
BOTH = {"target": 4, "target_per_part": 1, "scope": "gemeente", "baseline": 0}
OPEN = {"open_target": "geen getal"}
DONE = {"kind": "mijlpaal", "target": 1, "baseline": 0}
PLANNED = DONE | {"planned": date(2021, 6, 30), "planned_source": "plan"}


@dataclass(frozen=True)
class Case:
    """What is asked, the figures by day (a number for the region, or by part), the reference date, the verdict."""

    what: str
    asked: dict[str, object]
    measured: dict[str, float | dict[str, float]]
    day: str
    verdict: str
    remark: str = ""
    missing: tuple[str, ...] = field(default=())


CASES = (
    # The first year
    Case("nothing was measured", GROWS, {}, "2019-12-31", "geen meting"),
    Case("nor after the year of the target", GROWS, {}, "2023-12-31", "geen meting"),
    Case("zero at first, within the margin", GROWS, {"2019-10-01": 0}, "2019-12-31", "nulmeting", "te vroeg"),
    Case("zero after three days", GROWS, {"2019-07-18": 0}, "2019-07-18", "nulmeting", "te vroeg"),
    Case("less than at the start, after three days", GROWS, {"2019-07-18": -3}, "2019-07-18", "nulmeting", "te vroeg"),
    Case("more than at the start", GROWS, {"2019-10-01": 1}, "2019-10-01", "op schema"),
    Case("fallen in the wrong way", FALLS, {"2019-10-01": 21}, "2019-10-01", "nulmeting", "te vroeg"),
    Case("fallen in the right way", FALLS, {"2019-10-01": 19}, "2019-10-01", "op schema"),
    Case("none of the parts has it", EACH, {"2019-10-01": {"a": 0, "b": 0}}, "2019-10-01", "nulmeting", "te vroeg"),
    Case("one of the parts has it", EACH, {"2019-10-01": {"a": 1, "b": 0}}, "2019-10-01", "op schema"),
    Case(
        "a total and no part", BOTH | {"target": 9}, {"2019-10-01": {"a": 0, "b": 0}}, "2019-10-01", "nulmeting", "te"
    ),
    Case(
        "the same twice",
        GROWS | {"target_year": 2040},
        {"2019-12-31": 0, "2020-12-31": 0},
        "2020-12-31",
        UNDECIDED,
        "te",
    ),
    Case("zero at first, outside it", GROWS, {"2019-12-31": 0}, "2019-12-31", "achter op schema"),
    Case("a first figure without a start", {"target": 100}, {"2019-12-31": 30}, "2019-12-31", "nulmeting"),
    Case("which has reached the target", {"target": 100}, {"2019-12-31": 100}, "2019-12-31", "behaald"),
    Case("measured before the deal began", GROWS, {"2019-01-01": 0}, "2019-12-31", "nulmeting", "te vroeg"),
    Case("and more than at the start", GROWS, {"2019-01-01": 9}, "2019-12-31", "nulmeting", "te vroeg"),
    # On the way: the pace on the day of the measurement, less ten percent
    Case("at the pace", GROWS, {"2020-12-31": 45}, "2020-12-31", "op schema"),
    Case("just within the margin", GROWS, {"2020-12-31": 33}, "2020-12-31", "op schema"),
    Case("just outside", GROWS, {"2020-12-31": 32}, "2020-12-31", "achter op schema"),
    Case("halfway by the figure of the year before", GROWS, {"2020-12-31": 33}, "2021-06-30", "op schema"),
    Case("halfway by a figure of that day", GROWS, {"2021-06-30": 40}, "2021-06-30", "achter op schema"),
    Case("reached early", GROWS, {"2020-12-31": 100}, "2020-12-31", "behaald"),
    Case("reached and lost again", GROWS, {"2020-12-31": 100, "2021-12-31": 10}, "2021-12-31", "achter op schema"),
    # The last year, its halves, and after
    Case("halfway the last year", GROWS, {"2022-06-30": 80}, "2022-06-30", "op schema"),
    Case("the last day", GROWS, {"2022-12-31": 99}, "2022-12-31", "niet behaald"),
    Case("the day before", GROWS, {"2022-12-01": 99}, "2022-12-30", "op schema"),
    Case("reached on the last day", GROWS, {"2022-12-31": 100}, "2022-12-31", "behaald"),
    Case("only known halfway", GROWS, {"2022-06-30": 80}, "2022-12-31", "niet vast te stellen"),
    Case("only known of the year before", GROWS, {"2021-12-31": 80}, "2022-12-31", "niet vast te stellen"),
    Case("measured in autumn", GROWS, {"2022-10-01": 80}, "2022-12-31", "niet behaald"),
    Case("a year later", GROWS, {"2022-12-31": 80}, "2023-06-30", "niet behaald", "doeljaar 2022 is voorbij"),
    Case("and reached then", GROWS, {"2023-12-31": 100}, "2023-12-31", "behaald", "doeljaar 2022 is voorbij"),
    Case("a later year of its own", GROWS | {"target_year": 2023}, {"2022-12-31": 99}, "2022-12-31", "op schema"),
    Case("and its end", GROWS | {"target_year": 2023}, {"2023-12-31": 99}, "2023-12-31", "niet behaald"),
    Case("an earlier year of its own", GROWS | {"target_year": 2020}, {"2020-12-31": 99}, "2020-12-31", "niet behaald"),
    # Figures that fall, zeros, and a start at the target
    Case("falling at the pace", FALLS, {"2020-12-31": 15.6}, "2020-12-31", "op schema"),
    Case("falling too slowly", FALLS, {"2020-12-31": 18}, "2020-12-31", "achter op schema"),
    Case("rising instead", FALLS, {"2019-12-31": 25}, "2019-12-31", "achter op schema"),
    Case("fallen", FALLS, {"2021-12-31": 10}, "2021-12-31", "behaald"),
    Case("not fallen", FALLS, {"2022-12-31": 10.1}, "2022-12-31", "niet behaald"),
    Case("to zero, and there", FALLS | {"target": 0}, {"2021-12-31": 0}, "2021-12-31", "behaald"),
    Case("to zero, not yet", FALLS | {"target": 0}, {"2022-12-31": 1}, "2022-12-31", "niet behaald"),
    Case("a start at the target", {"target": 9}, {"2019-12-31": 9, "2020-12-31": 9}, "2020-12-31", "behaald"),
    Case("and away from it", {"target": 9}, {"2019-12-31": 9, "2020-12-31": 8}, "2020-12-31", "achter op schema"),
    Case("parts of a whole", GROWS | {"target": 0.3}, {"2021-12-31": {"a": 0.1, "b": 0.2}}, "2021-12-31", "behaald"),
    Case(
        "parts of a whole that falls",
        FALLS | {"target": 0.3},
        {"2022-12-31": {"a": 0.1, "b": 0.2}},
        "2022-12-31",
        "behaald",
    ),
    # A minimum in each municipality, alone or with a total
    Case("each has it", EACH, {"2021-12-31": {"a": 1, "b": 2}}, "2021-12-31", "behaald"),
    Case("half of them, halfway", EACH, {"2020-12-31": {"a": 2, "b": 0}}, "2020-12-31", "op schema"),
    Case("none, halfway", EACH, {"2020-12-31": {"a": 0, "b": 0}}, "2020-12-31", "achter op schema"),
    Case("one without, at the end", EACH, {"2022-12-31": {"a": 9, "b": 0}}, "2022-12-31", "niet behaald"),
    Case("both", BOTH, {"2022-12-31": {"a": 3, "b": 1}}, "2022-12-31", "behaald"),
    Case("the total alone", BOTH, {"2022-12-31": {"a": 4, "b": 0}}, "2022-12-31", "niet behaald"),
    Case("the minimum alone", BOTH, {"2022-12-31": {"a": 1, "b": 1}}, "2022-12-31", "niet behaald"),
    Case(
        "both, a year too late",
        BOTH,
        {"2022-12-31": {"a": 4, "b": 0}, "2023-12-31": {"a": 4, "b": 1}},
        "2023-12-31",
        "behaald",
        "in doeljaar 2022 niet behaald",
    ),
    # A figure is missing
    Case("with the rest reached", GROWS, {"2022-12-31": {"a": 100}}, "2022-12-31", "behaald", missing=("b",)),
    Case("which decides", GROWS, {"2022-12-31": {"a": 80}}, "2022-12-31", "niet vast te stellen", missing=("b",)),
    Case("of a sum that falls", FALLS, {"2022-12-31": {"a": 9}}, "2022-12-31", "niet vast te stellen", missing=("b",)),
    Case("of a minimum", EACH, {"2022-12-31": {"a": 1}}, "2022-12-31", "niet vast te stellen", missing=("b",)),
    Case("where another has none", EACH, {"2022-12-31": {"a": 0}}, "2022-12-31", "niet behaald", missing=("b",)),
    # Without a target
    Case("only the start", OPEN, {"2019-12-31": 5}, "2019-12-31", "nulmeting"),
    Case("a start of the covenant", OPEN | {"baseline": 5}, {"2019-12-31": 5}, "2019-12-31", "nulmeting"),
    Case("better", OPEN, {"2019-12-31": 5, "2020-12-31": 6}, "2020-12-31", "ontwikkelt zich zoals bedoeld"),
    Case("the same", OPEN, {"2019-12-31": 5, "2020-12-31": 5}, "2020-12-31", "geen verbetering"),
    Case(
        "the same in parts",
        OPEN | {"baseline": 0.3},
        {"2019-12-31": {"a": 0.1, "b": 0.2}, "2020-12-31": {"a": 0.2, "b": 0.1}},
        "2020-12-31",
        "geen verbetering",
    ),
    Case(
        "better by falling",
        OPEN | {"direction": "dalen"},
        {"2019-12-31": 5, "2020-12-31": 4},
        "2020-12-31",
        "ontwikkelt zich zoals bedoeld",
    ),
    Case("also after the goals' year", OPEN, {"2019-12-31": 5, "2023-12-31": 5}, "2023-12-31", "geen verbetering"),
    # Milestones, with a planned day and without
    Case("not yet", DONE, {"2019-12-31": 0}, "2019-12-31", "volgens planning"),
    Case("there", DONE, {"2020-12-31": 1}, "2020-12-31", "behaald"),
    Case("not there at the end", DONE, {"2022-12-31": 0}, "2022-12-31", "niet behaald"),
    Case("until the planned day", PLANNED, {"2021-06-30": 0}, "2021-06-30", "volgens planning", "30 juni 2021"),
    Case("the day after, not measured since", PLANNED, {"2021-06-30": 0}, "2021-07-01", "niet vast te stellen"),
    Case("measured after it", PLANNED, {"2021-12-31": 0}, "2021-12-31", "vertraagd", "30 juni 2021"),
    Case("a plan does not outlive its year", PLANNED, {"2022-12-31": 0}, "2022-12-31", "niet behaald"),
)


# A deal that ends on 30 June 2023, in the year of its goals: its targets are for that day.
ENDS_IN_JUNE = (
    Case("half a year before", GROWS, {"2022-12-31": 90}, "2023-06-29", "op schema"),
    Case("behind on the way", GROWS, {"2022-12-31": 70}, "2022-12-31", "achter op schema"),
    Case("a pace up to the end of June", GROWS, {"2022-12-31": 78}, "2022-12-31", "op schema"),
    Case("on its last day", GROWS, {"2023-06-30": 99}, "2023-06-30", "niet behaald"),
    Case("reached on its last day", GROWS, {"2023-06-30": 100}, "2023-06-30", "behaald"),
    Case("known of the year before only", GROWS, {"2022-12-31": 99}, "2023-06-30", "niet vast te stellen"),
    Case("in the report on the year", GROWS, {"2023-06-30": 99}, "2023-12-31", "niet behaald"),
    Case("measured after it", GROWS, {"2023-12-31": 99}, "2023-12-31", "niet behaald"),
    Case("a year later", GROWS, {"2023-06-30": 99}, "2024-12-31", "niet behaald", "doeljaar 2023 is voorbij"),
    Case("a milestone", DONE, {"2023-06-30": 0}, "2023-06-30", "niet behaald"),
    Case("a target of the year before", GROWS | {"target_year": 2022}, {"2022-12-31": 99}, "2022-12-30", "op schema"),
    Case("a target of a later year", GROWS | {"target_year": 2024}, {"2023-06-30": 95}, "2023-12-31", "op schema"),
)


@pytest.mark.parametrize("case", ENDS_IN_JUNE, ids=lambda case: f"{case.what}, {case.day}")
def test_targets_of_the_last_year_are_for_the_end_of_the_deal(case: Case) -> None:
    """The figures of its last day were called too old, and on that day targets were still on schedule."""
    term = TERM.model_copy(update={"goals_until": 2023, "end": date(2023, 6, 30)})
    indicator, rounds = _indicator(**case.asked), _rounds(case)
    found = judge(indicator, term, date.fromisoformat(case.day), rounds)
    assert found.verdict == case.verdict and case.remark in "; ".join(found.remarks)


def _rounds(case: Case) -> list[Round]:
    missing = {name: name for name in case.missing}
    known = {date.fromisoformat(day): figures for day, figures in case.measured.items()}
    return [
        Round(day.year, day, figures if isinstance(figures, dict) else {"regio": float(figures)}, missing)
        for day, figures in known.items()
    ]


@pytest.mark.parametrize("case", CASES, ids=lambda case: f"{case.what}, {case.day}")
def test_the_verdict_at_an_edge(case: Case) -> None:
    indicator, rounds = _indicator(**case.asked), _rounds(case)
    due = TERM.due(indicator).year
    found = judge(
        indicator, TERM, date.fromisoformat(case.day), rounds, next((each for each in rounds if each.year == due), None)
    )
    assert found.verdict == case.verdict
    assert case.remark in "; ".join(found.remarks) and (case.remark or "doeljaar" not in "".join(found.remarks))
    if rounds and (share := progress(indicator, rounds[-1], indicator.baseline).total) is not None:
        assert (share >= 1) == (
            sum(rounds[-1].parts.values()) == pytest.approx(float(indicator.target or 0)) or share > 1
        )


PERIODS = ("2019", "2020", "2021-06-30", "2021", "2022", "2023")


@pytest.mark.sampled(2)
@pytest.mark.parametrize("of", PERIODS)
def test_the_verdicts_are_the_same_wherever_they_stand(reports: Path, tmp_path: Path, of: str) -> None:
    """Chapter, sentences, glance, key figures and the ministry's export; and the evaluation in the last year."""
    folder = reports / of
    soup = BeautifulSoup((folder / f"voortgangsrapportage-{of}.html").read_text("utf-8"), "lxml")
    figures = json.loads((folder / "kerncijfers.json").read_text("utf-8"))
    values = {each["id"]: each["waarde"] for each in figures["kerncijfers"]}
    assert run("export", "lnv", of, "--output", str(tmp_path), cwd=reports.parent).code == 0
    exported = json.loads((tmp_path / f"lnv-{of}.json").read_text("utf-8"))
    words = " ".join(soup.get_text(" ").split())
    pages = [words]
    if (evaluation := folder / "bladen" / f"evaluatie-{of}.html").is_file():
        pages.append(" ".join(BeautifulSoup(evaluation.read_text("utf-8"), "lxml").get_text(" ").split()))
    whole = dict.fromkeys(COUNTED, 0)
    for pillar in figures["verslag"]["pijlers"]:
        rows = [
            [" ".join(cell.get_text(" ").split()) for cell in row.select("th, td")]
            for row in soup.select(f"#tbl-{pillar}-doelbereik tbody tr")
        ]
        headings = [each.get_text(" ").strip() for each in soup.select(f"#tbl-{pillar}-doelbereik thead th")]
        target = headings.index("Doelwaarde")
        # Behind a name may stand its unit: "(% van de 75-plussers)".
        rows = [[re.sub(r" \((?:%|procent).*\)$", "", name), *cells] for name, *cells in rows]
        verdicts = {row[0]: row[-1].split(";")[0] for row in rows}
        assert rows and set(verdicts.values()) <= set(VERDICTS)
        for name, verdict in verdicts.items():
            opening, listed = VERDICTS[verdict], re.escape(name[0].lower() + name[1:])
            for page in pages:
                assert re.search(rf"{opening}: [^:.]*{listed}", page), (pillar, name, verdict)
        with_target = [verdicts[row[0]] for row in rows if row[target] != "niet bepaald"]
        for kind, among in COUNTED.items():
            counted = sum(verdict in among for verdict in with_target)
            assert values.get(f"{pillar}.{kind}", 0) == counted, (pillar, kind)
            whole[kind] += counted
    assert f"{whole['op_koers']} van {sum(whole[kind] for kind in COUNTED if kind != 'op_koers')}" in words
    for given in (each for part in exported["onderdelen"] for each in part["kerncijfers"]):
        assert values[given["id"]] == given["waarde"], given["id"]
