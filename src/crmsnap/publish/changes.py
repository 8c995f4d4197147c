"""What changed since the last snapshot of a connection, but for rows: drift that would else be silent.

A type's properties are compared only where both snapshots asked for them. A type that is new or newly
chosen is one change, not one for each of its properties.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, fields, replace

from crmsnap.publish.outline import Outline, PropertyOutline, TableOutline, TypeOutline


@dataclass(frozen=True, slots=True)
class Change:
    """One thing that is not as it was."""

    of: str
    """What it belongs to: the type's id, the column's table; a type's own id, a table's own name."""
    name: str
    change: str
    before: str | None = None
    after: str | None = None


@dataclass(frozen=True, slots=True)
class Changes:
    """What differs from the snapshot before."""

    since_day: str
    """Its sync day."""
    since: str
    """When its run began, as published."""
    types: tuple[Change, ...] = ()
    """added, removed, archived, restored, renamed."""
    properties: tuple[Change, ...] = ()
    """added, removed, archived, restored, retyped, relabelled, reclassified, calculated."""
    tables: tuple[Change, ...] = ()
    """added, removed, renamed."""
    columns: tuple[Change, ...] = ()
    """added, removed, retyped; of tables that both have."""
    settings: tuple[Change, ...] = ()
    """changed."""

    @property
    def other_selection(self) -> bool:
        """Whether something else was asked for: then other rows are no wonder."""
        return any(setting.name not in ("compression", "crmsnap") for setting in self.settings)

    @property
    def renamed_tables(self) -> dict[str, str]:
        """Today's name -> the name before."""
        return {one.name: one.before or "" for one in self.tables if one.change == "renamed"}

    def __bool__(self) -> bool:
        return any(getattr(self, one.name) for one in fields(self)[2:])


@dataclass(frozen=True, slots=True)
class Earlier:
    """The snapshot that another one is compared with."""

    day: str
    started_at: str
    outline: Outline


def changes_since(earlier: Earlier, now: Outline) -> Changes:
    """What differs between two snapshots, each kind in order of its names.

    Where something else was asked for, only that is told: what came and went with it is no drift.
    """
    then = earlier.outline
    settings = tuple(
        Change("settings", name, "changed", then.settings.get(name), now.settings.get(name))
        for name in sorted({*then.settings, *now.settings})
        if then.settings.get(name) != now.settings.get(name)
    )
    only = Changes(since_day=earlier.day, since=earlier.started_at, settings=settings)
    if only.other_selection:
        return only
    renamed = _renamed(then.tables, now.tables)
    return replace(
        only,
        types=tuple(_types(then.types, now.types)) if then.types and now.types else (),
        properties=tuple(_properties(then.properties, now.properties)),
        tables=tuple(_tables(then.tables, now.tables, renamed)),
        columns=tuple(_columns(then.tables, now.tables, renamed)),
    )


def _types(then: Mapping[str, TypeOutline], now: Mapping[str, TypeOutline]) -> Iterator[Change]:
    for id_ in sorted({*then, *now}):
        before, after = then.get(id_), now.get(id_)
        name = (after or before or _NOTHING).label or id_
        yield from _came_or_went(id_, name, before, after)
        if before and after and before.label != after.label:
            yield Change(id_, name, "renamed", before.label, after.label)


_Properties = Mapping[str, Mapping[str, PropertyOutline]]


def _properties(then: _Properties, now: _Properties) -> Iterator[Change]:
    for id_ in sorted({*then} & {*now}):
        for name in sorted({*then[id_], *now[id_]}):
            yield from _property(id_, name, then[id_].get(name), now[id_].get(name))


def _property(
    id_: str, name: str, before: PropertyOutline | None, after: PropertyOutline | None
) -> Iterator[Change]:
    yield from _came_or_went(id_, name, before, after)
    if before is None or after is None:
        return
    for change, was, is_ in (
        ("retyped", before.type, after.type),
        ("relabelled", before.label, after.label),
        ("reclassified", before.sensitivity, after.sensitivity),
        ("calculated", _word(before.calculated), _word(after.calculated)),
    ):
        if was != is_:
            yield Change(id_, name, change, was, is_)


def _came_or_went(
    id_: str,
    name: str,
    before: TypeOutline | PropertyOutline | None,
    after: TypeOutline | PropertyOutline | None,
) -> Iterator[Change]:
    if before is None:
        yield Change(id_, name, "added")
    elif after is None:
        yield Change(id_, name, "removed")
    elif before.archived != after.archived:
        yield Change(id_, name, "archived" if after.archived else "restored")


_Tables = Mapping[str, TableOutline]


def _renamed(then: _Tables, now: _Tables) -> dict[str, str]:
    """Name today -> name before, of tables that are about the same as one of another name."""
    before = {table.about: name for name, table in then.items() if table.about is not None}
    return {
        name: before[table.about]
        for name, table in now.items()
        if table.about in before and before[table.about] != name
    }


def _tables(then: _Tables, now: _Tables, renamed: Mapping[str, str]) -> Iterator[Change]:
    went = {*then} - {*now} - set(renamed.values())
    for name in sorted({*now} - {*then} | {*renamed} | went):
        if name in renamed:
            yield Change(name, name, "renamed", renamed[name], name)
        else:
            yield Change(name, name, "removed" if name in went else "added")


def _columns(then: _Tables, now: _Tables, renamed: Mapping[str, str]) -> Iterator[Change]:
    for name in sorted(now):
        table = then.get(renamed.get(name, name))
        if table is not None:
            yield from _columns_of(name, table.columns, now[name].columns)


def _columns_of(table: str, then: Mapping[str, str], now: Mapping[str, str]) -> Iterator[Change]:
    for name in sorted({*then, *now}):
        before, after = then.get(name), now.get(name)
        if before is None:
            yield Change(table, name, "added", None, after)
        elif after is None:
            yield Change(table, name, "removed", before, None)
        elif before != after:
            yield Change(table, name, "retyped", before, after)


def _word(value: bool | None) -> str | None:
    return None if value is None else str(value).lower()


_NOTHING = TypeOutline(None, archived=False)
