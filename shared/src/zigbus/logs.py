"""Logging of a service: event name plus fields, one line each; copies go to the bus for frontends."""

from __future__ import annotations

import logging
import sys
import time
from collections.abc import Callable, MutableMapping
from typing import Any, Literal, cast

import structlog

from zigbus.contract.logs import Level, LogEvent
from zigbus.metrics import LOGGED

LEVELS: dict[str, int] = {"debug": 10, "info": 20, "warning": 30, "error": 40}
FOREIGN_BYTES = 64  # bytes from outside are shown as hex and cut here

EventDict = MutableMapping[str, Any]


def configure_logging(
    service: str, level: str, form: Literal["text", "json"], forward: Callable[[LogEvent], None]
) -> None:
    """Set up structlog for a service. `forward` gets every event of level info and above as a message."""
    renderer: Any = structlog.processors.JSONRenderer() if form == "json" else _render_line
    structlog.configure(
        processors=[
            structlog.processors.add_log_level,
            structlog.processors.format_exc_info,
            _foreign_bytes,
            _forwarder(service, forward),
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            renderer,
        ],
        wrapper_class=structlog.make_filtering_bound_logger(LEVELS[level]),
        logger_factory=structlog.WriteLoggerFactory(file=sys.stdout),
        cache_logger_on_first_use=False,
    )
    logging.basicConfig(
        level=logging.WARNING, stream=sys.stdout, format="%(asctime)s %(levelname)s %(name)s %(message)s"
    )


def _forwarder(service: str, forward: Callable[[LogEvent], None]) -> Callable[[Any, str, EventDict], EventDict]:
    def processor(_: Any, __: str, event: EventDict) -> EventDict:
        level = "error" if event["level"] in ("exception", "critical") else event["level"]
        LOGGED.labels(level).inc()
        if LEVELS[level] >= LEVELS["info"]:
            fields = {k: v for k, v in event.items() if k not in ("event", "level")}
            forward(
                LogEvent(
                    service=service,
                    level=cast(Level, level),
                    event=str(event["event"]),
                    fields=_plain(fields),
                    at_s=time.time(),
                )
            )
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
    fields = " ".join(f"{key}={value!r}" if " " in str(value) else f"{key}={value}" for key, value in event.items())
    line = f"{stamp} {level:<7} {name} {fields}".rstrip()
    return f"{line}\n{trace}" if trace else line
