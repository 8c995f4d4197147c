"""What the APIs of marketing assets have in common: pages in the order of creation, filters, one by id.

The maximum of 100 a page is an assumption: HubSpot's documentation names none for these APIs.
"""

from collections.abc import Callable, Mapping
from typing import Any

import orjson

from crmsnap.sandbox.account.account import Account
from crmsnap.sandbox.account.asset_ids import asset_index
from crmsnap.sandbox.account.assets import Asset, AssetKind, asset, assets
from crmsnap.sandbox.account.ids import mix
from crmsnap.sandbox.account.times import to_ms
from crmsnap.sandbox.api import pages
from crmsnap.sandbox.api.route import Call, Reply

LIMIT_MAX = 100

Render = Callable[[Account, Asset, Call], Mapping[str, Any]]


def list_assets(
    account: Account, call: Call, kind: AssetKind, render: Render, *, limit: int, total: bool = True
) -> Reply:
    """A page of the live, or archived, assets; `limit` is the page size when none is asked for."""
    size = pages.limit(call, limit, LIMIT_MAX)
    archived = pages.flag(call, "archived")
    if call.first("sort") not in (None, "createdAt"):
        raise pages.invalid("sort", "the sandbox sorts assets by createdAt only")
    asked = _asked_times(call)
    found = [
        one
        for one in assets(account, kind, call.now_ms, archived=archived)
        if all(holds(one) for holds in asked)
    ]
    last, was_empty = _after(call)
    following = [one for one in found if one.index > last]
    shown = following[:size]
    after = None
    if len(following) > size:
        if account.knobs.short_pages:
            shown = shown[: mix(account.seed, last + 1) % len(shown)]
            shown = shown or ([] if not was_empty else following[:1])
        after = pages.token(shown[-1].index if shown else last, int(not shown))
    results = (orjson.dumps(render(account, one, call)) for one in shown)
    return pages.page(results, after, len(found) if total else None)


def find_asset(account: Account, call: Call, kind: AssetKind, id_: str) -> Asset | None:
    """The asset with this id, when it is live or archived as asked."""
    index = asset_index(account, kind, id_, call.now_ms)
    if index is None:
        return None
    found = asset(account, kind, index, call.now_ms)
    return found if (found.archived_ms is not None) is pages.flag(call, "archived") else None


def _after(call: Call) -> tuple[int, bool]:
    """The index of the last asset given, -1 before the first, and whether the page was empty."""
    parts = pages.token_parts(call, 2)
    if parts is None:
        return -1, False
    last, was_empty = parts
    if not last.removeprefix("-").isdecimal() or was_empty not in ("0", "1"):
        raise pages.invalid("after", "after is not a valid paging token")
    return int(last), was_empty == "1"


def _asked_times(call: Call) -> list[Callable[[Asset], bool]]:
    """The conditions on times that the query names: `createdAfter`, `updatedAt` and so on."""
    asked: list[Callable[[Asset], bool]] = []
    for field, time_of in TIMES.items():
        for suffix, compare in COMPARISONS.items():
            text = call.first(field + suffix)
            if text is not None:
                asked.append(_condition(text, field + suffix, time_of, compare))
    return asked


def _condition(
    text: str, name: str, time_of: Callable[[Asset], int], compare: Callable[[int, int], bool]
) -> Callable[[Asset], bool]:
    moment = to_ms(text)
    if moment is None:
        raise pages.invalid(name, f"{name} was not a valid time: {text}")
    return lambda one: compare(time_of(one), moment)


TIMES: dict[str, Callable[[Asset], int]] = {
    "created": lambda one: one.created_ms,
    "updated": lambda one: one.updated_ms,
}
COMPARISONS: dict[str, Callable[[int, int], bool]] = {
    "At": lambda time, asked: time == asked,
    "After": lambda time, asked: time > asked,
    "Before": lambda time, asked: time < asked,
}
