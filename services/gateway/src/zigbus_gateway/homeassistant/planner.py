"""What Home Assistant should be told of each device, each group and the bridge, from the household as it is now.

Pure: reads the live picture, remembers nothing.
"""

from __future__ import annotations

from collections.abc import Container, Iterator
from dataclasses import dataclass

from zigbus import __version__
from zigbus.contract.base import JsonObject
from zigbus.contract.definitions import DefinitionRecord, Scene
from zigbus.contract.devices import InterviewState
from zigbus.contract.household import GatewaySettings, Group
from zigbus_gateway.entities import NO_OPTIONS, Household
from zigbus_gateway.homeassistant import actions, extras
from zigbus_gateway.homeassistant.bridge_entities import bridge_drafts
from zigbus_gateway.homeassistant.bundle import bundled
from zigbus_gateway.homeassistant.draft import Draft, Subject
from zigbus_gateway.homeassistant.exposes import device_drafts, group_drafts
from zigbus_gateway.homeassistant.found import TRIGGERS
from zigbus_gateway.homeassistant.message import (
    MAKER,
    ORIGIN,
    Owner,
    device_block,
    encoded,
    payload_of,
    topic_of,
    unique_id,
    wanted,
)
from zigbus_gateway.homeassistant.models import CHANGES
from zigbus_gateway.homeassistant.shape import Shape, shape_of

BRIDGE = "bridge"  # key of the bridge, beside ieees and group ids
ENDED = frozenset((InterviewState.SUCCESSFUL, InterviewState.FAILED))
Messages = dict[str, JsonObject]  # topic below the discovery topic -> payload


@dataclass(frozen=True, slots=True)
class Planner:
    """Answers for one set of settings."""

    home: Household
    settings: GatewaySettings
    watched: Container[str]  # keys of devices and groups that have an availability topic

    def messages(self, key: str) -> Messages | None:
        """Return what is told of an entity, None if nothing is to be told."""
        drafts, owner = self.drafts(key), self.owner(key)
        if drafts is None or owner is None:
            return None
        group = self.home.groups.get(key)
        payloads = [
            (draft, payload_of(draft, owner, self._members(group, draft) if group is not None else ()))
            for draft in drafts
        ]
        if self.settings.discovery.device_discovery:
            return bundled(owner, payloads)
        return {topic_of(draft, owner): payload for draft, payload in payloads}

    def shape(self, key: str) -> Shape:
        """Return how state messages of an entity must look."""
        record = self.home.definitions.get(key)
        return shape_of(self.drafts(key) or [], updates=record is not None and record.supports_ota)

    def trigger(self, ieee: str, action: str) -> tuple[str, JsonObject] | None:
        """Return topic and payload of the device trigger of an action, None if triggers are not wanted."""
        overrides, owner = self._overrides(ieee), self.owner(ieee)
        if overrides is None or owner is None or overrides.get("device_automation", "") is None:
            return None
        payload = actions.trigger(action, f"{self._base}/{owner.name}", owner.device, ORIGIN)
        return f"{TRIGGERS}/{owner.node}/{actions.trigger_object(action)}/config", payload

    def definition(self, ieee: str) -> DefinitionRecord | None:
        """Return the definition of a device, None while there is none."""
        record = self.home.definitions.get(ieee)
        return record if record is not None and record.model is not None else None

    def is_unwanted(self, key: str) -> bool:
        """Whether nothing may be told of an entity: the user does not want it, or it is a group of nobody."""
        group = self.home.groups.get(key)
        return self._overrides(key) is None or (group is not None and not group.members)

    # ---- drafts ------------------------------------------------------------------------------------------------------

    def drafts(self, key: str) -> list[Draft] | None:
        """Return the entities of a device, a group or the bridge; None if it is not to be discovered."""
        overrides = self._overrides(key)
        if overrides is None:
            return None
        found: list[Draft] | None
        if key == BRIDGE:
            found = bridge_drafts(self._base) if self.home.coordinator() is not None else None
        elif key in self.home.groups:
            found = self._group_drafts(key)
        else:
            found = self._device_drafts(key)
        return None if found is None else wanted(found, overrides)

    def _device_drafts(self, ieee: str) -> list[Draft] | None:
        device, record, entity = self.home.devices.get(ieee), self.definition(ieee), self.home.by_key(ieee)
        if device is None or record is None or entity is None or device.interview not in ENDED:
            return None
        discovery = self.settings.discovery
        subject = Subject(
            self._base,
            entity.name,
            record.exposes,
            model=record.model,
            action_sensor=discovery.legacy_action_sensor,
            action_events=discovery.experimental_event_entities,
        )
        drafts = device_drafts(subject)
        if self.settings.last_seen != "disable":
            drafts.append(extras.last_seen(subject, self.settings.last_seen))
        if record.supports_ota:
            drafts.append(extras.update(subject, ieee))
        endpoints = sorted({scene.endpoint for scene in record.scenes})
        return drafts + [
            extras.scene(subject, scene.id, scene.name or f"Scene {scene.id}")
            for endpoint in endpoints
            for scene in _by_id(s for s in record.scenes if s.group == 0 and s.endpoint == endpoint)
        ]

    def _group_drafts(self, key: str) -> list[Draft] | None:
        group, entity = self.home.groups[key], self.home.by_key(key)
        if not group.members or entity is None:
            return None
        devices = dict.fromkeys(member.ieee for member in group.members)
        records = [record for record in (self.definition(ieee) for ieee in devices) if record is not None]
        exposes = tuple(expose for record in records for expose in record.exposes)
        subject = Subject(self._base, entity.name, exposes, is_group=True)
        scenes = _by_id(scene for record in records for scene in record.scenes if scene.group == group.id)
        return group_drafts(subject) + [
            extras.scene(subject, scene.id, scene.name or f"Scene {scene.id}") for scene in scenes
        ]

    def _members(self, group: Group, draft: Draft) -> list[str]:
        """Unique ids of the members' entities of the same kind, endpoint by endpoint."""
        if not draft.kind:
            return []
        return [
            unique_id(behind, owner)
            for member in group.members
            if (owner := self.owner(member.ieee)) is not None
            for behind in self.drafts(member.ieee) or ()
            if behind.kind == draft.kind and self._endpoint_number(member.ieee, behind.endpoint) == member.endpoint
        ]

    def _endpoint_number(self, ieee: str, name: str | None) -> int | None:
        record, device = self.home.definitions.get(ieee), self.home.devices.get(ieee)
        found = record.endpoint_names.get(name or "default") if record is not None else None
        return next(iter(device.endpoints), None) if found is None and name is None and device is not None else found

    # ---- owners ------------------------------------------------------------------------------------------------------

    def owner(self, key: str) -> Owner | None:
        """Return what all entities of a device, a group or the bridge have in common."""
        if key == BRIDGE:
            return self._bridge_owner()
        entity, options = self.home.by_key(key), self.home.options.get(key, NO_OPTIONS).effective
        if entity is None:
            return None
        node = key if entity.ieee is not None else f"{encoded(self._base)}_{key}"
        overrides = self._overrides(key) or {}
        model = self.definition(key)
        return Owner(
            node=node,
            id=key,
            name=entity.name,
            device=device_block(node, entity.name, overrides, **self._facts(key), via_device=self._bridge_identifier()),
            base_topic=self._base,
            watched=key in self.watched,
            disabled=options.get("disabled") is True,
            overrides=overrides,
            change=CHANGES.get(model.model or "") if model is not None else None,
            options=options,
        )

    def _bridge_owner(self) -> Owner | None:
        coordinator = self.home.coordinator()
        if coordinator is None:
            return None
        adapter = coordinator.adapter
        revision = adapter.meta.get("revision", "") if adapter is not None else ""
        identity = f"{BRIDGE}_{coordinator.ieee}"
        device = device_block(
            identity,
            f"{MAKER} Bridge",
            {},
            model="Bridge",
            manufacturer=MAKER,
            hw_version=f"{adapter.type if adapter is not None else 'unknown'} {revision}",
            sw_version=__version__,
            configuration_url=self._page("settings"),
        )
        return Owner(f"{encoded(self._base)}_{coordinator.ieee}", identity, BRIDGE, device, self._base)

    def _facts(self, key: str) -> JsonObject:
        if key in self.home.groups:
            page = self._page(f"group/{self._instance}{key}")
            version = f"{MAKER} {__version__}"
            return {"model": "Group", "manufacturer": MAKER, "sw_version": version, "configuration_url": page}
        device, record = self.home.devices[key], self.home.definitions.get(key)
        return {
            "model": record.description if record is not None else None,
            "model_id": record.model if record is not None else None,
            "manufacturer": record.vendor if record is not None else None,
            "sw_version": device.software_build,
            "hw_version": device.hardware_version,
            "configuration_url": self._page(f"device/{self._instance}{key}/info"),
        }

    def _page(self, path: str) -> str | None:
        """The address of a page of the frontend, if the user said where it is."""
        url = self.settings.discovery.frontend_url
        return f"{url}/#/{path}" if url else None

    @property
    def _instance(self) -> str:
        return "0/" if self.settings.discovery.frontend_instances else ""

    @property
    def _base(self) -> str:
        return self.settings.mqtt.base_topic

    def _bridge_identifier(self) -> str | None:
        coordinator = self.home.coordinator()
        return f"zigbee2mqtt_{BRIDGE}_{coordinator.ieee}" if coordinator is not None else None

    def _overrides(self, key: str) -> JsonObject | None:
        """The option `homeassistant`, None if it says that nothing is wanted."""
        options = self.home.options.get(key, NO_OPTIONS).effective
        if "homeassistant" not in options:
            return {}
        wishes = options["homeassistant"]
        return (wishes if isinstance(wishes, dict) else {}) if wishes not in (None, False) else None


def refusal(settings: GatewaySettings) -> str:
    """Return the event of the log line that says why there can be no discovery; empty if there can."""
    if settings.output == "attribute":
        return "home_assistant_needs_json"
    return "home_assistant_topic_taken" if settings.discovery.discovery_topic == settings.mqtt.base_topic else ""


def _by_id(scenes: Iterator[Scene]) -> list[Scene]:
    found = {scene.id: scene for scene in scenes}
    return [found[number] for number in sorted(found)]
