"""Who has the address that a marketing e-mail went to."""

import pytest

from crmsnap.model import Choice
from crmsnap.streams.documents import PropertyDocument, TypeDocument
from crmsnap.streams.recipients import has_addresses, recipients
from tests.builders.account_state import AccountState, scope_of


@pytest.fixture
def state(tmp_path):
    """An empty state, to be filled by the test."""
    return AccountState(tmp_path)


def found(state, *addresses):
    with recipients(state.reader) as lookup:
        return lookup.contacts(addresses)


def test_a_contact_is_found_by_any_of_its_addresses_in_any_letters(state):
    """Senders write addresses as they like; HubSpot keeps them in small letters, the further ones in one text."""
    state.records(
        "0-1",
        {
            7: {
                "email": "ada@example.com",
                "hs_additional_emails": "a@b.example; Ada2@example.com",
            },
            8: {"email": "Über@example.com"},
            9: {},
        },
    )
    assert found(
        state, "ADA@example.com", "ada2@EXAMPLE.com", "a@b.example", "über@example.com"
    ) == {
        "ADA@example.com": "7",
        "ada2@EXAMPLE.com": "7",
        "a@b.example": "7",
        "über@example.com": "8",
    }


def test_an_address_that_nobody_has_is_not_found(state):
    """Neither is none at all: an empty address is nobody's, also where a contact has an empty one."""
    state.records("0-1", {7: {"email": "", "hs_additional_emails": ";"}})
    assert found(state, "nobody@example.com", "", None) == {}


def test_ones_own_address_wins_over_a_further_one_and_the_lower_id_over_the_higher(state):
    """HubSpot keeps them apart; should it not, the answer must be the same every day."""
    state.records(
        "0-1",
        {
            1: {"hs_additional_emails": "x@example.com;y@example.com"},
            2: {"email": "x@example.com"},
            3: {"email": "x@example.com", "hs_additional_emails": "y@example.com"},
        },
    )
    assert found(state, "x@example.com", "y@example.com") == {
        "x@example.com": "2",
        "y@example.com": "1",
    }


def defined(state, *names: str, **more: str) -> None:
    state.documents("types", {"0-1": TypeDocument("0-1", "CONTACT")})
    state.documents(
        "properties/0-1",
        {
            name: PropertyDocument(
                "0-1", name, "string", **{"data_sensitivity": "non_sensitive"} | more
            )
            for name in names
        },
    )


BOTH = ("email", "hs_additional_emails")


def test_a_run_has_addresses_when_it_has_read_contacts_with_theirs(state):
    """The further addresses may be left out: whoever has one as its own is still found."""
    defined(state, *BOTH)
    assert not has_addresses(scope_of(state.reader))
    state.records("0-1", {})
    assert has_addresses(scope_of(state.reader))
    assert has_addresses(scope_of(state.reader, properties=Choice(never=("hs_additional_emails",))))


@pytest.mark.parametrize(
    "chosen",
    [
        {"values": False},
        {"properties": Choice(never=("email",))},
        {"properties": Choice(never=("contacts.email",))},
        {"properties": Choice(only=("hs_additional_emails",))},
    ],
    ids=str,
)
def test_a_run_that_copies_no_email_has_no_addresses(state, chosen):
    """Further addresses alone would find some of the contacts."""
    defined(state, *BOTH)
    state.records("0-1", {7: {"hs_additional_emails": "ada@example.com"}})
    assert not has_addresses(scope_of(state.reader, **chosen))


def test_a_sensitive_email_is_no_address(state):
    """It is not copied, so nobody can be found by it."""
    defined(state, *BOTH, data_sensitivity="sensitive")
    state.records("0-1", {7: {}})
    assert not has_addresses(scope_of(state.reader))
