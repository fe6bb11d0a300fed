"""A picture of somebody else, made fit for a report: no larger than needed, and without what it says of itself."""

from __future__ import annotations

import io
import re
import warnings
from collections.abc import Callable
from functools import lru_cache
from typing import TYPE_CHECKING
from xml.etree import ElementTree

from voortgang.writing.pixels import png
from voortgang.writing.typesetting import Refused

if TYPE_CHECKING:
    from PIL import Image

LARGEST = 10_000_000
"""Bytes of a picture, as it comes from a telephone."""
SMALLEST, WIDEST = 400, 1200
"""Pixels: what is narrower than the first is blurred in print; what is wider than the second is made as wide."""
_MOST_PIXELS = 60_000_000
_GPS = 0x8825
_MARKUP = re.compile(rb"<!(?:DOCTYPE|ENTITY)|<\?(?!xml\s)", re.IGNORECASE)
_UNFIT = {"script", "foreignobject", "image", "iframe", "audio", "video", "a", "animate", "set", "style"}


Fit = Callable[[bytes, str], bytes]
"""Makes a picture fit, as `fit` does: of its content and the suffix of its name; it may know the answer already."""


class Unfit(ValueError):
    """A picture that a report cannot show; its text says why."""


@lru_cache(maxsize=8)  # it is judged first, and embedded later
def fit(content: bytes, suffix: str) -> bytes:
    """Return a picture as a document embeds it: a photo as JPEG, a drawing as PNG.

    It is turned as it was taken, at most `WIDEST` pixels wide, and holds no metadata: no place, time, maker or
    thumbnail. The same picture gives the same bytes.

    Raises
    ------
    Unfit
        When it is too large or too small, is not what its name says, or does something besides being seen.
    """
    from PIL import Image, ImageOps

    if len(content) > LARGEST:
        raise Unfit(f"is larger than {LARGEST // 1_000_000} MB")
    if suffix.lower() == ".svg":
        return _drawn(content)
    kind = "PNG" if suffix.lower() == ".png" else "JPEG"
    with _opened(content, kind) as opened:
        try:
            image = ImageOps.exif_transpose(opened)
        except Exception as error:
            raise Unfit("is damaged") from error
        if image.width < SMALLEST:
            raise Unfit(f"is {image.width} pixels wide, and at least {SMALLEST} are needed")
        has_alpha = image.mode in {"RGBA", "LA", "PA"} or "transparency" in image.info
        image = image.convert("RGBA" if has_alpha else "RGB")
        if has_alpha:  # Word and PDF/A show it on white
            image = Image.alpha_composite(Image.new("RGBA", image.size, "white"), image).convert("RGB")
        if image.width > WIDEST:
            image = image.resize((WIDEST, round(image.height * WIDEST / image.width)), Image.Resampling.LANCZOS)
    bare = Image.frombytes("RGB", image.size, image.tobytes())  # its pixels, and nothing else
    out = io.BytesIO()
    if kind == "PNG":
        bare.save(out, "PNG", optimize=True)
        return out.getvalue()
    bare.save(out, "JPEG", quality=82, optimize=True)
    return out.getvalue()


def tells_place(content: bytes, suffix: str) -> bool:
    """Return whether a picture says where it was taken; `fit` leaves that out."""
    if suffix.lower() == ".svg":
        return False
    from PIL import Image

    try:
        with warnings.catch_warnings(), Image.open(io.BytesIO(content), formats=("PNG", "JPEG")) as image:
            warnings.simplefilter("ignore")
            return bool(image.getexif().get_ifd(_GPS))
    except Exception:  # what cannot be read is told of by `fit`
        return False


def _opened(content: bytes, kind: str) -> Image.Image:
    from PIL import Image

    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            image = Image.open(io.BytesIO(content), formats=("PNG", "JPEG"))
        if image.format != kind:
            raise Unfit(f"is a {image.format}, and not what its name says")
        if image.width * image.height > _MOST_PIXELS:
            raise Unfit(f"has more than {_MOST_PIXELS // 1_000_000} million pixels")
        image.load()
    except Unfit:
        raise
    except Exception as error:  # Pillow has an exception for every way in which a file can be broken
        raise Unfit(f"is no {kind} that can be read") from error
    return image


def _drawn(content: bytes) -> bytes:
    """Return an SVG drawing as pixels, so that nothing in it runs or refers to elsewhere."""
    if _MARKUP.search(content):
        raise Unfit("holds a document type, an entity or an instruction")
    try:
        root = ElementTree.fromstring(content)
    except (ElementTree.ParseError, ValueError) as error:
        raise Unfit("is no SVG that can be read") from error
    if not root.tag.endswith("}svg"):
        raise Unfit("is no SVG")
    for element in root.iter():
        tag = str(element.tag).rpartition("}")[2].lower()
        if tag in _UNFIT:
            raise Unfit(f"holds <{tag}>, and may hold shapes and text only")
        for name, value in element.attrib.items():
            own = name.rpartition("}")[2].lower()
            outside = own in {"href", "src"} and not value.startswith("#")
            if own.startswith("on") or outside or re.search(r"url\((?!\s*['\"]?#)", value):
                raise Unfit(f"refers to something outside it, in {own}")
    try:
        drawn = png(content)
    except Refused as error:
        raise Unfit("is no SVG that can be drawn") from error
    return fit(drawn, ".png")
