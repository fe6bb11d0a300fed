"""Numbers for new projects and bookings: a range of each party's own, so that two never choose the same."""

from __future__ import annotations

import re
from collections.abc import Iterable

from voortgang.workspace import schema
from voortgang.workspace.deal import Deal

NUMBERED = {"projecten": "project_id", "financien": "boeking_id", "risicos": "risico_id"}
_FIRST = {"risicos": "R"}
"""What numbers of a table begin with: that of a risk is not that of a project."""


def prefix(deal: Deal, party: str) -> str:
    """Return the letters that a party's own numbers begin with, such as `EMM`.

    The first letters of its id; where an earlier party has those, the last letter moves on.
    """
    taken: set[str] = set()
    for each in deal.parties:
        letters = [letter for letter in each.id.upper() if "A" <= letter <= "Z"] or ["X"]
        first = "".join(letters[:2])
        tails = [*letters[2:], *"ABCDEFGHIJKLMNOPQRSTUVWXYZ"]
        code = next(first + tail for tail in tails if first + tail not in taken)
        taken.add(code)
        if each.id == party:
            return code
    raise KeyError(party)


def free(table: str, known: Iterable[str], deal: Deal, party: str, count: int = 3) -> list[str]:
    """Return the next numbers of a party's range that no row of the table has."""
    code = _FIRST.get(table, "") + prefix(deal, party)
    pattern = schema.table(table).field(NUMBERED[table]).constraints.pattern or ".*"
    width = next(width for width in range(3, 9) if re.fullmatch(pattern, code + "0" * width))
    own = [int(number[len(code) :]) for number in known if re.fullmatch(rf"{code}[0-9]+", number)]
    return [f"{code}{number:0{width}}" for number in range(max(own, default=0) + 1, max(own, default=0) + 1 + count)]
