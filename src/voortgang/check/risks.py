"""Rules that the register of risks must keep, and what deserves a look in it."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

import pandas as pd

from voortgang.check.data import Data
from voortgang.check.findings import Finding, finding
from voortgang.check.references import Rule


def risks_lie_within_the_deal(data: Data) -> Iterator[Finding]:
    """Yield a finding for a risk of a day before the first year of the deal, or after its last (Art. 17)."""
    # Reports are about whole years, also where the deal begins or ends within one.
    first, last = date(data.deal.term.first_year, 1, 1), date(data.deal.as_of(date.max).term.end.year, 12, 31)
    days = data.tables.risicos["peildatum"].dropna()
    for row, day in days[(days < pd.Timestamp(first)) | (days > pd.Timestamp(last))].items():
        text = f"{day:%Y-%m-%d}"
        yield finding(data.file("risicos"), row, "peildatum", text, "risk_outside_deal", first=first, last=last)


def risks_fit_their_projects(data: Data) -> Iterator[Finding]:
    """Yield a finding for a risk of a project that names another pillar than the project's."""
    risks = data.tables.risicos
    projects = data.tables.projecten.dropna(subset="project_id").drop_duplicates("project_id").set_index("project_id")
    right = risks["project_id"].map(projects["pijler"])
    for row, line in risks[right.notna() & (risks["pijler"].fillna("") != right)].iterrows():
        found, project = "" if pd.isna(line["pijler"]) else line["pijler"], line["project_id"]
        yield finding(
            data.file("risicos"), row, "pijler", found, "risk_on_other_pillar", project=project, right=right[row]
        )


def risks_are_told_once(data: Data) -> Iterator[Finding]:
    """Yield a finding for an event that stands under two numbers on one day."""
    risks = data.tables.risicos.dropna(subset=["gebeurtenis", "peildatum", "risico_id"])
    first: dict[tuple[object, str], str] = {}
    for row, line in risks.iterrows():
        other = first.setdefault((line["peildatum"], line["gebeurtenis"].casefold()), line["risico_id"])
        if other != line["risico_id"]:
            yield finding(data.file("risicos"), row, "gebeurtenis", line["gebeurtenis"], "risk_twice", other=other)


RULES: tuple[Rule, ...] = (risks_lie_within_the_deal, risks_fit_their_projects, risks_are_told_once)
