"""Faults of HubSpot's answers, over the wire, against whole runs: what each one ends in.

What passes must leave nothing behind: the bytes are those of a run that met no fault. What does not pass
has its own error, loses nothing that was read, and the next run ends it. Waits are real, by a clock
that runs twenty times as fast. Every fault proves that it fired.
"""

from collections.abc import Iterator, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from tests.builders.sandbox_process import SandboxAccount, sandbox
from tests.builders.snapshot import comparable, files
from tests.faults.crash.child import Ended, Job, run
from tests.faults.crash.days import torn

HURRY = 20.0
RSS_MAX_KIB = 400 * 1024
CHOSEN: dict[str, Any] = {
    "types": ("contacts", "companies"),
    "tables": ("ASSOCIATIONS", "LIST_MEMBERSHIPS", "OBJECTS", "OBJECTS_CONTACTS", "OWNERS"),
}
FROM_2 = {"from": 2, "to": 1_000_000}
BURST = {"status": "error", "errorType": "RATE_LIMIT", "policyName": "TEN_SECONDLY_ROLLING"}
Effect = Mapping[str, Any]


@pytest.fixture(scope="module")
def own_account() -> Iterator[SandboxAccount]:
    """Three pages of contacts, so that cursors matter; faults of this file touch no other."""
    with sandbox("--frozen", contacts=250) as running:
        yield running


@pytest.fixture(scope="module")
def undisturbed(
    tmp_path_factory: pytest.TempPathFactory, own_account: SandboxAccount
) -> dict[str, bytes]:
    """The files of a run that met no fault."""
    job = job_in(tmp_path_factory.mktemp("undisturbed"), own_account)
    assert run(job).outcome == "published"
    return comparable(files(job.snapshots))


def job_in(folder: Path, account: SandboxAccount) -> Job:
    return Job(folder, account.url, account.token, CHOSEN, hurry=HURRY)


class Meeting:
    """Runs that meet faults."""

    def __init__(self, folder: Path, account: SandboxAccount, wanted: dict[str, bytes]) -> None:
        self.account = account
        self._job = job_in(folder, account)
        self._wanted = wanted

    def run(self, effect: Effect, **when: Any) -> Ended:
        """One run that meets this fault, which has to fire."""
        self.account.post("/_sandbox/stats/reset", {})
        self.account.post("/_sandbox/faults", [{"effect": effect, **when}])
        ended = run(self._job)
        self.fired = self.account.get("/_sandbox/faults")["rules"][0]["fired"]
        self.account.delete("/_sandbox/faults")
        assert self.fired > 0, "the fault did not happen"
        assert not torn(self._job.snapshots)
        return ended

    def run_well(self, **changes: Any) -> None:
        """One run without a fault, which ends in the bytes of one that never met any."""
        ended = run(replace(self._job, **changes))
        assert ended.outcome == "published", ended.error
        self.assert_complete()

    def assert_complete(self) -> None:
        """Nothing is missing, twice or otherwise."""
        assert comparable(files(self._job.snapshots)) == self._wanted

    @property
    def is_published(self) -> bool:
        """Whether any day is."""
        return any(self._job.snapshots.glob("*/_MANIFEST.json"))

    def answered(self, status: int) -> int:
        """How many requests were answered so since the fault was set."""
        requests = self.account.get("/_sandbox/stats")["requests"].values()
        return sum(by_status.get(str(status), 0) for by_status in requests)


@pytest.fixture
def meeting(tmp_path: Path, own_account: SandboxAccount, undisturbed: dict[str, bytes]) -> Meeting:
    return Meeting(tmp_path, own_account, undisturbed)


PASSING: dict[str, Effect] = {
    "429 without a time": {"kind": "status", "status": 429, "body": BURST},
    "429 with a time": {"kind": "status", "status": 429, "headers": {"Retry-After": "2"}},
    "a negative time": {"kind": "status", "status": 503, "headers": {"Retry-After": "-20"}},
    "a fraction of a second": {"kind": "status", "status": 503, "headers": {"Retry-After": "0.5"}},
    "a time that is none": {"kind": "status", "status": 503, "headers": {"Retry-After": "soon"}},
    "a date": {
        "kind": "status",
        "status": 503,
        "headers": {"Retry-After": "Fri, 20 Nov 2026 05:00:03 GMT"},
    },
    "500": {"kind": "status", "status": 500},
    "502 with a page": {"kind": "status", "status": 502, "html": True},
    "504 with a page": {"kind": "status", "status": 504, "html": True},
    "530": {"kind": "status", "status": 530, "html": True},
    "423": {"kind": "status", "status": 423},
    "477": {"kind": "status", "status": 477, "headers": {"Retry-After": "3"}},
    "reset in the body": {"kind": "reset"},
    "a body that ends early": {"kind": "truncate", "mode": "length"},
    "no last chunk": {"kind": "truncate", "mode": "chunk"},
    "half a gzip": {"kind": "truncate", "mode": "gzip"},
    "gzip without its trailer": {"kind": "truncate", "mode": "gzip_trailer"},
    "a wrong checksum": {"kind": "truncate", "mode": "crc"},
    "half a JSON": {"kind": "truncate", "mode": "json"},
    "garbage behind it": {"kind": "truncate", "mode": "garbage"},
    "a host that drips": {"kind": "slow", "bytes_per_second": 20},
    "a host that is silent": {"kind": "hang"},
    "200 with a web page": {"kind": "html200"},
    "null": {"kind": "body", "value": None},
    "a list": {"kind": "body", "value": []},
    "no results": {"kind": "no_results"},
    "JSON of great depth": {"kind": "status", "status": 200, "text": "[" * 100_000},
    "no number": {"kind": "status", "status": 200, "text": '{"results": NaN}'},
}


def test_a_day_with_every_passing_fault_ends_like_one_without(
    tmp_path: Path, own_account: SandboxAccount, undisturbed: dict[str, bytes]
) -> None:
    """Each at a request of its own, all in one run: the budget of retries bears that."""
    rules = [
        {
            "family": "properties" if kind == "no results" else "*",
            "nth": 2 if kind == "no results" else 2 + 2 * number,
            "effect": effect,
        }
        for number, (kind, effect) in enumerate(PASSING.items())
    ]
    own_account.post("/_sandbox/faults", rules)
    job = job_in(tmp_path, own_account)
    ended = run(job)
    met = own_account.get("/_sandbox/faults")["rules"]
    own_account.delete("/_sandbox/faults")
    assert ended.outcome == "published", ended.error
    assert [name for name, rule in zip(PASSING, met, strict=True) if not rule["fired"]] == []
    assert comparable(files(job.snapshots)) == undisturbed


@pytest.mark.full
@pytest.mark.parametrize("effect", PASSING.values(), ids=PASSING)
def test_what_passes_leaves_nothing_behind(effect: Effect, meeting: Meeting) -> None:
    """A page that failed is read again as a whole, and never half used."""
    ended = meeting.run(effect, family="objects", **{"from": 2, "to": 3})
    assert ended.outcome == "published", ended.error
    meeting.assert_complete()


def test_a_spent_day_stops_everything_and_the_next_call_goes_on(tmp_path: Path) -> None:
    """One call learns of it, and none is sent behind it."""
    with sandbox("--frozen", contacts=50) as account:
        job = job_in(tmp_path, account)
        account.post(
            "/_sandbox/faults", [{"family": "associations", "effect": {"kind": "daily_limit"}}]
        )
        ended = run(job)
        assert ended.code == "hubspot-daily-limit"
        (rule,) = account.get("/_sandbox/faults")["rules"]
        requests = account.get("/_sandbox/stats")["requests"].values()
        refused = sum(by_status.get("429", 0) for by_status in requests)
        assert (rule["fired"], refused) == (1, 1)
        account.delete("/_sandbox/faults")
        account.post("/_sandbox/clock", {"advance_ms": 86_400_000})
        again = run(job)
        assert (again.outcome, again.resumed) == ("published", True)
        assert not torn(job.snapshots)


NO_END = {"kind": "after", "becomes": "repeated"}
SPENT = {"kind": "status", "status": 503, "headers": {"Retry-After": "1e9"}}
MOVES = {"kind": "status", "status": 477, "headers": {"Retry-After": "86400"}}
DEEP = {"kind": "status", "status": 200, "text": "[" * 100_000}
FULL = pytest.mark.full


@pytest.mark.parametrize(
    ("effect", "code"),
    [
        pytest.param(SPENT, "hubspot-suspended", id="a time that no run sits out"),
        pytest.param({"kind": "token_expired"}, "hubspot-token", id="a token that ran out"),
        pytest.param({"kind": "forbid"}, "gap-appeared", id="a scope that is gone"),
        pytest.param(NO_END, "hubspot-unexpected-answer", id="a cursor that stands still"),
        pytest.param(MOVES, "hubspot-suspended", id="another data centre", marks=FULL),
        pytest.param(
            {"kind": "status", "status": 503}, "hubspot-unavailable", id="an outage", marks=FULL
        ),
        pytest.param(
            {"kind": "status", "status": 404}, "gap-appeared", id="a plan that is gone", marks=FULL
        ),
        pytest.param(
            {"kind": "after", "becomes": "backward"},
            "hubspot-unexpected-answer",
            id="a cursor that goes back",
            marks=FULL,
        ),
        pytest.param(DEEP, "hubspot-unexpected-answer", id="JSON of great depth", marks=FULL),
        pytest.param(
            {"kind": "bomb", "megabytes": 200}, "hubspot-unexpected-answer", id="a bomb", marks=FULL
        ),
    ],
)
def test_what_lasts_ends_the_run_by_its_name_and_the_next_one_goes_on(
    effect: Effect, code: str, meeting: Meeting
) -> None:
    """Nothing is published, memory stays small, and what was read is kept."""
    ended = meeting.run(effect, family="objects", path="/0-1", **FROM_2)
    assert ended.code == code, ended.error
    assert ended.peak_kib < RSS_MAX_KIB
    assert not meeting.is_published
    meeting.run_well()


@pytest.mark.parametrize("kind", ["token_expired", "forbid"])
def test_what_no_retry_can_mend_is_asked_once(kind: str, meeting: Meeting) -> None:
    """More than 5 % of error answers, and HubSpot turns on the app."""
    meeting.run({"kind": kind}, family="objects", path="/0-1", **FROM_2)
    assert meeting.fired == 1


def test_a_revoked_token_is_asked_with_once(tmp_path: Path) -> None:
    """Every call behind it would be refused; somebody has to make a new one."""
    with sandbox("--frozen", contacts=50) as account:
        effect = {"kind": "token_revoked"}
        account.post("/_sandbox/faults", [{"family": "objects", "nth": 2, "effect": effect}])
        ended = run(job_in(tmp_path, account))
        requests = account.get("/_sandbox/stats")["requests"].values()
    assert ended.code == "hubspot-token"
    assert sum(by_status.get("401", 0) for by_status in requests) <= 2


def test_records_that_come_twice_are_rows_once(meeting: Meeting) -> None:
    """Inserts during a scan push records onto the next page."""
    ended = meeting.run({"kind": "duplicate"}, family="objects", path="/0-1", nth=1)
    assert ended.outcome == "published", ended.error
    meeting.assert_complete()


@pytest.mark.parametrize(
    "effect", [{"kind": "short_page"}, {"kind": "after", "becomes": "integer"}], ids=str
)
def test_odd_pages_are_no_end(effect: Effect, meeting: Meeting) -> None:
    """Whoever stops on a short page loses the rest, and cursors are numbers at times."""
    ended = meeting.run(effect, family="objects", path="/0-1", every=2)
    assert ended.outcome == "published", ended.error
    meeting.assert_complete()


def test_a_cursor_that_ran_out_between_two_runs_begins_the_type_again(meeting: Meeting) -> None:
    """Nobody says how long cursors live."""
    later = {"kind": "status", "status": 477, "headers": {"Retry-After": "86400"}}
    assert meeting.run(later, path="/0-1", query="after=", nth=2).code == "hubspot-suspended"
    ended = meeting.run({"kind": "status", "status": 400}, path="/0-1", query="after=", nth=1)
    assert (ended.outcome, ended.resumed) == ("published", True), ended.error
    meeting.assert_complete()
