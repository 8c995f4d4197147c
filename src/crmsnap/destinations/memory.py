"""A destination in memory: for tests, and for trying things out within one process."""

from dataclasses import dataclass, field
from typing import NoReturn

from obstore.store import MemoryStore

from crmsnap.destinations.opening import OnePlace, Opened
from crmsnap.destinations.store import Store
from crmsnap.errors import DestinationError


def memory() -> Store:
    """An empty destination that ends with its process."""
    return Store("memory://", _OpenMemory())


@dataclass(frozen=True, slots=True)
class _OpenMemory(OnePlace):
    store: MemoryStore = field(default_factory=MemoryStore)

    def __call__(self) -> Opened:
        return Opened(self.store)

    def __reduce__(self) -> NoReturn:
        # A copy in another process would swallow what is written to it.
        raise DestinationError(
            "memory:// cannot be shared between processes",
            remedy="use a folder, or run with one worker in this process",
        )
