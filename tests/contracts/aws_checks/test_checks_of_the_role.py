"""A role that opens for others than us is refused; one that does not open is explained."""

from functools import partial

import pytest

from crmsnap.connection.arn import read_role
from crmsnap.connection.trust import placeholder_trust_policy
from crmsnap.destinations.s3 import AwsKeys
from crmsnap.errors import AccessDenied
from tests.aws.server import CUSTOMER
from tests.contracts.aws_checks.conftest import Customer, crossed


def test_a_role_without_a_condition_is_refused(customer: Customer) -> None:
    """Any other customer of ours could name it, and would get this customer's bucket."""
    customer.trust(None)
    answers = customer.answers()
    assert crossed(answers) == {"assume-role-without-id", "assume-role-with-wrong-id"}
    assert answers["assume-role-without-id"].exit_code == 5
    assert customer.external_id in answers["assume-role-without-id"].advice
    assert customer.user in answers["assume-role-without-id"].advice


def test_a_condition_that_holds_without_an_id_is_refused(customer: Customer) -> None:
    """`StringEqualsIfExists` looks right in the console, and lets everybody in who says nothing."""
    customer.trust(customer.external_id, "StringEqualsIfExists")
    assert crossed(customer.answers()) == {"assume-role-without-id"}


def test_a_condition_that_takes_any_id_is_refused(customer: Customer) -> None:
    """`StringLike` with a star demands an id, and takes everybody's."""
    customer.trust("*", "StringLike")
    assert crossed(customer.answers()) == {"assume-role-with-wrong-id"}


def test_a_pattern_that_begins_as_our_id_is_refused(customer: Customer) -> None:
    """A made-up id does not fit it, and those of a thousand customers may."""
    customer.trust(f"{customer.external_id[:8]}*", "StringLike")
    assert crossed(customer.answers()) == {"assume-role-with-wrong-id"}


def test_the_placeholder_that_was_left_in_the_trust_policy_is_named(customer: Customer) -> None:
    """The article's first step puts `0000` there; forgetting to come back is the usual mistake."""
    customer.trust("0000")
    answers = customer.answers()
    assert crossed(answers) == {"assume-role"}
    assert "0000" in answers["assume-role"].answer
    assert customer.external_id in answers["assume-role"].advice


def test_a_trust_policy_as_step_3_leaves_it_is_explained(customer: Customer) -> None:
    """It admits the own account with `0000`: AWS refuses us the placeholder too, and says nothing of it."""
    role = read_role(customer.role, account=None, partition="aws")
    customer.aws.change_role(customer.role, trust=placeholder_trust_policy(role))
    answers = customer.answers()
    assert crossed(answers) == {"assume-role"}
    advice = answers["assume-role"].advice
    assert f"still names account {CUSTOMER} or the id 0000, step 5 was not done" in advice
    assert customer.user in advice
    assert customer.external_id in advice


def test_another_customers_id_is_explained_with_the_whole_statement(customer: Customer) -> None:
    """AWS answers AccessDenied to everything; what it should be is known here."""
    customer.trust("somebody-elses")
    answers = customer.answers()
    assert crossed(answers) == {"assume-role"}
    advice = answers["assume-role"].advice
    assert customer.user in advice
    assert customer.external_id in advice
    assert answers["assume-role-without-id"].verdict == "skipped", "a refusal of all says nothing"
    assert answers["put-object"].verdict == "skipped"


def test_a_trust_policy_that_names_somebody_else_is_explained(customer: Customer) -> None:
    """The Principal was pasted from another vendor."""
    customer.aws.change_role(
        customer.role,
        trust={
            "Version": "2012-10-17",
            "Statement": [
                {
                    "Effect": "Allow",
                    "Principal": {"AWS": f"arn:aws:iam::{CUSTOMER}:root"},
                    "Action": "sts:AssumeRole",
                    "Condition": {"StringEquals": {"sts:ExternalId": customer.external_id}},
                }
            ],
        },
    )
    answers = customer.answers()
    assert crossed(answers) == {"assume-role"}
    assert customer.user in answers["assume-role"].advice


def test_a_role_that_is_gone_is_explained(customer: Customer) -> None:
    """AWS says the same for it as for a closed one, so the advice names it too."""
    customer.aws.delete_role(customer.role)
    answers = customer.answers()
    assert crossed(answers) == {"assume-role"}
    assert "check that the role exists" in answers["assume-role"].advice


def test_a_role_of_another_partition_is_not_even_tried(customer: Customer) -> None:
    """Keys of ordinary AWS never open a role in GovCloud, and AWS does not say why."""
    role = customer.role.replace("arn:aws:", "arn:aws-us-gov:")
    answers = customer.answers(role=customer.assuming(arn=role), partition="aws-us-gov")
    assert crossed(answers) == {"assume-role"}
    assert "GovCloud" in answers["assume-role"].answer


def test_unknown_keys_of_our_own_are_not_blamed_on_the_customer(customer: Customer) -> None:
    """The customer's role is never reached."""
    answers = customer.answers(keys=partial(AwsKeys, "AKIANOBODY", "nothing"))
    assert crossed(answers) == {"aws-keys"}
    assert answers["assume-role"].verdict == "skipped"


def test_missing_keys_of_our_own_are_said(customer: Customer) -> None:
    """An installation without AWS keys gets the remedy of the chain."""

    def none() -> AwsKeys:
        raise AccessDenied("found no AWS credentials", cause="none set", remedy="set AWS_PROFILE")

    answers = customer.answers(keys=none)
    assert crossed(answers) == {"aws-keys"}
    assert answers["aws-keys"].advice == "set AWS_PROFILE"


@pytest.mark.parametrize("statements", ["{}", '{"Version":"2012-10-17","Statement":"no"}'])
def test_a_session_policy_that_aws_does_not_take_is_no_missing_right(
    customer: Customer, statements: str
) -> None:
    """The role's own policies are right, so nobody is told to change them."""
    answers = customer.answers(role=customer.assuming(session_policy=statements))
    assert crossed(answers) <= {"assume-role", "list-bucket", "put-object", "delete-object"}
    assert "trust policy" not in answers["assume-role"].advice


def test_the_role_is_assumed_where_a_sync_assumes_it(customer: Customer) -> None:
    """STS is switched on region by region: that it answers for the bucket's says nothing of another."""
    abroad = "ap-southeast-2"
    with customer.aws.fault("region_disabled", operation="AssumeRole", region=abroad):
        answers = customer.answers(role=customer.assuming(region=abroad))
    assert crossed(answers) == {"assume-role"}
    assert "activate STS" in answers["assume-role"].advice


def test_a_region_that_nobody_set_is_found_before_the_role_is_assumed(customer: Customer) -> None:
    """The first connection knows no region yet, and the next sync goes to the bucket's."""
    region = customer.aws.region
    with customer.aws.fault("region_disabled", operation="AssumeRole", region=region):
        answers = customer.answers(region=None)
    assert crossed(answers) == {"assume-role"}
    assert "activate STS" in answers["assume-role"].advice


def test_a_role_is_not_asked_for_in_another_partition(customer: Customer) -> None:
    """Its keys would be unknown there, which looks like keys that are wrong."""
    role = customer.assuming(region="cn-north-1", sts_endpoint_url=None)
    answers = customer.answers(role=role)
    assert crossed(answers) == {"assume-role"}
    assert answers["assume-role"].exit_code == 4


def test_without_a_role_nothing_is_asked_of_sts(customer: Customer) -> None:
    """Keys of the bucket's own account need no role, and an S3-compatible store has no STS."""
    customer.aws.admin()
    before = customer.aws.counts()
    answers = customer.answers(
        role=None, keys=partial(AwsKeys, f"AKIAROOT{CUSTOMER}", "root-of-the-test")
    )
    assert crossed(answers) == set(), answers
    assert answers["assume-role"].verdict == "skipped"
    after = customer.aws.counts()
    assert before.get("AssumeRole") == after.get("AssumeRole")
    assert before.get("GetCallerIdentity") == after.get("GetCallerIdentity")


def test_the_keys_of_every_session_are_told_to_whoever_hides_them(customer: Customer) -> None:
    """Also of those that should not have opened: a traceback must show none of them."""
    customer.trust(None)
    learnt: list[str] = []
    customer.answers(learn=learnt.append)
    without_id, with_wrong_id, with_ours = 2, 2, 2  # a key and a token each
    assert len(set(learnt)) == without_id + with_wrong_id + with_ours
