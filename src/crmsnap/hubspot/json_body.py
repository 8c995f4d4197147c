"""Bodies as JSON of the expected shape; one lone surrogate must not cost a page of a hundred records.

HubSpot passes on half an emoji as the escape of a lone surrogate, which Python's `json` accepts and
msgspec and orjson refuse for the whole body. msgspec, on the other hand, leaves bytes that are no UTF-8
inside raw values alone, so the encoding is checked here.
"""

import re
from codecs import getincrementaldecoder
from collections.abc import Callable
from typing import TypeVar

import msgspec

T = TypeVar("T")


class NotJson(Exception):
    """The body is no complete JSON, or JSON of another shape; the text says which."""


def decoded(decode: Callable[[bytes], T], body: bytes) -> tuple[T, int]:
    """What `decode` makes of the body, and how many lone surrogates became U+FFFD on the way.

    `decode` raises `msgspec.DecodeError`. Its messages name positions and types, never values.
    """
    try:
        _check_encoding(body)
        return decode(body), 0
    except msgspec.ValidationError as error:
        raise NotJson(f"it is not of the expected shape: {error}") from error
    except msgspec.DecodeError as error:
        repaired, replaced = without_lone_surrogates(body)
        if not replaced:
            raise NotJson(f"it is no complete JSON: {error}") from error
    except UnicodeDecodeError as error:
        raise NotJson(f"it is no UTF-8 at byte {error.start}") from error
    except RecursionError as error:
        raise NotJson("it is nested too deep") from error
    return decoded(decode, repaired)[0], replaced


def _check_encoding(body: bytes) -> None:
    """Raise `UnicodeDecodeError` for a body that is no UTF-8.

    Piece by piece: as one text a body of megabytes with one emoji in it takes four times its size.
    """
    if body.isascii():
        return
    decoder = _UTF_8()
    try:
        for start in range(0, len(body), _PIECE_BYTES):
            decoder.decode(body[start : start + _PIECE_BYTES])
        decoder.decode(b"", final=True)
    except UnicodeDecodeError:
        body.decode()  # which counts from the beginning of the body


_UTF_8 = getincrementaldecoder("utf-8")
_PIECE_BYTES = 65_536


def without_lone_surrogates(body: bytes) -> tuple[bytes, int]:
    """The body with each escape of a lone surrogate as U+FFFD, and their number; the rest byte for byte."""
    replaced = 0

    def repair(found: re.Match[bytes]) -> bytes:
        nonlocal replaced
        if not found["lone"]:
            return found[0]
        replaced += 1
        return rb"\ufffd"

    repaired = _ESCAPE.sub(repair, body)
    return repaired, replaced


# Escapes are read from left to right, so that an escaped backslash before `ud800` stays text.
_ESCAPE = re.compile(
    rb"\\u[dD][89abAB][0-9a-fA-F]{2}\\u[dD][c-fC-F][0-9a-fA-F]{2}"
    rb"|(?P<lone>\\u[dD][89a-fA-F][0-9a-fA-F]{2})"
    rb"|\\."
)
