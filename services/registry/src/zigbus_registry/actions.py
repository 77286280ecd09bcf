"""Actions that reach past the contract, for people who know what they do. Off unless the settings allow them."""

from __future__ import annotations

from collections.abc import Mapping

from zigbus.bus import Bus
from zigbus.contract import operations
from zigbus.contract.base import FailureCode, Json, JsonObject, RequestFailed
from zigbus.contract.devices import DeviceDescription
from zigbus.contract.raw_requests import RunAction, RunActionResult
from zigbus_registry.entities import coordinators
from zigbus_registry.keeper import Keeper
from zigbus_registry.raw_action import answer_of, frame_of, hue_reset
from zigbus_registry.serving import serve_counted

ALLOWED_BY = "services.allow_raw_actions"


class Actions:
    """Answers the operation `run_action`."""

    def __init__(self, bus: Bus, keeper: Keeper, devices: Mapping[str, DeviceDescription]) -> None:
        self._bus, self._keeper, self._devices = bus, keeper, devices

    async def serve(self) -> None:
        """Start to answer."""
        await serve_counted(self._bus, operations.RUN_ACTION, self.run)

    async def run(self, ask: RunAction) -> RunActionResult:
        """Carry out an action."""
        actions = {"raw": self._raw, "philips_hue_factory_reset": self._reset_hue}
        if ask.name not in actions:
            raise RequestFailed.of(FailureCode.NOT_FOUND, "Invalid action", name=ask.name)
        if not self._allowed():
            raise RequestFailed.of(FailureCode.UNSUPPORTED, f"Raw actions are off; {ALLOWED_BY} switches them on")
        return RunActionResult(data=await actions[ask.name](ask.params))

    async def _raw(self, params: JsonObject) -> Json:
        frame = frame_of(params)
        name = self._coordinator_of(frame.ieee).coordinator
        return answer_of(frame, await self._bus.call(operations.SEND_FRAME, frame, coordinator=name))

    async def _reset_hue(self, params: JsonObject) -> Json:
        coordinator = self._coordinator_of(None)
        ours = coordinator.adapter.extended_pan_id if coordinator.adapter is not None else None
        frame = hue_reset(params, ours)
        await self._bus.call(operations.SAY_TO_STRANGERS, frame, coordinator=coordinator.coordinator)
        return {}

    def _allowed(self) -> bool:
        section = self._keeper.settings.effective.get("services")
        return isinstance(section, dict) and section.get("allow_raw_actions") is True

    def _coordinator_of(self, ieee: str | None) -> DeviceDescription:
        """The device, which names its coordinator; for what goes to many the first coordinator."""
        device = self._devices.get(ieee) if ieee is not None else next(iter(coordinators(self._devices)), None)
        if device is None:
            raise RequestFailed.of(FailureCode.NOT_FOUND, f"Device '{ieee}' does not exist", ieee=ieee)
        return device
