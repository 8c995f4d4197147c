"""`POST /crm/objects/{type}/search`: what HubSpot allows a query to be, and its cap.

At most 10,000 results per query, at most 200 a page, and never an archived record. Limits:
developers.hubspot.com, "Search the CRM".
"""

from typing import Any

import orjson

from crmsnap.sandbox.account.account import Account
from crmsnap.sandbox.account.object_types import ObjectType
from crmsnap.sandbox.account.query import Filter, Query, find
from crmsnap.sandbox.api import errors
from crmsnap.sandbox.api.number import whole_number
from crmsnap.sandbox.api.object_type import is_open, object_type, record_scopes
from crmsnap.sandbox.api.objects import DATED, LEGACY, selection, text_list
from crmsnap.sandbox.api.route import Call, Family, Reply, Route

LIMIT_DEFAULT, LIMIT_MAX = 10, 200
BODY_CHARACTERS_MAX = 3_000
GROUPS_MAX, FILTERS_PER_GROUP_MAX, FILTERS_MAX = 5, 6, 18
OPERATORS = frozenset({
    "EQ", "NEQ", "LT", "LTE", "GT", "GTE", "BETWEEN", "IN", "NOT_IN", "HAS_PROPERTY", "NOT_HAS_PROPERTY",
    "CONTAINS_TOKEN", "NOT_CONTAINS_TOKEN",
})  # fmt: skip


def search_records(account: Account, call: Call) -> Reply:
    """One page of the records that a query finds, with their total number."""
    found = object_type(account, call.path["type"])
    body = call.body or {}
    # "The body of your request" may have 3,000 characters ("Search the CRM"), but the names of the
    # wanted properties cannot count: readers that send all of an account's, 400 and more, live by it
    # (ingestr in every search, airbyte's source-hubspot in incremental ones, airweave PR 1064).
    # White space between tokens is not seen here, the body is decoded already.
    asked = {name: value for name, value in body.items() if name != "properties"}
    if len(orjson.dumps(asked).decode()) > BODY_CHARACTERS_MAX:
        raise errors.bad_request(
            f"The request body is longer than {BODY_CHARACTERS_MAX} characters"
        )
    query = _query(account, found, body)
    names = text_list(body, "properties")
    _refuse_sensitive(account, found, call, [*names, *_used(query)])
    limit = _integer(body, "limit", LIMIT_DEFAULT)
    after = _integer(body, "after", 0)
    if limit > LIMIT_MAX:
        raise errors.bad_request(f"limit must be at most {LIMIT_MAX}, not {limit}")
    cap = account.knobs.search_cap
    if after >= cap:
        raise errors.bad_request(f"There was a problem with the request: at most {cap} results")
    indexes = find(account, query, call.now_ms)
    end = min(after + limit, cap)
    records = account.render(found.id, indexes[after:end], selection(account, found, call, names))
    answer = b'{"total":%d,"results":[%b]' % (len(indexes), b",".join(records))
    if end < len(indexes) and limit:
        answer += b',"paging":{"next":{"after":"%d"}}' % end
    return Reply(answer + b"}")


def _query(account: Account, found: ObjectType, body: dict[str, Any]) -> Query:
    groups = _dicts(body, "filterGroups")
    if groups == [] and body.get("filters"):
        groups = [{"filters": body["filters"]}]
    filters = [tuple(_filter(one) for one in _dicts(group, "filters")) for group in groups]
    if len(filters) > GROUPS_MAX:
        raise errors.bad_request(f"at most {GROUPS_MAX} filterGroups")
    if any(len(group) > FILTERS_PER_GROUP_MAX for group in filters):
        raise errors.bad_request(f"at most {FILTERS_PER_GROUP_MAX} filters in a filterGroup")
    if sum(map(len, filters)) > FILTERS_MAX:
        raise errors.bad_request(f"at most {FILTERS_MAX} filters in all")
    name, descending = _sort(body)
    query = Query(found.id, tuple(filters), str(body.get("query") or ""), name, descending)
    _check(account, found, query)
    return query


def _filter(one: dict[str, Any]) -> Filter:
    operator, name = one.get("operator"), one.get("propertyName")
    if not isinstance(operator, str) or operator not in OPERATORS or not isinstance(name, str):
        raise errors.bad_request(f"Invalid filter: {operator} on {name}")
    values = tuple(text_list(one, "values"))
    if operator in ("IN", "NOT_IN") and not values:
        raise errors.bad_request(f"{operator} needs values")
    for wanted in VALUES_NEEDED.get(operator, ()):
        if one.get(wanted) is None:
            raise errors.bad_request(f"{operator} needs {wanted}")
    return Filter(name, operator, _text(one.get("value")), _text(one.get("highValue")), values)


VALUES_NEEDED = dict.fromkeys(
    ("EQ", "NEQ", "LT", "LTE", "GT", "GTE", "CONTAINS_TOKEN", "NOT_CONTAINS_TOKEN"), ("value",)
) | {"BETWEEN": ("value", "highValue")}


def _sort(body: dict[str, Any]) -> tuple[str | None, bool]:
    sorts = body.get("sorts") or []
    if not isinstance(sorts, list) or len(sorts) > 1:
        raise errors.bad_request("at most one sort")
    if not sorts:
        return None, False
    only = sorts[0]
    if isinstance(only, str):
        return only.removeprefix("-"), only.startswith("-")
    if not isinstance(only, dict) or not isinstance(only.get("propertyName"), str):
        raise errors.bad_request("a sort needs a propertyName")
    return only["propertyName"], only.get("direction") == "DESCENDING"


def _check(account: Account, found: ObjectType, query: Query) -> None:
    """Names have to exist; times have to be milliseconds since the epoch."""
    known = account.properties(found.id)
    for name in _used(query):
        if name not in known or known[name].archived:
            raise errors.bad_request(f"There is no property {name} of {found.name}")
    for group in query.groups:
        for one in group:
            given = (one.value, one.high_value, *one.values)
            if known[one.name].type == "datetime" and one.operator in TIME_OPERATORS:
                for value in filter(None, given):
                    if whole_number(value.removeprefix("-")) is None:
                        raise errors.bad_request(
                            f"{one.name}: {value} is not a time in milliseconds"
                        )


TIME_OPERATORS = OPERATORS - {"CONTAINS_TOKEN", "NOT_CONTAINS_TOKEN"}


def _used(query: Query) -> list[str]:
    """Every property that decides about results or their order."""
    names = [one.name for group in query.groups for one in group]
    return names if query.sort_name is None else [*names, query.sort_name]


def _refuse_sensitive(account: Account, found: ObjectType, call: Call, names: list[str]) -> None:
    """Search does not hide what a token may not see, it refuses the query (airbyte PR 74032)."""
    known = account.properties(found.id)
    for name in names:
        if name in known and not is_open(found, known[name], call):
            raise errors.missing_scopes(found.sensitive_scopes(known[name].sensitivity))


def _dicts(body: dict[str, Any], name: str) -> list[dict[str, Any]]:
    found = body.get(name) or []
    if not isinstance(found, list) or not all(isinstance(one, dict) for one in found):
        raise errors.bad_request(f"{name} has to be a list of objects")
    return found


def _integer(body: dict[str, Any], name: str, default: int) -> int:
    """A number in a body. `after` may be a number or its text; anything else is 400."""
    text = str(body.get(name) if body.get(name) not in (None, "") else default)
    number = whole_number(text)
    if number is None:
        raise errors.bad_request(f"{name} was not a valid number: {text}")
    return number


def _text(value: Any) -> str | None:
    return None if value is None else str(value)


FAMILY = Family(
    name="search",
    limit="search",
    routes=(Route("POST", (f"{LEGACY}/search", f"{DATED}/search"), search_records, record_scopes),),
)
