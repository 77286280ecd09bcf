"""A part with a difference: on other endpoints than the first, or under a name that the device gave."""

from __future__ import annotations

from dataclasses import replace

import msgspec

from zigbus.contract.definitions import Expose
from zigbus_converter import expose
from zigbus_converter.definition import Part


def on_endpoints(part: Part, *names: str) -> Part:
    """Return a part whose keys carry the names of endpoints, one each; for parts that do not take `endpoints` themselves.

    Its options stay as they are. Exposes that depend on the device are left out.
    """
    shown = [source for source in part.exposes if isinstance(source, Expose)]
    senders = tuple(replace(sender, endpoints=names) for sender in part.senders)
    return replace(part, exposes=expose.at_endpoints(shown, names), senders=senders)


def called(part: Part, name: str) -> Part:
    """Return a part that people see under `name`; its keys stay as they are. For parts with plain exposes."""
    exposes = (source for source in part.exposes if isinstance(source, Expose))
    shown = (msgspec.structs.replace(expose, label=name, homeassistant={"name": name}) for expose in exposes)
    return replace(part, exposes=tuple(shown))
