"""From what stands on the command line to a place with snapshots, and to the manifest of one day."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from crmsnap.cli.connections import chosen, complete, known_connections, place
from crmsnap.errors import SnapshotError, UsageError

if TYPE_CHECKING:
    from crmsnap.destinations.interface import Destination
    from crmsnap.publish.manifest import Manifest
    from crmsnap.redaction.redactor import Redactor

What = Annotated[
    str | None,
    typer.Argument(
        metavar="[CONNECTION|FOLDER|URL]",
        help="A connection's name, or where its snapshots are.",
        autocompletion=complete,
    ),
]
Day = Annotated[
    str | None,
    typer.Option("--day", metavar="YYYY-MM-DD", help="The day; else the newest complete one."),
]


def destination_at(
    what: str | None, config: Path | None, home: Path | None, redactor: "Redactor"
) -> "Destination":
    """The place that is meant; without a word that of the only connection there is."""
    from crmsnap import bootstrap

    known = known_connections(config, home, redactor)
    if what is None and not known:
        raise UsageError(
            "which snapshot?", remedy="name a connection, a folder or s3://bucket/prefix"
        )
    if what is None:
        (where,) = chosen(known, (), everyone=False, redactor=redactor)
    else:
        where = place(known, what, redactor)
    return bootstrap.destination_of(where, bootstrap.RunClock())


def manifest_at(destination: "Destination", day: str | None) -> "Manifest":
    """The manifest of a day, by default of the newest complete one. Raise `SnapshotError` if there is none."""
    from crmsnap.publish.published import newest_complete_day, read_manifest

    wanted = checked_day(day) or newest_complete_day(destination)
    found = None if wanted is None else read_manifest(destination, wanted)
    if found is None:
        raise SnapshotError(
            f"there is no complete day {wanted or ''}".rstrip() + f" at {destination.url}",
            cause="a day is complete when it has its manifest",
            remedy="sync first, or check the folder or prefix",
        )
    return found


def checked_day(day: str | None) -> str | None:
    """The day as it was given. Raise `UsageError` unless it is one."""
    from crmsnap.publish.layout import is_day

    if day is not None and not is_day(day):
        raise UsageError(f"{day!r} is no day", remedy="write it as YYYY-MM-DD")
    return day
