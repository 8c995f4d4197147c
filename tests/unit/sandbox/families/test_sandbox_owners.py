from itertools import chain
from typing import Any

import pytest

from crmsnap.sandbox.account.account import Account
from crmsnap.sandbox.account.ids import owner_count, owner_id
from crmsnap.sandbox.account.owners import truth
from crmsnap.sandbox.account.times import DAY_MS
from crmsnap.sandbox.api.owners import get_owner, list_owners
from crmsnap.sandbox.api.route import ApiError


def both(reader: Any) -> list[dict[str, Any]]:
    return [*reader.all(list_owners), *reader.all(list_owners, archived="true")]


def test_active_and_archived_owners_together_are_all_owners(reader):
    """A reader that forgets one of the two passes loses owners that records still name."""
    found = both(reader)
    assert len(found) == len({one["id"] for one in found}) == truth(reader.account, reader.now_ms)
    assert {one["archived"] for one in found} == {False, True}


def test_owner_properties_of_records_can_be_resolved(reader):
    """Records name owners by the ids that the rest of the account draws from."""
    account = reader.account
    known = {int(one["id"]) for one in both(reader)}
    assert known == {owner_id(account.seed, i) for i in range(owner_count(account.contacts))}


def test_a_page_ends_with_a_token_until_nothing_is_left(reader):
    """A short page is no end: only the missing token is."""
    pages = list(reader.pages(list_owners, limit=3))
    assert [len(page) for page in pages[:-1]] == [3] * (len(pages) - 1)
    assert list(chain(*pages)) == reader.all(list_owners)


def test_an_archived_owner_keeps_its_user_only_in_the_other_field(reader):
    """That field is how a row of somebody who left can still be joined to a user."""
    archived = reader.all(list_owners, archived="true")
    assert all(one["userId"] is None for one in archived)
    assert all(one["userIdIncludingInactive"] for one in archived)


def test_a_queue_is_an_owner_without_a_user(reader):
    """OWNERS.USERID must allow null for owners that are not archived."""
    queues = [one for one in reader.all(list_owners) if one["type"] == "QUEUE"]
    assert queues
    assert all(
        one["userId"] is None and one["userIdIncludingInactive"] is None and one["email"] is None
        for one in queues
    )


def test_some_owners_have_no_team_and_some_have_two(reader):
    """The API leaves `teams` out instead of answering an empty list."""
    found = both(reader)
    assert any("teams" not in one for one in found)
    assert any(len(one.get("teams", ())) == 2 for one in found)
    assert all(
        sum(team["primary"] for team in one["teams"]) == 1 for one in found if "teams" in one
    )


def test_owners_can_be_found_by_email(reader):
    """The filter is exact, and an unknown address is an empty page."""
    wanted = reader.all(list_owners)[0]
    assert reader.all(list_owners, email=wanted["email"]) == [wanted]
    assert reader.all(list_owners, email="nobody@example.com") == []


def test_one_owner_is_read_by_its_id_or_by_that_of_its_user(reader):
    """The two kinds of ids never meet in one answer by accident."""
    wanted = reader.all(list_owners)[0]
    assert reader.get(get_owner, {"ownerId": wanted["id"]}) == wanted
    by_user = reader.get(get_owner, {"ownerId": str(wanted["userId"])}, idProperty="userId")
    assert by_user == wanted


@pytest.mark.parametrize("id_", ["1", "40100000", "99999999999"])
def test_an_id_that_no_owner_has_is_not_found(reader, id_):
    """A gap between two ids belongs to nobody."""
    with pytest.raises(ApiError) as caught:
        reader.get(get_owner, {"ownerId": id_})
    assert caught.value.status == 404


@pytest.mark.parametrize(
    "query",
    [{"limit": 501}, {"limit": 0}, {"limit": "ten"}, {"archived": "yes"}, {"after": "%%"}],
)
def test_a_parameter_that_makes_no_sense_is_refused(reader, query):
    """HubSpot answers 400, never the default."""
    with pytest.raises(ApiError) as caught:
        reader.get(list_owners, **query)
    assert (caught.value.status, caught.value.body["category"]) == (400, "VALIDATION_ERROR")


def test_each_day_an_owner_joins_and_one_leaves(reader):
    """Reading again must show both: a new row, and a row that became archived."""
    before = {one["id"]: one["archived"] for one in both(reader)}
    reader.now_ms += DAY_MS
    after = {one["id"]: one["archived"] for one in both(reader)}
    assert len(after) == len(before) + 1 == truth(reader.account, reader.now_ms)
    assert sum(after[id_] and not archived for id_, archived in before.items()) == 1


def test_the_names_need_care(reader):
    """Other alphabets, quotes and missing names are what real owners have."""
    reader.account = Account(seed=1, contacts=20_000, now_ms=reader.now_ms)
    names = {one[field] for one in both(reader) for field in ("firstName", "lastName")}
    assert {"", 'Smith "Smitty"', "Müller, MBA", "田中", "الزهراء"} <= names
