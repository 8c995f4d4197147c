"""The tables that stream files are made of, as values: which columns are key, which hold a body."""

from dataclasses import dataclass
from functools import cached_property


@dataclass(frozen=True)
class Shape:
    """One table of a stream file. Its rows are written as tuples: keys, values, then the body if any."""

    table: str
    keys: tuple[str, ...]
    values: tuple[str, ...] = ()
    body: bool = True
    stamped: bool = True
    """Whether rows carry `ingested_at` and may go; else they are bare keys that stay for ever."""
    outlives: bool = False
    """Whether its rows stay when the row of the main table that they lie beside goes."""
    told: bool = True
    """Whether tables tell its rows; else what was published stays true when they change."""
    once: tuple[str, ...] = ()
    """Those of the keys that must not occur twice in a finished scan: of several rows the last stays."""

    @cached_property
    def upsert(self) -> str:
        """Insert a row; one that is there already is rewritten only if its checksum differs."""
        if not self.stamped:
            columns = (*self.keys, "checksum")
            marks = ", ".join("?" * len(columns))
            return f"INSERT OR IGNORE INTO {self.table} ({', '.join(columns)}) VALUES ({marks})"  # noqa: S608 - names from this file
        columns = (
            *self.keys,
            *self.values,
            "ingested_at",
            "checksum",
            *(("body",) if self.body else ()),
        )
        changed = ", ".join(f"{name} = excluded.{name}" for name in columns[len(self.keys) :])
        return (
            f"INSERT INTO {self.table} ({', '.join(columns)})"  # noqa: S608 - names from this file
            f" VALUES ({', '.join('?' * len(columns))})"
            f" ON CONFLICT ({', '.join(self.keys)}) DO UPDATE SET {changed}"
            f" WHERE {self.table}.checksum IS NOT excluded.checksum"
        )

    @cached_property
    def remove(self) -> str:
        """Delete the row of a key."""
        return f"DELETE FROM {self.table} WHERE {' AND '.join(f'{key} = ?' for key in self.keys)}"  # noqa: S608 - names from this file

    def unseen(self, prefix: int) -> str:
        """Select the keys that a scan has not met, among those with these first values."""
        keys = ", ".join(self.keys)
        under = "".join(f" AND {key} = ?" for key in self.keys[:prefix])
        return f"SELECT {keys} FROM {self.table} WHERE ({keys}) NOT IN (SELECT {keys} FROM seen){under}"  # noqa: S608 - names from this file

    @cached_property
    def remove_repeated(self) -> str:
        """Delete the rows that have a later one with the same `once`."""
        (order,) = set(self.keys) - set(self.once)
        once = ", ".join(self.once)
        # Sorted once at the end: an index would cost a random write for every row. CROSS JOIN keeps SQLite
        # from going through all rows for each repeated one (sqlite.org/optoverview.html).
        return (
            f"DELETE FROM {self.table} WHERE rowid IN (SELECT {self.table}.rowid FROM {self.table}"  # noqa: S608 - names from this file
            f" CROSS JOIN (SELECT {once}, max({order}) AS newest FROM {self.table}"
            f" GROUP BY {once} HAVING count(*) > 1) USING ({once}) WHERE {order} < newest)"
        )


@dataclass(frozen=True)
class Kind:
    """What a stream's file holds: its schema, its main table, and tables beside it."""

    schema: str
    main: Shape
    beside: tuple[Shape, ...] = ()
    cut_by: str | None = None
    """The key by which its rows are cut into spans; None: it is read whole."""
    apart: str | None = None
    """The key whose every value is cut for itself."""

    @property
    def schemas(self) -> tuple[str, ...]:
        """What its files are made with."""
        later = tuple(
            shape.table
            for shape in (DELETIONS, ARCHIVE, LIST_MARKS, LIST_PLACES)
            if shape in self.beside
        )
        names = ("sealed_names",) if any(not shape.stamped for shape in self.beside) else ()
        spans = ("spans",) if self.cut_by else ()
        return ("cursor", "finished", self.schema, *later, *names, *spans)

    @property
    def shapes(self) -> tuple[Shape, ...]:
        """Every table whose rows a stream writes."""
        return (self.main, *self.beside)


HISTORIES = Shape("histories", keys=("id",))
EVENT_NAMES = Shape("names", keys=("name",), body=False, stamped=False)

DELETIONS = Shape(
    "deletions",
    keys=("id",),
    values=("reason", "deleted_at", "survivor"),
    body=False,
    outlives=True,
)
"""Records that are no longer live: nothing of them but the id, when and why."""

ARCHIVE = Shape(
    "archive",
    keys=("id",),
    values=("archived_at", "has_left"),
    body=False,
    outlives=True,
)
"""What HubSpot's archive holds, whether or not it was ever ours: who leaves it may be live again.
Writing a row says that this scan has met it."""

FIELD_NAMES = EVENT_NAMES
"""Names that an API's answers hold, beside records whose type has no list of properties."""

_RECORDS = Shape("records", keys=("id",), values=("updated_at",))
RECORDS = Kind("records", _RECORDS, (HISTORIES, DELETIONS, ARCHIVE), cut_by="id")
TEXT_ID_RECORDS = Kind("text_id_records", _RECORDS, (FIELD_NAMES, DELETIONS), cut_by="id")
"""Records of APIs of their own: ids are whole numbers or any text, and there are no histories."""
DOCUMENTS = Kind("documents", Shape("documents", keys=("key",)))
LIST_MARKS = Shape(
    "list_marks", keys=("key",), values=("size", "added_at", "removed_at"), body=False
)
"""What tells whether a list's members have changed. Apart from the list's document, whose rows they must
not make look changed."""

LISTS = Kind("documents", DOCUMENTS.main, (LIST_MARKS,))
ASSOCIATIONS = Kind("associations", Shape("associations", keys=("from_id",)), cut_by="from_id")
LIST_PLACES = Shape(
    "list_places",
    keys=("list_id",),
    values=("size", "added_at", "removed_at", "last_page", "is_open"),
    body=False,
    told=False,
)
"""How far a list was read, for as long as nothing but reading it has touched its members."""

MEMBERSHIPS = Kind(
    "memberships",
    Shape("memberships", keys=("list_id", "object_id"), values=("joined_at",), body=False),
    (LIST_PLACES,),
    cut_by="list_id",
)
EVENTS = Kind(
    "events",
    Shape("events", keys=("occurred_at", "id"), values=("object_type", "object_id"), once=("id",)),
    (EVENT_NAMES,),
    cut_by="occurred_at",
)
EMAIL_EVENT_NAMES = Shape("names", keys=("type", "name"), body=False, stamped=False)
EMAIL_EVENTS = Kind(
    "email_events",
    Shape(
        "events",
        keys=("type", "occurred_at", "id"),
        values=("object_type", "object_id"),
        once=("type", "id"),
    ),
    (EMAIL_EVENT_NAMES,),
    cut_by="occurred_at",
    apart="type",
)


def kind_of(stream: str) -> Kind:
    """What the file of a stream holds, by the stream's name."""
    families = {
        "objects": RECORDS,
        "associations": ASSOCIATIONS,
        "lists": LISTS,
        "memberships": MEMBERSHIPS,
        "events": EVENTS,
        "email-events": EMAIL_EVENTS,
    }
    return families.get(stream.partition("/")[0], DOCUMENTS)
