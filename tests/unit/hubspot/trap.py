"""A listener that nobody may reach: it counts who does, on every loopback address."""

import socket
import threading
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress


class Trap:
    """Where nobody should come; `port` is the same on IPv4 and IPv6."""

    def __init__(self) -> None:
        self.port = 0
        self.caught = 0


@contextmanager
def trap() -> Iterator[Trap]:
    """Listen for as long as the block lasts."""
    found = Trap()
    with ExitStack() as open_sockets:
        first = open_sockets.enter_context(socket.create_server(("127.0.0.1", 0)))
        found.port = first.getsockname()[1]
        listening = [first]
        with suppress(OSError):  # a machine without IPv6
            listening.append(
                open_sockets.enter_context(
                    socket.create_server(("::1", found.port), family=socket.AF_INET6)
                )
            )
        threads = [threading.Thread(target=_count, args=(one, found)) for one in listening]
        for thread in threads:
            thread.start()
        try:
            yield found
        finally:
            for one in listening:
                one.shutdown(socket.SHUT_RDWR)
            for thread in threads:
                thread.join()


def _count(listener: socket.socket, trap: Trap) -> None:
    while True:
        try:
            caller, _ = listener.accept()
        except OSError:
            return
        trap.caught += 1
        with caller:
            caller.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\nConnection: close\r\n\r\n{}")
