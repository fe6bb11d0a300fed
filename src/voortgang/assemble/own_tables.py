"""Tables that no notebook publishes: of what the checks found, and of abbreviations."""

from __future__ import annotations

from voortgang.check.for_readers import remarks
from voortgang.run.plan import Plan
from voortgang.workspace.deal import Deal
from voortgang.writing import markdown

OWN_TABLES = ("tbl-datakwaliteit", "tbl-afkortingen")
"""Their labels."""


def data_quality(plan: Plan) -> str:
    """Return the table of remarks for the annex on data quality, or a sentence when there are none."""
    rows = [(each.about, each.what, each.since, each.done) for each in remarks(plan.checked.data, plan.view)]
    if not rows:
        return f"{markdown.Paragraph('Bij de controle van de gegevens is niets bijzonders gevonden.')}\n"
    table = markdown.Table(
        "tbl-datakwaliteit",
        "Bevindingen bij de controle van de gegevens",
        ("Waarover", "Bevinding", "Sinds", "Wat ermee gebeurt"),
        ("left", "left", "left", "left"),
        rows,
        (24, 40, 16, 32),
    )
    return f"{table}\n"


def abbreviations(deal: Deal) -> str:
    """Return the table of what letters stand for: short names of parties in capitals, and what the colophon adds."""
    parties = {party.short: party.name for party in deal.parties if party.short.isupper() and len(party.short) > 1}
    rows = sorted((parties | deal.colophon.abbreviations).items(), key=lambda each: each[0].casefold())
    if not rows:
        return f"{markdown.Paragraph('Dit verslag gebruikt geen afkortingen van partijen.')}\n"
    table = markdown.Table(
        "tbl-afkortingen", "Afkortingen in dit verslag", ("Afkorting", "Betekenis"), ("left", "left"), rows, (16, 80)
    )
    return f"{table}\n"
