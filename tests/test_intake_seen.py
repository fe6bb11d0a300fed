"""What people see in a workbook is what is read, whichever program saved it; what is no cell is named by its place."""

from __future__ import annotations

import io
import unicodedata
import zipfile
from collections.abc import Callable, Mapping, Sequence
from datetime import date, datetime, time, timedelta
from pathlib import Path
from typing import Any

import pytest
import sent_workbook
from openpyxl.cell.rich_text import CellRichText, InlineFont, TextBlock
from openpyxl.comments import Comment
from openpyxl.formatting.rule import FormatObject, IconSet, Rule
from openpyxl.styles import Font, PatternFill
from openpyxl.styles.colors import Color
from openpyxl.styles.differential import DifferentialStyle
from openpyxl.styles.numbers import NumberFormat
from openpyxl.utils.datetime import CALENDAR_MAC_1904
from openpyxl.worksheet.formula import ArrayFormula, DataTableFormula

from voortgang.check.data import Data
from voortgang.intake import dutch_csv, layout, merge, shown, template, workbook
from voortgang.intake.names import Names
from voortgang.intake.old_drawings import drawings

RELATION = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
Change = Callable[[Any], None]


@pytest.fixture(scope="module")
def data(tmp_path_factory: pytest.TempPathFactory) -> Data:
    return sent_workbook.checked(tmp_path_factory.mktemp("sent"))


def _returned(data: Data, path: Path, *changes: Change) -> merge.Merged:
    return _merged(data, sent_workbook.changed(data, path, *changes))


def _merged(data: Data, path: Path) -> merge.Merged:
    return sent_workbook.merged(data, workbook.read_workbook(path, data.deal))


def _column(page: Any, heading: str) -> int:
    return next(cell.column for cell in page[layout.HEADING_ROW] if cell.value == heading)


def _figures(*values: object, number_format: str = "General") -> Change:
    """Return a function that types figures below each other: Metingen, from G5."""

    def change(book: Any) -> None:
        page = book["Metingen"]
        for row, value in enumerate(values, start=layout.FIRST_ROW):
            cell = page.cell(row, _column(page, "Waarde"))
            cell.value, cell.number_format = value, number_format

    return change


def _some(cases: Sequence[Any]) -> list[Sequence[Any]]:
    """Return cases in groups of as many as the sheet of the figures has rows."""
    return [cases[start : start + 6] for start in range(0, len(cases), 6)]


def _part(data: Data) -> str:
    """Return the name of the sheet of the figures within its workbook."""
    return f"sheet{sent_workbook.opened(sent_workbook.sent(data)).sheetnames.index('Metingen') + 1}"


def _value(book: Any) -> Any:
    """Return the cell of a figure that was sent as 92: Metingen, G7."""
    page = book["Metingen"]
    row = next(cell.row for cell in page["A"] if cell.value == "werken-3-bedrijven")
    return page.cell(row, _column(page, "Waarde"))


def _figure(value: object, number_format: str = "General") -> Change:
    def change(book: Any) -> None:
        _value(book).value, _value(book).number_format = value, number_format

    return change


def _strike(book: Any) -> None:
    book["Voortgang"].cell(5, _column(book["Voortgang"], "Inhoud")).font = Font(strike=True)


def _strike_a_part(book: Any) -> None:
    _value(book).value = CellRichText(TextBlock(InlineFont(strike=True), "45"), TextBlock(InlineFont(), "50"))


def _day(text: str) -> Change:
    def change(book: Any) -> None:
        cell = book["Financiën"].cell(layout.FIRST_ROW, 2)
        cell.value, cell.number_format = text, "@"

    return change


def _amount(text: str) -> Change:
    def change(book: Any) -> None:
        page = book["Financiën"]
        page.cell(layout.FIRST_ROW, _column(page, "Bedrag")).value = text

    return change


def _rename(title: str) -> Change:
    def change(book: Any) -> None:
        book["Metingen"]["A1"] = None if title == "Cijfers" else book["Metingen"]["A1"].value
        book["Metingen"].title = title

    return change


def _total(book: Any) -> None:
    page = book["Financiën"]
    row = next(row for row in range(layout.FIRST_ROW, 999) if page.cell(row, 1).value is None)
    page.cell(row, 1).value, page.cell(row, _column(page, "Bedrag")).value = "Totaal", 300


def _add(sheet: str, *values: object) -> Change:
    def change(book: Any) -> None:
        page = book[sheet]
        row = next(row for row in range(layout.FIRST_ROW, 999) if page.cell(row, 1).value is None)
        for column, value in enumerate(values, start=1):
            page.cell(row, column).value = value

    return change


def _put(sheet: str, cell: str, value: object) -> Change:
    def change(book: Any) -> None:
        book[sheet][cell].value = value

    return change


def _booked(project: object = "K001", day: object = date(2022, 5, 1)) -> Change:
    return _add("Financiën", "EMM0001", day, project, "Werken", "Emmen", "gerealiseerd", 10)


def _conditional(**look: Any) -> Change:
    def change(book: Any) -> None:
        form = look.get("form")
        style = DifferentialStyle(numFmt=NumberFormat(numFmtId=200, formatCode=form)) if form else None
        icons = IconSet(iconSet="3Arrows", showValue=False, cfvo=[FormatObject("percent", val) for val in (0, 33, 67)])
        rule = (
            Rule("cellIs", dxf=style, operator="greaterThan", formula=["0"]) if form else Rule("iconSet", iconSet=icons)
        )
        book["Metingen"].conditional_formatting.add("G5:G10", rule)

    return change


def _white(book: Any) -> None:
    _value(book).font = Font(color="FFFFFFFF")


def _letters(colour: Color | str | None, ground: Color | str) -> Change:
    def change(book: Any) -> None:
        _value(book).font, _value(book).fill = Font(color=colour), PatternFill("solid", fgColor=ground)

    return change


def _typed(sheet: str, cell: str, value: object, number_format: str) -> Change:
    def change(book: Any) -> None:
        book[sheet][cell].value, book[sheet][cell].number_format = value, number_format

    return change


def _no_zeros(book: Any) -> None:
    _value(book).value = 0
    book["Metingen"].sheet_view.showZeros = False


def _no_zeros_in_words(book: Any) -> None:
    book["Voortgang"]["I5"].value = 0
    book["Voortgang"].sheet_view.showZeros = False


# What Excel makes of what somebody types in a cell that is not set to Text.
BECAME = {
    "a month that became a day": _typed("Voortgang", "I5", datetime(2022, 5, 1), "mmm-yy"),
    "a score that became a day": _typed("Voortgang", "I5", datetime(2026, 2, 1), "d-mmm"),
    "a year that became a day": _typed("Voortgang", "J5", datetime(2022, 1, 1), "yyyy"),
    "a ratio that became a time": _typed("Voortgang", "I5", time(1, 20), "h:mm"),
    "hours that became days": _typed("Voortgang", "I5", timedelta(hours=26), "[h]:mm"),
    "a milestone that became a time": _typed("Mijlpalen", "B5", time(1, 20), "h:mm"),
    "a telephone number": _typed("Voortgang", "I5", 612345678, "0000000000"),
    "noughts before a number": _typed("Voortgang", "I5", 1, "0000"),
    "a rounded percentage": _typed("Voortgang", "I5", 0.126, "0%"),
    "a text that is not shown": _typed("Voortgang", "I5", "geheim", ";;;"),
    "another light in its place": _typed("Voortgang", "F5", "rood", ';;;"groen"'),
    "a word before a text": _typed("Voortgang", "I5", "akkoord", '"niet "@'),
    "a number as a text that is not shown": _typed("Metingen", "G7", "95", ";;;"),
    "a booking in a month": _typed("Financiën", "B5", datetime(2022, 3, 31), "mmm-yy"),
    "a day without its year": _typed("Mijlpalen", "D5", datetime(2022, 9, 30), "d-mmm"),
    "a day of the week": _typed("Projecten", "H5", datetime(2019, 10, 1), "dddd mmmm yyyy"),
    "another day in its place": _typed("Projecten", "H5", datetime(2019, 10, 1), '"31-12-2018 "d-m-y'),
    "a zero on a sheet that shows none": _no_zeros,
    "a zero for a text on a sheet that shows none": _no_zeros_in_words,
}
GROUND = {
    "black on black": _letters("FF000000", "FF000000"),
    "no colour on black": _letters(None, "FF000000"),
    "no colour on the black of a theme": _letters(None, Color(theme=1)),
    "dark blue on dark blue": _letters("FF123F60", "FF133E61"),
    "a colour of a theme on itself": _letters(Color(theme=4, tint=0.4), Color(theme=4, tint=0.4)),
    "white on the light grey of a theme": _letters(Color(theme=0), Color(theme=0, tint=-0.1)),
    "yellow by its number": _letters(Color(indexed=5), Color(indexed=13)),
}
ASKED = {
    **{name: (change, "shown_otherwise") for name, change in BECAME.items()},
    **{name: (change, "white_letters") for name, change in GROUND.items()},
    "another form under a condition": (_conditional(form='"goed"'), "shown_otherwise"),
    "an icon in its place": (_conditional(), "shown_otherwise"),
    "white letters": (_white, "white_letters"),
    "white letters by the format": (_figure(5, "[White]0"), "shown_otherwise"),
    "a whole number for one with a fraction": (_figure(12.6, "0"), "shown_otherwise"),
    "a third for less": (_figure(12.345, "# ?/?"), "shown_otherwise"),
    "a hyphen between the digits": (_figure(2022, "0000-00"), "shown_otherwise"),
    "a point between the digits": (_figure(12, r"0\.0"), "shown_otherwise"),
    "hours and minutes": (_figure(130, r"0\:00"), "shown_otherwise"),
    "euros of businesses": (_figure("€ 95"), "money"),
    "euros of businesses by the format": (_figure(95, '"€" #,##0'), "money"),
    "a project in small letters": (_booked("k001"), "unknown_value"),
    "a project with its name": (_booked("K001 Greenwise Campus"), "unknown_value"),
    "a project as a number": (_booked(1), "unknown_value"),
    "a state of no project": (_put("Voortgang", "A5", "K-001"), "unknown_value"),
    "an indicator in capitals": (_put("Metingen", "A7", "Werken-3-bedrijven"), "unknown_value"),
    "a day of last year": (_booked(day=date(2021, 5, 1)), "other_year"),
    "a day of long ago": (_booked(day="1-1-1899"), "other_year"),
    "a measurement on the day of last year's": (_put("Metingen", "H7", date(2021, 12, 31)), "other_year"),
    "another year on the cover": (_put("Uitleg", "B5", "2023"), "cover_changed"),
    "another party on the cover": (_put("Uitleg", "B4", "Coevorden"), "cover_changed"),
    "dollars": (_figure(5, "[$$-409]#,##0"), "shown_otherwise"),
    "pounds": (_figure(5, '"£"#,##0'), "shown_otherwise"),
    "nothing at all": (_figure(5, ";;;"), "shown_otherwise"),
    "no zero": (_figure(0, "0;-0;;@"), "shown_otherwise"),
    "thousandths": (_figure(5, '0"‰"'), "shown_otherwise"),
    "noughts of its own": (_figure(5, '0"00"'), "shown_otherwise"),
    "thousands under a condition": (_figure(5000, "[>1000]#,##0,;0"), "shown_otherwise"),
    "a percent sign as a word": (_figure(12, '0"%"'), "percent"),
    "one thousand or one": (_figure("1.625"), "two_numbers"),
    "one thousand or one, of whole euros": (_amount("1,000"), "two_numbers"),
    "March or April": (_day("03/04/2022"), "two_days"),
    "the month first": (_day("12-31-2022"), "month_first"),
    "the month first, with dots": (_day("12.31.2022"), "month_first"),
    "another name of the sheet": (_rename("Cijfers"), "sheet_renamed"),
    "a copy of the sheet, without the first": (_rename("Metingen (2)"), "sheet_renamed"),
    "a name in lower case": (_rename("metingen"), "sheet_renamed"),
    "no sheet": (lambda book: book.remove(book["Metingen"]), "sheet_missing"),
    "a total below": (_total, "row_total"),
    "a light struck out": (_strike, "struck_out"),
    "a figure struck out in part": (_strike_a_part, "struck_out"),
}


@pytest.mark.sampled(20)
@pytest.mark.parametrize("case", ASKED)
def test_what_a_cell_does_not_show_plainly_is_asked(case: str, data: Data, tmp_path: Path) -> None:
    change, rule = ASKED[case]
    merged = _returned(data, tmp_path / "a.xlsx", change)
    assert [each.rule for each in merged.findings] == [rule] and not merged.changes


UNSEEN: dict[str, tuple[Change, str]] = {
    "Projecten": (lambda page: setattr(page.row_dimensions[7], "height", 1), "rij 7 op"),
    "Voortgang": (lambda page: page.row_dimensions.group(6, 8, hidden=True), "rij 6-8 op"),
    "Financiën": (lambda page: [setattr(page.row_dimensions[row], "hidden", True) for row in (5, 6, 9)], "rij 5-6, 9"),
    "Metingen": (lambda page: setattr(page.column_dimensions["G"], "width", 0.1), "kolom G op"),
}


def test_all_that_nobody_sees_of_a_sheet_is_one_warning(data: Data, tmp_path: Path) -> None:
    def change(book: Any) -> None:
        for sheet, (hide, _) in UNSEEN.items():
            hide(book[sheet])

    found = _returned(data, tmp_path / "a.xlsx", change).findings
    assert {each.rule for each in found} == {"hidden"} and len(found) == len(UNSEEN)
    for each in found:
        assert each.message("nl").what.startswith(UNSEEN[each.cell.partition(" › ")[0]][1])


def test_headings_that_stand_once_more_are_passed_over(data: Data, tmp_path: Path) -> None:
    def change(book: Any) -> None:
        page = book["Metingen"]
        page.insert_rows(8)
        for cell in page[layout.HEADING_ROW]:
            page.cell(8, cell.column).value = cell.value

    merged = _returned(data, tmp_path / "a.xlsx", change)
    assert not merged.findings and not merged.changes


def test_a_workbook_is_sent_where_a_figure_is_not_known(data: Data, tmp_path: Path) -> None:
    unknown = data.tables.metingen[data.tables.metingen["waarde"].isna() & data.tables.metingen["gemeente"].isna()]
    assert len(unknown)
    party = next(each for each in data.deal.parties if each.id == data.deal.regional_secretariat)
    template.write_template(data, party, int(unknown["verslagjaar"].iloc[0]), tmp_path / "a.xlsx")
    merged = _merged(data, tmp_path / "a.xlsx")
    assert not merged.findings and not merged.changes


def test_a_new_project_comes_with_its_state_bookings_and_milestones(data: Data, tmp_path: Path) -> None:
    start, end, day = date(2022, 1, 1), date(2023, 1, 1), date(2022, 12, 31)
    place = ("Werken", "Innoveren", "Emmen", "Emmen", "HTSM", start, end, 50_000, None, "nee")
    merged = _returned(
        data,
        tmp_path / "a.xlsx",
        _add("Projecten", "EMM001", "Nieuw", *place),
        _booked("EMM001"),
        _add("Voortgang", "EMM001", "Nieuw", None, day, "uitvoering", "groen", "groen", "groen"),
        _add("Mijlpalen", "EMM001", "Opening", day, end),
    )
    assert merged.sound and sorted(each.table for each in merged.changes) == [
        "financien",
        "mijlpalen",
        "projecten",
        "voortgang",
    ]


@pytest.mark.parametrize(
    ("row", "rule", "cell"),
    [
        ("werken-3-bedrijven;2022;Emmen;;95;31-12-2022;definitief;", "", ""),
        ("werken-3-bedrijven;2022;EMMEN;;95;2022-12-31 00:00:00;definitief;", "", ""),
        ("werken-3-bedrijven;2022;Emmen;;95;31-12-2022 0:00;definitief;https://x.nl/a?b=1", "", ""),
        ("werken-3-bedrijf;2022;Emmen;;95;31-12-2022;definitief;", "unknown_value", "Indicator"),
        ("werken-3-bedrijven;2022;Emmn;;95;31-12-2022;definitief;", "unknown_value", "Gemeente"),
        ("werken-3-bedrijven;2022;Emmen;NULL;95;31-12-2022;definitief;", "unknown_value", "Sector"),
        ("werken-3-bedrijven;2022;Emmen;;95;31-12-2022;definitief;NaN", "word_for_empty", "Opmerking"),
        ("werken-3-bedrijven;2022;Emmen;;95;31-12-2022;definitief;re?le groei", "lost_letters", "Opmerking"),
        ("werken-3-bedrijven;2022;Emmen;;95;31-12-2022;definitief;re\ufffdle groei", "lost_letters", "Opmerking"),
        ("werken-3-bedrijven;2022;Emmen;;95;31-12-2022 9:30;definitief;", "not_date", "Peildatum"),
    ],
)
def test_a_csv_file_is_read_as_a_workbook_is(row: str, rule: str, cell: str, data: Data, tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_text(f"Indicator;Verslagjaar;Gemeente;Sector;Waarde;Peildatum;Status;Opmerking\n{row}\n", "utf-8")
    merged = sent_workbook.merged(data, dutch_csv.read_csv(path, names=Names(data.deal)))
    errors = [(each.rule, each.cell) for each in merged.findings if each.severity == "error"]
    assert errors == [(rule, f"rij 2, kolom {cell}")] * bool(rule)
    assert {(each.kind, each.key[2]) for each in merged.changes} == (set() if rule else {("changed", "emmen")})


def test_the_name_of_the_party_may_be_typed_again(data: Data, tmp_path: Path) -> None:
    assert not _returned(data, tmp_path / "a.xlsx", _put("Uitleg", "B4", "emmen ")).findings


@pytest.mark.parametrize(
    ("number_format", "value", "expected"),
    [
        ("General;[Red]-General", -3, "plain"),
        ('_-* #,##0.00\\ "€"_-;\\-* #,##0.00\\ "€"_-;_-* "-"??\\ "€"_-;_-@_-', 0, "plain"),
        ("[$€-413]\\ #,##0;[Red][$€-413]\\ \\-#,##0", -3, "plain"),
        ("[Green][>5]0;[Red]0", 3, "plain"),
        ("#,##0_);(#,##0)", -2, "plain"),
        ("[Red]0%", 0.1, "percent"),
        ("0%%", 1, "otherwise"),
        (r"#,##0\ _€;\-#,##0\ _€", 5, "plain"),
        (r"#\ ##0", 1234, "plain"),
        ("# ?/8", 0.375, "plain"),
        ("##0.0E+0", 5, "plain"),
        ("GENERAL", 12.5, "plain"),
        ("general;[Red]-general", -3, "plain"),
    ],
)
def test_formats_that_spreadsheet_programs_offer_are_known(number_format: str, value: float, expected: str) -> None:
    assert shown.reading(number_format, value) == expected


ONE_READING = {
    "1.094,5": "1094.5",
    "0,625": "0.625",
    "1.250.000": "1250000",
    "12 345,5": "12345.5",
    "12\u00a0345": "12345",
    "1\u2009234\u2009567": "1234567",
    "12'345": "12345",
    "\u22125": "-5",
    "007": "7",
}


def test_a_text_with_one_reading_is_that_number(data: Data, tmp_path: Path) -> None:
    for texts in _some([*ONE_READING]):
        merged = sent_workbook.read(data, tmp_path / "a.xlsx", _figures(*texts))
        read = sent_workbook.texts(merged, "Metingen", "waarde")
        assert [read[f"G{row}"] for row in range(5, 5 + len(texts))] == [ONE_READING[text] for text in texts]
        assert not merged.findings
    assert [each.new for each in _returned(data, tmp_path / "b.xlsx", _figure("1.094,5")).changes] == ["1094.5"]


NO_NUMBERS = ["12 34", "1 234'567", "5 000 ca.", "1234-", "(1.234)", "12,5 st", "1e3", "\u00bd"]


def test_a_text_that_is_no_number_is_quoted_as_it_was_typed(data: Data, tmp_path: Path) -> None:
    for texts in _some(NO_NUMBERS):
        found = _returned(data, tmp_path / "a.xlsx", _figures(*texts)).findings
        assert [(each.rule, each.value) for each in found] == [("not_number", text) for text in texts]


def test_a_cell_that_is_refused_is_quoted_as_it_was_typed(data: Data, tmp_path: Path) -> None:
    typed = {"1.234,50": "1.234,50", 1234.5: "1234,5", date(2022, 5, 1): "01-05-2022"}

    def book(workbook: Any) -> None:
        page = workbook["Financiën"]
        for row, value in enumerate(typed, start=5):
            page.cell(row, _column(page, "Bedrag")).value = value

    merged = _returned(data, tmp_path / "a.xlsx", book)
    assert [each.value for each in merged.findings if each.rule == "not_integer"] == [*typed.values()]


def test_a_number_in_a_remark_is_what_the_cell_shows(data: Data, tmp_path: Path) -> None:
    cases = ((0.5, "0%", "50%"), (12.5, "General", "12,5"), (3, "0", "3"), (1500, '"€" 0', "€ 1500"))

    def remark(book: Any) -> None:
        page = book["Voortgang"]
        for row, (value, number_format, _) in enumerate(cases, start=5):
            cell = page.cell(row, _column(page, "Toelichting"))
            cell.value, cell.number_format = value, number_format

    changes = _returned(data, tmp_path / "a.xlsx", remark).changes
    assert sorted(each.new for each in changes) == sorted(text for *_, text in cases)


def test_what_is_named_twice_in_a_list_counts_once(data: Data, tmp_path: Path) -> None:
    twice = _put("Projecten", "F5", "Emmen; emmen;Emmen")
    assert data.tables.projecten["gemeenten"].iloc[0] == ("emmen",)
    assert not _returned(data, tmp_path / "a.xlsx", twice).changes


def test_headings_may_move_and_a_different_one_is_named_with_the_right_one(data: Data, tmp_path: Path) -> None:
    def above(book: Any) -> None:
        book["Metingen"].insert_rows(1)

    def typed(text: str) -> Change:
        return lambda book: setattr(book["Metingen"].cell(4, _column(book["Metingen"], "Waarde")), "value", text)

    for change in (above, typed(" waarde ")):
        merged = _returned(data, tmp_path / "a.xlsx", change)
        assert not merged.findings and not merged.changes
    for text in ("Waarde 2022", "Aantal"):
        (found,) = _returned(data, tmp_path / "a.xlsx", typed(text)).findings
        assert (found.rule, found.value) == ("heading_differs", text)
        assert found.message("nl").expected == "Waarde" and "Metingen › G4" in found.where


def test_every_hidden_column_of_a_group_is_named(data: Data, tmp_path: Path) -> None:
    (found,) = _returned(
        data, tmp_path / "a.xlsx", lambda book: book["Metingen"].column_dimensions.group("F", "I", hidden=True)
    ).findings
    assert "kolom F tot en met I" in found.message("nl").what
    beyond = lambda book: book["Metingen"].column_dimensions.group("Z", "AB", hidden=True)  # noqa: E731
    assert not _returned(data, tmp_path / "b.xlsx", beyond).findings


def test_what_a_party_writes_in_our_own_note_is_read(data: Data, tmp_path: Path) -> None:
    def ours(author: str, text: str = "") -> Change:
        def change(book: Any) -> None:
            for page in book.worksheets:
                for cell in page[layout.HEADING_ROW]:
                    if cell.comment:
                        cell.comment = Comment(cell.comment.text, author)
            if text:
                book["Metingen"].cell(4, 7).comment = Comment(text, author)

        return change

    assert not _returned(data, tmp_path / "a.xlsx", ours("")).findings  # LibreOffice forgets who wrote a note
    (found,) = _returned(data, tmp_path / "b.xlsx", ours("voortgang", "Wij tellen anders")).findings
    assert found.rule == "note" and "Wij tellen anders" in found.message("nl").what


def test_colours_that_a_reader_can_tell_apart_ask_nothing(data: Data, tmp_path: Path) -> None:
    looks = (("FFFFFFFF", "FF123F60"), (None, "FFFFFF00"), ("FFC00000", "FFFFC7CE"), (None, "FFF2F2F2"))

    def change(book: Any) -> None:
        for row, (colour, ground) in enumerate(looks, start=5):
            cell = book["Metingen"].cell(row, _column(book["Metingen"], "Waarde"))
            cell.font, cell.fill = Font(color=colour), PatternFill("solid", fgColor=ground)

    assert not _returned(data, tmp_path / "a.xlsx", change).findings


@pytest.mark.parametrize(
    "titles", [("Metingen ", unicodedata.normalize("NFD", "Financiën"), " Uitleg"), ("Metingen\u00a0",)]
)
def test_the_name_of_a_sheet_that_looks_the_same_is_the_same(
    titles: tuple[str, ...], data: Data, tmp_path: Path
) -> None:
    def change(book: Any) -> None:
        _value(book).value = 95
        for title in titles:
            book[unicodedata.normalize("NFC", title).strip()].title = title

    merged = _returned(data, tmp_path / "a.xlsx", change)
    assert not merged.findings and [each.new for each in merged.changes] == ["95"]


def test_a_percentage_that_is_rounded_is_asked_about(data: Data, tmp_path: Path) -> None:
    cases = ((0.126, "0%", ""), (0.126, "0.0%", "12.6"), (0.12, "0%", "12"), (12.6, '0"%"', ""), (0.07, "0%", "7"))
    looks = (_typed("Metingen", f"G{row}", value, form) for row, (value, form, _) in enumerate(cases, layout.FIRST_ROW))
    path = sent_workbook.changed(data, tmp_path / "a.xlsx", *looks)
    units = dict.fromkeys((each.id for each in data.deal.indicators), "% van de bedrijven")
    read = workbook.read_workbook(path, data.deal, units)
    found = {each.cell: each.rule for each in read.findings if each.rule != "empty_cell"}
    places = {f"G{row}": stored for row, (*_, stored) in enumerate(cases, layout.FIRST_ROW)}
    assert sent_workbook.texts(read, "Metingen", "waarde").items() >= places.items()
    assert found == {f"Metingen › {place}": "shown_otherwise" for place, stored in places.items() if not stored}


@pytest.mark.parametrize("number", [b"1E400", b"-1.0E999"])
def test_a_number_that_no_program_holds_is_an_error(number: bytes, data: Data, tmp_path: Path) -> None:
    places = [("Metingen", "G7"), ("Financiën", "G5"), ("Voortgang", "I5"), ("Financiën", "B5")]
    sent_workbook.changed(data, tmp_path / "a.xlsx", *(_typed(*place, 123456, "General") for place in places))
    changed = lambda name, part: part.replace(b"<v>123456</v>", b"<v>" + number + b"</v>")  # noqa: E731
    found = _merged(data, _rewritten(tmp_path / "a.xlsx", tmp_path / "b.xlsx", changed)).findings
    assert {(each.rule, each.cell) for each in found} == {("error_cell", " › ".join(place)) for place in places}
    assert len(found) == len(places)


@pytest.mark.parametrize(
    ("formula", "typed"),
    [
        (ArrayFormula("A1", "=SUM(B1:B2)"), "=SUM(B1:B2)"),
        (ArrayFormula("A1", None), "="),
        (DataTableFormula("A1", r1="B1"), "=TABLE(B1)"),
    ],
)
def test_a_formula_is_shown_as_it_was_typed(formula: Any, typed: str, data: Data, tmp_path: Path) -> None:
    places = [("Metingen", "G7"), ("Metingen", "N6"), ("Uitleg", "D9"), ("Blad1", "A1"), ("Voortgang", "I5")]

    def change(book: Any) -> None:
        for sheet, cell in places:
            (book[sheet] if sheet in book.sheetnames else book.create_sheet(sheet))[cell] = formula

    found = _returned(data, tmp_path / "a.xlsx", change).findings
    assert {(each.cell, each.value) for each in found} == {(" › ".join(place), typed) for place in places}
    assert len(found) == len(places)


_NEWER = (
    '<extLst><ext uri="{78C0D931-6437-407d-A8EE-F0AAD7539E65}" '
    'xmlns:x14="http://schemas.microsoft.com/office/spreadsheetml/2009/9/main"><x14:conditionalFormattings>'
    '<x14:conditionalFormatting xmlns:xm="http://schemas.microsoft.com/office/excel/2006/main"><x14:cfRule %s '
    'priority="1">%s</x14:cfRule><xm:sqref>%s</xm:sqref></x14:conditionalFormatting>'
    "</x14:conditionalFormattings></ext></extLst></worksheet>"
)
_STARS = '<x14:iconSet iconSet="3Stars" %s><x14:cfvo type="percent"><xm:f>0</xm:f></x14:cfvo></x14:iconSet>'


@pytest.mark.parametrize(
    ("kind", "rule", "place", "asked"),
    [
        ("iconSet", _STARS % 'showValue="0"', "G5:G10", ["shown_otherwise"]),
        ("iconSet", _STARS % 'showValue="0"', "J5:J10", []),
        ("iconSet", _STARS % "", "G5:G10", []),
        ("dataBar", '<x14:dataBar showValue="false"/>', "A1:A2 G7", ["shown_otherwise"]),
        (
            "expression",
            '<x14:dxf><numFmt numFmtId="200" formatCode="&quot;goed&quot;"/></x14:dxf>',
            "G7",
            ["shown_otherwise"],
        ),
        ("expression", '<x14:dxf><numFmt numFmtId="200" formatCode="#,##0"/></x14:dxf>', "G7", []),
        ("iconSet", _STARS % 'showValue="0"', "hier", ["damaged"]),
    ],
)
def test_conditional_formats_of_after_2010_are_read(
    kind: str, rule: str, place: str, asked: list[str], data: Data, tmp_path: Path
) -> None:
    changed, end = f"xl/worksheets/{_part(data)}.xml", (_NEWER % (f'type="{kind}"', rule, place)).encode()

    def change(name: str, part: bytes) -> bytes:
        return part.replace(b"</worksheet>", end) if name == changed else part

    merged = _merged(data, _rewritten(sent_workbook.sent(data), tmp_path / "b.xlsx", change))
    assert [each.rule for each in merged.findings] == asked


def test_headers_and_properties_are_read_and_page_numbers_are_not(data: Data, tmp_path: Path) -> None:
    def write(book: Any) -> None:
        book["Metingen"].oddHeader.center.text = "CONCEPT, niet gebruiken"
        book["Metingen"].oddFooter.left.text = "Pagina &P van &N"
        book.properties.description = "bel ons eerst"

    texts = [each.message("nl").what for each in _returned(data, tmp_path / "a.xlsx", write).findings]
    assert len(texts) == 2 and "CONCEPT, niet gebruiken" in texts[0] and "bel ons eerst" in texts[1]


def test_a_formula_shows_its_value(data: Data, tmp_path: Path) -> None:
    """As Excel and LibreOffice save formulas: a text that came out empty is an empty cell."""
    path = sent_workbook.changed(data, tmp_path / "a.xlsx", _figures(*["=MARK"] * 5))
    good = {
        b't="str"><f>IF(A1=0,"","x")</f><v></v></c>': "",
        b"><f>90+1</f><v>91</v></c>": "91",
        b"><f>0.1+0.2</f><v>0.30000000000000004</v></c>": "0.3",
    }
    bad = {b't="e"><f>1/0</f><v>#DIV/0!</v></c>': "error_cell", b"><f>90+1</f></c>": "formula_without_value"}

    def change(name: str, part: bytes) -> bytes:
        for end in (*good, *bad):
            part = _replaced(part, b"<f>MARK</f><v></v></c>", end)
        return part

    read = workbook.read_workbook(_rewritten(path, tmp_path / "b.xlsx", change), data.deal)
    texts = sent_workbook.texts(read, "Metingen", "waarde")
    assert [texts[f"G{row}"] for row in range(5, 10)] == [*good.values(), "", ""]
    assert [(each.cell, each.rule) for each in read.findings] == [
        (f"Metingen › G{row}", rule) for row, rule in enumerate(bad.values(), start=8)
    ]


def _replaced(part: bytes, cell: bytes, end: bytes) -> bytes:
    before, found, after = part.partition(cell)
    if not found:
        return part
    head, _, attributes = before.rpartition(b"<c ")
    return head + b"<c " + attributes.removesuffix(b">").replace(b' t="str"', b"") + b" " + end + after


def _rewritten(source: Path, target: Path, change: Callable[[str, bytes], bytes]) -> Path:
    with zipfile.ZipFile(io.BytesIO(source.read_bytes())) as old, zipfile.ZipFile(target, "w") as new:
        for name in old.namelist():
            new.writestr(name, change(name, old.read(name)))
    return target


def test_days_of_an_old_mac_are_the_days_that_it_shows(data: Data, tmp_path: Path) -> None:
    def mac(book: Any) -> None:
        days = [cell for page in book for row in page for cell in row if isinstance(cell.value, datetime | date)]
        kept = [(cell, cell.value) for cell in days]
        book.epoch = CALENDAR_MAC_1904
        for cell, value in kept:
            cell.value = value

    merged = _returned(data, tmp_path / "a.xlsx", mac)
    assert not merged.findings and not merged.changes

    def bare(book: Any) -> None:
        mac(book)
        cell = book["Voortgang"].cell(layout.FIRST_ROW, _column(book["Voortgang"], "Peildatum"))
        cell.value, cell.number_format = 43464, "General"

    (found,) = _returned(data, tmp_path / "b.xlsx", bare).findings
    assert found.rule == "date_as_number" and "31-12-2022" in found.message("nl").what


_THREAD = (
    '<ThreadedComments xmlns="http://schemas.microsoft.com/office/spreadsheetml/2018/threadedcomments">'
    '<threadedComment ref="G7" dT="2022-01-01T00:00:00" personId="{1}" id="{2}"><text>Klopt 92 wel?</text>'
    '</threadedComment><threadedComment ref="G7" dT="2022-01-02T00:00:00" personId="{1}" id="{3}" parentId="{2}">'
    "<text>Nee: 88</text></threadedComment></ThreadedComments>"
)
_VML = (
    '<xml xmlns:v="urn:schemas-microsoft-com:vml" xmlns:x="urn:schemas-microsoft-com:office:excel">'
    '<v:shape id="a"><v:textbox><div>Ook <b>88</b> in<br>de kern</div></v:textbox><x:ClientData ObjectType="Rect">'
    "<x:Anchor>6, 15, 6, 2, 8, 15, 10, 4</x:Anchor></x:ClientData></v:shape>"
    '<v:shape id="b"><x:ClientData ObjectType="Checkbox"><x:Anchor>1, 0, 20, 0, 2, 0, 21, 0</x:Anchor>'
    '</x:ClientData></v:shape><v:shape id="c"><v:textbox><div>niet nog eens</div></v:textbox>'
    '<x:ClientData ObjectType="Note"/></v:shape></xml>'
)


def test_what_hangs_on_a_sheet_is_named_with_its_place(data: Data, tmp_path: Path) -> None:
    """Threaded comments as Excel online keeps them, old text boxes, form controls and embedded objects."""
    note = Comment("[Threaded comment] Your version of Excel allows you to read this threaded comment", "tc={2}")
    sent_workbook.changed(data, tmp_path / "a.xlsx", lambda book: setattr(_value(book), "comment", note))
    parts = {"threadedComment": _THREAD, "vmlDrawing": _VML, "oleObject": "", "image": ""}
    path = _with_parts(tmp_path / "a.xlsx", _part(data), parts)
    found = [(each.cell, each.rule, each.message("nl").what) for each in _merged(data, path).findings]
    notes = [(place, what) for place, rule, what in found if rule == "note"]
    assert notes == [("Metingen › G7", f"In een notitie staat: {text}") for text in ("Klopt 92 wel?", "Nee: 88")]
    drawn = [(place, what) for place, rule, what in found if rule == "drawn_text"]
    assert drawn == [("Metingen › bij G7", "In een tekstvak of vorm staat: Ook 88 in de kern")]
    rest = " ".join(what for _, rule, what in found if rule == "picture")
    assert "een ingevoegd object" in rest and "een afbeelding als achtergrond" in rest


def test_old_drawings_are_read_without_the_boxes_of_notes() -> None:
    assert list(drawings(_VML.encode())) == [
        ("bij G7", "een tekstvak", "Ook 88 in de kern"),
        ("bij B21", "een formulierelement", ""),
    ]


def _with_parts(path: Path, sheet: str, parts: Mapping[str, str]) -> Path:
    """Hang parts on a sheet, by the last word of their relation."""
    relations = "".join(
        f'<Relationship Id="rId9{kind}" Target="/xl/extra/{kind}.xml" Type="{RELATION}/{kind}"/>' for kind in parts
    )
    with zipfile.ZipFile(io.BytesIO(path.read_bytes())) as old, zipfile.ZipFile(path, "w") as new:
        for name in old.namelist():
            part = old.read(name)
            if name == f"xl/worksheets/_rels/{sheet}.xml.rels":
                part = part.replace(b"</Relationships>", f"{relations}</Relationships>".encode())
            new.writestr(name, part)
        for kind, text in parts.items():
            new.writestr(f"xl/extra/{kind}.xml", text)
    return path


def test_workbooks_show_names_and_the_tables_keep_ids(data: Data, tmp_path: Path) -> None:
    book = sent_workbook.opened(sent_workbook.sent(data))
    texts = {str(cell.value) for page in book if page.sheet_state == "visible" for row in page for cell in row}
    ids = {known for list_ in Names(data.deal).by_id.values() for known, name in list_.items() if known != name}
    assert not ids & texts and {"Emmen", "Werken", "Hoogeveen"} <= texts

    def booking(number: str, financier: str) -> Change:
        return _add("Financiën", number, date(2022, 5, 1), "K001", "Werken", financier, "gerealiseerd", 10)

    changes = _returned(data, tmp_path / "a.xlsx", booking("EMM0001", "Emmen"), booking("EMM0002", "emmen")).changes
    assert len(changes) == 2 and all("K001, werken, emmen, gerealiseerd" in each.new for each in changes)
    (found,) = _returned(data, tmp_path / "b.xlsx", booking("EMM0001", "Emen")).findings
    message = found.message("nl")
    assert found.rule == "unknown_value" and found.value == "Emen" and "Borger-Odoorn" in message.expected


def test_a_name_of_two_things_is_shown_by_its_id(data: Data) -> None:
    one, two, *others = data.deal.sectors
    twice = data.deal.model_copy(update={"sectors": (one, two.model_copy(update={"name": one.name}), *others)})
    shown_names = Names(twice).by_id["sectors"]
    assert (shown_names[one.id], shown_names[two.id]) == (one.id, two.id)
