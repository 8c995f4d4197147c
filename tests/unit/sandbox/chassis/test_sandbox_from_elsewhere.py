"""The control endpoints are for this machine, should the sandbox ever listen on more than loopback."""

import asyncio
from typing import Any

import pytest

from crmsnap.sandbox.api.answer import EXTENSION
from crmsnap.sandbox.server import Options, build


def status_for(client: tuple[str, int] | None) -> int:
    """The status that a caller from this address gets; the ASGI application is asked directly."""
    sent: list[dict[str, Any]] = []

    async def receive() -> dict[str, Any]:
        return {"type": "http.request", "body": b"", "more_body": False}

    async def send(message: Any) -> None:
        sent.append(message)

    scope = {
        "type": "http",
        "method": "GET",
        "raw_path": b"/_sandbox/stats",
        "query_string": b"",
        "headers": [],
        "client": client,
        "extensions": {EXTENSION: {"transport": None}},
    }
    asyncio.run(build(Options(contacts=200))(scope, receive, send))
    status: int = sent[0]["status"]
    return status


@pytest.mark.parametrize(
    ("client", "status"),
    [(("127.0.0.1", 1), 200), (("::1", 1), 200), (("10.0.0.7", 1), 404), (None, 404)],
)
def test_control_answers_only_this_machine(client: tuple[str, int] | None, status: int) -> None:
    """They know no password; to others they do not exist."""
    assert status_for(client) == status
