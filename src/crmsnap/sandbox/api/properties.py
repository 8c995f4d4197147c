"""`/crm/properties/{type}`: the definitions, sensitive ones only for who asks for them."""

from typing import Any

import orjson

from crmsnap.sandbox.account.account import Account
from crmsnap.sandbox.account.property import SENSITIVITIES, Property
from crmsnap.sandbox.account.times import DAY_MS, iso
from crmsnap.sandbox.api import errors, pages
from crmsnap.sandbox.api.object_type import object_type, schema_scopes
from crmsnap.sandbox.api.objects import batch_reply, text_list
from crmsnap.sandbox.api.route import Call, Family, Reply, Route

LEGACY, DATED = "/crm/v3/properties/{type}", "/crm/properties/{version}/{type}"


def list_properties(account: Account, call: Call) -> Reply:
    """Every definition of a type with the sensitivity and the state asked for; never paged."""
    found = object_type(account, call.path["type"])
    shown = _shown(account, found.id, call)
    return pages.page((orjson.dumps(property_json(account, one)) for one in shown), after=None)


def get_property(account: Account, call: Call) -> Reply:
    """One definition; a sensitive one has to be asked for as such."""
    found = object_type(account, call.path["type"])
    for one in _shown(account, found.id, call):
        if one.name == call.path["name"]:
            return Reply(orjson.dumps(property_json(account, one)))
    raise errors.not_found(f"No property exists with the name {call.path['name']}")


def batch_read(account: Account, call: Call) -> Reply:
    """The definitions with these names; unknown ones are errors of a 207."""
    found = object_type(account, call.path["type"])
    body = call.body or {}
    archived = bool(body.get("archived", False))
    sensitivity = _sensitivity(str(body.get("dataSensitivity") or "non_sensitive"))
    inputs = body.get("inputs") or []
    if not isinstance(inputs, list) or not all(isinstance(one, dict) for one in inputs):
        raise errors.bad_request("inputs has to be a list of objects")
    known = account.properties(found.id)
    results, failures = [], []
    for name in text_list({"names": [str(one.get("name")) for one in inputs]}, "names"):
        one = known.get(name)
        if one is not None and one.archived == archived and one.sensitivity == sensitivity:
            results.append(orjson.dumps(property_json(account, one)))
        else:
            failures.append(
                {
                    "status": "error",
                    "category": "OBJECT_NOT_FOUND",
                    "message": f"No property exists with the name {name}",
                    "context": {"name": [name]},
                }
            )
    return batch_reply(results, failures, call)


def property_json(account: Account, one: Property) -> dict[str, Any]:
    """A definition as the API gives it."""
    long_ago = account.started_ms - 1000 * DAY_MS
    body: dict[str, Any] = {
        "updatedAt": iso(one.changed_ms or long_ago),
        "createdAt": iso(one.added_ms or long_ago),
        "name": one.name,
        "label": one.label,
        "type": one.type,
        "fieldType": one.field_type,
        "description": f"{one.label}." if not one.custom else "",
        "groupName": one.group,
        "options": [
            {
                "label": value.replace("_", " "),
                "value": value,
                "displayOrder": order,
                "hidden": False,
            }
            for order, value in enumerate(one.options)
        ],
        "displayOrder": -1,
        "calculated": one.calculated,
        "externalOptions": one.referenced_type is not None,
        "archived": one.archived,
        "hasUniqueValue": "unique" in one.flags,
        "hidden": "hidden" in one.flags,
        "formField": not one.calculated,
        "modificationMetadata": {
            "archivable": one.custom,
            "readOnlyDefinition": not one.custom,
            "readOnlyValue": one.calculated,
        },
    }
    if one.classified:
        body["dataSensitivity"] = one.sensitivity
    if not one.custom:
        body["hubspotDefined"] = True
    if one.referenced_type is not None:
        body["referencedObjectType"] = one.referenced_type
    if one.categories:
        body["sensitiveDataCategories"] = list(one.categories)
    if one.archived:
        body["archivedAt"] = iso(one.changed_ms or account.started_ms - 100 * DAY_MS)
    return body


def _shown(account: Account, type_id: str, call: Call) -> list[Property]:
    archived = pages.flag(call, "archived")
    sensitivity = _sensitivity(call.first("dataSensitivity") or "non_sensitive")
    return [
        one
        for one in account.properties(type_id).values()
        if one.archived == archived and one.sensitivity == sensitivity
    ]


def _sensitivity(text: str) -> str:
    if text not in SENSITIVITIES:
        raise errors.bad_request(f"dataSensitivity has to be one of {', '.join(SENSITIVITIES)}")
    return text


FAMILY = Family(
    name="properties",
    limit="burst",
    routes=(
        Route("GET", (LEGACY, DATED), list_properties, schema_scopes),
        Route("GET", (f"{LEGACY}/{{name}}", f"{DATED}/{{name}}"), get_property, schema_scopes),
        Route("POST", (f"{LEGACY}/batch/read", f"{DATED}/batch/read"), batch_read, schema_scopes),
    ),
)
