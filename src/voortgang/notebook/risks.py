"""The register of risks: what can happen, how heavy it is, and whether that grew since the year before."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

import pandas as pd

from voortgang.notebook.report import Report
from voortgang.writing import dutch

WEIGHTS = {"klein": 1, "middel": 2, "groot": 3}
"""What a chance and an effect count for; a risk weighs the product of the two."""

NEW, SAME, GROWN, SHRUNK, GONE = "nieuw", "gelijk", "▲ groter", "▼ kleiner", "vervallen"


def risks(report: Report) -> pd.DataFrame:
    """Return the risks as known on the reference date, the heaviest first.

    Returns
    -------
    DataFrame
        Index: number of the risk. Columns, all text: `risico` (the event, with its pillar), `oorzaak`, `kans`,
        `effect`, `maatregel`, `eigenaar` (short name of the party), `beweging` (since the end of the year before:
        `NEW`, `SAME`, `GROWN`, `SHRUNK` or `GONE`; or that nobody looked at it since; in the first year of the deal,
        when all are new, nothing). A risk that is gone has no `kans` and `effect`.
    """
    deal, before = report.deal, date(report.year - 1, 12, 31)
    parties = {party.id: party.short for party in deal.parties}
    frame = register(report.rows("risicos"), report.reference_date, before, deal.line_names(), parties)
    return frame if report.year_before() else frame.assign(beweging=frame["beweging"].replace(NEW, ""))


def top_risks(report: Report, most: int = 3) -> pd.DataFrame:
    """Return the heaviest risks that are still there; columns as `risks`."""
    return heaviest(risks(report), most)


def heaviest(frame: pd.DataFrame, most: int) -> pd.DataFrame:
    """Return the first rows of a register that are still there."""
    return frame[frame["beweging"] != GONE].head(most)


def register(
    rows: pd.DataFrame, day: date, before: date, lines: Mapping[str, str], parties: Mapping[str, str]
) -> pd.DataFrame:
    """Return rows of the table `risicos` as `risks` describes.

    Parameters
    ----------
    day, before
        The reference date, and the last day of the year before.
    lines, parties
        Names by id.
    """
    known = rows[rows["peildatum"] <= pd.Timestamp(day)].sort_values("peildatum", kind="stable")
    then = known[known["peildatum"] <= pd.Timestamp(before)].drop_duplicates("risico_id", keep="last")
    now = known.drop_duplicates("risico_id", keep="last")
    earlier = then.set_index("risico_id")
    found = {}
    for _, line in now.iterrows():
        number, is_new_state = line["risico_id"], line["peildatum"] > pd.Timestamp(before)
        was = earlier.loc[number] if number in earlier.index else None
        if line["status"] == GONE and not is_new_state:
            continue  # an earlier report said so
        pillar = [lines[line["pijler"]]] if line["pijler"] in lines else []
        found[number] = {
            "weegt": 0 if line["status"] == GONE else _weight(line),
            "zwaar": WEIGHTS[line["effect"]],
            "risico": ": ".join([*pillar, line["gebeurtenis"]]),
            **{name: line[name] for name in ("oorzaak", "kans", "effect", "maatregel")},
            **({"kans": dutch.MISSING, "effect": dutch.MISSING} if line["status"] == GONE else {}),
            "eigenaar": parties.get(line["eigenaar"], line["eigenaar"]),
            "beweging": _moved(line, was) if is_new_state else _unmoved(line["peildatum"].date(), before),
        }
    columns = ["weegt", "zwaar", "risico", "oorzaak", "kans", "effect", "maatregel", "eigenaar", "beweging"]
    frame = pd.DataFrame.from_dict(found, orient="index", columns=columns).rename_axis("risico_id")
    order = frame.sort_index(kind="stable").sort_values(["weegt", "zwaar"], ascending=False, kind="stable")
    return order.drop(columns=["weegt", "zwaar"])


def _unmoved(known: date, before: date) -> str:
    """Say that nobody looked at a risk since the end of the year before, or since when not."""
    return "niet opnieuw beoordeeld" if known == before else f"niet beoordeeld sinds {dutch.long_date(known)}"


def _weight(line: pd.Series) -> int:
    return WEIGHTS[line["kans"]] * WEIGHTS[line["effect"]]


def _moved(line: pd.Series, was: pd.Series | None) -> str:
    if line["status"] == GONE:
        return GONE
    if was is None or was["status"] == GONE:
        return NEW
    change = _weight(line) - _weight(was)
    return SAME if change == 0 else GROWN if change > 0 else SHRUNK
