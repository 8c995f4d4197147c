"""Types whose API has a way of its own: named properties, names of the share, sequences of each user."""

import json

import pytest

from crmsnap.errors import BadRequest, MissingScope
from crmsnap.streams.other_types import CAMPAIGNS, LISTS, SEQUENCES
from tests.unit.hubspot.host import Reply
from tests.unit.streams.other_types.served import (
    NOT_FOUND,
    HubSpot,
    Reading,
    listed,
    values_of,
)

CAMPAIGN_LIST = "/marketing/campaigns/2026-09"
LIST_SEARCH = "/crm/lists/2026-09/search"
EVERYBODY = "/automation/sequences/2026-09-beta/serviceaccounts/sequences"
OF_USER = "/automation/sequences/2026-09"
OWNERS = "/crm/owners/2026-09"
WRONG = Reply({"status": "error", "category": "VALIDATION_ERROR", "message": "no"}, 400)
FORBIDDEN = Reply({"status": "error", "category": "MISSING_SCOPES", "message": "no"}, 403)


def rows(reading: Reading, other, position=None, **chosen):
    return [row for page in reading.pages(other, position, **chosen) for row in page.rows]


def campaigns(refused: frozenset[str] = frozenset()):
    """A list that refuses names, as HubSpot does, and leaves out what is empty."""

    def answer(query):
        names = set(filter(None, query.get("properties", "").split(",")))
        if names & refused:
            return WRONG
        values = {"hs_object_id": "9007199254740993", "hs_name": "Spring"}
        kept = {name: text for name, text in values.items() if name in names}
        return listed({"id": "guid-1", "updatedAt": "2026-11-20T08:15:30Z", "properties": kept})

    return answer


def test_a_campaign_goes_by_the_number_of_its_record(hubspot: HubSpot, reading: Reading):
    """The GUID of the API stays a property."""
    hubspot.serve(CAMPAIGN_LIST, campaigns())
    (row,) = rows(reading, CAMPAIGNS)
    assert row[0] == 9007199254740993
    assert values_of(row) == {
        "id": "guid-1",
        "hs_name": "Spring",
        "hs_object_id": "9007199254740993",
        "updated_at": "1795162530000",
    }


def test_a_name_that_campaigns_do_not_have_costs_only_itself(hubspot: HubSpot, reading: Reading):
    """HubSpot refuses the whole call for one unknown name."""
    hubspot.serve(CAMPAIGN_LIST, campaigns(frozenset({"hs_utm", "hs_goal"})))
    (row,) = rows(reading, CAMPAIGNS)
    assert values_of(row)["hs_name"] == "Spring"


def test_the_id_of_a_campaign_is_asked_for_whatever_was_chosen(hubspot: HubSpot, reading: Reading):
    """It is the key, even where no values are copied."""
    hubspot.serve(CAMPAIGN_LIST, campaigns())
    ((id_, _, body),) = rows(reading, CAMPAIGNS, values=False)
    assert (id_, body) == (9007199254740993, b"{}")


def test_lists_have_the_names_of_the_share(hubspot: HubSpot, reading: Reading):
    """Where they are known; what a search adds keeps its own; deleted lists are no records."""
    live = {
        "listId": "12",
        "name": "Beta users",
        "createdById": "880011",
        "updatedAt": "2026-11-20T08:15:30.123Z",
        "additionalProperties": {"hs_list_size": "97", "hs_folder_name": None},
    }
    deleted = {"listId": "13", "name": "x", "deletedAt": "2026-11-19T00:00:00Z"}
    more = {"lists": [live, deleted], "hasMore": True, "offset": 2}
    last = {"lists": [live | {"listId": "14"}], "hasMore": False, "offset": 3}

    def answer(query):
        return last if json.loads(query["body"])["offset"] else more

    hubspot.serve(LIST_SEARCH, answer)
    found = {row[0]: row for row in rows(reading, LISTS)}
    assert list(found) == [12, 14]
    assert found[12][1] == "2026-11-20 08:15:30.123"
    assert values_of(found[12]) == {
        "list_id": "12",
        "hs_list_name": "Beta users",
        "hs_created_by_user_id": "880011",
        "hs_list_size": "97",
        "updated_at": "1795162530123",
    }
    assert [row[0] for row in rows(reading, LISTS, "2")] == [14]


def test_the_filters_of_a_list_are_not_copied_should_they_come(hubspot: HubSpot, reading: Reading):
    """Whoever filters by a sensitive property types a value of it. A search brings no filters today."""
    branch = {"filters": [{"property": "ssn", "operation": {"value": "078-05-1120"}}]}
    found = {"listId": "12", "name": "x", "filterBranch": branch}
    hubspot.serve(LIST_SEARCH, {"lists": [found], "hasMore": False, "offset": 1})
    (row,) = rows(reading, LISTS)
    assert values_of(row) == {"list_id": "12", "hs_list_name": "x"}


@pytest.fixture
def users(hubspot: HubSpot) -> HubSpot:
    """Three users, one of whom was removed; sequence 2 is shared; each sees it on another page."""
    times = {"createdAt": "2026-01-01T00:00:00Z", "updatedAt": "2026-01-01T00:00:00Z"}
    owners = [{"id": str(user), "userId": user, **times} for user in (30, 10, 20)] + [
        {"id": "9", "userId": None, **times}
    ]
    hubspot.serve(OWNERS, listed(*owners))
    seen = {"10": {None: listed({"id": "1"}, after="1"), "1": listed({"id": "2"})}}
    seen["30"] = {None: listed({"id": "2"}, {"id": "3"})}

    def of_user(query):
        return seen[query["userId"]][query.get("after")] if query["userId"] in seen else NOT_FOUND

    hubspot.serve(OF_USER, of_user)
    return hubspot


def test_a_list_of_everybodys_sequences_is_taken_where_there_is_one(
    users: HubSpot, reading: Reading
):
    users.serve(EVERYBODY, listed({"id": "1"}, {"id": "7"}))
    assert [row[0] for row in rows(reading, SEQUENCES)] == [1, 7]
    assert OF_USER not in users.asked


@pytest.mark.parametrize("refusal", [None, WRONG, FORBIDDEN])
def test_else_each_user_is_asked_and_each_sequence_is_kept_once(
    users: HubSpot, reading: Reading, refusal
):
    """The beta may not be there, or not for this kind of token; a removed user sees nothing."""
    if refusal:
        users.serve(EVERYBODY, refusal)
    assert [row[0] for row in rows(reading, SEQUENCES)] == [1, 2, 3]


def test_a_run_goes_on_with_the_user_at_whom_it_was_killed(users: HubSpot, reading: Reading):
    pages = list(reading.pages(SEQUENCES))
    assert [page.position for page in pages] == ["10 1", "10 ", "20 ", "30 "]
    assert [row[0] for row in rows(reading, SEQUENCES, "10 1")] == [2, 3]
    assert [row[0] for row in rows(reading, SEQUENCES, "10 ")] == [2, 3]
    assert rows(reading, SEQUENCES, "30 ") == []


def test_a_user_who_cannot_be_asked_is_a_declared_gap(users: HubSpot, reading: Reading):
    """The probe asks for the first user alone: the others' sequences would be missing in silence."""
    first = users.answers[OF_USER]
    users.serve(OF_USER, lambda query: WRONG if query["userId"] == "30" else first(query))
    pages = list(reading.pages(SEQUENCES))
    assert [row[0] for page in pages for row in page.rows] == [1, 2]
    assert [gap.stream for page in pages for gap in page.gaps] == ["objects/0-58/30"]
    assert pages[-1].position == "30 "


def test_a_cursor_that_has_expired_is_no_gap(users: HubSpot, reading: Reading):
    """Then the engine reads the stream from its beginning."""
    users.serve(OF_USER, WRONG)
    with pytest.raises(BadRequest):
        list(reading.pages(SEQUENCES, "10 1"))


def test_a_token_that_loses_its_scope_between_two_users_is_told_so(
    users: HubSpot, reading: Reading
):
    """That is no matter of one user: the engine decides what becomes of the run."""
    first = users.answers[OF_USER]
    users.serve(OF_USER, lambda query: FORBIDDEN if query["userId"] == "30" else first(query))
    with pytest.raises(MissingScope):
        list(reading.pages(SEQUENCES))


def test_a_token_that_may_read_no_sequences_is_told_so_at_the_beginning(
    users: HubSpot, reading: Reading
):
    users.serve(EVERYBODY, FORBIDDEN)
    users.serve(OF_USER, FORBIDDEN)
    with pytest.raises(MissingScope):
        SEQUENCES.probe(users.client)
