"""The outcome of a verification as a Dutch page, for auditors."""

from __future__ import annotations

import re
from html import escape

from voortgang.readers.compare.found import TOLERANCE
from voortgang.readers.verified import Kind, Verified
from voortgang.run.confinement import PARTS
from voortgang.writing import dutch
from voortgang.writing.page import html_page, html_table

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
_STYLE = """
main { max-width: 80rem; }
.oordeel { padding: 0.8rem 1.2rem; border-left: 0.5rem solid; font-size: 1.3rem; font-weight: 600; }
.identical { border-color: #2f7d57; } .tolerance { border-color: #b8501a; } .different { border-color: #8a1c1c; }
td { vertical-align: top; overflow-wrap: anywhere; }
"""


_PARTS = {
    "files": "andere bestanden",
    "network": "het netwerk",
    "services": "diensten van deze computer",
    "processes": "andere programma's",
    "means": "geheugen en rekentijd",
}


def verify_page(outcome: Verified) -> bytes:
    """Return the page: the verdict, what was done, the versions that differ, and each difference."""
    verdict = outcome.verdict
    confined = (
        "Alles liep in een afgesloten proces: zonder netwerk, en zonder andere bestanden dan die van het verslag."
        if set(outcome.confined) >= set(PARTS)
        else "Deze computer kan niet alles afsluiten. Niet afgesloten: "
        + ", ".join(_PARTS[part] for part in PARTS if part not in outcome.confined)
        + "."
    )
    body = [
        f"<h1>Controle van het verslag over {outcome.year}</h1>",
        f'<p class="oordeel {verdict.split()[-1]}">{_VERDICTS[verdict]}</p>',
        f"<p>{_MEANING[verdict]}</p>",
        f"<p>Vergeleken: {dutch.count(outcome.files, 'bestand', 'bestanden')} met hun SHA-256. Daarna zijn alle"
        " notebooks opnieuw uitgevoerd, elk in een nieuwe kernel zonder netwerk, en is elke cel, elk kerncijfer en elk"
        f" bestand vergeleken. Getallen mogen een deel op {dutch.number(1 / TOLERANCE)} verschillen. {confined}"
        f" De controle duurde {dutch.number(outcome.seconds)} seconden.</p>",
    ]
    if outcome.reason:
        body.append(f"<p>Vergeleken is wat de bestanden zeggen, niet elke byte. Reden: {escape(outcome.reason)}</p>")
    if outcome.brought:
        names = ", ".join(map(escape, outcome.brought))
        body.append(f"<p>Het verslag heeft eigen bestanden die de vorm bepalen: {names}.</p>")
    if outcome.programs:
        body.append("<h2>Andere programma's</h2>")
        body += html_table(("Programma", "Toen", "Nu"), outcome.programs)
    count = dutch.count(len(outcome.differences), "verschil", "verschillen")
    body.append(f"<h2>{count[0].upper()}{count[1:]}</h2>")
    if outcome.differences:
        rows = [
            (_dutch(each.where), KINDS[each.kind], _dutch(each.before), _dutch(each.now))
            for each in outcome.differences
        ]
        body += html_table(("Waar", "Soort", "Was", "Is nu"), rows)
    return html_page(f"Controle van het verslag over {outcome.year}", body, _STYLE)


def _dutch(text: str) -> str:
    """Return a place or a state in Dutch; a quotation from a file stays as it is."""
    if text in _WORDS:
        return _WORDS[text]
    name, comma, where = text.partition(", ")
    for english, word in _WORDS.items():
        where = re.sub(rf"\b{english}\b(?=$| \d| [a-z]+\.json)", word, where) if re.match(r"\S+$", name) else where
    return name + comma + where
