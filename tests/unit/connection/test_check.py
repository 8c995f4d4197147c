"""What a check is worth: its verdict among others, its exit code, and questions nobody came to."""

import pytest

from crmsnap.connection.check import Check, Question, asked, exit_code, worst

ONE = Question("one", "Does the first work?", "It does not.")
TWO = Question("two", "Does the second work?", "It does not.")
FAILED = ONE.failed("no", "mend it")
WARNING = ONE.warning("well", "look at it")


@pytest.mark.parametrize(
    ("checks", "verdict"),
    [
        ((), "ok"),
        ((ONE.ok("yes"), TWO.skipped("no need")), "ok"),
        ((ONE.ok("yes"), WARNING), "warning"),
        ((WARNING, FAILED, ONE.ok("yes")), "failed"),
    ],
)
def test_the_worst_answer_is_that_of_all(checks: tuple[Check, ...], verdict: str) -> None:
    """One cross is enough."""
    assert worst(checks) == verdict


def test_a_missing_right_decides_the_exit_code_before_everything_else() -> None:
    """5 before 4 before 1; warnings end with 0."""
    other = TWO.failed("no", "wait", exit_code=1)
    setting = TWO.failed("no", "set it", exit_code=4)
    assert exit_code((other, setting, FAILED)) == 5
    assert exit_code((other, setting)) == 4
    assert exit_code((other, WARNING)) == 1
    assert exit_code((WARNING,)) == 0


def test_what_nobody_came_to_is_skipped_with_the_reason() -> None:
    """Every question has an answer, so that a table of them has no holes."""
    heard: list[Check] = []
    checks = asked((check for check in [FAILED]), (ONE, TWO), heard.append)
    assert [check.name for check in checks] == ["one", "two"]
    assert checks[1].verdict == "skipped"
    assert checks[1].answer == "not asked, because one failed"
    assert tuple(heard) == checks


def test_a_check_is_plain_data() -> None:
    """A web page shows the same as `--json`."""
    assert FAILED.as_dict() == {
        "name": "one",
        "question": "Does the first work?",
        "verdict": "failed",
        "answer": "no",
        "advice": "mend it",
        "found": "",
        "exit_code": 5,
    }
