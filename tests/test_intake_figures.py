"""What a party sends is what the tables hold, or one question about it."""

from __future__ import annotations

import csv
import io
import shutil
import zipfile
from collections.abc import Callable
from dataclasses import replace
from datetime import date
from itertools import permutations
from pathlib import Path
from typing import Any

import openpyxl
import pytest
import sent_workbook
from conftest import run
from hypothesis import given, settings
from hypothesis import strategies as st
from openpyxl.comments import Comment
from openpyxl.styles import Font

from voortgang.check.checked import check
from voortgang.check.data import Data
from voortgang.intake import edits, layout, memory, merge, numbers, shown, template, untouched, values, workbook
from voortgang.workspace import schema
from voortgang.workspace.paths import Workspace

_DRAWING = b"""<xdr:wsDr xmlns:xdr="http://schemas.openxmlformats.org/drawingml/2006/spreadsheetDrawing"
 xmlns:a="http://schemas.openxmlformats.org/drawingml/2006/main">
<xdr:oneCellAnchor><xdr:from><xdr:col>2</xdr:col><xdr:colOff>0</xdr:colOff><xdr:row>6</xdr:row><xdr:rowOff>0</xdr:rowOff>
</xdr:from><xdr:pic/></xdr:oneCellAnchor>
<xdr:oneCellAnchor><xdr:from><xdr:col>3</xdr:col><xdr:colOff>0</xdr:colOff><xdr:row>8</xdr:row><xdr:rowOff>0</xdr:rowOff>
</xdr:from><xdr:sp><xdr:txBody><a:p><a:r><a:t>Dit moet </a:t></a:r><a:r><a:t>45 zijn</a:t></a:r></a:p></xdr:txBody>
</xdr:sp></xdr:oneCellAnchor></xdr:wsDr>"""
Change = Callable[[Any], None]


@pytest.fixture(scope="module")
def data(tmp_path_factory: pytest.TempPathFactory) -> Data:
    """The data of a workspace that no test writes to, with the workbook of Emmen for 2022 beside it."""
    return sent_workbook.checked(tmp_path_factory.mktemp("figures"))


_returned = sent_workbook.changed


def _cell(book: Any, sheet: str, key: str, heading: str) -> Any:
    page = book[sheet]
    column = next(cell.column for cell in page[layout.HEADING_ROW] if cell.value == heading)
    return page.cell(next(cell.row for cell in page["A"] if cell.value == key), column)


def _type(value: object, number_format: str = "General", sheet: str = "Metingen") -> Change:
    def change(book: Any) -> None:
        cell = _cell(book, sheet, "werken-3-bedrijven", "Waarde")
        cell.value, cell.number_format = value, number_format

    return change


def _booking(number: str, amount: object = 10) -> Change:
    def change(book: Any) -> None:
        page = book["Financiën"]
        row = next(row for row in range(layout.FIRST_ROW, 999) if page.cell(row, 1).value is None)
        for column, value in enumerate(
            (number, date(2022, 5, 1), "K001", "werken", "emmen", "gerealiseerd", amount), start=1
        ):
            page.cell(row, column).value = value

    return change


def _empty_first_booking(book: Any) -> None:
    for cell in book["Financiën"][layout.FIRST_ROW]:
        cell.value = None


def _merged(data: Data, *paths: Path) -> merge.Merged:
    return sent_workbook.merged(data, *(workbook.read_workbook(path, data.deal) for path in paths))


def _rules(merged: merge.Merged) -> set[str]:
    return {finding.rule for finding in merged.findings}


def _correct(data: Data, root: Path, indicator: str, value: str) -> Data:
    """Return the data after the bureau corrected a measurement of Emmen for 2022."""
    shutil.copytree(data.workspace.data.parent, root)
    path = root / "data" / "metingen.csv"
    with path.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    for row in rows:
        if (row["indicator_id"], row["gemeente"], row["verslagjaar"]) == (indicator, "emmen", "2022"):
            row["waarde"] = value
    text = io.StringIO(newline="")
    writer = csv.DictWriter(text, list(rows[0]), lineterminator="\n")
    writer.writeheader()
    writer.writerows(rows)
    path.write_text(text.getvalue(), encoding="utf-8")
    return check(Workspace(root)).require_sound()


def test_what_the_bureau_corrected_since_stays_when_the_party_left_it_alone(data: Data, tmp_path: Path) -> None:
    path = _returned(data, tmp_path / "terug.xlsx", _booking("EMM0001"))
    later = _correct(data, tmp_path / "later", "werken-3-bedrijven", "77")
    merged = _merged(later, path)
    assert merged.sound, merged.findings
    assert [(change.table, change.kind) for change in merged.changes] == [("financien", "added")]


def test_a_cell_that_both_changed_is_a_conflict_with_three_values(data: Data, tmp_path: Path) -> None:
    path = _returned(data, tmp_path / "terug.xlsx", _type(81))
    before = memory.read(openpyxl.load_workbook(path)).rows
    (sent,) = [each.values["waarde"] for (_, key), each in before.items() if key[0] == "werken-3-bedrijven"]
    later = _correct(data, tmp_path / "later", "werken-3-bedrijven", "77")
    (found,) = _merged(later, path).findings
    assert found.rule == "sent_and_changed"
    assert all(text in found.message("nl").what for text in (sent, "77", "81"))
    assert "Metingen › G7" in found.where
    agreed = _correct(data, tmp_path / "agreed", "werken-3-bedrijven", "81")
    assert not _merged(agreed, path).findings and not _merged(agreed, path).changes


def test_a_workbook_that_forgot_what_it_was_sent_with_is_refused(data: Data, tmp_path: Path) -> None:
    def forget(book: Any) -> None:
        del book[memory.SHEET]

    def tamper(book: Any) -> None:
        book[memory.SHEET]["A9"].value = '["metingen", true, {}, {}]'

    for change in (forget, tamper):
        assert _rules(_merged(data, _returned(data, tmp_path / "terug.xlsx", change))) == {"not_our_workbook"}


def test_a_workbook_of_another_deal_is_refused(data: Data, tmp_path: Path) -> None:
    """A municipality of two deals has one id in both: rows of the one came into the other."""
    sent = _returned(data, tmp_path / "terug.xlsx", lambda book: None)
    other = replace(data, deal=data.deal.model_copy(update={"name": "Regio Deal Elders"}))
    (found,) = _merged(other, sent).findings
    assert (found.rule, found.value, found.cell) == ("other_deal", data.deal.name, "Uitleg › A2")
    assert not _merged(other, sent).changes
    spaced = replace(data, deal=data.deal.model_copy(update={"name": f" {data.deal.name.upper()}"}))
    assert not _merged(spaced, sent).findings


def test_one_party_that_sends_two_versions_is_asked_which(data: Data, tmp_path: Path) -> None:
    sent = _returned(data, tmp_path / "toegestuurd.xlsx")
    filled = _returned(data, tmp_path / "ingevuld.xlsx", _type(17))
    emptied = _returned(data, tmp_path / "leeg.xlsx", _empty_first_booking)
    added = _returned(data, tmp_path / "nieuw.xlsx", _booking("EMM0001"))
    read = {path: workbook.read_workbook(path, data.deal) for path in (sent, filled, emptied, added)}
    for other in (filled, emptied, added):
        merged = sent_workbook.merged(data, read[sent], read[other])
        (found,) = [each for each in merged.findings if each.rule == "conflict"]
        what = found.message("nl").what
        assert sent.name in what and other.name in what, what
        assert not sent_workbook.merged(data, read[other], read[sent]).changes
    assert "conflict" not in _rules(_merged(data, filled, shutil.copyfile(filled, tmp_path / "kopie.xlsx")))


_MADE = st.sampled_from([_type(17), _type(18), _booking("EMM0001"), _empty_first_booking])


@settings(max_examples=5, deadline=None)
@given(chosen=st.lists(_MADE, min_size=2, max_size=3))
def test_the_order_of_the_files_makes_no_difference(
    data: Data, chosen: list[Change], tmp_path_factory: pytest.TempPathFactory
) -> None:
    folder = tmp_path_factory.mktemp("order")
    paths = [_returned(data, folder / f"{number}.xlsx", change) for number, change in enumerate(chosen)]
    read = {path: workbook.read_workbook(path, data.deal) for path in paths}
    results = []
    with pytest.MonkeyPatch.context() as patch:
        # What is found in the tables follows from their texts, which are compared.
        patch.setattr(merge, "_check_candidate", lambda *_: [])
        for order in permutations(paths):
            merged = sent_workbook.merged(data, *(read[path] for path in order))
            results.append((merged.texts, merged.changes, merged.findings))
    assert all(result == results[0] for result in results)


def test_the_changes_shown_are_the_changes_made(data: Data, tmp_path: Path) -> None:
    workspace = tmp_path / "deal"
    shutil.copytree(data.workspace.data, workspace / "data")
    path = _returned(data, workspace / "terug.xlsx", _type(81), _booking("EMM0001"), _empty_first_booking)
    merged = _merged(data, path)
    before = {name: _rows(workspace, name) for name in merged.texts}
    refused = run("intake", "read", path.name, "--yes", cwd=workspace)
    assert refused.code == 1 and "--remove" in refused.err
    assert {name: _rows(workspace, name) for name in merged.texts} == before
    assert run("intake", "read", path.name, "--yes", "--remove", cwd=workspace).code == 0
    after = {name: _rows(workspace, name) for name in merged.texts}
    made = {(name, key) for name in after for key in before[name].keys() ^ after[name].keys()}
    made |= {
        (name, key)
        for name in after
        for key in before[name].keys() & after[name].keys()
        if before[name][key] != after[name][key]
    }
    assert made == {(change.table, change.key) for change in merged.changes}
    assert sorted(change.kind for change in merged.changes) == ["added", "changed", "removed"]


def _rows(root: Path, name: str) -> dict[tuple[str, ...], dict[str, str]]:
    with (root / "data" / f"{name}.csv").open(encoding="utf-8", newline="") as file:
        return {tuple(row[key] for key in schema.table(name).primary_key): row for row in csv.DictReader(file)}


@pytest.mark.parametrize(
    ("number_format", "value", "expected"),
    [
        ("General", 12.5, "plain"),
        ("0.0%", 0.124, "percent"),
        ('€ #,##0.00;"€" -#,##0.00', -3, "plain"),
        ("#,##0;[Red]#,##0", -3, "plain"),
        ("#,##0;#,##0", -3, "otherwise"),
        ("#,##0,", 1250, "otherwise"),
        ('0.0" mln"', 3, "otherwise"),
        ('0"%"', 12, "percent sign"),
        ('_ "€" * #,##0_ ;_ "€" * -#,##0_ ;_ "€" * "-"??_ ;_ @_ ', 5, "plain"),
    ],
)
def test_a_number_format_tells_what_is_shown(number_format: str, value: float, expected: str) -> None:
    assert shown.reading(number_format, value) == expected


def test_a_percentage_is_read_by_the_unit_of_its_column(data: Data, tmp_path: Path) -> None:
    (found,) = _merged(data, _returned(data, tmp_path / "a.xlsx", _type(0.124, "0.0%"))).findings
    assert found.rule == "percent" and found.value == "12,4%"
    (found,) = _merged(data, _returned(data, tmp_path / "b.xlsx", _type("50%"))).findings
    assert found.rule == "percent"
    for unit, expected in (("% van de bedrijven", "12.4"), ("procent", "12.4"), ("aandeel", "0.124")):
        units = dict.fromkeys((each.id for each in data.deal.indicators), unit)
        read = workbook.read_workbook(tmp_path / "a.xlsx", data.deal, units)
        row = next(each for each in read.rows if each.key[0] == "werken-3-bedrijven")
        assert row.values["waarde"] == expected and not read.findings


def test_a_figure_that_is_struck_out_is_asked_about(data: Data, tmp_path: Path) -> None:
    def strike(book: Any) -> None:
        _cell(book, "Metingen", "werken-3-bedrijven", "Waarde").font = Font(strike=True)

    assert "struck_out" in _rules(_merged(data, _returned(data, tmp_path / "a.xlsx", strike)))


def test_a_number_has_the_fifteen_digits_that_are_shown() -> None:
    amount, value = schema.table("financien").field("bedrag"), schema.table("metingen").field("waarde")
    assert values.canonical(1249.9999999999998, amount) == "1250"
    assert values.canonical(53.666666666666664, value) == "53.6666666666667"
    assert values.canonical(1e-7, value) == "0.0000001"


def test_nothing_that_a_party_wrote_is_dropped(data: Data, tmp_path: Path) -> None:
    def write(book: Any) -> None:
        _cell(book, "Metingen", "werken-3-bedrijven", "Waarde").comment = Comment("was 44, klopt niet", "Jan")
        book[layout.COVER]["D20"] = "bel mij even"
        book[layout.LISTS]["Z99"] = "ontbreekt: Borger"

    path = _returned(data, tmp_path / "terug.xlsx", write)
    with zipfile.ZipFile(path) as archive:
        parts = {name: archive.read(name) for name in archive.namelist()}
        book = openpyxl.load_workbook(path)
    number = book.sheetnames.index("Metingen") + 1
    rels = f"xl/worksheets/_rels/sheet{number}.xml.rels"
    relation = (
        b'<Relationship Id="rIdX" Target="/xl/drawings/extra.xml" Type="http://schemas.openxmlformats.org/'
        b'officeDocument/2006/relationships/drawing"/></Relationships>'
    )
    parts[rels] = parts[rels].replace(b"</Relationships>", relation)
    parts["xl/drawings/extra.xml"] = _DRAWING
    with zipfile.ZipFile(path, "w") as archive:
        for name, content in parts.items():
            archive.writestr(name, content)
    found = {each.cell: each.message("nl").what + each.value for each in _merged(data, path).findings}
    assert "was 44, klopt niet" in found["Metingen › G7"]
    assert "een afbeelding" in found["Metingen › bij C7"]
    assert "Dit moet 45 zijn" in found["Metingen › bij D9"]
    assert "bel mij even" in found["Uitleg › D20"]
    assert "ontbreekt: Borger" in found["Lijsten › Z99"]


def test_a_number_in_use_is_said_to_be_so_with_the_next_free_ones(data: Data, tmp_path: Path) -> None:
    other = next(each for each in data.tables.financien["boeking_id"] if each not in _own(data))
    merged = _merged(data, _returned(data, tmp_path / "a.xlsx", _booking(other)))
    (found,) = [each for each in merged.findings if each.rule == "number_taken"]
    assert other in found.message("nl").what and "EMM0001" in found.message("nl").expected


def _own(data: Data) -> set[str]:
    masks = layout.owned(data.tables, data.deal, next(p for p in data.deal.parties if p.id == "emmen"), 2022)
    return set(data.tables.financien.loc[masks["financien"], "boeking_id"])


def test_parties_have_ranges_that_never_meet(data: Data) -> None:
    codes = [numbers.prefix(data.deal, party.id) for party in data.deal.parties]
    assert len(set(codes)) == len(codes)
    assert numbers.free("financien", ["EMM0007", "B0009"], data.deal, "emmen", 2) == ["EMM0008", "EMM0009"]
    book = sent_workbook.opened(sent_workbook.sent(data))
    assert "EMM0001" in book["Financiën"].cell(layout.OFFER_ROW, 1).value
    assert book["Financiën"].tables and not book["Financiën"].protection.sheet


def test_a_workbook_that_was_filled_in_is_not_overwritten(workspace: Path) -> None:
    sent_workbook.with_few_bookings(workspace)
    command = ("intake", "template", "2022", "--party", "emmen")
    assert run(*command, cwd=workspace).code == 0
    assert run(*command, cwd=workspace).code == 0  # nobody has touched it
    path = workspace / "Emmen-2022.xlsx"
    book = openpyxl.load_workbook(path)
    _type(81)(book)
    book.save(path)
    before = path.read_bytes()
    done = run(*command, cwd=workspace)
    assert done.code == 1 and "Emmen-2022.xlsx" in done.err and "Traceback" not in done.err
    assert path.read_bytes() == before


def test_a_workbook_counts_as_untouched_only_when_it_is(data: Data, tmp_path: Path) -> None:
    assert untouched.is_untouched(_returned(data, tmp_path / "a.xlsx"), data.deal)
    assert not untouched.is_untouched(_returned(data, tmp_path / "b.xlsx", _empty_first_booking), data.deal)
    assert not edits.edits(workbook.read_workbook(tmp_path / "a.xlsx", data.deal))


def test_a_workbook_of_another_year_or_one_that_nobody_filled_in_is_told(data: Data, tmp_path: Path) -> None:
    emmen = next(party for party in data.deal.parties if party.id == "emmen")
    template.write_template(data, emmen, 2021, tmp_path / "last.xlsx")
    paths = (_returned(data, tmp_path / "filled.xlsx", _type(95)), tmp_path / "last.xlsx")
    read = [workbook.read_workbook(path, data.deal) for path in paths]
    assert list(untouched.told(read)) == [
        "last.xlsx is as it was sent to emmen for 2021: nothing was filled in or changed.",
        "These workbooks are about several periods: 2021 (last.xlsx); 2022 (filled.xlsx).",
    ]
    assert not list(untouched.told(read[:1]))
