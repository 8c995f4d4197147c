"""A small account whose tables agree with each other, and the means to make them disagree."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from crmsnap.tables.table import UNPARSED, Kind, Row, Table, Value
from tests.unit.publish.made_up_tables import (
    INGESTED,
    INGESTED_AT,
    TYPE_ID,
    UPDATED,
    Entry,
    Record,
    a_table,
    column,
    history,
    long,
    objects,
    own,
    wide,
)

EARLIER = "2026-01-01 00:00:00.000"


def as_json(values: dict[str, str]) -> str:
    return json.dumps(values, ensure_ascii=False, sort_keys=True, separators=(",", ":"))


def _records() -> list[Record]:
    return [
        ("0-1", 7, {"email": "ada@example.com", "note": 'two\r\nlines, "quoted"', "tag": ""}),
        ("0-1", 12, {}),
        ("0-1", 2**60, {"email": "b@example.com"}),
        ("0-27", 501, {"hs_task_subject": "call"}),
        ("0-28", "0f8c-guid", {"name": "form"}),
        (
            *("0-3", 9),
            {"amount": "1500.50", "closedate": "1798675200000", "size": "big", "won": "maybe"},
        ),
        ("0-4", 501, {"hs_task_subject": "call"}),
    ]


OWN_KINDS: Mapping[str, Mapping[str, Kind]] = {
    "0-1": {"email": "VARCHAR", "empty": "NUMBER", "note": "VARCHAR", "tag": "VARCHAR"},
    "0-27": {"hs_task_subject": "VARCHAR"},
    "0-28": {"name": "VARCHAR"},
    "0-3": {"amount": "NUMBER", "closedate": "TIMESTAMP", "size": "NUMBER", "won": "BOOLEAN"},
    "0-4": {"hs_task_subject": "VARCHAR"},
}


def _own() -> dict[str, dict[int | str, dict[str, Value]]]:
    subject: dict[str, Value] = {"HS_TASK_SUBJECT": "call"}
    deal: dict[str, Value] = {
        "AMOUNT": "1500.50",
        "UNPARSED_AMOUNT": "1500.50",
        "CLOSEDATE": "2026-12-31 00:00:00.000",
        "UNPARSED_CLOSEDATE": "1798675200000",
        "SIZE": UNPARSED,
        "UNPARSED_SIZE": "big",
        "WON": UNPARSED,
    }
    return {
        "0-1": {
            7: {"EMAIL": "ada@example.com", "NOTE": 'two\r\nlines, "quoted"', "TAG": ""},
            12: {},
            2**60: {"EMAIL": "b@example.com"},
        },
        "0-27": {501: subject},
        "0-28": {"0f8c-guid": {"NAME": "form"}},
        "0-3": {9: deal},
        "0-4": {501: dict(subject)},
        "0-5": {},
    }


def _history() -> list[tuple[str, int | str, Sequence[Entry]]]:
    return [
        (
            *("0-1", 7),
            [
                ("email", "old@example.com", EARLIER),
                ("email", "ada@example.com", UPDATED),
                ("gone", None, UPDATED),
                ("gone", "", UPDATED),
                ("kept", "x", UPDATED),
                ("tag", None, UPDATED),
            ],
        ),
        ("0-1", 12, [("n", f"{n:02d}", f"2026-01-01 00:00:00.{n:03d}") for n in range(44)]),
        (
            *("0-3", 9),
            [
                ("amount", "1500.50", UPDATED),
                ("amount", "2", UPDATED),
                ("closedate", "1", EARLIER),
                ("closedate", "1798675200000", UPDATED),
            ],
        ),
    ]


@dataclass
class Account:
    """What the tables are made from; each list may be changed before `tables` is called."""

    records: list[Record] = field(default_factory=_records)
    wide: list[Record] = field(default_factory=_records)
    long: list[Record] = field(default_factory=_records)
    history: list[tuple[str, int | str, Sequence[Entry]]] = field(default_factory=_history)
    own: dict[str, dict[int | str, dict[str, Value]]] = field(default_factory=_own)
    associations: list[Row] = field(
        default_factory=lambda: [
            ("0-4", "0-1", 7, "0-3", 9, INGESTED),
            ("0-4", "0-1", 7, "0-3", 10, INGESTED),
            ("0-3", "0-3", 9, "0-1", 7, INGESTED),
        ]
    )
    definitions: list[Row] = field(
        default_factory=lambda: [("0-4", "0-1", "0-3"), ("0-3", "0-3", "0-1")]
    )
    memberships: list[Row] = field(
        default_factory=lambda: [("0-1", 5, 7), ("0-1", 5, 8), ("0-28", 5, "none-guid")]
    )
    lists: list[Row] = field(default_factory=lambda: [(4,), (5,)])
    stages: list[Row] = field(default_factory=lambda: [("0-3", "default", "won")])
    pipelines: list[Row] = field(default_factory=lambda: [("0-3", "default")])
    members: list[Row] = field(default_factory=lambda: [(11, 1)])
    owners: list[Row] = field(default_factory=lambda: [(11,)])
    teams: list[Row] = field(default_factory=lambda: [(1,)])

    def tables(self) -> list[Table]:
        pair = ("FROMOBJECTTYPEID", "TOOBJECTTYPEID")
        kind = "COMBINEDASSOCIATIONTYPEID"
        association = (
            *(column(kind), column("FROMOBJECTTYPEID"), column("FROMOBJECTID", "ID")),
            *(column("TOOBJECTTYPEID"), column("TOOBJECTID", "ID"), INGESTED_AT),
        )
        return [
            a_table(
                "ASSOCIATION_DEFINITIONS",
                (column(kind), column(pair[0]), column(pair[1])),
                self.definitions,
                key=(*pair, kind),
            ),
            a_table(
                *("ASSOCIATIONS", association, self.associations),
                key=(*pair, "FROMOBJECTID", "TOOBJECTID", kind),
            ),
            objects(self.records),
            wide(self.wide, as_json),
            long(self.long),
            history(self.history),
            *(own(type_id, OWN_KINDS.get(type_id, {}), of) for type_id, of in self.own.items()),
            a_table(
                "LIST_MEMBERSHIPS",
                (TYPE_ID, column("LISTID", "NUMBER"), column("OBJECTID", "ID")),
                self.memberships,
                key=("LISTID", "OBJECTID"),
            ),
            a_table("LISTS", (column("LISTID", "NUMBER"),), self.lists, key=("LISTID",)),
            a_table(
                "PIPELINE_STAGES",
                (TYPE_ID, column("PIPELINEID"), column("STAGEID")),
                self.stages,
                key=("OBJECTTYPEID", "PIPELINEID", "STAGEID"),
            ),
            a_table(
                *("PIPELINES", (TYPE_ID, column("PIPELINEID")), self.pipelines),
                key=("OBJECTTYPEID", "PIPELINEID"),
            ),
            a_table(
                "OWNER_TEAM",
                (column("OWNERID", "NUMBER"), column("TEAMID", "NUMBER")),
                self.members,
                key=("OWNERID", "TEAMID"),
            ),
            a_table("OWNERS", (column("OWNERID", "NUMBER"),), self.owners, key=("OWNERID",)),
            a_table("TEAMS", (column("TEAMID", "NUMBER"),), self.teams, key=("TEAMID",)),
        ]
