"""Where definitions come from: providers, asked in order. Native ones now; others join behind the same interface."""

from __future__ import annotations

import importlib
import pkgutil
from collections.abc import Callable, Iterable, Sequence
from typing import Protocol

import structlog

import zigbus_converter.definitions
from zigbus.contract.devices import DeviceDescription
from zigbus_converter.definition import Definition
from zigbus_converter.matching import Catalogue

log = structlog.get_logger()


class Provider(Protocol):
    """One source of definitions. A definition that it returns works by effects alone, whatever it is written in."""

    def identify(self, device: DeviceDescription) -> Definition | None:
        """Return the definition for a device, or None if this provider does not know it."""


class Native:
    """Definitions written with our own parts: the modules of `zigbus_converter.definitions`."""

    def __init__(self, definitions: Iterable[Definition] | None = None) -> None:
        self._catalogue = Catalogue(native_definitions() if definitions is None else definitions)

    def identify(self, device: DeviceDescription) -> Definition | None:
        """Return the definition that matches best."""
        return self._catalogue.find(device)


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
    """Return all native definitions: `DEFINITIONS` of every module in the package, in the order of their names."""
    package = zigbus_converter.definitions
    names = sorted(module.name for module in pkgutil.iter_modules(package.__path__))
    modules = (importlib.import_module(f"{package.__name__}.{name}") for name in names)
    return [definition for module in modules for definition in module.DEFINITIONS]
