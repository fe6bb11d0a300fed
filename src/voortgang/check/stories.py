"""Stories: at most two of a pillar, each with a picture, its text alternative and the consent of whom it shows."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from voortgang.check import narrative, pasted
from voortgang.check.data import Data
from voortgang.check.findings import Finding, finding
from voortgang.errors import WorkspaceError
from voortgang.workspace.paths import Period, period
from voortgang.workspace.stories import Story, pillar_of, read_story
from voortgang.writing import clock
from voortgang.writing.photo import Fit, Unfit, fit, tells_place

LONGEST = 4_000
"""Characters of a story: half a page of a council report is 1,500."""


def findings(data: Data, made_fit: Fit = fit) -> Iterator[Finding]:
    """Yield all that is wrong with the stories of a workspace; what is right with a file is read no further.

    Parameters
    ----------
    made_fit
        Tells whether a picture can be shown.
    """
    workspace = data.workspace
    for folder in sorted(each for each in workspace.all_stories.glob("*") if each.is_dir()):
        of = period(folder.name)
        if of is not None:
            yield from _of_report(data, of, made_fit)


def _of_report(data: Data, of: Period, made_fit: Fit) -> Iterator[Finding]:
    workspace, pictures, unread = data.workspace, set[Path](), False
    files = [each for each in workspace.data_files() if each.is_relative_to(workspace.stories(of))]
    pillars = [pillar.id for pillar in data.deal.pillars]
    for path in files:
        name = workspace.relative(path)
        if path.suffix != ".md":
            continue
        if path.parent != workspace.stories(of) or pillar_of(path) not in pillars:
            yield finding(name, 0, "", path.name, "story_name", example=pillars[0])
            unread = True
            continue
        try:
            story = read_story(workspace, path)
        except WorkspaceError as error:
            for each in error.parts:
                what, expected, mend = each.what, each.expected, each.mend
                where = each.where.removeprefix(name).removeprefix(", ")
                at = f"{what} ({where})" if where else what
                yield finding(name, 0, "", "", "story_header", what=at, expected=expected, mend=mend)
            unread = True
            continue
        pictures.add(story.picture)
        yield from _of_story(data, story, name, made_fit)
    for path in files:
        # A picture of a story that could not be read may well be the one that it names.
        if path.suffix != ".md" and path not in pictures and not unread:
            yield finding(workspace.relative(path), 0, "", "", "story_stray")


def _of_story(data: Data, story: Story, name: str, made_fit: Fit) -> Iterator[Finding]:
    header, text = story.header, story.text.strip()
    if not text or len(text) > LONGEST:
        yield finding(name, 0, "", "", "story_long" if text else "story_empty", limit=LONGEST)
    else:
        for each in (*narrative.more_than_plain(name, story.text), *pasted.findings(name, story.text)):
            row = each.row + story.first_line - 1 if each.row else 0
            yield Finding(name, row, each.column, each.value, each.rule, each.details)
    if header.consent.date > clock.latest_day():
        yield finding(name, 0, "", header.consent.date, "story_early")
    projects = data.tables.projecten
    own = set(projects.loc[projects["pijler"] == story.pillar, "project_id"])
    can_say = data.sound("projecten") and not projects.empty  # what is wrong with the table is said of the table
    if header.project is not None and can_say and header.project not in own:
        pillar = data.deal.pillar(story.pillar).name
        yield finding(name, 0, "", header.project, "story_project", pillar=pillar)
    place = data.workspace.relative(story.picture)
    try:
        content = story.picture.read_bytes()
    except OSError:
        yield finding(name, 0, "", header.picture, "story_picture_absent")
        return
    try:
        made_fit(content, story.picture.suffix)
    except Unfit as error:
        yield finding(place, 0, "", "", "story_picture", why=error)
        return
    if tells_place(content, story.picture.suffix):
        yield finding(place, 0, "", "", "story_place")
