"""A snapshot says what changed in types, properties, tables and settings since the one before."""

from collections.abc import Iterator
from typing import Any

import pytest

from tests.builders.command import Crmsnap
from tests.builders.sandbox_process import DAY, sandbox
from tests.builders.snapshot import manifest

NEXT_DAY = "2026-11-21"
NOTHING_ELSE = dict.fromkeys(
    ("changed", "created", "archived", "merged", "gdpr_deleted", "restored"), 0
)
SELECTED = ("--types", "contacts,pets", "--exclude-tables", "EVENTS*,ASSOCIATIONS*,LIST*")


@pytest.fixture(scope="module")
def drifted(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Crmsnap]:
    """Two days of an account in which everything drifts that can."""
    with sandbox("--frozen", contacts=20) as account:
        crmsnap = Crmsnap(tmp_path_factory.mktemp("drifted"), account)
        account.post(
            "/_sandbox/advance",
            {
                "days": 0.001,
                **NOTHING_ELSE,
                "definitions": [
                    {"objectType": "contacts", "name": "shoe_size", "type": "number"},
                    {"objectType": "contacts", "name": "hat_size"},
                    {"objectType": "contacts", "name": "ring_size"},
                ],
            },
        )
        first = crmsnap.sync(*SELECTED)
        assert first.exit_code == 0, first.stderr
        account.post("/_sandbox/advance", {"days": 1, **NOTHING_ELSE, **drift()})
        yield crmsnap


def drift() -> dict[str, Any]:
    """Every kind of drift at once."""
    return {
        "definitions": [
            {"objectType": "contacts", "name": "city_of_birth"},
            {"objectType": "contacts", "name": "shoe_size", "type": "string"},
            {"objectType": "contacts", "name": "hat_size", "archived": True},
            {"objectType": "contacts", "name": "ring_size", "purged": True},
            {"objectType": "contacts", "name": "zip", "dataSensitivity": "sensitive"},
        ],
        "relabelled": [
            {"objectType": "pets", "plural": "Haustiere"},
            {"objectType": "contacts", "name": "city", "label": "Ort"},
        ],
        "new_types": [{"name": "rockets", "records": 3}],
    }


@pytest.fixture(scope="module")
def second_day(drifted: Crmsnap) -> Any:
    ended = drifted.sync(*SELECTED)
    assert ended.exit_code == 0, ended.stderr
    return manifest(drifted.snapshots / NEXT_DAY)["crmsnap"]["changes"], ended.stdout


def found(changes: Any, kind: str) -> set[tuple[str, ...]]:
    return {
        (one["of"], one["name"], one["change"], one["before"], one["after"])
        for one in changes[kind]
    }


def test_a_first_snapshot_says_that_it_knows_of_none_before(drifted: Crmsnap):
    """`null` is not "nothing changed"."""
    assert manifest(drifted.snapshots / DAY)["crmsnap"]["changes"] is None


def test_every_drift_of_a_property_is_said(second_day: Any):
    """Added, retyped, archived, gone for good, closed, relabelled: none is silent."""
    changes, _ = second_day
    assert found(changes, "properties") == {
        ("0-1", "city_of_birth", "added", None, None),
        ("0-1", "shoe_size", "retyped", "number", "string"),
        ("0-1", "hat_size", "archived", None, None),
        ("0-1", "ring_size", "removed", None, None),
        ("0-1", "zip", "reclassified", "non_sensitive", "sensitive"),
        ("0-1", "city", "relabelled", "City", "Ort"),
    }


def test_a_type_that_came_or_is_called_otherwise_is_said(second_day: Any):
    """Also one that is not copied: it may be what somebody waits for."""
    changes, _ = second_day
    types = {(one["name"], one["change"], one["before"]) for one in changes["types"]}
    assert types == {("Rocketss", "added", None), ("Haustiere", "renamed", "Pets")}


def test_a_column_that_came_or_went_is_said(second_day: Any):
    """What a loader trips over: columns of every table that both days have."""
    changes, _ = second_day
    columns = {
        (one["name"], one["change"])
        for one in changes["columns"]
        if one["of"] == "OBJECTS_CONTACTS"
    }
    assert columns == {
        ("PROPERTY_CITY_OF_BIRTH", "added"),
        ("PROPERTY_SHOE_SIZE", "retyped"),
        ("PROPERTY_UNPARSED_SHOE_SIZE", "removed"),
        ("PROPERTY_HAT_SIZE", "removed"),
        ("PROPERTY_RING_SIZE", "removed"),
        ("PROPERTY_ZIP", "removed"),
    }


def test_a_person_reads_it_in_the_report(second_day: Any):
    """A line for each kind of change."""
    _, shown = second_day
    assert "changed since 2026-11-20:" in shown
    assert "property retyped: 0-1.shoe_size (number -> string)" in shown
    assert "property added: 0-1.city_of_birth" in shown


def test_the_selection_is_part_of_what_changed(drifted: Crmsnap, second_day: Any):
    """What goes because somebody chose so is no drift: only the choice is told."""
    del second_day  # it comes first
    drifted.account.post("/_sandbox/advance", {"days": 1, **NOTHING_ELSE})
    ended = drifted.sync("--types", "pets", "--exclude-tables", "EVENTS*,ASSOCIATIONS*,LIST*")
    assert ended.exit_code == 0, ended.stderr
    changes = manifest(drifted.snapshots / "2026-11-22")["crmsnap"]["changes"]
    assert changes["since_day"] == NEXT_DAY
    assert [(one["name"], one["after"]) for one in changes["settings"]] == [("types", "2-5550001")]
    for kind in ("types", "properties", "tables", "columns"):
        assert changes[kind] == [], "what is no longer chosen did not go"
