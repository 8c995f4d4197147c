"""Parts of a snapshot, copied through our own destination into a folder, and checked on the way."""

import hashlib
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from crmsnap.destinations.interface import Destination
from crmsnap.errors import CrmsnapError, NotThere, SnapshotError
from crmsnap.model import Part
from crmsnap.publish.manifest import PublishedTable

Observe = Callable[[PublishedTable, Part], None]
"""Told of each part that has arrived, in order."""

_AT_ONCE = 4
"""Parts in memory at one time, of at most 15 MB each."""


class PartMissing(SnapshotError):
    """A part that the manifest lists is not there: the day may have got another revision."""


def fetch(
    destination: Destination, table: PublishedTable, folder: Path, observe: Observe
) -> list[Path]:
    """The parts of a table as files, in the order of the rows.

    Raise `PartMissing` when one is missing, `SnapshotError` when it is not what the manifest says.
    """
    into = folder / table.name
    into.mkdir(parents=True)
    files = [into / f"{number:08d}.csv.gz" for number in range(len(table.parts))]
    with ThreadPoolExecutor(_AT_ONCE) as pool:
        copying = [
            pool.submit(_copy, destination, part, file)
            for part, file in zip(table.parts, files, strict=True)
        ]
        try:
            for part, copied in zip(table.parts, copying, strict=True):
                copied.result()
                observe(table, part)
        except BaseException:
            pool.shutdown(wait=False, cancel_futures=True)
            raise
    return files


def _copy(destination: Destination, part: Part, file: Path) -> None:
    try:
        data = destination.get(part.key)
    except NotThere:
        raise PartMissing(
            f"{part.key} is missing",
            cause="the manifest lists it",
            remedy="see with `crmsnap verify` what else is, or ask another day",
        ) from None
    if len(data) != part.bytes or hashlib.sha256(data).hexdigest() != part.sha256:
        raise SnapshotError(
            f"{part.key} is not what was written",
            cause="its size or SHA-256 is not the manifest's",
            remedy="see with `crmsnap verify` what else is damaged, or ask another day",
        )
    try:
        file.write_bytes(data)
    except OSError as error:
        raise CrmsnapError(
            f"a part cannot be copied to {file.parent}: {error.strerror}",
            cause="the parts that a query reads are copied to the temporary folder",
            remedy="set TMPDIR to a folder with more room",
        ) from error
