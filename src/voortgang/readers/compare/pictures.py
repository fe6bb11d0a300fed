"""Compare pictures as an eye does: edges may be drawn a little differently, nothing else."""

from __future__ import annotations

from collections.abc import Iterator
from io import BytesIO

from PIL import Image, ImageChops, ImageFilter

from voortgang.readers.compare.found import Found, Unreadable

SHADE = 40
"""By how much of 255 a pixel may be lighter or darker than all pixels around it in the other picture."""

_HARMLESS_NOTES = {"dpi", "Software", "gamma", "srgb"}
_END = b"IEND\xaeB`\x82"


def pictures(old: bytes, new: bytes) -> Iterator[Found]:
    """Yield what two PNG files show differently; how they are packed does not count."""
    was, is_now = (_opened(content) for content in (old, new))
    notes = [{key: each for key, each in one.info.items() if key not in _HARMLESS_NOTES} for one in (was, is_now)]
    if notes[0] != notes[1]:
        yield Found("notes in the picture", "value", str(notes[0])[:200], str(notes[1])[:200])
        return
    yield from seen("", was, is_now)


def _opened(content: bytes) -> Image.Image:
    if not content.startswith(b"\x89PNG") or not content.endswith(_END):
        raise Unreadable("it is no PNG file, or more than that")
    picture = Image.open(BytesIO(content), formats=["PNG"])
    picture.load()
    if getattr(picture, "n_frames", 1) != 1:
        raise Unreadable("it moves")
    return picture


def seen(where: str, old: Image.Image, new: Image.Image) -> Iterator[Found]:
    """Yield one difference between what two pictures show; `form` when an eye sees none."""
    if old.size != new.size:
        yield Found(where, "value", f"{old.width} × {old.height} pixels", f"{new.width} × {new.height} pixels")
        return
    one, other = (each.convert("RGBA") for each in (old, new))
    if one.tobytes() == other.tobytes():
        yield Found(where, "form", "packed in another way", "")
        return
    beyond = ImageChops.lighter(_beyond(one, other), _beyond(other, one))
    strange = beyond.point(lambda level: 255 if level > SHADE else 0)
    if box := strange.getbbox():
        place = f"pixels {box[0]}-{box[2]} × {box[1]}-{box[3]}"
        yield Found(where, "value", f"the picture, {place}", "another picture")
    else:
        yield Found(where, "form", "edges that are drawn a little differently", "")


def _beyond(one: Image.Image, other: Image.Image) -> Image.Image:
    """Return by how much each pixel lies outside what stands there, or one pixel from there, in the other picture."""
    worst = Image.new("L", one.size)
    for mine, theirs in zip(one.split(), other.split(), strict=True):
        lowest, highest = theirs.filter(ImageFilter.MinFilter(3)), theirs.filter(ImageFilter.MaxFilter(3))
        worst = ImageChops.lighter(worst, ImageChops.subtract(mine, highest))
        worst = ImageChops.lighter(worst, ImageChops.subtract(lowest, mine))
    return worst
