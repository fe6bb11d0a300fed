"""Programs that run side by side, and now and then one alone: two large ones at once take too much memory."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager


class Turns:
    """Who may run now. Who waits to run alone goes before who comes after."""

    def __init__(self) -> None:
        self._changed = threading.Condition()
        self._running = self._waiting = 0

    @contextmanager
    def beside(self) -> Iterator[None]:
        """Run beside others."""
        with self._changed:
            self._changed.wait_for(lambda: not self._waiting and self._running >= 0)
            self._running += 1
        try:
            yield
        finally:
            self._end(of=1)

    @contextmanager
    def alone(self) -> Iterator[None]:
        """Run when no other does."""
        with self._changed:
            self._waiting += 1
            try:
                self._changed.wait_for(lambda: self._running == 0)
                self._running = -1
            finally:
                self._waiting -= 1
        try:
            yield
        finally:
            self._end(of=-1)

    def _end(self, of: int) -> None:
        with self._changed:
            self._running -= of
            self._changed.notify_all()
