"""Metrics of the gateway."""

from __future__ import annotations

from prometheus_client import Counter, Gauge

PUBLISHED = Counter("zigbus_gateway_published_total", "Messages that the broker has for certain")
RECEIVED = Counter("zigbus_gateway_received_total", "Messages of others below the base topic")
ACTIONS_DROPPED = Counter("zigbus_gateway_actions_dropped_total", "Actions that were not shown", ["reason"])
STATES_COLLAPSED = Counter(
    "zigbus_gateway_states_collapsed_total", "States that a newer one replaced before they were shown"
)
UPDATES_DROPPED = Counter("zigbus_gateway_updates_dropped_total", "Updates of entities that are not there (any more)")
CONNECTED = Gauge("zigbus_gateway_broker_connected", "1 while the broker is connected")
CONNECTIONS_LOST = Counter(
    "zigbus_gateway_broker_connections_lost_total", "Times that the connection to the broker broke"
)
CONNECTIONS_REFUSED = Counter(
    "zigbus_gateway_broker_connections_refused_total", "Attempts to connect that failed", ["reason"]
)
REQUESTS = Counter(
    "zigbus_gateway_requests_total", "Requests on bridge/request by path and outcome", ["path", "outcome"]
)
COMMANDS = Counter("zigbus_gateway_commands_total", "Set and get messages by outcome", ["kind", "outcome"])
REJECTED = Counter("zigbus_gateway_rejected_total", "Incoming messages that were not carried out", ["reason"])
ACTIVE = Gauge("zigbus_gateway_active", "1: this gateway serves MQTT, 0: it stands by")
IN_FLIGHT = Gauge("zigbus_gateway_in_flight", "Own messages that the broker has not confirmed yet")
WAITING = Gauge("zigbus_gateway_waiting", "Updates that wait for the broker")
