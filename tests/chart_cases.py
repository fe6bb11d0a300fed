"""Charts at their edges: the fewest and the most of everything, and values and names of odd sizes."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date
from functools import cache
from typing import Any

import pandas as pd

from voortgang import notebook as vg
from voortgang.workspace.deal_parts import Term

LONG = (
    "Samenwerkingsverband voor toekomstbestendige bedrijventerreinen en vrijetijdseconomie "
    "in het Drents-Overijssels gebied"
)
"""A name of about 120 characters."""
UNBROKEN = "Arbeidsongeschiktheidsverzekeringsmaatschappijenoverleg"
SHORT = ("Werken", "Wonen", "Welzijn")
DAY = date(2021, 12, 31)


def name_of(number: int, length: int = 12) -> str:
    """Return a name of `length` characters that differs by its number."""
    words = (
        f"{number + 1} "
        + "Voorbeeldig regionaal programma voor wonen, werken en welzijn in elke kern van de gemeente " * 2
    )
    return words[:length].strip() or str(number + 1)


def money(names: Sequence[str], budget: Sequence[float], spent: Sequence[float]) -> Any:
    frame = pd.DataFrame({"lijn": list(names), "begroot": list(budget), "gerealiseerd": list(spent)})
    frame["gecommitteerd"] = (frame["begroot"] + frame["gerealiseerd"]) / 2
    frame["uitputting"] = frame["gerealiseerd"] / frame["begroot"].where(frame["begroot"] != 0)
    frame["uitputting"] = frame["uitputting"].fillna(0.0)
    return vg.chart_money(frame, "Geld")


def term(first: int, last: int) -> Term:
    words = dict.fromkeys(("start_rule", "extension_talks", "article"), "17")
    return Term.model_validate({**words, "first_year": first, "goals_until": last, "end": date(last, 12, 31)})


def utilisation(lines: dict[str, Sequence[float]], first: int = 2019, last: int = 2023) -> Any:
    rows = [(name, first + n, value) for name, values in lines.items() for n, value in enumerate(values)]
    frame = pd.DataFrame(rows, columns=["lijn", "verslagjaar", "uitputting"])
    now = first + max(map(len, lines.values())) - 1
    return vg.chart_utilisation(frame, "Uitputting", term(first, last), date(now, 12, 31))


def split(names: Sequence[str], budget: Sequence[float], spent: Sequence[float]) -> Any:
    frame = pd.DataFrame({"lijn": list(names), "verdeling_begroot": list(budget), "verdeling": list(spent)})
    return vg.chart_split(frame, "Verdeling")


def phases(names: Sequence[str], days: int = 400, now: date = DAY) -> Any:
    states = ("voorbereiding", "uitvoering", "afgerond", "gestopt")
    starts = [pd.Timestamp(2019, 10, 1) + pd.Timedelta(days=37 * number) for number in range(len(names))]
    frame = pd.DataFrame(
        {
            "naam": list(names),
            "start": starts,
            "einde": [start + pd.Timedelta(days=days) for start in starts],
            "gestopt_op": pd.NaT,
            "fase": [states[number % 4] for number in range(len(names))],
        }
    )
    return vg.chart_phases(frame, "Planning", now)


def bullets(names: Sequence[str], done: Sequence[float], expected: float = 0.6) -> Any:
    verdicts = ["behaald" if value >= 1 else "achter op schema" for value in done]
    frame = pd.DataFrame(
        {
            "indicator": list(names),
            "met_doel": True,
            "doelbereik": list(done),
            "verwacht": expected,
            "doelbereik_tekst": [f"{100 * value:.1f}%".replace(".", ",") for value in done],
            "waarde_tekst": [str(value) for value in done],
            "doel_tekst": "1",
            "oordeel": verdicts,
        }
    )
    return vg.chart_bullets(frame, "Doelbereik")


def trends(lines: dict[str, Sequence[float]], first: int = 2019, last: int = 2023, **given: Any) -> Any:
    rows = [(name, first + n, value) for name, values in lines.items() for n, value in enumerate(values)]
    frame = pd.DataFrame(rows, columns=["indicator", "verslagjaar", "waarde"])
    frame["waarde_tekst"] = [f"{value:,.4g}".replace(".", ",") for value in frame["waarde"]]
    standard = {"eenheid": "aantal", "voorlopig": False, "reeks": 0, "volledig": True, "richting": "stijgen"}
    return vg.chart_trends(frame.assign(**standard, **{}).assign(**given), "Ontwikkeling", last)


def parts(names: Sequence[str], indicators: dict[str, Sequence[float]]) -> Any:
    return vg.chart_parts(pd.DataFrame({"deel": list(names), **indicators}), "Per gemeente")


def tiles(names: Sequence[str], across: int, numbers: Sequence[int]) -> Any:
    frame = pd.DataFrame({"deel": list(names), "aantal": list(numbers)}, index=[f"g{n}" for n in range(len(names))])
    places = {f"g{number}": (number % across, number // across) for number in range(len(names))}
    return vg.chart_map(frame, "aantal", ("project", "projecten"), None, places, "Kaart")


def shares(names: Sequence[str], values: Sequence[float]) -> Any:
    frame = pd.DataFrame({"naam": list(names), "uitputting": list(values)})
    return vg.chart_shares(frame, "naam", "uitputting", "Deals")


TWELVE = [name_of(number, 8 + 9 * number) for number in range(12)]
FORTY = [name_of(number, 3 * number + 3) for number in range(40)]

CASES: dict[str, Callable[[], Any]] = {
    "geld-drie": lambda: money(SHORT, [19.2e6, 14.4e6, 4.8e6], [8.3e6, 3.1e6, 2.9e6]),
    "geld-een-lange-naam": lambda: money([LONG], [1.6e6], [1.6e6]),
    "geld-twaalf": lambda: money(TWELVE, [1e6 * n + 1 for n in range(12)], [9e5 * n for n in range(12)]),
    "geld-negatief": lambda: money(SHORT, [1e5, 3e5, 12.0], [-2e5, 1.0, -3.0]),
    "uitputting-drie": lambda: utilisation(
        {"Werken": [0.1, 0.3, 0.431], "Wonen": [0.1, 0.22, 0.43], "Welzijn": [0, 0, 0.6]}
    ),
    "uitputting-twaalf-gelijk": lambda: utilisation({name: [0.2, 0.41] for name in TWELVE}),
    "uitputting-tien-jaar": lambda: utilisation(
        {"Werken": [n / 8 for n in range(10)], "Wonen": [-n / 10 for n in range(10)]}, 2019, 2028
    ),
    "verdeling-twaalf": lambda: split(TWELVE, [1 / 12] * 12, [n / 66 for n in range(12)]),
    "planning-een-dag": lambda: phases([LONG], days=0, now=date(2023, 12, 31)),
    "planning-veertig": lambda: phases(FORTY),
    "doelbereik-enorm": lambda: bullets(["Kort", LONG, UNBROKEN], [12.5, 0.431, 1.0]),
    "doelbereik-twaalf": lambda: bullets(TWELVE, [n / 10 for n in range(12)]),
    "ontwikkeling-een": lambda: trends({"Leegstand": [9.4, 9.3, 9.35]}, eenheid="procent", richting="dalen"),
    "ontwikkeling-vlak": lambda: trends({"Nul": [0, 0, 0], "Vlak": [7, 7, 7], "Min": [-4.5, -4.5, -4.4]}),
    "ontwikkeling-groot-klein": lambda: trends(
        {
            "Enorm": [1.2e12, 1.3e12, 1.1e12],
            "Piepklein": [2e-7, 3e-7, 2.5e-7],
            LONG: [100, -100, 40],
            "Vier": [1e4, 2e4],
        }
    ),
    "ontwikkeling-tien-jaar": lambda: trends(
        {name_of(n, 20 * n + 9): [93.1, 93.4, 92, 91.7, 93, 93.2, 94, 95, 95.5, 96][: 10 - n] for n in range(5)},
        2019,
        2028,
        voorlopig=True,
    ),
    "ontwikkeling-reeksbreuk": lambda: trends(
        {"Banen": [10, 14, 21, 24]},
        reeks=[0, 0, 1, 1],
        volledig=[True, True, True, True],
        voorlopig=[False] * 3 + [True],
    ),
    "delen-zes": lambda: parts(
        ["Aa en Hunze", "Borger-Odoorn", "Coevorden", "Emmen", "Hardenberg", "Hoogeveen"],
        {
            "Bedrijven met een assessment": [12, 0, 4, float("nan"), 8, 140],
            "Vouchers": [1, 2, 3, 4, 5, 6],
            LONG: [-3, 2, 1, 0, 0, 1],
        },
    ),
    "delen-een": lambda: parts([LONG, "Kort"], {"Woningen": [1e9, 1]}),
    "kaart-zes": lambda: tiles(
        ["Aa en Hunze", "Borger-Odoorn", "Coevorden", "Emmen", "Hardenberg", "Hoogeveen"], 3, [4, 5, 6, 12, 0, 7]
    ),
    "kaart-veertig": lambda: tiles([f"Nieuw-Amsterdam {n}" for n in range(40)], 7, list(range(40))),
    "aandelen-veertig": lambda: shares(FORTY, [n / 30 - 0.1 for n in range(40)]),
}


@cache
def drawn(name: str) -> Any:
    """Return the chart of a case, drawn once for all tests of it."""
    return CASES[name]()
