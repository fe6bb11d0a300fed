"""The outcome of a verification as a Dutch page, for auditors."""

from __future__ import annotations

import re

from voortgang.readers.compare.found import TOLERANCE
from voortgang.readers.verified import Kind, Verified
from voortgang.run.confinement import PARTS
from voortgang.writing import dutch
from voortgang.writing.page import html_page

_VERDICTS = {
    "identical": "Gelijk",
    "equal within tolerance": "Gelijk binnen de tolerantie",
    "different": "Anders",
}
KINDS: dict[Kind, str] = {
    "changed": "Gewijzigd na publicatie",
    "value": "Andere uitkomst",
    "tolerance": "Binnen de tolerantie",
    "form": "Zelfde inhoud, andere vorm",
    "order": "Zelfde rijen, andere volgorde",
    "programs": "Andere versie van een programma",
}
_MEANING = {
    "identical": "Elk bestand is wat het manifest noemt, en opnieuw gemaakt is het verslag byte voor byte hetzelfde.",
    "equal within tolerance": "De cijfers en teksten zijn dezelfde. Wat verschilt is vorm, volgorde of afronding.",
    "different": "Het verslag is niet wat er uit deze gegevens en notebooks komt, of het is na publicatie gewijzigd.",
}
_WORDS = {
    "code cell": "codecel",
    "source": "broncode",
    "text alternative": "alternatieve tekst",
    "text": "tekst",
    "page": "pagina",
    "attachment": "bijlage",
    "row": "rij",
    "links": "verwijzingen",
    "absent": "ontbreekt",
    "a file": "een bestand",
    "not in the manifest": "niet in het manifest",
}
_PARTS = {
    "files": "andere bestanden",
    "network": "het netwerk",
    "services": "diensten van deze computer",
    "processes": "andere programma's",
    "means": "geheugen en rekentijd",
}


def verify_page(outcome: Verified) -> bytes:
    """Return the page: the verdict, what was done, the versions that differ, and each difference."""
    count = dutch.count(len(outcome.differences), "verschil", "verschillen")
    return html_page(
        "readers/verify_page.html",
        f"Controle van het verslag over {outcome.year}",
        outcome=outcome,
        verdict=_VERDICTS[outcome.verdict],
        meaning=_MEANING[outcome.verdict],
        files=dutch.count(outcome.files, "bestand", "bestanden"),
        tolerance=dutch.number(1 / TOLERANCE),
        open=", ".join(_PARTS[part] for part in PARTS if part not in outcome.confined),
        seconds=dutch.number(outcome.seconds),
        count=f"{count[0].upper()}{count[1:]}",
        rows=[
            (_dutch(each.where), KINDS[each.kind], _dutch(each.before), _dutch(each.now))
            for each in outcome.differences
        ],
    )


def _dutch(text: str) -> str:
    """Return a place or a state in Dutch; a quotation from a file stays as it is."""
    if text in _WORDS:
        return _WORDS[text]
    name, comma, where = text.partition(", ")
    for english, word in _WORDS.items():
        where = re.sub(rf"\b{english}\b(?=$| \d| [a-z]+\.json)", word, where) if re.match(r"\S+$", name) else where
    return name + comma + where
