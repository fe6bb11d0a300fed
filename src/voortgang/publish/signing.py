"""Sign bundles with an Ed25519 key, and check who signed one. The cryptography is that of `cryptography`.

The signature is the raw 64 bytes over the bytes of the archive, as `openssl pkeyutl -sign -rawin` makes it.
"""

from __future__ import annotations

from pathlib import Path

from voortgang.errors import BundleError, needs
from voortgang.writing.files import write_files

with needs("verify"):
    from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
    from cryptography.hazmat.primitives import serialization
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

SUFFIX = ".sig"
"""What the name of a signature adds to that of its bundle."""


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


def sign(bundle: Path, key: Path, replace: bool = False) -> Path:
    """Write the signature of a bundle beside it, and return its file.

    Raises
    ------
    BundleError
        When the key cannot be read or is of another kind.
    """
    try:
        private = serialization.load_pem_private_key(key.read_bytes(), password=None)
    except (OSError, ValueError, TypeError, UnsupportedAlgorithm) as error:
        raise _no_key(key, "private") from error
    if not isinstance(private, Ed25519PrivateKey):
        raise _no_key(key, "private")
    target = bundle.with_name(bundle.name + SUFFIX)
    write_files({target: private.sign(bundle.read_bytes())}, replace)
    return target


def check(bundle: Path, key: Path) -> None:
    """Check that the holder of a key signed a bundle, byte for byte.

    Raises
    ------
    BundleError
        When there is no signature, or it is of another bundle or key.
    """
    try:
        public = serialization.load_pem_public_key(key.read_bytes())
    except (OSError, ValueError, TypeError, UnsupportedAlgorithm) as error:
        raise _no_key(key, "public") from error
    if not isinstance(public, Ed25519PublicKey):
        raise _no_key(key, "public")
    signature = bundle.with_name(bundle.name + SUFFIX)
    try:
        public.verify(signature.read_bytes(), bundle.read_bytes())
    except OSError as error:
        raise BundleError(
            "The bundle or its signature cannot be read.",
            str(error.filename),
            f"the bundle, and beside it its signature with the ending {SUFFIX}",
            "Get both from who published the report.",
        ) from error
    except InvalidSignature as error:
        raise BundleError(
            "The signature is not that of this bundle by this key.",
            str(signature),
            "a bundle that nobody changed after it was signed, and the key of who signed it",
            "Get the bundle again from who published it, or ask for the right key.",
        ) from error


def _no_key(path: Path, kind: str) -> BundleError:
    return BundleError(
        f"This is no {kind} Ed25519 key.", str(path), "a PEM file that 'voortgang key' wrote", "Name the right file."
    )
