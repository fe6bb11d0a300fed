"""The amounts that the public edition shows only together: of confidential projects and a few others (Art. 10.1).

Decision 7 says why, and what it does not stop.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from typing import TYPE_CHECKING

from voortgang.check.combined_bookings import FIRST_ROW, NUMBER
from voortgang.check.data import Data, View
from voortgang.check.findings import Finding, finding
from voortgang.check.remembered import Remembered
from voortgang.errors import LeakError

if TYPE_CHECKING:
    import pandas as pd


def hidden_projects(data: Data, view: View) -> frozenset[str]:
    """Return the numbers of the projects that the edition leaves out: those that a party asked to keep confidential."""
    if view.edition != "openbaar":
        return frozenset()
    projects = data.tables.projecten
    return frozenset(projects.loc[projects["vertrouwelijk"], "project_id"])


def companions(data: Data, view: View) -> frozenset[str]:
    """Return the projects whose amounts are withheld with those of the hidden projects of their pillar.

    In statistical disclosure control this is complementary suppression. Of each pillar in which a hidden project has
    bookings it is the project that started, or booked, first. Where, on some day of a year or of a half-year, that one
    had no amount yet of a kind that a hidden project had, it is also the project that booked one first. What holds on
    one day holds in all later reports, that of a half-year and that of its year among them: two companions that take
    turns would give a hidden project away, each by the amounts that the other report shows.
    """
    if data.note is not None:
        return frozenset(data.note.amounts_together)
    known = _answers.of(data)  # each table that is read asks the same
    if view not in known:
        known[view] = _companions(data, view)
    return known[view]


_answers: Remembered[View, frozenset[str]] = Remembered()


def _companions(data: Data, view: View) -> frozenset[str]:
    import pandas as pd

    hidden = hidden_projects(data, view)
    if not hidden:
        return frozenset()
    bookings = _known(data, view)
    projects = data.tables.projecten
    booked_first = bookings.groupby("project_id")["datum"].min().to_dict()
    firsts = [
        min(start, booked_first.get(each, start))
        for each, start in zip(projects["project_id"], projects["start"], strict=True)
    ]
    begun = projects.assign(begun=pd.Series(firsts, index=projects.index, dtype="datetime64[ns]"))
    started = begun[(begun["begun"].dt.date <= view.reference_date) & ~begun["project_id"].isin(hidden)]
    started = started.sort_values(["begun", "project_id"], kind="stable")
    found: set[str] = set()
    for pillar, own in bookings.groupby("pijler"):
        if not own["project_id"].isin(hidden).any():
            continue
        first = set(started.loc[started["pijler"] == pillar, "project_id"].iloc[:1])
        found |= first
        visible = set(started["project_id"])
        years, halves = own["datum"].dt.year, own["datum"].dt.month > 6
        for period in ([years], [years, halves]):
            for _, cell in own.groupby([*period, "soort"]):
                found |= _company(cell, hidden, first, visible)
    return frozenset(found)


def _company(cell: pd.DataFrame, hidden: frozenset[str], first: set[str], visible: set[str]) -> set[str]:
    """Return the projects that give a hidden one company on the days on which `first` does not.

    Parameters
    ----------
    cell
        The bookings of a pillar, of one kind, in one period.
    """
    rows = cell.dropna(subset=["project_id", "datum", "bedrag"]).sort_values(["datum", "project_id"], kind="stable")
    projects, sums = rows["project_id"].tolist(), Counter[str]()
    booked: dict[pd.Timestamp, set[str]] = {}  # on each day: the projects with an amount in the period so far
    for day, project, amount in zip(rows["datum"], projects, rows["bedrag"].tolist(), strict=True):
        sums[project] += amount
        booked[day] = {each for each, total in sums.items() if total}
    alone = {day for day, known in booked.items() if known & hidden and not known & first}
    found = set()
    for each in dict.fromkeys(project for project in projects if project in visible):
        together = {day for day in alone if each in booked[day]}
        found |= {each} if together else set()
        alone -= together  # on these days it has company now
    return found


def require_company(data: Data, view: View) -> None:
    """Raise `LeakError` when the total of a pillar is the amount of one hidden project: nothing can hide it."""
    bookings, projects = _known(data, view), data.tables.projecten
    own = bookings[bookings["project_id"].isin(hidden_projects(data, view))]
    company = projects[projects["project_id"].isin(companions(data, view))]
    for pillar, rows in own.groupby("pijler"):
        if rows["project_id"].nunique() < 2 and not (company["pijler"] == pillar).any():
            raise LeakError(
                f"The public edition would show the amounts of a confidential project: it is the only project of "
                f"{data.deal.line_names()[str(pillar)]} that has any, so they are the pillar's total.",
                f"{data.file('projecten')}: the project of {pillar} with vertrouwelijk = ja",
                "another project of that pillar, which started by the reference date (Art. 10.1)",
                "Ask the party whether the amounts may be known, or publish the edition 'overleg' to the parties only.",
            )


def alone_in_a_time(data: Data) -> Iterator[Finding]:
    """Yield a finding for each year or half-year in which a confidential project books alone in its pillar (Art. 10.1).

    What the public edition adds up of that time is then its amount. A half-year is named where its year is not.
    """
    bookings, projects = data.tables.financien.dropna(subset=["project_id", "datum", "pijler"]), data.tables.projecten
    if data.note is not None or not data.sound("financien", "projecten"):
        return
    hidden = frozenset(projects.loc[projects["vertrouwelijk"], "project_id"])
    named = set()
    year, half = bookings["datum"].dt.year, (bookings["datum"].dt.month > 6).map({False: "-06-30", True: "-12-31"})
    for time in (year.astype(str), year.astype(str) + half):
        for (pillar, when), own in bookings.groupby(["pijler", time]):
            ids = set(own["project_id"])
            if len(ids) > 1 or not ids <= hidden or (pillar, when[:4]) in named:
                continue
            named.add((pillar, when))
            line = data.deal.line_names().get(str(pillar), str(pillar))
            (project,) = ids
            yield finding(
                data.file("financien"), own.index[0], "project_id", project, "hidden_alone", line=line, time=when
            )


def pooled(frame: pd.DataFrame, data: Data, view: View) -> pd.DataFrame:
    """Return bookings as the edition may show them: the withheld ones as one row for each line, year and kind.

    Such a row has no project, financier, date of its own or remark; its date is the end of the year, or the reference
    date. Its row number and its booking number are the same in every report.
    """
    import pandas as pd

    together = hidden_projects(data, view) | companions(data, view)
    if not together:
        return frame
    withheld = frame[frame["project_id"].isin(together)]
    if withheld.empty:
        return frame
    lines = list(data.deal.line_names())
    rows = {}
    for (pillar, year, kind), cell in withheld.groupby(["pijler", withheld["datum"].dt.year, "soort"]):
        place = (lines.index(pillar) * 2 + (kind == "gerealiseerd")) * 100 + year % 100
        rows[FIRST_ROW + place] = {
            "boeking_id": f"{NUMBER}{place:05d}",
            "datum": min(pd.Timestamp(year, 12, 31), pd.Timestamp(view.reference_date)),
            "pijler": pillar,
            "soort": kind,
            "bedrag": cell["bedrag"].sum(),
            "bron": " · ".join(sorted(set(cell["bron"].dropna()))) or None,
        }
    made = pd.DataFrame.from_dict(rows, orient="index").reindex(columns=frame.columns).astype(frame.dtypes)
    return pd.concat([frame.drop(withheld.index), made.sort_index()]).rename_axis(frame.index.name)


def _known(data: Data, view: View) -> pd.DataFrame:
    bookings = data.tables.financien
    return bookings[bookings["datum"].dt.date <= view.reference_date]
