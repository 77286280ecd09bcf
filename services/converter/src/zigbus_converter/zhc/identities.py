"""Which definition of the catalogue a device gets: fingerprints by priority, then the model id, then the white label.

The rules are those of zigbee-herdsman-converters, so that a device gets the definition it has there. No I/O.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from typing import Any

import msgspec

from zigbus.contract.devices import DeviceDescription, EndpointDescription

POWER_SOURCES = (
    "Unknown", "Mains (single phase)", "Mains (3 phase)", "Battery", "DC Source", "Emergency mains constantly powered",
    "Emergency mains and transfer switch",
)  # fmt: skip
LOGICAL_TYPES = {"end_device": "EndDevice", "router": "Router", "coordinator": "Coordinator"}
_NUL = re.compile(r"\0[\s\S]*$")


class Pattern(msgspec.Struct, frozen=True):
    """A regular expression of JavaScript; those in use mean the same in Python."""

    regexp: str
    flags: str = ""

    def found_in(self, text: str) -> bool:
        """Tell whether it matches anywhere."""
        return re.search(self.regexp, text, re.IGNORECASE if "i" in self.flags else 0) is not None


class EndpointFingerprint(
    msgspec.Struct, frozen=True, rename={"id": "ID", "device": "deviceID", "profile": "profileID"}
):
    """An endpoint that must be there."""

    id: int | None = None
    profile: int | None = None
    device: int | None = None
    input_clusters: tuple[int, ...] | None = msgspec.field(default=None, name="inputClusters")
    output_clusters: tuple[int, ...] | None = msgspec.field(default=None, name="outputClusters")

    def fits(self, endpoint: EndpointDescription | None) -> bool:
        """Tell whether the endpoint is as it must be."""
        wanted = (self.profile, self.device, self.input_clusters, self.output_clusters)
        if endpoint is None:
            return all(value is None for value in wanted)
        return (
            self.profile in (None, endpoint.profile)
            and self.device in (None, endpoint.device_type)
            and _same(self.input_clusters, endpoint.input_clusters)
            and _same(self.output_clusters, endpoint.output_clusters)
        )


class Fingerprint(msgspec.Struct, frozen=True, rename="camel"):
    """What a device says of itself. Fields that are None match anything."""

    manufacturer_name: str | None = None
    model_id: str | None = msgspec.field(default=None, name="modelID")
    manufacturer_id: int | None = msgspec.field(default=None, name="manufacturerID")
    software_build: str | None = msgspec.field(default=None, name="softwareBuildID")
    type: str | None = None
    power_source: str | None = None
    date_code: str | None = None
    application_version: int | None = None
    stack_version: int | None = None
    zcl_version: int | None = None
    hardware_version: int | None = None
    ieee_addr: Pattern | str | None = None
    endpoints: tuple[EndpointFingerprint, ...] | None = None
    priority: int = 0

    def fits(self, device: DeviceDescription) -> bool:
        """Tell whether all that it names is so."""
        said = (
            (self.manufacturer_name, device.manufacturer), (self.model_id, device.model), (self.software_build, device.software_build),
            (self.type, LOGICAL_TYPES.get(device.logical_type.value)), (self.power_source, power_source(device.power_source)),
            (self.date_code, device.date_code),
        )  # fmt: skip
        numbers = (
            (self.manufacturer_id, device.manufacturer_code), (self.application_version, device.application_version),
            (self.stack_version, device.stack_version), (self.zcl_version, device.zcl_version), (self.hardware_version, device.hardware_version),
        )  # fmt: skip
        return (
            all(not wanted or wanted == is_ for wanted, is_ in said)
            and all(wanted is None or wanted == is_ for wanted, is_ in numbers)
            and self._address_fits(device)
            and self._endpoints_fit(device)
        )

    def _address_fits(self, device: DeviceDescription) -> bool:
        if self.ieee_addr is None:
            return True
        pattern = Pattern(self.ieee_addr) if isinstance(self.ieee_addr, str) else self.ieee_addr
        return pattern.found_in(device.ieee)

    def _endpoints_fit(self, device: DeviceDescription) -> bool:
        if self.endpoints is None:
            return True
        numbers = [endpoint.id for endpoint in self.endpoints]
        there = list(device.endpoints)
        if len(numbers) != len(there) or any(number not in numbers for number in there):
            return False
        return all(e.fits(None if e.id is None else device.endpoints.get(e.id)) for e in self.endpoints)


class Label(msgspec.Struct, frozen=True, omit_defaults=True):
    """Another name that the same device is sold under."""

    model: str
    vendor: str | None = None
    description: str | None = None
    fingerprints: tuple[Fingerprint, ...] = ()


class Identity(msgspec.Struct, frozen=True):
    """One definition: where it is, what it is called, and how its devices are recognised."""

    file: str  # module that exports it
    index: int  # its place there
    model: str
    vendor: str
    description: str
    models: tuple[str, ...] = ()  # model ids (Basic 0x0005)
    fingerprints: tuple[Fingerprint, ...] = ()
    labels: tuple[Label, ...] = ()


class Found(msgspec.Struct, frozen=True):
    """The definition of a device, under the name that it is sold."""

    identity: Identity
    label: Label | None = None

    @property
    def model(self) -> str:
        """The model's name."""
        return self.identity.model if self.label is None else self.label.model

    @property
    def vendor(self) -> str:
        """The vendor's name."""
        return (self.label and self.label.vendor) or self.identity.vendor

    @property
    def description(self) -> str:
        """One line about it."""
        return (self.label and self.label.description) or self.identity.description


class _Stored(msgspec.Struct, frozen=True):
    models: dict[str, tuple[int, ...]]
    identities: tuple[msgspec.Raw, ...]


class Identities:
    """An index of identities. What is not asked for stays undecoded, so that 4,500 of them cost little memory."""

    def __init__(self, models: dict[str, tuple[int, ...]], identities: Sequence[msgspec.Raw]) -> None:
        self._models, self._raw = models, identities
        self._decoded: dict[str, tuple[Identity, ...]] = {}

    @classmethod
    def decode(cls, data: bytes) -> Identities:
        """Read identities.json."""
        stored = msgspec.json.decode(data, type=_Stored)
        return cls(stored.models, stored.identities)

    @classmethod
    def of(cls, identities: Iterable[Identity]) -> Identities:
        """Index the identities of other files; a later one goes before an earlier one, as in upstream's index."""
        raw: list[msgspec.Raw] = []
        models: dict[str, list[int]] = {}
        for place, identity in enumerate(identities):
            raw.append(msgspec.Raw(msgspec.json.encode(identity)))
            for model in (*identity.models, *(f.model_id for f in identity.fingerprints)):
                found = models.setdefault((model or "null").lower(), [])
                if place not in found:
                    found.insert(0, place)
        return cls({model: tuple(places) for model, places in models.items()}, raw)

    def __len__(self) -> int:
        return len(self._raw)

    def all(self) -> list[Identity]:
        """Return every identity, decoded."""
        return [msgspec.json.decode(raw, type=Identity) for raw in self._raw]

    def find(self, device: DeviceDescription) -> Found | None:
        """Return the definition of a device, None if none fits."""
        candidates = self._candidates(device.model)
        if len(candidates) == 1 and candidates[0].models:
            return _labelled(candidates[0], device)
        best: tuple[int, Identity] | None = None
        for identity in candidates:
            for fingerprint in identity.fingerprints:
                if (best is None or fingerprint.priority > best[0]) and fingerprint.fits(device):
                    best = fingerprint.priority, identity
        if best is not None:
            return _labelled(best[1], device)
        names = {device.model, normal(device.model)} if device.model else set()
        found = next((c for c in candidates if not names.isdisjoint(c.models)), None)
        return None if found is None else _labelled(found, device)

    def _candidates(self, model: str | None) -> tuple[Identity, ...]:
        name = (model or "null").lower()
        key = name if name in self._models else normal(name)
        if key not in self._decoded:
            places = self._models.get(key, ())
            self._decoded[key] = tuple(msgspec.json.decode(self._raw[place], type=Identity) for place in places)
        return self._decoded[key]


def normal(model: str) -> str:
    """A model id without what some devices append: from the first NUL on, and spaces."""
    return _NUL.sub("", model).strip()


def power_source(value: int | None) -> str | None:
    """The name that fingerprints use for a power source (Basic 0x0007)."""
    if value is None:
        return None
    number = value & 0x7F
    return POWER_SOURCES[number] if number < len(POWER_SOURCES) else "Unknown"


def _labelled(identity: Identity, device: DeviceDescription) -> Found:
    label = next((one for one in identity.labels if any(f.fits(device) for f in one.fingerprints)), None)
    return Found(identity, label)


def _same(wanted: tuple[int, ...] | None, there: tuple[int, ...]) -> bool:
    return wanted is None or (len(wanted) == len(there) and all(number in there for number in wanted))


def to_json(found: Found) -> dict[str, Any]:
    """Return what the engine must know to find the definition."""
    label = found.label
    named = None if label is None else {"model": label.model, "vendor": label.vendor, "description": label.description}
    return {"file": found.identity.file, "index": found.identity.index, "label": named}
