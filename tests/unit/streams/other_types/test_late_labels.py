"""Every association has its definition: also when its label was made after the labels were read."""

import pytest

from crmsnap.streams.documents import LabelDocument, TypeDocument
from crmsnap.streams.labels import labels_of
from crmsnap.streams.late_labels import tasks
from crmsnap.tables.association_definitions import is_main
from tests.builders.account_state import AccountState, scope_of
from tests.unit.hubspot.host import Reply
from tests.unit.streams.other_types.served import HubSpot, listed

LABELS = "/crm/associations/2026-09/0-1/0-3/labels"
PLAIN = LabelDocument("0-1", "0-3", "HUBSPOT_DEFINED", 4, name="contact_to_deal")


@pytest.fixture
def state(tmp_path) -> AccountState:
    """One plain association, one with a label that nobody had listed, and a pair that lacks nothing."""
    state = AccountState(tmp_path)
    pets = TypeDocument("2-7", "pets", association_names={"0-1 0-3 99": "pet_of"})
    state.documents("types", {"2-7": pets})
    other = replace_to(PLAIN, "0-5")
    state.documents(
        "association-labels/0-1", {"0-3 HUBSPOT_DEFINED 4": PLAIN, "0-5 HUBSPOT_DEFINED 4": other}
    )
    state.associations("0-1__0-3", {7: [(1, "HUBSPOT_DEFINED", 4), (1, "USER_DEFINED", 99)]})
    state.associations("0-1__0-5", {7: [(2, "HUBSPOT_DEFINED", 4)]})
    return state


def replace_to(label: LabelDocument, to_type: str) -> LabelDocument:
    return LabelDocument(label.from_type, to_type, label.category, label.type_id)


def read(state: AccountState, hubspot: HubSpot, position: str | None = None) -> list[LabelDocument]:
    """The definitions as tables see them afterwards."""
    (task,) = tasks(scope_of(state.reader))
    rows = [row for page in task.read(hubspot.client, position) for row in page.rows]
    state.write(task.stream, rows)
    return [found for found, _ in labels_of(state.reader, "0-1")]


def test_a_label_that_was_made_meanwhile_is_asked_for(hubspot: HubSpot, state: AccountState):
    """Only its pair, and once."""
    late = {"category": "USER_DEFINED", "typeId": 99, "label": "Owner"}
    hubspot.serve(LABELS, listed({"category": "HUBSPOT_DEFINED", "typeId": 4, "label": None}, late))
    found = read(state, hubspot)
    assert LabelDocument("0-1", "0-3", "USER_DEFINED", 99, label="Owner", name="pet_of") in found
    assert len(found) == 3
    assert hubspot.asked == [LABELS]


@pytest.mark.parametrize("answer", [listed(), Reply({"category": "MISSING_SCOPES"}, 403)])
def test_one_that_is_gone_again_is_known_by_what_was_seen(
    hubspot: HubSpot, state: AccountState, answer
):
    """Its label is unknown then, and with it whether it is the plain association."""
    hubspot.serve(LABELS, answer)
    (seen,) = (found for found in read(state, hubspot) if found.type_id == 99)
    assert (seen.category, seen.label, seen.listed, is_main(seen)) == (
        "USER_DEFINED",
        None,
        False,
        None,
    )


def test_a_run_goes_on_behind_the_last_pair(hubspot: HubSpot, state: AccountState):
    assert len(read(state, hubspot, "0-3")) == 2
    assert hubspot.asked == []


def test_nothing_is_asked_where_nothing_is_missing(hubspot: HubSpot, tmp_path):
    state = AccountState(tmp_path / "b")
    state.documents("types", {})
    state.documents("association-labels/0-1", {"0-3 HUBSPOT_DEFINED 4": PLAIN})
    state.associations("0-1__0-3", {7: [(1, "HUBSPOT_DEFINED", 4)]})
    assert read(state, hubspot) == [PLAIN]
    assert hubspot.asked == []
