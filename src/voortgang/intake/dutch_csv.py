"""Read a CSV file as a Dutch spreadsheet program writes it: semicolons, decimal commas, its own encoding."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from difflib import get_close_matches
from pathlib import Path

from openpyxl.utils import get_column_letter

from voortgang.intake import shown, spelling
from voortgang.intake.decoding import decode
from voortgang.intake.file_kind import OLE, is_binary, other_kind
from voortgang.intake.names import Names
from voortgang.intake.sheet import MAX_TEXT
from voortgang.intake.submission import Reported, Submission, read_bytes
from voortgang.intake.values import as_seen, bare_day, canonical, one_line
from voortgang.workspace import schema
from voortgang.writing.spreadsheet import unmarked

MAX_LINES = 300_000
_LONGEST = 100_000
"""Bytes of a line: what no table holds, and takes long to look at."""
_DELIMITERS = ";,\t|"
# What programs write around a text that looks like a number, so that it stays as it is.
_KEPT_AS_TEXT = re.compile(r'="([^"]*)"')
_EMPTY_LINES = re.compile(r"(?:[;,\t ]*\n)+")
_WORDS_ABOVE = 20
"""Lines in which headings are looked for."""
_NAMED = 5
"""Rows that a finding about the whole file names."""
_OPTIONAL = {"bron", "opmerking"}
Line = tuple[int, list[str]]


@dataclass(frozen=True)
class _Sheet:
    """The cells of a file, once its table is known; `lines` are the rows below the headings, with their line number."""

    table: schema.Table
    names: list[str]
    lines: list[Line]
    delimiter: str


def read_csv(
    path: Path,
    decimal: spelling.Decimal | None = None,
    dates: spelling.Order | None = None,
    units: Mapping[str, str] | None = None,
    names: Names | None = None,
) -> Submission:
    """Return what a CSV file reports: rows to add or change in the table that its headings fit.

    Parameters
    ----------
    path
        The file.
    decimal, dates
        How it spells numbers and dates, where the user says so; otherwise the whole file decides.
    units
        Unit of each indicator, by id: a percent sign is read where percentages are asked for.
    names
        The names of the deal, which a party may write in the place of ids.
    """
    opened = read_bytes(path)
    if isinstance(opened, Submission):
        return opened
    submission, content = opened
    if content.startswith((b"PK", OLE)) or other_kind(content) or is_binary(content):
        kind = "een Excel-werkmap" if content.startswith((b"PK", OLE)) else "geen tekst"
        submission.found("", "", "csv_kind", kind=other_kind(content) or kind)
        return submission
    count = content.count(b"\n") + content.count(b"\r") - content.count(b"\r\n") + 1
    if count > MAX_LINES:
        submission.found(f"rij {MAX_LINES + 1}", "", "too_many_rows", found=count, limit=MAX_LINES)
        return submission
    lines = re.split(rb"\r\n|\r|\n", content)
    if long := next((number for number, line in enumerate(lines, start=1) if len(line) > _LONGEST), 0):
        shown = lines[long - 1][:60].decode("utf-8", "ignore")
        submission.found(f"rij {long}", shown, "cell_too_long", found=len(lines[long - 1]), limit=_LONGEST)
        return submission
    decoded = decode(content)
    if decoded.doubtful:
        number, text, seems = decoded.doubtful[0]
        rows = ", ".join(str(row) for row, _, _ in decoded.doubtful[:_NAMED]) + " …" * (len(decoded.doubtful) > _NAMED)
        found = {"rows": rows, "count": len(decoded.doubtful), "seems": seems}
        submission.found(f"rij {number}", text, "csv_letters", **found)
    sheet = None if decoded.doubtful else _sheet(decoded.text, submission)
    if sheet is not None:
        _read_rows(sheet, submission, decimal, dates, units or {}, names)
        submission.check_values()
    return submission


def _sheet(text: str, submission: Submission) -> _Sheet | None:
    """Split a text into cells by the delimiter under which its headings fit a table."""
    text = text.removeprefix("\ufeff").rstrip("\0\x1a")  # DOS ends a file with Ctrl-Z
    if not text.strip():
        submission.found("", "", "csv_empty")
        return None
    above = _EMPTY_LINES.match(text)
    first = 1 + (above[0].count("\n") if above else 0)
    text = text[above.end() :] if above else text
    if text[:4].lower() == "sep=":  # Excel's own way to name the delimiter
        text, first = text.partition("\n")[2], first + 1
    text = _unwrapped(text)
    problem: tuple[int, str] | None = None
    tried: list[list[str]] = []
    for delimiter in _delimiters(text.partition("\n")[0]):
        lines, broken = _split(text, delimiter, first)
        headings = _trimmed(lines[0][1]) if lines else []
        tried.append(headings)
        table, names = _table(headings)
        if table is not None:
            if broken is None:
                return _Sheet(table, names, lines[1:], delimiter)
            problem = problem or broken
    if problem is not None:
        submission.found(f"rij {problem[0]}", problem[1][:80], "csv_quote")
    elif (row := _headings_below(text, first)) is not None:
        submission.found(f"rij {first}", text.partition("\n")[0].strip(";,\t "), "csv_above", row=row)
    else:
        _name_headings(max(tried, key=len, default=[]), first, submission)
    return None


def _delimiters(heading: str) -> list[str]:
    """Return what may stand between the cells of a file, the likeliest first."""
    others = {sign for sign in heading if not sign.isalnum() and sign not in "\"'().-_/ \r" and heading.count(sign) > 2}
    return sorted({*_DELIMITERS, *others}, key=lambda sign: (-heading.count(sign), f"{_DELIMITERS}{sign}".index(sign)))


def _headings_below(text: str, first: int) -> int | None:
    """Return in which of the first lines, below a title or other words, the headings of a table stand."""
    for number, line in enumerate(text.split("\n", _WORDS_ABOVE)[1:_WORDS_ABOVE], start=first + 1):
        for delimiter in _DELIMITERS:
            if _table(_trimmed(next(csv.reader([line], delimiter=delimiter), [])))[0] is not None:
                return number
    return None


def _unwrapped(text: str) -> str:
    """Return the rows of a file whose every row Excel kept in column A, between quotation marks."""
    lines, broken = _split(text, "\x1f", 1)
    filled = [line for _, line in lines if any(line)]
    if broken or not filled or not text.lstrip().startswith('"') or any(len(line) != 1 for line in filled):
        return text
    inner = "\n".join(line[0] if line else "" for _, line in lines) + "\n"
    heading = inner.partition("\n")[0]
    return inner if any(_table(next(csv.reader([heading], delimiter=each)))[0] for each in ";,\t") else text


def _split(text: str, delimiter: str, first: int) -> tuple[list[Line], tuple[int, str] | None]:
    """Return the rows, and the line where an opening or stray quote breaks them."""
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    lines: list[Line] = []
    while True:
        start = reader.line_num
        try:
            lines.append((start + first, next(reader)))
        except StopIteration:
            return lines, None
        except csv.Error:
            return lines, (start + first, text.split("\n")[start] if start < text.count("\n") + 1 else "")


def _trimmed(cells: Sequence[str]) -> list[str]:
    """Return cells without the empty ones that a spreadsheet program adds at the end."""
    kept = list(cells)
    while kept and not kept[-1].strip():
        kept.pop()
    return kept


def _table(headings: Sequence[str]) -> tuple[schema.Table | None, list[str]]:
    """Return the table whose columns, by name or Dutch title, are exactly these headings; `bron` may be left out."""
    for table in schema.tables():
        names = _names(table)
        found = [names.get(as_seen(heading).casefold(), "") for heading in headings]
        required = {field.name for field in table.fields if not field.optional} - _OPTIONAL
        if all(found) and len(set(found)) == len(found) and required <= set(found):
            return table, found
    return None, []


def _names(table: schema.Table) -> dict[str, str]:
    return {field.title.casefold(): field.name for field in table.fields} | {f.name: f.name for f in table.fields}


def _name_headings(headings: list[str], row: int, submission: Submission) -> None:
    """Say which heading differs from the table that most of them fit; or that they fit none."""
    given = [as_seen(heading).casefold() for heading in headings]
    table = max(schema.tables(), key=lambda each: len({_names(each).get(name) for name in given} - {None}))
    names = _names(table)
    fitting = {names[name] for name in given if name in names}
    if len(fitting) * 2 < len(given) or not fitting:
        shown = ", ".join(each.name for each in schema.tables())
        submission.found(f"rij {row}", "; ".join(headings)[:80], "csv_table", tables=shown)
        return
    missing = [each.title for each in table.fields if not each.optional and each.name not in fitting | _OPTIONAL]
    if unnamed := [get_column_letter(at) for at, name in enumerate(given, start=1) if not name]:
        titles = ", ".join(each.title for each in table.fields if not each.optional)
        submission.found(f"rij {row}, kolom {', '.join(unnamed)}", "", "column_without_heading", columns=titles)
    for at, (heading, name) in enumerate(zip(headings, given, strict=True)):
        if not name:
            continue
        if name in given[:at]:
            submission.found(f"rij {row}", heading, "heading_twice")
        elif name not in names:
            open_titles = {title.casefold(): title for title in [*missing, "Bron", "Opmerking"]}
            near = get_close_matches(name, list(open_titles), 1, 0.5)
            expected = open_titles[near[0]] if near else ", ".join(missing) or "geen kolom meer"
            submission.found(f"rij {row}", heading, "csv_heading", table=table.name, near=expected)
    if len(fitting) == len(given) and missing:
        submission.found(f"rij {row}", "", "csv_column_missing", table=table.name, missing=", ".join(missing))


def _read_rows(
    sheet: _Sheet,
    submission: Submission,
    decimal: spelling.Decimal | None,
    dates: spelling.Order | None,
    units: Mapping[str, str],
    names: Names | None,
) -> None:
    rows: list[tuple[int, dict[str, str]]] = []
    count, headings = len(sheet.names), _names(sheet.table)
    for number, line in sheet.lines:
        kept = _trimmed(line)
        if not kept:
            continue
        if len(kept) > count:
            submission.found(f"rij {number}", ";".join(kept), "long_row", count=count, found=len(kept))
        elif len(line) < count:
            submission.found(f"rij {number}", ";".join(line), "short_row", count=count)
        else:
            cells = dict(zip(sheet.names, map(_seen, line), strict=False))
            # Files laid end to end have their headings between the rows, and databases draw a line below them.
            is_drawn = all(len(text) > 1 and set(text) <= set("-=") for text in cells.values())
            if not is_drawn and any(headings.get(text.casefold()) != name for name, text in cells.items()):
                rows.append((number, cells))
    for field in (each for each in map(sheet.table.field, sheet.names) if each.type == "date"):
        for _, texts in rows:
            texts[field.name] = bare_day(texts[field.name])
    reading = _Reading(sheet, [texts for _, texts in rows], decimal, dates, units)
    for number, texts in rows:
        places = {name: f"rij {number}, kolom {sheet.table.field(name).title}" for name in texts}
        values = {}
        for name, text in texts.items():
            field = sheet.table.field(name)
            if len(text) > MAX_TEXT:
                submission.found(places[name], text, "cell_too_long", found=len(text), limit=MAX_TEXT)
                values[name] = ""
                continue
            values[name], rule = reading.value(field, text, texts.get("indicator_id", ""))
            if names is not None and not rule:
                values[name] = names.stored(values[name], field)
                if names.unknown(values[name], field):
                    submission.found(places[name], text, "unknown_value", allowed=names.known(field))
                    values[name] = ""
            if not rule and field.is_free_text and one_line(text) != text:
                submission.found(places[name], text, "several_lines")
            if rule:
                unit = field.unit or units.get(texts.get("indicator_id", "")) or "een getal"
                submission.found(places[name], text, rule, unit=unit)
        submission.rows.append(Reported(sheet.table.name, values | {"_reported": "ja"}, places, typed=texts))


def _seen(text: str) -> str:
    """Return a cell as people see it in a spreadsheet program."""
    kept = _KEPT_AS_TEXT.fullmatch(text)
    return as_seen(unmarked(kept[1] if kept else text))


class _Reading:
    """How the cells of one file become values."""

    def __init__(
        self,
        sheet: _Sheet,
        rows: Sequence[Mapping[str, str]],
        decimal: spelling.Decimal | None,
        dates: spelling.Order | None,
        units: Mapping[str, str],
    ) -> None:
        fields = [sheet.table.field(name) for name in sheet.names]
        numbers = [
            (text, field.type == "integer")
            for row in rows
            for field in fields
            if field.type in {"integer", "number"} and (text := row[field.name].removesuffix("%").strip())
        ]
        days = [row[field.name] for row in rows for field in fields if field.type == "date"]
        self.units = units
        self.decimal = spelling.decimal_sign(numbers, sheet.delimiter, decimal, days)
        self.order = spelling.date_order(days, sheet.delimiter, self.decimal.choice, dates)

    def value(self, field: schema.Field, text: str, indicator: str) -> tuple[str, str]:
        """Return a cell as the tables store it, and the rule that it breaks ("" when it breaks none)."""
        if field.type == "date":
            return self._day(text, field)
        if field.type not in {"integer", "number"} or not text:
            return canonical(text, field), ""
        bare = text.removesuffix("%").strip()
        if shown.is_other_money(field.unit or self.units.get(indicator, ""), text):
            return "", "money"
        if bare != text and not (field.type == "number" and self._is_percentage(field, indicator)):
            return "", "percent"
        if bare in self.decimal.mixed:
            return "", "decimal_mixed"
        if bare in self.decimal.doubtful:
            return "", "decimal_unknown"
        # Where nothing decides, the readings agree, or none fits and the cell is refused as it stands.
        return spelling.number(bare, self.decimal.choice or "comma") or text, ""

    def _day(self, text: str, field: schema.Field) -> tuple[str, str]:
        if text in self.order.mixed:
            return "", "date_mixed"
        if text in self.order.doubtful:
            return "", "month_first" if spelling.is_month_first(text) else "date_unknown"
        return spelling.day(text, self.order.choice or "dmy") or canonical(text, field), ""

    def _is_percentage(self, field: schema.Field, indicator: str) -> bool:
        unit = field.unit or self.units.get(indicator, "")
        return unit.startswith(("%", "procent"))
