"""What has changed since the report of the year before, and which published figures were corrected."""

from __future__ import annotations

from collections.abc import Callable

import pandas as pd

from voortgang import dutch
from voortgang.notebook.finances import money
from voortgang.notebook.goals import ACHIEVED, ON_TRACK, achievement
from voortgang.notebook.programme import projects
from voortgang.notebook.report import Report

FIRST = "Dit is het eerste verslag; er is geen vorig verslag om mee te vergelijken."


def differences(report: Report) -> pd.DataFrame:
    """Return the key figures at the end of the year before, now, and the difference; no rows in the first year.

    Returns
    -------
    DataFrame
        Columns, all text: `kerncijfer`, `vorig`, `nu`, `verschil`.
    """
    before = report.year_before()
    if before is None:
        return pd.DataFrame(columns=["kerncijfer", "vorig", "nu", "verschil"])
    old, new = _figures(before), _figures(report)
    rows = [
        (name, write(old[name][0]), write(value), _signed(value - old[name][0], write))
        for name, (value, write) in new.items()
    ]
    return pd.DataFrame(rows, columns=["kerncijfer", "vorig", "nu", "verschil"])


def project_changes(report: Report) -> pd.DataFrame:
    """Return the projects that are new, changed phase, or got a worse or better traffic light.

    Returns
    -------
    DataFrame
        Index: project number. Columns: `naam`, `pijler`, `verandering` (text). No rows in the first year.
    """
    before = report.year_before()
    if before is None:
        return pd.DataFrame(columns=["naam", "pijler", "verandering"])
    old, new = projects(before), projects(report)
    found = {}
    for number, row in new.iterrows():
        if number not in old.index:
            changes = ["nieuw"]
        else:
            was = old.loc[number]
            changes = [] if row["fase"] == was["fase"] else [f"van {was['fase']} naar {row['fase']}"]
            changes += [
                f"{light} van {was[light].split()[-1]} naar {row[light].split()[-1]}"
                for light in ("inhoud", "tijd", "geld")
                if isinstance(row[light], str) and isinstance(was[light], str) and row[light] != was[light]
            ]
        if changes:
            found[number] = (row["naam"], row["pijler"], "; ".join(changes))
    return pd.DataFrame.from_dict(found, orient="index", columns=["naam", "pijler", "verandering"])


def corrections(report: Report) -> pd.DataFrame:
    """Return the figures of adopted years that have changed since the report on that year was adopted.

    Returns
    -------
    DataFrame
        Columns, all text: `verslagjaar`, `cijfer`, `was`, `is_nu`, `reden` (what the bureau wrote with the row).
    """
    rows = report.rows("correcties")
    return rows.assign(cijfer=[_named(report, key) for key in rows["sleutel"]]).drop(columns="sleutel")


def _named(report: Report, key: str) -> str:
    """Write a key with the names of the indicator and the municipality that it holds, instead of their ids."""
    names = {each.id: each.name for each in report.deal.indicators}
    names |= {party.id: party.short for party in report.deal.parties}
    table, _, rest = key.partition(": ")
    parts, _, _ = rest.partition(" (")
    return f"{table.capitalize()}: {', '.join(names.get(part, part) for part in parts.split(', '))}"


def _figures(report: Report) -> dict[str, tuple[int, Callable[[float], str]]]:
    frame, amounts = projects(report), money(report).loc["totaal"]
    goals = pd.concat([achievement(report, pillar.id) for pillar in report.deal.pillars])
    with_target = goals[goals["doelbereik"].notna()]
    return {
        "Projecten": (len(frame), dutch.number),
        "Projecten in uitvoering": (int((frame["fase"] == "uitvoering").sum()), dutch.number),
        "Afgeronde projecten": (int((frame["fase"] == "afgerond").sum()), dutch.number),
        "Gestopte projecten": (int((frame["fase"] == "gestopt").sum()), dutch.number),
        "Begroot": (int(amounts["begroot"]), dutch.euro),
        "Gecommitteerd": (int(amounts["gecommitteerd"]), dutch.euro),
        "Gerealiseerd": (int(amounts["gerealiseerd"]), dutch.euro),
        "Doelen behaald of op schema": (int(with_target["oordeel"].isin([ACHIEVED, ON_TRACK]).sum()), dutch.number),
    }


def _signed(value: int, write: Callable[[float], str]) -> str:
    shown = write(abs(value))
    return "gelijk" if value == 0 else f"{'+' if value > 0 else '−'} {shown}"
