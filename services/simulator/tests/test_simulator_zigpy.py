"""zigpy-znp, a Z-Stack client that is not ours, on the simulator."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import zigpy.config as zc
from zigpy.exceptions import DeliveryError
from zigpy.types import EUI64
from zigpy_znp.zigbee.application import ControllerApplication  # type: ignore[import-untyped]  # no type information

from zigbus.zcl.types import INT16
from zigbus_simulator import Binding, Simulator

ON_OFF, TEMPERATURE = 0x0006, 0x0402
INTERVIEW_S = 20.0


class Listener:
    """Notes which devices were initialised and which left."""

    def __init__(self) -> None:
        self.initialized: set[str] = set()
        self.left: set[str] = set()

    def device_initialized(self, device: Any) -> None:
        """Called by zigpy."""
        self.initialized.add(text(device.ieee))

    def device_left(self, device: Any) -> None:
        """Called by zigpy."""
        self.left.add(text(device.ieee))


def text(ieee: EUI64) -> str:
    """Return an address as the simulator writes it."""
    return "0x" + ieee.serialize()[::-1].hex()


@contextlib.asynccontextmanager
async def client(sim: Simulator, folder: Path) -> AsyncIterator[tuple[Any, Listener]]:
    """Run zigpy on the stick, forming a network if there is none."""
    config = {
        zc.CONF_DEVICE: {zc.CONF_DEVICE_PATH: f"socket://127.0.0.1:{sim.port}"},
        zc.CONF_DATABASE: str(folder / "zigbee.db"),
        zc.CONF_OTA: {zc.CONF_OTA_ENABLED: False},
        zc.CONF_NWK_BACKUP_ENABLED: False,
        zc.CONF_TOPO_SCAN_ENABLED: False,
    }
    app = await ControllerApplication.new(config, auto_form=True)
    listener = Listener()
    app.add_listener(listener)
    try:
        yield app, listener
    finally:
        await app.shutdown()


async def join(sim: Simulator, app: Any, listener: Listener, name: str) -> Any:
    """Let a device join and return it as zigpy knows it when it has been interviewed."""
    device = sim.device(name)
    await app.permit(60)
    await sim.until(device.join)
    await sim.until(lambda: device.ieee in listener.initialized, INTERVIEW_S)
    return next(known for known in app.devices.values() if text(known.ieee) == device.ieee)


async def test_it_forms_a_network_and_resumes_it_in_a_second_session(sim: Simulator, tmp_path: Path) -> None:
    async with client(sim, tmp_path) as (app, _):
        formed = sim.network
        assert formed is not None
        info = app.state.network_info
        assert (info.pan_id, info.channel, info.network_key.key.serialize()) == (
            formed.pan_id,
            formed.channel,
            formed.key,
        )
    async with client(sim, tmp_path) as (app, _):
        assert sim.network == formed
        assert app.state.network_info.pan_id == formed.pan_id
    assert sim.stick.unsupported == []


async def test_it_interviews_and_uses_devices(sim: Simulator, tmp_path: Path) -> None:
    async with client(sim, tmp_path) as (app, listener):
        bulb = await join(sim, app, listener, "bulb_ct")
        assert (bulb.manufacturer, bulb.model) == ("IKEA of Sweden", "TRADFRI bulb E27 WS opal 980lm")
        on_off = bulb.endpoints[1].on_off
        await on_off.on()
        assert sim.device("bulb_ct").get(1, ON_OFF, 0) is True
        await on_off.bind()
        assert Binding(1, ON_OFF, sim.stick.ieee, 1) in sim.device("bulb_ct").bindings
        await on_off.configure_reporting("on_off", 0, 300, 0)
        sim.device("bulb_ct").set(1, ON_OFF, 0, False)
        await sim.until(lambda: on_off.get("on_off") in (0, False))

        climate = await join(sim, app, listener, "climate")
        sim.device("climate").report(1, TEMPERATURE, {0: (INT16, 2468)})
        await sim.until(lambda: climate.endpoints[1].temperature.get("measured_value") == 2468)

        sim.device("bulb_ct").fail("no_route")
        with contextlib.suppress(DeliveryError, asyncio.TimeoutError):
            await on_off.off()
            raise AssertionError("an unreachable lamp was switched")

        sim.device("climate").leave()
        await sim.until(lambda: sim.device("climate").ieee in listener.left)


async def test_its_backup_of_the_network_holds_the_devices(sim: Simulator, tmp_path: Path) -> None:
    async with client(sim, tmp_path) as (app, listener):
        await join(sim, app, listener, "knob")
        backup = await app.backups.create_backup(load_devices=True)
        partners = {text(key.partner_ieee) for key in backup.network_info.key_table}
        assert partners == {sim.device("knob").ieee}


async def test_a_backup_is_restored_to_an_empty_stick(sim: Simulator, tmp_path: Path) -> None:
    async with client(sim, tmp_path) as (app, listener):
        await join(sim, app, listener, "knob")
        backup = await app.backups.create_backup(load_devices=True)
        before = sim.network
    async with Simulator() as other, client(other, tmp_path / "..") as (app, _):
        await app.backups.restore_backup(backup, counter_increment=0)
        await app.load_network_info(load_devices=True)
        assert other.network == before
        assert other.stick.ieee == sim.stick.ieee
