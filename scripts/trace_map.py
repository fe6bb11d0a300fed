# /// script
# requires-python = ">=3.11"
# dependencies = ["nl_maps==0.2.0", "numpy", "pillow", "scipy", "shapely>=2.1"]
# ///
"""Trace the municipalities of this deal from the raster of the package nl_maps into data/kaart.geojson.

Run once, with: uv run scripts/trace_map.py. Boundaries: Statistics Netherlands (CBS) and Kadaster, 2016 with later
mergers, free to use with attribution. One pixel is about 152 metres, so the shapes serve a small map and nothing else.
"""

import json
from importlib.resources import files
from pathlib import Path

import numpy as np
import shapely
from PIL import Image
from scipy import ndimage

# A pixel inside each municipality, column and row.
SEEDS = {
    "GM1680": ("Aa en Hunze", (1520, 410)),
    "GM1681": ("Borger-Odoorn", (1585, 470)),
    "GM0109": ("Coevorden", (1530, 580)),
    "GM0114": ("Emmen", (1625, 580)),
    "GM0160": ("Hardenberg", (1470, 680)),
    "GM0118": ("Hoogeveen", (1425, 590)),
}
# The raster is in the national grid (RD): metres of its left and upper edge, and metres per pixel.
WEST, NORTH, SIZE = 13_600.0, 619_300.0, (151.7, 152.4)


def degrees(points: np.ndarray) -> np.ndarray:
    """Turn metres of the national grid into longitude and latitude (Schreutelkamp and Strang van Hees, 2001)."""
    x, y = (points[:, 0] - 155_000) * 1e-5, (points[:, 1] - 463_000) * 1e-5
    north = 3235.65389 * y - 32.58297 * x**2 - 0.2475 * y**2 - 0.84978 * x**2 * y - 0.0655 * y**3
    east = 5260.52916 * x + 105.94684 * x * y + 2.45656 * x * y**2 - 0.81885 * x**3 + 0.05594 * x * y**3
    return np.column_stack([5.38720621 + east / 3600, 52.15517440 + north / 3600]).round(4)


def traced() -> list[shapely.Polygon]:
    """Return the shape of each municipality in pixels; neighbours share their border."""
    image = Image.open(files("nl_maps") / "source" / "nl_municipalities.png").convert("RGBA")
    pixels = np.asarray(image).astype(int)
    land = pixels[..., 3] > 128
    regions, _ = ndimage.label(land & (pixels[..., 0] > 190))
    # A pixel of a border belongs to the region that is nearest; the sea and other countries to none.
    nearest = ndimage.distance_transform_edt(regions == 0, return_distances=False, return_indices=True)
    regions = np.where(land, regions[tuple(nearest)], 0)
    shapes = []
    for _, (column, row) in SEEDS.values():
        down, across = np.nonzero(regions == regions[row, column])
        whole = shapely.union_all(shapely.box(across, down, across + 1, down + 1))
        shapes.append(max(shapely.get_parts(whole), key=shapely.area))
    return list(shapely.coverage_simplify(shapes, 2.0))


def main() -> None:
    """Write the file."""
    lines = []
    for (code, (name, _)), shape in zip(SEEDS.items(), traced(), strict=True):
        corners = shapely.get_coordinates(shape.exterior)
        metres = np.column_stack([WEST + corners[:, 0] * SIZE[0], NORTH - corners[:, 1] * SIZE[1]])
        print(f"{name}: {shapely.Polygon(metres).area / 1e6:.0f} km2")
        ring = shapely.get_coordinates(shapely.Polygon(degrees(metres)).normalize())[::-1].tolist()
        geometry = {"type": "Polygon", "coordinates": [ring]}
        properties = {"statcode": code, "statnaam": name}
        lines.append(json.dumps({"type": "Feature", "properties": properties, "geometry": geometry}))
    features = ",\n    ".join(lines)
    licence = "Vrij te gebruiken met bronvermelding; overgetrokken van een kaartje, tot op ongeveer 300 meter"
    Path("data/kaart.geojson").write_text(
        f'{{\n  "type": "FeatureCollection",\n  "bron": "CBS en Kadaster, gemeentegrenzen 2024",\n'
        f'  "licentie": "{licence}",\n  "features": [\n    {features}\n  ]\n}}\n'
    )


if __name__ == "__main__":
    main()
