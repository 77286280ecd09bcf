"""The retained overviews `bridge/info`, `bridge/groups` and `bridge/definitions` (mqtt.md 3.2, 3.4, 3.5)."""

from __future__ import annotations

import os
import platform
import re
from collections.abc import Iterable
from functools import cache
from pathlib import Path

from zigbus import __version__
from zigbus.contract.base import JsonObject
from zigbus.contract.devices import DeviceDescription
from zigbus.contract.household import GatewaySettings, Group, PublicSettings, UserConverter
from zigbus_gateway.device_entry import scene_list
from zigbus_gateway.entities import NO_OPTIONS, Household

ACTIONS = ("raw", "philips_hue_factory_reset")  # names valid for request `action`


def info(settings: GatewaySettings, public: PublicSettings, coordinator: DeviceDescription | None) -> JsonObject:
    """Return `bridge/info`. Without a coordinator its parts hold what can be said."""
    adapter = coordinator.adapter if coordinator is not None else None
    shown: JsonObject = {
        "commit": os.environ.get("ZIGBUS_COMMIT", "unknown"),
        "config": public.config,
        "config_schema": public.schema,
        "coordinator": {
            "ieee_address": coordinator.ieee if coordinator is not None else "0x0000000000000000",
            "meta": adapter.meta if adapter is not None else {},
            "type": adapter.type if adapter is not None else "unknown",
        },
        "log_level": settings.log_level,
        "mqtt": {"server": settings.mqtt.server, "version": settings.mqtt.version},
        "network": {
            "channel": adapter.channel if adapter is not None else 0,
            "extended_pan_id": adapter.extended_pan_id if adapter is not None else "0x0000000000000000",
            "pan_id": adapter.pan_id if adapter is not None else 0,
        },
        "os": system_facts(),
        "permit_join": adapter is not None and adapter.permit_join,
        "restart_required": public.restart_required,
        "version": __version__,
        "zigbee_herdsman": {"version": __version__},
        "zigbee_herdsman_converters": {"version": __version__},
    }
    if adapter is not None and adapter.permit_join and adapter.permit_join_until_s is not None:
        shown["permit_join_end"] = int(adapter.permit_join_until_s * 1000)
    return shown


@cache
def system_facts() -> JsonObject:
    """Facts about the machine; `node_version` is where frontends look for the version of what runs."""
    pages = os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE")
    return {
        "cpus": f"{_processor()} (x{os.cpu_count()})",
        "memory_mb": pages // (1024 * 1024),
        "node_version": platform.python_version(),
        "python_version": platform.python_version(),
        "version": f"{platform.version()} - {platform.release()} - {platform.machine()}",
    }


def _processor() -> str:
    cpuinfo = Path("/proc/cpuinfo")
    found = re.search(r"^model name\s*:\s*(.+)$", cpuinfo.read_text() if cpuinfo.exists() else "", re.MULTILINE)
    return found[1] if found else platform.processor()


def groups(household: Household, order: Iterable[str]) -> list[JsonObject]:
    """Return `bridge/groups`, in the order of the settings (that of making them), then those the settings do not have."""
    known = {key: place for place, key in enumerate(order)}
    keys = sorted(household.groups, key=lambda key: (known.get(key, len(known)), int(key)))
    return [_group(household, key, household.groups[key]) for key in keys]


def _group(household: Household, key: str, group: Group) -> JsonObject:
    shown: JsonObject = {
        "friendly_name": household.name_of_group(key),
        "id": group.id,
        "members": [{"endpoint": member.endpoint, "ieee_address": member.ieee} for member in group.members],
        "scenes": _scenes(household, group),
    }
    description = household.options.get(key, NO_OPTIONS).own.get("description")
    return shown if description is None else shown | {"description": description}


def converters(files: Iterable[UserConverter]) -> list[JsonObject]:
    """Return `bridge/converters`, by file name."""
    return [{"code": file.code, "name": file.name} for file in sorted(files, key=lambda file: file.name)]


def _scenes(household: Household, group: Group) -> list[JsonObject]:
    """The scenes of a group, by id: what its members remember; the last one's name counts."""
    found: dict[int, JsonObject] = {}
    for member in group.members:
        definition = household.definitions.get(member.ieee)
        scenes = definition.scenes if definition is not None else ()
        found |= {scene["id"]: scene for scene in scene_list(scenes, group=group.id, endpoint=member.endpoint)}
    return [found[number] for number in sorted(found)]
