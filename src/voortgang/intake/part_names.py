"""The parts of a workbook under the names that most programs give them.

What binds a part to its workbook is a relation, and its name is free. Excel numbers the names anew (`workbook22.xml`)
where several people write in a workbook on a server; some programs write the names as those of files on Windows.
"""

from __future__ import annotations

import io
import posixpath
import zipfile
from xml.etree import ElementTree

from voortgang.intake import damage

_ROOT, _TYPES = "_rels/.rels", "[Content_Types].xml"
_USUAL = {"officeDocument": damage.BOOK, "styles": damage.STYLES, "sharedStrings": damage.STRINGS}
"""The name of the only part of its kind, by the last word of what a relation calls it."""


def usual(content: bytes) -> bytes:
    """Return a workbook whose parts have their usual names; the same one where they have, or where a name is taken.

    Raises
    ------
    BadZipFile, SyntaxError
        When the file is damaged.
    """
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        names = {name: name.replace("\\", "/").lstrip("/") for name in archive.namelist()}
        if len(set(names.values())) < len(names) or all(name in names for name in _USUAL.values()):
            return content
        parts = {new: archive.read(old) for old, new in names.items()}
    changed = parts.keys() != names.keys()
    for relations in (_ROOT, damage.RELATIONS):  # the first may rename the second
        for kind, old in _targets(parts, relations):
            new = _USUAL.get(kind, old)
            # In another folder, what a part refers to would be elsewhere.
            if new not in parts and posixpath.dirname(new) == posixpath.dirname(old):
                parts = _renamed(parts, relations, old, new)
                changed = True
    if not changed:
        return content
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, part in parts.items():
            archive.writestr(name, part)
    return file.getvalue()


def _targets(parts: dict[str, bytes], relations: str) -> list[tuple[str, str]]:
    """Return the kind and the name of each part that relations name and the workbook has."""
    if relations not in parts:
        return []
    found = []
    for node in ElementTree.fromstring(parts[relations]):
        name = _named(relations, node.get("Target", ""))
        if name in parts:
            found.append((node.get("Type", "").rsplit("/", 1)[-1], name))
    return found


def _named(relations: str, target: str) -> str:
    """Return the name of a part that relations refer to, from the folder above theirs or from the root."""
    folder = posixpath.dirname(posixpath.dirname(relations))
    return posixpath.normpath(posixpath.join("/", folder, target.replace("\\", "/"))).lstrip("/")


def _renamed(parts: dict[str, bytes], relations: str, old: str, new: str) -> dict[str, bytes]:
    """Return the parts with another name for one of them, also in its relations and in the list of kinds."""
    names = {old: new, _relations_of(old): _relations_of(new)}
    renamed = {names.get(name, name): part for name, part in parts.items()}
    for part, attribute in ((relations, "Target"), (_TYPES, "PartName")):
        root = ElementTree.fromstring(renamed.get(part, b"<none/>"))
        for node in root:
            at = node.get(attribute, "")
            if at and (_named(relations, at) if attribute == "Target" else at.lstrip("/")) == old:
                node.set(attribute, f"/{new}")
        if part in renamed:
            renamed[part] = ElementTree.tostring(root)
    return renamed


def _relations_of(part: str) -> str:
    folder, name = posixpath.split(part)
    return f"{folder}/_rels/{name}.rels"
