"""Removes a key from a ruamel.yaml mapping without losing the comment lines that follow it.

ruamel.yaml hangs comment lines that stand before a key on the value before it, so that deleting a key would delete
what somebody wrote about the next one.
"""

from __future__ import annotations

from collections.abc import MutableMapping
from typing import Any

from ruamel.yaml.comments import CommentedMap, CommentedSeq
from ruamel.yaml.error import CommentMark
from ruamel.yaml.tokens import CommentToken

AFTER_VALUE = 2  # place of the comment behind a mapping's value in ruamel.yaml's list
AFTER_ITEM = 0  # the same for an item of a list


def remove_key(node: MutableMapping[Any, Any], key: Any) -> None:
    """Delete `key` from `node`, if it is there; whole comment lines behind its value move to the value before it."""
    if key not in node:
        return
    if not isinstance(node, CommentedMap):
        del node[key]
        return
    keys = list(node)
    index = keys.index(key)
    lines = _lines_behind(node, key)
    del node[key]
    node.ca.items.pop(key, None)
    if lines and index > 0:
        _append_lines(node, keys[index - 1], lines)
    elif lines and len(keys) > 1:
        node.yaml_set_comment_before_after_key(keys[1], before=_without_marks(lines), indent=node.lc.col or 0)


def _last_place(node: Any, key: Any) -> tuple[Any, Any, int]:
    """Where the comment behind the value of `key` hangs: on the deepest last entry of that value."""
    value = node[key]
    if isinstance(value, CommentedMap) and value:
        return _last_place(value, next(reversed(value)))
    if isinstance(value, CommentedSeq) and value:
        return _last_place(value, len(value) - 1)
    return node, key, AFTER_VALUE if isinstance(node, CommentedMap) else AFTER_ITEM


def _lines_behind(node: CommentedMap, key: Any) -> str:
    holder, place, slot = _last_place(node, key)
    comments = holder.ca.items.get(place)
    token = comments[slot] if comments and len(comments) > slot else None
    if not isinstance(token, CommentToken):
        return ""
    lines = str(token.value).partition("\n")[2]
    return lines if "#" in lines else ""


def _append_lines(node: CommentedMap, key: Any, lines: str) -> None:
    holder, place, slot = _last_place(node, key)
    comments = holder.ca.items.setdefault(place, [None] * 4 if slot == AFTER_VALUE else [None] * 2)
    token = comments[slot]
    if isinstance(token, CommentToken):
        token.value = f"{token.value}{lines}"
    else:
        comments[slot] = CommentToken(f"\n{lines}", CommentMark(0), None)


def _without_marks(lines: str) -> str:
    return "\n".join(line.strip().removeprefix("#").removeprefix(" ") for line in lines.strip("\n").splitlines())
