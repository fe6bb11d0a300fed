"""What was computed of the data of a workspace, kept while the same data is asked about."""

from __future__ import annotations

from typing import TYPE_CHECKING, Generic, TypeVar

if TYPE_CHECKING:
    from voortgang.check.data import Data

Key = TypeVar("Key")
Value = TypeVar("Value")


class Remembered(Generic[Key, Value]):
    """What was computed of the data that was asked about last; threads share it."""

    def __init__(self) -> None:
        self._known: tuple[Data | None, dict[Key, Value]] = (None, {})

    def of(self, data: Data) -> dict[Key, Value]:
        """Return what is known of the data, to be read and added to."""
        known = self._known
        if known[0] is not data:
            self._known = known = (data, {})
        return known[1]
