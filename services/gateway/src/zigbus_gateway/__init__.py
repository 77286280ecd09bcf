"""The MQTT gateway: shows the bus as zigbee2mqtt's MQTT contract. Kill it, swap it, nothing is lost with it."""
