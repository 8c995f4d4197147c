"""What looks like a secret wherever it comes from: tokens, keys, signatures, passwords in URLs.

What only resembles one has to stay whole: UUIDs (external ids) and hashes (names of parts) are what
people compare. And none reaches over the quotes around a value, so that JSON stays JSON: a quote behind
a name may be the end of a text, and what follows it is no secret then.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class _Pattern:
    words: tuple[str, ...]
    """One of them stands in every text that fits, in small letters: looking for them is quick."""
    regex: re.Pattern[str]
    """What is hidden is its group `secret`."""


def _pattern(words: str, regex: str) -> _Pattern:
    return _Pattern(tuple(words.split()), re.compile(regex, re.IGNORECASE))


_END_OF_HEADER = r"[^\r\n\"'<>]*"

_PATTERNS = (
    # HubSpot, "Private apps": pat-na1-<UUID>.
    _pattern("pat-", r"\b(?P<secret>pat-[a-z]{2,3}\d{1,2}-[0-9a-z][0-9a-z-]{15,})"),
    # AWS, "IAM identifiers": ids of keys, and of keys of sessions.
    _pattern("akia asia", r"\b(?P<secret>(?-i:AKIA|ASIA)(?-i:[A-Z0-9]{16}))\b"),
    # Session tokens of STS, which have no stated form but always begin so.
    _pattern(
        "fwogzxivyxdz fqogzxivyxdz iqojb3jpz2lu",
        r"\b(?P<secret>(?:FwoGZXIvYXdz|FQoGZXIvYXdz|IQoJb3JpZ2lu)[0-9a-z+/=_-]{20,})",
    ),
    # Secrets beside their name, as AWS's files and answers, JSON and XML have them.
    _pattern(
        "secret session security",
        r"(?:secret_?access_?key|session_?token|security_?token)"
        r"[\"']?\s*[:=>]\s*[\"']?(?P<secret>(?=[0-9+/=_-]*[a-z])[0-9a-z+/=_-]{16,})",
    ),
    _pattern("<token-", r"<Token-\d+>(?P<secret>[^<\"'\r\n]+)"),
    # Without a header around them they are words: "Basic understanding" is no password.
    _pattern(
        "bearer basic",
        r"\b(?:Bearer|Basic)\s+(?P<secret>(?=[a-z._~+/-]*[0-9=])[0-9a-z._~+/-]{20,}=*)",
    ),
    _pattern(
        "authorization",
        r"authorization[\"']?\s*[:=]\s*b?[\"']?"
        r"(?P<secret>(?:Bearer|Basic|Digest|Negotiate|Token|AWS4-HMAC-SHA256)\s"
        + _END_OF_HEADER
        + ")",
    ),
    _pattern(
        "cookie", r"\bcookie[\"']?\s*:\s*[\"']?(?P<secret>[^\r\n\"'<>=]+=" + _END_OF_HEADER + ")"
    ),
    # Presigned URLs and signed headers of AWS, GCS and Azure.
    _pattern(
        "x-amz- x-goog-",
        r"\bX-(?:Amz|Goog)-(?:Signature|Credential|Security-Token)"
        r"(?:[\"']\s*[=:]\s*[\"']|\s*[=:]\s*[\"']?)(?P<secret>[^&\s\"'<>,:;(){}\[\]]+)",
    ),
    _pattern(
        "sig= signature= awsaccesskeyid= access_token= hapikey=",
        r"[?&](?:sig|signature|AWSAccessKeyId|access_token|hapikey)=(?P<secret>[^&\s\"'<>]+)",
    ),
    # The password of a URL, up to the last @ before the path.
    _pattern("://", r"\b[a-z][a-z0-9+.-]*://[^\s/:@\"'<>]*:(?P<secret>[^\s/?#\"'<>]+)@"),
    # RFC 7468, and the headers of RFC 1421 in an encrypted one: `DEK-Info: AES-256-CBC,...`.
    _pattern(
        "private key",
        r"-----BEGIN [A-Z ]*PRIVATE KEY-----"
        r"(?P<secret>(?:\s*[a-z]+-[a-z]+: [^\r\n\"'<>]*[\r\n])*[0-9a-z+/=\s]+)",
    ),
)


def likely_secrets(text: str) -> Iterator[re.Match[str]]:
    """What looks like a secret, each as the group `secret` of a match; they may overlap."""
    lowered = text.lower()
    for pattern in _PATTERNS:
        if any(word in lowered for word in pattern.words):
            yield from pattern.regex.finditer(text)
