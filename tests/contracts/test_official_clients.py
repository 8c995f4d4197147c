"""HubSpot's own clients read the sandbox: clients that nobody here wrote, so no mistake is shared.

`hubspot-api-client` asks for the legacy paths, `hubspot-sdk` for the dated ones. What a client has no
typed call for is asked by its raw request. Both must find the same things, and as many as the
sandbox's own count says. The table in docs/reference/sandbox.md is compared with `READINGS`.
"""

import json
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest
import urllib3
from hubspot import HubSpot
from hubspot_sdk import HubSpot as HubSpotSdk

from crmsnap.sandbox.api.families import FAMILIES
from crmsnap.sandbox.server import Address, Options, running
from tests.contracts.official_clients.assets import ASSETS
from tests.contracts.official_clients.definitions import DEFINITIONS
from tests.contracts.official_clients.other_apis import OTHER_APIS
from tests.contracts.official_clients.reading import Reading, Truth
from tests.contracts.official_clients.records import RECORDS

CONTACTS = 230  # three pages of 100, and every trap of the account exists from 200 on
READINGS = (*DEFINITIONS, *RECORDS, *ASSETS, *OTHER_APIS)


@pytest.fixture(scope="module")
def sandbox() -> Iterator[Address]:
    """An account that stands still."""
    with running(Options(contacts=CONTACTS, frozen=True)) as address:
        yield address


@pytest.fixture(scope="module")
def truth(sandbox: Address) -> Truth:
    """What the account holds, by its own count."""
    with urllib3.PoolManager() as pool:
        return json.loads(pool.request("GET", f"{sandbox.url}/_sandbox/truth").data)


@pytest.fixture(scope="module")
def legacy(sandbox: Address) -> Callable[[Reading], HubSpot]:
    """hubspot-api-client; raw requests take their address from a second setting. It refuses answers
    that do not fit its models, but where real ones do not."""
    return lambda reading: HubSpot(
        access_token=sandbox.token,
        host=sandbox.url,
        base_url=sandbox.url,
        client_side_validation=not reading.unlike_the_legacy_models,
    )


@pytest.fixture(scope="module")
def dated(sandbox: Address) -> Iterator[Callable[[Reading], HubSpotSdk]]:
    """hubspot-sdk, told to refuse answers that do not fit its models, but where real ones do not."""
    with ExitStack() as stack:
        yield lambda reading: stack.enter_context(
            HubSpotSdk(
                access_token=sandbox.token,
                base_url=sandbox.url,
                _strict_response_validation=not reading.unlike_the_models,
            )
        )


@pytest.mark.parametrize("reading", READINGS, ids=str)
def test_both_clients_read_a_family_to_its_end(
    reading: Reading,
    legacy: Callable[[Reading], HubSpot],
    dated: Callable[[Reading], HubSpotSdk],
    truth: Truth,
) -> None:
    """The same things on both generations of paths, none twice, as many as there are."""
    by_legacy, by_dated = reading.legacy(legacy(reading)), reading.dated(dated(reading))
    assert by_legacy, "there is something to read"
    assert sorted(by_legacy) == sorted(by_dated)
    assert len(set(by_legacy)) == len(by_legacy)
    if reading.expected is not None:
        assert len(by_legacy) == reading.expected(truth)


def test_every_family_is_read() -> None:
    """A new family of the sandbox needs a reading here."""
    read = {reading.family.partition(":")[0] for reading in READINGS}
    assert {family.name for family in FAMILIES if family.name != "_sandbox"} == read


def test_the_documentation_has_this_table() -> None:
    """Which client reads which family, and how."""
    page = (Path(__file__).parents[2] / "docs/reference/sandbox.md").read_text(encoding="utf-8")
    for reading in READINGS:
        how = ["raw" if raw else "typed" for raw in (reading.legacy_is_raw, reading.dated_is_raw)]
        assert f"| {reading.family} | {how[0]} | {how[1]} |" in page
