"""What counts as proof that a bucket is connected."""

from dataclasses import replace

import pytest

from crmsnap.bootstrap.connecting import proves
from crmsnap.connection.check import Check
from crmsnap.connection.questions import AWS_QUESTIONS, RIGHT_ID, WITHOUT_ID, WRONG_ID

ALL_WELL = tuple(question.ok("it is") for question in AWS_QUESTIONS)


def answered(name: str, **other: str) -> tuple[Check, ...]:
    """All questions, one of them answered otherwise."""
    return tuple(replace(one, **other) if one.name == name else one for one in ALL_WELL)


def test_every_question_answered_well_is_proof() -> None:
    """The usual case."""
    assert proves(ALL_WELL)


@pytest.mark.parametrize("question", AWS_QUESTIONS, ids=lambda one: one.name)
def test_one_cross_is_no_proof(question) -> None:
    """Whatever it is about."""
    assert not proves(answered(question.name, verdict="failed"))


@pytest.mark.parametrize("verdict", ["warning", "skipped"])
@pytest.mark.parametrize("question", [WITHOUT_ID, WRONG_ID, RIGHT_ID], ids=lambda one: one.name)
def test_a_safeguard_that_was_not_seen_is_no_proof(question, verdict: str) -> None:
    """STS did not answer one of the questions: the role may be open to everybody."""
    assert not proves(answered(question.name, verdict=verdict))


def test_a_warning_about_anything_else_is_no_hindrance() -> None:
    """The article's own policy gives one."""
    assert proves(answered("bucket-location", verdict="warning"))


def test_nothing_asked_is_no_proof() -> None:
    """Neither is a list that leaves the safeguards out."""
    assert not proves(())
    safeguards = {WITHOUT_ID.name, WRONG_ID.name, RIGHT_ID.name}
    assert not proves(tuple(one for one in ALL_WELL if one.name not in safeguards))
