"""What the paged families have in common: reading `limit`, flags and `after`, and writing a page.

HubSpot answers a parameter that it cannot read with 400, never with its default; and the end of a
list is told by the absence of `paging.next`, never by a short page.
"""

from base64 import urlsafe_b64decode, urlsafe_b64encode
from binascii import Error as Base64Error
from collections.abc import Iterable

import orjson

from crmsnap.sandbox.api.errors import bad_request
from crmsnap.sandbox.api.route import ApiError, Call, Reply


def limit(call: Call, default: int, maximum: int) -> int:
    """The page size asked for; 400 when it is no number, below 1 or above the maximum."""
    text = call.first("limit")
    if text is None:
        return default
    if not text.isascii() or not text.isdigit():
        raise invalid("limit", f"limit was not a valid number: {text}", "INVALID_INTEGER")
    size = int(text)
    if not 1 <= size <= maximum:
        raise invalid("limit", f"limit must be from 1 to {maximum}, not {size}", "INVALID_LIMIT")
    return size


def flag(call: Call, name: str, *, default: bool = False) -> bool:
    """A parameter that is `true` or `false`."""
    text = call.first(name)
    if text is None:
        return default
    if text.lower() not in ("true", "false"):
        raise invalid(name, f"{name} was not a valid boolean: {text}", "INVALID_BOOLEAN")
    return text.lower() == "true"


def invalid(parameter: str, message: str, code: str = "INVALID_PARAMETER") -> ApiError:
    """400 that names the parameter which caused it."""
    item = {"message": message, "code": code, "context": {"propertyName": [parameter]}}
    return bad_request(message, (item,))


def token(*parts: object) -> str:
    """An opaque `after`: base64 over `part|part|`, as the events API gives them out."""
    return urlsafe_b64encode("".join(f"{part}|" for part in parts).encode()).decode().rstrip("=")


def token_parts(call: Call, count: int) -> tuple[str, ...] | None:
    """The parts of the token in `after`, None without one; 400 for a token of somebody else."""
    text = call.first("after")
    return parts_of(text, count) if text else None


def parts_of(text: str, count: int, parameter: str = "after") -> tuple[str, ...]:
    """The parts of a token; 400 that names the parameter for a token of somebody else."""
    try:
        decoded = urlsafe_b64decode(text + "=" * (-len(text) % 4)).decode()
    except (Base64Error, ValueError) as error:
        raise invalid(parameter, f"{parameter} is not a valid paging token: {text}") from error
    parts = tuple(decoded.split("|")[:-1])
    if len(parts) != count:
        raise invalid(parameter, f"{parameter} is not a valid paging token: {text}")
    return parts


def token_number(call: Call) -> int | None:
    """The number in an `after` that is a token of one number, None without one."""
    parts = token_parts(call, 1)
    if parts is None:
        return None
    if not parts[0].isascii() or not parts[0].isdigit():
        raise invalid("after", "after is not a valid paging token")
    return int(parts[0])


def page(results: Iterable[bytes], after: str | None, total: int | None = None) -> Reply:
    """A page of encoded results; `paging.next.after` only when there is more."""
    body = b'{"results":[' + b",".join(results) + b"]"
    if total is not None:
        body += b',"total":%d' % total
    if after is not None:
        body += b',"paging":{"next":{"after":' + orjson.dumps(after) + b"}}"
    return Reply(body + b"}")
