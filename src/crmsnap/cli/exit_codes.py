"""Exit codes: what a script or a scheduler learns from a run.

75 is `EX_TEMPFAIL` of sysexits.h, 130 what shells report for Ctrl-C.
"""

from collections.abc import Iterable
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class ExitCode:
    """One code and when it is given."""

    code: int
    meaning: str
    example: str


EXIT_CODES = (
    ExitCode(0, "ok", "a day was published, or is published already; a snapshot is proven"),
    ExitCode(1, "failed", "HubSpot or the store is unavailable; `verify` found damage"),
    ExitCode(2, "usage", "an unknown option, table or object type"),
    ExitCode(3, "partial", "published, with gaps that you can close: the token lacks a scope"),
    ExitCode(4, "configuration", "an unknown key, an unknown connection, no token"),
    ExitCode(5, "authentication or permission", "a wrong token; the store denies access"),
    ExitCode(
        75, "not now, try again later", "another run is at work; the day's API calls are used up"
    ),
    ExitCode(
        130, "interrupted", "Ctrl-C, SIGTERM or SIGHUP; the next run goes on where this one ended"
    ),
)

_WORST_FIRST = (130, 1, 5, 4, 2, 75, 3, 0)
"""Usage errors of one connection (a custom type that it does not have) rank with configuration."""


def worst(codes: Iterable[int]) -> int:
    """The code for several connections: that of the one which needs most attention."""
    return min(codes, key=_WORST_FIRST.index, default=0)
