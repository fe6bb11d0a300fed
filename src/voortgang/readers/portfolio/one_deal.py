"""One deal in the overview, in the two pages that the yearly letter to the Tweede Kamer has for it.

The figures are those that the deal published; what it did not publish is left out.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

import pandas as pd

from voortgang.notebook.display import Shown
from voortgang.notebook.facts import part, traced
from voortgang.publish.key_figures import Kerncijfer
from voortgang.readers.portfolio.overview import MONEY, Portfolio
from voortgang.writing import dutch
from voortgang.writing.publishable import Fact, Source, Text, quote

MOST = 22
"""How many goals the pages of a deal show: more do not fit."""

OVERHEAD = "overhead"


def chosen(portfolio: Portfolio, deal: str = "") -> str:
    """Return the key of a deal; that of the first where none is given, as in a notebook that is opened by hand."""
    return deal or next(iter(portfolio.deals))


def approach(portfolio: Portfolio, deal: str) -> Shown:
    """Say how many projects a deal has, in which phase, and how many ask for attention (Art. 7.4a)."""
    known, day = portfolio.figures[deal], dutch.long_date(portfolio.deals[deal][0].peildatum)
    projects = known.get("totaal.projecten")
    if projects is None:
        return Shown((Text(paragraphs=("De deal publiceerde niets over zijn projecten.",)),))
    pieces = [(f"Op {day} telde de deal ", projects, "")]
    if projects.waarde and (phases := known.get("totaal.fasen")) is not None:
        pieces.append((": ", phases, ""))
    if projects.waarde and (asking := known.get("totaal.aandacht")) is not None:
        pieces.append((". Bij ", asking, " staat een stoplicht op oranje of rood"))
    said, facts = "", list[Fact]()
    for before, figure, after in pieces:
        words, fact = figure.zinsdeel or figure.tekst, _own(portfolio, deal, figure)
        whole = f"{before}{words}{after}"
        said += quote(whole, fact) if _quotes(whole, fact) else whole
        facts += [fact] if _quotes(whole, fact) else []
    return Shown((Text(paragraphs=(f"{said}.",)), *facts))


def money(portfolio: Portfolio, deal: str) -> Shown:
    """Say what a deal committed and spent of its budget (Art. 7.4c)."""
    known = portfolio.figures[deal]
    figures = {kind: known.get(f"totaal.{kind}") for kind in (*MONEY, "uitputting")}
    present = {kind: _own(portfolio, deal, figure) for kind, figure in figures.items() if figure is not None}
    if not set(MONEY) <= present.keys():
        return Shown((Text(paragraphs=("De deal publiceerde zijn geld niet in totaal.",)),))
    sentence = (
        f"Van de begroting van {present['begroot'].text} is {present['gecommitteerd'].text} gecommitteerd en "
        f"{present['gerealiseerd'].text} gerealiseerd"
    )
    if "uitputting" in present:
        sentence += f": een uitputting van {present['uitputting'].text}"
    return Shown((Text(paragraphs=(quote(f"{sentence}.", *present.values()),)), *present.values()))


def lines(portfolio: Portfolio, deal: str) -> pd.DataFrame:
    """Return the pillars of a deal, its overhead and its total.

    Returns
    -------
    DataFrame
        Index: stem of the figures. Columns: `lijn`, `aantal` (projects), `doelen` ("3 van 5"), `begroot`,
        `gecommitteerd`, `gerealiseerd` (euros) and `uitputting` (0–1); missing where the deal published none.
    """
    known = portfolio.figures[deal]
    columns = {"aantal": "projecten"} | {kind: kind for kind in (*MONEY, "uitputting")}
    rows = {}
    for stem, name in _lines(portfolio, deal).items():
        values = {column: _value(known.get(f"{stem}.{kind}")) for column, kind in columns.items()}
        course, target = known.get(f"{stem}.op_koers"), known.get(f"{stem}.met_doel")
        # Where nothing has a target there is nothing to reach.
        goals = f"{course.tekst} van {target.tekst}" if course is not None and target and target.waarde else None
        if goals or any(value is not None for value in values.values()):
            rows[stem] = {"lijn": name, "doelen": goals, **values}
    frame = pd.DataFrame.from_dict(rows, orient="index", columns=["lijn", "doelen", *columns])
    frame = frame.astype({**dict.fromkeys(("aantal", *MONEY), "Int64"), "uitputting": "Float64"})

    def cells(stem: str, row: pd.Series, column: str) -> Iterable[Fact]:
        kinds = ["op_koers", "met_doel"] if column == "doelen" else [columns[column]] if column in columns else []
        if column == "doelen" and pd.isna(row["doelen"]):
            return
        for kind in kinds:
            if (figure := known.get(f"{stem}.{kind}")) is not None:
                yield _own(portfolio, deal, figure)

    return traced(frame, portfolio, f"deal_{deal}", cells)  # type: ignore[arg-type]


def years(portfolio: Portfolio, deal: str) -> pd.DataFrame:
    """Return what a deal spent in each year alone, by pillar and in total: `lijn`, and a column of euros for each year.

    A line of which the deal did not publish every year is left out.
    """
    report, known = portfolio.deals[deal][0], portfolio.figures[deal]
    columns = [str(year) for year in range(report.eerste_jaar, report.jaar + 1)]

    def figure(stem: str, year: str) -> Kerncijfer | None:
        key = f"{stem}.jaar_gerealiseerd"
        return known.get(key if int(year) == report.jaar else f"{key}_{year}")

    rows: dict[str, dict[str, object]] = {}
    for stem, name in _lines(portfolio, deal).items():
        values = {year: _value(figure(stem, year)) for year in columns}
        if all(value is not None for value in values.values()):
            rows[stem] = {"lijn": name, **values}

    def cells(stem: str, row: pd.Series, column: str) -> Iterator[Fact]:
        if column in columns and (found := figure(stem, column)) is not None:
            # A column of a year shows whole euros without their sign.
            yield _own(portfolio, deal, found).model_copy(update={"text": dutch.number(float(found.waarde))})

    frame = pd.DataFrame.from_dict(rows, orient="index", columns=["lijn", *columns])
    return traced(frame.astype(dict.fromkeys(columns, "Int64")), portfolio, f"deal_{deal}", cells)  # type: ignore[arg-type]


def _lines(portfolio: Portfolio, deal: str) -> dict[str, str]:
    """Return what money is spent on, as stem of the figures and name: the pillars, the overhead, and all together."""
    pillars = portfolio.deals[deal][0].pijlers
    return {part(pillar): name for pillar, name in pillars.items()} | {OVERHEAD: "Overhead", "totaal": "Totaal"}


def goals(portfolio: Portfolio, deal: str) -> pd.DataFrame:
    """Return the indicators of a deal with a target, the furthest from it first; no more than fit (`MOST`).

    Returns
    -------
    DataFrame
        Index: stem of the figures. Columns, as the deal wrote them: `indicator`, `waarde_tekst`, `doel_tekst`,
        `doelbereik_tekst`.
    """
    return _goals(portfolio, deal).iloc[:MOST]


def more_goals(portfolio: Portfolio, deal: str) -> Shown:
    """Say what the table of goals leaves out."""
    found = len(_goals(portfolio, deal))
    left = found - MOST
    order = "Wat het verst van zijn doel is, staat bovenaan."
    if left <= 0:
        return Shown((Text(paragraphs=(order if found > 1 else "Het verslag van de deal zegt meer.",)),))
    noun = "indicator die verder is" if left == 1 else "indicatoren die verder zijn"
    return Shown((Text(paragraphs=(f"{order} Nog {dutch.how_many(left)} {noun}, staat in het verslag zelf.",)),))


def _goals(portfolio: Portfolio, deal: str) -> pd.DataFrame:
    known, rows = portfolio.figures[deal], {}
    for key, figure in known.items():
        stem, _, kind = key.rpartition(".")
        if kind == "doelwaarde" and figure.jaar == portfolio.year and "indicator" in figure.over:
            value, way = known.get(f"{stem}.waarde"), known.get(f"{stem}.doelbereik")
            parts = known.get(f"{stem}.gehaald")
            # A target of each part says nothing beside the sum of the parts: how many have it, does.
            per_part = " per deel" if parts and not way else ""
            rows[stem] = {
                "indicator": value.label if value else figure.label.partition(": ")[2],
                "waarde_tekst": value.tekst if value else None,
                "doel_tekst": f"{figure.tekst}{per_part}",
                "doelbereik_tekst": "; ".join(each.tekst for each in (way, parts) if each) or None,
                "ver": float(way.waarde) if way else 2.0,
            }
    columns = ["indicator", "waarde_tekst", "doel_tekst", "doelbereik_tekst", "ver"]
    frame = pd.DataFrame.from_dict(rows, orient="index", columns=columns).sort_values("ver", kind="stable")
    kinds = {"waarde_tekst": ["waarde"], "doel_tekst": ["doelwaarde"], "doelbereik_tekst": ["doelbereik", "gehaald"]}

    def cells(stem: str, row: pd.Series, column: str) -> Iterable[Fact]:
        for kind in kinds.get(column, ()):
            if (figure := known.get(f"{stem}.{kind}")) is not None:
                yield _own(portfolio, deal, figure)

    return traced(frame, portfolio, f"deal_{deal}", cells)  # type: ignore[arg-type]


def instalments(portfolio: Portfolio, deal: str) -> pd.DataFrame:
    """Return what a deal received of the State, by instalment: `termijn`, `bedrag`, `opgeteld` (euros)."""
    known, rows = portfolio.figures[deal], dict[str, dict[str, object]]()
    while (amount := known.get(f"rijk.termijn_{len(rows) + 1}.bedrag")) is not None:
        number = len(rows) + 1
        together = known.get(f"rijk.termijn_{number}.opgeteld")
        rows[str(number)] = {"termijn": number, "bedrag": amount.waarde, "opgeteld": _value(together)}

    def cells(number: str, row: pd.Series, column: str) -> Iterator[Fact]:
        if (figure := known.get(f"rijk.termijn_{number}.{column}")) is not None:
            yield _own(portfolio, deal, figure)

    frame = pd.DataFrame.from_dict(rows, orient="index", columns=["termijn", "bedrag", "opgeteld"])
    return traced(frame, portfolio, f"deal_{deal}", cells)  # type: ignore[arg-type]


def _own(portfolio: Portfolio, deal: str, figure: Kerncijfer) -> Fact:
    """Return a figure of a deal as a figure of the overview, as the deal wrote it."""
    day = portfolio.deals[deal][0].peildatum
    return Fact(
        id=f"deal.{part(deal)}.{figure.id}",
        label=f"{figure.label}, {portfolio.deals[deal][0].deal}",
        value=figure.waarde,
        text=figure.tekst,
        phrase=figure.zinsdeel,
        unit=figure.eenheid,
        article=figure.artikel,
        year=figure.jaar,
        reference_date=figure.peildatum,
        about={"deal": deal},
        sources=(Source(table="deals", where={"deal": (deal,), "kerncijfer": (figure.id,)}, until=day),),
    )


def _quotes(sentence: str, fact: Fact) -> bool:
    try:
        quote(sentence, fact)
    except ValueError:
        return False
    return True


def _value(figure: Kerncijfer | None) -> object:
    return None if figure is None else figure.waarde
