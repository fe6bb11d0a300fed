"""Open a workbook as far as it can be read: without what holds no figures, where that stops the library.

The library refuses a whole workbook for one ornament that it does not know. Excel opens such a file, so a party cannot
see what is wrong with it. What is left out is found by trying, and told.
"""

from __future__ import annotations

import io
import warnings
import zipfile
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from functools import partial
from typing import Any, TypeVar
from xml.etree import ElementTree
from xml.parsers import expat

from openpyxl import load_workbook

from voortgang.intake import damage
from voortgang.intake.remarks import name_of, sheets

_Parts = dict[str, bytes]
_Kept = TypeVar("_Kept")
_MAIN = b'xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"'
_BLANK = b"<worksheet " + _MAIN + b"><sheetData/></worksheet>"
_NOTHING = {damage.STYLES: b"<styleSheet " + _MAIN + b"/>", damage.STRINGS: b"<sst " + _MAIN + b"/>"}


@dataclass(frozen=True)
class Opened:
    """A workbook that the library has opened.

    Attributes
    ----------
    content
        What it was opened from.
    book
        The workbook, with its formulas.
    left_out
        Of each thing that was left out: the sheet, empty where it is not of one, and what it is in Dutch.
    """

    content: bytes
    book: Any
    left_out: tuple[tuple[str, str], ...] = ()


def load(content: bytes, **options: bool) -> Any:
    """Open a workbook; what the library warns of (drawings, dates out of range) is a finding of its own."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return load_workbook(io.BytesIO(content), keep_links=False, **options)


def opened(content: bytes) -> Opened:
    """Open a workbook, if need be without what holds no figures.

    Raises
    ------
    Damaged
        When not even its figures can be read: where, and why.
    """
    try:
        return Opened(content, load(content, rich_text=True))
    except damage.DAMAGE:
        with damage.told(content):
            return _bare(content)


def _bare(content: bytes) -> Opened:
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        parts = {name: archive.read(name) for name in archive.namelist()}
        titles = {path: title for title, path in sheets(archive) if path in parts}
    _require_no_doctype(parts)
    plan: _Plan = dict.fromkeys(_ORNAMENTS, tuple(titles))
    try:
        load(_zipped(_without(parts, plan)), rich_text=True)
    except damage.DAMAGE as error:
        raise _culprit(content, parts, titles, plan, error) from error
    # What of all that was it, and on which sheet? The cells have no part in that, and take the time.
    bare = parts | {path: _emptied(parts[path]) for path in titles}
    plan = _least(bare, plan, _ORNAMENTS, lambda plan, kept: {key: plan[key] for key in plan if key not in kept})
    for each in list(plan):
        plan = _least(bare, plan, tuple(titles), partial(_on_fewer_sheets, each))
    if not _opens(_without(parts, plan)):
        plan[_WITHIN_TEXTS] = ()
    left = _zipped(_without(parts, plan))
    told = [(title, each.what) for each, paths in plan.items() for title in [titles[path] for path in paths] or [""]]
    return Opened(left, load(left, rich_text=True), tuple(each for each in told if each[1]))


def _least(
    parts: Mapping[str, bytes], plan: _Plan, all_: Sequence[_Kept], less: Callable[[_Plan, Sequence[_Kept]], _Plan]
) -> _Plan:
    """Return the plan that keeps of all what can be kept: all at once, or else of each half what can be."""
    fewer = less(plan, all_)
    if fewer == plan or _opens(_without(parts, fewer)):
        return fewer
    if len(all_) == 1:
        return plan
    half = len(all_) // 2
    return _least(parts, _least(parts, plan, all_[:half], less), all_[half:], less)


def _on_fewer_sheets(each: _Ornament, plan: _Plan, kept: Sequence[str]) -> _Plan:
    return plan | {each: tuple(path for path in plan[each] if path not in kept)}


def _opens(parts: Mapping[str, bytes]) -> bool:
    try:
        load(_zipped(parts), rich_text=True)
    except damage.DAMAGE:
        return False
    return True


def _culprit(content: bytes, parts: _Parts, titles: Mapping[str, str], plan: _Plan, error: Exception) -> damage.Damaged:
    """Return what of the figures themselves cannot be read."""
    if (found := damage.reason(content, error)) is not None:
        return damage.Damaged(*found)
    blank = parts | dict.fromkeys(titles, _BLANK)
    if not _opens(_without(blank, plan)):
        for name, nothing in _NOTHING.items():
            if name in parts and _opens(_without(blank | {name: nothing}, plan)):
                return damage.Damaged("", f"{damage.part_name(name)} is niet te lezen")
        return damage.Damaged("", f"{damage.part_name(damage.BOOK)} is niet te lezen")
    for path, title in titles.items():
        if not _opens(_without(blank | {path: parts[path]}, plan)):
            return damage.Damaged(title, f"iets op dit blad is niet te lezen ({type(error).__name__})")
    return damage.Damaged("", damage.plain(error))


def _require_no_doctype(parts: _Parts) -> None:
    """Raise `Damaged` for a part that begins with a declaration of its own words: no program writes one."""
    for name, part in parts.items():
        if name.endswith((".xml", ".rels")):
            parser = expat.ParserCreate()
            found = list[str]()
            parser.StartDoctypeDeclHandler = lambda *given, found=found: found.append(str(given[0]))
            with suppress(expat.ExpatError):  # whoever reads the part will say that it is damaged
                parser.Parse(part, True)
            if found:
                raise damage.Damaged("", f"{damage.part_name(name)} begint met een DOCTYPE, die er niet hoort")


def _zipped(parts: Mapping[str, bytes]) -> bytes:
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w") as archive:
        for name, part in parts.items():
            archive.writestr(name, part)
    return target.getvalue()


def _emptied(sheet: bytes) -> bytes:
    root = ElementTree.fromstring(sheet)
    for node in root:
        if name_of(node) == "sheetData":
            node.clear()
    return ElementTree.tostring(root)


@dataclass(frozen=True)
class _Ornament:
    """Something in a workbook that holds no figures.

    Attributes
    ----------
    what
        How people call it, in Dutch; empty where it is told elsewhere.
    elements, relations
        The elements of a sheet that it is, and the kinds of parts that a sheet refers to.
    of_book
        The elements of the workbook that it is.
    change
        What else is done to the parts.
    """

    what: str
    elements: frozenset[str] = frozenset()
    relations: frozenset[str] = frozenset()
    of_book: frozenset[str] = frozenset()
    change: Callable[[_Parts], None] = lambda parts: None


_Plan = dict[_Ornament, tuple[str, ...]]
"""What is left out, and on which sheets."""


def _without(parts: Mapping[str, bytes], plan: _Plan) -> _Parts:
    """Return the parts of a workbook without ornaments: of each, on these sheets, and in the workbook itself."""
    left = dict(parts)
    for each, paths in plan.items():
        for path in paths:
            folder, _, name = path.rpartition("/")
            _remove(left, path, each.elements, name_of)
            _remove(left, f"{folder}/_rels/{name}.rels", each.relations, _kind)
        if each.of_book:
            _remove(left, damage.BOOK, each.of_book, name_of)
        each.change(left)
    return left


def _remove(parts: _Parts, path: str, names: frozenset[str], name: Callable[[ElementTree.Element], str]) -> None:
    """Remove what hangs directly below the root of a part under some names."""
    if path not in parts or not names:
        return
    root = ElementTree.fromstring(parts[path])
    if found := [node for node in root if name(node) in names]:
        for node in found:
            root.remove(node)
        parts[path] = ElementTree.tostring(root)


def _kind(relation: ElementTree.Element) -> str:
    return relation.attrib.get("Type", "").rsplit("/", 1)[-1]


def _drop_properties(parts: _Parts) -> None:
    for name in [name for name in parts if name.startswith("docProps/")]:
        del parts[name]


def _drop_chart_sheets(parts: _Parts) -> None:
    relations = ElementTree.fromstring(parts[damage.RELATIONS])
    charts = {node.attrib.get("Id") for node in relations if _kind(node) == "chartsheet"}
    root = ElementTree.fromstring(parts[damage.BOOK])
    for listed in [node for node in root if name_of(node) == "sheets"]:
        for node in list(listed):
            if charts & set(node.attrib.values()):
                listed.remove(node)
    parts[damage.BOOK] = ElementTree.tostring(root)


def _plain_styles(parts: _Parts) -> None:
    """Leave of the styles only how each cell shows a number or day."""
    if damage.STYLES not in parts:
        return
    root = ElementTree.fromstring(parts[damage.STYLES])
    for node in list(root):
        if name_of(node) == "cellXfs":
            for form in node:
                number = form.attrib.get("numFmtId", "0")
                form.clear()
                form.attrib["numFmtId"] = number
        elif name_of(node) not in {"numFmts", "dxfs"}:
            root.remove(node)
        elif name_of(node) == "dxfs":
            for form in node:
                form.clear()
    parts[damage.STYLES] = ElementTree.tostring(root)


def _plain_texts(parts: _Parts) -> None:
    for path in [each for each in parts if each == damage.STRINGS or each.startswith("xl/worksheets/sheet")]:
        root = ElementTree.fromstring(parts[path])
        found = [(node, child) for node in root.iter() for child in node if name_of(child) == "rPr"]
        for node, child in found:
            node.remove(child)
        if found:
            parts[path] = ElementTree.tostring(root)


def _sheet(what: str, *elements: str, relations: tuple[str, ...] = ()) -> _Ornament:
    return _Ornament(what, frozenset(elements), frozenset(relations))


_WITHIN_TEXTS = _Ornament("de opmaak binnen teksten", change=_plain_texts)
_ORNAMENTS = (
    _sheet("de voorwaardelijke opmaak", "conditionalFormatting"),
    _sheet("de gegevensvalidatie", "dataValidations"),
    _sheet("de koppelingen", "hyperlinks"),
    _sheet("het filter of de sortering", "autoFilter", "sortState", "dataConsolidate"),
    _sheet("de indeling als tabel", "tableParts", relations=("table",)),
    _sheet("de weergave van het blad", "sheetViews", "customSheetViews", "sheetPr", "dimension", "extLst"),
    _sheet("de kop- of voettekst", "headerFooter"),
    _sheet(
        "de instellingen voor afdrukken",
        *("printOptions", "pageMargins", "pageSetup", "rowBreaks", "colBreaks"),
    ),
    _sheet("de beveiliging van het blad", "sheetProtection", "protectedRanges"),
    _sheet("de scenario's", "scenarios"),
    _sheet("", "drawing", "picture", relations=("drawing",)),  # which `remarks` reads
    _sheet("de notities", "legacyDrawing", relations=("comments",)),
    _Ornament("een draaitabel", frozenset(), frozenset({"pivotTable"}), frozenset({"pivotCaches"})),
    _Ornament("een blad met alleen een grafiek", change=_drop_chart_sheets),
    _Ornament(
        "de instellingen van de werkmap",
        of_book=frozenset(
            {"definedNames", "calcPr", "bookViews", "workbookProtection", "customWorkbookViews", "externalReferences"}
        ),
    ),
    _Ornament("de eigenschappen van het bestand", change=_drop_properties),
    _Ornament("de letters, kleuren en randen", change=_plain_styles),
    _WITHIN_TEXTS,
)
