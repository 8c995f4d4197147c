"""What a store's refusal means: obstore says it in the text of an exception, and only there.

obstore 0.12 shows neither the status nor the XML body of an answer, but prints both. HEAD answers
have no body, and redirects are not followed, so there only the status (or not even that) is known.
The code is taken out of the text here and nowhere else; a test per code guards it.
"""

import re
from dataclasses import dataclass

from crmsnap.destinations.retry import Passing
from crmsnap.errors import AccessDenied, DestinationError, NotThere, StoreFull

_STATUS = re.compile(r"non-2xx status code: ([0-9]{3})\b")
_CODE = re.compile(r"<Code>([A-Za-z0-9.]{1,80})</Code>")
_MESSAGE = re.compile(r"<Message>([^<]{1,300})")
_REGION = re.compile(r"<Region>([a-z0-9-]{1,40})</Region>")

_DENIED = {
    "InvalidAccessKeyId": "the access key is unknown to the store: check the key id, and that the key is active",
    "SignatureDoesNotMatch": "check the secret key: it does not belong to the key id",
    "RequestTimeTooSkewed": "set the clock of this machine: it differs too much from the store's",
    "InvalidToken": "get a new session: the session token is not valid here",
    "AccountProblem": "the AWS account has a problem that only its owner can solve",
}
_DENIED_OTHERWISE = (
    "allow s3:PutObject, s3:GetObject and s3:DeleteObject on <bucket>/<prefix>/* "
    "and s3:ListBucket on the bucket for <prefix>/*"
)
_DENIED_WITHOUT_REASON = "no reason was given, as when the bucket is another account's: check its name and its owner; then "
_FULL = frozenset({"QuotaExceeded", "XMinioStorageFull", "InsufficientStorage", "EntityTooLarge"})
_PASSING_CODES = frozenset(
    {"ExpiredToken", "RequestTimeout", "SlowDown", "ServiceUnavailable", "InternalError"}
    | {"ConditionalRequestConflict", "OperationAborted", "BadDigest", "XAmzContentSHA256Mismatch"}
)
_PASSING_STATUS = frozenset({429, 500, 502, 503, 504})
_CUT = ("error sending request", "error decoding response body", "request or response body error")
_CUT_BECAUSE = {
    "dns error": "the name of the host is not known",
    "ConnectionRefused": "nothing answers at that address",
    "TimedOut": "it took too long",
}
_CERTIFICATE = "InvalidCertificate"
_ELSEWHERE = frozenset(
    {"AuthorizationHeaderMalformed", "PermanentRedirect", "IllegalLocationConstraintException"}
)
_NO_BUCKET = frozenset({"NoSuchBucket", "ContainerNotFound"})
_ODD_KEY = re.compile(
    r"\AEncountered object with invalid path: .*?Path \"(.*)\"(?: contained|: Encountered)",
    re.DOTALL,
)
_UNSUPPORTED = frozenset({"NotImplemented", "UnsupportedOperation"})


class Unexplained(DestinationError):
    """400 without a body, as HEAD gets it: another kind of request would be told why."""


class OddKey(DestinationError):
    """Somebody's key that the store's client takes for no path, and so fails the whole listing."""

    def __init__(self, key: str, *, doing: str, url: str) -> None:
        super().__init__(
            f"could not {doing} at {url}",
            cause=f"{key!r} is in the way: a segment is empty, a dot, or holds a sign that"
            " cannot be printed",
            remedy="rename or remove what has that name: it is none of ours",
        )
        self.key = key
        """As the bucket has it, with the prefix; its folder, where only folders were asked for."""


def odd_key(text: str) -> str | None:
    """The key of which the text of an obstore exception says that no listing can hold it."""
    found = _ODD_KEY.search(text.partition("\n\nDebug source:")[0])
    return None if found is None else found[1]


class Unsupported(DestinationError):
    """The store does not know what it was asked to do, such as a condition."""


@dataclass(frozen=True, slots=True)
class Answer:
    """A store's answer that was not a success, as far as it is known."""

    status: int | None
    code: str
    """S3's error code; empty where there was none: HEAD, redirects, cut connections."""
    message: str
    region: str
    """Where the bucket is, when the store said so."""
    cut: str
    """Why there was no whole answer, when the connection failed: the effect is unknown."""
    untrusted: bool
    """The server's certificate is not trusted, so nothing was sent."""
    redirected: bool

    @property
    def elsewhere(self) -> bool:
        """Whether the bucket is in another region than the one that was asked."""
        return self.redirected or self.code in _ELSEWHERE

    @property
    def expired(self) -> bool:
        """Whether the session's keys are too old, which obstore does not notice by itself."""
        return self.code == "ExpiredToken"


def read_answer(text: str) -> Answer:
    """Take the answer out of the text of an obstore exception."""
    text, _, debug = text.partition("\n\nDebug source:")
    cut = ""
    if any(sign in text for sign in _CUT):
        known = (cause for sign, cause in _CUT_BECAUSE.items() if sign in debug)
        cut = next(known, "it broke or timed out")
    status = _STATUS.search(text)
    return Answer(
        status=int(status[1]) if status else None,
        code=_first(_CODE, text),
        message=_first(_MESSAGE, text),
        region=_first(_REGION, text),
        cut=cut,
        untrusted=bool(cut) and _CERTIFICATE in debug,
        redirected="Received redirect without LOCATION" in text,
    )


def _first(pattern: re.Pattern[str], text: str) -> str:
    match = pattern.search(text)
    return match[1] if match else ""


def error_for(answer: Answer, *, doing: str, url: str) -> DestinationError:
    """The error that an answer stands for; `doing` is a phrase with the key: `write a/b`."""
    cause = _cause(answer)
    if answer.untrusted:
        return DestinationError(
            f"could not {doing} at {url}",
            cause="the certificate of the store's server is not trusted",
            remedy="check the endpoint, or give the certificate of its authority as ca_file",
        )
    if answer.code in _PASSING_CODES or answer.status in _PASSING_STATUS or answer.cut:
        return Passing(
            f"could not {doing} at {url}",
            cause=cause,
            remedy="check that the store works, then run again: nothing that was written is lost",
        )
    if answer.status == 400 and not answer.code:
        return Unexplained(
            f"could not {doing} at {url}",
            cause=cause,
            remedy="run again; if it stays, see what the store's own log says",
        )
    if answer.elsewhere:
        return DestinationError(
            f"could not {doing} at {url}",
            cause="the bucket is in another region than the one that is set",
            remedy=f"set the region to {answer.region}"
            if answer.region
            else "set the region to the bucket's own",
        )
    if answer.code in _NO_BUCKET:
        return DestinationError(
            f"could not {doing} at {url}",
            cause="there is no such bucket or container",
            remedy="check its name and the endpoint, or create the bucket",
        )
    if answer.code in _FULL or answer.status == 507:
        return StoreFull(
            f"could not {doing} at {url}", cause=cause, remedy="make room, then run again"
        )
    if answer.status in {401, 403} or answer.code in _DENIED:
        return AccessDenied(
            f"not allowed to {doing} at {url}",
            cause=cause,
            remedy=_remedy_of_denial(answer, url),
        )
    if answer.status == 501 or answer.code in _UNSUPPORTED:
        return Unsupported(
            f"could not {doing} at {url}",
            cause=cause,
            remedy="crmsnap check shows what the store lacks; without conditional writes,"
            " unsafe_single_writer lets one machine write to it",
        )
    if answer.status == 404:
        return NotThere(f"could not {doing} at {url}", cause=cause)
    return DestinationError(
        f"could not {doing} at {url}",
        cause=cause,
        remedy="see what the store's documentation says about this answer",
    )


def _remedy_of_denial(answer: Answer, url: str) -> str:
    if not url.startswith("s3://"):
        return "check the credentials, and that they may read, write, list and delete there"
    if "to perform: kms:" in answer.message:
        return (
            "name the bucket's key as kms_key, and allow the role kms:GenerateDataKey and"
            " kms:Decrypt on it"
        )
    if answer.code in _DENIED:
        return _DENIED[answer.code]
    known = gives_reason(answer.message)
    return _DENIED_OTHERWISE if known else f"{_DENIED_WITHOUT_REASON}{_DENIED_OTHERWISE}"


def gives_reason(message: str) -> bool:
    """Whether a denial names the kind of policy it comes from, which S3 does within an account alone."""
    said = message.lower()
    return "because no " in said or "explicit deny" in said


def _cause(answer: Answer) -> str:
    if answer.cut:
        return f"the connection to the store failed: {answer.cut}"
    said = f"status {answer.status}" if answer.status else "an answer without a status"
    return f"the store answered {said}" + (
        f", {answer.code}: {answer.message}" if answer.code else ""
    )
