"""`https://api.hubapi.com` on loopback: an HTTPS proxy that ends TLS itself and asks the sandbox account.

Open readers have HubSpot's address written into their source; what all of them obey is `HTTPS_PROXY`. The
proxy resolves no name and connects to the sandbox alone, so a reader that asks for anything else, its own
telemetry for instance, is refused and leaves no packet behind.
"""

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.client import HTTPConnection
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from tests.builders.serving import serving
from tests.differential.authority import Authority

HOST = "api.hubapi.com"
TRUST = Path(__file__).with_name("trust")
OF_ONE_CONNECTION = frozenset({"connection", "keep-alive", "transfer-encoding", "host"})
"""Headers that end at a proxy (RFC 9110, 7.6.1), and the one that names it."""


@dataclass(frozen=True)
class Answer:
    """A status and a body in JSON, made here and not by the sandbox."""

    status: int
    body: bytes


Stand = Callable[[str], Answer | None]
"""What answers a path instead of the sandbox; None: the sandbox does."""


@dataclass(frozen=True)
class HubSpotHost:
    """Where the proxy listens, and what was asked of it."""

    url: str
    authority: Authority
    asked: list[str] = field(default_factory=list)
    """Method and path of every request that got through."""
    refused: list[str] = field(default_factory=list)
    """Other hosts that somebody wanted to reach."""

    def environment(self) -> dict[str, str]:
        """What makes a program take the proxy for the way to HubSpot, and trust its certificate."""
        proxies = dict.fromkeys(
            ("HTTPS_PROXY", "HTTP_PROXY", "https_proxy", "http_proxy"), self.url
        )
        return {
            **proxies,
            "NO_PROXY": "",
            "no_proxy": "",
            "SSL_CERT_FILE": str(self.authority.bundle),
            "PYTHONPATH": str(TRUST),
        }


@contextmanager
def hubspot_host(sandbox: str, authority: Authority, stand: Stand) -> Iterator[HubSpotHost]:
    """The proxy before the sandbox at this address, for as long as the block lasts."""
    port = urlsplit(sandbox).port
    context = authority.server_context()

    class Proxy(_Quiet):
        def do_CONNECT(self) -> None:
            if self.path != f"{HOST}:443":
                self._refuse()
                return
            self.send_response(200)
            self.end_headers()
            self.connection = context.wrap_socket(self.connection, server_side=True)
            self.rfile = self.connection.makefile("rb")
            self.wfile = self.connection.makefile("wb")
            self.close_connection = False

        def finish(self) -> None:
            super().finish()
            self.connection.close()  # the server closes the socket that it accepted, not TLS over it

        def do_GET(self) -> None:
            if not self.path.startswith("/"):  # a plain request through the proxy
                self._refuse()
                return
            host.asked.append(f"{self.command} {self.path}")
            body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
            own = stand(self.path)
            if own is not None:
                self._send(own.status, {"Content-Type": "application/json"}, own.body)
                return
            sandbox = HTTPConnection("127.0.0.1", port, timeout=60)
            try:
                sandbox.request(self.command, self.path, body, _passed_on(self.headers))
                answer = sandbox.getresponse()
                self._send(answer.status, _passed_on(answer.headers), answer.read())
            finally:
                sandbox.close()

        do_POST = do_GET

        def _refuse(self) -> None:
            host.refused.append(self.path)
            self.close_connection = True
            self._send(403, {}, b"")

        def _send(self, status: int, headers: Mapping[str, str], body: bytes) -> None:
            self.send_response_only(status)
            for name, value in headers.items():
                if name.lower() != "content-length":
                    self.send_header(name, value)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)
            self.wfile.flush()

    server = ThreadingHTTPServer(("127.0.0.1", 0), Proxy)
    server.daemon_threads = True
    host = HubSpotHost(f"http://127.0.0.1:{server.server_port}", authority)
    with serving(server):
        yield host


def _passed_on(headers: Any) -> dict[str, str]:
    return {name: value for name, value in headers.items() if name.lower() not in OF_ONE_CONNECTION}


class _Quiet(BaseHTTPRequestHandler):
    """HTTP/1.1 without a log."""

    protocol_version = "HTTP/1.1"

    def log_message(self, format: str, *args: Any) -> None:
        """Say nothing."""
