"""Answers about definitions: whether a file is usable, what one for a device could look like, which models are known."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from itertools import chain

from zigbus.contract.base import FailureCode, RequestFailed
from zigbus.contract.requests import (
    CheckConverter,
    CheckConverterResult,
    FindModels,
    FindModelsResult,
    GenerateDefinition,
    GenerateDefinitionResult,
    SupportedModel,
)
from zigbus_converter.generated import javascript_source, python_source
from zigbus_converter.provider import native_definitions
from zigbus_converter.roster import Roster
from zigbus_converter.supported import found, not_native, supported_models, upstream_models
from zigbus_converter.user_code import Refused
from zigbus_converter.user_converters import UserConverters
from zigbus_converter.zhc.supported import read_supported


async def check_converter(ask: CheckConverter, user: UserConverters) -> CheckConverterResult:
    """Load a file and throw it away again. Raises RequestFailed with what is wrong."""
    try:
        models = await user.check(ask.name, ask.code)
    except Refused as error:
        raise RequestFailed.of(FailureCode.INVALID, str(error), line=error.line, reason=error.reason) from None
    return CheckConverterResult(models=tuple(f"{model.vendor} {model.model}" for model in models))


async def generate_definition(ask: GenerateDefinition, roster: Roster) -> GenerateDefinitionResult:
    """Write a definition from the clusters of a device. Raises RequestFailed if nothing is known of it."""
    entity = roster.find(ask.ieee)
    if entity is None or entity.known is None:
        raise RequestFailed.of(FailureCode.NOT_FOUND, "No such device", ieee=ask.ieee)
    known = entity.attribute
    return GenerateDefinitionResult(
        python=python_source(entity.known, known), javascript=javascript_source(entity.known, known)
    )


async def find_models(ask: FindModels, user: UserConverters) -> FindModelsResult:
    """Look for models that are known to some provider, the household's own first."""
    own = user.models()
    return await asyncio.to_thread(lambda: found(chain(own, _built_in()), ask.words, ask.limit))


def _built_in() -> Iterator[SupportedModel]:
    """Yield the models that come with zigbus; loads every native definition, and reads the catalogue line by line."""
    native = native_definitions()
    yield from supported_models(native, "native")
    yield from upstream_models(not_native(read_supported(), native))
