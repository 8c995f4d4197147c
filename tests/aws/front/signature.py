"""Signature Version 4, judged as "Authenticating Requests (AWS Signature Version 4)" says it.

Both forms: in the Authorization header, and in the query of a presigned URL.
"""

import hashlib
import hmac
from dataclasses import dataclass
from datetime import UTC, datetime
from urllib.parse import parse_qsl, quote, unquote

from tests.aws.front.refusal import Refusal, access_denied
from tests.aws.front.request import Request

ALGORITHM = "AWS4-HMAC-SHA256"
TIME_FORMAT = "%Y%m%dT%H%M%SZ"
UNSIGNED_PAYLOAD = "UNSIGNED-PAYLOAD"
CLOCK_SKEW_SECONDS = 15 * 60


@dataclass(frozen=True, slots=True)
class Signature:
    """What a request's signature says of itself."""

    access_key_id: str
    date: str
    region: str
    service: str
    signed_headers: tuple[str, ...]
    signature: str
    time: datetime
    token: str | None
    valid_seconds: int | None

    @property
    def scope(self) -> str:
        """The credential scope, without the key."""
        return f"{self.date}/{self.region}/{self.service}/aws4_request"


def read_signature(request: Request) -> Signature:
    """Read a request's signature; a request without one is refused, as every bucket here is private."""
    header = request.headers.get("authorization", "")
    query = request.query
    if header.startswith(ALGORITHM):
        fields = dict(
            part.strip().split("=", 1) for part in header.removeprefix(ALGORITHM).split(",")
        )
        fields["Date"] = request.headers.get("x-amz-date", "")
        token = request.headers.get("x-amz-security-token")
        valid = None
    elif "X-Amz-Signature" in query:
        fields = {name.removeprefix("X-Amz-"): value for name, value in query.items()}
        token = query.get("X-Amz-Security-Token")
        valid = int(fields["Expires"])
    else:
        raise access_denied()
    key, date, region, service, _ = fields["Credential"].split("/")
    return Signature(
        access_key_id=key,
        date=date,
        region=region,
        service=service,
        signed_headers=tuple(fields["SignedHeaders"].split(";")),
        signature=fields["Signature"],
        time=datetime.strptime(fields["Date"], TIME_FORMAT).replace(tzinfo=UTC),
        token=token,
        valid_seconds=valid,
    )


def check_signature(request: Request, signature: Signature, secret: str, now: datetime) -> None:
    """Refuse a request whose time is off or whose signature is not made with this secret."""
    age = (now - signature.time).total_seconds()
    if signature.valid_seconds is not None and age > signature.valid_seconds:
        raise access_denied("Request has expired")
    if signature.valid_seconds is None and abs(age) > CLOCK_SKEW_SECONDS:
        raise Refusal(
            403,
            "RequestTimeTooSkewed",
            "The difference between the request time and the current time is too large.",
            details={
                "RequestTime": signature.time.strftime(TIME_FORMAT),
                "ServerTime": now.strftime("%Y-%m-%dT%H:%M:%SZ"),
                "MaxAllowedSkewMilliseconds": str(CLOCK_SKEW_SECONDS * 1000),
            },
        )
    if not hmac.compare_digest(_signed(request, signature, secret), signature.signature):
        raise Refusal(
            403,
            "SignatureDoesNotMatch",
            "The request signature we calculated does not match the signature you provided. "
            "Check your key and signing method.",
        )


def _signed(request: Request, signature: Signature, secret: str) -> str:
    text = "\n".join(
        (
            ALGORITHM,
            signature.time.strftime(TIME_FORMAT),
            signature.scope,
            hashlib.sha256(_canonical(request, signature).encode()).hexdigest(),
        )
    )
    key = f"AWS4{secret}".encode()
    for part in signature.scope.split("/"):
        key = _hmac(key, part)
    return _hmac(key, text).hex()


def _canonical(request: Request, signature: Signature) -> str:
    pairs = sorted(
        (_encoded(name), _encoded(value))
        for name, value in parse_qsl(request.query_string, keep_blank_values=True)
        if name != "X-Amz-Signature"
    )
    headers = "".join(
        f"{name}:{' '.join(request.headers.get(name, '').split())}\n"
        for name in signature.signed_headers
    )
    return "\n".join(
        (
            request.method,
            quote(unquote(request.path), safe="/-_.~"),
            "&".join(f"{name}={value}" for name, value in pairs),
            headers,
            ";".join(signature.signed_headers),
            _payload_hash(request, signature),
        )
    )


def _payload_hash(request: Request, signature: Signature) -> str:
    if signature.valid_seconds is not None:
        return UNSIGNED_PAYLOAD
    # S3 signs the hash that the header states (and then compares it with the body); others sign
    # the body's.
    stated = request.headers.get("x-amz-content-sha256")
    return stated or hashlib.sha256(request.body).hexdigest()


def _encoded(text: str) -> str:
    return quote(text, safe="-_.~")


def _hmac(key: bytes, text: str) -> bytes:
    return hmac.new(key, text.encode(), hashlib.sha256).digest()
