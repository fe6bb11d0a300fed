"""Read what a deal published: from a folder, a bundle, or an address."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from typing import Any

from pydantic import ValidationError
from yaml import YAMLError

from voortgang.errors import BundleError, VoortgangError, needs
from voortgang.publish.bundle import LISTING, listing
from voortgang.publish.key_figures import NAME as FIGURES
from voortgang.publish.key_figures import Kerncijfer, Kerncijfers, Verslag
from voortgang.readers.ministry import lessons
from voortgang.readers.portfolio.honest import LARGEST, seen, unfit, wrong_in
from voortgang.workspace.fingerprint import of_bytes
from voortgang.writing import dutch
from voortgang.writing.archive import MOST_BYTES, packed, unpacked
from voortgang.writing.characters import as_name
from voortgang.writing.pandoc_tree import Unread

with needs("portfolio"):
    import fsspec

_NUMBER = re.compile(r"(-?[0-9]{1,3}(?:\.[0-9]{3})*|-?[0-9]+)(?:,([0-9]+))?")
_SHOWN = 300
"""How many letters of a reason are told: a stranger may have written it."""


@dataclass(frozen=True)
class Published:
    """The key figures of one deal, where they came from, and what vouches for them: `bundel`, `manifest` or `vorm`.

    `lessons` is what was learned in each pillar, by its name, where the source holds the report itself.
    """

    source: str
    figures: Kerncijfers
    checked: str
    lessons: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True)
class Missing:
    """A source that gives no figures, and why."""

    source: str
    why: str


class _Changed(ValueError):
    """A file is not the one that the manifest beside it names."""


def read_all(sources: list[str], year: int) -> tuple[list[Published], list[Missing]]:
    """Return what could be read of one year, in the order of the deals' names, and what could not.

    One source that cannot be read does not stop the others. A deal counts once, however its name is written.

    Parameters
    ----------
    sources
        Each a workspace, a report's folder, a bundle (`.zip`) or a `kerncijfers.json`, on any file system that `fsspec`
        knows.
    """
    found: dict[str, Published] = {}
    missing = []
    for source in sources:
        try:
            published = _read(source, year)
            report = published.figures.verslag
            if (why := unfit(published.figures)) is not None:
                missing.append(Missing(source, seen(why[:_SHOWN])))
            elif report.jaar != year:
                missing.append(Missing(source, f"het is het verslag over {report.jaar}"))
            elif _is_part_of_year(published.figures):
                until = dutch.long_date(report.peildatum)
                missing.append(Missing(source, f"het is een verslag tot en met {until}, niet over heel {year}"))
            elif (odd := _contradictory(published.figures)) is not None:
                missing.append(Missing(source, f"{odd.id} is {odd.waarde} en heeft als tekst {odd.tekst}"[:_SHOWN]))
            elif (before := found.setdefault(as_name(report.deal), published)) is not published:
                missing.append(Missing(source, f"{seen(report.deal)} is al gelezen uit {before.source}"))
        except BundleError:
            missing.append(Missing(source, "het archief is geen bundel, of beschadigd"))
        except ValidationError as error:
            problem = error.errors()[0]
            where = ".".join(map(str, problem["loc"]))
            missing.append(Missing(source, f"{FIGURES} heeft niet de vorm van versie 1: {seen(where[:_SHOWN])}"))
        except FileNotFoundError:
            missing.append(Missing(source, f"er is geen verslag over {year}"))
        except (OSError, ValueError, ImportError) as error:
            missing.append(Missing(source, f"niet te lezen: {seen(str(error)[:_SHOWN])}"))
        except (KeyError, TypeError, AttributeError, ArithmeticError, RecursionError):
            missing.append(
                Missing(source, "niet te lezen: een bestand heeft niet de vorm waarin het verslag is gemaakt")
            )
    told = sorted(found.values(), key=lambda each: each.figures.verslag.deal)
    return told, [Missing(seen(each.source), each.why) for each in missing]


def _told(report: Verslag, read: Callable[[str], bytes | None]) -> tuple[tuple[str, str], ...]:
    try:
        told = tuple(lessons(report, read))
    except _Changed:
        raise
    except (VoortgangError, YAMLError, Unread, AttributeError, ValueError) as error:
        raise ValueError("de leerervaringen in bron/ zijn niet te lezen") from error
    for name, words in told:
        if why := next(filter(None, (wrong_in(each) for each in words.splitlines())), None):
            raise ValueError(f"de leerervaringen van {name}: {why}")
    return told


def _figures(content: bytes) -> Kerncijfers:
    if len(content) > LARGEST:
        raise ValueError(f"{FIGURES} is {dutch.number(len(content))} bytes (hoogstens {dutch.number(LARGEST)})")
    figures = Kerncijfers.model_validate_json(content)
    # Another kind of space is no other figure; the overview writes all amounts alike.
    alike = [each.model_copy(update={"tekst": each.tekst.replace("€ ", "€\xa0")}) for each in figures.kerncijfers]
    return figures.model_copy(update={"kerncijfers": alike})


def _contradictory(figures: Kerncijfers) -> Kerncijfer | None:
    """Return the first figure of which the number and the text differ: a page shows both."""
    written = {"euro": dutch.euro, "aandeel": dutch.share}
    for each in figures.kerncijfers:
        signs = "€" if each.eenheid == "euro" else "%"
        if isinstance(each.waarde, str):
            continue
        # Of a difference words tell the sign: "€ 373.900 minder".
        value = abs(float(each.waarde)) if each.id.endswith("_verschil") else float(each.waarde)
        if each.eenheid in written and signs in each.tekst:
            # Another version wrote a minus behind the sign of the euro, 100% of nearly all, and 0% of hardly any.
            whole = dutch.rounded(value, 3) if each.eenheid == "aandeel" else None
            older = [f"{whole:.0%}"] if whole in (0, 1) else []
            if dutch.bare(each.tekst) not in (dutch.bare(written[each.eenheid](value)), *older):
                return each
        elif each.eenheid == "mijlpaal" and each.tekst in {"ja", "nee"}:
            if bool(value) != (each.tekst == "ja"):
                return each
        elif match := _NUMBER.fullmatch(each.tekst.replace("\u2212", "-")):
            shown = float(f"{match[1].replace('.', '')}.{match[2] or 0}")
            # Rounded to as many decimals as the text has; a share may be told in hundredths.
            parts = {1, 100} if each.eenheid == "aandeel" else {1}
            if all(abs(value * part - shown) > 0.501 * 10 ** -len(match[2] or "") for part in parts):
                return each
    return None


def _is_part_of_year(figures: Kerncijfers) -> bool:
    """Return whether figures stop before the end of their year, while the deal went on: such as half-year reports."""
    passed = figures.by_id.get("deal.looptijd")
    ended = passed is not None and float(passed.waarde) >= 1
    return figures.verslag.peildatum < date(figures.verslag.jaar, 12, 31) and not ended


def _content(files: Any, path: str, most: int = LARGEST) -> bytes:
    """Return what a file holds; raises `ValueError` when it is none, such as a pipe, or larger than any such file."""
    try:
        about = files.info(path)
    except FileNotFoundError:  # a server says of everything that it is not there; who reads it says why
        about = {"type": "file"}
    name = path.rpartition("/")[2]
    if about["type"] == "directory":
        raise ValueError(f"{name} is een map")
    if about["type"] != "file":
        raise ValueError(f"{name} is geen bestand, maar een pijp of een apparaat")
    if (about.get("size") or 0) > most:  # a server need not say
        raise ValueError(f"{name} is {dutch.number(about['size'])} bytes (hoogstens {dutch.number(most)})")
    content: bytes = files.cat_file(path)
    return content


def _read(source: str, year: int) -> Published:
    files, path = fsspec.core.url_to_fs(source)
    if path.endswith(".zip"):
        return _from_bundle(source, _content(files, path, MOST_BYTES), year)
    if path.endswith(".json"):
        return Published(source, _figures(_content(files, path)), "vorm")
    folder = next(
        (
            place
            for place in (f"{path}/reports/{year}", f"{path}/{year}", path)
            if files.exists(f"{place.rstrip('/')}/{FIGURES}")
        ),
        None,
    )
    if folder is None:
        raise FileNotFoundError(source)
    outputs = None
    if files.exists(f"{folder}/manifest.json"):
        outputs = json.loads(_content(files, f"{folder}/manifest.json"))["outputs"]

    def read(name: str) -> bytes:
        content = _content(files, f"{folder}/{name}")
        if outputs is not None and outputs.get(name) != of_bytes(content):
            raise _Changed(f"{name} is gewijzigd na publicatie")
        return content

    def told(name: str) -> bytes | None:
        name = f"bron/{name}"
        return read(name) if files.exists(f"{folder}/{name}") else None

    figures = _figures(read(FIGURES))
    return Published(source, figures, "vorm" if outputs is None else "manifest", _told(figures.verslag, told))


def _from_bundle(source: str, content: bytes, year: int) -> Published:
    members = unpacked(content, source)
    digests = json.loads(members[LISTING])["bestanden"]
    same = {name: of_bytes(data) for name, data in members.items() if name != LISTING}
    if same != digests or members[LISTING] != listing(json.loads(members[LISTING])["verslagjaar"], digests):
        raise ValueError("een bestand in de bundel is niet het bestand dat is gebundeld")
    if packed(members) != content:
        raise ValueError("het archief zelf is gewijzigd")
    # A bundle holds one report; of another year, or half-year, it is told which.
    held = f"reports/{json.loads(members[LISTING])['verslagjaar']}/{FIGURES}"
    figures = members.get(f"reports/{year}/{FIGURES}", members.get(held))
    if figures is None:
        raise FileNotFoundError(source)
    found, bron = _figures(figures), f"{held.removesuffix(FIGURES)}bron/"
    return Published(source, found, "bundel", _told(found.verslag, lambda name: members.get(f"{bron}{name}")))
