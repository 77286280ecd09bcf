"""What the registry counts."""

from __future__ import annotations

from prometheus_client import Counter, Gauge

LOADS = Counter("zigbus_registry_configuration_loads_total", "Times the settings were read", ["outcome"])  # ok, invalid
WRITES = Counter(
    "zigbus_registry_configuration_writes_total", "Changes written to the settings files", ["outcome"]
)  # ok, failed
STATE_WRITES = Counter("zigbus_registry_state_writes_total", "Times state.json was written", ["outcome"])  # ok, failed
REQUESTS = Counter("zigbus_registry_requests_total", "Requests by what became of them", ["operation", "outcome"])
EVENTS = Counter("zigbus_registry_events_total", "Events of the network that were told", ["kind"])
PINGS = Counter(
    "zigbus_registry_pings_total", "Silent devices that were asked for a sign of life", ["outcome"]
)  # answered, failed
WATCHED = Gauge("zigbus_registry_watched_devices", "Devices whose availability is watched")
UNREACHABLE = Gauge("zigbus_registry_unreachable_devices", "Of these, devices that are offline")
