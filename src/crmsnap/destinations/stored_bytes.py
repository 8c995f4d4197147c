"""Whether a store kept the bytes that it was sent, for stores that do not look at checksums.

S3 refuses a PUT whose SHA-256 does not fit; several stores that speak its protocol take it and answer
200. The e-tag of an object that came in one PUT is the MD5 of its content there, unless it is
encrypted with a key of its own (S3 API reference, "Object"), so an e-tag that is no MD5 of ours means
damage or encryption: reading back tells which.
"""

import re
from collections.abc import Callable
from hashlib import md5

_MD5 = re.compile(r'"?([0-9a-f]{32})"?')


class StoredBytes:
    """Compares e-tags with what was sent, until they turn out to be something else."""

    def __init__(self, *, trusted: bool) -> None:
        self._told_nothing = trusted

    def are(self, data: bytes, e_tag: str | None, read_back: Callable[[], bytes]) -> bool:
        """Whether the store holds this content, as far as its e-tag or reading back can tell."""
        if self._told_nothing:
            return True
        said = _MD5.fullmatch(e_tag or "")
        if said is None:
            self._told_nothing = True
            return True
        if said[1] == md5(data, usedforsecurity=False).hexdigest():
            return True
        if read_back() != data:
            return False
        self._told_nothing = True
        return True
