"""What a store knows of a state that is carried to it, and what this machine remembers of that.

In the store: `index.json`, which names every pack of one whole state, and the packs. Here: `carried.json`,
the index that the files in this folder came from or went to. Two machines are told apart by the two.
"""

import os
from dataclasses import dataclass, field
from hashlib import sha256
from pathlib import Path

import msgspec

from crmsnap.errors import StateError, StateTooNew
from crmsnap.state.sqlite import VERSION

INDEX_KEY = "index.json"
PACKS_PREFIX = "packs/"
MARK_FILE = "carried.json"
FORMAT = 1


@dataclass(frozen=True, slots=True)
class Piece:
    """Some bytes of a file."""

    file: str
    """Its path below the state's folder: `objects/0-1.sqlite`."""
    at: int
    """Where they begin in it."""
    bytes: int


@dataclass(frozen=True, slots=True)
class Pack:
    """One key of the store: pieces of one or several files behind each other, compressed."""

    key: str
    sha256: str
    """Of the pieces, before they were compressed."""
    pieces: tuple[Piece, ...]

    @property
    def content(self) -> tuple[str, tuple[Piece, ...]]:
        """What two packs have in common when one can stand for the other."""
        return self.sha256, self.pieces


@dataclass(frozen=True, slots=True)
class Index:
    """One whole state, as it was sent."""

    id: str
    """Never given twice."""
    connection: str
    version: int
    """Of the files' schemas."""
    packs: tuple[Pack, ...]
    format: int = FORMAT

    @property
    def sizes(self) -> dict[str, int]:
        """File -> its bytes."""
        found: dict[str, int] = {}
        for pack in self.packs:
            for piece in pack.pieces:
                found[piece.file] = max(found.get(piece.file, 0), piece.at + piece.bytes)
        return found


@dataclass(frozen=True, slots=True)
class Mark:
    """What a machine remembers of the store."""

    url: str
    index: Index | None = None
    """What the files here came from, or went to."""
    pending: Index | None = None
    """Was about to be sent: if the store has it, it was."""
    fetching: bool = False
    """Whether the files here are being replaced: they are no state until that has ended."""
    seen: dict[str, tuple[int, int]] = field(default_factory=dict)
    """File -> size and time of its last change when it was like in `index`: such a file is not read again."""


def index_to_bytes(index: Index) -> bytes:
    """The file of an index, with its checksum in front of it."""
    body = msgspec.json.format(msgspec.json.encode(index), indent=1)
    return sha256(body).hexdigest().encode() + b"\n" + body + b"\n"


def index_from_bytes(data: bytes, url: str) -> Index:
    """The index in a file. Raise `StateError` when it is damaged, `StateTooNew` when it was written by a newer crmsnap."""
    digest, _, body = data.partition(b"\n")
    body = body.removesuffix(b"\n")
    if sha256(body).hexdigest().encode() != digest:
        raise _damaged(url, "its checksum does not match")
    try:
        found = msgspec.json.decode(body)
        if found["format"] > FORMAT or found["version"] > VERSION:
            raise StateTooNew(
                f"the state at {url} was written by a newer crmsnap",
                cause=f"its format is {found['format']}.{found['version']}, this crmsnap knows {FORMAT}.{VERSION}",
                remedy="install the crmsnap that wrote it, or give this connection another state_url",
            )
        return msgspec.convert(found, Index)
    except (msgspec.MsgspecError, KeyError, TypeError):
        raise _damaged(url, "it is no index of a state") from None


def read_mark(folder: Path, url: str) -> Mark:
    """What this folder remembers of a store; nothing when it was carried to none, or to another one."""
    try:
        mark = msgspec.json.decode((folder / MARK_FILE).read_bytes(), type=Mark)
    except (FileNotFoundError, msgspec.MsgspecError):
        return Mark(url)
    return mark if mark.url == url else Mark(url)


def write_mark(folder: Path, mark: Mark) -> None:
    """Remember it, also when the power fails right behind."""
    unfinished = folder / f"{MARK_FILE}.new"
    with os.fdopen(open_private(unfinished), "wb") as file:
        file.write(msgspec.json.encode(mark))
        file.flush()
        os.fsync(file.fileno())
    unfinished.replace(folder / MARK_FILE)
    sync_folder(folder)


def open_private(path: Path) -> int:
    """Open a file that is emptied or made, for its owner alone."""
    return os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)


def sync_folder(folder: Path) -> None:
    """Make the names in a folder durable."""
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _damaged(url: str, why: str) -> StateError:
    return StateError(
        f"the index of the state at {url} is damaged",
        cause=why,
        remedy="remove its index.json: the next run sends the state of its machine anew, or begins one",
    )
