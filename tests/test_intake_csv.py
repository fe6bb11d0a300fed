"""CSV files of parties: one spelling of numbers and dates, and the letters that people typed."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from voortgang.intake import decoding, dutch_csv, spelling
from voortgang.intake.repair import repair
from voortgang.intake.submission import Submission

_MEASURED = "Indicator;Verslagjaar;Gemeente;Sector;Waarde;Peildatum;Status;Opmerking"
_BOOKED = "Boekingsnummer;Datum;Projectnummer;Pijler;Financier;Soort;Bedrag;Opmerking"
_WORDS = [
    "reële",
    "café",
    "foto’s",
    "‘s-avonds",
    "“zorg”",
    "‘n",
    "–",
    "€",
    "à",
    "la",
    "ideeën",
    "hè",
    "Málaga",
    "…",
    "“ja”",
    "Één",
    "Ökonom",
    "°C",
    "m²",
    "ruïne",
]
_TEXT = "reële coöperatie, één café; geïnd"


def _measured(path: Path, *cells: tuple[str, str], note: str = "", delimiter: str = ";", **options: str) -> Submission:
    lines = [_MEASURED]
    lines += [f"werken-{n};2021;emmen;;{value};{day};definitief;{note}" for n, (value, day) in enumerate(cells)]
    path.write_text("\n".join(line.replace(";", delimiter) for line in lines), encoding="utf-8")
    return dutch_csv.read_csv(path, **options)


def _booked(path: Path, amount: str) -> Submission:
    path.write_text(f"{_BOOKED}\nB90001;31-12-2021;K001;werken;emmen;gerealiseerd;{amount};\n", encoding="utf-8")
    return dutch_csv.read_csv(path)


def _values(submission: Submission) -> list[str]:
    return [row.values["waarde"] for row in submission.rows]


def _rules(submission: Submission) -> list[str]:
    return [finding.rule for finding in submission.findings]


@settings(max_examples=60, deadline=None)
@given(
    st.lists(st.decimals(0, 99_999, places=3, allow_nan=False), min_size=1, max_size=6), st.sampled_from(["", ".", ","])
)
def test_a_number_is_read_as_it_was_or_asked_about(numbers: list, separator: str) -> None:
    """Whatever one program writes, with one decimal sign: no figure ever comes back as another figure."""
    for decimal, group in (("comma", "."), ("point", ",")):
        sign = "," if decimal == "comma" else "."
        texts = []
        for number in numbers:
            whole, _, fraction = f"{number:f}".partition(".")
            grouped = f"{int(whole):,}".replace(",", group) if separator else whole
            texts.append(f"{grouped}{sign}{fraction}")
        found = spelling.decimal_sign([(text, False) for text in texts], ";")
        assert not found.mixed
        for text, number in zip(texts, numbers, strict=True):
            if text not in found.doubtful:
                read = spelling.number(text, found.choice or "comma")
                assert read is not None and float(read) == float(number), (text, found)


def test_the_whole_file_decides_how_a_number_is_spelled(tmp_path: Path) -> None:
    path, day = tmp_path / "a.csv", "31-12-2021"
    assert _values(_measured(path, ("1.234", day), ("12,5", day))) == ["1234", "12.5"]
    assert _values(_measured(path, ("1.234", day), ("0.625", day))) == ["1.234", "0.625"]
    assert _values(_measured(path, ("1.234", "2021-12-31"), delimiter=",")) == ["1.234"]
    asked = _measured(path, ("1.234", day))
    assert _rules(asked) == ["decimal_unknown"] and "--decimal" in asked.findings[0].message().mend
    assert _values(_measured(path, ("1.234", day), decimal="point")) == ["1.234"]
    mixed = _measured(path, ("12,5", day), ("13,5", day), ("0.625", day))
    assert [(each.rule, each.cell) for each in mixed.findings] == [("decimal_mixed", "rij 4, kolom Waarde")]


@pytest.mark.parametrize(
    ("numbers", "delimiter", "day", "asked"),
    [
        ("1.000 12.5", ";", "31-12-2021", "1.000"),
        ("1.234 12.5", ";", "31-12-2021", "1.234"),
        ("-1.000 2.5 3", ";", "2021-12-31", "-1.000"),
        ("1.234 0.625 12.5", ";", "31-12-2021", "1.234"),
        ("1.234 0.625 1.000", ";", "31-12-2021", ""),
        ("1,000 12,5", ";", "31-12-2021", "1,000"),
        ("53,667 12,5", ";", "31-12-2021", ""),
        ("1.000 12,5 € 1.000", ";", "31-12-2021", ""),
        ("1.000", ",", "2021-12-31", "1.000"),
        ("1.000 12.5", ",", "2021-12-31", "1.000"),
        ("1.234 12.5", ",", "2021-12-31", ""),
        ("1.234 12.5", ",", "31-12-2021", "1.234"),
        ("1.234", ",", "31-12-2021", "1.234"),
    ],
)
def test_a_number_that_may_be_thousands_is_asked_about_whatever_stands_elsewhere(
    numbers: str, delimiter: str, day: str, asked: str, tmp_path: Path
) -> None:
    cells = [(number.replace("_", " "), day) for number in numbers.replace("€ ", "€_").split()]
    read = _measured(tmp_path / "a.csv", *cells, delimiter=delimiter)
    assert [(each.rule, each.value) for each in read.findings] == [("decimal_unknown", asked)] * bool(asked)
    assert asked or "" not in _values(read)


def test_the_whole_file_decides_the_order_of_days(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    days = lambda read: [row.values["peildatum"] for row in read.rows]  # noqa: E731
    assert days(_measured(path, ("1", "03/04/2021"), ("2", "31/12/2021"))) == ["2021-04-03", "2021-12-31"]
    assert days(_measured(path, ("1", "03/04/2021"), ("2", "12/31/2021"))) == ["2021-03-04", "2021-12-31"]
    asked = _measured(path, ("1", "03/04/2021"))
    assert _rules(asked) == ["date_unknown"] and "--dates" in asked.findings[0].message().mend
    assert days(_measured(path, ("1", "03/04/2021"), dates="mdy")) == ["2021-03-04"]
    mixed = _measured(path, ("1", "31/12/2021"), ("2", "30/12/2021"), ("3", "12/31/2021"))
    assert [(each.rule, each.cell) for each in mixed.findings] == [("date_mixed", "rij 4, kolom Peildatum")]


def test_a_percentage_is_never_an_amount(tmp_path: Path) -> None:
    assert _rules(_booked(tmp_path / "a.csv", "50%"))[0] == "percent"
    assert [row.values["bedrag"] for row in _booked(tmp_path / "a.csv", "1.234").rows] == ["1234"]


@pytest.mark.parametrize("amount", ["€ 12", "12 EUR", "€ 1.250,00"])
def test_an_amount_is_never_a_number_of_something_else(amount: str, tmp_path: Path) -> None:
    assert _booked(tmp_path / "a.csv", amount).rows[0].values["bedrag"].isdigit()
    _measured(tmp_path / "a.csv", (amount, "31-12-2021"))
    read = dutch_csv.read_csv(tmp_path / "a.csv", units={"werken-0": "bedrijven"})
    assert [(each.rule, each.value) for each in read.findings] == [("money", amount)]


@pytest.mark.parametrize(
    "encoding",
    [
        "utf-8",
        "utf-8-sig",
        "cp1252",
        "mac_roman",
        "cp850",
        "utf-16",
        "utf-16-le",
        "utf-16-be",
        "utf-32",
        "utf-32-le",
        "utf-32-be",
    ],
)
def test_every_encoding_gives_the_letters_that_were_typed(encoding: str) -> None:
    text = f"{_BOOKED}\nB90001;31-12-2021;K001;werken;emmen;gerealiseerd;10;{_TEXT}\n"
    assert decoding.decode(text.encode(encoding)) == decoding.Decoded(text)


@settings(max_examples=60, deadline=None)
@given(
    st.one_of(
        st.text("abnrst éëïöüèê", min_size=3, max_size=40),
        st.lists(st.sampled_from(_WORDS), min_size=1, max_size=5).map(" ".join),
    ),
    st.sampled_from(["cp1252", "mac_roman", "cp850"]),
)
def test_no_letter_is_read_wrongly_in_silence(word: str, encoding: str) -> None:
    try:
        content = f"een {word} wijk".encode(encoding)
    except UnicodeEncodeError:
        return  # the encoding cannot hold this text
    decoded = decoding.decode(content)
    assert decoded.doubtful or decoded.text == f"een {word} wijk"


def test_two_encodings_in_one_file_are_refused_by_row() -> None:
    lines = [b"kop", "reële".encode("cp1252"), "één".encode("cp1252"), "geïnd".encode()]
    (found,) = decoding.decode(b"\n".join(lines)).doubtful
    assert found[0] == 4 and "UTF-8" in found[2]


@pytest.mark.parametrize("text", ["één", "€ 5", "‘s-avonds", "coöperatie"])
def test_letters_in_utf_7_are_asked_about_and_a_plus_is_no_letter(text: str, tmp_path: Path) -> None:
    read = _measured(tmp_path / "a.csv", ("1", "31-12-2021"), note=text.encode("utf-7").decode())
    assert [(each.rule, "UTF-7" in each.message("nl").what) for each in read.findings] == [("csv_letters", True)]
    assert not _measured(tmp_path / "a.csv", ("1", "31-12-2021"), note="+31 591 12345, 55+ers, A+toets").findings


@pytest.mark.parametrize("line", ["‘Zuid’ – ¢", "caf\xe9 \N{LATIN SMALL LETTER S WITH CARON}"])
@pytest.mark.parametrize("other", ["", "één"])
def test_letters_that_are_not_certain_are_one_finding_that_names_the_first_rows(
    line: str, other: str, tmp_path: Path
) -> None:
    path, row = tmp_path / "a.csv", "werken-1;2021;emmen;;1;31-12-2021;definitief;"
    rows = [f"{row}{other}".encode(), *[f"{row}{line}".encode("cp1252")] * 7, *[f"{row}{other}".encode()] * 9]
    path.write_bytes(b"\n".join([_MEASURED.encode(), *rows]))
    (found,) = dutch_csv.read_csv(path).findings
    assert (found.rule, found.cell) == ("csv_letters", "rij 3") and "7: rij 3, 4, 5, 6, 7 …" in found.message("nl").what


def test_letters_that_were_read_wrongly_before_are_refused(tmp_path: Path) -> None:
    twice = "reële".encode().decode("cp1252")
    (found,) = _measured(tmp_path / "a.csv", ("1", "31-12-2021"), note=twice).findings
    assert found.rule == "wrong_letters" and "reële" in found.message("nl").what and "rij 2" in found.cell


def test_what_excel_adds_is_read_and_what_is_wrong_is_named(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    row = "B90001;31-12-2021;K001;werken;emmen;gerealiseerd;10;"

    def read(text: str) -> Submission:
        path.write_text(text, encoding="utf-8")
        return dutch_csv.read_csv(path)

    assert len(read(f"sep=;\n{_BOOKED};;;\n{row};;;\n").rows) == 1
    (long,) = read(f"{_BOOKED}\n{row}x;y\n").findings
    assert long.rule == "long_row" and long.cell == "rij 2"
    (quote,) = read(f'{_BOOKED}\n{row}\n{row}"open\n{row}\n').findings
    assert (quote.rule, quote.cell) == ("csv_quote", "rij 3")
    (heading,) = read(f"{_BOOKED.replace('Financier', 'Financierder')}\n{row}\n").findings
    assert heading.value == "Financierder" and heading.message("nl").expected == "Financier"


@pytest.mark.parametrize(
    "around",
    [
        "{}\x1a",
        "{}\0\0",
        "\n\n{}",
        ";;;;;;;\n{}",
        "sep=;\n{}",
        "\n\n{}\n\n\n",
    ],
)
def test_what_stands_around_the_rows_and_says_nothing_is_passed_over(tmp_path: Path, around: str) -> None:
    path, row = tmp_path / "a.csv", "B90001;31-12-2021;K001;werken;emmen;gerealiseerd;{};"
    path.write_text(around.format(f"{_BOOKED}\n{row.format('1 234')}\n"), encoding="utf-8")
    read = dutch_csv.read_csv(path)
    assert not read.findings and [each.values["bedrag"] for each in read.rows] == ["1234"]
    path.write_text(around.format(f"{_BOOKED}\n{row.format('1.234,50')}\n"), encoding="utf-8")
    (found,) = dutch_csv.read_csv(path).findings
    line = around.partition("{")[0].count("\n") + 2
    assert (found.rule, found.cell, found.value) == ("not_integer", f"rij {line}, kolom Bedrag", "1.234,50")


@pytest.mark.parametrize(
    ("text", "rule", "cell"),
    [
        ("", "csv_empty", ""),
        ("\n \n", "csv_empty", ""),
        (f"Overzicht van Emmen;;\n\n{_BOOKED}\n", "csv_above", "rij 1"),
        (f"{_BOOKED.replace('Soort', 'Bedrag')}\n", "heading_twice", "rij 1"),
    ],
)
def test_a_file_without_its_headings_gets_one_finding(tmp_path: Path, text: str, rule: str, cell: str) -> None:
    path = tmp_path / "a.csv"
    path.write_text(text, encoding="utf-8")
    (found,) = dutch_csv.read_csv(path).findings
    assert (found.rule, found.cell) == (rule, cell)
    assert rule != "csv_above" or "rij 3" in found.message("nl").what


@pytest.mark.parametrize(
    "written",
    [
        lambda text: text.replace(";", "^"),
        lambda text: text.replace(";", "~"),
        lambda text: text.replace(";", "\x1f"),
        lambda text: text.replace(";10;", ';="10";').replace("B90001", '="B90001"'),
        lambda text: f"{text}{_BOOKED}\n",
        lambda text: f"{text}{_BOOKED.upper()}\n",
        lambda text: text.replace("Opmerking\n", "Opmerking\n------;-----;---;---;---;----;---;------\n"),
    ],
)
def test_what_programs_write_between_and_around_cells_is_passed_over(
    written: Callable[[str], str], tmp_path: Path
) -> None:
    path, row = tmp_path / "a.csv", "B90001;2021-12-31;K001;werken;emmen;gerealiseerd;10;"
    path.write_text(written(f"{_BOOKED}\n{row}\n"), encoding="utf-8")
    read = dutch_csv.read_csv(path)
    assert not read.findings and [(each.values["boeking_id"], each.values["bedrag"]) for each in read.rows] == [
        ("B90001", "10")
    ]


@pytest.mark.parametrize("text", ["#VERW!", "#REF!", "#DEEL/0!", "#NAAM?", "#WAARDE!", "#ERROR!", "Err:502"])
def test_a_formula_that_failed_is_no_remark(text: str, tmp_path: Path) -> None:
    (found,) = _measured(tmp_path / "a.csv", ("5", "31-12-2021"), note=text).findings
    assert (found.rule, found.cell, found.value) == ("error_cell", "rij 2, kolom Opmerking", text)


def test_columns_without_a_heading_are_one_finding(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_text(f"{_BOOKED}\n".replace(";", ";;"), encoding="utf-8")
    (found,) = dutch_csv.read_csv(path).findings
    assert (found.rule, found.cell) == ("column_without_heading", "rij 1, kolom B, D, F, H, J, L, N")


def test_a_row_that_stands_twice_names_the_first(tmp_path: Path) -> None:
    path, row = tmp_path / "a.csv", "B90001;31-12-2021;K001;werken;emmen;gerealiseerd;10;\n"
    path.write_text(f"{_BOOKED}\n{row}{row}", encoding="utf-8")
    (found,) = dutch_csv.read_csv(path).findings
    assert "twee keer: rij 2, kolom" in found.message("nl").what


def test_every_digit_of_a_measurement_is_kept(tmp_path: Path) -> None:
    assert _values(_measured(tmp_path / "a.csv", ("12345,678", "31-12-2021"))) == ["12345.678"]


@pytest.mark.parametrize("day", ["12-31-2021", "12.31.2021", "1-31-2021"])
@pytest.mark.parametrize("delimiter", [";", ",", "\t"])
def test_a_month_before_the_day_is_asked_about_and_changes_no_other_day(
    day: str, delimiter: str, tmp_path: Path
) -> None:
    path = tmp_path / "a.csv"
    read = _measured(path, ("1", day), ("2", "03-04-2021"), delimiter=delimiter)
    assert [(each.rule, each.value) for each in read.findings][:1] == [("month_first", day)]
    assert read.rows[1].values["peildatum"] in {"", "2021-04-03"}  # never 4 March
    read = _measured(path, ("1", day), ("2", "03-04-2021"), delimiter=delimiter, dates="mdy")
    assert not read.findings and read.rows[1].values["peildatum"] == "2021-03-04"


def test_one_american_day_in_a_dutch_file_changes_no_other(tmp_path: Path) -> None:
    read = _measured(tmp_path / "a.csv", ("1,5", "12/31/2021"), ("2,5", "03/04/2021"))
    assert _rules(read) == ["month_first"] and read.rows[1].values["peildatum"] == "2021-04-03"


@pytest.mark.parametrize(
    ("last", "rule"),
    [
        ("Totaal;;;;;;300;", "row_total"),
        (";;;;;Totaal;300;", "row_total"),
        ("Eindtotaal 2021;;;;;;300;", "row_total"),
        ("subtotaal;31-12-2021;;;;;300;", "row_total"),
        (";;;;;;300;Som van alle boekingen", "row_total"),
        ("Summe;;;;;;300,00;", "row_total"),
        (";;;;;;300;", "row_no_record"),
        ("Bron: gemeente Emmen;;;;;;;", "row_no_record"),
    ],
)
def test_a_row_that_is_no_record_has_one_finding(last: str, rule: str, tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    rows = [f"B9000{n};31-12-2021;K001;werken;emmen;gerealiseerd;100;Totaal van de eerste fase" for n in (1, 2)]
    path.write_text("\n".join([_BOOKED, *rows, last]), encoding="utf-8")
    assert [(each.rule, each.cell) for each in dutch_csv.read_csv(path).findings] == [
        (rule, "rij 4, kolom Boekingsnummer")
    ]


@pytest.mark.parametrize(
    "content",
    [
        b"PK\x03\x04" + bytes(200),
        bytes.fromhex("d0cf11e0a1b11ae1") + bytes(200),
        b"%PDF-1.7\n",
        b"<html><table><tr><td>Boekingsnummer</td></tr></table>",
        b"\x89PNG\r\n\x1a\n" + bytes(200),
        b"\x1f\x8b\x08" + bytes(range(256)),
        b"\x03\x7a" + bytes(range(31)) * 9,
        b'[{"Boekingsnummer": "B90001"}]',
    ],
)
def test_what_is_no_text_has_one_finding_and_is_no_table_to_mend(content: bytes, tmp_path: Path) -> None:
    path = tmp_path / "financien.csv"
    path.write_bytes(content)
    assert _rules(dutch_csv.read_csv(path)) == ["csv_kind"]
    mended = repair(path)
    assert not mended.text and [each.rule for each in mended.findings] == ["csv_kind"]


@pytest.mark.parametrize("encoding", ["utf-8", "cp1252", "utf-16", "utf-32"])
def test_what_a_table_becomes_is_shown_in_its_own_letters(encoding: str, tmp_path: Path) -> None:
    path = tmp_path / "begroting.csv"
    text = "pijler,bedrag,geldig_vanaf,besluit,bron\nwerken,10,2019-01-01,reële keuze: één café,x\n"
    path.write_bytes(text.encode(encoding))
    mended = repair(path)
    assert mended.text == text and len(mended.difference) == (encoding != "utf-8")
    path.write_bytes(text.replace(",", ";").encode(encoding))
    assert any("reële keuze" in line for line in repair(path).difference if line.startswith("-"))


MUCH = {
    "letters": "x" * 10_000_000,
    "accents": "é" * 5_000_000,
    "escapes": "_x000D_" * 1_400_000,
    "read twice": "Ã«" * 2_500_000,
    "thousands": "1" + ".000" * 2_500_000,
    "lines": "\n" * 9_000_000,
}


@pytest.mark.parametrize("kind", MUCH)
@pytest.mark.parametrize("encoding", ["utf-8", "cp1252", "utf-16"])
def test_ten_megabytes_are_refused_before_a_letter_is_read(
    kind: str, encoding: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(dutch_csv, "decode", lambda content: pytest.fail("it is read"))
    path = tmp_path / "a.csv"
    text = f"{_BOOKED}\nB90001;31-12-2021;K001;werken;emmen;gerealiseerd;{MUCH[kind]};\n"
    path.write_bytes(text.encode(encoding, "ignore"))
    (found,) = dutch_csv.read_csv(path).findings
    assert found.rule in {"cell_too_long", "too_many_rows", "file_too_large"} and len(found.value) <= 80


def test_a_zero_has_no_sign(tmp_path: Path) -> None:
    assert _values(_measured(tmp_path / "a.csv", ("-0,0", "31-12-2021"))) == ["0"]
