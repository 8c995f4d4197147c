"""Which object types the account has, and which of them this token can read.

No endpoint lists them all. The object library says which standard types are enabled, the schemas are
the custom types, and the usage counts name both with their labels; each may miss what another has.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import partial

import msgspec

from crmsnap.errors import MissingScope, NotFound
from crmsnap.hubspot.client import Client
from crmsnap.hubspot.endpoints import types
from crmsnap.hubspot.object_types import STANDARD_TYPES, StandardType
from crmsnap.hubspot.times import published
from crmsnap.model import Gap
from crmsnap.streams.documents import TypeDocument
from crmsnap.streams.gaps import gap_for
from crmsnap.streams.stream import END, Page, Scope, Stream, Task


def tasks(scope: Scope) -> Iterator[Task]:
    """One pass over three small answers."""
    wants_custom = not scope.types or any(wanted.startswith("2-") for wanted in scope.types)
    yield Task("types", partial(read, wants_custom))


def read(wants_custom: bool, client: Client, _: str | None) -> Iterator[Page]:
    """All object types as one page; the gap of custom types' schemas only where they are wanted."""
    gaps: list[Gap] = []
    found = merge(_enabled(client), _schemas(client, gaps), _counts(client))
    rows = [(found_type.id, msgspec.json.encode(found_type)) for found_type in found]
    yield Page(rows, END, gaps=gaps if wants_custom else ())


TYPES = Stream(
    name="types",
    description="The object types of the account, standard and custom.",
    endpoint="GET /crm/object-library/{version}/enablement, GET /crm-object-schemas/{version}/schemas,"
    " GET /crm/limits/{version}/records",
    scopes=(),
    tasks=tasks,
    defines=True,
)


@dataclass(frozen=True, slots=True)
class Schemas:
    """The custom types, or the reason why they cannot be listed."""

    live: list[types.Schema]
    archived: list[types.Schema]


def merge(
    enabled: dict[str, bool], schemas: Schemas, counts: dict[str, types.TypeCount]
) -> list[TypeDocument]:
    """Every type that any of the three answers knows, by id."""
    found: dict[str, TypeDocument] = {}
    for standard in STANDARD_TYPES:
        found[standard.id] = _standard(standard, enabled.get(standard.id), counts.get(standard.id))
    for schema, archived in [(s, True) for s in schemas.archived] + [
        (s, False) for s in schemas.live
    ]:
        found[schema.object_type_id] = _custom(schema, archived, counts.get(schema.object_type_id))
    # A type that HubSpot adds tomorrow is in no list of ours: it is read like any other, by its id.
    for id_ in sorted({id_ for id_, on in enabled.items() if on} | set(counts)):
        if id_ not in found:
            found[id_] = _unknown(id_, counts.get(id_))
    return [found[id_] for id_ in sorted(found)]


def _enabled(client: Client) -> dict[str, bool]:
    try:
        return types.enabled(client)
    except (MissingScope, NotFound):
        return {}  # nothing is lost: every standard type is then probed


def _schemas(client: Client, gaps: list[Gap]) -> Schemas:
    try:
        return Schemas(types.schemas(client, archived=False), types.schemas(client, archived=True))
    except (MissingScope, NotFound) as refused:
        # Custom types still come from the usage counts, by id and label.
        gaps.append(gap_for("schemas", refused))
        return Schemas([], [])


def _counts(client: Client) -> dict[str, types.TypeCount]:
    try:
        return types.record_counts(client)
    except (MissingScope, NotFound):
        return {}  # the manifest shows that HubSpot gave no counts


_WHY_NOT = {
    "other-api": "HubSpot serves this type through an API of its own, which crmsnap does not read yet",
    "no-api": "HubSpot has no public API that reads this type",
}


def _standard(
    standard: StandardType, enabled: bool | None, count: types.TypeCount | None
) -> TypeDocument:
    why_not = _WHY_NOT.get(standard.source, "")
    if enabled is False and not why_not:
        why_not = "this type is not enabled in the account"
    return TypeDocument(
        id=standard.id,
        name=standard.name,
        fully_qualified_name=standard.name,
        singular_label=(count and count.singular) or standard.singular,
        plural_label=(count and count.plural) or standard.plural,
        source=standard.source,
        readable=not why_not,
        unreadable_because=why_not,
        count=count.count if count else None,
    )


def _custom(schema: types.Schema, archived: bool, count: types.TypeCount | None) -> TypeDocument:
    return TypeDocument(
        id=schema.object_type_id,
        name=schema.name,
        fully_qualified_name=schema.fully_qualified_name,
        singular_label=schema.singular,
        plural_label=schema.plural,
        description=schema.description,
        archived=archived,
        created_at=schema.created_at and published(schema.created_at),
        updated_at=schema.updated_at and published(schema.updated_at),
        custom=True,
        readable=not archived,
        allows_sensitive=bool(schema.allows_sensitive_properties),
        count=count.count if count else None,
    )


def _unknown(id_: str, count: types.TypeCount | None) -> TypeDocument:
    return TypeDocument(
        id=id_,
        name=id_,
        singular_label=count.singular if count else None,
        plural_label=count.plural if count else None,
        custom=id_.startswith("2-"),
        allows_sensitive=True,  # nothing is known of it, so an unclassified property is not read
        count=count.count if count else None,
    )
