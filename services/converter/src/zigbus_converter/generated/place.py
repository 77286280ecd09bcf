"""Where a cluster was found: on which endpoints of which device, and what is known of it there."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from zigbus.contract.base import Json, JsonObject
from zigbus.contract.devices import DeviceDescription
from zigbus_converter.generated.pieces import Known, Piece


@dataclass(frozen=True)
class Place:
    """The endpoints of a device that have one of the clusters of an ability."""

    device: DeviceDescription
    endpoints: tuple[int, ...]
    known: Known

    @property
    def names(self) -> tuple[str, ...] | None:
        """The names of the endpoints; None if it is the first one alone, whose keys carry none."""
        return self.names_of(self.endpoints)

    @property
    def named(self) -> JsonObject:
        """The names as an argument in zigbee2mqtt's form."""
        return {"endpointNames": None if self.names is None else list(self.names)}

    def names_of(self, endpoints: Iterable[int]) -> tuple[str, ...] | None:
        """Return the names of some of them; None for the first endpoint of the device alone."""
        numbers = tuple(endpoints)
        return None if numbers == (next(iter(self.device.endpoints)),) else tuple(map(str, numbers))

    def at(self, endpoint: int) -> Place:
        """Return the place that is this endpoint alone."""
        return Place(self.device, (endpoint,), self.known)

    def has(self, endpoint: int, cluster: int) -> bool:
        """Tell whether an endpoint serves a cluster."""
        return cluster in self.device.endpoints[endpoint].input_clusters

    def value(self, endpoint: int, cluster: int, attribute: int, otherwise: Json = None) -> Json:
        """Return the last value of an attribute, or `otherwise` if it never told."""
        value = self.known(endpoint, cluster, attribute)
        return otherwise if value is None else value


Build = Callable[[Place], Iterable[Piece]]
