"""What sets two reports apart is said before their figures are compared, and what cannot be compared is refused."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from conftest import run
from test_half_year import HALF, published

from voortgang.readers.difference import compare
from voortgang.workspace.paths import Period, Workspace


@pytest.mark.parametrize(
    ("before", "now", "found"),
    [
        # What the year has on top of its half is no restatement; what an earlier year had is.
        (HALF, 2021, [("changed", "totaal.geld"), ("restated", "totaal.geld")]),
        (2021, HALF, [("changed", "totaal.geld"), ("restated", "totaal.geld")]),
        (HALF, 2022, [("changed", "totaal.geld"), ("restated", "totaal.geld")]),
        (2021, 2022, [("changed", "totaal.geld"), ("restated", "totaal.geld"), ("restated", "totaal.geld")]),
    ],
)
def test_what_a_year_has_on_top_of_its_half_is_no_restatement(
    tmp_path: Path, before: Period, now: Period, found: list[tuple[str, str]]
) -> None:
    published(tmp_path, HALF, HALF, geld=10, geld_2020=5)
    published(tmp_path, 2021, "2021-12-31", geld=20, geld_2020=6)
    published(tmp_path, 2022, "2022-12-31", geld=30, geld_2020=7, geld_2021=21)
    assert [(each.kind, each.id) for each in compare(Workspace(tmp_path), before, now).changes] == found


def _says(folder: Path, of: Period, **other: Any) -> None:
    """Let a report say something else of itself."""
    path = folder / "reports" / str(of) / "kerncijfers.json"
    content = json.loads(path.read_text(encoding="utf-8"))
    content["verslag"] |= other
    path.write_text(json.dumps(content), encoding="utf-8")


@pytest.fixture
def two(tmp_path: Path) -> Path:
    """A workspace with reports on two years that differ in nothing but a figure."""
    (tmp_path / "data").mkdir()
    (tmp_path / "data" / "deal.yml").touch()
    published(tmp_path, HALF, HALF, geld=10)
    published(tmp_path, 2021, "2021-12-31", geld=20)
    published(tmp_path, 2022, "2022-12-31", geld=30)
    return tmp_path


@pytest.mark.parametrize(
    ("before", "now", "other", "said"),
    [
        (2021, 2022, {}, []),
        (2021, 2022, {"status": "vastgesteld"}, []),
        (2021, 2022, {"editie": "openbaar"}, ["on 2021 is the edition overleg, and that on 2022 the edition openbaar"]),
        (2022, 2021, {}, ["on 2021 is the earlier one"]),
        (HALF, 2022, {}, [f"on {HALF} goes up to 2021-06-30: it counts a part of 2021 only"]),
        (HALF, 2021, {}, [f"on {HALF} goes up to 2021-06-30: it counts a part of 2021 only"]),
        # Reports of before a file of a year had to name its last day.
        (2021, 2022, {"peildatum": "2022-11-30"}, ["on 2022 goes up to 2022-11-30: it counts a part of 2022 only"]),
        (2021, 2022, {"voorbeelddata": False}, ["on 2021 is made from example rows, and the other is not"]),
        (
            2022,
            HALF,
            {"editie": "openbaar", "voorbeelddata": False},
            ["the earlier one", "is the edition openbaar, and that", "a part of 2021 only", "on 2021-06-30 is made"],
        ),
    ],
)
def test_what_sets_two_reports_apart_is_said_first(
    two: Path, before: Period, now: Period, other: dict[str, Any], said: list[str]
) -> None:
    _says(two, 2022, **other)
    apart = compare(Workspace(two), before, now).apart
    assert len(apart) == len(said) and all(part in sentence for part, sentence in zip(said, apart, strict=True))
    shown, listed = (run("diff", str(before), str(now), *more, cwd=two) for more in ((), ("--json",)))
    assert shown.code == listed.code == 0
    lines = " ".join(shown.out.split())
    assert lines.startswith(" ".join(apart)) and "1 figure differs" in lines and not shown.err
    assert [each["kind"] for each in json.loads(listed.out)] == ["changed"]
    assert [line.removeprefix("Note: ") for line in listed.err.splitlines()] == list(apart)


@pytest.mark.parametrize("more", [(), ("--json",)])
def test_reports_of_two_deals_and_one_report_are_not_compared(two: Path, more: tuple[str, ...]) -> None:
    done = run("diff", "2021", "2021", *more, cwd=two)
    assert done.code == 1 and "compared with itself" in done.err and not done.out
    _says(two, 2022, deal="d  ")
    assert run("diff", "2021", "2022", *more, cwd=two).code == 0
    _says(two, 2022, deal="E")
    done = run("diff", "2021", "2022", *more, cwd=two)
    assert done.code == 1 and "of two deals" in done.err and "reports/2022/kerncijfers.json: E" in done.err
    assert not done.out and "Traceback" not in done.err
