"""Destinations over obstore: S3 and whatever speaks it, and memory.

Only the configuration is pickled; every process opens the store for itself. Processes have to be
spawned: the client's threads do not survive a fork, and its calls would hang. The SHA-256 of a key
stands in its user metadata, written by the same PUT, because obstore cannot read back the checksum
that S3 keeps, and other stores may keep none.
"""

import hashlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, Literal

from obstore.exceptions import AlreadyExistsError, BaseError, PreconditionError

from crmsnap.destinations.answer import error_for, read_answer
from crmsnap.destinations.interface import Found
from crmsnap.destinations.key import check_key
from crmsnap.destinations.retry import Passing
from crmsnap.errors import AccessDenied, AlreadyThere, NotThere

if TYPE_CHECKING:
    from obstore.store import MemoryStore, S3Store

OpenStore = Callable[[], "S3Store | MemoryStore"]
"""Opens the store, below its prefix; picklable where the destination has to be."""

_SHA256 = "sha256"


class Store:
    """A destination that keeps its files in an object store."""

    def __init__(self, url: str, open_store: OpenStore) -> None:
        self._url = url
        self._open_store = open_store
        self._opened: S3Store | MemoryStore | None = None

    def __getstate__(self) -> dict[str, Any]:
        return {"_url": self._url, "_open_store": self._open_store, "_opened": None}

    @property
    def url(self) -> str:
        """Where it is, without secrets."""
        return self._url

    def create(self, key: str, data: bytes, *, sha256: str) -> None:
        """Write a key that does not exist yet; success too if it holds the same content."""
        check_key(key)
        try:
            self._put(key, data, sha256, "create")
        except AlreadyExistsError:
            # S3 answers 412 for an existing key, and 409 when two writers meet, after which the
            # key may not exist at all; obstore calls both "already exists".
            found = self.head(key)
            if found is None:
                raise Passing(
                    f"could not write {key} at {self._url}",
                    cause="another writer was writing the same key",
                    remedy="run again",
                ) from None
            _same_content(found, data, sha256, self._url)

    def replace(self, key: str, data: bytes, *, sha256: str, e_tag: str) -> None:
        """Swap a key's content if it still has this `e_tag`."""
        check_key(key)
        try:
            self._put(key, data, sha256, {"e_tag": e_tag})
        except AlreadyExistsError:  # 409: two writers met, and neither effect is known
            raise Passing(
                f"could not replace {key} at {self._url}",
                cause="another writer was writing the same key",
                remedy="run again",
            ) from None
        except (PreconditionError, NotThere):
            found = self.head(key)
            if found is None:
                raise _changed(key, self._url) from None
            _same_content(found, data, sha256, self._url)  # the reply to our own PUT was lost

    def get(self, key: str) -> bytes:
        """The whole content."""
        check_key(key)
        try:
            with self._calling(f"read {key}") as store:
                return store.get(key).bytes().to_bytes()
        except AccessDenied:
            if self._listed(key):
                raise
            raise NotThere(f"there is no {key} at {self._url}") from None

    def head(self, key: str) -> Found | None:
        """Size and SHA-256 of a key, None if it does not exist."""
        check_key(key)
        try:
            with self._calling(f"look at {key}") as store:
                result = store.get(key, options={"head": True})
        except NotThere:
            return None
        except AccessDenied:
            # S3 answers 404 only to those who may list the bucket without a prefix (GetObject,
            # "Permissions"); to everybody else a missing key is a 403.
            if self._listed(key):
                raise
            return None
        sha256 = result.attributes.get(_SHA256) or hashlib.sha256(self.get(key)).hexdigest()
        return Found(key, result.meta["size"], result.meta["e_tag"], sha256)

    def list(self, prefix: str) -> Iterator[Found]:
        """Every key that starts with `prefix`, in key order."""
        with self._calling(f"list {prefix or 'everything'}") as store:
            for chunk in store.list(prefix.rstrip("/") or None):
                for meta in chunk:
                    yield Found(meta["path"], meta["size"], meta["e_tag"], None)

    def folders(self, prefix: str) -> tuple[str, ...]:
        """The names of the folders directly below `prefix`."""
        with self._calling(f"list {prefix or 'everything'}") as store:
            result = store.list_with_delimiter(prefix.rstrip("/") or None)
        return tuple(sorted(path.rpartition("/")[2] for path in result["common_prefixes"]))

    def delete(self, key: str) -> None:
        """Remove one key."""
        check_key(key)
        try:
            with self._calling(f"remove {key}") as store:
                store.delete(key)
        except NotThere:
            return

    def _put(
        self, key: str, data: bytes, sha256: str, mode: Literal["create"] | dict[str, str]
    ) -> None:
        with self._calling(f"write {key}") as store:
            store.put(
                key,
                data,
                mode=mode,  # type: ignore[arg-type]  # a TypedDict of obstore's stubs only
                use_multipart=False,  # pieces of a broken upload would stay, and be billed
                attributes={_SHA256: sha256},
            )

    def _listed(self, key: str) -> bool:
        """Whether a listing shows the key, for callers to whom the store does not say."""
        folder = key.rpartition("/")[0]
        with self._calling(f"list {folder or 'everything'}") as store:
            result = store.list_with_delimiter(folder or None)
        return any(meta["path"] == key for meta in result["objects"])

    @contextmanager
    def _calling(self, doing: str) -> Iterator["S3Store | MemoryStore"]:
        if self._opened is None:
            self._opened = self._open_store()
        try:
            yield self._opened
        except (AlreadyExistsError, PreconditionError):
            raise
        except (BaseError, FileNotFoundError) as error:
            answer = read_answer(str(error))
            if answer.expired:
                self._opened = None  # the next attempt asks for new keys
            if isinstance(error, FileNotFoundError) and not answer.code:
                raise NotThere(f"could not {doing} at {self._url}") from None
            # `from None`: the text may repeat the signed request.
            raise error_for(answer, doing=doing, url=self._url) from None


def _same_content(found: Found, data: bytes, sha256: str, url: str) -> None:
    if (found.bytes, found.sha256) != (len(data), sha256):
        raise _changed(found.key, url)


def _changed(key: str, url: str) -> AlreadyThere:
    return AlreadyThere(
        f"{key} at {url} holds something else",
        cause="another writer was there first",
        remedy="run again: a complete day is left as it is",
    )
