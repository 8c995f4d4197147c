"""Who came while a type was read, and who had to be read: told apart by when a record was made."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from crmsnap.extract.movement import Window, came, lost, window_of
from crmsnap.hubspot.auth import StaticToken
from crmsnap.hubspot.client import Client
from crmsnap.hubspot.endpoints import objects
from crmsnap.hubspot.limits import Limits
from crmsnap.hubspot.transport import HttpTransport
from crmsnap.sandbox.server import Address, Options, running
from crmsnap.state.so_far import SoFar
from crmsnap.streams.documents import PropertyDocument, TypeDocument
from tests.builders.account_state import AccountState, scope_of
from tests.unit.hubspot.host import Even, RealClock, VirtualClock

NOW_MS = 1_795_312_800_000  # 2026-11-22T02:00:00Z
CONTACTS = TypeDocument("0-1", "CONTACT")
ANCIENT, NEVER = "1970-01-01 00:00:00.000", "9999-01-01 00:00:00.000"
MADE_ELSEWHEN = "lastmodifieddate"
"""Stands for a property that says another time than the one beside the record."""


@pytest.fixture(scope="module")
def address() -> Iterator[Address]:
    with running(Options(contacts=200, now_ms=NOW_MS, frozen=True)) as address:
        yield address


@pytest.fixture
def client(address: Address) -> Iterator[Client]:
    clock = VirtualClock()
    with HttpTransport(RealClock()) as transport:
        token = StaticToken(address.token)
        yield Client(transport, token, Limits(clock), clock, Even(), base_url=address.url)


@pytest.fixture
def listed(client: Client) -> list[objects.Record]:
    """Every contact, as the list gives them."""
    records: list[objects.Record] = []
    after: str | None = None
    while after is not None or not records:
        page = objects.page(client, "0-1", properties=(), limit=100, after=after)
        records += page.results
        after = page.after
    return records


@pytest.fixture
def window(tmp_path: Path, listed: list[objects.Record]) -> Window:
    """Of contacts, of which the last two are not ours, from the year 1970 on."""
    ours = [int(record.id) for record in listed[:-2]]
    AccountState(tmp_path).records("0-1", {id_: {} for id_ in ours})
    return Window(
        "0-1",
        SoFar(tmp_path, "objects/0-1"),
        max(ours),
        0,
        ANCIENT,
        created="createdate",
        changed=None,
        merges=False,
        listed=False,
    )


def test_who_was_made_in_the_window_came(window, client, listed):
    """Ids ascend: they are behind the newest of ours."""
    assert came(window, client, 2) == {int(record.id) for record in listed[-2:]}
    assert lost(window, client) == set()


def test_who_was_made_before_it_is_lost(window, client, listed):
    """It was there when the reading began, so that nothing explains why it was not read."""
    window = replace(window, since=NEVER, since_ms=2**50)
    assert came(window, client, 9) == set()
    assert lost(window, client) == {int(record.id) for record in listed[-2:]}


def test_behind_a_forced_sweep_all_that_is_newer_came(window, client, listed):
    """A merge makes a new record that is as old as the older of its two."""
    window = replace(window, since=NEVER, since_ms=2**50, listed=True)
    assert came(window, client, 2) == {int(record.id) for record in listed[-2:]}
    assert lost(window, client) == set()


def test_a_property_says_better_when_a_record_was_made(window, client, listed):
    """The time beside a deal is the one that people have set."""
    record = listed[-1]
    assert record.created_at is not None
    between = record.created_at.replace("T", " ").replace("Z", "")
    assert record.created_at != record.updated_at
    window = replace(window, since=between[:-1] + "9", created=MADE_ELSEWHEN)
    assert int(record.id) in came(window, client, 9)


def test_a_type_that_keeps_no_time_of_change_has_a_window_too(tmp_path):
    """It begins some minutes before the run, not in 1970."""
    state = AccountState(tmp_path)
    state.documents("types", {"0-1": CONTACTS})
    state.documents(
        "properties/0-1", {"createdate": PropertyDocument("0-1", "createdate", "datetime")}
    )
    state.records("0-1", {7: {}})
    scope = replace(scope_of(state.reader), started_at="2026-11-22 02:00:00.000")
    window = window_of(scope, CONTACTS, listed=False)
    assert (window.changed, window.created, window.newest) == (None, "createdate", 7)
    assert window.since == "2026-11-22 01:45:00.000"
    assert window.since_ms == NOW_MS - 15 * 60_000
