"""Write the example tables of this workspace: `python scripts/example_data.py [FOLDER]`.

The covenant gives goals, targets and budgets, but no projects, measurements or bookings. This script
invents them, with a fixed seed, so that the report can be tried. Every invented row says "voorbeelddata" in
its column `bron`. Rows that rest on a public source name it; where only part of a row is public (say a
project's name, but not its dates) `bron` says which part.
"""

from __future__ import annotations

import csv
import random
import sys
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import pairwise
from pathlib import Path

SEED = 20190715
YEARS = range(2019, 2024)
EXAMPLE = "voorbeelddata"
MUNICIPALITIES = ("aa-en-hunze", "borger-odoorn", "coevorden", "emmen", "hardenberg", "hoogeveen")
SECTORS = ("htsm", "groene-chemie", "logistiek", "duurzame-energie", "vrijetijdseconomie", "zorg")

DEAL_SITE = "regiodealzuidoostdrenthe.nl"
EMMEN_FEB = "gemeente.emmen.nl, 17 februari 2023"
EMMEN_NOV = "gemeente.emmen.nl, 2 november 2023"
COVENANT = "convenant art. 4"
RTV = "RTV Drenthe, april 2019, rtvdrenthe.nl/nieuws/146680"
START_NEWS = "rijksoverheid.nl, 11 maart 2020"


@dataclass(frozen=True)
class Project:
    """An example project; `pace` is how it runs: normaal, vertraagd, gestopt or snel."""

    id: str
    name: str
    pillar: str
    theme: str
    lead: str
    places: str
    sectors: str
    start: date
    end: date
    budget: int
    cross_over: str = ""
    source: str = ""
    pace: str = "normaal"
    confidential: bool = False


def _project(
    key: str, name: str, theme: str, lead: str, places: str, term: str, budget: int, **more: object
) -> Project:
    pillar = {"K": "werken", "W": "wonen", "Z": "welzijn"}[key[0]]
    start, end = (date.fromisoformat(day) for day in term.split("/"))
    places = ";".join(MUNICIPALITIES) if places == "alle" else places
    return Project(key, name, pillar, theme, lead, places, str(more.pop("sectors", "")), start, end, budget, **more)  # type: ignore[arg-type]


# The first 24 projects started in autumn 2019, and a second batch followed (regiodealzuidoostdrenthe.nl/nieuws). Real names
# come from public sources, and their projects run as planned: what goes wrong, goes wrong in a "Voorbeeldproject".
OCTOBER, NOVEMBER, DECEMBER = "2019-10-01", "2019-11-01", "2019-12-01"
PROJECTS = (
    _project("K001", "Greenwise Campus", "innoveren", "emmen", "emmen", f"{OCTOBER}/2023-06-30", 3_100_000, sectors="groene-chemie;htsm", source=EMMEN_FEB),
    _project("K002", "IT Hub Hoogeveen", "innoveren", "hoogeveen", "hoogeveen", f"{OCTOBER}/2022-12-31", 1_750_000, sectors="htsm", source=DEAL_SITE),
    _project("K003", "Duurzaamheidscentrum Wonen", "innoveren", "emmen", "emmen;coevorden", f"{DECEMBER}/2023-06-30", 1_400_000, sectors="duurzame-energie", source=COVENANT, cross_over="installateurs"),
    _project("K004", "Zorginnovatiewerkplaats Gezondheidspark", "innoveren", "hardenberg", "hardenberg", f"{DECEMBER}/2023-09-30", 1_500_000, sectors="zorg", source=COVENANT, cross_over="hbo-v"),
    _project("K005", "Voorbeeldproject logistiek", "innoveren", "coevorden", "coevorden", f"{OCTOBER}/2023-03-31", 1_600_000, sectors="logistiek", pace="vertraagd"),
    _project("K006", "World Class Composite Solutions", "innoveren", "hoogeveen", "hoogeveen;hardenberg", f"{NOVEMBER}/2022-12-31", 1_450_000, sectors="htsm", source=COVENANT),
    _project("K007", "Voorbeeldproject energieopslag", "innoveren", "emmen", "emmen", f"{DECEMBER}/2023-12-31", 1_900_000, sectors="duurzame-energie", pace="gestopt"),
    _project("K008", "Hotspot Smart Industry", "innoveren", "hardenberg", "hardenberg;coevorden", "2021-01-01/2023-12-31", 1_150_000, sectors="htsm", source=COVENANT),
    _project("K009", "Voorbeeldproject vrijetijdseconomie", "innoveren", "aa-en-hunze", "aa-en-hunze;borger-odoorn", f"{NOVEMBER}/2023-06-30", 900_000, sectors="vrijetijdseconomie"),
    _project("K010", "Voorbeeldproject werving assessment", "digitaliseren", "provincie-drenthe", "alle", f"{OCTOBER}/2023-12-31", 1_050_000, sectors="vrijetijdseconomie", pace="vertraagd"),
    _project("K011", "Voorbeeldproject vouchers industrie", "digitaliseren", "provincie-drenthe", "alle", f"{DECEMBER}/2023-06-30", 750_000, sectors="htsm;groene-chemie"),
    _project("K012", "Omscholing naar bouw en techniek", "onderwijs", "emmen", "emmen;hoogeveen;coevorden", f"{NOVEMBER}/2023-09-30", 1_000_000, source=DEAL_SITE, cross_over="huurders-in-de-bouw"),
    _project("K013", "Voorbeeldproject bedrijvennetwerken", "samenwerken", "provincie-drenthe", "alle", f"{OCTOBER}/2021-12-31", 450_000, sectors=";".join(SECTORS), pace="snel"),
    _project("K014", "Voorbeeldproject werken over de grens", "grensoverschrijdend", "coevorden", "coevorden;hardenberg", "2021-01-01/2023-12-31", 600_000, sectors="logistiek;zorg"),
    _project("W001", "Energie- en duurzaamheidscentrum Wonen", "proeftuin", "emmen", "emmen;borger-odoorn", f"{OCTOBER}/2023-06-30", 2_100_000, source=DEAL_SITE, cross_over="installateurs"),
    _project("W002", "Woningverbetering in vijf wijken en buurten", "proeftuin", "hoogeveen", "hoogeveen", f"{OCTOBER}/2023-12-31", 2_900_000, source=DEAL_SITE),
    _project("W003", "Tiny Waterstof Huis", "proeftuin", "hoogeveen", "hoogeveen", f"{DECEMBER}/2022-06-30", 450_000, source=DEAL_SITE),
    _project("W004", "Regionale aanpak betaalbare koopwoningen", "lange-termijn", "provincie-drenthe", "alle", f"{NOVEMBER}/2023-12-31", 1_700_000, source=DEAL_SITE),
    _project("W005", "Woon- en leefomgeving Veenoord", "proeftuin", "emmen", "emmen", f"{DECEMBER}/2023-09-30", 1_850_000, source=EMMEN_NOV),
    _project("W006", "Verduurzaming Emmerhout", "proeftuin", "emmen", "emmen", "2020-10-01/2023-12-31", 2_200_000, source=EMMEN_NOV),
    _project("W007", "Voorbeeldproject dorpsaanpak", "proeftuin", "borger-odoorn", "borger-odoorn", f"{NOVEMBER}/2023-06-30", 1_300_000, pace="vertraagd"),
    _project("W008", "Voorbeeldproject markante woningen", "proeftuin", "coevorden", "coevorden;hardenberg", "2021-04-01/2023-12-31", 900_000, pace="vertraagd", confidential=True),
    _project("W009", "Voorbeeldproject levensloopbestendig wonen", "proeftuin", "aa-en-hunze", "aa-en-hunze", "2021-11-01/2023-12-31", 500_000, cross_over="woning-en-basiszorg"),
    _project("Z001", "Flexibele opleiding HBO-Verpleegkunde", "verpleegkundigen", "emmen", "emmen", f"{OCTOBER}/2023-08-31", 1_250_000, sectors="zorg", source=f"{DEAL_SITE}; {EMMEN_FEB}", cross_over="hbo-v"),
    _project("Z002", "Gezinscoaches tegen overerfbare armoede", "integrale-hulp", "provincie-drenthe", "emmen;borger-odoorn;aa-en-hunze", f"{NOVEMBER}/2023-06-30", 850_000, source=DEAL_SITE),
    _project("Z003", "Integrated Care", "integrale-hulp", "emmen", "emmen", f"{DECEMBER}/2023-12-31", 700_000, source=EMMEN_NOV),
    _project("Z004", "Voorbeeldproject anderhalvelijnszorg", "basiszorg", "coevorden", "coevorden;borger-odoorn", f"{NOVEMBER}/2023-12-31", 620_000, cross_over="woning-en-basiszorg", pace="vertraagd"),
    _project("Z005", "Voorbeeldproject kansrijke start", "ontwikkelkansen", "hoogeveen", "hoogeveen;hardenberg", f"{OCTOBER}/2023-06-30", 540_000),
    _project("Z006", "Voorbeeldproject school en thuis", "ontwikkelkansen", "aa-en-hunze", "aa-en-hunze;coevorden", "2021-01-01/2023-12-31", 430_000),
    _project("Z007", "Voorbeeldproject digitale signalering", "integrale-hulp", "hardenberg", "hardenberg", "2021-01-01/2023-06-30", 310_000),
    _project("Z008", "Voorbeeldproject knelpunten in regels", "regelgeving", "provincie-drenthe", "alle", f"{DECEMBER}/2021-12-31", 100_000, pace="snel"),
    _project("Z009", "Voorbeeldproject scholing professionals", "integrale-hulp", "provincie-drenthe", "coevorden;hardenberg;hoogeveen", "2022-01-01/2023-12-31", 400_000),
)  # fmt: skip

PACE = {  # share of the budget spent when a share of the term has passed
    "normaal": ((0, 0), (0.25, 0.12), (0.5, 0.42), (0.75, 0.74), (1, 0.97)),
    "vertraagd": ((0, 0), (0.25, 0.05), (0.5, 0.22), (0.75, 0.5), (1, 0.84)),
    "snel": ((0, 0), (0.25, 0.3), (0.5, 0.62), (0.75, 0.88), (1, 0.99)),
    "gestopt": ((0, 0), (0.25, 0.1), (0.5, 0.24), (1, 0.24)),
}
STOPPED = date(2022, 6, 30)
RELEASED = date(2023, 3, 31)


def main(folder: Path) -> None:
    """Write every table into `folder`."""
    chance = random.Random(SEED)
    bookings = list(_bookings(chance))
    _write(folder, "projecten", "project_id naam pijler thema penvoerder gemeenten sectoren start einde begroot cross_over vertrouwelijk omschrijving doelgroep partners contact bron", _projects())  # fmt: skip
    _write(
        folder,
        "voortgang",
        "project_id verslagjaar peildatum fase inhoud tijd geld toelichting gedaan vervolg bron",
        _progress(),
    )
    _write(
        folder,
        "metingen",
        "indicator_id verslagjaar gemeente sector waarde peildatum status toelichting opmerking bron",
        _measurements(),
    )
    _write(folder, "financien", "boeking_id datum project_id pijler financier soort bedrag opmerking bron", bookings)
    _write(folder, "bijdragen", "partij datum soort bedrag opmerking bron", _contributions())
    _write(folder, "begroting", "pijler bedrag geldig_vanaf besluit bron", _budget())
    _write(folder, "overleggen", "datum onderwerp besluit bron", _consultations())
    _write(
        folder,
        "risicos",
        "risico_id peildatum pijler project_id gebeurtenis oorzaak kans effect maatregel eigenaar status bron",
        _risks(),
    )
    _write(folder, "mijlpalen", "project_id mijlpaal peildatum gepland gehaald bron", _milestones())
    for year in ADOPTED:
        _adopt(folder, year)


def _write(folder: Path, name: str, columns: str, rows: Iterable[tuple[object, ...]]) -> None:
    with (folder / f"{name}.csv").open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(columns.split())
        writer.writerows(rows)


ADOPTED = {2019: ("2020-09-10", "2020-14"), 2020: ("2021-09-09", "2021-11"), 2021: ("2022-09-15", "2022-12")}
"""The years whose report is adopted, with the day and the number of the decision."""
CORRECTED = ("wonen-2-woningen", 2020, "emmen")


def _adopt(folder: Path, year: int) -> None:
    """Keep the rows about a year as `voortgang adopt` does; one figure was corrected after that."""
    target = folder / "vastgesteld" / str(year)
    target.mkdir(parents=True, exist_ok=True)
    columns = {"voortgang": "verslagjaar", "metingen": "verslagjaar", "financien": "datum", "bijdragen": "datum"}
    for name, column in columns.items():
        with (folder / f"{name}.csv").open(encoding="utf-8", newline="") as file:
            reader = csv.DictReader(file)
            rows = [row for row in reader if row[column].startswith(str(year))]
        if name == "metingen" and year == CORRECTED[1]:
            (row,) = (row for row in rows if (row["indicator_id"], row["gemeente"]) == (CORRECTED[0], CORRECTED[2]))
            row["waarde"], row["opmerking"] = str(int(row["waarde"]) + 2), ""
        _write(target, name, " ".join(reader.fieldnames or ()), ([*row.values()] for row in rows))
    day, number = ADOPTED[year]
    decision = f"body: de stuurgroep\ndate: {day}\nnumber: {number}\n"
    people = "people:\n- medewerker A van het programmabureau\n- medewerker B van het programmabureau\n"
    (target / "besluit.yml").write_text(f"{decision}{people}source: {EXAMPLE}\n", encoding="utf-8")


def _projects() -> Iterable[tuple[object, ...]]:
    for project in PROJECTS:
        source = f"naam: {project.source}; overige gegevens: {EXAMPLE}" if project.source else EXAMPLE
        yield (
            project.id, project.name, project.pillar, project.theme, project.lead, project.places, project.sectors,
            project.start, project.end, project.budget, project.cross_over, "ja" if project.confidential else "nee", *ABOUT.get(project.id, ("", "", "", "")), source,
        )  # fmt: skip


def _spent(project: Project, day: date) -> float:
    """Share of the budget that the project has spent on `day`."""
    if project.pace == "gestopt":
        day = min(day, STOPPED)
    passed = (day - project.start).days / (project.end - project.start).days
    points = PACE[project.pace]
    for (x0, y0), (x1, y1) in pairwise(points):
        if passed <= x1:
            return max(0.0, y0 + (y1 - y0) * (passed - x0) / (x1 - x0))
    return points[-1][1]


def _quarters(first: date, last: date) -> Iterable[date]:
    for year in YEARS:
        for month, day in ((3, 31), (6, 30), (9, 30), (12, 31)):
            quarter = date(year, month, day)
            if first <= quarter <= last:
                yield quarter


def _payers() -> dict[str, str]:
    """Return who pays the Region's half of each project: its lead as far as its promise goes, or the province."""
    left, payers = dict(PLEDGES), {}
    for project in sorted(PROJECTS, key=lambda each: (not each.confidential, -each.budget, each.id)):
        half = project.budget // 2
        payer = project.lead if half <= left[project.lead] else "provincie-drenthe"
        left[payer] -= half
        payers[project.id] = payer
    return payers


def _bookings(chance: random.Random) -> Iterable[tuple[object, ...]]:
    rows: list[tuple[date, str, str, str, str, int]] = []
    payers = _payers()
    for project in PROJECTS:
        partner = payers[project.id]
        for day, part in (
            (project.start + timedelta(days=28), 0.6),
            (project.start + timedelta(days=300), 0.38),
        ):
            if project.pace == "gestopt" and part < 0.5:
                continue
            rows += _shared(day, project.id, project.pillar, "gecommitteerd", project.budget * part, partner)
        booked = 0.0
        days = [*_quarters(project.start, project.end)]
        for day in dict.fromkeys([*days, project.end]):
            share = min(_spent(project, day), 0.97 if project.pace != "gestopt" else 0.24)
            amount = (share - booked) * project.budget * (1 if day == project.end else chance.uniform(0.8, 1.0))
            if amount > 500:
                rows += _shared(day, project.id, project.pillar, "gerealiseerd", amount, partner)
                booked += amount / project.budget
        if project.pace == "gestopt":  # what was committed and will not be spent falls free, once that is settled
            spent = sum(row[5] for row in rows if row[1] == project.id and row[4] == "gerealiseerd")
            left = round(project.budget * 0.6) - spent
            rows += _shared(RELEASED, project.id, project.pillar, "gecommitteerd", -left, partner)
    for year in YEARS:
        rows += _shared(
            date(year, 1 if year > 2019 else 9, 15),
            "",
            "overhead",
            "gecommitteerd",
            310_000,
            "provincie-drenthe",
        )
    for day in _quarters(date(2019, 9, 1), date(2023, 12, 31)):
        amount = 82_000 + chance.randrange(-9_000, 3_000, 500)
        rows += _shared(day, "", "overhead", "gerealiseerd", amount, "provincie-drenthe")
    for count, row in enumerate(sorted(rows), start=1):
        yield (f"B{count:05d}", *row, "", EXAMPLE)


def _shared(day: date, project: str, line: str, kind: str, amount: float, partner: str) -> list[tuple[date, str, str, str, str, int]]:  # fmt: skip
    """Book half on the State's contribution and half on the Region's."""
    half = round(amount / 2 / 50) * 50
    return [(day, project, line, party, kind, half) for party in ("lnv", partner)]


def _progress() -> Iterable[tuple[object, ...]]:
    for project in PROJECTS:
        for year in YEARS:
            if project.start.year > year:
                continue
            yield (
                project.id,
                year,
                date(year, 12, 31),
                *_state(project, year),
                *STORIES.get((project.id, year), ("", "")),
                EXAMPLE,
            )


def _state(project: Project, year: int) -> tuple[str, str, str, str, str]:
    """Return phase, three traffic lights and a remark."""
    if project.pace == "gestopt" and year >= 2022:
        return (
            "gestopt", "rood", "rood", "oranje",
            "Gestopt in 2022: de private medefinanciering kwam niet rond. De resterende middelen vallen vrij.",
        )  # fmt: skip
    if project.end <= date(year, 12, 31):
        if project.pace == "vertraagd":
            return ("afgerond", "groen", "oranje", "groen", "Afgerond, met minder uitgaven dan begroot.")
        return ("afgerond", "groen", "groen", "groen", "")
    if project.start >= date(year, 9, 1) and year > 2019:
        return ("voorbereiding", "groen", "groen", "groen", "")
    age = year - project.start.year
    if project.pace == "vertraagd":
        if age <= 1:
            return (
                "uitvoering",
                "groen",
                "oranje",
                "groen",
                "De werving van deelnemers begon later dan gepland.",
            )
        return (
            "uitvoering",
            "oranje",
            "rood",
            "oranje",
            "De achterstand is niet ingelopen; de planning is herzien.",
        )
    if project.pace == "gestopt" and year == 2021:
        return (
            "uitvoering",
            "oranje",
            "oranje",
            "rood",
            "Een partner heeft zijn bijdrage nog niet toegezegd.",
        )
    if year == 2020 and project.pillar == "welzijn" and not project.source:
        return (
            "uitvoering",
            "groen",
            "oranje",
            "groen",
            "Bijeenkomsten zijn door de coronamaatregelen uitgesteld.",
        )
    if project.id == "W009" and year >= 2022:
        return (
            "uitvoering",
            "groen",
            "groen",
            "oranje",
            "Hogere bouwkosten; het aantal woningen per fase is kleiner.",
        )
    return ("uitvoering", "groen", "groen", "groen", "")


# Measurements are written out, so that the story they tell is deliberate.
PER_PART = {  # values of 2019 to 2023 for each municipality or sector, in the order of the lists above
    "werken-1-netwerken": ((0, 1, 1, 2, 2), (0, 0, 1, 1, 2), (0, None, 1, 1, 1), (0, 1, 2, 2, 3), (1, 1, 2, 2, 2), (0, 1, 1, 2, 2)),
    "werken-1-deelnemers": ((2, 9, 18, 29, 34), (1, 8, 21, 30, 37), (3, 14, 31, 44, 55), (8, 36, 74, 110, 131), (4, 22, 41, 58, 73), (5, 25, 52, 71, 88)),
    "werken-2-omgevingen": ((0, 0, 1, 1, 1), (0, 0, 0, 0, 1), (0, 1, 1, 1, 1), (1, 1, 2, 2, 2), (0, 0, 1, 2, 2), (0, 1, 1, 2, 2)),
    "werken-3-bedrijven": ((0, 6, 14, 23, 28), (0, 5, 12, 20, 27), (1, 11, 24, 38, 49), (6, 28, 60, 92, 113), (2, 15, 33, 47, 60), (3, 19, 37, 55, 66)),
    "werken-3-betrokken": ((0, 1, 1, 1, 1), (0, 1, 1, 1, 2), (0, 1, 2, 2, 2), (1, 2, 3, 3, 3), (0, 1, 2, 3, 3), (0, 1, 2, 2, 2)),
    "wonen-1-aanpakken": ((0, 0, 1, 1, 1), (0, 1, 1, 1, 2), (0, 0, 0, 1, 1), (0, 1, 2, 3, 3), (0, 0, 0, 1, 1), (0, 1, 2, 2, 3)),
    "wonen-2-woningen": ((0, 0, 4, 19, 34), (0, 6, 31, 62, 88), (0, 0, 3, 14, 37), (0, 12, 58, 131, 204), (0, 0, 2, 9, 22), (0, 14, 66, 118, 171)),
}  # fmt: skip
REGIONAL = {
    "werken-4-assessment": (0, 38, 92, 151, 218),  # behind its target of 400
    "werken-4-vrijetijd": (0, 21, 64, 118, 171),
    "werken-4-industrie": (4, 27, 58, 86, 104),
    "wonen-3-plan": (0, 0, 1, 1, 1),
    "wonen-3-instrumentarium": (0, 0, 0, 0, 1),
    "welzijn-1-hulpverleners": (4.6, 4.5, 4.3, 4.1, 3.9),
    "welzijn-2-geschoold": (0, 45, 130, 225, 310),
    "welzijn-3-opleiding": (0, 1, 1, 1, 1),
    "welzijn-4-zelfstandig": (90.8, 90.9, 91.3, 91.5, 91.8),
    "welzijn-5-afwijking": (3.4, None, 3.3, 3.0, 2.8),
    "welzijn-6-jeugdzorg": (11.9, 11.8, 12.4, 12.1, 11.7),
}
PUBLIC = {  # what a public source confirms
    ("wonen-1-aanpakken", 2020, "hoogeveen"): START_NEWS,
    ("wonen-1-aanpakken", 2020, "borger-odoorn"): START_NEWS,
    ("wonen-1-aanpakken", 2020, "emmen"): START_NEWS,
    ("welzijn-3-opleiding", 2022, ""): EMMEN_FEB,
    ("welzijn-3-opleiding", 2023, ""): EMMEN_FEB,
}


NOT_MEASURED = {  # why a figure is missing
    ("werken-1-netwerken", 2020): "niet geteld",
    ("welzijn-5-afwijking", 2020): "in 2020 was er geen eindtoets, vanwege de coronamaatregelen",
}


LATE_START = "De gesprekken met bewoners vragen eerst tijd; de aanpakken beginnen in het jaar erna."
REASONS = {  # why a result stays behind; two are missing, so that the report shows what it says then
    ("werken-4-assessment", 2019, ""): "Het assessment was pas in het najaar klaar.",
    ("werken-4-assessment", 2020, ""): "De werving van deelnemers begon later; ondernemersverenigingen werven nu mee.",
    ("werken-4-assessment", 2021, ""): "Ondernemers hadden door de coronamaatregelen weinig tijd; er komt extra werving.",
    ("werken-4-assessment", 2022, ""): "De extra werving helpt, maar te laat om het doel nog te halen.",
    ("werken-4-assessment", 2023, ""): "Minder ondernemers hadden tijd dan was verwacht; de begeleiding gaat door met wie meedoet.",
    ("werken-4-vrijetijd", 2020, ""): "De begeleiding begint pas na een assessment, en die kwamen later.",
    ("werken-4-vrijetijd", 2021, ""): "De begeleiding begint pas na een assessment, en dat zijn er nog te weinig.",
    ("werken-4-vrijetijd", 2022, ""): "Het aantal assessments bepaalt wie begeleid kan worden.",
    ("werken-4-vrijetijd", 2023, ""): "Er waren minder assessments, en daarmee minder bedrijven om te begeleiden.",
    ("werken-3-bedrijven", 2020, "emmen"): "Bijeenkomsten voor bedrijven konden niet doorgaan.",
    ("werken-3-bedrijven", 2021, "emmen"): "Bijeenkomsten voor bedrijven konden lang niet doorgaan; zij zijn in het najaar hervat.",
    ("werken-3-bedrijven", 2022, "emmen"): "De aansluiting van kleine bedrijven vraagt meer tijd dan gedacht.",
    ("werken-3-bedrijven", 2022, "hoogeveen"): "Een tweede omgeving opende later dan gepland.",
    ("werken-2-omgevingen", 2022, "borger-odoorn"): "De locatie kwam een jaar later beschikbaar; de omgeving opent alsnog.",
    ("wonen-3-instrumentarium", 2022, ""): "Het instrumentarium volgt op het plan van aanpak, dat later klaar was.",
    ("welzijn-6-jeugdzorg", 2021, ""): "De vraag nam toe na de sluiting van de scholen.",
    ("welzijn-6-jeugdzorg", 2022, ""): "De vraag daalt, maar ligt nog boven die van het begin.",
    **{("wonen-1-aanpakken", 2019, place): LATE_START for place in MUNICIPALITIES if place != "hardenberg"},
}  # fmt: skip


def _measurements() -> Iterable[tuple[object, ...]]:
    for indicator, parts in PER_PART.items():
        per_sector = indicator == "werken-1-netwerken"
        for part, values in zip(SECTORS if per_sector else MUNICIPALITIES, parts, strict=True):
            for year, value in zip(YEARS, values, strict=True):
                yield _measurement(indicator, year, "" if per_sector else part, part if per_sector else "", value)
    for indicator, values in REGIONAL.items():
        for year, value in zip(YEARS, values, strict=True):
            yield _measurement(indicator, year, "", "", value)


def _measurement(indicator: str, year: int, place: str, sector: str, value: float | None) -> tuple[object, ...]:
    provisional = year == 2023 and (indicator.startswith("welzijn") or indicator == "wonen-2-woningen")
    source = PUBLIC.get((indicator, year, place))
    remark = "gecorrigeerd in 2021: twee woningen waren dubbel geteld" if (indicator, year, place) == CORRECTED else ""
    return (
        indicator, year, place, sector, "" if value is None else value, date(year, 12, 31),
        "voorlopig" if provisional else "definitief", REASONS.get((indicator, year, place), ""), NOT_MEASURED.get((indicator, year), "") if value is None else remark,
        f"gestart: {source}; aantal en datum: {EXAMPLE}" if source else EXAMPLE,
    )  # fmt: skip


PLEDGES = {
    "aa-en-hunze": 818_868,
    "borger-odoorn": 819_870,
    "coevorden": 1_142_347,
    "emmen": 3_462_316,
    "hardenberg": 1_959_760,
    "hoogeveen": 1_796_840,
    "provincie-drenthe": 10_000_000,
}


def _contributions() -> Iterable[tuple[object, ...]]:
    for party, amount in PLEDGES.items():
        yield (party, "2019-04-30", "toegezegd", amount, "", f"{RTV} (dag in april: {EXAMPLE})")
    yield (
        "lnv",
        "2019-07-15",
        "toegezegd",
        20_000_000,
        "",
        "convenant art. 5 lid 2a; datum: Kamerstuk 29 697, nr. 60",
    )
    yield ("lnv", "2019-12-16", "ontvangen", 9_200_000, "", f"bedrag: convenant art. 5 lid 6; datum: {EXAMPLE}")
    yield ("lnv", "2020-11-30", "ontvangen", 5_400_000, "", EXAMPLE)
    yield ("lnv", "2021-11-30", "ontvangen", 5_400_000, "", EXAMPLE)
    parts = (0.1, 0.2, 0.25, 0.25, 0.2)
    for party, amount in PLEDGES.items():
        paid = 0
        for year, part in zip(YEARS, parts, strict=True):
            share = amount - paid if year == 2023 else round(amount * part)
            paid += share
            yield (party, date(year, 12, 1), "ontvangen", share, "", EXAMPLE)


def _budget() -> Iterable[tuple[object, ...]]:
    split = {"werken": 19_200_000, "wonen": 14_400_000, "welzijn": 4_800_000, "overhead": 1_600_000}
    for line, amount in split.items():
        yield (line, amount, "2019-01-01", "convenant art. 5 lid 1", "convenant art. 5 lid 1")
    revised = {"wonen": 14_000_000, "welzijn": 5_200_000}
    for line, amount in revised.items():
        yield (
            line,
            amount,
            "2022-01-01",
            "herziening na het overleg van 9 december 2021 (art. 5 lid 7)",
            EXAMPLE,
        )


def _consultations() -> Iterable[tuple[object, ...]]:
    yield ("2019-11-14", "Start van de eerste projecten", "Werkafspraken van het overleg besproken.", EXAMPLE)
    yield (
        "2020-03-11",
        "Officiële start in Hardenberg",
        "De uitvoering is formeel van start gegaan.",
        START_NEWS,
    )
    yield (
        "2020-06-25",
        "Concept voortgangsrapportage 2019",
        "Geadviseerd de nulmetingen voor Welzijn te versnellen.",
        EXAMPLE,
    )
    yield (
        "2020-12-10",
        "Tweede termijn van de Rijksbijdrage",
        "Planning van de termijnen afgestemd (art. 5 lid 6).",
        EXAMPLE,
    )
    yield (
        "2021-06-24",
        "Concept voortgangsrapportage 2020",
        "Geadviseerd de werving voor het assessment te versterken.",
        EXAMPLE,
    )
    yield (
        "2021-12-09",
        "Verdeling van de middelen",
        "Geadviseerd € 400.000 te verschuiven van Wonen naar Welzijn.",
        EXAMPLE,
    )
    yield (
        "2022-06-23",
        "Concept voortgangsrapportage 2021",
        "Het stoppen van een project besproken en de vrijval benoemd.",
        EXAMPLE,
    )
    yield (
        "2022-12-08",
        "Vooruitblik op het laatste jaar",
        "Afgesproken de borging per pijler uit te werken.",
        EXAMPLE,
    )
    yield (
        "2023-06-22",
        "Concept voortgangsrapportage 2022 en verlenging",
        "Gesproken over een verlenging (art. 17 lid 2).",
        EXAMPLE,
    )
    yield (
        "2023-12-07",
        "Afronding en eindevaluatie",
        "De opzet van de eindevaluatie besproken (art. 7 lid 7).",
        EXAMPLE,
    )


# What a project tells of itself: what, for whom, with whom, whom to ask. Of a project with a real name it is what art. 4
# of the covenant says of such work, or a public source of that project; whom to ask is not known. Two tell nothing, so that
# the report shows how that looks.
ABOUT = {
    "K001": ("Een innovatieomgeving: een plek waar bedrijven, onderwijs en onderzoek samen leren, werken en testen.", "Bedrijven, personeel en studenten", "", ""),
    "K002": ("Een innovatieomgeving: een plek die talent, personeel en bedrijven aantrekt, en waar personeel zich bijschoolt.", "Bedrijven, personeel en studenten", "", ""),
    "K003": ("Een innovatieomgeving over de energietransitie in het wonen.", "Bedrijven, personeel en studenten", "", ""),
    "K004": ("Een innovatieomgeving voor de zorg: een plek om samen te leren, te werken en te testen.", "Werkgevers in de zorg, personeel en studenten", "", ""),
    "K005": ("Bedrijven in de logistiek delen laadruimte en kennis, zodat er minder vrachtwagens leeg rijden.", "Vervoerders en verladers in de regio", "Een hogeschool en een vereniging van vervoerders", "De afdeling Economie van de gemeente Coevorden"),
    "K006": ("Het netwerk van bedrijven rond composieten groeit verder, zodat de hele regio ervan profiteert.", "Bedrijven die met composieten werken", "", ""),
    "K007": ("Onderzoek en een proef met opslag van energie voor bedrijven op een bedrijventerrein.", "Bedrijven die meer stroom vragen dan het net kan leveren", "Een netbeheerder en een private partner", "De afdeling Economie van de gemeente Emmen"),
    "K008": ("Een innovatieomgeving voor slimme industrie: een plek om samen te leren, te werken en te testen.", "Bedrijven in de industrie en hun personeel", "", ""),
    "K009": ("Ondernemers in de vrijetijdseconomie bedenken en proberen samen nieuw aanbod voor bezoekers.", "Ondernemers in toerisme en recreatie", "Een hogeschool en een vereniging van ondernemers", "De afdeling Economie van de gemeente Aa en Hunze"),
    "K010": ("Ondernemers in de vrijetijdseconomie krijgen een assessment van hoe digitaal hun bedrijf is, en daarna begeleiding.", "Ondernemers in toerisme en recreatie", "Ondernemersverenigingen en een hogeschool", "Het programmabureau"),
    "K011": ("Bedrijven in de industrie krijgen een voucher waarmee zij hun plan voor digitalisering laten maken.", "Kleine en middelgrote bedrijven in de industrie", "Een vereniging van ondernemers", "Het programmabureau"),
    "K012": ("Mensen die van werk willen veranderen, leren een vak in de bouw of de techniek.", "Inwoners die in de bouw of de techniek willen werken", "", ""),
    "K013": ("Bedrijven uit de zes sectoren leren elkaar kennen en pakken samen een vraag op.", "Ondernemers in de zes sectoren", "Ondernemersverenigingen in de regio", "Het programmabureau"),
    "K014": ("Werkgevers en werkzoekenden aan beide kanten van de grens vinden elkaar, en krijgen hulp bij regels en taal.", "Werkgevers en werkzoekenden bij de grens", "Een Duitse gemeente en een uitzendbureau", "De afdeling Economie van de gemeente Coevorden"),
    "W001": ("Een aanpak uit de proeftuin Toekomstbestendig Wonen: woningen worden duurzaam, en geschikt om er oud in te worden.", "Bewoners en eigenaren van een woning", "", ""),
    "W002": ("In vijf wijken en buurten worden woningen verbeterd, samen met wie er woont.", "Bewoners van vijf wijken en buurten", "", ""),
    "W003": ("Een aanpak uit de proeftuin Toekomstbestendig Wonen, die partijen ontwikkelen en testen voor de hele regio.", "Bewoners en eigenaren van een woning", "", ""),
    "W004": ("Eén aanpak voor de hele regio om goedkope koopwoningen klaar te maken voor de toekomst.", "Eigenaren van een goedkope koopwoning", "", ""),
    "W006": ("De wijk Emmerhout wordt duurzamer.", "Bewoners van Emmerhout", "", ""),
    "W007": ("Bewoners en gemeente maken samen een plan voor hun dorp en voeren het uit.", "Bewoners van vijf dorpen", "Dorpsbelangen en een woningcorporatie", "De afdeling Wonen van de gemeente Borger-Odoorn"),
    "W009": ("Eigenaren passen hun woning aan, zodat zij er oud in kunnen worden; een adviseur helpt bij het plan en het geld.", "Eigenaren van een woning die langer thuis willen wonen", "Een zorgaanbieder en een vereniging van aannemers", "De afdeling Wonen van de gemeente Aa en Hunze"),
    "Z001": ("Studenten volgen in de regio zelf een flexibele opleiding tot hbo-verpleegkundige, en werken daarnaast in de zorg.", "Studenten, zij-instromers en werkgevers in de zorg", "", ""),
    "Z002": ("Een coach helpt een gezin om uit de armoede te komen die van ouder op kind overgaat.", "Gezinnen die al lang in armoede leven", "", ""),
    "Z003": ("Jeugd- en gezinswerkers werken op school, dicht bij het kind en het gezin.", "Kinderen en hun ouders", "", ""),
    "Z004": ("Huisartsen en specialisten zien patiënten samen, dicht bij huis.", "Ouderen met meer dan één aandoening", "Huisartsen en een ziekenhuis", "De afdeling Zorg van de gemeente Coevorden"),
    "Z005": ("Aanstaande ouders in een moeilijke situatie krijgen hulp, van de zwangerschap tot de tweede verjaardag.", "Aanstaande en jonge ouders", "Verloskundigen en een consultatiebureau", "De afdeling Jeugd van de gemeente Hoogeveen"),
    "Z006": ("Scholen en ouders spreken af hoe zij samen een kind helpen leren, op school en thuis.", "Leerlingen van basisscholen en hun ouders", "Basisscholen en een bibliotheek", "De afdeling Onderwijs van de gemeente Aa en Hunze"),
    "Z007": ("Hulpverleners zien eerder dat iemand hulp nodig heeft, en stemmen hun hulp digitaal op elkaar af.", "Inwoners met meer dan één hulpverlener", "Een zorgaanbieder en een welzijnsorganisatie", "De afdeling Zorg van de gemeente Hardenberg"),
    "Z008": ("Partijen zoeken uit welke regels goede hulp in de weg staan, en leggen die aan het Rijk voor.", "Hulpverleners en wie hulp krijgt", "Gemeenten en zorgaanbieders", "Het programmabureau"),
    "Z009": ("Hulpverleners leren samen te werken rond een heel gezin, in plaats van ieder voor zich.", "Hulpverleners in de regio", "Een hogeschool en een welzijnsorganisatie", "Het programmabureau"),
}  # fmt: skip
STORIES = {  # what was done, and what comes next; of invented projects only
    ("K005", 2019): ("De opzet is met een eerste groep vervoerders besproken.", "Meer vervoerders werven."),
    ("K005", 2020): ("De werving is opnieuw begonnen; de eerste groep is bijna compleet.", "De eerste groep begint."),
    ("K005", 2021): ("Een eerste groep vervoerders deelt laadruimte.", "Een tweede groep, met verladers erbij."),
    ("K005", 2022): ("Een tweede groep is begonnen, met verladers erbij.", "De uitkomsten delen met andere bedrijven."),
    ("K005", 2023): ("Vervoerders en verladers gaan zonder het project door met delen.", ""),
    ("K007", 2019): ("De vraag van bedrijven naar stroom is opgehaald.", "Het onderzoek begint."),
    ("K007", 2020): ("Het onderzoek loopt; een private partner wil meedoen.", "Het onderzoek afronden."),
    ("K007", 2021): ("Het onderzoek is klaar; de proef wacht op de private partner.", "Een besluit over doorgaan of stoppen."),
    ("K007", 2022): ("Het project is gestopt; het onderzoek is te lezen voor wie verder wil.", ""),
    ("K009", 2019): ("Ondernemers hebben hun ideeën ingebracht.", "De eerste ideeën uitwerken."),
    ("K009", 2020): ("De eerste ideeën zijn uitgewerkt en met bezoekers besproken.", "Een proef in het hoogseizoen."),
    ("K009", 2021): ("Een eerste proef met nieuw aanbod is gehouden.", "De proef op meer plaatsen herhalen."),
    ("K009", 2022): ("De proef is op meer plaatsen herhaald.", "Ondernemers nemen het aanbod over."),
    ("K009", 2023): ("Ondernemers hebben het nieuwe aanbod overgenomen.", ""),
    ("K010", 2019): ("De eisen aan het assessment zijn met ondernemers opgesteld.", "Het assessment maken en testen."),
    ("K010", 2020): ("Het assessment is gemaakt en met ondernemers getest.", "De werving begint opnieuw, via de verenigingen."),
    ("K010", 2021): ("Ondernemers zijn gebeld en bezocht; wie een assessment deed, kreeg begeleiding.", "Extra werving in het voorseizoen."),
    ("K010", 2022): ("De extra werving is uitgevoerd.", "De begeleiding gaat door met wie meedoet."),
    ("K010", 2023): ("De laatste ondernemers zijn begeleid.", ""),
    ("K011", 2019): ("De regeling voor de vouchers is opgesteld.", "De eerste aanvragen beoordelen."),
    ("K011", 2020): ("De eerste vouchers zijn uitgegeven.", "Meer bedrijven over de vouchers vertellen."),
    ("K011", 2021): ("Bedrijven lieten hun plan maken; adviseurs hielpen bij de uitvoering.", "De regeling eenvoudiger maken."),
    ("K011", 2022): ("De regeling is eenvoudiger geworden, en bedrijven voeren hun plannen uit.", "De laatste aanvragen beoordelen."),
    ("K011", 2023): ("De laatste plannen zijn gemaakt.", ""),
    ("K013", 2019): ("De eerste bijeenkomsten zijn gehouden.", "Een groep voor elke sector vormen."),
    ("K013", 2020): ("Elke sector heeft een groep die samen een vraag oppakt.", "De groepen aan elkaar voorstellen."),
    ("K013", 2021): ("De groepen hebben hun uitkomsten gedeeld; het project is klaar.", ""),
    ("K014", 2021): ("Een loket voor vragen over werken over de grens is open.", "Werkgevers van beide kanten bij elkaar brengen."),
    ("K014", 2022): ("Werkgevers en werkzoekenden ontmoetten elkaar op banenmarkten.", "Taallessen op het werk."),
    ("K014", 2023): ("De taallessen zijn gegeven; het loket gaat over naar de gemeenten.", ""),
    ("W007", 2019): ("Bewoners van vijf dorpen zijn uitgenodigd.", "De eerste gesprekken in de dorpen."),
    ("W007", 2020): ("De gesprekken zijn later begonnen dan gepland; in één dorp ligt een plan.", "Plannen in de andere dorpen."),
    ("W007", 2021): ("In drie dorpen ligt een plan.", "De uitvoering in het eerste dorp."),
    ("W007", 2022): ("In alle vijf dorpen ligt een plan; in het eerste dorp is de uitvoering begonnen.", "De uitvoering in de andere dorpen."),
    ("W007", 2023): ("De plannen zijn uitgevoerd, voor zover het geld reikte.", ""),
    ("W009", 2021): ("De adviseur is begonnen en de eerste eigenaren hebben zich gemeld.", "De eerste woningen aanpassen."),
    ("W009", 2022): ("De eerste woningen zijn aangepast; bouwen werd duurder.", "Per fase minder woningen aanpassen."),
    ("W009", 2023): ("De laatste woningen van de proef zijn aangepast.", ""),
    ("Z004", 2019): ("Huisartsen en specialisten hebben afgesproken wie wat doet.", "Het eerste spreekuur voorbereiden."),
    ("Z004", 2020): ("Het eerste spreekuur is voorbereid; patiënten uitnodigen ging trager.", "Het eerste spreekuur houden."),
    ("Z004", 2021): ("Het eerste spreekuur is gehouden.", "Een tweede plek voor een spreekuur zoeken."),
    ("Z004", 2022): ("Op een tweede plek is een spreekuur begonnen.", "Afspraken over de kosten na het project."),
    ("Z004", 2023): ("De spreekuren gaan door; verzekeraar en gemeente betalen ze.", ""),
    ("Z005", 2019): ("Verloskundigen en hulpverleners hebben afgesproken hoe zij ouders vinden.", "De eerste ouders begeleiden."),
    ("Z005", 2020): ("De eerste ouders zijn begeleid, vaak op afstand.", "De bijeenkomsten weer op locatie houden."),
    ("Z005", 2021): ("Ouders krijgen weer thuis hulp, en ontmoeten elkaar in groepen.", "Ook vaders bereiken."),
    ("Z005", 2022): ("Er is een groep voor vaders begonnen.", "De werkwijze vastleggen."),
    ("Z005", 2023): ("De werkwijze is vastgelegd; gemeenten gaan ermee door.", ""),
    ("Z006", 2021): ("De eerste scholen hebben met ouders afspraken gemaakt.", "Meer scholen vragen mee te doen."),
    ("Z006", 2022): ("Meer scholen doen mee, en leren van elkaar.", "De bibliotheek opent een leesplek voor thuis."),
    ("Z006", 2023): ("De afspraken staan in de plannen van de scholen.", ""),
    ("Z007", 2021): ("Hulpverleners hebben gekozen welke signalen zij delen, en hoe dat veilig gaat.", "Een proef in één wijk."),
    ("Z007", 2022): ("De proef in één wijk is gehouden.", "De uitkomsten gebruiken in de hele gemeente."),
    ("Z007", 2023): ("De hele gemeente werkt ermee.", ""),
    ("Z008", 2019): ("Hulpverleners is gevraagd welke regels hen hinderen.", "De regels ordenen en uitzoeken."),
    ("Z008", 2020): ("De regels zijn geordend; een deel van de gesprekken is uitgesteld.", "De gesprekken alsnog voeren."),
    ("Z008", 2021): ("De lijst met knelpunten is aan het Rijk gegeven.", ""),
    ("Z009", 2022): ("De scholing is gemaakt en met een eerste groep getest.", "De scholing aan meer groepen geven."),
    ("Z009", 2023): ("De scholing is in alle deelnemende gemeenten gegeven.", ""),
}  # fmt: skip
MILESTONES = {  # first plan, and by year a new plan or the day on which it was reached
    ("K010", "Assessment gereed"): ("2020-03-31", {2020: "=2020-09-15"}),
    ("K010", "Helft van de assessments gedaan"): (
        "2021-12-31",
        {2021: "2022-12-31", 2022: "2023-06-30", 2023: "=2023-05-12"},
    ),
    ("K005", "Eerste groep vervoerders"): ("2020-12-31", {2020: "2021-06-30", 2021: "=2021-05-20"}),
    ("K005", "Tweede groep, met verladers"): ("2022-03-31", {2021: "2022-12-31", 2022: "=2022-11-30"}),
    ("K007", "Onderzoek afgerond"): ("2021-03-31", {2021: "=2021-03-25"}),
    ("K007", "Proef op het terrein"): ("2022-01-31", {2021: "2022-09-30"}),
    ("W007", "Plannen voor vijf dorpen"): ("2021-12-31", {2021: "2022-09-30", 2022: "=2022-09-01"}),
}


def _milestones() -> Iterable[tuple[object, ...]]:
    starts = {project.id: project.start.year for project in PROJECTS}
    for (project, name), (plan, changes) in MILESTONES.items():
        reached = ""
        for year in YEARS:
            if year < starts[project] or reached or (project == "K007" and year > STOPPED.year):
                continue
            change = changes.get(year, "")
            reached = change[1:] if change.startswith("=") else ""
            plan = change if change and not reached else plan
            yield (project, name, date(year, 12, 31), plan, reached, EXAMPLE)


# Pillar and project, event, cause, measure, owner; then chance and effect by year, "" once the risk is gone.
RISKS = (
    ("", "", "Projecten vinden te weinig personeel", "krapte op de arbeidsmarkt", "Leerwerkplekken bij de projecten, en vacatures delen", "provincie-drenthe",
     {"2019": "middel middel", "2020": "middel middel", "2021": "groot middel", "2022": "groot middel", "2023": "groot middel"}),
    ("welzijn", "", "Nulmetingen zijn niet te vergelijken", "zij steunen op een enkel jaar", "Een tweede meting met dezelfde vragen", "provincie-drenthe",
     {"2019": "middel middel", "2020": "middel klein", "2021": ""}),
    ("", "", "Bijeenkomsten en stages vallen uit", "coronamaatregelen duren langer", "Bijeenkomsten op afstand, en stages verschuiven", "emmen",
     {"2020": "groot middel", "2021-06-30": "groot groot", "2021": "middel middel", "2022": ""}),
    ("werken", "K010", "Het assessment digitalisering haalt zijn aantal niet", "de werving van deelnemers begon later", "Extra werving via de ondernemersverenigingen", "provincie-drenthe",
     {"2020": "middel groot", "2021": "groot groot", "2022": "groot groot", "2023": ""}),
    ("wonen", "", "Er komen minder woningen per fase", "hogere bouwkosten", "Fasen samenvoegen en eerder aanbesteden", "hoogeveen",
     {"2020": "klein middel", "2021-06-30": "middel middel", "2021": "middel groot", "2022": "groot groot", "2023": "groot middel"}),
    ("werken", "K007", "Een private partner zegt niet toe", "de opbrengst van opslag is onzeker", "Een tweede partner zoeken", "emmen",
     {"2021": "groot middel", "2022": ""}),
    ("", "", "Kosten na het einde van de deal zijn niet gedekt", "projecten lopen uit", "Elke partij legt vast wat zij zelf draagt", "provincie-drenthe",
     {"2022": "middel groot", "2023": "groot groot"}),
    ("", "", "Samenwerkingen verslappen", "er is nog geen vervolg op de deal", "De borging uitwerken", "coevorden",
     {"2022": "klein middel", "2023": "middel middel"}),
    ("wonen", "W008", "Een eigenaar verkoopt zijn pand niet", "de partijen zijn het niet eens over de prijs", "Een andere locatie als tweede keus", "coevorden",
     {"2021": "middel middel", "2022": "middel middel", "2023": ""}),
    ("welzijn", "Z004", "Huisartsen doen later mee", "te weinig tijd in de praktijk", "Ondersteuning door een praktijkmanager", "coevorden",
     {"2020": "middel klein", "2021": "middel middel", "2022": "middel middel", "2023": "klein middel"}),
)  # fmt: skip


def _risks() -> Iterable[tuple[object, ...]]:
    for number, (pillar, project, event, cause, measure, owner, states) in enumerate(RISKS, start=1):
        chance = effect = ""
        for day, state in states.items():
            chance, effect = state.split() if state else (chance, effect)
            when = day if "-" in day else f"{day}-12-31"
            status = "open" if state else "vervallen"
            yield (
                f"R{number:03d}",
                when,
                pillar,
                project,
                event,
                cause,
                chance,
                effect,
                measure,
                owner,
                status,
                EXAMPLE,
            )


if __name__ == "__main__":
    main(Path(sys.argv[1]) if len(sys.argv) > 1 else Path(__file__).parents[1] / "data")
