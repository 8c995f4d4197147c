"""The history of runs, on both databases."""

from dataclasses import replace

from sqlalchemy import Engine

from crmsnap.registry.runs import RememberedRun, last_runs, remember_runs, remembered_runs

RUN = RememberedRun(
    id="20261120T050000Z-00000001",
    connection="acme",
    day="2026-11-20",
    started_at="2026-11-20 05:00:00.000",
    ended_at=None,
    status="running",
    destination="s3://lake/acme",
    selection="{}",
    report=None,
)
ENDED = replace(RUN, status="published", ended_at="2026-11-20 05:10:00.000", report='{"rows": 1}')


def next_day(run: RememberedRun, day: int, **changes: str) -> RememberedRun:
    """Another run, of another day."""
    text = f"2026-11-{day}"
    return replace(run, id=f"run-of-{day}", day=text, started_at=f"{text} 05:00:00.000", **changes)


def test_a_run_comes_in_when_it_begins_and_changes_when_it_ends(registry: Engine):
    """Whoever looks meanwhile sees that it is at work."""
    remember_runs(registry, "acme", [RUN])
    assert remembered_runs(registry) == (RUN,)
    remember_runs(registry, "acme", [ENDED])
    assert remembered_runs(registry) == (ENDED,)


def test_telling_twice_changes_nothing(registry: Engine):
    """Every run tells what its state knows, also of those before it."""
    told = [next_day(ENDED, 21), ENDED]
    remember_runs(registry, "acme", told)
    remember_runs(registry, "acme", told)
    assert remembered_runs(registry) == tuple(told)


def test_a_killed_run_comes_in_with_the_next_one(registry: Engine):
    """It could not say anything itself any more; its state says that it was abandoned."""
    remember_runs(registry, "acme", [RUN])
    remember_runs(registry, "acme", [next_day(RUN, 21), replace(RUN, status="abandoned")])
    assert [run.status for run in remembered_runs(registry)] == ["running", "abandoned"]


def test_an_old_copy_of_a_state_does_not_take_a_published_run_back(registry: Engine):
    """A folder that was copied while its run was under way believes that it still is."""
    remember_runs(registry, "acme", [ENDED])
    remember_runs(registry, "acme", [RUN])
    assert remembered_runs(registry) == (ENDED,)


def test_the_report_of_a_run_that_has_published_comes_behind_its_tidying(registry: Engine):
    """A machine that is lost while it tidies must not leave a published run as one under way."""
    tidying = replace(ENDED, ended_at=None, report=None)
    remember_runs(registry, "acme", [RUN])
    remember_runs(registry, "acme", [tidying])
    remember_runs(registry, "acme", [RUN])
    assert remembered_runs(registry) == (tidying,)
    remember_runs(registry, "acme", [ENDED])
    remember_runs(registry, "acme", [tidying])
    assert remembered_runs(registry) == (ENDED,)


def test_runs_are_given_newest_first_and_by_connection(registry: Engine):
    """As `crmsnap runs` shows them."""
    remember_runs(registry, "acme", [ENDED, next_day(ENDED, 22)])
    other = next_day(ENDED, 21, connection="other")
    remember_runs(registry, "other", [other])
    assert [run.day[-2:] for run in remembered_runs(registry)] == ["22", "21", "20"]
    assert remembered_runs(registry, "other") == (other,)


def test_the_last_run_of_each_connection_is_found(registry: Engine):
    """For a list of hundreds of connections with a year of runs each."""
    remember_runs(registry, "acme", [ENDED, next_day(RUN, 22), next_day(ENDED, 21)])
    other = next_day(ENDED, 19, connection="other")
    remember_runs(registry, "other", [other])
    assert last_runs(registry) == {"acme": next_day(RUN, 22), "other": other}
