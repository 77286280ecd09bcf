"""The bus client: NATS with JetStream behind a few words of our own. Survives restarts of the server by itself."""

from zigbus.bus.bucket import Bucket, Table
from zigbus.bus.client import Bus, BusAddress
from zigbus.bus.consumer import Consumer, Delivery
from zigbus.bus.publisher import OutboxFull, Publisher

__all__ = ["Bucket", "Bus", "BusAddress", "Consumer", "Delivery", "OutboxFull", "Publisher", "Table"]
