"""What AWS or a store said when it refused a call, read the same way wherever it is asked.

Refusals are not always well formed: radosgw's STS sends no `Error`, its S3 no message, and a HEAD has no
body at all, for which boto3 repeats the status as the code.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class Refused:
    """An answer other than success."""

    status: int | None
    code: str
    """AWS's error code; empty where none was sent."""
    message: str
    headers: Mapping[str, str]
    """Names in lower case."""


def read_refused(response: Mapping[str, Any]) -> Refused:
    """What stands in the `response` of a ClientError."""
    about, error = response.get("ResponseMetadata") or {}, response.get("Error") or {}
    code, message = error.get("Code") or "", error.get("Message") or ""
    bodyless = code.isdecimal()
    return Refused(
        status=about.get("HTTPStatusCode"),
        code="" if bodyless else code,
        message="" if bodyless else message,
        headers=about.get("HTTPHeaders") or {},
    )


def is_late(code: str, message: str) -> bool:
    """Whether a signature was refused for its time alone.

    STS has no code for it, only these words (IAM User Guide, on troubleshooting Signature Version 4).
    """
    said = message.lower()
    return code == "SignatureDoesNotMatch" and (
        "signature expired" in said or "signature not yet current" in said
    )
