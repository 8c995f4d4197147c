"""The forms in which a secret may be written, beside those that `PlainText` undoes."""

import json
from base64 import b64encode, urlsafe_b64encode
from collections.abc import Iterator
from urllib.parse import quote_plus

from crmsnap.redaction.plain_text import PlainText

SECRET_LENGTH_MIN = 8
"""A shorter one is part of too many words; passwords in URLs are found by their place whatever they are."""


def forms_of(secret: str) -> frozenset[str]:
    """Every form of a secret that is long enough to be told from other text."""
    forms = set(_forms(secret))
    # A secret may hold by itself what looks like an escape: `%ca` in a password.
    forms |= {PlainText(form, joined=True).text for form in forms}
    return frozenset(form for form in forms if len(form) >= SECRET_LENGTH_MIN)


def _forms(secret: str) -> Iterator[str]:
    raw = secret.encode()
    yield secret
    yield raw.decode("latin-1")  # its bytes, each taken for a letter
    yield json.dumps(secret)[1:-1]
    yield json.dumps(secret, ensure_ascii=False)[1:-1]
    yield quote_plus(secret)
    for hexadecimal in (raw.hex(), raw.hex(" "), raw.hex(":"), raw.hex("-")):
        yield hexadecimal
        yield hexadecimal.upper()
    for before in range(3):
        yield from _within_base64(raw, before)


def _within_base64(raw: bytes, before: int) -> Iterator[str]:
    """The letters that are the same whatever stands around, with so many bytes before it, modulo 3."""
    first = -(-before * 8 // 6)
    end = (before + len(raw)) * 8 // 6
    for encode in (b64encode, urlsafe_b64encode):
        yield encode(b"\0" * before + raw).decode("ascii")[first:end]
