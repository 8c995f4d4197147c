"""An HTTP proxy on loopback through which TLS goes unread: CONNECT and nothing else."""

import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from tests.builders.serving import serving


@dataclass
class ConnectProxy:
    url: str
    port: int
    connected: list[str] = field(default_factory=list)
    """`host:port` of every connection that went through."""


@contextmanager
def connect_proxy(to: dict[str, int]) -> Iterator[ConnectProxy]:
    """A proxy for as long as the block lasts; it knows the hosts `to`, by their port on this machine."""

    class Handler(BaseHTTPRequestHandler):
        def do_CONNECT(self) -> None:
            port = to.get(self.path.partition(":")[0])
            if port is None:
                self.send_error(403)
                return
            proxy.connected.append(self.path)
            with socket.create_connection(("127.0.0.1", port)) as there:
                self.send_response(200)
                self.end_headers()
                back = threading.Thread(target=_pass_on, args=(there, self.connection))
                back.start()
                _pass_on(self.connection, there)
                back.join()
            self.close_connection = True

        def log_message(self, format: str, *args: object) -> None:
            return None

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    proxy = ConnectProxy(f"http://127.0.0.1:{server.server_port}", server.server_port)
    with serving(server):
        yield proxy


def _pass_on(source: socket.socket, target: socket.socket) -> None:
    """Bytes from one side to the other until one of them ends."""
    with suppress(OSError):
        while data := source.recv(65536):
            target.sendall(data)
    for one in (source, target):
        with suppress(OSError):
            one.shutdown(socket.SHUT_RDWR)
