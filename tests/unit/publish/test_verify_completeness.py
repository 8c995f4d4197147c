"""What the manifest says of the whole account: its counts, and which tables there are."""

from dataclasses import replace
from fnmatch import fnmatchcase
from pathlib import Path

import pytest

from crmsnap.destinations.folder import Folder
from crmsnap.model import Selection
from crmsnap.publish.manifest import Manifest, TypeCount
from crmsnap.publish.verify import VerifyReport, verify
from crmsnap.tables import CATALOGUE
from tests.unit.publish.forgery import reseal
from tests.unit.publish.made_up_account import Account
from tests.unit.publish.made_up_tables import a_table, column, ignore, publish_into


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


TYPES = a_table(
    "OBJECT_AND_EVENT_TYPE_DEFINITIONS",
    (column("OBJECTTYPEID"), column("METATYPE"), column("ARCHIVED", "BOOLEAN")),
    [
        *((type_id, "OBJECT", False) for type_id in ("0-1", "0-27", "0-28", "0-3", "0-4", "0-5")),
        ("2-1", "OBJECT", True),
        ("6-1", "EVENT", False),
    ],
    key=("OBJECTTYPEID",),
)
EVERYTHING = Selection()
FAMILIES = {"OBJECTS_<PLURAL>", "ASSOCIATIONS_<X>_TO_<Y>", "EVENTS_<NAME>"}
"""Of the catalogue these and the tables that the made-up account has."""


def verified(folder: Path, without: str, *, selection: Selection = EVERYTHING) -> VerifyReport:
    """The account without the tables of a pattern, held against the part of the catalogue that it has."""
    tables = [*Account().tables(), TYPES]
    names = {*FAMILIES, *(table.name for table in tables)}
    publish_into(Folder(folder), tables)

    def changed(manifest: Manifest) -> Manifest:
        left = [one for one in manifest.tables if not fnmatchcase(one.name, without)]
        facts = replace(manifest.facts, selection=selection)
        return replace(manifest, tables=tuple(left), facts=facts)

    reseal(folder, changed)
    catalogue = [declared for declared in CATALOGUE if declared.name in names]
    return verify(Folder(folder), None, ignore, catalogue)


@pytest.mark.parametrize(
    ("without", "words"),
    [
        ("PIPELINES", {"PIPELINES is not in the manifest"}),
        ("OBJECTS_0_5", {"the table of type 0-5, one of OBJECTS_<PLURAL>, is not in the manifest"}),
        (
            "ASSOCIATIONS_0_*",
            {
                "the associations from 0-1 to 0-3 have no table of their own",
                "the associations from 0-3 to 0-1 have no table of their own",
            },
        ),
        ("nothing", set()),
    ],
)
def test_a_table_that_is_gone_from_the_manifest_is_missed(
    tmp_path: Path, without: str, words: set[str]
) -> None:
    """Nobody chose to leave it out; an archived type and an event type need not have one."""
    assert {problem.sentence for problem in verified(tmp_path, without).problems} == words


@pytest.mark.parametrize(
    ("without", "selection"),
    [
        ("PIPELINES", Selection(exclude_tables=("PIPELINES",))),
        ("PIPELINES", Selection(tables=("OBJ*", "ASSOC*"))),
        ("OBJECTS_0_5", Selection(exclude_types=("0-5",))),
        ("OBJECTS_0_5", Selection(types=("0-1", "0-3"))),
    ],
)
def test_a_table_that_was_left_out_is_not_missed(
    tmp_path: Path, without: str, selection: Selection
) -> None:
    """A selection is no damage."""
    assert verified(tmp_path, without, selection=selection).ok


def test_a_day_of_another_version_may_have_other_tables(tmp_path: Path) -> None:
    """Which ones, only that version knows."""
    publish_into(Folder(tmp_path), Account().tables())
    assert not verify(Folder(tmp_path), None, ignore, CATALOGUE).ok
    reseal(tmp_path, lambda manifest: replace(manifest, crmsnap="0.0.1"))
    assert verify(Folder(tmp_path), None, ignore, CATALOGUE).ok
