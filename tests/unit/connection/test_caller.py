"""What AWS and other stores answer, read the same way however it is formed."""

from collections.abc import Callable, Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from botocore.exceptions import ClientError, EndpointConnectionError
from botocore.parsers import ResponseParserError

from crmsnap.connection.checks.caller import ATTEMPTS, Caller, Reply

NOW = datetime(2026, 11, 22, 2, 0, tzinfo=UTC)


class Waits:
    """A clock that only counts how often it was asked to wait."""

    def __init__(self) -> None:
        self.times = 0

    def monotonic(self) -> float:
        return 0.0

    def sleep(self, seconds: float) -> None:
        self.times += 1


def ask(call: Callable[..., Any], **said: Any) -> tuple[Reply, Caller, int]:
    clock = Waits()
    caller = Caller(clock, lambda: NOW)
    return caller.ask(call, **said), caller, clock.times


def raising(error: Exception) -> Callable[..., Any]:
    def call(**_: Any) -> Any:
        raise error

    return call


def refusing(response: Mapping[str, Any]) -> Callable[..., Any]:
    return raising(ClientError(dict(response), "Operation"))


def refusal(status: int, code: str = "AccessDenied", message: str = "") -> Callable[..., Any]:
    return refusing(
        {
            "Error": {"Code": code, "Message": message},
            "ResponseMetadata": {"HTTPStatusCode": status, "HTTPHeaders": {}},
        }
    )


def test_arguments_that_are_none_are_not_sent() -> None:
    """boto3 refuses None."""
    reply, *_ = ask(lambda **said: {"said": said}, Bucket="b", ExpectedBucketOwner=None)
    assert reply.body["said"] == {"Bucket": "b"}


@pytest.mark.parametrize("response", [{}, {"Error": {"Message": None}}])
def test_a_refusal_without_words_is_read_by_its_status(response: dict[str, Any]) -> None:
    """Ceph's gateway sends STS errors without an `Error`, and S3 errors without a message."""
    reply, *_ = ask(refusing({**response, "ResponseMetadata": {"HTTPStatusCode": 403}}))
    assert (reply.status, reply.code, reply.message) == (403, "", "")
    assert reply.denied
    assert not reply.own_keys
    assert str(reply) == "status 403"


def test_the_status_that_botocore_repeats_as_a_code_is_no_code() -> None:
    """A HEAD has no body to take a code from."""
    reply, *_ = ask(refusal(403, "403", "Forbidden"))
    assert str(reply) == "status 403"


@pytest.mark.parametrize(
    ("message", "named"),
    [
        ("because no identity-based policy allows the s3:PutObject action", ""),
        ("with an explicit deny in a resource-based policy", "bucket policy"),
        ("with an explicit deny in a service control policy", "organization"),
        ("because no VPC endpoint policy allows the s3:PutObject action", "VPC endpoint"),
        ("because no permissions boundary allows the s3:PutObject action", "boundary"),
        ("because no session policy allows the s3:PutObject action", "our session"),
    ],
)
def test_what_denies_is_told_when_it_is_not_the_roles_policy(message: str, named: str) -> None:
    """The words are those of "Troubleshoot access denied error messages" (IAM User Guide)."""
    reply, *_ = ask(refusal(403, message=f"User: arn is not authorized to perform: it {message}"))
    assert named in reply.elsewhere
    assert bool(reply.elsewhere) is bool(named)


def test_a_key_that_refuses_is_told_from_the_bucket() -> None:
    """The status and the code are the same."""
    reply, *_ = ask(refusal(403, message="not authorized to perform: kms:Decrypt on resource: arn"))
    assert reply.about_kms
    disabled, *_ = ask(refusal(400, "KMS.DisabledException", "arn is disabled."))
    assert disabled.about_kms


def test_a_name_with_kms_in_it_makes_no_question_of_the_key() -> None:
    """AWS names session, role, bucket and path in the message, and people call theirs anything."""
    said = (
        "User: arn:aws:sts::222222222222:assumed-role/kms-lake/crmsnap-kms is not authorized to"
        ' perform: s3:PutObject on resource: "arn:aws:s3:::kms-lake/kms/a"'
    )
    reply, *_ = ask(refusal(403, message=said))
    assert not reply.about_kms


@pytest.mark.parametrize(
    "call",
    [
        refusal(503, "SlowDown"),
        refusal(500, "InternalError"),
        refusal(400, "Throttling"),
        raising(EndpointConnectionError(endpoint_url="http://127.0.0.1:9")),
    ],
)
def test_what_may_pass_is_tried_again_a_few_times(call: Callable[..., Any]) -> None:
    """The layer for hours of writing is another one; somebody waits in front of this."""
    reply, _, waits = ask(call)
    assert not reply.worked
    assert waits == ATTEMPTS - 1


def test_a_refusal_is_not_tried_again() -> None:
    """It will be refused again, and may be counted somewhere."""
    *_, waits = ask(refusal(403))
    assert waits == 0


def test_a_web_page_in_place_of_an_answer_shows_none_of_its_text() -> None:
    """A proxy's page may hold anything."""
    reply, *_ = ask(raising(ResponseParserError("<html>secret</html>")))
    assert reply.status is None
    assert "secret" not in str(reply)


@pytest.mark.parametrize("date", ["yesterday", "", "Sun, 22 Nov 2026 25:61:00 GMT"])
def test_a_date_that_nobody_can_read_says_nothing_of_the_clock(date: str) -> None:
    """It must not end the check."""
    _, caller, _ = ask(
        refusing({"ResponseMetadata": {"HTTPStatusCode": 403, "HTTPHeaders": {"date": date}}})
    )
    assert caller.skew is None


def test_every_answer_tells_what_time_it_is_there() -> None:
    """Refusals, too: a wrong clock is refused."""
    headers = {"date": "Sun, 22 Nov 2026 02:20:00 GMT"}
    _, caller, _ = ask(
        refusing({"ResponseMetadata": {"HTTPStatusCode": 403, "HTTPHeaders": headers}})
    )
    assert caller.skew == timedelta(minutes=-20)
