"""The questions that every run asks again before it reads: those that cost next to nothing.

A customer's trust policy may be edited, or a bucket be made again by somebody else, on any day after
the connection was checked.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from crmsnap.connection.check import OTHERWISE, PERMISSION, Check
from crmsnap.connection.checks.role import OPEN
from crmsnap.connection.checks.target import CANARIES
from crmsnap.connection.questions import CREATE_ONLY, LIST_FILES, OWNER, RIGHT_ID, WRITE
from crmsnap.destinations.interface import Destination
from crmsnap.errors import ConnectError, DestinationError


@dataclass(frozen=True, slots=True)
class Safeguards:
    """What a connection has to be asked at every run; `bootstrap` makes it."""

    closed_role: Callable[[], tuple[Check, ...]] | None = None
    """Tries to assume the role without our external id and with another; None: there is no role."""
    bucket_owner: str | None = None
    """Whom the destination expects with every file."""
    looks_at_owner: bool = False
    """Whether the store is known to refuse a file for another owner, so that a written one proves it."""
    unsafe_open_role: bool = False
    unsafe_single_writer: bool = False


def before_reading(safeguards: Safeguards, destination: Destination) -> tuple[Check, ...]:
    """Ask about the role, and the right to list.

    Raise `ConnectError` when the role is open, `DestinationError` when the place cannot be reached.
    """
    checks: list[Check] = []
    if safeguards.closed_role is not None:
        tried = safeguards.closed_role()
        if safeguards.unsafe_open_role:
            tried = tuple(map(_tolerated, tried))
        _refuse(tried)
        checks += tried
    # With a session of our own, which assumes the role. Always with a prefix: a policy for a whole
    # bucket has a condition on it, and a condition whose key is absent is false.
    destination.folders(f"{CANARIES}/")
    if safeguards.closed_role is not None:
        checks.append(RIGHT_ID.ok("the role opens for our external id"))
    checks.append(LIST_FILES.ok("files can be listed"))
    return tuple(checks)


def of_writing(safeguards: Safeguards, *, create_only: bool) -> tuple[Check, ...]:
    """What the write test of a run means; `create_only`: whether a second write was refused.

    Raise `DestinationError` when it was not, unless that was agreed to.
    """
    checks = [WRITE.ok("a file was written")]
    if safeguards.bucket_owner is not None:
        checks.append(_owner(safeguards.bucket_owner, looks=safeguards.looks_at_owner))
    checks.append(_create_only(safeguards, holds=create_only))
    _refuse(checks)
    return tuple(checks)


def _owner(expected: str, *, looks: bool) -> Check:
    if looks:
        return OWNER.ok(f"it belongs to {expected}")
    return OWNER.skipped(
        "it is expected with every file, and not every store looks: see crmsnap check"
    )


def _create_only(safeguards: Safeguards, *, holds: bool) -> Check:
    if safeguards.unsafe_single_writer:
        return CREATE_ONLY.warning(
            "unsafe_single_writer is set, so nothing keeps two runs apart",
            "never let two runs write to this place at once",
        )
    if holds:
        return CREATE_ONLY.ok("the second write of one name was refused")
    return CREATE_ONLY.failed(
        "the store overwrote a file that should have stayed",
        "use a store with conditional writes, or set unsafe_single_writer and never let two runs"
        " write to this place at once",
        exit_code=OTHERWISE,
    )


def _tolerated(check: Check) -> Check:
    if check.found != OPEN:
        return check  # also a cross: of our own keys, or because STS does not answer
    return Check(
        check.name,
        check.question,
        "warning",
        f"{check.answer}, and unsafe_open_role is set",
        check.advice,
        check.found,
    )


def _refuse(checks: Iterable[Check]) -> None:
    for check in checks:
        if check.verdict == "failed":
            kind = ConnectError if check.exit_code == PERMISSION else DestinationError
            raise kind(check.answer, cause=f"it was asked: {check.question}", remedy=check.advice)
