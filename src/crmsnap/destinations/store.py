"""Destinations over obstore: S3 and whatever speaks it, Google, Azure, and memory.

The SHA-256 of a key stands in its user metadata, written by the same PUT, because obstore cannot read
back the checksum that S3 keeps, and other stores may keep none.
"""

import hashlib
from collections.abc import Iterator
from contextlib import suppress
from typing import TYPE_CHECKING

from obstore.exceptions import AlreadyExistsError, NotSupportedError, PreconditionError

from crmsnap.destinations.answer import Unexplained, Unsupported
from crmsnap.destinations.asking import Asking
from crmsnap.destinations.habits import Habits
from crmsnap.destinations.interface import Found
from crmsnap.destinations.key import check_key
from crmsnap.destinations.opening import Opening
from crmsnap.destinations.retry import Retries, StartOver
from crmsnap.destinations.stored_bytes import StoredBytes
from crmsnap.errors import AccessDenied, AlreadyThere, DestinationError, NotThere

if TYPE_CHECKING:
    from obstore import PutMode

_SHA256 = "sha256"
_AS_S3_DOCUMENTS = Habits()


class Store:
    """A destination that keeps its files in an object store; without `retries` nothing is tried again."""

    def __init__(
        self,
        url: str,
        opening: Opening,
        retries: Retries | None = None,
        habits: Habits = _AS_S3_DOCUMENTS,
    ) -> None:
        self._asking = Asking(url, opening, retries)
        self._habits = habits
        self._stored_bytes = StoredBytes(trusted=habits.refuses_wrong_bytes)

    @property
    def url(self) -> str:
        """Where it is, without secrets."""
        return self._asking.url

    def create(self, key: str, data: bytes, *, sha256: str) -> None:
        """Write a key that does not exist yet; success too if it holds the same content."""
        check_key(key)
        self._asking.tried(lambda: self._create(key, data, sha256), StartOver)

    def replace(self, key: str, data: bytes, *, sha256: str, e_tag: str) -> None:
        """Swap a key's content if it still has this `e_tag`."""
        check_key(key)
        self._asking.tried(lambda: self._replace(key, data, sha256, e_tag), StartOver)

    def copy(self, source: str, key: str, *, sha256: str) -> None:
        """Give a key that does not exist yet the content of another one."""
        check_key(source)
        check_key(key)
        self._asking.tried(lambda: self._copy(source, key, sha256), StartOver)

    def get(self, key: str) -> bytes:
        """The whole content."""
        check_key(key)
        try:
            return self._asking.ask(f"read {key}", lambda at: at.files.get(key).bytes().to_bytes())
        except AccessDenied:
            if self._listed(key):
                raise
            raise NotThere(f"there is no {key} at {self.url}") from None

    def head(self, key: str) -> Found | None:
        """Size and SHA-256 of a key, None if it does not exist."""
        check_key(key)
        return self._asking.tried(lambda: self._head(key), StartOver)

    def list(self, prefix: str) -> Iterator[Found]:
        """Every key that starts with `prefix`, in key order."""
        below = prefix.rstrip("/") or None
        for meta in self._asking.listed(_listing(prefix), lambda at: at.listings.list(below)):
            yield Found(meta["path"], meta["size"], meta["e_tag"], None)

    def folders(self, prefix: str) -> tuple[str, ...]:
        """The names of the folders directly below `prefix`."""
        result = self._asking.ask(
            _listing(prefix),
            lambda at: at.listings.list_with_delimiter(prefix.rstrip("/") or None),
        )
        return tuple(sorted(path.rpartition("/")[2] for path in result["common_prefixes"]))

    def delete(self, key: str) -> None:
        """Remove one key."""
        check_key(key)
        with suppress(NotThere):
            self._asking.ask(f"remove {key}", lambda at: at.files.delete(key))

    def _create(self, key: str, data: bytes, sha256: str) -> None:
        if self._habits.single_writer and (found := self._head(key)) is not None:
            self._same_content(found, sha256)
            return
        try:
            e_tag = self._put(key, data, sha256, "create")
        except AlreadyExistsError:
            # S3 answers 412 for an existing key, and 409 when two writers meet, after which the
            # key may not exist at all; obstore calls both "already exists".
            found = self._head(key)
            if found is None:
                raise _met_another(f"write {key}", self.url) from None
            self._same_content(found, sha256, data)
            return
        if not self._stored_bytes.are(data, e_tag, lambda: self.get(key)):
            self.delete(key)  # it was ours alone, and its name promises other bytes
            raise StartOver(
                f"could not write {key} at {self.url}",
                cause="the store kept other bytes than it was sent",
                remedy="run again; if it stays, do not use this store",
            )

    def _replace(self, key: str, data: bytes, sha256: str, e_tag: str) -> None:
        if self._habits.single_writer:
            found = self._head(key)
            if found is None or found.e_tag != e_tag:
                raise _changed(key, self.url)
        try:
            written = self._put(key, data, sha256, self._if_still(key, e_tag))
        except AlreadyExistsError:  # 409: two writers met, and neither effect is known
            raise _met_another(f"replace {key}", self.url) from None
        except (PreconditionError, NotThere):
            found = self._head(key)
            if found is None:
                raise _changed(key, self.url) from None
            self._same_content(found, sha256, data)  # the reply to our own PUT was lost
            return
        if not self._stored_bytes.are(data, written, lambda: self.get(key)):
            raise DestinationError(
                f"{key} at {self.url} is damaged",
                cause="the store kept other bytes than it was sent",
                remedy="replace it again, and do not use this store",
            )

    def _copy(self, source: str, key: str, sha256: str) -> None:
        # The target is looked at first, because several stores ignore the condition when they copy.
        if (found := self._head(key)) is not None:
            self._same_content(found, sha256)
            return
        original = self._head(source)
        if original is None:
            raise NotThere(f"there is no {source} at {self.url}")
        self._same_content(original, sha256)
        overwrite = self._habits.single_writer
        try:
            self._asking.ask(
                f"copy {source} to {key}",
                lambda at: at.files.copy(source, key, overwrite=overwrite),
            )
        except AlreadyExistsError:  # by a twin, by our own request whose reply was lost, or a 409
            found = self._head(key)
            if found is None:
                raise _met_another(f"copy {source} to {key}", self.url) from None
            self._same_content(found, sha256)
        except (NotSupportedError, Unsupported):
            self._create(key, self.get(source), sha256)

    def _head(self, key: str) -> Found | None:
        try:
            result = self._asking.ask(
                f"look at {key}", lambda at: at.files.get(key, options={"head": True})
            )
        except NotThere:
            return None
        except AccessDenied:
            # S3 answers 404 only to those who may list the bucket without a prefix (GetObject,
            # "Permissions"); to everybody else a missing key is a 403.
            if self._listed(key):
                raise
            return None
        except Unexplained as refused:
            self._listed(key)  # refused for the same reason, which is named and dealt with there
            raise StartOver(refused.message, cause=refused.cause, remedy=refused.remedy) from None
        sha256 = result.attributes.get(_SHA256) or hashlib.sha256(self.get(key)).hexdigest()
        meta = result.meta
        if (
            self._habits.if_match == "version"
        ):  # Google numbers every file, whatever the bucket keeps
            return Found(key, meta["size"], meta["version"], sha256)
        versioned = meta["version"] not in {None, "null"}  # `null`: no longer, or not yet
        return Found(key, meta["size"], meta["e_tag"], sha256, versioned)

    def _put(self, key: str, data: bytes, sha256: str, mode: "PutMode") -> str | None:
        written = self._asking.ask(
            f"write {key}",
            lambda at: at.files.put(
                key,
                data,
                mode="overwrite" if self._habits.single_writer else mode,
                use_multipart=False,  # pieces of a broken upload would stay, and be billed
                attributes={_SHA256: sha256},
            ),
        )
        return written["e_tag"]

    def _if_still(self, key: str, e_tag: str) -> "PutMode":
        match self._habits.if_match:
            case "as-given":
                return {"e_tag": e_tag}
            case "unquoted":
                return {"e_tag": e_tag.strip('"')}
            case "version":
                return {"version": e_tag}
            case "none":
                if self._habits.single_writer:
                    return "overwrite"
                raise Unsupported(
                    f"could not replace {key} at {self.url}",
                    cause="the store cannot be asked to replace only what is unchanged",
                    remedy="keep the day as it is, or use a store with conditional writes",
                )

    def _same_content(self, found: Found, sha256: str, data: bytes | None = None) -> None:
        """Raise `AlreadyThere` unless a key holds what was to be written; `data`: compare its bytes too."""
        same = found.sha256 == sha256
        if same and data is not None:
            same = found.bytes == len(data) and self._stored_bytes.are(
                data, found.e_tag, lambda: self.get(found.key)
            )
        if not same:
            raise _changed(found.key, self.url)

    def _listed(self, key: str) -> bool:
        """Whether a listing shows the key, for callers to whom the store does not say."""
        folder = key.rpartition("/")[0]
        result = self._asking.ask(
            _listing(folder),
            lambda at: at.listings.list_with_delimiter(folder or None),
        )
        return any(meta["path"] == key for meta in result["objects"])


def _listing(prefix: str) -> str:
    return f"list {prefix or 'everything'}"


def _met_another(doing: str, url: str) -> StartOver:
    return StartOver(
        f"could not {doing} at {url}",
        cause="another writer was writing the same key",
        remedy="run again",
    )


def _changed(key: str, url: str) -> AlreadyThere:
    return AlreadyThere(
        f"{key} at {url} holds something else",
        cause="another writer was there first",
        remedy="run again: a complete day is left as it is",
    )
