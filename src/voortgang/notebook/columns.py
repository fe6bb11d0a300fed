"""How a column looks in the report: heading, format, alignment and width. Add a column's look here."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from typing import Any, Literal

import numpy as np
import pandas as pd

from voortgang.writing import dutch


def _words(value: Any) -> str:
    """Write what stands in a column of words as readers write it; the values of a frame keep Python's own forms."""
    if isinstance(value, bool | np.bool_):
        return "ja" if value else "nee"
    if isinstance(value, date):
        return dutch.long_date(value)
    if isinstance(value, float | np.floating):
        return np.format_float_positional(value, trim="-").replace(".", ",")
    return str(value)


@dataclass(frozen=True)
class Look:
    """Heading, how a value is written, alignment, and the width that wrapped text gets (in characters)."""

    heading: str
    write: Callable[[Any], str] = _words
    align: Literal["left", "right", "center"] = "left"
    width: int = 12

    def cell(self, value: Any) -> str:
        """Return the text of one cell; a dash where there is no value.

        Raises
        ------
        ValueError
            When the value is no single value, is infinite, or is not what the column shows.
        """
        if not pd.api.types.is_scalar(value) or isinstance(value, bytes):
            raise ValueError(f"holds a {type(value).__name__}, not one value: {str(value)[:60]}")
        if pd.isna(value):
            return dutch.MISSING
        if isinstance(value, complex) or (isinstance(value, float | np.floating) and math.isinf(value)):
            raise ValueError(f"holds {value}, which is no number that a report can show")
        try:
            return self.write(value) or dutch.MISSING
        except (ArithmeticError, AttributeError, TypeError, ValueError) as error:
            raise ValueError(f"holds {value!r}, which is not what a column {self.heading!r} shows") from error


def _count(value: float) -> str:
    return dutch.number(value)


def _euro(heading: str) -> Look:
    return Look(heading, dutch.euro, "right", 14)


def _share(heading: str) -> Look:
    return Look(heading, dutch.share, "right", 13)


LOOKS = {
    "naam": Look("Project", width=26),
    "pijler": Look("Pijler", width=10),
    "lijn": Look("Pijler", width=12),
    "thema": Look("Thema", width=22),
    "inzet": Look("Inzet", width=46),
    "penvoerder": Look("Penvoerder", width=14),
    "gemeenten": Look("Gemeenten", width=20),
    "fase": Look("Fase", width=13),
    "inhoud": Look("Inhoud", width=10),
    "tijd": Look("Tijd", width=10),
    "geld": Look("Geld", width=10),
    "toelichting": Look("Toelichting", width=36),
    "cross_over": Look("Cross-over", width=30),
    "pijlers": Look("Pijlers", width=20),
    "projecten": Look("Projecten", width=48),
    "aantal": Look("Aantal", _count, "right", 12),
    "resultaat": Look("Beoogd resultaat", width=26),
    "samenvatting": Look("Wat wordt beoogd", width=48),
    "artikel": Look("Artikel", width=13),
    "indicator": Look("Indicator", width=34),
    "eenheid": Look("Eenheid", width=16),
    "nulwaarde_tekst": Look("Nulwaarde", align="right", width=12),
    "vorige_tekst": Look("Vorig jaar", align="right", width=12),
    "waarde_tekst": Look("Waarde", align="right", width=10),
    "doel_tekst": Look("Doelwaarde", align="right", width=23),
    "doelen": Look("Doelen op schema of behaald", align="right", width=14),
    "welvaart": Look("Thema", width=26),
    "deals": Look("Deals", _count, "right", 8),
    "indicatoren": Look("Indicatoren", _count, "right", 12),
    "met_doel": Look("Met doelwaarde", _count, "right", 15),
    "op_koers": Look("Op schema of behaald", _count, "right", 20),
    "behaald": Look("Waarvan behaald", _count, "right", 15),
    "doelbereik": _share("Doelbereik"),
    "verwacht": _share("Verwacht"),
    "oordeel": Look("Oordeel", width=26),
    "oordeel_tekst": Look("Oordeel", width=30),
    "deel": Look("Gemeente", width=14),
    "waarde": Look("Waarde", _count, "right", 10),
    "minimum": Look("Minimum", _count, "right", 10),
    "gehaald": Look("Gehaald", align="center", width=9),
    "begroot": _euro("Begroot"),
    "gecommitteerd": _euro("Gecommitteerd"),
    "gerealiseerd": _euro("Gerealiseerd"),
    "bedrag": _euro("Bedrag"),
    "opgeteld": _euro("Opgeteld"),
    "gecommitteerd_in_jaar": _euro("Gecommitteerd in het jaar"),
    "gerealiseerd_in_jaar": _euro("Gerealiseerd in het jaar"),
    "vrij": _euro("Nog vast te leggen"),
    "saldo": _euro("Saldo"),
    "toegewezen": _euro("Voor projecten"),
    "niet_toegewezen": _euro("Niet voor projecten"),
    "vrij_begroot": _euro("Nog vast te leggen"),
    "over": _euro("Nog uit te geven"),
    "gestopt_op": Look("Gestopt op", dutch.long_date, "left", 16),
    "vrijgevallen": _euro("Vrijgevallen"),
    "nog_vast": _euro("Nog vastgelegd"),
    "verwacht_laag": _euro("Laagste verwachting"),
    "verwacht_hoog": _euro("Hoogste verwachting"),
    "over_laag": _euro("Dan blijft over"),
    "over_hoog": _euro("Blijft hoogstens over"),
    "toegezegd": _euro("Toegezegd"),
    "ontvangen": _euro("Ontvangen"),
    "uitputting": _share("Uitputting"),
    "verdeling": _share("Aandeel in realisatie"),
    "verdeling_begroot": _share("Aandeel in begroting"),
    "aandeel_ontvangen": _share("Ontvangen aandeel"),
    "partij": Look("Partij", width=22),
    "termijn": Look("Termijn", _count, "right", 8),
    "datum": Look("Datum", dutch.long_date, "left", 16),
    "start": Look("Start", dutch.long_date, "left", 16),
    "einde": Look("Einde", dutch.long_date, "left", 16),
    "geldig_vanaf": Look("Geldig vanaf", dutch.long_date, "left", 16),
    "besluit": Look("Uitkomst", width=40),
    "rol": Look("Rol", width=13),
    "penvoerder_van": Look("Penvoerder van", _count, "right", 12),
    "regio": Look("Regio", _count, "right", 10),
    "richting": Look("Bedoeld", width=11),
    "vraagt": Look("Wat het vraagt", width=36),
    "wanneer": Look("Wanneer", width=14),
    "waar": Look("Waar in dit verslag", width=22),
    "open_punt": Look("Wat nog open is", width=30),
    "kerncijfer": Look("Kerncijfer", width=30),
    "vorig": Look("Vorig jaar", align="right", width=16),
    "nu": Look("Nu", align="right", width=16),
    "verschil": Look("Verschil", align="right", width=16),
    "verandering": Look("Wat is er veranderd", width=44),
    "verslagjaar": Look("Verslagjaar", width=11),
    "cijfer": Look("Cijfer", width=40),
    "was": Look("Was", align="right", width=10),
    "is_nu": Look("Is nu", align="right", width=10),
    "reden": Look("Reden", width=30),
    "verwachting_tekst": Look("Verwacht aan het einde", align="right", width=20),
    "vooruitzicht": Look("Doel", width=24),
    "onderwerp": Look("Onderwerp", width=30),
    "peildatum": Look("Peildatum", width=17),
    "wijziging": Look("Soort", width=14),
    "verslagstatus": Look("Verslag", width=12),
    "controle": Look("Gecontroleerd", width=20),
    "opmerking": Look("Opmerking", width=26),
    "bron": Look("Bron", width=40),
    "waarom": Look("Waarom", width=40),
}
"""The look of each column, by its name in a data frame."""


def look(name: str) -> Look:
    """Return the look of a column; a column that is not listed shows its own name above whole numbers."""
    if name.isdecimal():  # a year: text as it is, and amounts in whole euros
        return Look(name, lambda value: value if isinstance(value, str) else dutch.number(value), "right", 10)
    return LOOKS.get(name, Look(name, lambda value: value if isinstance(value, str) else _count(value), "right", 12))
