"""Tables of a snapshot as other readers need them described: from manifests, without reading a part."""

from collections.abc import Iterable
from dataclasses import replace

from crmsnap.destinations.interface import Destination
from crmsnap.publish.layout import day_prefix
from crmsnap.publish.manifest import Manifest, PublishedTable
from crmsnap.publish.published import days, read_manifest
from crmsnap.tables import CATALOGUE
from crmsnap.tables.ddl.described import Described

_LISTED = frozenset(table.name for table in CATALOGUE)


def descriptions(manifest: Manifest) -> tuple[Described, ...]:
    """Every table of a manifest.

    Only tables that the catalogue itself lists keep their columns, so all others have an `until`.
    """
    day = manifest.facts.day
    return tuple(
        Described(
            name=table.name,
            grain=table.grain,
            columns=table.columns,
            paths=tuple(part.key.removeprefix(day_prefix(day)) for part in table.parts),
            until=None if table.name in _LISTED else day,
        )
        for table in manifest.tables
    )


def with_first_days(
    described: Iterable[Described], destination: Destination, manifest: Manifest
) -> tuple[Described, ...]:
    """The tables with the first day of the unbroken row of days, up to the manifest's, that have their columns.

    Reads the manifests of earlier days, until no table is left that they could tell something about.
    """
    tables = tuple(described)
    since = dict.fromkeys((table.name for table in tables), manifest.facts.day)
    wanted = {table.name: _names(table) for table in tables}
    for known in reversed(days(destination)):
        if known.day >= manifest.facts.day or not known.complete:
            continue
        earlier = read_manifest(destination, known.day)
        if earlier is None:
            continue
        there = {table.name: _names(table) for table in earlier.tables}
        wanted = {name: names for name, names in wanted.items() if there.get(name) == names}
        if not wanted:
            break
        since |= dict.fromkeys(wanted, known.day)
    return tuple(replace(table, since=since[table.name]) for table in tables)


def _names(table: Described | PublishedTable) -> tuple[str, ...]:
    return tuple(column.name for column in table.columns)
