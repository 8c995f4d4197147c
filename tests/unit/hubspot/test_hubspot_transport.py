"""One HTTP exchange: complete and in time, or an error."""

import gzip
import json
import time
import zlib
from collections.abc import Callable

import pytest

from crmsnap.errors import ConfigError, Interrupted, Unavailable, UnexpectedAnswer
from crmsnap.hubspot.transport import BODY_MAX_BYTES, HttpTransport, SendFailed, unpacked
from tests.unit.hubspot.certificate import Certificate
from tests.unit.hubspot.host import Host, RealClock, Reply, packed, running

BODY = b'{"results": []}' * 50
PACKED = gzip.compress(BODY)


def test_a_packed_body_comes_back_whole(host: Host, transport: HttpTransport) -> None:
    """HubSpot is asked for gzip: pages of half a megabyte shrink to a tenth."""
    body = {"results": [{"id": str(number), "name": "é"} for number in range(20_000)]}
    host.answer(packed(body))
    response = transport.send("GET", host.url, {"accept-encoding": "gzip"}, None)
    assert response.status == 200
    assert json.loads(response.body) == body


@pytest.mark.parametrize(
    "damage",
    [
        pytest.param(lambda data: data[:-1], id="one byte of the trailer missing"),
        pytest.param(lambda data: data[:-8], id="no trailer"),
        pytest.param(lambda data: data[: len(data) // 2], id="half"),
        pytest.param(lambda data: data[:-8] + b"\0\0\0\0" + data[-4:], id="wrong checksum"),
        pytest.param(lambda data: data[:-4] + b"\0\0\0\0", id="wrong length"),
        pytest.param(lambda data: data + b"x", id="bytes behind the end"),
        pytest.param(lambda data: b"no gzip at all", id="no gzip"),
        pytest.param(lambda data: b"", id="nothing"),
    ],
)
def test_a_damaged_gzip_body_is_no_answer(damage: Callable[[bytes], bytes]) -> None:
    """HTTP libraries take a body whose trailer was cut off: a page would be half used, silently."""
    with pytest.raises(SendFailed) as raised:
        unpacked(damage(PACKED), "gzip")
    assert isinstance(raised.value.error, UnexpectedAnswer)
    assert raised.value.again


def test_a_bomb_is_stopped_at_64_mebibytes() -> None:
    """A megabyte of gzip can be a gigabyte of nothing; memory must not follow it."""
    packer = zlib.compressobj(9, wbits=31)
    bomb = b"".join(packer.compress(bytes(2**20)) for _ in range(BODY_MAX_BYTES // 2**20 + 1))
    bomb += packer.flush()
    with pytest.raises(SendFailed) as raised:
        unpacked(bomb, "gzip")
    assert not raised.value.again


def test_an_encoding_nobody_asked_for_is_no_answer() -> None:
    """A proxy that packs as it likes must not put brotli into the state."""
    with pytest.raises(SendFailed, match="damaged"):
        unpacked(b"...", "br")


def test_a_body_shorter_than_announced_is_no_answer(host: Host, transport: HttpTransport) -> None:
    """A connection that breaks within a body looks like its end to whoever does not count."""
    host.answer(Reply(b'{"results": []}', length=100, close=True))
    with pytest.raises(SendFailed) as raised:
        transport.send("GET", host.url, {}, None)
    assert isinstance(raised.value.error, Unavailable)
    assert raised.value.again


@pytest.mark.parametrize("end", [b"", b"0\r\n"], ids=["no last chunk", "last chunk cut"])
def test_a_chunked_body_without_its_end_is_no_answer(
    host: Host, transport: HttpTransport, end: bytes
) -> None:
    """Chunked bodies have no length: only the last chunk tells that nothing is missing."""
    chunks = b"5\r\n[1,2]\r\n" + end
    host.answer(
        Reply(chunks, headers={"Content-Length": "", "Transfer-Encoding": "chunked"}, close=True)
    )
    if end:
        # The zero chunk was there; only the line after it is missing, and the body is complete.
        assert transport.send("GET", host.url, {}, None).body == b"[1,2]"
        return
    with pytest.raises(SendFailed):
        transport.send("GET", host.url, {}, None)


@pytest.mark.parametrize("part", ["headers", "body"])
def test_a_dripping_host_is_cut_off_at_the_deadline(host: Host, part: str) -> None:
    """A byte now and then keeps every read timeout away: without a deadline a run hangs for hours."""
    slow = Reply(
        b"x" * 1000 if part == "body" else b"", drip_seconds=0.002 if part == "body" else 0.05
    )
    host.answer(slow)
    with HttpTransport(RealClock(), deadline_seconds=0.7) as transport:
        started = time.monotonic()
        with pytest.raises(SendFailed) as raised:
            transport.send("GET", host.url, {}, None)
        assert time.monotonic() - started < 1.5
    assert "imeout" in raised.value.error.cause


def test_a_silent_host_does_not_hold_a_run_that_was_stopped(host: Host) -> None:
    """Ctrl-C has to end a run within ten seconds, also while an answer is awaited."""

    class Stopping(RealClock):
        def sleep(self, seconds: float) -> None:
            raise Interrupted("stopped")

    host.answer(Reply(b"x" * 10, drip_seconds=30))
    started = time.monotonic()
    with HttpTransport(Stopping()) as transport, pytest.raises(Interrupted):
        transport.send("GET", host.url, {}, None)
    assert time.monotonic() - started < 5


@pytest.mark.parametrize("secure", [False, True], ids=["plain", "TLS"])
def test_a_pause_within_a_body_is_waited_for(certificate: Certificate, secure: bool) -> None:
    """Slow is not silent: an answer may take its whole deadline."""
    with (
        running(certificate if secure else None) as host,
        HttpTransport(RealClock(), deadline_seconds=10, ca_file=certificate.file) as transport,
    ):
        host.answer(Reply(b"[1]", pause_seconds=1.2))
        assert transport.send("GET", host.url, {}, None).body == b"[1]"


def test_a_redirect_is_not_followed(host: Host, transport: HttpTransport) -> None:
    """Following it would send the token to whatever host the answer names."""
    host.answer(Reply(status=302, headers={"Location": f"{host.url}/elsewhere"}))
    assert transport.send("GET", f"{host.url}/start", {"authorization": "x"}, None).status == 302
    assert [got.target for got in host.got] == ["/start"]


def test_connections_are_kept_open(host: Host, transport: HttpTransport) -> None:
    """A TLS handshake for each of 280,000 calls would double their time."""
    for _ in range(3):
        transport.send("GET", host.url, {}, None)
    pool = transport._pools.connection_from_url(host.url)
    assert pool.num_connections == 1


def test_a_host_that_is_not_there_is_unavailable(transport: HttpTransport) -> None:
    """The error names the host and says why, for whoever set a wrong base URL."""
    with pytest.raises(SendFailed, match=r"127\.0\.0\.1:1 cannot be reached") as raised:
        transport.send("GET", "http://127.0.0.1:1/", {}, None)
    assert raised.value.again


def test_a_host_without_a_good_certificate_is_not_trusted(
    transport: HttpTransport, certificate: Certificate
) -> None:
    """TLS failures are final, and the remedy is a CA file: never to switch verification off."""
    with running(certificate) as host:
        with pytest.raises(SendFailed, match="cannot be trusted") as raised:
            transport.send("GET", host.url, {"authorization": "Bearer secret"}, None)
        assert host.got == []
    assert not raised.value.again
    assert "ca_file" in raised.value.error.remedy


def test_a_certificate_of_the_own_network_is_trusted_by_its_ca_file(
    certificate: Certificate,
) -> None:
    """Companies that inspect TLS sign every host themselves."""
    with running(certificate) as host, HttpTransport(RealClock(), ca_file=certificate.file) as ours:
        assert ours.send("GET", host.url, {}, None).body == b"{}"


def test_a_ca_file_that_is_missing_is_named_as_the_remedy(host: Host) -> None:
    """A typing mistake in the setting looks like any other TLS failure to the library."""
    with (
        HttpTransport(RealClock(), ca_file="/nowhere/ca.pem") as transport,
        pytest.raises(SendFailed, match="cannot be trusted") as raised,
    ):
        transport.send("GET", host.url.replace("http:", "https:"), {}, None)
    assert "No such file" in raised.value.error.cause
    assert "ca_file" in raised.value.error.remedy


def test_a_proxy_is_used_with_its_password(host: Host) -> None:
    """The library leaves a password in the URL unused, and the proxy refuses."""
    proxy = host.url.replace("http://", "http://ada:byron@")
    with HttpTransport(RealClock(), proxy=proxy) as transport:
        assert transport.send("GET", "http://hubspot.invalid/x", {}, None).status == 200
    (got,) = host.got
    assert got.target == "http://hubspot.invalid/x"
    assert got.headers["proxy-authorization"] == "Basic YWRhOmJ5cm9u"


@pytest.mark.parametrize("proxy", ["proxy:3128", "socks5://secret@proxy", "http://[secret"])
def test_a_proxy_that_is_no_url_is_a_setting_to_correct(proxy: str) -> None:
    """Found before the first call, and without showing what may hold a password."""
    with pytest.raises(ConfigError, match="proxy cannot be used") as raised:
        HttpTransport(RealClock(), proxy=proxy)
    assert "secret" not in str(raised.value.as_dict())


def test_a_url_that_is_none_is_a_setting_to_correct(transport: HttpTransport) -> None:
    """No retry makes `htp//` reachable."""
    with pytest.raises(SendFailed) as raised:
        transport.send("GET", "https://", {}, None)
    assert not raised.value.again
