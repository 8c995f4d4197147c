"""The sandbox's refusals make HubSpot's own clients raise their own typed errors.

What a client needs to understand an error is what HubSpot really sends: status, JSON body, headers.
"""

import json
from collections.abc import Callable, Iterator
from typing import Any

import hubspot.crm.owners.exceptions as legacy
import hubspot_sdk as dated
import pytest
import urllib3
from hubspot import HubSpot
from hubspot.crm.properties import exceptions as legacy_properties
from urllib3.util.retry import Retry

from crmsnap.sandbox.server import Options, running

TOKENS = ("full", "narrow=crm.lists.read", "oauth-narrow=crm.lists.read")


@pytest.fixture(scope="module")
def url() -> Iterator[str]:
    """A sandbox with a token that may do everything and two that may not."""
    with running(Options(contacts=200, tokens=TOKENS)) as address:
        yield address.url


@pytest.fixture
def faults(url: str) -> Iterator[Callable[..., None]]:
    """Make answers of the owners family fail; cleared afterwards."""
    with urllib3.PoolManager() as pool:

        def plan(kind: str, nth: int = 1, **parameters: Any) -> None:
            rule = {"family": "owners", "nth": nth, "effect": {"kind": kind, **parameters}}
            answer = pool.request("POST", f"{url}/_sandbox/faults", body=json.dumps([rule]))
            assert answer.status == 200, answer.data

        yield plan
        pool.request("DELETE", f"{url}/_sandbox/faults")


@pytest.fixture
def by_legacy(url: str) -> Callable[..., HubSpot]:
    """hubspot-api-client with one of the tokens."""
    return lambda name="full", **settings: HubSpot(access_token=name, host=url, **settings)


@pytest.fixture
def by_dated(url: str) -> Iterator[Callable[..., dated.HubSpot]]:
    """hubspot-sdk with one of the tokens; it retries only where a test says so."""
    clients: list[dated.HubSpot] = []

    def connect(name: str = "full", max_retries: int = 0) -> dated.HubSpot:
        clients.append(dated.HubSpot(access_token=name, base_url=url, max_retries=max_retries))
        return clients[-1]

    yield connect
    for client in clients:
        client.close()


def test_an_unknown_token_is_an_authentication_error(by_legacy, by_dated) -> None:
    """401 with category INVALID_AUTHENTICATION."""
    with pytest.raises(legacy.UnauthorizedException) as old:
        by_legacy("stranger").crm.owners.owners_api.get_page()
    with pytest.raises(dated.AuthenticationError) as new:
        by_dated("stranger").crm.owners.list()
    assert json.loads(old.value.body)["category"] == "INVALID_AUTHENTICATION"
    assert new.value.body["category"] == "INVALID_AUTHENTICATION"


def test_a_missing_scope_is_a_permission_error(by_legacy, by_dated) -> None:
    """403 that names the scopes of which one would do."""
    with pytest.raises(legacy.ForbiddenException) as old:
        by_legacy("narrow").crm.owners.owners_api.get_page()
    with pytest.raises(dated.PermissionDeniedError) as new:
        by_dated("narrow").crm.owners.list()
    for body in (json.loads(old.value.body), new.value.body):
        assert body["category"] == "MISSING_SCOPES"
        assert body["errors"][0]["context"]["requiredGranularScopes"] == ["crm.objects.owners.read"]


def test_an_oauth_token_without_scope_is_a_permission_error_too(by_legacy, by_dated) -> None:
    """The other shape of 403, without category, on the properties of a type."""
    with pytest.raises(legacy_properties.ForbiddenException) as old:
        by_legacy("oauth-narrow").crm.properties.core_api.get_all("leads")
    with pytest.raises(dated.PermissionDeniedError) as new:
        by_dated("oauth-narrow").crm.properties.list("leads")
    for body in (json.loads(old.value.body), new.value.body):
        assert "category" not in body
        assert "view_schema object type ObjectTypeId{legacyObjectType=LEAD}" in body["message"]


def test_a_thing_that_is_not_there_is_a_not_found_error(by_legacy, by_dated) -> None:
    """404 in JSON."""
    with pytest.raises(legacy.NotFoundException) as old:
        by_legacy().crm.owners.owners_api.get_by_id(1)
    with pytest.raises(dated.NotFoundError) as new:
        by_dated().crm.owners.get(1)
    assert json.loads(old.value.body)["category"] == "OBJECT_NOT_FOUND"
    assert new.value.body["category"] == "OBJECT_NOT_FOUND"


def test_a_limit_that_is_too_high_is_a_bad_request(by_legacy, by_dated) -> None:
    """400 with category VALIDATION_ERROR; hubspot-api-client has no class of its own for it."""
    with pytest.raises(legacy.ApiException) as old:
        by_legacy().crm.owners.owners_api.get_page(limit=5000)
    with pytest.raises(dated.BadRequestError) as new:
        by_dated().crm.owners.list(limit=5000)
    assert old.value.status == 400
    assert json.loads(old.value.body)["category"] == "VALIDATION_ERROR"
    assert new.value.body["category"] == "VALIDATION_ERROR"


def test_a_full_window_is_a_rate_limit_error(by_legacy, by_dated, faults) -> None:
    """429 with errorType RATE_LIMIT; hubspot-api-client has no class of its own for it."""
    faults("status", status=429)
    with pytest.raises(legacy.ApiException) as old:
        by_legacy(retry=Retry(0)).crm.owners.owners_api.get_page()
    faults("status", status=429)
    with pytest.raises(dated.RateLimitError) as new:
        by_dated().crm.owners.list()
    assert old.value.status == 429
    for body in (json.loads(old.value.body), new.value.body):
        assert body["errorType"] == "RATE_LIMIT"
        assert body["policyName"] == "TEN_SECONDLY_ROLLING"


def test_a_failing_server_is_a_server_error(by_legacy, by_dated, faults) -> None:
    """5xx in JSON."""
    faults("status", status=503)
    with pytest.raises(legacy.ServiceException):
        by_legacy(retry=Retry(0)).crm.owners.owners_api.get_page()
    faults("status", status=503)
    with pytest.raises(dated.InternalServerError):
        by_dated().crm.owners.list()


def test_both_clients_get_through_when_they_may_retry(by_legacy, by_dated, faults) -> None:
    """With their own retry policies, guided by Retry-After."""
    faults("status", status=429, headers={"Retry-After": "0"})
    patient = Retry(total=2, status_forcelist=(429,), allowed_methods=None)
    assert by_legacy(retry=patient).crm.owners.owners_api.get_page().results
    faults("status", status=429, headers={"Retry-After": "0"})
    assert by_dated(max_retries=2).crm.owners.list().results
