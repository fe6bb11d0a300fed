"""Names of parties, pillars, themes and sectors, which workbooks show instead of the ids that the tables hold."""

from __future__ import annotations

from collections import Counter

from voortgang.workspace.deal import Deal
from voortgang.workspace.schema import Field

TITLES = {
    "parties": "Partijen",
    "lines": "Pijlers en overhead",
    "pillars": "Pijlers",
    "themes": "Thema's",
    "municipalities": "Gemeenten",
    "sectors": "Sectoren",
    "cross_overs": "Cross-overs",
}


class Names:
    """The names of a deal, to and fro."""

    def __init__(self, deal: Deal) -> None:
        lists = {
            "parties": {each.id: each.short for each in deal.parties},
            "lines": dict(deal.line_names()),
            "pillars": {each.id: each.name for each in deal.pillars},
            "themes": {each.id: each.name for pillar in deal.pillars for each in pillar.themes},
            "municipalities": {each.id: each.short for each in deal.municipalities},
            "sectors": {each.id: each.name for each in deal.sectors},
            "cross_overs": {each.id: each.name for each in deal.cross_overs},
        }
        self.by_id = {name: _clear(known) for name, known in lists.items()}
        self._ids = {name: {text.casefold(): key for key, text in known.items()} for name, known in self.by_id.items()}

    def shown(self, text: str, field: Field) -> str:
        """Return what a workbook shows of a cell of a table."""
        known = self.by_id.get(field.refers_to or "", {})
        return ";".join(known.get(part, part) for part in _parts(text, field)) if known else text

    def stored(self, text: str, field: Field) -> str:
        """Return what a table holds of a cell of a workbook; an id is known as well as a name, and others stay."""
        ids = self._ids.get(field.refers_to or "", {})
        if not ids:
            return text
        return ";".join(dict.fromkeys(ids.get(part.casefold(), part) for part in _parts(text, field)))

    def unknown(self, stored: str, field: Field) -> bool:
        """Return whether a cell of a table names something that the deal does not know."""
        known = self.by_id.get(field.refers_to or "", {})
        return bool(stored and known) and any(part not in known for part in _parts(stored, field))

    def known(self, field: Field) -> str:
        """Return the names that may stand in a cell, for a message."""
        names = ", ".join(sorted(self.by_id.get(field.refers_to or "", {}).values(), key=str.casefold))
        return f"{names} (meer dan één: met puntkomma's ertussen)" if field.separator else names


def _clear(known: dict[str, str]) -> dict[str, str]:
    """Return names by id; the id itself where its name is another's too, or cannot stand in a list of several."""
    names = {key: " ".join(name.split()) for key, name in known.items()}
    often = Counter(name.casefold() for name in names.values())
    others = {key.casefold() for key in known}
    return {
        key: key if often[(low := name.casefold())] > 1 or ";" in name or (low in others and low != key) else name
        for key, name in names.items()
    }


def _parts(text: str, field: Field) -> list[str]:
    if not field.separator:
        return [text]
    return [part.strip() for part in text.split(field.separator) if part.strip()]
