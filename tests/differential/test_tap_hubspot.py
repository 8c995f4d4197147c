"""singer-io's tap-hubspot (PyPI 4.5.0), which Stitch runs too, and crmsnap read the same account.

Contacts and owners only: the tap reads companies and deals from paths of HubSpot's v1 and v2 API. It is run
as Singer taps are: `--discover`, a selection of streams and fields, then Singer messages on standard output.
"""

import json
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Any

import pytest

from tests.differential.comparison import (
    ABSENT,
    RIGHT,
    Cell,
    Defect,
    Table,
    assert_explained,
    compare,
    meaning,
)
from tests.differential.environments import environment_of
from tests.differential.older_lists import older_lists
from tests.differential.peer import Ran, Sides, Way
from tests.differential.truth import OWNER_FIELDS

pytestmark = [pytest.mark.full, pytest.mark.timeout(900)]  # the first run installs the reader

UNREADABLE = "odd_date"
"""The datetime property of contacts that also holds what is no time."""


@dataclass(frozen=True)
class Reading:
    """What a run of the tap wrote."""

    ran: Ran
    records: Mapping[str, list[dict[str, Any]]]


@pytest.fixture(scope="module")
def catalog(way: Way) -> dict[str, Any]:
    """What the tap itself finds in the account."""
    found = tap(way, "--discover")
    assert found.exit_code == 0, found.stderr
    catalog: dict[str, Any] = json.loads(found.stdout)
    return catalog


@pytest.fixture(scope="module")
def whole(way: Way, catalog: dict[str, Any]) -> Reading:
    """A run with every property."""
    return read(way, catalog)


@pytest.fixture(scope="module")
def spared(way: Way, catalog: dict[str, Any]) -> Reading:
    """A run without the property that ends it."""
    return read(way, catalog, deselected=UNREADABLE)


def read(way: Way, catalog: dict[str, Any], deselected: str = "") -> Reading:
    """Select two streams with their fields, and read them."""
    for stream in catalog["streams"]:
        for entry in stream["metadata"]:
            chosen = stream["stream"] in ("contacts", "owners")
            is_deselected = entry["breadcrumb"][-1:] == [f"property_{deselected}"]
            entry["metadata"]["selected"] = chosen and not is_deselected
    selection = way.folder / "catalog.json"
    selection.write_text(json.dumps(catalog))
    ran = tap(way, "--properties", str(selection))
    records: dict[str, list[dict[str, Any]]] = {"contacts": [], "owners": []}
    for message in ran.messages():
        if message["type"] == "RECORD":
            records[message["stream"]].append(message["record"])
    return Reading(ran, records)


def tap(way: Way, *options: str) -> Ran:
    config = way.folder / "config.json"
    config.write_text(
        json.dumps({"api_key": way.account.token, "start_date": "2000-01-01T00:00:00Z"})
    )
    program = environment_of("tap-hubspot") / "tap-hubspot"
    return way.run(older_lists(way.account), program, "--config", config, *options)


def test_one_value_that_is_no_time_ends_the_run(whole: Reading, sides: Sides) -> None:
    """Defect: the record, and every one after it, is lost; ours publishes the text."""
    texts = [record[UNREADABLE] for record in sides.truth["contacts"].rows.values()]
    assert "yesterday" in texts
    assert whole.ran.exit_code != 0
    assert f"property_{UNREADABLE}: data does not match" in whole.ran.stderr
    assert len(whole.records["contacts"]) < len(texts) == len(sides.ours["contacts"].rows)


def test_both_have_the_same_contacts(spared: Reading, sides: Sides) -> None:
    """None missing, none twice."""
    ids = Counter(one["id"] for one in spared.records["contacts"])
    assert ids == Counter(sides.truth["contacts"].rows.keys())
    assert ids == Counter(sides.ours["contacts"].rows.keys())


def _null_boolean(cell: Cell) -> Any:
    return False if cell.type == "bool" and cell.raw is None else RIGHT


def _dropped_comma(cell: Cell) -> Any:
    """singer-python takes every comma for one between thousands."""
    if cell.type != "number" or "," not in (cell.raw or ""):
        return RIGHT
    return float(cell.raw.replace(",", ""))


def _rounded(cell: Cell) -> Any:
    """singer-python reads a number as a float, which has 53 bits."""
    if cell.type != "number" or not isinstance(meaning("number", cell.raw), Decimal):
        return RIGHT
    rounded = float(cell.raw)
    return rounded if Decimal(repr(rounded)) != Decimal(cell.raw) else RIGHT


CONTACT_DEFECTS = [
    Defect("a boolean without a value becomes false", _null_boolean),
    Defect("a number loses its comma", _dropped_comma),
    Defect("a number loses the digits that a float has no room for", _rounded),
]


def test_every_value_is_the_same_but_for_known_defects(spared: Reading, sides: Sides) -> None:
    """Cell by cell; the raw answer says which of the two is wrong."""
    every = sides.truth["contacts"]
    seen = {name: found for name, found in every.types.items() if name != UNREADABLE}
    prefix = "property_"
    theirs = {
        one["id"]: {
            name.removeprefix(prefix): value
            for name, value in one.items()
            if name.startswith(prefix)
        }
        for one in spared.records["contacts"]
    }
    found = compare(
        replace(every, types=seen), sides.ours["contacts"], Table(seen, theirs), CONTACT_DEFECTS
    )
    assert_explained(found, CONTACT_DEFECTS)
    assert not found.invented


def _no_column(cell: Cell) -> Any:
    return ABSENT if cell.name in ("type", "userIdIncludingInactive") else RIGHT


OWNER_DEFECTS = [Defect("two fields of an owner are not in the schema", _no_column)]


def test_active_owners_are_the_same_and_archived_ones_are_missing(
    spared: Reading, sides: Sides
) -> None:
    """Defect: the tap has a setting `include_inactives` and never reads it."""
    truth, ours = sides.truth["owners"], sides.ours["owners"]
    theirs = {one["id"]: one for one in spared.records["owners"]}
    archived = {id_ for id_, owner in truth.rows.items() if owner["archived"]}
    assert archived
    assert theirs.keys() == truth.rows.keys() - archived
    assert ours.rows.keys() == truth.rows.keys()
    found = compare(truth, ours, Table(OWNER_FIELDS, theirs), OWNER_DEFECTS)
    assert_explained(found, OWNER_DEFECTS)


def test_the_tap_talks_to_hubspot_alone(whole: Reading, spared: Reading) -> None:
    """And so to nobody: HubSpot's address is the sandbox on this machine."""
    assert spared.ran.exit_code == 0, spared.ran.stderr
    assert spared.ran.asked
    assert not [*whole.ran.refused, *spared.ran.refused]
