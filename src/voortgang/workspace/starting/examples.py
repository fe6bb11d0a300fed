"""Invented rows for a new workspace, so that its report can be seen at once. Each says that it is example data."""

from __future__ import annotations

import csv
from collections.abc import Iterator
from datetime import date
from io import StringIO
from typing import Any

from voortgang.workspace import schema
from voortgang.workspace.deal import Deal
from voortgang.workspace.deal_parts import Indicator

Row = dict[str, Any]
_REASON = "Dit is een voorbeeld van een toelichting."
_LIGHTS = ("groen", "groen", "groen", "oranje", "groen", "groen", "rood")


def as_csv(table: schema.Table, rows: list[Row]) -> str:
    """Return a table with its headings and some rows."""
    text = StringIO()
    writer = csv.DictWriter(text, [field.name for field in table.fields], lineterminator="\n")
    writer.writeheader()
    writer.writerows(map(table.marked, rows))
    return text.getvalue()


def rows(deal: Deal) -> dict[str, list[Row]]:
    """Return the rows of every table, over the whole term of a deal. The same deal gives the same rows."""
    projects = list(_projects(deal))
    made = {
        "projecten": projects,
        "voortgang": list(_states(deal, projects)),
        "metingen": list(_measurements(deal)),
        "financien": list(_bookings(deal, projects)),
        "bijdragen": list(_contributions(deal)),
        "begroting": [
            {
                "pijler": line.line,
                "bedrag": line.amount,
                "geldig_vanaf": f"{deal.term.first_year}-01-01",
                "besluit": f"convenant art. {deal.budget.article}",
                "bron": f"convenant art. {deal.budget.article}",
            }
            for line in deal.budget.lines
        ],
        "overleggen": [
            {"datum": day.isoformat(), "onderwerp": "Voortgang", "besluit": "De stand is besproken."}
            for year in _years(deal)
            for day in (date(year, 6, 15), date(year, 12, 15))
            if deal.term.begins <= day <= deal.term.end
        ],
        "risicos": list(_risks(deal, projects)),
        "mijlpalen": list(_milestones(deal, projects)),
    }
    return {
        name: [{**row, "bron": row.get("bron", schema.EXAMPLE_SOURCE)} for row in found] for name, found in made.items()
    }


def _years(deal: Deal) -> range:
    return range(deal.term.first_year, deal.term.end.year + 1)


def _risks(deal: Deal, projects: list[Row]) -> Iterator[Row]:
    """Return one risk of the whole deal, which grows, and one of the first project, which is gone in the end."""
    owner = next((party.id for party in deal.parties if party.group == "regio"), deal.parties[0].id)
    years = _years(deal)
    for number, project in enumerate([None, *projects[:1]], start=1):
        for place, year in enumerate(years):
            is_gone = project is not None and year == years[-1] and place > 0
            yield {
                "risico_id": f"R{number:03}",
                "peildatum": f"{year}-12-31",
                "pijler": project["pijler"] if project else "",
                "project_id": project["project_id"] if project else "",
                "gebeurtenis": "Voorbeeld: het project begint later"
                if project
                else "Voorbeeld: er is te weinig personeel",
                "oorzaak": "een vergunning duurt langer" if project else "krapte op de arbeidsmarkt",
                "kans": ("klein", "middel", "groot")[min(place, 2)],
                "effect": "middel",
                "maatregel": "Eerder overleg met het loket" if project else "Leerwerkplekken bij de projecten",
                "eigenaar": project["penvoerder"] if project else owner,
                "status": "vervallen" if is_gone else "open",
            }


def _milestones(deal: Deal, projects: list[Row]) -> Iterator[Row]:
    """Return a milestone of the first project: as it was planned, and as it was reached a year later."""
    years = _years(deal)
    planned = _within(deal, min(years[0] + 1, years[-1]), 6, 30)
    for project in projects[:1]:
        for year in years[:2]:
            yield {
                "project_id": project["project_id"],
                "mijlpaal": "Voorbeeld: het eerste deel is klaar",
                "peildatum": f"{year}-12-31",
                "gepland": planned,
                "gehaald": planned if planned <= f"{year}-12-31" else "",
            }


def _within(deal: Deal, year: int, month: int, day: int) -> str:
    """Return a day, or the nearest one in the term of the deal."""
    return min(max(date(year, month, day), deal.term.begins), deal.term.end).isoformat()


def _projects(deal: Deal) -> Iterator[Row]:
    places = [party.id for party in deal.municipalities]
    leads = places or [party.id for party in deal.parties if party.group == "regio"] or [deal.parties[0].id]
    number = 0
    for pillar in deal.pillars:
        amount = next(line.amount for line in deal.budget.pillars if line.line == pillar.id)
        cross_overs = [each.id for each in deal.cross_overs if pillar.id in each.pillars]
        for theme in pillar.themes:
            number += 1
            lead = leads[number % len(leads)]
            where = [lead, places[(number + 1) % len(places)]] if places else []
            yield {
                "project_id": f"P{number:03}",
                "naam": f"Voorbeeldproject {theme.name}",
                "pijler": pillar.id,
                "thema": theme.id,
                "penvoerder": lead,
                "gemeenten": ";".join(dict.fromkeys(where)),
                "start": _within(deal, deal.term.first_year, 2, 1),
                "einde": deal.term.end.isoformat(),
                "begroot": amount // len(pillar.themes) // 1000 * 1000,
                "cross_over": cross_overs[0] if cross_overs and theme is pillar.themes[0] else "",
                "vertrouwelijk": "nee",
            }


def _states(deal: Deal, projects: list[Row]) -> Iterator[Row]:
    for number, project in enumerate(projects):
        for year in _years(deal):
            last = year == deal.term.end.year
            lights = [_LIGHTS[(number * 3 + year + shift) % len(_LIGHTS)] for shift in range(3)]
            yield {
                "project_id": project["project_id"],
                "verslagjaar": year,
                "peildatum": f"{year}-12-31",
                "fase": "afgerond" if last else ("voorbereiding" if year == deal.term.first_year else "uitvoering"),
                "inhoud": "groen" if last else lights[0],
                "tijd": "groen" if last else lights[1],
                "geld": "groen" if last else lights[2],
                "toelichting": "" if last or set(lights) == {"groen"} else _REASON,
            }


def _measurements(deal: Deal) -> Iterator[Row]:
    years = _years(deal)
    for indicator in deal.indicators:
        if indicator.sum_of:
            continue
        scopes: dict[str, list[str]] = {
            "gemeente": [party.id for party in deal.municipalities],
            "sector": [sector.id for sector in deal.sectors],
        }
        parts = scopes.get(indicator.scope, [""])
        for part_number, part in enumerate(parts):
            for place, year in enumerate(years):
                yield {
                    "indicator_id": indicator.id,
                    "verslagjaar": year,
                    "gemeente": part if indicator.scope == "gemeente" else "",
                    "sector": part if indicator.scope == "sector" else "",
                    "waarde": _value(indicator, place / max(1, len(years) - 1), part_number, len(parts)),
                    "peildatum": f"{year}-12-31",
                    "status": "definitief",
                    "toelichting": _REASON,  # the report shows it where the result stays behind
                }


def _value(indicator: Indicator, passed: float, part: int, parts: int) -> float | int:
    """Return a value that goes the intended way over the term: to the target, or by a fifth."""
    if indicator.kind == "mijlpaal":
        return int(passed >= 0.75)
    start = (indicator.baseline or 0) / parts
    if indicator.target is not None:
        end = indicator.target / parts
    elif indicator.target_per_part is not None:
        end = indicator.target_per_part + (part % 2)
    else:
        start, end = (50, 60) if indicator.direction == "stijgen" else (60, 50)
    value = start + (end - start) * passed
    return round(value, indicator.decimals) if indicator.decimals else round(value)


def _bookings(deal: Deal, projects: list[Row]) -> Iterator[Row]:
    years = _years(deal)
    promised = {row["partij"]: row["bedrag"] for row in _contributions(deal) if row["soort"] == "toegezegd"}
    if not any(promised.values()):
        return
    lines = [(project["project_id"], project["pijler"], project["begroot"]) for project in projects]
    lines.append(("", deal.budget.overhead.line, deal.budget.overhead.amount))
    number = 0
    for project, line, amount in lines:
        for kind, moments in (("gecommitteerd", years[:1]), ("gerealiseerd", years)):
            for year in moments:
                for funder, promise in promised.items():
                    number += 1
                    yield {
                        "boeking_id": f"B{number:05}",
                        "datum": _within(deal, year, 3 if kind == "gecommitteerd" else 10, 1),
                        "project_id": project,
                        "pijler": line,
                        "financier": funder,
                        "soort": kind,
                        "bedrag": int(amount * 0.9 / len(moments) * promise / sum(promised.values())) // 100 * 100,
                    }


def _contributions(deal: Deal) -> Iterator[Row]:
    first = deal.term.first_year
    for group in ("rijk", "regio"):
        # Of the State one minister pays; in the region every party does.
        payers = [party.id for party in deal.parties if party.group == group][: 1 if group == "rijk" else None]
        if not (whole := deal.contribution(group)):
            continue
        for place, party in enumerate(payers):
            share = whole // len(payers) + (whole % len(payers) if place == 0 else 0)
            yield {"partij": party, "datum": f"{first}-01-15", "soort": "toegezegd", "bedrag": share}
            if group == "rijk":
                later = deal.instalments.later_years
                yield {
                    "partij": party,
                    "datum": f"{deal.instalments.first_year}-06-01",
                    "soort": "ontvangen",
                    "bedrag": deal.instalments.first_amount,
                }
                for year, amount in zip(later, _parts(deal.instalments.later_amount, len(later)), strict=True):
                    yield {"partij": party, "datum": f"{year}-06-01", "soort": "ontvangen", "bedrag": amount}
            else:
                for year, amount in zip(_years(deal), _parts(share, len(_years(deal))), strict=True):
                    yield {"partij": party, "datum": f"{year}-07-01", "soort": "ontvangen", "bedrag": amount}


def _parts(amount: int, count: int) -> list[int]:
    """Divide whole euros; the last part holds what is left."""
    return [amount // count] * (count - 1) + [amount - amount // count * (count - 1)] if count else []
