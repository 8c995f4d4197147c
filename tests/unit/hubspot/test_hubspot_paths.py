"""Which path of an endpoint is used."""

import pytest

from crmsnap.hubspot import paths
from crmsnap.hubspot.paths import (
    ALL_SEQUENCES,
    EMAIL_EVENTS,
    EVENT_DEFINITIONS,
    FORM_SUBMISSIONS,
    FORM_SUBMISSIONS_PROBE,
    OBJECT_LIST,
    TEAMS,
    Endpoint,
    Paths,
    fill,
)


def candidates(endpoint: Endpoint, version: str) -> list[str]:
    """All paths of an endpoint in the order in which they are tried."""
    known = Paths(version)
    found = [known.template(endpoint)]
    while known.fall_back(endpoint, found[-1]):
        found.append(known.template(endpoint))
    return found


def test_the_chosen_version_comes_first_and_the_legacy_path_last() -> None:
    """2026-03 in between: it has the most endpoints of all dated versions."""
    assert candidates(OBJECT_LIST, "2026-09") == [
        "/crm/objects/2026-09/{type}",
        "/crm/objects/2026-03/{type}",
        "/crm/v3/objects/{type}",
    ]
    assert candidates(OBJECT_LIST, "2026-03") == [
        "/crm/objects/2026-03/{type}",
        "/crm/v3/objects/{type}",
    ]


def test_irregular_paths_are_known() -> None:
    """Teams have one dated path; the segment `custom` of event definitions comes and goes."""
    assert candidates(TEAMS, "2026-09") == [
        "/settings/users/2026-03/teams",
        "/settings/v3/users/teams",
    ]
    assert candidates(EVENT_DEFINITIONS, "2026-09")[0] == "/events/custom/2026-09/event-definitions"
    assert "/events/2026-03/event-definitions" in candidates(EVENT_DEFINITIONS, "2026-09")


def test_two_threads_that_miss_the_same_path_move_on_once() -> None:
    """The second would skip the path that works."""
    known = Paths("2026-09")
    first = known.template(OBJECT_LIST)
    assert known.fall_back(OBJECT_LIST, first)
    assert known.fall_back(OBJECT_LIST, first)
    assert known.template(OBJECT_LIST) == "/crm/objects/2026-03/{type}"


def test_after_the_last_path_all_are_tried_anew() -> None:
    """A proxy that answered everything with a web page may be gone by the next call."""
    known = Paths("2026-09")
    for _ in range(2):
        assert known.fall_back(OBJECT_LIST, known.template(OBJECT_LIST))
    assert not known.fall_back(OBJECT_LIST, known.template(OBJECT_LIST))
    assert known.template(OBJECT_LIST) == "/crm/objects/2026-09/{type}"


WITH_ONE_PATH = (FORM_SUBMISSIONS, FORM_SUBMISSIONS_PROBE, EMAIL_EVENTS, ALL_SEQUENCES)
"""Old APIs that never got another path, and a beta that had none before."""


@pytest.mark.parametrize(
    "endpoint",
    [
        value
        for value in vars(paths).values()
        if isinstance(value, Endpoint) and value not in WITH_ONE_PATH
    ],
    ids=lambda endpoint: endpoint.templates[0],
)
def test_every_endpoint_has_a_dated_and_a_legacy_path(endpoint: Endpoint) -> None:
    """The legacy ones are unsupported from 2027 on, the dated ones missing in some accounts."""
    every = candidates(endpoint, "2026-09")
    assert len(set(every)) == len(every) >= 2
    assert "2026-0" in every[0]
    assert "/v3/" in every[-1] or "/v4/" in every[-1]


def test_a_value_stays_within_its_segment() -> None:
    """Names of custom types are whatever people typed."""
    assert fill("/a/{x}/b", {"x": "../é %2e/?#"}) == "/a/..%2F%C3%A9%20%252e%2F%3F%23/b"
