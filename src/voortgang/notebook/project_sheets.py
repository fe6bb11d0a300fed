"""A sheet for each project: what it does and for whom, its planning, lights and money over the years, what was done.

All sheets come from one cell. Where a project does not say what it does or for whom while others do, its sheet says so;
what else it does not tell is left out.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

import pandas as pd

from voortgang.notebook.deviations import missing_reason
from voortgang.notebook.display import Shown
from voortgang.notebook.facts import fact, facts_in, part, source, traced
from voortgang.notebook.finances import added_up
from voortgang.notebook.programme import LIGHTS, projects
from voortgang.notebook.publish import table, text
from voortgang.notebook.report import Report
from voortgang.writing import dutch
from voortgang.writing.publishable import Fact, Sheet, Sheets, Table, Text, quote

_KINDS = ("gecommitteerd", "gerealiseerd")

_ASKED = {"omschrijving": "wat het project doet", "doelgroep": "voor wie"}
"""What every sheet should tell, and what a sheet without it says is missing."""


def project_sheets(report: Report) -> Shown:
    """Return the sheets of all projects that started by the reference date, in the order of the table."""
    frame = projects(report)
    if frame.empty:
        return text(f"Er zijn op {report.peildatum} {report.yet}geen projecten{report.that_are_shown()}.")
    told = report.rows("projecten").set_index("project_id")
    asked = [name for name in _ASKED if told[name].notna().any()]  # a bureau may do without
    states, milestones, bookings = (_by_project(report, name) for name in ("voortgang", "mijlpalen", "financien"))
    sheets, facts = [], dict[str, Fact]()
    for number, row in frame.iterrows():
        key, own = str(number), frame.loc[[number]]
        parts: list[Text | Table] = [_about(report, own, row, told.loc[number], asked)]
        shown = [
            _planning(row, milestones.get(key)),
            _lights(row, states.get(key)),
            _money(report, own, row, bookings.get(key)),
        ]
        for each in filter(None, shown):
            for output in each.outputs:
                if isinstance(output, Fact):
                    facts[output.id] = output
                elif isinstance(output, Text | Table):
                    parts.append(output)
        facts |= {each.id: each for each in facts_in(own, ["begroot"])}
        parts += _stories(states.get(key), told.loc[number])
        sheets.append(Sheet(key=part(key).replace("_", "-"), title=row["naam"], parts=tuple(parts)))
    return Shown((Sheets(sheets=tuple(sheets)), *facts.values()))


def milestones(rows: pd.DataFrame) -> pd.DataFrame:
    """Return the milestones of one project, by the day that is planned now.

    Returns
    -------
    DataFrame
        Columns: `mijlpaal`, `eerst_gepland` (the first plan that is known), `gepland` (the last; missing where it never
        changed), `gehaald_op` (missing while it is not reached).
    """
    known = rows.sort_values("peildatum", kind="stable")
    first = known.drop_duplicates("mijlpaal").set_index("mijlpaal")["gepland"]
    last = known.drop_duplicates("mijlpaal", keep="last").set_index("mijlpaal")
    plan = last["gepland"].sort_values(kind="stable")
    first = first.reindex(plan.index)
    return pd.DataFrame(
        {
            "mijlpaal": plan.index,
            "eerst_gepland": first.to_numpy(),
            "gepland": plan.where(plan != first).to_numpy(),
            "gehaald_op": last["gehaald"].reindex(plan.index).to_numpy(),
        }
    )


def _by_project(report: Report, name: str) -> dict[str, pd.DataFrame]:
    rows = report.rows(name)
    return {str(key): own for key, own in rows.groupby("project_id")}


def _about(report: Report, own: pd.DataFrame, row: pd.Series, told: pd.Series, asked: Iterable[str]) -> Text:
    places = f" Gemeenten: {row['gemeenten']}." if row["gemeenten"] else ""
    lead = f"Penvoerder: {row['penvoerder']}.{places} {report.word.capitalize()}: {row['pijler']} ({row['thema']})."
    term = f"Looptijd: {dutch.long_date(row['start'])} tot en met {dutch.long_date(row['einde'])}."
    budget = quote(f"Begroot: {dutch.euro(row['begroot'])}.", *facts_in(own, ["begroot"]))
    named = {"doelgroep": "Voor wie", "partners": "Partners"}
    more = " ".join(f"{title}: {_sentence(said)}" for name, title in named.items() if (said := _said(told, name)))
    missing = [_ASKED[name] for name in asked if not _said(told, name)]
    lacks = f"{dutch.listing(missing).capitalize()}: niet ingevuld door {row['penvoerder']}." if missing else ""
    return Text(paragraphs=tuple(filter(None, (_said(told, "omschrijving"), f"{lead} {term} {budget}", more, lacks))))


def _planning(row: pd.Series, rows: pd.DataFrame | None) -> Shown | None:
    if rows is None:
        return None
    columns = ["mijlpaal", "eerst_gepland", "gepland", "gehaald_op"]
    return table(milestones(rows), columns, f"Mijlpalen van {row['naam']}; een streepje bij nu gepland: niet herzien")


def _lights(row: pd.Series, rows: pd.DataFrame | None) -> Shown | None:
    if rows is None:
        return None
    frame = rows.sort_values("peildatum", kind="stable")[["peildatum", "fase", "inhoud", "tijd", "geld", "toelichting"]]
    asked = (frame[["inhoud", "tijd", "geld"]] != "groen").any(axis=1) & frame["toelichting"].isna()
    frame = frame.assign(
        **{light: frame[light].map(LIGHTS) for light in ("inhoud", "tijd", "geld")},
        toelichting=frame["toelichting"].mask(asked, missing_reason(row["penvoerder"])),
    )
    if frame["toelichting"].isna().all():
        frame = frame.drop(columns="toelichting")
    return table(frame, list(frame), f"Fase en stoplichten van {row['naam']} over de jaren")


def _money(report: Report, own: pd.DataFrame, row: pd.Series, rows: pd.DataFrame | None) -> Shown:
    if pd.isna(row["gecommitteerd"]):
        return text("De bedragen van dit project zijn in deze editie alleen samen met die van andere te zien.")
    if rows is None:
        return text(f"Er is {report.yet}niets gecommitteerd of gerealiseerd.")
    number = str(own.index[0])
    booked_in = rows["datum"].dt.year.tolist()
    years = range(min(row["start"].year, *booked_in), report.year + 1)
    frame = added_up(rows, booked_in, years, list(_KINDS)).set_axis([f"{kind}_in_jaar" for kind in _KINDS], axis=1)
    frame.loc["samen"] = frame.sum()
    frame.insert(0, "jaar", ["Samen" if key == "samen" else str(key) for key in frame.index])

    def cells(year: str, line: pd.Series, column: str) -> Iterable[Fact]:
        kind = column.removesuffix("_in_jaar")
        if kind not in _KINDS:
            return ()
        if year == "samen":
            return facts_in(own, [kind])
        days = [report.day_in(each).date() for each in (int(year), int(year) - 1)]
        sources = [source(report, "financien", day, project_id=number, soort=kind) for day in days]
        key, label = f"project.{part(number)}.jaar_{kind}", f"{kind.capitalize()} in het jaar voor {row['naam']}"
        about = {"project": number}
        return fact(report, key, label, line[column], "euro", "financien", sources, about, year=int(year))

    columns = ["jaar", *(f"{kind}_in_jaar" for kind in _KINDS)]
    headings = {f"{kind}_in_jaar": kind.capitalize() for kind in _KINDS}
    return table(
        traced(frame, report, "project", cells), columns, f"Geld van {row['naam']} per jaar", headings, total=True
    )


def _stories(rows: pd.DataFrame | None, told: pd.Series) -> Iterator[Text]:
    """Yield what was done and what comes next, as the last state of the project tells it, and whom to ask."""
    last = None if rows is None else rows.sort_values("peildatum", kind="stable").iloc[-1]
    named = [("Wat is er gedaan", last, "gedaan"), ("Wat volgt", last, "vervolg"), ("Contact", told, "contact")]
    texts = [
        f"{title}: {_sentence(_said(row, name))}" for title, row, name in named if row is not None and _said(row, name)
    ]
    if texts:
        yield Text(paragraphs=tuple(texts))


def _said(row: pd.Series, name: str) -> str:
    return "" if pd.isna(row[name]) else str(row[name])


def _sentence(words: str) -> str:
    return words if words.endswith((".", "!", "?")) else f"{words}."
