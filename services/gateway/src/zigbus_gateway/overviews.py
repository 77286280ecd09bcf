"""The retained overviews of the bridge: rendered when something in them changed, gathered for a moment, told in order.

An entry of `bridge/devices` is kept as text until its device changes: a house of 200 devices costs 40 ms to render.
"""

from __future__ import annotations

import asyncio
import contextlib
import time
from collections.abc import Callable, Iterator

from zigbus.contract.devices import LogicalType
from zigbus_gateway import overview_payloads
from zigbus_gateway.cluster_names import DeviceNames, definitions_payload
from zigbus_gateway.device_entry import device_entry
from zigbus_gateway.entities import NO_OPTIONS
from zigbus_gateway.json_text import to_json
from zigbus_gateway.picture import Picture

GATHER_S = 0.03
FRESH_S = 0.25  # an overview that was told so short a time ago, and is still right, need not be told again
# How changes are told: what went away before what is left.
ORDER = ("converters", "groups", "devices", "info", "definitions")
START_ORDER = ("converters", "info", "devices", "groups", "definitions")  # mqtt.md 7.1


class Overviews:
    """Publishes `bridge/info`, `devices`, `groups`, `definitions` and `converters` through `publish(name, payload)`.

    `after` is called when a round of them is out: for what clients may only see then.
    """

    def __init__(self, picture: Picture, publish: Callable[[str, bytes], None], after: Callable[[], None]) -> None:
        self._picture, self._publish, self._after = picture, publish, after
        self._entries: dict[str, bytes] = {}
        self._last: dict[str, bytes] = {}
        self._told_s: dict[str, float] = {}
        self._changed: set[str] = set()
        self._timer: asyncio.TimerHandle | None = None
        self._started = False
        self._holders = 0

    def start(self) -> None:
        """Tell everything, in the order of the start; from now on changes are told."""
        self._started = True
        self._last.clear()
        self.flush(*START_ORDER, order=START_ORDER)

    def changed(self, *names: str) -> None:
        """These are not what they were; they are told soon."""
        self._changed.update(names)
        if self._started and self._timer is None:
            self._timer = asyncio.get_running_loop().call_later(GATHER_S, self._due)

    @contextlib.contextmanager
    def held(self) -> Iterator[None]:
        """While this lasts changes are not told by themselves: who holds them tells all of them at once."""
        self._holders += 1
        try:
            yield
        finally:
            self._holders -= 1
            if self._changed:
                self.changed()

    def device_changed(self, key: str) -> None:
        """The entry of a device is not what it was."""
        self._entries.pop(key, None)

    def flush(
        self, *always: str, order: tuple[str, ...] = ORDER, only: tuple[str, ...] = ORDER, fresh_s: float = 0.0
    ) -> None:
        """Tell now what changed, and `always` even if it did not, unless it was told less than `fresh_s` ago.

        Of these, only what is in `only`.
        """
        if not self._started:
            return
        now_s = time.monotonic()
        for name in order:
            if name not in only or (name not in self._changed and name not in always) or self._hidden(name):
                continue
            self._changed.discard(name)
            payload = self._render(name)
            again = name in always and now_s - self._told_s.get(name, 0.0) >= fresh_s
            if again or payload != self._last.get(name):
                self._last[name], self._told_s[name] = payload, now_s
                self._publish(name, payload)
        self._after()

    def stop(self) -> None:
        """Tell nothing more."""
        self._started = False
        if self._timer is not None:
            self._timer.cancel()

    def _due(self) -> None:
        self._timer = None
        if not self._holders:
            self.flush()

    def _hidden(self, name: str) -> bool:
        return name == "converters" and not self._picture.settings.enable_external_js

    def _render(self, name: str) -> bytes:
        home, picture = self._picture.household, self._picture
        if name == "converters":
            return to_json(overview_payloads.converters(picture.converters.values()))
        if name == "devices":
            return b"[" + b",".join(self._entry(key) for key in self.device_order()) + b"]"
        if name == "groups":
            return to_json(overview_payloads.groups(home, picture.public.config.get("groups") or ()))
        if name == "info":
            return to_json(overview_payloads.info(picture.settings, picture.public, home.coordinator()))
        return definitions_payload(home.definitions)

    def device_order(self) -> list[str]:
        """Coordinators, then devices in the order of the settings, which is that of joining; then the rest."""
        home = self._picture.household
        listed = self._picture.public.config.get("devices")
        settled = {key: place for place, key in enumerate(listed if isinstance(listed, dict) else ())}
        coordinators = {key for key, device in home.devices.items() if device.logical_type is LogicalType.COORDINATOR}
        return sorted(home.devices, key=lambda key: (key not in coordinators, settled.get(key, len(settled))))

    def _entry(self, key: str) -> bytes:
        found = self._entries.get(key)
        if found is None:
            home = self._picture.household
            name = home.names[key].friendly_name if key in home.names else key
            definition = home.definitions.get(key)
            own = home.options.get(key, NO_OPTIONS).own
            found = self._entries[key] = to_json(
                device_entry(home.devices[key], name, own, definition, DeviceNames(definition))
            )
        return found
