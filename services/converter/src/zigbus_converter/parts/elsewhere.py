"""A part on other endpoints than the first."""

from __future__ import annotations

from dataclasses import replace

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
