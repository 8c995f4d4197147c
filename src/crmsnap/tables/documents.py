"""Documents of the state as values: what the small tables are made from."""

from collections.abc import Callable, Iterator
from typing import TypeVar

import msgspec

from crmsnap.state.reader import StateReader

T = TypeVar("T")


def decoded(
    reader: StateReader, stream: str, decode: Callable[[bytes], T]
) -> Iterator[tuple[T, str]]:
    """Every document of a stream with its `ingested_at`, by key as text; none if it was not read."""
    for document in reader.documents(stream):
        yield decode(document.body), document.ingested_at


def json_text(value: object | None) -> str | None:
    """A value as published JSON: compact, keys sorted, non-ASCII kept."""
    return None if value is None else msgspec.json.encode(value, order="sorted").decode()
