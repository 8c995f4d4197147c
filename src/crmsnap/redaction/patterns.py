"""What looks like a secret wherever it comes from: tokens, keys, signatures, passwords in URLs.

Each pattern names what is hidden as the group `secret`. What only resembles one has to stay whole: UUIDs
(external ids) and hashes (names of parts) are what people compare.
"""

import re

_END_OF_HEADER = r"[^\r\n\"'<>]*"

PATTERNS = tuple(
    re.compile(pattern)
    for pattern in (
        # HubSpot, "Private apps": pat-na1-<UUID>.
        r"\b(?P<secret>pat-[a-z]{2,3}\d{1,2}-[0-9A-Za-z][0-9A-Za-z-]{15,})",
        # AWS, "IAM identifiers": ids of keys, and of keys of sessions.
        r"\b(?P<secret>(?:AKIA|ASIA)[A-Z2-7]{16})\b",
        # Session tokens of STS, which have no stated form but always begin so.
        r"\b(?P<secret>(?:FwoGZXIvYXdz|FQoGZXIvYXdz|IQoJb3JpZ2lu)[0-9A-Za-z+/=_-]{20,})",
        # Secrets beside their name, as AWS's files and answers, JSON and XML have them.
        r"(?i)(?:aws_?)?(?:secret_?access_?key|session_?token|security_?token)"
        r"[\"']?\s*[:=>]\s*[\"']?(?P<secret>[0-9A-Za-z+/=_-]{16,})",
        r"(?i)<Token-\d+>(?P<secret>[^<]+)",
        r"(?i)\b(?:Bearer|Basic)\s+(?P<secret>[0-9A-Za-z._~+/-]{12,}=*)",
        r"(?i)(?:proxy-)?authorization[\"']?\s*[:=]\s*b?[\"']?"
        r"(?P<secret>(?:Bearer|Basic|Digest|Negotiate|Token|AWS4-HMAC-SHA256)\s"
        + _END_OF_HEADER
        + ")",
        r"(?i)\b(?:set-)?cookie[\"']?\s*:\s*[\"']?(?P<secret>[^\r\n\"'<>]+=" + _END_OF_HEADER + ")",
        # Presigned URLs and signed headers of AWS, GCS and Azure.
        r"(?i)\bX-(?:Amz|Goog)-(?:Signature|Credential|Security-Token)[\"']?\s*[=:]\s*[\"']?"
        r"(?P<secret>[^&\s\"'<>]+)",
        r"(?i)[?&](?:sig|signature|AWSAccessKeyId|access_token|hapikey)=(?P<secret>[^&\s\"'<>]+)",
        # The password of a URL, up to the last @ before the path.
        r"(?i)\b[a-z][a-z0-9+.-]*://[^\s/:@\"'<>]*:(?P<secret>[^\s/?#\"'<>]+)@",
        r"-----BEGIN [A-Z ]*PRIVATE KEY-----(?P<secret>[^-]+)",
    )
)
