"""Which object types the account has, and which of them this token can read.

No endpoint lists them all. The object library says which standard types are enabled, the schemas are
the custom types, and the usage counts name both with their labels; each may miss what another has. A
type without a public API is tried all the same: HubSpot may open it any day.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial

import msgspec

from crmsnap.errors import BadRequest, MissingScope, NotFound
from crmsnap.hubspot.client import Client
from crmsnap.hubspot.endpoints import associations, objects, types
from crmsnap.hubspot.object_types import CONTACT, STANDARD_TYPES, StandardType
from crmsnap.hubspot.times import published
from crmsnap.model import Gap
from crmsnap.streams.documents import TypeDocument
from crmsnap.streams.gaps import gap_for
from crmsnap.streams.other_types import OTHER_TYPES
from crmsnap.streams.stream import END, Page, Scope, Stream, Task


def tasks(scope: Scope) -> Iterator[Task]:
    """One pass over three small answers, and a question for each type that they do not settle."""
    wants_custom = not scope.types or any(wanted.startswith("2-") for wanted in scope.types)
    yield Task("types", partial(read, wants_custom, scope.wants))


def read(
    wants_custom: bool, wants: Callable[[str], bool], client: Client, _: str | None
) -> Iterator[Page]:
    """All object types as one page; the gap of custom types' schemas only where they are wanted."""
    gaps: list[Gap] = []
    found = [
        tried(client, known) if wants(known.id) else known
        for known in merge(_enabled(client), _schemas(client, gaps), _counts(client))
    ]
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


def tried(client: Client, known: TypeDocument) -> TypeDocument:
    """A type with what one call tells of it, where that is not known otherwise."""
    if known.source == "no-api":
        return _tried_as_any_other(client, known)
    if known.source == "other-api" and known.associable:
        return msgspec.structs.replace(known, associable=_has_associations(client, known.id))
    return known


def _tried_as_any_other(client: Client, known: TypeDocument) -> TypeDocument:
    try:
        objects.page(client, known.id, properties=(), limit=1, after=None)
    except MissingScope as refused:
        why = f"{known.unreadable_because}; the objects API refuses it: {refused.cause}"
    except (NotFound, BadRequest):
        why = f"{known.unreadable_because}, and the objects API does not know it either"
    else:
        # Nothing is documented of it, so a property without a classification is not read.
        return msgspec.structs.replace(
            known, source="crm", readable=True, unreadable_because="", allows_sensitive=True
        )
    return msgspec.structs.replace(known, unreadable_because=why)


def _has_associations(client: Client, object_type: str) -> bool:
    """Whether the associations API knows a type: contacts can be associated with nearly all that it does.

    It does not tell whether the ids of another API are its own: `OtherType.associable` does.
    """
    try:
        associations.labels(client, object_type, CONTACT)
    except (NotFound, BadRequest):
        return False
    except MissingScope:
        return True  # known, and what may not be read is declared pair by pair
    return True


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


_ASSOCIABLE = {other.id: other.associable for other in OTHER_TYPES}


def _standard(
    standard: StandardType, enabled: bool | None, count: types.TypeCount | None
) -> TypeDocument:
    why_not = standard.remark if standard.source == "no-api" else ""
    # The object library speaks of the generic API: it calls conversations disabled, which have their own.
    if standard.source == "crm" and enabled is False:
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
        allows_sensitive=standard.allows_sensitive,
        count=count.count if count else None,
        associable=_ASSOCIABLE.get(standard.id, True),
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
        association_names={
            f"{one.from_object_type_id} {one.to_object_type_id} {one.id}": one.name
            for one in schema.associations
            if one.name
        },
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
