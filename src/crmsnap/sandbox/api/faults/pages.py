"""Effects on the JSON of a good answer: what a list of records can do to the one who reads it."""

from collections.abc import Callable
from dataclasses import replace
from typing import Annotated, Any, Literal

import msgspec
import orjson

from crmsnap.sandbox.api.faults.effect import Effect
from crmsnap.sandbox.api.route import Call

Page = dict[str, Any]


class PageEffect(Effect, frozen=True):
    """An effect that only a good answer can meet."""

    @property
    def needs_results(self) -> bool:
        """Error answers have no page."""
        return True


class Body(PageEffect, frozen=True):
    """Replaces the body by any JSON value: null, a list, a number."""

    value: Any

    def rewrite(self, call: Call, body: bytes, memory: dict[str, Any]) -> bytes:
        """The value, with the status and headers of a good answer."""
        return orjson.dumps(self.value)


class NoResults(PageEffect, frozen=True):
    """Takes `results` out of a page, and leaves the rest."""

    def rewrite(self, call: Call, body: bytes, memory: dict[str, Any]) -> bytes | None:
        """The page without its records, not even an empty list."""
        return _edited(body, lambda page: page.pop("results"))


class Missing(PageEffect, frozen=True):
    """Loses the last records of a page, cursor untouched: only a count can find that out."""

    records: Annotated[int, msgspec.Meta(ge=1)] = 1

    def rewrite(self, call: Call, body: bytes, memory: dict[str, Any]) -> bytes | None:
        """The page with fewer records than its cursor says."""

        def lose(page: Page) -> None:
            del page["results"][max(0, len(page["results"]) - self.records) :]

        return _edited(body, lose)


class ShortPage(PageEffect, frozen=True):
    """Gives fewer records than asked for, and goes on behind them: legal, and not the end."""

    limit: Annotated[int, msgspec.Meta(ge=1)] = 1

    def alter(self, call: Call) -> Call:
        """The call with a lower limit, so that the cursor fits the shorter page."""
        query = dict(call.query) | {"limit": (str(self.limit),)}
        body = call.body | {"limit": self.limit} if _has_limit(call.body) else call.body
        return replace(call, query=query, body=body)


class Duplicate(PageEffect, frozen=True):
    """Begins every page with the last record of the page before, as inserts during a scan do."""

    @property
    def lasts(self) -> bool:
        """Two pages are needed to repeat a record."""
        return True

    def rewrite(self, call: Call, body: bytes, memory: dict[str, Any]) -> bytes | None:
        """The page with one record too many, when the page before it was seen by this rule."""
        page = orjson.loads(body)
        if not isinstance(page, dict) or not page.get("results"):
            return None
        last, cursor = page["results"][-1], _cursor(call)
        repeated = None if cursor is None else memory.pop(cursor, None)
        following = _next(page)
        if following is not None:
            memory[str(following["after"])] = last
        if repeated is None:
            return None
        page["results"].insert(0, repeated)
        return orjson.dumps(page)


class After(PageEffect, frozen=True):
    """Changes the cursor: an integer, the one just used, an earlier one, or an unknown one."""

    becomes: Literal["integer", "repeated", "backward", "unknown"]

    def rewrite(self, call: Call, body: bytes, memory: dict[str, Any]) -> bytes | None:
        """The page with another `paging.next.after`; pages without one do not suit."""
        page = orjson.loads(body)
        following = _next(page)
        if following is None:
            return None
        after = self._changed(str(following["after"]), _cursor(call))
        if after is None:
            return None
        following["after"] = after
        return orjson.dumps(page)

    def _changed(self, after: str, used: str | None) -> str | int | None:
        if self.becomes == "integer":
            return int(after) if after.isdecimal() else None
        if self.becomes == "unknown":
            return "no-such-cursor"
        if self.becomes == "repeated":
            return used
        return str(int(used) // 2) if used is not None and used.isdecimal() else None


def _edited(body: bytes, edit: Callable[[Page], Any]) -> bytes | None:
    """The body after an edit of its page, or None when it holds no results."""
    page = orjson.loads(body)
    if not isinstance(page, dict) or not isinstance(page.get("results"), list):
        return None
    edit(page)
    return orjson.dumps(page)


def _next(page: Any) -> Page | None:
    following = page.get("paging", {}).get("next") if isinstance(page, dict) else None
    return following if isinstance(following, dict) and "after" in following else None


def _cursor(call: Call) -> str | None:
    """The cursor that this call came with, from the query or from the body."""
    after = call.first("after")
    if after is None and isinstance(call.body, dict) and "after" in call.body:
        after = str(call.body["after"])
    return after


def _has_limit(body: Any) -> bool:
    return isinstance(body, dict) and "limit" in body
