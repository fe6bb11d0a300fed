"""The programmatic approach to the goals of Art. 2 (Art. 7.4a): projects, themes, cross-overs, consultation."""

from __future__ import annotations

from collections.abc import Iterable

import pandas as pd

from voortgang.notebook.facts import fact, of_deal, part, source, traced
from voortgang.notebook.finances import AMOUNTS, added_up
from voortgang.notebook.report import Report, once
from voortgang.writing import dutch
from voortgang.writing.publishable import Fact

NO_STATUS = "geen status"
"""The phase of a project about which no state was reported by the reference date."""

LIGHTS = {"groen": "● groen", "oranje": "▲ oranje", "rood": "■ rood"}
"""Traffic lights as symbol and word, so that meaning never rests on colour alone."""


def any_light(frame: pd.DataFrame) -> bool:
    """Return whether one of the projects (as `projects` returns them) has a traffic light, of whatever colour."""
    return bool(frame[["inhoud", "tijd", "geld"]].isin(LIGHTS.values()).any(axis=None))


@once
def projects(report: Report, pillar: str | None = None, municipality: str | None = None) -> pd.DataFrame:
    """Return the projects that started by the reference date, with their state in the reporting year.

    Parameters
    ----------
    pillar
        Only those of this pillar.
    municipality
        Only those in which this municipality takes part, or that it leads.

    Returns
    -------
    DataFrame
        Index: project number. Columns: `naam`, `pijler`, `thema`, `penvoerder`, `gemeenten` (names), `start`, `einde`,
        `gestopt_op` (when a stopped project was reported to have stopped), `fase`, `inhoud`, `tijd`, `geld` (traffic
        lights), `toelichting`, `cross_over` (name), `begroot`, `gecommitteerd`, `gerealiseerd` (euros), `uitputting`
        (0–1). The last three are missing where the public edition withholds them.
    """
    deal = report.deal
    frame = report.rows("projecten", pillar, municipality=municipality).set_index("project_id")
    # The latest state by the reference date: halfway a year that may be the one at the end of the year before.
    states = report.rows("voortgang", pillar, municipality=municipality).sort_values("peildatum")
    states = states.drop_duplicates("project_id", keep="last").set_index("project_id")
    bookings = report.rows("financien", pillar, municipality=municipality)
    booked = added_up(bookings, bookings["project_id"].tolist(), frame.index, AMOUNTS[1:])
    # Not zero but withheld: the bookings of these projects cannot be told from those of a confidential one.
    booked = booked.astype("Int64").where(frame["bedragen_openbaar"])
    places = {party.id: party.short for party in deal.municipalities}
    present = [party.id for party in deal.municipalities_on(report.reference_date)]
    themes = {theme.id: theme.name for each in deal.pillars for theme in each.themes}
    shown = pd.DataFrame(
        {
            "naam": frame["naam"],
            "pijler": frame["pijler"].map(deal.line_names()),
            "thema": frame["thema"].map(themes),
            "penvoerder": frame["penvoerder"].map({party.id: party.short for party in deal.parties}),
            "gemeenten": frame["gemeenten"].map(lambda ids: _places(ids, places, present)),
            "start": frame["start"],
            "einde": frame["einde"],
            "gestopt_op": stopped_on(report, pillar, municipality).reindex(frame.index),
            "fase": states["fase"].reindex(frame.index).astype("object").fillna(NO_STATUS),
            **{light: states[light].reindex(frame.index).map(LIGHTS) for light in ("inhoud", "tijd", "geld")},
            "toelichting": states["toelichting"].reindex(frame.index),
            "cross_over": frame["cross_over"].map({each.id: each.name for each in deal.cross_overs}),
            "begroot": frame["begroot"].astype("int64"),
            "gecommitteerd": booked["gecommitteerd"],
            "gerealiseerd": booked["gerealiseerd"],
            "uitputting": (booked["gerealiseerd"] / frame["begroot"].where(frame["begroot"] > 0)).astype("Float64"),
        }
    )

    def cells(number: str, row: pd.Series, column: str) -> Iterable[Fact]:
        listed = source(report, "projecten", project_id=number)
        kinds = {"gecommitteerd": ["gecommitteerd"], "gerealiseerd": ["gerealiseerd"], "uitputting": ["gerealiseerd"]}
        if column not in {"begroot", *kinds}:
            return ()
        booked_rows = [source(report, "financien", project_id=number, soort=kinds[column])] if column in kinds else []
        sources = booked_rows if column in AMOUNTS[1:] else [listed, *booked_rows]
        return fact(
            report,
            f"project.{part(number)}.{column}",
            f"{column.capitalize()} voor {row['naam']}" if column != "uitputting" else f"Uitputting van {row['naam']}",
            row[column],
            "aandeel" if column == "uitputting" else "euro",
            "financien",
            sources,
            {"project": number},
        )

    return traced(shown, report, pillar or "totaal", cells)


def _places(ids: Iterable[str], names: dict[str, str], present: Iterable[str]) -> str:
    """Name municipalities; of nearly all that take part (`present`), those that are not meant.

    Who joins later, or has left, is no exception to "alle".
    """
    chosen, here = list(ids), list(present)
    others = [names[key] for key in here if key not in chosen]
    if not set(chosen) & set(here) or len(others) >= min(len(here) - len(others), 3):
        return dutch.listing(names[key] for key in chosen)
    return f"alle behalve {dutch.listing(others)}" if others else "alle"


def stopped_on(report: Report, pillar: str | None = None, municipality: str | None = None) -> pd.Series:
    """Return, of each project that has stopped, the first day on which that was reported since it last ran."""
    states = report.rows("voortgang", pillar, municipality=municipality).sort_values("peildatum", kind="stable")
    stopped = states["fase"] == "gestopt"
    last_running = states[~stopped].groupby("project_id")["peildatum"].max()
    # Not by `map`: pandas takes a mapper without rows for numbers, and no project may have run.
    after = last_running.reindex(states["project_id"]).set_axis(states.index)
    since = states[stopped & (after.isna() | (states["peildatum"] > after))]
    return since.groupby("project_id")["peildatum"].min()


def themes(report: Report, pillar: str) -> pd.DataFrame:
    """Return the themes of a pillar (Art. 4).

    Returns
    -------
    DataFrame
        Index: id of the theme. Columns: `thema`, `inzet` (what is done), `aantal` (projects), `begroot` (euros).
    """
    grouped = report.rows("projecten", pillar).groupby("thema")["begroot"].agg(["size", "sum"])
    listed = report.deal.pillar(pillar).themes
    counts = grouped.reindex([theme.id for theme in listed]).fillna(0).astype("int64")
    frame = pd.DataFrame(
        {
            "thema": [theme.name for theme in listed],
            "inzet": [theme.summary for theme in listed],
            "aantal": counts["size"],
            "begroot": counts["sum"],
        },
        index=[theme.id for theme in listed],
    )

    def cells(theme: str, row: pd.Series, column: str) -> Iterable[Fact]:
        if column not in {"aantal", "begroot"}:
            return ()
        stem, rows = f"thema.{part(pillar)}_{part(theme)}", [source(report, "projecten", pijler=pillar, thema=theme)]
        about = {"pijler": pillar, "thema": theme}
        if column == "aantal":
            label = f"Projecten van {row['thema']}"
            return fact(report, f"{stem}.projecten", label, row[column], "aantal", "aanpak", rows, about)
        label = f"Begroot voor projecten van {row['thema']}"
        return fact(report, f"{stem}.begroot", label, row[column], "euro", "financien", rows, about)

    return traced(frame, report, pillar, cells)


def projects_by_sector(report: Report, pillar: str) -> pd.DataFrame:
    """Return how many projects of a pillar are about each sector that the covenant names (Art. 3).

    Returns
    -------
    DataFrame
        Index: id of the sector. Columns: `deel` (name), `aantal` (a project may be about more than one). No rows where
        the covenant names no sectors.
    """
    about = report.rows("projecten", pillar)["sectoren"].explode().value_counts()
    names = {sector.id: sector.name for sector in report.deal.sectors}
    counts = about.reindex(list(names)).fillna(0).astype("int64")
    frame = pd.DataFrame({"deel": pd.Series(names, dtype="str"), "aantal": counts})

    def cells(sector: str, row: pd.Series, column: str) -> Iterable[Fact]:
        if column != "aantal":
            return ()
        key, label = f"sector.{part(pillar)}_{part(sector)}.projecten", f"Projecten over {row['deel']}"
        rows, place = (
            [source(report, "projecten", pijler=pillar, sectoren=sector)],
            {"pijler": pillar, "sector": sector},
        )
        return fact(report, key, label, row[column], "aantal", "aanpak", rows, place)

    return traced(frame, report, pillar, cells)


def results(report: Report, pillar: str) -> pd.DataFrame:
    """Return the intended results of a pillar (Art. 3): `resultaat`, `samenvatting`, `artikel`."""
    rows = [(each.id, each.name, each.summary, each.article) for each in report.deal.results_of(pillar)]
    return pd.DataFrame(rows, columns=["id", "resultaat", "samenvatting", "artikel"]).set_index("id")


def cross_overs(report: Report) -> pd.DataFrame:
    """Return the connections between pillars (Art. 4) and the projects that work on them.

    Returns
    -------
    DataFrame
        Index: id of the cross-over. Columns: `cross_over`, `pijlers`, `projecten` (names).
    """
    names = report.deal.line_names()
    frame = report.rows("projecten")
    rows = [
        {
            "id": each.id,
            "cross_over": each.name,
            "pijlers": dutch.listing(names[pillar] for pillar in each.pillars),
            "projecten": "; ".join(frame.loc[frame["cross_over"] == each.id, "naam"])
            or f"{report.yet}geen project{report.that_is_shown()}",
        }
        for each in report.deal.cross_overs
    ]
    frame = pd.DataFrame(rows, columns=["id", "cross_over", "pijlers", "projecten"]).set_index("id")
    return of_deal(frame, report)


def consultations(report: Report) -> pd.DataFrame:
    """Return the meetings of Art. 6 in the reporting year: `datum`, `onderwerp`, `besluit`."""
    frame = report.rows("overleggen").sort_values("datum")
    return frame[frame["datum"].dt.year == report.year][["datum", "onderwerp", "besluit"]]
