"""Answers about definitions: whether a file is usable, and what a definition for a device could look like."""

from __future__ import annotations

from zigbus.contract.base import FailureCode, RequestFailed
from zigbus.contract.requests import (
    CheckConverter,
    CheckConverterResult,
    GenerateDefinition,
    GenerateDefinitionResult,
)
from zigbus_converter.generated import javascript_source, python_source
from zigbus_converter.roster import Roster
from zigbus_converter.user_code import Refused
from zigbus_converter.user_converters import load


async def check_converter(ask: CheckConverter) -> CheckConverterResult:
    """Load a file and throw it away again. Raises RequestFailed with what is wrong."""
    try:
        definitions = load(ask.name, ask.code)
    except Refused as error:
        raise RequestFailed.of(FailureCode.INVALID, str(error), line=error.line, reason=error.reason) from None
    return CheckConverterResult(models=tuple(f"{definition.vendor} {definition.model}" for definition in definitions))


async def generate_definition(ask: GenerateDefinition, roster: Roster) -> GenerateDefinitionResult:
    """Write a definition from the clusters of a device. Raises RequestFailed if nothing is known of it."""
    entity = roster.find(ask.ieee)
    if entity is None or entity.known is None:
        raise RequestFailed.of(FailureCode.NOT_FOUND, "No such device", ieee=ask.ieee)
    known = entity.attribute
    return GenerateDefinitionResult(
        python=python_source(entity.known, known), javascript=javascript_source(entity.known, known)
    )
