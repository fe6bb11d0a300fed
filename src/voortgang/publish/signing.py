"""Sign bundles with an Ed25519 key, and check who signed one. The cryptography is that of `cryptography`.

The signature is the raw 64 bytes over the bytes of the archive, as `openssl pkeyutl -sign -rawin` makes it.
"""

from __future__ import annotations

import mmap
import os
import shlex
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO

from voortgang.errors import BundleError, needs
from voortgang.publish.bundle import signature_of
from voortgang.writing.files import read_named, write_files

with needs("verify"):
    from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
    from cryptography.hazmat.primitives import serialization
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

_LONGEST = 10_000
"""Bytes of a signature or a key; they have about a hundred."""


def new_key(path: Path) -> Path:
    """Write a new private key to `path`, readable by its owner only, and the public key beside it; return the latter.

    Raises
    ------
    BundleError
        When there is a file already, or it cannot be written.
    """
    key, public = Ed25519PrivateKey.generate(), path.with_name(f"{path.name}.pub")
    for place in (path, public):
        if place.exists():
            raise BundleError(
                "There is a key already.", str(place), "a new file", "Choose another name; a lost key cannot be remade."
            )
    secret = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    shown = key.public_key().public_bytes(serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo)
    # Together: one without the other is of no use.
    write_files({path: secret, public: shown}, private=frozenset({path}))
    return public


def signer(key: Path) -> Callable[[bytes], bytes]:
    """Return what signs a bundle with a private key.

    Raises
    ------
    BundleError
        When the key cannot be read or is of another kind.
    """
    try:
        private = serialization.load_pem_private_key(_pem(key), password=None)
    except TypeError as error:  # no password is given, and it has one
        raise BundleError(
            "The private key has a password, which nobody is asked for here.",
            str(key),
            "a private key as 'voortgang key' writes it, that only you can read",
            f"Write it without one: openssl pkey -in {shlex.quote(str(key))} -out NEW.pem",
        ) from error
    except (OSError, ValueError, UnsupportedAlgorithm) as error:
        raise _no_key(key, "private") from error
    if not isinstance(private, Ed25519PrivateKey):
        raise _no_key(key, "private")
    return private.sign


def check(bundle: Path, key: Path, content: IO[bytes]) -> None:
    """Check that the holder of a key signed a bundle, byte for byte.

    Parameters
    ----------
    bundle
        The file, which has its signature beside it.
    key
        The public key.
    content
        A copy of the bundle (`files.own_copy`): what is signed, and what is opened later, must be the same.

    Raises
    ------
    BundleError
        When there is no signature, or it is of another bundle or key.
    """
    try:
        public = serialization.load_pem_public_key(_pem(key))
    except (OSError, ValueError, TypeError, UnsupportedAlgorithm) as error:
        raise _no_key(key, "public") from error
    if not isinstance(public, Ed25519PublicKey):
        raise _no_key(key, "public")
    try:
        signature = read_named(signature_of(bundle), _LONGEST)
    except OSError as error:
        raise BundleError(
            f"The signature of the bundle cannot be read: {error.strerror or error}.",
            str(error.filename),
            f"the bundle, and beside it its signature {bundle.name}.sig",
            "Get both from who published the report.",
        ) from error
    try:
        with _mapped(content) as signed:
            public.verify(signature, signed)
    except InvalidSignature as error:
        raise BundleError(
            "The signature is not that of this bundle by this key.",
            str(signature_of(bundle)),
            "a bundle that nobody changed after it was signed, and the key of who signed it",
            "Get the bundle again from who published it, or ask for the right key.",
        ) from error


def _pem(key: Path) -> bytes:
    """Return what a key holds, which may come from a pipe; raises `ValueError` when it is far more than a key."""
    with key.open("rb") as file:
        content = file.read(_LONGEST + 1)
    if len(content) > _LONGEST:
        raise ValueError(f"more than {_LONGEST} bytes")
    return content


@contextmanager
def _mapped(content: IO[bytes]) -> Iterator[memoryview | bytes]:
    """Yield the bytes of an open file without reading it into memory."""
    if os.fstat(content.fileno()).st_size == 0:  # which cannot be mapped
        yield b""
        return
    with mmap.mmap(content.fileno(), 0, access=mmap.ACCESS_READ) as mapped, memoryview(mapped) as signed:
        yield signed


def _no_key(path: Path, kind: str) -> BundleError:
    return BundleError(
        f"This is no {kind} Ed25519 key.", str(path), "a PEM file that 'voortgang key' wrote", "Name the right file."
    )
