"""A host that takes a connection and says nothing, or does not even take it: over at the deadline."""

import socket
import time
from collections.abc import Iterator
from contextlib import ExitStack

import pytest

from crmsnap.errors import Unavailable
from crmsnap.hubspot.transport import HttpTransport, SendFailed
from tests.unit.hubspot.host import RealClock

DEADLINE_SECONDS = 1.0


@pytest.fixture
def silent() -> Iterator[int]:
    """The port of a host whose connections the kernel takes, and nobody else."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        yield listener.getsockname()[1]


@pytest.fixture
def full() -> Iterator[int]:
    """The port of a host whose queue is full: the kernel answers no further connection (listen(2))."""
    with ExitStack() as stack:
        listener = stack.enter_context(socket.create_server(("127.0.0.1", 0), backlog=0))
        for _ in range(4):
            waiting = stack.enter_context(socket.socket())
            waiting.setblocking(False)
            waiting.connect_ex(listener.getsockname())
        yield listener.getsockname()[1]


@pytest.mark.parametrize(
    ("scheme", "host"), [("https", "silent"), ("http", "silent"), ("http", "full")]
)
def test_a_stalled_connection_ends_at_the_deadline_and_may_be_tried_again(
    scheme: str, host: str, request: pytest.FixtureRequest
) -> None:
    """In the middle of connecting, of TLS, or before the first byte of an answer."""
    port = request.getfixturevalue(host)
    began_at = time.monotonic()
    with (
        HttpTransport(RealClock(), deadline_seconds=DEADLINE_SECONDS) as transport,
        pytest.raises(SendFailed) as failed,
    ):
        transport.send("GET", f"{scheme}://127.0.0.1:{port}/", {}, None)
    assert time.monotonic() - began_at < 20 * DEADLINE_SECONDS
    assert isinstance(failed.value.error, Unavailable)
    assert failed.value.again
