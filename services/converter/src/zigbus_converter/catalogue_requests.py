"""Answers about definitions: is a file usable?"""

from __future__ import annotations

from zigbus.contract.base import FailureCode, RequestFailed
from zigbus.contract.requests import CheckConverter, CheckConverterResult
from zigbus_converter.user_code import Refused
from zigbus_converter.user_converters import load


async def check_converter(ask: CheckConverter) -> CheckConverterResult:
    """Load a file and throw it away again. Raises RequestFailed with what is wrong."""
    try:
        definitions = load(ask.name, ask.code)
    except Refused as error:
        raise RequestFailed.of(FailureCode.INVALID, str(error), line=error.line, reason=error.reason) from None
    return CheckConverterResult(models=tuple(f"{definition.vendor} {definition.model}" for definition in definitions))
