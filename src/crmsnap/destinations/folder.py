"""A destination in a local folder: durable before it is visible, and create-only by hard link.

A file is written beside its place as `<name>#<n>`, synced, and only then linked to its name, so a
name never shows half a file, not even after a power cut. A crash leaves `#<n>` files behind; they
are listed like everything else and belong to no snapshot. object_store's own local store does the
same without syncing, and hides its leftovers, which is why it is not used here.
"""

import errno
import fcntl
import hashlib
import os
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from itertools import count
from pathlib import Path

from crmsnap.destinations.interface import Found
from crmsnap.destinations.key import check_key, finished_key
from crmsnap.errors import AccessDenied, AlreadyThere, DestinationError, NotThere, StoreFull


@dataclass(frozen=True, slots=True)
class Folder:
    """A destination that keeps its files below a folder, which is made when first needed."""

    root: Path

    @property
    def url(self) -> str:
        """The folder's path."""
        return str(self.root)

    def create(self, key: str, data: bytes, *, sha256: str) -> None:
        """Write a key that does not exist yet; success too if it holds the same content."""
        path = self._path(key)
        with self._explaining(f"write {key}"):
            _make_folder(path.parent)
            with _written_beside(path, data) as unfinished:
                while not _linked(unfinished, path):
                    with suppress(FileNotFoundError):  # removed meanwhile: there is room again
                        if _sha256(path) != sha256:
                            raise _changed(key, self.url)
                        break
            _sync_folder(path.parent)

    def replace(self, key: str, data: bytes, *, sha256: str, e_tag: str) -> None:
        """Swap a key's content if it still has this `e_tag`."""
        path = self._path(key)
        with self._explaining(f"replace {key}"):
            if not path.parent.is_dir():
                raise _changed(key, self.url)
            # The folder itself is the lock: it vanishes with its process and leaves no file.
            with _locked(path.parent), _written_beside(path, data) as unfinished:
                if not path.exists() or _e_tag(path.stat()) != e_tag:
                    raise _changed(key, self.url)
                unfinished.rename(path)
                _sync_folder(path.parent)

    def copy(self, source: str, key: str, *, sha256: str) -> None:
        """Give a key that does not exist yet the content of another one: a second name of one file."""
        original, path = self._path(source), self._path(key)
        with self._explaining(f"copy {source} to {key}"):
            if _sha256(original) != sha256:
                raise _changed(source, self.url)
            _make_folder(path.parent)
            while not _linked(original, path):
                with suppress(FileNotFoundError):  # removed meanwhile: there is room again
                    if _sha256(path) != sha256:
                        raise _changed(key, self.url)
                    break
            _sync_folder(path.parent)

    def get(self, key: str) -> bytes:
        """The whole content."""
        path = self._path(key)
        with self._explaining(f"read {key}"):
            return path.read_bytes()

    def head(self, key: str) -> Found | None:
        """Size and SHA-256 of a key, found by reading it; None if it does not exist."""
        path = self._path(key)
        with self._explaining(f"look at {key}"):
            if not path.is_file():
                return None
            facts = path.stat()
            return Found(key, facts.st_size, _e_tag(facts), _sha256(path))

    def list(self, prefix: str) -> Iterator[Found]:
        """Every key that starts with `prefix`, in key order, unfinished files included."""
        with self._explaining(f"list {prefix or 'everything'}"):
            yield from _walk(self._below(prefix), prefix)

    def folders(self, prefix: str) -> tuple[str, ...]:
        """The names of the folders directly below `prefix`."""
        folder = self._below(prefix)
        with self._explaining(f"list {prefix or 'everything'}"):
            if not folder.is_dir():
                return ()
            return tuple(sorted(entry.name for entry in folder.iterdir() if entry.is_dir()))

    def delete(self, key: str) -> None:
        """Remove one key, and the folders that it leaves empty."""
        check_key(finished_key(key))  # unfinished files may be removed too
        path = self.root / key
        with self._explaining(f"remove {key}"):
            path.unlink(missing_ok=True)
            for folder in path.parents:
                if folder == self.root or not _removed_if_empty(folder):
                    break

    def _path(self, key: str) -> Path:
        check_key(key)
        return self.root / key

    def _below(self, prefix: str) -> Path:
        if not prefix:
            return self.root
        return self._path(prefix.rstrip("/"))

    @contextmanager
    def _explaining(self, doing: str) -> Iterator[None]:
        try:
            yield
        except OSError as error:
            raise _error_for(error, doing, self.url) from error


def _error_for(error: OSError, doing: str, url: str) -> DestinationError:
    cause = os.strerror(error.errno) if error.errno else str(error)
    match error.errno:
        case errno.ENOSPC | errno.EDQUOT | errno.EFBIG:
            return StoreFull(
                f"could not {doing} at {url}", cause=cause, remedy="make room, then run again"
            )
        case errno.EACCES | errno.EROFS:
            return AccessDenied(
                f"not allowed to {doing} at {url}",
                cause=cause,
                remedy="choose another folder, or give this user the right to write there",
            )
        case errno.ENOENT:
            return NotThere(f"could not {doing} at {url}", cause=cause)
        case errno.EPERM | errno.EOPNOTSUPP | errno.EMLINK:
            return DestinationError(
                f"could not {doing} at {url}",
                cause=f"{cause}: the file system may not know hard links",
                remedy="choose a folder on a local file system",
            )
        case _:
            return DestinationError(
                f"could not {doing} at {url}",
                cause=cause,
                remedy="check the path and the disk, then run again",
            )


@contextmanager
def _written_beside(path: Path, data: bytes) -> Iterator[Path]:
    """The data in a synced file of a name that nobody else uses, gone when the block ends."""
    unfinished, file = _open_beside(path)
    try:
        with os.fdopen(file, "wb") as stream:
            stream.write(data)
            stream.flush()
            os.fsync(stream.fileno())
        yield unfinished
    finally:
        unfinished.unlink(missing_ok=True)


def _linked(unfinished: Path, path: Path) -> bool:
    """Give the file its name, if nobody else has it."""
    try:
        os.link(unfinished, path)
    except FileExistsError:
        return False
    except FileNotFoundError:
        # A twin that came first has swept ours away as a leftover.
        if path.exists():
            return False
        raise
    return True


def _open_beside(path: Path) -> tuple[Path, int]:
    for n in count(1):
        unfinished = path.with_name(f"{path.name}#{n}")
        with suppress(FileExistsError):
            return unfinished, os.open(unfinished, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o666)
    raise AssertionError  # count() does not end


def _make_folder(folder: Path) -> None:
    if folder.is_dir():
        return
    _make_folder(folder.parent)
    folder.mkdir(exist_ok=True)
    _sync_folder(folder.parent)


def _sync_folder(folder: Path) -> None:
    file = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(file)
    finally:
        os.close(file)


@contextmanager
def _locked(folder: Path) -> Iterator[None]:
    file = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield
    finally:
        os.close(file)


def _walk(folder: Path, prefix: str) -> Iterator[Found]:
    if not folder.is_dir():
        return
    with os.scandir(folder) as entries:
        # A folder sorts as the `name/` that its keys go on with: `a-b` comes before `a/b`.
        named = sorted(
            (entry.name + "/" if entry.is_dir(follow_symlinks=False) else entry.name, entry)
            for entry in entries
        )
    for name, entry in named:
        if name.endswith("/"):
            yield from _walk(folder / entry.name, prefix + name)
        elif entry.is_file():
            facts = entry.stat()
            yield Found(prefix + name, facts.st_size, _e_tag(facts), None)


def _removed_if_empty(folder: Path) -> bool:
    try:
        folder.rmdir()
    except OSError as error:
        if error.errno in {errno.ENOTEMPTY, errno.EEXIST, errno.ENOENT}:
            return False
        raise
    return True


def _sha256(path: Path) -> str:
    with path.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()


def _e_tag(facts: os.stat_result) -> str:
    return f"{facts.st_ino:x}-{facts.st_mtime_ns:x}-{facts.st_size:x}"


def _changed(key: str, url: str) -> AlreadyThere:
    return AlreadyThere(
        f"{key} at {url} holds something else",
        cause="another writer was there first",
        remedy="run again: a complete day is left as it is",
    )
