"""Waiting for a condition with a deadline; what tests do instead of sleeping."""

from __future__ import annotations

import asyncio
from collections.abc import Callable

POLL_S = 0.01


async def until(condition: Callable[[], object], timeout_s: float = 60.0, what: str = "") -> None:
    """Return as soon as `condition()` is true. Raises TimeoutError that says what was waited for."""
    try:
        async with asyncio.timeout(timeout_s):
            while not condition():  # noqa: ASYNC110  # any condition can be waited for, few have an event
                await asyncio.sleep(POLL_S)
    except TimeoutError:
        raise TimeoutError(f"not within {timeout_s} s: {what or getattr(condition, '__name__', 'condition')}") from None
