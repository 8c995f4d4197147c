"""What the manifest says of the whole account: its counts, and which tables there are."""

from dataclasses import replace
from pathlib import Path

import pytest

from crmsnap.destinations.folder import Folder
from crmsnap.publish.manifest import Manifest, TypeCount
from crmsnap.publish.verify import verify
from tests.unit.publish.forgery import reseal
from tests.unit.publish.made_up_account import Account
from tests.unit.publish.made_up_tables import ignore, publish_into


@pytest.mark.parametrize(
    ("counts", "words"),
    [
        ({"0-1": 4}, "OBJECTS has 3 records of type 0-1, and the manifest counts 4"),
        ({"0-1": 2}, "OBJECTS has 3 records of type 0-1, and the manifest counts 2"),
        ({"0-3": 0}, "OBJECTS has 1 records of type 0-3, and the manifest counts 0"),
        ({"9-9": 1}, "OBJECTS has 0 records of type 9-9, and the manifest counts 1"),
    ],
)
def test_counts_that_the_records_do_not_bear_out_are_found(
    tmp_path: Path, counts: dict[str, int], words: str
) -> None:
    """They are what is compared with HubSpot's own counts. 0-4 has none: its records are others'."""

    def changed(manifest: Manifest) -> Manifest:
        said = {count.type: count.ours for count in manifest.facts.counts} | counts
        of_types = tuple(TypeCount(type_id, None, ours) for type_id, ours in said.items() if ours)
        return replace(manifest, facts=replace(manifest.facts, counts=of_types))

    publish_into(Folder(tmp_path), Account().tables())
    reseal(tmp_path, changed)
    (problem,) = verify(Folder(tmp_path), None, ignore).problems
    assert (problem.code, problem.sentence) == ("counts-disagree", words)
