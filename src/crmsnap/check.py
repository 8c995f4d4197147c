"""One check of a connection, from the top: HubSpot, its scopes, then the place where snapshots go.

Nothing is copied and nothing kept. Every question is answered, whatever came of the others, so that
everything that has to be changed is known after one look.
"""

from collections.abc import Callable, Generator
from contextlib import AbstractContextManager
from dataclasses import asdict, dataclass
from pathlib import Path

from crmsnap.connection.check import (
    CONFIGURATION,
    OTHERWISE,
    PERMISSION,
    Check,
    Observe,
    Question,
    Verdict,
    asked,
    exit_code,
    worst,
)
from crmsnap.connection.questions import ACCOUNT, HUBSPOT_QUESTIONS, PLACE, SCOPES, TOKEN
from crmsnap.errors import ConfigError, CrmsnapError, DestinationError, HubSpotError
from crmsnap.extract.needed_scopes import needed_scopes
from crmsnap.extract.outlook import Outlook, TableOutlook, outlook, tables_of
from crmsnap.hubspot.client import Client
from crmsnap.hubspot.endpoints import account
from crmsnap.model import Selection

TABLES_NAMED = 6
"""Of those that one scope opens; the others are counted."""


@dataclass(frozen=True, slots=True)
class Subject:
    """What is checked, and what with; `bootstrap` makes it."""

    connection: str | None
    """Name of the connection; None: it is called by its account."""
    selection: Selection
    open_client: Callable[[], AbstractContextManager[Client]]
    copied_account: Callable[[], str | None]
    """Portal id of the account whose state is kept under this name, None before a first run."""
    check_destination: Callable[[Observe], tuple[Check, ...]]
    scratch: Path
    """An empty folder that may be removed afterwards."""
    workers: int


@dataclass(frozen=True, slots=True)
class CheckReport:
    """How a check ended."""

    connection: str | None
    checks: tuple[Check, ...]
    tables: tuple[TableOutlook, ...]
    """What a run would publish; empty when HubSpot could not be asked."""

    @property
    def verdict(self) -> Verdict:
        """That of all checks together."""
        return worst(self.checks)

    @property
    def exit_code(self) -> int:
        """5 when any right is missing, else 4 for a wrong setting, else 1; 0 also with warnings."""
        return exit_code(self.checks)

    def as_dict(self) -> dict[str, object]:
        """The report as `--json` prints it."""
        return {
            "connection": self.connection,
            "verdict": self.verdict,
            "exit_code": self.exit_code,
            "checks": [check.as_dict() for check in self.checks],
            "tables": [asdict(table) for table in self.tables],
        }


def run_check(subject: Subject, observe: Observe) -> CheckReport:
    """Ask every question about a connection; `observe` hears each answer at once.

    Raise `UsageError` for a selection that means nothing in this account.
    """
    tables: list[TableOutlook] = []
    of_hubspot = asked(_hubspot(subject, tables), HUBSPOT_QUESTIONS, observe)
    try:
        of_place = subject.check_destination(observe)
    except (ConfigError, DestinationError) as error:
        crossed = _crossed(PLACE, error, CONFIGURATION)
        observe(crossed)
        of_place = (crossed,)
    return CheckReport(subject.connection, (*of_hubspot, *of_place), tuple(tables))


def _hubspot(subject: Subject, tables: list[TableOutlook]) -> Generator[Check, None, None]:
    """The checks of HubSpot; `tables` is filled with what a run would publish."""
    try:
        with subject.open_client() as client:
            try:
                details = account.details(client)
            except HubSpotError as error:
                yield _crossed(TOKEN, error, OTHERWISE)
                return
            yield TOKEN.ok(f"it belongs to account {details.portal_id}", found=details.portal_id)
            yield _same_account(subject.copied_account(), details.portal_id)
            try:
                found = outlook(subject.selection, client, subject.scratch, subject.workers)
            except HubSpotError as error:
                yield _crossed(SCOPES, error, OTHERWISE)
                return
            tables += tables_of(found)
            yield _scopes(found, tables)
    except ConfigError as error:
        yield _crossed(TOKEN, error, CONFIGURATION)


def _same_account(copied: str | None, portal_id: str) -> Check:
    if copied is None:
        return ACCOUNT.ok("nothing was copied before")
    if copied == portal_id:
        return ACCOUNT.ok("it is")
    return ACCOUNT.failed(
        f"account {copied} was copied before, and the token belongs to account {portal_id}",
        "use the token of the first account, or another connection or --home",
        exit_code=CONFIGURATION,
    )


def _scopes(found: Outlook, tables: list[TableOutlook]) -> Check:
    whole = sum(table.state == "read" for table in tables)
    answer = f"{whole} of {len(tables)} tables can be read completely"
    missing = [scope.name for scope in needed_scopes(found) if scope.missing]
    if not missing:
        rest = "; what is missing is in no plan or API of this account"
        return SCOPES.ok(answer + (rest if whole < len(tables) else ""))
    advice = (
        "add these scopes to the key or app in HubSpot (Settings > Integrations): "
        + "; ".join(f"{scope} for {_named(_opened_by(scope, tables))}" for scope in missing)
    )
    if all(table.state == "gap" for table in tables):
        return SCOPES.failed(answer, advice)
    return SCOPES.warning(answer, advice)


def _opened_by(scope: str, tables: list[TableOutlook]) -> list[str]:
    """The tables that a scope opens; those that it only makes whole where there are no others."""
    touched = [table for table in tables if any(scope in gap.scopes for gap in table.gaps)]
    closed = [table.name for table in touched if table.state == "gap"]
    return closed or [table.name for table in touched]


def _named(names: list[str]) -> str:
    more = len(names) - TABLES_NAMED
    return ", ".join(names[:TABLES_NAMED]) + (f" and {more} more" if more > 0 else "")


def _crossed(question: Question, error: CrmsnapError, otherwise: int) -> Check:
    code = error.exit_code if error.exit_code in {PERMISSION, CONFIGURATION} else otherwise
    answer = ": ".join(part for part in (error.message, error.cause) if part)
    return question.failed(answer, error.remedy, exit_code=code)
