"""How a column looks in the report: heading, format and alignment. Add a column's look here."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any, Literal

import numpy as np
import pandas as pd

from voortgang.writing import dutch
from voortgang.writing.characters import deceit

_LONGEST = 10_000
"""Characters of a cell: three pages."""


def _words(value: Any) -> str:
    """Write what stands in a column of words as readers write it; the values of a frame keep Python's own forms."""
    if isinstance(value, bool | np.bool_):
        return "ja" if value else "nee"
    if isinstance(value, date):
        return dutch.long_date(value)
    if isinstance(value, float | np.floating):
        return np.format_float_positional(value, trim="-").replace(".", ",")
    return str(value)


def _date(value: Any) -> str:
    if not isinstance(value, date):
        raise TypeError("no date")
    return dutch.long_date(value)


def _names(value: Any) -> str:
    """Write an enumeration whose "en" stays with the name before it: in a narrow column each name takes one line."""
    return _words(value).replace(" en ", "\xa0en ")


@dataclass(frozen=True)
class Look:
    """Heading, how a value is written, and alignment."""

    heading: str
    write: Callable[[Any], str] = _words
    align: Literal["left", "right", "center"] = "left"

    def cell(self, value: Any) -> str:
        """Return the text of one cell; a dash where there is no value.

        Raises
        ------
        ValueError
            When the value is no single value, is infinite, is not what the column shows, or is a text of pages or of
            characters that nobody sees.
        """
        if not pd.api.types.is_scalar(value) or isinstance(value, bytes):
            raise ValueError(f"holds a {type(value).__name__}, not one value: {str(value)[:60]}")
        if pd.isna(value):
            return dutch.MISSING
        if isinstance(value, complex) or (isinstance(value, float | np.floating | Decimal) and math.isinf(value)):
            raise ValueError(f"holds {value}, which is no number that a report can show")
        try:
            text = self.write(value) or dutch.MISSING
        except (ArithmeticError, AttributeError, TypeError, ValueError) as error:
            raise ValueError(f"holds {value!r:.80}, which is not what a column {self.heading!r} shows") from error
        if len(text) > _LONGEST:
            raise ValueError(f"holds a text of {len(text)} characters; at most {_LONGEST} fit")
        if what := deceit(text):
            raise ValueError(f"holds {what}, which a reader does not see as it is")
        return text


def _count(value: float) -> str:
    return dutch.number(value)


def _euro(heading: str) -> Look:
    return Look(heading, dutch.euro, "right")


def _share(heading: str) -> Look:
    return Look(heading, dutch.share, "right")


LOOKS = {
    "naam": Look("Project"),
    "pijler": Look("Pijler"),
    "lijn": Look("Pijler"),
    "thema": Look("Thema"),
    "inzet": Look("Inzet"),
    "penvoerder": Look("Penvoerder"),
    "gemeenten": Look("Gemeenten", _names),
    "fase": Look("Fase"),
    "inhoud": Look("Inhoud"),
    "tijd": Look("Tijd"),
    "geld": Look("Geld"),
    "toelichting": Look("Toelichting"),
    "cross_over": Look("Cross-over"),
    "pijlers": Look("Pijlers"),
    "projecten": Look("Projecten"),
    "aantal": Look("Aantal", _count, "right"),
    "stand": Look("Oordeel"),
    "resultaat": Look("Beoogd resultaat"),
    "samenvatting": Look("Wat wordt beoogd"),
    "artikel": Look("Artikel"),
    "indicator": Look("Indicator"),
    "eenheid": Look("Eenheid"),
    "nulwaarde_tekst": Look("Nulwaarde", align="right"),
    "vorige_tekst": Look("Jaar ervoor", align="right"),
    "waarde_tekst": Look("Waarde", align="right"),
    "doel_tekst": Look("Doelwaarde", align="right"),
    "doelen": Look("Doelen behaald of op schema", align="right"),
    "welvaart": Look("Thema"),
    "deals": Look("Deals", _count, "right"),
    "indicatoren": Look("Indicatoren", _count, "right"),
    "met_doel": Look("Met doelwaarde", _count, "right"),
    "op_koers": Look("Behaald of op schema", _count, "right"),
    "behaald": Look("Waarvan behaald", _count, "right"),
    "doelbereik": _share("Doelbereik"),
    "doelbereik_tekst": Look("Doelbereik", align="right"),
    "doeljaar": Look("Doeljaar", align="right"),
    "verwacht": _share("Verwacht"),
    "oordeel": Look("Oordeel"),
    "oordeel_tekst": Look("Oordeel"),
    "deel": Look("Gemeente"),
    "waarde": Look("Waarde", _count, "right"),
    "minimum": Look("Minimum", _count, "right"),
    "minimum_tekst": Look("Minimum", align="right"),
    "gehaald": Look("Gehaald", align="center"),
    "begroot": _euro("Begroot"),
    "gecommitteerd": _euro("Gecommitteerd"),
    "gerealiseerd": _euro("Gerealiseerd"),
    "bedrag": _euro("Bedrag"),
    "opgeteld": _euro("Opgeteld"),
    "gecommitteerd_in_jaar": _euro("Gecommitteerd in het jaar"),
    "gerealiseerd_in_jaar": _euro("Gerealiseerd in het jaar"),
    "vrij": _euro("Niet gecommitteerd"),
    "saldo": _euro("Saldo"),
    "toegewezen": _euro("Voor projecten"),
    "niet_toegewezen": _euro("Niet voor projecten"),
    "vrij_begroot": _euro("Niet gecommitteerd"),
    "over": _euro("Niet gerealiseerd"),
    "gestopt_op": Look("Gestopt op", _date),
    "vrijgevallen": _euro("Vrijgevallen"),
    "nog_vast": _euro("Nog gecommitteerd"),
    "verwacht_laag": _euro("Laagste verwachting"),
    "verwacht_hoog": _euro("Hoogste verwachting"),
    "over_laag": _euro("Dan blijft over"),
    "over_hoog": _euro("Blijft hoogstens over"),
    "toegezegd": _euro("Toegezegd"),
    "ontvangen": _euro("Ontvangen"),
    "ten_laste": _euro("Daarvan gerealiseerd"),
    "uitputting": _share("Uitputting"),
    "verdeling": _share("Aandeel in realisatie"),
    "verdeling_begroot": _share("Aandeel in begroting"),
    "aandeel_ontvangen": _share("Ontvangen aandeel"),
    "partij": Look("Partij"),
    "post": Look("Post"),
    "termijn": Look("Termijn", _count, "right"),
    "datum": Look("Datum", _date),
    "start": Look("Start", _date),
    "einde": Look("Einde", _date),
    "geldig_vanaf": Look("Geldig vanaf", _date),
    "besluit": Look("Uitkomst"),
    "rol": Look("Rol"),
    "penvoerder_van": Look("Penvoerder van", _count, "right"),
    "regio": Look("Regio", align="right"),
    "richting": Look("Bedoeld"),
    "vraagt": Look("Wat het vraagt"),
    "wanneer": Look("Wanneer"),
    "waar": Look("Waar in dit verslag"),
    "open_punt": Look("Wat nog open is"),
    "kerncijfer": Look("Kerncijfer"),
    "vorig": Look("Vorig jaar", align="right"),
    "nu": Look("Nu", align="right"),
    "verschil": Look("Verschil", align="right"),
    "verandering": Look("Wat is er veranderd"),
    "verslagjaar": Look("Verslagjaar"),
    "cijfer": Look("Cijfer"),
    "was": Look("Was", align="right"),
    "is_nu": Look("Is nu", align="right"),
    "reden": Look("Reden"),
    "verwachting_tekst": Look("Verwacht aan het einde van het doeljaar", align="right"),
    "vooruitzicht": Look("Doel"),
    "onderwerp": Look("Onderwerp"),
    "jaar": Look("Jaar"),
    "mijlpaal": Look("Mijlpaal"),
    "eerst_gepland": Look("Eerst gepland", _date),
    "gepland": Look("Nu gepland", _date),
    "gehaald_op": Look("Gehaald", _date),
    "afwijking": Look("Project of resultaat"),
    "risico": Look("Risico"),
    "oorzaak": Look("Oorzaak"),
    "kans": Look("Kans"),
    "effect": Look("Effect"),
    "maatregel": Look("Maatregel"),
    "eigenaar": Look("Eigenaar"),
    "beweging": Look("Sinds een jaar eerder"),
    "peildatum": Look("Peildatum"),
    "wijziging": Look("Soort"),
    "verslagstatus": Look("Verslag"),
    "controle": Look("Gecontroleerd"),
    "opmerking": Look("Opmerking"),
    "bron": Look("Bron"),
    "waarom": Look("Waarom"),
}
"""The look of each column, by its name in a data frame."""


def look(name: str) -> Look:
    """Return the look of a column; one that is not listed shows its name above whole numbers, a year above euros."""
    if name.isdecimal():  # a year: text as it is, and amounts in whole euros
        return Look(name, lambda value: value if isinstance(value, str) else dutch.euro(value), "right")
    return LOOKS.get(name, Look(name, lambda value: value if isinstance(value, str) else _count(value), "right"))
