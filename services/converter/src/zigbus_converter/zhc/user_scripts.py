"""JavaScript files that the household wrote for zigbee2mqtt, run unchanged in the engine's sandbox."""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from zigbus.contract.devices import DeviceDescription
from zigbus.contract.requests import SupportedModel
from zigbus_converter.definition import Definition
from zigbus_converter.user_code import Refused
from zigbus_converter.zhc.catalogue import CatalogueMissing
from zigbus_converter.zhc.host import Host
from zigbus_converter.zhc.identities import Identities, Identity
from zigbus_converter.zhc.protocol import DefinitionFailed
from zigbus_converter.zhc.provider import stub
from zigbus_converter.zhc.worker import Worker

_LOADER = "at definitionsIn "  # in a stack: the frame above the one above is the file's own
_PLACE = re.compile(r"<input>:(\d+)")


@dataclass(frozen=True, slots=True)
class ScriptFile:
    """A file that the engine has loaded under `module`."""

    module: str
    worker: Worker
    found: tuple[Identity, ...]
    index: Identities

    def identify(self, device: DeviceDescription) -> Definition | None:
        """Return the definition that matches best."""
        found = self.index.find(device)
        return None if found is None else stub(self.worker, found, "external")

    def models(self) -> Iterable[SupportedModel]:
        """Return what the file defines."""
        return identified_models(self.found)


class Scripts:
    """Loads files into the engine."""

    def __init__(self, worker: Worker) -> None:
        self._worker = worker
        self._numbers = itertools.count(1)

    async def load(self, name: str, code: str) -> ScriptFile:
        """Load a file as a module of its own. Raises Refused."""
        module = f"external_converters/{next(self._numbers)}/{name}"
        try:
            found = await self._worker.run(lambda host: host.load(module, code))
        except (DefinitionFailed, CatalogueMissing) as error:
            raise refusal(error) from error
        return ScriptFile(module, self._worker, found, Identities.of(found))

    def drop(self, file: ScriptFile) -> None:
        """Take a file out, behind all work that was asked for before."""
        self._worker.submit(lambda host: host.unload(file.module), lambda result, error: None)


def load_script(host: Host, name: str, code: str) -> list[SupportedModel]:
    """Load a file and return what it defines. Raises Refused."""
    try:
        return list(identified_models(host.load(name, code)))
    except DefinitionFailed as error:
        raise refusal(error) from error


def refusal(error: DefinitionFailed | CatalogueMissing) -> Refused:
    """Return why a file cannot be used, with its line if the engine told it."""
    if isinstance(error, CatalogueMissing):
        return Refused(f"JavaScript files need the catalogue (`make catalogue`): {error}")
    text = str(error).split("\n    at ")[0]
    name = error.fault.name if error.fault is not None else None
    return Refused(f"{name}: {text}" if name else text, _line(error))


def identified_models(identities: Iterable[Identity]) -> Iterator[SupportedModel]:
    """Yield the models of identities, each under every name that it is sold under."""
    for identity in identities:
        ids = tuple(model for model in identity.models if model)
        names = [(identity.vendor, identity.model, identity.description)]
        names += [
            (label.vendor or identity.vendor, label.model, label.description or identity.description)
            for label in identity.labels
        ]
        for vendor, model, about in names:
            yield SupportedModel(vendor=vendor, model=model, description=about, provider="user", model_ids=ids)


def _line(error: DefinitionFailed) -> int | None:
    stack = (error.fault.stack if error.fault is not None else None) or str(error)
    frames = [line for line in stack.splitlines() if _PLACE.search(line)]
    loader = next((place for place, frame in enumerate(frames) if _LOADER in frame), None)
    own = frames[:1] if loader is None else frames[loader - 2 : loader - 1]
    place = _PLACE.search(own[0]) if own else None
    return int(place[1]) if place is not None else None
