"""A registry on another machine is spoken to only when it was seen to be the one that is meant."""

import socket
import struct
import threading
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from pathlib import Path

import pytest

from crmsnap.errors import RegistryError
from crmsnap.registry.opening import open_registry
from tests.builders.authority import Authority, Signed

HOST = "elsewhere.example"  # as it stands in the certificate `of_another_host`
SSL_REQUEST = struct.pack("!ii", 8, 80877103)  # PostgreSQL documentation, "Message Formats"


class Listener:
    """The beginning of a PostgreSQL server: with TLS or without, it hears who wants to come in."""

    def __init__(self, shows: Signed | None) -> None:
        self._context = None if shows is None else shows.server_context()
        self._socket = socket.create_server(("127.0.0.1", 0))
        self._thread = threading.Thread(target=self._serve)
        self.port: int = self._socket.getsockname()[1]
        self.heard: list[bytes] = []
        """What came after the question whether there is TLS."""

    @contextmanager
    def serving(self) -> Iterator["Listener"]:
        """Answer until the block ends."""
        self._thread.start()
        try:
            yield self
        finally:
            self._socket.shutdown(socket.SHUT_RDWR)
            self._socket.close()
            self._thread.join()

    def _serve(self) -> None:
        with suppress(OSError):  # it was closed
            while True:
                peer, _ = self._socket.accept()
                with closing(peer), suppress(OSError):
                    peer.settimeout(5)
                    self._greet(peer)

    def _greet(self, peer: socket.socket) -> None:
        first = peer.recv(1024)
        if first != SSL_REQUEST:
            self.heard.append(first)
        elif self._context is None:
            peer.sendall(b"N")
            self.heard.append(peer.recv(1024))
        else:
            peer.sendall(b"S")
            with self._context.wrap_socket(peer, server_side=True) as tls:
                self.heard.append(tls.recv(1024))


@pytest.fixture
def authority(tmp_path: Path) -> Authority:
    """Whom the registry's URL trusts."""
    return Authority(tmp_path)


def refusal_of(url: str) -> RegistryError:
    """The error of opening it."""
    with pytest.raises(RegistryError) as caught, open_registry(url):
        pass
    return caught.value


def spoken_to(shows: Signed | None, query: str, host: str = HOST) -> bytes:
    """What a server hears when a registry is opened at its address, under that name."""
    with Listener(shows).serving() as server:
        url = f"postgresql://alice:hunter2@{host}:{server.port}/db?hostaddr=127.0.0.1{query}"
        with pytest.raises(RegistryError), open_registry(url):
            pass
        return b"".join(server.heard)


def test_a_server_that_is_the_right_one_is_spoken_to(authority: Authority):
    """The others are compared with this: it hears who wants to come in."""
    good = authority.of_another_host()
    assert b"alice" in spoken_to(good, f"&sslrootcert={authority.file}")


def test_a_server_without_tls_hears_nothing(authority: Authority):
    """libpq left alone would go on in clear."""
    assert spoken_to(None, "") == b""
    assert spoken_to(None, f"&sslrootcert={authority.file}") == b""


def test_a_certificate_of_an_unknown_authority_is_not_enough(authority: Authority, tmp_path: Path):
    """Anybody can make one. Without an authority in the URL, those of the machine count."""
    stranger = Authority(tmp_path, "stranger").of_another_host()
    assert spoken_to(stranger, f"&sslrootcert={authority.file}") == b""
    assert spoken_to(stranger, "") == b""


def test_a_certificate_of_another_host_is_not_enough(authority: Authority):
    """Everybody in a network may have one of its authority."""
    assert spoken_to(authority.good(), f"&sslrootcert={authority.file}") == b""


@pytest.mark.parametrize("mode", ["disable", "allow", "prefer", "require", "verify-ca"])
def test_less_than_a_verified_server_is_refused(authority: Authority, mode: str):
    """Before anything is asked, with what to write instead."""
    refused = refusal_of(f"postgresql://alice:hunter2@db.internal/db?sslmode={mode}")
    assert "verifying the server" in refused.message
    assert "sslmode=verify-full" in refused.remedy
    assert "hunter2" not in f"{refused} {refused.cause} {refused.remedy}"


def test_an_authority_that_is_not_there_is_said():
    """libpq's own words would be hidden with its address."""
    refused = refusal_of("postgresql://db.internal/db?sslrootcert=/nowhere.pem")
    assert "not there" in refused.message
    assert "sslrootcert" in refused.cause


@pytest.mark.parametrize("host", ["localhost", "127.0.0.1"])
def test_a_server_on_this_machine_needs_no_certificate(host: str):
    """Nobody stands in between; a proxy of a cloud listens there without TLS."""
    with Listener(None).serving() as server:
        url = f"postgresql://alice@{host}:{server.port}/db"
        with pytest.raises(RegistryError, match="cannot be used"), open_registry(url):
            pass
        assert b"alice" in b"".join(server.heard)


@pytest.mark.parametrize("query", ["?hostaddr=192.0.2.1", "?host=db.internal", "?service=agency"])
def test_a_host_that_stands_elsewhere_in_the_url_counts(query: str):
    """`localhost` in front of it would be no proof of anything."""
    refused = refusal_of(f"postgresql://localhost/db{query}&sslmode=prefer")
    assert "verifying the server" in refused.message
