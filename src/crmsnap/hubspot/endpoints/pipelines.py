"""Pipelines of an object type with their stages; the answer has them all.

Ids are unique within an object type only: deals and tickets each have a pipeline of their own that is
called `default` or `0`. A type without pipelines answers with an error, not with an empty list.
"""

import msgspec

from crmsnap.hubspot.client import Client
from crmsnap.hubspot.paths import PIPELINES


class Stage(msgspec.Struct, frozen=True, rename="camel"):
    """A stage of a pipeline."""

    id: str
    label: str
    display_order: int
    metadata: dict[str, str] | None = None
    """`isClosed`, `probability`, `ticketState`: all as text."""
    archived: bool = False
    created_at: str | None = None
    updated_at: str | None = None


class Pipeline(msgspec.Struct, frozen=True, rename="camel"):
    """A pipeline."""

    id: str
    label: str
    display_order: int
    stages: list[Stage] = []
    archived: bool = False
    created_at: str | None = None
    updated_at: str | None = None


def pipelines(client: Client, object_type: str) -> list[Pipeline]:
    """All pipelines of a type; `NotFound` or `BadRequest` for a type that has none."""
    return client.ask(PIPELINES, _decode, path={"type": object_type}).results


class _Answer(msgspec.Struct):
    results: list[Pipeline]


_decode = msgspec.json.Decoder(_Answer).decode
