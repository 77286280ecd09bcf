"""Chooses ports and finds out what answers where."""

from __future__ import annotations

import asyncio
import contextlib
import json
import socket
from dataclasses import dataclass

from zigbus.bus.nats_server import free_port
from zigbus_supervisor.child import Probe
from zigbus_supervisor.plan import STATUS_PORTS, Ports

NATS_PORT = 4222
STATUS_PORT = 9700
BROKER_PORT = 1883
ANSWER_WITHIN_S = 2.0


@dataclass(frozen=True)
class Condition:
    """What a process answered: whether it does its job, and for each part that does not, why."""

    ready: bool
    faults: tuple[str, ...] = ()


def choose_ports(nats: int | None, status: int | None) -> Ports:
    """Choose the ports of a run. None: the usual one if it is free; 0: any free one; else exactly that one."""
    first = status if status is not None else (STATUS_PORT if all(map(_is_free, _range(STATUS_PORT))) else 0)
    return Ports(
        nats=nats or (NATS_PORT if nats is None and _is_free(NATS_PORT) else free_port()),
        broker=BROKER_PORT if _is_free(BROKER_PORT) else free_port(),
        stick=free_port(),
        status=dict(zip(STATUS_PORTS, _range(first) if first else [free_port() for _ in STATUS_PORTS], strict=True)),
    )


async def answers(port: int, host: str = "127.0.0.1") -> bool:
    """Whether something accepts TCP connections there."""
    with contextlib.suppress(OSError, TimeoutError):
        async with asyncio.timeout(ANSWER_WITHIN_S):
            _, writer = await asyncio.open_connection(host, port)
        writer.close()
        return True
    return False


async def ask(probe: Probe) -> Condition:
    """Ask a process how it is. Nobody there is an answer too: not ready, no faults known."""
    if probe.kind == "process":
        return Condition(ready=True)
    if probe.kind == "tcp":
        return Condition(await answers(probe.port))
    try:
        async with asyncio.timeout(ANSWER_WITHIN_S):
            status, body = await _get(probe.port, "/readyz")
    except (OSError, TimeoutError, ValueError, IndexError):
        return Condition(ready=False)
    parts = body.get("parts", {})
    return Condition(
        status == 200, tuple(f"{name}: {part['reason']}" for name, part in parts.items() if not part["ok"])
    )


async def _get(port: int, path: str) -> tuple[int, dict[str, dict[str, dict[str, object]]]]:
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    try:
        writer.write(f"GET {path} HTTP/1.0\r\n\r\n".encode())
        head, _, body = (await reader.read()).partition(b"\r\n\r\n")
    finally:
        writer.close()
    return int(head.split()[1]), json.loads(body)


def _range(first: int) -> list[int]:
    return [first + offset for offset in range(len(STATUS_PORTS))]


def _is_free(port: int) -> bool:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            return False
    return True
