"""The bench has moved to `zigbus_converter.bench`."""

from zigbus_converter.bench import IEEE, NOON_S, SETTINGS, Attributes, Bench, described, shown

__all__ = ["IEEE", "NOON_S", "SETTINGS", "Attributes", "Bench", "described", "shown"]
