"""One run works on a connection at a time, by the clock of the database, on both databases."""

import subprocess
import sys
import time

import pytest
from sqlalchemy import Engine, text

from crmsnap.errors import Busy
from crmsnap.registry.leases import give_lease_back, live_lease, take_lease
from tests.builders.command import environment


def until(registry: Engine) -> str:
    """When the lease of acme ends."""
    with registry.connect() as db:
        return str(db.execute(text("SELECT until FROM leases")).scalar_one())


def test_the_second_one_is_told_who_has_it_and_until_when(registry: Engine):
    """So that somebody can go and look at that machine."""
    take_lease(registry, "acme", "host-a:1:x", seconds=60)
    with pytest.raises(Busy, match="acme") as busy:
        take_lease(registry, "acme", "host-b:1:x", seconds=60)
    assert busy.value.exit_code == 75
    assert "host-a:1:x" in busy.value.cause
    assert until(registry) in busy.value.cause


def test_another_connection_is_nobody_elses(registry: Engine):
    """Accounts are copied side by side."""
    take_lease(registry, "acme", "host-a:1:x", seconds=60)
    take_lease(registry, "other", "host-b:1:x", seconds=60)
    found = live_lease(registry, "other")
    assert found is not None
    assert found.holder == "host-b:1:x"


def test_what_was_given_back_is_free_at_once(registry: Engine):
    """The next run need not wait for an end that nobody needs any more."""
    take_lease(registry, "acme", "host-a:1:x", seconds=60)
    give_lease_back(registry, "acme", "host-a:1:x")
    assert live_lease(registry, "acme") is None
    take_lease(registry, "acme", "host-b:1:x", seconds=60)


def test_one_that_has_run_out_is_taken_over(registry: Engine):
    """Its machine vanished, and nobody has to clean up. The database says what time it is."""
    take_lease(registry, "acme", "host-a:1:x", seconds=0.2)
    with pytest.raises(Busy):
        take_lease(registry, "acme", "host-b:1:x", seconds=60)
    time.sleep(0.3)
    assert live_lease(registry, "acme") is None
    take_lease(registry, "acme", "host-b:1:x", seconds=60)
    with pytest.raises(Busy):
        take_lease(registry, "acme", "host-a:1:x", seconds=60)


def test_its_holder_renews_it_by_taking_it_again(registry: Engine):
    """From now on, also when it has run out: a pause that harmed nobody does not cost the run."""
    take_lease(registry, "acme", "host-a:1:x", seconds=0)
    before = until(registry)
    take_lease(registry, "acme", "host-a:1:x", seconds=60)
    assert until(registry) > before
    with pytest.raises(Busy):
        take_lease(registry, "acme", "host-b:1:x", seconds=60)


def test_whoever_lost_it_cannot_give_it_back(registry: Engine):
    """A paused run that wakes up must not free what another one has by now."""
    take_lease(registry, "acme", "host-a:1:x", seconds=0)
    take_lease(registry, "acme", "host-b:1:x", seconds=60)
    give_lease_back(registry, "acme", "host-a:1:x")
    found = live_lease(registry, "acme")
    assert found is not None
    assert found.holder == "host-b:1:x"


def test_what_a_dead_holder_had_is_free(registry: Engine):
    """The next run of the same state folder holds its lock, so it knows that the last one has ended."""
    take_lease(registry, "acme", "host-a:1:x", seconds=60)
    with pytest.raises(Busy):
        take_lease(registry, "acme", "host-a:2:y", seconds=60, dead="host-a:1:another")
    take_lease(registry, "acme", "host-a:2:y", seconds=60, dead="host-a:1:x")


def test_times_are_kept_as_all_others_are(registry: Engine):
    """Both databases write them alike, so that they compare as texts."""
    take_lease(registry, "acme", "host-a:1:x", seconds=60)
    kept = until(registry)
    assert len(kept) == 23
    assert (
        abs(
            time.mktime(time.strptime(kept[:19], "%Y-%m-%d %H:%M:%S"))
            - time.mktime(time.gmtime())
            - 60
        )
        < 10
    )


TAKE = """
import sys
from crmsnap.errors import Busy
from crmsnap.registry.leases import take_lease
from crmsnap.registry.opening import open_registry
with open_registry(sys.argv[1]) as registry:
    print("ready", flush=True)
    sys.stdin.readline()
    try:
        take_lease(registry, "acme", sys.argv[2], seconds=60)
        print("taken")
    except Busy:
        print("busy")
"""


def test_of_three_processes_exactly_one_takes_it(url: str):
    """Also when they ask in the same instant."""
    processes = [
        subprocess.Popen(
            [sys.executable, "-c", TAKE, url, f"host:{number}"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            env=environment(),
            text=True,
        )
        for number in range(3)
    ]
    for process in processes:
        assert process.stdout is not None
        assert process.stdout.readline() == "ready\n"
    for process in processes:
        assert process.stdin is not None
        process.stdin.write("go\n")
        process.stdin.flush()
    said = [process.communicate(timeout=60)[0] for process in processes]
    assert sorted(said) == ["busy\n"] * 2 + ["taken\n"]
