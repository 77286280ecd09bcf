"""Where the log of all services goes besides the console."""

from __future__ import annotations

import asyncio
import re
import socket
from pathlib import Path
from typing import Any

from services.registry.tests.registry_home import Home

from zigbus.bus import Bus
from zigbus.contract import storage, subjects
from zigbus.contract.household import LoggingSettings
from zigbus.contract.logs import LogEvent
from zigbus.logs import level_of
from zigbus.waiting import until
from zigbus_registry.log_files import LINK, LogFiles

ADVANCED: dict[str, Any] = {
    "log_output": ["console", "file"],
    "log_directory": "log/%TIMESTAMP%",
    "log_file": "log.log",
    "log_rotation": True,
    "log_directories_to_keep": 2,
    "log_symlink_current": True,
    "timestamp_format": "YYYY-MM-DD HH:mm:ss",
}
LOST = LogEvent(service="radio", level="warning", event="adapter_lost", fields={"port": "/dev/x"}, at_s=1763683200.0)


async def say(bus: Bus, event: LogEvent) -> None:
    bus.publish(subjects.log(event.service, event.level), event)


async def test_lines_of_all_services_are_in_a_file_of_this_run_and_old_runs_are_removed(home: Home) -> None:
    old = [home.data / "log" / f"2026-01-0{day}.10-00-00" for day in (1, 2, 3)]
    for folder in old:
        folder.mkdir(parents=True)
    async with LogFiles(home.bus, ADVANCED, home.data):
        file = home.data / "log" / LINK / "log.log"
        await say(home.bus, LOST)
        await until(lambda: "adapter_lost" in file.read_text(), what="line written")
    line = file.read_text().splitlines()[0]
    assert re.fullmatch(r"\[\d{4}-\d\d-\d\d \d\d:\d\d:\d\d\] warning: radio: adapter_lost port=/dev/x", line)
    assert [folder.exists() for folder in old] == [False, False, True]


async def test_a_full_file_is_rotated(home: Home) -> None:
    async with LogFiles(home.bus, {**ADVANCED, "log_directory": "here"}, home.data):
        file = home.data / "here" / "log.log"
        big = LogEvent(service="radio", level="info", event="x" * 700_000)
        for _ in range(16):
            await say(home.bus, big)
        await until(file.with_suffix(".log.1").exists, what="rotated")


async def test_syslog_gets_lines_in_the_form_of_rfc_5424(home: Home) -> None:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as listener:
        listener.bind(("127.0.0.1", 0))
        listener.settimeout(60)
        where = {"host": "127.0.0.1", "port": listener.getsockname()[1]}
        async with LogFiles(home.bus, {"log_output": ["syslog"], "log_syslog": where}, home.data):
            await say(home.bus, LOST)
            text = (await asyncio.to_thread(listener.recv, 4096)).decode()
    assert re.fullmatch(r"<12>1 \S+ \S+ Zigbee2MQTT \d+ - - radio: adapter_lost port=/dev/x", text)


async def test_a_place_that_cannot_be_used_costs_nothing_but_a_warning(home: Home, tmp_path: Path) -> None:
    (home.data / "log").write_text("a file, not a folder")
    home.file.write_text("mqtt: {server: 'mqtt://localhost'}\n")
    await home.add_coordinator()
    await home.start()
    await home.ready()
    assert (home.data / "log").read_text() == "a file, not a folder"


async def test_levels_of_the_file_reach_every_service_and_unknown_ones_are_left_out(home: Home) -> None:
    home.file.write_text(
        "mqtt: {server: 'mqtt://localhost'}\n"
        "advanced: {log_level: warning, log_namespaced_levels: {'z2m:mqtt': debug}, log_output: [file]}\n"
    )
    await home.start()
    settings = await home.bus.settings("logging", LoggingSettings)
    assert settings == LoggingSettings(level="warning", namespaced_levels={"z2m:mqtt": "debug"}, console=False)
    assert await home.bus.bucket(storage.SETTINGS).get("logging", LoggingSettings) == settings


def test_the_nearest_parent_of_a_namespace_decides_and_debug_can_be_ignored() -> None:
    levels = LoggingSettings(level="error", namespaced_levels={"z2m": "warning", "z2m:mqtt": "debug", "zh": "info"})
    assert [level_of(service, levels) for service in ("gateway", "registry", "radio", "converter")] == [
        "debug",
        "warning",
        "info",
        "error",
    ]
    ignoring = LoggingSettings(level="debug", debug_ignore="^z2m:mqtt$")
    assert [level_of(service, ignoring) for service in ("gateway", "radio")] == ["info", "debug"]
