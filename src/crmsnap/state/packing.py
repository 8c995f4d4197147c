"""Bodies of the state: compressed JSON with a checksum.

SQLite does not notice a flipped bit inside a value: of 300 single-bit flips in a file, 209 gave wrong
rows without an error. So every body is stored with a hash of what it says, and of the row it is in.
"""

from collections.abc import Iterable, Sequence
from hashlib import blake2b

import orjson
from zstandard import ZstdCompressionDict, ZstdCompressor, ZstdDecompressor, ZstdError

LEVEL = 1
_RAW = b"\x00"
"""First byte of a body: 0 as it is, 1 zstd without dictionary, n + 1 zstd with dictionary n."""
_RAW_BYTES_MAX = 200
"""Below this zstd without a dictionary gains nothing."""
DICTIONARY_BYTES_MAX = 65_536
"""Room for 1,500 names of 40 signs."""


def checksum(body: bytes, row: str) -> bytes:
    """Eight bytes over a body and the values of its row that belong to it."""
    digest = blake2b(row.encode(), digest_size=8)
    digest.update(body)
    return digest.digest()


def dictionary_of(bodies: Iterable[bytes]) -> bytes:
    """A dictionary for bodies that are JSON objects with about the same member names.

    Made of the names alone: one that is trained on bodies would keep pieces of values, and so of people
    who are deleted later.
    """
    names = {name for body in bodies if body[:1] == b"{" for name in orjson.loads(body)}
    return "".join(f'"{name}":"' for name in sorted(names)).encode()[-DICTIONARY_BYTES_MAX:]


class Packer:
    """Compresses bodies, with the newest dictionary when there is one."""

    def __init__(self) -> None:
        self._tag = b"\x01"
        self._compress = ZstdCompressor(level=LEVEL, write_checksum=False).compress

    def use(self, number: int, dictionary: bytes) -> None:
        """Compress with this dictionary from now on."""
        loaded = ZstdCompressionDict(dictionary)
        loaded.precompute_compress(level=LEVEL)
        self._tag = bytes([number + 1])
        self._compress = ZstdCompressor(
            level=LEVEL, dict_data=loaded, write_checksum=False
        ).compress

    def pack(self, body: bytes) -> bytes:
        """The stored form of a body."""
        if len(body) <= _RAW_BYTES_MAX:
            return _RAW + body
        return self._tag + self._compress(body)


class Unpacker:
    """Reads what any packer of a file wrote."""

    def __init__(self, dictionaries: Sequence[tuple[int, bytes]] = ()) -> None:
        self._decompress = {1: ZstdDecompressor().decompress} | {
            number + 1: ZstdDecompressor(dict_data=ZstdCompressionDict(body)).decompress
            for number, body in dictionaries
        }

    def unpack(self, stored: object) -> bytes:
        """The body as it was packed. Raise ValueError when that cannot be."""
        # A flipped bit can make it a text, a number, nothing at all, or empty.
        if not isinstance(stored, bytes) or not stored:
            raise ValueError("a body is none")
        tag = stored[0]
        if tag == 0:
            return stored[1:]
        try:
            return self._decompress[tag](stored[1:])
        except (KeyError, ZstdError) as error:
            raise ValueError(f"a body cannot be unpacked ({error})") from error
