"""What `deal.yml` may say, and hardly means: the report would be made, and would tell it to the letter.

These are for the bureau alone; a report tells its readers of its rows, and not of how its covenant was written down.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date

from voortgang.check.data import Data
from voortgang.check.findings import Finding, finding
from voortgang.workspace.deal_parts import Indicator

_NO_COUNT = re.compile(
    r"\b(?:gemiddeld\w*|\w*cijfer|\w*score|\w*index|ratio|aandeel|percentage|promille|"
    r"per (?:inwoner|huishouden|bedrijf|woning|leerling|1\.?000|10\.?000|100\.?000))\b|‰",
    re.IGNORECASE,
)
"""Words for what does not add up: the parts of a region together have no such figure."""
_AT_MOST = re.compile(r"\b(?:maximaal|max|hoogstens|ten hoogste|niet meer dan)\b", re.IGNORECASE)
_AT_LEAST = re.compile(r"\b(?:minimaal|min|minstens|ten minste|tenminste|niet minder dan)\b", re.IGNORECASE)
_PARTS = {"gemeente": ("municipalities", "gemeenten"), "sector": ("sectors", "sectoren")}
"""What the parts of an indicator are called, in the two languages of messages."""

LATEST = 1
"""How many years after the end of the deal the last instalment is still likely: the settlement."""


def findings(data: Data) -> Iterator[Finding]:
    """Yield a warning for each thing in the covenant of which the reading is certain, and odd."""
    file = data.workspace.relative(data.workspace.deal)
    for each in data.deal.indicators:
        name = {"indicator": each.name}
        if each.scope != "regio" and (found := _NO_COUNT.search(f"{each.unit}\n{each.name}")):
            of, parts = _PARTS[each.scope]
            yield finding(file, 0, "scope", each.scope, "sum_of_averages", word=found[0], of=of, delen=parts, **name)
        if not each.has_target:
            for key in ("target_year", "target_qualifier"):
                if (value := getattr(each, key)) is not None:
                    yield finding(file, 0, key, value, "target_without_figure", key=key, **name)
        if (qualifier := each.target_qualifier) is not None and each.has_target and _contradicts(each, qualifier):
            yield finding(file, 0, "target_qualifier", qualifier, "qualifier_contradicts", way=each.direction, **name)
    end = data.deal.as_of(date.max).term.end
    years = (data.deal.instalments.first_year, *data.deal.instalments.later_years)
    if (last := max(years)) > end.year + LATEST and data.deal.contribution("rijk"):
        yield finding(file, 0, "instalments", last, "instalment_after_deal", end=end.isoformat())


def _contradicts(indicator: Indicator, qualifier: str) -> bool:
    """Return whether a qualifier asks for a limit on the side where progress is."""
    limit, other = (_AT_MOST, _AT_LEAST) if indicator.direction == "stijgen" else (_AT_LEAST, _AT_MOST)
    return limit.search(qualifier) is not None and other.search(qualifier) is None
