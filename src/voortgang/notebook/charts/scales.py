"""Where values and labels come on a chart: numbers only, nothing is drawn here.

Lengths are in points. Heights count down from the top of a chart.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import ceil, floor, isfinite, log10

from voortgang.writing import dutch

_STEPS = (1, 2, 5, 10)
_FLAT = 1e-9
"""Values that differ by a smaller share of their size do not differ."""
_LARGE = ((1e15, "biljard"), (1e12, "biljoen"), (1e9, "miljard"), (1e6, "miljoen"))
_SUPERSCRIPT = str.maketrans("-0123456789", "⁻⁰¹²³⁴⁵⁶⁷⁸⁹")


@dataclass(frozen=True)
class Scale:
    """Leads from a value to a place: `low` lies at `start`, `high` at `end`.

    Examples
    --------
    >>> Scale(0, 100, 20, 220)(50)
    120.0
    """

    low: float
    high: float
    start: float
    end: float

    def __call__(self, value: float) -> float:
        """Return the place of a value."""
        return self.start + (value - self.low) / (self.high - self.low) * (self.end - self.start)


@dataclass(frozen=True)
class Axis:
    """The ends of an axis, its ticks with their texts, and what they are counted in.

    Attributes
    ----------
    broken
        Whether it does not hold zero; the drawing says so with a break sign.
    times
        What the texts are to be multiplied by; empty for one.
    """

    low: float
    high: float
    ticks: tuple[float, ...]
    texts: tuple[str, ...]
    broken: bool
    times: str


def axis_of(values: Sequence[float], most: int = 4, whole: bool = False) -> Axis:
    """Return the axis for some values, which holds all of them between its first and its last tick.

    It holds zero, unless the values lie closer together than half their distance to it. What does not change at all is
    seen against zero.

    Parameters
    ----------
    most
        How many steps there are at most.
    whole
        Whether only whole numbers can occur, so that no tick stands between them.

    Examples
    --------
    >>> axis_of([93.1, 93.4]).texts, axis_of([93.1, 93.4]).broken
    (('93,0', '93,1', '93,2', '93,3', '93,4'), True)
    >>> axis_of([7, 7]).texts, axis_of([-2, 3]).texts
    (('0', '2', '4', '6', '8'), ('-2', '0', '2', '4'))
    """
    known = [float(value) for value in values if isfinite(value)]
    low, high = (min(known), max(known)) if known else (0.0, 0.0)
    size = max(abs(low), abs(high))
    close = low * high > 0 and size * _FLAT < high - low < size / 2
    if not close:
        low, high = min(low, 0.0), max(high, 0.0)
    if low == high:
        high = 1.0
    step = _step((high - low) / most, whole)
    first, last = floor(low / step + _FLAT), ceil(high / step - _FLAT)
    while last - first > most:
        step = _step(step * 1.5, whole)
        first, last = floor(low / step + _FLAT), ceil(high / step - _FLAT)
    first, last = min(first, floor(low / step)), max(last, ceil(high / step))
    ticks = tuple(number * step for number in range(first, last + 1))
    divisor, times = magnitude(ticks, step)
    decimals = max(0, -floor(log10(step / divisor) + _FLAT))
    texts = tuple(dutch.number(tick / divisor, decimals) for tick in ticks)
    without_zero = ticks[0] > step * _FLAT or ticks[-1] < -step * _FLAT
    return Axis(ticks[0], ticks[-1], ticks, texts, without_zero, times)


def _step(least: float, whole: bool = False) -> float:
    """Return the smallest round step of at least `least`."""
    if whole:
        least = max(least, 1.0)
    power: float = 10.0 ** floor(log10(least))
    return next(step * power for step in (*_STEPS, 20) if step * power >= least * (1 - _FLAT))


def magnitude(values: Sequence[float], step: float = 1.0) -> tuple[float, str]:
    """Return what numbers are divided by to be short, and how they are made whole again.

    Examples
    --------
    >>> magnitude([0, 19_200_000]), magnitude([0, 1250]), magnitude([0, 4e-8], 1e-8)
    ((1000000.0, '× miljoen'), (1.0, ''), (1e-08, '× 10⁻⁸'))
    """
    size = max((abs(value) for value in values), default=0.0)
    if size >= 1e18:
        power = floor(log10(size))
        return 10.0**power, f"× 10{str(power).translate(_SUPERSCRIPT)}"
    for divisor, name in _LARGE:
        if size >= divisor:
            return divisor, f"× {name}"
    if 0 < size < 1e-3 and step < 1e-4:
        power = floor(log10(size))
        return 10.0**power, f"× 10{str(power).translate(_SUPERSCRIPT)}"
    return 1.0, ""


def fitted(values: Sequence[float], rooms: Sequence[float], start: float, end: float) -> Scale:
    """Return the largest scale on which bars from zero leave room for their labels.

    Parameters
    ----------
    values
        Ends of the bars; a bar goes to the left when its value is negative.
    rooms
        How much room each label asks beyond the end of its bar.
    start, end
        Between which all of it must lie.

    Examples
    --------
    >>> scale = fitted([10, -10], [20, 20], 0, 100)
    >>> scale(0), scale(10), scale(-10)
    (50.0, 80.0, 20.0)
    """
    right = [(value, room) for value, room in zip(values, rooms, strict=True) if value >= 0] + [(0.0, 0.0)]
    left = [(-value, room) for value, room in zip(values, rooms, strict=True) if value < 0] + [(0.0, 0.0)]
    factors = [
        max((end - start) - room - other, 1.0) / (value + far)
        for value, room in right
        for far, other in left
        if value + far > 0
    ]
    factor = min(factors, default=1.0)
    zero = start + max(far * factor + room for far, room in left)
    largest = max((abs(value) for value in values), default=0.0) or 1.0
    return Scale(0.0, largest, zero, zero + factor * largest)


def spread(wanted: Sequence[float], heights: Sequence[float], low: float, high: float) -> list[float]:
    """Return centres of labels, close to where each is wanted, that do not overlap and lie between `low` and `high`.

    Parameters
    ----------
    wanted
        Where each label would stand on its own.
    heights
        How high each label is.

    Raises
    ------
    ValueError
        When there is no room for all of them.

    Examples
    --------
    >>> spread([50, 50, 10], [10, 10, 10], 0, 100)
    [50.0, 60.0, 10.0]
    >>> spread([99, 98], [10, 10], 0, 100)
    [95.0, 85.0]
    """
    if sum(heights) > (high - low) + _FLAT:
        raise ValueError(f"labels of {sum(heights)} points do not fit in {high - low}")
    order = sorted(range(len(wanted)), key=lambda index: (wanted[index], index))
    tops = [0.0] * len(wanted)
    free = low
    for index in order:
        tops[index] = max(wanted[index] - heights[index] / 2, free)
        free = tops[index] + heights[index]
    free = high
    for index in reversed(order):
        tops[index] = min(tops[index], free - heights[index])
        free = tops[index]
    return [top + height / 2 for top, height in zip(tops, heights, strict=True)]


def every_so_many(count: int, room: float, needed: float) -> int:
    """Return of how many places on an axis one gets a label, so that labels do not touch.

    Parameters
    ----------
    count
        How many places there are.
    room
        How far the first and the last of them lie apart.
    needed
        How wide the widest label is, with the space after it.

    Examples
    --------
    >>> every_so_many(5, 200, 30), every_so_many(10, 100, 30)
    (1, 3)
    """
    if count < 2:
        return 1
    return max(1, ceil(needed / (room / (count - 1)) - _FLAT))
