"""Files of a state as packs, and back: small files share one, large ones are cut.

A day changes a few pages of a large file, and the position in hundreds of small ones. So a pack is small enough
that what did not change is not sent again, and large enough that a state is tens of requests, not hundreds.
"""

import os
import shutil
import sqlite3
from collections.abc import Iterable, Iterator, Mapping
from contextlib import closing, contextmanager
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path

from zstandard import ZstdCompressor, ZstdDecompressor, ZstdError

from crmsnap.state.carried import Piece, open_private, sync_folder
from crmsnap.state.compaction import empty_log
from crmsnap.state.files import LOG_ENDS, state_files
from crmsnap.state.sqlite import open_to_tidy

PACK_BYTES = 8_000_000
_COPY, _ARRIVING = ".copy", ".arriving"
"""What files are called before they are whole."""

_LEVEL = 1
"""Bodies are compressed already: what is left to gain are half-empty pages."""


@dataclass(frozen=True, slots=True)
class Packed:
    """A pack before it is sent."""

    data: bytes
    sha256: str
    """Of the data, before it is compressed."""
    pieces: tuple[Piece, ...]

    def compressed(self) -> bytes:
        """As it is stored."""
        return ZstdCompressor(level=_LEVEL, write_checksum=False).compress(self.data)


def plan_packs(sizes: Mapping[str, int]) -> Iterator[tuple[Piece, ...]]:
    """Which bytes of which files share a pack; follows from names and sizes alone."""
    together: list[Piece] = []
    for file, size in sorted(sizes.items()):
        for at in range(0, max(size, 1), PACK_BYTES):
            piece = Piece(file, at, min(PACK_BYTES, size - at))
            if sum(one.bytes for one in together) + piece.bytes > PACK_BYTES:
                yield tuple(together)
                together = []
            together.append(piece)
    if together:
        yield tuple(together)


def read_pack(paths: Mapping[str, Path], pieces: tuple[Piece, ...]) -> Packed:
    """The pieces, read from where consistent copies of their files lie."""
    found = []
    for piece in pieces:
        with paths[piece.file].open("rb") as file:
            file.seek(piece.at)
            found.append(file.read(piece.bytes))
    data = b"".join(found)
    return Packed(data, sha256(data).hexdigest(), pieces)


def unpacked(stored: bytes, digest: str) -> bytes:
    """The data of a stored pack. Raise ValueError when it is not what was packed."""
    try:
        data = ZstdDecompressor().decompress(stored)
    except ZstdError as error:
        raise ValueError(f"it cannot be unpacked ({error})") from error
    if sha256(data).hexdigest() != digest:
        raise ValueError("its content is not what was sent")
    return data


@contextmanager
def consistent_files(folder: Path) -> Iterator[dict[str, Path]]:
    """Where each file of a state can be read as one whole, by its path below the folder.

    That is the file itself once its log is empty, which nobody fills: the caller holds the folder's lock. Only of
    a file whose log somebody still reads a copy is made.
    """
    found: dict[str, Path] = {}
    copies: list[Path] = []
    try:
        for file in state_files(folder):
            name = file.path.relative_to(folder).as_posix()
            with open_to_tidy(file.path) as db:
                found[name] = file.path
                if not empty_log(db):
                    found[name] = file.path.with_name(file.path.name + _COPY)
                    copies.append(found[name])
                    with closing(sqlite3.connect(found[name])) as copy:
                        db.backup(copy)
        yield found
    finally:
        for path in copies:
            path.unlink(missing_ok=True)


def remove_unfinished(folder: Path) -> None:
    """Remove the copies of whoever was killed while making them; the caller holds the folder's lock."""
    for end in (_COPY, _ARRIVING):
        for path in folder.rglob(f"*.sqlite{end}"):
            path.unlink(missing_ok=True)


class Arriving:
    """Files that come in pieces, and take the place of those that are there when they are whole."""

    def __init__(self, folder: Path, sizes: Mapping[str, int]) -> None:
        self._folder = folder
        self._sizes = sizes
        self._paths: dict[str, Path] = {}

    def write(self, pieces: Iterable[Piece], data: bytes) -> None:
        """Put the pieces of a pack to their places."""
        start = 0
        for piece in pieces:
            with self._file(piece.file).open("r+b") as file:
                file.seek(piece.at)
                file.write(data[start : start + piece.bytes])
            start += piece.bytes

    def settle(self) -> None:
        """Replace the files here: those that came, and those that are no more."""
        for name, path in self._paths.items():
            os.truncate(path, self._sizes[name])
            with path.open("rb") as file:
                os.fsync(file.fileno())
            there = self._folder / name
            _remove(there)
            path.rename(there)
        for old in state_files(self._folder):
            if old.path.relative_to(self._folder).as_posix() not in self._sizes:
                _remove(old.path)
        for parent in {(self._folder / name).parent for name in self._sizes}:
            sync_folder(parent)

    def _file(self, name: str) -> Path:
        """The file that grows; it begins as what is there, of which most pieces may be right."""
        if name not in self._paths:
            there = self._folder / name
            there.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            path = there.with_name(there.name + _ARRIVING)
            with os.fdopen(open_private(path), "wb") as file:
                if there.exists():
                    with there.open("rb") as before:
                        shutil.copyfileobj(before, file)
            self._paths[name] = path
        return self._paths[name]


def _remove(path: Path) -> None:
    for one in (path, *(path.with_name(path.name + end) for end in LOG_ENDS)):
        one.unlink(missing_ok=True)
