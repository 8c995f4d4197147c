"""One HTTP request as it came over the wire: raw path and query, headers, whole body."""

import re
import time
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import parse_qsl, unquote

BUCKET_HOST = re.compile(r"(?!s3[.-])(?P<bucket>.+?)\.(s3[.-].+|localhost)")


@dataclass(frozen=True, slots=True)
class Request:
    """A request; `path` and `query_string` are still percent-encoded, as they were signed."""

    method: str
    path: str
    query_string: str
    headers: Mapping[str, str]
    body: bytes
    secure: bool
    source_ip: str

    @property
    def query(self) -> dict[str, str]:
        """The decoded query; a bare name has an empty value."""
        return dict(parse_qsl(self.query_string, keep_blank_values=True))

    @property
    def form(self) -> dict[str, str]:
        """The parameters of a query-protocol call (STS, IAM): URL and body together."""
        return self.query | dict(parse_qsl(self.body.decode("utf-8", "replace")))

    @property
    def host_bucket(self) -> str | None:
        """The bucket that a virtual-hosted address names."""
        match = BUCKET_HOST.fullmatch(self.headers.get("host", "").partition(":")[0])
        return None if match is None else match["bucket"]

    @property
    def bucket(self) -> str:
        """The bucket of an S3 request; empty where it names none."""
        return self.host_bucket or unquote(self.path.lstrip("/").partition("/")[0])

    @property
    def key(self) -> str:
        """The object's key of an S3 request; empty where it names none."""
        path = self.path[1:]
        return unquote(path if self.host_bucket else path.partition("/")[2])


def read_head(environ: Mapping[str, Any]) -> Request:
    """Read a request without its body."""
    raw = environ.get("RAW_URI") or environ["REQUEST_URI"]
    if raw.startswith(("http://", "https://")):  # spoken to as a proxy
        raw = "/" + raw.split("/", 3)[3]
    path, _, query_string = raw.partition("?")
    return Request(
        method=environ["REQUEST_METHOD"],
        path=path,
        query_string=query_string,
        headers=_headers(environ),
        body=b"",
        secure=environ["wsgi.url_scheme"] == "https",
        source_ip=environ.get("REMOTE_ADDR", "127.0.0.1"),
    )


def read_body(environ: Mapping[str, Any]) -> bytes:
    """Read a request's whole body."""
    if environ.get("wsgi.input_terminated"):  # sent in chunks
        return bytes(environ["wsgi.input"].read())
    return bytes(environ["wsgi.input"].read(int(environ.get("CONTENT_LENGTH") or 0)))


def read_slowly(environ: Mapping[str, Any], size: int, seconds: float) -> bytes:
    """Read a request's whole body, a few bytes at a time with a pause after each."""
    pieces: list[bytes] = []
    left = int(environ.get("CONTENT_LENGTH") or 0)
    while left and (piece := environ["wsgi.input"].read(min(size, left))):
        time.sleep(seconds)
        pieces.append(piece)
        left -= len(piece)
    return b"".join(pieces)


def header_names(environ: Mapping[str, Any]) -> set[str]:
    """Return the names of the headers that WSGI keeps as variables."""
    variables = [name.removeprefix("HTTP_") for name in environ if name.startswith("HTTP_")]
    return {name.replace("_", "-").lower() for name in variables}


def variable_of(header: str) -> str:
    """Return the variable in which WSGI keeps a header."""
    return "HTTP_" + header.replace("-", "_").upper()


def _headers(environ: Mapping[str, Any]) -> dict[str, str]:
    headers = {name: environ[variable_of(name)] for name in header_names(environ)}
    for name in ("CONTENT_TYPE", "CONTENT_LENGTH"):
        if environ.get(name):
            headers[name.replace("_", "-").lower()] = environ[name]
    return headers
