"""The bus client: NATS with JetStream behind a few words of our own. Survives restarts of the server by itself."""

# The first import of nats has to come before the rest.
from zigbus.lean import without

with without("aiohttp"):  # only for NATS over WebSockets; 0.4 s and 12 MB of every service
    import nats.aio.client as _nats  # noqa: F401

from zigbus.bus.bucket import Bucket, Table
from zigbus.bus.client import Bus, BusAddress
from zigbus.bus.consumer import Consumer, Delivery
from zigbus.bus.lease import Lease
from zigbus.bus.publisher import OutboxFull, Publisher

__all__ = ["Bucket", "Bus", "BusAddress", "Consumer", "Delivery", "Lease", "OutboxFull", "Publisher", "Table"]
