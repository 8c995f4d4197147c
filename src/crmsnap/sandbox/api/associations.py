"""Associations v4: batches of records with the ids they are associated with, and the labels of a pair.

207 is the normal answer of a batch: records without associations are errors, not empty lists. Ids of
the records asked for are texts, ids of the records found are JSON numbers, beyond 2^53 too.
"""

from collections.abc import Iterable
from typing import Any

import orjson

from crmsnap.sandbox.account.account import Account
from crmsnap.sandbox.account.association_types import WORK, AssociationType
from crmsnap.sandbox.account.object_types import ObjectType
from crmsnap.sandbox.api import errors, pages
from crmsnap.sandbox.api.number import whole_number
from crmsnap.sandbox.api.object_type import associable_type, require
from crmsnap.sandbox.api.objects import batch_reply
from crmsnap.sandbox.api.route import Call, Family, Reply, Route

INPUTS_MAX = 1_000
TARGETS_MAX = 500
LEGACY = "/crm/v4/associations/{from}/{to}"
DATED = "/crm/associations/{version}/{from}/{to}"
CONFIGURATIONS = (
    "/crm/associations/v4/definitions/configurations",
    "/crm/v4/associations/definitions/configurations",  # where hubspot-api-client asks
    "/crm/associations/{version}/definitions/configurations",
)
ENFORCED_MAX = {("0-3", "0-2", 5): 1, ("0-1", "0-2", 1): 1}
"""Limits that somebody set: how many records one record may have by this type of association."""


def batch_read(account: Account, call: Call) -> Reply:
    """The associations of up to 1,000 records to one type, at most 500 a record and request."""
    source, target = _pair(account, call)
    inputs = (call.body or {}).get("inputs")
    if not isinstance(inputs, list) or not all(isinstance(one, dict) for one in inputs):
        raise errors.bad_request("inputs has to be a list of objects")
    if len(inputs) > INPUTS_MAX:
        raise errors.bad_request(f"The maximum number of inputs supported is {INPUTS_MAX}")
    results, failures = [], []
    for one in inputs:
        text = str(one.get("id"))
        found, after = _targets(account, source, text, target, one.get("after"), TARGETS_MAX)
        if found:
            results.append(_result(account, text, target, found, after))
        else:
            failures.append(_nothing_found(source, text, target))
    return batch_reply(results, failures, call)


def list_associations(account: Account, call: Call) -> Reply:
    """One page of the associations of one record."""
    source, target = _pair(account, call)
    limit = pages.limit(call, TARGETS_MAX, TARGETS_MAX)
    text = call.path["id"]
    if _live_index(account, source, text) is None:
        raise errors.not_found()
    found, after = _targets(account, source, text, target, call.first("after"), limit)
    return pages.page([_to_json(account, target, *one) for one in found], after)


def list_labels(account: Account, call: Call) -> Reply:
    """The association types of an ordered pair; none when the pair cannot be associated."""
    source, target = _pair(account, call, either=True)
    hidden = {WORK} if account.knobs.hides_work_labels else set()
    kinds = [
        kind for kind in account.links.of_pair(source.id, target.id) if kind.category not in hidden
    ]
    return pages.page((orjson.dumps(_kind_json(kind)) for kind in kinds), after=None)


def list_configurations(account: Account, call: Call) -> Reply:
    """Every limit that somebody set on an association type."""
    limited = [
        {
            "fromObjectTypeId": kind.from_type,
            "toObjectTypeId": kind.to_type,
            **_kind_json(kind),
            "userEnforcedMaxToObjectIds": ENFORCED_MAX[_limit_key(kind)],
        }
        for kind in account.links.types
        if _limit_key(kind) in ENFORCED_MAX and kind.category == "HUBSPOT_DEFINED"
    ]
    return pages.page(map(orjson.dumps, limited), after=None)


def _limit_key(kind: AssociationType) -> tuple[str, str, int]:
    return kind.from_type, kind.to_type, kind.type_id


def _pair(account: Account, call: Call, *, either: bool = False) -> tuple[ObjectType, ObjectType]:
    """The two types of a path. The token needs the read scopes of both ends, or of `either`."""
    source = associable_type(account, call.path["from"])
    target = associable_type(account, call.path["to"])
    if either:
        require(source.scopes | target.scopes, call)
    else:
        require(source.scopes, call)
        require(target.scopes, call)
    return source, target


Target = tuple[int, list[AssociationType]]


def _targets(
    account: Account, source: ObjectType, text: str, target: ObjectType, after: Any, limit: int
) -> tuple[list[Target], str | None]:
    """A page of the live records that a record is associated with, and the cursor of the next one."""
    index = _live_index(account, source, text)
    if index is None:
        return [], None
    found = account.associated(source.id, index, target.id)
    if after not in (None, ""):
        cursor = whole_number(str(after))
        if cursor is None:
            raise errors.bad_request(f"after was not a valid number: {after}")
        first = account.first_index_after(target.id, cursor)
        found = [one for one in found if one[0] >= first]
    more = len(found) > limit
    return found[:limit], str(account.record_id(target.id, found[limit - 1][0])) if more else None


def _live_index(account: Account, source: ObjectType, text: str) -> int | None:
    """The live record with this id, None when there is none."""
    number = whole_number(text)
    index = None if number is None else account.index_of(source.id, number)
    return index if index is not None and account.is_live(source.id, index) else None


def _result(
    account: Account, text: str, target: ObjectType, found: Iterable[Target], after: str | None
) -> bytes:
    to = b",".join(_to_json(account, target, *one) for one in found)
    paging = b"" if after is None else b',"paging":{"next":{"after":%b}}' % orjson.dumps(after)
    return b'{"from":{"id":%b},"to":[%b]%b}' % (orjson.dumps(text), to, paging)


def _to_json(
    account: Account, target: ObjectType, index: int, kinds: Iterable[AssociationType]
) -> bytes:
    types = orjson.dumps([_kind_json(kind) for kind in kinds])
    return b'{"toObjectId":%d,"associationTypes":%b}' % (account.record_id(target.id, index), types)


def _kind_json(kind: AssociationType) -> dict[str, Any]:
    return {"category": kind.category, "typeId": kind.type_id, "label": kind.label}


def _nothing_found(source: ObjectType, text: str, target: ObjectType) -> dict[str, Any]:
    return {
        "status": "error",
        "category": "OBJECT_NOT_FOUND",
        "subCategory": "crm.associations.NO_ASSOCIATIONS_FOUND",
        "message": f"No {target.singular} is associated with {source.singular} {text}.",
        "context": {
            "fromObjectId": [text],
            "fromObjectType": [source.singular],
            "toObjectType": [target.singular],
        },
    }


RECORD = (
    "/crm/v4/objects/{from}/{id}/associations/{to}",
    "/crm/objects/{version}/{from}/{id}/associations/{to}",
)

FAMILIES = (
    Family(
        name="associations",
        limit="associations",
        routes=(
            Route("POST", (f"{LEGACY}/batch/read", f"{DATED}/batch/read"), batch_read),
            Route("GET", RECORD, list_associations),
        ),
    ),
    Family(
        name="association-labels",
        limit="associations",
        routes=(
            Route("GET", (f"{LEGACY}/labels", f"{DATED}/labels"), list_labels),
            Route("GET", tuple(f"{one}/all" for one in CONFIGURATIONS), list_configurations),
        ),
    ),
)
