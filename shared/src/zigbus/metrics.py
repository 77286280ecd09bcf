"""Metrics that every service has: hops of a message, trouble on the bus."""

from __future__ import annotations

from typing import Literal

from prometheus_client import Counter, Gauge, Histogram

Hop = Literal["serial_to_radio", "radio_to_converter", "converter_to_gateway", "gateway_to_broker"]

HOP_BUCKETS_S = (0.0002, 0.0005, 0.001, 0.0015, 0.002, 0.003, 0.005, 0.01, 0.025, 0.1, 0.5, 2.5, 10.0)

HOP_SECONDS = Histogram(
    "zigbus_hop_seconds", "Time of a message from one hop to the next", ["hop"], buckets=HOP_BUCKETS_S
)
PUBLISH_RETRIES = Counter(
    "zigbus_publish_retries_total", "Messages sent to a stream again because no confirmation came"
)
UNDECODABLE = Counter("zigbus_undecodable_total", "Messages on the bus that do not follow the contract", ["source"])
BUS_CONNECTED = Gauge("zigbus_bus_connected", "1 while NATS is reachable")
BUS_RECONNECTS = Counter("zigbus_bus_reconnects_total", "Times that the connection to NATS was lost")
LOGGED = Counter("zigbus_log_lines_total", "Log lines by level", ["level"])
BUILD = Gauge("zigbus_build_info", "1, labelled with service and version", ["service", "version"])

_HOPS = {
    hop: HOP_SECONDS.labels(hop)
    for hop in ("serial_to_radio", "radio_to_converter", "converter_to_gateway", "gateway_to_broker")
}


def observe_hop(hop: Hop, seconds: float) -> None:
    """Record how long a message took for one hop; clocks that disagree count as 0."""
    _HOPS[hop].observe(max(seconds, 0.0))
