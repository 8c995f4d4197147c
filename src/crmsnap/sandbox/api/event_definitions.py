"""`.../event-definitions`: what users said about their custom events; standard events have none.

The dated path lost and regained a `custom/` segment between versions; both forms answer.
"""

from typing import Any

import orjson

from crmsnap.sandbox.account.account import Account
from crmsnap.sandbox.account.event_definitions import (
    CustomDefinition,
    EventType,
    Field,
    FieldType,
    custom_types,
)
from crmsnap.sandbox.account.times import DAY_MS, iso
from crmsnap.sandbox.api import pages
from crmsnap.sandbox.api.enterprise import require_enterprise
from crmsnap.sandbox.api.errors import not_found
from crmsnap.sandbox.api.route import Call, Family, Reply, Route

SCOPES = frozenset({"behavioral_events.event_definitions.read_write"})
FIELD_TYPES = {
    FieldType.STRING: "text",
    FieldType.NUMBER: "number",
    FieldType.DATETIME: "date",
    FieldType.BOOL: "booleancheckbox",
    FieldType.ENUMERATION: "select",
}


def list_definitions(account: Account, call: Call) -> Reply:
    """A page of definitions in the order of their type ids."""
    require_enterprise(account, SCOPES)
    size = pages.limit(call, default=20, maximum=100)
    with_properties = pages.flag(call, "includeProperties")
    wanted = (call.first("searchString") or "").lower()
    found = [
        (kind, definition)
        for kind, definition in _definitions(account)
        if wanted in definition.label.lower() or wanted in kind.name.lower()
    ]
    if (call.first("sortOrder") or "").upper().startswith("DESC"):
        found.reverse()
    start = pages.token_number(call) or 0
    chosen = found[start : start + size]
    after = pages.token(start + size) if start + size < len(found) else None
    results = (
        orjson.dumps(_json(account, kind, definition, with_properties=with_properties))
        for kind, definition in chosen
    )
    return pages.page(results, after, total=len(found))


def get_definition(account: Account, call: Call) -> Reply:
    """One definition by its own or its fully qualified name, with its properties."""
    require_enterprise(account, SCOPES)
    for kind, definition in _definitions(account):
        if call.path["eventName"] in (kind.name, definition.name):
            return Reply(orjson.dumps(_json(account, kind, definition, with_properties=True)))
    raise not_found(f"No event definition with name {call.path['eventName']}")


def _paths(rest: str = "") -> tuple[str, ...]:
    return tuple(
        f"{base}/event-definitions{rest}"
        for base in ("/events/v3", "/events/{version}", "/events/custom/{version}")
    )


FAMILY = Family(
    name="event-definitions",
    limit="burst",
    routes=(
        Route("GET", _paths(), list_definitions, SCOPES),
        Route("GET", _paths("/{eventName}"), get_definition, SCOPES),
    ),
)


def _definitions(account: Account) -> list[tuple[EventType, CustomDefinition]]:
    return [
        (kind, kind.custom) for kind in custom_types(account.portal_id) if kind.custom is not None
    ]


def _json(
    account: Account, kind: EventType, definition: CustomDefinition, *, with_properties: bool
) -> dict[str, Any]:
    made = iso(account.started_ms - 500 * DAY_MS)
    labels = {"singular": definition.label}
    if definition.plural is not None:
        labels["plural"] = definition.plural
    body: dict[str, Any] = {
        "id": kind.type_id.partition("-")[2],
        "name": definition.name,
        "fullyQualifiedName": kind.name,
        "objectTypeId": kind.type_id,
        "labels": labels,
        "description": definition.description,
        "primaryObject": account.type_by_id(kind.object_type_id).fully_qualified_name,
        "primaryObjectId": kind.object_type_id,
        "trackingType": definition.tracking,
        "archived": definition.archived,
        "associations": [],
        "createdAt": made,
        "updatedAt": made,
        "createdUserId": 880_011,
    }
    declared = (field for field in kind.fields if field.declared) if with_properties else ()
    return body | {"properties": [_property_json(field, made) for field in declared]}


def _property_json(field: Field, made: str) -> dict[str, Any]:
    return {
        "name": field.name,
        "label": field.name.removeprefix("hs_").replace("_", " ").capitalize(),
        "description": "",
        "type": field.type,
        "fieldType": FIELD_TYPES[field.type],
        "groupName": "custom_event_properties",
        "options": [
            {"label": value.title(), "value": value, "displayOrder": order, "hidden": False}
            for order, value in enumerate(field.options)
        ],
        "displayOrder": -1,
        "hasUniqueValue": False,
        "hidden": False,
        "hubspotDefined": field.name.startswith("hs_"),
        "archived": False,
        "dataSensitivity": field.sensitivity,
        "createdAt": made,
        "updatedAt": made,
    }
