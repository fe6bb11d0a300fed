"""The highest and the lowest of some lines: what a reader sees as equal is named together."""

from __future__ import annotations

from collections.abc import Callable

import pandas as pd

from voortgang.writing import dutch


def extremes(values: pd.Series, write: Callable[[float], str] = dutch.share) -> tuple[list[int], list[int]]:
    """Return the places of all lines that read as the highest one, and of all that read as the lowest.

    Examples
    --------
    >>> extremes(pd.Series([0.97, 0.9701, 0.5]))
    ([0, 1], [2])
    """
    numbers = [float(value) for value in values]
    shown = [write(value) for value in numbers]
    highest, lowest = shown[numbers.index(max(numbers))], shown[numbers.index(min(numbers))]
    return [n for n, each in enumerate(shown) if each == highest], [n for n, each in enumerate(shown) if each == lowest]
