"""How HubSpot defines the properties of an object type, sensitive ones included."""

from collections.abc import Iterator
from dataclasses import dataclass

import msgspec

from crmsnap.errors import BadRequest, MissingScope
from crmsnap.hubspot.client import Client
from crmsnap.hubspot.endpoints import properties
from crmsnap.hubspot.times import published
from crmsnap.streams.documents import PropertyDocument


@dataclass(frozen=True, slots=True)
class Defined:
    """What HubSpot lists of the properties of an object type."""

    documents: list[PropertyDocument]
    """By name. Of one name a sensitive definition wins, then a live one."""
    refused: str = ""
    """Why there may be sensitive properties beside these; empty: all were listed."""


def defined(client: Client, object_type: str) -> Defined:
    """All definitions of a type, archived and sensitive ones included."""
    found = {
        definition.name: definition
        for archived in (True, False)
        for definition in properties.definitions(client, object_type, archived=archived)
    }
    refused = ""
    for sensitivity in ("sensitive", "highly_sensitive"):
        try:
            for definition in _of_class(client, object_type, sensitivity):
                if definition.data_sensitivity is None:
                    if definition.name in found:
                        continue  # an older path that does not know the classes lists everything again
                    definition = msgspec.structs.replace(definition, data_sensitivity=sensitivity)
                found[definition.name] = definition
        except (MissingScope, BadRequest) as error:
            refused = error.cause or error.message
    documents = [document(object_type, definition) for _, definition in sorted(found.items())]
    return Defined(documents, refused)


def document(owner: str, definition: properties.PropertyDefinition) -> PropertyDocument:
    """A definition as the state keeps it."""
    return PropertyDocument(
        owner=owner,
        name=definition.name,
        type=definition.type,
        field_type=definition.field_type,
        label=definition.label,
        description=definition.description,
        group_name=definition.group_name,
        options=definition.options,
        calculated=definition.calculated,
        has_unique_value=definition.has_unique_value,
        hidden=definition.hidden,
        hubspot_defined=definition.hubspot_defined,
        referenced_object_type=definition.referenced_object_type,
        data_sensitivity=definition.data_sensitivity,
        sensitive_categories=definition.sensitive_data_categories or [],
        archived=bool(definition.archived),
        created_at=definition.created_at and published(definition.created_at),
        updated_at=definition.updated_at and published(definition.updated_at),
    )


def _of_class(
    client: Client, object_type: str, sensitivity: str
) -> Iterator[properties.PropertyDefinition]:
    for archived in (True, False):
        yield from properties.definitions(
            client, object_type, archived=archived, data_sensitivity=sensitivity
        )
