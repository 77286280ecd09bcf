"""Wire bytes in, MQTT messages out: walks tables of frames and compares whatever is published, message by message."""

from __future__ import annotations

import contextlib
import itertools
import re
import time
from collections.abc import Sequence
from typing import Any, NamedTuple

from tests.harness.stack import BASE, Stack
from zigbus.waiting import until

MARKER_LQI = range(1, 90)  # of the frames that end a row, one after another: so their messages are known among others
NOT_CACHED = re.compile("action|action_.*|click")
Message = dict[str, Any]


class Row(NamedTuple):
    """What a device says, and everything that is published then. `SS` in a frame stands for the next sequence number."""

    frames: Sequence[tuple[int, int, str]]  # endpoint, cluster, ZCL octets in hex; blanks are for the eye
    messages: Sequence[Message]  # what each adds to the cached state


class Wire:
    """One device of a running stack, seen from both ends. Knows the cached state from what came so far."""

    def __init__(self, stack: Stack, name: str, marker: tuple[int, int, str], *, state: Message) -> None:
        """`marker`: a frame that publishes `state` and nothing else, and whose message is neither held back nor dropped."""
        self.stack, self.name = stack, name
        self.device = stack.simulator.device(name)
        self.cached: Message = dict(state)
        self._marker, self._state = marker, state
        self._sequence = 0
        self._lqi = itertools.cycle(MARKER_LQI)

    @property
    def topic(self) -> str:
        """Where the device's state is published."""
        return f"{BASE}/{self.name}"

    async def settle(self) -> None:
        """Let the device say its marker and take what is published then as the cached state."""
        mark = len(self.stack.recorder.messages)
        self.cached |= {k: v for k, v in (await self._marked(mark))[-1].items() if k != "linkquality"}

    async def walk(self, rows: Sequence[Row]) -> None:
        """Send the frames of each row, and compare all that is published with its messages."""
        for row in rows:
            mark = len(self.stack.recorder.messages)
            for endpoint, cluster, frame in row.frames:
                self.say(endpoint, cluster, frame)
            await self.published(row.messages, since=mark, hint=str(row.frames))

    async def published(
        self, messages: Sequence[Message], *, since: int, hint: str = "", commanded: bool = False
    ) -> None:
        """Check that exactly these messages were published since then. Those of a command tell any link quality."""
        with contextlib.suppress(TimeoutError):  # what is missing is shown below
            await until(lambda: len(self.stack.recorder.of(self.topic, since)) >= len(messages), 60)
        expected = [self._whole(message) for message in messages]
        heard = await self._marked(since)
        if commanded:
            for message in [*heard[:-1], *expected]:
                message.pop("linkquality", None)
        self.cached |= self._state
        expected.append({**self.cached, "linkquality": heard[-1]["linkquality"]})
        assert heard == expected, f"after {hint}: published {heard}, expected {expected}"

    async def commanded(self, frames: Sequence[str], *, since_s: float, hint: str = "") -> None:
        """Check that exactly these frames reached the device since then (monotonic clock)."""
        await until(lambda: len(self.heard(since_s)) >= len(frames), 60, f"{frames} for {hint}")
        assert self.heard(since_s) == [frame.replace(" ", "") for frame in frames], hint

    async def send(self, payload: Any, frames: Sequence[str], messages: Sequence[Message], *, to: str = "set") -> None:
        """Publish a set or get message, and compare the frames at the device and the messages that follow."""
        mark, now_s = len(self.stack.recorder.messages), time.monotonic()
        self.stack.recorder.publish(f"{self.topic}/{to}", payload)
        await self.commanded(frames, since_s=now_s, hint=str(payload))
        await self.published(messages, since=mark, hint=str(payload), commanded=True)

    async def refused(self, payload: Any, error: str, *, to: str = "set") -> None:
        """Publish a message that must fail with exactly this error, and with nothing sent or published."""
        mark, now_s = len(self.stack.recorder.messages), time.monotonic()
        self.stack.recorder.publish(f"{self.topic}/{to}", payload)
        line = {"level": "error", "message": f"z2m: {error}"}
        await self.stack.recorder.expect(f"{BASE}/bridge/logging", lambda said: said == line, since=mark, timeout_s=60)
        assert self.heard(now_s) == []
        await self.published((), since=mark, hint=str(payload))

    def say(self, endpoint: int, cluster: int, frame: str) -> None:
        """Let the device send a frame."""
        self._sequence = (self._sequence + 1) % 0xE0  # the rest is for frames with a fixed number
        octets = bytes.fromhex(frame.replace("SS", f"{self._sequence:02x}"))
        self.device.send_frame(endpoint, cluster, octets)

    def heard(self, since_s: float) -> list[str]:
        """The frames that reached the device, in hex with SS for the sequence number."""
        frames = self.stack.simulator.heard_zcl(self.name)
        return [_without_number(heard.octets) for heard in frames if heard.at_s >= since_s]

    def _whole(self, message: Message) -> Message:
        whole = {**self.cached, **message, "linkquality": self.device.lqi}
        self.cached |= {key: value for key, value in message.items() if not NOT_CACHED.fullmatch(key)}
        return whole

    async def _marked(self, since: int) -> list[Message]:
        usual, self.device.lqi = self.device.lqi, next(self._lqi)
        lqi = self.device.lqi
        self.say(*self._marker)
        self.device.lqi = usual
        heard: list[Message] = []

        def marked() -> bool:
            heard[:] = [message.json for message in self.stack.recorder.of(self.topic, since)]
            return any(message.get("linkquality") == lqi for message in heard)

        await until(marked, 60, f"the marker of {self.name}")
        return heard


def _without_number(octets: bytes) -> str:
    at = 3 if octets[0] & 0x04 else 1  # behind the manufacturer code, if there is one
    return f"{octets[:at].hex()}SS{octets[at + 1 :].hex()}"
