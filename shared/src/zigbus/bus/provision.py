"""Creates the streams and buckets of the contract where they are missing. Idempotent; whoever starts first does it."""

from __future__ import annotations

import asyncio

import nats.aio.client
import nats.js.errors
from nats.js.api import DiscardPolicy, RetentionPolicy, StorageType, StreamConfig

from zigbus.contract.storage import BUCKETS, STREAMS, BucketSpec, StreamSpec

STREAM_EXISTS = 10058  # JetStream: the name is in use with another configuration


async def create_storage(connection: nats.aio.client.Client) -> None:
    """Create every stream and bucket, or bring its limits up to date."""
    configs = [_stream(spec) for spec in STREAMS] + [_bucket(spec) for spec in BUCKETS]
    await asyncio.gather(*(_ensure(connection, config) for config in configs))


async def _ensure(connection: nats.aio.client.Client, config: StreamConfig) -> None:
    js = connection.jetstream()
    try:
        await js.add_stream(config)
    except nats.js.errors.BadRequestError as error:
        if error.err_code != STREAM_EXISTS:
            raise
        await js.update_stream(config)


def _stream(spec: StreamSpec) -> StreamConfig:
    return StreamConfig(
        name=spec.name,
        subjects=list(spec.subjects),
        retention=RetentionPolicy.LIMITS,
        storage=StorageType.FILE,
        discard=DiscardPolicy.OLD,
        max_age=spec.max_age_s,
        max_bytes=spec.max_bytes,
        duplicate_window=spec.duplicate_window_s,
        allow_direct=True,
    )


def _bucket(spec: BucketSpec) -> StreamConfig:
    """A stream that follows the conventions of JetStream key-value stores, so that `nats kv` shows it too."""
    return StreamConfig(
        name=f"KV_{spec.name}",
        subjects=[f"$KV.{spec.name}.>"],
        storage=StorageType.MEMORY if spec.in_memory else StorageType.FILE,
        max_age=spec.max_age_s,
        discard=DiscardPolicy.NEW,
        max_msgs_per_subject=spec.history,
        max_msg_size=spec.max_value_bytes,
        duplicate_window=min(120, spec.max_age_s or 120),
        allow_rollup_hdrs=True,
        deny_delete=True,
        allow_direct=True,
    )
