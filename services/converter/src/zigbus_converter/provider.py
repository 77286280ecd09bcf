"""Where definitions come from: providers, asked in order. Native ones now; others join behind the same interface."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import Protocol

import structlog

from zigbus.contract.devices import DeviceDescription
from zigbus_converter.definition import Definition
from zigbus_converter.definitions import all_definitions, find
from zigbus_converter.matching import Catalogue

log = structlog.get_logger()


class Provider(Protocol):
    """One source of definitions. A definition that it returns works by effects alone, whatever it is written in."""

    def identify(self, device: DeviceDescription) -> Definition | None:
        """Return the definition for a device, or None if this provider does not know it."""


class Native:
    """Definitions written with our own parts: the modules of `zigbus_converter.definitions`, loaded when needed."""

    def __init__(self, definitions: Iterable[Definition] | None = None) -> None:
        self._find = find if definitions is None else Catalogue(definitions).find

    def identify(self, device: DeviceDescription) -> Definition | None:
        """Return the definition that matches best."""
        return self._find(device)


class Generated:
    """Definitions made from the clusters of a device that nobody lists."""

    def __init__(self, generate: Callable[[DeviceDescription], Definition | None]) -> None:
        self._generate = generate

    def identify(self, device: DeviceDescription) -> Definition | None:
        """Return the generated definition."""
        return self._generate(device)


class Providers:
    """Several providers in order; the first that knows a device wins."""

    def __init__(self, providers: Sequence[Provider]) -> None:
        self._providers = tuple(providers)

    def identify(self, device: DeviceDescription) -> Definition | None:
        """Return the first definition found. A provider that raises is passed over."""
        for provider in self._providers:
            try:
                found = provider.identify(device)
            except Exception:  # a defect in one provider must not take the device from the others
                log.exception("provider_failed", provider=type(provider).__name__, ieee=device.ieee, model=device.model)
                continue
            if found is not None:
                return found
        return None


def native_definitions() -> list[Definition]:
    """Return all native definitions, in the order of their modules' names."""
    return list(all_definitions())
