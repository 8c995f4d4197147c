"""Answers that have to be complete by a deadline, headers included.

A socket's timeout starts anew with each byte, so a host that drips bytes is never too late. Here every
read from the socket gets only the time that is left of the whole answer's, and in small portions: a run
that was asked to stop must not wait for a host that is silent.
"""

import io
from collections.abc import Callable
from contextlib import suppress
from functools import partial
from http.client import HTTPResponse
from socket import gaierror, socket
from typing import Any, cast

from urllib3.connection import HTTPConnection, HTTPSConnection
from urllib3.connectionpool import HTTPConnectionPool, HTTPSConnectionPool
from urllib3.exceptions import ConnectTimeoutError, NameResolutionError, NewConnectionError

from crmsnap.model import Clock

BUFFER_BYTES = 64 * 2**10
PORTION_SECONDS = 1.0
"""How long a read goes on without asking whether the run was stopped."""


Reach = Callable[[str, int], tuple[str, ...]]
"""The addresses of a host, of which the first that answers is taken. Raises `OSError` without any."""


def pool_classes(clock: Clock, reach: Reach | None) -> dict[str, type]:
    """urllib3's connection pools, whose answers end within the timeout of their first read.

    Connections go to the addresses that `reach` gives for a host, and to no other; with None to whatever
    the system's resolver says.
    """
    respond = staticmethod(partial(_TimedResponse, clock))

    class Plain(_Reaching, HTTPConnection):
        response_class = cast(type[HTTPResponse], respond)

    class Secure(_Reaching, HTTPSConnection):
        response_class = cast(type[HTTPResponse], respond)

    if reach is not None:
        Plain.reach = Secure.reach = staticmethod(reach)

    class PlainPool(HTTPConnectionPool):
        ConnectionCls = Plain

    class SecurePool(HTTPSConnectionPool):
        ConnectionCls = Secure

    return {"http": PlainPool, "https": SecurePool}


class _Reaching(HTTPConnection):
    """Connects to addresses that were looked up and looked at once, so that none can slip in between.

    TLS still asks for the host's name, and the Host header still says it.
    """

    reach: Reach | None = None

    def _new_conn(self) -> socket:
        if self.reach is None:
            return super()._new_conn()
        host = self._dns_host
        try:
            addresses = self.reach(host, self.port)
        except gaierror as error:
            raise NameResolutionError(self.host, self, error) from error
        try:
            for address in addresses[:-1]:
                self._dns_host = address
                with suppress(NewConnectionError, ConnectTimeoutError):
                    return super()._new_conn()
            self._dns_host = addresses[-1]
            return super()._new_conn()
        finally:
            self._dns_host = host


class _TimedResponse(HTTPResponse):
    """The standard answer, reading through a `_TimedReader`."""

    def __init__(self, clock: Clock, sock: socket, *args: Any, **kwargs: Any) -> None:
        super().__init__(sock, *args, **kwargs)
        timeout = sock.gettimeout()
        if timeout is not None:
            self.fp.close()
            self.fp = io.BufferedReader(
                _TimedReader(clock, sock, clock.monotonic() + timeout), BUFFER_BYTES
            )


class _TimedReader(io.RawIOBase):
    """The bytes of a socket until a deadline; `TimeoutError` after it, `Interrupted` when stopped."""

    def __init__(self, clock: Clock, sock: socket, deadline: float) -> None:
        super().__init__()
        self._clock = clock
        self._sock = sock
        # The stream that the socket counts as open: it stays usable until this is closed.
        self._open = sock.makefile("rb", buffering=0)
        self._deadline = deadline

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        while (left := self._deadline - self._clock.monotonic()) > 0:
            self._sock.settimeout(min(left, PORTION_SECONDS))
            try:
                return self._sock.recv_into(buffer)
            except TimeoutError:
                self._clock.sleep(0)  # raises when the run was asked to stop
        raise TimeoutError("the answer did not end in time")

    def close(self) -> None:
        self._open.close()
        super().close()
