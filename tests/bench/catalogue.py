"""What definitions of zigbee-herdsman-converters cost: CPU of a report, start and memory of a converter with a mixed home."""

from __future__ import annotations

import asyncio
import os
import statistics
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any, NamedTuple

import psutil

from zigbus.bus import Bus
from zigbus.bus.nats_server import NatsServer
from zigbus.contract import storage
from zigbus.contract.devices import DeviceDescription, EndpointDescription, InterviewState, LogicalType
from zigbus.contract.events import AttributeReport, CommandReceived, ZclEvent
from zigbus.contract.household import ConverterSettings
from zigbus.waiting import until
from zigbus.zcl import frames
from zigbus_converter.definition import Converted, Elsewhere, Frame
from zigbus_converter.entity import Entity
from zigbus_converter.frames import frame_of
from zigbus_converter.receive import receive
from zigbus_converter.zhc.catalogue import Catalogue
from zigbus_converter.zhc.host import Host
from zigbus_converter.zhc.identities import Identity
from zigbus_converter.zhc.provider import Upstream
from zigbus_converter.zhc.worker import Worker


class Case(NamedTuple):
    """A device, and a frame that it says again and again."""

    model: str
    manufacturer: str
    clusters: tuple[int, ...]
    cluster: int  # of the frame
    wire: str


CASES = {
    "datapoint of a valve": Case("TS0601", "_TZE200_p3dbf6qs", (0xEF00,), 0xEF00, "09SS02 0001 05 02 0004 000000d7"),
    "temperature": Case("TS0201", "_TZ3000_bguser20", (1, 0x402, 0x405), 0x0402, "18SS0a 0000 29 6608"),
    "brightness": Case("TS0501B", "_TZB210_rkgngb5o", (3, 4, 5, 6, 8), 0x0008, "18SS0a 0000 20 7f"),
    "packed attribute": Case(
        "lumi.sensor_smoke.acn03", "LUMI", (1, 0xFCC0), 0xFCC0, "1c5f11SS0a f700 41 07 0121e50b03281a"
    ),
}
HOME_DEVICES, HOME_MODELS = 100, 50


def measure_catalogue(*, quick: bool = False) -> dict[str, Any]:
    """All of it. Raises CatalogueMissing where the catalogue was not built."""
    rounds, reports = (1, 20) if quick else (20, 200)
    return {"report_us": catalogue_us(rounds, reports), "mixed_home": asyncio.run(start_of_mixed_home())}


def catalogue_table(result: dict[str, Any]) -> str:
    """The result as Markdown."""
    reports = ", ".join(f"{name} {us}" for name, us in result["report_us"].items())
    home = result["mixed_home"]
    return (
        f"CPU of one report through definitions of the catalogue, median in µs: {reports}\n\n"
        f"Converter with {HOME_DEVICES} devices of {HOME_MODELS} models of the catalogue: all definitions after {home['ready_s']} s, "
        f"{home['cpu_s']} s of CPU, {home['rss_mib']} MiB"
    )


def catalogue_us(rounds: int = 20, reports: int = 200) -> dict[str, float]:
    """Microseconds of CPU per report, thread and all, from the event to what is published: medians."""
    return {name: asyncio.run(_median_us(case, rounds, reports)) for name, case in CASES.items()}


async def _median_us(case: Case, rounds: int, reports: int) -> float:
    catalogue = Catalogue()
    provider = Upstream(Worker(lambda: Host(catalogue)), catalogue)
    entity = Entity("0xa4c1380000000001")
    entity.known = described(entity.ieee, case)
    found = provider.identify(entity.known)
    assert found is not None
    assert found.elsewhere is not None, case.model
    entity.use(await found.elsewhere.open(entity))
    taken = []
    for _ in range(rounds):
        events = [event_of(case, entity.ieee, number) for number in range(reports)]
        started = time.process_time()
        await _work_in(entity, found.elsewhere, events)
        taken.append((time.process_time() - started) / reports * 1e6)
    assert entity.state, "nothing was converted"
    return round(statistics.median(taken), 1)


async def _work_in(entity: Entity, elsewhere: Elsewhere, events: list[ZclEvent]) -> None:
    """Have events converted one after the other, as the engine of the service does with those of one device."""
    finished, settings, left = asyncio.Event(), ConverterSettings(), iter(events)

    def go_on(frame: Frame | None = None, converted: Converted | None = None) -> None:
        if frame is not None:
            receive(entity, frame, frame.heard_at_s, settings, converted)
        event = next(left, None)
        if event is None:
            finished.set()
        else:
            following = frame_of(event, 1)
            elsewhere.receive(entity, following, lambda answer: go_on(following, answer))

    go_on()
    await finished.wait()


def described(ieee: str, case: Case) -> DeviceDescription:
    """A device with one endpoint."""
    one = EndpointDescription(
        profile=0x0104, device_type=0x0100, input_clusters=(0, *case.clusters), output_clusters=(0x19,)
    )
    return DeviceDescription(
        ieee=ieee,
        coordinator="main",
        nwk=int(ieee, 16) & 0xFFFF,
        logical_type=LogicalType.END_DEVICE,
        interview=InterviewState.SUCCESSFUL,
        endpoints={1: one},
        manufacturer=case.manufacturer,
        model=case.model,
    )


def event_of(case: Case, ieee: str, number: int) -> ZclEvent:
    """The event of the case's frame."""
    frame = frames.parse_frame(bytes.fromhex(case.wire.replace("SS", f"{number % 256:02x}").replace(" ", "")))
    heard: dict[str, Any] = {
        "coordinator": "main", "ieee": ieee, "received_at_s": 1e9 + number, "endpoint": 1, "cluster": case.cluster, "sequence": frame.sequence,
        "manufacturer": frame.manufacturer, "payload": frame.payload, "lqi": 120,
    }  # fmt: skip
    if frame.cluster_specific:
        return CommandReceived(command=frame.command, from_server=frame.from_server, **heard)
    return AttributeReport(attributes=tuple(frames.decode_reports(frame.payload)), **heard)


# ---- a mixed home ----------------------------------------------------------------------------------------------------------


def mixed_home(catalogue: Catalogue) -> list[DeviceDescription]:
    """A hundred devices of fifty models, spread evenly over the catalogue."""
    usable = [identity for identity in catalogue.identities.all() if _named(identity) is not None]
    models = usable[:: len(usable) // HOME_MODELS][:HOME_MODELS]
    return [described(f"0x00124b00{number:08x}", usual(models[number % HOME_MODELS])) for number in range(HOME_DEVICES)]


def usual(identity: Identity) -> Case:
    """A device of a definition, with the clusters that most devices have."""
    model, manufacturer = _named(identity) or ("", "")
    return Case(model, manufacturer, (1, 3, 4, 5, 6, 8, 0x402), 6, "")


def _named(identity: Identity) -> tuple[str, str] | None:
    """Model id and manufacturer name by which a device is recognised, if they suffice."""
    if identity.models:
        return identity.models[0], "Somebody"
    plain = (f for f in identity.fingerprints if f.model_id and f.endpoints is None and f.ieee_addr is None)
    return next(((f.model_id, f.manufacturer_name) for f in plain if f.model_id and f.manufacturer_name), None)


async def start_of_mixed_home() -> dict[str, float]:
    """Seconds from starting a converter until all devices have their definitions, and its memory then, in MiB."""
    devices = mixed_home(Catalogue())
    with tempfile.TemporaryDirectory(prefix="zigbus-bench-") as folder:
        server = NatsServer(Path(folder))
        await server.start()
        bus = await Bus.connect(server.url, "bench")
        await bus.bucket(storage.SETTINGS).put("converter", ConverterSettings())
        for device in devices:
            await bus.bucket(storage.DEVICES).put(device.ieee, device)
        table = await bus.table(storage.DEFINITIONS)
        try:
            return await _measured(
                server.url, lambda: sum(record.model is not None for record in table.values()) >= len(devices)
            )
        finally:
            await bus.close()
            await server.stop()


async def _measured(url: str, complete: Callable[[], bool]) -> dict[str, float]:
    environment = {**os.environ, "ZIGBUS_NATS_URL": url, "ZIGBUS_METRICS_PORT": "0", "ZIGBUS_LOG_LEVEL": "error"}
    program = "import sys; from zigbus_converter.main import main; sys.exit(main([]))"
    started = time.monotonic()
    process = await asyncio.create_subprocess_exec(sys.executable, "-c", program, env=environment)
    try:
        await until(complete, 120, "all definitions")
        ready_s = time.monotonic() - started
        seen = psutil.Process(process.pid)
        rss, cpu = seen.memory_info().rss, sum(seen.cpu_times()[:2])
    finally:
        process.terminate()
        await process.wait()
    return {"ready_s": round(ready_s, 2), "cpu_s": round(cpu, 2), "rss_mib": round(rss / 2**20, 1)}
