"""Charts in fewer bytes: the same picture, without what only a person who reads its XML would miss."""

from __future__ import annotations

import re
from functools import lru_cache

_LEFT_OUT = re.compile(r"<metadata>.*?</metadata>|<!--.*?-->| id=\"(?:figure|patch|text|line2d)_\d+\"", re.DOTALL)
_BETWEEN = re.compile(r">\s+<")
_PATH = re.compile(r" d=\"([^\"]*)\"")
_MOVED = re.compile(r"(<use xlink:href=\"[^\"]*\") transform=\"translate\(([-\d.]+) 0\)\"")
_PLACE = re.compile(r"translate\(([-\d.]+) ([-\d.]+)\)")
_LETTER = re.compile(r"(id=\"|href=\"#)([A-Z])[A-Za-z]*-?([A-Z]?)[A-Za-z]*-([0-9a-f]+)\"")
_AT = re.compile(r"(\s(?:x|y|width|height)=)\"(-?\d+\.\d+)\"")
_NUMBER = re.compile(r"-?\d+\.\d+")
_ALONE = re.compile(r"<g>(<path [^>]*/>)</g>")
_LETTER_SHAPE = re.compile(r"(<path id=\"[^\"]*\" d=\")([^\"]*)\"")
_COMMAND = re.compile(r"([MLQCz])([^MLQCz]*)")
_AROUND = re.compile(r"\s*([A-Za-z])\s*|\s+(?=-)|\s+$")


def compact(svg: str) -> str:
    """Return a drawing of matplotlib in fewer bytes; places are rounded to a hundredth of a point."""
    svg = _LEFT_OUT.sub("", svg)
    svg = _LETTER_SHAPE.sub(lambda match: f'{match[1]}{_relative(match[2])}"', svg)
    svg = _PATH.sub(lambda match: f' d="{_path(match[1])}"', svg)
    svg = _MOVED.sub(lambda match: f'{match[1]} x="{_short(match[2], 1)}"', svg)
    svg = _PLACE.sub(lambda match: f"translate({_short(match[1])} {_short(match[2])})", svg)
    svg = _LETTER.sub(r'\1\2\3\4"', svg).replace("<use xlink:href", "<use href")
    return _ALONE.sub(r"\1", _BETWEEN.sub("><", svg))


def rounded(svg: str) -> str:
    """Return any drawing of matplotlib with its places rounded to a hundredth of a point, and nothing else changed.

    Fewer bytes; and a number with three decimals would look like an amount to who searches for one.
    """
    svg = _PATH.sub(lambda match: f' d="{_path(match[1])}"', svg)
    svg = _PLACE.sub(lambda match: f"translate({_short(match[1])} {_short(match[2])})", svg)
    return _BETWEEN.sub("><", _AT.sub(lambda match: f'{match[1]}"{_short(match[2])}"', svg))


# Each chart holds the outlines of its letters, and a letter has one outline in all charts.
@lru_cache(1024)
def _relative(path: str) -> str:
    """Return the outline of a letter with each point as seen from the one before it: that takes fewer digits."""
    made, x, y, began = [], 0, 0, (0, 0)
    for command, numbers in _COMMAND.findall(path):
        if command == "z":
            made.append("z")
            x, y = began
            continue
        places = [round(float(each)) for each in numbers.split()]
        points = list(zip(places[::2], places[1::2], strict=True))
        made.append(command.lower() + " ".join(f"{across - x} {up - y}" for across, up in points))
        x, y = points[-1]
        if command == "M":
            began = (x, y)
    return "".join(made)


@lru_cache(1024)
def _path(path: str) -> str:
    path = _NUMBER.sub(lambda match: _short(match[0]), path)
    path = re.sub(r"\s+", " ", path)
    return _AROUND.sub(lambda match: match[1] or "", path)


def _short(number: str, decimals: int = 2) -> str:
    text = f"{float(number):.{decimals}f}".rstrip("0").rstrip(".")
    return "0" if text == "-0" else text
