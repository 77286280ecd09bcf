"""A home without hardware: a Z-Stack coordinator at the serial-byte level with Zigbee devices behind it."""

from zigbus_simulator import home
from zigbus_simulator.device import Binding, Device
from zigbus_simulator.heard import Heard, HeardFrame, HeardRequest
from zigbus_simulator.sensors import sensors
from zigbus_simulator.simulator import Network, Simulator
from zigbus_simulator.spec import DeviceSpec, Endpoint

__all__ = [
    "Binding",
    "Device",
    "DeviceSpec",
    "Endpoint",
    "Heard",
    "HeardFrame",
    "HeardRequest",
    "Network",
    "Simulator",
    "home",
    "sensors",
]
