"""The sandbox account behind a real HTTP server on loopback: as a process, or as a thread for tests.

It binds 127.0.0.1 and nothing else: the control endpoints know no password.
"""

import asyncio
import signal
import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from types import FrameType
from zoneinfo import ZoneInfo

import uvicorn
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

from crmsnap.sandbox.account.account import Account
from crmsnap.sandbox.api.account_info import TIME_ZONE
from crmsnap.sandbox.api.answer import EXTENSION
from crmsnap.sandbox.api.app import Sandbox
from crmsnap.sandbox.api.families import FAMILIES
from crmsnap.sandbox.api.limits import TIERS, Limits
from crmsnap.sandbox.api.scopes import Token, Tokens
from crmsnap.sandbox.clock import Clock

HOST = "127.0.0.1"
KEEP_ALIVE_SECONDS = 75  # long enough that a client which waits out a rate window finds it open
SHUTDOWN_SECONDS = 1  # answers that hang or drip on purpose are cut off after this
START_SECONDS = 60.0


@dataclass(frozen=True, slots=True)
class Options:
    """What the account looks like and how its server behaves; defaults as in `crmsnap sandbox`."""

    port: int = 0
    """0: any free one."""
    contacts: int = 2000
    seed: int = 1
    tokens: tuple[str, ...] = ("pat-sandbox",)
    """`NAME`, which may do everything, or `NAME=scope,scope`; the first one is announced."""
    tier: str = "unlimited"
    latency_ms: float = 0
    now_ms: int | None = None
    """Where the clock starts; None: the real time."""
    frozen: bool = False
    daily: int | None = None
    """Calls a day, instead of the tier's."""


@dataclass(frozen=True, slots=True)
class Address:
    """Where the sandbox is, and the token that opens it."""

    url: str
    token: str


def serve(options: Options, announce: Callable[[Address], None]) -> None:
    """Serve until SIGINT or SIGTERM; `announce` is called once connections are accepted.

    Raises `OSError` when the port is taken, `ValueError` when an option makes no sense.
    """
    application = build(options)
    with _listening(options.port) as listener:
        address = Address(_url(listener), _first_token(options))
        server = _Server(application, lambda: announce(address))

        def stop(_: int, __: FrameType | None) -> None:
            server.should_exit = True

        for number in (signal.SIGINT, signal.SIGTERM):
            signal.signal(number, stop)
        server.run(sockets=[listener])


@contextmanager
def running(options: Options) -> Iterator[Address]:
    """A sandbox in a thread of this process, for as long as the block lasts."""
    with serving(build(options), options.port) as url:
        yield Address(url, _first_token(options))


@contextmanager
def serving(application: Sandbox, port: int = 0) -> Iterator[str]:
    """An application in a thread of this process, for as long as the block lasts; yields its URL."""
    ready = threading.Event()
    with _listening(port) as listener:
        server = _Server(application, ready.set)
        thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]}, daemon=True)
        thread.start()
        try:
            if not ready.wait(START_SECONDS):
                raise TimeoutError("the sandbox did not start")
            yield _url(listener)
        finally:
            server.should_exit = True
            thread.join()


def build(options: Options) -> Sandbox:
    """The ASGI application that these options describe."""
    tokens = [Token.parse(text) for text in options.tokens]
    tier = TIERS.get(options.tier)
    if tier is None:
        raise ValueError(f"no such tier: {options.tier!r}; there are {', '.join(TIERS)}")
    clock = Clock(options.now_ms, frozen=options.frozen)
    account = Account(options.seed, options.contacts, clock.now_ms())
    account.tier = options.tier
    limits = Limits(tier, ZoneInfo(TIME_ZONE), account.portal_id, options.daily)
    account.daily_usage = limits.daily_usage
    account.move_clock = clock.advance
    return Sandbox(
        account,
        FAMILIES,
        clock=clock,
        tokens=Tokens(tokens),
        limits=limits,
        latency_seconds=options.latency_ms / 1000,
    )


class _Server(uvicorn.Server):
    """uvicorn without what belongs to a program of its own: signals, logs, `Server` and `Date`."""

    def __init__(self, application: Sandbox, on_ready: Callable[[], None]) -> None:
        super().__init__(
            uvicorn.Config(
                application,
                http=_Protocol,
                loop="asyncio",
                ws="none",
                lifespan="off",
                log_config=None,
                log_level="error",
                access_log=False,
                proxy_headers=False,
                server_header=False,
                date_header=False,
                timeout_keep_alive=KEEP_ALIVE_SECONDS,
                timeout_graceful_shutdown=SHUTDOWN_SECONDS,
            )
        )
        self._on_ready = on_ready

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        """Start, and say so."""
        await super().startup(sockets)
        self._on_ready()

    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        """Leave signals alone: uvicorn would raise SIGTERM again after a clean end."""
        yield


class _Protocol(HttpToolsProtocol):
    """Hands the connection itself to the application, for faults that ASGI has no words for."""

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override] # as uvicorn's own
        """Take a new connection."""
        super().connection_made(transport)
        # asyncio does this for sockets that it made itself only. Without it every small answer
        # waits 40 ms: its body, a second write, is held back until the head is acknowledged.
        transport.get_extra_info("socket").setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)

    def on_message_begin(self) -> None:
        """Begin a request."""
        super().on_message_begin()
        self.scope["extensions"] = {EXTENSION: {"transport": self.transport}}


@contextmanager
def _listening(port: int) -> Iterator[socket.socket]:
    with socket.create_server((HOST, port)) as listener:
        yield listener


def _url(listener: socket.socket) -> str:
    return f"http://{HOST}:{listener.getsockname()[1]}"


def _first_token(options: Options) -> str:
    return Token.parse(options.tokens[0]).text
