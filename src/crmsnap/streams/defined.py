"""How HubSpot defines the properties of an object type, sensitive ones included."""

import msgspec

from crmsnap.errors import BadRequest, MissingScope
from crmsnap.hubspot.client import Client
from crmsnap.hubspot.endpoints import properties
from crmsnap.hubspot.times import published
from crmsnap.streams.documents import PropertyDocument


def defined(client: Client, object_type: str) -> list[PropertyDocument]:
    """All definitions of a type by name; a live one wins over an archived one of its name."""
    found = {
        definition.name: definition
        for archived in (True, False)
        for definition in properties.definitions(client, object_type, archived=archived)
    }
    for sensitivity in ("sensitive", "highly_sensitive"):
        for definition in _closed(client, object_type, sensitivity):
            if definition.data_sensitivity is None:
                if definition.name in found:
                    continue  # an older path that does not know the classes lists everything again
                definition = msgspec.structs.replace(definition, data_sensitivity=sensitivity)
            found[definition.name] = definition
    return [document(object_type, definition) for _, definition in sorted(found.items())]


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


def _closed(
    client: Client, object_type: str, sensitivity: str
) -> list[properties.PropertyDefinition]:
    try:
        return properties.definitions(
            client, object_type, archived=False, data_sensitivity=sensitivity
        )
    except (MissingScope, BadRequest):
        return []  # a token that may not even list them has nothing to leave out
