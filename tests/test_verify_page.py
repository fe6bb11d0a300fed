"""The page of a verification says what was done, on every computer."""

from __future__ import annotations

import pytest

from voortgang.readers.verified import Verified
from voortgang.readers.verify_page import verify_page
from voortgang.run.confinement import PARTS


@pytest.mark.parametrize("open_parts", [(part,) for part in PARTS] + [PARTS])
def test_what_a_computer_cannot_close_off_is_named(open_parts: tuple[str, ...]) -> None:
    confined = tuple(part for part in PARTS if part not in open_parts)
    page = verify_page(Verified(2021, (), confined=confined)).decode()
    assert page.partition("Niet afgesloten: ")[2].partition(".")[0].count(", ") == len(open_parts) - 1
