"""A store of results at any location that fsspec knows, such as an S3-compatible one, for workers far apart."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from voortgang.errors import ClusterError, needs
from voortgang.run.store import Store, opened, sealed


class RemoteStore(Store):
    """A store behind an address.

    Its entries are those of `Store`: the SHA-256 comes first, so half an entry is as good as none. What is no longer
    needed there is removed by its owner; `prune` does nothing.
    """

    def __init__(self, address: str) -> None:
        super().__init__(Path(address))
        self.address = address.rstrip("/")
        self._files = _file_system(address)

    def get(self, kind: str, key: str) -> bytes | None:
        """Return what was kept, or None when there is nothing, or it is damaged."""
        try:
            written = self._files.cat_file(self._address(kind, key))
        except FileNotFoundError:
            return None
        except Exception as error:  # each driver has exceptions of its own
            raise self._unreachable(error) from error
        return opened(written, kind, key)

    def put(self, kind: str, key: str, content: bytes) -> None:
        """Keep a result.

        Raises
        ------
        ClusterError
            When it cannot be written: other workers would wait for it in vain.
        """
        try:
            self._files.pipe_file(self._address(kind, key), sealed(content, kind, key))
        except Exception as error:  # each driver has exceptions of its own
            raise self._unreachable(error) from error

    def remove(self, kind: str, key: str) -> None:
        """Remove a result that nobody will ask for again."""
        self._files.rm_file(self._address(kind, key))

    def prune(self, limit: int) -> int:
        """Remove nothing: others may use the same store."""
        return 0

    def _address(self, kind: str, key: str) -> str:
        return f"{self.address}/{kind}/{key[:2]}/{key}"

    def _unreachable(self, error: Exception) -> ClusterError:
        return ClusterError(
            f"The store of results does not answer as it should: {error}",
            self.address,
            "a place that this computer and every worker can read and write",
            "Check the address and the credentials, also on the workers. What was finished is kept.",
        )


_OBJECT_STORES = {"s3", "gs", "az"}
"""Protocols that obstore drives: the usual drivers want older versions of what Jupyter needs."""


def open_store(place: str) -> Store:
    """Return the store at an address, or in a folder.

    Raises
    ------
    ClusterError
        As `RemoteStore`.
    MissingExtra
        When there is an address, and not the packages to reach it with.
    """
    if "://" not in place or place.startswith("file://"):
        return Store(Path(place.removeprefix("file://")))
    return RemoteStore(place)


def _file_system(address: str) -> Any:
    protocol = address.partition("://")[0]
    with needs("cluster"):
        import fsspec
        from obstore.fsspec import register
    try:
        if protocol in _OBJECT_STORES:
            register(protocol)
        return fsspec.core.url_to_fs(address)[0]
    except (ImportError, ValueError) as error:
        raise ClusterError(
            f"The store of results cannot be opened: {error}",
            address,
            "a folder, or an address that fsspec has a driver for",
            "Correct the address, or install the driver here and on every worker.",
        ) from error
