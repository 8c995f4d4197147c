"""A run whose reader has gone away: `crmsnap sync acme 2> >(head -3)`, or a closed pager."""

import pytest

from tests.builders.command import PATIENCE_SECONDS, Crmsnap
from tests.builders.sandbox_process import DAY


@pytest.mark.parametrize(
    ("gone", "form"),
    [(("stderr",), ()), (("stdout",), ("--json",)), (("stdout", "stderr"), ())],
)
def test_a_run_goes_on_when_nobody_reads_it(
    crmsnap: Crmsnap, gone: tuple[str, ...], form: tuple[str, ...]
):
    """Progress is for whoever wants it; the day is published, and the run says so."""
    with crmsnap.start_sync("--tables", "OWNERS", *form) as process:
        for name in gone:
            getattr(process, name).close()
        process.communicate(timeout=PATIENCE_SECONDS)
    assert process.returncode == 0
    assert (crmsnap.snapshots / DAY / "_MANIFEST.json").exists()
    (run,) = crmsnap("runs", "--json").json
    assert run["status"] == "published"


def test_a_run_that_fails_unread_keeps_its_exit_code(crmsnap: Crmsnap):
    """A scheduler judges by it, and by nothing else."""
    with crmsnap.start_sync("--json", HUBSPOT_TOKEN="pat-unknown") as process:
        for stream in (process.stdout, process.stderr):
            assert stream is not None
            stream.close()
        process.wait(PATIENCE_SECONDS)
    assert process.returncode == 5
