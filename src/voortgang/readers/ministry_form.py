"""The form of what the ministry gets of each deal for its yearly letter: the model of `lnv-<year>.json` (Art. 7.4)."""

from __future__ import annotations

import json
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field

from voortgang.publish.key_figures import Kerncijfer, Verslag


class _Published(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Onderdeel(_Published):
    """One part of Art. 7.4."""

    id: Literal["aanpak", "doelbereik", "financien"]
    artikel: str = Field(description="Artikel van het convenant dat om dit onderdeel vraagt.")
    titel: str
    tekst: str = Field(description="Een korte tekst voor de brief.")
    kerncijfers: list[Kerncijfer] = Field(description="De cijfers van dit onderdeel, zoals in kerncijfers.json.")


class Tranche(_Published):
    """One instalment of the State's contribution (Art. 5.6)."""

    nummer: int
    bedrag: Kerncijfer
    opgeteld: Kerncijfer = Field(description="Deze tranche en die ervoor, samen.")


class Leerervaring(_Published):
    """What was learned in one pillar, in the bureau's own words."""

    pijler: str
    naam: str
    tekst: str


class Risico(_Published):
    """One of the heaviest risks."""

    nummer: str
    risico: str = Field(description="Wat er kan gebeuren, met de pijler die het raakt.")
    oorzaak: str
    kans: str
    effect: str
    maatregel: str
    eigenaar: str = Field(description="Partij die de maatregel neemt.")
    beweging: str = Field(description="Sinds het einde van het jaar ervoor.")


class Opgave(_Published):
    """What one deal reports over one year."""

    schema_versie: Literal["1.2"]
    verslag: Verslag
    onderdelen: list[Onderdeel] = Field(min_length=3, max_length=3)
    tranches: list[Tranche] = []
    risicos: list[Risico] = Field(default=[], description="De zwaarste risico's, hoogstens vijf.")
    leerervaringen: list[Leerervaring] = []


def json_schema() -> str:
    """Return the JSON Schema of the ministry's file."""
    content = {"$schema": "https://json-schema.org/draft/2020-12/schema"} | Opgave.model_json_schema()
    return json.dumps(content, ensure_ascii=False, indent=2) + "\n"
