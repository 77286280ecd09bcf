"""The devices of one coordinator in memory, kept in the store and shown in bucket DEVICES."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from typing import Any

import msgspec
import structlog

from zigbus.bus import Bucket, Table
from zigbus.census import Counts
from zigbus.contract.devices import DeviceDescription, InterviewState
from zigbus_radio import metrics
from zigbus_radio.store import DeviceRecord, Store

log = structlog.get_logger()

LAST_SEEN_EVERY_S = 60.0  # events carry the exact time; the entry only has to be good enough after a restart


class Device:
    """One device: its description, and what is known of it only now."""

    def __init__(self, record: DeviceRecord) -> None:
        self.description = record.description
        self.lqi = record.lqi
        self.check_in_known = record.check_in_known
        self.last_seen_s = record.description.last_seen_s or 0.0
        self.turn = asyncio.Lock()  # one request at a time, in the order they came
        self.waiting = 0  # requests that wait for their turn or their answer
        self.answered: tuple[int, int] | None = None  # endpoint and sequence number of the frame answered last

    @property
    def ieee(self) -> str:
        """Its address that never changes."""
        return self.description.ieee

    @property
    def nwk(self) -> int:
        """Its present network address."""
        return self.description.nwk

    @property
    def interviewed(self) -> bool:
        """Whether its interview was finished successfully once."""
        return self.description.interview is InterviewState.SUCCESSFUL

    def record(self) -> DeviceRecord:
        """What is stored of it."""
        return DeviceRecord(description=self.description, lqi=self.lqi, check_in_known=self.check_in_known)


class DeviceBook:
    """All devices by ieee and by network address. The one place that changes a description."""

    def __init__(self, coordinator: str, store: Store, bucket: Bucket[DeviceDescription], counts: Counts) -> None:
        self.coordinator, self._counts = coordinator, counts
        self._store, self._bucket = store, bucket
        self._devices: dict[str, Device] = {}
        self._by_nwk: dict[int, Device] = {}
        self._shown: Table[DeviceDescription] | None = None

    async def load(self) -> None:
        """Read the store."""
        for record in await self._store.devices():
            self._index(Device(record))
        metrics.DEVICES.set(len(self))

    def show(self, table: Table[DeviceDescription]) -> None:
        """Make the bucket show exactly our devices: put what differs, delete what is gone. `table` mirrors the bucket."""
        self._shown = table
        for key, description in list(table.items()):
            if description.coordinator == self.coordinator and key not in self._devices:
                self._bucket.delete(key)
        for device in self:
            if table.get(device.ieee) != device.description:
                self._bucket.put(device.ieee, device.description)

    def vanished(self, key: str) -> None:
        """An entry is gone from the bucket; if we still have the device, the bucket was lost with its server."""
        if key in self._devices:
            self._bucket.put(key, self._devices[key].description)

    def __len__(self) -> int:
        return len(self._devices)

    def __iter__(self) -> Iterator[Device]:
        return iter(list(self._devices.values()))

    def get(self, ieee: str) -> Device | None:
        """The device with this ieee."""
        return self._devices.get(ieee)

    def at(self, nwk: int) -> Device | None:
        """The device that has this network address now."""
        return self._by_nwk.get(nwk)

    def add(self, description: DeviceDescription) -> Device:
        """Enter a device; an entry of the same ieee is replaced. Not shown in the bucket until `put`."""
        old = self._devices.get(description.ieee)
        if old is not None and self._by_nwk.get(old.nwk) is old:
            del self._by_nwk[old.nwk]
        device = Device(DeviceRecord(description=description))
        self._index(device)
        self._store.save(device.ieee, device.record())
        metrics.DEVICES.set(len(self))
        return device

    def put(self, device: Device, **changes: Any) -> asyncio.Future[int]:
        """Change fields of a description, store it and show it. The future gives the revision of its entry."""
        self.change(device, **changes)
        return self._bucket.put(device.ieee, device.description)

    def change(self, device: Device, **changes: Any) -> None:
        """Change fields of a description and store it, without showing it yet."""
        nwk = changes.get("nwk", device.nwk)
        if nwk != device.nwk:
            if self._by_nwk.get(device.nwk) is device:
                del self._by_nwk[device.nwk]
            self._by_nwk[nwk] = device
            self._counts.moved(device.ieee)
        device.description = msgspec.structs.replace(device.description, **changes)
        self._store.save(device.ieee, device.record())

    def remove(self, device: Device) -> asyncio.Future[int]:
        """Forget a device. The future gives the revision of the deletion."""
        self._devices.pop(device.ieee, None)
        if self._by_nwk.get(device.nwk) is device:
            del self._by_nwk[device.nwk]
        self._store.save(device.ieee, None)
        metrics.DEVICES.set(len(self))
        return self._bucket.delete(device.ieee)

    def clear(self) -> None:
        """Forget all devices: their network is gone."""
        for device in self:
            self.remove(device)

    def heard(self, device: Device, at_s: float, lqi: int | None) -> None:
        """Note a sign of life. The entry in the bucket follows at most once a minute."""
        self._counts.heard(device.ieee, at_s)
        if lqi is not None:
            device.lqi = lqi
        device.last_seen_s = at_s
        if at_s - (device.description.last_seen_s or 0.0) >= LAST_SEEN_EVERY_S:
            self.put(device, last_seen_s=round(at_s, 3))

    def _index(self, device: Device) -> None:
        self._devices[device.ieee] = device
        self._by_nwk[device.nwk] = device
