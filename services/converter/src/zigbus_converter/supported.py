"""Every model that definitions exist for, and the search in that list."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

import msgspec

from zigbus.contract.definitions import Expose
from zigbus.contract.requests import FindModelsResult, SupportedModel
from zigbus_converter.assembly import LINK_QUALITY, exposes_of
from zigbus_converter.definition import Definition
from zigbus_converter.zhc.supported import SoldAs, Supported


def supported_models(definitions: Iterable[Definition], provider: str) -> Iterator[SupportedModel]:
    """Yield the models of these definitions, each under every name that it is sold under."""
    for definition in definitions:
        own = SupportedModel(
            model=definition.model,
            vendor=definition.vendor,
            description=definition.description,
            provider=provider,
            model_ids=model_ids_of(definition),
            exposes=_names(exposes_of(definition, None)),
        )
        labels = (SoldAs(label.model, label.vendor, label.description) for label in definition.white_labels)
        yield from _under_all_names(own, labels)


def upstream_models(definitions: Iterable[Supported]) -> Iterator[SupportedModel]:
    """Yield the models of the catalogue, each under every name that it is sold under."""
    for definition in definitions:
        own = SupportedModel(
            model=definition.model,
            vendor=definition.vendor,
            description=definition.description,
            provider="zhc",
            model_ids=definition.models,
            exposes=_names((*definition.exposes, LINK_QUALITY)),
        )
        yield from _under_all_names(own, definition.labels)


def _under_all_names(own: SupportedModel, labels: Iterable[SoldAs]) -> Iterator[SupportedModel]:
    yield own
    for label in labels:
        vendor, about = label.vendor or own.vendor, label.description or own.description
        yield msgspec.structs.replace(own, model=label.model, vendor=vendor, description=about)


def _names(exposes: Iterable[Expose]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(expose.name or expose.type for expose in exposes))


def found(models: Iterable[SupportedModel], words: str, limit: int) -> FindModelsResult:
    """Return the models in which all words occur, by vendor and model. The first that lists a model stands for it."""
    wanted = words.lower().split()
    matching: dict[tuple[str, str], SupportedModel] = {}
    for model in models:
        if all(word in _text(model) for word in wanted):
            matching.setdefault((model.vendor.lower(), model.model.lower()), model)
    chosen = [matching[key] for key in sorted(matching)]
    return FindModelsResult(models=tuple(chosen[: max(limit, 0)]), total=len(chosen))


def not_native(catalogue: Iterable[Supported], native: Iterable[Definition]) -> Iterator[Supported]:
    """Yield what only the catalogue has: without the models that a native definition takes, whatever vendor they name."""
    ids: dict[str, set[str]] = {}
    for definition in native:
        ids.setdefault(definition.model.lower(), set()).update(model_ids_of(definition))
    return (entry for entry in catalogue if ids.get(entry.model.lower(), set()).isdisjoint(entry.models))


def model_ids_of(definition: Definition) -> tuple[str, ...]:
    """Return the model ids that a definition may match, each once."""
    of_fingerprints = (fingerprint.model for fingerprint in definition.fingerprints if fingerprint.model is not None)
    return tuple(dict.fromkeys((*definition.models, *of_fingerprints)))


def _text(model: SupportedModel) -> str:
    return " ".join((model.vendor, model.model, *model.model_ids, model.description)).lower()
