"""Hosts that are not HubSpot: a web page, a server with a certificate of its own, a store that fills up or hangs."""

import http.server
import ssl
import threading
from collections.abc import Container, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from ipaddress import ip_address
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, unquote, urlsplit

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from tests.builders.serving import serving

PAGE = b"<!DOCTYPE html><html><body>Please log in to the guest network.</body></html>"


@contextmanager
def web_page(certificate: Path | None = None) -> Iterator[str]:
    """A host that answers everything with the same page; with a certificate, over TLS."""

    class Page(_Quiet):
        def do_GET(self) -> None:
            self.answer(200, PAGE, {"Content-Type": "text/html"})

    with _serving(Page) as server:
        scheme = "http"
        if certificate is not None:
            context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
            context.load_cert_chain(certificate)
            server.socket = context.wrap_socket(server.socket, server_side=True)
            scheme = "https"
        yield f"{scheme}://127.0.0.1:{server.server_port}"


def own_certificate(file: Path) -> Path:
    """A certificate for 127.0.0.1 that nobody has signed, with its key, as one PEM file."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "127.0.0.1")])
    now = datetime.now(UTC)
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(hours=1))
        .not_valid_after(now + timedelta(hours=1))
        .add_extension(
            x509.SubjectAlternativeName([x509.IPAddress(ip_address("127.0.0.1"))]), critical=False
        )
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .sign(key, hashes.SHA256())
    )
    file.write_bytes(
        certificate.public_bytes(serialization.Encoding.PEM)
        + key.private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.PKCS8,
            serialization.NoEncryption(),
        )
    )
    return file


CANARY = ".crmsnap/write-test"
"""What a run writes and removes first, to learn whether it may write at all."""


class Store:
    """An S3-like store in memory that can be full, or leave a request without an answer."""

    def __init__(self) -> None:
        self.objects: dict[str, tuple[bytes, dict[str, str]]] = {}
        self.room_for: int | None = None
        """How many objects it takes before it says that it is full."""
        self.hold_after: int | None = None
        """With so many objects, the next PUT is never answered, and `holding` is set."""
        self.holding = threading.Event()
        self.conditional = True
        """Whether it refuses to overwrite when a request says so; there are stores that do not."""
        self.url = ""

    @property
    def files(self) -> dict[str, bytes]:
        """What it holds, by key."""
        return {key: data for key, (data, _) in sorted(self.objects.items())}


@contextmanager
def s3_like_store() -> Iterator[Store]:
    """A store on loopback with one bucket, `bucket`."""
    store = Store()

    class S3(_Quiet):
        def do_PUT(self) -> None:
            data = self.rfile.read(int(self.headers["Content-Length"]))
            if len(store.objects) == store.hold_after and not self.key.endswith(CANARY):
                store.holding.set()
                self.connection.recv(1)  # returns when the client is gone
                self.close_connection = True
                return
            if store.conditional and self._is_kept(store.objects):
                self.answer(412, b"<Error><Code>PreconditionFailed</Code></Error>")
                return
            if len(store.objects) == store.room_for:
                self.answer(507, b"<Error><Code>XMinioStorageFull</Code></Error>")
                return
            kept = {
                name: value
                for name, value in self.headers.items()
                if name.lower().startswith("x-amz-meta-")
            }
            store.objects[self.key] = (data, kept)
            self.answer(200, b"", {"ETag": _e_tag(data)})

        def do_GET(self) -> None:
            query = parse_qs(urlsplit(self.path).query)
            if "list-type" in query:
                self.answer(200, self._listing(_one(query, "prefix"), _one(query, "delimiter")))
            elif self.key in store.objects:
                data, kept = store.objects[self.key]
                self.answer(200, data, {"ETag": _e_tag(data), "Last-Modified": WHEN, **kept})
            else:
                self.answer(404, b"<Error><Code>NoSuchKey</Code></Error>")

        do_HEAD = do_GET

        def do_DELETE(self) -> None:
            store.objects.pop(self.key, None)
            self.answer(204, b"")

        def _is_kept(self, objects: Container[str]) -> bool:
            return self.headers.get("If-None-Match") == "*" and self.key in objects

        @property
        def key(self) -> str:
            return unquote(urlsplit(self.path).path).removeprefix("/bucket/")

        def _listing(self, prefix: str, delimiter: str) -> bytes:
            contents, folders = "", set()
            for key, (data, _) in sorted(store.objects.items()):
                below, cut, _rest = key.removeprefix(prefix).partition(delimiter or "\0")
                if not key.startswith(prefix):
                    continue
                if cut:
                    folders.add(prefix + below + cut)
                    continue
                contents += (
                    f"<Contents><Key>{key}</Key><Size>{len(data)}</Size><ETag>{_e_tag(data)}</ETag>"
                    "<LastModified>2026-11-20T05:00:00.000Z</LastModified></Contents>"
                )
            for folder in sorted(folders):
                contents += f"<CommonPrefixes><Prefix>{folder}</Prefix></CommonPrefixes>"
            return f"<ListBucketResult><IsTruncated>false</IsTruncated>{contents}</ListBucketResult>".encode()

    with _serving(S3) as server:
        store.url = f"http://127.0.0.1:{server.server_port}"
        yield store


WHEN = "Fri, 20 Nov 2026 05:00:00 GMT"


def _one(query: dict[str, list[str]], name: str) -> str:
    return query.get(name, [""])[0]


def _e_tag(data: bytes) -> str:
    return f'"{sha256(data).hexdigest()[:32]}"'


class _Quiet(http.server.BaseHTTPRequestHandler):
    """Answers without a log; keeps connections open."""

    protocol_version = "HTTP/1.1"

    def answer(self, status: int, body: bytes, headers: dict[str, str] | None = None) -> None:
        self.send_response(status)
        for name, value in (headers or {}).items():
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(body)

    def log_message(self, format: str, *args: Any) -> None:
        """Say nothing."""


@contextmanager
def _serving(handler: type[_Quiet]) -> Iterator[http.server.ThreadingHTTPServer]:
    class Server(http.server.ThreadingHTTPServer):
        daemon_threads = True

        def handle_error(self, request: Any, client_address: Any) -> None:
            """Clients that turn away are part of these tests."""

    server = Server(("127.0.0.1", 0), handler)
    with serving(server):
        yield server
