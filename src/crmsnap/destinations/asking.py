"""Requests to a store: opened when first needed, tried again, and their refusals in our own words.

Only the configuration is pickled; every process opens the store for itself. Processes have to be
spawned: the client's threads do not survive a fork, and its calls would hang.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from threading import Lock
from typing import TYPE_CHECKING, Any, TypeVar

from obstore.exceptions import (
    AlreadyExistsError,
    BaseError,
    InvalidPathError,
    NotSupportedError,
    PreconditionError,
)

from crmsnap.destinations.answer import OddKey, error_for, odd_key, read_answer
from crmsnap.destinations.opening import Opened, Opening
from crmsnap.destinations.retry import ATTEMPTS, Passing, Retries
from crmsnap.errors import CrmsnapError, NotThere

if TYPE_CHECKING:
    from obstore import ObjectMeta

T = TypeVar("T")


class Asking:
    """A store that is asked; without `retries` nothing is tried again."""

    def __init__(self, url: str, opening: Opening, retries: Retries | None) -> None:
        self.url = url
        self._opening = opening
        self._retries = retries
        self._start()

    def _start(self) -> None:
        self._opened: Opened | None = None
        self._changing = Lock()

    def __getstate__(self) -> dict[str, Any]:
        return {"url": self.url, "_opening": self._opening, "_retries": self._retries}

    def __setstate__(self, state: dict[str, Any]) -> None:
        self.__dict__.update(state)
        self._start()

    def ask(self, doing: str, request: Callable[[Opened], T]) -> T:
        """One request, until it is answered otherwise than in passing; `doing` is what errors say.

        The client's "already exists", "precondition" and "not supported" come through as they are.
        """

        def once() -> T:
            with self._explaining(doing) as opened:
                return request(opened)

        return self.tried(once, Passing)

    def tried(self, attempt: Callable[[], T], again: type[Passing]) -> T:
        """The result of the first attempt that does not fail in this way; else its last failure."""
        return attempt() if self._retries is None else self._retries.of(attempt, again)

    def listed(
        self, doing: str, pages: Callable[[Opened], Iterable[Sequence["ObjectMeta"]]]
    ) -> Iterator["ObjectMeta"]:
        """What `pages` give, in the order of their `path`; after a break it goes on behind the last one."""
        last, attempt = "", 0
        while True:
            try:
                with self._explaining(doing) as opened:
                    for page in pages(opened):
                        for meta in page:
                            if meta["path"] > last:
                                last, attempt = meta["path"], 0
                                yield meta
            except Passing:
                attempt += 1
                if self._retries is None or attempt == ATTEMPTS:
                    raise
                self._retries.wait(attempt)
            else:
                return

    @contextmanager
    def _explaining(self, doing: str) -> Iterator[Opened]:
        opened = self._open()
        try:
            yield opened
        except (AlreadyExistsError, PreconditionError, NotSupportedError):
            raise
        except (BaseError, FileNotFoundError) as error:
            # `from None`: the text may repeat the signed request.
            raise self._meaning(error, opened, doing) from None

    def _open(self) -> Opened:
        with self._changing:
            if self._opened is None:
                self._opening = self._opening.settled()
                self._opened = self._opening()
            return self._opened

    def _meaning(
        self, error: BaseError | FileNotFoundError, opened: Opened, doing: str
    ) -> CrmsnapError:
        refused = opened.refused()
        if refused is not None:
            return refused
        in_the_way = odd_key(str(error)) if isinstance(error, InvalidPathError) else None
        if in_the_way is not None:
            return OddKey(in_the_way, doing=doing, url=self.url)
        answer = read_answer(str(error))
        if isinstance(error, FileNotFoundError) and not answer.code:
            return NotThere(f"could not {doing} at {self.url}")
        if answer.expired:
            self._leave(opened, None)  # the next attempt asks for new keys
        elif answer.elsewhere and self._moved(opened, answer.region):
            return Passing(
                f"could not {doing} at {self.url}",
                cause="the bucket is in another region than the one that was asked",
                remedy="run again",
            )
        return error_for(answer, doing=doing, url=self.url)

    def _moved(self, opened: Opened, region: str) -> bool:
        """Whether another attempt goes to the region where the bucket really is."""
        opening = self._opening
        if self._opened is not opened:
            return True  # another thread was told before us
        moved = opening.elsewhere(region)
        if moved is not None:
            self._leave(opened, moved)
        return moved is not None

    def _leave(self, opened: Opened, opening: Opening | None) -> None:
        """Open the store anew at the next request, unless another thread has done so already."""
        with self._changing:
            if self._opened is opened:
                self._opened, self._opening = None, opening or self._opening
