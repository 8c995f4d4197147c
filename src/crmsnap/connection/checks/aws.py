"""All questions about one bucket and its role, in order, each answered whatever came of the others."""

from collections.abc import Callable, Generator
from dataclasses import replace
from datetime import datetime

from crmsnap.connection.check import Check, Observe, asked
from crmsnap.connection.checks.bucket import region_and_list
from crmsnap.connection.checks.caller import Caller
from crmsnap.connection.checks.clock import clock_check
from crmsnap.connection.checks.files import files_checks
from crmsnap.connection.checks.role import keys_and_role
from crmsnap.connection.checks.target import AwsTarget
from crmsnap.connection.questions import AWS_QUESTIONS
from crmsnap.connection.region import AskRegion
from crmsnap.errors import DestinationError
from crmsnap.model import Clock


def run_aws_checks(
    target: AwsTarget,
    observe: Observe,
    *,
    clock: Clock,
    now: Callable[[], datetime],
    new_id: Callable[[], str],
) -> tuple[Check, ...]:
    """Ask everything that a sync needs of a bucket, in its order; `observe` hears each answer at once.

    Writes a few small files below `PREFIX/.connection-check/` and removes them again. `now` is this
    machine's time, with its zone; `new_id` never gives the same twice. Raise `Interrupted` between two
    questions, with the files removed.
    """

    def heard(check: Check) -> None:
        observe(check)
        clock.sleep(0)  # raises when somebody has stopped the check

    return asked(_checks(target, Caller(clock, now), new_id), AWS_QUESTIONS, heard)


def _checks(
    target: AwsTarget, caller: Caller, new_id: Callable[[], str]
) -> Generator[Check, None, None]:
    target = _with_region_of_role(target)
    keys = yield from keys_and_role(target, caller, wrong_id=new_id())
    if keys is not None:
        region = yield from region_and_list(target, caller, keys)
        if region is not None:
            yield from files_checks(target, caller, keys, region, new_id)
    yield clock_check(caller.skew)


def _with_region_of_role(target: AwsTarget) -> AwsTarget:
    """With the region in which a connected role is assumed: its own, else the bucket's.

    STS is switched on region by region, so a role that opens in another one proves nothing.
    """
    if target.role is None or target.role.region is not None:
        return target
    return replace(target, role=replace(target.role, region=target.region or _found(target)))


def _found(target: AwsTarget) -> str | None:
    ask = AskRegion(
        target.bucket, target.partition, target.endpoint_url, target.addressing, target.route
    )
    try:
        return ask()
    except DestinationError:
        return None  # the question about the region says why
