"""One HTTP exchange: complete and in time, or an error."""

import gzip
import json
import time
import zlib
from collections.abc import Callable

import pytest

from crmsnap.errors import Unavailable, UnexpectedAnswer
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


def test_a_name_that_does_not_exist_is_unavailable(transport: HttpTransport) -> None:
    """`.invalid` never resolves (RFC 2606)."""
    with pytest.raises(SendFailed, match=r"hubspot\.invalid cannot be reached"):
        transport.send("GET", "https://hubspot.invalid/", {}, None)


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


def test_a_url_that_is_none_is_a_setting_to_correct(transport: HttpTransport) -> None:
    """No retry makes `htp//` reachable."""
    with pytest.raises(SendFailed) as raised:
        transport.send("GET", "https://", {}, None)
    assert not raised.value.again
