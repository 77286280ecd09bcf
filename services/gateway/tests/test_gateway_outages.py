"""What is left of updates and messages when broker, bus or gateway are killed and come back."""

from __future__ import annotations

import time
from pathlib import Path

from prometheus_client import REGISTRY
from services.gateway.tests.gateway_rig import LAMP, WEATHER, Rig, rig_in

from zigbus.contract import storage, subjects
from zigbus.contract.logs import LogEvent
from zigbus.waiting import until


def refused() -> float:
    """Attempts to connect that failed, ever."""
    return (
        REGISTRY.get_sample_value("zigbus_gateway_broker_connections_refused_total", {"reason": "unreachable"}) or 0.0
    )


async def back(rig: Rig) -> None:
    """Wait until gateway and recorder are connected again."""
    await until(lambda: rig.mqtt.connected and rig.health.parts["broker"].ok, 60, "reconnected")


async def away(rig: Rig) -> None:
    """Wait until the gateway has tried in vain a few times, so that the recorder is back before it."""
    before = refused()
    await until(lambda: not rig.health.parts["broker"].ok and refused() >= before + 4, 60, "broker away")


def published() -> float:
    """Messages that the broker has for certain, ever."""
    return REGISTRY.get_sample_value("zigbus_gateway_published_total") or 0.0


async def test_after_a_broker_restart_only_the_newest_state_comes_and_no_action_twice(rig: Rig) -> None:
    await rig.start()
    await rig.action(LAMP, "before")
    await rig.mqtt.wait_for("lamp")
    await rig.broker.stop(kill=True)
    await away(rig)
    for level in range(20):
        await rig.update(WEATHER, {"temperature": level})
    await rig.action(LAMP, "during_1")
    await rig.action(LAMP, "during_2")
    await rig.action(LAMP, "stale", converted_at_s=time.time() - 11)
    rig.mqtt.seen.clear()
    await rig.broker.start()
    await back(rig)
    await rig.action(LAMP, "after")
    await rig.mqtt.wait_for("lamp", lambda m: m.get("action") == "after")
    assert [m.json.get("action") for m in rig.mqtt.of("lamp") if m.json.get("action")] == [
        "during_1",
        "during_2",
        "after",
    ]
    assert [m.json["temperature"] for m in rig.mqtt.of("weather")] == [19]


async def test_a_broker_that_forgot_is_told_everything_retained_again(rig: Rig) -> None:
    await rig.start()
    await rig.broker.stop(kill=True)
    await away(rig)
    rig.mqtt.seen.clear()
    await rig.broker.start()
    await back(rig)
    await until(lambda: rig.mqtt.of("bridge/definitions"), 60, "definitions again")
    assert all(rig.mqtt.of(f"bridge/{name}") for name in ("state", "info", "devices", "groups"))


async def test_a_broker_that_remembers_is_told_only_what_changed(tmp_path: Path) -> None:
    async with rig_in(tmp_path, keep=True) as rig:
        await rig.furnish()
        confirmed = published()
        await rig.start()
        await until(lambda: published() >= confirmed + 6, what="receipts of the start")
        await rig.broker.stop()
        await away(rig)
        await rig.put(storage.SETTINGS, "gateway", rig.settings(log_level="error"))
        rig.mqtt.seen.clear()
        await rig.broker.start()
        await back(rig)
        await rig.mqtt.wait_for("bridge/info", lambda info: info["log_level"] == "error")
        assert len(rig.mqtt.of("bridge/devices")) == 1  # the retained message that the recorder was given


async def test_a_restart_of_nats_brings_nothing_twice_and_loses_nothing(rig: Rig) -> None:
    await rig.start()
    for number in range(30):
        await rig.action(LAMP, f"press_{number}")
        if number == 15:
            await rig.nats.stop(kill=True)
            await rig.nats.start()
    await rig.mqtt.wait_for("lamp", lambda m: m["action"] == "press_29", 20)
    assert [m.json["action"] for m in rig.mqtt.of("lamp")] == [f"press_{number}" for number in range(30)]


async def test_a_killed_gateway_goes_on_where_it_stopped(rig: Rig) -> None:
    await rig.start_process()
    await rig.mqtt.wait_for("bridge/extensions")
    for number in range(10):
        await rig.action(LAMP, f"press_{number}")
    await rig.mqtt.wait_for("lamp", lambda m: m["action"] == "press_9")
    await rig.mqtt.settle()
    await rig.kill_process()
    for number in range(10, 20):
        await rig.action(LAMP, f"press_{number}")
    await rig.start_process()
    await rig.mqtt.wait_for("lamp", lambda m: m["action"] == "press_19", 15)
    actions = [m.json["action"] for m in rig.mqtt.of("lamp")]
    assert list(dict.fromkeys(actions)) == [f"press_{number}" for number in range(20)]
    assert len(actions) <= 22  # only what was in flight at the kill may come twice


async def test_a_wrong_password_is_said_clearly_and_a_corrected_one_is_used(tmp_path: Path) -> None:
    async with rig_in(tmp_path, password="right") as rig:
        await rig.furnish(rig.settings(mqtt={"user": "home", "password": "wrong"}))
        await rig.start(until_announced=False)
        await until(lambda: "broker" in rig.health.parts and "refuses user 'home'" in rig.health.parts["broker"].reason)
        assert "mqtt.password" in rig.health.parts["broker"].reason
        await rig.put(storage.SETTINGS, "gateway", rig.settings(mqtt={"user": "home", "password": "right"}))
        await rig.mqtt.wait_for("bridge/extensions")


async def test_changed_settings_are_used_for_a_new_connection(rig: Rig) -> None:
    await rig.start()
    await rig.put(storage.SETTINGS, "gateway", rig.settings(mqtt={"base_topic": "zigbee2mqtt/other"}))
    await rig.mqtt.wait_for("other/bridge/extensions")
    assert rig.mqtt.of("bridge/state")[-1].json == {"state": "offline"}
    await rig.update(LAMP, {"state": "ON"})
    await rig.mqtt.wait_for("other/lamp")


async def test_log_lines_of_other_services_are_shown_as_the_contract_words_them(rig: Rig) -> None:
    await rig.start()
    for level in ("debug", "info", "warning"):
        line = LogEvent(service="radio", level=level, event="stick_lost", fields={"reason": "gone"})
        rig.bus.publish(subjects.log("radio", level), line)
        rig.bus.publish(subjects.log("radio", level), line)
    await rig.mqtt.wait_for("bridge/logging", lambda m: m["level"] == "warning")
    await rig.mqtt.settle()
    assert [m.json for m in rig.mqtt.of("bridge/logging")] == [
        {"level": "info", "message": "z2m: Adapter disconnected: gone"},
        {"level": "warning", "message": "z2m: Adapter disconnected: gone"},
    ]


async def test_a_device_without_a_name_is_not_announced_before_it_has_one(rig: Rig) -> None:
    await rig.bus.bucket(storage.NAMES).delete(WEATHER)
    await rig.start(until_announced=False)
    await until(
        lambda: "without a name" in rig.health.parts["tables"].reason if "tables" in rig.health.parts else False
    )
    assert not rig.mqtt.seen
