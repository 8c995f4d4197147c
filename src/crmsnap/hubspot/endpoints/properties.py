"""Property definitions of an object type; one answer has all of one class of sensitivity.

Without being asked HubSpot lists only properties that are not sensitive. Legacy answers do not say how
sensitive a property is: then `data_sensitivity` is None, and what that means is for the caller.
(developers.hubspot.com: "Sensitive data", "Properties".)
"""

from typing import Any

import msgspec

from crmsnap.hubspot.client import Client
from crmsnap.hubspot.paths import PROPERTIES


class PropertyDefinition(msgspec.Struct, frozen=True, rename="camel"):
    """A property as its object type, or an event type, defines it."""

    name: str
    type: str
    """string, number, date, datetime, enumeration, bool, ..."""
    field_type: str | None = None
    label: str | None = None
    description: str | None = None
    group_name: str | None = None
    options: list[Any] | None = None
    """As they came: `{label, value, displayOrder, hidden, description}`."""
    calculated: bool | None = None
    has_unique_value: bool | None = None
    hidden: bool | None = None
    hubspot_defined: bool | None = None
    referenced_object_type: str | None = None
    data_sensitivity: str | None = None
    """non_sensitive, sensitive or highly_sensitive."""
    sensitive_data_categories: list[str] | None = None
    archived: bool = False
    created_at: str | None = None
    updated_at: str | None = None


def definitions(
    client: Client,
    object_type: str,
    *,
    archived: bool,
    data_sensitivity: str | None = None,
) -> list[PropertyDefinition]:
    """The live or the archived definitions of one class of sensitivity; None: of the open one."""
    query = [("archived", "true" if archived else "false")]
    if data_sensitivity is not None:
        query.append(("dataSensitivity", data_sensitivity))
    return client.ask(PROPERTIES, _decode, path={"type": object_type}, query=query).results


class _Answer(msgspec.Struct):
    results: list[PropertyDefinition]


_decode = msgspec.json.Decoder(_Answer).decode
