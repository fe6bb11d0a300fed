"""Read a YAML file into a pydantic model; every mistake is named by file, line and key."""

from __future__ import annotations

import json
import re
from collections.abc import Hashable, Mapping
from datetime import date
from functools import lru_cache
from pathlib import Path
from typing import Any, TypeVar, cast

import yaml
from pydantic import AfterValidator, BaseModel, ConfigDict, ValidationError
from pydantic_core import PydanticCustomError

from voortgang.errors import VoortgangError
from voortgang.writing.characters import deceit
from voortgang.writing.fonts import first_without_shape

_EXPECTED = {
    "extra_forbidden": "one of the keys that the documentation names",
    "missing": "this key, with a value",
}


LARGEST = 2_000_000
"""Bytes of a file; a covenant of forty pages is a hundred thousand."""

_DEEPEST = 30


class Strict(BaseModel):
    """A model in which a typo in a key, or text where a number belongs, is an error."""

    model_config = ConfigDict(extra="forbid", frozen=True, strict=True, allow_inf_nan=False)


Model = TypeVar("Model", bound=BaseModel)


def spelled(pattern: str, words: str) -> AfterValidator:
    """Return the check that a text as a whole is spelled as a pattern says; a message says it in words.

    Who writes the file may never have seen a regular expression, which is what `StringConstraints(pattern=…)` shows.

    Examples
    --------
    >>> from typing import Annotated
    >>> from pydantic import TypeAdapter
    >>> TypeAdapter(Annotated[str, spelled("GM[0-9]{4}", "GM and four digits")]).validate_python("GM0114")
    'GM0114'
    """
    compiled = re.compile(pattern)

    def check(text: str) -> str:
        if compiled.fullmatch(text) is None:
            raise PydanticCustomError("spelling", "{words}", {"words": words})
        return text

    return AfterValidator(check)


ONE_LINE = spelled(r"\S(.*\S)?", "a text on one line, without spaces before or after it")
CBS_CODE = spelled(r"GM[0-9]{4}", "GM and four digits, such as GM0114")


def read(path: Path, name: str, model: type[Model], error: type[VoortgangError]) -> Model:
    """Return the content of a YAML file as a `model`.

    Parameters
    ----------
    path
        The file.
    name
        How messages name the file.
    model
        What the file must hold.
    error
        The exception to raise.

    Raises
    ------
    VoortgangError
        As the class `error`: the file is missing, is not UTF-8, is not YAML, holds a key twice, or breaks the model.
    """
    found: Model = _parsed(text_of(path, name, error), name, model, cast(Any, error))
    return found


@lru_cache(32)
def _parsed(text: str, name: str, model: type[Any], error: type[VoortgangError]) -> Any:
    """Return what `parse` does: a command reads the same covenant several times, and nobody changes a model."""
    return parse(text, name, model, error)


def text_of(path: Path, name: str, error: type[VoortgangError]) -> str:
    """Return the text of a YAML file, which may come from a pipe; raises as `read` does."""
    try:
        with path.open("rb") as file:
            content = file.read(LARGEST + 1)
        if len(content) > LARGEST:
            raise error(
                "The file is too large.", name, f"at most {LARGEST} bytes", "Look whether it is the right file."
            )
        return content.decode().replace("\r\n", "\n").replace("\r", "\n")
    except FileNotFoundError as cause:
        raise error("The file is missing.", name, "a YAML file", "Restore or write the file.") from cause
    except UnicodeDecodeError as cause:
        raise error(
            "The file is not UTF-8 text.", f"{name}, byte {cause.start}", "UTF-8", "Save the file as UTF-8."
        ) from cause
    except OSError as cause:
        raise error(
            f"The file cannot be read: {cause.strerror}.", name, "a readable file", "Check its permissions."
        ) from cause


def parse(text: str, name: str, model: type[Model], error: type[VoortgangError]) -> Model:
    """Return YAML text as a `model`; raises as `read` does."""
    try:
        _require_flat(text, name, error)
        node = yaml.compose(text, Loader=yaml.CSafeLoader)
        values = yaml.load(text, Loader=_Loader)
    except (ValueError, TypeError, OverflowError) as cause:
        # A date or number that does not exist, or a key that is a list.
        raise error(
            f"The file holds a value that cannot be read: {cause}.",
            f"{name}, line {line}" if (line := _unreadable_line(text)) else name,
            "texts, whole numbers and dates such as 2021-12-31",
            "Correct the value.",
        ) from cause
    except yaml.YAMLError as cause:
        mark = getattr(cause, "problem_mark", None)
        where = f"{name}, line {mark.line + 1}" if mark else name
        problem = getattr(cause, "problem", None) or str(cause)
        raise error(
            f"The file is not valid YAML: {problem}.",
            where,
            "keys and values, indented by spaces",
            "Correct the line; check the indentation, colons and quotes around it.",
        ) from cause
    if not isinstance(values, dict):
        raise error("The file holds no keys.", name, "lines of the form 'key: value'", "Fill the file.")
    _require_honest(node, name, error)
    try:
        return model.model_validate(_tuples(values))
    except ValidationError as cause:
        raise _readable(cause, node, name, error) from cause


def keys_of(text: str) -> list[str]:
    """Return the keys of YAML text that holds keys and values."""
    return [key.value for key, _ in _root(text).value]


def with_values(text: str, given: Mapping[str, str]) -> str:
    """Return YAML text with other values for some of its keys, written at the end where they are absent.

    All else stays as it is: comments, order, quotation marks and the ends of lines. The text is one that `parse` takes.
    What is changed holds, and gets, a word, a number, a date or a text: no list.
    """
    newline = "\r\n" if "\r\n" in text else "\n"
    for name, value in given.items():
        # A text in quotation marks of JSON is one of YAML.
        plain = value if re.fullmatch(r"[A-Za-z0-9-]+", value) else json.dumps(value, ensure_ascii=False)
        root = _root(text)
        found = next((node for key, node in root.value if key.value == name), None)
        if found is not None:
            begin, end = found.start_mark.index, found.end_mark.index
            if begin == end:  # nothing is written there
                plain = f" {plain}"
            elif text[end - 1] == "\n":  # a text of several lines
                plain += newline
        elif root.flow_style:
            begin = end = root.value[-1][1].end_mark.index
            plain = f", {name}: {plain}"
        else:
            begin = end = _after(text, root)
            plain = f"{' ' * root.start_mark.column}{name}: {plain}{newline}"
            if begin and text[begin - 1] != "\n":
                plain = newline + plain
        text = text[:begin] + plain + text[end:]
    return text


def _root(text: str) -> yaml.MappingNode:
    # The loader written in Python: the other one counts bytes where a line holds more than ASCII.
    return cast(yaml.MappingNode, yaml.compose(text, Loader=yaml.SafeLoader))


def _after(text: str, node: yaml.Node) -> int:
    """Return where the line after the last value of a mapping begins; a comment behind the value is before it."""
    while isinstance(node, yaml.CollectionNode) and not node.flow_style and node.value:
        node = node.value[-1][1] if isinstance(node, yaml.MappingNode) else node.value[-1]
    end = int(node.end_mark.index)
    if end and text[end - 1] == "\n":  # a text of several lines
        return end
    found = text.find("\n", end)
    return len(text) if found < 0 else found + 1


def load_trusted(path: Path) -> Any:
    """Return the content of a YAML file of the engine itself, lists as tuples."""
    return _tuples(yaml.load(path.read_text(encoding="utf-8"), Loader=_Loader))


def _unreadable_line(text: str) -> int:
    """Return the line of the first value that is none, or of a key that is a list; 0 when there is no such line."""
    waiting = [yaml.compose(text, Loader=yaml.CSafeLoader)]
    while waiting:
        match waiting.pop(0):
            case yaml.MappingNode() as mapping:
                for key, value in mapping.value:
                    if not isinstance(key, yaml.ScalarNode):
                        return int(key.start_mark.line) + 1
                    waiting += [key, value]
            case yaml.SequenceNode() as sequence:
                waiting += sequence.value
            case yaml.ScalarNode() as scalar:
                try:
                    _Loader("").construct_object(scalar)
                except (ValueError, TypeError, OverflowError):
                    return int(scalar.start_mark.line) + 1
    return 0


def _require_flat(text: str, name: str, error: type[VoortgangError]) -> None:
    """Raise `error` for lists thousands deep, and for aliases: a few lines of them stand for millions of values."""
    depth = 0
    for event in yaml.parse(text, Loader=yaml.CSafeLoader):
        depth += isinstance(event, yaml.CollectionStartEvent) - isinstance(event, yaml.CollectionEndEvent)
        if depth > _DEEPEST or isinstance(event, yaml.AliasEvent):
            raise error(
                "The file holds an alias (*)." if depth <= _DEEPEST else "The file holds lists in lists without end.",
                f"{name}, line {event.start_mark.line + 1 if event.start_mark else 1}",
                "values written in full; quotation marks around a text that begins with *",
                "Write the value itself.",
            )


def _require_honest(node: yaml.Node | None, name: str, error: type[VoortgangError]) -> None:
    """Raise `error` when a key or value holds characters that are not what they seem, or that a report cannot show."""
    waiting = [node]
    while waiting:
        match waiting.pop():
            case yaml.ScalarNode() as scalar:
                if what := deceit(str(scalar.value)):
                    raise error(
                        f"The text holds {what}.",
                        f"{name}, line {scalar.start_mark.line + 1}",
                        "characters that a reader sees as they are",
                        "Type the text again.",
                    )
                if sign := first_without_shape(str(scalar.value)):
                    raise error(
                        f"The text holds a sign that the report cannot show: {sign} (U+{ord(sign):04X}).",
                        f"{name}, line {scalar.start_mark.line + 1}",
                        "letters and signs that the report's typeface has",
                        "Write it in words, in Latin letters.",
                    )
            case yaml.SequenceNode() as sequence:
                waiting.extend(sequence.value)
            case yaml.MappingNode() as mapping:
                waiting.extend(part for pair in mapping.value for part in pair)


def _readable(cause: ValidationError, node: yaml.Node | None, name: str, error: type[VoortgangError]) -> VoortgangError:
    whats, wheres, expecteds = [], [], []
    for problem in cause.errors():
        location = problem["loc"]
        key = ".".join(map(str, location))
        message = problem["msg"].removeprefix("Value error, ").rstrip(".")
        if problem["type"] == "extra_forbidden":
            whats.append(f"Unknown key {str(location[-1])!r}.")
        elif problem["type"] == "missing":
            whats.append(f"The key {str(location[-1])!r} is missing.")
        elif problem["type"] == "too_short" and not problem["input"]:
            whats.append(f"The list {key!r} is empty.")
        elif problem["type"] == "value_error":
            whats.append(f"{message[0].upper()}{message[1:]}.")
        else:
            found = problem["input"]
            as_written = str(found) if isinstance(found, date) else repr(found)  # a moment is a date too
            shown = "a list or group of keys" if isinstance(found, dict | tuple) else as_written[:80]
            whats.append(f"The value of {key!r} is wrong (found: {shown}).")
        wheres.append(f"{name}, line {_line(node, location)}" + (f": {key}" if key else ""))
        count = problem.get("ctx", {}).get("min_length" if problem["type"] == "too_short" else "max_length")
        bounds = {"too_short": f"at least {count} in the list", "too_long": f"at most {count} in the list"}
        expecteds.append((_EXPECTED | bounds).get(problem["type"], message))
    return error(
        "\n".join(whats),
        "\n".join(wheres),
        "\n".join(dict.fromkeys(expecteds)),
        "Correct the file at the place named.",
    )


def _line(node: yaml.Node | None, location: tuple[int | str, ...]) -> int:
    """Return the line of the deepest part of `location` that the file has."""
    line = 1
    for part in location:
        if isinstance(node, yaml.MappingNode):
            pair = next((pair for pair in node.value if pair[0].value == str(part)), None)
            if pair is None:
                break
            line, node = pair[0].start_mark.line + 1, pair[1]
        elif isinstance(node, yaml.SequenceNode) and isinstance(part, int) and part < len(node.value):
            node = node.value[part]
            line = node.start_mark.line + 1
        else:
            break
    return line


def _tuples(value: Any) -> Any:
    """Turn lists into tuples, which strict pydantic asks for in a frozen model."""
    if isinstance(value, dict):
        return {key: _tuples(item) for key, item in value.items()}
    return tuple(map(_tuples, value)) if isinstance(value, list) else value


class _Loader(yaml.CSafeLoader):
    """PyYAML keeps the last of two equal keys without a word; this loader refuses them.

    It also refuses numbers that YAML takes for others than a reader does: `0150` is 104 there, and `1:30` is 90.
    """

    def construct_yaml_int(self, node: yaml.ScalarNode) -> int:
        text = self.construct_scalar(node)
        if not re.fullmatch(r"[+-]?(?:0|[1-9][0-9]*(?:_[0-9]{3})*)", text):
            raise ValueError(f"{text[:40]!r} is not how a whole number is written here")
        return int(text.replace("_", ""))

    def construct_mapping(self, node: yaml.MappingNode, deep: bool = False) -> dict[Hashable, Any]:
        seen = set()
        for key, _ in node.value:
            if key.value in seen:
                raise yaml.constructor.ConstructorError(
                    None, None, f"the key {key.value!r} stands twice", key.start_mark
                )
            seen.add(key.value)
        return super().construct_mapping(node, deep)


_Loader.add_constructor("tag:yaml.org,2002:int", _Loader.construct_yaml_int)
