"""Carrying a state to a store and back, so that a run can start on an empty disk.

Packs have names that no other send has, and one index names those of a whole state. It is swapped by its e-tag
and last of all: whoever is killed before it leaves the state that was there, and of two machines that went on
from one state the second is refused. Nothing is removed that an index names.
"""

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, replace
from hashlib import sha256
from pathlib import Path
from typing import Protocol

from crmsnap.errors import AlreadyThere, Busy, CrmsnapError, NotThere, StateError
from crmsnap.state.carried import (
    INDEX_KEY,
    PACKS_PREFIX,
    Index,
    Mark,
    Pack,
    Piece,
    index_from_bytes,
    index_to_bytes,
    read_mark,
    write_mark,
)
from crmsnap.state.packs import (
    Arriving,
    consistent_files,
    plan_packs,
    read_pack,
    remove_unfinished,
    unpacked,
)
from crmsnap.state.sqlite import RUNS_FILE, VERSION

Content = tuple[str, tuple[Piece, ...]]
"""What two packs have in common when one can stand for the other."""

AT_ONCE = 4
"""Packs on their way at once: each is held in memory, as it is and compressed."""

_TRIES = 3
"""A machine that sends removes packs of the index before: then the newer index is read."""


class Kept(Protocol):
    """What a store knows of one key."""

    @property
    def key(self) -> str: ...

    @property
    def e_tag(self) -> str | None: ...

    @property
    def sha256(self) -> str | None: ...


class Store(Protocol):
    """Where states are carried to: what `destinations.interface` promises, as far as it is needed here."""

    @property
    def url(self) -> str: ...

    def create(self, key: str, data: bytes, *, sha256: str) -> None: ...

    def replace(self, key: str, data: bytes, *, sha256: str, e_tag: str) -> None: ...

    def get(self, key: str) -> bytes: ...

    def head(self, key: str) -> Kept | None: ...

    def list(self, prefix: str) -> Iterator[Kept]: ...

    def delete(self, key: str) -> None: ...


@dataclass(frozen=True, slots=True)
class There:
    """The index that a store has, and how to swap it."""

    index: Index
    e_tag: str


@contextmanager
def carried(
    folder: Path, store: Store, connection: str, new_id: Callable[[], str]
) -> Iterator[None]:
    """Bring the state here before the block, and send it behind it, also when the block has failed.

    The caller holds the folder's lock. Raise `StateError` when both this machine and another one have gone on
    from one state, `Busy` when another one sends its own meanwhile.
    """
    there = bring(folder, store, connection)
    try:
        yield
    except (Busy, StateError):
        raise  # somebody else goes on with it, or what is here must not replace what is there
    except CrmsnapError:
        try:
            send(folder, store, connection, there, new_id())
        except CrmsnapError as error:  # the block's own error says more
            error.add_note("the state was not sent")
        raise
    send(folder, store, connection, there, new_id())


def bring(folder: Path, store: Store, connection: str) -> There | None:
    """Make the files here those of the store, where it has others; return what it has.

    What this machine has and the store does not, because it was killed before it was sent, stays.
    """
    with _room_needed(folder):
        remove_unfinished(folder)
    for _ in range(_TRIES):
        there = _there(store)
        try:
            with _room_needed(folder):
                _bring(folder, store, connection, there)
        except NotThere as error:
            missing = error
        else:
            return there
    raise StateError(
        f"the state at {store.url} is not whole",
        cause=f"its index names a pack that is missing: {missing.message}",
        remedy="bring that file back from a version of the object; or remove its index.json,"
        " and the next run sends the state of its machine anew",
    ) from missing


def send(folder: Path, store: Store, connection: str, there: There | None, new_id: str) -> None:
    """Make the store's state the one that is here, if it still has what it had; else raise `Busy`."""
    mark = read_mark(folder, store.url)
    before = {} if there is None else {pack.content: pack for pack in there.index.packs}
    listed = {found.key for found in store.list(PACKS_PREFIX)}
    with consistent_files(folder) as paths:
        seen = _seen(paths)
        same = frozenset(file for file, facts in seen.items() if mark.seen.get(file) == facts)
        prefix = f"{PACKS_PREFIX}{new_id}/"
        packs = _send_packs(paths, same, store, before, prefix)
    if there is not None and packs == there.index.packs:
        return
    index = Index(new_id, connection, VERSION, packs)
    write_mark(folder, replace(mark, pending=index, seen={}))
    _swap(store, index, there)
    write_mark(folder, Mark(store.url, index, seen=seen))
    # Whatever was listed before the swap is of this index, or of one that can no more be swapped in.
    for key in sorted(listed - {pack.key for pack in packs}):
        store.delete(key)


def _there(store: Store) -> There | None:
    for _ in range(_TRIES):
        found = store.head(INDEX_KEY)
        if found is None:
            return None
        data = store.get(INDEX_KEY)
        if sha256(data).hexdigest() == found.sha256 and found.e_tag is not None:
            return There(index_from_bytes(data, store.url), found.e_tag)
    raise Busy(
        f"the state at {store.url} changes while it is read",
        cause="another machine sends its state",
        remedy="sync again",
    )


def _bring(folder: Path, store: Store, connection: str, there: There | None) -> None:
    mark = read_mark(folder, store.url)
    if there is None:
        if mark.fetching:
            raise StateError(
                f"the state here is half of the one that was at {store.url}",
                cause="a run was killed while it brought it, and there it is gone",
                remedy=f"remove {folder}: the next run begins a new state",
            )
        return
    if there.index.connection != connection:
        raise StateError(
            f"the state at {store.url} is that of connection {there.index.connection}",
            cause=f"this is connection {connection}",
            remedy="give every connection a state_url of its own",
        )
    if mark.pending is not None and mark.pending.id == there.index.id:
        mark = Mark(store.url, mark.pending)  # killed behind the swap
        write_mark(folder, mark)
    if not mark.fetching and mark.index is not None and mark.index.id == there.index.id:
        return
    here = None if mark.fetching else _content(folder)
    if here and (mark.index is None or here != _contents(mark.index.packs)):
        raise StateError(
            f"the state here is not the one at {store.url}, and both have gone on",
            cause="another machine has sent its state since this one did, or this one never did",
            remedy=f"to go on with the one that was sent, move {folder} away and sync again",
        )
    _fetch(folder, store, there.index, here or frozenset())


def _content(folder: Path) -> frozenset[Content]:
    """What the files here hold, in packs; empty where no run has begun."""
    if not (folder / RUNS_FILE).exists():
        return frozenset()
    with consistent_files(folder) as paths:
        sizes = {name: path.stat().st_size for name, path in paths.items()}
        packs = (read_pack(paths, pieces) for pieces in plan_packs(sizes))
        return frozenset((pack.sha256, pack.pieces) for pack in packs)


def _contents(packs: Iterable[Pack]) -> frozenset[Content]:
    return frozenset(pack.content for pack in packs)


def _fetch(folder: Path, store: Store, index: Index, here: Collection[Content]) -> None:
    needed = [pack for pack in index.packs if pack.content not in here]
    write_mark(folder, Mark(store.url, fetching=True))
    arriving = Arriving(folder, index.sizes)
    with ThreadPoolExecutor(AT_ONCE) as pool:
        for at in range(0, len(needed), AT_ONCE):
            some = needed[at : at + AT_ONCE]
            for pack, stored in zip(
                some, pool.map(lambda one: store.get(one.key), some), strict=True
            ):
                try:
                    arriving.write(pack.pieces, unpacked(stored, pack.sha256))
                except ValueError as error:
                    raise _damaged(store.url, pack.key, str(error)) from error
    arriving.settle()
    write_mark(folder, Mark(store.url, index))


def _seen(paths: Mapping[str, Path]) -> dict[str, tuple[int, int]]:
    facts = {name: path.stat() for name, path in paths.items()}
    return {name: (one.st_size, one.st_mtime_ns) for name, one in facts.items()}


def _send_packs(
    paths: Mapping[str, Path],
    same: Collection[str],
    store: Store,
    before: Mapping[Content, Pack],
    prefix: str,
) -> tuple[Pack, ...]:
    """The packs of all files; only those that the store lacks are sent."""
    # Of files that were not written since, the pieces are known to be those of the packs before.
    known = {pack.pieces: pack for pack in before.values()}

    def sent(numbered: tuple[int, tuple[Piece, ...]]) -> Pack:
        number, pieces = numbered
        was = known.get(pieces)
        if was is not None and all(piece.file in same for piece in pieces):
            return was
        pack = read_pack(paths, pieces)
        there = before.get((pack.sha256, pack.pieces))
        if there is not None:
            return there
        key = f"{prefix}{number:05d}-{pack.sha256[:16]}.zst"
        data = pack.compressed()
        store.create(key, data, sha256=sha256(data).hexdigest())
        return Pack(key, pack.sha256, pack.pieces)

    sizes = {name: path.stat().st_size for name, path in paths.items()}
    with ThreadPoolExecutor(AT_ONCE) as pool:
        return tuple(pool.map(sent, enumerate(plan_packs(sizes))))


def _swap(store: Store, index: Index, there: There | None) -> None:
    data = index_to_bytes(index)
    digest = sha256(data).hexdigest()
    try:
        if there is None:
            store.create(INDEX_KEY, data, sha256=digest)
        else:
            store.replace(INDEX_KEY, data, sha256=digest, e_tag=there.e_tag)
    except AlreadyThere as error:
        raise Busy(
            f"another machine has sent its state to {store.url} meanwhile",
            cause="two machines worked on this connection at once, without a registry that both share",
            remedy="let one machine sync; this one's snapshot is as its report says",
        ) from error


@contextmanager
def _room_needed(folder: Path) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        raise StateError(
            f"the state cannot be brought here: {error.strerror or error}",
            cause=f"{folder} cannot be written",
            remedy="check that it is writable and its disk is not full, then sync again",
        ) from error


def _damaged(url: str, key: str, why: str) -> StateError:
    return StateError(
        f"{key} at {url} is damaged",
        cause=why,
        remedy="bring it back from a version of the object; or remove index.json there,"
        " and the next run sends the state of its machine anew",
    )
