"""What the parties had agreed when a report was adopted: targets, budgets and the end of the deal.

Figures of an adopted year are judged by them, and stand beside them. `deal.yml` and `begroting.csv` say from which day
a change holds; who writes a new amount over the old one changes a report that was adopted.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pandas as pd

from voortgang.check.data import Data
from voortgang.check.findings import Finding, finding
from voortgang.check.money import budget_on
from voortgang.workspace.parameters import read_parameters
from voortgang.workspace.paths import Period, Workspace
from voortgang.writing.dutch import exact

_HEADER = ("over", "afspraak", "waarde")


def kept_in(workspace: Workspace, of: Period) -> Path:
    """Return the file in which agreements are kept, beside the figures of the report."""
    return workspace.adopted(of) / "afspraken.csv"


def text_of(data: Data, day: date) -> str:
    """Return what had been agreed on a day, as the file holds it."""
    file = io.StringIO(newline="")
    writer = csv.writer(file, lineterminator="\n")
    writer.writerows([_HEADER, *((*key, value) for key, value in _agreed(data, day).items())])
    return file.getvalue()


def changes(data: Data) -> Iterator[Finding]:
    """Yield a finding for each agreement of a report that is adopted which was another then.

    Nothing is said of what came since, nor of a report that was adopted before this was kept.
    """
    deal = data.deal
    names = {each.id: each.name for each in deal.indicators} | deal.line_names() | {"deal": deal.name}
    for of in data.workspace.adopted_periods():
        kept = kept_in(data.workspace, of)
        if not kept.is_file() or of not in data.workspace.periods():
            continue
        before = _read(kept)
        if before is None:
            why = "it is not the list of agreements"
            yield finding(data.workspace.relative(kept), 0, "", "", "adopted_copy_unfit", year=of, why=why)
            continue
        now = _agreed(data, read_parameters(data.workspace, of).reference_date)
        for (about, what), was in before.items():
            if (found := now.get((about, what), "–")) != was:
                file = data.file("begroting") if what == "begroot" else data.workspace.relative(data.workspace.deal)
                details = {"year": of, "about": names.get(about, about), "what": what, "before": was, "now": found}
                yield finding(file, 0, "", "", "adopted_agreement", **details)


def _agreed(data: Data, day: date) -> dict[tuple[str, str], str]:
    deal = data.deal.as_of(day)
    found = {("deal", "einde"): deal.term.end.isoformat()}
    found |= {(line, "begroot"): str(amount) for line, amount in budget_on(data, pd.Timestamp(day)).items()}
    for each in deal.indicators:
        figures = {"nulwaarde": each.baseline, "doelwaarde": each.target, "minimum": each.target_per_part}
        if each.has_target:
            figures["doeljaar"] = deal.term.due(each).year
        found |= {(each.id, what): "–" if value is None else _plain(value) for what, value in figures.items()}
    return found


def _plain(value: float) -> str:
    return str(value) if isinstance(value, int) else exact(value)


def _read(kept: Path) -> dict[tuple[str, str], str] | None:
    """Return what a file holds; None where it is not what `text_of` wrote."""
    try:
        header, *rows = csv.reader(io.StringIO(kept.read_text(encoding="utf-8-sig"), newline=""), strict=True)
        return {(about, what): value for about, what, value in filter(None, rows)} if tuple(header) == _HEADER else None
    except (csv.Error, ValueError):
        return None
