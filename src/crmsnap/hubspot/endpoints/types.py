"""Which object types the account has: three answers, each of which may miss what another one has.

The object library knows the standard types by id, the schemas are the custom types, and the usage
counts name both with their labels and how many records there are.
(developers.hubspot.com: "Object library", "Schemas", "Limits tracking".)
"""

from dataclasses import dataclass

import msgspec

from crmsnap.hubspot.client import Client
from crmsnap.hubspot.paths import OBJECT_LIBRARY, RECORD_COUNTS, SCHEMAS


class AssociationName(msgspec.Struct, frozen=True, rename="camel"):
    """A type of association that a custom type takes part in; labels alone do not tell names."""

    id: str
    from_object_type_id: str
    to_object_type_id: str
    name: str | None = None


class Labels(msgspec.Struct, frozen=True):
    """What people see as the name."""

    singular: str | None = None
    plural: str | None = None


class Schema(msgspec.Struct, frozen=True, rename="camel"):
    """A custom object type."""

    object_type_id: str
    name: str
    fully_qualified_name: str | None = None
    labels: Labels = Labels()
    description: str | None = None
    archived: bool = False
    created_at: str | None = None
    updated_at: str | None = None
    allows_sensitive_properties: bool = True
    """Where an answer does not say, assume the worse."""
    associations: list[AssociationName] = []

    @property
    def singular(self) -> str | None:
        """The label of one record."""
        return self.labels.singular

    @property
    def plural(self) -> str | None:
        """The label of many."""
        return self.labels.plural


@dataclass(frozen=True, slots=True)
class TypeCount:
    """How many records of a type HubSpot says there are."""

    object_type_id: str
    singular: str | None
    plural: str | None
    count: int | None


def enabled(client: Client) -> dict[str, bool]:
    """Whether each standard type is switched on, by type id."""
    return client.ask(OBJECT_LIBRARY, _decode_library).enablement_by_object_type_id


def schemas(client: Client, archived: bool) -> list[Schema]:
    """The live or the archived custom types."""
    query = [
        ("archived", "true" if archived else "false"),
        ("includeAssociationDefinitions", "true"),
        ("includePropertyDefinitions", "false"),
    ]
    return client.ask(SCHEMAS, _decode_schemas, query=query).results


def record_counts(client: Client) -> dict[str, TypeCount]:
    """Labels and numbers of records, standard and custom types alike, by type id."""
    answer = client.ask(RECORD_COUNTS, _decode_counts)
    return {
        used.object_type_id: TypeCount(
            used.object_type_id, used.singular_label, used.plural_label, used.usage
        )
        for used in [
            *answer.hubspot_defined_object_types,
            *answer.custom_object_types.by_object_type,
        ]
    }


class _Library(msgspec.Struct, rename="camel"):
    enablement_by_object_type_id: dict[str, bool]


class _Schemas(msgspec.Struct):
    results: list[Schema]


class _Used(msgspec.Struct, rename="camel"):
    object_type_id: str
    singular_label: str | None = None
    plural_label: str | None = None
    usage: int | None = None


class _CustomTypes(msgspec.Struct, frozen=True, rename="camel"):
    by_object_type: list[_Used] = []


class _Counts(msgspec.Struct, rename="camel"):
    hubspot_defined_object_types: list[_Used]
    custom_object_types: _CustomTypes = _CustomTypes()


_decode_library = msgspec.json.Decoder(_Library).decode
_decode_schemas = msgspec.json.Decoder(_Schemas).decode
_decode_counts = msgspec.json.Decoder(_Counts).decode
