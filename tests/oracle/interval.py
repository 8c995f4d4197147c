"""The interval oracle: what a snapshot may hold of an account that changed between any two requests.

The account's own journal is the truth. A record that was live during the whole window must be there, one
that was live at no instant of it must not, and every row is one version that was valid at some instant.
Nothing here knows how crmsnap reads.
"""

import json
from bisect import bisect_right
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from itertools import pairwise
from pathlib import Path
from typing import Any
from urllib.parse import urlencode
from urllib.request import Request, urlopen

from tests.builders.sandbox_process import SandboxAccount
from tests.builders.snapshot import rows

Key = tuple[str, str]
"""Object type id and record id."""

Values = Mapping[str, str]
"""Property -> text, without nulls."""

ALWAYS, NEVER = -(10**15), 10**15
GOES = ("ARCHIVE", "MERGE", "GDPR_DELETE")
COMES = ("CREATE", "RESTORE")
CHANGES = ("UPDATE", "RECALCULATE")


@dataclass
class Life:
    """What happened to one record, in milliseconds since the epoch."""

    alive: list[tuple[int, int]] = field(default_factory=list)
    """From (inclusive) to (exclusive)."""
    versions: list[tuple[int, Values]] | None = None
    """Since when each version was valid, oldest first; None: nobody can say what it held."""

    def is_alive_throughout(self, start: int, end: int) -> bool:
        """Whether there was no instant of the window without it."""
        return any(since <= start and until > end for since, until in self.alive)

    def is_alive_within(self, start: int, end: int) -> bool:
        """Whether there was an instant of the window with it."""
        return any(since <= end and until > start for since, until in self.alive)

    def valid_within(self, start: int, end: int) -> list[Values]:
        """Every version that was valid at an instant of the window."""
        assert self.versions is not None
        since = [at for at, _ in self.versions]
        first = max(bisect_right(since, start) - 1, 0)
        return [values for _, values in self.versions[first : bisect_right(since, end)]]


@dataclass(frozen=True)
class Verdict:
    """What is wrong with a snapshot; nothing, if all is well."""

    lost: list[Key]
    ghosts: list[Key]
    duplicated: list[Key]
    torn: list[Key]

    @property
    def is_good(self) -> bool:
        """Whether nothing is wrong."""
        return not (self.lost or self.ghosts or self.duplicated or self.torn)


def judged(
    found: Iterable[tuple[Key, Values]],
    lives: Mapping[Key, Life],
    window: tuple[int, int],
    without: frozenset[str] = frozenset(),
) -> Verdict:
    """Hold the rows of a snapshot against the lives; values of `without` are not compared."""
    seen: set[Key] = set()
    ghosts, duplicated, torn = [], [], []
    for key, values in found:
        if key in seen:
            duplicated.append(key)
        seen.add(key)
        life = lives.get(key)
        if life is None or not life.is_alive_within(*window):
            ghosts.append(key)
        elif life.versions is not None and not any(
            _equal(values, version, without) for version in life.valid_within(*window)
        ):
            torn.append(key)
    lost = [key for key, life in lives.items() if life.is_alive_throughout(*window)]
    return Verdict([key for key in lost if key not in seen], ghosts, duplicated, torn)


def _equal(values: Values, version: Values, without: frozenset[str]) -> bool:
    names = (values.keys() | version.keys()) - without
    return all(values.get(name) == version.get(name) for name in names)


class Witness:
    """Sees an account before and after something happens to it, and tells the lives between."""

    def __init__(self, account: SandboxAccount, types: Mapping[str, str]) -> None:
        self._account = account
        self._types = types
        """Object type id -> the property with its time of change."""
        self._names = {type_: self._readable(type_) for type_ in types}
        self._before = {archived: self._read(archived=archived) for archived in (False, True)}
        self._since = account.get("/_sandbox/journal?limit=1")["last"]

    @property
    def calculated(self) -> frozenset[str]:
        """Properties that change without moving a time."""
        return frozenset(
            one["name"]
            for type_ in self._types
            for one in self._get(f"/crm/v3/properties/{type_}")["results"]
            if one.get("calculated")
        )

    def knock(self, times: int) -> None:
        """Ask for something so many times, only so that a churning account changes."""
        for _ in range(times):
            self._get("/crm/v3/owners")

    def lives(self) -> dict[Key, Life]:
        """The life of every record; nothing may happen while it is asked for."""
        entries = self._entries()
        after = {archived: self._read(archived=archived) for archived in (False, True)}
        last = {**after[True], **after[False]}
        first = {**self._before[True], **self._before[False]}
        keys = {*first, *last, *entries}
        return {
            key: Life(
                list(_alive(key in self._before[False], entries.get(key, ()))),
                self._versions(key, first.get(key), last.get(key), entries.get(key, ())),
            )
            for key in keys
        }

    def _entries(self) -> dict[Key, list[Mapping[str, Any]]]:
        by_key: dict[Key, list[Mapping[str, Any]]] = {}
        position: int | None = self._since
        while position is not None:
            page = self._account.get(f"/_sandbox/journal?after={position}")
            for entry in page["entries"]:
                if entry["objectTypeId"] in self._types and "objectId" in entry:
                    key = (entry["objectTypeId"], entry["objectId"])
                    by_key.setdefault(key, []).append(entry)
            position = page["next"]
        return by_key

    def _versions(
        self,
        key: Key,
        first: Values | None,
        last: Values | None,
        entries: Iterable[Mapping[str, Any]],
    ) -> list[tuple[int, Values]] | None:
        changes = [entry for entry in entries if entry["action"] in CHANGES]
        if first is not None:
            return list(self._forward(key, first, changes))
        return None if last is None else list(self._backward(key, last, changes, entries))

    def _forward(
        self, key: Key, values: Values, changes: Iterable[Mapping[str, Any]]
    ) -> Iterator[tuple[int, Values]]:
        yield ALWAYS, values
        for entry in changes:
            values = self._changed(key, values, entry, entry["properties"], entry["at"])
            yield entry["atMs"], values

    def _backward(
        self,
        key: Key,
        values: Values,
        changes: list[Mapping[str, Any]],
        entries: Iterable[Mapping[str, Any]],
    ) -> Iterator[tuple[int, Values]]:
        made_at = next(entry["at"] for entry in entries if entry["action"] == "CREATE")
        touched = [entry["at"] for entry in changes if entry["action"] == "UPDATE"]
        for entry in reversed(changes):
            values = self._changed(key, values, entry, entry["previous"], None)
            if entry["action"] == "UPDATE":
                touched.pop()
                values = {**values, self._types[key[0]]: touched[-1] if touched else made_at}
        yield from self._forward(key, values, changes)

    def _changed(
        self,
        key: Key,
        values: Values,
        entry: Mapping[str, Any],
        new: Mapping[str, str | None],
        at: str | None,
    ) -> Values:
        names = self._names[key[0]]
        result = {**values, **{name: text for name, text in new.items() if name in names}}
        if at is not None and entry["action"] == "UPDATE":
            result[self._types[key[0]]] = at
        return {name: text for name, text in result.items() if text is not None}

    def _readable(self, type_: str) -> frozenset[str]:
        found = self._get(f"/crm/v3/properties/{type_}")["results"]
        # Without the class of a property nobody can say that its values may be copied.
        return frozenset(
            one["name"] for one in found if one.get("dataSensitivity") == "non_sensitive"
        )

    def _read(self, *, archived: bool) -> dict[Key, Values]:
        found: dict[Key, Values] = {}
        for type_ in self._types:
            after: str | None = "0"
            while after is not None:
                query = {
                    "limit": "100",
                    "properties": ",".join(sorted(self._names[type_])),
                    "archived": str(archived).lower(),
                    "after": after,
                }
                page = self._get(f"/crm/v3/objects/{type_}?{urlencode(query)}")
                for one in page["results"]:
                    values = one["properties"].items()
                    found[type_, one["id"]] = {
                        name: text
                        for name, text in values
                        if text is not None and name in self._names[type_]
                    }
                after = page.get("paging", {}).get("next", {}).get("after")
        return found

    def _get(self, path: str) -> Any:
        headers = {"Authorization": f"Bearer {self._account.token}"}
        with urlopen(Request(self._account.url + path, headers=headers)) as answer:
            return json.load(answer)


def _alive(was_live: bool, entries: Iterable[Mapping[str, Any]]) -> Iterator[tuple[int, int]]:
    since = ALWAYS if was_live else None
    for entry in entries:
        if entry["action"] in COMES and since is None:
            since = entry["atMs"]
        elif entry["action"] in GOES and since is not None:
            yield since, entry["atMs"]
            since = None
    if since is not None:
        yield since, NEVER


def published_records(day: Path) -> Iterator[tuple[Key, Values]]:
    """The rows of OBJECT_WITH_OBJECT_PROPERTIES."""
    for row in rows(day, "OBJECT_WITH_OBJECT_PROPERTIES"):
        yield (row["OBJECTTYPEID"], row["OBJECTID"]), json.loads(row["PROPERTIES"])


def milliseconds(published: str) -> int:
    """A time of the manifest as milliseconds since the epoch."""
    moment = datetime.fromisoformat(published).replace(tzinfo=UTC)
    return round(moment.timestamp() * 1000)


def repeated_keys(day: Path, table: str, key: tuple[str, ...]) -> int:
    """How many rows of a table have the key of another one."""
    keys = sorted(tuple(row[name] for name in key) for row in rows(day, table))
    return sum(one == other for one, other in pairwise(keys))
