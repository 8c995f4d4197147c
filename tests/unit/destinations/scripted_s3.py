"""An HTTP server on loopback that records what S3 would get, and answers what the test says."""

import ssl
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from tests.builders.serving import serving


@dataclass(frozen=True)
class Request:
    method: str
    path: str
    headers: dict[str, str]
    body: bytes


@dataclass(frozen=True)
class Answer:
    status: int
    body: str = ""
    headers: tuple[tuple[str, str], ...] = ()
    cut: bool = False
    """Close the connection instead of answering."""


def refusal(status: int, code: str, message: str = "as the test says", extra: str = "") -> Answer:
    """An error of S3's form."""
    text = f"<Error><Code>{code}</Code><Message>{message}</Message>{extra}</Error>"
    return Answer(status, f'<?xml version="1.0" encoding="UTF-8"?>\n{text}')


OK = Answer(200, headers=(("ETag", '"1"'),))
CUT = Answer(0, cut=True)


def head_answer(sha256: str, size: int) -> Answer:
    """What HEAD says of an object of ours."""
    return Answer(
        200,
        headers=(
            ("ETag", '"1"'),
            ("Content-Length", str(size)),
            ("Last-Modified", "Sun, 22 Nov 2026 02:00:00 GMT"),
            ("x-amz-meta-sha256", sha256),
        ),
    )


def listing(*keys: str) -> Answer:
    """A page of ListObjectsV2."""
    contents = "".join(
        f"<Contents><Key>{key}</Key><LastModified>2026-11-22T02:00:00.000Z</LastModified>"
        f'<ETag>"1"</ETag><Size>1</Size></Contents>'
        for key in keys
    )
    return Answer(
        200,
        f"<ListBucketResult><IsTruncated>false</IsTruncated>{contents}</ListBucketResult>",
    )


@dataclass
class ScriptedS3:
    url: str
    requests: list[Request] = field(default_factory=list)
    answers: list[Answer] = field(default_factory=list)
    """Used up one by one; after the last, every request is answered 200."""


@contextmanager
def scripted_s3(tls: ssl.SSLContext | None = None) -> Iterator[ScriptedS3]:
    server = QuietServer(("127.0.0.1", 0), Handler)
    if tls is not None:
        server.socket = tls.wrap_socket(server.socket, server_side=True)
    script = ScriptedS3(f"http://127.0.0.1:{server.server_port}")
    server.script = script  # type: ignore[attr-defined]  # handlers know only their server
    with serving(server):
        yield script


class QuietServer(ThreadingHTTPServer):
    def handle_error(self, request: object, client_address: object) -> None:
        """A client that hangs up is part of some tests."""


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def answer(self) -> None:
        script: ScriptedS3 = self.server.script  # type: ignore[attr-defined]  # as above
        body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
        headers = {name.lower(): value for name, value in self.headers.items()}
        script.requests.append(Request(self.command, self.path, headers, body))
        answer = script.answers.pop(0) if script.answers else OK
        if answer.cut:
            self.close_connection = True
            return
        self.send_response(answer.status)
        data = answer.body.encode()
        names = {name for name, _ in answer.headers}
        for name, value in answer.headers:
            self.send_header(name, value)
        if "Content-Length" not in names:
            self.send_header("Content-Length", str(len(data)))
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(data)

    do_GET = do_PUT = do_HEAD = do_DELETE = do_POST = answer

    def log_message(self, format: str, *args: object) -> None:
        return None
