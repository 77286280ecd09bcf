"""Writes the log of all services to the data folder and to syslog, as `advanced.log_*` says (configuration 3.4).

The lines come over the bus. Writing happens in a thread of its own, so that a slow disk holds nobody up.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
import os
import queue
import shutil
import socket
from collections.abc import Iterator
from datetime import datetime
from logging import handlers
from pathlib import Path

import structlog

from zigbus.bus import Bus
from zigbus.contract import subjects
from zigbus.contract.base import JsonObject
from zigbus.contract.logs import LogEvent
from zigbus.logs import LEVELS, fields_text

log = structlog.get_logger()

ROTATE_AT_OCTETS = 10_000_000
ROTATED_FILES = 3
LINES_LIMIT = 10_000  # that wait for the disk; more are dropped, the console has them
STAMP, STAMP_WORD = "%Y-%m-%d.%H-%M-%S", "%TIMESTAMP%"
LINK = "current"
# words of zigbee2mqtt's time format -> strftime; longest first where one begins with another
TIME_WORDS = (("YYYY", "%Y"), ("MM", "%m"), ("DD", "%d"), ("HH", "%H"), ("mm", "%M"), ("ss", "%S"))


class LogFiles:
    """The places outside the console that lines go to. One that cannot be used costs a warning and nothing else."""

    def __init__(self, bus: Bus, advanced: JsonObject, data: Path) -> None:
        self._bus, self._advanced, self._data = bus, advanced, data
        self._lines: queue.Queue[logging.LogRecord] = queue.Queue(LINES_LIMIT)
        self._handlers: list[logging.Handler] = []
        self._listener = handlers.QueueListener(self._lines)

    async def __aenter__(self) -> LogFiles:
        """Begin to write what all services say."""
        now = datetime.now().astimezone()
        self._handlers = await asyncio.to_thread(lambda: list(_handlers(self._advanced, self._data, now)))
        if self._handlers:
            self._listener = handlers.QueueListener(self._lines, *self._handlers)
            self._listener.start()
            await self._bus.subscribe(subjects.ALL_LOGS, LogEvent, self._take)
        return self

    async def __aexit__(self, *_: object) -> None:
        """Write what waits and close the files."""
        if self._handlers:
            await asyncio.to_thread(self._listener.stop)
        for handler in self._handlers:
            handler.close()

    def _take(self, _: str, event: LogEvent) -> None:
        text = f"{event.service}: {event.event} {fields_text(event.fields)}".rstrip()
        record = logging.LogRecord(event.service, LEVELS[event.level], "", 0, text, None, None)
        record.created = event.at_s or record.created
        with contextlib.suppress(queue.Full):
            self._lines.put_nowait(record)


def _handlers(advanced: JsonObject, data: Path, now: datetime) -> Iterator[logging.Handler]:
    outputs = advanced["log_output"]
    for output, build in (("file", _file), ("syslog", _syslog)):
        if output in outputs:
            try:
                yield build(advanced, data, now)
            except (OSError, ValueError) as error:
                log.warning("log_output_unusable", output=output, error=str(error), effect="the console has all lines")


# ---- files ---------------------------------------------------------------------------------------------------------------


def _file(advanced: JsonObject, data: Path, now: datetime) -> logging.Handler:
    stamp = now.strftime(STAMP)
    folder = data / advanced["log_directory"].replace(STAMP_WORD, stamp)
    folder.mkdir(parents=True, exist_ok=True)
    if STAMP_WORD in advanced["log_directory"]:
        _remove_old(folder.parent, int(advanced["log_directories_to_keep"]))
    if advanced["log_symlink_current"]:
        _point_to(folder)
    octets = ROTATE_AT_OCTETS if advanced["log_rotation"] else 0
    file = folder / advanced["log_file"].replace(STAMP_WORD, stamp)
    handler = handlers.RotatingFileHandler(file, maxBytes=octets, backupCount=ROTATED_FILES, encoding="utf-8")
    handler.setFormatter(_Line(advanced["timestamp_format"]))
    return handler


class _Line(logging.Formatter):
    """`[2026-11-20 10:00:00] warning: radio: adapter_lost port=/dev/ttyUSB0`."""

    def __init__(self, time_format: str) -> None:
        for word, meaning in TIME_WORDS:
            time_format = time_format.replace(word, meaning)
        super().__init__()
        self._time_format = time_format

    def format(self, record: logging.LogRecord) -> str:
        stamp = datetime.fromtimestamp(record.created).astimezone().strftime(self._time_format)
        return f"[{stamp}] {record.levelname.lower()}: {record.getMessage()}"


def _remove_old(parent: Path, keep: int) -> None:
    """Remove the oldest folders of earlier runs; ours are named by a time, so their names sort by age."""
    runs = sorted(path for path in parent.iterdir() if path.is_dir() and not path.is_symlink() and _is_stamp(path.name))
    for path in runs[: max(len(runs) - keep, 0)]:
        shutil.rmtree(path, ignore_errors=True)


def _is_stamp(name: str) -> bool:
    try:
        datetime.strptime(name, STAMP).astimezone()
    except ValueError:
        return False
    return True


def _point_to(folder: Path) -> None:
    link = folder.parent / LINK
    if link.is_symlink():
        link.unlink()
    link.symlink_to(folder.name, target_is_directory=True)


# ---- syslog --------------------------------------------------------------------------------------------------------------


def _syslog(advanced: JsonObject, _: Path, __: datetime) -> logging.Handler:
    """Raises OSError if nobody listens there, ValueError for a way that is not known."""
    ours = {"host": "localhost", "port": 514, "protocol": "udp4", "path": "/dev/log", "type": "5424"}
    wanted = {**ours, "app_name": "Zigbee2MQTT", **(advanced.get("log_syslog") or {})}
    protocol = wanted["protocol"]
    if protocol.startswith("unix"):
        handler = handlers.SysLogHandler(wanted["path"])
    elif protocol.startswith(("udp", "tcp")):
        kind = socket.SOCK_STREAM if protocol.startswith("tcp") else socket.SOCK_DGRAM
        handler = handlers.SysLogHandler((wanted["host"], int(wanted["port"])), socktype=kind)
    else:
        raise ValueError(f"advanced.log_syslog.protocol is {protocol!r}: use udp4, tcp4 or unix")
    handler.append_nul = False
    handler.setFormatter(_Rfc5424(wanted["app_name"]) if wanted["type"] == "5424" else _Bsd(wanted["app_name"]))
    return handler


class _Rfc5424(logging.Formatter):
    """The message of RFC 5424 behind its priority, which the handler writes."""

    def __init__(self, app_name: str) -> None:
        super().__init__()
        self._tail = f"{socket.gethostname()} {app_name} {os.getpid()} - -"

    def format(self, record: logging.LogRecord) -> str:
        stamp = datetime.fromtimestamp(record.created).astimezone().isoformat(timespec="milliseconds")
        return f"1 {stamp} {self._tail} {record.getMessage()}"


class _Bsd(logging.Formatter):
    """The older form (RFC 3164): the receiver adds time and host."""

    def __init__(self, app_name: str) -> None:
        super().__init__()
        self._head = f"{app_name}[{os.getpid()}]:"

    def format(self, record: logging.LogRecord) -> str:
        return f"{self._head} {record.getMessage()}"
