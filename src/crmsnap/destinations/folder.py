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
import stat
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from itertools import count
from pathlib import Path, PurePosixPath

from crmsnap.destinations.beneath import folder_of, open_unlinked
from crmsnap.destinations.interface import Found
from crmsnap.destinations.key import check_key, finished_key
from crmsnap.errors import AccessDenied, AlreadyThere, DestinationError, NotThere, StoreFull

_FOLDER_VANISHES = 20
"""How often a folder that was just made is made again, where others remove empty ones."""


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
        with self._explaining(f"write {key}"):
            for _ in range(_FOLDER_VANISHES):
                with suppress(FileNotFoundError):  # somebody removed the folder as an empty one
                    return self._create(key, data, sha256)
            return self._create(key, data, sha256)

    def _create(self, key: str, data: bytes, sha256: str) -> None:
        with self._made(key) as path, _written_beside(path, data) as unfinished:
            self._name(unfinished, path, key, sha256)

    def replace(self, key: str, data: bytes, *, sha256: str, e_tag: str) -> None:
        """Swap a key's content if it still has this `e_tag`."""
        with self._explaining(f"replace {key}"):
            try:
                # The folder itself is the lock: it vanishes with its process and leaves no file.
                with self._there(key) as path, _locked(path.parent):
                    if _e_tag(path.lstat()) != e_tag:
                        raise _changed(key, self.url)
                    with _written_beside(path, data) as unfinished:
                        unfinished.rename(path)
                        _sync_folder(path.parent)
            except FileNotFoundError:
                raise _changed(key, self.url) from None

    def copy(self, source: str, key: str, *, sha256: str) -> None:
        """Give a key that does not exist yet the content of another one: a second name of one file."""
        check_key(key)
        with self._explaining(f"copy {source} to {key}"), self._there(source) as original:
            if _sha256(original) != sha256:
                raise _changed(source, self.url)
            with self._made(key) as path:
                self._name(original, path, key, sha256)

    def get(self, key: str) -> bytes:
        """The whole content."""
        with (
            self._explaining(f"read {key}"),
            self._there(key) as path,
            os.fdopen(open_unlinked(path), "rb") as stream,
        ):
            return stream.read()

    def head(self, key: str) -> Found | None:
        """Size and SHA-256 of a key, found by reading it; None if it does not exist."""
        with self._explaining(f"look at {key}"):
            try:
                with self._there(key) as path:
                    facts = path.lstat()
                    if not stat.S_ISREG(facts.st_mode):
                        return None
                    return Found(key, facts.st_size, _e_tag(facts), _sha256(path))
            except FileNotFoundError:
                return None

    def list(self, prefix: str) -> Iterator[Found]:
        """Every key that starts with `prefix`, in key order, unfinished files included; links are none."""
        with (
            self._explaining(f"list {prefix or 'everything'}"),
            suppress(FileNotFoundError),
            self._below(prefix) as folder,
        ):
            yield from _walk(folder, prefix)

    def folders(self, prefix: str) -> tuple[str, ...]:
        """The names of the folders directly below `prefix`; links are none."""
        with (
            self._explaining(f"list {prefix or 'everything'}"),
            suppress(FileNotFoundError),
            self._below(prefix) as folder,
            os.scandir(folder) as entries,
        ):
            return tuple(sorted(one.name for one in entries if one.is_dir(follow_symlinks=False)))
        return ()

    def delete(self, key: str) -> None:
        """Remove one key, and the folders that it leaves empty."""
        check_key(finished_key(key))  # unfinished files may be removed too
        with self._explaining(f"remove {key}"), suppress(FileNotFoundError):
            with folder_of(self.root, key) as folder:
                (folder / PurePosixPath(key).name).unlink(missing_ok=True)
            for above in PurePosixPath(key).parents[:-1]:
                with folder_of(self.root, str(above)) as folder:
                    if not _removed_if_empty(folder / above.name):
                        break

    def _name(self, file: Path, path: Path, key: str, sha256: str) -> None:
        """Give a file its name; one that is there already has to hold the same."""
        while not _linked(file, path):
            with suppress(FileNotFoundError):  # removed meanwhile: there is room again
                if _sha256(path) != sha256:
                    raise _changed(key, self.url)
                break
        _sync_folder(path.parent)

    @contextmanager
    def _there(self, key: str) -> Iterator[Path]:
        """The path of a key, whose folder has to be there and stays the same."""
        check_key(key)
        with folder_of(self.root, key) as folder:
            yield folder / PurePosixPath(key).name

    @contextmanager
    def _made(self, key: str) -> Iterator[Path]:
        """The path of a key, whose folder is made."""
        check_key(key)
        _make_folder(self.root)
        with folder_of(self.root, key, make=True) as folder:
            yield folder / PurePosixPath(key).name

    @contextmanager
    def _below(self, prefix: str) -> Iterator[Path]:
        """The folder of a prefix."""
        inside = f"{prefix.rstrip('/')}/x" if prefix else "x"
        check_key(inside)
        with folder_of(self.root, inside) as folder:
            yield folder

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
        case errno.ELOOP | errno.ENOTDIR:
            return DestinationError(
                f"could not {doing} at {url}",
                cause="a link, or a file, is where a folder or another file belongs",
                remedy="no link is followed below a destination: name the folder that it leads to",
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
        os.link(unfinished, path, follow_symlinks=False)
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
    with os.scandir(folder) as entries:
        # A folder sorts as the `name/` that its keys go on with: `a-b` comes before `a/b`.
        named = sorted(
            (entry.name + "/" if entry.is_dir(follow_symlinks=False) else entry.name, entry)
            for entry in entries
        )
    for name, entry in named:
        if name.endswith("/"):
            yield from _walk(folder / entry.name, prefix + name)
        elif entry.is_file(follow_symlinks=False):
            facts = entry.stat(follow_symlinks=False)
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
    with os.fdopen(open_unlinked(path), "rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()


def _e_tag(facts: os.stat_result) -> str:
    return f"{facts.st_ino:x}-{facts.st_mtime_ns:x}-{facts.st_size:x}"


def _changed(key: str, url: str) -> AlreadyThere:
    return AlreadyThere(
        f"{key} at {url} holds something else",
        cause="another writer was there first",
        remedy="run again: a complete day is left as it is",
    )
