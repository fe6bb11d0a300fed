"""Stories become a part of the chapter on their pillar: a heading, the picture with who made it, and the text."""

from __future__ import annotations

import io
from collections.abc import Iterable, Mapping

from voortgang.assemble.collect import FIGURES
from voortgang.workspace.deal import Deal
from voortgang.workspace.stories import Story
from voortgang.writing import markdown
from voortgang.writing.photo import Fit, fit

_WIDEST, _HIGHEST = 60, 80
"""Of a picture, in percentages of the width of the text: what is higher is narrower, and stays with its story."""


def story_pictures(told: Iterable[Story], made_fit: Fit = fit) -> dict[str, bytes]:
    """Return the pictures as documents embed them, by file name."""
    return {_picture(each): made_fit(each.picture.read_bytes(), each.picture.suffix) for each in told}


def story_fragments(deal: Deal, told: Iterable[Story], pictures: Mapping[str, bytes]) -> dict[str, bytes]:
    """Return a fragment for each pillar, empty where it has no story, by file name.

    Parameters
    ----------
    pictures
        What `story_pictures` made of the same stories: how wide a picture is shown, follows from its shape.
    """
    texts: dict[str, list[str]] = {pillar.id: [] for pillar in deal.pillars}
    for each in told:
        texts[each.pillar].append(_written(each, _width(pictures[_picture(each)])))
    return {f"_verhalen-{pillar}.md": "\n".join(parts).encode() for pillar, parts in texts.items()}


def _width(picture: bytes) -> int:
    """Return how wide a picture is shown, as a percentage of the width of the text."""
    from PIL import Image

    with Image.open(io.BytesIO(picture)) as image:
        return max(1, min(_WIDEST, _HIGHEST * image.width // image.height))


def _picture(story: Story) -> str:
    suffix = ".jpg" if story.picture.suffix.lower() in {".jpg", ".jpeg"} else ".png"
    return f"verhaal-{story.key}{suffix}"


def _written(story: Story, width: int) -> str:
    header = story.header
    heading = markdown.Heading(f"verhaal-{story.key}", header.title, level=3)
    # A picture in a paragraph with words is no figure: it has no number, and no notebook made it.
    picture = markdown.Picture(f"{FIGURES}/{_picture(story)}", header.alt, f"Beeld: {header.credit}", width)
    return f"{heading}\n\n{markdown.Together((story.text.strip(), picture))}\n"
