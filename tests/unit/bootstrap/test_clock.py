"""What Ctrl-C ends, and what whoever pressed it is told."""

import os
import signal

import pytest

from crmsnap.bootstrap.clock import stoppable
from crmsnap.errors import Interrupted


def stopped(*named: str) -> Interrupted:
    """What a block raises that somebody stops."""
    with stoppable(*named) as clock:
        os.kill(os.getpid(), signal.SIGINT)
        with pytest.raises(Interrupted) as raised:
            clock.sleep(60)
    return raised.value


def test_who_stops_a_run_may_sync_again() -> None:
    """Nothing that was read is lost."""
    error = stopped()
    assert (error.message, error.exit_code) == ("the run was stopped", 130)
    assert error.remedy.startswith("sync again")


def test_who_stops_something_else_is_not_told_to_sync() -> None:
    """A check or a list of tables was stopped, and there may never have been a sync."""
    error = stopped("the check", "check again")
    assert (error.message, error.remedy) == ("the check was stopped", "check again")
