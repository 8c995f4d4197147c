"""`crmsnap erase`: which published days hold a record, and days and state without it."""

import json
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Annotated

import typer

from crmsnap.cli import options
from crmsnap.cli.chosen import state_of
from crmsnap.cli.text import columns, count, escaped
from crmsnap.errors import UsageError

if TYPE_CHECKING:
    from crmsnap.publish.erase import DayErased
    from crmsnap.state.leaving import Held

_LEFT = "a day that could not be looked at may hold it: see the reason, and erase again"
_VERSIONS = (
    "the bucket keeps versions: what was replaced stays readable as an earlier version until a lifecycle"
    " rule or you remove it"
)


def erase(
    context: typer.Context,
    object_type: Annotated[
        str,
        typer.Argument(metavar="TYPE", help="Object type of the records: contacts, 0-1, 2-123."),
    ],
    ids: Annotated[list[str], typer.Argument(metavar="ID...", help="Ids of the records.")],
    *,
    connection: options.Connection = None,
    rewrite: Annotated[
        bool,
        typer.Option("--rewrite", help="Make new revisions of those days, and clear the state."),
    ] = False,
    yes: Annotated[
        bool, typer.Option("--yes", help="With --rewrite: do it; else it is only shown.")
    ] = False,
    config: options.Config = None,
    home: options.Home = None,
    as_json: options.Json = False,
) -> None:
    """Show which published days and streams hold records; with --rewrite --yes, erase them there.

    Rows about the records go: their own, their histories, associations from and to them, memberships and
    events. All other rows stay as they are. HubSpot is not asked: delete the records there first, or the
    next sync brings them back.

    Example: crmsnap erase contacts 51 52 --rewrite --yes
    """
    from crmsnap import bootstrap
    from crmsnap.publish import erase as engine

    context.obj.json = as_json
    if yes and not rewrite:
        raise UsageError(
            "--yes belongs to --rewrite",
            cause="without --rewrite nothing is changed",
            remedy="give both to erase, or none to see what holds the records",
        )
    records = _records(object_type, ids)
    name, known, folder = state_of(connection, config, home, context.obj.redactor)
    doing = rewrite and yes
    days: list[DayErased] = []
    if doing:
        with (
            bootstrap.stoppable(
                "the erasure", "erase again: it goes on with the days that are left"
            ) as clock,
            bootstrap.open_erasing(known, folder, clock) as tools,
        ):
            streams = bootstrap.erase_from_state(folder / name, records)
            for day in engine.rewrite(records, tools):
                days.append(day)
                typer.echo(_line(day), err=True)
    else:
        streams = bootstrap.held_in_state(folder / name, records)
        clock = bootstrap.RunClock()
        days += engine.holding(bootstrap.our_days(known, folder, clock), records, clock)
    left = any(day.verdict == "left" for day in days)
    found = {id_ for stream in streams.values() for id_ in stream.ids}
    found.update(id_ for day in days for table in day.tables for id_ in table.ids)
    unknown = [id_ for id_ in ids if id_ not in found]
    if unknown:
        have_left = bootstrap.left_of(folder / name, records)
        unknown = [id_ for id_ in unknown if id_ not in have_left]
    notes = [_LEFT] * left + [_VERSIONS] * any(day.keeps_versions for day in days)
    if as_json:
        told = {
            "connection": name,
            "type": object_type,
            "ids": list(ids),
            "unknown": unknown,
            "done": doing,
            "days": [day.as_dict() for day in days],
            "state": {stream: held.rows for stream, held in streams.items()},
            "notes": notes,
        }
        print(json.dumps(told, indent=2))
    else:
        _print(days, streams, notes, done=doing)
        if unknown:
            print(
                f"no day and no stream holds {escaped(object_type)} {escaped(', '.join(unknown))}:"
                " check the type and the id, unless it was erased before"
            )
    if unknown or (doing and left):
        raise typer.Exit(1)


def _records(word: str, ids: Sequence[str]) -> frozenset[tuple[str, str]]:
    """The records that are meant. Raise `UsageError` for no type, or no id."""
    from crmsnap.hubspot.object_types import STANDARD_TYPES
    from crmsnap.publish.erase_rows import with_engagements

    by_name = {
        name.lower(): one.id
        for one in STANDARD_TYPES
        for name in (one.id, one.name, one.path, one.singular, one.plural)
    }
    type_id = by_name.get(word.lower(), word)
    if not all(part.isdecimal() for part in type_id.split("-")) or type_id.count("-") != 1:
        raise UsageError(
            f"there is no object type {word!r}",
            cause="a custom type is named by its id here",
            remedy="give its id: 0-1, 2-12345; the manifest of a day and OBJECTS have it",
        )
    of_own_api = {one.id for one in STANDARD_TYPES if one.source != "crm"}
    for id_ in ids:
        is_one = id_ and id_.isprintable() and id_ == id_.strip()
        if not is_one or not (id_.isdecimal() or type_id in of_own_api):
            raise UsageError(
                f"{id_!r} is no id of a record of type {type_id}",
                cause="ids of these records are digits alone, without quotes",
                remedy="give ids as OBJECTS has them",
            )
    return with_engagements((type_id, id_) for id_ in ids)


def _line(day: "DayErased") -> str:
    rows = sum(table.rows for table in day.tables)
    return f"{day.day}: {day.verdict}, {count(rows, 'row')}"


def _print(
    days: "Sequence[DayErased]", streams: "Mapping[str, Held]", notes: Sequence[str], *, done: bool
) -> None:
    rows: list[tuple[str, ...]] = []
    for day in days:
        rows.append((day.day, day.verdict, "", "", escaped(day.reason)))
        rows += [
            (
                "",
                "",
                escaped(table.name),
                f"{table.rows:,}",
                f"in {count(len(table.parts), 'part')}",
            )
            for table in day.tables
        ]
    rows += [
        ("state", "", escaped(stream), f"{held.rows:,}", "") for stream, held in streams.items()
    ]
    if rows:
        print(columns(rows, right=(3,)))
    for note in notes:
        print(f"note: {note}")
    held = [day for day in days if day.tables]
    if done and (held or streams):
        print(f"rewrote {count(len(held), 'day')}; `crmsnap verify` proves them")
    elif held or streams:
        print(f"{count(len(held), 'day')} would be rewritten: give --rewrite --yes to do it")
    else:
        print("nothing holds it")
