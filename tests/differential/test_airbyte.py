"""Airbyte's HubSpot connector (PyPI airbyte-source-hubspot 5.7.0) and crmsnap read the same account.

Its newer versions are images and not on PyPI. It is run as Airbyte's platform runs it: `read` with a
configuration and a catalog, messages in JSON on standard output.
"""

import json
import re
from collections import Counter
from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

import pytest

from tests.differential.comparison import (
    EPOCH,
    RIGHT,
    Cell,
    Defect,
    Table,
    assert_explained,
    compare,
)
from tests.differential.environments import environment_of
from tests.differential.older_lists import older_lists
from tests.differential.peer import Ran, Sides, Way
from tests.differential.truth import OWNER_FIELDS

pytestmark = [pytest.mark.full, pytest.mark.timeout(900)]  # the first run installs the reader

TYPES = ("contacts", "companies", "deals")
STREAMS = (*TYPES, "owners", "owners_archived")


@dataclass(frozen=True)
class Reading:
    """What a run of the connector wrote."""

    ran: Ran
    records: Mapping[str, list[dict[str, Any]]]
    statuses: Mapping[str, str]
    """The last status of each stream."""


def read(way: Way, hidden: Collection[str] = ()) -> Reading:
    """Run the connector; hidden properties are left out of the list that it asks for."""
    start = {"credentials_title": "Private App Credentials", "access_token": way.account.token}
    config, catalog = way.folder / "config.json", way.folder / "catalog.json"
    config.write_text(json.dumps({"credentials": start, "start_date": "2000-01-01T00:00:00Z"}))
    catalog.write_text(json.dumps({"streams": [_full_refresh(name) for name in STREAMS]}))
    ran = way.run(
        older_lists(way.account, hidden),
        environment_of("airbyte") / "source-hubspot",
        *("read", "--config", config, "--catalog", catalog),
    )
    records: dict[str, list[dict[str, Any]]] = {name: [] for name in STREAMS}
    statuses = {}
    for message in ran.messages():
        if message["type"] == "RECORD":
            records[message["record"]["stream"]].append(message["record"]["data"])
        elif message["type"] == "TRACE" and message["trace"]["type"] == "STREAM_STATUS":
            status = message["trace"]["stream_status"]
            statuses[status["stream_descriptor"]["name"]] = status["status"]
    return Reading(ran, records, statuses)


def _full_refresh(stream: str) -> dict[str, Any]:
    return {
        "stream": {"name": stream, "json_schema": {}, "supported_sync_modes": ["full_refresh"]},
        "sync_mode": "full_refresh",
        "destination_sync_mode": "overwrite",
    }


def ends_the_stream(type_: str, raw: str | None) -> bool:
    """A number property that holds what Python's float refuses, as in components.py of the connector."""
    if type_ != "number" or not raw:
        return False
    try:
        float(raw.replace(",", ""))
    except ValueError:
        return True
    return False


@pytest.fixture(scope="module")
def fatal(sides: Sides) -> Mapping[str, set[str]]:
    """The properties with a value that ends a stream, by type."""
    return {
        type_: {
            name
            for record in sides.truth[type_].rows.values()
            for name, raw in record.items()
            if ends_the_stream(sides.truth[type_].types.get(name, ""), raw)
        }
        for type_ in TYPES
    }


@pytest.fixture(scope="module")
def whole(way: Way) -> Reading:
    """A run over the account as it is."""
    return read(way)


@pytest.fixture(scope="module")
def spared(way: Way, fatal: Mapping[str, set[str]]) -> Reading:
    """A run that does not see the properties which end it."""
    return read(way, set().union(*fatal.values()))


def test_one_text_in_a_number_property_ends_the_stream(
    whole: Reading, sides: Sides, fatal: Mapping[str, set[str]]
) -> None:
    """Defect: airbyte issues 23095 and 62866; ours publishes the text and all records."""
    assert fatal == {
        "contacts": {"customer_reference"},
        "companies": set(),
        "deals": {"customer_order_number"},
    }
    for type_ in TYPES:
        assert whole.statuses[type_] == ("INCOMPLETE" if fatal[type_] else "COMPLETE")
        assert bool(whole.records[type_]) is not bool(fatal[type_])
        assert sides.ours[type_].rows.keys() == sides.truth[type_].rows.keys()
    assert whole.ran.exit_code != 0
    assert "could not convert string to float: '1;2;3'" in whole.ran.stdout


@pytest.mark.parametrize("type_", TYPES)
def test_both_have_the_same_records(spared: Reading, sides: Sides, type_: str) -> None:
    """None missing, none twice."""
    ids = Counter(one["id"] for one in spared.records[type_])
    assert ids == Counter(sides.truth[type_].rows.keys()) == Counter(sides.ours[type_].rows.keys())


def _empty_date(cell: Cell) -> Any:
    return None if cell.type in ("date", "datetime") and cell.raw == "" else RIGHT


def _cut_milliseconds(cell: Cell) -> Any:
    """`ab_datetime_parse` of airbyte-cdk is given whole seconds, and takes at most ten digits of them."""
    if cell.type != "datetime" or not (cell.raw or "").isdigit():
        return RIGHT
    seconds, rest = divmod(int(cell.raw), 1000)
    readable = rest and len(str(seconds)) <= 10
    return (EPOCH + timedelta(seconds=seconds)).isoformat() if readable else RIGHT


def _filled_from_another(cell: Cell) -> Any:
    """`NewtoLegacyFieldTransformation` in components.py of the connector, with the map of its contacts stream."""
    stage = re.fullmatch(r"hs_lifecyclestage_(\w+)_date", cell.name)
    other = stage and cell.record.get(f"hs_v2_date_entered_{stage[1]}")
    return datetime.fromisoformat(other).isoformat() if other and cell.raw is None else RIGHT


EMPTY_DATE = Defect("an empty date becomes null", _empty_date)
CUT_MILLISECONDS = Defect("a time in milliseconds loses those below a second", _cut_milliseconds)
FILLED_FROM_ANOTHER = Defect("null becomes the value of another property", _filled_from_another)
DEFECTS = {
    "contacts": [EMPTY_DATE, CUT_MILLISECONDS, FILLED_FROM_ANOTHER],
    "companies": [],
    "deals": [CUT_MILLISECONDS],
}
INVENTED = {
    "contacts": {"hs_date_exited_lead"},
    "companies": set(),
    "deals": {"hs_date_entered_closedwon"},
}
"""Older names of properties, under which the connector writes the values of the newer ones once more."""


@pytest.mark.parametrize("type_", TYPES)
def test_every_value_is_the_same_but_for_known_defects(
    spared: Reading, sides: Sides, fatal: Mapping[str, set[str]], type_: str
) -> None:
    """Cell by cell; the raw answer says which of the two is wrong."""
    every = sides.truth[type_]
    seen = {name: found for name, found in every.types.items() if name not in fatal[type_]}
    theirs = Table(seen, {one["id"]: one["properties"] for one in spared.records[type_]})
    found = compare(replace(every, types=seen), sides.ours[type_], theirs, DEFECTS[type_])
    assert_explained(found, DEFECTS[type_])
    assert found.invented == INVENTED[type_]


def test_ours_leaves_out_what_hubspot_does_not_classify(spared: Reading, sides: Sides) -> None:
    """Not a defect of theirs, a decision of ours: it may be sensitive, and the manifest names it."""
    assert sides.unclassified["companies"]
    for type_, names in sides.unclassified.items():
        assert names <= sides.left_out[type_]
        assert not [row for row in sides.ours[type_].rows.values() if names & row.keys()]
        for record in spared.records[type_]:
            raw = sides.truth[type_].rows[record["id"]]
            assert all(record["properties"][name] == raw[name] for name in names)


def test_owners_are_the_same(spared: Reading, sides: Sides) -> None:
    """Active and archived ones, each once; the connector leaves out keys that are null."""
    listed = [*spared.records["owners"], *spared.records["owners_archived"]]
    theirs = {one["id"]: {name: one.get(name) for name in OWNER_FIELDS} for one in listed}
    truth, ours = sides.truth["owners"], sides.ours["owners"]
    assert len(listed) == len(theirs)
    assert theirs.keys() == truth.rows.keys() == ours.rows.keys()
    assert_explained(compare(truth, ours, Table(OWNER_FIELDS, theirs)), [])


def test_the_connector_talks_to_hubspot_alone(whole: Reading, spared: Reading) -> None:
    """And so to nobody: HubSpot's address is the sandbox on this machine."""
    assert spared.ran.exit_code == 0
    assert spared.ran.asked
    assert not [*whole.ran.refused, *spared.ran.refused]
