"""Which tests show each feature that a user of zigbee2mqtt can notice: `rows.toml`, and the page made from it."""
