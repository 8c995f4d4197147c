"""Which values of an occurrence are copied; in doubt none."""

import pytest

from crmsnap.model import EVERY, Choice
from crmsnap.streams.documents import EventTypeDocument, PropertyDocument
from crmsnap.streams.event_values import Kept, event_properties, properties_of
from tests.builders.account_state import AccountState

VALUES = {"mine": "1", "hs_url": "/", "ssn": "2", "gone": None}
CUSTOM = EventTypeDocument("pe1_login", id="6-1")


@pytest.fixture
def state(tmp_path):
    """An empty state, to be filled by the test."""
    return AccountState(tmp_path)


def kept(state, known=CUSTOM, chosen: Choice = EVERY):
    properties = properties_of(known, event_properties(state.reader), state.reader)
    return Kept(properties, chosen)


def define(state, *definitions):
    documents = {f"{found.owner} {found.name}": found for found in definitions}
    state.documents("event-properties", documents)


def test_what_is_not_classified_is_copied_where_nothing_is_sensitive(state):
    """Definitions of events have long had no classification at all."""
    define(state, PropertyDocument("pe1_login", "mine", "string"))
    assert kept(state).values(VALUES) == {"mine": "1", "hs_url": "/", "ssn": "2"}


def test_a_sensitive_property_closes_itself_and_what_is_not_classified(state):
    """The type evidently allows sensitive data: then only what is clearly open is copied."""
    define(
        state,
        PropertyDocument("pe1_login", "ssn", "string", data_sensitivity="sensitive"),
        PropertyDocument("pe1_login", "clear", "string", data_sensitivity="non_sensitive"),
        PropertyDocument("pe2_other", "mine", "string"),
    )
    found = kept(state)
    assert found.values({**VALUES, "clear": "3"}) == {"hs_url": "/", "clear": "3"}
    assert found.defined == {"clear"}


@pytest.mark.parametrize("reads_definitions", [False, True])
def test_without_its_definition_only_hubspots_own_properties_are_copied(state, reads_definitions):
    """The definitions may not be read, or this type is not among them."""
    if reads_definitions:
        define(state)
    unknown = EventTypeDocument("pe1_login", id=None if reads_definitions else "6-1")
    assert kept(state, unknown).values(VALUES) == {"hs_url": "/"}


def test_hubspots_own_types_need_no_definitions(state):
    """There are none, and users cannot add properties to them."""
    own = EventTypeDocument("e_visited_page")
    assert kept(state, own).values(VALUES) == {"mine": "1", "hs_url": "/", "ssn": "2"}


def test_only_chosen_properties_are_copied(state):
    """What is excluded does not reach the state."""
    define(state, PropertyDocument("pe1_login", "mine", "string"))
    found = kept(state, chosen=Choice(never=("ssn", "hs_*")))
    assert found.values(VALUES) == {"mine": "1"}
