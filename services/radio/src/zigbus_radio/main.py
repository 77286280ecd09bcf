"""Own one Zigbee stick: publish what it hears, carry out what is asked of it."""

from __future__ import annotations

import asyncio
import os
import re

import structlog

from zigbus.contract import storage
from zigbus.contract.household import RadioSettings
from zigbus.service import Service, run_service
from zigbus_radio.radio import Radio

log = structlog.get_logger()

DEFAULT_COORDINATOR = "main"


def main(argv: list[str]) -> int:
    """Own one Zigbee stick: publish what it hears, carry out what is asked of it."""
    if argv:
        print("usage: zigbus radio   (settings come from the bus, the coordinator's name from ZIGBUS_COORDINATOR)")  # noqa: T201  # for people
        return 2
    name = coordinator_name(os.environ.get("ZIGBUS_COORDINATOR", DEFAULT_COORDINATOR))
    return run_service("radio", lambda service: serve(service, name))


def coordinator_name(text: str) -> str:
    """Return the name of this coordinator. Raises ValueError if it cannot stand in a subject."""
    if not re.fullmatch(r"[a-z0-9-]+", text):
        raise ValueError(f"ZIGBUS_COORDINATOR is {text!r}, allowed are a-z, 0-9 and -")
    return text


async def serve(service: Service, coordinator: str = DEFAULT_COORDINATOR) -> None:
    """Run one coordinator until the service stops."""
    service.health.report("stick", ok=False, reason="waiting for the settings")
    holder: list[Radio] = []

    def changed(settings: RadioSettings) -> None:
        for radio in holder:
            radio.settings_changed(settings)

    settings = await _settings(service, changed)
    if settings is None:
        return
    radio = await Radio.create(service, coordinator, settings)
    holder.append(radio)
    table = await service.bus.table(
        storage.DEVICES, lambda key, value, _: radio.book.vanished(key) if value is None else None
    )
    radio.book.show(table)
    await radio.run()


async def _settings(service: Service, changed: object) -> RadioSettings | None:
    """Return the settings as soon as the registry has put them; None if the service is to stop before."""
    waiting = asyncio.ensure_future(service.bus.settings("radio", RadioSettings, on_change=changed))  # type: ignore[arg-type]  # serve's
    stop = asyncio.ensure_future(service.stopping.wait())
    await asyncio.wait({waiting, stop}, return_when=asyncio.FIRST_COMPLETED)
    stop.cancel()
    if waiting.done():
        return waiting.result()
    waiting.cancel()
    return None
