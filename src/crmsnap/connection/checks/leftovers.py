"""Files that an earlier check left behind, because it was killed or was not allowed to remove them.

Only names that a check gives are looked at, and only after a while: another check may be using the others.
"""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import timedelta

from crmsnap.connection.checks.caller import Reply
from crmsnap.connection.checks.canaries import Canaries
from crmsnap.connection.checks.target import CANARIES

LEFT_AFTER = timedelta(minutes=10)
"""A check takes seconds, and a minute or two at a store that is busy."""

LISTED_MAX = 1000
"""More are found by the next check."""

VERSIONS_MAX = 20
"""A check writes its file a few times; in a bucket with versions each of them comes to light."""

_OURS = re.compile(r"[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}(?:-copy)?")


@dataclass(frozen=True, slots=True)
class Leftovers:
    """What became of the files of earlier checks."""

    removed: tuple[str, ...] = ()
    left: tuple[str, ...] = ()


def ours_among(names: Iterable[str]) -> tuple[str, ...]:
    """Those keys below `.connection-check/` whose names a check has given."""
    return tuple(name for name in names if _OURS.fullmatch(name.rpartition("/")[2]))


def clear_leftovers(canaries: Canaries) -> Leftovers:
    """Remove what earlier checks left, versions included; where nothing is to be removed, find it."""
    found = tuple(_found(canaries))
    if not canaries.target.deletes:
        return Leftovers(left=found)
    gone = {key for key in found if _remove(canaries, key)}
    return Leftovers(
        removed=tuple(key for key in found if key in gone),
        left=tuple(key for key in found if key not in gone),
    )


def _found(canaries: Canaries) -> Iterator[str]:
    target, caller = canaries.target, canaries.caller
    listed = caller.ask(
        canaries.s3.list_objects_v2,
        Bucket=target.bucket,
        Prefix=f"{target.folder}{CANARIES}/",
        MaxKeys=LISTED_MAX,
        ExpectedBucketOwner=target.bucket_owner,
    )
    files = {file["Key"]: file["LastModified"] for file in listed.body.get("Contents", ())}
    for key in ours_among(files):
        if caller.time_there - files[key] > LEFT_AFTER:
            yield key


def _remove(canaries: Canaries, key: str) -> bool:
    """Whether it is gone; hidden by a delete marker, where versions may not be removed."""
    s3, ask, there = canaries.s3, canaries.caller.ask, canaries.at(key)
    removed = Reply(None)
    for _ in range(VERSIONS_MAX):
        newest = ask(s3.head_object, **there)
        if removed.worked and not newest.worked:
            return True
        removed = ask(s3.delete_object, **there, VersionId=newest.body.get("VersionId"))
        if not removed.worked:
            break
    return removed.worked or ask(s3.delete_object, **there).worked
