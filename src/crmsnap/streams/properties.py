"""The property definitions of every object type: what may be read, and what stays closed.

Types with an API of their own have no list of properties: there the fields of HubSpot's API reference
are the definitions. Sensitive properties are listed only when they are asked for by class, and their values never are: the
definition stays in the copy, so that the gap can be seen.
"""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from functools import partial

import msgspec

from crmsnap.errors import BadRequest, HubSpotError, MissingScope, NotFound
from crmsnap.hubspot.client import Client
from crmsnap.model import Gap
from crmsnap.streams.defined import defined
from crmsnap.streams.documents import PropertyDocument, TypeDocument
from crmsnap.streams.gaps import gap_found_for
from crmsnap.streams.known_types import all_types, readable_types
from crmsnap.streams.other_types import OTHER_TYPES
from crmsnap.streams.other_types.other_type import OtherType
from crmsnap.streams.stream import END, Page, Scope, Stream, Task
from crmsnap.streams.types import TYPES


def tasks(scope: Scope) -> Iterator[Task]:
    """One pass for each readable type."""
    for known in readable_types(scope):
        yield Task(f"properties/{known.id}", partial(read, known), gap=f"objects/{known.id}")
    known_ids = {known.id for known in all_types(scope)}
    for other in OTHER_TYPES:
        if other.id in known_ids and scope.wants(other.id):
            yield Task(f"properties/{other.id}", partial(read_declared, other))


def read(known: TypeDocument, client: Client, _: str | None) -> Iterator[Page]:
    """All definitions of a type as one page; the gap of its sensitive ones where it may have any."""
    found = defined(client, known.id)
    gaps = [_unlisted(known.id, found.refused)] if known.allows_sensitive and found.refused else []
    yield _page(found.documents, gaps)


def read_declared(other: OtherType, client: Client, _: str | None) -> Iterator[Page]:
    """The declared fields of a type as one page, with the properties that HubSpot lists, if any."""
    listed: list[PropertyDocument] = []
    gaps: list[Gap] = []
    if other.listed_properties:
        try:
            listed = defined(client, other.id).documents
        except (MissingScope, NotFound, BadRequest) as refused:
            gaps.append(_undefined(other.id, refused))
    names = {one.name for one in listed}
    declared = [
        PropertyDocument(
            owner=other.id,
            name=field.name,
            type=field.type,
            label=field.label,
            description=field.description,
            hubspot_defined=True,
            data_sensitivity="sensitive" if field.is_secret else "non_sensitive",
        )
        for field in other.fields
        if field.name not in names
    ]
    yield _page([*listed, *declared], gaps)


PROPERTIES = Stream(
    name="properties/<type>",
    description="The property definitions of an object type, archived and sensitive ones included.",
    endpoint="GET /crm/properties/{version}/{type}",
    scopes=("crm.schemas.<type>.read", "crm.objects.<type>.read"),
    tasks=tasks,
    after=(TYPES,),
    defines=True,
)


def _page(definitions: list[PropertyDocument], gaps: Sequence[Gap]) -> Page:
    return Page([(one.name, msgspec.json.encode(one)) for one in definitions], END, gaps=gaps)


def _undefined(object_type: str, refused: HubSpotError) -> Gap:
    gap = gap_found_for(f"properties/{object_type}/listed", refused)
    return replace(
        gap, detail=f"only the fields that HubSpot documents of this type are copied: {gap.detail}"
    )


def _unlisted(object_type: str, why: str) -> Gap:
    # No scope is named that would close it: those have `sensitive` in their names, and open values.
    return Gap(
        f"properties/{object_type}/sensitive",
        "not-available",
        f"HubSpot does not list the sensitive properties of this type, so their definitions are missing: {why}",
    )
