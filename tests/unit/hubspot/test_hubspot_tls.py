"""S23: whoever cannot prove to be HubSpot gets nothing, not even the request."""

import socket
import ssl
import warnings
from collections.abc import Callable
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from crmsnap.errors import Unavailable
from crmsnap.hubspot.transport import HttpTransport, SendFailed
from tests.builders.authority import Authority, Signed
from tests.unit.hubspot.host import RealClock, running

BAD: dict[str, tuple[Callable[[Authority], Signed], str]] = {
    "expired": (Authority.expired, "has expired"),
    "not yet valid": (Authority.not_yet_valid, "not yet valid"),
    "of another host": (Authority.of_another_host, "not valid for '127.0.0.1'"),
    "self-signed": (Authority.self_signed, "self-signed"),
    "signed by a host": (Authority.signed_by_a_host, "invalid CA"),
    "with a weak key": (Authority.with_a_weak_key, "key too weak"),
    "on TLS 1.1": (Authority.old_tls, "protocol version"),
}


@pytest.fixture(scope="module")
def authority(tmp_path_factory: pytest.TempPathFactory) -> Authority:
    """The one that clients here trust."""
    return Authority(tmp_path_factory.mktemp("authority"))


def test_a_good_certificate_is_taken(authority: Authority) -> None:
    """Else the refusals below would say nothing."""
    with (
        running(authority.good()) as host,
        HttpTransport(RealClock(), ca_file=str(authority.file)) as transport,
    ):
        assert transport.send("GET", host.url, {}, None).status == 200


def refused(certificate: Signed, ca_file: Path | None) -> SendFailed:
    with (
        running(certificate) as host,
        HttpTransport(RealClock(), ca_file=ca_file and str(ca_file)) as transport,
    ):
        with pytest.raises(SendFailed, match="cannot be trusted") as raised:
            transport.send("GET", host.url, {"authorization": "Bearer canary"}, None)
        assert host.got == []
    return raised.value


@pytest.mark.parametrize("kind", BAD)
def test_a_bad_certificate_is_refused_before_the_token_is_sent(
    authority: Authority, kind: str
) -> None:
    """Although its authority is trusted; and no other try is made, for it stays what it is."""
    make, why = BAD[kind]
    failed = refused(make(authority), authority.file)
    assert why in failed.error.cause
    assert isinstance(failed.error, Unavailable)
    assert not failed.again
    assert "never switch verification off" in failed.error.remedy


def test_an_authority_that_nobody_named_is_refused(authority: Authority, tmp_path: Path) -> None:
    """Neither one that the system does not know, nor any other one than the file's."""
    refused(authority.good(), None)
    refused(authority.good(), Authority(tmp_path, "another").file)


def test_the_server_of_old_tls_does_answer_whoever_takes_it(authority: Authority) -> None:
    """It is our minimum that refuses it, and not a server that speaks nothing."""
    context = ssl.create_default_context(cafile=authority.file)
    context.set_ciphers("ALL:@SECLEVEL=0")
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)
        context.minimum_version = ssl.TLSVersion.TLSv1
    with running(authority.old_tls()) as host:
        port = urlsplit(host.url).port
        with (
            socket.create_connection(("127.0.0.1", port or 0)) as plain,
            context.wrap_socket(plain, server_hostname="127.0.0.1") as secure,
        ):
            assert secure.version() == "TLSv1.1"
