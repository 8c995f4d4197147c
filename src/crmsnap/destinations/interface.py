"""The promises of every destination; one test suite runs them on memory, a folder and S3."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Protocol


@dataclass(frozen=True, slots=True)
class Found:
    """What a destination knows of one key without reading it."""

    key: str
    bytes: int
    e_tag: str | None
    """Changes whenever the content does; what `replace` compares."""
    sha256: str | None
    """Of the content, 64 hex digits; None where only reading it would tell (in listings, always)."""
    keeps_versions: bool = False
    """Whether what is removed stays as an earlier version, as far as the store says (in listings, never)."""


class Destination(Protocol):
    """A place for files, below one prefix. Keys are relative to it, with `/` between their segments.

    Every method raises `DestinationError` or one of its classes, whose message names the key and
    never a secret. A destination can be pickled, so that a part can be written by another process.
    """

    @property
    def url(self) -> str:
        """Where it is, without secrets: `s3://acme-lake/hubspot`, `/data/snapshots`."""
        ...

    def create(self, key: str, data: bytes, *, sha256: str) -> None:
        """Write a key that does not exist yet, whole or not at all, durably.

        Raise `AlreadyThere` if the key exists with other content. If it exists with the same
        content (a lost reply, a twin), this is a success: the caller cannot tell and need not.
        """
        ...

    def replace(self, key: str, data: bytes, *, sha256: str, e_tag: str) -> None:
        """Swap a key's content if it still has this `e_tag`; else raise `AlreadyThere`."""
        ...

    def copy(self, source: str, key: str, *, sha256: str) -> None:
        """Give a key that does not exist yet the content of another one, inside the store.

        `sha256` is what the content must have. Raise `NotThere` without a source, and `AlreadyThere`
        if either key holds other content; success too if the key is there with this content.
        """
        ...

    def get(self, key: str) -> bytes:
        """The whole content. Raise `NotThere` if there is no such key."""
        ...

    def head(self, key: str) -> Found | None:
        """Size and SHA-256 of a key, None if it does not exist. The SHA-256 is never None here."""
        ...

    def list(self, prefix: str) -> Iterator[Found]:
        """Every key that starts with `prefix` (which ends in `/` or is empty), in key order."""
        ...

    def folders(self, prefix: str) -> tuple[str, ...]:
        """The names of the folders directly below `prefix`, sorted, without slashes."""
        ...

    def delete(self, key: str) -> None:
        """Remove one key; removing what is not there is a success."""
        ...
