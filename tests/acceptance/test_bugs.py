"""What nobody has foreseen still ends in a sentence, not in a traceback."""

import subprocess
import sys

from tests.builders.command import Ended, assert_refused, environment

WITH_A_BUG = """
from crmsnap import cli

@cli.app.command()
def boom() -> None:
    print({}["jane@example.com"])

cli.main()
"""


def run(*arguments: str) -> Ended:
    """A crmsnap with one command that is broken."""
    ended = subprocess.run(
        [sys.executable, "-c", WITH_A_BUG, *arguments],
        capture_output=True,
        text=True,
        env=environment(),
        check=False,
    )
    return Ended(ended.returncode, ended.stdout, ended.stderr)


def test_a_bug_is_called_one_and_shows_no_data():
    """The exception's own text may hold a customer's record."""
    ended = run("boom")
    assert_refused(ended, "bug", 1, "this is a bug in crmsnap: KeyError", "--debug")
    assert "jane" not in ended.stderr


def test_debug_shows_the_traceback():
    """Whoever reports a bug chooses to."""
    ended = run("--debug", "boom")
    assert ended.exit_code == 1
    assert "Traceback" in ended.stderr
    assert "KeyError: 'jane@example.com'" in ended.stderr
