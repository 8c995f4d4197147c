"""`--quiet`: nothing is shown."""

from collections.abc import Callable
from types import TracebackType
from typing import TYPE_CHECKING, Self

if TYPE_CHECKING:
    from crmsnap.hubspot.usage import Usage
    from crmsnap.model import Progress


class Silence:
    """Shows nothing; also what the other watchers begin from."""

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        return None

    def observe(self, event: "Progress") -> None:
        """Take an event."""

    def ask(self, usage: "Callable[[], Usage]") -> None:
        """Where to ask how many calls were used."""
