"""The tables behind `zigbus.zcl.clusters`: numbers from the ZCL specification, names as zigbee2mqtt spells them."""
