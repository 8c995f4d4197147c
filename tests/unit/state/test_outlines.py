"""The outline of the last snapshot: which one the next is compared with."""

from crmsnap.state.outlines import KeptOutline, Outlines
from crmsnap.state.runs import Runs

HERE, THERE = "file:///here", "s3://there"
FIRST = KeptOutline("2026-11-20", "2026-11-20 05:00:00.000", b"first")
SECOND = KeptOutline("2026-11-21", "2026-11-21 05:00:00.000", b"second")


def test_a_snapshot_is_compared_with_the_last_one_that_was_published(tmp_path):
    """Not with a run that was killed half way: what it saw is in no snapshot."""
    with Outlines(tmp_path, HERE) as outlines:
        outlines.keep("run-1", FIRST)
        assert outlines.last_published() is None
        outlines.published("run-1")
        outlines.keep("run-2", SECOND)
        assert outlines.last_published() == FIRST
        outlines.published("run-2")
        assert outlines.last_published() == SECOND


def test_a_day_that_another_run_published_leaves_the_comparison_as_it_is(tmp_path):
    """Of its snapshot nothing is known here."""
    with Outlines(tmp_path, HERE) as outlines:
        outlines.keep("run-1", FIRST)
        outlines.published("run-1")
        outlines.keep("run-2", SECOND)
        outlines.published("a-run-of-another-machine")
        assert outlines.last_published() == FIRST


def test_a_state_of_an_earlier_version_learns_to_keep_outlines(tmp_path):
    """Its `runs.sqlite` is there already, without them."""
    with Runs(tmp_path) as runs:
        runs.claim("123")
    with Outlines(tmp_path, HERE) as outlines:
        assert outlines.last_published() is None


def test_each_destination_has_its_own_last_snapshot(tmp_path):
    """A day that is copied to two places in turn, with two selections, is no drift."""
    with Outlines(tmp_path, HERE) as here, Outlines(tmp_path, THERE) as there:
        here.keep("run-1", FIRST)
        here.published("run-1")
        assert there.last_published() is None
        there.keep("run-2", SECOND)
        there.published("run-2")
        assert here.last_published() == FIRST
        assert there.last_published() == SECOND
