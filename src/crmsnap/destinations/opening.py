"""How a destination gets at its store: again in every process, and again when its keys are too old."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol, Self

from crmsnap.errors import CrmsnapError

if TYPE_CHECKING:
    from obstore.store import AzureStore, GCSStore, MemoryStore, S3Store

    ObjectStore = S3Store | MemoryStore | GCSStore | AzureStore


def _nothing_refused() -> None:
    return None


@dataclass(frozen=True, slots=True)
class Opened:
    """A store below its prefix, ready for requests."""

    files: "ObjectStore"
    refused: Callable[[], CrmsnapError | None] = _nothing_refused
    """Why there were no new keys, when the last request failed for that: the store's client hides it."""
    lists: "ObjectStore | None" = None
    """The same store for listings, where they need other headers."""

    @property
    def listings(self) -> "ObjectStore":
        """The store that is asked for listings."""
        return self.files if self.lists is None else self.lists


class OnePlace:
    """What an `Opening` is that has nothing to ask for, and no region that could be another."""

    __slots__ = ()

    def settled(self) -> Self:
        """It is."""
        return self

    def elsewhere(self, _: str) -> None:
        """There is no other place."""
        return


class Opening(Protocol):
    """Opens a store; picklable where the destination has to be, and without any keys in it."""

    def __call__(self) -> Opened:
        """A store with fresh keys."""
        ...

    def settled(self) -> "Opening":
        """The same, with everything asked that may be asked once for all processes."""
        ...

    def elsewhere(self, region: str) -> "Opening | None":
        """The same in another region, which is asked for when it is empty; None when that was tried."""
        ...
