"""An answer on its way out: status, body and headers, and the ways of putting it on the wire.

Cutting an answer short needs the TCP connection itself, which ASGI hides; `server.py` hands it over
in the scope's extensions under `EXTENSION`.
"""

import asyncio
import socket
import struct
from collections.abc import Awaitable, Callable, MutableMapping
from dataclasses import dataclass, replace
from typing import Any

import orjson
from isal import igzip

from crmsnap.sandbox.api.route import ApiError

Scope = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[MutableMapping[str, Any]]]
Send = Callable[[MutableMapping[str, Any]], Awaitable[None]]

Headers = tuple[tuple[bytes, bytes], ...]

EXTENSION = "crmsnap.sandbox"
JSON = b"application/json;charset=utf-8"
HTML = b"text/html;charset=utf-8"
GZIP_FROM_BYTES = 512
GZIP_LEVEL = 1  # 1 to 2 ms for a page of 546 kB; the level above costs twice that for a tenth less


@dataclass(frozen=True, slots=True)
class Answer:
    """What the client gets."""

    status: int
    body: bytes
    content_type: bytes = JSON
    headers: Headers = ()
    gzipped: bool = False

    @classmethod
    def of_error(cls, error: ApiError, correlation_id: str) -> "Answer":
        """HubSpot's error form, which repeats the correlation id of the header."""
        return cls(error.status, orjson.dumps(error.body | {"correlationId": correlation_id}))

    @classmethod
    def page(cls, status: int, title: str, headers: Headers = ()) -> "Answer":
        """An HTML page, as the web server or a gateway in front of the API sends it."""
        html = (
            f"<html> <head> <title>{title}</title> </head>"
            f" <body><h2>{title}</h2> <p>HTTP {status}</p></body> </html>"
        )
        return cls(status, html.encode(), HTML, headers)

    def with_headers(self, *headers: tuple[bytes, bytes]) -> "Answer":
        """The same answer with more headers."""
        return replace(self, headers=(*self.headers, *headers))

    def gzip(self) -> "Answer":
        """The same answer, compressed."""
        if self.gzipped:
            return self
        body = igzip.compress(self.body, compresslevel=GZIP_LEVEL, mtime=0)
        return replace(self, body=body, gzipped=True)


@dataclass(frozen=True, slots=True)
class Wire:
    """One request's way back to the client."""

    receive: Receive
    send: Send
    transport: asyncio.Transport

    async def start(self, answer: Answer, length: int | None) -> None:
        """Send status and headers; no length means chunks."""
        headers = [(b"content-type", answer.content_type), *answer.headers]
        if length is not None:
            headers.append((b"content-length", b"%d" % length))
        if answer.gzipped:
            headers.append((b"content-encoding", b"gzip"))
        await self.send(
            {"type": "http.response.start", "status": answer.status, "headers": headers}
        )

    async def write(self, body: bytes, *, last: bool) -> None:
        """Send a piece of the body."""
        await self.send({"type": "http.response.body", "body": body, "more_body": not last})

    async def send_whole(self, answer: Answer) -> None:
        """Send the answer as it is: what happens without a fault."""
        await self.start(answer, len(answer.body))
        await self.write(answer.body, last=True)

    async def hang_up(self) -> None:
        """Close the connection after what was written so far."""
        self.transport.close()
        await self.client_gone()

    async def reset(self) -> None:
        """Drop the connection with a TCP reset; what the client has not read yet may be lost."""
        # A linger time of zero seconds makes closing a socket send RST instead of FIN.
        self.transport.get_extra_info("socket").setsockopt(
            socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0)
        )
        self.transport.abort()
        await self.client_gone()

    async def client_gone(self) -> None:
        """Wait until the connection is closed, by whichever side."""
        while (await self.receive())["type"] != "http.disconnect":
            pass
