"""Everything that can go wrong, as a tree.

    CrmsnapError                     1  the run cannot go on
    ├── UsageError                   2  the command line asks for something that does not exist
    ├── ConfigError                  4  names the file, line or variable
    ├── HubSpotError                 1  HubSpot refused, or answered what cannot be understood
    │   ├── Unavailable              1  not reachable, or failing after every retry
    │   │   └── Suspended           75  HubSpot asks to wait longer than a run can
    │   ├── UnexpectedAnswer         1  an answer that is no HubSpot answer: HTML, cut off, no results
    │   │   └── NoSuchPath           1  a web page in place of an API: the host, or HubSpot by now, does not have it
    │   ├── BadToken                 5  HubSpot does not know the token
    │   ├── MissingScope             3  the token may not read this: a declared gap when it is known in time
    │   ├── NotFound                 1  the account has no such thing, or the plan does not include it
    │   ├── BadRequest               1  HubSpot says that the request itself is wrong
    │   │   └── UriTooLong           1  the property names do not fit a URL
    │   └── DailyLimitReached       75  deferred: the state keeps what was read, the next run goes on
    ├── GapAppeared                  1  something became unreadable in the middle of a run: the day is withheld
    ├── CountsDisagree               1  HubSpot counts other records than were copied: the day is withheld
    ├── DestinationError             1  the store refused or failed
    │   ├── AlreadyThere             1  a create-only write met an existing key
    │   ├── NotThere                 1  no such key
    │   ├── StoreFull                1  no space left
    │   └── AccessDenied             5  the store does not allow it
    ├── SnapshotError                1  a snapshot that is missing, damaged or made otherwise
    ├── StateError                   1  the state on disk cannot be used
    │   ├── StateDamaged             1  a checksum does not match
    │   └── StateTooNew              1  written by a newer crmsnap: refused, untouched
    ├── RegistryError                1  the registry of connections cannot be used
    │   └── RegistryTooNew           1  its schema was written by a newer crmsnap: refused, untouched
    ├── ExecutorError                1  the cluster that writes parts cannot be used
    ├── ConnectError                 5  a role or bucket cannot be connected safely
    ├── Busy                        75  another run works on this connection
    └── Interrupted                130  Ctrl-C, SIGTERM or SIGHUP

Four questions are answered by every error: `code` (stable, in docs and `--json`), `exit_code`, `cause`
(why) and `remedy` (what to do next). The message says what happened. Only the command line turns an
error into text and an exit code.
"""

from dataclasses import asdict, dataclass
from typing import Any, ClassVar


class CrmsnapError(Exception):
    """The run cannot go on."""

    code: ClassVar[str] = "failed"
    exit_code: ClassVar[int] = 1

    def __init__(self, message: str, *, cause: str = "", remedy: str = "") -> None:
        super().__init__(message)
        self.message = message
        self.cause = cause
        self.remedy = remedy

    def as_dict(self) -> dict[str, Any]:
        """The error as `--json` prints it."""
        return {
            "code": self.code,
            "message": self.message,
            "cause": self.cause,
            "remedy": self.remedy,
            "exit_code": self.exit_code,
        }


class UsageError(CrmsnapError):
    """The command line asks for something that does not exist."""

    code = "usage"
    exit_code = 2


class ConfigError(CrmsnapError):
    """The configuration cannot be used: a key, a value, a file or a variable is wrong or missing."""

    code = "configuration"
    exit_code = 4


class HubSpotError(CrmsnapError):
    """HubSpot refused, or answered something that cannot be understood."""

    code = "hubspot"

    def __init__(
        self,
        message: str,
        *,
        cause: str = "",
        remedy: str = "",
        correlation_id: str = "",
        after_seconds: float | None = None,
    ) -> None:
        super().__init__(message, cause=cause, remedy=remedy)
        self.correlation_id = correlation_id
        """HubSpot's own id of the answer: what its support asks for."""
        self.after_seconds = after_seconds
        """When another run makes sense, counted from now; None where nobody says so."""

    def as_dict(self) -> dict[str, Any]:
        """The error as `--json` prints it, with HubSpot's correlation id."""
        return super().as_dict() | {"correlation_id": self.correlation_id}


class Unavailable(HubSpotError):
    """HubSpot cannot be reached, or kept failing after every retry."""

    code = "hubspot-unavailable"

    passes = True
    """Whether it may be gone by itself; a certificate that nobody trusts stays so."""


class Suspended(Unavailable):
    """HubSpot asks to come back later than a run can wait: what was read is kept for the next one."""

    code = "hubspot-suspended"
    exit_code = 75


class UnexpectedAnswer(HubSpotError):
    """The host answered, but not like HubSpot: HTML, a cut-off body, no results."""

    code = "hubspot-unexpected-answer"


class NoSuchPath(UnexpectedAnswer):
    """The host has a web page where the API should be: it is not HubSpot, or HubSpot has that API no more."""


class BadToken(HubSpotError):
    """HubSpot does not accept the token."""

    code = "hubspot-token"
    exit_code = 5


class MissingScope(HubSpotError):
    """The token lacks a scope: a declared gap when it is known before the run reads."""

    code = "hubspot-missing-scope"
    exit_code = 3

    def __init__(
        self, message: str, *, scopes: tuple[str, ...] = (), correlation_id: str = ""
    ) -> None:
        named = " or ".join(scopes) or "a scope that HubSpot did not name"
        super().__init__(
            message,
            cause=f"the token lacks {named}",
            remedy="add the scope to the key or app in HubSpot (Settings > Integrations), then sync again",
            correlation_id=correlation_id,
        )
        self.scopes = scopes


class NotFound(HubSpotError):
    """The account has no such thing, or its plan does not include it."""

    code = "hubspot-not-found"


class BadRequest(HubSpotError):
    """HubSpot says that the request itself is wrong."""

    code = "hubspot-bad-request"


class UriTooLong(BadRequest):
    """The names of the properties make the URL longer than HubSpot takes."""

    code = "hubspot-uri-too-long"


class DailyLimitReached(HubSpotError):
    """No more calls today: what was read is kept, and the next run goes on with it."""

    code = "hubspot-daily-limit"
    exit_code = 75

    def __init__(
        self,
        message: str,
        *,
        cause: str = "",
        remedy: str = "",
        correlation_id: str = "",
        after_seconds: float | None = None,
        resets_at: str = "",
    ) -> None:
        super().__init__(
            message,
            cause=cause,
            remedy=remedy,
            correlation_id=correlation_id,
            after_seconds=after_seconds,
        )
        self.resets_at = resets_at
        """When the day's calls start anew by HubSpot's clock, an ISO time; empty where nobody says so."""

    def as_dict(self) -> dict[str, Any]:
        """The error as `--json` prints it, with that time."""
        return super().as_dict() | {"resets_at": self.resets_at}


class GapAppeared(CrmsnapError):
    """Something became unreadable in the middle of a run, so the day is withheld."""

    code = "gap-appeared"


@dataclass(frozen=True, slots=True)
class Disagreement:
    """A type of which HubSpot counts another number of records than were copied."""

    object_type: str
    hubspot: int | None
    ours: int
    in_doubt: tuple[str, ...]
    """Up to 100 ids that came, went, were missing or vanished while the type was read."""


class CountsDisagree(CrmsnapError):
    """HubSpot counts other records than were copied, and nothing explains it: the day is withheld."""

    code = "counts-disagree"

    def __init__(self, types: tuple[Disagreement, ...]) -> None:
        numbers = ", ".join(
            f"{one.object_type}: HubSpot {one.hubspot}, copied {one.ours}" for one in types
        )
        ids = "; ".join(
            f"{one.object_type}: {', '.join(one.in_doubt)}" for one in types if one.in_doubt
        )
        super().__init__(
            f"the records that were copied are not as many as HubSpot counts: {numbers}",
            cause="two sweeps of the ids did not bring the numbers together, nor do records that came or went"
            + (f" meanwhile; in doubt are {ids}" if ids else " meanwhile"),
            remedy="sync again; if it stays, compare the ids with HubSpot, or publish this day with"
            " --allow-differences",
        )
        self.types = types

    def as_dict(self) -> dict[str, Any]:
        """The error as `--json` prints it, with every number and id."""
        return super().as_dict() | {"types": [asdict(one) for one in self.types]}


class DestinationError(CrmsnapError):
    """The store refused or failed."""

    code = "destination"


class AlreadyThere(DestinationError):
    """A create-only write met an existing key."""

    code = "destination-already-there"


class NotThere(DestinationError):
    """The store has no such key."""

    code = "destination-not-there"


class StoreFull(DestinationError):
    """The store has no space left."""

    code = "destination-full"


class AccessDenied(DestinationError):
    """The store does not allow it."""

    code = "destination-access-denied"
    exit_code = 5


class SnapshotError(CrmsnapError):
    """A snapshot is missing, damaged, or was made with another selection."""

    code = "snapshot"


class StateError(CrmsnapError):
    """The state on disk cannot be used."""

    code = "state"


class StateDamaged(StateError):
    """A state file does not hold what was written into it."""

    code = "state-damaged"


class StateTooNew(StateError):
    """The state was written by a newer crmsnap; it is left untouched."""

    code = "state-too-new"


class RegistryError(CrmsnapError):
    """The registry of connections cannot be used."""

    code = "registry"


class RegistryTooNew(RegistryError):
    """The registry was changed by a newer crmsnap; it is left untouched."""

    code = "registry-too-new"


class ExecutorError(CrmsnapError):
    """The cluster that writes parts cannot be reached, is another version, or sees other files."""

    code = "executor"


class ConnectError(CrmsnapError):
    """A role or a bucket cannot be connected safely."""

    code = "connect"
    exit_code = 5


class Busy(CrmsnapError):
    """Another run works on this connection."""

    code = "busy"
    exit_code = 75


class Interrupted(CrmsnapError):
    """The run was stopped by Ctrl-C, SIGTERM or SIGHUP; the next one goes on where it ended."""

    code = "interrupted"
    exit_code = 130
