"""Logging of a service: event name plus fields, one line each; copies go to the bus for frontends and the log file.

Levels follow the household's settings while the service runs, unless its environment fixes one.
"""

from __future__ import annotations

import logging
import re
import sys
import time
from collections.abc import Callable, MutableMapping
from typing import Any, Literal, cast

import structlog

from zigbus.contract.household import LoggingSettings
from zigbus.contract.logs import Level, LogEvent
from zigbus.metrics import LOGGED

LEVELS: dict[str, int] = {"debug": 10, "info": 20, "warning": 30, "error": 40}
FOREIGN_BYTES = 64  # bytes from outside are shown as hex and cut here
# zigbee2mqtt's names for the parts that our services are (behaviour 17.7); a parent (`zh`) stands for all below it
NAMESPACES = {"radio": "zh:controller", "converter": "zhc", "gateway": "z2m:mqtt", "registry": "z2m"}

EventDict = MutableMapping[str, Any]
Forward = Callable[[LogEvent], None]


class Logging:
    """How one service logs. `fixed`: the level of its environment, which wins over the settings."""

    def __init__(self, service: str, fixed: Level | None, form: Literal["text", "json"], forward: Forward) -> None:
        self._service, self._fixed, self._form, self._forward = service, fixed, form, forward
        logging.basicConfig(
            level=logging.WARNING, stream=sys.stdout, format="%(asctime)s %(levelname)s %(name)s %(message)s"
        )
        self.use(LoggingSettings())

    def use(self, settings: LoggingSettings) -> None:
        """Log as these settings say from now on."""
        level = self._fixed or level_of(self._service, settings)
        as_json = self._form == "json" or settings.console_json
        structlog.configure(
            processors=[
                structlog.processors.add_log_level,
                structlog.processors.format_exc_info,
                _foreign_bytes,
                _forwarder(self._service, self._forward),
                *([] if settings.console else [_drop]),
                structlog.processors.TimeStamper(fmt="iso", utc=True),
                structlog.processors.JSONRenderer() if as_json else _render_line,
            ],
            wrapper_class=structlog.make_filtering_bound_logger(LEVELS[level]),
            logger_factory=structlog.WriteLoggerFactory(file=sys.stdout),
            cache_logger_on_first_use=False,
        )


def level_of(service: str, settings: LoggingSettings) -> Level:
    """Return the level of a service: that of its namespace, or of the nearest parent that has one, or of all."""
    namespace = NAMESPACES.get(service, f"z2m:{service}")
    level = settings.level
    for name in sorted(settings.namespaced_levels, key=len):
        if namespace == name or namespace.startswith(f"{name}:"):
            level = settings.namespaced_levels[name]
    if level == "debug" and settings.debug_ignore and re.search(settings.debug_ignore, namespace):
        return "info"
    return level


def _drop(_: Any, __: str, ___: EventDict) -> EventDict:
    raise structlog.DropEvent


def _forwarder(service: str, forward: Forward) -> Callable[[Any, str, EventDict], EventDict]:
    def processor(_: Any, __: str, event: EventDict) -> EventDict:
        level = "error" if event["level"] in ("exception", "critical") else event["level"]
        LOGGED.labels(level).inc()
        fields = {k: v for k, v in event.items() if k not in ("event", "level")}
        said = LogEvent(
            service=service,
            level=cast(Level, level),
            event=str(event["event"]),
            fields=_plain(fields),
            at_s=time.time(),
        )
        forward(said)
        return event

    return processor


def _foreign_bytes(_: Any, __: str, event: EventDict) -> EventDict:
    for key, value in event.items():
        if isinstance(value, (bytes, bytearray)):
            event[key] = value[:FOREIGN_BYTES].hex() + ("…" if len(value) > FOREIGN_BYTES else "")
    return event


def _plain(fields: dict[str, Any]) -> dict[str, Any]:
    return {
        k: v if isinstance(v, (str, int, float, bool, type(None), list, dict)) else str(v) for k, v in fields.items()
    }


def _render_line(_: Any, __: str, event: EventDict) -> str:
    """`2026-11-20T10:00:00.000Z warning adapter_lost port=/dev/ttyUSB0`: short enough to read, exact enough to search."""
    stamp, level, name = event.pop("timestamp"), event.pop("level"), event.pop("event")
    trace = event.pop("exception", None)
    line = f"{stamp} {level:<7} {name} {fields_text(event)}".rstrip()
    return f"{line}\n{trace}" if trace else line


def fields_text(fields: MutableMapping[str, Any]) -> str:
    """Return the fields of an event as people read them: `key=value`, quoted where a value has spaces."""
    return " ".join(f"{key}={value!r}" if " " in str(value) else f"{key}={value}" for key, value in fields.items())
