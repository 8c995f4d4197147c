"""One HTTP request as it came in, before anybody judged it."""

from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qsl

import orjson

from crmsnap.sandbox.api import errors
from crmsnap.sandbox.api.answer import Receive, Scope
from crmsnap.sandbox.api.faults.plan import ActiveRule
from crmsnap.sandbox.api.limits import Headers

LOOPBACK = frozenset({"127.0.0.1", "::1"})


@dataclass(slots=True)
class Request:
    """What was asked, and what is found out about it on the way to its answer."""

    method: str
    path: str
    """Still percent-encoded."""
    query: bytes
    authorization: str
    accepts_gzip: bool
    is_local: bool
    content: bytes
    correlation_id: str
    family: str = "unknown"
    """Under which name it is counted."""
    limit_headers: Headers = field(default_factory=list)
    fault: ActiveRule | None = None
    """The rule that the answer falls victim to."""

    @property
    def url_characters(self) -> int:
        """The length of the request target."""
        return len(self.path) + 1 + len(self.query)

    def parameters(self) -> dict[str, tuple[str, ...]]:
        """Every query parameter with all its values, in order."""
        values: dict[str, tuple[str, ...]] = {}
        for name, value in parse_qsl(self.query.decode("latin-1"), keep_blank_values=True):
            values[name] = (*values.get(name, ()), value)
        return values

    def json(self) -> Any:
        """The decoded body, None when there was none; raises 400 for what is no JSON."""
        if not self.content:
            return None
        try:
            return orjson.loads(self.content)
        except orjson.JSONDecodeError as wrong:
            raise errors.bad_request(
                f"Invalid input JSON on line {wrong.lineno}, column {wrong.colno}: {wrong.msg}"
            ) from wrong


async def read_request(scope: Scope, receive: Receive, correlation_id: str) -> Request:
    """Take the request from the server, its whole body included."""
    headers = dict(scope["headers"])
    client = scope["client"]
    return Request(
        method=scope["method"],
        path=scope["raw_path"].decode("latin-1"),
        query=scope["query_string"],
        authorization=headers.get(b"authorization", b"").decode("latin-1"),
        accepts_gzip=b"gzip" in headers.get(b"accept-encoding", b""),
        is_local=client is not None and client[0] in LOOPBACK,
        content=await _content(receive),
        correlation_id=correlation_id,
    )


async def _content(receive: Receive) -> bytes:
    pieces = []
    while True:
        message = await receive()
        pieces.append(message.get("body", b""))
        if not message.get("more_body", False):
            return b"".join(pieces)
