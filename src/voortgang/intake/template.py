"""Write the workbook that a party fills in."""

from __future__ import annotations

from datetime import date
from io import BytesIO
from math import ceil
from pathlib import Path
from typing import Any

import pandas as pd
from openpyxl import Workbook
from openpyxl.comments import Comment
from openpyxl.styles import Alignment, Border, PatternFill, Protection, Side
from openpyxl.styles import Font as _Font
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.datavalidation import DataValidation
from openpyxl.worksheet.table import Table

from voortgang.check.data import Data
from voortgang.check.references import known_values
from voortgang.intake import layout, memory, numbers
from voortgang.intake.names import TITLES, Names
from voortgang.intake.values import as_seen
from voortgang.workspace import schema
from voortgang.workspace.deal import Deal
from voortgang.workspace.deal_parts import Indicator, Party
from voortgang.workspace.paths import Period, last_day, year_of
from voortgang.writing import archive, dutch
from voortgang.writing.files import write_files
from voortgang.writing.spreadsheet import put_text

BLUE, INPUT, LOCKED = "123F60", "FFF8E1", "F1F4F6"
_WIDTHS = {
    "indicator_id": 25,
    "thema": 19,
    "cross_over": 22,
    "sectoren": 30,
    "toelichting": 46,
    "opmerking": 36,
    "naam": 38,
    "Omschrijving": 46,
    "Project": 38,
    "gemeenten": 34,
    "gebeurtenis": 38,
    "oorzaak": 34,
    "maatregel": 38,
    "mijlpaal": 44,
    "omschrijving": 46,
    "partners": 34,
    "gedaan": 46,
    "vervolg": 46,
}

_FORMATS = {"date": "DD-MM-YYYY", "integer": "#,##0", "number": "General"}
Row = dict[str, Any]


def font(**options: Any) -> _Font:
    """Return a font of the workbook's own typeface; openpyxl leaves the name open."""
    return _Font(name="Calibri", **options)


def write_template(data: Data, party: Party, of: Period, target: Path) -> None:
    """Write a party's workbook for a period over what stands at `target`; `template` says what is in it."""
    write_files({target: template(data, party, of)}, replace=True)


def template(data: Data, party: Party, of: Period) -> bytes:
    """Return a party's workbook for a period: its projects, indicators, bookings and contributions filled in.

    Parameters
    ----------
    data
        The covenant and the tables.
    party
        Who fills it in.
    of
        Reporting year, or the day up to which a half-year report goes.
    """
    book = Workbook()
    names = Names(data.deal)
    _cover(book.active, data.deal, names.by_id["parties"][party.id], of)
    lists = book.create_sheet(layout.LISTS)
    places = _lists(lists, data, names)
    sent = memory.Memory()
    for sheet in layout.sheets():
        page = book.create_sheet(sheet.title, index=len(book.sheetnames) - 1)
        filled = rows(sheet, data, party, of)
        _page(page, sheet, filled, places, names)
        columns = [(column.heading, column.field) for column in sheet.columns]
        sent.notes |= {as_seen(cell.comment.text) for cell in page[layout.HEADING_ROW] if cell.comment}
        for row in filled:
            sent.add(sheet.table, memory.sent_row(sheet.table, columns, row, known="_asked" not in row))
        if sheet.table in numbers.NUMBERED:
            sent.offers[sheet.title] = offer = _offer(data, sheet.table, party)
            put_text(page.cell(layout.OFFER_ROW, 1), offer).font = font(italic=True)
    for title in (layout.COVER, layout.LISTS):
        filled_cells = (cell for line in book[title].iter_rows() for cell in line if cell.value is not None)
        sent.cells |= {(title, cell.coordinate): str(cell.value) for cell in filled_cells}
    memory.write(book, sent)
    book.properties.title = f"{data.deal.name}: opgave {party.short} {of}"
    book.properties.language = "nl"
    content = BytesIO()
    book.save(content)
    return archive.without_times(content.getvalue())


def _offer(data: Data, table: str, party: Party) -> str:
    """Return the sentence that gives the party numbers of its own."""
    known = getattr(data.tables, table)[numbers.NUMBERED[table]].dropna()
    first, *others = numbers.free(table, known, data.deal, party.id)
    return f"Nieuwe nummers van {party.short} beginnen bij {first}, daarna {', '.join(others)}, enzovoort."


def _cover(page: Any, deal: Deal, party: str, of: Period) -> None:
    page.title = layout.COVER
    is_half, day = isinstance(of, str), dutch.long_date(last_day(of))
    report = f"het verslag van {day}" if is_half else f"de voortgangsrapportage {of}"
    put_text(page["A1"], f"Opgave voor {report}").font = font(size=16, bold=True, color=BLUE)
    put_text(page[layout.COVER_DEAL], deal.name)
    answers = {"Partij": party, "Verslagjaar": str(of), "Sjabloon": layout.VERSION}
    for label, place in layout.COVER_CELLS.items():
        shown = "Peildatum" if is_half and label == "Verslagjaar" else label
        put_text(page[f"A{place[1:]}"], shown).font = font(bold=True)
        put_text(page[place], answers[label])
    lines = (
        "Hoe vult u dit in?",
        "1. Elk blad is een tabel. Gele cellen vult u in; grijze cellen staan vast.",
        "2. Kies waar een lijst staat een waarde uit die lijst. Een cel met een rood hoekje heeft uitleg.",
        "3. Bedragen zijn hele euro's. Datums schrijft u als 31-12-2021.",
        "4. Is er geen cijfer, laat de cel dan leeg. Schrijf waarom in de kolom Opmerking.",
        "5. Voeg geen kolommen of bladen toe en verberg niets. Wat u elders typt, komt als vraag bij u terug.",
        "6. Bewaar het bestand als .xlsx en mail het terug naar het programmabureau.",
    )
    for row, line in enumerate(lines, start=8):
        put_text(page.cell(row, 1), line).font = font(bold=row == 8)
    page.column_dimensions["A"].width, page.column_dimensions["B"].width = 24, 34
    page.protection.sheet = True


def _lists(page: Any, data: Data, names: Names) -> dict[str, str]:
    """Write the lists that cells choose from, and return the range of each by its name."""
    lists = {name: list(names.by_id[name].values()) for name in TITLES}
    lists["projecten.project_id"] = list(known_values(data, "projecten.project_id"))
    places = {}
    for column, (name, known) in enumerate(lists.items(), start=1):
        values = sorted(known, key=str.casefold)
        letter = get_column_letter(column)
        put_text(page.cell(1, column), TITLES.get(name, "Projectnummers")).font = font(bold=True)
        for row, value in enumerate(values, start=2):
            put_text(page.cell(row, column), value)
        page.column_dimensions[letter].width = 24
        places[name] = f"{layout.LISTS}!${letter}$2:${letter}${len(values) + 1}"
    page.protection.sheet = True
    return places


def _page(page: Any, sheet: layout.Sheet, rows: list[Row], places: dict[str, str], names: Names) -> None:
    put_text(page.cell(layout.TITLE_ROW, 1), sheet.title).font = font(size=14, bold=True, color=BLUE)
    put_text(page.cell(layout.EXPLANATION_ROW, 1), sheet.explanation)
    line = Side(style="thin", color="C3CCD3")
    table = schema.table(sheet.table)
    last = layout.FIRST_ROW + len(rows) + sheet.spare - 1
    for column, each in enumerate(sheet.columns, start=1):
        heading = put_text(page.cell(layout.HEADING_ROW, column), each.heading)
        heading.font, heading.fill = font(bold=True, color="FFFFFF"), PatternFill("solid", fgColor=BLUE)
        heading.alignment = Alignment(wrap_text=True, vertical="center")
        field = table.field(each.field) if each.field else None
        if field is not None:
            heading.comment = Comment(field.description, "voortgang", width=320, height=90)
        page.column_dimensions[get_column_letter(column)].width = _WIDTHS.get(
            each.field or each.heading, max(14, len(each.heading) + 5)
        )
        for row in range(layout.FIRST_ROW, last + 1):
            values = rows[row - layout.FIRST_ROW] if row - layout.FIRST_ROW < len(rows) else {}
            spare = not values
            cell = page.cell(row, column)
            locked = each.locked and not (spare and each.field)
            value = values.get(each.field or each.heading)
            _fill(cell, names.shown(value, field) if field and isinstance(value, str) else value, field)
            cell.fill = PatternFill("solid", fgColor=LOCKED if locked else INPUT)
            cell.protection = Protection(locked=locked)
            cell.border = Border(bottom=line)
            cell.alignment = Alignment(
                vertical="top",
                horizontal="left" if field is not None and field.type == "date" else None,
                wrap_text=(each.field or each.heading) in _WIDTHS,
            )
        if field is not None and not (each.locked and not sheet.spare) and last >= layout.FIRST_ROW:
            _validate(page, field, get_column_letter(column), last, places)
    for row, values in enumerate(rows, start=layout.FIRST_ROW):
        # Spreadsheet programs differ in whether they make a row fit wrapped text; this one is measured.
        lines = [ceil(len(str(values.get(name, ""))) * 1.1 / width) for name, width in _WIDTHS.items()]
        page.row_dimensions[row].height = 15 * max(1, *lines)
    page.freeze_panes = page.cell(layout.FIRST_ROW, 2)
    page.row_dimensions[layout.HEADING_ROW].height = 32
    if sheet.spare:
        # A table grows with what is typed below it, but not on a protected sheet.
        reference = f"A{layout.HEADING_ROW}:{get_column_letter(len(sheet.columns))}{last}"
        page.add_table(Table(displayName=f"tabel_{sheet.table}", ref=reference))
    else:
        page.protection.sheet = True
        page.protection.formatColumns = page.protection.formatRows = False
    page.print_title_rows = f"{layout.HEADING_ROW}:{layout.HEADING_ROW}"
    page.page_setup.orientation, page.page_setup.fitToWidth, page.page_setup.fitToHeight = "landscape", 1, 0
    page.sheet_properties.pageSetUpPr.fitToPage = True


def _fill(cell: Any, value: Any, field: schema.Field | None) -> None:
    cell.number_format = _FORMATS.get(field.type if field else "", "@")
    if isinstance(value, str):
        put_text(cell, value)
    elif not pd.isna(value):
        cell.value = value


def _validate(page: Any, field: schema.Field, letter: str, last: int, places: dict[str, str]) -> None:
    """Add a drop-down list or an input check to a column; the message says what is expected."""
    choices = field.constraints.enum or (*field.true_values, *field.false_values)
    if choices:
        check = DataValidation(type="list", formula1=f'"{",".join(choices)}"', allow_blank=True)
    elif field.refers_to in places and not field.separator:
        check = DataValidation(type="list", formula1=f"={places[field.refers_to]}", allow_blank=True)
    elif field.type == "date":
        check = DataValidation(type="date", operator="between", formula1="DATE(2000,1,1)", formula2="DATE(2100,12,31)")
    elif field.type == "integer":
        check = DataValidation(type="whole", operator="between", formula1="-999999999", formula2="999999999")
    elif field.type == "number":
        check = DataValidation(type="decimal", operator="between", formula1="-999999999", formula2="999999999")
    else:
        return
    check.allow_blank = True
    check.showErrorMessage = check.showInputMessage = True
    check.errorTitle, check.error = "Deze waarde past hier niet", field.description[:220]
    check.promptTitle, check.prompt = field.title[:32], field.description[:250]
    page.add_data_validation(check)
    check.add(f"{letter}{layout.FIRST_ROW}:{letter}{last}")


def rows(sheet: layout.Sheet, data: Data, party: Party, of: Period) -> list[Row]:
    """Return the rows that a sheet begins with: what is known already, or what is asked for.

    A half-year has states and measurements of its own day, beside those of its year; it has the bookings and
    contributions of the year up to that day.
    """
    masks = layout.owned(data.tables, data.deal, party, year_of(of))
    frame = getattr(data.tables, sheet.table)[masks[sheet.table]]
    day = pd.Timestamp(last_day(of))
    if "peildatum" in frame:
        of_day = frame["peildatum"] == day
        frame = frame[of_day if isinstance(of, str) else ~frame["peildatum"].isin(_halves(data, year_of(of)))]
    elif "datum" in frame:
        frame = frame[frame["datum"] <= day]
    known = [_row(line, sheet.table) for _, line in frame.iterrows()]
    if sheet.table == "voortgang":
        return _states(data, party, last_day(of), known)
    if sheet.table == "metingen":
        return _measurements(data, party, last_day(of), known)
    if sheet.table == "risicos":
        return _risks(data, party, last_day(of), known)
    if sheet.table == "mijlpalen":
        return _milestones(data, party, last_day(of), known)
    return known


def _halves(data: Data, year: int) -> list[pd.Timestamp]:
    """Return the days within a year up to which there is, or may be, a half-year report."""
    days = {f"{year}-06-30", *(each for each in data.workspace.periods() if isinstance(each, str))}
    return [pd.Timestamp(each) for each in sorted(days) if year_of(each) == year]


def _before(frame: pd.DataFrame, data: Data, day: date) -> pd.DataFrame:
    """Return what was reported in earlier years, and in this one for a half-year before the day; in order."""
    days = frame["peildatum"]
    earlier = (days.dt.year < day.year) | (days.isin(_halves(data, day.year)) & (days < pd.Timestamp(day)))
    return frame[earlier].sort_values("peildatum", kind="stable")


def _row(line: pd.Series, table: str) -> Row:
    values: Row = {}
    for field in schema.table(table).fields:
        value = line[field.name]
        if isinstance(value, tuple):
            value = ";".join(value)
        elif pd.isna(value):
            value = None
        elif isinstance(value, pd.Timestamp):
            value = value.to_pydatetime().date()
        elif field.type == "boolean":
            value = (field.true_values if value else field.false_values)[0]
        elif not isinstance(value, str):
            value = float(value) if field.type == "number" else int(value)
        values[field.name] = value
    return values


def _states(data: Data, party: Party, day: date, known: list[Row]) -> list[Row]:
    projects, states = data.tables.projecten, data.tables.voortgang
    mine = projects[(projects["penvoerder"] == party.id) & (projects["start"].dt.date <= day)]
    before = (
        states[states["verslagjaar"] == day.year - 1]
        .sort_values("peildatum")
        .drop_duplicates("project_id", keep="last")
    )
    before = before.set_index("project_id")["fase"]
    reported = {str(row["project_id"]) for row in known}
    new = [key for key in mine["project_id"] if key not in reported]
    asked = [{"_asked": True, "project_id": key, "peildatum": day} for key in new]
    names = mine.set_index("project_id")["naam"]
    return [
        row | {"Project": names.get(row["project_id"], ""), "Vorig jaar": before.get(row["project_id"], dutch.MISSING)}
        for row in sorted([*known, *asked], key=lambda row: str(row["project_id"]))
    ]


def _measurements(data: Data, party: Party, day: date, known: list[Row]) -> list[Row]:
    regional = party.id == data.deal.regional_secretariat
    reported = {(row["indicator_id"], row["gemeente"] or "", row["sector"] or "") for row in map(_without_na, known)}
    rows = []
    for indicator in data.deal.indicators:
        if indicator.sum_of:
            continue
        rows += [row for row in known if row["indicator_id"] == indicator.id]
        for place, sector in _asked_parts(data.deal, indicator, party, regional, day):
            if (indicator.id, place, sector) not in reported:
                rows.append(
                    {
                        "_asked": True,
                        "indicator_id": indicator.id,
                        "gemeente": place or None,
                        "sector": sector or None,
                        "peildatum": day,
                        "status": "definitief",
                    }
                )
    texts = {indicator.id: (indicator.name, indicator.unit) for indicator in data.deal.indicators}
    before = data.tables.metingen
    before = before[before["verslagjaar"] == day.year - 1].sort_values("peildatum")
    last = {
        (line["indicator_id"], text(line["gemeente"]), text(line["sector"])): line["waarde"]
        for _, line in before.iterrows()
    }
    for row in rows:
        row["Omschrijving"], row["Eenheid"] = texts[row["indicator_id"]]
        value = last.get((row["indicator_id"], text(row.get("gemeente")), text(row.get("sector"))))
        row["Vorig jaar"] = dutch.MISSING if value is None or pd.isna(value) else float(value)
    return rows


def _risks(data: Data, party: Party, day: date, known: list[Row]) -> list[Row]:
    """Return the risks of a party: those of the year, and of the years before what is still there, to judge anew."""
    risks = data.tables.risicos
    last = _before(risks, data, day).drop_duplicates("risico_id", keep="last").set_index("risico_id", drop=False)
    reported = {row["risico_id"] for row in known}
    open_ones = last[(last["eigenaar"] == party.id) & (last["status"] == "open") & ~last["risico_id"].isin(reported)]
    asked = [
        _row(line, "risicos") | {"_asked": True, "peildatum": day, "kans": None, "effect": None}
        for _, line in open_ones.iterrows()
    ]
    before = {number: f"{line['kans']} × {line['effect']}" for number, line in last.iterrows()}
    rows = sorted([*known, *asked], key=lambda row: (row["risico_id"], row["peildatum"]))
    return [row | {"Vorig jaar": before.get(row["risico_id"], dutch.MISSING)} for row in rows]


def _milestones(data: Data, party: Party, day: date, known: list[Row]) -> list[Row]:
    """Return the milestones of a party's projects: those of the year, and of the years before what is not reached."""
    rows, projects = data.tables.mijlpalen, data.tables.projecten
    led = set(projects.loc[projects["penvoerder"] == party.id, "project_id"])
    earlier = _before(rows[rows["project_id"].isin(led)], data, day)
    last = earlier.drop_duplicates(["project_id", "mijlpaal"], keep="last")
    reported = {(row["project_id"], row["mijlpaal"]) for row in known}
    asked = [
        _row(line, "mijlpalen") | {"_asked": True, "peildatum": day}
        for _, line in last[last["gehaald"].isna()].iterrows()
        if (line["project_id"], line["mijlpaal"]) not in reported
    ]
    return sorted([*known, *asked], key=lambda row: (row["project_id"], row["mijlpaal"], row["peildatum"]))


def _asked_parts(deal: Deal, indicator: Indicator, party: Party, regional: bool, day: date) -> list[tuple[str, str]]:
    if indicator.scope == "gemeente":  # the report counts who takes part on that day
        return [(party.id, "")] if party.kind == "gemeente" and party.takes_part(day) else []
    if not regional:
        return []
    return [("", sector.id) for sector in deal.sectors] if indicator.scope == "sector" else [("", "")]


def text(value: Any) -> str:
    """Return a text of a row; empty when it is none."""
    return value if isinstance(value, str) else ""


def _without_na(row: Row) -> Row:
    return row | {"gemeente": text(row["gemeente"]), "sector": text(row["sector"])}
