"""The connection to the stick: opened, watched, and opened again for ever (`behaviour` 17.2, 17.6)."""

from __future__ import annotations

import asyncio
import contextlib
import os
import time
from collections.abc import Callable
from typing import Any

import structlog

from zigbus.backoff import Backoff
from zigbus.contract.household import RadioSettings
from zigbus.health import Health
from zigbus_radio import metrics
from zigbus_radio.adapter import Adapter, StickGone, network_of_backup
from zigbus_radio.network import ASK_TO_FORM, Action, Decision, decide
from zigbus_radio.settings import Network, SerialPort, SettingsRefused, network, serial_port
from zigbus_radio.stick import Hot
from zigbus_radio.store import Store

log = structlog.get_logger()

RETRY_FIRST_S, RETRY_CAP_S = 0.2, 15.0
WATCH_EVERY_S = 5.0
PING_WITHIN_S, PINGS = 3.0, 2  # a stick may be busy for 2 s while it writes its memory


class StickRefused(Exception):
    """The stick is there, but to use it would take a decision that is its owner's. The text says which."""


class Link:
    """One stick, as long as the service runs."""

    def __init__(
        self,
        *,
        coordinator: str,
        settings: RadioSettings,
        health: Health,
        store: Store,
        hot: Hot,
        known_devices: Callable[[], int],
    ) -> None:
        self.on_up: Callable[[Adapter, bool], None] = lambda adapter, formed: None
        self.on_down: Callable[[str], None] = lambda reason: None
        self._coordinator, self._settings, self._health, self._store, self._hot = (
            coordinator,
            settings,
            health,
            store,
            hot,
        )
        self._known_devices = known_devices
        self._reason = ""
        self._form_asked = os.environ.get(ASK_TO_FORM, "") in ("1", "true", "yes")
        self.adapter: Adapter | None = None  # while the stick serves the network

    async def run(self, stopping: asyncio.Event) -> None:
        """Keep the stick serving until it is time to stop."""
        backoff = Backoff(RETRY_FIRST_S, RETRY_CAP_S)
        self._health.report("stick", ok=False, reason="not opened yet")
        while not stopping.is_set():
            try:
                port, wanted = serial_port(self._settings.serial), network(self._settings.network)
                reason = await self._session(port, wanted, backoff, stopping)
            except (
                Exception
            ) as error:  # zigpy and the operating system raise many kinds: a stick that is ill is a state
                reason = _explain(error, self._settings)
                if not isinstance(error, SettingsRefused | StickRefused | OSError | TimeoutError | StickGone):
                    log.warning("stick_start_failed", coordinator=self._coordinator, exc_info=error)
            self._not_ready(reason)
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(backoff.next_s()):
                    await stopping.wait()

    async def _session(self, port: SerialPort, wanted: Network, backoff: Backoff, stopping: asyncio.Event) -> str:
        """Open the stick and serve until it is lost. Returns why it ended."""
        started = time.monotonic()
        adapter = Adapter(
            parallel=self._settings.network.adapter_concurrent,
            transmit_power_dbm=self._settings.network.transmit_power_dbm,
            disable_led=self._settings.serial.disable_led,
        )
        reason = "stopping"
        try:
            await adapter.open(port, self._hot)
            decision = await self._prepare(adapter, wanted)
            await adapter.start_network()
            if decision.action is Action.MOVE_CHANNEL:
                log.warning("channel_change", before=adapter.network.channel, after=wanted.channel)
                await adapter.move_network_to_channel(wanted.channel)
            backoff.reset()
            self._up(adapter, port, decision, time.monotonic() - started)
            reason = await _until_lost(adapter, stopping)
        finally:
            self._down(reason)
            await adapter.disconnect()
        return reason

    async def _prepare(self, adapter: Adapter, wanted: Network) -> Decision:
        """Bring the network of the settings into the stick, if that loses nobody."""
        found = await adapter.find()
        backups = []
        if found is None or not wanted.same(found):
            backups = await self._store.backups()
        decision = decide(
            wanted,
            found,
            [network_of_backup(b) for b in backups],
            devices=self._known_devices(),
            form_asked=self._form_asked,
        )
        if decision.action is Action.REFUSE:
            raise StickRefused(decision.reason)
        if decision.action is Action.RESTORE:
            assert decision.backup is not None
            log.warning("network_restored_from_backup", coordinator=self._coordinator, pan_id=wanted.pan_id)
            await adapter.restore(backups[decision.backup])
        elif decision.action is Action.FORM:
            log.info("network_formed", coordinator=self._coordinator, pan_id=wanted.pan_id, channel=wanted.channel)
            if self._known_devices():
                log.warning("devices_set_aside", path=str(await self._store.set_aside(time.time())))
            await adapter.form(wanted)
            self._form_asked = False
        return decision

    def _up(self, adapter: Adapter, port: SerialPort, decision: Decision, took_s: float) -> None:
        self.adapter = adapter
        self._reason = ""
        metrics.STICK_UP.set(1)
        metrics.START_SECONDS.set(took_s)
        log.info(
            "stick_ready",
            coordinator=self._coordinator,
            port=port.name,
            action=decision.action.value,
            firmware=adapter.firmware,
            took_s=round(took_s, 3),
        )
        self.on_up(adapter, decision.action is Action.FORM)
        self._health.report("stick", ok=True)

    def _down(self, reason: str) -> None:
        if self.adapter is not None:
            self.adapter = None
            metrics.STICK_UP.set(0)
            if reason != "stopping":
                metrics.RECONNECTS.inc()
            self.on_down(reason)

    def _not_ready(self, reason: str) -> None:
        """Say why the stick cannot be used: once as a warning, as long as the reason stays the same."""
        if reason in (self._reason, "stopping"):
            return
        self._reason = reason
        log.warning("stick_not_ready", coordinator=self._coordinator, port=self._settings.serial.port, reason=reason)
        self._health.report("stick", ok=False, reason=reason)


async def _until_lost(adapter: Adapter, stopping: asyncio.Event) -> str:
    """Watch the stick; a silent one is asked for a sign of life. Returns why it is over."""
    stop = asyncio.ensure_future(stopping.wait())
    try:
        while True:
            ends: set[asyncio.Future[Any]] = {stop, adapter.lost}
            await asyncio.wait(ends, timeout=WATCH_EVERY_S, return_when=asyncio.FIRST_COMPLETED)
            if stop.done():
                return "stopping"
            if adapter.lost.done():
                return f"the connection to the stick was lost: {adapter.lost.result()}"
            if adapter.quiet_s >= WATCH_EVERY_S and not await _answers(adapter):
                return "the stick does not answer any more; unplug it and plug it in again if this stays"
    finally:
        stop.cancel()


async def _answers(adapter: Adapter) -> bool:
    for _ in range(PINGS):
        with contextlib.suppress(StickGone):
            await adapter.ping(PING_WITHIN_S)
            return True
    return False


def _explain(error: Exception, settings: RadioSettings) -> str:
    """Say in one sentence why the stick cannot be used and what can be done."""
    port = settings.serial.port
    if isinstance(error, SettingsRefused | StickRefused | StickGone):
        return str(error)
    if isinstance(error, FileNotFoundError):
        return f"{port} does not exist: plug the stick in, or correct serial.port"
    if isinstance(error, PermissionError):
        return f"{port} may not be opened: another program uses it, or this user is not in the group dialout"
    if isinstance(error, TimeoutError):
        return f"Nothing at {port} answers like a Z-Stack coordinator: check serial.port, serial.baudrate and the stick's firmware"
    if isinstance(error, OSError):
        return f"{port} cannot be opened: {error.strerror or error}"
    return f"The stick at {port} could not be started: {error!r}"
