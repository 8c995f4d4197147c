"""A bucket and a role behind a proxy, with a certificate of an authority that only we trust."""

from collections.abc import Iterator
from functools import partial
from hashlib import sha256
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from crmsnap.connection.aws_client import Route
from crmsnap.connection.region import AskRegion
from crmsnap.connection.role import RoleToAssume, assume, role_keys
from crmsnap.destinations.interface import Destination
from crmsnap.destinations.s3 import AwsKeys
from crmsnap.errors import CrmsnapError, DestinationError
from tests.aws.server import REGION, AwsServer, aws_server
from tests.builders.authority import Authority
from tests.builders.connect_proxy import ConnectProxy, connect_proxy
from tests.builders.customer_bucket import CustomerBucket, customer_bucket

HOST = "127.0.0.1"
DATA = b"some part"


@pytest.fixture(scope="module")
def authority(tmp_path_factory: pytest.TempPathFactory) -> Authority:
    return Authority(tmp_path_factory.mktemp("authority"))


@pytest.fixture(scope="module")
def aws(authority: Authority, tmp_path_factory: pytest.TempPathFactory) -> Iterator[AwsServer]:
    chain = tmp_path_factory.mktemp("aws") / "chain.pem"
    chain.write_bytes(Path(authority.good().file).read_bytes() + authority.file.read_bytes())
    with aws_server(chain.with_name("log"), tls=(chain, chain)) as running:
        yield running


@pytest.fixture
def customer(aws: AwsServer, monkeypatch: pytest.MonkeyPatch) -> CustomerBucket:
    made = customer_bucket(aws)
    made.keys_into(monkeypatch)
    return made


@pytest.fixture
def proxy(aws: AwsServer) -> Iterator[ConnectProxy]:
    with connect_proxy({HOST: urlsplit(aws.url).port or 0}) as running:
        yield running


def opened(customer: CustomerBucket, route: Route) -> Destination:
    """The bucket, its region and its role, all reached over one route."""
    url = f"https://{HOST}:{urlsplit(customer.aws.url).port}"
    return customer.opened(
        endpoint_url=url,
        allow_http=False,
        region=None,
        find_region=AskRegion(customer.bucket, endpoint_url=url, route=route),
        keys=role_keys(role_behind(customer, url, route)),
        ca_file=route.ca_file,
        proxy=route.proxy,
    )


def role_behind(customer: CustomerBucket, url: str, route: Route) -> RoleToAssume:
    return RoleToAssume(
        arn=customer.role,
        external_id=customer.external_id,
        session_name="crmsnap-acme",
        region=REGION,
        sts_endpoint_url=url,
        route=route,
    )


def create(destination: Destination) -> None:
    destination.create("part", DATA, sha256=sha256(DATA).hexdigest())


def test_an_authority_of_ones_own_is_trusted_everywhere(
    customer: CustomerBucket, authority: Authority
) -> None:
    """By the data path, by STS and by the question for the region: one setting."""
    destination = opened(customer, Route(ca_file=authority.file))
    create(destination)
    assert destination.get("part") == DATA


def test_everything_goes_through_the_proxy(
    customer: CustomerBucket, authority: Authority, proxy: ConnectProxy
) -> None:
    """Where that is the only way out, one forgotten request ends the run."""
    destination = opened(customer, Route(ca_file=authority.file, proxy=proxy.url))
    create(destination)
    assert [found.key for found in destination.list("")] == ["part"]
    port = urlsplit(customer.aws.url).port
    assert set(proxy.connected) == {f"{HOST}:{port}"}
    assert len(proxy.connected) >= 3, "region, STS and the bucket have clients of their own"


@pytest.mark.parametrize("what", ["bucket", "sts", "region"])
def test_without_its_authority_a_server_is_refused(customer: CustomerBucket, what: str) -> None:
    """The certificate is always looked at, and the remedy names the setting."""
    url = f"https://{HOST}:{urlsplit(customer.aws.url).port}"
    keys = partial(AwsKeys, "AKIATEST", "secret")
    calls = {
        "bucket": partial(create, customer.opened(endpoint_url=url, keys=keys, allow_http=False)),
        "sts": partial(assume, role_behind(customer, url, Route())),
        "region": AskRegion(customer.bucket, endpoint_url=url),
    }
    with pytest.raises(CrmsnapError) as raised:
        calls[what]()
    assert type(raised.value) is DestinationError, "not in passing: trying again changes nothing"
    assert "certificate" in raised.value.cause
    assert "ca_file" in raised.value.remedy


def test_a_proxy_that_is_not_there_is_said(customer: CustomerBucket, authority: Authority) -> None:
    """It may come back, so it is tried again first."""
    route = Route(ca_file=authority.file, proxy="http://127.0.0.1:9")
    with pytest.raises(DestinationError) as raised:
        create(opened(customer, route))
    assert "127.0.0.1:9" in raised.value.cause


def test_a_certificate_file_that_is_missing_is_named(
    customer: CustomerBucket, tmp_path: Path
) -> None:
    """A typing error in a path is found before anything is sent."""
    url = f"https://{HOST}:{urlsplit(customer.aws.url).port}"
    role = role_behind(customer, url, Route(ca_file=tmp_path / "none.pem"))
    with pytest.raises(CrmsnapError, match=r"none\.pem"):
        assume(role)
