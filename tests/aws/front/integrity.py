"""Is a request whole: hashes of the body, signed headers, the region and the owner that it expects.

Messages and codes are those of "Error responses" and "Checking object integrity" (S3 API Reference
and User Guide).
"""

import base64
import binascii
import hashlib
import zlib
from collections.abc import Callable

from moto.s3.models import FakeBucket

from tests.aws.front.operations import copy_source
from tests.aws.front.refusal import Refusal, access_denied
from tests.aws.front.request import Request
from tests.aws.front.signature import UNSIGNED_PAYLOAD, Signature

CHUNKED = "STREAMING-UNSIGNED-PAYLOAD-TRAILER"
CHECKSUM = "x-amz-checksum-"
NOT_A_SUM = ("x-amz-checksum-mode", "x-amz-checksum-type", "x-amz-checksum-algorithm")

SUMS: dict[str, Callable[[bytes], bytes]] = {
    "sha256": lambda body: hashlib.sha256(body).digest(),
    "sha1": lambda body: hashlib.sha1(body, usedforsecurity=False).digest(),
    "crc32": lambda body: zlib.crc32(body).to_bytes(4, "big"),
}


def check_headers(request: Request, signature: Signature) -> None:
    """Refuse a request with an `x-amz-*` header that its signature does not cover."""
    loose = sorted(
        name
        for name in request.headers
        if name.startswith("x-amz-") and name not in signature.signed_headers
    )
    if loose or "host" not in signature.signed_headers:
        raise Refusal(
            403,
            "AccessDenied",
            "There were headers present in the request which were not signed",
            details={"HeadersNotSigned": ", ".join(loose or ["host"])},
        )


def check_body(request: Request, signature: Signature) -> None:
    """Refuse a body that differs from a hash that the request states."""
    stated = request.headers.get("x-amz-content-sha256")
    if stated is None and signature.valid_seconds is None:
        raise Refusal(
            400, "InvalidRequest", "Missing required header for this request: x-amz-content-sha256"
        )
    body, sums = request.body, stated_sums(request)
    if stated == CHUNKED:
        body, trailer = _unchunked(request.body)
        sums |= trailer
    elif stated not in (None, UNSIGNED_PAYLOAD):
        actual = hashlib.sha256(body).hexdigest()
        if actual != stated:
            raise Refusal(
                400,
                "XAmzContentSHA256Mismatch",
                "The provided 'x-amz-content-sha256' header does not match what was computed.",
                details={
                    "ClientComputedContentSHA256": str(stated),
                    "S3ComputedContentSHA256": actual,
                },
            )
    _check_md5(request)
    for name, value in sums.items():
        if name not in SUMS:
            raise Refusal(501, "NotImplemented", f"{name} is not computed by this server")
        if _encoded(SUMS[name](body)) != value:
            raise Refusal(
                400,
                "BadDigest",
                f"The {name.upper()} you specified did not match the calculated checksum.",
            )


def check_region(bucket: FakeBucket, signature: Signature) -> None:
    """Refuse a request that was signed for another region than the bucket's."""
    if signature.region != bucket.region_name:
        raise Refusal(
            400,
            "AuthorizationHeaderMalformed",
            f"The authorization header is malformed; the region '{signature.region}' is wrong; "
            f"expecting '{bucket.region_name}'",
            details={"Region": bucket.region_name},
            headers={"x-amz-bucket-region": bucket.region_name},
        )


def check_owner(request: Request, find: Callable[[str], FakeBucket | None]) -> None:
    """Refuse a request that expects another owner of its bucket, or of a copy's source."""
    pairs = [("x-amz-expected-bucket-owner", request.bucket)]
    if "x-amz-copy-source" in request.headers:
        pairs.append(("x-amz-source-expected-bucket-owner", copy_source(request).bucket))
    for header, name in pairs:
        bucket = find(name)
        expected = request.headers.get(header)
        if expected is not None and bucket is not None and bucket.account_id != expected:
            raise access_denied()


def stated_sums(request: Request) -> dict[str, str]:
    """Return the checksums that a request's headers state, by their algorithm."""
    return {
        name.removeprefix(CHECKSUM): value
        for name, value in request.headers.items()
        if name.startswith(CHECKSUM) and name not in NOT_A_SUM
    }


def _check_md5(request: Request) -> None:
    stated = request.headers.get("content-md5")
    if stated is None:
        return
    try:
        digest = base64.b64decode(stated, validate=True)
    except binascii.Error:
        digest = b""
    if len(digest) != hashlib.md5(usedforsecurity=False).digest_size:
        raise Refusal(400, "InvalidDigest", "The Content-MD5 you specified was invalid.")
    if hashlib.md5(request.body, usedforsecurity=False).digest() != digest:
        raise Refusal(
            400, "BadDigest", "The Content-MD5 you specified did not match what we received."
        )


def _unchunked(body: bytes) -> tuple[bytes, dict[str, str]]:
    pieces: list[bytes] = []
    while True:
        head, _, body = body.partition(b"\r\n")
        size = int(head.partition(b";")[0], 16)
        if size == 0:
            break
        pieces.append(body[:size])
        body = body[size + 2 :]
    lines = [line.decode().partition(":") for line in body.split(b"\r\n") if line]
    trailer = {name.removeprefix(CHECKSUM): value.strip() for name, _, value in lines}
    return b"".join(pieces), trailer


def _encoded(digest: bytes) -> str:
    return base64.b64encode(digest).decode()
