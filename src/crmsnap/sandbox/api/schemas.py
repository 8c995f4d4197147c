"""`/crm-object-schemas`: the definitions of object types. The list holds custom types only."""

from typing import Any

import orjson

from crmsnap.sandbox.account.account import Account
from crmsnap.sandbox.account.object_types import ObjectType
from crmsnap.sandbox.account.times import DAY_MS, iso
from crmsnap.sandbox.api import errors, pages
from crmsnap.sandbox.api.object_type import require
from crmsnap.sandbox.api.properties import property_json
from crmsnap.sandbox.api.route import Call, Family, Reply, Route

TEMPLATES = (
    "/crm-object-schemas/v3/schemas",
    "/crm/v3/schemas",
    "/crm-object-schemas/{version}/schemas",
)
CUSTOM_SCOPES = frozenset({"crm.schemas.custom.read", "crm.objects.custom.read"})


def list_schemas(account: Account, call: Call) -> Reply:
    """Every custom type, or every archived one; never paged."""
    types = account.archived_types() if pages.flag(call, "archived") else account.types()
    shown = (one for one in types if one.custom)
    return pages.page((orjson.dumps(_schema_json(account, one)) for one in shown), after=None)


def get_schema(account: Account, call: Call) -> Reply:
    """One type, standard ones too: the only way to see the labels of those."""
    found = account.find_type(call.path["type"])
    if found is None:
        raise errors.not_found()
    scope = "custom" if found.custom else found.name
    require(found.scopes | {f"crm.schemas.{scope}.read"}, call)
    return Reply(orjson.dumps(_schema_json(account, found)))


def _schema_json(account: Account, found: ObjectType) -> dict[str, Any]:
    long_ago = account.started_ms - 800 * DAY_MS
    made = iso(found.added_ms or long_ago)
    known = account.properties(found.id).values()
    names = {one.name for one in known}
    title = next((name for name in TITLES if name in names), "hs_object_id")
    body: dict[str, Any] = {
        "id": found.id.partition("-")[2],
        "objectTypeId": found.id,
        "fullyQualifiedName": found.fully_qualified_name,
        "name": found.name if found.custom else found.singular.upper(),
        "labels": {"singular": found.singular_label, "plural": found.plural_label},
        "requiredProperties": [title],
        "searchableProperties": [title],
        "primaryDisplayProperty": title,
        "secondaryDisplayProperties": [],
        "metaType": "PORTAL_SPECIFIC" if found.custom else "HUBSPOT",
        "allowsSensitiveProperties": found.allows_sensitive,
        "restorable": True,
        "archived": found.archived,
        "createdAt": made,
        "updatedAt": iso(found.changed_ms or long_ago),
        "properties": [
            property_json(account, one)
            for one in known
            if not one.archived and one.sensitivity == "non_sensitive"
        ],
        "associations": _associations_json(account, found, made),
    }
    if found.custom:
        body |= {
            "createdByUserId": 880011,
            "updatedByUserId": 880011,
            "portalId": account.portal_id,
        }
        body["description"] = found.description
    return body


TITLES = (
    "firstname", "name", "dealname", "subject", "title", "hs_name", "hs_title", "hs_lead_name", "hs_label",
)  # fmt: skip


def _associations_json(account: Account, found: ObjectType, made: str) -> list[dict[str, Any]]:
    return [
        {
            "id": str(kind.type_id),
            "fromObjectTypeId": kind.from_type,
            "toObjectTypeId": kind.to_type,
            "name": f"{found.name}_to_{account.type_by_id(kind.to_type).name}",
            "cardinality": "ONE_TO_MANY",
            "inverseCardinality": "ONE_TO_MANY",
            "createdAt": made,
            "updatedAt": made,
        }
        for kind in account.links.types
        if kind.from_type == found.id and kind.label is None
    ]


FAMILY = Family(
    name="schemas",
    limit="burst",
    routes=(
        Route("GET", TEMPLATES, list_schemas, CUSTOM_SCOPES),
        Route("GET", tuple(f"{one}/{{type}}" for one in TEMPLATES), get_schema),
    ),
)
