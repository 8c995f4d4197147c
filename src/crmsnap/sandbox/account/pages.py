"""Pages of records as JSON, assembled from prepared fragments instead of encoded value by value.

The sandbox has to be faster than what it tests. A record of 150 properties is 150 look-ups and one
join: `"name":"value"` of every pool entry is encoded once. Only records that changed since the
account started go the long way through `view.py`.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from crmsnap.sandbox.account.changes import Life
from crmsnap.sandbox.account.history import entry_json, source_json, text_json
from crmsnap.sandbox.account.pools import BY_FIRST, BY_INDEX, BY_SECOND, Pool
from crmsnap.sandbox.account.records import STAMPS, Records, Times, has_long_text, stamps
from crmsnap.sandbox.account.times import iso
from crmsnap.sandbox.account.view import RecordView

Fragments = tuple[tuple[bytes, ...], int]
"""The encoded entries of one pool and their number."""
DatedFragments = tuple[tuple[tuple[bytes, int, bytes], ...], int]
"""The same for histories of one entry: text before the time, which of `stamps` it is, text after."""


@dataclass(frozen=True, slots=True)
class Selection:
    """What of a record is asked for: names that exist and may be seen, without repetition."""

    names: tuple[str, ...]
    history: tuple[str, ...] = ()


class Encoded:
    """The encoded pool entries of one type's properties, shared by everything that renders it."""

    def __init__(self, records: Records) -> None:
        self.records = records
        self._values: dict[str, Fragments] = {}
        self._dated: dict[str, DatedFragments] = {}

    def values(self, name: str) -> Fragments:
        """`"name":"value"` for every value that the property can have."""
        if name not in self._values:
            entries = _fragments(name, self.records.pool(name))
            self._values[name] = entries, len(entries)
        return self._values[name]

    def dated(self, name: str) -> DatedFragments:
        """The same for its history, when that has at most one entry."""
        if name not in self._dated:
            entries = _dated_fragments(name, self.records.pool(name))
            self._dated[name] = entries, len(entries)
        return self._dated[name]

    def forget(self, name: str) -> None:
        """The property's definition has changed."""
        self._values.pop(name, None)
        self._dated.pop(name, None)


class Renderer:
    """Turns records of one type into JSON, with the same properties each."""

    def __init__(self, encoded: Encoded, selection: Selection, url_prefix: str) -> None:
        self._records = records = encoded.records
        self._selection = selection
        self._url = url_prefix.encode()
        self._derived = [
            (b"%b:" % text_json(name), name) for name in selection.names if records.is_derived(name)
        ]
        by_choice: dict[int, list[Fragments]] = {BY_FIRST: [], BY_SECOND: [], BY_INDEX: []}
        for name in selection.names:
            if not records.is_derived(name):
                by_choice[records.pool(name).chosen_by].append(encoded.values(name))
        self._by_first, self._by_second, self._by_index = by_choice.values()
        self._history = _History(encoded, selection.history) if selection.history else None

    def record(self, index: int, life: Life | None, base: Times) -> bytes:
        """One record. `life` is what happened to it since the start, `base` its times before that."""
        if life is not None or has_long_text(index):
            return self._changed(RecordView(self._records, index, life or Life(), base))
        first, second = self._records.words(index)
        parts = [fragments[first % count] for fragments, count in self._by_first]
        parts += [fragments[second % count] for fragments, count in self._by_second]
        parts += [fragments[index % count] for fragments, count in self._by_index]
        value = self._records.value
        parts += [key + text_json(value(index, name, base)) for key, name in self._derived]
        history = self._history.record(index, first, second, base) if self._history else None
        return self._whole(
            index, b",".join(parts), history, base, self._archived_ms(index, None, base)
        )

    def _changed(self, view: RecordView) -> bytes:
        properties = b",".join(
            b"%b:%b" % (text_json(name), text_json(view.value(name)))
            for name in self._selection.names
        )
        history = b",".join(_versions_json(view, name) for name in self._selection.history)
        times = view.times
        archived_ms = self._archived_ms(view.index, view.life, times)
        asked = history if self._selection.history else None
        return self._whole(view.index, properties, asked, times, archived_ms)

    def _archived_ms(self, index: int, life: Life | None, times: Times) -> int | None:
        if life is not None and life.archived_ms is not None:
            return life.archived_ms
        if life is not None and life.decides:
            return None
        # Archiving does not move the time of change, so it happened some time after it.
        return times.updated_ms + 1000 if self._records.roster.is_archived(index) else None

    def _whole(
        self,
        index: int,
        properties: bytes,
        history: bytes | None,
        times: Times,
        archived_ms: int | None,
    ) -> bytes:
        number = self._records.ids.record_id(index)
        created, updated = iso(times.created_ms).encode(), iso(times.updated_ms).encode()
        dated = b'"archived":false'
        if archived_ms is not None:
            dated = b'"archived":true,"archivedAt":"%b"' % iso(archived_ms).encode()
        past = b"" if history is None else b'"propertiesWithHistory":{%b},' % history
        return b'{"id":"%d","properties":{%b},%b"createdAt":"%b","updatedAt":"%b",%b,"url":"%b%d"}' % (
            number, properties, past, created, updated, dated, self._url, number,
        )  # fmt: skip


class _History:
    """The prepared fragments of `propertiesWithHistory`."""

    def __init__(self, encoded: Encoded, names: Sequence[str]) -> None:
        self._records = records = encoded.records
        by_choice: dict[int, list[DatedFragments]] = {BY_FIRST: [], BY_SECOND: [], BY_INDEX: []}
        self._long: list[str] = []
        for name in names:
            if records.is_derived(name) or records.properties[name].tracked:
                self._long.append(name)
            else:
                by_choice[records.pool(name).chosen_by].append(encoded.dated(name))
        self._by_first, self._by_second, self._by_index = by_choice.values()

    def record(self, index: int, first: int, second: int, base: Times) -> bytes:
        """The histories of an unchanged record."""
        moments = [*(iso(moment).encode() for moment in stamps(base)), b""]
        parts = [
            before + moments[stamp] + after
            for number, pools in (
                (first, self._by_first),
                (second, self._by_second),
                (index, self._by_index),
            )
            for before, stamp, after in (entries[number % count] for entries, count in pools)
        ]
        view = RecordView(self._records, index, Life(), base)
        return b",".join(parts + [_versions_json(view, name) for name in self._long])


def _fragments(name: str, pool: Pool) -> tuple[bytes, ...]:
    return tuple(b"%b:%b" % (text_json(name), text_json(value)) for value in pool.values)


def _dated_fragments(name: str, pool: Pool) -> tuple[tuple[bytes, int, bytes], ...]:
    key = text_json(name)
    return tuple(
        (b"%b:[]" % key, STAMPS, b"")
        if value is None
        else (
            b'%b:[{"value":%b,"timestamp":"' % (key, text_json(value)),
            choice % STAMPS,
            b'"%b}]' % source_json(choice),
        )
        for choice, value in enumerate(pool.values)
    )


def _versions_json(view: RecordView, name: str) -> bytes:
    entries = (
        entry_json(version.value, iso(version.at_ms), version.source)
        for version in view.versions(name)
    )
    return b"%b:[%b]" % (text_json(name), b",".join(entries))
