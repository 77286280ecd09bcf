"""One YAML file as text that remembers its comments, order and quotes while single keys are changed."""

from __future__ import annotations

import datetime
import io
import re
from collections.abc import MutableMapping, Sequence
from typing import Any

from ruamel.yaml import YAML
from ruamel.yaml.comments import CommentedMap, CommentedSeq, TaggedScalar
from ruamel.yaml.error import MarkedYAMLError, YAMLError
from ruamel.yaml.scalarfloat import ScalarFloat
from ruamel.yaml.scalarint import HexCapsInt, HexInt

from zigbus.contract.base import Json, JsonObject
from zigbus.contract.household import SettingChange
from zigbus_registry.yaml_comments import remove_key

IEEE_DIGITS = 16
NEVER_WRAP = 1_000_000  # columns; a long line stays one line


class UnreadableYaml(Exception):
    """The text is not YAML, or not a mapping at its top. `line` counts from 1, None if it is not known."""

    def __init__(self, problem: str, line: int | None = None) -> None:
        super().__init__(problem if line is None else f"line {line}: {problem}")
        self.problem, self.line = problem, line


class YamlDocument:
    """A YAML file whose top level is a mapping. An empty text is an empty mapping."""

    def __init__(self, text: str = "") -> None:
        """Parse `text`. Raises UnreadableYaml."""
        self.is_changed = False
        self._yaml = _round_trip(text)
        try:
            self._data = self._yaml.load(text)
        except MarkedYAMLError as error:
            mark = error.problem_mark or error.context_mark
            raise UnreadableYaml(
                str(error.problem or error.context), None if mark is None else mark.line + 1
            ) from error
        except (YAMLError, ValueError, RecursionError) as error:
            raise UnreadableYaml(str(error).partition("\n")[0]) from error
        if self._data is None:
            self._data = CommentedMap()
            self._header = text
        else:
            self._header = ""
        if not isinstance(self._data, CommentedMap):
            raise UnreadableYaml("the top level must be a mapping of keys to values")

    def plain(self) -> JsonObject:
        """Return the content as plain JSON values; tagged scalars become the text `!tag value`."""
        try:
            return _plain_mapping(self._data)
        except RecursionError as error:
            raise UnreadableYaml("an alias contains itself") from error

    def change(self, changes: Sequence[SettingChange]) -> None:
        """Set or remove keys; everything else keeps its form."""
        for change in changes:
            self.is_changed = True
            self._change(change)

    def text(self) -> str:
        """Return the file's text."""
        out = io.StringIO()
        self._yaml.dump(self._data, out)
        return self._header + out.getvalue()

    def _change(self, change: SettingChange) -> None:
        node: MutableMapping[Any, Any] = self._data
        for step in change.path[:-1]:
            key = _key_in(node, step)
            if not isinstance(node.get(key), MutableMapping):
                if change.removed:
                    return
                _insert(node, key, CommentedMap())
            node = node[key]
        key = _key_in(node, change.path[-1])
        if change.removed:
            remove_key(node, key)
        else:
            _insert(node, key, _rich(change.value))


def _round_trip(text: str) -> YAML:
    yaml = YAML(typ="rt")
    yaml.preserve_quotes = True
    yaml.width = NEVER_WRAP
    mapping, dash = _indentation(text)
    yaml.indent(mapping=mapping, sequence=dash + 2, offset=dash)
    return yaml


def _indentation(text: str) -> tuple[int, int]:
    """Guess how a file is indented: columns per mapping level, and columns before a dash."""
    mapping, dash = None, None
    for match in re.finditer(
        r"^( *)[^\s#-][^\n]*:[ \t]*(?:#[^\n]*)?\n(?:[ \t]*(?:#[^\n]*)?\n)*( *)(- |-\n|[^\s#])", text, re.MULTILINE
    ):
        deeper = len(match[2]) - len(match[1])
        if match[3].startswith("-"):
            dash = deeper if dash is None and deeper >= 0 else dash
        elif deeper > 0 and mapping is None:
            mapping = deeper
    return mapping or 2, 2 if dash is None else dash


def _insert(node: MutableMapping[Any, Any], key: Any, value: Any) -> None:
    if isinstance(node, CommentedMap) and not node:
        node.fa.set_block_style()  # `devices: {}` becomes a block with its first device
    node[key] = value


def _key_in(node: MutableMapping[Any, Any], text: str) -> Any:
    """The key of `node` that reads as `text`; `text` itself if there is none."""
    if text in node:
        return text
    return next((key for key in node if _plain_key(key) == text), text)


def _rich(value: Json) -> Any:
    """A JSON value in the form that is written as block YAML."""
    if isinstance(value, dict):
        return CommentedMap((key, _rich(item)) for key, item in value.items())
    return CommentedSeq(map(_rich, value)) if isinstance(value, list) else value


def _plain_mapping(data: CommentedMap) -> JsonObject:
    return {_plain_key(key): _plain(value) for key, value in data.items()}


def _plain_key(key: Any) -> str:
    if isinstance(key, HexInt | HexCapsInt):
        return f"0x{int(key):0{IEEE_DIGITS}x}"  # an ieee that was written without quotes
    if isinstance(key, bool) or key is None:
        return {True: "true", False: "false", None: "null"}[key]
    return str(key)


def _plain(value: Any) -> Json:  # noqa: PLR0911  # one line per kind of YAML value reads best
    if isinstance(value, CommentedMap):
        return _plain_mapping(value)
    if isinstance(value, list):
        return [_plain(item) for item in value]
    if isinstance(value, TaggedScalar):
        return f"{value.tag.value} {value.value}"
    if value is None or isinstance(value, bool):
        return value
    if isinstance(value, ScalarFloat | float):
        return float(value)
    if isinstance(value, int):
        return int(value)
    return value.isoformat() if isinstance(value, datetime.date) else str(value)
