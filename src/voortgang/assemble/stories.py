"""Stories become a part of the chapter on their pillar: a heading, the picture with who made it, and the text."""

from __future__ import annotations

from collections.abc import Iterable

from voortgang.assemble.collect import FIGURES
from voortgang.workspace.deal import Deal
from voortgang.workspace.stories import Story
from voortgang.writing import markdown
from voortgang.writing.photo import fit


def story_fragments(deal: Deal, told: Iterable[Story]) -> dict[str, bytes]:
    """Return a fragment for each pillar, empty where it has no story, by file name."""
    texts: dict[str, list[str]] = {pillar.id: [] for pillar in deal.pillars}
    for each in told:
        texts[each.pillar].append(_written(each))
    return {f"_verhalen-{pillar}.md": "\n".join(parts).encode() for pillar, parts in texts.items()}


def story_pictures(told: Iterable[Story]) -> dict[str, bytes]:
    """Return the pictures as documents embed them, by file name."""
    return {_picture(each): fit(each.picture.read_bytes(), each.picture.suffix)[0] for each in told}


def _picture(story: Story) -> str:
    suffix = ".jpg" if story.picture.suffix.lower() in {".jpg", ".jpeg"} else ".png"
    return f"verhaal-{story.key}{suffix}"


def _written(story: Story) -> str:
    header = story.header
    heading = markdown.Heading(f"verhaal-{story.key}", header.title, level=3)
    # A picture in a paragraph with words is no figure: it has no number, and no notebook made it.
    picture = markdown.Picture(f"{FIGURES}/{_picture(story)}", header.alt, f"Beeld: {header.credit}")
    return f"{heading}\n\n{markdown.Together((story.text.strip(), picture))}\n"
