"""The catalogue's plain definitions as a source of definitions: the engine is not needed for them."""

from __future__ import annotations

import msgspec

from zigbus.contract.devices import DeviceDescription
from zigbus_converter.captured.blocks import NotOurs
from zigbus_converter.captured.definitions import Captured, definition_of
from zigbus_converter.captured.unequal import UNEQUAL
from zigbus_converter.definition import Definition
from zigbus_converter.zhc.catalogue import UPSTREAM, Catalogue
from zigbus_converter.zhc.identities import Found


class Plain:
    """Provider of those definitions of the catalogue that our own parts do exactly."""

    def __init__(self, catalogue: Catalogue | None) -> None:
        self._catalogue = catalogue
        self._built: dict[tuple[str, str], Definition | None] = {}  # by place, and name it is sold under

    def identify(self, device: DeviceDescription) -> Definition | None:
        """Return the definition if it is made of blocks that we have parts for, else None."""
        found = self._catalogue.identities.find(device) if self._catalogue is not None else None
        if found is None:
            return None
        place = f"{found.identity.file}/{found.identity.index}"
        known = self._built.get((place, found.model), ...)
        if known is ...:
            known = self.build(found)
            self._built[place, found.model] = known
        return known

    def build(self, found: Found) -> Definition | None:
        """Return the definition on our parts, None if they cannot stand for it, or not exactly."""
        assert self._catalogue is not None
        identity = found.identity
        raw = self._catalogue.captured.get(f"{identity.file}/{identity.index}")
        if raw is None or f"{identity.file.removeprefix(UPSTREAM)}/{identity.model}" in UNEQUAL:
            return None
        try:
            captured = msgspec.json.decode(raw, type=Captured)
            return definition_of(captured, found.model, found.vendor, found.description)
        except NotOurs:
            return None
