"""A host that answers as it is told to, byte for byte, and a clock that moves when somebody sleeps."""

import gzip
import json
import socket
import ssl
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from tests.unit.hubspot.certificate import Certificate

DATE = "Sun, 22 Nov 2026 06:00:00 GMT"


class VirtualClock:
    """Time that passes only while somebody sleeps."""

    def __init__(self) -> None:
        self.now = 1000.0
        self.slept: list[float] = []
        self._lock = threading.Lock()

    def monotonic(self) -> float:
        return self.now

    def sleep(self, seconds: float) -> None:
        with self._lock:
            self.now += seconds
            self.slept.append(seconds)


class RealClock:
    """The time of this machine."""

    def monotonic(self) -> float:
        return time.monotonic()

    def sleep(self, seconds: float) -> None:
        time.sleep(seconds)


class Even:
    """Randomness that repeats: steps of the golden ratio, which spread evenly."""

    def __init__(self) -> None:
        self._value = 0.0

    def random(self) -> float:
        self._value = (self._value + 0.6180339887498949) % 1
        return self._value


@dataclass(frozen=True)
class Reply:
    """What the host sends for one request."""

    body: bytes | str | dict[str, Any] | list[Any] | None = b"{}"
    status: int = 200
    headers: dict[str, str] = field(default_factory=dict)
    length: int | None = None
    """Content-Length, when it is not to be the body's."""
    drip_seconds: float = 0.0
    """Pause after each byte, headers included."""
    pause_seconds: float = 0.0
    """Silence before the last byte."""
    close: bool = False

    def content(self) -> bytes:
        if isinstance(self.body, bytes):
            return self.body
        return self.body.encode() if isinstance(self.body, str) else json.dumps(self.body).encode()

    def wire(self) -> bytes:
        content = self.content()
        length = len(content) if self.length is None else self.length
        headers = {
            "Date": DATE,
            "Content-Type": "application/json;charset=utf-8",
            "Content-Length": str(length),
        } | self.headers
        lines = [
            f"HTTP/1.1 {self.status} x",
            *(f"{n}: {v}" for n, v in headers.items() if v),
            "",
            "",
        ]
        return "\r\n".join(lines).encode() + content


def packed(body: object) -> Reply:
    """A reply as HubSpot packs it."""
    return Reply(gzip.compress(json.dumps(body).encode()), headers={"Content-Encoding": "gzip"})


def page(text: str = "<html><title>x</title></html>", status: int = 200) -> Reply:
    """A web page."""
    return Reply(text, status, {"Content-Type": "text/html"})


@dataclass(frozen=True)
class Got:
    """A request as it arrived."""

    method: str
    target: str
    headers: dict[str, str]
    body: bytes


class Host:
    """An HTTP host on loopback. The last reply repeats."""

    def __init__(self, certificate: Certificate | None = None) -> None:
        self._certificate = certificate
        self.got: list[Got] = []
        self._replies: list[Reply | Callable[[Got], Reply]] = [Reply()]
        self._lock = threading.Lock()
        self._open: set[socket.socket] = set()
        self._stopped = threading.Event()
        self._listener = socket.create_server(("127.0.0.1", 0), backlog=64)
        self._threads = [threading.Thread(target=self._accept)]
        self._threads[0].start()

    @property
    def url(self) -> str:
        scheme = "https" if self._certificate else "http"
        return f"{scheme}://127.0.0.1:{self._listener.getsockname()[1]}"

    def answer(self, *replies: Reply | Callable[[Got], Reply]) -> None:
        """Give these replies, one for each request to come."""
        with self._lock:
            self._replies = list(replies)

    def stop(self) -> None:
        self._stopped.set()
        self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()
        with self._lock:
            for connection in self._open:
                connection.close()
        for thread in self._threads:
            thread.join(5)

    def _accept(self) -> None:
        while not self._stopped.is_set():
            try:
                connection, _ = self._listener.accept()
            except OSError:
                return
            with self._lock:
                self._open.add(connection)
            self._threads.append(threading.Thread(target=self._serve, args=(connection,)))
            self._threads[-1].start()

    def _serve(self, connection: socket.socket) -> None:
        with connection:
            try:
                connection.settimeout(0.2)  # `stop` may have closed it already
                if self._certificate:
                    self._serve_tls(connection, self._certificate.server_context())
                while self._answer_one(connection):
                    pass
            except OSError:
                return
            finally:
                with self._lock:
                    self._open.discard(connection)

    def _serve_tls(self, connection: socket.socket, context: ssl.SSLContext) -> None:
        with context.wrap_socket(connection, server_side=True) as secure:
            while self._answer_one(secure):
                pass

    def _answer_one(self, connection: socket.socket) -> bool:
        got = self._receive(connection)
        if got is None:
            return False
        with self._lock:
            self.got.append(got)
            reply = self._replies.pop(0) if len(self._replies) > 1 else self._replies[0]
        if not isinstance(reply, Reply):
            reply = reply(got)
        if reply.drip_seconds:
            for byte in reply.wire():
                connection.sendall(bytes([byte]))
                if self._stopped.wait(reply.drip_seconds):
                    return False
        elif reply.pause_seconds:
            wire = reply.wire()
            connection.sendall(wire[:-1])
            self._stopped.wait(reply.pause_seconds)
            connection.sendall(wire[-1:])
        else:
            connection.sendall(reply.wire())
        return not reply.close

    def _receive(self, connection: socket.socket) -> Got | None:
        data = b""
        while b"\r\n\r\n" not in data:
            data += self._more(connection)
            if not data:
                return None
        head, _, body = data.partition(b"\r\n\r\n")
        first, *lines = head.decode().split("\r\n")
        headers = {n.lower(): v for n, _, v in (line.partition(": ") for line in lines)}
        while len(body) < int(headers.get("content-length", "0")):
            body += self._more(connection)
        method, target, _ = first.split(" ")
        return Got(method, target, headers, body)

    def _more(self, connection: socket.socket) -> bytes:
        while not self._stopped.is_set():
            try:
                return connection.recv(65536)
            except TimeoutError:
                continue
        return b""


@contextmanager
def running(certificate: Certificate | None = None) -> Iterator[Host]:
    """A host for as long as the block lasts; with a certificate it speaks TLS."""
    host = Host(certificate)
    try:
        yield host
    finally:
        host.stop()
