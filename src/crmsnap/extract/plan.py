"""What a run will read and publish: the account's definitions are read, and the selection is applied.

The types come first, because everything else is asked for by type; then the other definitions, and what
may be read is tried. No record is read before every name of the selection is known to mean something.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from crmsnap.extract.discover import discover
from crmsnap.extract.known_names import unmatched
from crmsnap.extract.possible_tables import PossibleTables
from crmsnap.extract.read import Reading
from crmsnap.extract.selection import left_tables, with_events, with_pairs, with_types
from crmsnap.extract.wanted import with_earlier
from crmsnap.model import Choice, Selection, is_pattern
from crmsnap.state.folder import open_as_is, open_reader
from crmsnap.streams.objects import OBJECT_HISTORIES, OBJECT_HISTORY_SOURCES, OBJECT_VALUES
from crmsnap.streams.stream import Scope, Stream
from crmsnap.streams.types import TYPES
from crmsnap.tables import CATALOGUE
from crmsnap.tables.chosen import Declared, chosen, streams_of
from crmsnap.tables.given_names import STREAM as TABLE_NAMES


@dataclass(frozen=True, slots=True)
class Plan:
    """What is left to do: records to read, tables to publish."""

    tables: tuple[Declared, ...]
    choice: Choice
    """Of the families' tables these are published."""
    scope: Scope
    unmatched: tuple[str, ...]
    """Patterns of the selection that fit nothing today: `exclude_properties: salery_*`."""
    possible: PossibleTables
    """What the families of `tables` may come to have."""


def planned(selection: Selection, reading: Reading) -> Plan:
    """Read the definitions and try what may be read; gaps are declared. Raise `UsageError` for a name of
    the selection that the account does not have, and when nothing is left to copy.
    """
    tables = chosen(CATALOGUE, selection.of_tables)
    streams = streams_of(tables)
    scope = _scope(selection, streams, reading)
    possible = PossibleTables()
    # Lists are of types too, although they are not asked for by type.
    if TYPES in with_earlier(streams) or selection.of_types.words:
        scope = _naming(discover((TYPES,), scope, reading))
        scope = with_types(selection, tables, scope, possible)
        scope = with_pairs(selection, tables, scope, possible)
    scope = _naming(discover(streams, scope, reading))
    patterns = unmatched(selection, tables, scope, possible)
    return Plan(
        tables=left_tables(selection, tables, scope, possible),
        choice=selection.of_tables,
        scope=with_events(selection, tables, scope),
        unmatched=patterns,
        possible=possible,
    )


def _scope(selection: Selection, streams: Sequence[Stream], reading: Reading) -> Scope:
    """What is known before anything is read: which types fit a pattern is not."""
    are_ids = not any(map(is_pattern, selection.types))
    left_out = (word for word in selection.exclude_types if not is_pattern(word))
    return Scope(
        reader=open_reader(reading.folder, (), reading.run.run_id),
        types=frozenset(selection.types) if are_ids else frozenset(),
        excluded_types=frozenset(left_out),
        values=OBJECT_VALUES in streams,
        histories=OBJECT_HISTORIES in streams,
        sources=OBJECT_HISTORY_SOURCES in streams,
        started_at=reading.run.ingested_at,
        refresh=reading.refresh,
        iso_dates=selection.iso_dates,
        properties=selection.properties,
        events=selection.events,
        histories_of=selection.histories,
        calculated_histories=selection.calculated_histories,
    )


def _naming(scope: Scope) -> Scope:
    """The scope with the table names of earlier days: what a name in a selection means."""
    earlier = open_as_is(scope.reader.folder, TABLE_NAMES)
    reader = replace(scope.reader, streams=(*scope.reader.streams, *earlier.streams))
    return replace(scope, reader=reader)
