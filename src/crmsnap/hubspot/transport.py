"""One HTTP exchange over urllib3: complete and within its deadline, or an error that says why not.

Clients' own decoding accepts a gzip body whose trailer was cut off, and their timeouts never fire on a
host that sends a byte now and then. So bodies are unpacked here, checksum and length included, and each
read from the socket gets only the time that is left.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from types import TracebackType
from typing import Any, Protocol, Self

import urllib3
from isal import igzip_lib
from urllib3 import exceptions

from crmsnap.errors import ConfigError, HubSpotError, Unavailable, UnexpectedAnswer
from crmsnap.hubspot.deadline import Reach, pool_classes
from crmsnap.model import Clock

BODY_MAX_BYTES = 64 * 2**20
"""Packed or unpacked; the largest real page, 100 records of 1,000 long values, is far below."""
DEADLINE_SECONDS = 60.0
CONNECT_SECONDS = 5.0
PIECE_BYTES = 64 * 2**10


@dataclass(frozen=True, slots=True)
class Response:
    """An answer with its whole body, unpacked."""

    status: int
    headers: Mapping[str, str]
    """Names in lower case."""
    body: bytes


class SendFailed(Exception):
    """There was no complete answer; `error` is what to raise when there is no further try."""

    def __init__(self, error: HubSpotError, *, again: bool = True) -> None:
        super().__init__(error.message)
        self.error = error
        self.again = again
        """Whether another try could do better."""


class Transport(Protocol):
    """How requests get out; `HttpTransport` is the real one."""

    def send(
        self, method: str, url: str, headers: Mapping[str, str], body: bytes | None
    ) -> Response:
        """Send one request and return its complete answer, whatever the status.

        Raise `SendFailed` when none came. Redirects are answers like others: following one would
        carry the token to another host.
        """
        ...


class HttpTransport:
    """Connections that are kept open and shared by threads; close it, or use it with `with`.

    `reach` says at which addresses a host may be called; what it raises ends the request. Raises
    `ConfigError` for a proxy that is no URL.
    """

    def __init__(
        self,
        clock: Clock,
        *,
        connections: int = 16,
        deadline_seconds: float = DEADLINE_SECONDS,
        ca_file: str | None = None,
        proxy: str | None = None,
        reach: Reach | None = None,
    ) -> None:
        self._clock = clock
        self._deadline_seconds = deadline_seconds
        settings: dict[str, Any] = {
            "maxsize": connections,
            "cert_reqs": "CERT_REQUIRED",
            "ca_certs": ca_file,
        }
        self._pools = _through(proxy, settings) if proxy else urllib3.PoolManager(**settings)
        self._pools.pool_classes_by_scheme = pool_classes(
            clock,
            None if proxy else reach,  # a proxy resolves names itself
        )

    def send(
        self, method: str, url: str, headers: Mapping[str, str], body: bytes | None
    ) -> Response:
        """Send one request and return its complete answer, whatever the status."""
        deadline = self._clock.monotonic() + self._deadline_seconds
        try:
            answer = self._pools.urlopen(
                method,
                url,
                headers=headers,
                body=body,
                retries=False,
                redirect=False,
                preload_content=False,
                decode_content=False,
                timeout=urllib3.Timeout(
                    total=self._deadline_seconds,
                    connect=min(CONNECT_SECONDS, self._deadline_seconds),
                ),
            )
            packed = self._read(answer, deadline)
        except exceptions.HTTPError as error:
            raise _failed(error, url) from error
        names = {name.lower(): value for name, value in answer.headers.items()}
        return Response(answer.status, names, unpacked(packed, names.get("content-encoding", "")))

    def close(self) -> None:
        """Close all connections."""
        self._pools.clear()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self.close()

    def _read(self, answer: urllib3.BaseHTTPResponse, deadline: float) -> bytes:
        try:
            body = self._body(answer, deadline)
        except BaseException:
            answer.close()  # the rest of a body must not be read as the next answer
            raise
        answer.release_conn()
        return body

    def _body(self, answer: urllib3.BaseHTTPResponse, deadline: float) -> bytes:
        pieces: list[bytes] = []
        size = 0
        while piece := answer.read1(PIECE_BYTES, decode_content=False):
            pieces.append(piece)
            size += len(piece)
            if size > BODY_MAX_BYTES:
                raise _too_large()
            if self._clock.monotonic() > deadline:
                raise exceptions.TimeoutError("the answer did not end in time")
        return pieces[0] if len(pieces) == 1 else b"".join(pieces)


def _through(proxy: str, settings: Mapping[str, Any]) -> urllib3.ProxyManager:
    try:
        auth = urllib3.util.parse_url(proxy).auth
        headers = urllib3.make_headers(proxy_basic_auth=auth) if auth else None
        return urllib3.ProxyManager(proxy, proxy_headers=headers, **settings)
    except exceptions.HTTPError as error:
        raise ConfigError(
            "the proxy cannot be used",
            cause="its address is no http:// or https:// URL",
            remedy="set it like http://user:password@proxy.example:3128",
        ) from error


def unpacked(packed: bytes, encoding: str) -> bytes:
    """A body without its content encoding; `SendFailed` when it is damaged, cut off or too large."""
    if encoding in ("", "identity"):
        return packed
    if encoding != "gzip":
        raise _damaged(f"it is packed as {encoding[:20]!r}, and only gzip was asked for")
    unpacker = igzip_lib.IgzipDecompressor(flag=igzip_lib.DECOMP_GZIP)
    try:
        body: bytes = unpacker.decompress(packed, BODY_MAX_BYTES)
    except igzip_lib.IsalError as error:  # type: ignore[misc]  # its stub declares an instance
        raise _damaged(f"its gzip data is wrong: {error}") from error
    if not unpacker.eof:
        if len(body) >= BODY_MAX_BYTES:
            raise _too_large()
        raise _damaged("its gzip data is cut off")
    if unpacker.unused_data:
        raise _damaged("bytes follow its gzip data")
    return body


def _damaged(cause: str) -> SendFailed:
    return SendFailed(
        UnexpectedAnswer(
            "HubSpot's answer arrived damaged",
            cause=cause,
            remedy="sync again; if it stays, look at what stands between here and HubSpot",
        )
    )


def _too_large() -> SendFailed:
    return SendFailed(
        UnexpectedAnswer(
            "HubSpot's answer is too large",
            cause=f"it has more than {BODY_MAX_BYTES // 2**20} MiB",
            remedy="check the base URL; if it is right, report this",
        ),
        again=False,
    )


def _failed(error: exceptions.HTTPError, url: str) -> SendFailed:
    # urllib3's messages hold addresses and reasons, never headers, so never the token.
    host = urllib3.util.parse_url(url).netloc or url
    if isinstance(error, exceptions.SSLError):
        return SendFailed(
            _lasting(
                f"{host} cannot be trusted",
                cause=f"TLS failed: {_reason(error)}",
                remedy="if your network has a certificate authority of its own, name its file in "
                "the ca_file setting; never switch verification off",
            ),
            again=False,
        )
    if isinstance(error, exceptions.LocationValueError):
        return SendFailed(
            _lasting(
                "the base URL cannot be used",
                cause=_reason(error),
                remedy="set it like https://api.hubapi.com",
            ),
            again=False,
        )
    return SendFailed(
        Unavailable(
            f"{host} cannot be reached",
            cause=_reason(error),
            remedy="check the network, the proxy and the base URL, then sync again",
        )
    )


def _lasting(message: str, *, cause: str, remedy: str) -> Unavailable:
    """Unavailable until somebody mends a setting or a certificate."""
    error = Unavailable(message, cause=cause, remedy=remedy)
    error.passes = False
    return error


def _reason(error: exceptions.HTTPError) -> str:
    inner = error.__cause__ or error.__context__
    return f"{type(error).__name__}: {inner or error}"
