"""The catalogue's plain definitions as a source of definitions: the engine is not needed for them."""

from __future__ import annotations

import msgspec

from zigbus.contract.devices import DeviceDescription
from zigbus_converter.captured.blocks import NotOurs
from zigbus_converter.captured.definitions import Captured, definition_of
from zigbus_converter.captured.unequal import UNEQUAL
from zigbus_converter.definition import Definition
from zigbus_converter.zhc.catalogue import UPSTREAM, Catalogue


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
        if f"{found.identity.file.removeprefix(UPSTREAM)}/{found.identity.model}" in UNEQUAL:
            return None
        known = self._built.get((place, found.model), ...)
        if known is ...:
            known = self._build(place, found.model, found.vendor, found.description)
            self._built[place, found.model] = known
        return known

    def _build(self, place: str, model: str, vendor: str, description: str) -> Definition | None:
        assert self._catalogue is not None
        raw = self._catalogue.captured.get(place)
        if raw is None:
            return None
        try:
            return definition_of(msgspec.json.decode(raw, type=Captured), model, vendor, description)
        except NotOurs:
            return None
