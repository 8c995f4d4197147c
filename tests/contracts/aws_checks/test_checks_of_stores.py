"""Stores that speak S3 and do not keep its promises are found out, before two runs meet there."""

from dataclasses import replace

import pytest

from tests.contracts.aws_checks.conftest import Customer, crossed, warned


def test_a_store_that_ignores_conditions_is_refused(customer: Customer) -> None:
    """rclone's server answers 200 to every condition: two runs would overwrite each other there."""
    with customer.aws.fault("ignore_conditions", bucket=customer.bucket):
        answers = customer.answers()
    assert crossed(answers) == {"create-only"}, answers
    assert "replace-if-unchanged" in warned(answers)
    assert answers["create-only"].exit_code == 1
    assert "unsafe_single_writer" in answers["create-only"].advice
    assert customer.files() == []


def test_a_store_that_ignores_if_match_alone_can_be_used(customer: Customer) -> None:
    """A sync replaces no file: every part has a name of its own."""
    with customer.aws.fault("ignore_if_match", bucket=customer.bucket):
        answers = customer.answers()
    assert crossed(answers) == set(), answers
    assert "replace-if-unchanged" in warned(answers)
    assert answers["create-only"].verdict == "ok"


def test_a_store_that_does_not_know_conditions_is_refused(customer: Customer) -> None:
    """It says 501, and everything else works."""
    with customer.aws.fault("not_implemented", bucket=customer.bucket):
        answers = customer.answers()
    assert crossed(answers) == {"create-only"}, answers
    assert warned(answers) <= {"replace-if-unchanged", "copy-object"}
    assert customer.files() == []


@pytest.mark.parametrize("effect", ["ignore_conditions", "not_implemented"])
def test_who_agrees_to_one_writer_gets_warnings(customer: Customer, effect: str) -> None:
    """Some have no other store, and a single machine."""
    with customer.aws.fault(effect, bucket=customer.bucket):
        answers = customer.answers(unsafe_single_writer=True)
    assert crossed(answers) == set(), answers
    assert "create-only" in warned(answers)


def test_two_writers_who_meet_are_no_broken_store(customer: Customer) -> None:
    """S3 answers 409 when somebody else writes the same key at that moment."""
    with customer.aws.fault("conflict", operation="PutObject", bucket=customer.bucket, nth=2):
        answers = customer.answers()
    assert answers["create-only"].verdict == "ok"


def test_a_failure_that_passes_is_tried_again(customer: Customer) -> None:
    """A busy store must not look like a wrong policy."""
    with customer.aws.fault("slow_down", bucket=customer.bucket, nth=3) as fault:
        answers = customer.answers()
    assert fault.fired
    assert crossed(answers) == set(), answers


def test_a_store_that_stays_busy_is_no_missing_right(customer: Customer) -> None:
    """Exit code 1 and not 5: nobody has to change a policy."""
    with customer.aws.fault("slow_down", operation="PutObject", bucket=customer.bucket):
        answers = customer.answers()
    assert crossed(answers) == {"put-object"}, answers
    assert answers["put-object"].exit_code == 1
    assert "statement" not in answers["put-object"].advice


def test_a_store_that_does_not_answer_ends_the_questions(customer: Customer) -> None:
    """The network, the proxy or the endpoint is wrong, and no right."""
    keys_only = replace(customer.target, role=None, endpoint_url="http://127.0.0.1:9")
    answers = replace(customer, target=keys_only).answers()
    assert crossed(answers) == {"region"}
    assert answers["region"].exit_code == 1


def test_an_owner_that_the_store_does_not_look_at_is_not_confirmed(customer: Customer) -> None:
    """It lists its bucket to everybody who may, whoever is expected to own it: that proves nothing."""
    with customer.aws.fault("ignore_owner", bucket=customer.bucket):
        answers = customer.answers()
    assert crossed(answers) == set(), answers
    owner = answers["bucket-owner"]
    assert (owner.verdict, owner.found) == ("skipped", "")
    assert "does not look" in owner.answer


def test_a_bucket_about_which_the_store_stays_in_trouble_is_not_there(customer: Customer) -> None:
    """The region in the header of a failure is no sign that anything works."""
    with customer.aws.fault("internal_error", operation="HeadBucket", bucket=customer.bucket):
        answers = customer.answers()
    assert crossed(answers) == {"region"}, answers
    assert answers["region"].exit_code == 1


def test_keys_about_which_sts_says_nothing_are_not_confirmed(customer: Customer) -> None:
    """An STS of a store's own may not know that question; the role answers it then."""
    with customer.aws.fault("internal_error", operation="GetCallerIdentity"):
        answers = customer.answers()
    assert crossed(answers) == set(), answers
    assert answers["aws-keys"].verdict == "skipped"
    assert answers["assume-role"].verdict == "ok"
