"""Charts as pixels and pictures of stories, each drawn once and kept."""

from __future__ import annotations

from contextlib import suppress

from voortgang.run.store import Store
from voortgang.workspace.fingerprint import of_bytes, of_engine, of_packages, of_value
from voortgang.writing import photo
from voortgang.writing.pixels import png, pngs
from voortgang.writing.typesetting import Refused

_KIND = "pictures"


class Pictures:
    """What was drawn, by what it was drawn from; an earlier build may have drawn it."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def draw(self, svgs: list[bytes]) -> None:
        """Draw what is not kept yet, all together."""
        keys = {_key(svg): svg for svg in svgs}
        missing = [key for key in keys if self._store.get(_KIND, key) is None]
        with suppress(Refused):  # `png` says so when the report asks for that one
            for key, content in zip(missing, pngs([keys[key] for key in missing]), strict=True):
                self._store.put(_KIND, key, content)

    def png(self, svg: bytes) -> bytes:
        """Return a chart as PNG."""
        return self._store.kept(_KIND, _key(svg), lambda: png(svg))

    def fit(self, content: bytes, suffix: str) -> bytes:
        """Return a picture of a story as a document embeds it; raises `Unfit` as `photo.fit` does."""
        return self._store.kept(_KIND, _key(content, suffix.lower()), lambda: photo.fit(content, suffix))


def _key(content: bytes, suffix: str = "") -> str:
    return of_value([of_bytes(content), suffix, of_engine(), of_packages()])
