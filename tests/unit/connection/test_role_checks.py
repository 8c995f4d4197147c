"""What the questions about the role say when it was not the role that refused."""

from datetime import UTC, datetime

import pytest

from crmsnap.connection.checks import AwsTarget
from crmsnap.connection.checks.caller import Caller
from crmsnap.connection.checks.role import keys_and_role, role_is_closed
from crmsnap.connection.role import RoleToAssume
from crmsnap.destinations.s3 import AwsKeys
from tests.builders.customer_bucket import NoWaiting
from tests.unit.connection.scripted_sts import ScriptedSts, refused

TOO_LATE = [
    refused("RequestTimeTooSkewed", "The difference between the two times is too large."),
    refused("SignatureDoesNotMatch", "Signature expired: 20261122T014000Z is now earlier than ..."),
    refused("SignatureDoesNotMatch", "Signature not yet current: 20261122T024000Z is still later"),
]


def target(sts: ScriptedSts) -> AwsTarget:
    arn = "arn:aws:iam::222222222222:role/hubspot"
    role = RoleToAssume(arn, "our-id-1", "crmsnap-tests", sts_endpoint_url=sts.url)
    return AwsTarget("lake", "hs", lambda: AwsKeys("AKIAOURS", "our secret"), role=role)


def caller() -> Caller:
    return Caller(NoWaiting(), lambda: datetime(2026, 11, 22, tzinfo=UTC))


@pytest.mark.parametrize("answer", TOO_LATE)
def test_a_wrong_clock_is_no_reason_for_other_keys(sts: ScriptedSts, answer: str) -> None:
    """With new keys it would be refused again, and somebody would have searched in vain."""
    sts.answers = [(403, answer)]
    (check,) = keys_and_role(target(sts), caller(), wrong_id="another")
    assert check.verdict == "failed"
    assert "clock differs too much" in check.answer
    assert "set the clock" in check.advice
    assert "other AWS keys" not in check.advice


@pytest.mark.parametrize("answer", TOO_LATE)
def test_a_wrong_clock_is_named_at_every_sync(sts: ScriptedSts, answer: str) -> None:
    """Its questions come before any other call is signed."""
    sts.answers = [(403, answer)] * 3
    for check in role_is_closed(target(sts), caller()):
        assert check.verdict == "failed"
        assert "set the clock" in check.advice


def test_every_sync_asks_with_an_id_that_is_nearly_ours(sts: ScriptedSts) -> None:
    """A star at the end of it would take that one, and a made-up one not."""
    role_is_closed(target(sts), caller())
    assert [asked.get("ExternalId") for asked in sts.asked] == [None, "our-id-0"]


def test_unknown_keys_still_want_other_keys(sts: ScriptedSts) -> None:
    """The clock is right then."""
    sts.answers = [(403, refused("InvalidClientTokenId"))]
    (check,) = keys_and_role(target(sts), caller(), wrong_id="another")
    assert "other AWS keys" in check.advice
