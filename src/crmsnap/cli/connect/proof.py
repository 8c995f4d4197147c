"""Whether the steps were done: every question about the bucket, and the mark when all were answered well."""

from collections.abc import Iterator
from dataclasses import dataclass, replace

from crmsnap import bootstrap
from crmsnap.bootstrap.connecting import Connecting, mark, proves
from crmsnap.cli.check import CHECK_AGAIN, print_check
from crmsnap.cli.connect.answers import Ask
from crmsnap.cli.connect.steps import print_trust
from crmsnap.cli.text import count
from crmsnap.connection.check import CONFIGURATION, PERMISSION, Check, exit_code
from crmsnap.errors import ConfigError, ConnectError, DestinationError


@dataclass(frozen=True, slots=True)
class Proven:
    """How connecting ended."""

    connecting: Connecting
    """With the link as it is now."""
    checks: tuple[Check, ...]
    """Empty: nothing was asked."""
    took_over: bool = False
    """Whether the external id is another one now."""

    @property
    def failed(self) -> bool:
        """Whether something was asked, and a right or a safeguard is missing."""
        return bool(self.checks) and not proves(self.checks)

    @property
    def exit_code(self) -> int:
        """As `crmsnap check` gives it; 5 also when the role could not be seen to open for us alone."""
        return (exit_code(self.checks) or PERMISSION) if self.failed else 0

    @property
    def connected_at(self) -> str | None:
        """Since when it is connected, as far as is known now."""
        waits = self.failed or self.connecting.waiting is not None
        return None if waits else self.connecting.link.connected_at


def prove(
    connecting: Connecting, ask: Ask | None, *, waits: bool, silent: bool, never: bool
) -> Proven:
    """Ask AWS, and mark the connection when nothing failed.

    When it `waits` for a person to paste something, a terminal is asked when that is done; elsewhere
    the next call asks AWS. `never` asks nothing at all.
    """
    checks: tuple[Check, ...] = ()
    if never or (waits and ask is None):
        return Proven(connecting, checks)
    for checks in _attempts(connecting, ask, waits=waits, silent=silent):
        if proves(checks):
            link = mark(connecting, checks)
            agreement = replace(connecting.agreement, external_ids=(link.external_id,))
            took_over = link.external_id != connecting.link.external_id
            proven = replace(connecting, link=link, agreement=agreement, waiting=None)
            return Proven(proven, checks, took_over)
    return Proven(connecting, checks)


def print_verdict(proven: Proven) -> None:
    """Say whether it is connected, and what to do next.

    Raise the error of the exit code when something failed: `ConnectError` for a right, `ConfigError` for
    a setting, `DestinationError` for all else.
    """
    connecting, name = proven.connecting, proven.connecting.link.connection
    if proven.failed:
        failed = sum(check.verdict == "failed" for check in proven.checks)
        kind = {PERMISSION: ConnectError, CONFIGURATION: ConfigError}.get(
            proven.exit_code, DestinationError
        )
        raise kind(
            _not_proven(connecting),
            cause=f"{count(failed, 'question')} failed"
            if failed
            else "whether the role opens for its external id alone could not be asked",
            remedy=f"change what stands beside each cross, then: {connecting.again}",
        )
    if not proven.checks:
        _print_what_is_kept(connecting)
        print(f"\nWhen all of it is saved in AWS: {connecting.again}")
        return
    if proven.took_over:
        print(
            "\nThe next external id is in use from now on. Take the old one out of the trust policy:"
        )
        print_trust(connecting.agreement)
    _print_what_is_kept(connecting)
    print(f"\n{name} is connected. Next: crmsnap sync {name}")


def _not_proven(connecting: Connecting) -> str:
    """What a failed proof means: a connection that was proven before syncs on as it is."""
    name = connecting.link.connection
    if connecting.waiting is not None:
        return f"{name} stays as it was, because this is not proven"
    if connecting.link.connected_at is None:
        return f"{name} is not connected"
    if connecting.link.next_external_id is not None:
        return f"the next external id is not proven; {name} stays connected with the one in use"
    return f"the check failed; {name} stays as connected before"


def _print_what_is_kept(connecting: Connecting) -> None:
    """Say what a narrow policy changes of the connection itself: nobody would look for it later."""
    name = connecting.link.connection
    if connecting.known.origin != "registry" or connecting.agreement.grant.deletes:
        return
    if connecting.waiting is None:
        print(
            f"\nKept for {name}: s3.deletes = false, so that no sync removes a file.\n"
            f"Undo it: crmsnap connections edit {name} --unset s3.deletes"
        )
    else:
        print(f"\nNothing is kept yet: {name} syncs on as it does until this is proven.")


def _attempts(
    connecting: Connecting, ask: Ask | None, *, waits: bool, silent: bool
) -> Iterator[tuple[Check, ...]]:
    """What AWS answers: once, or on a terminal as often as somebody mends something."""
    while True:
        if waits and ask is not None:
            print(flush=True)
            if ask("Press Enter when it is saved in AWS, or type `later`", ""):
                return
        yield _asked(connecting, silent=silent)
        if ask is None:
            return
        waits = True


def _asked(connecting: Connecting, *, silent: bool) -> tuple[Check, ...]:
    target = bootstrap.aws_target(connecting.known)
    if target is None or target.role is None:  # `connecting` has read the place and kept the role
        return ()
    target = replace(
        target,
        # Once it is connected, the bucket's region counts and not this machine's.
        role=replace(target.role, external_id=connecting.external_id, region=target.region),
        kms_key=connecting.agreement.grant.kms_key,
        deletes=connecting.agreement.grant.deletes,
    )
    with bootstrap.stoppable("the check", CHECK_AGAIN) as clock:
        return bootstrap.check_aws(target, clock, _silence if silent else print_check)


def _silence(_: Check) -> None:
    return None
