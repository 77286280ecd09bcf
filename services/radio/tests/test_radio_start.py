"""Start: forming, resuming, restoring, refusing; and coming back when the stick went away."""

from __future__ import annotations

import shutil
from pathlib import Path

import msgspec
import pytest
from services.radio.tests.radio_rig import NETWORK, RadioRig, settings

from zigbus.contract import operations as ops
from zigbus.contract import requests as r
from zigbus.contract.base import FailureCode, RequestFailed
from zigbus.contract.devices import LogicalType
from zigbus.contract.household import NetworkSettings, RadioSettings, SerialSettings
from zigbus_simulator import Simulator

OTHER_NETWORK = msgspec.structs.replace(NETWORK, pan_id=0x2B73, network_key=tuple(range(16)))


async def test_an_empty_stick_gets_exactly_the_network_of_the_settings(rig: RadioRig, sim: Simulator) -> None:
    await rig.start(settings(sim.url))
    network = sim.network
    assert network is not None
    assert (network.pan_id, network.channel, network.key) == (
        NETWORK.pan_id,
        NETWORK.channel,
        bytes(NETWORK.network_key),
    )
    assert (
        network.extended_pan_id == "0x" + bytes(NETWORK.extended_pan_id)[::-1].hex()
    )  # the stick stores it as the settings have it


async def test_the_coordinator_is_shown_as_zigbee2mqtt_shows_it(rig: RadioRig, sim: Simulator) -> None:
    await rig.start(settings(sim.url))
    entry = await rig.until(
        lambda: next((d for d in rig.devices.values() if d.logical_type is LogicalType.COORDINATOR), None)
    )
    assert entry.nwk == 0
    assert sorted(entry.endpoints) == [1, 2, 3, 4, 5, 6, 8, 10, 11, 12, 13, 47, 110, 239, 242]
    assert entry.adapter is not None
    assert entry.adapter.type == "ZStack3x0"
    assert set(entry.adapter.meta) == {"transportrev", "product", "majorrel", "minorrel", "maintrel", "revision"}
    assert entry.adapter.extended_pan_id == "0xddaa112233445566"
    assert (entry.adapter.pan_id, entry.adapter.channel) == (NETWORK.pan_id, NETWORK.channel)


async def test_a_second_start_resumes_without_touching_the_stick_or_the_devices(rig: RadioRig, sim: Simulator) -> None:
    await rig.start(settings(sim.url))
    await rig.join(sim, "weather")
    await rig.stop()
    network, asked = sim.network, len(sim.heard_zdo("weather"))
    await rig.start(settings(sim.url))
    assert sim.network == network
    assert len(sim.heard_zdo("weather")) == asked
    sim.device("weather").report(1, 0x0402, {0x0000: (0x29, 2345)})
    await rig.until(lambda: any(getattr(e, "cluster", 0) == 0x0402 for e in rig.events))


async def test_a_stick_that_was_emptied_gets_its_network_back_from_the_backup(
    rig: RadioRig, sim: Simulator, tmp_path: Path
) -> None:
    await rig.start(settings(sim.url))
    await rig.join(sim, "bulb_ct")
    await rig.stop()
    bulb = sim.device("bulb_ct")
    async with Simulator(devices=[bulb.spec]) as emptied:
        await rig.start(settings(emptied.url))
        assert emptied.network == sim.network
        assert rig.devices[bulb.ieee].model == "TRADFRI bulb E27 WS opal 980lm"


async def test_a_foreign_network_is_never_overwritten_and_the_reason_says_what_to_do(
    rig: RadioRig, sim: Simulator
) -> None:
    await rig.start(settings(sim.url, OTHER_NETWORK))
    await rig.stop()
    foreign = RadioRig(rig.nats, rig.data / "elsewhere", rig.bus)
    await foreign.start(settings(sim.url), ready=False)
    reason = await rig.until(
        lambda: foreign.health.parts["stick"].reason if "differ" in foreign.health.parts["stick"].reason else ""
    )
    assert "pan_id, network_key differ" in reason
    assert "ZIGBUS_FORM_NETWORK=1" in reason
    assert str(NETWORK.network_key[3]) + ", " + str(NETWORK.network_key[4]) not in reason
    assert sim.network is not None
    assert sim.network.pan_id == OTHER_NETWORK.pan_id
    await foreign.stop()


async def test_an_empty_stick_is_not_formed_over_known_devices_without_a_backup(
    rig: RadioRig, sim: Simulator, monkeypatch: pytest.MonkeyPatch
) -> None:
    await rig.start(settings(sim.url))
    await rig.join(sim, "weather")
    await rig.stop()
    async with Simulator() as empty:
        changed = settings(empty.url, OTHER_NETWORK)
        await rig.start(changed, ready=False)
        await rig.until(lambda: "1 devices are known" in rig.health.parts["stick"].reason)
        assert empty.network is None
        await rig.stop()
        monkeypatch.setenv("ZIGBUS_FORM_NETWORK", "1")
        await rig.start(changed)
        assert empty.network is not None
        await rig.until(lambda: [d.logical_type for d in rig.devices.values()] == [LogicalType.COORDINATOR])
        assert list(rig.data.glob("*.old")), "the old devices were set aside"


async def test_requests_fail_at_once_while_the_stick_is_away_and_work_again_when_it_is_back(
    rig: RadioRig, sim: Simulator
) -> None:
    await rig.start(settings(sim.url))
    await rig.join(sim, "plug_innr")
    plug = sim.device("plug_innr")
    switch_on = r.InvokeCommand(ieee=plug.ieee, endpoint=1, cluster=0x0006, command=1)
    await sim.close_port()
    await rig.until(lambda: not rig.health.ready)
    with pytest.raises(RequestFailed) as failed:
        await rig.call(ops.INVOKE, switch_on)
    assert failed.value.failure.code is FailureCode.UNAVAILABLE
    await sim.open_port()
    await rig.until(lambda: rig.health.ready)
    await rig.call(ops.INVOKE, switch_on)
    assert plug.get(1, 0x0006, 0) is True


async def test_a_stick_that_hangs_is_noticed_and_opened_again(
    rig: RadioRig, sim: Simulator, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("zigbus_radio.link.WATCH_EVERY_S", 0.2)
    monkeypatch.setattr("zigbus_radio.link.PING_WITHIN_S", 0.2)
    await rig.start(settings(sim.url))
    sim.hang()
    await rig.until(lambda: not rig.health.ready)
    sim.hang(False)
    await rig.until(lambda: rig.health.ready)


async def test_a_stick_that_resets_itself_is_made_to_serve_again(rig: RadioRig, sim: Simulator) -> None:
    await rig.start(settings(sim.url))
    connections = sim.connections
    sim.reset()
    await rig.until(lambda: sim.connections > connections and rig.health.ready)
    assert sim.started


async def test_noise_on_the_serial_line_costs_nothing_but_itself(rig: RadioRig, sim: Simulator) -> None:
    await rig.start(settings(sim.url))
    await rig.join(sim, "weather")
    for octets in (b"\x00\x01\x02", bytes((0xFE, 0xFF, 0xFE, 0x03, 0x44)), bytes((0xFE, 0x00, 0x44, 0x81, 0xC5))):
        sim.garbage(octets)
        sim.device("weather").report(1, 0x0402, {0x0000: (0x29, 2100)})
    await rig.until(lambda: len([e for e in rig.events if getattr(e, "cluster", 0) == 0x0402]) == 3)
    assert rig.health.ready


async def test_the_stick_works_on_a_pseudo_terminal_as_well(rig: RadioRig, sim: Simulator) -> None:
    await rig.start(settings(sim.pty()))
    assert sim.network is not None


@pytest.mark.parametrize(
    ("wanted", "part_of_reason"),
    [
        (RadioSettings(serial=SerialSettings(port="/dev/null", adapter="ember"), network=NETWORK), "only 'zstack'"),
        (RadioSettings(serial=SerialSettings(port=None), network=NETWORK), "serial.port is missing"),
        (RadioSettings(serial=SerialSettings(port="/dev/no-such-stick"), network=NETWORK), "does not exist"),
        (RadioSettings(serial=SerialSettings(port="tcp://127.0.0.1:1"), network=NETWORK), "cannot be opened"),
        (
            RadioSettings(serial=SerialSettings(port="mdns://stick"), network=NETWORK),
            "expected a device file or tcp://HOST:PORT",
        ),
        (
            RadioSettings(serial=SerialSettings(port="tcp://127.0.0.1:1"), network=NetworkSettings(network_key=(1, 2))),
            "16 numbers",
        ),
    ],
)
async def test_a_stick_that_cannot_be_used_is_a_state_with_a_reason(
    rig: RadioRig, wanted: RadioSettings, part_of_reason: str
) -> None:
    await rig.start(wanted, ready=False)
    await rig.until(lambda: part_of_reason in rig.health.parts["stick"].reason)
    assert not rig.health.ready


@pytest.mark.slow
async def test_another_channel_in_the_settings_moves_the_network_there(rig: RadioRig, sim: Simulator) -> None:
    await rig.start(settings(sim.url))
    await rig.join(sim, "bulb_ct")
    await rig.stop()
    await rig.start(settings(sim.url, msgspec.structs.replace(NETWORK, channel=20)), ready=False)
    await rig.until(lambda: rig.health.ready, timeout_s=60)
    assert sim.network is not None
    assert sim.network.channel == 20
    assert sim.network.pan_id == NETWORK.pan_id


async def test_the_devices_are_shown_again_when_nats_has_lost_its_store(rig: RadioRig, sim: Simulator) -> None:
    await rig.start(settings(sim.url))
    await rig.join(sim, "weather")
    ieee = sim.device("weather").ieee
    revision = rig.devices.revision_of(ieee)
    await rig.nats.stop()
    shutil.rmtree(rig.nats.store / "jetstream")
    await rig.nats.start()
    await rig.until(lambda: rig.devices.revision_of(ieee) not in (0, revision), timeout_s=60)
    assert rig.devices[ieee].model == "lumi.weather"


async def test_devices_of_another_store_are_taken_out_of_the_bucket(rig: RadioRig, sim: Simulator) -> None:
    await rig.start(settings(sim.url))
    await rig.join(sim, "weather")
    await rig.stop()
    fresh = RadioRig(rig.nats, rig.data / "fresh", rig.bus)
    async with Simulator() as other:
        await fresh.start(settings(other.url))
        await rig.until(lambda: [d.logical_type for d in rig.devices.values()] == [LogicalType.COORDINATOR])
        await fresh.stop()
