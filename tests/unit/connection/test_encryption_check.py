"""Which key a file was encrypted with is compared with the one that is set, however that is named."""

import pytest

from crmsnap.connection.check import Check
from crmsnap.connection.checks import AwsTarget
from crmsnap.connection.checks.caller import Reply
from crmsnap.connection.checks.encryption import encryption_check
from crmsnap.destinations.s3 import AwsKeys

ID = "11111111-2222-4333-8444-555555555555"
KEY = f"arn:aws:kms:eu-central-1:222222222222:key/{ID}"
OTHER = "arn:aws:kms:eu-central-1:222222222222:key/99999999-2222-4333-8444-555555555555"


def checked(kms_key: str, answered: str, encryption: str | None = "aws:kms") -> Check:
    """The verdict on a file that S3 says to have encrypted with a key."""
    target = AwsTarget(
        "acme-lake", "hs", lambda: AwsKeys("id", "secret"), encryption=encryption, kms_key=kms_key
    )
    written = Reply(200, body={"ServerSideEncryption": "aws:kms", "SSEKMSKeyId": answered})
    return encryption_check(target, written, Reply(200))


@pytest.mark.parametrize(
    "named",
    [KEY, ID, "alias/lake", "arn:aws:kms:eu-central-1:222222222222:alias/lake"],
)
def test_a_key_is_known_by_each_of_its_names(named: str) -> None:
    """S3 answers with the ARN of the key, and takes its id and its aliases too."""
    assert checked(named, KEY).verdict == "ok"


@pytest.mark.parametrize("named", [KEY, ID])
def test_another_key_than_was_asked_for_is_crossed(named: str) -> None:
    """Whoever may use that key reads the files."""
    check = checked(named, OTHER)
    assert check.verdict == "failed"
    assert OTHER in check.answer


def test_another_default_than_was_said_is_a_warning() -> None:
    """Nothing was asked for, so the bucket did nothing wrong, and a sync works."""
    check = checked(KEY, OTHER, encryption=None)
    assert check.verdict == "warning"
    assert check.advice == "set kms_key to the bucket's own key"
