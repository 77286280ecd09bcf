"""Definitions of zigbee-herdsman-converters, run in a JavaScript engine inside this process.

`catalogue` is the folder that `make catalogue` builds, `identities` finds the definition of a device in it, `engines`
are the JavaScript engines, `host` runs definitions in one of them, `protocol` are the messages in between.
"""
