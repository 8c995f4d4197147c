"""What the write test of every run says of the bucket's owner."""

import pytest

from crmsnap.connection.checks.repeated import Safeguards, of_writing

OWNER = "222222222222"


@pytest.mark.parametrize(("looks", "verdict"), [(True, "ok"), (False, "skipped")])
def test_a_written_file_proves_the_owner_to_who_looks(*, looks: bool, verdict: str) -> None:
    """Many stores take the header and ignore it: then a file that was written says nothing."""
    checks = of_writing(Safeguards(bucket_owner=OWNER, looks_at_owner=looks), create_only=True)
    assert {check.name: check.verdict for check in checks}["bucket-owner"] == verdict


def test_an_owner_that_nobody_expects_is_not_asked_for() -> None:
    """Without a role and without the setting there is none."""
    checks = of_writing(Safeguards(), create_only=True)
    assert "bucket-owner" not in {check.name for check in checks}
