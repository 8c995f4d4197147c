"""Each right that is missing crosses exactly its own question, and the advice says where to allow it."""

import json
from collections.abc import Callable, Iterator
from functools import partial
from uuid import uuid4

import pytest

from crmsnap.connection.check import Check
from crmsnap.errors import Interrupted
from tests.aws.server import AwsServer
from tests.contracts.aws_checks.conftest import (
    ACTIONS,
    PREFIX,
    Customer,
    ask,
    crossed,
    permissions,
    warned,
)

FATAL = {
    "s3:PutObject": ("put-object", "Objects"),
    "s3:GetObject": ("get-object", "Objects"),
    "s3:DeleteObject": ("delete-object", "Objects"),
    "s3:ListBucket": ("list-bucket", "List"),
}
HARMLESS = {
    "s3:GetObjectVersion": ("get-object-version", "Objects"),
    "s3:DeleteObjectVersion": ("delete-object-version", "Objects"),
    "s3:GetBucketLocation": ("bucket-location", "Location"),
}


def test_the_corrected_policy_passes_without_a_word(customer: Customer) -> None:
    """What `crmsnap connect aws` tells people to paste has to be enough."""
    answers = customer.answers()
    assert crossed(answers) == warned(answers) == set(), answers
    assert customer.files() == [], "every file of the check is gone, in all its versions"


def test_the_articles_policy_pasted_verbatim_passes_with_one_warning(customer: Customer) -> None:
    """It has GetBucketLocation under a condition on `s3:prefix`, which that call never carries."""
    article = {
        "Version": "2012-10-17",
        "Statement": [
            {
                "Effect": "Allow",
                "Action": [action for action in ACTIONS if "Object" in action],
                "Resource": f"arn:aws:s3:::{customer.bucket}/{PREFIX}/*",
            },
            {
                "Effect": "Allow",
                "Action": ["s3:ListBucket", "s3:GetBucketLocation"],
                "Resource": f"arn:aws:s3:::{customer.bucket}",
                "Condition": {"StringLike": {"s3:prefix": [f"{PREFIX}/*"]}},
            },
        ],
    }
    customer.aws.change_role(customer.role, policy=article)
    answers = customer.answers()
    assert crossed(answers) == set(), answers
    assert warned(answers) == {"bucket-location"}


@pytest.mark.parametrize("action", FATAL)
def test_a_missing_right_crosses_its_own_question_alone(customer: Customer, action: str) -> None:
    """Whoever reads it changes one thing, and not everything that follows from it."""
    name, sid = FATAL[action]
    customer.permit(*(other for other in ACTIONS if other != action))
    answers = customer.answers()
    assert crossed(answers) == {name}, answers
    assert warned(answers) == set(), answers
    check = answers[name]
    assert check.exit_code == 5
    assert f"statement {sid}" in check.advice
    assert action in check.advice


@pytest.mark.parametrize("action", HARMLESS)
def test_a_right_that_no_sync_needs_is_a_warning(customer: Customer, action: str) -> None:
    """A narrow policy leaves these out on purpose."""
    name, sid = HARMLESS[action]
    customer.permit(*(other for other in ACTIONS if other != action))
    answers = customer.answers()
    assert crossed(answers) == set(), answers
    assert warned(answers) == {name}
    assert f"statement {sid}" in answers[name].advice
    assert action in answers[name].advice


@pytest.mark.parametrize("action", ["s3:PutObject", "s3:ListBucket"])
def test_the_statement_of_the_advice_is_what_was_missing(customer: Customer, action: str) -> None:
    """It can be pasted as it stands: with it in the policy, the same check passes."""
    name, sid = FATAL[action]
    customer.permit(*(other for other in ACTIONS if other != action))
    advice = customer.answers()[name].advice
    statement = json.loads(advice[advice.index("{") :])
    assert statement["Sid"] == sid
    rest = customer_policy_without(customer, action)
    customer.aws.change_role(
        customer.role, policy={"Version": "2012-10-17", "Statement": [*rest, statement]}
    )
    assert crossed(customer.answers()) == set()


def customer_policy_without(customer: Customer, action: str) -> list[object]:
    policy = permissions(customer.bucket, tuple(other for other in ACTIONS if other != action))
    return list(policy["Statement"])


def test_what_cannot_be_removed_is_named(customer: Customer) -> None:
    """The customer finds the check's files without searching."""
    customer.permit(*(action for action in ACTIONS if "Delete" not in action))
    answers = customer.answers()
    assert crossed(answers) == {"delete-object"}
    left = set(customer.files())
    assert left, "nothing could be removed"
    for key in left:
        assert key in answers["delete-object"].answer


@pytest.fixture
def a_quarter_of_an_hour_later(aws: AwsServer) -> Iterator[Callable[[], None]]:
    """Moves the server's clock on, as far as signatures of now are taken."""
    yield partial(aws.set_clock, 14)
    aws.set_clock(0)


@pytest.mark.parametrize("may", [True, False])
def test_what_an_earlier_check_left_is_removed_or_named(
    customer: Customer, a_quarter_of_an_hour_later: Callable[[], None], *, may: bool
) -> None:
    """It was killed, or was not allowed to then; files of other names are somebody's."""
    without = [action for action in ACTIONS if "Delete" not in action]
    customer.permit(*without)
    customer.answers()
    left = set(customer.files())
    mine = f"{PREFIX}/.connection-check/notes.txt"
    customer.aws.admin().put_object(Bucket=customer.bucket, Key=mine, Body=b"mine")
    customer.permit(*(ACTIONS if may else without))
    a_quarter_of_an_hour_later()
    answer = customer.answers()["delete-object"].answer
    assert left
    assert all(key in answer for key in left)
    assert mine not in answer
    assert (set(customer.files()) == {mine}) is may


def test_what_another_check_is_using_is_left_to_it(customer: Customer) -> None:
    """Two people may look at once."""
    running = f"{PREFIX}/.connection-check/{uuid4()}"
    customer.aws.admin().put_object(Bucket=customer.bucket, Key=running, Body=b"of now")
    answers = customer.answers()
    assert warned(answers) == crossed(answers) == set(), answers
    assert customer.files() == [running]


def test_a_check_that_is_stopped_half_way_leaves_nothing(customer: Customer) -> None:
    """Ctrl-C comes when the reader has seen enough."""

    def stop(check: Check) -> None:
        if check.name == "copy-object":
            assert customer.files(), "there is something to remove"
            raise Interrupted("the run was stopped")

    with pytest.raises(Interrupted):
        ask(customer.target, observe=stop)
    assert customer.files() == []


def test_without_the_right_to_remove_on_purpose_one_file_is_used_again(customer: Customer) -> None:
    """A narrow policy has no DeleteObject: the bucket must not fill up with files of checks."""
    customer.permit(*(action for action in ACTIONS if "Delete" not in action))
    first = customer.answers(deletes=False)
    again = customer.answers(deletes=False)
    assert crossed(first) == crossed(again) == set(), again
    assert "delete-object" in warned(again)
    folder = f"{PREFIX}/.connection-check"
    assert set(customer.files()) == {f"{folder}/canary", f"{folder}/canary-copy"}


def test_a_whole_bucket_passes_with_its_policy(customer: Customer) -> None:
    """Its condition takes every prefix, and none that is not sent."""
    policy = permissions(customer.bucket)
    objects, listing, _ = policy["Statement"]
    objects["Resource"] = f"arn:aws:s3:::{customer.bucket}/*"
    listing["Condition"] = {"StringLike": {"s3:prefix": ["*"]}}
    customer.aws.change_role(customer.role, policy=policy)
    answers = customer.answers(prefix="")
    assert crossed(answers) == warned(answers) == set(), answers


def test_the_advice_for_a_narrow_policy_stays_narrow(customer: Customer) -> None:
    """Whoever grants no deletes is not told to paste some."""
    customer.permit("s3:GetObject", "s3:ListBucket", "s3:GetBucketLocation")
    advice = customer.answers(deletes=False)["put-object"].advice
    statement = json.loads(advice[advice.index("{") :])
    assert statement["Action"] == ["s3:PutObject", "s3:GetObject"]


def test_a_deny_of_the_bucket_is_not_taken_for_a_missing_right(customer: Customer) -> None:
    """The role's policy is right; a customer who is told to change it searches for hours."""
    deny = {
        "Effect": "Deny",
        "Principal": "*",
        "Action": "s3:PutObject",
        "Resource": f"arn:aws:s3:::{customer.bucket}/*",
    }
    customer.aws.admin().put_bucket_policy(
        Bucket=customer.bucket, Policy=json.dumps({"Version": "2012-10-17", "Statement": [deny]})
    )
    check = customer.answers()["put-object"]
    assert check.verdict == "failed"
    assert "explicit deny" in check.advice
    assert "statement Objects" not in check.advice


def test_a_bucket_that_demands_create_only_writes_is_served(customer: Customer) -> None:
    """A sync writes no other way, so the check must not either."""
    deny = {
        "Effect": "Deny",
        "Principal": "*",
        "Action": "s3:PutObject",
        "Resource": f"arn:aws:s3:::{customer.bucket}/*",
        "Condition": {"Null": {"s3:if-none-match": "true"}},
    }
    customer.aws.admin().put_bucket_policy(
        Bucket=customer.bucket, Policy=json.dumps({"Version": "2012-10-17", "Statement": [deny]})
    )
    assert crossed(customer.answers()) == set()
