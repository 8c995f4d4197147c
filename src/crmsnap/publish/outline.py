"""What a snapshot is about, without a single record: types, properties, tables, columns and settings.

The state keeps the outline of the last snapshot, so that the next one can say what changed since. It is
made of the rows of the tables of definitions: so it never says anything else than they do.
"""

from collections.abc import Iterable, Iterator, Sequence
from operator import itemgetter

import msgspec
import zstandard

from crmsnap import __version__
from crmsnap.model import Selection
from crmsnap.publish.gzip_parts import Compression
from crmsnap.state.reader import StateReader
from crmsnap.tables import object_and_event_type_definitions, property_definitions
from crmsnap.tables.table import Row, Span, Table


class TypeOutline(msgspec.Struct, frozen=True, array_like=True):
    """An object type or event type."""

    label: str | None
    """What people call several of them, or an event."""
    archived: bool


class PropertyOutline(msgspec.Struct, frozen=True, array_like=True):
    """A property of a type."""

    type: str
    label: str | None
    sensitivity: str | None
    """non_sensitive, sensitive or highly_sensitive; None where HubSpot does not say."""
    calculated: bool | None
    archived: bool


class TableOutline(msgspec.Struct, frozen=True, array_like=True):
    """A table."""

    about: str | None
    """Family and id of what it is about, which stay when its name changes; None: it is of no family."""
    columns: dict[str, str]
    """Name -> kind."""


class Outline(msgspec.Struct, frozen=True):
    """What a snapshot is about."""

    types: dict[str, TypeOutline]
    """By id; empty where the run did not ask for them."""
    properties: dict[str, dict[str, PropertyOutline]]
    """By type id, then by name; only types whose properties the run asked for."""
    tables: dict[str, TableOutline]
    settings: dict[str, str | None]
    """What decides about the content of a snapshot, in the words of the settings; None: not set."""


def outline_of(
    tables: Sequence[Table], reader: StateReader, selection: Selection, compression: Compression
) -> Outline:
    """The outline of the snapshot with these tables."""
    return Outline(
        types=_types(reader),
        properties=_properties(reader),
        tables={
            table.name: TableOutline(
                None if table.member is None else f"{table.member.family} {table.member.id}",
                {column.name: column.kind for column in table.columns},
            )
            for table in tables
        },
        settings={**dict(_settings(selection)), "compression": compression, "crmsnap": __version__},
    )


def packed(outline: Outline) -> bytes:
    """An outline as the state keeps it."""
    return zstandard.compress(msgspec.json.encode(outline))


def unpacked(data: bytes) -> Outline | None:
    """The outline that was packed; None for one of a version that kept other things, or a damaged one."""
    try:
        return _decode(zstandard.decompress(data))
    except (zstandard.ZstdError, msgspec.DecodeError):
        return None  # nothing is lost: the next snapshot says that it knows of none before


_decode = msgspec.json.Decoder(Outline).decode


def _types(reader: StateReader) -> dict[str, TypeOutline]:
    table = object_and_event_type_definitions.OBJECT_AND_EVENT_TYPE_DEFINITIONS
    found = object_and_event_type_definitions.rows(reader, Span("types"))
    cells = _cells(table, found, "OBJECTTYPEID", "PLURALLABEL", "SINGULARLABEL", "NAME", "ARCHIVED")
    return {
        str(id_): TypeOutline(_text(plural or singular or name), bool(archived))
        for id_, plural, singular, name, archived in cells
    }


def _properties(reader: StateReader) -> dict[str, dict[str, PropertyOutline]]:
    table = property_definitions.PROPERTY_DEFINITIONS
    found = property_definitions.rows(reader, Span("properties"))
    wanted = ("OBJECTTYPEID", "NAME", "TYPE", "LABEL", "DATASENSITIVITY", "CALCULATED", "ARCHIVED")
    by_type: dict[str, dict[str, PropertyOutline]] = {}
    for id_, name, type_, label, sensitivity, calculated, archived in _cells(table, found, *wanted):
        by_type.setdefault(str(id_), {})[str(name)] = PropertyOutline(
            str(type_),
            _text(label),
            _text(sensitivity),
            None if calculated is None else bool(calculated),
            bool(archived),
        )
    return by_type


def _cells(table: Table, rows: Iterable[Row], *names: str) -> Iterator[Row]:
    """These columns of the rows, in this order."""
    columns = [column.name for column in table.columns]
    return map(itemgetter(*map(columns.index, names)), rows)


def _text(value: object) -> str | None:
    return None if value is None else str(value)


def _settings(selection: Selection) -> Iterator[tuple[str, str | None]]:
    """Every part of a selection by its name in the manifest: `properties.only`."""
    said: dict[str, object] = msgspec.to_builtins(selection)
    for name, value in said.items():
        if isinstance(value, dict):
            yield from ((f"{name}.{key}", _said(words)) for key, words in value.items())
        else:
            yield name, _said(value)


def _said(value: object) -> str | None:
    """A setting as text; None for an empty list, which means everything."""
    if isinstance(value, list | tuple):
        return ", ".join(map(str, value)) or None
    return str(value).lower()
