"""From what stands on the command line to a place with snapshots, and to the manifest of one day."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from crmsnap.cli.chosen import chosen, complete, known_connections, place
from crmsnap.cli.options import checked_day
from crmsnap.errors import SnapshotError, UsageError
from crmsnap.redaction.redactor import Redactor

if TYPE_CHECKING:
    from crmsnap.destinations.interface import Destination
    from crmsnap.publish.manifest import Manifest

What = Annotated[
    str | None,
    typer.Argument(
        metavar="[CONNECTION|FOLDER|URL]",
        help="A connection's name, or where its snapshots are.",
        autocompletion=complete,
    ),
]


def destination_at(
    what: str | None, config: Path | None, home: Path | None, redactor: Redactor
) -> "Destination":
    """The place that is meant; without a word that of the only connection there is."""
    from crmsnap import bootstrap

    if what is not None:
        where = place(what, config, home, redactor)
    elif known := known_connections(config, home, redactor):
        (where,) = chosen(known, (), everyone=False, redactor=redactor)
    else:
        raise UsageError(
            "which snapshot?", remedy="name a connection, a folder or s3://bucket/prefix"
        )
    return bootstrap.destination_of(where, bootstrap.RunClock())


def manifest_at(destination: "Destination", day: str | None) -> "Manifest":
    """The manifest of a day, by default of the newest complete one. Raise `SnapshotError` if there is none."""
    from crmsnap.publish.published import newest_complete_day, read_manifest

    wanted = newest_complete_day(destination) if day is None else checked_day(day)
    found = None if wanted is None else read_manifest(destination, wanted)
    if found is None:
        raise SnapshotError(
            f"there is no complete day {wanted or ''}".rstrip() + f" at {destination.url}",
            cause="a day is complete when it has its manifest",
            remedy="sync first, or check the folder or prefix",
        )
    return found
