"""`/crm/lists`: finding lists, one list, and its members by record id or in the order of joining.

The search pages by `offset` and `hasMore`, the members by `after`; a deleted list can still be read
by its id but is never found. Sources: the API's models in HubSpot's official clients.
"""

from collections.abc import Callable, Iterator, Mapping
from itertools import islice
from typing import Any

import orjson

from crmsnap.sandbox.account.account import Account
from crmsnap.sandbox.account.lists import (
    Processing,
    RecordList,
    joined_ms,
    last_joined_ms,
    last_left_ms,
    list_at,
    list_index,
    live_lists,
    members,
    position_of,
    rank_of,
    size,
)
from crmsnap.sandbox.account.times import iso
from crmsnap.sandbox.api import pages
from crmsnap.sandbox.api.errors import bad_request
from crmsnap.sandbox.api.route import ApiError, Call, Family, Reply, Route

SCOPES = frozenset({"crm.lists.read"})
ALWAYS_TOLD = (
    "hs_list_size",
    "hs_last_record_added_at",
    "hs_last_record_removed_at",
    "hs_folder_name",
    "hs_list_reference_count",
)


def search_lists(account: Account, call: Call) -> Reply:
    """A page of the lists that a search in the body means; all of them for an empty search."""
    body = call.body if call.body is not None else {}
    if not isinstance(body, dict):
        raise bad_request("Invalid input JSON: an object is expected")
    for name in ("listIds", "processingTypes"):
        if not isinstance(body.get(name) or [], list):
            raise pages.invalid(name, f"{name} has to be a list")
    count = _integer(body, "count", 20, 500)
    offset = _integer(body, "offset", 0, None)
    found = [one for one in live_lists(account, call.now_ms) if _matches(one, body)]
    chosen = found[offset : offset + count]
    answer = {
        "offset": offset + len(chosen),
        "hasMore": offset + len(chosen) < len(found),
        "lists": [
            _json(one) | {"additionalProperties": _properties(account, one)} for one in chosen
        ],
        "total": len(found),
    }
    return Reply(orjson.dumps(answer))


def get_lists(account: Account, call: Call) -> Reply:
    """The lists whose ids are given, deleted ones included."""
    ids = [text for value in call.query.get("listIds", ()) for text in value.split(",") if text]
    found = [_find(account, text, call.now_ms) for text in ids]
    return Reply(orjson.dumps({"lists": [_whole_json(account, one, call) for one in found if one]}))


def get_list(account: Account, call: Call) -> Reply:
    """One list by its id, deleted or not."""
    one = _list(account, call)
    return Reply(orjson.dumps({"list": _whole_json(account, one, call)}))


def get_list_by_name(account: Account, call: Call) -> Reply:
    """One list by the type of its members and its name."""
    for one in live_lists(account, call.now_ms):
        if one.type_id == call.path["objectTypeId"] and one.name == call.path["listName"]:
            return Reply(orjson.dumps({"list": _whole_json(account, one, call)}))
    raise _no_list("listName", call.path["listName"])


def list_members(account: Account, call: Call) -> Reply:
    """A page of the live members in the order of their record ids."""
    one = _live_list(account, call)
    last = pages.token_number(call)
    found = members(account, one)
    first = 0 if last is None else last + 1
    return _members_page(account, one, call, ((at, at) for at in range(first, len(found))))


def list_members_by_joining(account: Account, call: Call) -> Reply:
    """A page of the live members, who joined first comes first."""
    one = _live_list(account, call)
    last = pages.token_number(call)
    ranks = range(0 if last is None else last + 1, len(members(account, one)))
    return _members_page(account, one, call, ((rank, position_of(one, rank)) for rank in ranks))


def list_memberships_of_record(account: Account, call: Call) -> Reply:
    """The lists that one record is a member of."""
    type_id, text = call.path["objectTypeId"], call.path["recordId"]
    object_type = account.find_type(type_id)
    index = None
    if object_type is not None and text.isascii() and text.isdigit():
        index = account.index_of(object_type.id, int(text))
    if object_type is None or index is None or not account.is_live(object_type.id, index):
        return pages.page((), after=None)
    results = []
    for one in live_lists(account, call.now_ms):
        found = members(account, one)
        if one.type_id == object_type.id and index in found:
            joined = iso(joined_ms(account, one, rank_of(one, found.index(index))))
            results.append(
                {
                    "listId": str(one.id),
                    "listVersion": one.version,
                    "firstAddedTimestamp": joined,
                    "lastAddedTimestamp": joined,
                    "isPublicList": False,
                }
            )
    return pages.page(map(orjson.dumps, results), after=None, total=len(results))


def _route(method: str, rest: str, handler: Callable[[Account, Call], Reply]) -> Route:
    return Route(method, (f"/crm/v3/lists{rest}", f"/crm/lists/{{version}}{rest}"), handler, SCOPES)


FAMILY = Family(
    name="lists",
    limit="burst",
    routes=(
        _route("GET", "", get_lists),
        _route("POST", "/search", search_lists),
        _route("GET", "/{listId}", get_list),
        _route("GET", "/object-type-id/{objectTypeId}/name/{listName}", get_list_by_name),
        _route("GET", "/{listId}/memberships", list_members),
        _route("GET", "/{listId}/memberships/join-order", list_members_by_joining),
        _route("GET", "/records/{objectTypeId}/{recordId}/memberships", list_memberships_of_record),
    ),
)


def _members_page(
    account: Account, one: RecordList, call: Call, places: Iterator[tuple[int, int]]
) -> Reply:
    """A page of the live ones among (cursor, position) pairs."""
    wanted = pages.limit(call, default=100, maximum=250)
    found = members(account, one)
    live = (place for place in places if account.is_live(one.type_id, found[place[1]]))
    chosen = list(islice(live, wanted + 1))
    results = (
        b'{"recordId":"%d","membershipTimestamp":"%s"}'
        % (
            account.record_id(one.type_id, found[position]),
            iso(joined_ms(account, one, rank_of(one, position))).encode(),
        )
        for _, position in chosen[:wanted]
    )
    after = pages.token(chosen[wanted - 1][0]) if len(chosen) > wanted else None
    return pages.page(results, after)


def _integer(body: Mapping[str, Any], name: str, default: int, maximum: int | None) -> int:
    value = body.get(name)
    if value is None:
        return default
    if type(value) is not int or value < 0 or (maximum is not None and value > maximum):
        raise pages.invalid(name, f"{name} must be a number from 0 to {maximum}, not {value}")
    return value


def _matches(one: RecordList, body: Mapping[str, Any]) -> bool:
    """Whether the list is meant; a criterion that is missing or empty means every list."""
    query, ids = body.get("query") or "", body.get("listIds") or ()
    kinds, type_id = body.get("processingTypes") or (), body.get("objectTypeId")
    return (
        str(query).lower() in one.name.lower()
        and (not ids or str(one.id) in map(str, ids))
        and (not kinds or one.processing in kinds)
        and (not type_id or one.type_id == type_id)
    )


def _find(account: Account, text: str, now_ms: int) -> RecordList | None:
    known = text.isascii() and text.isdigit()
    index = list_index(account, int(text), now_ms) if known else None
    return None if index is None else list_at(account, index, now_ms)


def _list(account: Account, call: Call) -> RecordList:
    one = _find(account, call.path["listId"], call.now_ms)
    if one is None:
        raise _no_list("listId", call.path["listId"])
    return one


def _live_list(account: Account, call: Call) -> RecordList:
    one = _list(account, call)
    if one.deleted_ms is not None:
        raise _no_list("listId", call.path["listId"])
    return one


def _no_list(name: str, text: str) -> ApiError:
    """404 as this family answers it: without a category."""
    message = f"List does not exist with ID {text}."
    return ApiError(404, {"status": "error", "message": message, "context": {name: [text]}})


def _json(one: RecordList) -> dict[str, Any]:
    body: dict[str, Any] = {
        "listId": str(one.id),
        "listVersion": one.version,
        "name": one.name,
        "objectTypeId": one.type_id,
        "processingStatus": "COMPLETE",
        "processingType": one.processing,
        "createdAt": iso(one.created_ms),
        "updatedAt": iso(one.updated_ms),
        "createdById": "880011",
        "updatedById": "880011",
    }
    if one.processing is not Processing.MANUAL:
        body["filtersUpdatedAt"] = iso(one.updated_ms)
    if one.deleted_ms is not None:
        body["deletedAt"] = iso(one.deleted_ms)
    return body


def _whole_json(account: Account, one: RecordList, call: Call) -> dict[str, Any]:
    """A list as the endpoints for single lists tell it: with its size, and its filters when asked."""
    body = _json(one) | {"size": 0 if one.deleted_ms is not None else size(account, one)}
    if one.processing is not Processing.MANUAL and pages.flag(call, "includeFilters"):
        body["filterBranch"] = _filters(one)
    return body


def _properties(account: Account, one: RecordList) -> dict[str, str]:
    """What a search tells besides; whatever is empty is left out. All values are texts."""
    joined, left = last_joined_ms(account, one), last_left_ms(account, one)
    values = {
        "hs_list_size": str(size(account, one)),
        "hs_last_record_added_at": None if joined is None else str(joined),
        "hs_last_record_removed_at": None if left is None else str(left),
        "hs_folder_name": one.folder,
        "hs_list_reference_count": str(one.version % 3),
    }
    return {name: value for name in ALWAYS_TOLD if (value := values[name]) is not None}


def _filters(one: RecordList) -> dict[str, Any]:
    condition = {
        "filterType": "PROPERTY",
        "property": "hs_object_id",
        "operation": {
            "operationType": "NUMBER",
            "operator": "IS_GREATER_THAN",
            "value": one.first,
            "includeObjectsWithNoValueSet": False,
        },
    }
    inner = {
        "filterBranchType": "AND",
        "filterBranchOperator": "AND",
        "filterBranches": [],
        "filters": [condition],
    }
    return {
        "filterBranchType": "OR",
        "filterBranchOperator": "OR",
        "filterBranches": [inner],
        "filters": [],
    }
