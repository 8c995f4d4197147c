"""A whole state of every kind of stream, as two runs left it: for tests that damage or tidy it."""

from pathlib import Path

from crmsnap.model import Selection
from crmsnap.state.runs import RunRow, Runs
from crmsnap.state.shapes import EMAIL_EVENT_NAMES, EVENT_NAMES, FIELD_NAMES, HISTORIES
from crmsnap.state.stream_file import RunMark
from tests.builders.account_state import AccountState, body

FIRST = RunMark("run-1", "2026-11-21 02:00:07.311")
SECOND = RunMark("run-2", "2026-11-22 03:10:44.902")
UPDATED = "2026-11-20 08:15:30.123"


def begun(folder: Path, run: RunMark, portal_id: str = "4711") -> None:
    """What a run remembers of itself."""
    with Runs(folder) as runs:
        runs.claim(portal_id)
        row = RunRow(
            run.run_id, run.ingested_at[:10], run.ingested_at, Selection(), "/data", "running"
        )
        runs.begin(row)
        runs.end(run.run_id, "published", run.ingested_at, '{"rows": 1}')


def a_state(folder: Path, records: int = 60) -> AccountState:
    """Records with histories, other ids, associations, members, events, documents, and one deletion."""
    state = AccountState(folder)
    for run, last in ((FIRST, records), (SECOND, records - 1)):
        begun(folder, run)
        rows = [
            (id_, UPDATED, body({"email": f"{id_}@example.com", "n": "x" * id_}))
            for id_ in range(1, last + 1)
        ]
        histories = [
            (id_, body({"email": [[UPDATED, f"{id_}@example.com"], [UPDATED, None]]}))
            for id_ in range(1, last + 1)
        ]
        state.write("objects/0-1", rows, {HISTORIES: histories}, run)
        forms = [("0f8c-guid", UPDATED, body({"name": "form"})), (7, None, body({"name": "x"}))]
        names = {FIELD_NAMES: [("name",), ("former",)]}
        state.write("objects/0-28", forms, names, run, text_ids=True)
        pairs = [(id_, body([[9, "USER_DEFINED", 3]])) for id_ in range(1, 20)]  # type: ignore[arg-type]  # any JSON
        state.write("associations/0-1__0-3", pairs, run=run)
        members = [(5, id_, UPDATED if id_ % 2 else None) for id_ in range(1, 20)]
        state.write("memberships", members, run=run)
        events = [(UPDATED, f"e{n}", "0-1", f"{n}", body({"url": f"/{n}"})) for n in range(20)]
        state.write("events/e_visited_page", events, {EVENT_NAMES: [("url",), ("gone",)]}, run)
        mails = [("OPEN", UPDATED, f"m{n}", "0-1", None, body({"link": "x"})) for n in range(9)]
        state.write("email-events", mails, {EMAIL_EVENT_NAMES: [("OPEN", "link")]}, run)
        state.write("owners", [("1", b'{"email":"o@example.com"}')], run=run)
    return state
