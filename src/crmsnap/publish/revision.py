"""A published day that is about to be replaced, as it was found: by its e-tag it is told from what comes later.

Readers see one name, the manifest's: its content is swapped when all new parts lie there, and what only the
old one listed is removed behind that. So that nobody who removes strays late meets a part that a newer revision
relies on, a revision lists nothing but parts of the one that it replaces and parts whose names no other run can write.
"""

from dataclasses import dataclass
from hashlib import blake2b, sha256

from crmsnap.destinations.interface import Destination
from crmsnap.errors import NotThere, SnapshotError
from crmsnap.publish.layout import manifest_key
from crmsnap.publish.manifest import Manifest, RunFacts
from crmsnap.publish.published import manifest_of, refuse_others

_ATTEMPTS = 5
"""Another run may replace it between two looks."""


@dataclass(frozen=True, slots=True)
class Revision:
    """What is replaced."""

    manifest: Manifest
    e_tag: str


def found_revision(destination: Destination, facts: RunFacts) -> Revision | None:
    """What is published of a run's day, None if nothing is: then there is nothing to replace.

    Raise `SnapshotError` if it was made for another connection.
    """
    key = manifest_key(facts.day)
    for _ in range(_ATTEMPTS):
        found = destination.head(key)
        if found is None or found.e_tag is None:
            return None
        try:
            data = destination.get(key)
        except NotThere:
            continue
        if sha256(data).hexdigest() == found.sha256:
            manifest = manifest_of(facts.day, data)
            refuse_others(destination, manifest, facts)
            return Revision(manifest, found.e_tag)
    raise SnapshotError(
        f"{key} at {destination.url} changes all the time",
        cause="other runs replace the day at this moment",
        remedy="run again when they have ended",
    )


def run_tag(run: str) -> str:
    """What tells the parts of a run, or an erasure, that replaces a day from all others: 8 hex digits."""
    return blake2b(run.encode(), digest_size=4).hexdigest()
