"""`_MANIFEST.json`: a Data Package (datapackage.org, version 2) with a `crmsnap` object beside it.

The manifest proves itself: its `sha256` covers the canonical JSON of everything else, and the file
has one form only, so even a space too many is noticed.
"""

import hashlib
import json
from collections.abc import Mapping
from typing import Any

import msgspec

from crmsnap.errors import SnapshotError
from crmsnap.model import Part
from crmsnap.publish.gzip_parts import Engine
from crmsnap.publish.layout import day_prefix
from crmsnap.publish.manifest import About, Manifest, PublishedTable, RunFacts
from crmsnap.tables.table import Column, Kind

LAYOUT_VERSION = 1

PROFILE = "https://datapackage.org/profiles/2.0/datapackage.json"

_FIELD_TYPES: Mapping[Kind, Mapping[str, str]] = {
    # An ID never becomes a number: ids go beyond 2^53, where readers round.
    "ID": {"type": "string"},
    "VARCHAR": {"type": "string"},
    "NUMBER": {"type": "number"},
    "BOOLEAN": {"type": "boolean"},
    "TIMESTAMP": {"type": "datetime", "format": "%Y-%m-%d %H:%M:%S.%f"},
    "DATE": {"type": "date"},
    # JSON may be an object or an array, which are two types there.
    "JSON": {"type": "string"},
}
_DIALECT = {"header": True, "delimiter": ",", "lineTerminator": "\n", "quoteChar": '"'}

Json = dict[str, Any]


def to_bytes(manifest: Manifest) -> bytes:
    """The file of a manifest."""
    return _sealed(_descriptor(manifest))


def from_bytes(data: bytes, key: str) -> Manifest:
    """The manifest in a file. Raise `SnapshotError` if it is damaged or of a newer layout."""
    try:
        descriptor: Json = json.loads(data.decode())
        layout = descriptor["crmsnap"]["layout"]
        del descriptor["crmsnap"]["sha256"]
        as_we_write_it = _sealed(descriptor)
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError):
        raise _damaged(key, "it is not the JSON of a manifest") from None
    if data != as_we_write_it:
        raise _damaged(key, "its own checksum does not match")
    if layout != LAYOUT_VERSION:
        raise SnapshotError(
            f"{key} has layout {layout}, this crmsnap knows layout {LAYOUT_VERSION}",
            cause="it was written by a newer crmsnap",
            remedy="use a newer crmsnap",
        )
    try:
        return _manifest(descriptor)
    except (KeyError, TypeError, AttributeError, msgspec.ValidationError):
        raise _damaged(key, "something that every manifest has is missing") from None


def _damaged(key: str, cause: str) -> SnapshotError:
    return SnapshotError(
        f"{key} is damaged",
        cause=cause,
        remedy="bring the file back from a backup or an older version of the object",
    )


def _sealed(descriptor: Json) -> bytes:
    """The file of a descriptor, with its checksum put in as the last member of `crmsnap`."""
    descriptor["crmsnap"]["sha256"] = _own_sha256(descriptor)
    text = json.dumps(descriptor, ensure_ascii=False, indent=1) + "\n"
    return text.encode("utf-8", "replace")


def _own_sha256(descriptor: Json) -> str:
    """Of the canonical JSON: keys sorted, no spaces, UTF-8 as it is, without the sha256 itself."""
    text = json.dumps(descriptor, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(text.encode("utf-8", "replace")).hexdigest()


def _descriptor(manifest: Manifest) -> Json:
    facts = manifest.facts
    return {
        "$schema": PROFILE,
        "name": f"{facts.connection}-{facts.day}".lower(),
        "created": facts.window_end.replace(" ", "T") + "Z",
        "crmsnap": {
            "layout": LAYOUT_VERSION,
            "version": manifest.crmsnap,
            **msgspec.to_builtins(facts),
            "gzip": msgspec.to_builtins(manifest.engine),
            "rows": manifest.rows,
            "bytes": manifest.bytes,
            "replaced_surrogates": manifest.replaced_surrogates,
        },
        "resources": [_resource(table, facts.day) for table in manifest.tables],
    }


def _resource(table: PublishedTable, day: str) -> Json:
    parts = [_part(part, day) for part in table.parts]
    return {
        "name": table.name.lower(),
        "title": table.name,
        "description": table.grain,
        "type": "table",
        "path": [part["path"] for part in parts],
        "format": "csv",
        "mediatype": "text/csv",
        "compression": "gz",
        "encoding": "utf-8",
        "dialect": _DIALECT,
        "schema": {
            "fields": [_field(column) for column in table.columns],
            "primaryKey": list(table.key),
            "missingValues": [""],
        },
        "crmsnap": {
            "rows": table.rows,
            "bytes": table.bytes,
            "sorted_by": list(table.sorted_by),
            **({} if table.about is None else {"about": msgspec.to_builtins(table.about)}),
            **({"unparsed": dict(table.unparsed)} if table.unparsed else {}),
            "parts": parts,
        },
    }


def _part(part: Part, day: str) -> Json:
    return {
        "path": part.key.removeprefix(day_prefix(day)),
        "rows": part.rows,
        "bytes": part.bytes,
        "sha256": part.sha256,
        "first": list(part.first_key),
        "last": list(part.last_key),
    }


def _field(column: Column) -> Json:
    # NULL and the empty string are one to most readers of a Data Package, so only columns that
    # never hold an empty string can be called required.
    required = not column.nullable and column.kind not in {"VARCHAR", "JSON", "ID"}
    return {
        "name": column.name,
        **_FIELD_TYPES[column.kind],
        "description": column.description,
        **({"constraints": {"required": True}} if required else {}),
        "crmsnap": {
            "kind": column.kind,
            "nullable": column.nullable,
            **({} if column.property is None else {"property": column.property}),
        },
    }


def _manifest(descriptor: Json) -> Manifest:
    ours = descriptor["crmsnap"]
    facts = msgspec.convert(ours, RunFacts)
    return Manifest(
        facts=facts,
        tables=tuple(_published_table(resource, facts.day) for resource in descriptor["resources"]),
        engine=msgspec.convert(ours["gzip"], Engine),
        crmsnap=ours["version"],
        replaced_surrogates=ours["replaced_surrogates"],
    )


def _published_table(resource: Json, day: str) -> PublishedTable:
    fields = resource["schema"]["fields"]
    ours = resource["crmsnap"]
    about = ours.get("about")
    return PublishedTable(
        name=resource["title"],
        grain=resource["description"],
        columns=tuple(msgspec.convert({**field, **field["crmsnap"]}, Column) for field in fields),
        key=tuple(resource["schema"]["primaryKey"]),
        sorted_by=tuple(ours["sorted_by"]),
        parts=tuple(_part_of(part, day) for part in ours["parts"]),
        about=None if about is None else msgspec.convert(about, About),
        unparsed=msgspec.convert(ours.get("unparsed", {}), dict[str, int]),
    )


def _part_of(part: Json, day: str) -> Part:
    fields = {
        "key": day_prefix(day) + part["path"],
        "rows": part["rows"],
        "bytes": part["bytes"],
        "sha256": part["sha256"],
        "first_key": part["first"],
        "last_key": part["last"],
    }
    return msgspec.convert(fields, Part)
