"""What every zigbus service shares. Knows no device, no MQTT and no serial port."""

__version__ = "0.1.0"
