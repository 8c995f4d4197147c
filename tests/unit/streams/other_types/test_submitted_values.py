"""Which submitted values are copied: what is known to be open. A submission outlives its properties."""

import json
from typing import Any

import pytest

from crmsnap.model import Choice
from crmsnap.streams.documents import TypeDocument
from crmsnap.streams.other_types import FORM_SUBMISSIONS
from tests.unit.hubspot.host import Reply
from tests.unit.streams.other_types.served import HubSpot, Reading, definition, listed, values_of

FORMS = "/marketing/forms/2026-09-beta"
SUBMISSIONS = "/form-integrations/v1/submissions/forms/form"
PROPERTIES = "/crm/properties/2026-09"
FORBIDDEN = Reply({"category": "MISSING_SCOPES", "message": "no"}, 403)
CONTACT, GOAL = "0-1", "0-74"


def definitions(query: dict[str, str]) -> dict[str, object]:
    """One open and one sensitive property, live and archived."""
    class_ = query.get("dataSensitivity", "non_sensitive")
    if class_ == "highly_sensitive":
        return listed()
    name = {"non_sensitive": "email", "sensitive": "ssn"}[class_]
    old = "old_" if query["archived"] == "true" else ""
    return listed(definition(f"{old}{name}", dataSensitivity=class_, archived=bool(old)))


@pytest.fixture
def crm(hubspot: HubSpot, reading: Reading) -> HubSpot:
    """An account whose contacts may be sensitive, and whose goals may not."""
    hubspot.serve(FORMS, listed({"id": "form"}))
    hubspot.serve(f"{PROPERTIES}/{CONTACT}", definitions)
    hubspot.serve(f"{PROPERTIES}/{GOAL}", listed(definition("goal_name")))
    types = {
        CONTACT: TypeDocument(CONTACT, "CONTACT", allows_sensitive=True),
        GOAL: TypeDocument(GOAL, "GOAL_TARGET"),
    }
    reading.state.documents("types", types)
    return hubspot


def kept(
    crm: HubSpot, reading: Reading, *fields: tuple[str, str | None], **chosen: Any
) -> tuple[list[str], list[str]]:
    """The names of the values that are copied, and the gaps."""
    values = [
        {"name": name, "value": "x"} | ({"objectTypeId": type_id} if type_id else {})
        for name, type_id in fields
    ]
    crm.serve(SUBMISSIONS, listed({"submittedAt": 1795162530123, "values": values}))
    page, _ = reading.pages(FORM_SUBMISSIONS, **chosen)
    (row,) = page.rows
    names = [one["name"] for one in json.loads(values_of(row).get("values", "[]"))]
    return names, [gap.stream for gap in page.gaps]


@pytest.mark.parametrize("name", ["email", "old_email", "0-1/email"])
@pytest.mark.parametrize("type_id", [CONTACT, None])
def test_an_open_property_is_copied(crm: HubSpot, reading: Reading, name, type_id):
    """An archived one too, and whether or not the field says whose it is."""
    assert kept(crm, reading, (name, type_id)) == ([name], [])


@pytest.mark.parametrize("name", ["ssn", "old_ssn", "SSN", "0-1/ssn", "0-1/Old_ssn"])
@pytest.mark.parametrize("type_id", [CONTACT, None])
def test_a_sensitive_property_is_not(crm: HubSpot, reading: Reading, name, type_id):
    """However it is written. The manifest names it as sensitive, so it is no gap."""
    assert kept(crm, reading, (name, type_id)) == ([], [])


@pytest.mark.parametrize(
    "field",
    [
        ("purged", CONTACT),
        ("", None),
        ("contact.ssn", None),
        ("0-1/ssn", GOAL),
        ("2-7/chip", None),
        ("goal_name", "2-7"),
    ],
)
def test_what_nobody_can_classify_is_left_out_and_said(crm: HubSpot, reading: Reading, field):
    """A property that was deleted is in no list, and may have been sensitive."""
    crm.serve(f"{PROPERTIES}/2-7", FORBIDDEN)
    assert kept(crm, reading, field) == ([], ["objects/0-15/values"])


def test_a_type_that_cannot_be_sensitive_is_copied_whole(crm: HubSpot, reading: Reading):
    assert kept(crm, reading, ("goal_name", GOAL), ("purged", GOAL))[0] == ["goal_name", "purged"]


def test_a_type_with_a_sensitive_property_can_be_sensitive(crm: HubSpot, reading: Reading):
    """Whatever HubSpot's pages say of it."""
    crm.serve(f"{PROPERTIES}/{GOAL}", definitions)
    assert kept(crm, reading, ("email", GOAL), ("purged", GOAL))[0] == ["email"]


def test_a_field_that_is_no_property_is_copied(crm: HubSpot, reading: Reading):
    """It belongs to no record; HubSpot leaves its type out."""
    assert kept(crm, reading, ("how_did_you_hear", None)) == (["how_did_you_hear"], [])


@pytest.mark.parametrize("refused", ["sensitive", "highly_sensitive"])
def test_but_not_where_the_sensitive_properties_may_not_be_listed(
    crm: HubSpot, reading: Reading, refused
):
    """Then it may be one of them; what is known to be open stays."""
    crm.serve(
        f"{PROPERTIES}/{CONTACT}",
        lambda query: FORBIDDEN if query.get("dataSensitivity") == refused else definitions(query),
    )
    found = kept(crm, reading, ("how_did_you_hear", None), ("ssn", CONTACT), ("email", None))
    assert found == (["email"], ["objects/0-15/values"])


@pytest.mark.parametrize(
    ("chosen", "left"),
    [
        (Choice(never=("contacts.email",)), ["old_email", "n", "goal_name"]),
        (Choice(never=("*email",)), ["n", "goal_name"]),
        (Choice(only=("contact.email",)), ["email", "goal_name"]),
        (Choice(never=("goals.*",)), ["email", "old_email", "n"]),
    ],
)
def test_a_property_that_is_not_chosen_is_not_copied(crm: HubSpot, reading: Reading, chosen, left):
    """The value is the same, whatever way it came; that is no gap but a choice."""
    fields = [("email", CONTACT), ("old_email", CONTACT), ("n", None), ("goal_name", GOAL)]
    assert kept(crm, reading, *fields, properties=chosen) == (left, [])


def test_nothing_is_missing_where_no_values_are_copied(crm: HubSpot, reading: Reading):
    assert kept(crm, reading, ("purged", CONTACT), values=False) == ([], [])


def test_definitions_are_asked_for_once(crm: HubSpot, reading: Reading):
    """Two states of three classes for each type, however many values there are."""
    fields = [(f"name_{number}", type_id) for number in range(9) for type_id in (CONTACT, GOAL)]
    kept(crm, reading, *fields)
    assert sum(path.startswith(PROPERTIES) for path in crm.asked) == 12
