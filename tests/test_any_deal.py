"""Any deal that `init` accepts can be checked and built; what cannot work is refused with the reason."""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import pytest
import yaml
from conftest import run
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from test_new_workspace import answers

from voortgang.check.checked import check
from voortgang.errors import DealError
from voortgang.workspace.deal import Deal, deal_from
from voortgang.workspace.paths import Workspace
from voortgang.workspace.starting.new_workspace import write_workspace
from voortgang.workspace.starting.questionnaire import deal_text

# Letters that Dutch names have, and signs that mean something in Markdown, YAML, HTML, Typst or a spreadsheet.
_LETTERS = st.sampled_from("abcdefghijklmnopqrstuvwxyzABCZéëïöüÉàç'’“”&-–,.;:!?()[]{}<>#*_~`$@%^|/\\+=0123456789 ")
_NAMES = st.text(_LETTERS, min_size=1, max_size=120).map(lambda text: " ".join(text.split())).filter(bool)
_PLACES = st.one_of(_NAMES, st.integers(1, 99).map(lambda number: f"Plaats {number}"))


@st.composite
def deals(draw: st.DrawFn, most_places: int = 40, most_years: int = 8) -> dict[str, Any]:
    """Return the content of a deal.yml: as the questionnaire makes it, and then as a covenant may differ from that."""
    first = draw(st.integers(2017, 2030))
    state, regional = (draw(st.integers(0, 10) | st.integers(0, 10**9)) for _ in range(2))
    places = draw(st.lists(_PLACES, unique_by=str.casefold, max_size=most_places))
    given_answers = answers(
        name=draw(_NAMES),
        region=draw(_NAMES),
        pillars=tuple(draw(st.lists(_NAMES, min_size=1, max_size=12, unique_by=str.casefold))),
        municipalities=tuple(places),
        province=draw(st.just("") | _NAMES) if places else draw(_NAMES),
        first_year=first,
        last_year=first + draw(st.integers(0, most_years - 1)),
        state=state,
        regional=regional,
        overhead=draw(st.integers(0, state + regional)),
    )
    content: dict[str, Any] = yaml.safe_load(deal_text(given_answers))
    last = given_answers.last_year
    if draw(st.booleans()):
        content["term"]["end"] = draw(st.dates(date(last, 2, 1), date(last, 12, 31)))
    if draw(st.booleans()) and len(content["pillars"]) > 1:  # a pillar about which the covenant promises nothing
        content["results"] = content["results"][: draw(st.integers(1, len(content["results"])))]
    for result in content["results"]:
        (indicator,) = result["indicators"]
        if draw(st.booleans()):
            _aim(
                indicator,
                draw(st.sampled_from(["stijgen", "dalen"])),
                draw(st.integers(0, 200)),
                draw(st.integers(0, 200)),
            )
            indicator["target_year"] = draw(st.integers(first, last))
    return content


def _aim(indicator: dict[str, Any], direction: str, baseline: int, target: int) -> None:
    indicator.pop("open_target")
    indicator.update(direction=direction, baseline=baseline, target=target)


@contextmanager
def workspace_of(content: dict[str, Any]) -> Iterator[tuple[Path, Deal] | None]:
    """Yield a new workspace of a deal; None when the deal is refused, with a reason."""
    text = yaml.safe_dump(content, allow_unicode=True, sort_keys=False)
    try:
        deal = deal_from(text)
    except DealError as error:
        assert error.what and error.expected and error.mend
        yield None
        return
    with tempfile.TemporaryDirectory() as folder:
        write_workspace(text, deal, Path(folder) / "deal", with_examples=True)
        yield Path(folder) / "deal", deal


def _require_sound(root: Path) -> None:
    errors = [str(each) for each in check(Workspace(root)).findings if each.severity == "error"]
    assert not errors, errors[:3]


@given(deals())
@settings(suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large], max_examples=10)
def test_its_example_rows_pass_the_check_and_so_do_empty_tables(content: dict[str, Any]) -> None:
    with workspace_of(content) as made:
        if made is None:
            return
        root, deal = made
        _require_sound(root)
        text = (root / "data" / "deal.yml").read_text(encoding="utf-8")
        shutil.rmtree(root)
        write_workspace(text, deal, root, with_examples=False)
        _require_sound(root)


def _is_built(content: dict[str, Any], verified: bool) -> None:
    with workspace_of(content) as made:
        if made is None:
            return
        root, deal = made
        year = str(deal.term.end.year)
        done = run("build", year, "--engine", "builtin", cwd=root)
        assert done.code == 0, done.err
        if verified:
            assert run("bundle", year, "--output", "b.zip", cwd=root).code == 0
            outcome = run("verify", "b.zip", cwd=root)
            assert outcome.out.endswith("is identical.\n"), outcome.out + outcome.err


_SLOW = settings(
    suppress_health_check=list(HealthCheck), phases=[Phase.generate], derandomize=True, print_blob=False, deadline=None
)


@pytest.mark.long
@given(deals(most_places=4, most_years=3))
@settings(_SLOW, max_examples=3)
def test_three_random_deals_are_built(content: dict[str, Any]) -> None:
    _is_built(content, verified=False)


@pytest.mark.long
@given(deals())
@settings(_SLOW, max_examples=30, derandomize=False)
def test_thirty_random_deals_are_built_and_verified(content: dict[str, Any]) -> None:
    _is_built(content, verified=True)


def _edited(**other: Any) -> dict[str, Any]:
    content: dict[str, Any] = yaml.safe_load(deal_text(answers(**other)))
    return content


def _without_state(content: dict[str, Any]) -> dict[str, Any]:
    """Return a deal that the region pays alone."""
    content["parties"] = content["parties"][1:]
    content["contributions"] = [content["contributions"][1] | {"amount": content["budget"]["total"]}]
    content["instalments"] |= {"first_amount": 0, "later_amount": 0}
    for key in ("secretariat", "members"):
        content["consultation"][key] = content["consultation"][key][1:]
    return content


EDGES = {
    "one year": _edited(first_year=2024, last_year=2024),
    "nobody but the province": _edited(municipalities=(), province="Utrecht"),
    "no province": _edited(province=""),
    "no money at all": _edited(state=0, regional=0, overhead=0),
    "all for overhead": _edited(state=10, regional=10, overhead=20),
    "names that a report gives another meaning": _edited(pillars=("Deal", "Regio", "Samen")),
    "names that differ in signs only": _edited(pillars=("Zorg & wonen", "Zorg wonen"), municipalities=("A.", "A")),
    "names without Latin letters": _edited(pillars=("ελληνικά", "мир")),
    "a place called like its province": _edited(municipalities=("Utrecht", "Provincie Utrecht"), province="Utrecht"),
    "without the State": _without_state(_edited(province="Utrecht")),
    "a term of eight years": _edited(first_year=2017, last_year=2024),
}  # fmt: skip


@pytest.mark.parametrize("edge", EDGES)
def test_deals_at_the_edge_pass_the_check(edge: str) -> None:
    with workspace_of(EDGES[edge]) as made:
        assert made is not None
        _require_sound(made[0])


def test_a_deal_in_which_nobody_of_the_region_takes_part_is_refused() -> None:
    with pytest.raises(DealError, match="Nobody of the region"):
        deal_text(replace(answers(), municipalities=(), province=""))


@pytest.mark.parametrize(
    ("given_instead", "reason"),
    [
        ({"pillars": ()}, "No pillar is named"),
        ({"first_year": 2024, "last_year": 2023}, "would end in 2023, before its first year"),
        ({"state": 10, "regional": 5, "overhead": 16}, "overhead of 16 euros is more than"),
    ],
)
def test_answers_that_make_no_deal_are_refused_in_the_words_of_the_questions(
    given_instead: dict[str, Any], reason: str
) -> None:
    with pytest.raises(DealError, match=reason) as refused:
        deal_text(replace(answers(), **given_instead))
    assert "found:" not in str(refused.value)


def test_a_municipality_may_be_called_as_all_parties_together() -> None:
    content = _edited(municipalities=("Regio", "Totaal", "Rijk"))
    assert [party["id"] for party in content["parties"][1:]] == ["gemeente-regio", "gemeente-totaal", "gemeente-rijk"]


def test_the_name_of_a_deal_stays_one_line_of_its_file() -> None:
    assert deal_from(deal_text(replace(answers(), name="Regio\nDeal: x"))).name == "Regio\nDeal: x"


def test_money_of_a_group_without_parties_is_refused() -> None:
    content = _without_state(_edited())
    content["contributions"][0]["group"] = "rijk"
    content["instalments"]["later_amount"] = content["budget"]["total"]
    with pytest.raises(DealError, match="no party is of the group 'rijk'"):
        deal_from(yaml.safe_dump(content, allow_unicode=True))


def test_a_name_that_no_report_can_show_is_refused() -> None:
    with pytest.raises(DealError, match="cannot show"):
        deal_text(replace(answers(), pillars=("日本", "Wonen")))


@pytest.mark.long
def test_the_edges_are_built(tmp_path: Path) -> None:
    """The two that differ most from a common deal."""
    os.chdir(tmp_path)
    for edge in ("one year", "nobody but the province"):
        _is_built(EDGES[edge], verified=False)
