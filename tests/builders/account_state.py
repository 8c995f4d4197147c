"""A small state, written through the product's own stream files and read through its own reader."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import msgspec
import orjson

from crmsnap.state.folder import open_reader, open_stream
from crmsnap.state.reader import StateReader
from crmsnap.state.shapes import EVENT_NAMES, FIELD_NAMES, HISTORIES
from crmsnap.state.stream_file import Entry, RunMark
from crmsnap.streams.stream import Scope
from crmsnap.tables.table import Group, Row, Sparse, Table

RUN = RunMark("run-1", "2026-11-22 02:00:00.000")
INGESTED = RUN.ingested_at
UPDATED = "2026-11-20 08:15:30.123"


class AccountState:
    """The state of one connection, filled stream by stream."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._streams: set[str] = set()

    def documents(self, stream: str, documents: Mapping[str, msgspec.Struct]) -> None:
        """One stream of documents by key."""
        self.write(stream, [(key, msgspec.json.encode(doc)) for key, doc in documents.items()])

    def records(
        self,
        object_type: str,
        records: Mapping[int, Mapping[str, str]],
        histories: Mapping[int, Mapping[str, Sequence[tuple[str, str | None]]]] | None = None,
    ) -> None:
        """Records with their values by id, and histories (newest first) beside them."""
        self.write(
            f"objects/{object_type}",
            [(id_, UPDATED, body(values)) for id_, values in records.items()],
            {HISTORIES: [(id_, body(found)) for id_, found in (histories or {}).items()]},
        )

    def text_id_records(
        self, object_type: str, records: Mapping[int | str, Mapping[str, str]]
    ) -> None:
        """Records of a type with an API of its own, with every name of their values beside them."""
        names = sorted({name for values in records.values() for name in values})
        self.write(
            f"objects/{object_type}",
            [(id_, UPDATED, body(values)) for id_, values in records.items()],
            {FIELD_NAMES: [(name,) for name in names]},
            text_ids=True,
        )

    def associations(self, pair: str, targets: Mapping[int, list[tuple[int, str, int]]]) -> None:
        """Targets by from id."""
        self.write(f"associations/{pair}", [(id_, orjson.dumps(t)) for id_, t in targets.items()])

    def events(self, name: str, *events: tuple[str, str, str, str, Mapping[str, str]]) -> None:
        """Occurrences: time, id, object type, object id, values."""
        names = sorted({name for event in events for name in event[-1]})
        self.write(
            f"events/{name}",
            [(*event[:-1], body(event[-1])) for event in events],
            {EVENT_NAMES: [(name,) for name in names]},
        )

    def write(
        self,
        stream: str,
        rows: Sequence[Entry],
        beside: Mapping[Any, Sequence[Entry]] | None = None,
        run: RunMark = RUN,
        *,
        text_ids: bool = False,
    ) -> None:
        """One complete scan of a stream."""
        with open_stream(self._folder, stream, run, text_ids=text_ids) as file:
            file.save(rows, "end", beside)
            file.finish()
        self._streams.add(stream)

    @property
    def reader(self) -> StateReader:
        """The state as tables see it."""
        return open_reader(self._folder, tuple(self._streams), RUN.run_id)


def body(values: Mapping[str, Any]) -> bytes:
    """Values as streams write them."""
    return orjson.dumps(values, option=orjson.OPT_SORT_KEYS)


def scope_of(reader: StateReader, **chosen: Any) -> Scope:
    """What a run wants that copies everything, or what is `chosen`, of this state."""
    everything = {"types": frozenset(), "values": True, "histories": True, "started_at": INGESTED}
    return Scope(reader=reader, **everything | chosen)


def rows_of(table: Table, reader: StateReader) -> list[Row]:
    """Every row of a table, groups written out."""
    found: list[Row] = []
    for span in table.spans(reader):
        for row in table.rows(reader, span):
            if isinstance(row, Group):
                found += [row.before + tuple(cell) + row.after for cell in row.cells]
            elif isinstance(row, Sparse):
                cells = dict(row.cells)
                nulls = range(len(row.before), len(table.columns))
                found.append(row.before + tuple(cells.get(position) for position in nulls))
            else:
                found.append(row)
    return found
