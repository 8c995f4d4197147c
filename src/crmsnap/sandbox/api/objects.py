"""`/crm/objects/{type}`: pages of records, single records, batches of records.

Properties have to be named: without names three come, and names that do not exist are ignored.
Empty properties are null, not absent. The end of a list is told by the absence of `paging.next`.
"""

from collections.abc import Iterable, Sequence
from itertools import islice
from typing import Any

import orjson

from crmsnap.sandbox.account.account import Account
from crmsnap.sandbox.account.ids import mix
from crmsnap.sandbox.account.object_types import ObjectType
from crmsnap.sandbox.account.pages import Selection
from crmsnap.sandbox.account.records import index_in_email
from crmsnap.sandbox.account.times import iso
from crmsnap.sandbox.api import errors, pages
from crmsnap.sandbox.api.number import whole_number
from crmsnap.sandbox.api.object_type import is_open, object_type, record_scopes
from crmsnap.sandbox.api.route import Call, Family, Reply, Route

LIMIT_DEFAULT, LIMIT_MAX, LIMIT_MAX_WITH_HISTORY = 10, 100, 50
LEGACY, DATED = "/crm/v3/objects/{type}", "/crm/objects/{version}/{type}"


def list_records(account: Account, call: Call) -> Reply:
    """One page of the live or archived records, by ascending id."""
    found = object_type(account, call.path["type"])
    chosen = selection(account, found, call, _names(call, "properties"), _names(call, HISTORY))
    limit = pages.limit(
        call, LIMIT_DEFAULT, LIMIT_MAX_WITH_HISTORY if chosen.history else LIMIT_MAX
    )
    after = _after(call)
    start = account.first_index_after(found.id, after) if after is not None else 0
    archived = pages.flag(call, "archived")
    walk = account.archived_indexes if archived else account.live_indexes
    indexes = list(islice(walk(found.id, start), limit + 1))
    shown = indexes[:limit]
    last = account.record_id(found.id, shown[-1]) if len(indexes) > limit else None
    if last is not None and account.knobs.short_pages:
        shown, last = _shortened(account, found, shown, after or 0)
    records = account.render(found.id, shown, chosen)
    wanted = [object_type(account, name) for name in _names(call, "associations")]
    if wanted:
        records = [
            _with_associations(account, found, index, record, wanted)
            for index, record in zip(shown, records, strict=True)
        ]
    return Reply(_page(records, found, last, numeric=account.knobs.numeric_after))


def get_record(account: Account, call: Call) -> Reply:
    """One record, by its id or by a property that identifies it."""
    found = object_type(account, call.path["type"])
    chosen = selection(account, found, call, _names(call, "properties"), _names(call, HISTORY))
    archived = pages.flag(call, "archived")
    id_property = call.first("idProperty")
    index = _find(account, found, call.path["id"], id_property, archived=archived)
    if index is None:
        raise errors.not_found()
    record = account.render(found.id, [index], chosen)[0]
    wanted = [object_type(account, name) for name in _names(call, "associations")]
    return Reply(_with_associations(account, found, index, record, wanted) if wanted else record)


def batch_read(account: Account, call: Call) -> Reply:
    """The records of up to 100 ids; 207 when some of them cannot be read."""
    found = object_type(account, call.path["type"])
    body = call.body or {}
    names, history = text_list(body, "properties"), text_list(body, HISTORY)
    chosen = selection(account, found, call, names, history)
    wanted = input_ids(body, LIMIT_MAX_WITH_HISTORY if history else LIMIT_MAX)
    archived = pages.flag(call, "archived")
    indexes: dict[int, None] = {}
    missing = []
    for text in wanted:
        index = _find(account, found, text, body.get("idProperty"), archived=archived)
        if index is None:
            missing.append(text)
        else:
            indexes[index] = None
    if indexes and account.knobs.batch_misses:
        account.knobs.batch_misses -= 1
        del indexes[list(indexes)[len(indexes) // 2]]
    return batch_reply(account.render(found.id, indexes, chosen), _missing(found, missing), call)


def selection(
    account: Account,
    found: ObjectType,
    call: Call,
    names: Iterable[str],
    history: Iterable[str] = (),
) -> Selection:
    """The properties that an answer shows: three unasked, and those asked for that exist and are open."""
    known = account.properties(found.id)
    unasked = [found.created_property, "hs_object_id", found.modified_property]
    if account.knobs.unasked_sensitive:
        unasked += [name for name, one in known.items() if one.sensitivity != "non_sensitive"]
    opened = {name for name in unasked if name in known}
    opened |= {
        name
        for name in {*names, *history}
        if (one := known.get(name)) is not None and not one.archived and is_open(found, one, call)
    }
    return Selection(
        names=tuple(dict.fromkeys(name for name in (*unasked, *names) if name in opened)),
        history=tuple(dict.fromkeys(name for name in history if name in opened)),
    )


def _shortened(
    account: Account, found: ObjectType, shown: list[int], after: int
) -> tuple[list[int], int]:
    """A part of a page, perhaps nothing, and a cursor that is past `after` and loses no record."""
    part = shown[: mix(account.seed, after) % len(shown)]
    just_before = account.record_id(found.id, shown[0]) - 1
    if not part and just_before > after:
        return [], just_before
    part = part or shown[:1]
    return part, account.record_id(found.id, part[-1])


HISTORY = "propertiesWithHistory"


def text_list(body: dict[str, Any], name: str) -> list[str]:
    """A list of texts in a body, empty when it is not there; 400 for anything else."""
    found = body.get(name) or []
    if not isinstance(found, list) or not all(isinstance(text, str) for text in found):
        raise errors.bad_request(f"{name} has to be a list of strings")
    return found


def input_ids(body: dict[str, Any], maximum: int) -> list[str]:
    """The ids of a batch; 400 when there are too many."""
    inputs = body.get("inputs")
    if not isinstance(inputs, list) or not all(isinstance(one, dict) for one in inputs):
        raise errors.bad_request("inputs has to be a list of objects")
    if len(inputs) > maximum:
        raise errors.bad_request(f"The maximum number of inputs supported is {maximum}")
    return [str(one.get("id")) for one in inputs]


def batch_reply(results: Sequence[bytes], failures: Sequence[dict[str, Any]], call: Call) -> Reply:
    """The envelope of a batch: 207 when something failed."""
    body = b'{"status":"COMPLETE","results":[' + b",".join(results) + b"]"
    if failures:
        body += b',"numErrors":%d,"errors":%b' % (len(failures), orjson.dumps(failures))
    now = iso(call.now_ms).encode()
    body += b',"startedAt":"%b","completedAt":"%b"}' % (now, now)
    return Reply(body, status=207 if failures else 200)


def _missing(found: ObjectType, ids: list[str]) -> list[dict[str, Any]]:
    """HubSpot reports all ids that it cannot read as one error."""
    if not ids:
        return []
    return [
        {
            "status": "error",
            "category": "OBJECT_NOT_FOUND",
            "message": f"Could not get some {found.singular.upper()} objects, they may be deleted or "
            "not exist. Check that ids are valid.",
            "context": {"ids": ids},
        }
    ]


def _find(
    account: Account, found: ObjectType, text: str, id_property: str | None, *, archived: bool
) -> int | None:
    """The record that an id means, None when there is none to read."""
    if id_property in (None, "hs_object_id"):
        number = whole_number(text)
        index = None if number is None else account.index_of(found.id, number)
    elif id_property == "email" and found.id == "0-1":
        index = _index_of_email(account, text)
    else:
        raise errors.bad_request(f"{id_property} is not a unique property of {found.name}")
    if index is None:
        return None
    if found.id == "0-1":
        # A merged-away contact is answered by its survivor; of other types it is simply gone.
        index = account.survivor(found.id, index)
    readable = account.is_archived if archived else account.is_live
    return index if readable(found.id, index) else None


def _index_of_email(account: Account, email: str) -> int | None:
    index = index_in_email(email)
    if index is None or index >= account.size("0-1"):
        return None
    known = account.view("0-1", index).value("email")
    return index if known is not None and known.lower() == email.lower() else None


def _with_associations(
    account: Account, found: ObjectType, index: int, record: bytes, wanted: Iterable[ObjectType]
) -> bytes:
    """A record with the ids of its associations: a hint without label and type id, as HubSpot gives it."""
    listed: dict[str, Any] = {}
    for other in wanted:
        items = [
            {
                "id": str(account.record_id(other.id, target)),
                "type": f"{found.singular}_to_{other.singular}"
                + ("" if kind.label else "_unlabeled"),
            }
            for target, kinds in account.associated(found.id, index, other.id)
            for kind in kinds
        ]
        if items:
            listed[other.name] = {"results": items}
    return record[:-1] + b',"associations":' + orjson.dumps(listed) + b"}" if listed else record


def _page(records: Iterable[bytes], found: ObjectType, last: int | None, *, numeric: bool) -> bytes:
    body = b'{"results":[' + b",".join(records) + b"]"
    if last is not None:
        link = f"https://api.hubapi.com/crm/v3/objects/{found.name}?after={last}"
        after = b"%d" % last if numeric else b'"%d"' % last
        body += b',"paging":{"next":{"after":%b,"link":%b}}' % (after, orjson.dumps(link))
    return body + b"}"


def _names(call: Call, name: str) -> list[str]:
    """A parameter that may be repeated, each time with several values between commas."""
    return [part for text in call.query.get(name, ()) for part in text.split(",") if part]


def _after(call: Call) -> int | None:
    text = call.first("after")
    if not text:
        return None
    number = whole_number(text)
    if number is None:
        raise pages.invalid("after", f"after was not a valid number: {text}", "INVALID_INTEGER")
    return number


FAMILY = Family(
    name="objects",
    limit="burst",
    routes=(
        Route("GET", (LEGACY, DATED), list_records, record_scopes),
        Route("GET", (f"{LEGACY}/{{id}}", f"{DATED}/{{id}}"), get_record, record_scopes),
        Route("POST", (f"{LEGACY}/batch/read", f"{DATED}/batch/read"), batch_read, record_scopes),
    ),
)
