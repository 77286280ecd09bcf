"""What the standard says of each cluster of a device, in the order in which the device lists them.

Keys of further endpoints carry the endpoint's number; those of the first do not. What only the device can tell (what a
lamp can do, what an input measures) counts once it was read.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from zigbus.contract.base import JsonObject, RequestFailed
from zigbus.contract.devices import DeviceDescription
from zigbus_converter.definition import Definition, Device, Occasion, Part
from zigbus_converter.effects import Conversation, Read
from zigbus_converter.generated.inputs import INPUTS, WANTED
from zigbus_converter.generated.outputs import OUTPUTS
from zigbus_converter.generated.pieces import Known, Piece, nothing_known
from zigbus_converter.generated.place import Build, Place
from zigbus_converter.parts.zcl import ELECTRICAL, GREEN_POWER_ENDPOINT, METERING

DESCRIPTION = "Automatically generated definition"


def generate(device: DeviceDescription, known: Known = nothing_known) -> Definition | None:
    """Return the definition, or None while the device's endpoints are not known."""
    if not _endpoints(device):
        return None
    pieces, names = pieces_of(device, known), endpoint_names(device)
    return Definition(
        model=device.model or "",
        vendor=device.manufacturer or "",
        description=DESCRIPTION,
        parts=(Part(occasions=(_learn,)), *(part for piece in pieces for part in piece.parts())),
        endpoints=names,
        multi_endpoint=bool(names),
        multi_endpoint_skip=unnamed_keys(pieces) if names else (),
        meta=meta_of(pieces),
        source="generated",
    )


def pieces_of(device: DeviceDescription, known: Known) -> list[Piece]:
    """Return the abilities of a device: of the clusters it serves, then of those it uses."""
    return [*_pieces(device, known, INPUTS, output=False), *_pieces(device, known, OUTPUTS, output=True)]


def endpoint_names(device: DeviceDescription) -> dict[str, int]:
    """Return the endpoints by name, which is their number; nothing if there is but one."""
    numbers = _endpoints(device)
    return {str(number): number for number in numbers} if len(numbers) > 1 else {}


def unnamed_keys(pieces: list[Piece]) -> tuple[str, ...]:
    """Return the keys of the first endpoint that never get its name."""
    return tuple(dict.fromkeys(key for piece in pieces for key in piece.unnamed))


def meta_of(pieces: list[Piece]) -> JsonObject:
    """Return the facts that the definition must state for its parts."""
    return {key: value for piece in pieces for key, value in piece.meta.items()}


def _endpoints(device: DeviceDescription) -> list[int]:
    return [number for number in device.endpoints if number != GREEN_POWER_ENDPOINT]


def _pieces(
    device: DeviceDescription, known: Known, table: Mapping[tuple[int, ...], Build], *, output: bool
) -> Iterator[Piece]:
    used: set[tuple[int, ...]] = set()
    for cluster, holders in _clusters(device, output=output).items():
        entry = next((clusters for clusters in table if cluster in clusters), None)
        if entry is not None and entry not in used:
            used.add(entry)
            yield from table[entry](Place(device, tuple(holders), known))


def _clusters(device: DeviceDescription, *, output: bool) -> dict[int, list[int]]:
    """Return the clusters of a device, each with the endpoints that have it."""
    found: dict[int, list[int]] = {}
    for number in _endpoints(device):
        endpoint = device.endpoints[number]
        for cluster in endpoint.output_clusters if output else endpoint.input_clusters:
            found.setdefault(cluster, []).append(number)
    return found


def _learn(device: Device, occasion: Occasion) -> Conversation:
    """Read what only the device can tell: when it was interviewed, and at a start if it need not be woken for that."""
    description = device.description
    if occasion == "interviewed" or (occasion == "started" and description.mains_powered):
        for number in _endpoints(description):
            clusters = description.endpoints[number].input_clusters
            for cluster in clusters:
                wanted = () if cluster == ELECTRICAL and METERING in clusters else WANTED.get(cluster, ())
                for attribute in wanted:
                    if device.attribute(number, cluster, attribute) is None:
                        yield from _read(number, cluster, attribute)


def _read(endpoint: int, cluster: int, attribute: int) -> Conversation:
    """Read one attribute; what is not answered stays as assumed."""
    try:
        yield Read(endpoint=endpoint, cluster=cluster, attributes=(attribute,))
    except RequestFailed:
        return
