"""Ids: the traps that they are, and the arithmetic that everything else relies on."""

from itertools import pairwise

import pytest

from crmsnap.sandbox.account.ids import IdSpace

EVERY_TYPE = ["contacts", "0-2", "deal", "tickets", "line_items", "emails", "pets", "0-970"]


@pytest.mark.parametrize("name", EVERY_TYPE)
def test_ids_ascend_with_the_index(api, name):
    """Keyset paging needs it: a record made later is found later."""
    type_id = api.account.find_type(name).id
    ids = [api.account.record_id(type_id, index) for index in range(api.account.size(type_id))]
    assert all(one < other for one, other in pairwise(ids))


@pytest.mark.parametrize("name", EVERY_TYPE)
def test_an_id_leads_back_to_its_index(api, name):
    """Single reads and associations start from ids."""
    type_id = api.account.find_type(name).id
    for index in range(api.account.size(type_id)):
        assert api.account.index_of(type_id, api.account.record_id(type_id, index)) == index


def test_an_id_that_was_never_given_out_has_no_index(api):
    """Gaps between ids are answered with 404, not with a neighbour."""
    known = {api.account.record_id("0-1", index) for index in range(api.account.size("0-1"))}
    for number in range(max(known) + 200):
        assert (api.account.index_of("0-1", number) is not None) == (number in known)


def test_the_first_index_after_a_number_belongs_to_the_next_greater_id():
    """A scan may start anywhere, at numbers that are no ids too."""
    space = IdSpace(first=51, step=7, seed=12345)
    ids = [space.record_id(index) for index in range(60)]
    for number in range(400):
        expected = next(index for index, record_id in enumerate(ids) if record_id > number)
        assert space.first_index_after(number) == expected


def test_contact_ids_have_different_lengths(api):
    """Sorted as text they come in another order: what a reader of search must survive."""
    lengths = {len(str(api.account.record_id("0-1", index))) for index in range(200)}
    assert len(lengths) >= 3


@pytest.mark.parametrize("name", ["line_items", "pets"])
def test_some_types_have_ids_that_a_float_cannot_hold(api, name):
    """A reader that goes through floats loses the last digit."""
    type_id = api.account.find_type(name).id
    ids = [api.account.record_id(type_id, index) for index in range(24)]
    assert all(one > 2**53 for one in ids)
    assert any(int(float(one)) != one for one in ids)


def test_two_types_share_ids_but_engagements_never_do(api):
    """An id identifies a record only within its type; all engagements go into one table."""

    def ids(name):
        type_id = api.account.find_type(name).id
        return {api.account.record_id(type_id, i) for i in range(api.account.size(type_id))}

    assert ids("contacts") & ids("companies") & ids("contacts")
    engagements = [ids(name) for name in ("notes", "tasks", "calls", "emails", "meetings")]
    assert sum(map(len, engagements)) == len(set().union(*engagements))


def test_a_type_is_found_by_every_name_that_a_path_may_hold(api):
    """HubSpot takes ids, plural names, singular names and fully qualified names."""
    account = api.account
    assert {account.find_type(name).id for name in ("0-1", "contacts", "contact", "CONTACT")} == {
        "0-1"
    }
    qualified = f"p{account.portal_id}_pets"
    assert account.find_type(qualified).id == account.find_type("pets").id
    assert account.find_type("unicorns") is None
