"""What a range is made of beside the rows of the state, as a digest: equal digests, equal ways of making it.

The name of a table is no part of it, nor is what people read about its columns: neither stands in a part.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import fields, is_dataclass
from functools import partial
from hashlib import blake2b
from types import FunctionType, MethodType

from crmsnap import __version__
from crmsnap.publish.gzip_parts import Engine
from crmsnap.tables.table import Span, Table

PUBLISHING_VERSION = 1
"""Goes up when the same state gives other rows, or the same rows other bytes, within one version of crmsnap."""


class Unlike(Exception):
    """Something that is in no other table, so far as can be told: what is made of it is never the same."""


def table_digest(table: Table, engine: Engine) -> bytes:
    """A digest of how a table's parts are made. Raise `Unlike` when it cannot be told."""
    columns = [(one.name, one.kind, one.nullable, one.property) for one in table.columns]
    ours = (PUBLISHING_VERSION, __version__, engine.name, engine.version, engine.level)
    return _digest((ours, columns, table.key, table.order, table.rows))


def range_digest(of_table: bytes, spans: Sequence[Span]) -> bytes:
    """A digest of a range of that table; of no span: of its header alone."""
    return _digest((of_table, [(span.stream, span.low, span.high) for span in spans]))


def _digest(value: object) -> bytes:
    digest = blake2b(digest_size=16)
    for piece in _pieces(value):
        digest.update(len(piece).to_bytes(4, "big") + piece)
    return digest.digest()


def _pieces(value: object) -> Iterator[bytes]:
    """A value, taken apart: other values, other pieces; the same in every process."""
    yield type(value).__qualname__.encode()
    match value:
        case str() | int() | float() | bytes() | None:
            yield repr(value).encode()
        case Mapping():
            yield from _all(list(value.items()))
        case tuple() | list():
            yield from _all(value)
        case frozenset():
            yield from _all(sorted(value))
        case partial():
            yield from _all((value.func, value.args, value.keywords))
        case FunctionType():
            yield f"{value.__module__}.{value.__qualname__}".encode()
            if value.__closure__ is not None:
                raise Unlike
        case MethodType():
            yield from _all((value.__func__, value.__self__))
        case _ if is_dataclass(value):
            yield from _all([getattr(value, one.name) for one in fields(value)])
        case _:
            raise Unlike


def _all(values: Sequence[object]) -> Iterator[bytes]:
    yield str(len(values)).encode()
    for value in values:
        yield from _pieces(value)
