"""Where names beside a map stand, so that the line of none runs through a number, a name or another line."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

Points = npt.NDArray[np.float64]
Box = tuple[float, float, float, float]
"""Left, bottom, right and top, in inches."""

_FAULT = 1000.0
"""What a line costs for each thing that it may not touch, against its length in inches."""
_ABROAD = 3.0
"""What an inch of it costs that runs through the shape of another."""
_SAMPLES = 24
_ROUNDS = 12
_SAME = 1e-9


@dataclass(frozen=True)
class Place:
    """Where the line of a name begins: on the left (-1) or the right (1) of the map, and how high."""

    side: int
    height: float


@dataclass(frozen=True)
class Target:
    """What a line leads to: a point, how far from it the line ends (before its number), and the shape around it."""

    east: float
    north: float
    short: float
    contains: Callable[[Points], npt.NDArray[np.bool_]]

    def end(self, side: int) -> tuple[float, float]:
        """Return where the line from a side ends."""
        return self.east + side * self.short, self.north


class Names:
    """Names in slots beside the map; a name moves, or changes places with another, while that makes lines cheaper.

    Parameters
    ----------
    targets
        What the names are of.
    boxes
        What no line may run through, each with the number of the target that it belongs to (-1 of none).
    others
        The shapes without a name beside the map: lines avoid these where they can, as they do those of each other.
    edge
        How far from the middle of the map a line begins, to the left and to the right.
    heights
        Where a name may stand on a side: one that is as high as its target, and others in case it cannot.
    gap
        How far names on a side stand apart, at least.
    """

    def __init__(
        self,
        targets: Sequence[Target],
        boxes: Sequence[tuple[int, Box]],
        others: Sequence[Callable[[Points], npt.NDArray[np.bool_]]],
        edge: float,
        heights: Sequence[float],
        gap: float,
    ) -> None:
        self.slots = [Place(side, height) for side in (-1, 1) for height in heights]
        self.begins = np.array([(place.side * edge, place.height) for place in self.slots])
        self.ends = np.array([[target.end(place.side) for place in self.slots] for target in targets])
        apart = np.abs(self.begins[:, None, :] - self.begins[None, :, :])
        self.near = (apart[..., 0] < gap) & (apart[..., 1] < gap - _SAME)
        count = len(targets)
        self.alone = np.zeros((count, len(self.slots)))
        for number in range(count):
            ends = self.ends[number]
            length = np.hypot(*(ends - self.begins).T)
            slope = np.abs(ends[:, 1] - self.begins[:, 1])
            hit = sum(_through(self.begins, ends, box) for owner, box in boxes if owner != number)
            foreign = [each.contains for other, each in enumerate(targets) if other != number]
            self.alone[number] = length + slope + _FAULT * hit
            self.alone[number] += _ABROAD * length * self._abroad(ends, [*foreign, *others])
        # Names move one by one, from low to high.
        self.first = sorted(range(count), key=lambda number: (targets[number].north, targets[number].east))

    def _abroad(self, ends: Points, shapes: Sequence[Callable[[Points], npt.NDArray[np.bool_]]]) -> Points:
        """Return which part of each line runs through some shapes."""
        steps = np.linspace(0, 1, _SAMPLES)[None, :, None]
        points = (self.begins[:, None, :] * (1 - steps) + ends[:, None, :] * steps).reshape(-1, 2)
        within = np.zeros(len(points), dtype=bool)
        for contains in shapes:
            within |= contains(points)
        return within.reshape(-1, _SAMPLES).mean(axis=1)

    def places(self) -> list[Place] | None:
        """Return where each name stands, or None where no places were found with which no line is crossed."""
        chosen = self._chosen()
        # A line still touches what it may not.
        return None if self._whole(chosen) >= _FAULT else [self.slots[slot] for slot in chosen]

    def _chosen(self) -> list[int]:
        """Return the slot of each name: where it stands best on its own, and then away from what is in the way."""
        slots: list[int] = [int(np.argmin(costs)) for costs in self.alone]
        for _ in range(_ROUNDS):
            moved = [self._moved(number, slots) for number in self.first]
            if not any(moved):
                break
        return slots

    def _moved(self, number: int, slots: list[int]) -> bool:
        """Give a name another slot, or that of another, where that makes lines cheaper; return whether it moved."""
        now, cost = slots[number], self._costs(number, slots)
        best = int(np.argmin(cost))
        if cost[best] < cost[now] - _SAME:
            slots[number] = best
            return True
        if cost[now] < _FAULT:
            return False
        before = self._whole(slots)
        for other, slot in enumerate(list(slots)):
            slots[number], slots[other] = slot, now
            if self._whole(slots) < before - _SAME:
                return True
            slots[number], slots[other] = now, slot
        return False

    def _costs(self, number: int, slots: list[int]) -> Points:
        """Return what the line of a name costs from each slot, while the others stay where they are."""
        crossed = np.zeros(len(self.slots))
        for other, slot in enumerate(slots):
            if other != number:
                crossed += _crossing(self.begins, self.ends[number], self.begins[slot], self.ends[other, slot])
                crossed += self.near[slot]
        return np.asarray(self.alone[number] + _FAULT * crossed)

    def _whole(self, slots: list[int]) -> float:
        """Return what all lines cost, and what touches."""
        numbers = np.arange(len(slots))
        begins, ends = self.begins[slots], self.ends[numbers, slots]
        faults = _crossing(begins[:, None], ends[:, None], begins[None], ends[None]) | self.near[np.ix_(slots, slots)]
        return float(self.alone[numbers, slots].sum() + _FAULT * np.triu(faults, 1).sum())


def _through(begins: Points, ends: Points, box: Box) -> npt.NDArray[np.bool_]:
    """Return which lines touch a box."""
    way = ends - begins
    enter, leave = np.zeros(len(begins)), np.ones(len(begins))
    outside = np.zeros(len(begins), dtype=bool)
    for axis in (0, 1):
        low, high = box[axis], box[axis + 2]
        still = np.abs(way[:, axis]) < 1e-12
        outside |= still & ((begins[:, axis] < low) | (begins[:, axis] > high))
        speed = np.where(still, 1.0, way[:, axis])
        one, other = (low - begins[:, axis]) / speed, (high - begins[:, axis]) / speed
        enter = np.where(still, enter, np.maximum(enter, np.minimum(one, other)))
        leave = np.where(still, leave, np.minimum(leave, np.maximum(one, other)))
    return ~outside & (enter <= leave)


def _crossing(begins: Points, ends: Points, begin: Points, end: Points) -> npt.NDArray[np.bool_]:
    """Return which lines cross a line."""

    def turn(a: Points, b: Points, c: Points) -> Points:
        return (b[..., 0] - a[..., 0]) * (c[..., 1] - a[..., 1]) - (b[..., 1] - a[..., 1]) * (c[..., 0] - a[..., 0])

    apart = turn(begin, end, begins) * turn(begin, end, ends)
    return (apart <= 0) & (turn(begins, ends, begin) * turn(begins, ends, end) <= 0)
