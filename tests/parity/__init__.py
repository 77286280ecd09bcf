"""Compares our converter with zigbee-herdsman-converters: the same frames and requests through both. See README.md."""
