"""The municipalities as shapes on a map: `data/kaart.geojson`, which a deal may leave out.

The file is GeoJSON (RFC 7946) as Statistics Netherlands and PDOK publish boundaries: `statcode` names a municipality,
and positions are longitude and latitude. Its key `bron` says whose boundaries they are, as their licence asks.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Annotated, Any, Literal, TypeVar

from pydantic import BaseModel, ConfigDict, Field, StringConstraints, ValidationError

from voortgang.errors import WorkspaceError
from voortgang.workspace.paths import Workspace
from voortgang.workspace.yaml_model import CBS_CODE
from voortgang.writing.characters import deceit
from voortgang.writing.fonts import first_without_shape

LARGEST = 2_000_000
"""Bytes of the file; the six municipalities of a deal are ten thousand, all of the country twenty million."""

# The Netherlands with its Caribbean islands: metres of the national grid, and latitude before longitude, fall outside.
Longitude = Annotated[float, Field(ge=-70, le=9)]
Latitude = Annotated[float, Field(ge=12, le=54.5)]
Position = tuple[Longitude, Latitude]
Ring = Annotated[tuple[Position, ...], Field(min_length=4)]
Rings = Annotated[tuple[Ring, ...], Field(min_length=1)]
T = TypeVar("T")


class _Open(BaseModel):
    """A part of GeoJSON, which may have keys of others beside its own."""

    model_config = ConfigDict(frozen=True)


class _Polygon(_Open):
    type: Literal["Polygon"]
    coordinates: Rings


class _Polygons(_Open):
    type: Literal["MultiPolygon"]
    coordinates: Annotated[tuple[Rings, ...], Field(min_length=1)]


class _Municipality(_Open):
    statcode: Annotated[str, CBS_CODE]


class _Feature(_Open):
    type: Literal["Feature"]
    properties: _Municipality
    geometry: Annotated[_Polygon | _Polygons, Field(discriminator="type")]


class _Collection(_Open):
    type: Literal["FeatureCollection"]
    bron: Annotated[str, StringConstraints(min_length=3, max_length=200, strip_whitespace=True)]
    features: tuple[_Feature, ...]


@dataclass(frozen=True)
class Shapes:
    """The outlines of municipalities.

    Attributes
    ----------
    source
        Whose boundaries they are, and of which year, as a report names it.
    rings
        By code of Statistics Netherlands (`GM0114`): closed lines of longitude and latitude in degrees. A hole runs the
        other way round than the line about it.
    """

    source: str
    rings: dict[str, tuple[Ring, ...]]


def read_shapes(workspace: Workspace) -> Shapes | None:
    """Return the shapes of a workspace; None when it has none.

    Raises
    ------
    WorkspaceError
        When the file is not GeoJSON in degrees, names a municipality twice, or does not say its source.
    """
    path = workspace.shapes
    if not path.is_file():
        return None
    name = workspace.relative(path)
    if path.stat().st_size > LARGEST:
        raise _broken(f"The file is larger than {LARGEST} bytes", name)
    try:
        content = json.loads(path.read_bytes().decode("utf-8-sig"), parse_constant=_refused, object_pairs_hook=_once)
        collection = _Collection.model_validate(content)
    except ValidationError as error:
        first = error.errors()[0]
        raise _broken(f"{_said(first)} ({first['msg']})", f"{name}, {_place(first['loc'])}") from error
    except (ValueError, RecursionError) as error:  # no UTF-8, no JSON, a key twice, lists without end
        raise _broken(f"The file cannot be read: {str(error) or 'lists in lists without end'}", name) from error
    if what := deceit(collection.bron):
        raise _broken(f"The text holds {what}", f"{name}, bron")
    if sign := first_without_shape(collection.bron):
        raise _broken(f"The text holds a sign that the report cannot show: {sign}", f"{name}, bron")
    rings: dict[str, tuple[Ring, ...]] = {}
    for number, feature in enumerate(collection.features, start=1):
        code, geometry = feature.properties.statcode, feature.geometry
        place = f"{name}, feature {number} ({code})"
        if code in rings:
            raise _broken("The municipality stands there twice", place)
        parts = (geometry.coordinates,) if isinstance(geometry, _Polygon) else geometry.coordinates
        rings[code] = tuple(ring for part in parts for ring in part)
        if any(ring[0] != ring[-1] for ring in rings[code]):
            raise _broken("A line does not end where it begins", place)
    return Shapes(collection.bron, rings)


def _broken(what: str, where: str) -> WorkspaceError:
    return WorkspaceError(
        f"{what}.",
        where,
        "GeoJSON of a few municipalities: a key bron, statcode of each, longitude and latitude in degrees (WGS 84)",
        "Save the boundaries anew, simplified, with only the municipalities of the deal, or remove the file: then the "
        "map is one square for each municipality.",
    )


def _said(problem: Any) -> str:
    match problem:
        case {"type": "missing"}:
            return f"The key {str(problem['loc'][-1])!r} is missing"
        case {"loc": (*_, "coordinates", _, _, _, _) | (*_, "coordinates", _, _, _)}:
            return f"A position lies outside the Netherlands, or is no longitude and latitude: {problem['input']!r:.60}"
    return f"The value of {str(problem['loc'][-1] if problem['loc'] else 'the file')!r} is wrong"


def _place(location: tuple[int | str, ...]) -> str:
    """Return where in the file something is, counted from one as people do."""
    if location[:1] == ("features",) and len(location) > 1:
        return f"feature {int(location[1]) + 1}"
    return ".".join(map(str, location)) or "its beginning"


def _refused(constant: str) -> float:
    raise ValueError(f"{constant} is no number")


def _once(pairs: list[tuple[str, T]]) -> dict[str, T]:
    keys = [key for key, _ in pairs]
    if len(set(keys)) < len(keys):
        raise ValueError(f"the key {next(key for key in keys if keys.count(key) > 1)!r} stands there twice")
    return dict(pairs)
