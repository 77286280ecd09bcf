"""What an incoming topic means. Knows the shape of topics, not which entities there are."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Literal


@dataclass(frozen=True, slots=True)
class EntityCommand:
    """`BASE/TARGET/set…` or `/get…`; the target may end with an endpoint."""

    kind: Literal["set", "get"]
    target: str
    attribute: str | None = None


@dataclass(frozen=True, slots=True)
class BridgeRequest:
    """`BASE/bridge/request/PATH`; `path` in the spelling of the asker, who gets the answer in the same."""

    path: str


class TopicReader:
    """Reads topics below one base topic."""

    def __init__(self, base: str) -> None:
        self._request, self._below = f"{base}/bridge/request/", len(base) + 1
        self._command = re.compile(f"^{re.escape(base)}/(?!bridge)(.+?)/(get|set)(?:/(.+))?$")  # mqtt.md 5.4

    def below(self, topic: str) -> str:
        """Return a topic without the base topic."""
        return topic[self._below :]

    def read(self, topic: str) -> EntityCommand | BridgeRequest | None:
        """Return what the topic asks for, None if it asks for nothing."""
        if topic.startswith(self._request):
            path = topic[len(self._request) :]
            return BridgeRequest(path) if path else None
        match = self._command.match(topic)
        if match is None:
            return None
        kind: Literal["set", "get"] = "set" if match[2] == "set" else "get"
        return EntityCommand(kind, match[1], match[3])


def has_wildcard(topic: str) -> bool:
    """Whether a topic cannot be published to (mqtt.md 1.6)."""
    return "+" in topic or "#" in topic
