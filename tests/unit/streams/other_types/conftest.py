"""A HubSpot of a few answers, and passes over what it serves."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from crmsnap.hubspot.auth import StaticToken
from crmsnap.hubspot.client import Client
from crmsnap.hubspot.limits import Limits
from crmsnap.hubspot.transport import HttpTransport
from tests.builders.account_state import AccountState
from tests.unit.hubspot.host import Even, RealClock, VirtualClock, running
from tests.unit.streams.other_types.served import HubSpot, Reading


@pytest.fixture
def hubspot() -> Iterator[HubSpot]:
    clock = VirtualClock()
    with running() as host, HttpTransport(RealClock()) as transport:
        client = Client(
            transport, StaticToken("pat-x"), Limits(clock), clock, Even(), base_url=host.url
        )
        found = HubSpot(client)
        host.answer(found.reply)
        yield found


@pytest.fixture
def reading(hubspot: HubSpot, tmp_path: Path) -> Reading:
    state = AccountState(tmp_path)
    state.documents("types", {})
    return Reading(hubspot, state)
