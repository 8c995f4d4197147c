"""Requests that no client library would send: signed by botocore, then spoilt, or sent as they are."""

import http.client
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from urllib.parse import urlsplit
from xml.etree import ElementTree as ET

import pytest
from botocore.auth import S3SigV4Auth
from botocore.awsrequest import AWSRequest
from botocore.credentials import Credentials

SECONDS = 20


@dataclass(frozen=True, slots=True)
class Reply:
    """What came back over the wire."""

    status: int
    headers: Mapping[str, str]
    body: bytes

    @property
    def code(self) -> str:
        """The error's code."""
        return ET.fromstring(self.body).findtext("Code") or ""  # noqa: S314 - our own server's


def send(
    url: str,
    credentials: Mapping[str, str],
    method: str,
    path: str,
    *,
    body: bytes = b"",
    headers: Mapping[str, str] | None = None,
    spoil: Callable[[dict[str, str]], object] = lambda _headers: None,
    sent_body: bytes | None = None,
    region: str = "eu-central-1",
    in_chunks: bool = False,
) -> Reply:
    """Sign a request, change it afterwards, and send it.

    With `in_chunks` the body is written as chunks with a trailer, and the signature leaves it out.
    """
    request = AWSRequest(method, url + path, data=body, headers=dict(headers or {}))
    if in_chunks:
        request.context["checksum"] = {"request_algorithm": {"in": "trailer"}}
    keys = Credentials(
        credentials["AccessKeyId"], credentials["SecretAccessKey"], credentials["SessionToken"]
    )
    S3SigV4Auth(keys, "s3", region).add_auth(request)
    signed = {str(name): str(value) for name, value in request.headers.items()}
    spoil(signed)
    return plain(method, url + path, body=body if sent_body is None else sent_body, headers=signed)


def plain(
    method: str, url: str, *, body: bytes = b"", headers: Mapping[str, str] | None = None
) -> Reply:
    """Send a request as it is."""
    address = urlsplit(url)
    path = address.path + (f"?{address.query}" if address.query else "")
    connection = http.client.HTTPConnection(address.hostname or "", address.port, timeout=SECONDS)
    try:
        connection.request(method, path, body, dict(headers or {}))
        response = connection.getresponse()
        found = {name.lower(): value for name, value in response.getheaders()}
        return Reply(response.status, found, response.read())
    finally:
        connection.close()


def fails(call: Callable[[], object]) -> pytest.ExceptionInfo[BaseException]:
    """Expect a call to fail without an answer."""
    with pytest.raises((OSError, http.client.HTTPException)) as caught:
        call()
    return caught
