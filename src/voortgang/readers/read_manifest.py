"""Read the manifest of a published report: a stranger wrote it."""

from __future__ import annotations

import json
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from pathlib import Path, PurePosixPath
from typing import Annotated, Any

from pydantic import AfterValidator, AwareDatetime, BaseModel, ConfigDict, Field, ValidationError

from voortgang.assemble.render import Chosen
from voortgang.errors import BundleError
from voortgang.publish.manifest import NAME, version
from voortgang.readers.verified import plain
from voortgang.workspace.paths import Period, Workspace
from voortgang.workspace.yaml_model import spelled

Digest = Annotated[str, spelled("[0-9a-f]{64}", "64 hexadecimal digits")]
Program = Annotated[str, Field(max_length=200)]


def _inside(name: str) -> str:
    """Return the path of a file in a folder; raises `ValueError` when it leads out of it."""
    place = PurePosixPath(name)
    if place.is_absolute() or ".." in place.parts or str(place) != name or "\\" in name or ":" in name:
        raise ValueError("it leads out of the folder")
    return name


def _past(moment: datetime) -> datetime:
    """Return a moment; raises `ValueError` when it is still to come, whatever the time zone."""
    if moment > datetime.now(UTC) + timedelta(days=1):
        raise ValueError("it is still to come")
    return moment


Name = Annotated[str, AfterValidator(_inside)]


class _Manifest(BaseModel):
    """What `publish.manifest` writes, and nothing else."""

    model_config = ConfigDict(extra="forbid", strict=True)

    verslagjaar: int | Annotated[str, spelled("[0-9]{4}-[0-9]{2}-[0-9]{2}", "a year, or a day such as 2021-06-30")]
    parameters: dict[str, Any]
    vaststelling: dict[str, Any] | None
    voortgang: Program
    engine: Chosen
    python: Program
    pandoc: Program | None
    quarto: Program | None
    platform: Program
    packages: dict[str, Program]
    fonts: dict[str, Digest]
    commit: Annotated[str, spelled("[0-9a-f]{40,64}", "the hash of a commit")] | None
    clean: bool | None
    made: Annotated[AwareDatetime, AfterValidator(_past), Field(strict=False)]
    seconds: Annotated[float, Field(ge=0, le=864_000, strict=False)]
    inputs: dict[Name, Digest]
    elsewhere: dict[Program, Digest]
    variables: list[Program]
    rows: dict[Name, Digest]
    outputs: dict[Name, Digest]


def read_manifest(workspace: Workspace, year: Period) -> dict[str, Any]:
    """Return the manifest of the report on a year.

    Raises
    ------
    BundleError
        When there is none, or it is not in the form in which the build writes it.
    """
    path = workspace.report(year) / NAME
    try:
        text = path.read_text(encoding="utf-8")
        content: dict[str, Any] = json.loads(text)
        _Manifest.model_validate(content)
        if content["verslagjaar"] != year:
            raise ValueError(f"it is that of {content['verslagjaar']}")
        if text != written(content):
            raise ValueError("it was written by something else than the build")
        return content
    except (OSError, ValueError, RecursionError) as error:
        why = "it is missing" if isinstance(error, OSError) else _first(error)
        if (made := _made_with(path)) != version():
            why += f"; voortgang {made} wrote it, and this is {version()}" if made else ""
        raise BundleError(
            f"The report on {year} cannot be verified: its manifest is missing or damaged ({why}).",
            workspace.relative(path),
            "the manifest that the build wrote",
            f"Get the report again from who published it, or build it: voortgang build {year}",
        ) from error


def _made_with(path: Path) -> str:
    """Return which version says that it wrote a manifest that cannot be read as one; empty when it does not say."""
    with suppress(OSError, ValueError, RecursionError, KeyError, TypeError):
        return plain(str(json.loads(path.read_text(encoding="utf-8"))["voortgang"]))[:40]
    return ""


def written(content: dict[str, Any]) -> str:
    """Return a manifest as the build writes it."""
    return json.dumps(content, ensure_ascii=False, indent=2) + "\n"


def _first(error: Exception) -> str:
    if isinstance(error, ValidationError):
        problem = error.errors()[0]
        return f"{'.'.join(map(str, problem['loc']))}: {problem['msg']}"[:200]
    return str(error)[:200]
