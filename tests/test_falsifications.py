"""Whatever is done to a file of a published report is found, and what says the same is told apart."""

from __future__ import annotations

from pathlib import Path

import pytest
from falsified import FALSE, HARMLESS, Change

from voortgang.readers.compare.contents import contents


def _file(reports: Path, name: str) -> Path:
    return min((reports / "2021").glob(name))


def test_there_are_enough_of_each() -> None:
    assert len({(name, file) for name, file, _ in FALSE}) == len(FALSE) >= 120
    assert len({(name, file) for name, file, _ in HARMLESS}) == len(HARMLESS) >= 30


@pytest.mark.sampled(24)
@pytest.mark.parametrize(
    ("what", "name", "change"), [pytest.param(*each, id=f"{each[1]}: {each[0]}") for each in FALSE]
)
def test_every_falsification_is_found_also_by_who_only_reads(
    reports: Path, what: str, name: str, change: Change
) -> None:
    """With the hashes put right nothing but the comparison with the report made again can find it."""
    path = _file(reports, name)
    before = path.read_bytes()
    found = contents(path.name, change(before), before)
    assert any(each.kind == "value" for each in found), found


@pytest.mark.sampled(8)
@pytest.mark.parametrize(
    ("what", "name", "change"), [pytest.param(*each, id=f"{each[1]}: {each[0]}") for each in HARMLESS]
)
def test_what_says_the_same_has_a_reason(reports: Path, what: str, name: str, change: Change) -> None:
    path = _file(reports, name)
    before = path.read_bytes()
    after = change(before)
    assert after != before
    found = contents(path.name, after, before)
    assert found and {each.kind for each in found} <= {"form", "tolerance"}, found
    assert all(each.before for each in found)
