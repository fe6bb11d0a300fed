"""Tables, texts and facts that a notebook publishes."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Literal

import pandas as pd

from voortgang import dutch
from voortgang.notebook import goals
from voortgang.notebook.columns import look
from voortgang.notebook.display import Shown
from voortgang.notebook.finances import contributions, instalments, money, money_of_line
from voortgang.notebook.municipalities import municipalities
from voortgang.notebook.programme import projects
from voortgang.notebook.report import Report
from voortgang.outputs import Fact, Table, Text

Unit = Literal["euro", "aandeel", "aantal", "datum", "woord"]


def table(
    frame: pd.DataFrame,
    columns: Sequence[str],
    caption: str,
    headings: Mapping[str, str] | None = None,
    total: bool = False,
    empty: str = "Er zijn geen gegevens.",
) -> Shown:
    """Show columns of a frame as a table of the report.

    Parameters
    ----------
    frame
        The data; one row a table row.
    columns
        Which columns, in order. How each looks is in `columns.py`.
    caption
        What the table shows.
    headings
        Other headings than the usual ones, by column.
    total
        Whether the last row is a total and stands out.
    empty
        The sentence that stands in place of a table without rows. Do not refer to such a table with `@tbl-`.
    """
    if frame.empty:
        return text(empty)
    looks = [look(column) for column in columns]
    rows = tuple(
        tuple(each.cell(value) for each, value in zip(looks, values, strict=True))
        for values in frame[list(columns)].itertuples(index=False, name=None)
    )
    return Shown(
        (
            Table(
                caption=caption,
                headings=tuple(
                    (headings or {}).get(column, each.heading) for column, each in zip(columns, looks, strict=True)
                ),
                alignments=tuple(each.align for each in looks),
                widths=tuple(each.width for each in looks),
                rows=rows,
                total=total,
            ),
        )
    )


def text(*paragraphs: str) -> Shown:
    """Show paragraphs of plain text, for a chapter to include."""
    return Shown((Text(paragraphs=tuple(paragraphs)),))


def publish_money(report: Report, line: str) -> Shown:
    """Publish what is budgeted, committed and realised on one line (`totaal` for all lines; Art. 7.4c)."""
    row = (money(report) if line == "totaal" else money_of_line(report, line)).loc[line]
    name = "de Regio Deal" if line == "totaal" else f"{row['lijn']}"
    facts = [
        _fact(report, f"{line}.{kind}", f"{kind.capitalize()} voor {name}", int(row[kind]), "euro", "7 lid 4c")
        for kind in ("begroot", "gecommitteerd", "gerealiseerd")
    ]
    facts.append(
        _fact(
            report,
            f"{line}.uitputting",
            f"Uitputting van {name}",
            float(row["uitputting"]),
            "aandeel",
            "7 lid 2a",
        )
    )
    return Shown(tuple(facts))


def publish_projects(report: Report, pillar: str | None = None) -> Shown:
    """Publish how many projects there are and in which phase (Art. 7.4a), of a pillar or of the deal."""
    frame = projects(report, pillar)
    key = pillar or "totaal"
    name = report.deal.pillar(pillar).name if pillar else "de Regio Deal"
    lights = frame[["inhoud", "tijd", "geld"]]
    counts = {
        "projecten": ("Projecten", len(frame)),
        "voorbereiding": ("Projecten in voorbereiding", int((frame["fase"] == "voorbereiding").sum())),
        "uitvoering": ("Projecten in uitvoering", int((frame["fase"] == "uitvoering").sum())),
        "afgerond": ("Afgeronde projecten", int((frame["fase"] == "afgerond").sum())),
        "gestopt": ("Gestopte projecten", int((frame["fase"] == "gestopt").sum())),
        "aandacht": (
            "Projecten met een stoplicht op oranje of rood",
            int(lights.apply(lambda light: light.str.contains("oranje|rood", na=False)).any(axis=1).sum()),
        ),
    }
    facts = [
        _fact(
            report,
            f"{key}.{kind}",
            f"{label} van {name}",
            count,
            "aantal",
            "7 lid 4a",
            dutch.count(count, "project", "projecten") if kind in {"projecten", "aandacht"} else None,
        )
        for kind, (label, count) in counts.items()
    ]
    return Shown(tuple(facts))


def publish_goals(report: Report, pillar: str) -> Shown:
    """Publish how many indicators of a pillar have which verdict, and each indicator's value (Art. 7.4b)."""
    frame = goals.achievement(report, pillar)
    name = report.deal.pillar(pillar).name
    counts = {
        "indicatoren": len(frame),
        "met_doel": int(frame["doelbereik"].notna().sum()),
        "op_koers": int(frame["oordeel"].isin([goals.ACHIEVED, goals.ON_TRACK]).sum()),
        "behaald": int((frame["oordeel"] == goals.ACHIEVED).sum()),
        "achter": int((frame["oordeel"] == goals.BEHIND).sum()),
    }
    labels = {
        "indicatoren": "Indicatoren",
        "met_doel": "Indicatoren met een doelwaarde",
        "op_koers": "Indicatoren op schema of behaald",
        "behaald": "Behaalde indicatoren",
        "achter": "Indicatoren achter op schema",
    }
    facts = [
        _fact(
            report,
            f"{pillar}.{key}",
            f"{labels[key]} van {name}",
            count,
            "aantal",
            "7 lid 4b",
            dutch.count(count, "indicator", "indicatoren") if key == "indicatoren" else None,
        )
        for key, count in counts.items()
    ]
    for indicator, row in frame.iterrows():
        key = f"indicator.{str(indicator).replace('-', '_')}"
        if pd.notna(row["waarde"]):
            facts.append(
                _fact(
                    report,
                    f"{key}.waarde",
                    str(row["indicator"]),
                    float(row["waarde"]),
                    "aantal",
                    "7 lid 4b",
                    str(row["waarde_tekst"]),
                )
            )
        if pd.notna(row["doelbereik"]):
            label = f"Doelbereik van: {row['indicator']}"
            facts.append(_fact(report, f"{key}.doelbereik", label, float(row["doelbereik"]), "aandeel", "7 lid 4b"))
    return Shown(tuple(facts))


def publish_deal(report: Report) -> Shown:
    """Publish the figures of the deal as a whole that the prose quotes (Art. 5.2, 5.6, 7.4)."""
    deal = report.deal
    paid = contributions(report)
    received = instalments(report)
    facts = [
        _fact(report, "deal.budget", "Totale begroting", deal.budget.total, "euro", deal.budget.article),
        _fact(report, "deal.gemeenten", "Deelnemende gemeenten", len(deal.municipalities), "aantal", "Partijen"),
        _fact(report, "deal.marge", "Marge voor op schema", goals.MARGIN, "aandeel", "eigen regel"),
        _fact(
            report,
            "deal.overleggen",
            "Bijeenkomsten in het verslagjaar",
            _meetings(report),
            "aantal",
            "6",
            f"{_meetings(report)} keer" if _meetings(report) else "niet",
        ),
        _fact(report, "rijk.ontvangen", "Ontvangen van het Rijk", int(paid.at["rijk", "ontvangen"]), "euro", "5 lid 6"),
        _fact(
            report,
            "rijk.termijnen",
            "Termijnen van het Rijk",
            len(received),
            "aantal",
            "5 lid 6",
            dutch.count(len(received), "termijn", "termijnen"),
        ),
        _fact(
            report, "regio.ontvangen", "Ontvangen van de Regio", int(paid.at["regio", "ontvangen"]), "euro", "5 lid 2b"
        ),
        _fact(
            report, "regio.toegezegd", "Toegezegd door de Regio", int(paid.at["regio", "toegezegd"]), "euro", "5 lid 2b"
        ),
        _fact(report, "rijk.bijdrage", "Bijdrage van het Rijk", deal.contribution("rijk"), "euro", "5 lid 2a"),
        _fact(report, "regio.bijdrage", "Bijdrage van de Regio", deal.contribution("regio"), "euro", "5 lid 2b"),
        _fact(report, "deal.eerste_termijn", "Eerste termijn", deal.instalments.first_amount, "euro", "5 lid 6"),
        _fact(report, "deal.looptijd", "Verstreken deel van de looptijd", term_passed(report), "aandeel", "17"),
    ]
    return Shown(tuple(facts))


def publish_municipalities(report: Report) -> Shown:
    """Publish each municipality's projects and contribution (Art. 5.2b)."""
    facts = []
    for key, row in municipalities(report).iterrows():
        name, stem = str(row["deel"]), f"gemeente.{str(key).replace('-', '_')}"
        for kind, label, count in (
            ("projecten", f"Projecten waaraan {name} deelneemt", int(row["aantal"])),
            ("penvoerder", f"Projecten waarvan {name} penvoerder is", int(row["penvoerder_van"])),
        ):
            shown = dutch.count(count, "project", "projecten")
            facts.append(_fact(report, f"{stem}.{kind}", label, count, "aantal", "7 lid 4a", shown))
        for kind, label in (("toegezegd", f"Toegezegd door {name}"), ("ontvangen", f"Ontvangen van {name}")):
            facts.append(_fact(report, f"{stem}.{kind}", label, int(row[kind]), "euro", "5 lid 2b"))
    return Shown(tuple(facts))


def phase(report: Report) -> Shown:
    """Say in which phase the deal is (Art. 17): its first year, on its way, or its last."""
    term, passed = report.deal.term, dutch.share(term_passed(report))
    first, last = term.first_year, term.end.year
    if report.year == first:
        sentence = (
            f"{first} was het eerste jaar van de deal. Partijen richtten het programma in en bereidden projecten voor; "
            "van de meeste indicatoren is dit de eerste meting."
        )
    elif report.year >= last:
        sentence = (
            f"{report.year} was het laatste jaar van de deal, die op {dutch.long_date(term.end)} eindigt. Dit verslag "
            "geeft de eindstand."
        )
    else:
        sentence = (
            f"{report.year} was jaar {report.year - first + 1} van de {last - first + 1}. Op de peildatum was {passed} "
            "van de looptijd verstreken."
        )
    return text(sentence)


def verdicts(report: Report, pillar: str) -> Shown:
    """Say in sentences which indicators are achieved, on track and behind, and for which the target is open."""
    frame = goals.achievement(report, pillar)
    sentences = []
    for verdict, opening in (
        (goals.ACHIEVED, "Behaald"),
        (goals.ON_TRACK, "Op schema"),
        (goals.BEHIND, "Achter op schema"),
        (goals.IMPROVING, "Zonder doelwaarde, maar met de bedoelde ontwikkeling"),
        (goals.NOT_IMPROVING, "Zonder doelwaarde en nog zonder verbetering"),
        (goals.UNKNOWN, "Nog zonder meting"),
    ):
        names = frame.loc[frame["oordeel"] == verdict, "indicator"]
        if len(names):
            sentences.append(f"{opening}: {'; '.join(name[0].lower() + name[1:] for name in names)}.")
    return text(*sentences)


def term_passed(report: Report) -> float:
    """Return which share (0–1) of the years of the deal has passed at the reference date (Art. 17)."""
    first = pd.Timestamp(report.deal.term.start or f"{report.deal.term.first_year}-01-01")
    last = pd.Timestamp(report.deal.term.end)
    return min(
        1.0,
        (pd.Timestamp(report.reference_date) - first + pd.Timedelta(days=1)) / (last - first + pd.Timedelta(days=1)),
    )


def _meetings(report: Report) -> int:
    return int((report.rows("overleggen")["datum"].dt.year == report.year).sum())


def _fact(
    report: Report,
    key: str,
    label: str,
    value: int | float,
    unit: Unit,
    article: str,
    shown: str | None = None,
) -> Fact:
    write = {"euro": dutch.euro, "aandeel": dutch.share}.get(unit, dutch.number)
    return Fact(
        id=key,
        label=label,
        value=value,
        text=shown or write(value),
        unit=unit,
        article=article,
        year=report.year,
        reference_date=report.reference_date,
    )
