"""What the command line wants of whoever watches a run."""

from collections.abc import Callable
from types import TracebackType
from typing import TYPE_CHECKING, Protocol, Self

if TYPE_CHECKING:
    from crmsnap.hubspot.usage import Usage
    from crmsnap.model import Progress


class Watcher(Protocol):
    """Shows the progress of one run while its block lasts."""

    def __enter__(self) -> Self: ...

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None: ...

    def observe(self, event: "Progress") -> None:
        """Take an event; called from many threads."""
        ...

    def ask(self, usage: "Callable[[], Usage]") -> None:
        """Where to ask how many calls were used."""
        ...
