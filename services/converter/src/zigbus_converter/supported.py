"""Every model that definitions exist for, and the search in that list."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from zigbus.contract.requests import FindModelsResult, SupportedModel
from zigbus_converter.assembly import exposes_of
from zigbus_converter.definition import Definition


def supported_models(definitions: Iterable[Definition], provider: str) -> Iterator[SupportedModel]:
    """Yield the models of these definitions, each under every name that it is sold under."""
    for definition in definitions:
        own = SupportedModel(
            model=definition.model,
            vendor=definition.vendor,
            description=definition.description,
            provider=provider,
            model_ids=tuple(dict.fromkeys((*definition.models, *_of_fingerprints(definition)))),
            exposes=tuple(dict.fromkeys(expose.name or expose.type for expose in exposes_of(definition, None))),
        )
        yield own
        for label in definition.white_labels:
            about = label.description or definition.description
            yield SupportedModel(
                model=label.model,
                vendor=label.vendor,
                description=about,
                provider=provider,
                model_ids=own.model_ids,
                exposes=own.exposes,
            )


def found(models: Sequence[SupportedModel], words: str, limit: int) -> FindModelsResult:
    """Return the models in which all words occur, by vendor and model. The first that lists a model stands for it."""
    wanted = words.lower().split()
    matching: dict[tuple[str, str], SupportedModel] = {}
    for model in models:
        if all(word in _text(model) for word in wanted):
            matching.setdefault((model.vendor.lower(), model.model.lower()), model)
    chosen = [matching[key] for key in sorted(matching)]
    return FindModelsResult(models=tuple(chosen[: max(limit, 0)]), total=len(chosen))


def _of_fingerprints(definition: Definition) -> Iterator[str]:
    return (fingerprint.model for fingerprint in definition.fingerprints if fingerprint.model is not None)


def _text(model: SupportedModel) -> str:
    return " ".join((model.vendor, model.model, *model.model_ids, model.description)).lower()
