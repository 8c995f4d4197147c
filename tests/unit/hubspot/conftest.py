"""A client of a host on loopback, in virtual time."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any, Protocol

import pytest

from crmsnap.hubspot.auth import StaticToken
from crmsnap.hubspot.client import Client
from crmsnap.hubspot.limits import Limits
from crmsnap.hubspot.transport import HttpTransport
from tests.unit.hubspot.certificate import Certificate, self_signed
from tests.unit.hubspot.host import Even, Host, RealClock, VirtualClock, running


class MakeClient(Protocol):
    """`make_client(api_version=...)`: a client of the host with virtual time."""

    def __call__(self, **settings: Any) -> Client: ...


@pytest.fixture
def host() -> Iterator[Host]:
    with running() as host:
        yield host


@pytest.fixture
def clock() -> VirtualClock:
    return VirtualClock()


@pytest.fixture
def transport() -> Iterator[HttpTransport]:
    with HttpTransport(RealClock()) as transport:
        yield transport


@pytest.fixture
def make_client(host: Host, clock: VirtualClock, transport: HttpTransport) -> MakeClient:
    def make(**settings: Any) -> Client:
        return Client(
            transport,
            StaticToken(settings.pop("token", "pat-secret")),
            Limits(clock, daily_share=settings.pop("daily_share", 0.8)),
            clock,
            Even(),
            base_url=settings.pop("base_url", host.url),
            **settings,
        )

    return make


@pytest.fixture
def client(make_client: MakeClient) -> Client:
    return make_client()


@pytest.fixture(scope="session")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> Certificate:
    folder: Path = tmp_path_factory.mktemp("certificate")
    return self_signed(folder / "host.pem")
