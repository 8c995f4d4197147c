"""From a path to an operation."""

import pytest

from crmsnap.sandbox.account.account import Account
from crmsnap.sandbox.api.route import Call, Family, Reply, Route
from crmsnap.sandbox.api.routing import Router, UnknownRoute, WrongMethod


def nothing(_: Account, __: Call) -> Reply:
    """A handler."""
    return Reply(b"{}")


def route(method: str, *templates: str) -> Route:
    """An operation."""
    return Route(method, templates, nothing)


GET_ONE = route("GET", "/crm/objects/{version}/{type}/{id}", "/crm/v3/objects/{type}/{id}")
SEARCH = route("POST", "/crm/objects/{version}/{type}/search", "/crm/v3/objects/{type}/search")
ROUTER = Router([Family("objects", "burst", (GET_ONE, SEARCH))])


@pytest.mark.parametrize("version", ["2025-09", "2026-03", "2026-09"])
def test_every_dated_version_is_a_path_of_its_own(version: str) -> None:
    """The API serves three dated versions at the same time."""
    match = ROUTER.match("GET", f"/crm/objects/{version}/contacts/7")
    assert match.route is GET_ONE
    assert match.variables == {"version": version, "type": "contacts", "id": "7"}


@pytest.mark.parametrize("path", ["/crm/v3/objects/contacts/7", "/crm/v3/objects/contacts/7/"])
def test_a_trailing_slash_makes_no_difference(path: str) -> None:
    """One official client asks for owners with it, the other without."""
    assert ROUTER.match("GET", path).variables == {"type": "contacts", "id": "7"}


def test_a_literal_segment_wins_over_a_variable() -> None:
    """`search` is no record id."""
    assert ROUTER.match("POST", "/crm/v3/objects/contacts/search").route is SEARCH


def test_a_variable_takes_over_where_the_literal_does_not_lead_on() -> None:
    """A record with the id `search` can still be read, odd as it is."""
    assert ROUTER.match("GET", "/crm/v3/objects/contacts/search").variables["id"] == "search"


def test_variables_are_decoded_after_the_path_was_split() -> None:
    """A custom object may be called `a/b`."""
    assert ROUTER.match("GET", "/crm/v3/objects/a%2Fb/7").variables["type"] == "a/b"


@pytest.mark.parametrize(
    "path",
    [
        "/",
        "/crm",
        "/crm/objects/2024-01/contacts/7",
        "/crm/objects/v4/contacts/7",
        "/crm/v3//x/7/8",
    ],
)
def test_a_path_that_no_family_has_is_unknown(path: str) -> None:
    """An undated version too: the reader falls back on exactly this answer."""
    with pytest.raises(UnknownRoute):
        ROUTER.match("GET", path)


def test_a_wrong_method_names_the_right_ones() -> None:
    """405 carries an Allow header."""
    with pytest.raises(WrongMethod) as caught:
        ROUTER.match("DELETE", "/crm/v3/objects/contacts/search")
    assert caught.value.allowed == ("GET", "POST")


def test_two_operations_cannot_own_one_path() -> None:
    """Otherwise the order of families would decide in silence."""
    with pytest.raises(ValueError, match="two operations"):
        Router([Family("a", "burst", (route("GET", "/x"), route("GET", "/x")))])
